//! How a pod, a claim or a node is drawn: its style by its state, and the words beside it. The colour of each style
//! stands in `www/picture.css`; knows no position.

use crate::cluster::Cluster;
use crate::model::conditions::{condition, phase};
use crate::model::node::is_cordoned;
use crate::model::pod::is_ready;
use crate::model::pod_status_word::pod_state;
use crate::model::{Kind, Object, Text};

/// How a pod is drawn. Each has a colour, a glyph and an outline of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodStyle {
    /// Wanted, or remembered by its claim, but not there.
    Absent,
    /// Stored, not on a node yet.
    Pending,
    /// On a node, containers not running yet.
    Starting,
    /// Running, not ready.
    NotReady,
    /// Running and ready.
    Ready,
    /// Being deleted.
    Terminating,
    /// Failing: a bad image, a crash loop, an error.
    Failing,
    /// On a node that nobody hears of.
    Lost,
    /// Ended well.
    Done,
}

impl PodStyle {
    /// All styles, in the order of a pod's life.
    pub const ALL: [PodStyle; 9] = [
        PodStyle::Absent,
        PodStyle::Pending,
        PodStyle::Starting,
        PodStyle::NotReady,
        PodStyle::Ready,
        PodStyle::Terminating,
        PodStyle::Failing,
        PodStyle::Lost,
        PodStyle::Done,
    ];

    /// The style's name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            PodStyle::Absent => "absent",
            PodStyle::Pending => "pending",
            PodStyle::Starting => "starting",
            PodStyle::NotReady => "not-ready",
            PodStyle::Ready => "ready",
            PodStyle::Terminating => "terminating",
            PodStyle::Failing => "failing",
            PodStyle::Lost => "lost",
            PodStyle::Done => "done",
        }
    }
}

/// How a claim and its volume are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimStyle {
    /// No volume yet.
    Pending,
    /// Has its volume.
    Bound,
    /// Being deleted.
    Terminating,
    /// Its volume is gone.
    Lost,
}

impl ClaimStyle {
    /// The style's name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            ClaimStyle::Pending => "pending",
            ClaimStyle::Bound => "bound",
            ClaimStyle::Terminating => "terminating",
            ClaimStyle::Lost => "lost",
        }
    }
}

/// How a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeStyle {
    /// Takes pods.
    Ready,
    /// Takes no new pods.
    Cordoned,
    /// Says that it is not ready.
    NotReady,
    /// Nobody hears of it.
    Lost,
}

impl NodeStyle {
    /// The style's name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            NodeStyle::Ready => "ready",
            NodeStyle::Cordoned => "cordoned",
            NodeStyle::NotReady => "not-ready",
            NodeStyle::Lost => "lost",
        }
    }
}

/// The STATUS column of `kubectl get pods`.
pub fn pod_status(pod: &Object) -> Text {
    pod_state(pod).status.into()
}

/// How a pod is drawn, from the STATUS column and its Ready condition.
pub fn pod_style(pod: &Object, status: &str, is_on_lost_node: bool) -> PodStyle {
    if is_on_lost_node {
        return PodStyle::Lost;
    }
    if pod.meta.is_terminating() {
        return PodStyle::Terminating;
    }
    match status {
        "Running" if is_ready(pod) => PodStyle::Ready,
        "Running" | "NotReady" => PodStyle::NotReady,
        "Pending" => PodStyle::Pending,
        "SchedulingGated" => PodStyle::Pending,
        "ContainerCreating" | "PodInitializing" => PodStyle::Starting,
        "Completed" | "Succeeded" => PodStyle::Done,
        "Unknown" => PodStyle::Lost,
        status if status.strip_prefix("Init:").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
            PodStyle::Starting
        }
        _ => PodStyle::Failing,
    }
}

/// The READY column: ready containers of all, sidecars among them.
pub fn ready_containers(pod: &Object) -> (usize, usize) {
    let state = pod_state(pod);
    (state.ready, state.total)
}

/// The RESTARTS column's number.
pub fn restarts(pod: &Object) -> i64 {
    pod_state(pod).restarts
}

