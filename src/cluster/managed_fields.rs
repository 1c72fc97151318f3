//! Field management: what a write changes, who owns it from then on, and what server-side apply makes of an object.
//!
//! Follows sigs.k8s.io/structured-merge-diff (`typed`, `fieldpath`, `merge`) and apimachinery's `managedfields`.
//! A set of fields is kept as the API spells it (`fieldsV1`): an empty object is a field that belongs to the set, an
//! object with `.` is one that does so together with fields inside.

mod conflict;
mod controller_entries;
mod field_sets;
mod merge;
mod prune;
mod shape;
mod subresource_fields;
mod unknown_fields;

use super::error::ApiError;
use super::last_applied::last_applied;
use crate::model::{Manager, Map, Millis, Object, Text, Value};
use crate::ordering::Order;
use crate::schema::{Struct, Type};
use field_sets::{all_of, both, compare, minus, owned, paths, union};
use merge::merge;
use prune::prune;
pub(in crate::cluster) use shape::Root;
use shape::Shape;
use std::rc::Rc;
pub(in crate::cluster) use subresource_fields::counting;
pub(in crate::cluster) use unknown_fields::misfits;

/// Who applies a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Applier<'a> {
    /// The client's name.
    pub name: &'a str,
    /// The subresource that it writes; empty for the object itself.
    pub subresource: &'a str,
}

impl Applier<'_> {
    /// Whether an entry is its own.
    fn is(self, manager: &Manager) -> bool {
        manager.applies && manager.name == self.name && manager.subresource == self.subresource
    }

    /// Whether it may take over what the client's own apply wrote.
    fn is_kubectl(self) -> bool {
        self.name == "kubectl" && self.subresource.is_empty()
    }
}

/// An object of a type as it is before anybody wrote it: structs are there, whatever may be absent is not.
fn blank(of: &'static Struct) -> Value {
    let mut value = Map::new();
    for field in &of.fields {
        match field.kind {
            Type::Struct(_) if !field.is_pointer => {
                _ = value.insert(field.name, field.kind.structure().map_or(Value::Null, blank));
            }
            _ if field.omits_empty => {}
            Type::Text(_) if !field.is_pointer => _ = value.insert(field.name, "".into()),
            Type::Int32 | Type::Int64 if !field.is_pointer => _ = value.insert(field.name, 0.into()),
            Type::Bool if !field.is_pointer => _ = value.insert(field.name, false.into()),
            _ => _ = value.insert(field.name, Value::Null),
        }
    }
    value.into()
}

/// The owners of an object's fields. What no client wrote is the work of the controllers.
fn managers_of(object: &Object, root: &Root) -> Vec<Manager> {
    if let Some(managers) = &object.meta.managers {
        return managers.to_vec();
    }
    let (fields, _) = compare(Some(&blank(root.of)), Some(&object.to_value()), &root.shape);
    vec![Manager {
        name: controller_entries::creator(object).into(),
        applies: false,
        subresource: Text::default(),
        at: object.meta.created,
        fields: owned(fields, ""),
    }]
}

/// The entries of an object's `metadata.managedFields`.
pub fn managed_fields(object: &Object, root: &'static Struct) -> Value {
    let mut managers = managers_of(object, &Root::of_type(root));
    if managers.is_empty() {
        return Value::from(Vec::new());
    }
    // No controller here writes objects of custom kinds.
    if !object.kind.is_custom() {
        let written = compare(Some(&blank(root)), Some(&object.to_value()), &Shape::of_type(root)).0;
        managers.extend(controller_entries::of_status(object, &written, &managers));
    }
    managers.order_by(Manager::order);
    managers.iter().map(|manager| manager.to_value(object.kind.api_version())).collect::<Vec<_>>().into()
}

fn put(mut managers: Vec<Manager>, object: &mut Object) {
    managers.retain(|manager| !manager.fields.is_null());
    managers.order_by(Manager::order);
    object.meta.managers = Some(Rc::new(managers));
}

/// The owners that a write begins with: those that the client sends, or the stored ones. Parts of an object are written
/// without a word about them.
///
/// Follows `decodeLiveOrNew` in apimachinery's util/managedfields/internal/fieldmanager.go.
fn begun_with(old: &Object, new: &Object, root: &Root, subresource: &str) -> Vec<Manager> {
    match &new.meta.managers {
        Some(sent) if subresource.is_empty() => sent.to_vec(),
        _ => managers_of(old, root),
    }
}

