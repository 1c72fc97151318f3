//! `minikube …` of the tutorials: answered kindly, since the cluster is already there; starts nothing.

use super::command::{Cx, Failure, Flow, OK};
use crate::model::Kind;

/// Runs `minikube words…`.
///
/// # Errors
/// None; unknown commands are explained.
pub fn run(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    match plain.as_slice() {
        ["start", ..] => {
            cx.out.out("* minikube: the cluster of this page is already running");
            cx.out.out(
                "* Done! kubectl is now configured to use \"minikube\" cluster and \"default\" namespace by default",
            );
        }
        ["stop" | "pause" | "unpause", ..] => {
            cx.out.out("* minikube: the cluster lives in this page; use the page's pause button")
        }
        ["delete" | "deletels", ..] => {
            cx.out.out("* minikube: the cluster lives in this page; the page's reset button makes a new one");
        }
        ["status", ..] => {
            let name = cx
                .cluster()
                .list(Kind::Node)
                .next()
                .map_or_else(|| "minikube".to_string(), |node| node.meta.name.to_string());
            for line in [
                name.as_str(),
                "type: Control Plane",
                "host: Running",
                "kubelet: Running",
                "apiserver: Running",
                "kubeconfig: Configured",
            ] {
                cx.out.out(line);
            }
            cx.out.out("");
        }
        ["addons", "enable", name, ..] => cx.out.out(format!("* The '{name}' addon is enabled")),
        ["addons", "disable", name, ..] => cx.out.out(format!("* \"The '{name}' addon is disabled\"")),
        ["addons", "list", ..] => {
            for line in
                ["csi-hostpath-driver   enabled", "default-storageclass  enabled", "storage-provisioner   enabled"]
            {
                cx.out.out(line);
            }
        }
        ["ip", ..] => cx.out.out("192.168.49.2"),
        ["version", ..] => cx.out.out("minikube version: the lab's own"),
        ["kubectl", ..] => {
            let at = words.iter().position(|word| *word == "kubectl").map_or(0, |at| at + 1);
            let rest = words.get(at..).unwrap_or(&[]);
            let rest = rest.strip_prefix(&["--"]).unwrap_or(rest);
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_string()).collect();
            return super::verbs::run(&rest, cx);
        }
        _ => cx.out.out("* minikube: the cluster of this page is already running; type kubectl commands"),
    }
    OK
}
