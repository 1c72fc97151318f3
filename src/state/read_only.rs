//! What somebody may do who is only to look: which lines change nothing; carries nothing out.

use super::Action;

/// Whether an action changes the cluster or what is about to be applied to it.
pub(super) fn changes(action: &Action) -> bool {
    match action {
        Action::Run(line) | Action::Type(line) => !only_reads(line),
        Action::Turn(block, number) => !block.turns().get(*number).is_some_and(|turn| only_reads(&turn.typed)),
        Action::Apply
        | Action::ApplyPlan
        | Action::ApplyBlock(_)
        | Action::Edit(_)
        | Action::Open(_)
        | Action::Undo
        | Action::Reset
        | Action::Kubernetes(_) => true,
        _ => false,
    }
}

/// Whether a line at the console only looks, in each of its commands; a line that is not understood does not.
pub fn only_reads(line: &str) -> bool {
    !line.contains(['>', '<', '$', '`', '(']) && line.split([';', '|', '&', '\n']).all(command_reads)
}

fn command_reads(command: &str) -> bool {
    let mut words = command.split_whitespace();
    match words.next() {
        None
        | Some("why" | "help" | "clear" | "ls" | "cat" | "pwd" | "echo" | "true" | "grep" | "head" | "tail" | "wc") => {
            true
        }
        Some("lab") => matches!(words.next(), None | Some("plan" | "versions" | "help" | "--help")),
        Some("minikube") => matches!(words.next(), None | Some("status" | "version" | "ip" | "help" | "--help")),
        Some("kubectl" | "k") => kubectl_reads(words),
        Some(_) => false,
    }
}

fn kubectl_reads<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    let reads = [
        "get",
        "describe",
        "logs",
        "explain",
        "version",
        "api-resources",
        "api-versions",
        "cluster-info",
        "top",
        "events",
        "diff",
        "wait",
        "help",
        "options",
    ];
    while let Some(word) = words.next() {
        match word {
            "-n" | "--namespace" | "--context" | "--cluster" | "--user" | "--request-timeout" => drop(words.next()),
            "-h" | "--help" => return true,
            "rollout" => return matches!(words.next(), Some("status" | "history")),
            "auth" => return matches!(words.next(), Some("can-i" | "whoami")),
            word if word.starts_with('-') => {}
            verb => return reads.contains(&verb),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::only_reads;

    #[test]
    fn who_looks_changes_nothing() {
        let reading = [
            "",
            "kubectl get pods -w",
            "k -n get describe pod web-0",
            "kubectl get pods | grep web; kubectl rollout status sts/web",
            "why sts/web",
            "lab plan -f manifest.yaml",
            "kubectl",
        ];
        reading.into_iter().for_each(|line| assert!(only_reads(line), "{line}"));
        let changing = [
            "kubectl delete pod web-0",
            "kubectl -n get delete pod web-0",
            "kubectl get pods; kubectl scale sts web --replicas=0",
            "kubectl get pods > manifest.yaml",
            "echo $(kubectl delete pod web-0)",
            "kubectl rollout restart sts/web",
            "kubectl exec web-0 -- rm -rf /data",
            "lab kill web-0",
            "minikube start --kubernetes-version=1.36",
            "sh anything.sh",
        ];
        changing.into_iter().for_each(|line| assert!(!only_reads(line), "{line}"));
    }
}
