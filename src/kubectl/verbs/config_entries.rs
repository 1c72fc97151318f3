//! `kubectl config set-cluster`, `set-context` and `set-credentials`: entries of the configuration by flags.
//!
//! Follows the files of these names in kubectl's `cmd/config`.

use super::config_faults::{UNEXPECTED, one_name, unexpected};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::files::{HOME, is_directory, place_for, read_file, tidy_path};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::kubeconfig::{KubeConfig, Part};
use crate::model::{Text, Value, encode_base64};
use crate::obj;
use crate::ordering::Order;

/// The flags of `set-cluster`.
pub(super) const CLUSTER_FLAGS: &[Flag] = &[
    short("server", 's', Takes::Text),
    long("certificate-authority", Takes::Text),
    long("insecure-skip-tls-verify", Takes::Bool),
    long("proxy-url", Takes::Text),
    long("tls-server-name", Takes::Text),
    long("embed-certs", Takes::Bool),
];

/// The flags of `set-credentials`.
pub(super) const CREDENTIALS_FLAGS: &[Flag] = &[
    long("token", Takes::Text),
    long("username", Takes::Text),
    long("password", Takes::Text),
    long("client-certificate", Takes::Text),
    long("client-key", Takes::Text),
    long("embed-certs", Takes::Bool),
    long("auth-provider", Takes::Text),
    long("auth-provider-arg", Takes::List),
    long("exec-command", Takes::Text),
    long("exec-api-version", Takes::Text),
    long("exec-arg", Takes::List),
    long("exec-env", Takes::Each),
    long("exec-interactive-mode", Takes::Text),
    long("exec-provide-cluster-info", Takes::Bool),
];

/// Changes an entry, or begins one. Returns whether it is new.
fn change(args: &Args, part: Part, name: &str, cx: &mut Cx<'_>, how: impl FnOnce(&mut Value, &Cx<'_>)) -> bool {
    let mut config = KubeConfig::load(args, cx);
    let known = config.entry(part, name);
    let is_new = known.is_none();
    let mut body = known.unwrap_or_else(Value::map);
    how(&mut body, cx);
    config.put(part, name, body);
    config.store(cx);
    is_new
}

