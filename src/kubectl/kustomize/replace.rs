//! The replacements of a kustomization: a value of one object in the fields of others.

use super::Folder;
use super::patch::is_target;
use super::resource::Resource;
use crate::manifest::parse;
use crate::model::{Text, Value, to_json};

/// Applies `replacements`.
///
/// # Errors
/// Sources and fields that are not there.
pub fn replace(kustomization: &Value, folder: &Folder<'_>, resources: &mut [Resource]) -> Result<(), String> {
    for replacement in kustomization.list_at(&["replacements"]) {
        match replacement.str_at(&["path"]) {
            "" => replace_one(replacement, resources)?,
            path => {
                for value in parse(&folder.read(path)?).into_iter().filter_map(|document| document.value) {
                    match value.as_list() {
                        Some(list) => list.iter().try_for_each(|one| replace_one(one, resources))?,
                        None => replace_one(&value, resources)?,
                    }
                }
            }
        }
    }
    Ok(())
}

fn replace_one(replacement: &Value, resources: &mut [Resource]) -> Result<(), String> {
    let value = match replacement.get("sourceValue") {
        Some(value) => value.clone(),
        None => source_value(replacement.get("source").unwrap_or(&Value::Null), resources)?,
    };
    for target in replacement.list_at(&["targets"]) {
        let select = target.get("select").cloned().unwrap_or_else(Value::map);
        let is_rejected = |it: &Resource| target.list_at(&["reject"]).iter().any(|reject| is_target(it, reject));
        let fields: Vec<&str> = target.list_at(&["fieldPaths"]).iter().filter_map(Value::as_str).collect();
        let fields = if fields.is_empty() { vec!["metadata.name"] } else { fields };
        for resource in resources.iter_mut().filter(|it| is_target(it, &select) && !is_rejected(it)) {
            resource.remember();
            for field in &fields {
                put(resource, field, &value, target.get("options"))?;
            }
        }
    }
    Ok(())
}

/// The value of the field that a source names.
fn source_value(source: &Value, resources: &[Resource]) -> Result<Value, String> {
    let or = |field: &'static str, none: &'static str| match source.str_at(&[field]) {
        "" => none.to_string(),
        text => text.to_string(),
    };
    let (kind, version, group) = (or("kind", "[noKind]"), or("version", "[noVer]"), or("group", "[noGrp]"));
    let asked = format!("{kind}.{version}.{group}/{}.{}", or("name", "[noName]"), or("namespace", "[noNs]"));
    let found = resources.iter().find(|it| is_target(it, source));
    let found = found.ok_or_else(|| format!("nothing selected by {asked}"))?;
    let path = match source.str_at(&["fieldPath"]) {
        "" => "metadata.name",
        path => path,
    };
    let mut value = None;
    let mut tree = found.value.clone();
    at_path(&mut tree, &steps(path), false, &mut |it| value = value.take().or(Some(it.clone())));
    let value = value.ok_or_else(|| format!("fieldPath `{path}` is missing for replacement source {asked}"))?;
    Ok(part_of(&value, source.get("options")))
}

fn put(resource: &mut Resource, field: &str, value: &Value, options: Option<&Value>) -> Result<(), String> {
    let creates = options.and_then(|it| it.get("create")) == Some(&Value::Bool(true));
    let is_text = steps(field).iter().any(|step| matches!(step.as_str(), "annotations" | "labels" | "matchLabels"));
    let mut is_found = false;
    at_path(&mut resource.value, &steps(field), creates, &mut |slot| {
        is_found = true;
        // Labels and annotations are texts, whatever they look like.
        *slot = match joined(slot, value, options) {
            new @ (Value::Int(_) | Value::Float(_) | Value::Bool(_)) if is_text => Value::from(plain(&new)),
            new => new,
        };
    });
    if is_found { Ok(()) } else { Err(format!("unable to find field {field:?} in replacement target")) }
}

