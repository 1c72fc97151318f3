//! Clients of servers that talk to a person line by line (`prompts.txt`): they begin here, and each line is asked as one
//! call of the client.

use super::asked_server::{self, Asked};
use super::{Arguments, Call, Outcome};
use crate::shell::language::{Program, Talker};
use std::sync::OnceLock;

/// A line of the table.
struct Row {
    names: Vec<&'static str>,
    prompt: &'static str,
    ends: Vec<&'static str>,
    /// The flag behind which a line is asked; its own words are asked without one.
    flag: &'static str,
    has_statements: bool,
    at_once: Vec<&'static str>,
    first: &'static str,
}

/// The table, read once.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = include_str!("../prompts.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let read = |line: &'static str| {
            let mut columns = line.splitn(6, " |").map(str::trim);
            let mut column = || columns.next().unwrap_or_default();
            let words = |column: &'static str| column.split_whitespace().collect::<Vec<_>>();
            let (names, prompt, ends, how) = (words(column()), column(), words(column()), words(column()));
            let flag = how.first().copied().filter(|how| *how != "words").unwrap_or_default();
            let has_statements = how.contains(&";");
            Row { names, prompt, ends, flag, has_statements, at_once: words(column()), first: column() }
        };
        lines.map(read).collect()
    })
}

/// Begins to talk, if these words only start the client. `None` if they ask something, or if nobody answers.
pub fn start(call: &mut Call<'_>) -> Option<Outcome> {
    let row = rows().iter().find(|row| row.names.contains(&call.words.name()))?;
    let is_asked = call.words.arguments().iter().any(|word| {
        let flag = word.split_once('=').map_or(word.as_str(), |pair| pair.0);
        // Letters may stand together, and a value behind the last one: `-tAc`.
        let is_short = word.starts_with('-') && !word.starts_with("--");
        let has_letter = |own: &&&str| {
            let letter = own.strip_prefix('-').filter(|letter| letter.len() == 1).unwrap_or("\0");
            word.ends_with(letter) || word.starts_with(**own)
        };
        row.at_once.contains(&flag)
            || word.ends_with(".js")
            || is_short && row.at_once.iter().any(|own| has_letter(&own))
    });
    let has_words = row.flag.is_empty() && !super::stored_keys::plain(call.words).is_empty();
    if is_asked || has_words {
        return None;
    }
    let is_there = match asked_server::of(call) {
        Some(Asked::Own) | None => call.container.serves(call.cluster),
        Some(Asked::Server(server, _)) => server.serves(call.cluster),
        Some(Asked::Outside) => true,
        Some(Asked::Nobody(..)) => false,
    };
    if !is_there {
        return None;
    }
    let has_terminal = call.shell.streams.tty && call.destination.is_none();
    let talker = Talker {
        words: call.words.to_vec(),
        prompt: if has_terminal { format!("{} ", fill(row.prompt, call)) } else { String::new() },
        ends: row.ends.clone(),
        flag: row.flag,
        has_statements: row.has_statements,
        ..Talker::default()
    };
    if let Some(text) = call.stdin.take() {
        return Some(read_through(call, talker, &text));
    }
    if !call.shell.streams.stdin {
        return None;
    }
    if has_terminal && !row.first.is_empty() {
        let first = fill(row.first, call);
        call.out.push_str(&first);
        call.out.push('\n');
    }
    Some(Outcome::Launch(Box::new(Program::Talker(Box::new(talker)))))
}

/// Asks line after line of what comes in.
fn read_through(call: &mut Call<'_>, mut talker: Talker, text: &str) -> Outcome {
    let mut is_assumed = false;
    for line in text.lines() {
        let Ok(asked) = talker.take(line) else { break };
        let Some(words) = asked else { continue };
        let mut inner = call.with_words(&words);
        is_assumed |= matches!(super::run(&mut inner), Outcome::Assumed | Outcome::AssumedOver);
        let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
        call.out.push_str(&out);
        call.err.push_str(&err);
    }
    if is_assumed { Outcome::AssumedOver } else { Outcome::Exit(0) }
}

fn fill(text: &str, call: &Call<'_>) -> String {
    let (host, port) = asked_server::address(call);
    let words = call.words;
    let named = words.option("-d").or_else(|| words.option("--dbname")).or_else(|| words.option("-U"));
    let usual = if words.name() == "psql" { "postgres" } else { "test" };
    text.replace("\\n", "\n")
        .replace("{host}", &host)
        .replace("{port}", &port.to_string())
        .replace("{database}", named.as_deref().unwrap_or(usual))
        .replace("{version}", &call.container.image.full_version())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole() {
        for row in rows() {
            assert!(!row.names.is_empty() && !row.prompt.is_empty() && !row.ends.is_empty(), "{:?}", row.names);
        }
        let row = rows().iter().find(|row| row.names.contains(&"psql")).expect("psql");
        assert_eq!((row.prompt, row.flag, row.has_statements), ("{database}=#", "-c", true));
    }
}
