//! Tests of the three sorts of patches.

use super::*;
use crate::model::{parse_json, to_json};
use crate::schema;

fn json(text: &str) -> Value {
    parse_json(text).unwrap()
}

#[track_caller]
fn check_strategic(current: &str, patch: &str, expected: &str) {
    let root = schema::structure("core.PodSpec").unwrap();
    let merged = strategic_merge(&json(current), &json(patch), root).unwrap();
    assert_eq!(to_json(&merged), expected);
}

#[test]
fn lists_are_merged_by_their_key_and_new_elements_come_first() {
    check_strategic(
        r#"{"containers":[{"name":"nginx","image":"a"}]}"#,
        r#"{"containers":[{"name":"side","image":"b"}]}"#,
        r#"{"containers":[{"image":"b","name":"side"},{"image":"a","name":"nginx"}]}"#,
    );
    check_strategic(
        r#"{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}"#,
        r#"{"containers":[{"name":"b","image":"3"}]}"#,
        r#"{"containers":[{"image":"1","name":"a"},{"image":"3","name":"b"}]}"#,
    );
}

#[test]
fn directives_delete_replace_and_order() {
    check_strategic(
        r#"{"containers":[{"name":"a"},{"name":"b"}]}"#,
        r#"{"containers":[{"name":"a","$patch":"delete"}]}"#,
        r#"{"containers":[{"name":"b"}]}"#,
    );
    check_strategic(
        r#"{"containers":[{"name":"a"},{"name":"b"}]}"#,
        r#"{"$setElementOrder/containers":[{"name":"b"},{"name":"c"},{"name":"a"}],"containers":[{"name":"c"}]}"#,
        r#"{"containers":[{"name":"b"},{"name":"c"},{"name":"a"}]}"#,
    );
    check_strategic(
        r#"{"volumes":[{"name":"v","emptyDir":{}}]}"#,
        r#"{"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/x"}}]}"#,
        r#"{"volumes":[{"hostPath":{"path":"/x"},"name":"v"}]}"#,
    );
    check_strategic(r#"{"hostname":"a","nodeName":"b"}"#, r#"{"hostname":null}"#, r#"{"nodeName":"b"}"#);
}

#[test]
fn elements_that_are_directives_come_before_the_others() {
    check_strategic(
        r#"{"containers":[{"name":"c"},{"name":"e"}]}"#,
        r#"{"containers":[{"name":"n","image":"x"},{"name":"e","$patch":"replace"}]}"#,
        r#"{"containers":[{"image":"x","name":"n"}]}"#,
    );
    check_strategic(
        r#"{"volumes":[{"name":"x","hostPath":{"path":"/"}}]}"#,
        r#"{"volumes":[{"name":"x","emptyDir":{}},{"name":"x","$patch":"delete"}]}"#,
        r#"{"volumes":[{"emptyDir":{},"name":"x"}]}"#,
    );
    check_strategic(
        r#"{"containers":[{"name":"c"}]}"#,
        r#"{"containers":[{"name":"c","resources":{"$patch":"replace","requests":{"cpu":1}}}]}"#,
        r#"{"containers":[{"name":"c"}]}"#,
    );
}

#[test]
fn what_cannot_be_merged_says_why() {
    let root = schema::structure("core.PodSpec").unwrap();
    let fault =
        |patch: &str| strategic_merge(&json(r#"{"containers":[{"name":"c"}]}"#), &json(patch), root).unwrap_err();
    let plain = |why: &str| PatchError::Plain(why.into());
    for (patch, why) in [
        (r#"{"containers":[1]}"#, "list element types are not identical: [[map[name:c]] [1]]"),
        (
            r#"{"containers":[{"image":"i"},{"$patch":"delete"}]}"#,
            "map: map[$patch:delete] does not contain declared merge key: name",
        ),
        (
            r#"{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"image":"i"}]}"#,
            "map: map[image:i] does not contain declared merge key: name",
        ),
        (r#"{"containers":[{"name":"c","$patch":"foo"}]}"#, "unknown patch type: foo in map: map[$patch:foo name:c]"),
    ] {
        assert_eq!(fault(patch), plain(why), "{patch}");
    }
    let keys = r#"{"$retainKeys":["containers"],"containers":[],"tolerations":[]}"#;
    assert_eq!(fault(keys), PatchError::BadRequest("invalid patch format of retainKeys".into()));
}

#[test]
fn json_patches_run_in_order() {
    let value = json(r#"{"spec":{"replicas":1,"list":[1,2]}}"#);
    let patch = r#"[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/replicas","value":3},
        {"op":"add","path":"/spec/list/-","value":3},{"op":"remove","path":"/spec/list/0"},
        {"op":"move","from":"/spec/replicas","path":"/spec/a~1b"}]"#;
    let patched = json_patch(&value, &json(patch)).unwrap();
    assert_eq!(to_json(&patched), r#"{"spec":{"a/b":3,"list":[2,3]}}"#);
    let patch = json(r#"[{"op":"remove","path":"/spec/nope"}]"#);
    assert_eq!(json_patch(&value, &patch), Err(PatchError::Rejected));
    for (patch, patched) in [
        (r#"{"op":"remove","path":"/spec/list/-1"}"#, r#"{"spec":{"list":[1],"replicas":1}}"#),
        (r#"{"op":"replace","path":"/spec/list/-2","value":5}"#, r#"{"spec":{"list":[5,2],"replicas":1}}"#),
        (r#"{"op":"add","path":"/spec/list/-1","value":5}"#, r#"{"spec":{"list":[1,2,5],"replicas":1}}"#),
        (r#"{"op":"replace","path":"/spec/list/01","value":5}"#, r#"{"spec":{"list":[1,5],"replicas":1}}"#),
        (r#"{"op":"add","path":"/x"}"#, r#"{"spec":{"list":[1,2],"replicas":1},"x":null}"#),
        (r#"{"op":"copy","from":"/spec/nope","path":"/x"}"#, r#"{"spec":{"list":[1,2],"replicas":1},"x":null}"#),
        (r#"{"op":"replace","path":"","value":{"a":1}}"#, r#"{"a":1}"#),
    ] {
        let done = json_patch(&value, &json(&format!("[{patch}]"))).unwrap();
        assert_eq!(to_json(&done), patched, "{patch}");
    }
    for patch in [r#"{"op":"remove","path":"/spec/list/-3"}"#, r#"{"op":"add","path":"/spec/list/3","value":1}"#] {
        assert_eq!(json_patch(&value, &json(&format!("[{patch}]"))), Err(PatchError::Rejected), "{patch}");
    }
}

#[test]
fn json_merge_patches_delete_with_null() {
    let merged = json_merge(&json(r#"{"a":{"b":1,"c":2}}"#), &json(r#"{"a":{"b":null,"d":[1]}}"#));
    assert_eq!(to_json(&merged), r#"{"a":{"c":2,"d":[1]}}"#);
}

#[test]
fn json_patches_are_bounded() {
    let value = json(r#"{"data":{"a":"x"}}"#);
    let many = |operation: &str, count: usize| json(&format!("[{}]", vec![operation; count].join(",")));
    let add = r#"{"op":"add","path":"/data/b","value":"y"}"#;
    assert_eq!(to_json(&json_patch(&value, &many(add, 10_000)).unwrap()), r#"{"data":{"a":"x","b":"y"}}"#);
    let why = "The allowed maximum operations in a JSON patch is 10000, got 10001";
    assert_eq!(json_patch(&value, &many(add, 10_001)), Err(PatchError::TooLarge(why.into())));
    // Each copy holds all copies before it.
    let copies: Vec<String> =
        (0..40).map(|at| format!(r#"{{"op":"copy","from":"/data","path":"/data/c{at}"}}"#)).collect();
    assert!(json_patch(&value, &json(&format!("[{}]", copies[..12].join(",")))).is_ok());
    assert_eq!(json_patch(&value, &json(&format!("[{}]", copies.join(",")))), Err(PatchError::Rejected));
}