/// Notes that `name` wrote what differs between `old` and `new`. Nothing is noted of an object whose fields nobody owns,
/// until somebody applies it.
///
/// Follows `skipNonAppliedManager` in apimachinery's util/managedfields/internal as well.
pub(super) fn note_update(
    old: Option<&Object>,
    new: &mut Object,
    root: &Root,
    name: &str,
    subresource: &str,
    now: Millis,
) {
    let before = old.map_or_else(|| blank(root.of), Object::to_value);
    let (written, gone) = compare(Some(&before), Some(&new.to_value()), &root.shape);
    let (written, gone) = (owned(written, subresource), owned(gone, subresource));
    // A new object has a list of owners in any case: who owns nothing is left out of it.
    let is_same = |old: &Object| new.meta.managers.is_none() || new.meta.managers == old.meta.managers;
    if written.is_null() && gone.is_null() && old.is_some_and(is_same) {
        return;
    }
    let mut managers = old.map_or_else(Vec::new, |old| begun_with(old, new, root, subresource));
    if old.is_some() && managers.is_empty() {
        new.meta.managers = Some(Rc::default());
        return;
    }
    for manager in &mut managers {
        manager.fields = minus(&minus(&manager.fields, &written), &gone);
    }
    let mine = |it: &&mut Manager| !it.applies && it.name == name && it.subresource == subresource;
    match managers.iter_mut().find(mine) {
        Some(own) => {
            own.fields = union(&own.fields, &written);
            own.at = now;
        }
        None => managers.push(Manager {
            name: Text::new(name),
            applies: false,
            subresource: Text::new(subresource),
            at: now,
            fields: written,
        }),
    }
    put(managers, new);
}

/// What `apply --server-side` of `config` makes of an object: the tree, without defaults and rules.
pub(super) fn merge_applied(live: &Object, config: &Value, root: &Root, by: Applier<'_>) -> Value {
    let shape = &root.shape;
    let merged = merge(&live.to_value(), config, shape);
    // With the name, which nobody owns: it keeps the metadata where the labels go.
    let set = all_of(config, shape, false);
    let managers = managers_of(live, root);
    let (mine, others): (Vec<_>, Vec<_>) = managers.iter().partition(|it| by.is(it));
    let last = mine.first().map_or(&Value::Null, |it| &it.fields);
    let kept = others.iter().fold(set, |kept, it| union(&kept, &it.fields));
    prune(&merged, last, &kept, shape)
}

/// Notes that `by` applied `config`, which made `merged` of `old` and then, with defaults, `new`. As upstream it is
/// the tree without defaults that is compared: a list that changes as a whole counts as changed where it lacks them.
///
/// # Errors
/// `ApplyConflict` if others own what it changes, unless `is_forced`.
pub(super) fn note_apply(
    old: Option<(&Object, &Value)>,
    new: &mut Object,
    config: &Value,
    root: &Root,
    by: Applier<'_>,
    now: Millis,
    is_forced: bool,
) -> Result<(), ApiError> {
    let shape = &root.shape;
    let set = subresource_fields::set_of(config, shape, by.subresource);
    let mut managers = old.map_or_else(Vec::new, |(old, _)| managers_of(old, root));
    if let Some((old, _)) = old
        && managers.is_empty()
    {
        managers.push(before_apply(old, root, now));
    }
    if let Some((old, merged)) = old {
        let (written, gone) = compare(Some(&old.to_value()), Some(merged), shape);
        let (written, gone) = (owned(written, by.subresource), owned(gone, by.subresource));
        let allowed = if by.is_kubectl() { applied_by_client(old, shape) } else { Value::Null };
        let mut conflicts = Vec::new();
        for manager in managers.iter_mut().filter(|it| !by.is(it)) {
            let taken = both(&manager.fields, &written);
            let refused = minus(&taken, &allowed);
            if !refused.is_null() {
                conflicts.push((manager.clone(), paths(&refused)));
            }
            manager.fields = minus(&minus(&manager.fields, &taken), &gone);
        }
        if !conflicts.is_empty() && !is_forced {
            return Err(conflict::refused(conflicts, old.kind.api_version()));
        }
    }
    match managers.iter_mut().find(|it| by.is(it)) {
        Some(own) if own.fields == set => {}
        Some(own) => (own.fields, own.at) = (set, now),
        None => managers.push(Manager {
            name: Text::new(by.name),
            applies: true,
            subresource: Text::new(by.subresource),
            at: now,
            fields: set,
        }),
    }
    put(managers, new);
    Ok(())
}

