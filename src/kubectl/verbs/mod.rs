//! kubectl's verbs: one file each; this one finds the right one and says what is wrong with the command line.

pub mod delete;
pub mod drain;
pub mod edit;
pub mod exec;
pub mod get;
pub mod logs;
pub mod rollout;
pub mod run;
pub mod wait;

mod apply;
mod autoscale;
mod create;
mod describe;
mod diff;
mod dry_run;
mod elsewhere;
mod explain;
mod expose;
mod generators;
mod info;
mod label;
mod local;
mod patch;
mod replace;
mod requests;
mod scale;
mod set;

use super::command::{Cx, Failure, Flow, OK};
use super::flags::{Args, Flag, GLOBAL, Reader, Takes};
use super::resources::Resource;
use super::suggest;
use crate::cluster::PODS_MAX;
use crate::model::{Kind, Text};

/// A verb.
#[derive(Clone, Copy)]
pub struct Verb {
    /// Its name; two words for subcommands: `rollout status`.
    pub name: &'static str,
    /// Its own flags.
    pub flags: &'static [&'static [Flag]],
    /// What it does.
    pub run: fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>,
}

const fn verb(
    name: &'static str,
    flags: &'static [&'static [Flag]],
    run: fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>,
) -> Verb {
    Verb { name, flags, run }
}

/// All verbs.
pub static VERBS: &[Verb] = &[
    verb("annotate", label::FLAGS, label::annotate),
    verb("api-resources", &[info::API_FLAGS], info::api_resources),
    verb("api-versions", &[], info::api_versions),
    verb("apply", apply::FLAGS, apply::apply),
    verb("attach", &[exec::ATTACH_FLAGS], exec::attach),
    verb("auth can-i", &[elsewhere::AUTH_FLAGS], elsewhere::can_i),
    verb("auth whoami", &[elsewhere::AUTH_FLAGS], elsewhere::who_am_i),
    verb("autoscale", autoscale::FLAGS, autoscale::autoscale),
    verb("certificate approve", &[elsewhere::OTHER_FLAGS], elsewhere::certificate),
    verb("certificate deny", &[elsewhere::OTHER_FLAGS], elsewhere::certificate),
    verb("cluster-info", &[], info::cluster_info),
    verb("completion", &[elsewhere::OTHER_FLAGS], elsewhere::completion),
    verb("config current-context", &[], info::current_context),
    verb("config get-clusters", &[info::CONTEXT_FLAGS], info::get_clusters),
    verb("config get-contexts", &[info::CONTEXT_FLAGS], info::get_contexts),
    verb("config set-context", &[info::CONTEXT_FLAGS], info::set_context),
    verb("config use-context", &[], info::use_context),
    verb("config view", &[info::CONTEXT_FLAGS], info::view),
    verb("cordon", &[drain::CORDON_FLAGS], drain::cordon),
    verb("cp", &[elsewhere::CP_FLAGS], elsewhere::copy),
    verb("create", create::FLAGS, create::create),
    verb("debug", &[elsewhere::DEBUG_FLAGS], elsewhere::debug),
    verb("delete", delete::FLAGS, delete::run),
    verb("describe", describe::FLAGS, describe::run),
    verb("diff", diff::FLAGS, diff::diff),
    verb("drain", &[drain::FLAGS], drain::run),
    verb("edit", edit::FLAGS, edit::run),
    verb("events", &[info::EVENTS_FLAGS], info::events),
    verb("exec", &[exec::FLAGS], exec::run),
    verb("explain", explain::FLAGS, explain::explain),
    verb("expose", expose::FLAGS, expose::expose),
    verb("get", get::FLAGS, get::run),
    verb("kustomize", &[elsewhere::OTHER_FLAGS], elsewhere::kustomize),
    verb("label", label::FLAGS, label::label),
    verb("logs", logs::FLAGS, logs::run),
    verb("options", &[], info::options),
    verb("patch", patch::FLAGS, patch::patch),
    verb("plugin list", &[elsewhere::OTHER_FLAGS], elsewhere::plugin_list),
    verb("port-forward", &[elsewhere::FORWARD_FLAGS], elsewhere::port_forward),
    verb("proxy", &[elsewhere::FORWARD_FLAGS], elsewhere::proxy),
    verb("replace", replace::FLAGS, replace::replace),
    verb("rollout history", rollout::HISTORY_FLAGS, rollout::history),
    verb("rollout pause", rollout::CHANGE_FLAGS, rollout::pause),
    verb("rollout restart", rollout::CHANGE_FLAGS, rollout::restart),
    verb("rollout resume", rollout::CHANGE_FLAGS, rollout::resume),
    verb("rollout status", rollout::STATUS_FLAGS, rollout::status),
    verb("rollout undo", rollout::UNDO_FLAGS, rollout::undo),
    verb("run", run::FLAGS, run::run),
    verb("scale", scale::FLAGS, scale::scale),
    verb("set env", set::ENV_FLAGS, set::env),
    verb("set image", set::IMAGE_FLAGS, set::image),
    verb("set resources", set::RESOURCES_FLAGS, set::resources),
    verb("taint", &[drain::TAINT_FLAGS], drain::taint),
    verb("top node", &[elsewhere::TOP_FLAGS], elsewhere::top),
    verb("top nodes", &[elsewhere::TOP_FLAGS], elsewhere::top),
    verb("top pod", &[elsewhere::TOP_FLAGS], elsewhere::top),
    verb("top pods", &[elsewhere::TOP_FLAGS], elsewhere::top),
    verb("uncordon", &[drain::CORDON_FLAGS], drain::uncordon),
    verb("version", &[info::VERSION_FLAGS], info::version),
    verb("wait", wait::FLAGS, wait::run),
];

