//! What the cluster says to a line of a page, and how long it is listened to.

use super::compare::Difference;
use crate::kubectl::Stream;
use crate::model::Millis;
use crate::playground::{Entry, Playground};
use std::rc::Rc;

/// What the cluster said to a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What stood before the line that was typed: a container's prompt inside of one.
    pub prompt: String,
    /// Its lines.
    pub said: Vec<String>,
    /// The lab's own remarks.
    pub hints: Vec<String>,
    /// The printed lines that it did not say; where nothing is printed, that the line failed.
    pub differences: Vec<Difference>,
    /// The exit status, once the command has ended.
    pub exit: Option<i32>,
    /// The first of the lines said on standard error.
    pub(super) complaint: Option<usize>,
}

/// The longest that a command is waited for, or a cluster to settle.
pub(super) const WAIT_MAX: Millis = Millis::seconds(600);
/// How far ahead nothing may happen in a settled cluster.
const SETTLED: Millis = Millis::seconds(60);

/// Whether nothing more happens by itself.
pub(super) fn is_settled(playground: &Playground) -> bool {
    playground.is_settled(SETTLED)
}

/// The entries that stand behind `before`.
pub(super) fn since(entries: &[Rc<Entry>], before: Option<&Rc<Entry>>) -> Vec<Rc<Entry>> {
    let at = before.and_then(|before| entries.iter().rposition(|entry| Rc::ptr_eq(entry, before)));
    entries.get(at.map_or(0, |at| at + 1)..).unwrap_or_default().to_vec()
}

/// What entries say. The question for a password is one of their lines, as it is in a recorded session.
pub(super) fn answer_of(entries: &[Rc<Entry>]) -> Answer {
    let mut answer = Answer::default();
    if let Some(Entry::Typed { prompt, .. }) = entries.first().map(|entry| &**entry) {
        answer.prompt.clone_from(prompt);
    }
    for entry in entries.iter().skip(1) {
        match &**entry {
            Entry::Typed { prompt, .. } => answer.said.push(prompt.trim_end().to_string()),
            Entry::Said { output, .. } => {
                answer.exit = output.exit.or(answer.exit);
                for line in &output.lines {
                    if line.stream == Stream::Err {
                        answer.complaint.get_or_insert(answer.said.len());
                    }
                    let kept = if line.stream == Stream::Hint { &mut answer.hints } else { &mut answer.said };
                    kept.push(line.text());
                }
            }
        }
    }
    answer
}
