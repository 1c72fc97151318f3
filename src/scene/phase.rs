//! What a pod, a claim or a node looks like from outside, in kubectl's words; knows no position and no colour.

use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, Text, Value};

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

/// The condition of an object called `name`.
pub fn condition<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.list_at(&["status", "conditions"]).iter().find(|condition| condition.str_at(&["type"]) == name)
}

/// Whether the condition called `name` is `True`.
pub fn is_true(object: &Object, name: &str) -> bool {
    condition(object, name).is_some_and(|condition| condition.str_at(&["status"]) == "True")
}

/// When the condition called `name` changed last.
pub fn since(object: &Object, name: &str) -> Option<Millis> {
    Millis::parse_rfc3339(condition(object, name)?.str_at(&["lastTransitionTime"]))
}

/// The STATUS column of `kubectl get pods`.
pub fn pod_status(pod: &Object) -> Text {
    let own = pod.str_at(&["status", "reason"]);
    let field = if own.is_empty() { "phase" } else { "reason" };
    let mut status = pod.at(&["status", field]).and_then(Value::as_text).cloned().unwrap_or_default();
    if let Some(init) = init_status(pod) {
        status = init;
    } else {
        let mut has_running = false;
        for container in pod.list_at(&["status", "containerStatuses"]).iter().rev() {
            if let Some(reason) = container_reason(container) {
                status = reason;
            }
            let runs = container.at(&["state", "running"]).is_some();
            has_running |= runs && container.get("ready").and_then(Value::as_bool) == Some(true);
        }
        if status == "Completed" && has_running {
            status = if is_true(pod, "Ready") { "Running".into() } else { "NotReady".into() };
        }
    }
    match pod.meta.is_terminating() {
        true if own == "NodeLost" => "Unknown".into(),
        true if !matches!(pod.str_at(&["status", "phase"]), "Succeeded" | "Failed") => "Terminating".into(),
        _ => status,
    }
}

fn init_status(pod: &Object) -> Option<Text> {
    let all = pod.list_at(&["spec", "initContainers"]).len();
    for (number, container) in pod.list_at(&["status", "initContainerStatuses"]).iter().enumerate() {
        if container.i64_at(&["state", "terminated", "exitCode"]) == Some(0) {
            continue;
        }
        return Some(match container_reason(container) {
            Some(reason) if reason != "PodInitializing" => format!("Init:{reason}").into(),
            _ => format!("Init:{number}/{all}").into(),
        });
    }
    None
}

fn container_reason(container: &Value) -> Option<Text> {
    let text = |path: &[&str]| container.at(path).and_then(Value::as_text).filter(|text| !text.is_empty()).cloned();
    text(&["state", "waiting", "reason"]).or_else(|| text(&["state", "terminated", "reason"])).or_else(|| {
        let ended = container.at(&["state", "terminated"])?;
        let signal = ended.i64_at(&["signal"]).unwrap_or(0);
        Some(match signal {
            0 => format!("ExitCode:{}", ended.i64_at(&["exitCode"]).unwrap_or(0)).into(),
            signal => format!("Signal:{signal}").into(),
        })
    })
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
        "Running" if is_true(pod, "Ready") => PodStyle::Ready,
        "Running" | "NotReady" => PodStyle::NotReady,
        "Pending" => PodStyle::Pending,
        "ContainerCreating" | "PodInitializing" => PodStyle::Starting,
        "Completed" | "Succeeded" => PodStyle::Done,
        "Unknown" => PodStyle::Lost,
        status if status.strip_prefix("Init:").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
            PodStyle::Starting
        }
        _ => PodStyle::Failing,
    }
}

/// The READY column: ready containers of all.
pub fn ready_containers(pod: &Object) -> (usize, usize) {
    let statuses = pod.list_at(&["status", "containerStatuses"]);
    let ready = statuses.iter().filter(|c| c.get("ready").and_then(Value::as_bool) == Some(true)).count();
    (ready, pod.list_at(&["spec", "containers"]).len())
}

/// The RESTARTS column's number.
pub fn restarts(pod: &Object) -> i64 {
    let statuses = pod.list_at(&["status", "containerStatuses"]).iter();
    statuses.map(|container| container.i64_at(&["restartCount"]).unwrap_or(0)).sum()
}

/// How a claim or a volume is drawn, and the STATUS column of `kubectl get pvc`.
pub fn claim_status(claim: &Object) -> (ClaimStyle, Text) {
    if claim.meta.is_terminating() {
        return (ClaimStyle::Terminating, "Terminating".into());
    }
    if claim.kind == Kind::PersistentVolume {
        let phase = Text::new(claim.str_at(&["status", "phase"]));
        let style = match phase.as_str() {
            "Bound" | "Released" => ClaimStyle::Bound,
            "Failed" => ClaimStyle::Lost,
            _ => ClaimStyle::Pending,
        };
        return (style, phase);
    }
    match claim.str_at(&["status", "phase"]) {
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
        _ if node.at(&["spec", "unschedulable"]).and_then(Value::as_bool) == Some(true) => NodeStyle::Cordoned,
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
}
