//! `kubectl replace`: whole objects of files in the place of the living ones.
//!
//! Follows `pkg/cmd/replace/replace.go` of kubectl.

use super::apply::LAST_APPLIED;
use super::dry_run::{self, DRY_RUN, is_dry, is_local};
use super::requests::{
    FIELD_MANAGER, OnFailure, VALIDATE, chosen_sources, create_at, for_each, key_of, kind_of, validation, warn,
};
use super::{client_objects, delete, raw};
use crate::cluster::{ApiError, Client, DeleteOptions, FieldValidation};
use crate::kubectl::command::{Cx, Failure, Flow, Job};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, Source, are_named};
use crate::kubectl::output_formats::{self, Format, print_operation};
use crate::kubectl::resources::check_name;
use crate::kubectl::selection::refuse_words_beside_files;
use crate::kubectl::subresource::Place;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Key, Millis, Text, Value};

/// The row of `kubectl replace`.
pub const REPLACE: Verb = Verb {
    name: "replace",
    flags: FLAGS,
    run: replace,
    manager: "kubectl-replace",
    completes: Completes::Nothing,
    listed: Group::Advanced.at(4),
    ways: Ways { changes_sizes: true, ..Ways::USUAL },
    help: help(
        "Replace a resource by file name or stdin.",
        &[("Put the manifest in the place of the living object", "kubectl replace -f manifest.yaml")],
        &[
            help::FILE,
            ("--force=false", "Delete, wait until it is gone and create anew."),
            ("--grace-period=-1", "With --force: seconds of grace for the old objects."),
            ("--timeout=0s", "With --force: how long to wait; 0 waits for five minutes."),
            help::DRY_RUN,
        ],
        "replace -f FILENAME [options]",
    ),
};

/// The flags of `replace`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        DRY_RUN,
        VALIDATE,
        FIELD_MANAGER,
        long("force", Takes::Bool),
        long("cascade", Takes::TextOr("background")),
        long("grace-period", Takes::Int),
        long("save-config", Takes::Bool),
        long("timeout", Takes::Duration),
        long("wait", Takes::Bool).ignored(),
        long("subresource", Takes::Text),
        long("raw", Takes::Text),
    ],
];

/// `kubectl replace`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn replace(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let validation = validation(args)?;
    dry_run::check(args, cx)?;
    Format::of(args, cx)?;
    delete::propagation(args, cx)?;
    if !are_named(args) {
        return Err(Failure::client("must specify one of -f and -k"));
    }
    check(args)?;
    if !args.text("raw").is_empty() {
        return raw::put(args, cx);
    }
    if args.is("force") {
        return force(args, validation, cx);
    }
    let exit = for_each(args, cx, "no objects passed to replace", OnFailure::GoOn, &mut |source, kind, cx| {
        let key = key_of(source, kind, args, cx)?;
        check_name(&key.name, &format!("error when replacing {:?}", source.file))?;
        let part = args.text("subresource");
        let place = Place::named(part, kind).map_err(|failure| placed(&failure, source))?;
        cx.check_access("get", kind, part, &key.namespace, &key.name)
            .map_err(|error| Failure::ServerAt(format!("error when replacing {:?}", source.file), error))?;
        let value = annotated(source, &key, args);
        if is_local(args)
            && let Some(object) = client_objects::of_file(&value, &key)
        {
            return print_operation(args, &object, "replaced", cx);
        }
        let answer = cx.send(is_dry(args), &mut |cluster, manager| {
            let client = Client { manager, validation };
            match place {
                Place::Whole => cluster.replace_from(&value, &key.namespace, client),
                Place::Part(part) => cluster.replace_part(&value, &key, part, client),
                Place::Scale => Err(no_scale(&value)),
            }
        });
        match answer {
            Ok(answer) => {
                warn(&answer, cx);
                print_operation(args, &answer.object, "replaced", cx)
            }
            Err(error) => Err(Failure::ServerAt(format!("error when replacing {:?}", source.file), error)),
        }
    })?;
    Ok(Flow::Done(exit))
}

/// The API server's words about a place that is not there, with the file that was to be put there.
fn placed(failure: &Failure, source: &Source) -> Failure {
    let text = failure.to_string();
    let (lead, why) = text.split_once(": ").unwrap_or(("", &text));
    Failure::Raw(format!("{lead}: error when replacing {:?}: {why}", source.file))
}

/// Why nothing that kubectl reads of a file can be put in the place of a Scale: it knows no such kind.
fn no_scale(value: &Value) -> ApiError {
    let (kind, version) = (value.str_at(&["kind"]), value.str_at(&["apiVersion"]));
    let version = version.rsplit('/').next().unwrap_or("");
    ApiError::BadRequest(format!(
        "{kind} in version {version:?} cannot be handled as a Scale: converting ({version}.{kind}) to \
         (autoscaling.Scale): unknown conversion"
    ))
}

