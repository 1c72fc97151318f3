//! The code blocks of a Markdown page: fences, MyST directives, titles and captions. Knows nothing else of Markdown.

use super::block::{Block, Content, is_file};
use super::output::{Between, is_output};

/// The longest page that is read, in bytes.
const PAGE_MAX: usize = 2 << 20;
/// The most blocks of a page.
const BLOCKS_MAX: usize = 1000;

/// A page of a documentation, as far as it can be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its code blocks in order, also those that are not run.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Reads a Markdown text.
    ///
    /// # Errors
    /// A text that is too long.
    pub fn read(markdown: &str) -> Result<Page, String> {
        if markdown.len() > PAGE_MAX {
            return Err(format!("the page is too long: {} of at most {PAGE_MAX} bytes", markdown.len()));
        }
        let lines: Vec<&str> = markdown.lines().collect();
        let mut blocks: Vec<Block> = Vec::new();
        let (mut at, mut spoken) = (0, None);
        let mut between: Vec<&str> = Vec::new();
        // The last line that stands at the margin: what is indented may belong to it.
        let mut margin = "";
        while let Some(line) = lines.get(at).filter(|_| blocks.len() < BLOCKS_MAX) {
            at += 1;
            match Fence::open(line) {
                Some(fence) => {
                    let (block, title) = fence.block(&lines, &mut at, spoken.take());
                    add(&mut blocks, block, &title, &between);
                    between.clear();
                }
                None if line.trim().is_empty() => {}
                None if line.trim_start().starts_with("<!--") => {
                    let is_over = |line: &&str| line.contains("-->");
                    let rest = lines.iter().skip(at - 1).position(is_over);
                    at += rest.unwrap_or(lines.len());
                }
                None if is_indented(&lines, at - 1, margin) => {
                    let block = indented(&lines, &mut at, spoken.take());
                    add(&mut blocks, block, "", &between);
                    between.clear();
                }
                None => {
                    spoken = spoken_file(line);
                    between.push(line);
                    if !line.starts_with([' ', '\t']) {
                        margin = line;
                    }
                }
            }
        }
        Ok(Page::of(blocks))
    }

    /// A page of these blocks. Manifests without a name get the one that a later command asks for.
    pub fn of(mut blocks: Vec<Block>) -> Page {
        for at in 0..blocks.len() {
            for name in blocks.get(at).map(files_asked).unwrap_or_default() {
                let is_it = |own: &str| own == name || own.rsplit_once('/').is_some_and(|(_, own)| own == name);
                if blocks.iter().any(|block| block.name.as_deref().is_some_and(is_it)) {
                    continue;
                }
                let before = blocks.iter_mut().take(at).rev();
                if let Some(block) = before.into_iter().find(|it| it.content == Content::Manifest && it.name.is_none())
                {
                    block.name = Some(name);
                }
            }
        }
        Page { blocks }
    }

    /// The files that the page shows, each with its text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let manifests = self.blocks.iter().filter(|block| block.content == Content::Manifest);
        manifests.filter_map(|block| Some((block.name.as_deref()?, block.text.as_str())))
    }
}

/// The files that a block's commands read with `-f`.
fn files_asked(block: &Block) -> Vec<String> {
    let mut names = Vec::new();
    for turn in block.turns().iter().filter(|turn| !turn.is_inside) {
        let words: Vec<&str> = turn.typed.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let value = match *word {
                "-f" | "--filename" => words.get(at + 1).copied(),
                word => word.strip_prefix("--filename=").or_else(|| word.strip_prefix("-f=")),
            };
            let value = value.map(|it| it.trim_matches(['"', '\'']).trim_start_matches("./").trim_start_matches(".\\"));
            // What is fetched from the web is the page's own file of that name.
            let value = value.map(|it| if it.contains("://") { it.rsplit('/').next().unwrap_or(it) } else { it });
            names.extend(value.filter(|name| is_file(name)).map(str::to_string));
        }
    }
    names
}

/// The last file's name in backquotes of a line of text: `create `web.yaml`:`.
fn spoken_file(line: &str) -> Option<String> {
    let mut quoted = line.split('`').skip(1).step_by(2);
    quoted.by_ref().filter(|name| is_file(name)).last().map(str::to_string)
}

/// Adds a block; one that stands right below another may hold its output.
fn add(blocks: &mut Vec<Block>, mut block: Block, title: &str, between: &[&str]) {
    let has_heading = between.iter().any(|line| line.starts_with('#'));
    let text = between.join("\n");
    let above =
        blocks.last_mut().filter(|above| is_output(above, &block, &Between { text: &text, has_heading, title }));
    if above.is_some_and(|above| above.take_output(block.line, &block.text)) {
        // An object that is printed is none to apply.
        block.content = Content::Text;
    }
    blocks.push(block);
}

