//! What `kubectl help` and `--help` print: layout as kubectl's, words of our own; runs nothing.

use std::fmt::Write as _;

/// One command's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    /// The command: `get`, or `rollout status`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Commands to try, each behind a comment. A test runs them.
    pub examples: &'static [(&'static str, &'static str)],
    /// Its flags with their default, and what they do.
    pub options: &'static [(&'static str, &'static str)],
    /// How it is called, without `kubectl`.
    pub usage: &'static str,
}

impl Help {
    /// The help of a command, by its whole name. `None` if there is none.
    pub fn of(name: &str) -> Option<&'static Help> {
        COMMANDS.iter().find(|help| help.name == name)
    }

    /// As `--help` prints it.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.summary);
        if !self.examples.is_empty() {
            out.push_str("\nExamples:\n");
            for (at, (comment, command)) in self.examples.iter().enumerate() {
                if at > 0 {
                    out.push_str("  \n");
                }
                _ = write!(out, "  # {comment}\n  {command}\n");
            }
        }
        if !self.options.is_empty() {
            out.push_str("\nOptions:\n");
            for (at, (flag, text)) in self.options.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                _ = write!(out, "    {flag}:\n\t{text}\n");
            }
        }
        _ = write!(out, "\nUsage:\n  kubectl {}\n\n{OPTIONS_LINE}\n", self.usage);
        out
    }
}

/// The last line of every help.
const OPTIONS_LINE: &str =
    "Use \"kubectl options\" for a list of global command-line options (applies to all commands).";

/// Groups of the top-level help, with their commands.
const GROUPS: &[(&str, &[&str])] = &[
    ("Basic Commands (Beginner)", &["create", "expose", "run", "set"]),
    ("Basic Commands (Intermediate)", &["explain", "get", "edit", "delete"]),
    ("Deploy Commands", &["rollout", "scale", "autoscale"]),
    ("Cluster Management Commands", &["certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint"]),
    (
        "Troubleshooting and Debugging Commands",
        &["describe", "logs", "attach", "exec", "port-forward", "proxy", "cp", "auth", "debug", "events"],
    ),
    ("Advanced Commands", &["diff", "apply", "patch", "replace", "wait", "kustomize"]),
    ("Settings Commands", &["label", "annotate", "completion"]),
    ("Other Commands", &["api-resources", "api-versions", "config", "plugin", "version"]),
];

/// What `kubectl` and `kubectl help` print.
pub fn overview() -> String {
    let mut out = String::from("kubectl controls the Kubernetes cluster manager.\n\n");
    for (title, names) in GROUPS {
        _ = writeln!(out, "{title}:");
        for name in *names {
            _ = writeln!(out, "  {name:<15} {}", short(name));
        }
        out.push('\n');
    }
    out.push_str("Usage:\n  kubectl [flags] [options]\n\n");
    out.push_str("Use \"kubectl <command> --help\" for more information about a given command.\n");
    _ = writeln!(out, "{OPTIONS_LINE}");
    out
}

/// The help of every command, in order of their names.
pub fn all() -> &'static [Help] {
    COMMANDS
}

/// The commands that the overview names, in its order.
pub fn commands() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, names)| names.iter().copied())
}

/// A command's summary, without the final stop.
pub fn short(name: &str) -> &'static str {
    let group = FAMILIES.iter().find(|family| family.name == name).map(|family| family.summary);
    let summary = group.or_else(|| Help::of(name).map(|help| help.summary)).unwrap_or("");
    let first = summary.split('\n').next().unwrap_or(summary);
    first.strip_suffix('.').unwrap_or(first)
}

/// A command that only has subcommands.
struct Family {
    name: &'static str,
    summary: &'static str,
    examples: &'static str,
    /// The width to which the names of subcommands are filled.
    width: usize,
    members: &'static [(&'static str, &'static str)],
}

