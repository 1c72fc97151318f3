//! JSONPath templates as kubectl understands them; knows trees, not objects.
//!
//! Follows `util/jsonpath` of client-go: text with actions in braces, `range … end`, fields, indexes, slices, filters.

mod evaluate;
mod syntax;

use crate::cluster::patch::go_dump;
use crate::model::{JsonStyle, Value, to_json, to_json_styled};
use evaluate::Evaluation;
use syntax::parse;

/// What a template prints for `value`; missing fields print nothing, or are an error where they are not allowed.
///
/// # Errors
/// What is wrong with the template, as it stands behind `error: error parsing jsonpath TEMPLATE, `, or what went wrong
/// in printing.
pub fn render(template: &str, value: &Value, allows_missing: bool) -> Result<String, String> {
    let found = Evaluation::new(allows_missing).results(&parse(template)?, 0, value)?;
    let texts = found.iter().map(|values| values.iter().map(text_of).collect::<Vec<_>>().join(" "));
    Ok(texts.collect())
}

/// The same as JSON: a list for each piece of the template, texts between actions too.
///
/// # Errors
/// As those of [`render`].
pub fn render_as_json(template: &str, value: &Value, allows_missing: bool) -> Result<String, String> {
    let found = Evaluation::new(allows_missing).results(&parse(template)?, 0, value)?;
    let style = JsonStyle { indent: 4, escape_html: true };
    Ok(found.into_iter().map(|values| to_json_styled(&values.into(), style) + "\n").collect())
}

/// Says what is wrong with a template.
///
/// # Errors
/// As it stands behind `error: error parsing jsonpath TEMPLATE, `.
pub fn check(template: &str) -> Result<(), String> {
    parse(template).map(|_| ())
}

/// Says what is wrong with a path that may lack its braces and its first dot.
///
/// # Errors
/// kubectl's words for it.
pub fn check_path(path: &str) -> Result<(), String> {
    check(&relaxed(path)?)
}

/// The template that is meant by a path which may lack its braces and its first dot.
///
/// Follows `RelaxedJSONPathExpression` of kubectl's `cmd/get`.
///
/// # Errors
/// kubectl's words for what is no single path.
pub fn relaxed(path: &str) -> Result<String, String> {
    let inner = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).unwrap_or(path);
    let is_one = |inner: &str| !inner.is_empty() && !inner.contains(['{', '}']);
    match inner.strip_prefix('.').filter(|rest| is_one(rest)).or(Some(inner).filter(|inner| is_one(inner))) {
        _ if path.is_empty() => Ok(String::new()),
        Some(inner) => Ok(format!("{{.{inner}}}")),
        None => Err(NO_PATH.into()),
    }
}

const NO_PATH: &str =
    "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";

/// The values that a template finds, as a column shows them: joined by commas, `<none>` if there are none.
///
/// # Errors
/// What is wrong with the template, or does not fit the value.
pub fn cell(template: &str, value: &Value) -> Result<String, String> {
    let found = Evaluation::new(true).results(&parse(template)?, 0, value)?;
    let none = found.first().is_none_or(Vec::is_empty).then(|| "<none>".to_string());
    let texts = found.iter().flatten().map(|value| go_dump(value).replace('\x1b', "^[").replace('\r', "\\r"));
    Ok(none.into_iter().chain(texts).collect::<Vec<_>>().join(","))
}

/// The values at a path such as `.metadata.name`, with or without braces.
///
/// # Errors
/// What is wrong with the path, or does not fit the value.
pub fn find(path: &str, value: &Value) -> Result<Vec<Value>, String> {
    let template = relaxed(path)?;
    Ok(Evaluation::new(true).results(&parse(&template)?, 0, value)?.into_iter().flatten().collect())
}

