//! `kubectl delete`: asks for the deletion and waits until the objects are gone; what goes along with them is decided
//! elsewhere.
//!
//! Follows `pkg/cmd/delete/delete.go` of kubectl.

use super::dry_run::{self, DRY_RUN};
use super::raw_delete;
use crate::cluster::{DeleteOptions, Propagation};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::Format;
use crate::kubectl::resources::{Targets, check_name, fetch_for, namespace_of, qualified_name};
use crate::kubectl::screen_text::Prompt;
use crate::kubectl::selection::{
    self, All, Labelled, Named, Rules, has_selector, named_in_files, select_named, targets,
};
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::stateful_set::claim_templates;
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::ordering::Order;
use std::rc::Rc;

/// The row of `kubectl delete`.
pub const DELETE: Verb = Verb {
    name: "delete",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Intermediate.at(4),
    ways: Ways::USUAL,
    help: help(
        "Delete resources by file names, stdin, resources and names, or by resources and label selector.",
        &[
            ("Delete a pod; its set creates it anew", "kubectl delete pod web-0"),
            ("Delete a set and keep its pods", "kubectl delete sts web --cascade=orphan"),
            ("Delete everything that the manifest names", "kubectl delete -f manifest.yaml"),
        ],
        &[
            ("--all=false", "Every object of the type in the namespace."),
            (
                "--cascade='background'",
                "background, foreground or orphan: what happens to the objects that belong to it.",
            ),
            ("--force=false", "Remove pods at once, without waiting for their node."),
            ("--grace-period=-1", "Seconds of grace; -1 takes the pod's own."),
            ("--now=false", "A grace of one second."),
            ("--wait=true", "Wait until the objects are gone."),
            ("--ignore-not-found=false", "A missing object is no error."),
            help::FILE,
            help::SELECTOR,
            help::ALL_NAMESPACES,
            help::TIMEOUT,
        ],
        "delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [options]",
    ),
};

/// The flags of `delete`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        DRY_RUN,
        short("output", 'o', Takes::Text),
        short("interactive", 'i', Takes::Bool),
        long("all", Takes::Bool),
        long("cascade", Takes::TextOr("background")),
        long("force", Takes::Bool),
        long("grace-period", Takes::Int),
        long("now", Takes::Bool),
        long("wait", Takes::Bool),
        long("timeout", Takes::Duration),
        long("ignore-not-found", Takes::Bool),
        long("raw", Takes::Text),
    ],
];

/// Waits until deleted objects are gone.
#[derive(Clone, Debug)]
pub struct Deletion {
    left: Vec<(Key, Text)>,
    until: Option<Millis>,
    exit: i32,
}

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let propagation = propagation(args, cx)?;
    let grace = grace(args)?;
    dry_run::check(args, cx)?;
    if !args.text("raw").is_empty() {
        validate(args, grace, cx)?;
        return raw_delete::delete(args, cx);
    }
    // On the client nothing that has a name is asked for.
    let named = if dry_run::is_local(args) { named(args, cx)? } else { None };
    let mut files = Vec::new();
    let (count, objects, mut failures) = match &named {
        Some((names, _)) => (names.len(), Vec::new(), Vec::new()),
        None => chosen(args, &mut files, cx)?,
    };
    // Whoever takes what there is does not miss what is gone meanwhile.
    let takes_what_is = args.is("all") || has_selector(args);
    let ignores_missing = if args.has("ignore-not-found") { args.is("ignore-not-found") } else { takes_what_is };
    validate(args, grace, cx)?;
    let (format, dry_run) = (Format::of(args, cx)?, how_dry(args));
    let deletion = Asked { grace, propagation, format, dry_run, ignores_missing, files };
    if let Some((names, unread)) = named {
        warn_of_scope(args, names.iter().map(|named| named.resource.is_namespaced()), cx);
        for name in &names {
            let namespace = if name.resource.is_namespaced() { name.namespace.as_str() } else { "" };
            deletion.tell(&name.resource.qualified_singular(), &name.name, namespace, cx);
        }
        if names.is_empty() && unread.is_empty() {
            cx.out.out("No resources found");
        }
        return Ok(Flow::Done(cx.fail_all(&unread)));
    }
    // What is left of several errors stays a list, even if it is one.
    let is_list = ignores_missing && failures.len() > 1;
    if ignores_missing {
        failures.retain(|failure| !failure.is_not_found());
    }
    if count == 0 && failures.is_empty() {
        cx.out.out("No resources found");
        return Ok(Flow::Done(0));
    }
    warn_of_scope(args, objects.iter().map(|object| object.kind.names().is_namespaced), cx);
    let chosen = ToDelete { args: args.clone(), asked: deletion, objects, failures, is_list };
    match args.is("interactive") {
        true if !chosen.failures.is_empty() => Ok(Flow::Done(cx.fail_all(&chosen.failures))),
        true => Ok(chosen.confirmed(cx)),
        false => Ok(chosen.carried_out(cx)),
    }
}

