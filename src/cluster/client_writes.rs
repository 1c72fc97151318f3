//! The API server's front: trees and patches from clients become stored objects, or its refusals; knows no kubectl.
//!
//! Follows apiserver's pkg/endpoints/handlers.

use super::error::ApiError;
use super::last_applied::{LAST_APPLIED, applied_text};
use super::managed_fields::{self, Applier, Root};
use super::patch::{PatchError, PatchType, go_dump, invalid_patch, json_merge, json_patch, strategic_merge};
use super::request_size::{check_sent, check_stored};
use super::resource_version::{check_version, check_version_text};
use super::store::Cluster;
use super::{admission, node_ports, pod_security};
use crate::api::{self, Admitted, CustomSchema, DecodeError, Decoded, FieldError};
use crate::model::{Key, Kind, Map, Object, Text, Value, parse_json, to_json};
use crate::obj;
use crate::schema::{self, Struct};
use std::rc::Rc;

/// What happens to fields that the API does not know: kubectl's `--validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// They refuse the request.
    Strict,
    /// They give warnings and are dropped.
    Warn,
    /// They are dropped.
    Ignore,
}

/// Who writes, and how strictly what it sends is read.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The name that owns the fields it writes: `kubectl-client-side-apply`.
    pub manager: &'a str,
    /// What happens to fields that the API does not know.
    pub validation: FieldValidation,
}

/// A request that was answered well.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The object as it is stored now.
    pub object: Rc<Object>,
    /// Whether anything was written.
    pub is_changed: bool,
    /// What the server warns of, in its words.
    pub warnings: Vec<String>,
}

