//! What kubectl says of an operation of a JSON patch that does not fit an object; carries none out.
//!
//! Follows the errors of evanphx/json-patch, which kubectl prints as they are.

use crate::model::Value;

/// Why the first of some operations cannot be carried out on a value that none of them has changed.
pub(super) fn fault(value: &Value, operation: &Value) -> String {
    let (verb, path) = (operation.str_at(&["op"]), operation.str_at(&["path"]));
    let has_path = operation.get("path").is_some_and(|path| path.as_str().is_some());
    match verb {
        "add" | "remove" | "replace" | "test" | "move" | "copy" if !has_path => {
            format!("{verb} operation failed to decode path: missing value")
        }
        "add" => at_place(value, verb, path, "path", &format!("{path:?}")),
        "remove" => at_place(value, verb, path, "path", &format!("{path:?}")),
        "replace" => match place(value, path) {
            None => format!("replace operation does not apply: doc is missing path: {path}: missing value"),
            Some(_) => format!("Object to be patched is missing field ({path}: missing value)"),
        },
        "test" => match place(value, path) {
            None => format!("test operation does not apply: is missing path: {path}: missing value"),
            Some(_) => format!("testing value {path} failed: test failed"),
        },
        "move" | "copy" => moved(value, operation, verb, path),
        "" => "Unexpected kind: unknown".into(),
        other => format!("Unexpected kind: {other}"),
    }
}

fn moved(value: &Value, operation: &Value, verb: &str, path: &str) -> String {
    let Some(from) = operation.get("from").and_then(Value::as_str) else {
        return format!("{verb} operation failed to decode from: operation, missing from field: missing value");
    };
    match (place(value, from), place(value, path)) {
        (None, _) => format!("{verb} operation does not apply: doc is missing from path: {from}: missing value"),
        (Some(_), None) => {
            format!("{verb} operation does not apply: doc is missing destination path: {path}: missing value")
        }
        (Some(_), Some(_)) => at_place(value, verb, from, "from", from),
    }
}

/// What is wrong at a place whose parent is there, or that the parent is missing.
fn at_place(value: &Value, verb: &str, path: &str, what: &str, shown: &str) -> String {
    let Some((parent, key)) = place(value, path) else {
        return format!("{verb} operation does not apply: doc is missing path: {shown}: missing value");
    };
    let lead = format!("error in {verb} for {what}: '{path}': ");
    let no_number = format!("strconv.Atoi: parsing {key:?}: invalid syntax");
    match (parent, key.parse::<i64>()) {
        (Value::List(_), Ok(_)) => {
            format!("{lead}Unable to access invalid index: {key}: invalid index referenced")
        }
        (Value::List(_), Err(_)) if verb == "add" => {
            format!("{lead}value was not a proper array index: '{key}': {no_number}")
        }
        (Value::List(_), Err(_)) => format!("{lead}{no_number}"),
        _ => format!("{lead}Unable to remove nonexistent key: {key}: missing value"),
    }
}

/// What holds the end of a path, and how the end is called there.
fn place<'v>(value: &'v Value, path: &str) -> Option<(&'v Value, String)> {
    let mut steps: Vec<String> =
        path.strip_prefix('/')?.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let last = steps.pop()?;
    let parent = steps.iter().try_fold(value, |place, step| match place {
        Value::Map(map) => map.get(step),
        Value::List(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    })?;
    matches!(parent, Value::Map(_) | Value::List(_)).then_some((parent, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    /// Said by a real kubectl.
    #[test]
    fn operations_that_do_not_fit_are_told_as_the_library_does() {
        let value = parse_json(r#"{"kind":"Pod","metadata":{"labels":{}},"spec":{"containers":[{}]}}"#).unwrap();
        for (operation, said) in [
            (
                r#"{"op":"remove","path":"/metadata/labels/x"}"#,
                "error in remove for path: '/metadata/labels/x': Unable to remove nonexistent key: x: missing value",
            ),
            (
                r#"{"op":"remove","path":"/spec/a/b"}"#,
                "remove operation does not apply: doc is missing path: \"/spec/a/b\": missing value",
            ),
            (
                r#"{"op":"remove","path":"/spec/containers/x"}"#,
                "error in remove for path: '/spec/containers/x': strconv.Atoi: parsing \"x\": invalid syntax",
            ),
            (
                r#"{"op":"remove","path":"/spec/containers/5"}"#,
                "error in remove for path: '/spec/containers/5': Unable to access invalid index: 5: invalid index referenced",
            ),
            (
                r#"{"op":"add","path":"/spec/containers/x","value":1}"#,
                "error in add for path: '/spec/containers/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
            ),
            (
                r#"{"op":"replace","path":"/spec/a/b","value":1}"#,
                "replace operation does not apply: doc is missing path: /spec/a/b: missing value",
            ),
            (
                r#"{"op":"replace","path":"/spec/containers/x","value":1}"#,
                "Object to be patched is missing field (/spec/containers/x: missing value)",
            ),
            (
                r#"{"op":"move","from":"/spec/a/b","path":"/x"}"#,
                "move operation does not apply: doc is missing from path: /spec/a/b: missing value",
            ),
            (
                r#"{"op":"move","from":"/kind","path":"/a/b"}"#,
                "move operation does not apply: doc is missing destination path: /a/b: missing value",
            ),
            (
                r#"{"op":"copy","from":"/spec/containers/9","path":"/x"}"#,
                "error in copy for from: '/spec/containers/9': Unable to access invalid index: 9: invalid index referenced",
            ),
            (
                r#"{"op":"test","path":"/spec/a/b","value":1}"#,
                "test operation does not apply: is missing path: /spec/a/b: missing value",
            ),
            (r#"{"op":"test","path":"/kind","value":"x"}"#, "testing value /kind failed: test failed"),
            (r#"{"op":"foo","path":"/kind"}"#, "Unexpected kind: foo"),
            (r#"{"path":"/kind"}"#, "Unexpected kind: unknown"),
            (r#"{"op":"remove"}"#, "remove operation failed to decode path: missing value"),
        ] {
            assert_eq!(fault(&value, &parse_json(operation).unwrap()), said, "{operation}");
        }
    }
}