/// The owner of what an object without owners has when somebody applies it for the first time.
fn before_apply(live: &Object, root: &Root, now: Millis) -> Manager {
    let fields = compare(Some(&blank(root.of)), Some(&live.to_value()), &root.shape).0;
    Manager {
        name: "before-first-apply".into(),
        applies: false,
        subresource: Text::default(),
        at: now,
        fields: owned(fields, ""),
    }
}

/// The fields that a client-side apply left as they are today, which the same user's server-side apply may take from
/// whoever owns them (`structured-merge-diff`'s caller, `managedfields/internal/lastappliedmanager.go`).
fn applied_by_client(live: &Object, shape: &Shape) -> Value {
    let Some(config) = last_applied(live) else { return Value::Null };
    let (other, gone) = compare(Some(&config), Some(&live.to_value()), shape);
    minus(&minus(&owned(all_of(&config, shape, false), ""), &owned(other, "")), &owned(gone, ""))
}

/// Who owns the annotation of the last client-side apply: by `apply --server-side`, or by another write.
pub(super) fn annotators(object: &Object, applies: bool) -> Vec<Text> {
    let path = ["f:metadata", "f:annotations", "f:kubectl.kubernetes.io/last-applied-configuration"];
    let all = object.meta.managers.iter().flat_map(|managers| managers.iter());
    let owns = |it: &&Manager| {
        it.applies == applies && it.subresource.is_empty() && it.fields.at(&path).is_some_and(field_sets::is_member)
    };
    all.filter(owns).map(|it| it.name.clone()).collect()
}

/// Gives what `from` wrote to what `to` applied: kubectl does so when a user goes over to server-side apply.
///
/// Follows client-go's `util/csaupgrade/upgrade.go`.
pub(super) fn hand_over(object: &mut Object, from: &str, to: &str) {
    let Some(managers) = &object.meta.managers else { return };
    let mut managers = managers.to_vec();
    let is_old = |it: &Manager| !it.applies && it.name == from && it.subresource.is_empty();
    let Some(at) = managers.iter().position(is_old) else { return };
    let old = managers.remove(at);
    if let Some(own) = managers.iter_mut().find(|it| Applier { name: to, subresource: "" }.is(it)) {
        own.fields = union(&own.fields, &old.fields);
    }
    put(managers, object);
}

#[cfg(test)]
mod tests {
    use super::super::{Client, Cluster, FieldValidation, PatchType};
    use super::*;
    use crate::manifest::parse;
    use crate::model::{Key, Kind, to_json};
    use crate::schema;

    const WEB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, labels: {tier: db}}