/// The line without the four blanks, or the tab, that make it code.
fn unindented(line: &str) -> Option<&str> {
    line.strip_prefix("    ").or_else(|| line.strip_prefix('\t'))
}

/// Whether an indented code block begins at a line: behind an empty line, and not inside of a list or a note.
fn is_indented(lines: &[&str], at: usize, margin: &str) -> bool {
    let follows_blank = at == 0 || lines.get(at - 1).is_some_and(|line| line.trim().is_empty());
    let is_number = margin.split_once(['.', ')']).is_some_and(|(number, rest)| {
        !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()) && rest.starts_with([' ', '\t'])
    });
    let holds_more = ["- ", "* ", "+ ", "!!!", "???", "===", ":", "["].iter().any(|mark| margin.starts_with(mark));
    follows_blank && !is_number && !holds_more && lines.get(at).is_some_and(|line| unindented(line).is_some())
}

/// An indented code block; `at` is behind its first line, and then behind its last.
fn indented(lines: &[&str], at: &mut usize, spoken: Option<String>) -> Block {
    let begin = at.saturating_sub(1);
    let rest = lines.iter().skip(begin).take_while(|line| line.trim().is_empty() || unindented(line).is_some());
    let inside: Vec<&str> = rest.map(|line| unindented(line).unwrap_or_default()).collect();
    *at = begin + inside.len();
    let mut block = Block::read(begin, "", spoken, &format!("{}\n", inside.join("\n").trim_end()));
    block.name = block.name.filter(|_| block.content == Content::Manifest);
    block
}

/// A line that opens a code block.
struct Fence<'a> {
    mark: char,
    length: usize,
    indent: usize,
    language: &'a str,
    is_directive: bool,
    title: Option<String>,
}

/// Directives of MyST that hold code.
const DIRECTIVES: &[&str] = &["code-block", "code", "sourcecode", "code-cell", "prompt"];

impl<'a> Fence<'a> {
    fn open(line: &'a str) -> Option<Fence<'a>> {
        let text = line.trim_start_matches([' ', '\t', '>']);
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~' | ':'))?;
        let length = text.chars().take_while(|it| *it == mark).count();
        let info = text.get(length..).filter(|_| length >= 3)?.trim();
        let (is_directive, language) = match info.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, language)) if DIRECTIVES.contains(&name) => (true, language.trim()),
            Some((name, language)) if name.starts_with('.') => {
                (false, name.get(1..).map_or(language, |it| first_word(it)))
            }
            _ => (false, first_word(info)),
        };
        // Three colons without such a directive hold text, in which fences stand.
        let is_code = (mark != ':' || is_directive) && !(mark == '`' && info.contains('`'));
        let indent = line.len() - line.trim_start().len();
        is_code.then(|| Fence { mark, length, indent, language, is_directive, title: title_of(info) })
    }

    /// The block up to the closing line, with its title; `at` is behind it then. `spoken` is a name from the text before.
    fn block(self, lines: &[&str], at: &mut usize, spoken: Option<String>) -> (Block, String) {
        let mut title = self.title.clone();
        if self.is_directive {
            title = self.options(lines, at).or(title);
        }
        let begin = *at;
        let mut text = String::new();
        while let Some(line) = lines.get(*at) {
            *at += 1;
            if self.closes(line) {
                break;
            }
            text.push_str(self.inside(line));
            text.push('\n');
        }
        let name = title.clone().filter(|title| is_file(title)).or(spoken);
        let mut block = Block::read(begin + 1, self.language, name, &text);
        block.name = block.name.filter(|_| block.content == Content::Manifest);
        (block, title.unwrap_or_default())
    }

    /// Skips a directive's options; returns its caption.
    fn options(&self, lines: &[&str], at: &mut usize) -> Option<String> {
        let mut caption = None;
        let is_framed = lines.get(*at).is_some_and(|line| line.trim() == "---");
        *at += usize::from(is_framed);
        while let Some(line) = lines.get(*at).map(|line| line.trim()) {
            let option =
                if is_framed { line.split_once(':') } else { line.strip_prefix(':').and_then(|it| it.split_once(':')) };
            let Some((key, value)) = option else { break };
            if key == "caption" || key == "name" && caption.is_none() {
                caption = Some(value.trim().trim_matches(['"', '\'', '`']).to_string());
            }
            *at += 1;
        }
        if lines.get(*at).is_some_and(|line| is_framed && line.trim() == "---" || !is_framed && line.trim().is_empty())
        {
            *at += 1;
        }
        caption
    }

    fn closes(&self, line: &str) -> bool {
        let text = line.trim_start_matches([' ', '\t', '>']).trim_end();
        text.chars().count() >= self.length && text.chars().all(|it| it == self.mark)
    }

    /// A line without the indentation of its fence.
    fn inside<'b>(&self, line: &'b str) -> &'b str {
        let blank = line.len() - line.trim_start_matches(' ').len();
        line.get(blank.min(self.indent)..).unwrap_or(line)
    }
}

