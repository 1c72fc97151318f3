//! `kubectl config view`: the configuration as it is printed.
//!
//! Follows `pkg/cmd/config/view.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::{is_directory, read_file};
use crate::kubectl::flags::Args;
use crate::kubectl::kubeconfig::{KubeConfig, Part};
use crate::kubectl::output_formats::{self, Format, print_value};
use crate::model::{Map, Text, Value, encode_base64, to_json};
use crate::ordering::Order;

/// Runs the command.
///
/// # Errors
/// What kubectl refuses.
pub(super) fn view(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() {
        let words = args.before_dash().join(" ");
        return Err(Failure::Usage(format!("unexpected arguments: [{words}]"), "config view".into()));
    }
    if !args.is_unless_false("merge") && !args.has("kubeconfig") {
        return Err(Failure::client("if merge==false a precise file must be specified"));
    }
    let mut config = KubeConfig::load(args, cx);
    if args.is("minify") {
        let context = args.get("context").map_or_else(|| config.current(), str::to_string);
        if context.is_empty() {
            return Err(Failure::client("current-context must exist in order to minify"));
        }
        if config.entry(Part::Contexts, &context).is_none() {
            return Err(Failure::client(format!("cannot locate context {context}")));
        }
        config = config.minified(&context);
    }
    let mut value = config.shown();
    if args.is("flatten") {
        flatten(&mut value, cx)?;
    } else if !args.is("raw") {
        redact(&mut value);
    }
    match Format::of(args, cx)? {
        Format::Table(_) => output_formats::text_lines(&crate::manifest::to_yaml(&value), &mut cx.out),
        Format::Json(_) => output_formats::text_lines(&(in_order(&value, 0) + "\n"), &mut cx.out),
        Format::Name => cx.out.out("config/<unknown>"),
        format => return Ok(Flow::Done(print_value(&format, &value, &mut cx.out))),
    }
    OK
}

/// The fields that hold data, each with the one that may name a file instead.
const DATA: [(Part, &str, &str); 3] = [
    (Part::Clusters, "certificate-authority", "certificate-authority-data"),
    (Part::Users, "client-certificate", "client-certificate-data"),
    (Part::Users, "client-key", "client-key-data"),
];

fn entries_mut(value: &mut Value, part: Part) -> &mut [Value] {
    match value.list_at(&[part.plural()]).is_empty() {
        true => &mut [],
        false => value.at_mut(&[part.plural()]).list_mut(),
    }
}

/// Puts what files hold in the place of their names. Follows `FlattenConfig` of client-go.
fn flatten(value: &mut Value, cx: &Cx<'_>) -> Result<(), Failure> {
    for (part, file, data) in DATA {
        for entry in entries_mut(value, part) {
            let name = entry.str_at(&[part.singular(), file]).to_string();
            if name.is_empty() || !entry.str_at(&[part.singular(), data]).is_empty() {
                continue;
            }
            let Some(text) = read_file(&name, cx) else {
                let why = if is_directory(&name, cx) { "is a directory" } else { "no such file or directory" };
                return Err(Failure::client(format!("open {name}: {why}")));
            };
            entry.set_at(&[part.singular(), data], encode_base64(text.as_bytes()));
            _ = entry.remove_at(&[part.singular(), file]);
        }
    }
    Ok(())
}

/// Hides what nobody should read over a shoulder.
fn redact(value: &mut Value) {
    for (part, _, field) in DATA {
        for entry in entries_mut(value, part).iter_mut().filter(|it| it.at(&[part.singular(), field]).is_some()) {
            entry.set_at(&[part.singular(), field], "DATA+OMITTED");
        }
    }
    for entry in entries_mut(value, Part::Users) {
        for field in ["token", "password"] {
            if !entry.str_at(&["user", field]).is_empty() {
                entry.set_at(&["user", field], "REDACTED");
            }
        }
    }
}

/// The fields of the client's types in their order: no two types disagree.
const ORDER: [&str; 36] = [
    "kind",
    "command",
    "args",
    "env",
    "apiVersion",
    "installHint",
    "provideClusterInfo",
    "interactiveMode",
    "clusters",
    "users",
    "contexts",
    "current-context",
    "name",
    "value",
    "config",
    "context",
    "cluster",
    "user",
    "namespace",
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "username",
    "password",
    "auth-provider",
    "exec",
];

/// JSON in the order of the client's types.
fn in_order(value: &Value, level: usize) -> String {
    let (inner, outer) = (" ".repeat(4 * (level + 1)), " ".repeat(4 * level));
    let lines = |open: char, parts: Vec<String>, close: char| match parts.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{inner}{}\n{outer}{close}", parts.join(&format!(",\n{inner}"))),
    };
    match value {
        Value::Map(map) => {
            let member =
                |(name, value): (&Text, &Value)| format!("{:?}: {}", name.as_str(), in_order(value, level + 1));
            lines('{', ordered(map).into_iter().map(member).collect(), '}')
        }
        Value::List(list) => lines('[', list.iter().map(|value| in_order(value, level + 1)).collect(), ']'),
        value => to_json(value),
    }
}

fn ordered(map: &Map) -> Vec<(&Text, &Value)> {
    let mut members: Vec<(&Text, &Value)> = map.iter().collect();
    members.order_by_key(|(name, _)| ORDER.iter().position(|known| *known == name.as_str()).unwrap_or(ORDER.len()));
    members
}
