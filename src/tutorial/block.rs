//! A code block of a page: a manifest, a recorded session, or text. Runs nothing.

use super::compare::is_left_out;
use super::line::only_asks;
use super::prompt::{Place, prompt_of};

/// What stands in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// YAML with a `kind:`.
    Manifest,
    /// Lines that were typed, with what was printed.
    Session(Vec<Turn>),
    /// Anything else: it is not run.
    Text,
}

/// A code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of the page on which its text begins, from 1; 0 if that is not known.
    pub line: usize,
    /// The name of the file that it shows.
    pub name: Option<String>,
    /// Its text.
    pub text: String,
    /// What it is.
    pub content: Content,
}

/// A line that was typed, or several that belong together, and what was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Its line in the block, from 0.
    pub line: usize,
    /// Whether it was typed inside a container.
    pub is_inside: bool,
    /// What was typed.
    pub typed: String,
    /// What the author printed below it.
    pub printed: Vec<String>,
    /// The line on which that begins, counted from the block's first one.
    pub printed_at: usize,
    /// How many lines right above this one may have their output in `printed` as well.
    pub printed_with: usize,
}

/// Programs whose lines can be run where no prompt stands before them.
const PROGRAMS: &[&str] = &["kubectl", "kubectl.exe", "minikube", "minikube.exe"];

/// Languages of blocks that may hold an output and nothing else; none is one of them.
const OUTPUTS: &[&str] =
    &["", "text", "txt", "plain", "plaintext", "none", "default", "output", "console", "shell-session", "log"];

/// Languages of blocks that are scripts: every line is typed.
const SCRIPTS: &[&str] = &["sh", "bash", "zsh", "shell", "powershell", "ps1"];

impl Block {
    /// Reads a block. `language` is what the page says of it, empty where it says nothing.
    pub fn read(line: usize, language: &str, name: Option<String>, text: &str) -> Block {
        let text = text.replace("\r\n", "\n");
        let content = content_of(language, &text);
        Block { line, name: name.or_else(|| named_inside(&content, &text)), text, content }
    }

    /// The lines that are typed; none for a manifest and for text.
    pub fn turns(&self) -> &[Turn] {
        match &self.content {
            Content::Session(turns) => turns,
            Content::Manifest | Content::Text => &[],
        }
    }

    /// Takes the block below as what its lines print, where it shows none of that itself. Returns whether it did. Many
    /// pages part commands and outputs, so that commands can be copied.
    pub fn take_output(&mut self, line: usize, language: &str, text: &str) -> bool {
        let language = language.to_lowercase();
        let Content::Session(turns) = &mut self.content else { return false };
        let is_object = turns.last().is_some_and(|turn| prints_objects(&turn.typed)) && is_from_server(text);
        let is_text = OUTPUTS.contains(&language.as_str()) && content_of(&language, text) == Content::Text;
        let is_output = is_text || is_object && !SCRIPTS.contains(&language.as_str());
        let silent = turns.iter().rev().take_while(|turn| turn.printed.is_empty()).count();
        let Some(last) = turns.last_mut().filter(|_| is_output && silent > 0) else { return false };
        last.printed = text.lines().map(|line| line.trim_end().to_string()).collect();
        last.printed_at = line.saturating_sub(self.line);
        last.printed_with = silent - 1;
        tidy(last);
        true
    }

    /// The line whose `printed` holds what line `number` prints as well, if that is another one.
    pub(super) fn printed_for(&self, number: usize) -> Option<&Turn> {
        let mut later = self.turns().iter().enumerate().skip(number + 1);
        later.find(|(at, turn)| at - turn.printed_with.min(*at) <= number).map(|(_, turn)| turn)
    }

    /// Whether it can be run.
    pub fn is_live(&self) -> bool {
        self.content != Content::Text
    }
}

fn content_of(language: &str, text: &str) -> Content {
    let is_yaml =
        matches!(language, "yaml" | "yml") || language.is_empty() || language == "text" || language == "default";
    let has_kind = text.lines().any(|line| line.strip_prefix("kind:").is_some_and(|kind| !kind.trim().is_empty()));
    if is_yaml && has_kind && !text.lines().any(|line| line.starts_with("$ ") || line.starts_with("kubectl ")) {
        return Content::Manifest;
    }
    if matches!(language, "yaml" | "yml" | "json" | "go" | "python" | "dockerfile") {
        return Content::Text;
    }
    let turns = turns_of(language, text);
    let is_ours =
        |turn: &Turn| turn.is_inside || turn.typed.split([' ', '\n', '|', ';', '(']).any(|it| PROGRAMS.contains(&it));
    if is_table(text) {
        return Content::Text;
    }
    if turns.iter().any(is_ours) { Content::Session(turns) } else { Content::Text }
}

