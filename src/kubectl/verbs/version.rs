//! `kubectl version`: the client and the server.
//!
//! Follows `pkg/cmd/version/version.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::output_formats::text_lines;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::manifest::to_yaml;
use crate::model::{Map, Text, Value};
use crate::obj;

/// The row of `kubectl version`.
pub const VERSION: Verb = Verb {
    name: "version",
    flags: &[VERSION_FLAGS],
    run: version,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Other.at(5),
    ways: Ways { needs_server: false, ..Ways::USUAL },
    help: help(
        "Print the client and server version information for the current context.",
        &[("Both versions", "kubectl version")],
        &[("--client=false", "Only the client's."), ("-o, --output=''", "json or yaml.")],
        "version [options]",
    ),
};

/// The flags of `version`.
pub const VERSION_FLAGS: &[Flag] = &[long("client", Takes::Bool), short("output", 'o', Takes::Text)];

/// `kubectl version`.
///
/// # Errors
/// None.
pub fn version(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    // The client alone is told whatever stands there.
    if !args.before_dash().is_empty() && !args.is("client") {
        return Err(Failure::client(format!("extra arguments: [{}]", args.before_dash().join(" "))));
    }
    let version = cx.cluster().kubernetes().version();
    match args.text("output") {
        "" => {}
        format @ ("json" | "yaml") => {
            let minor = Text::from(version.minor.to_string());
            let of = |version: String| {
                obj! {
                    "compiler" => "gc", "gitVersion" => version, "major" => "1", "minor" => &minor,
                    "platform" => "linux/amd64",
                }
            };
            let (client, kustomize) = (version.kubectl(), version.kustomize());
            let mut value = obj! { "clientVersion" => of(client), "kustomizeVersion" => kustomize };
            if !args.is("client") {
                value.set_at(&["serverVersion"], of(version.to_string()));
            }
            let text = if format == "yaml" { to_yaml(&value) + "\n" } else { typed_json(&value) };
            text_lines(&text, &mut cx.out);
            return OK;
        }
        _ => return Err(Failure::client("--output must be 'yaml' or 'json'")),
    }
    cx.out.out(format!("Client Version: {}", version.kubectl()));
    cx.out.out(format!("Kustomize Version: {}", version.kustomize()));
    if !args.is("client") {
        cx.out.out(format!("Server Version: {version}"));
    }
    OK
}

/// JSON in the order of the client's types, of which every version has all.
fn typed_json(value: &Value) -> String {
    const FIELDS: [&str; 5] = ["major", "minor", "gitVersion", "compiler", "platform"];
    let parts = value.as_map().into_iter().flat_map(Map::iter).map(|(name, part)| match part.as_map() {
        Some(_) => {
            let fields: Vec<String> =
                FIELDS.iter().map(|field| format!("    {field:?}: {:?}", part.str_at(&[field]))).collect();
            format!("  {name:?}: {{\n{}\n  }}", fields.join(",\n"))
        }
        None => format!("  {name:?}: {:?}", part.as_str().unwrap_or_default()),
    });
    format!("{{\n{}\n}}\n", parts.collect::<Vec<_>>().join(",\n"))
}
