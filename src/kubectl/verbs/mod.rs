//! kubectl's verbs: one file for each, or for a few small ones of a kind; this one finds the right one and says what is wrong with the command line.

mod api_types;
mod apply;
mod apply_force;
mod auth;
mod auth_reconcile;
mod autoscale;
mod certificate;
mod cluster_dump;
mod cluster_info;
mod completion_script;
mod config;
mod config_entries;
mod config_faults;
mod config_property;
mod config_view;
mod cordon;
mod cp;
mod cp_folders;
mod create;
mod create_edit;
mod create_flags;
mod create_help;
mod create_ingress;
mod create_kinds;
mod create_secret;
mod create_token;
mod data_sources;
mod debug;
mod debug_profiles;
mod delete;
mod describe;
mod diff;
mod discovery;
mod drain;
mod dry_run;
mod edit;
mod events;
mod exec;
mod explain;
mod expose;
mod generators;
mod get;
mod get_rows;
mod get_watch;
mod kustomize;
mod label;
mod last_applied;
mod local;
mod logs;
mod options;
mod patch;
mod plugin;
mod port_forward;
mod prune;
pub mod raw;
mod replace;
mod requests;
mod rollout;
mod rollout_kinds;
mod run;
mod scale;
mod set;
mod set_account;
mod set_env;
mod set_selector;
mod set_subject;
mod suggestions;
mod taint;
mod top;
mod version;
mod wait;

use super::command::{Cx, Failure, Flow, OK, in_the_name_of};
use super::flags::{Args, Flag, GLOBAL, Reader, Takes};
use super::suggest;
use super::verb::{Help, Verb};
use crate::cluster::{PODS_MAX, User};
use crate::model::{Kind, Text};
use std::rc::Rc;
use suggestions::unknown;

/// The rows of the verbs, in the order of their names; those of `config` stand with it.
static ROWS: &[&Verb] = &[
    &label::ANNOTATE,
    &api_types::API_RESOURCES,
    &api_types::API_VERSIONS,
    &apply::APPLY,
    &last_applied::APPLY_EDIT,
    &last_applied::APPLY_SET,
    &last_applied::APPLY_VIEW,
    &exec::ATTACH,
    &auth::AUTH_CAN_I,
    &auth_reconcile::AUTH_RECONCILE,
    &auth::AUTH_WHOAMI,
    &autoscale::AUTOSCALE,
    &certificate::CERTIFICATE_APPROVE,
    &certificate::CERTIFICATE_DENY,
    &cluster_info::CLUSTER_INFO,
    &cluster_dump::CLUSTER_INFO_DUMP,
    &completion_script::COMPLETION,
    &cordon::CORDON,
    &cp::CP,
    &create::CREATE,
    &debug::DEBUG,
    &delete::DELETE,
    &describe::DESCRIBE,
    &diff::DIFF,
    &drain::DRAIN,
    &edit::EDIT,
    &events::EVENTS,
    &exec::EXEC,
    &explain::EXPLAIN,
    &expose::EXPOSE,
    &get::GET,
    &kustomize::KUSTOMIZE,
    &label::LABEL,
    &logs::LOGS,
    &options::OPTIONS,
    &patch::PATCH,
    &plugin::PLUGIN_LIST,
    &port_forward::PORT_FORWARD,
    &port_forward::PROXY,
    &replace::REPLACE,
    &rollout::ROLLOUT_HISTORY,
    &rollout::ROLLOUT_PAUSE,
    &rollout::ROLLOUT_RESTART,
    &rollout::ROLLOUT_RESUME,
    &rollout::ROLLOUT_STATUS,
    &rollout::ROLLOUT_UNDO,
    &run::RUN,
    &scale::SCALE,
    &set_env::SET_ENV,
    &set::SET_IMAGE,
    &set::SET_RESOURCES,
    &set_account::SET_SA,
    &set_selector::SET_SELECTOR,
    &set_account::SET_SERVICE_ACCOUNT,
    &set_subject::SET_SUBJECT,
    &taint::TAINT,
    &top::TOP_NODE,
    &top::TOP_NODES,
    &top::TOP_POD,
    &top::TOP_PODS,
    &cordon::UNCORDON,
    &version::VERSION,
    &wait::WAIT,
];