/// What is to be deleted, and how.
#[derive(Clone, Debug)]
struct ToDelete {
    args: Args,
    asked: Asked,
    objects: Vec<Rc<Object>>,
    failures: Vec<Failure>,
    /// Whether failures stay a list, even if there is one.
    is_list: bool,
}

/// What `--interactive` asks.
const QUESTION: &str = "Do you want to continue? (y/N): ";

impl ToDelete {
    fn carried_out(mut self, cx: &mut Cx<'_>) -> Flow {
        let left = delete_all(&self.objects, &self.asked, &mut self.failures, cx);
        let exit = if self.is_list { cx.fail_listed(&self.failures) } else { cx.fail_all(&self.failures) };
        let timeout = self.args.duration("timeout").filter(|length| length.0 > 0);
        let job = Deletion { left, until: timeout.map(|length| cx.now() + length), exit };
        let waits = if self.args.has("wait") { self.args.is("wait") } else { self.asked.grace != Some(0) };
        match waits && self.asked.dry_run.is_none() {
            true => Box::new(job).poll(cx),
            false => Flow::Done(exit),
        }
    }

    /// Lists what would go, and waits for a word.
    ///
    /// Follows `confirmation` in pkg/cmd/delete/delete.go.
    fn confirmed(self, cx: &mut Cx<'_>) -> Flow {
        if self.objects.is_empty() {
            cx.out.out("No resources found");
            return Flow::Done(0);
        }
        cx.out.out(format!("You are about to delete the following {} resource(s):", self.objects.len()));
        self.objects.iter().for_each(|object| cx.out.out(qualified_name(object)));
        match cx.stdin.take() {
            Some(input) => {
                cx.out.out(QUESTION);
                self.answered(input.lines().next().unwrap_or(""), cx)
            }
            None => Flow::Wait(Box::new(Confirmation(self))),
        }
    }

    fn answered(self, word: &str, cx: &mut Cx<'_>) -> Flow {
        match word.trim().eq_ignore_ascii_case("y") {
            true => self.carried_out(cx),
            false => {
                cx.out.out("deletion is cancelled");
                Flow::Done(0)
            }
        }
    }
}

/// `delete --interactive`, until somebody answers.
#[derive(Clone, Debug)]
struct Confirmation(ToDelete);

impl Job for Confirmation {
    fn poll(self: Box<Self>, _cx: &mut Cx<'_>) -> Flow {
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn prompt(&self) -> Option<Prompt> {
        Some(Prompt { text: QUESTION.into(), is_hidden: false })
    }

    fn line(self: Box<Self>, text: &str, cx: &mut Cx<'_>) -> Flow {
        self.0.answered(text, cx)
    }

    fn end_of_input(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        self.0.answered("", cx)
    }
}

/// How the deletion was asked for.
#[derive(Clone, Debug)]
struct Asked {
    /// Seconds; `None` takes each pod's own.
    grace: Option<i64>,
    propagation: Propagation,
    format: Format,
    /// What stands behind each line of a dry run.
    dry_run: Option<&'static str>,
    /// Whether what is missing is passed over in silence.
    ignores_missing: bool,
    /// The files that name objects.
    files: Vec<(Key, String)>,
}

impl Asked {
    /// A refusal, with the file that names the object.
    fn located(&self, object: &Object, failure: Failure) -> Failure {
        match self.files.iter().find(|(key, _)| *key == object.key()) {
            Some((_, file)) => failure.at(&format!("error when deleting {file:?}")),
            None => failure,
        }
    }

