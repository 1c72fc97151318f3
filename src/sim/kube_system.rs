//! The namespace `kube-system` of a fresh cluster: its DNS, its proxies and what keeps them, as an installer leaves them;
//! afterwards their controllers and kubelets have them like any other.

use crate::api::prepare_update;
use crate::controllers::daemon_set::{pod_of, revision_of};
use crate::controllers::deployment::{HASH_LABEL, first_set};
use crate::controllers::kubelet::static_pods;
use crate::controllers::{Controllers, Ctx, workload};
use crate::kubernetes::Difference;
use crate::manifest;
use crate::model::pod::REVISION_LABEL;
use crate::model::workload::DEPLOYMENT_REVISION;
use crate::model::{Key, Kind, Object, Text, Value};
use crate::world::{Keeper, SystemPod};
use crate::{list, obj};
use std::rc::Rc;

const NAMESPACE: &str = "kube-system";
/// The hash in the names of the DNS servers' pods.
const DNS_HASH: &str = "674b8bbfcf";

/// Puts the namespace's objects there and starts its pods.
pub(super) fn fill(controllers: &mut Controllers, ctx: &mut Ctx<'_>) {
    if ctx.environment.system.is_empty() {
        return;
    }
    _ = ctx.cluster.create(static_pods::dns_service());
    ctx.cluster.preset(objects(ctx));
    settle(ctx);
    for profile in ctx.environment.system {
        match profile.keeper {
            Keeper::Kubelet => static_pods::start(ctx, profile),
            Keeper::Workload(name) => start(controllers, ctx, profile, pod_of_workload(ctx, name, profile)),
            Keeper::Nobody => start(controllers, ctx, profile, static_pods::bare(ctx, profile)),
        }
    }
}

/// Gives the cluster's own pods the images of the environment's version, as an installer does.
pub(super) fn upgrade(ctx: &mut Ctx<'_>) {
    for profile in ctx.environment.system.iter().filter(|it| it.keeper == Keeper::Kubelet) {
        static_pods::upgrade(ctx, profile);
    }
    let key = Key::new(Kind::DaemonSet, NAMESPACE, "kube-proxy");
    let Some(old) = ctx.cluster.get(&key).cloned() else { return };
    let newest = objects(ctx).into_iter().find(|object| object.key() == key);
    let image = newest.as_ref().and_then(|set| image_of(set)).cloned();
    let mut set = Object::clone(&old);
    let containers = set.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
    if let Some((container, image)) = containers.first_mut().zip(image) {
        container.set_at(&["image"], image);
    }
    prepare_update(&old, &mut set, ctx.cluster.kubernetes());
    // Read in this same step: nobody wrote it in between.
    _ = ctx.cluster.update(set);
}

fn image_of(workload: &Object) -> Option<&Value> {
    workload.list_at(&["spec", "template", "spec", "containers"]).first()?.get("image")
}

/// The objects as they are written in this folder.
fn objects(ctx: &Ctx<'_>) -> Vec<Object> {
    let kubernetes = ctx.cluster.kubernetes();
    let text = include_str!("kube_system.yaml").replace("{version}", &kubernetes.version().to_string());
    let mut objects: Vec<Object> = manifest::read(&text, kubernetes).objects.into_iter().map(|(_, it)| it).collect();
    for object in objects.iter_mut().filter(|object| object.kind == Kind::Deployment) {
        object.set_at(&["spec", "replicas"], count(ctx, &object.meta.name));
        object.meta.annotations.insert(DEPLOYMENT_REVISION, "1".into());
    }
    objects
}

/// How many pods a workload has.
fn count(ctx: &Ctx<'_>, workload: &str) -> i64 {
    let is_its = |profile: &&SystemPod| matches!(profile.keeper, Keeper::Workload(name) if name == workload);
    ctx.environment.system.iter().filter(is_its).count() as i64
}

fn workload_of(ctx: &Ctx<'_>, kind: Kind, name: &str) -> Option<Rc<Object>> {
    ctx.cluster.find(kind, &NAMESPACE.into(), &Text::new(name)).cloned()
}

/// What controllers make of the workloads, and what they say of them.
fn settle(ctx: &mut Ctx<'_>) {
    let kubernetes = ctx.cluster.kubernetes();
    if let Some(set) = workload_of(ctx, Kind::DaemonSet, "kube-proxy") {
        let pods = count(ctx, &set.meta.name);
        let status = obj! {
            "currentNumberScheduled" => pods, "desiredNumberScheduled" => pods, "numberAvailable" => pods,
            "numberMisscheduled" => 0, "numberReady" => pods, "observedGeneration" => 1,
            "updatedNumberScheduled" => pods,
        };
        ctx.cluster.preset(vec![revision_of(&set, 1, kubernetes), with_status(&set, status)]);
    }
    let Some(deployment) = workload_of(ctx, Kind::Deployment, "coredns") else { return };
    let (pods, now) = (count(ctx, &deployment.meta.name), Text::from(ctx.now().rfc3339()));
    let mut set = first_set(&deployment, kubernetes);
    set.meta.name = format!("{}-{DNS_HASH}", deployment.meta.name).into();
    set.meta.labels.insert(HASH_LABEL, DNS_HASH.into());
    set.meta.generation = 1;
    set.set_at(&["spec", "selector", "matchLabels", HASH_LABEL], DNS_HASH);
    set.set_at(&["spec", "template", "metadata", "labels", HASH_LABEL], DNS_HASH);
    let mut status = obj! {
        "availableReplicas" => pods, "observedGeneration" => 1, "readyReplicas" => pods, "replicas" => pods,
    };
    if kubernetes.has(Difference::TerminatingReplicas) {
        status.set_at(&["terminatingReplicas"], 0);
    }
    let mut whole = status.clone();
    whole.set_at(&["updatedReplicas"], pods);
    let condition = |kind: &'static str, reason: &'static str, message: String| {
        obj! {
            "lastTransitionTime" => &now, "lastUpdateTime" => &now, "message" => message, "reason" => reason,
            "status" => "True", "type" => kind,
        }
    };
    let progress = format!("ReplicaSet \"{}\" has successfully progressed.", set.meta.name);
    whole.set_at(
        &["conditions"],
        list![
            condition("Available", "MinimumReplicasAvailable", "Deployment has minimum availability.".to_string()),
            condition("Progressing", "NewReplicaSetAvailable", progress),
        ],
    );
    status.set_at(&["fullyLabeledReplicas"], pods);
    ctx.cluster.preset(vec![with_status(&deployment, whole), with_status(&set, status)]);
}