/// The names of the verbs, first words only.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    VERBS.iter().filter_map(move |verb| {
        let name = verb.name.split(' ').next().unwrap_or(verb.name);
        (std::mem::replace(&mut last, name) != name).then_some(name)
    })
}

/// The second words of a verb that has them.
pub fn subcommands(verb: &str) -> Vec<&'static str> {
    let behind =
        |name: &'static str| name.split_once(' ').filter(|(first, _)| *first == verb).map(|(_, second)| second);
    VERBS.iter().filter_map(|it| behind(it.name)).collect()
}

/// The verb called `name`.
pub fn find(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// The verb that `words` begin with, and how many words name it. Flags before it are passed over.
pub fn find_in(words: &[&str]) -> Option<(&'static Verb, usize)> {
    let first = words.first()?;
    let two = words.get(1).and_then(|second| find(&format!("{first} {second}")));
    two.map(|verb| (verb, 2)).or_else(|| find(first).map(|verb| (verb, 1)))
}

/// Runs `kubectl words…`.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run(words: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let (global, words) = leading_flags(words);
    let Some(first) = words.first().map(String::as_str) else {
        return match Args::parse(global, &[]) {
            Ok(_) => help(&[], cx),
            Err(error) => {
                cx.out.err(format!("error: {}", error.message));
                cx.out.err("See 'kubectl --help' for usage.");
                Ok(Flow::Done(1))
            }
        };
    };
    if matches!(first, "help" | "--help" | "-h") {
        let rest: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        return help(&rest, cx);
    }
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((verb, count)) = find_in(&plain) else {
        return unknown(&plain, cx);
    };
    let mut rest = global.to_vec();
    rest.extend(words.iter().skip(count).cloned());
    let args = match Args::parse(&rest, verb.flags) {
        Ok(args) => args,
        Err(error) => {
            // The commands for types that are not kept have flags of their own.
            let absent = words.get(count).filter(|_| verb.name == "create").and_then(|word| Resource::find(word));
            if let Some(Resource::Absent(absent)) = absent {
                return generators::not_kept(absent.singular, absent.plural, cx);
            }
            cx.out.err(format!("error: {}", error.message));
            cx.out.err(format!("See 'kubectl {} --help' for usage.", verb.name));
            hint_of_flag(verb, error.unknown.as_deref(), cx);
            return Ok(Flow::Done(1));
        }
    };
    if args.is("help") {
        return help(&verb.name.split(' ').collect::<Vec<_>>(), cx);
    }
    if let Err(failure) = check_flags(verb, &args, cx) {
        return Ok(Flow::Done(cx.fail(&failure)));
    }
    cx.manager = manager(verb.name, &args);
    let flow = (verb.run)(&args, cx).or_else(|failure| {
        if failure != Failure::Said {
            cx.fail(&failure);
        }
        hint_of_type(&failure, cx);
        Ok(Flow::Done(1))
    });
    if matches!(verb.name, "apply" | "create" | "patch" | "replace" | "scale") {
        hint_of_limit(cx);
    }
    flow
}

