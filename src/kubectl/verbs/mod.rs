//! kubectl's verbs: one file each; this one finds the right one and says what is wrong with the command line.

pub mod delete;
pub mod drain;
pub mod edit;
pub mod exec;
pub mod files;
pub mod get;
pub mod logs;
pub mod rollout;
pub mod run;
pub mod wait;

mod change;
mod describe;
mod elsewhere;
mod info;
mod local;
mod other;
mod set;
mod write;

use super::command::{Cx, Failure, Flow, OK};
use super::flags::{Args, Flag};
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
    pub flags: &'static [Flag],
    /// What it does.
    pub run: fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>,
}

const fn verb(
    name: &'static str,
    flags: &'static [Flag],
    run: fn(&Args, &mut Cx<'_>) -> Result<Flow, Failure>,
) -> Verb {
    Verb { name, flags, run }
}

/// All verbs.
pub static VERBS: &[Verb] = &[
    verb("annotate", change::LABEL_FLAGS, change::annotate),
    verb("api-resources", info::API_FLAGS, info::api_resources),
    verb("api-versions", &[], info::api_versions),
    verb("apply", write::APPLY_FLAGS, write::apply),
    verb("attach", exec::ATTACH_FLAGS, exec::attach),
    verb("auth can-i", elsewhere::AUTH_FLAGS, elsewhere::can_i),
    verb("auth whoami", elsewhere::AUTH_FLAGS, elsewhere::who_am_i),
    verb("autoscale", other::AUTOSCALE_FLAGS, other::autoscale),
    verb("certificate approve", elsewhere::OTHER_FLAGS, elsewhere::certificate),
    verb("certificate deny", elsewhere::OTHER_FLAGS, elsewhere::certificate),
    verb("cluster-info", &[], info::cluster_info),
    verb("completion", elsewhere::OTHER_FLAGS, elsewhere::completion),
    verb("config current-context", &[], info::current_context),
    verb("config get-clusters", info::CONTEXT_FLAGS, info::get_clusters),
    verb("config get-contexts", info::CONTEXT_FLAGS, info::get_contexts),
    verb("config set-context", info::CONTEXT_FLAGS, info::set_context),
    verb("config use-context", &[], info::use_context),
    verb("config view", info::CONTEXT_FLAGS, info::view),
    verb("cordon", drain::CORDON_FLAGS, drain::cordon),
    verb("cp", elsewhere::CP_FLAGS, elsewhere::copy),
    verb("create", write::CREATE_FLAGS, write::create),
    verb("debug", elsewhere::DEBUG_FLAGS, elsewhere::debug),
    verb("delete", delete::FLAGS, delete::run),
    verb("describe", describe::FLAGS, describe::run),
    verb("diff", write::DIFF_FLAGS, write::diff),
    verb("drain", drain::FLAGS, drain::run),
    verb("edit", edit::FLAGS, edit::run),
    verb("events", info::EVENTS_FLAGS, info::events),
    verb("exec", exec::FLAGS, exec::run),
    verb("explain", other::EXPLAIN_FLAGS, other::explain),
    verb("expose", other::EXPOSE_FLAGS, other::expose),
    verb("get", get::FLAGS, get::run),
    verb("kustomize", elsewhere::OTHER_FLAGS, elsewhere::kustomize),
    verb("label", change::LABEL_FLAGS, change::label),
    verb("logs", logs::FLAGS, logs::run),
    verb("options", &[], info::options),
    verb("patch", change::PATCH_FLAGS, change::patch),
    verb("plugin list", elsewhere::OTHER_FLAGS, elsewhere::plugin_list),
    verb("port-forward", elsewhere::FORWARD_FLAGS, elsewhere::port_forward),
    verb("proxy", elsewhere::FORWARD_FLAGS, elsewhere::proxy),
    verb("replace", write::REPLACE_FLAGS, write::replace),
    verb("rollout history", rollout::FLAGS, rollout::history),
    verb("rollout pause", rollout::FLAGS, rollout::pause),
    verb("rollout restart", rollout::FLAGS, rollout::restart),
    verb("rollout resume", rollout::FLAGS, rollout::resume),
    verb("rollout status", rollout::FLAGS, rollout::status),
    verb("rollout undo", rollout::FLAGS, rollout::undo),
    verb("run", run::FLAGS, run::run),
    verb("scale", change::SCALE_FLAGS, change::scale),
    verb("set env", set::FLAGS, set::env),
    verb("set image", set::FLAGS, set::image),
    verb("set resources", set::FLAGS, set::resources),
    verb("taint", drain::TAINT_FLAGS, drain::taint),
    verb("top node", elsewhere::TOP_FLAGS, elsewhere::top),
    verb("top nodes", elsewhere::TOP_FLAGS, elsewhere::top),
    verb("top pod", elsewhere::TOP_FLAGS, elsewhere::top),
    verb("top pods", elsewhere::TOP_FLAGS, elsewhere::top),
    verb("uncordon", drain::CORDON_FLAGS, drain::uncordon),
    verb("version", info::VERSION_FLAGS, info::version),
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
    let args = match Args::parse(&rest, &[verb.flags]) {
        Ok(args) => args,
        Err(error) => {
            // The commands for types that are not kept have flags of their own.
            let absent = words.get(count).filter(|_| verb.name == "create").and_then(|word| Resource::find(word));
            if let Some(Resource::Absent(absent)) = absent {
                return other::not_kept(absent.singular, absent.plural, cx);
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
        "apply" => write::CLIENT_SIDE_APPLY.into(),
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
        let takes_next = matches!(
            word.as_str(),
            "-n" | "--namespace"
                | "--context"
                | "--kubeconfig"
                | "--cluster"
                | "--user"
                | "-s"
                | "--server"
                | "-v"
                | "--request-timeout"
        );
        at += if takes_next { 2 } else { 1 };
    }
    words.split_at(at.min(words.len()))
}

fn hint_of_flag(verb: &Verb, unknown: Option<&str>, cx: &mut Cx<'_>) {
    let Some(unknown) = unknown.filter(|unknown| unknown.chars().count() > 1) else { return };
    let known = verb.flags.iter().chain(super::flags::GLOBAL).map(|flag| flag.long);
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