fn with_status(object: &Object, status: Value) -> Object {
    let mut object = object.clone();
    object.set_at(&["status"], status);
    object
}

/// A pod as its workload's controller makes it.
fn pod_of_workload(ctx: &Ctx<'_>, workload: &str, profile: &SystemPod) -> Option<Object> {
    let node = ctx.environment.nodes.get(profile.node)?;
    if let Some(set) = workload_of(ctx, Kind::DaemonSet, workload) {
        let mut revisions = ctx.cluster.list_in(Kind::ControllerRevision, NAMESPACE);
        let revision = revisions.find(|revision| revision.meta.is_controlled_by(&set))?;
        return Some(pod_of(&set, &Text::new(revision.meta.label(REVISION_LABEL)), &node.name));
    }
    let set = workload_of(ctx, Kind::ReplicaSet, &format!("{workload}-{DNS_HASH}"))?;
    Some(workload::pod_of_template(&set, set.at(&["spec", "template"])?))
}

/// Stores a pod that runs already.
fn start(controllers: &mut Controllers, ctx: &mut Ctx<'_>, profile: &SystemPod, pod: Option<Object>) {
    let Some((mut pod, node)) = pod.zip(ctx.environment.nodes.get(profile.node).cloned()) else { return };
    pod.meta.name = profile.name.into();
    pod.set_at(&["spec", "nodeName"], &node.name);
    // It fails only if the pod is there already.
    let Ok(pod) = ctx.cluster.create(pod) else { return };
    let address =
        profile.address.map_or_else(|| node.internal_ip.clone(), |last| format!("{}.{last}", node.pod_network).into());
    controllers.take_over(ctx, &pod.key(), address);
}

#[cfg(test)]
mod tests {
    use crate::kubernetes::{Kubernetes, Version};
    use crate::manifest::{self, Severity};
    use crate::model::pod::is_system;
    use crate::model::{Kind, Millis};
    use crate::sim::Sim;
    use crate::world::Environment;

    /// What is written here is what the controllers themselves would come to: they find nothing to do.
    #[test]
    fn the_controllers_find_nothing_to_do() {
        for (environment, version) in [("minikube", "1.37"), ("zones", "1.37"), ("zones", "1.34"), ("minikube", "1.35")]
        {
            let environment = Environment::named(environment).expect("known");
            let environment = environment.with_kubernetes(Kubernetes::of(Version::parse(version).expect("known")));
            let mut sim = Sim::new(1, environment);
            let pods = sim.environment.system.len();
            sim.advance_to(Millis::seconds(120));
            let changes = sim.take_changes();
            let own: Vec<_> = changes.iter().filter(|it| it.object.meta.namespace == "kube-system").collect();
            assert!(
                own.iter().all(|it| it.kind() == Kind::Lease
                    || it.kind() == Kind::EndpointSlice
                    || it.kind() == Kind::Endpoints),
                "{own:?}"
            );
            let all: Vec<_> = sim.cluster.list(Kind::Pod).collect();
            assert_eq!(all.len(), pods);
            assert!(all.iter().all(|pod| is_system(pod)));
        }
    }

    #[test]
    fn the_text_has_no_faults() {
        let text = include_str!("kube_system.yaml").replace("{version}", "v1.37.0");
        let problems = manifest::read(&text, Kubernetes::default()).problems;
        assert!(problems.iter().all(|problem| problem.severity == Severity::Note), "{problems:?}");
    }

    /// An upgrade rolls the proxies, and leaves everything else as it is.
    #[test]
    fn an_upgrade_rolls_the_proxies() {
        let from = Kubernetes::of(Version::parse("1.36").expect("known"));
        let mut sim = Sim::new(1, Environment::zones().with_kubernetes(from));
        sim.upgrade(Kubernetes::default());
        sim.advance_to(Millis::seconds(120));
        let images: Vec<_> = sim
            .cluster
            .list_in(Kind::Pod, "kube-system")
            .map(|pod| pod.list_at(&["spec", "containers"])[0].str_at(&["image"]).to_string())
            .collect();
        let newest = format!("registry.k8s.io/kube-proxy:{}", Kubernetes::default().version());
        assert!(images[2..].iter().all(|image| *image == newest), "{images:?}");
        assert_eq!(images.len(), 5);
    }
}
