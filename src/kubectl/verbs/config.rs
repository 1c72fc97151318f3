//! `kubectl config`: reads and changes the file of contexts.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::kubeconfig::{KubeConfig, Part};
use crate::kubectl::print::{self, Format, print_value};
use crate::kubectl::table::{Cell, Table};
use crate::kubectl::verb::{Completes, Verb};
use crate::model::{Text, Value};
use crate::obj;

type Run = fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>;

const fn row(
    name: &'static str,
    flags: &'static [&'static [Flag]],
    run: Run,
    summary: &'static str,
    usage: &'static str,
) -> Verb {
    Verb { name, flags, run, manager: "kubectl", completes: Completes::Nothing, help: help(summary, &[], &[], usage) }
}

/// The rows of `kubectl config`.
pub static ROWS: &[Verb] = &[
    row(
        "config current-context",
        &[],
        current_context,
        "Display the current-context.",
        "config current-context [options]",
    ),
    row(
        "config delete-cluster",
        &[],
        delete_cluster,
        "Delete the specified cluster from the kubeconfig.",
        "config delete-cluster NAME [options]",
    ),
    row(
        "config delete-context",
        &[],
        delete_context,
        "Delete the specified context from the kubeconfig.",
        "config delete-context NAME [options]",
    ),
    row(
        "config delete-user",
        &[],
        delete_user,
        "Delete the specified user from the kubeconfig.",
        "config delete-user NAME [options]",
    ),
    row(
        "config get-clusters",
        &[],
        get_clusters,
        "Display clusters defined in the kubeconfig.",
        "config get-clusters [options]",
    ),
    row(
        "config get-contexts",
        &[&[long("no-headers", Takes::Bool), short("output", 'o', Takes::Text)]],
        get_contexts,
        "Display one or many contexts from the kubeconfig file.",
        "config get-contexts [(-o|--output=)name)] [options]",
    ),
    row("config get-users", &[], get_users, "Display users defined in the kubeconfig.", "config get-users [options]"),
    row(
        "config rename-context",
        &[],
        rename_context,
        "Rename a context from the kubeconfig file.",
        "config rename-context CONTEXT_NAME NEW_NAME [options]",
    ),
    row(
        "config set",
        &[&[long("set-raw-bytes", Takes::Bool).ignored()]],
        set,
        "Set an individual value in a kubeconfig file.",
        "config set PROPERTY_NAME PROPERTY_VALUE [options]",
    ),
    row(
        "config set-cluster",
        &[&[
            short("server", 's', Takes::Text),
            long("certificate-authority", Takes::Text),
            long("insecure-skip-tls-verify", Takes::Bool),
            long("proxy-url", Takes::Text),
            long("tls-server-name", Takes::Text),
            long("embed-certs", Takes::Bool).ignored(),
        ]],
        set_cluster,
        "Set a cluster entry in kubeconfig.",
        "config set-cluster NAME [--server=server] [--insecure-skip-tls-verify=true] [options]",
    ),
    row(
        "config set-context",
        &[&[long("current", Takes::Bool)]],
        set_context,
        "Set a context entry in kubeconfig.",
        "config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
    ),
    row(
        "config set-credentials",
        &[&[
            long("token", Takes::Text),
            long("username", Takes::Text),
            long("password", Takes::Text),
            long("client-certificate", Takes::Text),
            long("client-key", Takes::Text),
            long("embed-certs", Takes::Bool).ignored(),
        ]],
        set_credentials,
        "Set a user entry in kubeconfig.",
        "config set-credentials NAME [--token=bearer_token] [--username=basic_user] [--password=basic_password] [options]",
    ),
    row(
        "config unset",
        &[],
        unset,
        "Unset an individual value in a kubeconfig file.",
        "config unset PROPERTY_NAME [options]",
    ),
    row(
        "config use",
        &[],
        use_context,
        "Set the current-context in a kubeconfig file.",
        "config use-context CONTEXT_NAME [options]",
    ),
    row(
        "config use-context",
        &[],
        use_context,
        "Set the current-context in a kubeconfig file.",
        "config use-context CONTEXT_NAME [options]",
    ),
    row(
        "config view",
        &[&[
            long("minify", Takes::Bool),
            long("raw", Takes::Bool),
            long("flatten", Takes::Bool).ignored(),
            long("merge", Takes::Bool).ignored(),
            short("output", 'o', Takes::Text),
            long("template", Takes::Text),
            long("allow-missing-template-keys", Takes::Bool),
        ]],
        view,
        "Display merged kubeconfig settings or a specified kubeconfig file.",
        "config view [flags] [options]",
    ),
];

