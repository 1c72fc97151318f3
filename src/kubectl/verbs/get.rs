//! `kubectl get`: tables and other formats of objects, once or watched; lays nothing out itself.
//!
//! Follows `pkg/cmd/get/get.go` of kubectl.

use super::get_rows::Look;
use super::scale::scale_of;
use super::{get_watch, raw};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::{self, help};
use crate::kubectl::jsonpath;
use crate::kubectl::long_list;
use crate::kubectl::manifests::{self, are_named};
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::resources::{Resource, namespace_of};
use crate::kubectl::selection::{self, Labelled, Rules, Selection, select};
use crate::kubectl::sorting;
use crate::kubectl::table::Table;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::{Kind, Object};
use std::rc::Rc;

/// The row of `kubectl get`.
pub const GET: Verb = Verb {
    name: "get",
    flags: FLAGS,
    run,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: Group::Intermediate.at(2),
    ways: Ways::USUAL,
    help: help(
        "Display one or many resources.",
        &[
            ("Sets, pods and claims", "kubectl get sts,pods,pvc"),
            ("Pods with their addresses and nodes", "kubectl get pods -o wide"),
            ("Watch pods come and go", "kubectl get pods -w"),
            (
                "Names and images only",
                "kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image",
            ),
        ],
        &[
            help::OUTPUT,
            help::SELECTOR,
            help::ALL_NAMESPACES,
            ("--field-selector=''", "Only objects whose fields match, as in status.phase=Running."),
            ("--show-labels=false", "A column with all labels."),
            ("-L, --label-columns=[]", "A column for each of these labels."),
            ("--show-managed-fields=false", "With yaml and json: who owns which fields."),
            ("--sort-by=''", "A JSONPath to sort by."),
            ("--no-headers=false", "Leave the header out."),
            ("--ignore-not-found=false", "A missing object is no error."),
            ("-w, --watch=false", "Go on listing changes; Ctrl-C ends it."),
            help::FILE,
        ],
        "get [(-o|--output=)...] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags] [options]",
    ),
};

/// The flags of `get`.
pub const FLAGS: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    &[
        selection::SELECTOR,
        selection::FIELD_SELECTOR,
        selection::ALL_NAMESPACES,
        short("watch", 'w', Takes::Bool),
        short("label-columns", 'L', Takes::List),
        long("show-labels", Takes::Bool),
        long("show-kind", Takes::Bool),
        long("no-headers", Takes::Bool),
        long("sort-by", Takes::Text),
        long("ignore-not-found", Takes::Bool),
        long("watch-only", Takes::Bool),
        long("output-watch-events", Takes::Bool),
        long("chunk-size", Takes::Int).ignored(),
        long("raw", Takes::Text),
        long("server-print", Takes::Bool),
        long("subresource", Takes::Text),
    ],
];

/// Runs the command.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let is_watch = args.is("watch") || args.is("watch-only");
    if !args.text("raw").is_empty() {
        check_raw(args, is_watch)?;
        return raw::get(args.text("raw"), cx);
    }
    let output = args.text("output");
    if args.is("show-labels") && !matches!(output, "" | "wide") {
        return Err(Failure::client(format!("--show-labels option cannot be used with {output} printer")));
    }
    let has_columns = !args.list("label-columns").is_empty() && cx.is_kubectl(37);
    if has_columns && !matches!(output, "" | "wide") {
        return Err(Failure::client(format!("--label-columns option cannot be used with {output} printer")));
    }
    if args.is("output-watch-events") && !is_watch {
        return Err(Failure::client("--output-watch-events option can only be used with --watch or --watch-only"));
    }
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::Raw(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a \
             detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and \
             examples"
                .into(),
        ));
    }
    let format = Format::in_columns(args, cx)?;
    // The server prints tables itself: what is read of files then has no labels.
    let labelled = if format.is_table() { Labelled::Not } else { Labelled::Live };
    let found = select(args, Rules { type_is_all: true, labelled, ..Rules::default() }, cx)?;
    if is_watch {
        warn_of_sorting(args, cx);
        return get_watch::watch(args, &format, found, cx);
    }
    if format.is_table() { get_table(args, &format, found, cx) } else { get_whole(args, &format, found, cx) }
}

/// Refuses what does not go with `--raw`.
fn check_raw(args: &Args, is_watch: bool) -> Result<(), Failure> {
    let path = args.text("raw");
    if !args.before_dash().is_empty() {
        return Err(Failure::client("arguments may not be passed when --raw is specified"));
    }
    if is_watch || !args.text("selector").is_empty() {
        let text = "--raw may not be specified with other flags that filter the server request or alter the output";
        return Err(Failure::client(text));
    }
    if !args.text("output").is_empty() {
        return Err(Failure::client("--raw and --output are mutually exclusive"));
    }
    raw::check_path(path)
}

/// What comes of a watch is not sorted.
fn warn_of_sorting(args: &Args, cx: &mut Cx<'_>) {
    if args.text("sort-by").is_empty() {
        return;
    }
    cx.out.err(match args.is("watch") {
        true => "warning: --watch requested, --sort-by will be ignored for watch events received",
        false => "warning: --watch-only requested, --sort-by will be ignored",
    });
}

