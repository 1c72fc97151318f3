//! Why a number of replicas does not stay as the manifest has it: an autoscaler sets it again.

use super::{Link, in_namespace};
use crate::cluster::{Cluster, last_applied};
use crate::model::{Kind, Object, Text};
use std::rc::Rc;

/// An autoscaler whose target was applied with another number than the autoscaler keeps.
pub(super) fn link(cluster: &Cluster, autoscaler: &Rc<Object>) -> Option<Link> {
    let target = autoscaler.at(&["spec", "scaleTargetRef"])?;
    let kind = Kind::of(target.str_at(&["apiVersion"]), target.str_at(&["kind"]))?;
    let object = cluster.find(kind, &autoscaler.meta.namespace, &Text::new(target.str_at(&["name"])))?;
    let asked = last_applied(object)?.i64_at(&["spec", "replicas"])?;
    let has = object.i64_at(&["spec", "replicas"])?;
    if asked == has {
        return None;
    }
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
