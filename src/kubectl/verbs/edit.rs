//! `kubectl edit`: the object goes to the page's editor, and comes back as a patch; draws no editor.
//!
//! Follows `editoptions.go` in kubectl's `cmd/util/editor`: a text that is refused is opened again with the reasons
//! above it, until it is accepted, left as it is, or emptied.

use super::apply::patch_between;
use super::dry_run::finish;
use super::requests::{FIELD_MANAGER, RECORD, VALIDATE, validation, warn};
use super::scale::scale_of;
use crate::cluster::{ApiError, Client, Cluster, FieldValidation, PatchType, with_last_applied};
use crate::i18n::console;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::editing::{self, Draft, edited_by_command};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests;
use crate::kubectl::output_formats::{self, Format, value_of};
use crate::kubectl::resources::qualified_name;
use crate::kubectl::selection::{Labelled, Rules, Selection, select_named};
use crate::kubectl::subresource::Place;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::manifest::{parse, to_yaml};
use crate::model::{Key, Object, Text, Value, to_json};
use crate::obj;
use std::rc::Rc;

/// The row of `kubectl edit`.
pub const EDIT: Verb = Verb {
    name: "edit",
    flags: FLAGS,
    run,
    manager: "kubectl-edit",
    completes: Completes::Objects,
    listed: Group::Intermediate.at(3),
    ways: Ways::USUAL,
    help: help(
        "Edit a resource on the server, in this page's editor.",
        &[("Open the living set in the editor", "kubectl edit sts web")],
        &[help::FILE],
        "edit (RESOURCE/NAME | -f FILENAME) [options]",
    ),
};

/// The flags of `edit`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        FIELD_MANAGER,
        VALIDATE,
        RECORD,
        long("save-config", Takes::Bool),
        long("subresource", Takes::Text),
        long("windows-line-endings", Takes::Bool).ignored(),
        long("output-patch", Takes::Bool),
    ],
];

/// `edit`, until the text comes back.
#[derive(Clone, Debug)]
pub struct Edit {
    how: How,
    originals: Vec<Rc<Object>>,
    /// What is noted as the cause of the change.
    cause: Option<Text>,
    /// The text as it was opened first, and as it was opened last.
    original: String,
    shown: String,
    /// Whether the text was refused.
    has_failed: bool,
    /// The name of its file.
    file: String,
}

/// What the flags say of what is shown and kept.
#[derive(Clone, Copy, Debug)]
struct How {
    saves_config: bool,
    shows_patch: bool,
    shows_managers: bool,
    tells_names: bool,
    place: Place,
}

impl How {
    fn of(args: &Args, place: Place) -> How {
        How {
            saves_config: args.is("save-config"),
            shows_patch: args.is("output-patch"),
            shows_managers: args.is("show-managed-fields"),
            tells_names: args.text("output") == "name",
            place,
        }
    }
}

/// `kubectl edit`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    validation(args)?;
    let output = args.text("output");
    Format::of(args, cx)?;
    if !matches!(output, "" | "name") {
        cx.hint("flag_ignored", &[("flag", "--output")]);
    }
    let rules = Rules { labelled: Labelled::Live, ..Rules::default() };
    let Selection { objects: originals, failures, .. } = select_named(args, rules, cx)?;
    let Some(first) = originals.first().filter(|_| failures.is_empty()) else { return finish(&failures, cx) };
    let name = qualified_name(first);
    let how = How::of(args, Place::named(args.text("subresource"), first.kind)?);
    if how.place == Place::Scale {
        cx.hint("edit_scale", &[("name", &name)]);
    }
    let text = text_of(how, &originals, cx.cluster());
    if let Some(edited_text) = edited_by_command(&text, cx) {
        return edited(how, originals.clone(), edited_text?, cx);
    }
    let file = format!("kubectl-edit-{}.yaml", cx.cluster().resource_version());
    let cause = cx.cause.clone();
    let edit = Edit { how, originals, cause, original: text.clone(), shown: text, has_failed: false, file };
    let flow = edit.open(&[], cx);
    cx.hint("edit_opened", &[("name", &name)]);
    Ok(flow)
}

