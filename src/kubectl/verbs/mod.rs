//! kubectl's verbs: one file for each, or for a few small ones of a kind; this one finds the right one and says what is wrong with the command line.

mod api_types;
mod apply;
mod apply_force;
mod attach;
mod auth;
mod auth_reconcile;
mod autoscale;
mod certificate;
mod chosen_container;
mod client_objects;
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
mod create_access;
mod create_data;
mod create_edit;
mod create_flags;
mod create_help;
mod create_ingress;
mod create_policy;
mod create_service;
mod create_subcommands;
mod create_token;
mod create_workloads;
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
mod get;
mod get_rows;
mod get_watch;
mod kuberc;
mod kustomize;
mod label;
mod last_applied;
mod logs;
mod options;
mod patch;
mod plugin;
mod pod_of_workload;
mod port_forward;
mod prune;
pub mod raw;
mod raw_absent;
pub mod raw_delete;
mod raw_log;
mod raw_options;
mod raw_url;
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
pub mod wait;
pub mod wait_condition;

use super::command::{Cx, Failure, Flow, OK, in_the_name_of};
use super::credentials::{Identity, identity};
use super::edit_distance;
use super::flags::{Args, Flag, GLOBAL, Reader, Takes};
use super::kubeconfig::KubeConfig;
use super::resources::CONTEXT_NAMESPACE;
use super::subcommand::{self, Subcommand};
use super::verb::{Help, Listed, Verb};
use crate::cluster::{PODS_MAX, User};
use crate::model::workload::replicas;
use crate::model::{Kind, Text};
use crate::ordering::Order;
use requests::RECORD;
use std::rc::Rc;
use suggestions::{hint_of_type, unknown};