/// Refuses what the lab does not have and what would do more than was asked for; names what it ignores.
fn check_flags(verb: &Verb, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
    for (flag, what) in [("cluster", "no server found for cluster"), ("user", "auth info")] {
        if let Some(name) = args.get(flag).filter(|name| *name != info::CONTEXT && !verb.name.starts_with("config ")) {
            let end = if flag == "user" { " does not exist" } else { "" };
            return Err(Failure::client(format!("{what} {name:?}{end}")));
        }
    }
    if let Some(name) = args.get("context").filter(|name| *name != info::CONTEXT && !verb.name.starts_with("config ")) {
        let text = format!("Error in configuration: context was not found for specified context: {name}");
        return Err(Failure::Raw(text));
    }
    if args.has("token") && !verb.name.starts_with("config ") {
        return Err(Failure::client("You must be logged in to the server (Unauthorized)"));
    }
    let is_impersonated = ["as", "as-group", "as-uid"].into_iter().find(|flag| args.has(flag));
    let refused = args.written().iter().find(|flag| flag.reader == Reader::Refused).map(|flag| flag.long);
    if let Some(flag) = refused.or(is_impersonated.filter(|_| !verb.name.starts_with("auth "))) {
        cx.hint("flag_refused", &[("flag", &format!("--{flag}"))]);
        return Err(Failure::client(format!("this lab has no --{flag}")));
    }
    for flag in args.written().iter().filter(|flag| flag.reader == Reader::Nobody) {
        cx.hint("flag_ignored", &[("flag", &format!("--{}", flag.long))]);
    }
    Ok(())
}

/// Names the type that was meant by a mistyped one.
fn hint_of_type(failure: &Failure, cx: &mut Cx<'_>) {
    let Failure::Client(text) = failure else { return };
    let Some(word) = text.strip_prefix("the server doesn't have a resource type \"") else { return };
    let kinds = Kind::ALL.into_iter().map(Kind::names);
    let known = kinds.flat_map(|names| [names.plural, names.singular].into_iter().chain(names.short.iter().copied()));
    if let Some(near) = suggest::nearest(word.trim_end_matches('"'), known) {
        cx.hint("did_you_mean", &[("word", near)]);
    }
}

/// The name under which a verb owns the fields that it writes.
fn manager(verb: &str, args: &Args) -> Text {
    if args.has("field-manager") {
        return Text::new(args.text("field-manager"));
    }
    match verb.split(' ').next().unwrap_or(verb) {
        "apply" if args.is("server-side") => "kubectl".into(),
        "apply" => apply::CLIENT_SIDE_APPLY.into(),
        verb @ ("annotate" | "autoscale" | "create" | "edit" | "expose" | "label" | "patch" | "replace" | "rollout"
        | "run" | "set" | "taint") => format!("kubectl-{verb}").into(),
        _ => "kubectl".into(),
    }
}

/// Says that a set wants more pods than the lab simulates.
fn hint_of_limit(cx: &mut Cx<'_>) {
    let wants_more = |set: &&std::rc::Rc<crate::model::Object>| {
        usize::try_from(set.i64_at(&["spec", "replicas"]).unwrap_or(0)).is_ok_and(|wanted| wanted > PODS_MAX)
    };
    let name = cx.cluster().list(Kind::StatefulSet).find(wants_more).map(|set| set.meta.name.to_string());
    if let Some(name) = name {
        cx.hint("pods_max", &[("name", &name), ("count", &PODS_MAX.to_string())]);
    }
}