/// What a file says, with the annotation kept up to date where the file has one; that of the living object goes.
fn annotated(source: &Source, key: &Key, args: &Args) -> Value {
    let is_annotated = !source.value.str_at(&["metadata", "annotations", LAST_APPLIED]).is_empty();
    match is_annotated || args.is("save-config") {
        true => source.with_last_applied(&key.namespace),
        false => source.value.clone(),
    }
}

/// The flags that may not stand beside each other; no file is read before.
fn check(args: &Args) -> Result<(), Failure> {
    let is_forced = args.is("force");
    let why = match () {
        () if args.int("grace-period").is_some_and(|grace| grace >= 0) && !is_forced => {
            "--grace-period must have --force specified"
        }
        () if args.duration("timeout").is_some_and(|length| length.0 != 0) && !is_forced => {
            "--timeout must have --force specified"
        }
        () if is_forced && is_dry(args) => "--dry-run can not be used when --force is set",
        () => return raw::check_sent_file(args),
    };
    Err(Failure::client(why))
}

/// How long `--force` waits until the old objects are gone, unless `--timeout` says so.
const PATIENCE: Millis = Millis::seconds(300);

/// Deletes what the files name and creates it anew once it is gone.
fn force(args: &Args, validation: FieldValidation, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    refuse_words_beside_files(args)?;
    let (sources, mut failures) = chosen_sources(args, "no objects passed to replace", cx)?;
    let options = DeleteOptions {
        // Nothing is gone at once here: a new object of the name follows.
        grace_period_seconds: args.int("grace-period").filter(|grace| *grace >= 0).map(|grace| grace.max(1)),
        propagation: delete::propagation(args, cx)?,
        ..DeleteOptions::BACKGROUND
    };
    let timeout = args.duration("timeout").filter(|length| length.0 > 0).unwrap_or(PATIENCE);
    let mut job = Renewal {
        gone: Vec::new(),
        new: Vec::new(),
        until: cx.now() + timeout,
        validation,
        args: args.clone(),
        manager: cx.manager.clone(),
    };
    for source in sources {
        let kind = kind_of(&source, cx)?;
        let key = key_of(&source, kind, args, cx)?;
        if let Some(old) = cx.cluster().get(&key).cloned() {
            match cx.request(|cluster| cluster.delete(&key, &options)) {
                Ok(_) => {
                    let place = match key.namespace.as_str() {
                        "" => String::new(),
                        namespace => format!(" from {namespace} namespace"),
                    };
                    cx.out.out(match Format::of(args, cx)? {
                        Format::Name => format!("{}/{}", kind.qualified_singular(), key.name),
                        _ => format!("{} \"{}\" deleted{place}", kind.qualified_singular(), key.name),
                    });
                    job.gone.push((key.clone(), old.meta.uid.clone()));
                }
                Err(error) => {
                    failures.push(Failure::ServerAt(format!("error when deleting {:?}", source.file), error));
                }
            }
        }
        job.new.push((source, key));
    }
    match failures.is_empty() {
        true => Ok(Box::new(job).poll(cx)),
        false => Ok(Flow::Done(cx.fail_all(&failures))),
    }
}

/// Waits until old objects are gone and makes the new ones.
#[derive(Clone, Debug)]
struct Renewal {
    gone: Vec<(Key, Text)>,
    new: Vec<(Source, Key)>,
    until: Millis,
    validation: FieldValidation,
    args: Args,
    manager: Text,
}

impl Job for Renewal {
    fn poll(mut self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let cluster = cx.cluster();
        self.gone.retain(|(key, uid)| cluster.get(key).is_some_and(|object| object.meta.uid == *uid));
        if !self.gone.is_empty() {
            return match cx.now() >= self.until {
                true => Flow::Done(cx.fail(&Failure::client("timed out waiting for the condition"))),
                false => Flow::Wait(self),
            };
        }
        cx.manager = self.manager.clone();
        let mut failures = Vec::new();
        for (source, key) in &self.new {
            let value = annotated(source, key, &self.args);
            let made = create_at(&value, &source.file, key, self.validation, &self.args, cx);
            // kubectl does not say here which file it was at.
            let made = made.map_err(|failure| match failure {
                Failure::ServerAt(_, error) => Failure::Server(error),
                failure => failure,
            });
            failures.extend(made.and_then(|object| print_operation(&self.args, &object, "replaced", cx)).err());
        }
        Flow::Done(cx.fail_all(&failures))
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.until)
    }
}