impl Cluster {
    /// Creates an object from a client's tree: decoding, defaults, rules, admission, the store.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn create_from(&mut self, value: &Value, namespace: &str, client: Client<'_>) -> Result<Answer, ApiError> {
        let (mut object, mut warnings) = self.read_new(value, namespace, client.validation, Some("create"))?;
        let (kind, now) = (object.kind, self.now());
        managed_fields::note_update(
            None,
            &mut object,
            &self.root_of(kind, version_of(value))?,
            client.manager,
            "",
            now,
        );
        let object = self.create(object)?;
        warnings.extend(pod_security::warnings(self, &object));
        Ok(Answer { object, is_changed: true, warnings })
    }

    /// A client's tree as a new object: decoding, defaults and rules, with the warnings about it.
    fn read_new(
        &mut self,
        value: &Value,
        namespace: &str,
        validation: FieldValidation,
        verb: Option<&str>,
    ) -> Result<(Object, Vec<String>), ApiError> {
        check_sent(value)?;
        let decoded = self.decode(value).map_err(|error| cannot_be_handled(value, &error.to_string()))?;
        let mut warnings = strict(&decoded, validation).map_err(|error| cannot_be_handled(value, &error))?;
        let mut object = decoded.object;
        warnings.extend(self.deprecation(object.kind, version_of(value)));
        settle_namespace(&mut object, namespace);
        self.settle_name(&mut object);
        if let Some(verb) = verb {
            self.authorize(verb, "", &object.key())?;
        }
        admission::complete_new(&mut object);
        // What the plugins look up comes before the rules.
        admission::look_up(self, &object)?;
        let (kind, name) = (object.kind, object.meta.name.clone());
        let admitted = self.admit_new(object).map_err(|errors| invalid(kind, &name, &errors))?;
        check_stored(&admitted.object)?;
        warnings.extend(admitted.warnings);
        Ok((admitted.object, warnings))
    }

    /// Merges a client's tree into the stored object as `kubectl apply --server-side` does, or creates it.
    ///
    /// # Errors
    /// `ApplyConflict` if others own what it changes, unless `is_forced`; whatever the API server would refuse.
    pub fn apply_from(
        &mut self,
        config: &Value,
        key: &Key,
        client: Client<'_>,
        is_forced: bool,
    ) -> Result<Answer, ApiError> {
        self.authorize("patch", "", key)?;
        let root = &self.root_of(key.kind, version_of(config))?;
        self.check_applied(config, key)?;
        let applier = Applier { name: client.manager, subresource: "" };
        let now = self.now();
        let Some(old) = self.get(key).cloned() else {
            let (mut object, warnings) = self.read_new(config, &key.namespace, client.validation, None)?;
            managed_fields::note_apply(None, &mut object, config, root, applier, now, is_forced)?;
            let object = self.create(object)?;
            return Ok(Answer { object, is_changed: true, warnings });
        };
        check_version(&old, config)?;
        let next = managed_fields::merge_applied(&old, config, root, applier);
        let decoded = self.decode_as(key.kind, &next).map_err(|error| ApiError::BadRequest(error.to_string()))?;
        let mut object = decoded.object;
        object.meta.resource_version = old.meta.resource_version;
        // Whose fields they are is asked before what they say.
        managed_fields::note_apply(Some((&old, &next)), &mut object, config, root, applier, now, is_forced)?;
        let warned = self.deprecation(key.kind, version_of(config)).into_iter().collect();
        let (mut object, warnings) = self.admitted(&old, object, warned)?;
        if client.manager == "kubectl" && old.meta.annotations.contains_key(LAST_APPLIED) {
            // The server keeps the annotation of the client's apply up to date; nobody has to own it for that.
            object.meta.annotations.insert(LAST_APPLIED, Text::from(applied_text(config, &key.namespace)));
        }
        self.store_changed(&old, object, warnings)
    }

    /// Refuses a configuration that has what nobody may apply, or what its type does not have.
    pub(super) fn check_applied(&self, config: &Value, key: &Key) -> Result<(), ApiError> {
        let root = self.root_of(key.kind, version_of(config))?;
        if config.at(&["metadata", "managedFields"]).is_some_and(|it| !it.is_null()) {
            return Err(ApiError::BadRequest("metadata.managedFields must be nil".into()));
        }
        let misfits = managed_fields::misfits(config, &root);
        if !misfits.is_empty() {
            let first = match misfits.as_slice() {
                [one] => one.clone(),
                all => format!("errors:\n  {}", all.join("\n  ")),
            };
            let (place, group) = (format!("{}/{}", key.namespace, key.name), key.kind.names().group);
            let what = format!("{group}/{}, Kind={}", key.kind.names().version, key.kind.names().kind);
            return Err(ApiError::Unknown(format!("failed to create typed patch object ({place}; {what}): {first}")));
        }
        Ok(())
    }

    /// Gives the annotation of the last client-side apply an owner of its own, so that it outlives the going over to
    /// server-side apply. Nothing happens if there is none, or it has one.
    ///
    /// # Errors
    /// `NotFound`, or what the API server would refuse.
    pub fn keep_last_applied(&mut self, key: &Key) -> Result<(), ApiError> {
        let object = self.fetch(key)?;
        let Some(text) = object.meta.annotations.get(LAST_APPLIED).cloned() else { return Ok(()) };
        if !managed_fields::annotators(object, true).is_empty() {
            return Ok(());
        }
        let mut config = obj! { "apiVersion" => key.kind.api_version(), "kind" => key.kind.names().kind };
        config.set_at(&["metadata", "name"], &key.name);
        config.set_at(&["metadata", "annotations", LAST_APPLIED], text);
        let client = Client { manager: "kubectl-last-applied", validation: FieldValidation::Ignore };
        self.apply_from(&config, key, client, false).map(|_| ())
    }

    /// Gives what client-side applies wrote to what `to` applied, and says whether there was anything.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn hand_over_fields(&mut self, key: &Key, to: &str) -> Result<bool, ApiError> {
        let from = managed_fields::annotators(self.fetch(key)?, false);
        for name in &from {
            self.modify(key, |object| managed_fields::hand_over(object, name, to))?;
        }
        Ok(!from.is_empty())
    }

    /// Puts a client's tree in the place of the stored object, as `kubectl replace` does.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn replace_from(&mut self, value: &Value, namespace: &str, client: Client<'_>) -> Result<Answer, ApiError> {
        self.put_from("update", value, namespace, client)
    }

    /// Stores what a client made of an object and sends as a patch: who may patch may do it.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn patch_from(&mut self, value: &Value, namespace: &str, client: Client<'_>) -> Result<Answer, ApiError> {
        self.put_from("patch", value, namespace, client)
    }

    fn put_from(&mut self, verb: &str, value: &Value, namespace: &str, client: Client<'_>) -> Result<Answer, ApiError> {
        check_sent(value)?;
        let decoded = self.decode(value).map_err(|error| cannot_be_handled(value, &error.to_string()))?;
        let mut warnings = strict(&decoded, client.validation).map_err(|error| cannot_be_handled(value, &error))?;
        let mut object = decoded.object;
        warnings.extend(self.deprecation(object.kind, version_of(value)));
        settle_namespace(&mut object, namespace);
        self.authorize(verb, "", &object.key())?;
        check_version_text(value)?;
        self.put(object, warnings, client.manager, "")
    }

    /// Changes a stored object by a patch in JSON.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn patch(
        &mut self,
        key: &Key,
        patch_type: PatchType,
        patch: &str,
        client: Client<'_>,
    ) -> Result<Answer, ApiError> {
        let patch = parse_json(patch).map_err(|error| ApiError::BadRequest(error.message))?;
        self.patch_value(key, patch_type, &patch, client)
    }

    /// Changes a stored object by a patch.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn patch_value(
        &mut self,
        key: &Key,
        patch_type: PatchType,
        patch: &Value,
        client: Client<'_>,
    ) -> Result<Answer, ApiError> {
        self.authorize("patch", "", key)?;
        check_sent(patch)?;
        let old = Rc::clone(self.fetch(key)?);
        let (object, warnings) = patched(&old, patch_type, patch, client.validation, self)?;
        self.put(object, warnings, client.manager, "")
    }

    /// Sets how many pods a set shall have, as the `scale` subresource does.
    ///
    /// # Errors
    /// Whatever the API server would refuse, in its words.
    pub fn scale(&mut self, key: &Key, replicas: i64, client: Client<'_>) -> Result<Answer, ApiError> {
        self.authorize("patch", "scale", key)?;
        let mut next = Object::clone(self.fetch(key)?);
        match self.scale_paths(key.kind) {
            Some((wanted, _)) => set_field(&mut next.body, &wanted, replicas),
            None => next.set_at(&["spec", "replicas"], replicas),
        }
        self.put(next, Vec::new(), client.manager, "scale")
    }

    fn put(
        &mut self,
        object: Object,
        warnings: Vec<String>,
        manager: &str,
        subresource: &str,
    ) -> Result<Answer, ApiError> {
        let old = Rc::clone(self.fetch(&object.key())?);
        let mut object = object;
        if object.kind == Kind::Service {
            node_ports::drop_unused(&old, &mut object);
        }
        let (mut object, warnings) = self.admitted(&old, object, warnings)?;
        let root = self.root_of(old.kind, "")?;
        managed_fields::note_update(Some(&old), &mut object, &root, manager, subresource, self.now());
        self.store_changed(&old, object, warnings)
    }

    pub(super) fn store_changed(
        &mut self,
        old: &Object,
        object: Object,
        mut warnings: Vec<String>,
    ) -> Result<Answer, ApiError> {
        let counts_as_new = object.kind == Kind::Pod && pod_security::counts_as_new(old, &object);
        if counts_as_new {
            pod_security::check_pod(self, &object)?;
        }
        let object = self.update(object)?;
        let is_changed = object.meta.resource_version != old.meta.resource_version;
        match object.kind {
            // Nobody warns of a pod twice.
            Kind::Pod if !counts_as_new => {}
            _ if is_changed => warnings.extend(pod_security::warnings(self, &object)),
            _ => {}
        }
        Ok(Answer { object, is_changed, warnings })
    }

    /// Reads a tree as an object of the kind that it names.
    pub(super) fn decode(&self, value: &Value) -> Result<Decoded, DecodeError> {
        match self.kind_of(value.str_at(&["apiVersion"]), value.str_at(&["kind"])) {
            Some(kind) if kind.is_custom() => self.decode_as(kind, value),
            _ => api::decode(value, self.kubernetes()),
        }
    }

    /// Reads a tree as an object of a kind.
    pub(super) fn decode_as(&self, kind: Kind, value: &Value) -> Result<Decoded, DecodeError> {
        if !kind.is_custom() {
            return api::decode_as(kind, value, self.kubernetes());
        }
        api::decode_custom(kind, value, self.custom_schema(kind, version_of(value)), self.kubernetes())
    }

    fn admit_new(&self, object: Object) -> Result<Admitted, Vec<FieldError>> {
        match object.kind.is_custom() {
            true => api::admit_custom(None, object.clone(), self.custom_schema(object.kind, ""), self.kubernetes()),
            false => api::admit_create(object, self.kubernetes()),
        }
    }

    /// The changed object with its defaults, if the rules allow the change.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn admitted(
        &self,
        old: &Object,
        object: Object,
        mut warnings: Vec<String>,
    ) -> Result<(Object, Vec<String>), ApiError> {
        let (kind, name) = (object.kind, object.meta.name.clone());
        let mut object = object;
        admission::complete_update(self, old, &mut object);
        let admitted = match kind.is_custom() {
            true => api::admit_custom(Some(old), object, self.custom_schema(kind, ""), self.kubernetes()),
            false => api::admit_update(old, object, self.kubernetes()),
        };
        let admitted = admitted.map_err(|errors| invalid(kind, &name, &errors))?;
        check_stored(&admitted.object)?;
        warnings.extend(admitted.warnings);
        if kind == Kind::Namespace {
            warnings.extend(pod_security::label_warnings(self, old, &admitted.object));
        }
        Ok((admitted.object, warnings))
    }

    /// What objects of a kind are made of, in a version of a custom kind.
    pub(super) fn root_of(&self, kind: Kind, version: &str) -> Result<Root, ApiError> {
        let of = root_of(kind)?;
        Ok(if kind.is_custom() {
            Root::of_schema(of, self.custom_schema(kind, version).root)
        } else {
            Root::of_type(of)
        })
    }

    /// The schema of a custom kind in a version, or in the one that clients prefer.
    fn custom_schema(&self, kind: Kind, version: &str) -> CustomSchema<'_> {
        let version = self.definition_version(kind, version).or_else(|| self.preferred_version(kind));
        let root = version.and_then(|version| version.at(&["schema", "openAPIV3Schema"]));
        CustomSchema { root: root.unwrap_or(&Value::Null) }
    }

    /// A name for an object that has only the beginning of one.
    fn settle_name(&mut self, object: &mut Object) {
        if object.meta.name.is_empty() && !object.meta.generate_name.is_empty() {
            let ending = self.rng().word(super::NAME_ALPHABET, 5);
            object.meta.name = Text::from(format!("{}{ending}", object.meta.generate_name));
        }
    }
}

