//! Plays a page on a playground, each line at the moment that fits what the author printed.

use super::answer::{Answer, WAIT_MAX, answer_of, is_settled, since};
use super::block::{Block, Content};
use super::compare::{Difference, differences, is_said, is_watched, watched_differences};
use super::generated_names::{as_called_here, with_files_here};
use super::line::{goes_inside, is_rollout, is_wait, is_watch, only_asks};
use super::markdown::Page;
use super::moment::{find_moment, find_nearest_moment};
use super::rollout_lines::{is_told, told_differences};
use super::turn::Turn;
use super::watch;
use crate::i18n::console::find;
use crate::i18n::fill;
use crate::model::pod::containers;
use crate::model::{Kind, Millis};
use crate::playground::{Entry, Playground};
use std::rc::Rc;

/// A printed line that the cluster does not say, or a page that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the block among those that are played, from 1.
    pub block: usize,
    /// The line of the page, from 1.
    pub line: usize,
    /// What was typed.
    pub typed: String,
    /// What the author printed; `None` where that is nothing and the line failed.
    pub printed: Option<String>,
    /// What the cluster said in its place; `None` if it said nothing there.
    pub said: Option<String>,
}

/// The most changes that are waited for until nothing more happens.
const STEPS_MAX: usize = 4000;
/// How long a reader looks at an answer before he types on.
const READING: Millis = Millis::seconds(3);
/// The exit status of a command that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Plays a line of a block, by its number. What a reader would wait for is waited for: commands in the foreground, and a
/// state of the cluster in which the answer is the printed one. `None` if there is no such line.
pub fn play(playground: &mut Playground, block: &Block, number: usize) -> Option<Answer> {
    let turn = block.turns().get(number)?;
    wait_for_prompt(playground, None);
    if !turn.is_inside {
        leave_containers(playground);
    }
    if number == 0 {
        begin(playground, block);
    }
    let (typed, named) = match turn.is_inside {
        true => (turn.typed.clone(), Vec::new()),
        false => {
            let (typed, mut put) = with_files_here(playground, &turn.typed);
            let (typed, named) = as_called_here(playground, &typed);
            put.extend(named);
            (typed, put)
        }
    };
    let turn = Turn { typed, ..turn.clone() };
    let mut answer = answer_at_its_moment(playground, block, number, &turn);
    for (printed, here) in named {
        let text =
            find(playground.lang(), "tutorial.named").map(|it| fill(it, &[("printed", &printed), ("here", &here)]));
        answer.hints.extend(text.map(|text| format!("hint: {text}")));
    }
    Some(answer)
}

/// Plays a line of a block that is typed as `turn` says.
fn answer_at_its_moment(playground: &mut Playground, block: &Block, number: usize, turn: &Turn) -> Answer {
    let is_watch = is_watch(&turn.typed) && !turn.is_inside;
    if is_watch && turn.printed.is_empty() {
        return watch::begin(playground, turn);
    }
    if let Some(answer) = Some(turn).filter(|_| is_watch).and_then(|turn| watch::go_on(playground, turn)) {
        return answer;
    }
    let above = if turn.printed_with > 0 { said_above(playground, block, number) } else { Vec::new() };
    let skipped = (0..=turn.printed.len()).rev().find(|count| is_told(&turn.printed[..*count], &above)).unwrap_or(0);
    let rest = Turn { printed: turn.printed[skipped..].to_vec(), ..turn.clone() };
    let below = block.printed_for(number).filter(|_| turn.printed.is_empty());
    if !turn.is_inside && !is_watch && (is_wait(&turn.typed) || below.is_some() && only_asks(&turn.typed)) {
        find_nearest_moment(playground, &rest, below);
    }
    let mut answer = answer_to(playground, &rest, is_watch);
    answer.differences.iter_mut().for_each(|it| it.printed = it.printed.map(|at| at + skipped));
    if turn.printed.is_empty() && !turn.is_inside {
        // Where the output of several lines stands together, the failure may be printed there.
        let printed = below.map_or(&[][..], |below| &below.printed);
        let failed = failure(&turn.typed, &answer);
        let is_printed = |it: &Difference| {
            it.said.and_then(|at| answer.said.get(at)).is_some_and(|said| is_said(std::slice::from_ref(said), printed))
        };
        answer.differences.extend(failed.filter(|it| !is_printed(it)));
    }
    answer
}