/// The part of a source that `delimiter` and `index` mean.
fn part_of(value: &Value, options: Option<&Value>) -> Value {
    let delimiter = options.map_or("", |it| it.str_at(&["delimiter"]));
    if delimiter.is_empty() {
        return value.clone();
    }
    let at = usize::try_from(options.and_then(|it| it.i64_at(&["index"])).unwrap_or(0)).unwrap_or(0);
    Value::text(value.as_str().unwrap_or("").split(delimiter).nth(at).unwrap_or(""))
}

/// What stands in a field afterwards: the value, or the field's text with one of its parts replaced.
fn joined(slot: &Value, value: &Value, options: Option<&Value>) -> Value {
    let delimiter = options.map_or("", |it| it.str_at(&["delimiter"]));
    let text = match slot {
        Value::Str(_) if delimiter.is_empty() => return Value::from(plain(value)),
        Value::Str(text) => text.as_str(),
        Value::Null if !delimiter.is_empty() => "",
        _ => return read_again(value),
    };
    let mut parts: Vec<String> = text.split(delimiter).map(str::to_string).collect();
    let new = plain(value).to_string();
    match options.and_then(|it| it.i64_at(&["index"])).unwrap_or(0) {
        at if at < 0 => parts.insert(0, new),
        at => match usize::try_from(at).ok().and_then(|at| parts.get_mut(at)) {
            Some(part) => *part = new,
            None => parts.push(new),
        },
    }
    Value::from(Text::from(parts.join(delimiter)))
}

/// A value as it is written without quotes. What is no single value stays as JSON.
fn plain(value: &Value) -> Text {
    value.as_text().cloned().unwrap_or_else(|| to_json(value).into())
}

/// What becomes of a text that is written where no text was: `80` is a number again.
fn read_again(value: &Value) -> Value {
    let read = value.as_str().and_then(|text| parse(text).into_iter().next()).and_then(|document| document.value);
    read.filter(|read| matches!(read, Value::Int(_) | Value::Float(_) | Value::Bool(_)))
        .unwrap_or_else(|| value.clone())
}

/// The steps of `a.b\.c.[name=x].0`.
fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let (mut is_escaped, mut depth) = (false, 0_u32);
    for c in path.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => {
                is_escaped = true;
                continue;
            }
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                steps.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = steps.last_mut() {
            last.push(c);
        }
    }
    steps.into_iter().filter(|step| !step.is_empty()).collect()
}

fn at_path(value: &mut Value, steps: &[String], creates: bool, change: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = steps.split_first() else { return change(value) };
    if value.as_list().is_some() {
        let condition = first.strip_prefix('[').and_then(|step| step.strip_suffix(']'));
        let pair = condition.and_then(|condition| condition.split_once('='));
        if creates && first.parse() == Ok(value.as_list().map_or(0, <[Value]>::len)) {
            value.list_mut().push(if rest.is_empty() { Value::Null } else { Value::map() });
        }
        for (number, element) in value.list_mut().iter_mut().enumerate() {
            let is_meant = match pair {
                Some((key, wanted)) => element.get(key).and_then(Value::as_str) == Some(wanted),
                None => first == "*" || first.parse() == Ok(number),
            };
            if is_meant {
                at_path(element, rest, creates, change);
            }
        }
        return;
    }
    // `[x.y/z]` is a key with dots in it.
    let bare = first.strip_prefix('[').and_then(|step| step.strip_suffix(']')).filter(|step| !step.contains('='));
    let first = bare.unwrap_or(first);
    let has_it = value.as_map().is_some_and(|map| map.contains_key(first));
    if !has_it && creates {
        let new = match rest.first() {
            None => Value::Null,
            Some(step) if step.parse::<usize>().is_ok() => Value::from(Vec::new()),
            Some(_) => Value::map(),
        };
        value.map_mut().insert(Text::new(first), new);
    }
    if (has_it || creates)
        && let Some(inner) = value.map_mut().get_mut(first)
    {
        at_path(inner, rest, creates, change);
    }
}
