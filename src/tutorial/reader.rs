//! Reads the lines of a block: which of them are typed, which go on from the one before, and which were printed.

use super::compare::is_left_out;
use super::line::only_asks;
use super::line_look::{Language, is_call, is_command, is_heading, is_printed, own_prompt};
use super::prompt::{Place, prompt_of};
use super::turn::Turn;
use super::unfinished_command::is_open;

/// The most turns of one block.
const TURNS_MAX: usize = 500;
/// The most lines of one command.
const GOES_ON_MAX: usize = 200;

/// A block's lines as they were read.
pub(super) struct Reading {
    /// What was typed.
    pub turns: Vec<Turn>,
    /// Whether prompts stand before what was typed.
    pub has_prompts: bool,
}

/// Reads the lines of a block in this language.
pub(super) fn turns_of(language: Language, text: &str) -> Reading {
    let lines: Vec<&str> = text.lines().collect();
    let has_home = lines.iter().any(|line| matches!(prompt_of(line), Some((_, Place::Home, _))));
    let has_inside = lines.iter().any(|line| matches!(prompt_of(line), Some((_, Place::Inside, _))));
    // `> ` is the prompt of a page that has no other one.
    let has_arrow = !has_home && !has_inside && lines.iter().any(|line| line.starts_with("> "));
    let has_call = lines.iter().any(|line| is_call(line));
    let own =
        Some(&lines).filter(|_| !has_home && !has_inside && !has_arrow && !has_call).and_then(|it| own_prompt(it));
    let has_prompts = has_home || has_inside || has_arrow || own.is_some();
    let reader = Reader { has_prompts, has_arrow, own, is_script: language == Language::Script };
    let mut turns: Vec<Turn> = Vec::new();
    let (mut at, mut seen) = (0, Seen::default());
    while at < lines.len() && turns.len() < TURNS_MAX {
        let number = at;
        match reader.typed(&lines, &mut at, &seen) {
            Some((is_inside, typed)) => {
                seen.is_entered = if seen.is_entered { typed.trim() != "exit" } else { opens_shell(&typed) };
                if !typed.trim().is_empty() && !is_left_out(&typed) {
                    let turn =
                        Turn { line: number, is_inside, typed, printed: Vec::new(), printed_at: at, printed_with: 0 };
                    turns.push(turn);
                    (seen.has_turn, seen.is_printing) = (true, false);
                }
            }
            None => {
                let printed = lines.get(number).map(|line| line.trim_end().to_string()).unwrap_or_default();
                seen.is_printing |= !printed.is_empty();
                if let Some(turn) = turns.last_mut() {
                    turn.printed.push(printed);
                }
                at = number + 1;
            }
        }
    }
    turns.iter_mut().for_each(Turn::tidy);
    share_outputs(&mut turns);
    Reading { turns, has_prompts }
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

/// What stands above a line.
#[derive(Default)]
struct Seen {
    /// Whether a shell in a container was opened, and not left.
    is_entered: bool,
    /// Whether something was typed.
    has_turn: bool,
    /// Whether the last thing was printed.
    is_printing: bool,
}

/// How the lines of one block are read.
struct Reader<'p> {
    has_prompts: bool,
    has_arrow: bool,
    /// A prompt that only this page has.
    own: Option<&'p str>,
    is_script: bool,
}

impl Reader<'_> {
    /// What is typed at line `at`, with the lines that go on from it; `at` is behind them then. Whether it is inside a
    /// container comes first.
    fn typed(&self, lines: &[&str], at: &mut usize, seen: &Seen) -> Option<(bool, String)> {
        let line = lines.get(*at)?;
        let (is_inside, first) = match self.in_shell(line).filter(|_| seen.is_entered) {
            Some(typed) => (true, typed),
            None => self.first(line, seen)?,
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
        let rest = lines.get(*at..).unwrap_or_default();
        let count = match here_end(&typed) {
            Some(end) => rest.iter().position(|line| unquoted(line).trim() == end).map_or(0, |at| at + 1),
            None if typed.is_empty() => 0,
            None => self.more(&typed, rest),
        };
        let inside = rest.iter().take(count);
        typed = inside.fold(typed, |all, line| format!("{all}\n{}", unquoted(line)));
        *at += count;
        Some((false, typed))
    }

    /// How many of the lines below go on from a command: those behind the prompt for more, and those up to the end of an
    /// open quotation or loop, if it ends before something else is typed.
    fn more(&self, typed: &str, rest: &[&str]) -> usize {
        let has_more = self.has_prompts && !self.has_arrow;
        let marked = rest.iter().take_while(|line| has_more && (**line == ">" || line.starts_with("> "))).count();
        if marked > 0 || !is_open(typed) {
            return marked;
        }
        let mut all = typed.to_string();
        for (count, line) in rest.iter().enumerate().take(GOES_ON_MAX) {
            let is_prompt = prompt_of(line).is_some_and(|(_, place, _)| place != Place::More);
            if self.has_prompts && (is_prompt || self.own.is_some_and(|own| line.starts_with(own))) {
                break;
            }
            all = format!("{all}\n{}", unquoted(line));
            if !is_open(&all) {
                return count + 1;
            }
        }
        0
    }

    /// What is typed in a container's plain shell, whose prompt is a `# ` or `$ ` alone. A block without prompts has comments.
    fn in_shell<'a>(&self, line: &'a str) -> Option<&'a str> {
        let line = line.trim_end();
        let rest = line.strip_prefix(['#', '$']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
        self.has_prompts.then(|| rest.trim_start())
    }

    fn first<'a>(&self, line: &'a str, seen: &Seen) -> Option<(bool, &'a str)> {
        if let Some(own) = self.own {
            return line.strip_prefix(own).map(|typed| (false, typed.trim()));
        }
        if self.has_prompts {
            return match prompt_of(line)? {
                (_, Place::Home, typed) => Some((false, typed)),
                (_, Place::Inside, typed) => Some((true, typed)),
                (_, Place::More, typed) => self.has_arrow.then_some((false, typed)),
            };
        }
        let text = line.trim();
        if text.starts_with('#') && self.is_script {
            return Some((false, ""));
        }
        let is_typed =
            is_call(line) || self.is_script && !text.is_empty() && !is_left_out(line) && is_typed(line, seen);
        is_typed.then_some((false, text))
    }
}

/// Whether a line of a script without prompts is typed. Below a command, what begins with no known word was printed.
fn is_typed(line: &str, seen: &Seen) -> bool {
    if !seen.has_turn {
        return true;
    }
    let is_printed = is_printed(line) || is_heading(line) || is_part_of_table(line);
    let is_inner = line.starts_with([' ', '\t']);
    let is_rest = line.starts_with(['"', '\'', ')', '}', ']', '&']);
    !is_printed
        && if seen.is_printing { !is_inner && is_command(line) } else { is_inner || is_rest || is_command(line) }
}

/// Whether a line has columns, as a row of a table.
fn is_part_of_table(line: &str) -> bool {
    let (_, rest) = line.split_once(' ').unwrap_or_default();
    !line.starts_with(' ') && rest.starts_with("  ")
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