    /// Says that an object is deleted.
    fn tell(&self, kind: &str, name: &str, namespace: &str, cx: &mut Cx<'_>) {
        if self.format == Format::Name {
            cx.out.out(format!("{kind}/{name}"));
            return;
        }
        let verb = if self.grace == Some(0) { "force deleted" } else { "deleted" };
        let place = if namespace.is_empty() { String::new() } else { format!(" from {namespace} namespace") };
        let suffix = self.dry_run.unwrap_or_default();
        cx.out.out(format!("{kind} {name:?} {verb}{place}{suffix}"));
    }
}

/// What stands behind the lines of a dry run. `None` if it is none.
fn how_dry(args: &Args) -> Option<&'static str> {
    match args.dry_run() {
        "none" => None,
        "server" => Some(" (server dry run)"),
        _ => Some(" (dry run)"),
    }
}

/// The seconds of grace that the flags ask for; `None` takes each pod's own.
///
/// Follows `Complete` in pkg/cmd/delete/delete.go: without `--force` nothing is gone at once.
fn grace(args: &Args) -> Result<Option<i64>, Failure> {
    let grace = args.int("grace-period").unwrap_or(-1);
    if args.is("now") && grace != -1 {
        return Err(Failure::client("--now and --grace-period cannot be specified together"));
    }
    Ok(match grace {
        _ if args.is("now") => Some(1),
        0 if !args.is("force") => Some(1),
        grace if grace < 0 => args.is("force").then_some(0),
        grace => Some(grace),
    })
}

fn validate(args: &Args, grace: Option<i64>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let output = args.text("output");
    if !matches!(output, "" | "name") {
        return Err(Failure::client(format!("unexpected -o output mode: {output}. We only support '-o name'")));
    }
    match grace {
        Some(0) => cx.out.err(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. \
             The resource may continue to run on the cluster indefinitely.",
        ),
        Some(1..) if args.is("force") => {
            return Err(Failure::client("--force and --grace-period greater than 0 cannot be specified together"));
        }
        _ => {}
    }
    Ok(())
}

/// Says that `-n` does not narrow what is deleted, if something among it has no namespace.
fn warn_of_scope(args: &Args, mut namespaced: impl Iterator<Item = bool>, cx: &mut Cx<'_>) {
    if args.has("namespace") && !args.is("all-namespaces") && namespaced.any(|is_namespaced| !is_namespaced) {
        cx.out.err("Warning: deleting cluster-scoped resources, not scoped to the provided namespace");
    }
}

/// What `--cascade` asks for.
///
/// # Errors
/// A value that the flag does not have.
pub(super) fn propagation(args: &Args, cx: &mut Cx<'_>) -> Result<Propagation, Failure> {
    Ok(match args.get("cascade") {
        None | Some("background" | "true") => Propagation::Background,
        Some("foreground") => Propagation::Foreground,
        Some("orphan") => Propagation::Orphan,
        Some("false") => {
            cx.out.err(
                "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.",
            );
            Propagation::Orphan
        }
        Some(other) => {
            return Err(Failure::client(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            )));
        }
    })
}

/// How many objects are meant, those that exist, and what went wrong.
type Chosen = (usize, Vec<Rc<Object>>, Vec<Failure>);

const RULES: Rules =
    Rules { type_is_all: false, all: All::Selector, labelled: Labelled::File, needs_types: false, asks: "delete" };

/// What is named one by one, and what could not be read.
type AllNamed = (Vec<Named>, Vec<Failure>);

/// What words or files name one by one, and what could not be read. `None` where a type or a selector chooses.
fn named(args: &Args, cx: &mut Cx<'_>) -> Result<Option<AllNamed>, Failure> {
    refuse_two_choices(args)?;
    if are_named(args) {
        return named_in_files(args, RULES, cx).map(Some);
    }
    let Targets::Names(names) = targets(args, RULES, cx)? else { return Ok(None) };
    let namespace = namespace_of(args, cx);
    let one = |(resource, name)| Named::of_words(resource, name, namespace.clone());
    Ok(Some((names.into_iter().map(one).collect(), Vec::new())))
}

