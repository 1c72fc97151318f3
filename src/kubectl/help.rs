//! What `kubectl help` and `--help` print: layout as kubectl's, words of our own; runs nothing.

use super::verb::{Group, Help, Listed, OPTIONS_LINE};
use std::fmt::Write as _;

/// What `kubectl` and `kubectl help` print: the commands in their groups, each with its summary.
pub fn overview(listed: &[(Listed, &'static str)], summary: &dyn Fn(&str) -> &'static str) -> String {
    let mut out = String::from("kubectl controls the Kubernetes cluster manager.\n\n");
    for group in Group::ALL {
        _ = writeln!(out, "{}:", group.title());
        for (_, name) in listed.iter().filter(|(place, _)| place.group == group) {
            _ = writeln!(out, "  {name:<15} {}", summary(name));
        }
        out.push('\n');
    }
    out.push_str("Usage:\n  kubectl [flags] [options]\n\n");
    out.push_str("Use \"kubectl <command> --help\" for more information about a given command.\n");
    _ = writeln!(out, "{OPTIONS_LINE}");
    out
}

/// The first line of a summary, without the final stop.
pub fn short(summary: &'static str) -> &'static str {
    let first = summary.split('\n').next().unwrap_or(summary);
    first.strip_suffix('.').unwrap_or(first)
}

/// What a command is for that only has subcommands. `None` for others.
pub fn family_summary(name: &str) -> Option<&'static str> {
    FAMILIES.iter().find(|family| family.name == name).map(|family| family.summary)
}

/// The commands that only have subcommands, as far as the overview names them, and where.
pub fn listed_families() -> impl Iterator<Item = (Listed, &'static str)> {
    FAMILIES.iter().filter_map(|family| Some((family.listed?, family.name)))
}

/// A command that only has subcommands.
struct Family {
    name: &'static str,
    /// Where the overview names it.
    listed: Option<Listed>,
    summary: &'static str,
    /// What stands for the subcommands in the usage.
    form: &'static str,
    examples: &'static str,
    members: &'static [(&'static str, &'static str)],
}

/// The least width of a column of commands (cobra's `minNamePadding`).
const NAME_PADDING_MIN: usize = 11;

/// What a command that only has subcommands prints: `rollout`, `set`, `config`. `None` for others.
pub fn family(name: &str) -> Option<String> {
    let family = FAMILIES.iter().find(|family| family.name == name)?;
    let mut out = format!("{}\n\n", family.summary);
    if !family.examples.is_empty() {
        _ = write!(out, "Examples:\n{}\n\n", family.examples);
    }
    out.push_str("Available Commands:\n");
    let width = family.members.iter().map(|(member, _)| member.len()).max().unwrap_or(0).max(NAME_PADDING_MIN) + 2;
    for (member, summary) in family.members {
        _ = writeln!(out, "  {member:<width$} {summary}");
    }
    _ = write!(out, "\nUsage:\n  kubectl {name} {} [options]\n\n", family.form);
    _ = writeln!(out, "Use \"kubectl {name} <command> --help\" for more information about a given command.");
    _ = writeln!(out, "{OPTIONS_LINE}");
    Some(out)
}

/// The subcommands of a command that only has such.
pub fn members(name: &str) -> Vec<&'static str> {
    let family = FAMILIES.iter().find(|family| family.name == name);
    family.map(|family| family.members.iter().map(|(member, _)| *member).collect()).unwrap_or_default()
}

const FAMILIES: &[Family] = &[
    Family {
        name: "create secret",
        listed: None,
        summary: "Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.",
        form: "(docker-registry | generic | tls)",
        examples: "",
        members: &[
            ("docker-registry", "Create a secret for use with a Docker registry"),
            ("generic", "Create a secret from a local file, directory, or literal value"),
            ("tls", "Create a TLS secret"),
        ],
    },
    Family {
        name: "create service",
        listed: None,
        summary: "Create a service using a specified subcommand.\n\nAliases:\nservice, svc",
        form: "[flags]",
        examples: "",
        members: &[
            ("clusterip", "Create a ClusterIP service"),
            ("externalname", "Create an ExternalName service"),
            ("loadbalancer", "Create a LoadBalancer service"),
            ("nodeport", "Create a NodePort service"),
        ],
    },
    Family {
        name: "rollout",
        listed: Group::Deploy.at(1),
        summary: "Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets",
        form: "SUBCOMMAND",
        examples: "  # Rollback to the previous deployment\n  kubectl rollout undo deployment/abc\n  \n  # Check the rollout status of a daemonset\n  kubectl rollout status daemonset/foo\n  \n  # Restart a deployment\n  kubectl rollout restart deployment/abc\n  \n  # Restart deployments with the 'app=nginx' label\n  kubectl rollout restart deployment --selector=app=nginx",
        members: &[
            ("history", "View rollout history"),
            ("pause", "Mark the provided resource as paused"),
            ("restart", "Restart a resource"),
            ("resume", "Resume a paused resource"),
            ("status", "Show the status of the rollout"),
            ("undo", "Undo a previous rollout"),
        ],
    },
    Family {
        name: "set",
        listed: Group::Beginner.at(4),
        summary: "Configure application resources.\n\n These commands help you make changes to existing application resources.",
        form: "SUBCOMMAND",
        examples: "",
        members: &[
            ("env", "Update environment variables on a pod template"),
            ("image", "Update the image of a pod template"),
            ("resources", "Update resource requests/limits on objects with pod templates"),
            ("selector", "Set the selector on a resource"),
            ("serviceaccount", "Update the service account of a resource"),
            ("subject", "Update the user, group, or service account in a role binding or cluster role binding"),
        ],
    },
    Family {
        name: "auth",
        listed: Group::Troubleshooting.at(8),
        summary: "Inspect authorization.",
        form: "[flags]",
        examples: "",
        members: &[
            ("can-i", "Check whether an action is allowed"),
            (
                "reconcile",
                "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
            ),
            ("whoami", "Experimental: Check self subject attributes"),
        ],
    },
    Family {
        name: "certificate",
        listed: Group::Cluster.at(1),
        summary: "Modify certificate resources.",
        form: "SUBCOMMAND",
        examples: "",
        members: &[
            ("approve", "Approve a certificate signing request"),
            ("deny", "Deny a certificate signing request"),
        ],
    },
    Family {
        name: "plugin",
        listed: Group::Other.at(4),
        summary: "Provides utilities for interacting with plugins.",
        form: "SUBCOMMAND",
        examples: "",
        members: &[("list", "List all visible plugin executables on a user's PATH")],
    },
    Family {
        name: "top",
        listed: Group::Cluster.at(3),
        summary: "Display resource (CPU/memory) usage.",
        form: "SUBCOMMAND",
        examples: "",
        members: &[
            ("node", "Display resource (CPU/memory) usage of nodes"),
            ("pod", "Display resource (CPU/memory) usage of pods"),
        ],
    },
    Family {
        name: "config",
        listed: Group::Other.at(3),
        summary: "Modify kubeconfig files.",
        form: "SUBCOMMAND",
        examples: "",
        members: &[
            ("current-context", "Display the current-context"),
            ("delete-cluster", "Delete the specified cluster from the kubeconfig"),
            ("delete-context", "Delete the specified context from the kubeconfig"),
            ("delete-user", "Delete the specified user from the kubeconfig"),
            ("get-clusters", "Display clusters defined in the kubeconfig"),
            ("get-contexts", "Describe one or many contexts"),
            ("get-users", "Display users defined in the kubeconfig"),
            ("rename-context", "Rename a context from the kubeconfig file"),
            ("set", "Set an individual value in a kubeconfig file"),
            ("set-cluster", "Set a cluster entry in kubeconfig"),
            ("set-context", "Set a context entry in kubeconfig"),
            ("set-credentials", "Set a user entry in kubeconfig"),
            ("unset", "Unset an individual value in a kubeconfig file"),
            ("use-context", "Set the current-context in a kubeconfig file"),
            ("view", "Display merged kubeconfig settings or a specified kubeconfig file"),
        ],
    },
];

/// The flags of every command with their default, and what they do, in the order of their names.
const GLOBAL_OPTIONS: &[(&str, &str)] = &[
    ("--as=''", "Ask in the name of somebody else: a user, or system:serviceaccount:NAMESPACE:NAME."),
    ("--as-group=[]", "A group of whom is asked for; it may be repeated."),
    ("--as-uid=''", "The UID of whom is asked for."),
    ("--cache-dir='/home/lab/.kube/cache'", "Where discovery is kept. Nothing is kept here."),
    ("--cluster=''", "The cluster of the kubeconfig that is meant."),
    ("--context=''", "The context of the kubeconfig that is meant."),
    ("--disable-compression=false", "Ask for answers that are not compressed."),
    ("--insecure-skip-tls-verify=false", "Do not look at the server's certificate."),
    ("--kubeconfig=''", "The file of contexts to read."),
    ("--match-server-version=false", "Refuse a server of another version."),
    ("-n, --namespace=''", "If present, the namespace scope for this CLI request"),
    ("--request-timeout='0'", "How long one request may take; 0 sets no limit."),
    ("--tls-server-name=''", "The name that the server's certificate must have."),
    ("--token=''", "A bearer token to ask with."),
    ("--user=''", "The user of the kubeconfig that is meant."),
    ("-v, --v=0", "How much kubectl says about what it does."),
    ("--warnings-as-errors=false", "End with a status other than zero if the server warns."),
];

/// What `kubectl options` prints.
pub fn global_options() -> String {
    let mut text = "The following options can be passed to any command:\n".to_string();
    for (flag, what) in GLOBAL_OPTIONS {
        _ = write!(text, "\n    {flag}:\n\t{what}\n");
    }
    text
}

/// `-f` as most verbs explain it.
pub const FILE: (&str, &str) = ("-f, --filename=[]", "The manifest to read: a file, or - for standard input.");
/// `-l` as most verbs explain it.
pub const SELECTOR: (&str, &str) =
    ("-l, --selector=''", "Only objects whose labels match, as in app=nginx,tier!=back.");
/// `-o` of whole objects.
pub const OUTPUT: (&str, &str) = (
    "-o, --output=''",
    "One of: wide, yaml, json, name, jsonpath=TEMPLATE, go-template=TEMPLATE, custom-columns=SPEC.",
);
/// `-A`.
pub const ALL_NAMESPACES: (&str, &str) = ("-A, --all-namespaces=false", "Look in every namespace.");
/// `--dry-run`.
pub const DRY_RUN: (&str, &str) = ("--dry-run='none'", "none, client or server: with the others nothing is stored.");
/// `--overwrite`.
pub const OVERWRITE: (&str, &str) = ("--overwrite=false", "Replace values that are there.");
/// `--timeout`.
pub const TIMEOUT: (&str, &str) = ("--timeout=0s", "How long to wait; 0 waits for as long as it takes.");

/// A verb's help.
pub const fn help(
    summary: &'static str,
    examples: &'static [(&'static str, &'static str)],
    options: &'static [(&'static str, &'static str)],
    usage: &'static str,
) -> Help {
    Help { summary, examples, options, usage }
}
