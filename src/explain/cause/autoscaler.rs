//! Why a number of replicas does not stay as the manifest has it: an autoscaler sets it again.

use super::{Link, in_namespace, short};
use crate::cluster::{Cluster, last_applied};
use crate::model::conditions::false_condition;
use crate::model::workload::replicas;
use crate::model::{Kind, Object, Text};
use std::rc::Rc;

/// An autoscaler whose target was applied with another number than the autoscaler keeps.
pub(super) fn link(cluster: &Cluster, autoscaler: &Rc<Object>) -> Option<Link> {
    let target = autoscaler.at(&["spec", "scaleTargetRef"])?;
    let kind = Kind::of(target.str_at(&["apiVersion"]), target.str_at(&["kind"]))?;
    let object = cluster.find(kind, &autoscaler.meta.namespace, &Text::new(target.str_at(&["name"])))?;
    let asked = last_applied(object).and_then(|applied| applied.i64_at(&["spec", "replicas"]));
    let has = replicas(object);
    let Some(asked) = asked.filter(|asked| *asked != has) else { return blind(cluster, autoscaler, object) };
    let (name, place) = (&autoscaler.meta.name, in_namespace(&autoscaler.meta.namespace));
    let least = autoscaler.i64_at(&["spec", "minReplicas"]).unwrap_or(1);
    let most = autoscaler.i64_at(&["spec", "maxReplicas"]).unwrap_or(1);
    let what = format!("{}/{}", kind.names().singular, object.meta.name);
    let link = Link::of(autoscaler, "autoscaler.overrules").fact("target", &what).number("asked", asked);
    let link = link.number("has", has).number("least", least).number("most", most);
    let bound = match asked {
        asked if asked > most => Some(("maxReplicas", asked)),
        asked if asked < least && asked > 0 => Some(("minReplicas", asked)),
        _ => None,
    };
    let link = match bound {
        Some((field, value)) => {
            let line =
                format!("kubectl patch hpa {name}{place} --type=merge -p '{{\"spec\":{{\"{field}\":{value}}}}}'");
            link.remedy(line, "autoscaler.bound")
        }
        None => link,
    };
    Some(link.remedy(format!("kubectl delete hpa {name}{place}"), "autoscaler.drop"))
}

/// An autoscaler that cannot measure what it goes by.
fn blind(cluster: &Cluster, autoscaler: &Rc<Object>, target: &Object) -> Option<Link> {
    let active = false_condition(autoscaler, "ScalingActive")?;
    let message = active.str_at(&["message"]);
    let place = in_namespace(&autoscaler.meta.namespace);
    let link = |rule| Link::of(autoscaler, rule).fact("target", &short(target)).fact("message", message);
    if message.contains("missing request for") {
        let line = format!("kubectl set resources {}{place} --requests=cpu=100m", short(target));
        return Some(link("autoscaler.no-request").remedy(line, "autoscaler.request"));
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
