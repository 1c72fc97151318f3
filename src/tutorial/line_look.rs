//! What a line of a code block is by its look: a call, another command, or what a program has printed; and what the
//! languages of blocks say. Knows no blocks. `www/block-kinds.js` judges the same before the module is there, and
//! `tests/tutorials/kinds.md` is what both are held against.

/// Programs whose lines can be run where no prompt stands before them.
pub(super) const PROGRAMS: &[&str] = &["kubectl", "kubectl.exe", "minikube", "minikube.exe"];

/// kubectl's verbs: behind them its short name `k` is it.
const VERBS: &str = "annotate api-resources api-versions apply attach auth autoscale certificate cluster-info config cordon cp create \
    debug delete describe diff drain edit events exec explain expose get kustomize label logs patch port-forward replace rollout \
    run scale set taint top uncordon version wait";

/// Words that other commands of a script begin with.
const COMMANDS: &str = "for while until if then else elif fi do done case esac function export unset set alias source . cd \
    echo printf read wait sleep exit trap eval exec true test time sudo cat tee ls mkdir rm mv cp touch chmod chown grep egrep \
    sed awk sort uniq head tail wc cut tr diff find xargs date hostname curl wget ping nslookup dig host nc jq yq base64 openssl \
    ssh scp watch vi vim nano code git docker podman crictl helm kustomize kind k3d k3s k eksctl gcloud aws az doctl oc \
    istioctl linkerd terraform ansible brew apt apt-get yum dnf apk choco winget pip npm npx go make python python3 node \
    mysql mysqladmin mysqldump mariadb psql pg_dump mongosh mongo redis-cli cqlsh nodetool zkCli.sh etcdctl envsubst seq clear \
    pwd whoami env uname df du ps kill pkill pgrep nohup timeout type";

/// Words before a command that are none of their own, and those behind which another command stands somewhere.
const BEFORE: &[&str] = &["do", "then", "else", "elif", "if", "while", "until", "!", "time", "exec", "nohup", "{"];
const CARRIERS: &[&str] = &["sudo", "watch", "xargs", "timeout", "env", "parallel"];

/// What kubectl says of an object that a command has changed: the word behind its name.
const DONE: &str = "created configured unchanged deleted patched scaled edited labeled unlabeled annotated restarted replaced \
    exposed autoscaled condition rolled paused resumed cordoned uncordoned drained evicted tainted untainted image env \
    resources serverside-applied force not already";

/// How lines of kubectl begin that are no names and no headings.
const SENTENCES: &[&str] = &[
    "error: ",
    "error when ",
    "waiting for ",
    "partitioned roll out ",
    "statefulset rolling update ",
    "deployment \"",
    "daemon set \"",
    "warning: ",
    "pod \"",
    "mapping values ",
];

/// What a block's language says of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Nothing.
    Plain,
    /// It is what something prints.
    Output,
    /// A recorded session, or what something prints.
    Console,
    /// Every line is typed, as far as it looks so.
    Script,
    /// YAML.
    Yaml,
    /// Data or a program, in which no line is typed.
    Code,
    /// Something else.
    Other,
}

/// What the name of a language says, in small letters.
pub(super) fn language_of(name: &str) -> Language {
    match name.to_lowercase().as_str() {
        "" | "text" | "txt" | "plain" | "plaintext" | "none" | "default" | "nohighlight" => Language::Plain,
        "output" => Language::Output,
        "console" | "shell-session" | "shellsession" | "sh-session" | "terminal" | "log" | "ansi" => Language::Console,
        "sh" | "bash" | "zsh" | "ksh" | "shell" | "powershell" | "pwsh" | "ps1" | "cmd" | "bat" => Language::Script,
        "yaml" | "yml" => Language::Yaml,
        "json" | "jsonc" | "go" | "python" | "dockerfile" | "java" | "javascript" | "js" | "toml" | "ini" | "xml"
        | "html" | "diff" => Language::Code,
        _ => Language::Other,
    }
}

/// Whether a line is the heading of a table: nothing but headings, parted by more than a blank.
pub(super) fn is_heading(line: &str) -> bool {
    let line = line.trim();
    let line = line.replace("(cores)", "").replace("(bytes)", "");
    let is_name = |c: char| c.is_ascii_uppercase() || "-() .%\t".contains(c);
    line.starts_with(|c: char| c.is_ascii_uppercase())
        && line.contains(['\t']) | line.contains("  ")
        && line.chars().all(is_name)
}

/// Whether a line without a prompt calls a program of ours: in a row of a table, the name of a node or a pod is followed by
/// more than one blank.
pub(super) fn is_call(line: &str) -> bool {
    let line = line.trim();
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    !rest.is_empty() && !rest.starts_with(' ') && is_ours(word, rest.split_whitespace().next())
}

/// Whether a word, with the one behind it, calls a program of ours.
fn is_ours(word: &str, next: Option<&str>) -> bool {
    PROGRAMS.contains(&word)
        || word == "k" && next.is_some_and(|next| VERBS.split_whitespace().any(|verb| verb == next))
}

/// Whether a line of a script is a command of some other program or of the shell.
pub(super) fn is_command(line: &str) -> bool {
    let line = line.trim();
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let word = word.trim_end_matches(';');
    let is_known = COMMANDS.split_whitespace().any(|it| it == word) && !rest.starts_with(' ');
    let is_path = ["./", "~/", "/"].iter().any(|start| word.starts_with(start));
    is_known || is_path || is_assignment(line) || is_cmdlet(line) || line.starts_with(['(', '$', '!'])
}