/// The objects as the text that is edited.
fn text_of(how: How, objects: &[Rc<Object>], cluster: &Cluster) -> String {
    let shown = |object: &Object| match how.place {
        Place::Scale => scale_of(object, cluster.replicas_of(object), cluster),
        _ => value_of(object, how.shows_managers),
    };
    match objects {
        [only] => to_yaml(&shown(only)),
        several => {
            let items: Vec<Value> = several.iter().map(|object| shown(object)).collect();
            to_yaml(&obj! { "apiVersion" => "v1", "items" => items, "kind" => "List", "metadata" => obj! {} })
        }
    }
}

/// Stores what a command made of the text: it is not asked twice.
fn edited(how: How, originals: Vec<Rc<Object>>, text: String, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let shown = text_of(how, &originals, cx.cluster());
    let file = format!("kubectl-edit-{}.yaml", cx.cluster().resource_version());
    let cause = cx.cause.clone();
    let edit = Edit { how, originals, cause, original: shown.clone(), shown, has_failed: false, file };
    let flow = edit.take(&text, cx);
    let Flow::Wait(again) = flow else { return Ok(flow) };
    cx.out.opens = None;
    Ok(again.answer(Some(&text), cx))
}

impl Draft for Edit {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn take(mut self, text: &str, cx: &mut Cx<'_>) -> Flow {
        let text = without_comments(text);
        if self.has_failed && text == self.shown {
            cx.out.err(format!("A copy of your changes has been stored to \"/tmp/{}\"", self.file));
            return Flow::Done(cx.fail(&Failure::client("Edit cancelled, no valid changes were saved.")));
        }
        if let Some(why) = misread(&text) {
            let name = self.originals.first().map_or_else(String::new, |object| quoted_name(object));
            cx.out.err(format!("error: {name} is invalid"));
            let reason = format!("{name} was not valid:\n* <nil>: Invalid value: {FAILED:?}: {why}\n\n");
            (self.shown, self.has_failed) = (text, true);
            return self.open(&[reason], cx);
        }
        if text == self.original {
            cx.out.err("Edit cancelled, no changes made.");
            return Flow::Done(0);
        }
        if text.trim().is_empty() {
            cx.out.err("Edit cancelled, saved file was empty.");
            return Flow::Done(0);
        }
        self.shown = text;
        let values = match read(&self.shown).and_then(|values| self.mapped(values)) {
            Ok(values) => values,
            Err(error) => {
                self.has_failed = true;
                return self.open(&[format!("The edited file had a syntax error: {error}")], cx);
            }
        };
        let mut reasons = Vec::new();
        cx.cause = self.cause.clone();
        for (object, value) in self.originals.iter().zip(&values) {
            match store(self.how, object, value, cx) {
                Ok(_) if self.how.tells_names => cx.out.out(qualified_name(object)),
                Ok(verb) => cx.out.out(format!("{} {verb}", qualified_name(object))),
                Err(Failure::Server(error)) => {
                    let name = quoted_name(object);
                    match &error {
                        ApiError::Invalid { causes, .. } => {
                            cx.out.err(format!("error: {name} is invalid"));
                            reasons.push(format!("{name} was not valid:\n* {}\n\n", causes.join("\n* ")));
                        }
                        ApiError::InvalidRequest(cause) => {
                            cx.out.err(format!("error: {name} is invalid"));
                            reasons.push(format!("{name} was not valid:\n* {cause}\n\n"));
                        }
                        ApiError::NotFound { .. } => {
                            cx.out.err(format!("error: {name} could not be found on the server"));
                            let place = format!("/tmp/{}", self.file);
                            cx.out.err(format!("The edits you made on deleted resources have been saved to {place:?}"));
                            return Flow::Done(1);
                        }
                        error => {
                            cx.out.err(format!("error: {name} could not be patched: {error}"));
                            cx.out.err(format!(
                                "You can run `kubectl replace -f /tmp/{}` to try this update again.",
                                self.file
                            ));
                            return Flow::Done(1);
                        }
                    }
                }
                Err(failure) => return Flow::Done(cx.fail(&failure)),
            }
        }
        if reasons.is_empty() {
            return Flow::Done(0);
        }
        self.has_failed = true;
        self.open(&reasons, cx)
    }
}