fn refuse_two_choices(args: &Args) -> Result<(), Failure> {
    match args.is("all") && has_selector(args) {
        true => Err(Failure::client("setting 'all' parameter but found a non empty selector. ")),
        false => Ok(()),
    }
}

/// The objects that the command means.
fn chosen(args: &Args, files: &mut Vec<(Key, String)>, cx: &mut Cx<'_>) -> Result<Chosen, Failure> {
    refuse_two_choices(args)?;
    if !are_named(args) {
        let found = select_named(args, RULES, cx)?;
        return Ok((found.objects.len() + found.failures.len(), found.objects, found.failures));
    }
    let (names, mut failures) = named_in_files(args, RULES, cx)?;
    let (count, mut objects) = (names.len(), Vec::new());
    for named in names {
        let at = format!("error when deleting {:?}", named.file);
        let found = check_name(&named.name, &at).and_then(|()| {
            fetch_for("delete", "", named.resource, &named.namespace, &named.name, cx)
                .map_err(|failure| failure.at(&at))
        });
        match found {
            Ok(object) => {
                files.push((object.key(), named.file));
                objects.push(object);
            }
            Err(failure) => failures.push(failure),
        }
    }
    // What is missing comes before what could not be read, as the files are asked for in turn.
    failures.order_by_key(|failure| !failure.is_not_found());
    Ok((count, objects, failures))
}

fn delete_all(objects: &[Rc<Object>], asked: &Asked, failures: &mut Vec<Failure>, cx: &mut Cx<'_>) -> Vec<(Key, Text)> {
    let options = DeleteOptions {
        grace_period_seconds: asked.grace,
        propagation: asked.propagation,
        ..DeleteOptions::BACKGROUND
    };
    let mut left = Vec::new();
    let mut has_sets = false;
    cx.one_by_one(objects, failures, &mut |object, cx| {
        if asked.dry_run.is_none() {
            // The garbage collector may have been quicker than the next name of the list, and a name may stand there twice.
            let deleted = cx.request(|cluster| cluster.delete(&object.key(), &options).map(drop));
            match deleted.map_err(Failure::from) {
                Err(failure) if failure.is_not_found() && asked.ignores_missing => return Ok(()),
                Err(failure) => return Err(asked.located(object, failure)),
                Ok(()) => {}
            }
        }
        has_sets |= object.kind == Kind::StatefulSet;
        left.push((object.key(), object.meta.uid.clone()));
        asked.tell(&object.kind.qualified_singular(), &object.meta.name, &object.meta.namespace, cx);
        Ok(())
    });
    if has_sets && asked.dry_run.is_none() {
        hint_of_claims(objects, cx);
    }
    left
}

/// Says that claims outlive their set, where they do.
fn hint_of_claims(objects: &[Rc<Object>], cx: &mut Cx<'_>) {
    let keeps = |set: &&Rc<Object>| {
        set.kind == Kind::StatefulSet
            && !claim_templates(set).is_empty()
            && set.str_at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) != "Delete"
    };
    let names: Vec<String> = objects.iter().filter(keeps).map(|set| set.meta.name.to_string()).collect();
    if !names.is_empty() {
        cx.hint("pvc_kept", &[("name", &names.join(", "))]);
    }
}

impl Job for Deletion {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let cluster = cx.cluster();
        self.left.retain(|(key, uid)| cluster.get(key).is_some_and(|object| object.meta.uid == *uid));
        if self.left.is_empty() {
            return Flow::Done(self.exit);
        }
        if self.until.is_some_and(|until| cx.now() >= until) {
            for (key, _) in &self.left {
                let name = format!("{}/{}", key.kind.names().plural, key.name);
                cx.out.err(format!("error: timed out waiting for the condition on {name}"));
            }
            return Flow::Done(1);
        }
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.until
    }
}