/// What the lines above one said, as far as they belong to the same block.
fn said_above(playground: &Playground, block: &Block, number: usize) -> Vec<String> {
    let entries = playground.entries();
    let first =
        block.turns().get(number - block.turns()[number].printed_with.min(number)).map(|turn| turn.typed.as_str());
    let at =
        entries.iter().rposition(|entry| matches!(&**entry, Entry::Typed { text, .. } if Some(text.as_str()) == first));
    at.map_or_else(Vec::new, |at| answer_of(entries.get(at..).unwrap_or_default()).said)
}

/// Types a line at the moment that fits what is printed.
fn answer_to(playground: &mut Playground, turn: &Turn, is_watch: bool) -> Answer {
    if !turn.is_inside && goes_inside(&turn.typed) {
        // Nobody is in a container in the second in which its neighbours start.
        wait_until_settled(playground);
        playground.advance(READING.0);
    }
    if !turn.printed.is_empty() && is_question(turn) && !is_watch && !is_wait(&turn.typed) {
        find_moment(playground, turn);
    }
    let is_late = is_watch && is_settled(playground);
    let mut answer = enter(playground, &turn.typed, Some(turn));
    let differences = match is_watch {
        true => watched_differences,
        false if is_rollout(&turn.typed) => told_differences,
        false => differences,
    };
    answer.differences = differences(&turn.printed, &answer.said);
    if is_late && !answer.differences.is_empty() {
        answer.hints.extend(find(playground.lang(), "tutorial.past").map(|text| format!("hint: {text}")));
    }
    answer
}

/// Applies the manifest of a block, as the file that it shows.
pub fn apply(playground: &mut Playground, block: &Block) -> Answer {
    wait_for_prompt(playground, None);
    leave_containers(playground);
    wait_until_settled(playground);
    match &block.name {
        Some(name) => playground.put_file(name, &block.text),
        None => playground.set_editor(&block.text),
    }
    let typed = applies(block);
    let mut answer = enter(playground, &typed, None);
    answer.differences.extend(failure(&typed, &answer));
    answer
}

/// The line that applies the manifest of a block.
fn applies(block: &Block) -> String {
    format!("kubectl apply -f {}", block.name.as_deref().unwrap_or(Playground::MANIFEST_NAME))
}

/// Types a line, and waits for its end. A watch ends when all that is printed has come.
fn enter(playground: &mut Playground, typed: &str, turn: Option<&Turn>) -> Answer {
    let before = playground.entries().last().cloned();
    playground.enter(typed);
    wait_for_prompt(playground, turn.map(|turn| (turn, before.as_ref())));
    give_passwords(playground);
    answer_of(&since(playground.entries(), before.as_ref()))
}

/// A line that fails and whose author says nothing of it. What other programs than kubectl return is their own affair,
/// unless they are not there.
fn failure(typed: &str, answer: &Answer) -> Option<Difference> {
    let is_ours = typed.split([' ', '\n', '|', ';', '(']).any(|word| matches!(word, "kubectl" | "minikube"));
    let is_no_command = |text: &String| text.ends_with(": command not found") || text.contains(": syntax error ");
    let has_failed = answer.exit.is_some_and(|exit| exit != 0 && exit != INTERRUPTED);
    let complaint = answer.complaint?;
    (has_failed && (is_ours || answer.said.iter().any(is_no_command)))
        .then_some(Difference { printed: None, said: Some(complaint) })
}

/// How the time between two blocks goes by: a reader looks until nothing more happens. Where the next block begins with a
/// question whose printed answer is an earlier one, as a watch's, there is none.
fn begin(playground: &mut Playground, block: &Block) {
    let questions = block.turns().iter().take_while(|turn| is_question(turn) && !turn.is_inside);
    let mut questions = questions.filter(|turn| is_watch(&turn.typed) || !turn.printed.is_empty());
    let waits = match questions.next() {
        Some(turn) if turn.printed.is_empty() => false,
        // The answers of several lines: each is there when nothing more happens.
        Some(turn) if turn.printed_with > 0 => true,
        Some(turn) => is_said(&turn.printed, &answer_of(&playground.would_say_later(&turn.typed, WAIT_MAX)).said),
        None => true,
    };
    if waits {
        wait_until_settled(playground);
    }
}