/// The only word of a command. `refusal` is its name and how it begins to complain, behind its help.
fn one_name<'a>(args: &'a Args, verb: &str, refusal: &str, cx: &mut Cx<'_>) -> Result<&'a str, Failure> {
    match args.before_dash() {
        [name] => Ok(name),
        words => Err(unexpected(verb, refusal, words, cx)),
    }
}

/// Prints the help of a command and gives what it complains of.
///
/// Follows `helpErrorf` in pkg/cmd/config/config.go.
fn unexpected(verb: &str, refusal: &str, words: &[String], cx: &mut Cx<'_>) -> Failure {
    let help = ROWS.iter().find(|row| row.name == verb).map(|row| row.help.text()).unwrap_or_default();
    print::text_lines(&help, &mut cx.out);
    Failure::client(format!("{refusal}: [{}]", words.join(" ")))
}

const UNEXPECTED: &str = "Unexpected args";

fn current_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match KubeConfig::load(args, cx).current().as_str() {
        "" => Err(Failure::client("current-context is not set")),
        current => {
            cx.out.out(current);
            OK
        }
    }
}

fn names(args: &Args, part: Part, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.out("NAME");
    for name in KubeConfig::load(args, cx).names(part) {
        cx.out.out(name);
    }
    OK
}

fn get_clusters(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    names(args, Part::Clusters, cx)
}

fn get_users(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    names(args, Part::Users, cx)
}

fn get_contexts(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !matches!(args.text("output"), "" | "name") {
        return Err(Failure::client(format!(
            "--output {} is not available in kubectl config get-contexts; resetting to default output format",
            args.text("output")
        )));
    }
    let config = KubeConfig::load(args, cx);
    let all = config.names(Part::Contexts);
    let (wanted, missing): (Vec<String>, Vec<String>) = match args.before_dash() {
        [] => (all, Vec::new()),
        named => named.iter().cloned().partition(|name| all.contains(name)),
    };
    if args.text("output") == "name" {
        wanted.iter().for_each(|name| cx.out.out(name.clone()));
    } else {
        let cells = |cells: [&str; 5]| cells.into_iter().map(Cell::new).collect::<Vec<_>>();
        let mut rows = Vec::new();
        if !args.is("no-headers") {
            rows.push(cells(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]));
        }
        for name in &wanted {
            let context = config.entry(Part::Contexts, name).unwrap_or_else(Value::map);
            let text = |field: &'static str| context.str_at(&[field]).to_string();
            let mark = if *name == config.current() { "*" } else { "" };
            rows.push(cells([mark, name, &text("cluster"), &text("user"), &text("namespace")]));
        }
        cx.out.lines.extend(Table::default().lines(&rows));
    }
    let failures: Vec<Failure> =
        missing.iter().map(|name| Failure::client(format!("context {name} not found"))).collect();
    Ok(Flow::Done(cx.fail_all(&failures)))
}

