//! `minikube …` of the tutorials: answered kindly, since the cluster is already there; starts no machine.

use super::command::{Cx, Failure, Flow, OK};
use super::edit_distance::nearest;
use crate::cluster::{Cluster, DeleteOptions, Fault};
use crate::i18n::{self, Lang};
use crate::kubernetes::{GATES, Gate, GateError, Kubernetes, Version, has_effect};
use crate::model::{Key, Kind, Text, node};

/// The addons that the lab knows, and the storage class that comes with them.
const ADDONS: &[(&str, &str)] =
    &[("csi-hostpath-driver", "csi-hostpath-sc"), ("default-storageclass", "standard"), ("storage-provisioner", "")];

/// The commands that need a machine around the cluster.
const ELSEWHERE: &[&str] = &[
    "cache",
    "completion",
    "config",
    "cp",
    "dashboard",
    "docker-env",
    "image",
    "license",
    "logs",
    "mount",
    "node",
    "options",
    "podman-env",
    "profile",
    "service",
    "ssh",
    "ssh-host",
    "ssh-key",
    "tunnel",
    "update-check",
    "update-context",
];

/// Runs `minikube words…`.
///
/// # Errors
/// None; what needs a machine is explained.
pub fn run(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let first = cx.cluster().list(Kind::Node).next().map(|node| {
        let addresses = node::addresses(node);
        (node.meta.name.to_string(), addresses.first().map_or("", |it| it.str_at(&["address"])).to_string())
    });
    let (node, address) = first.unwrap_or_else(|| ("minikube".into(), "192.168.49.2".into()));
    let verb = plain.first().copied().unwrap_or("");
    let asks_help = words.iter().any(|word| matches!(*word, "--help" | "-h")) && verb != "kubectl";
    match plain.as_slice() {
        ["help", verb, ..] => help(verb, cx),
        [] | ["help"] => help("", cx),
        [verb, ..] if asks_help => help(verb, cx),
        ["start", ..] => return start(words, cx),
        ["delete", ..] => {
            let kubernetes = cx.cluster().kubernetes();
            cx.host.start_over(kubernetes);
            cx.out.out("* Removed all traces of the \"minikube\" cluster.");
            cx.hint("minikube_deleted", &[]);
        }
        ["stop" | "pause" | "unpause", ..] => cx.hint("minikube_stays", &[]),
        ["status", ..] => {
            let rest = ["type: Control Plane", "host: Running", "kubelet: Running", "apiserver: Running"];
            cx.out.out(node);
            rest.iter().for_each(|line| cx.out.out(*line));
            cx.out.out("kubeconfig: Configured");
            cx.out.out("");
        }
        ["addons", "list", ..] => {
            let line = format!("|{:-<22}|{:-<10}|{:-<14}|", "", "", "");
            cx.out.out(line.clone());
            cx.out.out("|      ADDON NAME      | PROFILE  |    STATUS    |");
            cx.out.out(line.clone());
            for (name, class) in ADDONS {
                let is_on = class.is_empty() || has_class(cx, class);
                let status = if is_on { "enabled ✅  " } else { "disabled    " };
                cx.out.out(format!("| {name:<20} | minikube | {status} |"));
            }
            cx.out.out(line);
        }
        ["addons", verb @ ("enable" | "disable"), name, ..] => addon(name, *verb == "enable", cx),
        ["ip", ..] => cx.out.out(address),
        ["node", "list", ..] => {
            let nodes = cx.cluster().list(Kind::Node);
            let line = |node: &std::rc::Rc<crate::model::Object>| {
                let addresses = node::addresses(node);
                format!("{}\t{}", node.meta.name, addresses.first().map_or("", |it| it.str_at(&["address"])))
            };
            let lines: Vec<String> = nodes.map(line).collect();
            lines.into_iter().for_each(|line| cx.out.out(line));
        }
        ["version", ..] => cx.out.out("minikube version: v1.37.0"),
        ["kubectl", ..] => {
            let at = words.iter().position(|word| *word == "kubectl").map_or(0, |at| at + 1);
            let rest = words.get(at..).unwrap_or(&[]);
            let rest = rest.strip_prefix(&["--"]).unwrap_or(rest);
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_string()).collect();
            return super::verbs::run(&rest, cx);
        }
        ["addons", ..] => {
            let here = cx.cluster().kubernetes().version().to_string();
            cx.hint("minikube_runs", &[("version", &here)]);
        }
        [verb, ..] if ELSEWHERE.contains(verb) => cx.hint("minikube_elsewhere", &[("verb", verb)]),
        [verb, ..] => {
            cx.out.err(format!("Error: unknown command {verb:?} for \"minikube\""));
            if let Some(near) = nearest(verb, COMMANDS) {
                cx.out.err("");
                cx.out.err("Did you mean this?");
                cx.out.err(format!("\t{near}"));
            }
            cx.out.err("");
            cx.out.err("Run 'minikube --help' for usage.");
            return Ok(Flow::Done(1));
        }
    }
    OK
}