/// Flags may stand before the verb: `kubectl -n lab get pods`.
fn leading_flags(words: &[String]) -> (&[String], &[String]) {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
        if matches!(word.as_str(), "-h" | "--help") {
            break;
        }
        let name = word.trim_start_matches('-');
        let is_meant = |flag: &&Flag| match word.starts_with("--") {
            true => flag.long == name,
            false => name.chars().eq([flag.short]),
        };
        let found = GLOBAL.iter().find(is_meant);
        let takes_next = found.is_some_and(|flag| !matches!(flag.takes, Takes::Bool | Takes::TextOr(_)));
        at += if takes_next { 2 } else { 1 };
    }
    words.split_at(at.min(words.len()))
}

fn hint_of_flag(verb: &Verb, unknown: Option<&str>, cx: &mut Cx<'_>) {
    let Some(unknown) = unknown.filter(|unknown| unknown.chars().count() > 1) else { return };
    let known = verb.flags.iter().copied().flatten().chain(GLOBAL).map(|flag| flag.long);
    if let Some(near) = suggest::nearest(unknown, known) {
        cx.hint("did_you_mean", &[("word", &format!("--{near}"))]);
    }
}

fn help(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let name = words.join(" ");
    let text = match super::help::Help::of(&name) {
        _ if words.is_empty() => super::help::overview(),
        Some(help) => help.text(),
        None => match words.first().and_then(|first| super::help::family(first)) {
            Some(text) => text,
            None => return unknown(words, cx),
        },
    };
    super::print::text_lines(&text, &mut cx.out);
    OK
}

fn unknown(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((first, rest)) = words.split_first() else { return help(&[], cx) };
    let second = subcommands(first);
    if !second.is_empty() {
        if rest.is_empty() || rest.iter().all(|word| matches!(*word, "-h" | "--help")) {
            // `set` complains on standard error, the others print their help.
            help(words, cx)?;
            if *first == "set" {
                for line in &mut cx.out.lines {
                    line.stream = super::output::Stream::Err;
                }
            }
            return Ok(Flow::Done(1));
        }
        cx.fail(&Failure::Usage(format!("unknown command {:?}", rest.join(" ")), (*first).into()));
        if let Some(near) = rest.first().and_then(|word| suggest::nearest(word, second)) {
            cx.hint("did_you_mean", &[("word", &format!("kubectl {first} {near}"))]);
        }
        return Ok(Flow::Done(1));
    }
    if let Some(flag) = first.strip_prefix('-') {
        cx.out.err(format!("error: unknown flag: -{flag}"));
        cx.out.err("See 'kubectl --help' for usage.");
        return Ok(Flow::Done(1));
    }
    cx.out.err(format!("error: unknown command {first:?} for \"kubectl\""));
    let near = suggestions(first);
    if !near.is_empty() {
        cx.out.err("");
        cx.out.err("Did you mean this?");
        near.iter().for_each(|name| cx.out.err(format!("\t{name}")));
        return Ok(Flow::Done(1));
    }
    if super::resources::Resource::find(first.split('/').next().unwrap_or(first)).is_some() {
        cx.hint("did_you_mean", &[("word", &format!("kubectl get {}", words.join(" ")))]);
    }
    Ok(Flow::Done(1))
}

/// kubectl's order of its commands, in which it suggests them.
const ORDER: &[&str] = &[
    "create",
    "expose",
    "run",
    "set",
    "explain",
    "get",
    "edit",
    "delete",
    "rollout",
    "scale",
    "autoscale",
    "certificate",
    "cluster-info",
    "top",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "describe",
    "logs",
    "attach",
    "exec",
    "port-forward",
    "proxy",
    "cp",
    "auth",
    "debug",
    "events",
    "diff",
    "apply",
    "patch",
    "replace",
    "wait",
    "kustomize",
    "label",
    "annotate",
    "completion",
    "alpha",
    "api-resources",
    "api-versions",
    "config",
    "plugin",
    "version",
];

/// The commands that kubectl suggests: at most two letters away, or beginning with what was typed.
fn suggestions(word: &str) -> Vec<&'static str> {
    let is_near = |name: &&&str| suggest::distance(word, name) <= 2 || name.starts_with(word);
    ORDER.iter().filter(is_near).copied().collect()
}