/// Whether a line prints whole objects, and sends them nowhere else.
fn prints_objects(typed: &str) -> bool {
    let is_asked = ["-o yaml", "-oyaml", "-o=yaml", "--output=yaml", "--output yaml", "-o json", "-ojson", "-o=json"];
    is_asked.iter().any(|asked| typed.contains(asked)) && !typed.contains(['>', '|'])
}

/// Whether a text is an object as the API server gives it: nobody writes these fields by hand.
fn is_from_server(text: &str) -> bool {
    let fields = ["uid:", "resourceVersion:", "creationTimestamp:", "\"uid\":", "\"resourceVersion\":"];
    let is_status = |line: &str| line.starts_with("status:");
    text.lines().any(|line| is_status(line) || fields.iter().any(|field| line.trim_start().starts_with(field)))
}

/// Whether a text is what kubectl prints as a table: its first line has nothing but headings, parted by more than a blank.
fn is_table(text: &str) -> bool {
    let first = text.lines().map(str::trim_end).find(|line| !line.is_empty()).unwrap_or("");
    let is_heading = |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || "-() .%".contains(c));
    first.starts_with(|c: char| c.is_ascii_uppercase()) && first.contains("  ") && is_heading(first)
}

/// Whether a line without a prompt calls a program of ours: in a row of a table, the name of a node or a pod is followed by
/// more than one blank.
fn is_call(line: &str) -> bool {
    let line = line.trim();
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    PROGRAMS.contains(&word) && !rest.is_empty() && !rest.starts_with(' ')
}

/// A first line such as `# web.yaml` names the file.
fn named_inside(content: &Content, text: &str) -> Option<String> {
    let first = text.lines().next().filter(|_| *content == Content::Manifest)?;
    let name = first.strip_prefix('#')?.trim();
    let name = name.strip_prefix("file:").map_or(name, str::trim);
    (is_file(name)).then(|| name.to_string())
}

/// Whether this is the name of a manifest's file.
pub(super) fn is_file(name: &str) -> bool {
    let has_end = [".yaml", ".yml", ".json"].iter().any(|end| name.len() > end.len() && name.ends_with(end));
    has_end && name.len() <= 200 && !name.contains([' ', '\t', '`', '"'])
}

/// The most turns of one block.
const TURNS_MAX: usize = 500;

fn turns_of(language: &str, text: &str) -> Vec<Turn> {
    let lines: Vec<&str> = text.lines().collect();
    let has_home = lines.iter().any(|line| matches!(prompt_of(line), Some((_, Place::Home, _))));
    let has_inside = lines.iter().any(|line| matches!(prompt_of(line), Some((_, Place::Inside, _))));
    // `> ` is the prompt of a page that has no other one.
    let has_arrow = !has_home && !has_inside && lines.iter().any(|line| line.starts_with("> "));
    let reader =
        Reader { has_prompts: has_home || has_inside || has_arrow, has_arrow, is_script: SCRIPTS.contains(&language) };
    let mut turns: Vec<Turn> = Vec::new();
    let (mut at, mut is_entered) = (0, false);
    while at < lines.len() && turns.len() < TURNS_MAX {
        let number = at;
        let turn = reader.typed(&lines, &mut at, is_entered);
        if let Some((_, typed)) = &turn {
            is_entered = if is_entered { typed.trim() != "exit" } else { opens_shell(typed) };
        }
        match turn {
            Some((is_inside, typed)) if !typed.trim().is_empty() && !is_left_out(&typed) => {
                let turn =
                    Turn { line: number, is_inside, typed, printed: Vec::new(), printed_at: at, printed_with: 0 };
                turns.push(turn);
            }
            Some(_) => {}
            None => {
                let printed = lines.get(number).map(|line| line.trim_end().to_string()).unwrap_or_default();
                if let Some(turn) = turns.last_mut() {
                    turn.printed.push(printed);
                }
                at = number + 1;
            }
        }
    }
    turns.iter_mut().for_each(tidy);
    share_outputs(&mut turns);
    turns
}

/// Lines that are typed in a row may have their outputs in a row as well, below the last one: those that change something
/// say nothing that an answer could be taken for.
fn share_outputs(turns: &mut [Turn]) {
    for at in 1..turns.len() {
        if turns[at].printed.is_empty() || turns[at].is_inside {
            continue;
        }
        let silent = turns[..at].iter().rev().take_while(|turn| turn.printed.is_empty() && !turn.is_inside);
        let (count, changes) =
            silent.fold((0, false), |(count, changes), turn| (count + 1, changes || !only_asks(&turn.typed)));
        turns[at].printed_with = if changes { count } else { 0 };
    }
}