/// A value as kubectl prints it: strings as they are, trees as JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::Map(_) | Value::List(_) => to_json(value),
        Value::Null => "null".into(),
        other => go_dump(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn tree() -> Value {
        parse_json(
            r#"{"kind":"List","items":[
                {"metadata":{"name":"a","labels":{"app.io/name":"x"}},"n":1,"list":[1,2,3]},
                {"metadata":{"name":"b"},"n":2}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn templates_print_as_kubectl_does() {
        for (template, printed) in [
            ("{.items[*].metadata.name}", "a b"),
            (r#"{range .items[*]}{.metadata.name} {.n}{"\n"}{end}"#, "a 1\nb 2\n"),
            ("{.items[0].list}", "[1,2,3]"),
            ("{.items[0].list[1:]}", "2 3"),
            ("{.items[-1].metadata.name}", "b"),
            ("{.items[0].nothing}", ""),
            (r"{.items[0].metadata.labels.app\.io/name}", "x"),
            ("{.items[0].metadata.labels['app\\.io/name']}", "x"),
            ("{.items[0].metadata.labels['app.io/name']}", ""),
            (r#"{.items[?(@.n==2)].metadata.name}"#, "b"),
            (r#"{.items[?(@.metadata.name=="a")].n}"#, "1"),
            ("{.items[?(@.list)].n}", "1"),
            ("{..name}", "a b"),
            ("n={.items[0]['n','list']}", "n=1 [1,2,3]"),
            ("{.kind} {.items[1].n}", "List 2"),
            ("plain", "plain"),
            ("{true} {1.50} {-3}", "true 1.5 -3"),
            ("{range}{end}", ""),
            ("{range .nothing[*]}{.n}{end}x", "x"),
            ("{.items[].metadata.name}", "a"),
            ("{.items[0] .metadata.name}", "a"),
            ("{.items[*]['metadata.name']}", "a b"),
            ("{.items[0]['metadata.name','n']}", "a 1"),
            (r#"{.kind "x"}"#, "x"),
            ("{.}", ""),
            ("{$.kind}", "List"),
        ] {
            assert_eq!(render(template, &tree(), true).as_deref(), Ok(printed), "{template}");
        }
        for (template, why) in [
            ("{.items", "unclosed action"),
            ("{.items[0", "unterminated array"),
            ("{\"a", "unterminated quoted string"),
            ("{.items[?(@.n==\"b\"].x}", "unterminated filter"),
            ("{.items[ 0 ]}", "invalid array index  0 "),
            ("{.items[\"a\"]}", "invalid array index \"a\""),
            ("{.items[?(@.n==\"b\" && @.n==1)]}", "unrecognized character in action: U+0026 '&'"),
            ("{.items[?(@.n==\"1\")]}", "incompatible types for comparison"),
            ("{1.2.3}", "cannot parse number 1.2.3"),
            (r#"{"a\qb"}"#, r#"unquote string "a\qb" error invalid syntax"#),
            ("{.kind,.n}", "unrecognized character in action: U+002C ','"),
            ("{..*}", "unrecognized character in action: U+002A '*'"),
            ("{nosuch}", "unrecognized identifier nosuch"),
            ("{.items[0].metadata[*]}", "map[string]interface {} is not array or slice"),
            ("{.kind[?(@.x)]}", "List is not array or slice and cannot be filtered"),
        ] {
            assert_eq!(render(template, &tree(), true), Err(why.into()), "{template}");
        }
        assert_eq!(render("{end}", &tree(), true), Err("not in range, nothing to end".into()));
        assert_eq!(cell("{.items[*].metadata.name}", &tree()).unwrap(), "a,b");
        assert_eq!(cell("{.items[0].x}", &tree()).unwrap(), "<none>");
        assert_eq!(relaxed("items[0].x").as_deref(), Ok("{.items[0].x}"));
        assert_eq!(relaxed("{.a}x"), Err(NO_PATH.into()));
    }

    #[test]
    fn broken_templates_are_refused_not_feared() {
        for template in ["{", "}", "{[}", "{.a[}", "{.a[1:2:0]}", "{.a[?(]}", "{range}", "{range .items[*]}{.n}", "{é}"]
        {
            _ = render(template, &tree(), true);
        }
    }
}
