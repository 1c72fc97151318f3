//! The subcommands of `kubectl create`: their names, the flags that each has and those that it cannot do without.
//!
//! Follows pkg/cmd/create of kubectl.

use super::dry_run::DRY_RUN;
use super::requests::{FIELD_MANAGER, VALIDATE};
use super::{create_secret, create_token, data_sources};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::manifests;
use crate::kubectl::print;
use crate::kubectl::selection;

/// One short form of `create`.
#[derive(Clone, Copy, Debug)]
pub struct Subcommand {
    /// Its whole name behind `create`: `namespace`, `service clusterip`.
    pub name: &'static str,
    /// Other words for the first of the name's.
    aliases: &'static [&'static str],
    /// Its flags.
    pub flags: &'static [&'static [Flag]],
    /// The flags that must be written, in the order of their names.
    required: &'static [&'static str],
}

impl Subcommand {
    /// Whether kubectl itself refuses an empty name; with the others the API server does.
    pub fn asks_for_name(&self) -> bool {
        let is_left_to_server = matches!(
            self.name,
            "clusterrolebinding" | "cronjob" | "deployment" | "ingress" | "job" | "priorityclass" | "secret tls"
        );
        !is_left_to_server && !self.name.starts_with("service ")
    }
}

/// The flags of all subcommands but `token`.
const COMMON: &[Flag] = &[DRY_RUN, VALIDATE, FIELD_MANAGER, SAVE_CONFIG];
const SAVE_CONFIG: Flag = long("save-config", Takes::Bool);
/// The flags of `create -f` beside those of manifests and of printing.
const OF_FILES: &[Flag] = &[
    selection::SELECTOR,
    long("edit", Takes::Bool),
    long("raw", Takes::Text),
    long("windows-line-endings", Takes::Bool).ignored(),
];
const APPEND_HASH: &[Flag] = &[long("append-hash", Takes::Bool)];
const TCP: &[Flag] = &[long("tcp", Takes::List)];
const CLUSTER_IP: &[Flag] = &[long("clusterip", Takes::Text)];
const NODE_PORT: &[Flag] = &[long("node-port", Takes::Int)];
const EXTERNAL_NAME: &[Flag] = &[long("external-name", Takes::Text)];
const SECRET_TYPE: &[Flag] = &[long("type", Takes::Text)];
const DEPLOYMENT: &[Flag] =
    &[long("image", Takes::List), long("port", Takes::Int32), short("replicas", 'r', Takes::Int32)];
/// A Deployment has several images, a Job one.
const ONE_IMAGE: &[Flag] = &[long("image", Takes::Text)];
const JOB: &[Flag] = &[long("from", Takes::Text)];
const CRON_JOB: &[Flag] = &[long("schedule", Takes::Text), long("restart", Takes::Text)];
/// The selector of a budget has no short form.
const OWN_SELECTOR: &[Flag] = &[long("selector", Takes::Text)];
const BUDGET: &[Flag] = &[long("min-available", Takes::Text), long("max-unavailable", Takes::Text)];
const QUOTA: &[Flag] = &[long("hard", Takes::Text), long("scopes", Takes::Text)];
const PRIORITY: &[Flag] = &[
    long("value", Takes::Int32),
    long("global-default", Takes::Bool),
    long("description", Takes::Text),
    long("preemption-policy", Takes::Text),
];
const INGRESS: &[Flag] = &[
    long("class", Takes::Text),
    long("rule", Takes::Each),
    long("default-backend", Takes::Text),
    long("annotation", Takes::Each),
];
const ROLE: &[Flag] = &[long("verb", Takes::List), long("resource", Takes::List), long("resource-name", Takes::Each)];
const WIDE_ROLE: &[Flag] = &[long("non-resource-url", Takes::List), long("aggregation-rule", Takes::List)];
const SUBJECTS: &[Flag] = &[
    long("clusterrole", Takes::Text),
    long("user", Takes::Each),
    long("group", Takes::Each),
    long("serviceaccount", Takes::Each),
];
const NARROW_BINDING: &[Flag] = &[long("role", Takes::Text)];

/// The flags of `create` and of all its subcommands, each once.
pub const ALL: &[&[Flag]] = &[
    manifests::FLAGS,
    print::FLAGS,
    OF_FILES,
    COMMON,
    data_sources::LITERALS,
    data_sources::FILES,
    create_secret::REGISTRY,
    create_secret::CERTIFICATE,
    create_token::FLAGS,
    APPEND_HASH,
    TCP,
    CLUSTER_IP,
    NODE_PORT,
    EXTERNAL_NAME,
    SECRET_TYPE,
    DEPLOYMENT,
    JOB,
    CRON_JOB,
    BUDGET,
    QUOTA,
    PRIORITY,
    INGRESS,
    ROLE,
    WIDE_ROLE,
    SUBJECTS,
    NARROW_BINDING,
];

/// The flags of `create -f`.
const WITH_FILES: &[&[Flag]] = &[manifests::FLAGS, print::FLAGS, OF_FILES, COMMON];

const fn row(
    name: &'static str,
    aliases: &'static [&'static str],
    flags: &'static [&'static [Flag]],
    required: &'static [&'static str],
) -> Subcommand {
    Subcommand { name, aliases, flags, required }
}

