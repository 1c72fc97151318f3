//! How a shell shows its functions and variables, so that another can read them: `declare -f`, `declare -p`,
//! `export -p`, `readonly -p`, `set`.

use super::declare::Flags;
use super::expand::Value;
use super::parse::written_commands;
use super::quoting::{in_single_quotes, needs_quotes, quoted, with_escapes};
use super::state::{Shell, ShellKind};
use super::turn_io::Io;
use super::variables::Array;

impl Shell {
    /// A function as bash shows it.
    pub(super) fn shown_function(&self, name: &str) -> Option<String> {
        let text = self.function_texts.get(name).filter(|_| self.functions.contains_key(name))?;
        let inner = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
        let commands = inner.and_then(|inner| written_commands(inner, self.kind.dialect()).ok());
        // The lines of here-documents stay as they are.
        let commands = commands.filter(|_| !text.contains("<<"));
        Some(match commands {
            Some(commands) => {
                format!("{name} () \n{{ \n    {}\n}}\n", commands.join(";\n    ").replace(" &;\n    ", " & "))
            }
            None => format!("{name} () \n{text}\n"),
        })
    }

    /// `declare -f`, `declare -F` without a name: all functions, or their names.
    pub(super) fn show_functions(&mut self, only_names: bool, io: &mut Io<'_>) {
        let names: Vec<String> = self.functions.keys().cloned().collect();
        let text: String = match only_names {
            true => names.iter().map(|name| format!("declare -f {name}\n")).collect(),
            false => names.iter().filter_map(|name| self.shown_function(name)).collect(),
        };
        self.emit(1, &text, io);
    }

    /// `declare -p NAME`: a variable as the command that makes it; `None` if there is no such variable.
    fn shown_variable(&self, name: &str) -> Option<String> {
        let attributes = self.variables.attributes(name);
        let value = match (self.variables.array(name), self.variables.get(name)) {
            (Some(_), _) => format!("=({})", self.shown_elements(name)),
            (None, Some(value)) => format!("={}", in_double_quotes(&value)),
            (None, None) if attributes.is_empty() => return None,
            (None, None) => String::new(),
        };
        let attributes = if attributes.is_empty() { "-" } else { &attributes };
        Some(format!("declare -{attributes} {name}{value}\n"))
    }

    fn shown_elements(&self, name: &str) -> String {
        let is_map = matches!(self.variables.array(name), Some(Array::Map(_)));
        let shown = |(key, value): &(String, String)| match is_map {
            true if needs_quotes(key) => format!("[{}]={} ", in_double_quotes(key), in_double_quotes(value)),
            true => format!("[{key}]={} ", in_double_quotes(value)),
            false => format!("[{key}]={}", in_double_quotes(value)),
        };
        let all: Vec<String> = self.variables.elements(name).iter().map(shown).collect();
        if is_map { all.concat() } else { all.join(" ") }
    }

    /// `${NAME@A}` and its like: the command that makes a variable, its marks, or its keys and values. `is_all`: all of
    /// an array is meant.
    pub(super) fn described(&self, name: &str, is_all: bool, letter: char) -> Value {
        let elements = self.variables.elements(name);
        if elements.is_empty() {
            return Value::One(None);
        }
        let is_map = matches!(self.variables.array(name), Some(Array::Map(_)));
        let first = self.variables.get(name).unwrap_or_default();
        let attributes = self.variables.attributes(name);
        match (letter, is_all) {
            ('a', true) => Value::Many(elements.iter().map(|_| attributes.clone()).collect(), false),
            ('a', false) => Value::One(Some(attributes)),
            ('A', true) => Value::One(self.shown_variable(name).map(|line| line.trim_end().to_string())),
            ('A', false) if attributes.is_empty() => Value::One(Some(format!("{name}={}", quoted(&first)))),
            ('A', false) => Value::One(Some(format!("declare -{attributes} {name}={}", quoted(&first)))),
            (_, false) => Value::One(Some(quoted(&first))),
            ('K', true) => {
                let one = |(key, value): &(String, String)| format!("{key} {}", in_double_quotes(value));
                let shown: Vec<String> = elements.iter().map(one).collect();
                Value::One(Some(if is_map { format!("{} ", shown.join(" ")) } else { shown.join(" ") }))
            }
            (_, true) => Value::Many(elements.into_iter().flat_map(|(key, value)| [key, value]).collect(), false),
        }
    }

    /// `declare -p`, `export -p`, `readonly -p`: the variables of these names, or all that have what the flags ask for.
    pub(super) fn show_variables(&mut self, command: &str, flags: &Flags, names: &[&str], io: &mut Io<'_>) {
        for name in names {
            match self.shown_variable(name) {
                Some(line) => self.emit(1, &line, io),
                None => self.object(&format!("{command}: {name}: not found"), 1, io),
            }
        }
        if !names.is_empty() {
            return;
        }
        let wanted = match command {
            "export" => 'x',
            "readonly" => 'r',
            _ => flags.set.chars().find(|flag| "aAirx".contains(*flag)).unwrap_or('-'),
        };
        let all = self.variables.names().into_iter();
        let all: Vec<String> =
            all.filter(|name| wanted == '-' || self.variables.attributes(name).contains(wanted)).collect();
        let line = |name: &String| match self.kind {
            ShellKind::Bash => self.shown_variable(name).unwrap_or_default(),
            _ => match self.variables.get(name) {
                Some(value) => format!("{command} {name}={}\n", in_single_quotes(&value)),
                None => format!("{command} {name}\n"),
            },
        };
        let text: String = all.iter().map(line).collect();
        self.emit(1, &text, io);
    }

    /// `set` alone: all variables, and for bash all functions.
    pub(super) fn show_all(&mut self, io: &mut Io<'_>) {
        let line = |name: &String| {
            let value = self.variables.get(name).unwrap_or_default();
            match self.kind {
                ShellKind::Bash if self.variables.array(name).is_some() => {
                    format!("{name}=({})\n", self.shown_elements(name))
                }
                ShellKind::Bash if value.contains(|c: char| c.is_ascii_control()) => {
                    format!("{name}={}\n", with_escapes(&value))
                }
                ShellKind::Bash if value.is_empty() || !needs_quotes(&value) => format!("{name}={value}\n"),
                ShellKind::Bash => format!("{name}={}\n", quoted(&value)),
                _ => format!("{name}={}\n", in_single_quotes(&value)),
            }
        };
        let text: String = self.variables.names().iter().map(line).collect();
        self.emit(1, &text, io);
        if self.kind == ShellKind::Bash {
            self.show_functions(false, io);
        }
    }
}

/// A value between double quotes, or as `$'…'` if it holds signs that cannot be seen.
fn in_double_quotes(text: &str) -> String {
    if text.contains(|c: char| c.is_ascii_control()) {
        return with_escapes(text);
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '$' | '`' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
