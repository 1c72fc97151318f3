//! Which StorageClass a claim gets that names none, and which IngressClass an Ingress.
//!
//! Follows plugin/pkg/admission/storage/storageclass/setdefault and plugin/pkg/admission/network/defaultingressclass.

use super::store::Cluster;
use crate::model::{Kind, Object, Value};
use crate::world::registered_objects::DEFAULT_CLASS;
use std::rc::Rc;

/// The class that claims without a class get: the newest that is marked.
pub fn default_class(cluster: &Cluster) -> Option<&Rc<Object>> {
    newest_marked(cluster, Kind::StorageClass, DEFAULT_CLASS)
}

/// The newest of the classes of a kind that an annotation marks as the default.
fn newest_marked<'a>(cluster: &'a Cluster, kind: Kind, mark: &str) -> Option<&'a Rc<Object>> {
    let marked = cluster.list(kind).filter(|class| class.meta.annotation(mark) == "true");
    marked.min_by_key(|class| (std::cmp::Reverse(class.meta.created), class.meta.name.clone()))
}

/// A claim without a class gets the default one.
pub(super) fn admit_claim(cluster: &Cluster, claim: &mut Object) {
    if claim.at(&["spec", "storageClassName"]).is_none_or(Value::is_null)
        && let Some(class) = default_class(cluster)
    {
        let name = class.meta.name.clone();
        claim.set_at(&["spec", "storageClassName"], name);
    }
}

/// An Ingress without a class gets the newest of those that are marked.
pub(super) fn admit_ingress(cluster: &Cluster, ingress: &mut Object) {
    let has_class = ingress.at(&["spec", "ingressClassName"]).is_some()
        || ingress.meta.annotations.iter().any(|(name, _)| name.as_str() == "kubernetes.io/ingress.class");
    let newest = newest_marked(cluster, Kind::IngressClass, "ingressclass.kubernetes.io/is-default-class");
    if let Some(class) = newest.filter(|_| !has_class) {
        ingress.set_at(&["spec", "ingressClassName"], &class.meta.name);
    }
}