/// Empty lines around what was printed mean nothing.
fn tidy(turn: &mut Turn) {
    while turn.printed.last().is_some_and(|line| line.trim().is_empty()) {
        turn.printed.pop();
    }
    let blank = turn.printed.iter().take_while(|line| line.trim().is_empty()).count();
    turn.printed.drain(..blank);
    turn.printed_at += blank;
}

/// How the lines of one block are read.
struct Reader {
    has_prompts: bool,
    has_arrow: bool,
    is_script: bool,
}

impl Reader {
    /// What is typed at line `at`, with the lines that go on from it; `at` is behind them then. Whether it is inside a
    /// container comes first.
    fn typed(&self, lines: &[&str], at: &mut usize, is_entered: bool) -> Option<(bool, String)> {
        let line = lines.get(*at)?;
        let (is_inside, first) = match self.in_shell(line).filter(|_| is_entered) {
            Some(typed) => (true, typed),
            None => self.first(line)?,
        };
        *at += 1;
        let mut typed = first.to_string();
        if is_inside && !typed.is_empty() {
            while let Some((_, Place::More, rest)) = lines.get(*at).and_then(|line| prompt_of(line)) {
                typed = format!("{typed}\n{rest}");
                *at += 1;
            }
            return Some((is_inside, typed));
        }
        while let Some(open) = typed.strip_suffix(['\\', '`']).filter(|_| *at < lines.len()) {
            // PowerShell's mark at the line's end means the same as a shell's.
            typed = format!("{open}\\\n{}", unquoted(lines.get(*at).copied().unwrap_or_default()));
            *at += 1;
        }
        if let Some(end) =
            here_end(&typed).filter(|end| lines.iter().skip(*at).any(|line| unquoted(line).trim() == *end))
        {
            let is_over = |line: &str| unquoted(line).trim() == end;
            let count = lines.iter().skip(*at).position(|line| is_over(line)).map_or(0, |count| count + 1);
            let inside = lines.iter().skip(*at).take(count);
            typed = inside.fold(typed.clone(), |all, line| format!("{all}\n{}", unquoted(line)));
            *at += count;
        }
        Some((false, typed))
    }

    /// What is typed in a container's plain shell, whose prompt is a `# ` or `$ ` alone. A block without prompts has comments.
    fn in_shell<'a>(&self, line: &'a str) -> Option<&'a str> {
        let line = line.trim_end();
        let rest = line.strip_prefix(['#', '$']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
        self.has_prompts.then(|| rest.trim_start())
    }

    fn first<'a>(&self, line: &'a str) -> Option<(bool, &'a str)> {
        if self.has_prompts {
            return match prompt_of(line)? {
                (_, Place::Home, typed) => Some((false, typed)),
                (_, Place::Inside, typed) => Some((true, typed)),
                (_, Place::More, typed) => self.has_arrow.then_some((false, typed)),
            };
        }
        let word = line.split_whitespace().next().unwrap_or_default();
        if word.starts_with('#') && self.is_script {
            return Some((false, ""));
        }
        let is_command = is_call(line) || self.is_script && !word.is_empty() && !is_left_out(line);
        is_command.then(|| (false, line.trim()))
    }
}

/// Whether a line opens a shell in a container: `kubectl exec -it web-0 -- sh`.
fn opens_shell(typed: &str) -> bool {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    let is_attached = has("-it") || has("-ti") || (has("-i") || has("--stdin")) && (has("-t") || has("--tty"));
    let shells = ["sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/bin/ash"];
    is_attached && has("kubectl") && words.last().is_some_and(|last| shells.contains(last))
}

/// A line that goes on, without the prompt for more.
fn unquoted(line: &str) -> &str {
    if line == ">" { "" } else { line.strip_prefix("> ").unwrap_or(line) }
}