/// How a claim or a volume is drawn, and the STATUS column of `kubectl get pvc`.
pub fn claim_status(claim: &Object) -> (ClaimStyle, Text) {
    if claim.meta.is_terminating() {
        return (ClaimStyle::Terminating, "Terminating".into());
    }
    if claim.kind == Kind::PersistentVolume {
        let phase = Text::new(phase(claim));
        let style = match phase.as_str() {
            "Bound" | "Released" => ClaimStyle::Bound,
            "Failed" => ClaimStyle::Lost,
            _ => ClaimStyle::Pending,
        };
        return (style, phase);
    }
    match phase(claim) {
        "Bound" => (ClaimStyle::Bound, "Bound".into()),
        "Lost" => (ClaimStyle::Lost, "Lost".into()),
        _ => (ClaimStyle::Pending, "Pending".into()),
    }
}

/// How a node is drawn.
pub fn node_style(node: &Object) -> NodeStyle {
    match condition(node, "Ready").map(|ready| ready.str_at(&["status"])) {
        Some("Unknown") => NodeStyle::Lost,
        Some("False") => NodeStyle::NotReady,
        _ if is_cordoned(node) => NodeStyle::Cordoned,
        _ => NodeStyle::Ready,
    }
}

/// The names of the nodes that nobody hears of.
pub fn lost_nodes(cluster: &Cluster) -> Vec<Text> {
    let nodes = cluster.list(Kind::Node).filter(|node| node_style(node) == NodeStyle::Lost);
    nodes.map(|node| node.meta.name.clone()).collect()
}

/// The last part of a revision's name: its hash.
pub fn short_revision<'a>(revision: &'a str, set: &str) -> &'a str {
    revision.strip_prefix(set).and_then(|rest| rest.strip_prefix('-')).unwrap_or(revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Millis, Value};
    use crate::{list, obj};

    fn pod(phase: &'static str, state: Value, is_ready: bool) -> Object {
        let mut pod = Object::new(Kind::Pod, "default", "web-0");
        pod.set_at(&["spec", "containers"], list![obj! { "name" => "c" }]);
        pod.set_at(&["status", "phase"], phase);
        let ready = if is_ready { "True" } else { "False" };
        pod.set_at(&["status", "conditions"], list![obj! { "type" => "Ready", "status" => ready }]);
        let status = obj! { "name" => "c", "ready" => is_ready, "restartCount" => 2, "state" => state };
        pod.set_at(&["status", "containerStatuses"], list![status]);
        pod
    }

    #[test]
    fn a_pod_is_called_what_kubectl_calls_it() {
        let running = || obj! { "running" => Value::map() };
        let waiting = |reason: &'static str| obj! { "waiting" => obj! { "reason" => reason } };
        let cases = [
            (pod("Running", running(), true), "Running", PodStyle::Ready),
            (pod("Running", running(), false), "Running", PodStyle::NotReady),
            (pod("Pending", waiting("ContainerCreating"), false), "ContainerCreating", PodStyle::Starting),
            (pod("Pending", waiting("ImagePullBackOff"), false), "ImagePullBackOff", PodStyle::Failing),
            (pod("Running", obj! { "terminated" => obj! { "exitCode" => 1 } }, false), "ExitCode:1", PodStyle::Failing),
        ];
        for (pod, status, style) in cases {
            assert_eq!(pod_status(&pod), status);
            assert_eq!(pod_style(&pod, status, false), style);
        }
        let mut going = pod("Running", running(), true);
        going.meta.deletion_timestamp = Some(Millis::ZERO);
        assert_eq!(pod_status(&going), "Terminating");
        assert_eq!((ready_containers(&going), restarts(&going)), ((1, 1), 2));
        assert_eq!(pod_style(&going, "Terminating", true), PodStyle::Lost);
    }
    #[test]
    fn a_running_sidecar_counts_as_a_container_and_holds_nothing_up() {
        let mut pod = pod("Running", obj! { "running" => Value::map() }, true);
        pod.set_at(&["spec", "initContainers"], list![obj! { "name" => "log", "restartPolicy" => "Always" }]);
        let sidecar = obj! {
            "name" => "log", "ready" => true, "started" => true, "restartCount" => 1,
            "state" => obj! { "running" => Value::map() },
        };
        pod.set_at(&["status", "initContainerStatuses"], list![sidecar]);
        assert_eq!(pod_status(&pod), "Running");
        assert_eq!((ready_containers(&pod), restarts(&pod)), ((2, 2), 3));
        assert_eq!(pod_style(&pod, "Running", false), PodStyle::Ready);
    }
}
