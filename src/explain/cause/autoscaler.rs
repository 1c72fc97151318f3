//! Why a number of replicas does not stay as the manifest has it: an autoscaler sets it again.

use super::service::shown;
use super::template::replaces_pods;
use super::{Link, Remedy, clock, in_namespace, latest_event, short};
use crate::cluster::{Cluster, last_applied};
use crate::model::conditions::{condition, false_condition};
use crate::model::workload::replicas;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use std::rc::Rc;

/// An autoscaler whose target was applied with another number than the autoscaler keeps.
pub(super) fn link(cluster: &Cluster, autoscaler: &Rc<Object>) -> Option<Link> {
    let target = autoscaler.at(&["spec", "scaleTargetRef"])?;
    let kind = Kind::of(target.str_at(&["apiVersion"]), target.str_at(&["kind"]))?;
    let object = cluster.find(kind, &autoscaler.meta.namespace, &Text::new(target.str_at(&["name"])))?;
    let asked = last_applied(object).and_then(|applied| applied.i64_at(&["spec", "replicas"]));
    let has = replicas(object);
    let Some(asked) = asked.filter(|asked| *asked != has) else {
        let blind = blind(cluster, autoscaler, object);
        let Some(kept) = kept(cluster, autoscaler, object) else { return blind };
        return Some(blind.map_or(kept.clone(), |blind| Link {
            remedies: kept.remedies.iter().chain(&blind.remedies).cloned().collect(),
            also: vec![blind.rule],
            facts: kept.facts.iter().chain(&blind.facts).cloned().collect(),
            ..kept
        }));
    };
    let place = in_namespace(&autoscaler.meta.namespace);
    let least = autoscaler.i64_at(&["spec", "minReplicas"]).unwrap_or(1);
    let most = autoscaler.i64_at(&["spec", "maxReplicas"]).unwrap_or(1);
    let what = format!("{}/{}", kind.names().singular, object.meta.name);
    let link = |rule| {
        let link = Link::of(autoscaler, rule).fact("target", &what).number("asked", asked);
        link.number("has", has).number("least", least).number("most", most)
    };
    let link = match asked {
        0 => link("autoscaler.overrules"),
        asked if asked > most => bounded(autoscaler, link("autoscaler.bounds"), "maxReplicas", asked),
        asked if asked < least => bounded(autoscaler, link("autoscaler.bounds"), "minReplicas", asked),
        asked if false_condition(autoscaler, "ScalingActive").is_some() => {
            let line = format!("kubectl scale {}{place} --replicas={asked}", short(object));
            return Some(link("autoscaler.left").remedy(line, "autoscaler.as-applied"));
        }
        _ if is_steadied(autoscaler) => {
            return Some(link("autoscaler.steadies").number("window", window(autoscaler)).by_itself());
        }
        _ => link("autoscaler.overrules"),
    };
    Some(link.remedy(format!("kubectl delete hpa {}{place}", autoscaler.meta.name), "autoscaler.drop"))
}

/// An autoscaler whose bound keeps a number away, with the line that moves the bound.
fn bounded(autoscaler: &Object, link: Link, field: &str, asked: i64) -> Link {
    let (name, place) = (&autoscaler.meta.name, in_namespace(&autoscaler.meta.namespace));
    let line = format!("kubectl patch hpa {name}{place} --type=merge -p '{{\"spec\":{{\"{field}\":{asked}}}}}'");
    link.remedy(line, "autoscaler.bound")
}

/// Whether an autoscaler would go down by now, and waits.
fn is_steadied(autoscaler: &Object) -> bool {
    condition(autoscaler, "AbleToScale").is_some_and(|able| able.str_at(&["reason"]) == "ScaleDownStabilized")
}

/// For how many seconds nothing larger may have been asked for before an autoscaler goes down.
fn window(autoscaler: &Object) -> i64 {
    autoscaler.i64_at(&["spec", "behavior", "scaleDown", "stabilizationWindowSeconds"]).unwrap_or(300)
}

/// How long after it a number that was set back is told.
const KEPT: Millis = Millis::seconds(600);