/// The word that ends the here-document of a line.
fn here_end(typed: &str) -> Option<String> {
    let (_, rest) = typed.split_once("<<")?;
    let word = rest.trim_start_matches('-').split_whitespace().next()?.trim_matches(['"', '\'', '\\']);
    (!word.is_empty() && !word.starts_with('<')).then(|| word.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(language: &str, text: &str) -> Vec<(String, Vec<String>)> {
        let block = Block::read(1, language, None, text);
        block.turns().iter().map(|turn| (turn.typed.clone(), turn.printed.clone())).collect()
    }

    #[test]
    fn a_recorded_session_is_lines_with_what_was_printed() {
        let turns = session(
            "console",
            "$ kubectl get sts\nNAME   READY\nweb    3/3\n\n$ kubectl delete sts web\nstatefulset.apps \"web\" deleted\n$\n",
        );
        assert_eq!(turns.len(), 2);
        assert_eq!(turns[0], ("kubectl get sts".into(), vec!["NAME   READY".into(), "web    3/3".into()]));
        assert_eq!(turns[1].1, ["statefulset.apps \"web\" deleted"]);
    }

    #[test]
    fn sessions_go_into_containers_and_out_again() {
        let text = "$ kubectl exec -it my-client -- bash\nroot@my-client:/# mariadb --password\nEnter password:\nMariaDB [(none)]> show\n    -> databases;\n+--+\nMariaDB [(none)]> exit\nBye\nroot@my-client:/# exit\nexit\n";
        let block = Block::read(1, "", None, text);
        let inside: Vec<bool> = block.turns().iter().map(|turn| turn.is_inside).collect();
        assert_eq!(inside, [false, true, true, true, true]);
        assert_eq!(block.turns()[2].typed, "show\ndatabases;");
    }

    #[test]
    fn lines_that_go_on_belong_together() {
        let turns =
            session("powershell", "PS> kubectl scale sts/web `\n>   --replicas 2 # two\nstatefulset.apps/web scaled\n");
        assert_eq!(turns[0].0, "kubectl scale sts/web \\\n  --replicas 2 # two");
        let turns = session("bash", "cat <<'EOF' | kubectl apply -f -\nkind: Pod\nEOF\nkubectl get pods\n");
        assert_eq!(turns[0].0, "cat <<'EOF' | kubectl apply -f -\nkind: Pod\nEOF");
        assert_eq!(turns[1].0, "kubectl get pods");
    }

    #[test]
    fn the_plain_prompt_of_a_shell_in_a_container_is_one() {
        let text =
            "$ kubectl exec -it shop-1 -- sh\n# hostname\nshop-1\n# echo hi > /data/x\n# exit\n$ kubectl get pods\n";
        let typed: Vec<(bool, String)> =
            turns_of("console", text).into_iter().map(|turn| (turn.is_inside, turn.typed)).collect();
        let expected = [
            (false, "kubectl exec -it shop-1 -- sh"),
            (true, "hostname"),
            (true, "echo hi > /data/x"),
            (true, "exit"),
            (false, "kubectl get pods"),
        ];
        assert_eq!(typed, expected.map(|(inside, line)| (inside, line.to_string())));
        // Without prompts, and outside of a shell, it is a comment.
        for text in ["kubectl exec -it shop-1 -- sh\n# in the container\n", "$ kubectl get pods\n# all of them\n"] {
            assert_eq!(turns_of("console", text).len(), 1, "{text}");
        }
    }

    #[test]
    fn prompts_may_be_missing_or_unusual() {
        assert_eq!(session("", "kubectl get pods\nNAME    READY\nweb-0   1/1\n")[0].1.len(), 2);
        assert_eq!(session("", "> kubectl get pods\nNAME    READY\n")[0].0, "kubectl get pods");
        assert_eq!(session("bash", "# all pods\nkubectl get pods\n").len(), 1);
        assert!(session("", "$ npm install\n").is_empty());
        assert!(session("", "NAME   READY\nweb    3/3\n").is_empty());
    }

    #[test]
    fn an_output_may_stand_in_a_block_of_its_own() {
        let mut block = Block::read(3, "shell", None, "kubectl get sts\n# a remark\nkubectl get pods\n");
        assert!(!block.take_output(9, "yaml", "a: b\n"));
        assert!(block.take_output(9, "Output", "\nNAME   READY\nweb    3/3\n\n"));
        let last = &block.turns()[1];
        assert_eq!((last.printed_at, last.printed_with, last.printed.len()), (7, 1, 2));
        assert_eq!(block.printed_for(0), Some(last));
        assert_eq!(block.printed_for(1), None);
        assert!(!block.take_output(20, "", "more\n"), "it has one");
        assert!(!Block::read(1, "", None, "$ kubectl get sts\nweb\n").take_output(5, "", "more\n"));
        assert!(!Block::read(1, "bash", None, "kubectl get sts\n").take_output(5, "", "$ kubectl get pods\n"));
        assert!(!Block::read(1, "yaml", None, "kind: Pod\n").take_output(5, "", "pod/web created\n"));
    }

    #[test]
    fn manifests_are_told_by_their_kind() {
        let block = Block::read(1, "yaml", None, "# web.yaml\napiVersion: v1\nkind: Pod\n");
        assert_eq!((block.content, block.name.as_deref()), (Content::Manifest, Some("web.yaml")));
        assert_eq!(Block::read(1, "yaml", None, "replicas: 3\n").content, Content::Text);
        assert_eq!(Block::read(1, "", None, "kind: Pod\n").content, Content::Manifest);
        assert_eq!(Block::read(1, "go", None, "kind: Pod\n").content, Content::Text);
    }
}
