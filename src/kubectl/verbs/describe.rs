//! `kubectl describe`: which objects, in which order, with what between them; what is said of one is elsewhere.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::describe::describe;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::resources::{Resource, Scope, Targets, fetch, namespace_of};
use crate::kubectl::table::align_tabs;
use crate::model::Object;
use std::rc::Rc;

/// The flags of `describe`.
pub const FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("selector", 'l', Takes::Text),
    short("all-namespaces", 'A', Takes::Bool),
    short("recursive", 'R', Takes::Bool),
    short("kustomize", 'k', Takes::Text),
    long("field-selector", Takes::Text),
    long("show-events", Takes::Bool),
    long("chunk-size", Takes::Int),
];

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words = args.before_dash();
    if words.is_empty() && !args.has("filename") {
        return Err(Failure::client(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    }
    let namespace = namespace_of(args, cx);
    let mut names = Vec::new();
    if args.has("filename") {
        names = super::files::names(args, cx)?;
    } else {
        match Targets::parse(words)? {
            Targets::Types(types) => {
                let scope = Scope::of(args, cx)?;
                let objects: Vec<_> = types.iter().flat_map(|it| scope.list(*it, cx.cluster())).collect();
                if objects.is_empty() {
                    let is_everywhere = types.iter().any(|resource| !resource.is_namespaced());
                    cx.out.err(match &scope.namespace {
                        Some(namespace) if !is_everywhere => format!("No resources found in {namespace} namespace."),
                        _ => "No resources found".into(),
                    });
                    return Ok(Flow::Done(0));
                }
                print(&objects, args, cx);
                return Ok(Flow::Done(0));
            }
            Targets::Names(found) => {
                names.extend(found.into_iter().map(|(resource, name)| (resource, name, namespace.clone())));
            }
        }
    }
    let mut objects = Vec::new();
    let mut failures = Vec::new();
    for (resource, name, namespace) in names {
        match fetch(resource, &namespace, &name, cx.cluster()) {
            Ok(object) => objects.push(object),
            Err(failure) => {
                let found = by_prefix(resource, &name, args, cx)?;
                if found.is_empty() {
                    failures.push(failure);
                } else if objects.is_empty() {
                    // Objects found by the beginning of their name come without events, each with an empty line.
                    for object in found {
                        put(&object, false, cx);
                        cx.out.out("");
                    }
                } else {
                    objects.extend(found);
                }
            }
        }
    }
    print(&objects, args, cx);
    for failure in &failures {
        cx.fail(failure);
    }
    Ok(Flow::Done(i32::from(!failures.is_empty())))
}

fn by_prefix(resource: Resource, name: &str, args: &Args, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
    let scope = Scope::of(args, cx)?;
    let all = scope.list(resource, cx.cluster());
    Ok(all.into_iter().filter(|object| object.meta.name.starts_with(name)).collect())
}

fn print(objects: &[Rc<Object>], args: &Args, cx: &mut Cx<'_>) {
    let shows_events = match args.get("show-events") {
        Some(_) => args.is("show-events"),
        None => objects.len() == 1,
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