/// Prints tables: a group for each kind, and what went wrong below.
fn get_table(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let ignores_missing = args.is("ignore-not-found");
    let mut failures = found.failures;
    if ignores_missing {
        failures.retain(|failure| !failure.is_not_found());
    }
    let kinds = |at: usize| found.objects.get(at).map(|object| object.kind);
    let has_several = found.types.len() > 1 || (1..found.objects.len()).any(|at| kinds(at) != kinds(0));
    let before = cx.out.lines.len();
    match show_tables(args, format, &found.objects, has_several, cx) {
        // The error about one table is lost on the way; that about several is said.
        // What cannot be sorted at all ends the program there and then.
        Err(Failure::Raw(text)) => {
            cx.out.err(text);
            return Ok(Flow::Done(1));
        }
        Err(_) if !has_several && jsonpath::check_path(args.text("sort-by")).is_ok() => {}
        shown => shown?,
    }
    if cx.out.lines.len() == before && !ignores_missing && failures.is_empty() {
        cx.out.err(nothing_found(args, &found.types, cx));
    }
    if !ignores_missing {
        for resource in &found.types {
            if let Resource::Absent(kind) = resource {
                let is_alone = found.types.iter().all(|it| matches!(it, Resource::Absent(_)));
                if is_alone {
                    cx.hint("unmodelled_kind", &[("kind", kind.plural)]);
                }
            }
        }
    }
    Ok(Flow::Done(cx.fail_listed(&failures)))
}

/// What `get` says where it finds nothing.
fn nothing_found(args: &Args, types: &[Resource], cx: &Cx<'_>) -> String {
    let is_everywhere = args.is("all-namespaces") || types.iter().any(|resource| !resource.is_namespaced());
    match is_everywhere {
        true => "No resources found".into(),
        false => format!("No resources found in {} namespace.", namespace_of(args, cx)),
    }
}

/// Prints objects in a format of their own: alone, or as one list.
///
/// Follows `printGeneric` in kubectl's `cmd/get`: where one thing was asked for, a failure is all that is said.
fn get_whole(args: &Args, format: &Format, found: Selection, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut failures = found.failures;
    if args.is("ignore-not-found") {
        failures.retain(|failure| !failure.is_not_found());
        if found.objects.is_empty() {
            return Ok(Flow::Done(cx.fail_all(&failures)));
        }
    }
    if found.is_single && !failures.is_empty() {
        return Ok(Flow::Done(cx.fail_all(&failures)));
    }
    let mut objects = found.objects;
    warn_of_old_versions(&objects, cx);
    sort(args, &mut objects, false)?;
    if args.text("subresource") == "scale"
        && let [only] = objects.as_slice()
    {
        if *format == Format::Name {
            cx.out.out(format!("scale.autoscaling/{}", only.meta.name));
            return Ok(Flow::Done(0));
        }
        let scale = scale_of(only, cx.cluster().replicas_of(only), cx.cluster());
        return Ok(Flow::Done(output_formats::print_value(format, &scale, &mut cx.out)));
    }
    let is_single = found.is_single && objects.len() == 1;
    if failures.is_empty()
        && !is_single
        && let Some(flow) = long_list::write(format, &objects, cx)
    {
        return Ok(flow);
    }
    let exit = output_formats::print(format, &objects, is_single, &mut cx.out);
    Ok(Flow::Done(cx.fail_all(&failures).max(exit)))
}

/// It comes with the answer's headers, before what is printed.
fn warn_of_old_versions(objects: &[Rc<Object>], cx: &mut Cx<'_>) {
    if objects.iter().any(|object| object.kind == Kind::Endpoints) {
        cx.out.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    }
    if objects.iter().any(|object| object.kind == Kind::ComponentStatus) {
        cx.out.err("Warning: v1 ComponentStatus is deprecated in v1.19+");
    }
    let mut kinds: Vec<Kind> = objects.iter().map(|object| object.kind).filter(|kind| kind.is_custom()).collect();
    kinds.dedup();
    for kind in kinds {
        if let Some(text) = cx.cluster().deprecation(kind, kind.names().version) {
            cx.out.err(format!("Warning: {text}"));
        }
    }
}

fn sort(args: &Args, objects: &mut [Rc<Object>], is_table: bool) -> Result<(), Failure> {
    match args.text("sort-by") {
        "" => Ok(()),
        path => sorting::sort_by(objects, path, is_table),
    }
}

fn show_tables(
    args: &Args,
    format: &Format,
    objects: &[Rc<Object>],
    has_several: bool,
    cx: &mut Cx<'_>,
) -> Result<(), Failure> {
    warn_of_old_versions(objects, cx);
    let mut objects = objects.to_vec();
    if has_several && args.has("sort-by") && !args.text("sort-by").is_empty() {
        // Tables are compared as they are, without the objects that their rows stand for.
        return Err(sorting::no_such_field(args.text("sort-by")));
    }
    sort(args, &mut objects, true)?;
    let look = Look::of(args, format, has_several);
    let has_header = !args.is("no-headers");
    let mut rest = objects.as_slice();
    while let Some(first) = rest.first() {
        let kind = first.kind;
        let count = rest.iter().take_while(|object| object.kind == kind).count();
        let is_first = rest.len() == objects.len();
        let (group, behind) = rest.split_at(count);
        rest = behind;
        if !is_first && has_header {
            cx.out.out("");
        }
        let mut rows = if has_header { vec![look.header(kind, cx.cluster())] } else { Vec::new() };
        rows.extend(group.iter().map(|object| look.row(object, cx.cluster())));
        let mut table = if has_header { Table::default() } else { Table::tight() };
        cx.out.lines.extend(table.lines(&rows));
    }
    Ok(())
}