/// Writes the flags that were given into an entry. Returns whether it is new.
fn put(args: &Args, part: Part, name: &str, fields: &[(&str, &'static str)], cx: &mut Cx<'_>) -> bool {
    let mut config = KubeConfig::load(args, cx);
    let known = config.entry(part, name);
    let is_new = known.is_none();
    let mut body = known.unwrap_or_else(Value::map);
    for (flag, field) in fields {
        match args.get(flag) {
            None => {}
            Some("") => _ = body.remove_at(&[*field]),
            Some(_) if *flag == "insecure-skip-tls-verify" => body.set_at(&[*field], args.is(flag)),
            Some(text) => body.set_at(&[*field], Text::new(text)),
        }
    }
    config.put(part, name, body);
    config.store(cx);
    is_new
}

fn set_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = match (args.before_dash(), args.is("current")) {
        ([], true) => KubeConfig::load(args, cx).current(),
        ([name], false) => name.clone(),
        ([_, _, ..], _) => return Err(unexpected("config set-context", UNEXPECTED, args.before_dash(), cx)),
        ([_], true) => return Err(Failure::client("you cannot specify both a context name and --current")),
        _ => return Err(Failure::client("you must specify a non-empty context name or --current")),
    };
    if name.is_empty() {
        return Err(Failure::client("no current context is set"));
    }
    let fields = [("cluster", "cluster"), ("user", "user"), ("namespace", "namespace")];
    let is_new = put(args, Part::Contexts, &name, &fields, cx);
    cx.out.out(format!("Context {name:?} {}.", if is_new { "created" } else { "modified" }));
    OK
}

fn set_cluster(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config set-cluster", UNEXPECTED, cx)?.to_string();
    let fields = [
        ("server", "server"),
        ("certificate-authority", "certificate-authority"),
        ("insecure-skip-tls-verify", "insecure-skip-tls-verify"),
        ("proxy-url", "proxy-url"),
        ("tls-server-name", "tls-server-name"),
    ];
    put(args, Part::Clusters, &name, &fields, cx);
    cx.out.out(format!("Cluster {name:?} set."));
    OK
}

fn set_credentials(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config set-credentials", "unexpected args", cx)?.to_string();
    let has_name = !args.text("username").is_empty() || !args.text("password").is_empty();
    if has_name && !args.text("token").is_empty() {
        return Err(Failure::client(
            "you cannot specify more than one authentication method at the same time: --token, --username/--password",
        ));
    }
    let fields = [
        ("token", "token"),
        ("username", "username"),
        ("password", "password"),
        ("client-certificate", "client-certificate"),
        ("client-key", "client-key"),
    ];
    put(args, Part::Users, &name, &fields, cx);
    cx.out.out(format!("User {name:?} set."));
    OK
}

fn use_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config use-context", UNEXPECTED, cx)?.to_string();
    let mut config = KubeConfig::load(args, cx);
    if config.entry(Part::Contexts, &name).is_none() {
        return Err(Failure::client(format!("no context exists with the name: {name:?}")));
    }
    config.set_current(&name);
    config.store(cx);
    cx.out.out(format!("Switched to context {name:?}."));
    OK
}

fn rename_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [from, to] = args.before_dash() else {
        return Err(unexpected("config rename-context", UNEXPECTED, args.before_dash(), cx));
    };
    let mut config = KubeConfig::load(args, cx);
    let Some(body) = config.entry(Part::Contexts, from) else {
        return Err(Failure::client(format!("cannot rename the context {from:?}, it's not in {}", config.place)));
    };
    if config.entry(Part::Contexts, to).is_some() {
        return Err(Failure::client(format!(
            "cannot rename the context {from:?}, the context {to:?} already exists in {}",
            config.place
        )));
    }
    config.remove(Part::Contexts, from);
    config.put(Part::Contexts, to, body);
    if config.current() == *from {
        config.set_current(to);
    }
    config.store(cx);
    cx.out.out(format!("Context {from:?} renamed to {to:?}."));
    OK
}

