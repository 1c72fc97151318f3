//! A set's ControllerRevisions: their data, names and history; knows nothing of pods.

use super::spec::SetSpec;
use super::{RevisionCache, StatefulSetError};
use crate::api::{default_object, safe_encoded, tidy};
use crate::cluster::{ApiError, Cluster, DeleteOptions};
use crate::kubernetes::Difference;
use crate::model::object::labels_from_value;
use crate::model::stateful_set::current_revision;
use crate::model::{Kind, Object, Text, Value, selector_matches, to_json};
use crate::obj;
use crate::ordering::Order;
use crate::sorted::SharedSet;
use std::rc::Rc;

/// The label that holds a revision's hash.
pub const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The revisions of a set that a sync works with.
#[derive(Clone, Debug)]
pub struct Revisions {
    /// What pods were before the update.
    pub current: Rc<Object>,
    /// What pods shall be.
    pub update: Rc<Object>,
    /// How often a name was taken by other data.
    pub collision_count: i64,
    /// How the update revision was found.
    pub how: Found,
}

/// How the update revision was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The newest revision has the template's data.
    Unchanged,
    /// An older revision has it: the user rolled back.
    RolledBack,
    /// The newest revision means the same.
    MeansTheSame,
    /// The template is new.
    Created,
}

/// The data of the revision of a template.
pub fn revision_data(template: &Value) -> Value {
    let mut template = template.clone();
    template.set_at(&["$patch"], "replace");
    if template.get("metadata").is_none() {
        template.set_at(&["metadata"], Value::map());
    }
    obj! { "spec" => obj! { "template" => template } }
}

/// The template that a revision holds.
pub fn revision_template(revision: &Object) -> Value {
    let mut template = revision.at(&["data", "spec", "template"]).cloned().unwrap_or_default();
    template.remove_at(&["$patch"]);
    template
}

/// The hash of revision data as it stands in names: FNV-1 of the bytes and the collision count, in an alphabet that
/// spells no words.
///
/// Follows `HashControllerRevision` in pkg/controller/history/controller_history.go.
pub fn revision_hash(data: &str, collision_count: i64) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in data.bytes().chain(collision_count.to_string().into_bytes()) {
        hash = hash.wrapping_mul(0x0100_0193) ^ u32::from(byte);
    }
    safe_encoded(&hash.to_string())
}

/// The revisions that belong to the set or to nobody, in order of revision, creation and name.
pub fn list_revisions(cluster: &Cluster, spec: &SetSpec) -> Vec<Rc<Object>> {
    let uid = &spec.set.meta.uid;
    let mut revisions: Vec<Rc<Object>> = cluster
        .list_in(Kind::ControllerRevision, spec.namespace())
        .filter(|revision| revision.meta.controller().is_none_or(|owner| owner.uid == *uid))
        .filter(|revision| selector_matches(&spec.selector, &revision.meta.labels))
        .cloned()
        .collect();
    revisions.order_by(|a, b| {
        let order = |r: &Object| (number(r), r.meta.created);
        order(a).cmp(&order(b)).then_with(|| a.meta.name.cmp(&b.meta.name))
    });
    revisions
}

/// Makes the set the controller of the revisions that nobody owns.
pub fn adopt_revisions(cluster: &mut Cluster, spec: &SetSpec) -> Result<usize, StatefulSetError> {
    let orphans: Vec<_> =
        list_revisions(cluster, spec).into_iter().filter(|revision| revision.meta.controller().is_none()).collect();
    if orphans.is_empty() {
        return Ok(0);
    }
    if let Err(why) = super::ownership::can_adopt(cluster, spec) {
        return Err(StatefulSetError::new(format!("can't adopt ControllerRevisions: {why}")));
    }
    for orphan in &orphans {
        cluster.modify(&orphan.key(), |revision| {
            Rc::make_mut(&mut revision.meta.owner_references).push(spec.owner.clone());
        })?;
    }
    Ok(orphans.len())
}

/// Finds or makes the set's update revision, and finds its current one.
///
/// Follows `getStatefulSetRevisions` in pkg/controller/statefulset/stateful_set_control.go.
pub fn get_revisions(
    cluster: &mut Cluster,
    spec: &SetSpec,
    revisions: &[Rc<Object>],
    revisions_known: &mut RevisionCache,
) -> Result<Revisions, ApiError> {
    let mut collision_count = spec.set.i64_at(&["status", "collisionCount"]).unwrap_or(0);
    let (data, hash) = revisions_known.proposal(&spec.template, collision_count);
    let next = revisions.iter().map(|revision| number(revision)).max().unwrap_or(0).saturating_add(1);
    let has_data = |revision: &&Rc<Object>| revision.body.get("data") == Some(&data);
    let equal = revisions.iter().rfind(has_data);
    let (update, how) = match (equal, revisions.last()) {
        (Some(_), Some(last)) if has_data(&last) => (Rc::clone(last), Found::Unchanged),
        (Some(equal), _) => (renumber(cluster, equal, next)?, Found::RolledBack),
        (None, Some(last))
            if cluster.kubernetes().has(Difference::RevisionsByMeaning)
                && means(spec, &revision_template(last)) == means(spec, &spec.template) =>
        {
            (Rc::clone(last), Found::MeansTheSame)
        }
        _ => {
            let proposed = new_revision(spec, data, &hash, next);
            (create_revision(cluster, proposed, &mut collision_count)?, Found::Created)
        }
    };
    let name = current_revision(&spec.set);
    let current = revisions.iter().find(|revision| revision.meta.name == name).unwrap_or(&update);
    Ok(Revisions { current: Rc::clone(current), update, collision_count, how })
}