/// All verbs.
pub fn all() -> impl Iterator<Item = &'static Verb> {
    ROWS.iter().copied().chain(config::ROWS)
}

/// The names of the verbs, first words only.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    all().filter_map(move |verb| {
        let name = verb.name.split(' ').next().unwrap_or(verb.name);
        (std::mem::replace(&mut last, name) != name).then_some(name)
    })
}

/// The second words of a verb that has them.
pub fn subcommands(verb: &str) -> Vec<&'static str> {
    let behind =
        |name: &'static str| name.split_once(' ').filter(|(first, _)| *first == verb).map(|(_, second)| second);
    all().filter_map(|it| behind(it.name)).collect()
}

/// The verb called `name`.
pub fn find(name: &str) -> Option<&'static Verb> {
    all().find(|verb| verb.name == name)
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
    // They may also stand behind a word that only has subcommands: `kubectl config --kubeconfig=f view`.
    let mut global = global.to_vec();
    let mut words = words.to_vec();
    if find(first).is_none() && !subcommands(first).is_empty() {
        let (between, behind) = leading_flags(words.get(1..).unwrap_or(&[]));
        let behind = behind.to_vec();
        global.extend_from_slice(between);
        words.truncate(1);
        words.extend(behind);
    }
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((verb, count)) = find_in(&plain) else {
        // The flags are read before anybody looks for the command.
        let behind: Vec<String> = global.iter().chain(words.iter().skip(1)).cloned().collect();
        if let Err(error) = Args::parse(&behind, &[])
            && !subcommands(first).is_empty()
        {
            cx.out.err(format!("error: {}", error.message));
            cx.out.err(format!("See 'kubectl {first} --help' for usage."));
            return Ok(Flow::Done(1));
        }
        return unknown(&plain, cx);
    };
    let mut rest = global;
    rest.extend(words.iter().skip(count).cloned());
    let (name, flags) = match verb.name {
        "create" => create_flags::meant(&rest),
        name => (name.to_string(), verb.flags),
    };
    let args = match Args::parse(&rest, flags) {
        Ok(args) => args,
        Err(error) => {
            // 1 would say that there are differences.
            let (see, exit) = if name == "diff" { ("-h' for help and examples", 2) } else { ("--help' for usage.", 1) };
            cx.out.err(format!("error: {}", error.message));
            cx.out.err(format!("See 'kubectl {name} {see}"));
            hint_of_flag(flags, error.unknown.as_deref(), cx);
            return Ok(Flow::Done(exit));
        }
    };
    if args.is("help")
        && let Some(text) = name.strip_prefix("create ").and_then(create_help::text)
    {
        super::print::text_lines(&text, &mut cx.out);
        return OK;
    }
    // These give what stands behind to the container.
    let takes_command = matches!(verb.name, "attach" | "create" | "debug" | "exec" | "run");
    run_parsed(verb, &if takes_command { args } else { args.with_all_words() }, cx)
}

/// What looks at the format of its output before all else.
const FORMAT_FIRST: &[&str] = &[
    "annotate",
    "apply set-last-applied",
    "auth reconcile",
    "certificate approve",
    "certificate deny",
    "cluster-info dump",
    "expose",
    "rollout history",
    "set env",
    "set image",
    "set resources",
    "set selector",
    "set serviceaccount",
    "set subject",
];

