//! A text that is open in the page's editor until it comes back; knows neither what it is nor what becomes of it.

use super::command::{Cx, Failure, Flow, Job};
use super::screen_text::Prompt;
use crate::shell::commands::filter::Filter;
use crate::shell::container::FileError;

/// What a text from the editor is for.
pub trait Draft: std::fmt::Debug + Clone + 'static {
    /// The text as it was opened.
    fn shown(&self) -> &str;

    /// Takes the text that came back; the one that was opened if the editor was closed without saving.
    fn take(self, text: &str, cx: &mut Cx<'_>) -> Flow;
}

/// Waits for the editor.
#[derive(Clone, Debug)]
struct Editing<D>(D);

impl<D: Draft> Job for Editing<D> {
    fn poll(self: Box<Self>, _cx: &mut Cx<'_>) -> Flow {
        Flow::Wait(self)
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn prompt(&self) -> Option<Prompt> {
        Some(Prompt::default())
    }

    fn interrupt(self: Box<Self>, cx: &mut Cx<'_>) -> Option<Flow> {
        Some(self.answer(None, cx))
    }

    fn is_editing(&self) -> bool {
        true
    }

    fn answer(self: Box<Self>, text: Option<&str>, cx: &mut Cx<'_>) -> Flow {
        cx.manager = "kubectl-edit".into();
        let text = text.unwrap_or(self.0.shown()).to_string();
        self.0.take(&text, cx)
    }
}

/// Opens a draft in the page's editor, in a file of its own.
pub fn open<D: Draft>(draft: D, file: &str, text: String, cx: &mut Cx<'_>) -> Flow {
    cx.out.opens = Some((file.to_string(), text));
    Flow::Wait(Box::new(Editing(draft)))
}

/// What the command in `KUBE_EDITOR` or `EDITOR` makes of a text. `None` if there is none, or one that needs a screen:
/// then the page's editor is meant.
pub fn edited_by_command(text: &str, cx: &Cx<'_>) -> Option<Result<String, Failure>> {
    let command = ["KUBE_EDITOR", "EDITOR"].into_iter().find_map(|name| cx.state.variables.get(name))?;
    let words = words_of(command);
    let broken = || Failure::client(format!("there was a problem with the editor {command:?}"));
    match words.first().map(String::as_str)? {
        "true" => Some(Ok(text.to_string())),
        "false" => Some(Err(broken())),
        "sed" => {
            let words: Vec<String> = words.iter().filter(|word| *word != "-i").cloned().collect();
            Some(sed(&words, text).ok_or_else(broken))
        }
        _ => None,
    }
}

/// The words of an editor's command; quotes and backslashes are read as a shell reads them, which kubectl asks then
/// (`cmd/util/editor/editor.go`).
fn words_of(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(letters.next()),
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(letter);
            }
            (_, Some(open)) if letter == open => quote = None,
            (_, None) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

fn sed(words: &[String], text: &str) -> Option<String> {
    let read = |_: &str| Err(FileError::NotFound);
    let mut filter = Filter::plain(words, text.to_string(), &read);
    let code = filter.run().unwrap_or(1);
    (code == 0).then_some(filter.out)
}