/// Lets virtual time go on until nothing more happens by itself, or for ten minutes.
pub fn wait_until_settled(playground: &mut Playground) {
    let end = playground.now() + WAIT_MAX;
    let mut steps = 0;
    while playground.now() < end && steps < STEPS_MAX && !is_settled(playground) {
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
    for (at, block) in page.blocks.iter().filter(|block| block.is_live()).enumerate() {
        if block.content == Content::Manifest && !block.is_for_program() && !is_applied_later(page, block) {
            let turn = Turn { line: 0, is_inside: false, typed: applies(block), ..Turn::default() };
            let answer = apply(playground, block);
            findings.extend(answer.differences.iter().map(|difference| finding(at, block, &turn, &answer, difference)));
        }
        for (number, turn) in block.turns().iter().enumerate() {
            let answer = play(playground, block, number).unwrap_or_default();
            findings.extend(answer.differences.iter().map(|difference| finding(at, block, turn, &answer, difference)));
        }
    }
    findings
}

fn finding(at: usize, block: &Block, turn: &Turn, answer: &Answer, difference: &Difference) -> Finding {
    Finding {
        block: at + 1,
        line: block.line + difference.printed.map_or(turn.line, |printed| turn.printed_at + printed),
        typed: turn.typed.clone(),
        printed: difference.printed.and_then(|printed| turn.printed.get(printed).cloned()),
        said: difference.said.and_then(|said| answer.said.get(said).cloned()),
    }
}

/// Whether a command of the page names the file of this block, or another file that no API server reads.
fn is_applied_later(page: &Page, block: &Block) -> bool {
    let Some(name) = &block.name else { return false };
    let is_named = |text: &str| text.contains(name.as_str());
    page.blocks
        .iter()
        .any(|it| it.is_for_program() && is_named(&it.text) || it.turns().iter().any(|turn| is_named(&turn.typed)))
}

/// Whether a line may be asked again.
fn is_question(turn: &Turn) -> bool {
    turn.is_inside || only_asks(&turn.typed)
}

/// Whether a block begins with a watch, or with a rollout that is told step by step; questions before it not counted.
pub fn watches(block: &Block) -> bool {
    let is_told = |turn: &Turn| is_watch(&turn.typed) || is_rollout(&turn.typed) && turn.printed.len() > 1;
    block.turns().iter().take_while(|turn| is_question(turn)).any(is_told)
}

/// Waits for the command in the foreground. One that never ends by itself is interrupted when all that is printed of
/// `watched` has come, or nothing more is due; `watched` is the line and the entry before it.
fn wait_for_prompt(playground: &mut Playground, watched: Option<(&Turn, Option<&Rc<Entry>>)>) {
    let end = playground.now() + WAIT_MAX;
    while playground.is_busy() && playground.now() < end {
        if playground.waiting().is_some_and(|it| it.is_endless) {
            let Some((turn, before)) = watched else { break };
            let has_all = || is_watched(&turn.printed, &answer_of(&since(playground.entries(), before)).said);
            if !turn.printed.is_empty() && has_all() || is_settled(playground) || !playground.step() {
                break;
            }
            continue;
        }
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
        wait_for_prompt(playground, None);
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
        wait_for_prompt(playground, None);
    }
}

/// The first value of an environment variable that ends in `ROOT_PASSWORD`, or in `PASSWORD`.
fn password_of(playground: &Playground) -> Option<String> {
    let pods: Vec<_> = playground.cluster().list(Kind::Pod).collect();
    let find = |end: &str| {
        pods.iter().flat_map(|pod| containers(pod)).flat_map(|it| it.list_at(&["env"])).find_map(|it| {
            let value = it.str_at(&["value"]);
            (it.str_at(&["name"]).ends_with(end) && !value.is_empty()).then(|| value.to_string())
        })
    };
    find("ROOT_PASSWORD").or_else(|| find("PASSWORD"))
}