/// Runs a verb with arguments that were read.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run_parsed(verb: &Verb, args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.discover();
    if args.is("help") {
        return help(&verb.name.split(' ').collect::<Vec<_>>(), cx);
    }
    if let Err(failure) = check_flags(verb, args, cx) {
        return Ok(Flow::Done(cx.fail(&failure)));
    }
    let holder = args.get("token").and_then(|token| super::tokens::bearer(token, cx));
    cx.user = match impersonated(args) {
        Ok(None) => holder.map(Rc::new),
        Ok(Some(user)) if holder.is_some() => {
            let holder = holder.map_or_else(Text::default, |holder| holder.name);
            let whom = &user.name;
            let text = format!(
                "Error from server (Forbidden): users \"{whom}\" is forbidden: User \"{holder}\" cannot impersonate \
                 resource \"users\" in API group \"\" at the cluster scope"
            );
            return Ok(Flow::Done(cx.fail(&Failure::Raw(text))));
        }
        Ok(user) => user,
        Err(failure) => return Ok(Flow::Done(cx.fail(&failure))),
    };
    cx.manager = manager(verb, args);
    let printer = if FORMAT_FIRST.contains(&verb.name) { super::print::Format::of(args, cx).map(drop) } else { Ok(()) };
    let flow = printer.and_then(|()| (verb.run)(args, cx)).or_else(|failure| {
        if failure != Failure::Said {
            cx.fail(&failure);
        }
        hint_of_type(&failure, cx);
        Ok(Flow::Done(1))
    });
    if matches!(verb.name, "apply" | "create" | "patch" | "replace" | "scale") {
        hint_of_limit(cx);
    }
    let user = cx.user.take();
    flow.map(|flow| in_the_name_of(user, flow))
}

/// In whose name `--as` and its kin ask. `None` without them.
fn impersonated(args: &Args) -> Result<Option<Rc<User>>, Failure> {
    let (name, groups) = (args.text("as"), args.list("as-group"));
    if name.is_empty() {
        return match groups.is_empty() && !args.has("as-uid") {
            true => Ok(None),
            false => {
                let why = "requesting uid, groups or user-extra without impersonating a user";
                Err(Failure::client(why))
            }
        };
    }
    Ok(Some(Rc::new(User::impersonated(name, groups, args.text("as-uid")))))
}

/// Refuses what the lab does not have and what would do more than was asked for; names what it ignores.
fn check_flags(verb: &Verb, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let first = verb.name.split(' ').next().unwrap_or(verb.name);
    if !matches!(first, "completion" | "config" | "kustomize" | "options" | "plugin" | "version") {
        // `create rolebinding --user` means somebody else.
        let has_own = verb.flags.iter().copied().flatten().any(|flag| flag.long == "user");
        super::kubeconfig::connect(&if has_own { args.without("user") } else { args.clone() }, cx)?;
    }
    let refused = args.written().iter().find(|flag| flag.reader == Reader::Refused).map(|flag| flag.long);
    if let Some(flag) = refused {
        return Err(refusal(flag, cx));
    }
    for flag in args.written().iter().filter(|flag| flag.reader == Reader::Nobody) {
        cx.hint("flag_ignored", &[("flag", &format!("--{}", flag.long))]);
    }
    Ok(())
}

/// What is said of a flag without which more would be done than was asked for.
fn refusal(flag: &str, cx: &mut Cx<'_>) -> Failure {
    cx.hint("flag_refused", &[("flag", &format!("--{flag}"))]);
    Failure::client(format!("this lab has no --{flag}"))
}

/// Names the type that was meant by a mistyped one.
fn hint_of_type(failure: &Failure, cx: &mut Cx<'_>) {
    let Failure::Client(text) = failure else { return };
    let Some(word) = text.strip_prefix("the server doesn't have a resource type \"") else { return };
    let kinds = Kind::ALL.into_iter().map(Kind::names);
    let known = kinds.flat_map(|names| [names.plural, names.singular].into_iter().chain(names.short.iter().copied()));
    let word = word.trim_end_matches('"');
    if let Some(near) = suggest::nearest(word, known).filter(|near| *near != word) {
        cx.hint("did_you_mean", &[("word", near)]);
    }
}

