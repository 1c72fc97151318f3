//! `kubectl explain`: what the API's types say of themselves.
//!
//! Follows `pkg/cmd/explain/explain.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::explain::{DEPTH_MAX, explain as explain_text};
use crate::kubectl::explain_custom;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::output_formats::text_lines;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::Kind;

/// The row of `kubectl explain`.
pub const EXPLAIN: Verb = Verb {
    name: "explain",
    flags: FLAGS,
    run: explain,
    manager: "kubectl",
    completes: Completes::Kinds,
    listed: Group::Intermediate.at(1),
    ways: Ways::USUAL,
    help: help(
        "Describe fields and structure of various resources.",
        &[("The fields of a set's spec", "kubectl explain sts.spec")],
        &[("--recursive=false", "The whole tree of fields.")],
        "explain TYPE [--recursive=FALSE|TRUE] [options]",
    ),
};

/// The flags of `explain`.
pub const FLAGS: &[&[Flag]] = &[&[
    short("recursive", 'R', Takes::Bool),
    long("max-depth", Takes::Int),
    long("api-version", Takes::Text),
    short("output", 'o', Takes::Text),
]];

/// How many levels of fields are asked for; `None` for one with what each field is.
fn depth(args: &Args) -> Result<Option<usize>, Failure> {
    let refuse = |text: &str| Err(Failure::client(text));
    match args.int("max-depth").unwrap_or(0) {
        ..0 => refuse("--max-depth must be non-negative"),
        1.. if !args.is("recursive") => refuse("--max-depth requires --recursive"),
        0 => Ok(args.is("recursive").then_some(DEPTH_MAX)),
        depth => Ok(Some(usize::try_from(depth).unwrap_or(DEPTH_MAX))),
    }
}

/// `kubectl explain`.
///
/// # Errors
/// What kubectl refuses.
pub fn explain(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(path) = args.before_dash().first() else {
        return Err(Failure::client(
            "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    };
    if args.before_dash().len() > 1 {
        return Err(Failure::client("We accept only this format: explain RESOURCE"));
    }
    if args.has("max-depth") && !cx.is_kubectl(37) {
        return Err(Failure::client("unknown flag: --max-depth\nSee 'kubectl explain --help' for usage."));
    }
    let depth = depth(args)?;
    if !matches!(args.text("output"), "" | "plaintext" | "plaintext-openapiv2") {
        return Err(Failure::client(format!("unrecognized format: {}", args.text("output"))));
    }
    let (word, fields) = path.split_once('.').unwrap_or((path, ""));
    if let (Some(version), Some(kind)) = (args.get("api-version"), Kind::from_resource(word))
        && version != kind.api_version()
    {
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let of = kind.names();
        return Err(Failure::client(match Kind::ALL.iter().any(|it| it.api_version() == args.text("api-version")) {
            true => format!("GVR ({group}/{version}, Resource={}) not found in OpenAPI schema", of.plural),
            false => format!("couldn't find resource for \"{group}/{version}, Resource={}\"", of.plural),
        }));
    }
    let custom = cx.cluster().custom_kinds().iter().copied().find(|kind| kind.is_called(word));
    let explained = match custom.filter(|_| Kind::from_resource(word).is_none()) {
        Some(kind) => {
            let schema = cx.cluster().preferred_version(kind).and_then(|it| it.at(&["schema", "openAPIV3Schema"]));
            let fields: Vec<&str> = fields.split('.').filter(|part| !part.is_empty()).collect();
            let schema = schema.cloned().unwrap_or_default();
            explain_custom::explain(kind, &schema, &fields, depth, cx.state.lang)
        }
        None => explain_text(path, depth, cx.state.lang, cx.cluster().kubernetes()),
    };
    match explained {
        Ok(text) => {
            text_lines(&text, &mut cx.out);
            if path.ends_with(".image") {
                cx.hint("images", &[]);
            }
            OK
        }
        Err(text) => Err(Failure::Raw(text)),
    }
}
