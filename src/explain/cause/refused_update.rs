//! The way out of a refused update of a StatefulSet: the known recipe, line by line.
//!
//! Follows "Update strategies" and "Expanding a PersistentVolumeClaim" in the documentation: a set may be deleted without
//! its pods and made anew, and then takes them over.

use super::{Link, in_namespace};
use crate::api::SET_FREE;
use crate::cluster::Cluster;
use crate::kubernetes::Difference;
use crate::model::claim::class_name;
use crate::model::stateful_set::claim_templates;
use crate::model::{Key, Kind, Object, Quantity, Text, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// The most claims for which a line is written.
const CLAIMS_MAX: usize = 20;

/// How to get what a manifest asks for of a set that is there, where the API server does not let a field change. `None`
/// for other objects and other refusals.
pub fn way_out(cluster: &Cluster, manifest: &Value, namespace: &str) -> Option<Link> {
    if Kind::of(manifest.str_at(&["apiVersion"]), manifest.str_at(&["kind"])) != Some(Kind::StatefulSet) {
        return None;
    }
    let own = Text::new(manifest.str_at(&["metadata", "namespace"]));
    let namespace = if own.is_empty() { Text::new(namespace) } else { own };
    let name = Text::new(manifest.str_at(&["metadata", "name"]));
    let asks_recreate = manifest.str_at(&["spec", "updateStrategy", "type"]) == "Recreate";
    if asks_recreate && !cluster.kubernetes().has(Difference::Recreate) {
        return Some(of_gate(cluster, Key::new(Kind::StatefulSet, namespace, name)));
    }
    let set = cluster.find(Kind::StatefulSet, &namespace, &name)?;
    match fixed_fields(set, manifest).as_slice() {
        [] => None,
        fields if fields.contains(&"selector") => Some(of_selector(set)),
        fields if fields.contains(&"volumeClaimTemplates") => Some(of_claims(cluster, set, manifest)),
        fields => Some(by_orphans(set, &fields.join(", "))),
    }
}

/// The fields of `spec` that a manifest asks to be otherwise than they are in a set that is there, of those that no update
/// may change. A value that is written otherwise and means the same is among them as well.
pub fn fixed_fields<'a>(set: &Object, manifest: &'a Value) -> Vec<&'a str> {
    let Some(spec) = manifest.at(&["spec"]).and_then(Value::as_map) else { return Vec::new() };
    let differs = |name: &str, value: &Value| !SET_FREE.contains(&name) && !means(set.at(&["spec", name]), value);
    spec.iter().filter(|(name, value)| differs(name, value)).map(|(name, _)| name.as_str()).collect()
}

/// Whether a stored value has everything that a manifest asks for: the rest of it are defaults.
fn means(stored: Option<&Value>, asked: &Value) -> bool {
    match (stored, asked) {
        (Some(Value::Map(stored)), Value::Map(asked)) => {
            asked.iter().all(|(name, value)| *value == Value::Null || means(stored.get(name), value))
        }
        (Some(Value::List(stored)), Value::List(asked)) => {
            stored.len() == asked.len()
                && stored.iter().zip(asked.iter()).all(|(stored, asked)| means(Some(stored), asked))
        }
        (Some(stored), asked) => stored == asked,
        (None, asked) => *asked == Value::Null,
    }
}

/// A strategy whose feature gate is off, or that this version does not have.
fn of_gate(cluster: &Cluster, set: Key) -> Link {
    let link = Link::new(set, "recipe.recreate-off").fact("version", &cluster.kubernetes().version().to_string());
    let gate = "StatefulSetRecreateStrategy=true";
    link.remedy(format!("minikube start --kubernetes-version=v1.37.0 --feature-gates={gate}"), "recipe.gate-on")
}

fn orphan(set: &Object, link: Link) -> Link {
    let line = format!("kubectl delete sts {}{} --cascade=orphan", set.meta.name, in_namespace(&set.meta.namespace));
    link.remedy(line, "recipe.orphan")
}

fn by_orphans(set: &Object, fields: &str) -> Link {
    let link = orphan(set, Link::of(set, "recipe.fixed").fact("fields", fields));
    let restart = format!("kubectl rollout restart sts {}{}", set.meta.name, in_namespace(&set.meta.namespace));
    link.remedy("kubectl apply -f manifest.yaml".into(), "recipe.adopt").remedy(restart, "recipe.restart")
}

fn of_selector(set: &Object) -> Link {
    let line = format!("kubectl delete sts {}{}", set.meta.name, in_namespace(&set.meta.namespace));
    let link = Link::of(set, "recipe.selector").remedy(line, "recipe.delete");
    link.remedy("kubectl apply -f manifest.yaml".into(), "recipe.anew")
}

