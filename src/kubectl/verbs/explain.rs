//! `kubectl explain`: what the API's types say of themselves.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::explain::explain as explain_text;
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
pub const FLAGS: &[&[Flag]] =
    &[&[long("recursive", Takes::Bool), long("api-version", Takes::Text), short("output", 'o', Takes::Text).ignored()]];

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
            explain_custom::explain(kind, &schema, &fields, args.is("recursive"), cx.state.lang)
        }
        None => explain_text(path, args.is("recursive"), cx.state.lang, cx.cluster().kubernetes()),
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