/// Writes a number at a path of fields, which objects on the way to it are made for.
fn set_field(map: &mut Map, path: &[&str], number: i64) {
    match path {
        [] => {}
        [last] => _ = map.insert(Text::new(last), number.into()),
        [first, rest @ ..] => set_field(map.get_or_insert_with(Text::new(first), Value::map).map_mut(), rest, number),
    }
}

fn root_of(kind: Kind) -> Result<&'static schema::Struct, ApiError> {
    kind.structure().ok_or_else(|| ApiError::BadRequest(format!("no types are known for {kind}")))
}

/// The version that a tree is written in: `v1` of `apps/v1`.
pub(super) fn version_of(value: &Value) -> &str {
    value.str_at(&["apiVersion"]).rsplit('/').next().unwrap_or("")
}

/// The object that a patch makes of `old`, before defaults and rules, and the warnings about its fields.
///
/// # Errors
/// Why the patch cannot be used, in the API server's words.
pub fn patched(
    old: &Object,
    patch_type: PatchType,
    patch: &Value,
    validation: FieldValidation,
    cluster: &Cluster,
) -> Result<(Object, Vec<String>), ApiError> {
    let kind = old.kind;
    let current = old.to_value();
    let root = root_of(kind)?;
    let refused = |error: PatchError| match error {
        PatchError::BadRequest(why) => ApiError::BadRequest(why),
        PatchError::Plain(why) => ApiError::Unknown(why),
        PatchError::Rejected => ApiError::InvalidRequest(PatchError::Rejected.to_string()),
        PatchError::TooLarge(why) => ApiError::TooLarge(why),
    };
    let next = match patch_type {
        PatchType::Strategic => api::wrapped(kind, &strategic_merge(&current, patch, root).map_err(refused)?),
        PatchType::Merge => json_merge(&current, patch),
        PatchType::Json => json_patched(old, current.clone(), patch, root).map_err(refused)?,
    };
    let shown = match patch_type {
        PatchType::Strategic => go_dump(patch),
        PatchType::Merge | PatchType::Json => to_json(&next),
    };
    let wrong = |why: &str| ApiError::InvalidRequest(invalid_patch(&shown, why));
    check_version_text(&next)?;
    if patch_type == PatchType::Strategic
        && let Some(why) = api::conversion_error(kind, &next)
    {
        return Err(wrong(&why));
    }
    let decoded = cluster.decode_as(kind, &next).map_err(|error| wrong(&error.to_string()))?;
    let mut warnings = strict(&decoded, validation).map_err(|error| wrong(&error))?;
    warnings.extend(cluster.deprecation(kind, kind.names().version));
    let mut object = decoded.object;
    check_place(old, &object)?;
    // A patch says nothing about versions unless it says it.
    if patch.at(&["metadata", "resourceVersion"]).is_none() {
        object.meta.resource_version = old.meta.resource_version;
    }
    Ok((object, warnings))
}