/// An autoscaler that has set a number back to one of its bounds not long ago; with its first look it only begins.
fn kept(cluster: &Cluster, autoscaler: &Rc<Object>, target: &Object) -> Option<Link> {
    let (at, message) = latest_event(cluster, autoscaler, &["SuccessfulRescale"])?;
    let (field, bound) = match &*message {
        it if it.ends_with("below Spec.MinReplicas") => ("minReplicas", 1),
        it if it.ends_with("above Spec.MaxReplicas") => ("maxReplicas", 0),
        _ => return None,
    };
    let bound = autoscaler.i64_at(&["spec", field]).unwrap_or(bound);
    let is_late = at - autoscaler.meta.created > LOOK;
    if !is_late || cluster.now() - at > KEPT || replicas(target) != bound {
        return None;
    }
    let link = Link::of(autoscaler, "autoscaler.kept").fact("target", &short(target)).fact("field", field);
    let link = link.number("bound", bound).fact("at", &clock(at));
    let line = format!("kubectl edit hpa {}{}", autoscaler.meta.name, in_namespace(&autoscaler.meta.namespace));
    Some(link.remedy(line, "autoscaler.open"))
}

/// How often an autoscaler looks.
const LOOK: Millis = Millis::seconds(15);

/// What an autoscaler has to say of the number of its target's replicas.
pub fn of_target(cluster: &Cluster, target: &Key) -> Option<Link> {
    let is_its = |it: &&Rc<Object>| {
        it.at(&["spec", "scaleTargetRef"]).is_some_and(|its| {
            let kind = Kind::of(its.str_at(&["apiVersion"]), its.str_at(&["kind"]));
            kind == Some(target.kind) && its.str_at(&["name"]) == target.name.as_str()
        })
    };
    let autoscaler = cluster.list_in(Kind::HorizontalPodAutoscaler, &target.namespace).find(is_its)?;
    link(cluster, autoscaler)
}

/// Whether a container of a template states no CPU request to go by, and the autoscaler goes by a share of it.
fn lacks_request(autoscaler: &Object, target: &Object) -> bool {
    let metrics = autoscaler.list_at(&["spec", "metrics"]);
    let is_share = metrics.iter().any(|it| it.str_at(&["resource", "target", "type"]) == "Utilization");
    let states = |container: &Value| {
        ["requests", "limits"].iter().any(|list| container.at(&["resources", list, "cpu"]).is_some())
    };
    is_share && !target.list_at(&["spec", "template", "spec", "containers"]).iter().all(states)
}

/// An autoscaler that cannot measure what it goes by.
fn blind(cluster: &Cluster, autoscaler: &Rc<Object>, target: &Object) -> Option<Link> {
    let active = false_condition(autoscaler, "ScalingActive")?;
    let message = active.str_at(&["message"]);
    let place = in_namespace(&autoscaler.meta.namespace);
    let link = |rule| Link::of(autoscaler, rule).fact("target", &short(target)).fact("message", message);
    if message.contains("missing request for") {
        return Some(Link { remedies: vec![stating(target, &place)], ..link("autoscaler.no-request") });
    }
    if active.str_at(&["reason"]) == "ScalingDisabled" {
        let line = format!("kubectl scale {}{place} --replicas=1", short(target));
        return Some(link("autoscaler.at-zero").remedy(line, "autoscaler.wake"));
    }
    let is_unmeasured = message.contains("metrics API") && cluster.runtime().load(&target.key()).is_none();
    let line = format!("lab load {} 50", target.meta.name);
    if is_unmeasured && lacks_request(autoscaler, target) {
        let mut remedy = stating(target, &place);
        remedy.line = format!("{} && {line}", remedy.line);
        remedy.also.push("autoscaler.load");
        return Some(Link { remedies: vec![remedy], ..link("autoscaler.no-request").and("autoscaler.no-metrics") });
    }
    Some(match is_unmeasured {
        true => link("autoscaler.no-metrics").remedy(line, "autoscaler.load"),
        false => link("autoscaler.blind"),
    })
}

/// The line that states a CPU request for every container; where nobody replaces the pods for it, they go as well.
fn stating(target: &Object, place: &str) -> Remedy {
    let line = format!("kubectl set resources {}{place} --requests=cpu=100m", short(target));
    if replaces_pods(target) {
        return Remedy::new(line, "autoscaler.request");
    }
    let selector = target.at(&["spec", "selector", "matchLabels"]).and_then(Value::as_map);
    let labels = selector.map(shown).unwrap_or_default();
    Remedy::new(format!("{line} && kubectl delete pod{place} -l {labels}"), "autoscaler.request-kept")
}
