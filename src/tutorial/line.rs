//! What a line of a page does: asks, waits, watches, or opens a shell; runs nothing.

use super::unfinished_command::bare;

/// The names that kubectl is called by.
const KUBECTL: &[&str] = &["kubectl", "kubectl.exe", "k"];

/// Flags that may stand before kubectl's verb, and whose value is a word of its own.
const VALUED: &[&str] = &[
    "-n",
    "--namespace",
    "--context",
    "--cluster",
    "--user",
    "--kubeconfig",
    "--as",
    "--as-group",
    "-s",
    "--server",
    "--request-timeout",
    "-v",
];

/// Verbs that only ask.
const QUESTIONS: &[&str] = &[
    "get",
    "describe",
    "logs",
    "events",
    "top",
    "cluster-info",
    "version",
    "explain",
    "diff",
    "api-resources",
    "api-versions",
];

/// kubectl's verb and what stands behind it, without flags before it; empty where a line begins with another program.
fn of_kubectl(typed: &str) -> Vec<&str> {
    let mut words = typed.split_whitespace().peekable();
    if words.peek() == Some(&"watch") {
        while words.next_if(|word| !KUBECTL.contains(word)).is_some() {}
    }
    if !words.next().is_some_and(|word| KUBECTL.contains(&word)) {
        return Vec::new();
    }
    while let Some(flag) = words.next_if(|word| word.starts_with('-')) {
        if VALUED.contains(&flag) {
            words.next();
        }
    }
    words.collect()
}

/// Whether a line waits for the cluster, and changes nothing: `kubectl wait`, `kubectl rollout status`.
pub(super) fn is_wait(typed: &str) -> bool {
    matches!(of_kubectl(typed).as_slice(), ["wait", ..] | ["rollout", "status", ..])
}

/// Whether a line tells each step of a rollout, as a watch does.
pub(super) fn is_rollout(typed: &str) -> bool {
    matches!(of_kubectl(typed).as_slice(), ["rollout", "status", ..])
}

/// Whether a line only asks, so that it may be asked again: what changes the cluster is done at once.
pub(super) fn only_asks(typed: &str) -> bool {
    let words = of_kubectl(typed);
    is_wait(typed)
        || matches!(words.as_slice(), ["rollout", "history", ..])
        || words.first().is_some_and(|verb| QUESTIONS.contains(verb))
}

/// Whether a line goes on telling what happens until it is ended: `kubectl get -w`, `kubectl logs -f`, `watch …`.
pub(super) fn is_watch(typed: &str) -> bool {
    let first = typed.split('|').next().unwrap_or_default();
    if first.split_whitespace().next() == Some("watch") {
        return true;
    }
    let words = of_kubectl(first);
    let has = |options: &[&str]| words.iter().any(|word| options.contains(word));
    match words.first() {
        Some(&("get" | "events")) => has(&["-w", "--watch", "--watch=true", "--watch-only", "--watch-only=true"]),
        Some(&"logs") => has(&["-f", "--follow", "--follow=true"]),
        _ => false,
    }
}

/// The files that a line applies, as far as it names them.
pub fn applied(typed: &str) -> Vec<&str> {
    let words = of_kubectl(typed);
    let is_written = words.first().is_some_and(|verb| ["apply", "create", "replace"].contains(verb));
    let mut files = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|_| is_written) {
        let joined = ["--filename=", "-f="].iter().find_map(|flag| word.strip_prefix(flag));
        let named = match *word {
            "-f" | "--filename" => words.get(at + 1).copied(),
            _ => joined,
        };
        files.extend(named.into_iter().flat_map(|names| names.split(',')));
    }
    files
}

/// What a line prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prints {
    /// Nothing: it goes to a file.
    Nothing,
    /// Tables, and sentences about what was done.
    Lines,
    /// A text of any kind.
    Text,
    /// Whole objects.
    Objects,
}

/// What a line prints, by its words.
pub(super) fn prints(typed: &str) -> Prints {
    let first = typed.lines().next().unwrap_or_default();
    let all = if typed.contains("<<") { first } else { typed };
    let Some(bare) = bare(all) else { return Prints::Text };
    if goes_to_file(&bare) {
        return Prints::Nothing;
    }
    let words: Vec<&str> = all.split_whitespace().map(|word| word.trim_start_matches(['(', '`', '$'])).collect();
    let from = words.iter().position(|word| KUBECTL.contains(word)).unwrap_or(words.len());
    let line = words.get(from..).unwrap_or_default().join(" ");
    let is_piped = bare.contains('|');
    match (output_format(&line).as_deref(), of_kubectl(&line).first()) {
        (Some("yaml" | "json"), _) | (_, Some(&"kustomize")) if !is_piped => Prints::Objects,
        (None | Some("name" | "wide"), Some(&verb))
            if !(TEXTS.contains(&verb) || line.contains(" --raw") || is_piped && verb == "get") =>
        {
            Prints::Lines
        }
        _ => Prints::Text,
    }
}