fn delete(args: &Args, part: Part, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [name] = args.before_dash() else {
        let verb = format!("config delete-{}", part.singular());
        if part == Part::Users {
            return Err(Failure::Usage("user to delete is required".into(), verb));
        }
        // Without an error.
        unexpected(&verb, UNEXPECTED, &[], cx);
        return OK;
    };
    let name = name.clone();
    let mut config = KubeConfig::load(args, cx);
    let what = part.singular();
    if !config.remove(part, &name) {
        return Err(Failure::client(format!("cannot delete {what} {name}, not in {}", config.place)));
    }
    if part == Part::Contexts && config.current() == name {
        cx.out.err(
            "warning: this removed your active context, use \"kubectl config use-context\" to select a different one",
        );
    }
    config.store(cx);
    cx.out.out(format!("deleted {what} {name} from {}", config.place));
    OK
}

fn delete_cluster(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Clusters, cx)
}

fn delete_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Contexts, cx)
}

fn delete_user(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    delete(args, Part::Users, cx)
}

/// Changes a property by its path; nothing takes it away.
fn change(args: &Args, property: &str, value: Option<&str>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let mut config = KubeConfig::load(args, cx);
    let parts: Vec<&str> = property.split('.').collect();
    match parts.as_slice() {
        ["current-context"] => config.set_current(value.unwrap_or("")),
        [part, name, fields @ ..] if Part::of(part).is_some() => {
            let part = Part::of(part).unwrap_or(Part::Contexts);
            let known = config.entry(part, name);
            match (fields, value) {
                ([], None) => _ = config.remove(part, name),
                ([field], value) if value.is_some() || known.is_some() => {
                    let mut body = known.unwrap_or_else(Value::map);
                    match value {
                        Some(text) => _ = body.map_mut().insert(Text::new(field), Value::text(text)),
                        None => _ = body.map_mut().remove(field),
                    }
                    config.put(part, name, body);
                }
                _ => {}
            }
        }
        _ => return Err(Failure::client(format!("unable to parse {property} after [] at api.Config"))),
    }
    config.store(cx);
    Ok(())
}

fn set(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [property, value] = args.before_dash() else {
        return Err(unexpected("config set", UNEXPECTED, args.before_dash(), cx));
    };
    change(args, property, Some(value), cx)?;
    cx.out.out(format!("Property {property:?} set."));
    OK
}

fn unset(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let property = one_name(args, "config unset", UNEXPECTED, cx)?.to_string();
    change(args, &property, None, cx)?;
    cx.out.out(format!("Property {property:?} unset."));
    OK
}

fn view(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if !args.before_dash().is_empty() {
        let words = args.before_dash().join(" ");
        return Err(Failure::Usage(format!("unexpected arguments: [{words}]"), "config view".into()));
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
    if !args.is("raw") {
        redact(&mut value);
    }
    match Format::of(args, cx)? {
        Format::Table(_) => print::text_lines(&crate::manifest::to_yaml(&value), &mut cx.out),
        Format::Json(_) => print::text_lines(&typed_json(&value), &mut cx.out),
        format => return Ok(Flow::Done(print_value(&format, &value, &mut cx.out))),
    }
    OK
}

/// Hides what nobody should read over a shoulder.
fn redact(value: &mut Value) {
    if value.list_at(&["users"]).is_empty() {
        return;
    }
    for entry in value.at_mut(&["users"]).list_mut() {
        for field in ["token", "password", "client-key-data", "client-certificate-data"] {
            if entry.at(&["user", field]).is_some() {
                entry.set_at(&["user", field], if field.ends_with("-data") { "DATA+OMITTED" } else { "REDACTED" });
            }
        }
    }
}

/// JSON in the order of the client's types.
fn typed_json(value: &Value) -> String {
    let order = ["kind", "apiVersion", "clusters", "users", "contexts", "current-context"];
    let entries: Vec<String> = order
        .iter()
        .filter_map(|field| {
            let style = crate::model::JsonStyle { indent: 4, escape_html: false };
            let text = crate::model::to_json_styled(&obj! { *field => value.get(field)?.clone() }, style);
            Some(text.strip_prefix("{\n")?.strip_suffix("\n}")?.to_string())
        })
        .collect();
    format!("{{\n{}\n}}\n", entries.join(",\n"))
}
