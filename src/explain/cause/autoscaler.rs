//! Why a number of replicas does not stay as the manifest has it: an autoscaler sets it again.

use super::template::replaces_pods;
use super::{Link, in_namespace, short};
use crate::cluster::{Cluster, last_applied};
use crate::model::conditions::{condition, false_condition};
use crate::model::workload::replicas;
use crate::model::{Kind, Object, Text, Value};
use std::rc::Rc;

/// An autoscaler whose target was applied with another number than the autoscaler keeps.
pub(super) fn link(cluster: &Cluster, autoscaler: &Rc<Object>) -> Option<Link> {
    let target = autoscaler.at(&["spec", "scaleTargetRef"])?;
    let kind = Kind::of(target.str_at(&["apiVersion"]), target.str_at(&["kind"]))?;
    let object = cluster.find(kind, &autoscaler.meta.namespace, &Text::new(target.str_at(&["name"])))?;
    let asked = last_applied(object).and_then(|applied| applied.i64_at(&["spec", "replicas"]));
    let has = replicas(object);
    let Some(asked) = asked.filter(|asked| *asked != has) else { return blind(cluster, autoscaler, object) };
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

/// An autoscaler that cannot measure what it goes by.
fn blind(cluster: &Cluster, autoscaler: &Rc<Object>, target: &Object) -> Option<Link> {
    let active = false_condition(autoscaler, "ScalingActive")?;
    let message = active.str_at(&["message"]);
    let place = in_namespace(&autoscaler.meta.namespace);
    let link = |rule| Link::of(autoscaler, rule).fact("target", &short(target)).fact("message", message);
    if message.contains("missing request for") {
        let line = format!("kubectl set resources {}{place} --requests=cpu=100m", short(target));
        let link = link("autoscaler.no-request");
        if replaces_pods(target) {
            return Some(link.remedy(line, "autoscaler.request"));
        }
        let selector = target.at(&["spec", "selector", "matchLabels"]).and_then(Value::as_map);
        let labels = selector.into_iter().flat_map(|it| it.iter());
        let labels: Vec<String> =
            labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or(""))).collect();
        let line = format!("{line} && kubectl delete pod{place} -l {}", labels.join(","));
        return Some(link.remedy(line, "autoscaler.request-kept"));
    }
    if active.str_at(&["reason"]) == "ScalingDisabled" {
        let line = format!("kubectl scale {}{place} --replicas=1", short(target));
        return Some(link("autoscaler.at-zero").remedy(line, "autoscaler.wake"));
    }
    let is_unmeasured = message.contains("metrics API") && cluster.runtime().load(&target.key()).is_none();
    let line = format!("lab load {} 50", target.meta.name);
    Some(match is_unmeasured {
        true => link("autoscaler.no-metrics").remedy(line, "autoscaler.load"),
        false => link("autoscaler.blind"),
    })
}