/// Verbs that print more than tables and sentences.
const TEXTS: &[&str] = &[
    "exec",
    "logs",
    "describe",
    "explain",
    "diff",
    "config",
    "version",
    "run",
    "attach",
    "debug",
    "cluster-info",
    "options",
    "completion",
    "kustomize",
    "help",
];

/// Whether a line without its quotations sends what it prints to a file.
fn goes_to_file(bare: &str) -> bool {
    bare.match_indices('>').any(|(at, _)| {
        let (before, behind) = (bare.get(..at), bare.get(at + 1..));
        !before.is_some_and(|it| it.ends_with(['2', '>'])) && !behind.is_some_and(|it| it.starts_with(['&', '(']))
    })
}

/// The format that a line of kubectl asks for.
fn output_format(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().take_while(|word| *word != "--" && *word != "|");
    while let Some(word) = words.next() {
        let joined = word.strip_prefix("--output=").or_else(|| {
            let rest = word.strip_prefix('-')?.trim_start_matches(['A', 'w']).strip_prefix('o')?;
            Some(rest.strip_prefix('=').unwrap_or(rest)).filter(|rest| !rest.is_empty())
        });
        let is_apart = matches!(word, "--output" | "-o" | "-wo" | "-Ao");
        let format = if is_apart { words.next() } else { joined };
        if let Some(format) = format {
            return Some(format.trim_matches(['"', '\'', ';', ')', '`']).to_string());
        }
    }
    None
}

/// Whether a line opens a shell in a container.
pub(super) fn goes_inside(typed: &str) -> bool {
    let words = of_kubectl(typed);
    let is_kubectl = words.first().is_some_and(|verb| ["exec", "run", "attach"].contains(verb));
    is_kubectl && words.iter().any(|word| ["-it", "-ti", "-i", "-t", "--stdin", "--tty"].contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_before_the_verb_are_passed_over() {
        for typed in ["kubectl get po", "kubectl -n shop get po", "kubectl --namespace=shop get po", "k --as me get po"]
        {
            assert!(only_asks(typed) && !is_wait(typed) && !is_watch(typed), "{typed}");
            assert!(is_watch(&format!("{typed} -w | grep web")), "{typed}");
        }
        for typed in ["kubectl wait --for=delete pod/a", "kubectl -n shop rollout status sts/web"] {
            assert!(only_asks(typed) && is_wait(typed), "{typed}");
        }
        for typed in ["kubectl -n get delete po a", "kubectl rollout restart sts/web", "get po", "kubectl", "watch", ""]
        {
            assert!(!only_asks(typed) && !is_wait(typed), "{typed}");
        }
        assert!(is_watch("watch -n 1 kubectl get po") && only_asks("watch -n 1 kubectl get po"));
        assert_eq!(
            applied("kubectl -n shop apply -f a.yaml -f b.yaml,c.yaml --filename=d.yaml"),
            ["a.yaml", "b.yaml", "c.yaml", "d.yaml"]
        );
        assert!(applied("kubectl delete -f a.yaml").is_empty() && applied("kubectl apply -f").is_empty());
        assert!(goes_inside("kubectl -n shop exec -it web-0 -- sh") && !goes_inside("kubectl exec web-0 -- date"));
    }

    #[test]
    fn what_a_line_prints_is_told_by_its_words() {
        for (typed, expected) in [
            ("kubectl get po", Prints::Lines),
            ("kubectl get po -o wide", Prints::Lines),
            ("kubectl apply -f a.yaml", Prints::Lines),
            ("kubectl edit sts web", Prints::Lines),
            ("kubectl get po 2>/dev/null", Prints::Lines),
            ("kubectl get po -o yaml", Prints::Objects),
            ("kubectl get po -oyaml", Prints::Objects),
            ("kubectl get po -o=yaml", Prints::Objects),
            ("kubectl get po --output=json", Prints::Objects),
            ("kubectl get po --output json", Prints::Objects),
            ("kubectl get po -o 'json'", Prints::Objects),
            ("kubectl create cm a --dry-run=client -ojson", Prints::Objects),
            ("kubectl kustomize .", Prints::Objects),
            ("kubectl get po -o json | cat", Prints::Text),
            ("kubectl get po -o jsonpath='{.items[?(@.a>1)]}'", Prints::Text),
            ("kubectl get po | grep web", Prints::Text),
            ("kubectl get --raw /healthz", Prints::Text),
            ("kubectl exec web-0 -- cat a.json", Prints::Text),
            ("kubectl exec web-0 -- ls -o yaml", Prints::Text),
            ("cat a.yaml", Prints::Text),
            ("for i in 0 1; do kubectl get pod web-$i -o yaml; done", Prints::Objects),
            ("kubectl get po -o yaml > a.yaml", Prints::Nothing),
            ("kubectl get po -o yaml >a.yaml 2>&1", Prints::Nothing),
            ("cat <<EOF > a.yaml\na: 1\nEOF", Prints::Nothing),
            ("cat <<EOF | kubectl apply -f -\na > b\nEOF", Prints::Lines),
        ] {
            assert_eq!(prints(typed), expected, "{typed}");
        }
    }
}
