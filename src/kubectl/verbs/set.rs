//! `kubectl set image` and `set resources`: changes of a pod template.
//!
//! Follows `set_image.go` and `set_resources.go` in `pkg/cmd/set` of kubectl.

use super::client_objects;
use super::dry_run::{self, DRY_RUN, finish};
use super::requests::{FIELD_MANAGER, RECORD, update_as_asked};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, print_operation};
use crate::kubectl::resources::{NOTHING_NAMED, go_type};
use crate::kubectl::selection::{self, All, Labelled, Rules, Selection, objects_in_files, select_named};
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Kind, Object, Text, Value};
use std::rc::Rc;

/// The row of `kubectl set resources`.
pub const SET_RESOURCES: Verb = Verb {
    name: "set resources",
    flags: RESOURCES_FLAGS,
    run: resources,
    manager: "kubectl-set",
    completes: Completes::Sets,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Specify compute resource requirements for any resource that defines a pod template.",
        &[("Ask for more memory", "kubectl set resources sts/web --requests=memory=128Mi")],
        &[
            ("--limits=''", "The most, as in cpu=200m,memory=512Mi."),
            ("--requests=''", "The least, in the same form."),
            ("-c, --containers='*'", "Which containers."),
        ],
        "set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
    ),
};

/// The row of `kubectl set image`.
pub const SET_IMAGE: Verb = Verb {
    name: "set image",
    flags: IMAGE_FLAGS,
    run: image,
    manager: "kubectl-set",
    completes: Completes::Images,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Update existing container image(s) of resources.",
        &[("Roll out another image", "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25")],
        &[help::SELECTOR, help::DRY_RUN],
        "set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
    ),
};

/// What all `set` subcommands have.
pub(super) const COMMON: &[Flag] = &[DRY_RUN, FIELD_MANAGER, long("all", Takes::Bool), long("local", Takes::Bool)];

/// The flags of `set image`.
pub const IMAGE_FLAGS: &[&[Flag]] = &[manifests::FLAGS, output_formats::FLAGS, COMMON, &[selection::SELECTOR, RECORD]];

/// The flags of `set resources`.
pub const RESOURCES_FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    COMMON,
    &[
        selection::SELECTOR,
        RECORD,
        long("limits", Takes::Text),
        long("requests", Takes::Text),
        short("containers", 'c', Takes::Text),
    ],
];

/// The words that name objects, and the changes behind them, of which `what` tells for messages.
pub(super) fn split(args: &Args, what: &str, is_change: impl Fn(&str) -> bool) -> Result<(Args, Vec<String>), Failure> {
    let words = &args.words;
    let first = words.iter().position(|word| is_change(word)).unwrap_or(words.len());
    let (objects, changes) = words.split_at(first);
    if let Some(late) = changes.iter().find(|word| !is_change(word)) {
        let late = if what == "environment" { words.join(" ") } else { late.clone() };
        return Err(Failure::client(format!("all resources must be specified before {what} changes: {late}")));
    }
    let mut chosen = args.clone();
    chosen.words = objects.to_vec();
    chosen.dash_at = None;
    Ok((chosen, changes.to_vec()))
}

/// What is said where only files count and there is none.
const NO_FILE: &str = "you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'";

/// The objects that are meant. Where one of them cannot be read, none is changed.
pub(super) fn chosen(args: &Args, cx: &mut Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let found = found(args, cx)?;
    match cx.fail_all(&found.failures) {
        0 => Ok(found.objects),
        _ => Err(Failure::Said),
    }
}

