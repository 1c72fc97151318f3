//! `kubectl describe`: which objects, in which order, with what between them; what is said of one is elsewhere.
//!
//! Follows `pkg/cmd/describe/describe.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::{self, help};
use crate::kubectl::kinds::describe;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::resources::{Resource, Scope, Targets, fetch, namespace_of};
use crate::kubectl::selection::{self, Rules, Selection, has_selector, select};
use crate::kubectl::table::align_tabs;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::kubernetes::Difference;
use crate::model::Object;
use std::rc::Rc;

/// The row of `kubectl describe`.
pub const DESCRIBE: Verb = Verb {
    name: "describe",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Troubleshooting.at(1),
    ways: Ways::USUAL,
    help: help(
        "Show details of a specific resource or group of resources.",
        &[
            ("A set with its events", "kubectl describe sts web"),
            ("All pods whose names begin with web", "kubectl describe pod web"),
        ],
        &[help::SELECTOR, help::ALL_NAMESPACES, help::FILE, ("--show-events=true", "Add the events about the object.")],
        "describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
    ),
};

/// The flags of `describe`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    &[
        selection::SELECTOR,
        selection::ALL_NAMESPACES,
        long("show-events", Takes::Bool),
        long("chunk-size", Takes::Int).ignored(),
    ],
];

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    if words.is_empty() && !are_named(args) {
        return Err(Failure::client(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    }
    let rules = Rules { type_is_all: true, ..Rules::default() };
    let names = match are_named(args) {
        false => match Targets::parse(words, cx)? {
            Targets::Names(names) if !has_selector(args) => names,
            _ => Vec::new(),
        },
        true => Vec::new(),
    };
    if names.is_empty() || args.is("all-namespaces") {
        let found = select(args, rules, cx)?;
        return Ok(describe_found(&found, args, cx));
    }
    describe_names(&names, args, cx)
}

/// Describes what files or types mean.
fn describe_found(found: &Selection, args: &Args, cx: &mut Cx<'_>) -> Flow {
    if found.objects.is_empty() && found.failures.is_empty() {
        let is_everywhere = args.is("all-namespaces");
        let namespace = namespace_of(args, cx);
        cx.out.err(match is_everywhere {
            false => format!("No resources found in {namespace} namespace."),
            true => "No resources found".into(),
        });
        return Flow::Done(0);
    }
    print(&found.objects, true, args, cx);
    Flow::Done(cx.fail_listed(&found.failures))
}

/// Describes what is named; a name that nothing has is taken for the beginning of one.
fn describe_names(names: &[(Resource, String)], args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = namespace_of(args, cx);
    let mut objects = Vec::new();
    let mut failures = Vec::new();
    for (resource, name) in names {
        match fetch(*resource, &namespace, name, cx) {
            Ok(object) => objects.push(object),
            Err(failure) => {
                let found = by_prefix(*resource, name, args, cx)?;
                if found.is_empty() {
                    failures.push(failure);
                } else if objects.is_empty() {
                    // Objects found by the beginning of their name come without events, since 1.36 at least, each with an
                    // empty line.
                    let shows_events = !cx.cluster().kubernetes().has(Difference::FewEvents);
                    for object in found {
                        put(&object, shows_events, cx);
                        cx.out.out("");
                    }
                } else {
                    objects.extend(found);
                }
            }
        }
    }
    if !failures.is_empty() && args.before_dash().iter().any(|word| word.contains('/')) {
        // Names with their types are asked for in one go.
        return Ok(Flow::Done(cx.fail_all(&failures)));
    }
    let shows_events = names.len() == 1 || objects.len() == names.len();
    print(&objects, shows_events, args, cx);
    Ok(Flow::Done(cx.fail_all(&failures)))
}

fn by_prefix(resource: Resource, name: &str, args: &Args, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let scope = Scope::of(args, cx)?;
    let all = scope.list(resource, cx)?;
    Ok(all.into_iter().filter(|object| object.meta.name.starts_with(name)).collect())
}

fn print(objects: &[Rc<Object>], has_events: bool, args: &Args, cx: &mut Cx<'_>) {
    let shows_events = match args.get("show-events") {
        Some(_) => args.is("show-events"),
        None if !has_events => false,
        None => objects.len() == 1 || !cx.cluster().kubernetes().has(Difference::FewEvents),
    };
    for (number, object) in objects.iter().enumerate() {
        if number > 0 {
            cx.out.out("");
            cx.out.out("");
        }
        put(object, shows_events, cx);
    }
}

fn put(object: &Rc<Object>, shows_events: bool, cx: &mut Cx<'_>) {
    let text = describe(cx.cluster(), object, shows_events);
    for line in align_tabs(&text) {
        cx.out.out(line);
    }
}