spec:
  serviceName: nginx
  replicas: 1
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80}]
";

    fn key() -> Key {
        Key::new(Kind::StatefulSet, "default", "web")
    }

    fn client(manager: &str) -> Client<'_> {
        Client { manager, validation: FieldValidation::Strict }
    }

    fn value(text: &str) -> Value {
        parse(text).remove(0).value.unwrap()
    }

    fn apply(cluster: &mut Cluster, text: &str, manager: &str, is_forced: bool) -> Result<(), String> {
        let applied = cluster.apply_from(&value(text), &key(), client(manager), is_forced);
        applied.map(|_| ()).map_err(|error| error.to_string())
    }

    /// The managers with their fields as paths.
    fn owners(cluster: &Cluster) -> Vec<(String, Vec<String>)> {
        let object = cluster.get(&key()).unwrap();
        let managers = managers_of(object, &Root::of_type(schema::root("apps/v1", "StatefulSet").unwrap()));
        let name = |it: &Manager| format!("{} {} {}", it.name, it.operation(), it.subresource).trim_end().to_string();
        managers.iter().map(|it| (name(it), paths(&it.fields))).collect()
    }

    #[test]
    fn a_created_object_belongs_to_its_creator_with_its_defaults() {
        let mut cluster = Cluster::new(1);
        cluster.create_from(&value(WEB), "default", client("kubectl-create")).unwrap();
        let owners = owners(&cluster);
        let [(name, fields)] = owners.as_slice() else { panic!("{owners:?}") };
        assert_eq!(name, "kubectl-create Update");
        for path in [
            ".metadata.labels",
            ".spec.podManagementPolicy",
            ".spec.selector",
            ".spec.updateStrategy.rollingUpdate.partition",
            ".spec.template.spec.containers[name=\"nginx\"]",
            ".spec.template.spec.containers[name=\"nginx\"].ports[containerPort=80,protocol=\"TCP\"].protocol",
        ] {
            assert!(fields.iter().any(|known| known == path), "{path}: {fields:#?}");
        }
        // Structs that are always there belong to nobody.
        for path in [".spec", ".spec.template", ".spec.updateStrategy", ".spec.template.spec.containers"] {
            assert!(!fields.iter().any(|known| known == path), "{path}");
        }
    }

    #[test]
    fn who_writes_a_field_takes_it_from_the_others() {
        let mut cluster = Cluster::new(1);
        cluster.create_from(&value(WEB), "default", client("kubectl-create")).unwrap();
        cluster.scale(&key(), 3, client("kubectl")).unwrap();
        let patch = r#"{"metadata":{"labels":{"tier":null,"zone":"a"}}}"#;
        cluster.patch(&key(), PatchType::Merge, patch, client("kubectl-label")).unwrap();
        let owners = owners(&cluster);
        let fields = |name: &str| owners.iter().find(|owner| owner.0 == name).map(|owner| owner.1.join(" "));
        assert_eq!(fields("kubectl Update scale").as_deref(), Some(".spec.replicas"));
        assert_eq!(fields("kubectl-label Update").as_deref(), Some(".metadata.labels.zone"));
        let left = fields("kubectl-create Update").unwrap();
        assert!(!left.contains(".spec.replicas") && !left.contains("tier"), "{left}");
    }

    #[test]
    fn conflicts_are_named_and_forced() {
        let mut cluster = Cluster::new(1);
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        assert_eq!(apply(&mut cluster, WEB, "other", false), Ok(()), "equal values are owned together");
        let more = WEB.replace("replicas: 1", "replicas: 2");
        let error = apply(&mut cluster, &more, "other", false).unwrap_err();
        assert_eq!(error, "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas");
        cluster.scale(&key(), 4, client("kubectl")).unwrap();
        let error = apply(&mut cluster, &more, "other", false).unwrap_err();
        let expected = "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using \
                        apps/v1: .spec.replicas";
        assert_eq!(error, expected);
        apply(&mut cluster, &more, "other", true).unwrap();
        assert_eq!(cluster.get(&key()).unwrap().i64_at(&["spec", "replicas"]), Some(2));
    }

    #[test]
    fn what_is_no_longer_applied_goes_unless_another_owns_it() {
        let mut cluster = Cluster::new(1);
        let with = WEB.replace("image: nginx:1.27", "image: nginx:1.27\n        env: [{name: A, value: a}, {name: B}]");
        apply(&mut cluster, &with, "kubectl", false).unwrap();
        apply(&mut cluster, &with.replace(", {name: B}", ""), "other", false).unwrap();
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        let object = cluster.get(&key()).unwrap();
        let containers = object.list_at(&["spec", "template", "spec", "containers"]);
        assert_eq!(to_json(&containers[0].list_at(&["env"]).to_vec().into()), r#"[{"name":"A","value":"a"}]"#);
        assert_eq!(object.meta.label("tier"), "db");
    }

    /// The pod's spec after `first` and then `second` stand in it below the container's ports.
    fn applied_over(first: &str, second: &str) -> Value {
        let mut cluster = Cluster::new(1);
        for lines in [first, second] {
            let text = WEB.replace("[{containerPort: 80}]", &format!("[{{containerPort: 80}}]\n{lines}"));
            apply(&mut cluster, &text, "kubectl", false).unwrap();
        }
        cluster.get(&key()).unwrap().to_value().at(&["spec", "template", "spec"]).cloned().unwrap()
    }

    #[test]
    fn a_field_that_is_no_longer_applied_goes_whole_with_its_defaults() {
        let probe = "        readinessProbe: {httpGet: {path: /, port: 80}}";
        let context = "        securityContext: {capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}";
        let affinity = "      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                        {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}";
        for lines in [probe, context, affinity] {
            assert_eq!(to_json(&applied_over(lines, "")), to_json(&applied_over("", "")), "{lines}");
        }
        let volume = |source: &str| format!("      volumes: [{{name: v, {source}}}]");
        let (map, empty) = (volume("configMap: {name: c, items: [{key: a, path: a}]}"), volume("emptyDir: {}"));
        assert_eq!(applied_over(&map, &empty), applied_over("", &empty));
        let command = |handler: &str| format!("        livenessProbe: {{periodSeconds: 3, {handler}}}");
        let (http, exec) = (command("httpGet: {path: /, port: 80}"), command("exec: {command: [a]}"));
        assert_eq!(applied_over(&http, &exec), applied_over("", &exec));
    }

    #[test]
    fn the_identity_stays_where_all_labels_go() {
        let mut cluster = Cluster::new(1);
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        let before = cluster.get(&key()).unwrap().meta.uid.clone();
        apply(&mut cluster, &WEB.replace(", labels: {tier: db}", ""), "kubectl", false).unwrap();
        let object = cluster.get(&key()).unwrap();
        assert_eq!((object.meta.label("tier"), &object.meta.uid), ("", &before));
    }

    #[test]
    fn a_field_stays_as_long_as_another_owns_something_in_it() {
        let mut cluster = Cluster::new(1);
        let probe = "readinessProbe: {failureThreshold: 5, tcpSocket: {port: 80}}\n        image: nginx";
        apply(&mut cluster, &WEB.replace("image: nginx", probe), "kubectl", false).unwrap();
        let theirs = "readinessProbe: {tcpSocket: {port: 80}}\n        image: nginx";
        apply(&mut cluster, &WEB.replace("image: nginx", theirs), "other", false).unwrap();
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        let object = cluster.get(&key()).unwrap();
        let container = &object.list_at(&["spec", "template", "spec", "containers"])[0];
        assert_eq!(container.i64_at(&["readinessProbe", "tcpSocket", "port"]), Some(80));
        assert_eq!(container.i64_at(&["readinessProbe", "failureThreshold"]), Some(3), "the default again");
    }

    #[test]
    fn the_lists_have_the_order_that_is_applied() {
        let env = |names: &str| {
            let names: Vec<String> = names.split(' ').map(|name| format!("{{name: {name}}}")).collect();
            format!("        env: [{}]", names.join(", "))
        };
        for (first, second) in [("A B C", "AX B C"), ("A B C", "C B A"), ("A B C", "C A"), ("A B", "B X A")] {
            let (first, second) = (env(first), env(second));
            assert_eq!(applied_over(&first, &second), applied_over("", &second), "{first} {second}");
        }
    }

    #[test]
    fn fields_that_no_type_has_are_refused_with_their_path() {
        let mut cluster = Cluster::new(1);
        let cases = [
            ("replicas: 1", "replica: 1", ".spec.replica: field not declared in schema"),
            ("replicas: 1", "replicas: x", ".spec.replicas: expected numeric (int or float), got string"),
            (
                "image: nginx:1.27",
                "imag: x",
                ".spec.template.spec.containers[name=\"nginx\"].imag: field not declared in schema",
            ),
            (
                "name: nginx\n        image: nginx:1.27",
                "name: nginx\n        image: 1",
                ".spec.template.spec.containers[name=\"nginx\"].image: expected string, got \
                 &value.valueUnstructured{Value:1}",
            ),
        ];
        for (from, to, expected) in cases {
            let error = apply(&mut cluster, &WEB.replace(from, to), "kubectl", false).unwrap_err();
            let head = "failed to create typed patch object (default/web; apps/v1, Kind=StatefulSet): ";
            assert_eq!(error, format!("{head}{expected}"));
        }
    }
}