/// The rows of the verbs, in the order of their names; those of `config` stand with it.
static ROWS: &[&Verb] = &[
    &label::ANNOTATE,
    &api_types::API_RESOURCES,
    &api_types::API_VERSIONS,
    &apply::APPLY,
    &last_applied::APPLY_EDIT,
    &last_applied::APPLY_SET,
    &last_applied::APPLY_VIEW,
    &attach::ATTACH,
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

/// The commands that the overview names, in its order, each with its place.
pub fn listed() -> Vec<(Listed, &'static str)> {
    let verbs = all().filter_map(|verb| Some((verb.listed?, verb.name)));
    let mut listed: Vec<(Listed, &'static str)> = verbs.chain(super::help::listed_families()).collect();
    listed.order_by_key(|(place, _)| *place);
    listed
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
    let words = match kuberc::expanded(words, cx) {
        Ok(words) => words,
        Err(why) => {
            cx.out.err(format!("error occurred while applying preferences {why}"));
            return Ok(Flow::Done(1));
        }
    };
    let (global, words) = leading_flags(&words);
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
    let subcommand = subcommand_of(verb, &rest);
    let (name, flags) = match (subcommand, verb.ways.makes) {
        (Some(row), _) => (format!("{} {}", verb.name, row.name), row.flags),
        (None, Some(forms)) => (verb.name.to_string(), forms.flags_alone),
        (None, None) => (verb.name.to_string(), verb.flags),
    };
    let args = match Args::parse(&rest, flags) {
        Ok(args) => args,
        Err(error) => {
            // 1 would say that there are differences.
            let (see, exit) =
                if verb.ways.compares { ("-h' for help and examples", 2) } else { ("--help' for usage.", 1) };
            cx.out.err(format!("error: {}", error.message));
            cx.out.err(format!("See 'kubectl {name} {see}"));
            hint_of_flag(flags, error.unknown.as_deref(), cx);
            return Ok(Flow::Done(exit));
        }
    };
    if let Some(row) = subcommand.filter(|_| args.is("help")) {
        super::output_formats::text_lines(&create_help::text(row), &mut cx.out);
        return OK;
    }
    run_parsed(verb, &if verb.ways.takes_command { args } else { args.with_all_words() }, cx)
}

/// The subcommand that makes an object of flags, among the words behind its verb; flags may stand before it.
fn subcommand_of(verb: &Verb, words: &[String]) -> Option<&'static Subcommand> {
    let rows = verb.ways.makes?.rows;
    let plain = Args::parse(words, verb.flags).map_or_else(|_| words.to_vec(), |args| args.before_dash().to_vec());
    subcommand::find(rows, &plain).map(|(row, _)| row)
}

/// Runs a verb with arguments that were read.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn run_parsed(verb: &Verb, args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.discover();
    if args.is("help") {
        return help(&verb.name.split(' ').collect::<Vec<_>>(), cx);
    }
    if args.has(RECORD.long) {
        cx.out.err("Flag --record has been deprecated, --record will be removed in the future");
    }
    if let Err(failure) = check_flags(verb, args, cx) {
        return Ok(Flow::Done(cx.fail(&failure)));
    }
    let in_context = KubeConfig::namespace(args, cx).map(|namespace| args.or(CONTEXT_NAMESPACE, &namespace));
    let args = in_context.as_ref().unwrap_or(args);
    let holder = match verb.ways.needs_server {
        true => identity(&without_own_user(verb, args), cx).unwrap_or_default(),
        false => Identity::default(),
    };
    if holder.has_certificate {
        let name = holder.user.as_ref().map_or("", |user| user.name.as_str());
        cx.hint_once("certificate_unread", &[("name", name)]);
    }
    let holder = holder.user;
    cx.user = match impersonated(args, cx) {
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
    cx.cause = args.is(RECORD.long).then(|| Text::from(args.spelled(&format!("kubectl {}", verb.name))));
    let printer =
        if verb.ways.looks_at_format_first { super::output_formats::Format::of(args, cx).map(drop) } else { Ok(()) };
    let flow = printer.and_then(|()| (verb.run)(args, cx)).or_else(|failure| {
        if failure != Failure::Said {
            cx.fail(&failure);
        }
        hint_of_type(&failure, cx);
        Ok(Flow::Done(1))
    });
    if verb.ways.changes_sizes {
        hint_of_limit(cx);
    }
    let flow = if args.is("warnings-as-errors") { flow.map(|flow| failed_by_warnings(flow, cx)) } else { flow };
    let user = cx.user.take();
    flow.map(|flow| in_the_name_of(user, flow))
}

/// With `--warnings-as-errors` a command that was warned has failed in the end.
fn failed_by_warnings(flow: Flow, cx: &mut Cx<'_>) -> Flow {
    let count = cx.out.lines.iter().filter(|line| line.text().starts_with("Warning: ")).count();
    match flow {
        Flow::Done(0) if count > 0 => {
            let ending = if count == 1 { "" } else { "s" };
            Flow::Done(cx.fail(&Failure::client(format!("{count} warning{ending} received"))))
        }
        flow => flow,
    }
}

/// In whose name `--as` and its kin ask. `None` without them.
fn impersonated(args: &Args, cx: &Cx<'_>) -> Result<Option<Rc<User>>, Failure> {
    let (name, groups) = (args.text("as"), args.list("as-group"));
    if name.is_empty() {
        return match groups.is_empty() && !args.has("as-uid") {
            true => Ok(None),
            false => {
                let config = KubeConfig::load(args, cx);
                let whom = config.user_of(args);
                let why = format!("requesting uid, groups or user-extra for {whom} without impersonating a user");
                Err(Failure::client(why))
            }
        };
    }
    Ok(Some(Rc::new(User::impersonated(name, groups, args.text("as-uid")))))
}

/// A verb's arguments, of which those about the connection are read: `create rolebinding --user` means somebody else.
fn without_own_user(verb: &Verb, args: &Args) -> Args {
    let has_own = verb.flags.iter().copied().flatten().any(|flag| flag.long == "user");
    if has_own { args.without("user") } else { args.clone() }
}

/// Refuses what the lab does not have and what would do more than was asked for; names what it ignores.
fn check_flags(verb: &Verb, args: &Args, cx: &mut Cx<'_>) -> Result<(), Failure> {
    if verb.ways.needs_server {
        super::connection::connect(&without_own_user(verb, args), cx)?;
    }
    let refused = args.written().find(|flag| flag.reader == Reader::Refused).map(|flag| flag.long);
    if let Some(flag) = refused {
        return Err(refusal(flag, cx));
    }
    for flag in args.written().filter(|flag| flag.reader == Reader::Nobody) {
        cx.hint("flag_ignored", &[("flag", &format!("--{}", flag.long))]);
    }
    Ok(())
}

/// What is said of a flag without which more would be done than was asked for.
fn refusal(flag: &str, cx: &mut Cx<'_>) -> Failure {
    cx.hint("flag_refused", &[("flag", &format!("--{flag}"))]);
    Failure::client(format!("this lab has no --{flag}"))
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
    let wants_more =
        |set: &&std::rc::Rc<crate::model::Object>| usize::try_from(replicas(set)).is_ok_and(|wanted| wanted > PODS_MAX);
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
    if let Some(near) = edit_distance::nearest(unknown, known) {
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
    let made = find_in(words).and_then(|(verb, count)| {
        let rest: Vec<String> = words.iter().skip(count).map(|word| (*word).to_string()).collect();
        subcommand::find(verb.ways.makes?.rows, &rest).map(|(row, _)| row)
    });
    let text = match find_in(words) {
        _ if made.is_some() => made.map(create_help::text).unwrap_or_default(),
        _ if words.is_empty() => super::help::overview(&listed(), &summary),
        Some((verb, _)) => verb.help.text(),
        None if family.is_some() => family.unwrap_or_default(),
        None => {
            let named: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let overview = super::help::overview(&listed(), &summary);
            // Behind the summary.
            let usage = overview.split_once('\n').map_or("", |(_, usage)| usage);
            let text = format!("Unknown help topic [{}]\n\n{usage}", named.join(" "));
            text.lines().for_each(|line| cx.out.err(line.to_string()));
            return OK;
        }
    };
    super::output_formats::text_lines(&text, &mut cx.out);
    OK
}

#[cfg(test)]
mod tests;