/// What a command that only has subcommands prints: `rollout`, `set`, `config`. `None` for others.
pub fn family(name: &str) -> Option<String> {
    let family = FAMILIES.iter().find(|family| family.name == name)?;
    let mut out = format!("{}\n\n", family.summary);
    if !family.examples.is_empty() {
        _ = write!(out, "Examples:\n{}\n\n", family.examples);
    }
    out.push_str("Available Commands:\n");
    for (member, summary) in family.members {
        _ = writeln!(out, "  {member:<width$} {summary}", width = family.width);
    }
    _ = write!(out, "\nUsage:\n  kubectl {name} SUBCOMMAND [options]\n\n");
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
        summary: "Create a secret with specified type.",
        examples: "",
        width: 15,
        members: &[
            ("docker-registry", "Create a secret for use with a container registry"),
            ("generic", "Create a secret from a file or literal value"),
            ("tls", "Create a TLS secret"),
        ],
    },
    Family {
        name: "create service",
        summary: "Create a service using a specified subcommand.",
        examples: "",
        width: 13,
        members: &[
            ("clusterip", "Create a ClusterIP service"),
            ("externalname", "Create an ExternalName service"),
            ("loadbalancer", "Create a LoadBalancer service"),
            ("nodeport", "Create a NodePort service"),
        ],
    },
    Family {
        name: "rollout",
        summary: "Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets",
        examples: "  # Rollback to the previous deployment\n  kubectl rollout undo deployment/abc\n  \n  # Check the rollout status of a daemonset\n  kubectl rollout status daemonset/foo\n  \n  # Restart a deployment\n  kubectl rollout restart deployment/abc\n  \n  # Restart deployments with the 'app=nginx' label\n  kubectl rollout restart deployment --selector=app=nginx",
        width: 13,
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
        summary: "Configure application resources.\n\n These commands help you make changes to existing application resources.",
        examples: "",
        width: 16,
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
        summary: "Inspect authorization.",
        examples: "",
        width: 13,
        members: &[
            ("can-i", "Check whether an action is allowed"),
            ("whoami", "Experimental: Check self subject attributes"),
        ],
    },
    Family {
        name: "certificate",
        summary: "Modify certificate resources.",
        examples: "",
        width: 13,
        members: &[
            ("approve", "Approve a certificate signing request"),
            ("deny", "Deny a certificate signing request"),
        ],
    },
    Family {
        name: "plugin",
        summary: "Provides utilities for interacting with plugins.",
        examples: "",
        width: 13,
        members: &[("list", "List all visible plugin executables on a user's PATH")],
    },
    Family {
        name: "top",
        summary: "Display resource (CPU/memory) usage.",
        examples: "",
        width: 13,
        members: &[
            ("node", "Display resource (CPU/memory) usage of nodes"),
            ("pod", "Display resource (CPU/memory) usage of pods"),
        ],
    },
    Family {
        name: "config",
        summary: "Modify kubeconfig files.",
        examples: "",
        width: 16,
        members: &[
            ("current-context", "Display the current-context"),
            ("get-clusters", "Display clusters defined in the kubeconfig"),
            ("get-contexts", "Describe one or many contexts"),
            ("set-context", "Set a context entry in kubeconfig"),
            ("use-context", "Set the current-context in a kubeconfig file"),
            ("view", "Display merged kubeconfig settings"),
        ],
    },
];

/// What `kubectl options` prints.
pub fn global_options() -> &'static str {
    "The following options can be passed to any command:\n\n    -n, --namespace='':\n\tIf present, the namespace scope for this CLI request\n\n    -h, --help=false:\n\tHelp for the command\n"
}

const FILE: (&str, &str) = ("-f, --filename=[]", "The manifest to read: a file, or - for standard input.");
const SELECTOR: (&str, &str) = ("-l, --selector=''", "Only objects whose labels match, as in app=nginx,tier!=back.");
const OUTPUT: (&str, &str) = (
    "-o, --output=''",
    "One of: wide, yaml, json, name, jsonpath=TEMPLATE, go-template=TEMPLATE, custom-columns=SPEC.",
);
const ALL_NAMESPACES: (&str, &str) = ("-A, --all-namespaces=false", "Look in every namespace.");
const DRY_RUN: (&str, &str) = ("--dry-run='none'", "none, client or server: with the others nothing is stored.");
const OVERWRITE: (&str, &str) = ("--overwrite=false", "Replace values that are there.");
const TIMEOUT: (&str, &str) = ("--timeout=0s", "How long to wait; 0 waits for as long as it takes.");

const fn help(
    name: &'static str,
    summary: &'static str,
    examples: &'static [(&'static str, &'static str)],
    options: &'static [(&'static str, &'static str)],
    usage: &'static str,
) -> Help {
    Help { name, summary, examples, options, usage }
}

