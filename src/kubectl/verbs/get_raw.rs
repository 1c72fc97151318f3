//! `--raw`: what the API server answers at a path, and what the flag may not stand beside.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::Args;
use crate::kubectl::print;
use crate::kubectl::resources::{Resource, fetch};
use crate::model::{JsonStyle, Kind, Text};

/// `get --raw`: what the API server answers at a path.
///
/// # Errors
/// A path that the lab does not serve.
pub(super) fn raw(path: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let parts: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty()).collect();
    let kinds: Vec<Kind> = cx.cluster().kinds().collect();
    let find = |version: &str, plural: &str| {
        kinds.iter().copied().find(|kind| kind.api_version() == version && kind.names().plural == plural)
    };
    let (version, rest) = match parts.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => {
            cx.out.out("ok");
            cx.out.is_unterminated = true;
            return Ok(Flow::Done(0));
        }
        ["version"] => {
            let version = cx.cluster().kubernetes().version();
            let value = crate::obj! {
                "gitVersion" => version.to_string(), "major" => "1", "minor" => version.minor.to_string(),
                "platform" => "linux/amd64",
            };
            print::text_lines(
                &crate::model::to_json_styled(&value, JsonStyle { indent: 2, escape_html: false }),
                &mut cx.out,
            );
            return Ok(Flow::Done(0));
        }
        ["api", version, rest @ ..] => ((*version).to_string(), rest),
        ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
        _ => (String::new(), parts.as_slice()),
    };
    let (namespace, plural, name) = match rest {
        ["namespaces", namespace, plural, name @ ..] => (Some(Text::new(namespace)), *plural, name.first().copied()),
        [plural, name @ ..] => (None, *plural, name.first().copied()),
        [] => (None, "", None),
    };
    let Some(kind) = find(&version, plural) else {
        let text = "Error from server (NotFound): the server could not find the requested resource";
        return Err(Failure::Raw(text.into()));
    };
    let value = match name {
        Some(name) => fetch(Resource::Kept(kind), &namespace.unwrap_or_default(), name, cx)?.to_value(),
        None => {
            let all = cx.cluster().list(kind).filter(|it| namespace.as_ref().is_none_or(|ns| it.meta.namespace == *ns));
            let items: Vec<crate::model::Value> = all.map(|object| object.to_value()).collect();
            let version = cx.cluster().resource_version().to_string();
            crate::obj! {
                "apiVersion" => kind.api_version(), "items" => items, "kind" => format!("{}List", kind.names().kind),
                "metadata" => crate::obj! { "resourceVersion" => version },
            }
        }
    };
    print::text_lines(&(crate::model::to_json(&value) + "\n"), &mut cx.out);
    Ok(Flow::Done(0))
}

/// What `--raw` of verbs that send a file may not stand beside.
///
/// # Errors
/// kubectl's words for it.
pub(super) fn check_sent_file(args: &Args) -> Result<(), Failure> {
    let path = args.text("raw");
    let files = args.list("filename");
    let is_remote = |file: &String| file.starts_with("http://") || file.starts_with("https://");
    let why = match () {
        () if path.is_empty() => return Ok(()),
        () if args.is("edit") => "--raw and --edit are mutually exclusive",
        () if files.len() != 1 => "--raw can only use a single local file or stdin",
        () if files.iter().any(is_remote) => "--raw cannot read from a url",
        () if args.is("recursive") => "--raw and --recursive are mutually exclusive",
        () if !args.text("selector").is_empty() => "--raw and --selector (-l) are mutually exclusive",
        () if !args.text("output").is_empty() => "--raw and --output are mutually exclusive",
        () if !path.starts_with('/') && !path.contains("://") => {
            return Err(Failure::client(format!(
                "--raw must be a valid URL path: parse {path:?}: invalid URI for request"
            )));
        }
        () => return Ok(()),
    };
    Err(Failure::client(why))
}
