//! Mounting a pod's volumes: tried again and again with back-off, independently of syncs. Knows no contents.
//!
//! Follows pkg/kubelet/volumemanager and goroutinemap's exponential back-off.

use super::references::{self, mount_error};
use super::worker::{Action, Unmounted};
use super::{TASK_REFRESH, Visit, work, worker};
use crate::model::{Millis, Text, Value, pod};

/// The longest wait between two tries.
const DELAY_MAX: Millis = Millis::seconds(122);

impl Visit<'_, '_, '_> {
    /// Writes a volume's files anew from the ConfigMaps and Secrets that are there now.
    fn write_files(&mut self, volume: &Value) {
        let sources = references::sources_of(&self.pod, volume);
        if sources.is_empty() {
            return;
        }
        let objects = sources.iter().filter_map(|key| self.ctx.cluster.get(key).cloned()).collect();
        let (uid, name) = (self.worker.uid.clone(), Text::new(volume.str_at(&["name"])));
        let now = self.now();
        self.ctx.cluster.runtime_mut().write_volume(&uid, &name, objects, now);
    }

    /// Makes what a volume of the machine's own files asks for.
    fn make_on_node(&mut self, volume: &Value) {
        if let Some(path) = volume.at(&["hostPath", "path"]).and_then(Value::as_str) {
            let (node, kind) = (self.worker.node.clone(), volume.str_at(&["hostPath", "type"]));
            crate::shell::node_files::make(self.ctx.cluster, &node, path, kind);
        }
    }

    /// A ConfigMap or Secret changed a while ago: the files of all mounted volumes follow. Where something is missing
    /// that has to be there, the files stay as they are, and it is told at each look.
    pub(super) fn write_all_files(&mut self) {
        let volumes = pod::volumes(&self.pod).to_vec();
        let mut is_missing = false;
        for (place, volume) in volumes.iter().enumerate() {
            if self.worker.probing.is_none() || self.worker.unmounted.iter().any(|it| it.place == place) {
                continue;
            }
            if !references::sources_of(&self.pod, volume).is_empty()
                && let Err(Some(text)) = mount_error(self.ctx.cluster, &self.pod, volume, &self.worker.node)
            {
                self.pod_event(true, "FailedMount", text);
                is_missing = true;
            } else {
                self.write_files(volume);
            }
        }
        if is_missing {
            let (next, key) = (self.worker.look_after(self.now()), self.pod.key());
            self.ctx.timers.set(next, work(&key, TASK_REFRESH));
        }
    }

    /// Tries every volume whose time has come; `at_once` tries those that wait for their claims, too.
    pub(super) fn mount(&mut self, at_once: bool) {
        let now = self.now();
        let volumes = pod::volumes(&self.pod).to_vec();
        let mut rest: Vec<Unmounted> = Vec::new();
        for mut waiting in std::mem::take(&mut self.worker.unmounted) {
            let Some(volume) = volumes.get(waiting.place) else { continue };
            let mut error = mount_error(self.ctx.cluster, &self.pod, volume, &self.worker.node);
            if matches!(error, Err(Some(_))) && waiting.next <= now && self.supply() {
                error = mount_error(self.ctx.cluster, &self.pod, volume, &self.worker.node);
            }
            match error {
                // A secret that is there is found at the next try only; a claim's volume says when it is attached.
                Ok(()) if waiting.next <= now || at_once && waiting.delay == worker::FIRST_DELAY => {
                    self.write_files(volume);
                    self.make_on_node(volume);
                    continue;
                }
                Err(Some(text)) if waiting.next <= now => {
                    self.pod_event(true, "FailedMount", text);
                    waiting.next = now + waiting.delay;
                    waiting.delay = Millis(waiting.delay.0 * 2).min(DELAY_MAX);
                }
                Ok(()) | Err(_) => {}
            }
            rest.push(waiting);
        }
        // What waits for its claim is not tried by the clock.
        let next = rest.iter().map(|waiting| waiting.next).filter(|next| *next > now).min();
        self.worker.unmounted = rest;
        match next {
            _ if self.worker.unmounted.is_empty() => self.mounts_changed(),
            Some(next) => self.worker.plan_once(next, Action::Mount),
            None => {}
        }
    }
}