/// What a list of operations makes of an object, whose owners of fields they may name as well.
fn json_patched(old: &Object, mut current: Value, patch: &Value, root: &'static Struct) -> Result<Value, PatchError> {
    let path = ["metadata", "managedFields"];
    let owners = managed_fields::managed_fields(old, root);
    if owners.as_list().is_some_and(|owners| !owners.is_empty()) {
        current.set_at(&path, owners.clone());
    }
    let mut next = json_patch(&current, patch)?;
    if next.at(&path) == Some(&owners) {
        next.remove_at(&path);
    }
    Ok(next)
}

/// Refuses a patch that gives an object another name or namespace. Follows `checkName` of apiserver's handlers.
fn check_place(old: &Object, next: &Object) -> Result<(), ApiError> {
    if !next.meta.namespace.is_empty() && next.meta.namespace != old.meta.namespace {
        let why = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(ApiError::BadRequest(why.into()));
    }
    if next.meta.name != old.meta.name {
        let (name, wanted) = (&next.meta.name, &old.meta.name);
        let why = format!("the name of the object ({name}) does not match the name on the URL ({wanted})");
        return Err(ApiError::BadRequest(why));
    }
    Ok(())
}

pub(super) fn strict(decoded: &Decoded, validation: FieldValidation) -> Result<Vec<String>, String> {
    match (validation, decoded.strict_error()) {
        (FieldValidation::Strict, Some(error)) => Err(error),
        (FieldValidation::Warn, Some(_)) => Ok(decoded.strict_warnings()),
        _ => Ok(Vec::new()),
    }
}