const SUBCOMMANDS: &[Subcommand] = &[
    row("clusterrole", &[], &[print::FLAGS, COMMON, ROLE, WIDE_ROLE], &[]),
    row("clusterrolebinding", &[], &[print::FLAGS, COMMON, SUBJECTS], &["clusterrole"]),
    row("configmap", &["cm"], &[print::FLAGS, COMMON, APPEND_HASH, data_sources::LITERALS, data_sources::FILES], &[]),
    row("cronjob", &["cj"], &[print::FLAGS, COMMON, ONE_IMAGE, CRON_JOB], &["image", "schedule"]),
    row("deployment", &["deploy"], &[print::FLAGS, COMMON, DEPLOYMENT], &["image"]),
    row("ingress", &["ing"], &[print::FLAGS, COMMON, INGRESS], &[]),
    row("job", &[], &[print::FLAGS, COMMON, ONE_IMAGE, JOB], &[]),
    row("namespace", &["ns"], &[print::FLAGS, COMMON], &[]),
    row("poddisruptionbudget", &["pdb"], &[print::FLAGS, COMMON, OWN_SELECTOR, BUDGET], &[]),
    row("priorityclass", &["pc"], &[print::FLAGS, COMMON, PRIORITY], &[]),
    row("quota", &["resourcequota"], &[print::FLAGS, COMMON, QUOTA], &[]),
    row("role", &[], &[print::FLAGS, COMMON, ROLE], &[]),
    row("rolebinding", &[], &[print::FLAGS, COMMON, SUBJECTS, NARROW_BINDING], &[]),
    row(
        "secret docker-registry",
        &[],
        &[print::FLAGS, COMMON, APPEND_HASH, create_secret::REGISTRY, data_sources::FILES],
        &[],
    ),
    row(
        "secret generic",
        &[],
        &[print::FLAGS, COMMON, APPEND_HASH, SECRET_TYPE, data_sources::LITERALS, data_sources::FILES],
        &[],
    ),
    row("secret tls", &[], &[print::FLAGS, COMMON, APPEND_HASH, create_secret::CERTIFICATE], &[]),
    row("service clusterip", &["svc"], &[print::FLAGS, COMMON, TCP, CLUSTER_IP], &[]),
    row("service externalname", &["svc"], &[print::FLAGS, COMMON, TCP, EXTERNAL_NAME], &["external-name"]),
    row("service loadbalancer", &["svc"], &[print::FLAGS, COMMON, TCP], &[]),
    row("service nodeport", &["svc"], &[print::FLAGS, COMMON, TCP, NODE_PORT], &[]),
    row("serviceaccount", &["sa"], &[print::FLAGS, COMMON], &[]),
    row("token", &[], &[print::FLAGS, create_token::FLAGS], &[]),
];

/// The subcommand of a whole name: `service clusterip`.
pub fn named(name: &str) -> Option<&'static Subcommand> {
    SUBCOMMANDS.iter().find(|row| row.name == name)
}

/// The whole names of all subcommands.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    SUBCOMMANDS.iter().map(|row| row.name)
}

/// The subcommand that `words` begin with, and what stands behind its name.
pub fn find(words: &[String]) -> Option<(&'static Subcommand, &[String])> {
    let first = words.first()?;
    let is_first = |row: &Subcommand, name: &str| name == first || row.aliases.contains(&first.as_str());
    SUBCOMMANDS.iter().find_map(|row| match row.name.split_once(' ') {
        Some((name, sort)) => {
            let is_meant = is_first(row, name) && words.get(1).is_some_and(|word| word == sort);
            is_meant.then(|| (row, words.get(2..).unwrap_or(&[])))
        }
        None => is_first(row, row.name).then(|| (row, words.get(1..).unwrap_or(&[]))),
    })
}

/// The word of a group of subcommands: `service` for `svc`. `None` for a word that has no second one behind it.
pub fn family_of(word: &str) -> Option<&'static str> {
    match word {
        "secret" => Some("secret"),
        "service" | "svc" => Some("service"),
        _ => None,
    }
}

/// What stands behind `kubectl create` in a command's own name, and the flags that it has there.
pub fn meant(words: &[String]) -> (String, &'static [&'static [Flag]]) {
    let plain = Args::parse(words, ALL).map_or_else(|_| words.to_vec(), |args| args.before_dash().to_vec());
    match find(&plain) {
        Some((row, _)) => (format!("create {}", row.name), row.flags),
        None => ("create".into(), WITH_FILES),
    }
}

/// What is said of the flags that are missing. `None` if all are there.
pub fn missing(row: &Subcommand, args: &Args) -> Option<String> {
    let missing: Vec<String> =
        row.required.iter().filter(|flag| !args.has(flag)).map(|flag| format!("{flag:?}")).collect();
    (!missing.is_empty()).then(|| format!("required flag(s) {} not set", missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_flags_are_those_of_the_parts() {
        let knows = |long: &str| ALL.iter().copied().flatten().any(|flag| flag.long == long);
        for row in SUBCOMMANDS {
            assert!(row.flags.iter().copied().flatten().all(|flag| knows(flag.long)), "{}", row.name);
            let own = |long: &str| row.flags.iter().copied().flatten().any(|flag| flag.long == long);
            assert!(row.required.iter().all(|flag| own(flag)), "{}", row.name);
        }
    }
}
