//! How a shell takes a script: what stands before a mistake runs, and so does what stands before aliases are known.

use super::lexer::Aliases;
use super::parse::parse_expanded;
use super::state::{Broken, Shell, ShellKind, Task};
use super::syntax::{Dialect, List, ParseError};
use crate::shell::unknown_page;
use std::rc::Rc;

/// The most lines that a command is looked for in which sets an alias.
const COMMAND_LINES_MAX: usize = 50;

impl Shell {
    /// Takes a script to be run: `-c`, or a file. What stands before a mistake runs.
    pub fn load(&mut self, script: &str) {
        self.load_of(script, None);
    }

    /// The same with a script that came by `eval`, or is a file that is read.
    pub(super) fn load_of(&mut self, script: &str, by: Option<&str>) {
        // What somebody's page says is not known: it may be functions, and may have installed programs.
        if unknown_page::is_one(script) {
            self.grant("page of such a script");
            self.has_unknown_functions = true;
            return;
        }
        let (now, rest) = self.split_at_aliases(script);
        if let Some(rest) = rest {
            self.tasks.push(Task::Rest(rest.into(), by.map(Rc::from)));
            return self.read_now(now, by);
        }
        self.read_now(script, by);
    }

    /// What of a script is read at once, and what is read when aliases are known that stand in that.
    fn split_at_aliases<'s>(&self, script: &'s str) -> (&'s str, Option<String>) {
        let whole = (script, None);
        if !script.contains("alias") || (self.kind == ShellKind::Bash && !script.contains("expand_aliases")) {
            return whole;
        }
        let mut lines = script.split_inclusive('\n').scan(0, |end, line| {
            *end += line.len();
            Some((*end, line))
        });
        let names_alias = |line: &str| {
            line.split(|c: char| c != '_' && !c.is_alphanumeric()).any(|word| matches!(word, "alias" | "unalias"))
        };
        let Some((first, _)) = lines.by_ref().find(|(_, line)| names_alias(line)) else { return whole };
        // A command may end some lines below.
        for end in [first].into_iter().chain(lines.map(|line| line.0)).take(COMMAND_LINES_MAX) {
            let (now, rest) = script.split_at(end);
            if !rest.trim().is_empty() && parse_expanded(now, self.kind.dialect(), &self.known_aliases()).is_ok() {
                // The lines keep their numbers.
                return (now, Some("\n".repeat(now.lines().count()) + rest));
            }
        }
        whole
    }

    /// The aliases that words of a script stand for.
    fn known_aliases(&self) -> Aliases {
        let has = self.kind != ShellKind::Bash || self.options.expand_aliases;
        if has { self.aliases.clone() } else { Aliases::new() }
    }

    fn read_now(&mut self, script: &str, by: Option<&str>) {
        let (list, error) = read_script(script, self.kind.dialect(), &self.known_aliases());
        if let Some(error) = error {
            let text = match &error {
                ParseError::Unexpected(_, line) | ParseError::Missing(_, _, line) => {
                    script.lines().nth(*line as usize - 1).unwrap_or("").to_string()
                }
                _ => String::new(),
            };
            // Bash counts from behind the last line, others stand on the one where the text ends.
            let ends_line = self.kind != ShellKind::Bash && script.ends_with('\n');
            let lines = u32::try_from(script.lines().count() + usize::from(ends_line)).unwrap_or(1);
            self.tasks.push(Task::Broken(Box::new(Broken { error, text, lines, by: by.map(Rc::from) })));
        }
        self.tasks.push(Task::List(Rc::new(list), 0));
    }

    /// Takes a script whose messages name its lines.
    pub fn load_script(&mut self, script: &str, name: &str) {
        self.has_lines = true;
        if let Some(first) = self.arguments.first_mut() {
            *first = name.to_string();
        }
        self.load(script);
    }
}

/// Reads a script; what stands on the lines before a mistake is kept.
fn read_script(script: &str, dialect: Dialect, aliases: &Aliases) -> (List, Option<ParseError>) {
    let parse = |text: &str| parse_expanded(text, dialect, aliases);
    let error = match parse(script) {
        Ok(list) => return (list, None),
        Err(error) => error,
    };
    // The end of a script ends an open here-document as well.
    if let ParseError::InHere(end) = &error
        && let Ok(list) = parse(&format!("{}\n{end}\n", script.trim_end_matches('\n')))
    {
        return (list, None);
    }
    let lines: Vec<&str> = script.split_inclusive('\n').collect();
    for count in (1..lines.len()).rev().take(100) {
        let before: String = lines.get(..count).unwrap_or(&[]).concat();
        if let Ok(list) = parse(&before) {
            return (list, Some(error));
        }
    }
    (List::new(), Some(error))
}