/// Deletes the oldest revisions beyond the limit that no pod uses; returns how many.
pub fn truncate_history(
    cluster: &mut Cluster,
    spec: &SetSpec,
    revisions: &[Rc<Object>],
    live: &SharedSet<Text>,
) -> Result<usize, ApiError> {
    let unused: Vec<_> = revisions.iter().filter(|revision| !live.contains(&revision.meta.name)).collect();
    let Ok(limit) = usize::try_from(spec.history_limit) else { return Ok(0) };
    let excess = unused.len().saturating_sub(limit);
    for revision in unused.into_iter().take(excess) {
        cluster.delete(&revision.key(), &DeleteOptions::BACKGROUND)?;
    }
    Ok(excess)
}

/// A revision's number.
pub fn number(revision: &Object) -> i64 {
    revision.i64_at(&["revision"]).unwrap_or(0)
}

fn renumber(cluster: &mut Cluster, revision: &Rc<Object>, number: i64) -> Result<Rc<Object>, ApiError> {
    if self::number(revision) == number {
        return Ok(Rc::clone(revision));
    }
    let mut raised = Object::clone(revision);
    raised.set_at(&["revision"], number);
    cluster.update(raised)
}

fn new_revision(spec: &SetSpec, data: Value, hash: &str, number: i64) -> Object {
    let mut revision = Object::new(Kind::ControllerRevision, spec.namespace(), revision_name(spec.name(), hash));
    revision.meta.labels = labels_from_value(spec.template.at(&["metadata", "labels"]));
    revision.meta.labels.insert(HASH_LABEL, Text::new(hash));
    revision.meta.annotations = spec.set.meta.annotations.clone();
    revision.meta.owner_references = Rc::new(vec![spec.owner.clone()]);
    revision.set_at(&["data"], data);
    revision.set_at(&["revision"], number);
    revision
}

fn revision_name(set: &str, hash: &str) -> String {
    let prefix: String = set.chars().take(223).collect();
    format!("{prefix}-{hash}")
}

/// Stores a revision; while its name is taken by other data, the collision count rises and gives another name.
fn create_revision(
    cluster: &mut Cluster,
    mut proposed: Object,
    collision_count: &mut i64,
) -> Result<Rc<Object>, ApiError> {
    let data = to_json(proposed.body.get("data").unwrap_or(&Value::Null));
    let set = proposed.meta.owner_references.first().map(|owner| owner.name.clone()).unwrap_or_default();
    loop {
        proposed.meta.name = revision_name(&set, &revision_hash(&data, *collision_count)).into();
        match cluster.create(proposed.clone()) {
            Err(ApiError::AlreadyExists { .. }) => {}
            answer => return answer,
        }
        let taken = Rc::clone(cluster.fetch(&proposed.key())?);
        if taken.body.get("data") == proposed.body.get("data") {
            return Ok(taken);
        }
        *collision_count = collision_count.saturating_add(1);
    }
}

/// What a template means: how the API server would store it in the set today.
fn means(spec: &SetSpec, template: &Value) -> Value {
    let mut set = Object::clone(&spec.set);
    set.set_at(&["spec", "template"], template.clone());
    default_object(&mut set);
    tidy(&mut set);
    let mut template = set.remove_at(&["spec", "template"]).unwrap_or_default();
    if template.at(&["metadata", "creationTimestamp"]).is_some_and(Value::is_null) {
        template.remove_at(&["metadata", "creationTimestamp"]);
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn hashes_are_the_real_ones() {
        let spec = r#""spec":{"containers":[{"image":"test","imagePullPolicy":"Always","name":"test","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}"#;
        let meta = r#""annotations":{"test":"value"},"labels":{"app":"foo"}"#;
        let template = parse_json(&format!("{{\"metadata\":{{{meta}}},{spec}}}")).unwrap();
        let data = to_json(&revision_data(&template));
        assert_eq!(revision_hash(&data, 0), "776999688b");
        let old = data.replace(r#""labels""#, r#""creationTimestamp":null,"labels""#);
        assert_eq!(revision_hash(&old, 0), "c77f6d978");
    }
}