/// Writes the texts of flags into the fields of the same names; an empty one takes the field away.
fn put_texts(args: &Args, fields: &[&'static str], body: &mut Value) {
    for field in fields {
        match args.get(field) {
            None => {}
            Some("") => _ = body.remove_at(&[*field]),
            Some(text) => body.set_at(&[*field], Text::new(text)),
        }
    }
}

/// `kubectl config set-context`.
///
/// # Errors
/// What kubectl refuses.
pub(super) fn set_context(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = match (args.before_dash(), args.is("current")) {
        ([], true) => KubeConfig::load(args, cx).current(),
        ([name], false) => name.clone(),
        ([_, _, ..], _) => return Err(unexpected("config set-context", UNEXPECTED, args.before_dash(), cx)),
        ([_], true) => return Err(Failure::client("you cannot specify both a context name and --current")),
        _ => return Err(Failure::client("you must specify a non-empty context name or --current")),
    };
    if name.is_empty() {
        return Err(Failure::client(match args.is("current") {
            true => "no current context is set",
            false => "you must specify a non-empty context name or --current",
        }));
    }
    let is_new = change(args, Part::Contexts, &name, cx, |body, _| {
        put_texts(args, &["cluster", "user", "namespace"], body);
    });
    cx.out.out(format!("Context {name:?} {}.", if is_new { "created" } else { "modified" }));
    OK
}

/// `kubectl config set-cluster`.
///
/// # Errors
/// What kubectl refuses.
pub(super) fn set_cluster(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config set-cluster", UNEXPECTED, cx)?.to_string();
    let authority = args.text("certificate-authority");
    if name.is_empty() {
        return Err(Failure::client("you must specify a non-empty cluster name"));
    }
    if args.is("insecure-skip-tls-verify") && !authority.is_empty() {
        let text = "you cannot specify a certificate authority and insecure mode at the same time";
        return Err(Failure::client(text));
    }
    if args.is("embed-certs") && authority.is_empty() {
        return Err(Failure::client("you must specify a --certificate-authority to embed"));
    }
    check_file("certificate-authority", args, cx)?;
    change(args, Part::Clusters, &name, cx, |body, cx| {
        if args.has("server") {
            // Another server has another name.
            _ = body.remove_at(&["tls-server-name"]);
        }
        put_texts(args, &["server", "tls-server-name", "proxy-url"], body);
        if args.has("insecure-skip-tls-verify") {
            set_insecure(body, args.is("insecure-skip-tls-verify"));
        }
        if args.has("certificate-authority") {
            put_file("certificate-authority", "certificate-authority-data", args, body, cx);
            if args.is("embed-certs") || !authority.is_empty() {
                _ = body.remove_at(&["insecure-skip-tls-verify"]);
            }
        }
    });
    cx.out.out(format!("Cluster {name:?} set."));
    OK
}

fn set_insecure(body: &mut Value, is_insecure: bool) {
    if !is_insecure {
        _ = body.remove_at(&["insecure-skip-tls-verify"]);
        return;
    }
    body.set_at(&["insecure-skip-tls-verify"], true);
    _ = body.remove_at(&["certificate-authority"]);
    _ = body.remove_at(&["certificate-authority-data"]);
}

/// Refuses a file that is to be embedded and is not there.
fn check_file(flag: &'static str, args: &Args, cx: &Cx<'_>) -> Result<(), Failure> {
    let name = args.text(flag);
    match args.is("embed-certs") && !name.is_empty() && read_file(name, cx).is_none() && !is_directory(name, cx) {
        true => {
            Err(Failure::client(format!("could not stat {flag} file {name}: stat {name}: no such file or directory")))
        }
        false => Ok(()),
    }
}

/// Writes what a file holds, or where it lies.
fn put_file(flag: &'static str, data: &'static str, args: &Args, body: &mut Value, cx: &Cx<'_>) {
    let name = args.text(flag);
    if args.is("embed-certs") {
        let text = read_file(name, cx).unwrap_or_default();
        body.set_at(&[data], encode_base64(text.as_bytes()));
        _ = body.remove_at(&[flag]);
        return;
    }
    // A file beside the configuration is named as seen from there.
    let is_beside = args.get("kubeconfig").is_some_and(|file| !tidy_path(file).contains('/'));
    let place = match (place_for(name, cx.state).as_str(), is_beside) {
        ("", true) => ".".to_string(),
        ("", false) => HOME.to_string(),
        (absolute, _) if absolute.starts_with('/') => absolute.to_string(),
        (near, true) => near.to_string(),
        (near, false) => format!("{HOME}/{near}"),
    };
    body.set_at(&[flag], place);
    _ = body.remove_at(&[data]);
}

/// `kubectl config set-credentials`.
///
/// # Errors
/// What kubectl refuses.
pub(super) fn set_credentials(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = one_name(args, "config set-credentials", "unexpected args", cx)?.to_string();
    let settings = pairs("auth-provider-arg", args, cx)?;
    let variables = pairs("exec-env", args, cx)?;
    check_credentials(args, &name, cx)?;
    change(args, Part::Users, &name, cx, |body, cx| {
        for (flag, data) in [("client-certificate", "client-certificate-data"), ("client-key", "client-key-data")] {
            if args.has(flag) {
                put_file(flag, data, args, body, cx);
            }
        }
        put_texts(args, &["token", "username", "password"], body);
        put_provider(args, &settings, body);
        put_command(args, &variables, body);
        let (has_token, has_name) = (!args.text("token").is_empty(), has_name(args));
        if has_name && !has_token {
            _ = body.remove_at(&["token"]);
        }
        if has_token && !has_name {
            _ = body.remove_at(&["username"]);
            _ = body.remove_at(&["password"]);
        }
    });
    cx.out.out(format!("User {name:?} set."));
    OK
}

fn has_name(args: &Args) -> bool {
    !args.text("username").is_empty() || !args.text("password").is_empty()
}

fn check_credentials(args: &Args, name: &str, cx: &Cx<'_>) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::client("you must specify a non-empty user name"));
    }
    if has_name(args) && !args.text("token").is_empty() {
        return Err(Failure::client(
            "you cannot specify more than one authentication method at the same time: --token, --username/--password",
        ));
    }
    if args.is("embed-certs") && args.text("client-certificate").is_empty() && args.text("client-key").is_empty() {
        return Err(Failure::client("you must specify a --client-certificate or --client-key to embed"));
    }
    check_file("client-certificate", args, cx)?;
    check_file("client-key", args, cx)?;
    match args.get("exec-interactive-mode") {
        None | Some("IfAvailable" | "Always" | "Never") => Ok(()),
        Some(_) => Err(Failure::client("invalid interactive mode type, can be only IfAvailable, Never, Always")),
    }
}