/// The name under which a verb owns the fields that it writes.
fn manager(verb: &Verb, args: &Args) -> Text {
    match args.get("field-manager") {
        Some(manager) => Text::new(manager),
        // The server merges what is applied there.
        None if args.is("server-side") => "kubectl".into(),
        None => verb.manager.into(),
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

fn hint_of_flag(flags: &[&[Flag]], unknown: Option<&str>, cx: &mut Cx<'_>) {
    let Some(unknown) = unknown.filter(|unknown| unknown.chars().count() > 1) else { return };
    let known = flags.iter().copied().flatten().chain(GLOBAL).map(|flag| flag.long);
    if let Some(near) = suggest::nearest(unknown, known) {
        cx.hint("did_you_mean", &[("word", &format!("--{near}"))]);
    }
}

/// The help of a verb by its whole name. `None` if there is none.
pub fn help_of(name: &str) -> Option<&'static Help> {
    find(name).map(|verb| &verb.help)
}

/// A verb's summary, or that of a command that only has subcommands, without the final stop.
pub fn summary(name: &str) -> &'static str {
    super::help::short(
        super::help::family_summary(name).or_else(|| help_of(name).map(|help| help.summary)).unwrap_or(""),
    )
}

/// `kubectl help words…`: words behind those that name a command are not looked at.
fn help(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let family = words.first().and_then(|first| super::help::family(first));
    let made = words.split_first().filter(|(first, _)| **first == "create").and_then(|(_, rest)| {
        let rest: Vec<String> = rest.iter().map(|word| (*word).to_string()).collect();
        create_flags::find(&rest).and_then(|(row, _)| create_help::text(row.name))
    });
    if let Some(text) = made {
        super::print::text_lines(&text, &mut cx.out);
        return OK;
    }
    let text = match find_in(words) {
        _ if words.is_empty() => super::help::overview(&summary),
        Some((verb, _)) => verb.help.text(),
        None if family.is_some() => family.unwrap_or_default(),
        None => {
            let named: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let overview = super::help::overview(&summary);
            // Behind the summary.
            let usage = overview.split_once('\n').map_or("", |(_, usage)| usage);
            let text = format!("Unknown help topic [{}]\n\n{usage}", named.join(" "));
            text.lines().for_each(|line| cx.out.err(line.to_string()));
            return OK;
        }
    };
    super::print::text_lines(&text, &mut cx.out);
    OK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubectl::help::{commands, family, members};

    #[test]
    fn every_listed_command_has_help() {
        for name in commands() {
            assert!(help_of(name).is_some() || family(name).is_some(), "{name}");
            assert!(!summary(name).is_empty(), "{name}");
        }
        for verb in all() {
            assert!(!verb.help.summary.is_empty() && !verb.help.usage.is_empty(), "{}", verb.name);
        }
        for family in ["rollout", "set"] {
            for member in members(family) {
                let whole = format!("{family} {member}");
                assert!(help_of(&whole).is_some(), "{whole}");
            }
        }
    }

    /// What the overview leaves out, as kubectl's does.
    const NOT_LISTED: &[&str] = &["alpha", "help", "kuberc", "options"];

    #[test]
    fn every_verb_stands_in_the_overview_once() {
        let listed: Vec<&str> = commands().collect();
        for name in names().filter(|name| !NOT_LISTED.contains(name)) {
            assert_eq!(listed.iter().filter(|own| **own == name).count(), 1, "{name} in help.rs");
        }
    }

    #[test]
    fn the_layout_is_kubectls() {
        let text = help_of("cordon").map(Help::text).unwrap_or_default();
        assert!(text.starts_with("Mark node as unschedulable.\n\nExamples:\n  # No new pods on this node\n"), "{text}");
        assert!(text.contains("\nUsage:\n  kubectl cordon NODE [options]\n\nUse \"kubectl options\""), "{text}");
    }
}