impl Edit {
    /// The objects of the text, if kubectl knows their kinds: it has none for a Scale.
    fn mapped(&self, values: Vec<Value>) -> Result<Vec<Value>, String> {
        let Some(value) = values.first().filter(|_| self.how.place == Place::Scale) else { return Ok(values) };
        let text = |path: &[&str]| value.str_at(path).to_string();
        Err(format!(
            "resource mapping not found for name: {:?} namespace: {:?} from \"edited-file\": no matches for kind {:?} \
             in version {:?}\nensure CRDs are installed first",
            text(&["metadata", "name"]),
            text(&["metadata", "namespace"]),
            text(&["kind"]),
            text(&["apiVersion"])
        ))
    }

    /// Hands the text over, with the reasons above it.
    fn open(self, reasons: &[String], cx: &mut Cx<'_>) -> Flow {
        let mut text = String::new();
        let head = console::find(cx.state.lang, "edit_head").unwrap_or("");
        for line in head.lines().chain([""]).chain(reasons.iter().flat_map(|reason| reason.lines())) {
            text.push_str(format!("# {line}").trim_end());
            text.push('\n');
        }
        text.push_str(&self.shown);
        let file = self.file.clone();
        editing::open(self, &file, text, cx)
    }
}

/// How a client that could not read the text begins.
const FAILED: &str = "The edited file failed validation";

/// An object as errors of the editor name it: `statefulsets.apps "web"`.
fn quoted_name(object: &Object) -> String {
    format!("{} \"{}\"", object.kind.qualified_plural(), object.meta.name)
}

/// Why a text cannot be sent at all (`pkg/validation/schema.go`): the rest is the server's to judge.
fn misread(text: &str) -> Option<String> {
    let document = parse(text).into_iter().find(|it| it.error.is_some() || it.value.as_ref().is_some_and(is_filled))?;
    if let Some(error) = document.error {
        return Some(error.message);
    }
    let value = document.value?;
    if value.as_map().is_none() {
        return Some("invalid object to validate".into());
    }
    let missing: Vec<String> = ["apiVersion", "kind"]
        .into_iter()
        .filter(|field| value.str_at(&[field]).is_empty())
        .map(|field| format!("{field} not set"))
        .collect();
    match missing.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}

fn is_filled(value: &Value) -> bool {
    !value.is_null()
}

/// The text without the lines that begin with `#`.
fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The objects of an edited text.
fn read(text: &str) -> Result<Vec<Value>, String> {
    let mut values = Vec::new();
    for document in parse(text) {
        match (document.value, document.error) {
            (Some(value), None) if value.str_at(&["kind"]) == "List" => {
                values.extend(value.list_at(&["items"]).iter().cloned());
            }
            (Some(value), None) if !value.is_null() => values.push(value),
            (_, Some(error)) => {
                return Err(format!("error parsing edited-file: error converting YAML to JSON: {}", error.message));
            }
            _ => {}
        }
    }
    Ok(values)
}

/// Sends what was changed as a patch, and says what became of it.
fn store(how: How, object: &Rc<Object>, value: &Value, cx: &mut Cx<'_>) -> Result<&'static str, Failure> {
    let original = value_of(object, how.shows_managers);
    let mut noting = value.clone();
    cx.note_cause_in(&mut noting);
    let value = &noting;
    let is_other = [&["apiVersion"][..], &["kind"], &["metadata", "name"]]
        .into_iter()
        .any(|path| original.str_at(path) != value.str_at(path));
    if is_other {
        return Err(Failure::client("At least one of apiVersion, kind and name was changed"));
    }
    let key: Key = object.key();
    let saved = how.saves_config.then(|| with_last_applied(value, &key.namespace));
    let patch = patch_between(&key, Some(&original), saved.as_ref().unwrap_or(value), object);
    if patch.as_map().is_none_or(crate::model::Map::is_empty) {
        return Ok("skipped");
    }
    if how.shows_patch {
        cx.out.out(format!("Patch: {}", to_json(&patch)));
    }
    let answer = cx.send(false, &mut |cluster, manager| {
        let client = Client { manager, validation: FieldValidation::Strict };
        match how.place {
            Place::Part(part) => cluster.patch_part(&key, part, PatchType::Strategic, &patch, client),
            _ => cluster.patch_value(&key, PatchType::Strategic, &patch, client),
        }
    })?;
    warn(&answer, cx);
    Ok("edited")
}