/// The claims of a set's template, by their names.
fn claims_of_template(cluster: &Cluster, set: &Object, template: &str) -> Vec<Rc<Object>> {
    let prefix = format!("{template}-{}-", set.meta.name);
    let ordinal =
        |claim: &Object| claim.meta.name.strip_prefix(prefix.as_str()).and_then(|rest| rest.parse::<i64>().ok());
    let all = cluster.list_in(Kind::PersistentVolumeClaim, &set.meta.namespace);
    let mut found: Vec<Rc<Object>> = all.filter(|claim| ordinal(claim).is_some()).map(Rc::clone).collect();
    found.order_by_key(|claim| ordinal(claim).unwrap_or(0));
    found.truncate(CLAIMS_MAX);
    found
}

/// What becomes of a set's claims under other templates.
#[derive(Default)]
struct ChangedClaims {
    /// Those that get another size, and which.
    grown: Vec<(Rc<Object>, String)>,
    /// Those that have to be made anew.
    anew: Vec<Rc<Object>>,
    /// Whether one would be smaller than it is.
    is_smaller: bool,
}

fn changed_claims(cluster: &Cluster, set: &Object, manifest: &Value) -> ChangedClaims {
    let old = claim_templates(set);
    let new = manifest.list_at(&["spec", "volumeClaimTemplates"]);
    let size = |template: &Value| template.str_at(&["spec", "resources", "requests", "storage"]).to_string();
    let named = |name: &str| old.iter().find(|template| template.str_at(&["metadata", "name"]) == name);
    let mut changed = ChangedClaims::default();
    for template in new {
        let name = template.str_at(&["metadata", "name"]);
        let Some(before) = named(name) else { continue };
        let mut same_size = template.clone();
        same_size.set_at(&["spec", "resources", "requests", "storage"], size(before));
        let claims = claims_of_template(cluster, set, name);
        match means(Some(before), &same_size) {
            true if is_less(&size(template), &size(before)) => {
                changed.is_smaller = true;
                changed.anew.extend(claims);
            }
            true if size(before) != size(template) => {
                changed.grown.extend(claims.into_iter().map(|it| (it, size(template))));
            }
            true => {}
            false => changed.anew.extend(claims),
        }
    }
    changed
}

/// Claims that grow can be grown one by one; of anything else, the claims have to be made anew, and their data goes.
fn of_claims(cluster: &Cluster, set: &Object, manifest: &Value) -> Link {
    let place = in_namespace(&set.meta.namespace);
    let ChangedClaims { grown, anew, is_smaller } = changed_claims(cluster, set, manifest);
    let rule = match (anew.is_empty(), grown.is_empty()) {
        (false, _) if is_smaller => "recipe.claims-smaller",
        (false, _) => "recipe.claims-anew",
        (true, false) => "recipe.claims-grow",
        (true, true) => "recipe.claims-new",
    };
    let mut link = orphan(set, Link::of(set, rule));
    for (claim, size) in &grown {
        let patch = format!("'{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"{size}\"}}}}}}}}'");
        let line = format!("kubectl patch pvc {}{place} -p {patch}", claim.meta.name);
        let rule = match (can_grow(cluster, claim), cluster.pods_using(&claim.key()).next()) {
            (false, _) => "recipe.grow-not",
            (true, Some(_)) => "recipe.grow",
            (true, None) => "recipe.grow-alone",
        };
        link = link.remedy(line, rule);
    }
    link = link.remedy("kubectl apply -f manifest.yaml".into(), "recipe.adopt");
    for claim in &anew {
        let name = &claim.meta.name;
        let pod = cluster.pods_using(&claim.key()).next().map(|pod| pod.name.clone());
        let pod = pod.map_or(String::new(), |pod| format!(" && kubectl delete pod {pod}{place}"));
        link = link.remedy(format!("kubectl delete pvc {name}{place} --wait=false{pod}"), "recipe.replace-claim");
    }
    if rule == "recipe.claims-new" {
        link = link.remedy(format!("kubectl rollout restart sts {}{place}", set.meta.name), "recipe.restart");
    }
    link
}

/// Whether a size is smaller than another one.
fn is_less(size: &str, than: &str) -> bool {
    match (Quantity::parse(size), Quantity::parse(than)) {
        (Ok(size), Ok(than)) => size.minus(than).is_negative(),
        _ => false,
    }
}

/// Whether a claim's class lets its volumes grow.
fn can_grow(cluster: &Cluster, claim: &Object) -> bool {
    let class = Key::new(Kind::StorageClass, "", class_name(claim).to_string());
    let allows = |class: &Rc<Object>| class.at(&["allowVolumeExpansion"]).and_then(Value::as_bool) == Some(true);
    cluster.get(&class).is_some_and(allows)
}
