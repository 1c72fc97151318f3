//! Plays a page on a playground, each line at the moment that fits what the author printed.

use super::block::{Block, Content, Turn};
use super::compare::{Difference, differences};
use super::page::Page;
use crate::kubectl::Stream;
use crate::model::{Kind, Millis};
use crate::playground::{Entry, Playground};
use std::rc::Rc;

/// What the cluster said to a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its lines.
    pub said: Vec<String>,
    /// The lab's own remarks.
    pub hints: Vec<String>,
    /// The printed lines that it did not say.
    pub differences: Vec<Difference>,
}

/// A printed line that the cluster does not say, or a page that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the block, from 1.
    pub block: usize,
    /// The line of the page, from 1.
    pub line: usize,
    /// What was typed.
    pub typed: String,
    /// What the author printed.
    pub printed: String,
    /// What the cluster said in its place; `None` if it said nothing there.
    pub said: Option<String>,
}

/// The longest that a moment is looked for which fits what was printed.
const FITTING_MAX: Millis = Millis::seconds(900);
/// The most moments that are tried.
const MOMENTS_MAX: usize = 400;
/// The longest that a command is waited for, or a cluster to settle.
const WAIT_MAX: Millis = Millis::seconds(600);
/// How long a reader looks at an answer before he types on.
const READING: Millis = Millis::seconds(3);
/// How far ahead nothing may happen in a settled cluster.
const SETTLED: Millis = Millis::seconds(60);

/// Plays a line. What a reader would wait for is waited for: commands in the foreground, and a state of the cluster in
/// which the answer is the printed one.
pub fn play(playground: &mut Playground, turn: &Turn) -> Answer {
    let end = playground.now() + WAIT_MAX;
    wait_for_prompt(playground, end);
    if !turn.is_inside {
        leave_containers(playground);
    }
    if !turn.is_inside && goes_inside(&turn.typed) {
        // Nobody is in a container in the second in which its neighbours start.
        wait_until_settled(playground);
        playground.advance(READING.0);
    }
    if !turn.printed.is_empty() && is_question(turn) {
        find_moment(playground, turn);
    }
    let before = playground.entries().last().cloned();
    playground.enter(&turn.typed);
    wait_for_prompt(playground, playground.now() + WAIT_MAX);
    give_passwords(playground);
    let mut answer = answer_of(&since(playground.entries(), before.as_ref()));
    answer.differences = differences(&turn.printed, &answer.said);
    answer
}

/// Lets virtual time go on until nothing more happens by itself, or for ten minutes.
pub fn wait_until_settled(playground: &mut Playground) {
    let end = playground.now() + WAIT_MAX;
    let mut steps = 0;
    while playground.now() < end && steps < MOMENTS_MAX * 10 && !playground.is_settled(SETTLED) {
        if !playground.step() {
            break;
        }
        steps += 1;
    }
}

/// Plays a page from top to bottom, as a reader does who looks at everything before he goes on. Manifests are files until a
/// command applies them; one that no command names is applied at its place.
pub fn check(playground: &mut Playground, page: &Page) -> Vec<Finding> {
    for (name, text) in page.files() {
        playground.put_file(name, text);
    }
    let mut findings = Vec::new();
    for (at, block) in page.blocks.iter().enumerate() {
        if block.content == Content::Manifest && !is_applied_later(page, block) {
            playground.set_editor(&block.text);
            playground.apply_editor();
        }
        for turn in block.turns() {
            let answer = play(playground, turn);
            findings.extend(answer.differences.iter().map(|difference| finding(at, block, turn, &answer, difference)));
        }
        wait_until_settled(playground);
    }
    findings
}

fn finding(at: usize, block: &Block, turn: &Turn, answer: &Answer, difference: &Difference) -> Finding {
    // What was printed stands behind what was typed; blank lines between them are not counted.
    let typed = turn.typed.split('\n').count();
    Finding {
        block: at + 1,
        line: block.line + turn.line + typed + difference.printed,
        typed: turn.typed.clone(),
        printed: turn.printed.get(difference.printed).cloned().unwrap_or_default(),
        said: difference.said.and_then(|said| answer.said.get(said).cloned()),
    }
}

/// Whether a command of the page names the file of this block.
fn is_applied_later(page: &Page, block: &Block) -> bool {
    let Some(name) = &block.name else { return false };
    page.blocks.iter().flat_map(Block::turns).any(|turn| turn.typed.contains(name.as_str()))
}