/// What `key=value` and `key-` of a flag set and take away.
#[derive(Default)]
struct Pairs {
    set: Vec<(String, String)>,
    removed: Vec<String>,
}

fn pairs(flag: &'static str, args: &Args, cx: &mut Cx<'_>) -> Result<Pairs, Failure> {
    let mut pairs = Pairs::default();
    for word in args.list(flag) {
        match (word.split_once('='), word.strip_suffix('-')) {
            (Some((key, value)), _) if !key.is_empty() => pairs.set.push((key.to_string(), value.to_string())),
            (None, Some(key)) if !key.is_empty() => pairs.removed.push(key.to_string()),
            _ => {
                _ = unexpected("config set-credentials", "", &[], cx);
                return Err(Failure::client(format!("invalid {flag} format: {word}")));
            }
        }
    }
    pairs.set.order();
    Ok(pairs)
}

fn put_provider(args: &Args, settings: &Pairs, body: &mut Value) {
    if let Some(name) = args.get("auth-provider")
        && body.str_at(&["auth-provider", "name"]) != name
    {
        body.set_at(&["auth-provider"], obj! { "name" => Text::new(name) });
    }
    if body.get("auth-provider").is_none() {
        return;
    }
    let config = body.at_mut(&["auth-provider", "config"]).map_mut();
    settings.removed.iter().for_each(|key| _ = config.remove(key));
    settings.set.iter().for_each(|(key, value)| _ = config.insert(key.clone(), Value::text(value)));
}

/// The program that brings credentials; without one the other flags of it count for nothing.
fn put_command(args: &Args, variables: &Pairs, body: &mut Value) {
    if let Some(command) = args.get("exec-command") {
        if body.get("exec").is_none() {
            body.set_at(&["exec"], obj! { "apiVersion" => "", "provideClusterInfo" => false });
        }
        body.set_at(&["exec", "command"], Text::new(command));
        body.set_at(&["exec", "args"], Value::Null);
        if body.at(&["exec", "env"]).is_none() {
            body.set_at(&["exec", "env"], Value::Null);
        }
    }
    if body.get("exec").is_none() {
        return;
    }
    for (flag, field) in [("exec-api-version", "apiVersion"), ("exec-interactive-mode", "interactiveMode")] {
        if let Some(text) = args.get(flag) {
            body.set_at(&["exec", field], Text::new(text));
        }
    }
    if args.has("exec-provide-cluster-info") {
        body.set_at(&["exec", "provideClusterInfo"], args.is("exec-provide-cluster-info"));
    }
    if !args.list("exec-arg").is_empty() {
        let words: Vec<Value> = args.list("exec-arg").iter().map(|word| Value::text(word)).collect();
        body.set_at(&["exec", "args"], words);
    }
    let mut list = body.list_at(&["exec", "env"]).to_vec();
    list.retain(|it| !variables.removed.iter().any(|name| name == it.str_at(&["name"])));
    for (name, value) in &variables.set {
        let new = obj! { "name" => Text::new(name), "value" => Value::text(value) };
        match list.iter_mut().find(|it| it.str_at(&["name"]) == name) {
            Some(known) => *known = new,
            None => list.push(new),
        }
    }
    if !(variables.set.is_empty() && variables.removed.is_empty()) {
        body.set_at(&["exec", "env"], list);
    }
}