fn found(args: &Args, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    if args.is("all") && !args.text("selector").is_empty() {
        return Err(Failure::client("cannot set --all and --selector at the same time"));
    }
    dry_run::check(args, cx)?;
    if args.is("local") && !args.before_dash().is_empty() {
        return Err(Failure::client(NO_FILE));
    }
    if args.is("local") && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    let rules = Rules { all: All::Type, labelled: Labelled::Live, needs_types: true, ..Rules::default() };
    let found = if args.is("local") { objects_in_files(args, cx)? } else { select_named(args, rules, cx)? };
    if let Some(object) = found.objects.iter().find(|object| object.kind.is_custom()) {
        // kubectl reads what it changes into its own types.
        return Err(Failure::client(format!(
            "no kind {:?} is registered for version {:?} in scheme \"k8s.io/kubectl/pkg/scheme/scheme.go:28\"",
            object.kind.names().kind,
            object.kind.api_version()
        )));
    }
    Ok(found)
}

/// Where an object says what its pods are; of a kind without pods, where it would.
pub(super) fn pod_spec_path(kind: Kind) -> &'static [&'static str] {
    kind.info().pods.unwrap_or(&["spec", "template", "spec"])
}

/// The containers of an object: a pod's own or its template's.
pub(super) fn containers_path(object: &Object) -> Vec<&'static str> {
    [pod_spec_path(object.kind), &["containers"]].concat()
}

pub(super) fn init_path(object: &Object) -> Vec<&'static str> {
    [pod_spec_path(object.kind), &["initContainers"]].concat()
}

/// Whether a subcommand also names what it leaves as it is.
fn says_all(verb: &str) -> bool {
    matches!(verb, "serviceaccount updated" | "selector updated")
}

/// What the API server refuses, as the subcommand that says `verb` of a change tells it.
///
/// Follows `pkg/cmd/set` of kubectl.
pub(super) fn refused(failure: Failure, verb: &str) -> Failure {
    let what = match verb {
        "image updated" => "image update to pod template:",
        "env updated" => "env update to pod template:",
        "resource requirements updated" => "resources update to pod template",
        "serviceaccount updated" => "ServiceAccountName",
        "subjects updated" => "subjects to rolebinding:",
        _ => return failure,
    };
    failure.told_behind(&format!("failed to patch {what}"))
}

/// Changes each chosen object; says `verb` of those that changed.
pub(super) fn change_all(
    args: &Args,
    chosen_args: &Args,
    verb: &str,
    cx: &mut Cx<'_>,
    change: &dyn Fn(&mut Object) -> Result<(), Failure>,
) -> Result<Flow, Failure> {
    // The one that visits them goes on with those that are there.
    let (objects, mut failures) = match verb {
        "selector updated" => found(chosen_args, cx).map(|found| (found.objects, found.failures))?,
        _ => (chosen(chosen_args, cx)?, Vec::new()),
    };
    cx.one_by_one(&objects, &mut failures, &mut |object, cx| {
        let mut next = Object::clone(object);
        // What could be changed is, even if something else could not.
        let problem = change(&mut next);
        if problem.is_ok() {
            cx.note_cause(&mut next);
        }
        if next == **object && (problem.is_err() || !args.is("local") && !says_all(verb)) {
            return problem;
        }
        let stored = match args.is("local") {
            true => Rc::new(client_objects::typed(next)),
            false => update_as_asked(object, next, args, cx).map_err(|failure| refused(failure, verb))?,
        };
        print_operation(args, &stored, verb, cx)?;
        problem
    });
    finish(&failures, cx)
}

/// `kubectl set image`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn image(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_change = |word: &str| word.find('=').is_some_and(|at| at > 0) || word.ends_with('-') && word != "-";
    let (chosen_args, changes) = split(args, "image", is_change)?;
    if let Some(wrong) = changes.iter().find(|change| !change.contains('=')) {
        return Err(Failure::client(format!("invalid image format: {wrong}")));
    }
    if chosen_args.words.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    if changes.is_empty() {
        chosen(&chosen_args, cx)?;
        return Err(Failure::client("at least one image update is required"));
    }
    change_all(args, &chosen_args, "image updated", cx, &|object| {
        needs_template(args, object)?;
        let mut missing = Vec::new();
        for change in &changes {
            let (name, image) = change.split_once('=').unwrap_or((change, ""));
            let mut is_found = false;
            for path in [init_path(object), containers_path(object)] {
                if object.list_at(&path).is_empty() {
                    continue;
                }
                for container in object.at_mut(&path).list_mut() {
                    if name == "*" || container.str_at(&["name"]) == name {
                        is_found = true;
                        match image {
                            "" => _ = container.remove_at(&["image"]),
                            image => container.set_at(&["image"], Text::new(image)),
                        }
                    }
                }
            }
            if !is_found {
                missing.push(format!("error: unable to find container named {name:?}"));
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Failure::Raw(missing.join("\n"))) }
    })
}