/// Whether a line only asks, so that it may be asked again: what changes the cluster is done at once.
fn is_question(turn: &Turn) -> bool {
    let mut words = turn.typed.split_whitespace().filter(|word| *word != "kubectl" && *word != "watch");
    let verbs = ["get", "describe", "logs", "events", "top", "cluster-info", "version", "explain", "diff"];
    turn.is_inside || words.next().is_some_and(|verb| verbs.contains(&verb))
}

/// Whether a line opens a shell in a container.
fn goes_inside(typed: &str) -> bool {
    let mut words = typed.split_whitespace();
    let is_kubectl =
        words.next() == Some("kubectl") && words.next().is_some_and(|verb| ["exec", "run", "attach"].contains(&verb));
    is_kubectl && words.any(|word| ["-it", "-ti", "-i", "-t", "--stdin", "--tty"].contains(&word))
}

/// Goes on to the first moment at which the answer is the printed one; if there is none, to where nothing more happens.
fn find_moment(playground: &mut Playground, turn: &Turn) {
    let end = playground.now() + FITTING_MAX;
    for _ in 0..MOMENTS_MAX {
        let entries = playground.would_say(&turn.typed, WAIT_MAX);
        let is_done = differences(&turn.printed, &answer_of(&entries).said).is_empty();
        if is_done || playground.now() > end || playground.is_settled(SETTLED) || !playground.step() {
            return;
        }
    }
}

/// Waits for the command in the foreground; one that never ends is interrupted.
fn wait_for_prompt(playground: &mut Playground, end: Millis) {
    while playground.is_busy() && playground.now() < end {
        let until = playground.next_at().unwrap_or(end).min(end);
        let by = (until.0 - playground.now().0).max(1);
        playground.advance(by);
    }
    if playground.is_busy() {
        playground.interrupt();
    }
}

/// A line of the reader's own shell ends what an author left open inside a container.
fn leave_containers(playground: &mut Playground) {
    for _ in 0..4 {
        if playground.is_at_home() {
            return;
        }
        playground.enter("exit");
        wait_for_prompt(playground, playground.now() + WAIT_MAX);
    }
}

/// Types the password that is asked for: no page shows it, but the pods' manifests do.
fn give_passwords(playground: &mut Playground) {
    for _ in 0..3 {
        if !playground.prompt().is_hidden {
            return;
        }
        let password = password_of(playground).unwrap_or_default();
        playground.enter(&password);
        wait_for_prompt(playground, playground.now() + WAIT_MAX);
    }
}

/// The first value of an environment variable that ends in `ROOT_PASSWORD`, or in `PASSWORD`.
fn password_of(playground: &Playground) -> Option<String> {
    let pods: Vec<_> = playground.cluster().list(Kind::Pod).collect();
    let find = |end: &str| {
        pods.iter().flat_map(|pod| pod.list_at(&["spec", "containers"])).flat_map(|it| it.list_at(&["env"])).find_map(
            |it| {
                let value = it.str_at(&["value"]);
                (it.str_at(&["name"]).ends_with(end) && !value.is_empty()).then(|| value.to_string())
            },
        )
    };
    find("ROOT_PASSWORD").or_else(|| find("PASSWORD"))
}

/// The entries that stand behind `before`.
fn since(entries: &[Rc<Entry>], before: Option<&Rc<Entry>>) -> Vec<Rc<Entry>> {
    let at = before.and_then(|before| entries.iter().rposition(|entry| Rc::ptr_eq(entry, before)));
    entries.get(at.map_or(0, |at| at + 1)..).unwrap_or_default().to_vec()
}

/// What entries say. The question for a password is one of their lines, as it is in a recorded session.
fn answer_of(entries: &[Rc<Entry>]) -> Answer {
    let mut answer = Answer::default();
    for entry in entries.iter().skip(1) {
        match &**entry {
            Entry::Typed { prompt, .. } => answer.said.push(prompt.trim_end().to_string()),
            Entry::Said { output, .. } => {
                for line in &output.lines {
                    let kept = if line.stream == Stream::Hint { &mut answer.hints } else { &mut answer.said };
                    kept.push(line.text());
                }
            }
        }
    }
    answer
}