/// `minikube start`: the cluster is there; a version or gates that differ make it another one.
fn start(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let here = cx.cluster().kubernetes();
    let version_asked = flag(words, "--kubernetes-version");
    let (gates, others) = flag(words, "--feature-gates").map_or((None, Vec::new()), |text| {
        let (known, others) = without_others(text);
        (Some(known), others)
    });
    let wanted = match choose(version_asked, gates.as_deref(), here) {
        Ok(wanted) => wanted,
        Err(wrong) => return Ok(exit(&wrong, cx)),
    };
    let is_fresh = !has_own_objects(cx.cluster());
    if wanted.version() < here.version() && !is_fresh {
        let (old, new) = (here.version(), wanted.version());
        exit_for(
            "K8S_DOWNGRADE_UNSUPPORTED",
            &format!("Unable to safely downgrade existing Kubernetes {old} cluster to {new}"),
            cx,
        );
        cx.hint("minikube_downgrade", &[("version", &new.to_string())]);
        return Ok(Flow::Done(UNSUPPORTED));
    }
    if wanted != here {
        cx.out.out(format!("* Preparing Kubernetes {} ...", wanted.version()));
        cx.host.upgrade(wanted);
    }
    cx.out.out("* Done! kubectl is now configured to use \"minikube\" cluster and \"default\" namespace by default");
    if wanted == here {
        let version = here.version().to_string();
        match version_word(version_asked) {
            Some(word) => cx.hint("minikube_word", &[("word", word), ("version", &version)]),
            None => cx.hint("minikube_runs", &[("version", &version)]),
        }
    }
    let is_idle = |gate: Gate| !has_effect(gate) && wanted.gate(gate) != gate.is_on_by_default(wanted.version());
    let idle = GATES.iter().filter(|history| is_idle(history.gate)).map(|history| history.name.to_string());
    let others: Vec<String> = idle.chain(others).collect();
    if !others.is_empty() {
        cx.hint("gates_ignored", &[("gates", &others.join(", "))]);
    }
    OK
}

/// Gates as `--feature-gates` takes them without those that the lab does not model, and the names of those.
fn without_others(text: &str) -> (String, Vec<String>) {
    let is_other = |pair: &&str| {
        let name = pair.split_once('=').map(|(name, _)| name.trim());
        let is_ours = |name| matches!(name, "AllAlpha" | "AllBeta") || GATES.iter().any(|it| it.name == name);
        name.is_some_and(|name| !name.is_empty() && !is_ours(name))
    };
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let (others, known): (Vec<&str>, Vec<&str>) = pairs.partition(is_other);
    let name = |pair: &&str| pair.split_once('=').map_or("", |(name, _)| name).to_string();
    (known.join(","), others.iter().map(name).collect())
}

/// minikube's exit statuses: what it was asked in a wrong way, and a control plane that it does not support.
const MISUSED: i32 = 64;
const UNSUPPORTED: i32 = 102;
/// And a control plane that did not come up.
const UNAVAILABLE: i32 = 105;

fn exit_for(id: &str, why: &str, cx: &mut Cx<'_>) {
    cx.out.err("");
    cx.out.err(format!("X Exiting due to {id}: {why}"));
}

/// Refuses a Kubernetes as minikube does, and says what there is.
///
/// Follows `validateKubernetesVersion` in minikube's cmd/minikube/cmd/start.go.
fn exit(wrong: &Wrong, cx: &mut Cx<'_>) -> Flow {
    let status = match wrong.key {
        "version_unknown" => exit_for_version(&wrong.what, cx),
        _ => {
            let why = "wait 6m0s for node: wait for apiserver proc: apiserver process never appeared";
            exit_for("K8S_APISERVER_MISSING", why, cx);
            UNAVAILABLE
        }
    };
    let text = refusal(wrong, cx.state.lang);
    cx.out.hint(format!("hint: {text}"));
    Flow::Done(status)
}

