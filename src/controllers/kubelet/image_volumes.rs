//! Volumes that show an image: it is pulled before the container that mounts it is made. Mounts nothing.
//!
//! Follows `getImageVolumes` and `toKubeContainerImageVolumes` in pkg/kubelet/kuberuntime: the events are the pod's, the
//! trouble is the container's.

use super::Visit;
use super::references::present;
use super::worker::{Failing, Flow, Pull, Step};
use crate::api::image_name_error;
use crate::controllers::back_off::{BACK_OFF, BACK_OFF_MAX, BackOff};
use crate::model::duration::go_duration;
use crate::model::{Millis, Text, pod};

impl Visit<'_, '_, '_> {
    /// Gets the images of the volumes that a container mounts. `None` once all are there.
    pub(super) fn ensure_image_volumes(&mut self, at: usize) -> Option<Flow> {
        let spec = self.spec(at);
        let names: Vec<&str> = spec.list_at(&["volumeMounts"]).iter().map(|mount| mount.str_at(&["name"])).collect();
        let volumes = pod::volumes(&self.pod).to_vec();
        for volume in volumes.iter().filter(|volume| names.contains(&volume.str_at(&["name"]))) {
            let Some(source) = present(volume, "image").filter(|source| !source.str_at(&["reference"]).is_empty())
            else {
                continue;
            };
            let name = Text::new(volume.str_at(&["name"]));
            let (image, policy) = (Text::new(source.str_at(&["reference"])), source.str_at(&["pullPolicy"]));
            if self.worker.image_pulls.get(&name) != Some(&Pull::Done)
                && let Some(flow) = self.ensure_volume(at, name, image, policy)
            {
                return Some(flow);
            }
        }
        None
    }

    fn ensure_volume(&mut self, at: usize, volume: Text, image: Text, policy: &str) -> Option<Flow> {
        let now = self.now();
        if let Some(why) = image_name_error(&image) {
            let text =
                format!("Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {why}");
            self.pod_event(true, "InspectFailed", text.clone());
            return Some(self.fail_for_volume(at, "InvalidImageName", text.into()));
        }
        let runtime = self.ctx.cluster.runtime();
        let is_local = runtime.image(&image).is_some_and(|profile| profile.is_present);
        let has_image = runtime.has_image(&self.worker.node, &image);
        if policy == "Never" && !has_image && !is_local {
            let text = format!("Container image \"{image}\" is not present with pull policy of Never");
            self.pod_event(true, "ErrImageNeverPull", text.clone());
            return Some(self.fail_for_volume(at, "ErrImageNeverPull", text.into()));
        }
        if has_image && policy != "Always" {
            let text = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
            self.pod_event(false, "Pulled", text);
            self.worker.image_pulls.insert(volume, Pull::Done);
            return None;
        }
        if let Some(Pull::Failed(wait, error)) = self.worker.image_pulls.get(&volume)
            && wait.left(wait.raised, now).is_some()
        {
            let message = format!("Back-off pulling image \"{image}\": {error}");
            self.pod_event(false, "BackOff", format!("Back-off pulling image \"{image}\""));
            return Some(self.fail_for_volume(at, "ImagePullBackOff", message.into()));
        }
        self.pod_event(false, "Pulling", format!("Pulling image \"{image}\""));
        let took = match runtime_takes(self, &image) {
            Some(took) => took,
            None if self.pull_refusal(&image).is_some() => Millis::seconds(1),
            None => self.ctx.environment.delays.pull,
        };
        self.then(Step::VolumePulled { at, volume, image, took });
        Some(Flow::After(took))
    }

    /// The pull of a volume's image is over.
    pub(super) fn volume_pulled(&mut self, at: usize, volume: Text, image: &Text, took: Millis) -> Flow {
        let now = self.now();
        if let Some(error) = self.pull_refusal(image) {
            self.pod_event(true, "Failed", format!("Failed to pull image \"{image}\": {error}"));
            let before = match self.worker.image_pulls.get(&volume) {
                Some(Pull::Failed(wait, _)) => Some(*wait),
                _ => None,
            };
            let wait = BackOff::raise(before, (BACK_OFF, BACK_OFF_MAX), now, now);
            let told = format!("ErrImagePull: {error}").into();
            self.worker.image_pulls.insert(volume, Pull::Failed(wait, told));
            return self.fail_for_volume(at, "ErrImagePull", error);
        }
        let node = self.worker.node.clone();
        self.ctx.cluster.runtime_mut().add_image(&node, image);
        self.worker.image_pulls.insert(volume, Pull::Done);
        let took = go_duration(took);
        self.pod_event(false, "Pulled", pulled_text(image, &took));
        self.ensure_image(at)
    }

    /// A container cannot be made for an image that one of its volumes shows.
    fn fail_for_volume(&mut self, at: usize, reason: &'static str, message: Text) -> Flow {
        self.pod_event(true, "Failed", format!("Error: {reason}"));
        self.fail(at, reason, message, Failing::Plainly)
    }
}

fn runtime_takes(visit: &Visit<'_, '_, '_>, image: &str) -> Option<Millis> {
    visit.ctx.cluster.runtime().image(image).map(|profile| profile.takes)
}

/// What a kubelet says of an image that it has now.
pub(super) fn pulled_text(image: &str, took: &str) -> String {
    let size = 70_000_000;
    format!("Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: {size} bytes.")
}