fn first_word(info: &str) -> &str {
    info.split([' ', '\t', ',', '{']).next().unwrap_or_default()
}

/// `title="web.yaml"`, `file=web.yaml`, `{title="web.yaml"}`.
fn title_of(info: &str) -> Option<String> {
    ["title", "file", "filename", "caption", "data-title"].iter().find_map(|key| {
        let (before, rest) = info.split_once(&format!("{key}="))?;
        let is_whole = before.is_empty() || before.ends_with([' ', '{', ',', '\t']);
        let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
        let value = match quote {
            Some(quote) => rest.get(1..)?.split(quote).next()?,
            None => rest.split([' ', '}', ',']).next()?,
        };
        is_whole.then(|| value.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(markdown: &str) -> Vec<Option<String>> {
        Page::read(markdown).unwrap().blocks.into_iter().map(|block| block.name).collect()
    }

    #[test]
    fn fences_of_all_tools_are_read() {
        let manifest = "apiVersion: v1\nkind: Pod\n";
        for (open, close) in [
            ("```yaml title=\"web.yaml\"", "```"),
            ("```yaml {title=\"web.yaml\"}", "```"),
            ("```{code-block} yaml\n:caption: web.yaml\n:linenos:\n", "```"),
            ("```{code-block} yaml\n---\ncaption: web.yaml\n---", "```"),
            (":::{code-block} yaml\n:caption: web.yaml\n", ":::"),
            ("~~~~ yaml title=web.yaml", "~~~~"),
            ("Write `web.yaml`:\n\n```yaml", "```"),
            ("```yaml\n# web.yaml", "```"),
        ] {
            assert_eq!(
                names(&format!("# Page\n\n{open}\n{manifest}{close}\n")),
                [Some("web.yaml".to_string())],
                "{open}"
            );
        }
    }

    #[test]
    fn comments_are_no_blocks_and_indented_code_is_one() {
        let texts = |markdown: &str| -> Vec<String> {
            Page::read(markdown).unwrap().blocks.into_iter().map(|block| block.text).collect()
        };
        let page = "<!--\n```bash\nkubectl delete ns default\n```\n-->\nRun:\n\n    kubectl get pods\n\n    kubectl get sts\n\nThen.\n";
        assert_eq!(texts(page), ["kubectl get pods\n\nkubectl get sts\n"]);
        assert_eq!(texts("<!-- one line -->\n\n\tkubectl get pods\n"), ["kubectl get pods\n"]);
        for page in [
            "- a list\n\n    its text\n",
            "1. one\n\n    more\n",
            "!!! note\n\n    kubectl get pods\n",
            "text\n    goes on\n",
        ] {
            assert_eq!(texts(page), [""; 0], "{page}");
        }
    }

    #[test]
    fn a_nameless_manifest_gets_the_name_that_a_command_asks_for() {
        let page = "```yaml\nkind: Pod\n```\n\n```console\n$ kubectl apply -f ./pod.yaml\n```\n";
        assert_eq!(names(page), [Some("pod.yaml".to_string()), None]);
    }

    #[test]
    fn lines_are_counted_from_the_page_and_indentation_goes() {
        let page = Page::read("1. First\n\n   ```console\n   $ kubectl get sts\n   web\n   ```\n").unwrap();
        assert_eq!((page.blocks[0].line, page.blocks[0].text.as_str()), (4, "$ kubectl get sts\nweb\n"));
    }

    #[test]
    fn an_output_stands_right_below_its_command_or_behind_a_sentence_that_says_so() {
        for (between, is_taken) in [
            ("", true),
            ("The output is similar to:\n", true),
            ("出力は次のようになります。\n", true),
            ("次のとおりです:\n", true),
            ("Then write this into notes.txt:\n", false),
            ("## Output\n", false),
        ] {
            let page = Page::read(&format!("```shell\nkubectl get sts\n```\n{between}```\nweb   3/3\n```\n")).unwrap();
            let turn = &page.blocks[0].turns()[0];
            assert_eq!(!turn.printed.is_empty(), is_taken, "{between}");
            let line = 5 + between.lines().count();
            assert!(!is_taken || page.blocks[0].line + turn.printed_at == line, "{turn:?}");
        }
    }

    #[test]
    fn an_open_fence_and_odd_text_are_no_fault() {
        for text in [
            "```",
            "```yaml title=",
            ":::",
            ":::{note}\ntext\n:::\n",
            "```{code-block}\n:caption",
            "\u{3042}`\u{3044}`",
        ] {
            let _ = Page::read(text).unwrap();
        }
        assert!(Page::read(&"x".repeat(PAGE_MAX + 1)).is_err());
    }
}