fn exit_for_version(text: &str, cx: &mut Cx<'_>) -> i32 {
    let plain = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts: Vec<&str> = plain.splitn(3, '.').collect();
    if parts.len() == 2 && parts.iter().all(|part| part.parse::<u32>().is_ok()) {
        parts.push("0");
    }
    let wrong = ["major", "minor", "patch"].iter().zip(&parts).find(|(_, part)| part.parse::<u32>().is_err());
    let cannot = match (parts.len(), wrong) {
        (3, None) => None,
        (3, Some((place, part))) => Some(format!("Invalid character(s) found in {place} number \"{part}\"")),
        _ => Some("No Major.Minor.Patch elements found".to_string()),
    };
    if let Some(why) = cannot {
        exit_for("MK_USAGE", &format!("Unable to parse \"{text}\": {why}"), cx);
        return MISUSED;
    }
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse().unwrap_or(0)).collect();
    let wanted = parts.join(".");
    let oldest = Version::all().next().unwrap_or(Version::DEFAULT);
    let details = "Use `minikube config defaults kubernetes-version` for details.";
    if numbers < vec![1, oldest.minor.into(), 0] {
        cx.out.err(format!(
            "! Specified Kubernetes version {wanted} is less than the oldest supported version: v1.{}.0. {details}",
            oldest.minor
        ));
        cx.out.err("! You can force an unsupported Kubernetes version via the --force flag");
        exit_for(
            "K8S_OLD_UNSUPPORTED",
            &format!("Kubernetes {wanted} is not supported by this release of minikube"),
            cx,
        );
        return UNSUPPORTED;
    }
    if numbers > vec![1, Version::DEFAULT.minor.into(), Version::DEFAULT.patch.into()] {
        let newest = Version::DEFAULT;
        cx.out.err(format!(
            "! Specified Kubernetes version {wanted} is newer than the newest supported version: {newest}. {details}"
        ));
    }
    cx.out.err(format!("! Specified Kubernetes version {wanted} not found in Kubernetes version list"));
    cx.out.err("* Searching the internet for Kubernetes version...");
    cx.out.err(
        "! Kubernetes version not found in GitHub version list. You can force a Kubernetes version via the --force flag",
    );
    exit_for(
        "K8S_NEW_UNSUPPORTED",
        &format!("Kubernetes version {wanted} is not supported by this release of minikube"),
        cx,
    );
    UNSUPPORTED
}

/// What a command takes, as far as the lab does something with it.
fn help(verb: &str, cx: &mut Cx<'_>) {
    let known = Version::all().map(Version::short).collect::<Vec<_>>().join(", ");
    let lines = match verb {
        "start" => vec![
            "Starts a local Kubernetes cluster".to_string(),
            String::new(),
            "Options:".into(),
            "    --feature-gates='':".into(),
            "\tNAME=true or NAME=false, separated by commas; `lab versions` lists those that matter here.".into(),
            String::new(),
            "    --kubernetes-version='':".into(),
            format!("\tA version such as {}, stable or latest; this lab has {known}.", Version::DEFAULT),
            String::new(),
            "Usage:".into(),
            "  minikube start [flags] [options]".into(),
        ],
        _ => vec![
            "minikube provisions and manages local Kubernetes clusters.".to_string(),
            String::new(),
            format!("Commands that this page answers: {}.", COMMANDS.join(", ")),
            String::new(),
            "Usage:".into(),
            "  minikube [command]".into(),
        ],
    };
    lines.into_iter().for_each(|line| cx.out.out(line));
    let here = cx.cluster().kubernetes().version().to_string();
    cx.hint("minikube_runs", &[("version", &here)]);
}

/// The commands that are answered.
const COMMANDS: [&str; 9] = ["start", "status", "stop", "delete", "pause", "addons", "ip", "version", "kubectl"];

/// The value of a flag: behind its `=`, or the next word.
fn flag<'w>(words: &[&'w str], name: &str) -> Option<&'w str> {
    let is_it = |word: &&str| word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
    let at = words.iter().position(is_it)?;
    let word = words.get(at).copied().unwrap_or_default();
    word.split_once('=').map(|(_, value)| value).or_else(|| words.get(at + 1).copied())
}

/// What is wrong with a wanted Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The key of the words.
    key: &'static str,
    /// The part that is not understood.
    what: String,
    /// The version that was asked for, as far as it is one.
    version: Version,
}

