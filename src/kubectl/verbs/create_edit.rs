//! `kubectl create --edit`: what files say goes to an editor first, and is created as it comes back.
//!
//! Follows `EditBeforeCreateMode` in kubectl's `cmd/util/editor`.

use super::requests::{chosen_sources, create_at, key_of, kind_of, validation};
use crate::i18n::console;
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::editing::{self, Draft, edited_by_command};
use crate::kubectl::flags::Args;
use crate::kubectl::manifests::{Source, objects_of};
use crate::kubectl::output_formats::print_operation;
use crate::manifest::to_yaml;
use crate::model::Value;
use crate::obj;

/// What is to be created, until the text comes back.
#[derive(Clone, Debug)]
struct Birth {
    args: Args,
    shown: String,
}

/// The name of the file in the editor.
const FILE: &str = "kubectl-create.yaml";

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub(super) fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (sources, failures) = chosen_sources(args, "no objects passed to create", cx)?;
    if !failures.is_empty() {
        return Ok(Flow::Done(cx.fail_all(&failures)));
    }
    for source in &sources {
        kind_of(source, cx)?;
    }
    let shown = text_of(&sources);
    let birth = Birth { args: args.clone(), shown: shown.clone() };
    if let Some(text) = edited_by_command(&shown, cx) {
        return Ok(birth.take(&text?, cx));
    }
    let head = console::find(cx.state.lang, "edit_head").unwrap_or("");
    let mut text: String = head.lines().map(|line| format!("{}\n", format!("# {line}").trim_end())).collect();
    text.push_str("#\n");
    text.push_str(&shown);
    Ok(editing::open(birth, FILE, text, cx))
}

fn text_of(sources: &[Source]) -> String {
    match sources {
        [only] => to_yaml(&only.value),
        several => {
            let items: Vec<Value> = several.iter().map(|source| source.value.clone()).collect();
            to_yaml(&obj! { "apiVersion" => "v1", "items" => items, "kind" => "List", "metadata" => obj! {} })
        }
    }
}

impl Draft for Birth {
    fn shown(&self) -> &str {
        &self.shown
    }

    fn take(self, text: &str, cx: &mut Cx<'_>) -> Flow {
        cx.manager = "kubectl-create".into();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        if text == self.shown {
            cx.out.err("Edit cancelled, no changes made.");
            return Flow::Done(0);
        }
        if text.trim().is_empty() {
            cx.out.err("Edit cancelled, saved file was empty.");
            return Flow::Done(0);
        }
        let (values, broken) = objects_of("edited-file", &text);
        if let Some(why) = broken {
            cx.out.err(why);
            return Flow::Done(1);
        }
        let mut failures = Vec::new();
        for value in values {
            failures.extend(create(&self.args, value, cx).err());
        }
        Flow::Done(cx.fail_all(&failures))
    }
}

fn create(args: &Args, value: Value, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let source = Source::edited(value);
    let kind = kind_of(&source, cx)?;
    let key = key_of(&source, kind, args, cx)?;
    let value = match args.is("save-config") {
        true => source.with_last_applied(&key.namespace),
        false => source.value.clone(),
    };
    let object = create_at(&value, &source.file, &key, validation(args)?, args, cx)?;
    print_operation(args, &object, "created", cx)
}