const COMMANDS: &[Help] = &[
    help(
        "annotate",
        "Update the annotations on a resource.",
        &[
            (
                "Say why the set changed, for its next revision",
                "kubectl annotate sts/web kubernetes.io/change-cause='new image'",
            ),
            ("Remove an annotation", "kubectl annotate sts/web kubernetes.io/change-cause-"),
        ],
        &[OVERWRITE, SELECTOR, ("--all=false", "Every object of the type in the namespace.")],
        "annotate TYPE NAME KEY_1=VAL_1 ... [options]",
    ),
    help(
        "api-resources",
        "Print the supported API resources on the server.",
        &[("List the types with their short names", "kubectl api-resources")],
        &[("--namespaced=true", "Only types with, or without, a namespace."), ("-o, --output=''", "wide or name.")],
        "api-resources [options]",
    ),
    help(
        "api-versions",
        "Print the supported API versions on the server, in the form of \"group/version\".",
        &[("List the versions", "kubectl api-versions")],
        &[],
        "api-versions",
    ),
    help(
        "apply",
        "Apply a configuration to a resource by file name or stdin.",
        &[
            ("Apply what stands in the editor", "kubectl apply -f manifest.yaml"),
            ("See what the server would store", "kubectl apply -f manifest.yaml --dry-run=server -o yaml"),
        ],
        &[
            FILE,
            DRY_RUN,
            ("--force=false", "Delete and create anew what cannot be changed."),
            ("--server-side=false", "Let the server merge, and refuse what other managers own."),
            ("--force-conflicts=false", "With --server-side: take such fields over."),
            ("--field-manager=''", "The name that owns what is applied."),
            ("--validate='strict'", "strict refuses unknown fields, warn names them, ignore drops them."),
            OUTPUT,
        ],
        "apply -f FILENAME [options]",
    ),
    help(
        "attach",
        "Attach to a running container.",
        &[("Go back to a client pod", "kubectl attach my-client -c my-client -i -t")],
        &[
            ("-c, --container=''", "Which container."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
        ],
        "attach POD -c CONTAINER [options]",
    ),
    help(
        "auth can-i",
        "Check whether an action is allowed.",
        &[("May I create pods?", "kubectl auth can-i create pods"), ("What may I do?", "kubectl auth can-i --list")],
        &[("--list=false", "Print all allowed actions."), ("-q, --quiet=false", "Only the exit code tells.")],
        "auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
    ),
    help(
        "auth whoami",
        "Check self subject attributes.",
        &[("Who am I?", "kubectl auth whoami")],
        &[],
        "auth whoami [options]",
    ),
    help(
        "autoscale",
        "Look up a set and create an autoscaler for it. This lab has no metrics to scale by.",
        &[],
        &[("--min=-1", "The least pods."), ("--max=-1", "The most pods. Required.")],
        "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
    ),
    help(
        "cluster-info",
        "Display cluster information.",
        &[("Where the control plane is", "kubectl cluster-info")],
        &[],
        "cluster-info",
    ),
    help(
        "completion",
        "Output shell completion code for the specified shell. Tab completes here without it.",
        &[("Load it, as on a real machine", "source <(kubectl completion bash)")],
        &[],
        "completion SHELL",
    ),
    help(
        "cordon",
        "Mark node as unschedulable.",
        &[("No new pods on this node", "kubectl cordon node-1")],
        &[DRY_RUN, SELECTOR],
        "cordon NODE [options]",
    ),
    help(
        "cp",
        "Copy files and directories to and from containers.",
        &[
            ("A file out of a pod", "kubectl cp web-0:/etc/hostname name.txt"),
            ("A file into a pod", "kubectl cp manifest.yaml web-0:/tmp/manifest.yaml"),
        ],
        &[("-c, --container=''", "Which container.")],
        "cp <file-spec-src> <file-spec-dest> [options]",
    ),
    help(
        "create",
        "Create a resource from a file or from stdin.",
        &[
            ("Create what stands in the editor", "kubectl create -f manifest.yaml"),
            ("Create a namespace", "kubectl create namespace lab"),
        ],
        &[FILE, DRY_RUN, ("--save-config=false", "Keep what was created for a later apply."), OUTPUT],
        "create -f FILENAME [options]",
    ),
    help(
        "debug",
        "Debug cluster resources using interactive debugging containers. This lab has no such containers.",
        &[],
        &[("--image=''", "The image of the debugging container."), ("--target=''", "The container to look into.")],
        "debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
    ),
    help(
        "delete",
        "Delete resources by file names, stdin, resources and names, or by resources and label selector.",
        &[
            ("Delete a pod; its set creates it anew", "kubectl delete pod web-0"),
            ("Delete a set and keep its pods", "kubectl delete sts web --cascade=orphan"),
            ("Delete everything that the manifest names", "kubectl delete -f manifest.yaml"),
        ],
        &[
            ("--all=false", "Every object of the type in the namespace."),
            (
                "--cascade='background'",
                "background, foreground or orphan: what happens to the objects that belong to it.",
            ),
            ("--force=false", "Remove pods at once, without waiting for their node."),
            ("--grace-period=-1", "Seconds of grace; -1 takes the pod's own."),
            ("--now=false", "A grace of one second."),
            ("--wait=true", "Wait until the objects are gone."),
            ("--ignore-not-found=false", "A missing object is no error."),
            FILE,
            SELECTOR,
            ALL_NAMESPACES,
            TIMEOUT,
        ],
        "delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [options]",
    ),
    help(
        "describe",
        "Show details of a specific resource or group of resources.",
        &[
            ("A set with its events", "kubectl describe sts web"),
            ("All pods whose names begin with web", "kubectl describe pod web"),
        ],
        &[SELECTOR, ALL_NAMESPACES, FILE, ("--show-events=true", "Add the events about the object.")],
        "describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
    ),
    help(
        "diff",
        "Diff the live version against a would-be applied version.",
        &[("What would apply change?", "kubectl diff -f manifest.yaml")],
        &[FILE],
        "diff -f FILENAME [options]",
    ),
    help(
        "drain",
        "Drain node in preparation for maintenance.",
        &[(
            "Evict the pods of a node, within their budgets",
            "kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data",
        )],
        &[
            ("--ignore-daemonsets=false", "Leave pods of DaemonSets alone."),
            ("--delete-emptydir-data=false", "Evict pods with emptyDir volumes, too; their data is lost."),
            ("--disable-eviction=false", "Delete instead of evicting, past budgets."),
            ("--force=false", "Evict pods without a controller, too."),
            ("--grace-period=-1", "Seconds of grace; -1 takes the pod's own."),
            ("--pod-selector=''", "Only pods whose labels match."),
            TIMEOUT,
        ],
        "drain NODE [options]",
    ),
    help(
        "edit",
        "Edit a resource on the server, in this page's editor.",
        &[("Open the living set in the editor", "kubectl edit sts web")],
        &[FILE],
        "edit (RESOURCE/NAME | -f FILENAME) [options]",
    ),
    help(
        "events",
        "List events, the latest last.",
        &[
            ("What happened in this namespace", "kubectl events"),
            ("What happened to one set", "kubectl events --for statefulset/web"),
        ],
        &[
            ("--for=''", "Only events about this object."),
            ("--types=[]", "Normal, Warning or both."),
            ("-w, --watch=false", "Go on listing."),
            ALL_NAMESPACES,
        ],
        "events [options]",
    ),
    help(
        "exec",
        "Execute a command in a container.",
        &[
            ("Ask a pod for its name", "kubectl exec web-0 -- hostname"),
            ("Open a shell", "kubectl exec -it web-0 -- sh"),
        ],
        &[
            ("-c, --container=''", "Which container."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
        ],
        "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
    ),
    help(
        "explain",
        "Describe fields and structure of various resources.",
        &[("The fields of a set's spec", "kubectl explain sts.spec")],
        &[("--recursive=false", "The whole tree of fields.")],
        "explain TYPE [--recursive=FALSE|TRUE] [options]",
    ),
    help(
        "expose",
        "Create a Service for a pod or another Service.",
        &[("Make one pod reachable by a name of its own", "kubectl expose pod web-0 --port=80 --name=first")],
        &[
            ("--port=''", "The port that the Service serves."),
            ("--name=''", "The Service's name."),
            ("--cluster-ip=''", "None for a headless Service."),
        ],
        "expose (TYPE NAME | TYPE/NAME) [--port=port] [--name=name] [options]",
    ),
    help(
        "get",
        "Display one or many resources.",
        &[
            ("Sets, pods and claims", "kubectl get sts,pods,pvc"),
            ("Pods with their addresses and nodes", "kubectl get pods -o wide"),
            ("Watch pods come and go", "kubectl get pods -w"),
            (
                "Names and images only",
                "kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image",
            ),
        ],
        &[
            OUTPUT,
            SELECTOR,
            ALL_NAMESPACES,
            ("--field-selector=''", "Only objects whose fields match, as in status.phase=Running."),
            ("--show-labels=false", "A column with all labels."),
            ("-L, --label-columns=[]", "A column for each of these labels."),
            ("--show-managed-fields=false", "With yaml and json: who owns which fields."),
            ("--sort-by=''", "A JSONPath to sort by."),
            ("--no-headers=false", "Leave the header out."),
            ("--ignore-not-found=false", "A missing object is no error."),
            ("-w, --watch=false", "Go on listing changes; Ctrl-C ends it."),
            FILE,
        ],
        "get [(-o|--output=)...] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags] [options]",
    ),
    help(
        "kustomize",
        "Build a set of resources from a directory with a kustomization. This lab keeps plain manifests.",
        &[],
        &[],
        "kustomize DIR [options]",
    ),
    help(
        "label",
        "Update the labels on a resource.",
        &[("Set a label", "kubectl label pod web-0 tier=front"), ("Remove it", "kubectl label pod web-0 tier-")],
        &[OVERWRITE, SELECTOR, ("--all=false", "Every object of the type in the namespace.")],
        "label TYPE NAME KEY_1=VAL_1 ... [options]",
    ),
    help(
        "logs",
        "Print the logs for a container in a pod.",
        &[
            ("What a pod wrote", "kubectl logs web-0"),
            ("What it wrote before its last restart", "kubectl logs web-0 -p"),
            ("Go on printing what it writes", "kubectl logs -f web-0"),
        ],
        &[
            ("-c, --container=''", "Which container."),
            ("-f, --follow=false", "Go on printing; Ctrl-C ends it."),
            ("-p, --previous=false", "The container before the last restart."),
            ("--tail=-1", "Only the last lines."),
            SELECTOR,
        ],
        "logs (POD | TYPE/NAME) [-c CONTAINER] [options]",
    ),
    help(
        "patch",
        "Update fields of a resource.",
        &[
            (
                "Roll out to the highest ordinals only",
                "kubectl patch sts web -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}}}}'",
            ),
            (
                "The same as a JSON patch",
                "kubectl patch sts web --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":2}]'",
            ),
        ],
        &[
            ("-p, --patch=''", "The patch, in JSON or YAML."),
            ("--type='strategic'", "strategic, merge or json."),
            ("--subresource=''", "status or scale."),
            DRY_RUN,
            OUTPUT,
        ],
        "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
    ),
    help(
        "port-forward",
        "Forward one or more local ports to a pod. Nothing outside of this page can connect to them.",
        &[("Port 8080 to the pod's port 80", "kubectl port-forward web-0 8080:80")],
        &[("--address=[localhost]", "Addresses to listen on.")],
        "port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
    ),
    help(
        "proxy",
        "Run a proxy to the Kubernetes API server. Nothing outside of this page can connect to it.",
        &[("Serve the API on port 8001", "kubectl proxy")],
        &[("-p, --port=8001", "The port to serve on.")],
        "proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]",
    ),
    help(
        "replace",
        "Replace a resource by file name or stdin.",
        &[("Put the manifest in the place of the living object", "kubectl replace -f manifest.yaml")],
        &[FILE, ("--force=false", "Delete and create anew."), DRY_RUN],
        "replace -f FILENAME [options]",
    ),
    help(
        "rollout history",
        "View previous rollout revisions and configurations.",
        &[("The revisions of a set", "kubectl rollout history sts/web")],
        &[("--revision=0", "One revision in detail.")],
        "rollout history (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
    help("rollout pause", "Mark the provided resource as paused.", &[], &[], "rollout pause RESOURCE [options]"),
    help(
        "rollout restart",
        "Restart a resource: its pods are replaced one after the other.",
        &[("Restart a set", "kubectl rollout restart sts/web")],
        &[SELECTOR],
        "rollout restart RESOURCE [options]",
    ),
    help("rollout resume", "Resume a paused resource.", &[], &[], "rollout resume RESOURCE [options]"),
    help(
        "rollout status",
        "Show the status of the rollout, and wait for its end.",
        &[("Wait for a rollout", "kubectl rollout status sts/web --timeout=60s")],
        &[("-w, --watch=true", "Wait for the end."), TIMEOUT],
        "rollout status (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
    help(
        "rollout undo",
        "Roll back to a previous rollout.",
        &[("Back to the template before", "kubectl rollout undo sts/web")],
        &[("--to-revision=0", "Which revision; 0 is the one before."), DRY_RUN],
        "rollout undo (TYPE NAME | TYPE/NAME) [flags] [options]",
    ),
    help(
        "run",
        "Create and run a particular image in a pod.",
        &[("A pod to look around from", "kubectl run -it my-pod --image=busybox:1.36 -- sh")],
        &[
            ("--image=''", "The image to run."),
            ("--env=[]", "Variables to set, as in NAME=value."),
            ("--labels=''", "Labels to set."),
            ("--restart='Always'", "Always, OnFailure or Never."),
            ("--rm=false", "Delete the pod when the command ends."),
            ("-i, --stdin=false", "Pass what is typed."),
            ("-t, --tty=false", "A terminal."),
            DRY_RUN,
        ],
        "run NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]",
    ),
    help(
        "scale",
        "Set a new size for a StatefulSet.",
        &[
            ("Five pods", "kubectl scale sts/web --replicas=5"),
            ("Two pods, if there are five now", "kubectl scale --current-replicas=5 --replicas=2 sts/web"),
        ],
        &[
            ("--replicas=0", "The new number of pods. Required."),
            ("--current-replicas=-1", "Only scale if this is the number now."),
            SELECTOR,
            FILE,
            TIMEOUT,
        ],
        "scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
    ),
    help(
        "set env",
        "Update environment variables on a pod template.",
        &[("Set a variable", "kubectl set env sts/web MODE=test")],
        &[("--list=false", "Print the variables."), ("-c, --containers='*'", "Which containers.")],
        "set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
    ),
    help(
        "set image",
        "Update existing container image(s) of resources.",
        &[("Roll out another image", "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25")],
        &[SELECTOR, DRY_RUN],
        "set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
    ),
    help(
        "set resources",
        "Specify compute resource requirements for any resource that defines a pod template.",
        &[("Ask for more memory", "kubectl set resources sts/web --requests=memory=128Mi")],
        &[
            ("--limits=''", "The most, as in cpu=200m,memory=512Mi."),
            ("--requests=''", "The least, in the same form."),
            ("-c, --containers='*'", "Which containers."),
        ],
        "set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
    ),
    help(
        "taint",
        "Update the taints on one or more nodes.",
        &[
            ("No pods that do not tolerate it", "kubectl taint nodes node-1 dedicated=db:NoSchedule"),
            ("Take it away", "kubectl taint nodes node-1 dedicated-"),
        ],
        &[OVERWRITE, SELECTOR],
        "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
    ),
    help(
        "top node",
        "Display resource (CPU/memory) usage of nodes.",
        &[],
        &[SELECTOR],
        "top node [NAME | -l label] [options]",
    ),
    help(
        "top pod",
        "Display resource (CPU/memory) usage of pods.",
        &[],
        &[SELECTOR, ALL_NAMESPACES],
        "top pod [NAME | -l label] [options]",
    ),
    help(
        "uncordon",
        "Mark node as schedulable.",
        &[("New pods may come again", "kubectl uncordon node-1")],
        &[DRY_RUN, SELECTOR],
        "uncordon NODE [options]",
    ),
    help(
        "version",
        "Print the client and server version information for the current context.",
        &[("Both versions", "kubectl version")],
        &[("--client=false", "Only the client's."), ("-o, --output=''", "json or yaml.")],
        "version [options]",
    ),
    help(
        "wait",
        "Wait for a specific condition on one or many resources.",
        &[
            ("Until a pod is ready", "kubectl wait --for=condition=Ready pod/web-0 --timeout=60s"),
            (
                "Until a set has three ready pods",
                "kubectl wait --for=jsonpath='{.status.readyReplicas}'=3 sts/web --timeout=60s",
            ),
        ],
        &[
            ("--for=''", "delete, create, condition=NAME[=VALUE] or jsonpath=PATH[=VALUE]."),
            ("--timeout=30s", "How long to wait."),
            SELECTOR,
            ("--all=false", "Every object of the type."),
        ],
        "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_command_has_help() {
        for name in commands() {
            assert!(Help::of(name).is_some() || family(name).is_some(), "{name}");
            assert!(!short(name).is_empty(), "{name}");
        }
        for family in ["rollout", "set"] {
            for member in members(family) {
                let whole = format!("{family} {member}");
                let is_foreign = matches!(member, "selector" | "serviceaccount" | "subject");
                assert!(is_foreign || Help::of(&whole).is_some(), "{whole}");
            }
        }
    }

    #[test]
    fn the_layout_is_kubectls() {
        let text = Help::of("cordon").map(Help::text).unwrap_or_default();
        assert!(text.starts_with("Mark node as unschedulable.\n\nExamples:\n  # No new pods on this node\n"), "{text}");
        assert!(text.contains("\nUsage:\n  kubectl cordon NODE [options]\n\nUse \"kubectl options\""), "{text}");
    }
}
