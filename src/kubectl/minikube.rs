//! `minikube …` of the tutorials: answered kindly, since the cluster is already there; starts no machine.

use super::command::{Cx, Failure, Flow, OK};
use super::suggest::nearest;
use crate::cluster::{DeleteOptions, Fault};
use crate::model::{Key, Kind, Text};

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
        let addresses = node.list_at(&["status", "addresses"]);
        (node.meta.name.to_string(), addresses.first().map_or("", |it| it.str_at(&["address"])).to_string())
    });
    let (node, address) = first.unwrap_or_else(|| ("minikube".into(), "192.168.49.2".into()));
    match plain.as_slice() {
        ["start", ..] => {
            cx.out.out(
                "* Done! kubectl is now configured to use \"minikube\" cluster and \"default\" namespace by default",
            );
            cx.hint("minikube_runs", &[]);
        }
        ["stop" | "pause" | "unpause" | "delete", ..] => cx.hint("minikube_stays", &[]),
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
                let addresses = node.list_at(&["status", "addresses"]);
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
        [] | ["help" | "addons", ..] => cx.hint("minikube_runs", &[]),
        [verb, ..] if ELSEWHERE.contains(verb) => cx.hint("minikube_elsewhere", &[("verb", verb)]),
        [verb, ..] => {
            cx.out.err(format!("Error: unknown command {verb:?} for \"minikube\""));
            let known = ["start", "status", "stop", "delete", "pause", "addons", "ip", "version", "kubectl"];
            if let Some(near) = nearest(verb, known) {
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

fn has_class(cx: &Cx<'_>, class: &str) -> bool {
    cx.cluster().find(Kind::StorageClass, &Text::default(), &Text::new(class)).is_some()
}

/// Switches an addon: its storage class comes and goes with it.
fn addon(name: &str, is_on: bool, cx: &mut Cx<'_>) {
    let class = ADDONS.iter().find(|(known, _)| *known == name).map_or("", |(_, class)| *class);
    if !class.is_empty() && has_class(cx, class) != is_on {
        if is_on {
            // Surroundings without the class have no such addon; that is no reason to complain.
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
