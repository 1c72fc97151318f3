//! `kubectl apply view-last-applied`, `set-last-applied` and `edit-last-applied`: what `apply` notes of itself on an object.
//!
//! Follows `apply_view_last_applied.go` and its neighbours in `pkg/cmd/apply` of kubectl.

use super::dry_run::{self, DRY_RUN, finish, is_dry};
use super::requests::{FIELD_MANAGER, RECORD, VALIDATE, chosen_sources, key_of, kind_of, record, validation};
use crate::cluster::{Client, FieldValidation, LAST_APPLIED, PatchType};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::editing::{self, Draft, edited_by_command};
use crate::kubectl::flags::{Args, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, Format, print_operation, text_lines};
use crate::kubectl::resources::{NOTHING_NAMED, qualified_name};
use crate::kubectl::selection::{self, All, Rules, select_named};
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::manifest::{parse, to_yaml};
use crate::model::{JsonStyle, Object, Text, Value, parse_json, to_json, to_json_styled};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl apply view-last-applied`.
pub const APPLY_VIEW: Verb = Verb {
    name: "apply view-last-applied",
    flags: &[manifests::FLAGS, &[selection::SELECTOR, long("all", Takes::Bool), short("output", 'o', Takes::Text)]],
    run: view,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "View the latest last-applied-configuration annotations by type/name or file.",
        &[("See what was applied last", "kubectl apply view-last-applied sts/web")],
        &[("--all=false", "Every object of the type in the namespace."), help::SELECTOR],
        "apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]",
    ),
};

/// The row of `kubectl apply set-last-applied`.
pub const APPLY_SET: Verb = Verb {
    name: "apply set-last-applied",
    flags: &[&[manifests::FILENAME], output_formats::FLAGS, &[DRY_RUN, long("create-annotation", Takes::Bool)]],
    run: set,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Set the latest last-applied-configuration annotations by setting it to match the contents of a file.",
        &[("Note a file as applied", "kubectl apply set-last-applied -f manifest.yaml --create-annotation")],
        &[help::FILE, ("--create-annotation=false", "Make the annotation where there is none.")],
        "apply set-last-applied -f FILENAME [options]",
    ),
};

/// The row of `kubectl apply edit-last-applied`.
pub const APPLY_EDIT: Verb = Verb {
    name: "apply edit-last-applied",
    flags: &[
        manifests::FLAGS,
        output_formats::FLAGS,
        &[FIELD_MANAGER, VALIDATE, RECORD, long("windows-line-endings", Takes::Bool).ignored()],
    ],
    run: edit,
    manager: "kubectl-edit",
    completes: Completes::Objects,
    listed: None,
    ways: Ways::USUAL,
    help: help(
        "Edit the latest last-applied-configuration annotations of resources from the editor.",
        &[],
        &[help::FILE],
        "apply edit-last-applied (RESOURCE/NAME | -f FILENAME) [options]",
    ),
};

/// What was applied last, as a tree.
fn noted(object: &Object) -> Option<Value> {
    object.meta.annotations.get(LAST_APPLIED).and_then(|text| parse_json(text).ok())
}

fn view(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let output = args.text("output");
    if !matches!(output, "" | "yaml" | "json") {
        let text = format!("Unexpected -o output mode: {output}, the flag 'output' must be one of yaml|json");
        return Err(Failure::Usage(text, "apply view-last-applied".into()));
    }
    let found = select_named(args, Rules { all: All::Type, ..Rules::default() }, cx)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    for value in found.objects.iter().filter_map(|object| noted(object)) {
        let style = JsonStyle { indent: 2, escape_html: false };
        let text = if output == "json" { to_json_styled(&value, style) + "\n" } else { to_yaml(&value) };
        text_lines(&text, &mut cx.out);
    }
    OK
}

fn set(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    dry_run::check(args, cx)?;
    if !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    // One that cannot be written keeps all from it.
    let (sources, unread) = chosen_sources(args, "no objects passed to set-last-applied", cx)?;
    if let Some(failure) = unread.into_iter().next() {
        return Err(failure);
    }
    let mut wanted = Vec::new();
    for source in &sources {
        let kind = kind_of(source, cx)?;
        let key = key_of(source, kind, args, cx)?;
        cx.check_access("get", key.kind, "", &key.namespace, &key.name)?;
        let object = Rc::clone(cx.cluster().fetch(&key)?);
        if !object.meta.annotations.contains_key(LAST_APPLIED) && !args.is("create-annotation") {
            return Err(Failure::client(format!(
                "no last-applied-configuration annotation found on resource: {}, to create the annotation, run the command \
                 with --create-annotation",
                key.name
            )));
        }
        let mut value = source.value.clone();
        if kind.names().is_namespaced {
            value.set_at(&["metadata", "namespace"], &key.namespace);
        }
        wanted.push((object, value));
    }
    for (object, value) in &wanted {
        let stored = note(object, value, is_dry(args), cx)?;
        print_operation(args, &stored, "configured", cx)?;
    }
    Ok(Flow::Done(0))
}

/// Writes a tree as what was applied last.
fn note(object: &Object, value: &Value, is_dry: bool, cx: &mut Cx<'_>) -> Result<Rc<Object>, Failure> {
    let mut annotations = crate::model::Map::new();
    annotations.insert(LAST_APPLIED, Value::Str(Text::from(to_json(value) + "\n")));
    let patch = obj! { "metadata" => obj! { "annotations" => annotations } };
    let key = object.key();
    let answer = cx.send(is_dry, &mut |cluster, manager| {
        cluster.patch_value(&key, PatchType::Merge, &patch, Client { manager, validation: FieldValidation::Ignore })
    })?;
    Ok(answer.object)
}

/// `edit-last-applied`, until the text comes back.
#[derive(Clone, Debug)]
struct Edit {
    args: Args,
    object: Rc<Object>,
    shown: String,
    /// What is noted as the cause of the change.
    cause: Option<Text>,
}

fn edit(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    validation(args)?;
    Format::of(args, cx)?;
    let found = select_named(args, Rules::default(), cx)?;
    let Some(object) = found.objects.first().cloned() else { return finish(&found.failures, cx) };
    let Some(value) = noted(&object) else {
        let text = format!("no last-applied-configuration annotation found on resource: {}", object.meta.name);
        return Err(Failure::client(text));
    };
    let shown = to_yaml(&value);
    let edit = Edit { args: args.clone(), object, shown: shown.clone(), cause: cx.cause.clone() };
    if let Some(text) = edited_by_command(&shown, cx) {
        return Ok(edit.take(&text?, cx));
    }
    cx.hint("edit_opened", &[("name", &qualified_name(&edit.object))]);
    let file = format!("kubectl-edit-{}.yaml", cx.cluster().resource_version());
    Ok(editing::open(edit, &file, shown, cx))
}

impl Draft for Edit {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn take(self, text: &str, cx: &mut Cx<'_>) -> Flow {
        if text == self.shown {
            cx.out.err("Edit cancelled, no changes made.");
            return Flow::Done(0);
        }
        let value =
            parse(text).into_iter().find_map(|document| document.value).filter(|value| value.as_map().is_some());
        let Some(value) = value else {
            return Flow::Done(cx.fail(&Failure::client("The edited file failed validation")));
        };
        cx.cause = self.cause.clone();
        let noted = note(&self.object, &value, false, cx).and_then(|stored| record(stored, &self.args, cx));
        match noted.and_then(|stored| print_operation(&self.args, &stored, "edited", cx)) {
            Ok(()) => Flow::Done(0),
            Err(failure) => Flow::Done(cx.fail(&failure)),
        }
    }
}