/// Whether a line of a script looks like something that was printed: no command begins like this.
pub(super) fn is_printed(line: &str) -> bool {
    let line = line.trim_end();
    let mut letters = line.chars();
    let (first, second) = (letters.next(), letters.next());
    match first {
        Some('A'..='Z') => !is_assignment(line) && !is_cmdlet(line),
        Some('{' | '[') => second.is_none_or(|it| "\"'{[]}".contains(it)),
        Some('0'..='9' | '+' | '*' | '-' | '|' | '<') => true,
        Some(c) if !c.is_ascii() => true,
        Some(_) => is_key(line) || is_done(line) || SENTENCES.iter().any(|start| line.starts_with(start)),
        None => false,
    }
}

/// Whether a line calls a program of ours somewhere: behind a pipe, in a loop, by `watch`.
pub(super) fn calls_ours(typed: &str) -> bool {
    typed.split(['|', ';', '&', '(', '`', '\n']).any(|command| {
        let words = command.split_whitespace().skip_while(|word| BEFORE.contains(word) || is_assignment(word));
        let words: Vec<&str> = words.collect();
        let is_at = |at: usize| words.get(at).is_some_and(|word| is_ours(word, words.get(at + 1).copied()));
        let is_carried = words.first().is_some_and(|word| CARRIERS.contains(word));
        if is_carried { (1..words.len()).any(is_at) } else { is_at(0) }
    })
}

/// A prompt of the page's own before the first call of a program of ours, as it stands there: `# `, `controlplane $ `.
pub(super) fn own_prompt<'a>(lines: &[&'a str]) -> Option<&'a str> {
    lines.iter().find_map(|line| {
        let at = [" kubectl ", " minikube ", " k "].iter().filter_map(|call| line.find(call)).min()? + 1;
        let prompt = line.get(..at)?;
        let is_marked = prompt.starts_with('\u{279c}')
            || prompt.trim_end().ends_with(['$', '#', '%', '>', '\u{276f}', '\u{279c}', '\u{3bb}', '\u{bb}']);
        let is_short = prompt.split_whitespace().count() <= 3 && prompt.chars().count() <= 40;
        (is_marked && is_short && !prompt.contains(['"', '\'', '|', '`']) && is_call(line.get(at..)?)).then_some(prompt)
    })
}

/// `NAME=value`.
fn is_assignment(line: &str) -> bool {
    let name = line.split_once('=').map_or("", |(name, _)| name.strip_suffix('+').unwrap_or(name));
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `Get-Content file`: what PowerShell's commands are called like.
fn is_cmdlet(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    word.split_once('-').is_some_and(|(verb, noun)| {
        verb.len() > 1
            && verb.starts_with(|c: char| c.is_ascii_uppercase())
            && verb.chars().skip(1).all(|c| c.is_ascii_lowercase())
            && noun.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

/// `apiVersion: v1`.
fn is_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, rest)| {
        key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
            && (rest.is_empty() || rest.starts_with(' '))
    })
}

/// What kubectl says of what it has done: `statefulset.apps/web created`, `pod "web-0" deleted from default namespace`.
pub(super) fn is_done(line: &str) -> bool {
    let Some((name, rest)) = line.split_once(' ') else { return false };
    let is_named = name.contains('/') && !name.starts_with(['.', '/', '~']);
    let is_kind = !["echo", "printf", "grep", "test"].contains(&name);
    let quoted = || rest.strip_prefix('"')?.split_once("\" ").map(|(_, rest)| rest);
    let rest = if is_named { Some(rest) } else { quoted().filter(|_| is_kind) };
    let word = rest.and_then(|rest| rest.split([' ', ',', ':']).next());
    word.is_some_and(|word| DONE.split_whitespace().any(|it| it == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_scripts_are_told_from_what_is_printed() {
        for line in [
            "NAME   READY   AGE",
            "statefulset.apps/web created",
            "pod \"web-0\" deleted from default namespace",
            "error: no such thing",
            "Name:         web-0",
            "apiVersion: v1",
            "{\"a\": 1}",
            "{",
            "* Done!",
            "3 rows in set",
            "\u{1f3c4}  Done!",
            "+----+",
            "No resources found in default namespace.",
        ] {
            assert!(is_printed(line) && !is_call(line), "{line}");
        }
        for line in [
            "kubectl get pods",
            "NAME=web",
            "Get-Content web.yaml",
            "for i in 0 1; do",
            "[ -f x ] && echo y",
            "./run.sh created",
            "sleep 5",
            "echo \"a\" created",
            "",
        ] {
            assert!(!is_printed(line), "{line}");
            assert!(line.is_empty() || line.starts_with('[') || is_call(line) || is_command(line), "{line}");
        }
        assert!(is_heading("NAME    CPU(cores)   MEMORY(bytes)") && !is_heading("NAME") && !is_heading("NAME   web"));
    }

    #[test]
    fn a_program_of_ours_is_called_where_a_command_begins() {
        for line in [
            "for i in 0 1; do kubectl get pod web-$i; done",
            "cat <<EOF | kubectl apply -f -",
            "POD=$(kubectl get pods -o name)",
            "watch -n 1 kubectl get pods",
            "A=1 kubectl get pods",
            "kubectl get pods",
            "k get pods",
        ] {
            assert!(calls_ours(line), "{line}");
        }
        for line in
            ["brew install kubectl", "sudo install -m 755 x /usr/local/bin/kubectl", "echo kubectl", "k = 3", ""]
        {
            assert!(!calls_ours(line), "{line}");
        }
    }
}