/// The Kubernetes of a version and gates as people write them; where one is not given, that of `here`.
///
/// # Errors
/// What the lab does not know.
pub fn choose(version: Option<&str>, gates: Option<&str>, here: Kubernetes) -> Result<Kubernetes, Wrong> {
    if version.is_none() && gates.is_none() {
        return Ok(here);
    }
    let version = match version {
        None => here.version(),
        Some(_) if version_word(version).is_some() => Version::DEFAULT,
        Some(text) => Version::parse(text).ok_or_else(|| Wrong {
            key: "version_unknown",
            what: text.to_string(),
            version: here.version(),
        })?,
    };
    let wrong = |(key, what)| Wrong { key, what, version };
    Kubernetes::of(version).with_gates(gates.unwrap_or("")).map_err(|error| {
        wrong(match error {
            GateError::Form(text) => ("gate_form", text),
            GateError::Unknown(name) if versions_with(&name).is_empty() => ("gate_unknown", name),
            GateError::Unknown(name) => ("gate_absent", name),
            GateError::Locked(gate) => ("gate_locked", gate.name().to_string()),
        })
    })
}

/// A word that stands for a version.
fn version_word(text: Option<&str>) -> Option<&str> {
    text.filter(|text| matches!(*text, "stable" | "latest" | "newest"))
}

/// The versions that have a gate of this name.
fn versions_with(name: &str) -> Vec<String> {
    let gate = GATES.iter().find(|history| history.name == name).map(|history| history.gate);
    let versions = Version::all().filter(|version| gate.is_some_and(|gate| Kubernetes::of(*version).knows(gate)));
    versions.map(Version::short).collect()
}

/// Says what is wrong with a wanted Kubernetes, and what there is.
pub fn refuse(wrong: &Wrong, cx: &mut Cx<'_>) {
    let text = refusal(wrong, cx.state.lang);
    cx.out.err(text);
}

/// What is wrong with a wanted Kubernetes, in words.
pub fn refusal(wrong: &Wrong, lang: Lang) -> String {
    let known = Version::all().map(Version::short).collect::<Vec<_>>().join(", ");
    let kubernetes = Kubernetes::of(wrong.version);
    let own = GATES.iter().filter(|history| kubernetes.knows(history.gate));
    let gates = own.map(|history| history.name).collect::<Vec<_>>().join(", ");
    let text = i18n::console::find(lang, wrong.key).unwrap_or(wrong.key);
    let values = [
        ("what", wrong.what.as_str()),
        ("known", &known),
        ("gates", &gates),
        ("version", &wrong.version.to_string()),
        ("versions", &versions_with(&wrong.what).join(", ")),
    ];
    i18n::fill(text, &values)
}

/// Whether the cluster holds anything that did not come with it.
fn has_own_objects(cluster: &Cluster) -> bool {
    let own = |kind: Kind| {
        let mut all = cluster.list_in(kind, "default");
        all.any(|object| !matches!(object.meta.name.as_str(), "kubernetes" | "default" | "kube-root-ca.crt"))
    };
    let namespaces = cluster.list(Kind::Namespace).filter(|it| !it.meta.name.starts_with("kube-")).count();
    namespaces > 1
        || [Kind::Pod, Kind::StatefulSet, Kind::PersistentVolumeClaim, Kind::Service, Kind::ConfigMap, Kind::Secret]
            .into_iter()
            .any(own)
}

fn has_class(cx: &Cx<'_>, class: &str) -> bool {
    cx.cluster().find(Kind::StorageClass, &Text::default(), &Text::new(class)).is_some()
}

/// Switches an addon: its storage class comes and goes with it.
fn addon(name: &str, is_on: bool, cx: &mut Cx<'_>) {
    let Some((_, class)) = ADDONS.iter().find(|(known, _)| *known == name) else {
        let key = if name == "metrics-server" { "no_metrics_server" } else { "no_addon" };
        return cx.hint(key, &[("name", name)]);
    };
    if !class.is_empty() && has_class(cx, class) != is_on {
        if is_on {
            // An environment without the class has no such addon; that is no reason to complain.
            _ = cx.host.fault(Fault::RestoreStorageClass(Text::new(class)));
        } else {
            // It was found a moment ago.
            _ = cx
                .cluster_mut()
                .delete(&Key::new(Kind::StorageClass, "", Text::new(class)), &DeleteOptions::BACKGROUND);
        }
    }
    if is_on {
        cx.out.out(format!("* The '{name}' addon is enabled"));
    } else {
        // The lone quotation mark is minikube's.
        cx.out.out(format!("* \"The '{name}' addon is disabled"));
    }
}