pub(super) fn cannot_be_handled(value: &Value, why: &str) -> ApiError {
    let (kind, version) = (value.str_at(&["kind"]), value.str_at(&["apiVersion"]));
    let version = version.rsplit('/').next().unwrap_or("");
    // The server knows from the URL which kind it should be; a client that found it ignored the case.
    let wanted = Kind::ALL.into_iter().map(|known| known.names().kind).find(|known| known.eq_ignore_ascii_case(kind));
    let wanted = wanted.unwrap_or(kind);
    ApiError::BadRequest(format!("{kind} in version \"{version}\" cannot be handled as a {wanted}: {why}"))
}

pub(super) fn invalid(kind: Kind, name: &Text, errors: &[FieldError]) -> ApiError {
    ApiError::Invalid { kind, name: name.clone(), causes: api::messages(errors) }
}

pub(super) fn settle_namespace(object: &mut Object, namespace: &str) {
    if !object.kind.names().is_namespaced {
        object.meta.namespace = Text::default();
    } else if object.meta.namespace.is_empty() {
        object.meta.namespace = Text::new(namespace);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{last_applied, with_last_applied};
    use super::*;
    use crate::kubectl::three_way::three_way_patch;
    use crate::manifest::parse;

    const TESTER: Client<'_> = Client { manager: "tester", validation: FieldValidation::Strict };

    const WEB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
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
        volumeMounts: [{name: www, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

    fn value(text: &str) -> Value {
        parse(text).remove(0).value.unwrap()
    }

    fn with_web() -> (Cluster, Key) {
        let mut cluster = Cluster::new(1);
        let sent = with_last_applied(&value(WEB), "default");
        let answer = cluster.create_from(&sent, "default", TESTER).unwrap();
        (cluster, answer.object.key())
    }

    fn apply(cluster: &mut Cluster, key: &Key, text: &str) -> Result<Answer, ApiError> {
        let modified = with_last_applied(&value(text), "default");
        let old = Rc::clone(cluster.get(key).unwrap());
        let root = schema::root("apps/v1", "StatefulSet").unwrap();
        let patch = three_way_patch(last_applied(&old).as_ref(), &modified, &old.to_value(), root);
        cluster.patch_value(key, PatchType::Strategic, &patch, TESTER)
    }

    #[test]
    fn applying_again_writes_nothing() {
        let (mut cluster, key) = with_web();
        let answer = apply(&mut cluster, &key, WEB).unwrap();
        assert!(!answer.is_changed);
        let answer = apply(&mut cluster, &key, &WEB.replace("replicas: 1", "replicas: 3")).unwrap();
        assert!(answer.is_changed);
        assert_eq!(answer.object.meta.generation, 2);
    }

    #[test]
    fn a_misspelled_field_of_a_stored_object_is_shown_with_the_whole_patch() {
        let (mut cluster, key) = with_web();
        let error = apply(&mut cluster, &key, &WEB.replace("replicas: 1", "replica: 2")).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("patch: Invalid value: \"map[metadata:map[annotations:map[kubectl"), "{text}");
        let end = r#"}}\n]] spec:map[replica:2 replicas:<nil> volumeClaimTemplates:[map[metadata:map[name:www] spec:map[accessModes:[ReadWriteOnce] resources:map[requests:map[storage:1Gi]]]]]]]": strict decoding error: unknown field "spec.replica""#;
        assert!(text.ends_with(end), "{text}");
        let error = apply(&mut cluster, &key, &WEB.replace("replicas: 1", "replicas: many")).unwrap_err();
        assert!(error.to_string().ends_with("\": unrecognized type: int32"), "{error}");
    }

    #[test]
    fn patches_answer_as_recorded() {
        let (mut cluster, key) = with_web();
        let mut patch = |patch_type, text: &str| {
            cluster.patch(&key, patch_type, text, Client { validation: FieldValidation::Warn, ..TESTER })
        };
        let error = patch(PatchType::Strategic, r#"{"spec":{"replicas":"x"}}"#).unwrap_err();
        assert_eq!(error.to_string(), r#"patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32"#);
        let answer = patch(PatchType::Strategic, r#"{"spec":{"replica":1}}"#).unwrap();
        assert_eq!((answer.is_changed, answer.warnings), (false, vec![r#"unknown field "spec.replica""#.to_string()]));
        let operations = r#"[{"op":"replace","path":"/spec/nothing","value":1}]"#;
        let answer = patch(PatchType::Json, operations).unwrap();
        assert_eq!((answer.is_changed, answer.warnings), (false, vec![r#"unknown field "spec.nothing""#.to_string()]));
        let error = patch(PatchType::Json, r#"[{"op":"remove","path":"/spec/nope"}]"#).unwrap_err();
        assert_eq!(error.to_string(), "the server rejected our request due to an error in our request");
        let error = patch(PatchType::Strategic, r#""spec""#).unwrap_err();
        assert_eq!(error.to_string(), "json: cannot unmarshal string into Go value of type map[string]interface {}");
        let error = patch(PatchType::Merge, r#"{"spec":{"serviceName":"other"}}"#).unwrap_err();
        assert!(error.to_string().contains("spec: Forbidden: updates to statefulset spec"), "{error}");
    }
}