/// Refuses what makes no pods.
pub(super) fn needs_template(args: &Args, object: &Object) -> Result<(), Failure> {
    // A pod is one, also without a word in it.
    if object.kind == Kind::Pod || object.at(pod_spec_path(object.kind)).is_some_and(|spec| spec.as_map().is_some()) {
        return Ok(());
    }
    let why = format!("the object is not a pod or does not have a pod template: {}", go_type(object.kind));
    Err(told(args, object, &why))
}

/// What is wrong with an object, behind its name. Nobody has told the client the names of types in files: there it
/// breaks the line behind those that have a group.
pub(super) fn told(args: &Args, object: &Object, why: &str) -> Failure {
    let (kind, name) = (object.kind, &object.meta.name);
    Failure::client(match args.is("local") {
        true if !kind.names().group.is_empty() => format!("error: {}/{name}\n {why}", kind.qualified_singular()),
        true => format!("error: {}/{name} {why}", kind.qualified_singular()),
        false => format!("error: {}/{name} {why}", kind.names().plural),
    })
}

/// Whether `-c` means a container; `*` stands for any letters.
pub(super) fn is_meant(args: &Args, container: &Value) -> bool {
    let (wanted, name) = (args.get("containers").unwrap_or("*"), container.str_at(&["name"]));
    let Some((lead, rest)) = wanted.split_once('*') else { return wanted == name };
    let Some(mut name) = name.strip_prefix(lead) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_some() {
            name.find(part)
        } else {
            name.ends_with(part).then(|| name.len() - part.len())
        };
        let Some(at) = found else { return false };
        name = name.get(at + part.len()..).unwrap_or("");
    }
    true
}

/// `kubectl set resources`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn resources(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut chosen_args = args.clone();
    chosen_args.words = args.before_dash().to_vec();
    chosen_args.dash_at = None;
    if chosen_args.words.is_empty() && !are_named(args) {
        return Err(Failure::client(NOTHING_NAMED));
    }
    if args.text("limits").is_empty() && args.text("requests").is_empty() {
        return Err(Failure::client(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let mut wanted = Vec::new();
    for what in ["limits", "requests"] {
        for pair in args.text(what).split(',').filter(|pair| !pair.is_empty()) {
            let Some((name, amount)) = pair.split_once('=') else {
                let lead = if cx.is_kubectl(37) { "invalid" } else { "Invalid" };
                return Err(Failure::client(format!("{lead} argument syntax {pair}, expected <resource>=<value>")));
            };
            if crate::model::Quantity::parse(amount).is_err() {
                return Err(Failure::client(
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
                ));
            }
            wanted.push((what, name.to_string(), amount.to_string()));
        }
    }
    change_all(args, &chosen_args, "resource requirements updated", cx, &|object| {
        needs_template(args, object)?;
        let mut is_found = false;
        for path in [containers_path(object), init_path(object)] {
            if object.list_at(&path).is_empty() {
                continue;
            }
            for container in object.at_mut(&path).list_mut().iter_mut().filter(|it| is_meant(args, it)) {
                is_found = true;
                for (what, name, amount) in &wanted {
                    container.at_mut(&["resources", what]).map_mut().insert(name.clone(), Value::text(amount));
                }
            }
        }
        match is_found {
            true => Ok(()),
            false => Err(Failure::client(format!("unable to find container named {}", args.text("containers")))),
        }
    })
}
