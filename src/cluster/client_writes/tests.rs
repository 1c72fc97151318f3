//! What client-side apply stores, and what a field's owner keeps.

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
