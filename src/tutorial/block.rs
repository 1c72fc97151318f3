//! A code block of a page: a manifest, a recorded session, or text. Runs nothing.

use super::line_look::{Language, calls_ours, is_heading, is_printed, language_of};
use super::partial_manifest::{is_excerpt, kind_for_program};
use super::reader::turns_of;
use super::turn::Turn;

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
    /// What the page says of its text.
    pub(super) language: Language,
}

impl Block {
    /// Reads a block. `language` is what the page says of it, empty where it says nothing.
    pub fn read(line: usize, language: &str, name: Option<String>, text: &str) -> Block {
        let text = text.replace("\r\n", "\n");
        let language = language_of(language);
        let content = content_of(language, &text);
        let own = || kind_for_program(&text).filter(|_| content == Content::Manifest);
        let name = name.or_else(|| named_inside(&content, &text));
        let name = name.or_else(|| Some(format!("{}.yaml", own()?.to_lowercase())));
        Block { line, name, text, content, language }
    }

    /// Whether it is a manifest that some program reads and no API server does.
    pub(super) fn is_for_program(&self) -> bool {
        self.content == Content::Manifest && kind_for_program(&self.text).is_some()
    }

    /// The lines that are typed; none for a manifest and for text.
    pub fn turns(&self) -> &[Turn] {
        match &self.content {
            Content::Session(turns) => turns,
            Content::Manifest | Content::Text => &[],
        }
    }

    /// Takes a text as what its lines print, where it shows none of that itself; `line` is where the text begins in the
    /// page. Returns whether it did. Many pages part commands and outputs, so that commands can be copied.
    pub fn take_output(&mut self, line: usize, text: &str) -> bool {
        let Content::Session(turns) = &mut self.content else { return false };
        let silent = turns.iter().rev().take_while(|turn| turn.printed.is_empty()).count();
        let Some(last) = turns.last_mut().filter(|_| silent > 0) else { return false };
        last.printed = text.lines().map(|line| line.trim_end().to_string()).collect();
        last.printed_at = line.saturating_sub(self.line);
        last.printed_with = silent - 1;
        last.tidy();
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

fn content_of(language: Language, text: &str) -> Content {
    let is_yaml = matches!(language, Language::Yaml | Language::Plain);
    let has_kind = text.lines().any(|line| line.strip_prefix("kind:").is_some_and(|kind| !kind.trim().is_empty()));
    if is_yaml && has_kind && !text.lines().any(|line| line.starts_with("$ ") || line.starts_with("kubectl ")) {
        return if is_excerpt(text) { Content::Text } else { Content::Manifest };
    }
    if matches!(language, Language::Yaml | Language::Code) || is_heading(first_line(text)) {
        return Content::Text;
    }
    let reading = turns_of(language, text);
    let is_printed = language == Language::Output || language == Language::Script && is_printed(first_line(text));
    if is_printed && !reading.has_prompts {
        return Content::Text;
    }
    let is_ours = |turn: &Turn| turn.is_inside || calls_ours(&turn.typed);
    if reading.turns.iter().any(is_ours) { Content::Session(reading.turns) } else { Content::Text }
}

/// The first line of a text that is not empty.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim_end).find(|line| !line.is_empty()).unwrap_or_default()
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
            turns_of(Language::Console, text).turns.into_iter().map(|turn| (turn.is_inside, turn.typed)).collect();
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
            assert_eq!(turns_of(Language::Console, text).turns.len(), 1, "{text}");
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
        assert!(block.take_output(9, "\nNAME   READY\nweb    3/3\n\n"));
        let last = &block.turns()[1];
        assert_eq!((last.printed_at, last.printed_with, last.printed.len()), (7, 1, 2));
        assert_eq!(block.printed_for(0), Some(last));
        assert_eq!(block.printed_for(1), None);
        assert!(!block.take_output(20, "more\n"), "it has one");
        assert!(!Block::read(1, "", None, "$ kubectl get sts\nweb\n").take_output(5, "more\n"));
        assert!(!Block::read(1, "yaml", None, "kind: Pod\n").take_output(5, "pod/web created\n"));
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
