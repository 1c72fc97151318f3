//! What `--help` says behind each subcommand of `kubectl create`: what it makes, its flags, and how it is called.

use crate::kubectl::flags::{Flag, Takes};
use crate::kubectl::subcommand::Subcommand;
use crate::kubectl::verb::OPTIONS_LINE;
use crate::ordering::Order;
use std::fmt::Write as _;

/// What the flags do.
const TEXTS: &[(&str, &str)] = &[
    ("aggregation-rule", "Labels of the cluster roles that this one takes its rules from."),
    ("allow-missing-template-keys", "With templates: a field that is missing is no error."),
    ("annotation", "An annotation as key=value."),
    ("append-hash", "Put a hash of what is in it behind the name."),
    ("audience", "Whom the token is for."),
    ("bound-object-kind", "The kind of the object that the token lives as long as."),
    ("bound-object-name", "Its name."),
    ("bound-object-uid", "Its UID."),
    ("cert", "The file of the certificate."),
    ("class", "The ingress class that serves it."),
    ("clusterip", "The address in the cluster; None for a headless service."),
    ("clusterrole", "The cluster role that is bound."),
    ("default-backend", "The service for everything that no rule takes: name:port."),
    ("description", "What the class is for."),
    ("docker-email", "The address of the account at the registry."),
    ("docker-password", "Its password."),
    ("docker-server", "The registry's address."),
    ("docker-username", "The name of the account at the registry."),
    ("dry-run", "none, client or server: with the others nothing is stored."),
    ("duration", "How long the token is asked to live."),
    ("external-name", "The name outside of the cluster."),
    ("field-manager", "The name under which fields are owned."),
    ("from", "The object to make it of: cronjob/name."),
    ("from-env-file", "A file with lines key=value."),
    ("from-file", "A file, a directory or key=file."),
    ("from-literal", "A key and its value: key=value."),
    ("global-default", "Whether pods without a class get this one."),
    ("group", "A group that is bound."),
    ("hard", "The limits: resource=amount, with commas between."),
    ("image", "The image that runs."),
    ("key", "The file of the private key."),
    ("max-unavailable", "How many pods may be missing."),
    ("min-available", "How many pods have to stay."),
    ("node-port", "The port on every node."),
    ("non-resource-url", "A path of the API that is no resource."),
    ("output", "One of: yaml, json, name, jsonpath=TEMPLATE, go-template=TEMPLATE."),
    ("port", "The port that the container opens."),
    ("preemption-policy", "Whether others may be evicted: PreemptLowerPriority or Never."),
    ("replicas", "How many pods there are."),
    ("resource", "The resources of the rule, with their groups: deployments.apps."),
    ("resource-name", "Only objects of this name."),
    ("restart", "The pods' restart policy."),
    ("role", "The role that is bound."),
    ("rule", "host/path=service:port[,tls[=secret]]."),
    ("save-config", "Keep what was created for a later apply."),
    ("schedule", "When it runs, as cron has it."),
    ("scopes", "Which pods count."),
    ("selector", "The labels of the pods that are meant."),
    ("serviceaccount", "An account that is bound: namespace:name."),
    ("show-managed-fields", "With yaml and json: who owns which fields."),
    ("tcp", "port or port:targetPort."),
    ("template", "The template of -o=go-template."),
    ("type", "The type of the secret."),
    ("user", "A user that is bound."),
    ("validate", "strict, warn or ignore: what becomes of fields that nobody knows."),
    ("value", "The priority: the higher, the earlier."),
    ("verb", "What the rule allows: get, list, watch and so on."),
];

/// The help of a subcommand.
pub(super) fn text(row: &Subcommand) -> String {
    let mut out = format!("{}\n\nOptions:\n", row.summary);
    let mut flags: Vec<&Flag> = row.flags.iter().copied().flatten().collect();
    flags.order_by_key(|flag| flag.long);
    for (number, flag) in flags.into_iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        let short = if flag.short == ' ' { String::new() } else { format!("-{}, ", flag.short) };
        let said = TEXTS.iter().find(|(known, _)| *known == flag.long).map_or("", |(_, text)| text);
        _ = write!(out, "{gap}    {short}--{}={}:\n\t{said}\n", flag.long, default_of(flag));
    }
    _ = write!(out, "\nUsage:\n  kubectl create {} {} [options]\n\n{OPTIONS_LINE}\n", row.name, row.form);
    out
}

fn default_of(flag: &Flag) -> &'static str {
    match (flag.long, flag.takes) {
        ("allow-missing-template-keys", _) => "true",
        ("dry-run", _) => "'none'",
        ("validate", _) => "'strict'",
        ("field-manager", _) => "'kubectl-create'",
        ("replicas", _) => "1",
        ("port", _) => "-1",
        ("preemption-policy", _) => "'PreemptLowerPriority'",
        ("docker-server", _) => "'https://index.docker.io/v1/'",
        (_, Takes::Bool) => "false",
        (_, Takes::Int | Takes::Int32) => "0",
        (_, Takes::Duration) => "0s",
        (_, Takes::List | Takes::Each | Takes::Pairs) => "[]",
        _ => "''",
    }
}
