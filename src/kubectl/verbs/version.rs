//! `kubectl version`: the client and the server.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::print::text_lines;
use crate::kubectl::verb::{Completes, Verb};
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, to_json_styled};
use crate::obj;

/// The row of `kubectl version`.
pub const VERSION: Verb = Verb {
    name: "version",
    flags: &[VERSION_FLAGS],
    run: version,
    manager: "kubectl",
    completes: Completes::Nothing,
    help: help(
        "Print the client and server version information for the current context.",
        &[("Both versions", "kubectl version")],
        &[("--client=false", "Only the client's."), ("-o, --output=''", "json or yaml.")],
        "version [options]",
    ),
};

/// The flags of `version`.
pub const VERSION_FLAGS: &[Flag] =
    &[long("client", Takes::Bool), long("short", Takes::Bool), short("output", 'o', Takes::Text)];

/// `kubectl version`.
///
/// # Errors
/// None.
pub fn version(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match args.text("output") {
        "" => {}
        format @ ("json" | "yaml") => {
            let of = |version: &'static str| {
                obj! { "compiler" => "gc", "gitVersion" => version, "major" => "1", "minor" => "36", "platform" => "linux/amd64" }
            };
            let mut value = obj! { "clientVersion" => of("v1.36.4"), "kustomizeVersion" => "v5.8.1" };
            if !args.is("client") {
                value.set_at(&["serverVersion"], of("v1.36.2"));
            }
            let style = JsonStyle { indent: 2, escape_html: false };
            let text = if format == "yaml" { to_yaml(&value) } else { to_json_styled(&value, style) + "\n" };
            text_lines(&text, &mut cx.out);
            return OK;
        }
        _ => return Err(Failure::client("--output must be 'yaml' or 'json'")),
    }
    cx.out.out("Client Version: v1.36.4");
    cx.out.out("Kustomize Version: v5.8.1");
    if !args.is("client") {
        cx.out.out("Server Version: v1.36.2");
    }
    OK
}
