//! What stands for a parameter: its value, another word, or what is left of it.

use super::{Expanded, Expander, Halt, Sums, Value};
use crate::shell::language::arithmetic::evaluate;
use crate::shell::language::limits::LIMITS;
use crate::shell::language::quoting::{quoted, with_escapes};
use crate::shell::language::state::ShellKind;
use crate::shell::language::syntax::{Change, Parameter, Word};
use crate::shell::language::{glob, lexer};

/// What is said where a replacement takes too long, or makes too much.
const TOO_MUCH: &str = "this replacement takes more than this lab gives it";

impl Expander<'_> {
    pub(super) fn joined(&mut self, parameter: &Parameter) -> Expanded<String> {
        if let Some(other) = self.instead(parameter)? {
            return self.text(&other);
        }
        Ok(match self.parameter(parameter)? {
            Value::One(value) => value.unwrap_or_default(),
            Value::Many(values, true) => {
                let joint = self.separators().chars().next().map(String::from).unwrap_or_default();
                values.join(&joint)
            }
            Value::Many(values, false) => values.join(" "),
        })
    }

    /// The word that stands for a parameter without a value, or for one with a value (`+`).
    pub(super) fn instead(&mut self, parameter: &Parameter) -> Expanded<Option<Word>> {
        let Change::Instead(sign, counts_empty, word) = &parameter.change else { return Ok(None) };
        let is_set = match self.raw(parameter)? {
            Value::One(None) => false,
            Value::One(Some(value)) => !(*counts_empty && value.is_empty()),
            Value::Many(values, _) => !(values.is_empty() || *counts_empty && values.concat().is_empty()),
        };
        Ok(match (sign, is_set) {
            ('-', false) | ('+', true) => Some(word.clone()),
            ('+', false) => Some(Word(vec![])),
            ('=', false) => {
                let value = self.text(word)?;
                self.assign(parameter, &value)?;
                None
            }
            ('?', false) if self.takes_for_set(&parameter.name) => Some(Word(vec![])),
            ('?', false) => {
                let message = self.text(word)?;
                let message = match (message.is_empty(), counts_empty) {
                    (false, _) => message,
                    (true, true) if self.shell.kind == ShellKind::Bash => "parameter null or not set".to_string(),
                    (true, true) => "parameter not set or null".to_string(),
                    (true, false) => "parameter not set".to_string(),
                };
                return Err(Halt::Unset(format!("{}: {message}", parameter.name)));
            }
            _ => None,
        })
    }

    fn assign(&mut self, parameter: &Parameter, value: &str) -> Expanded<()> {
        let result = match &parameter.index {
            Some(index) => {
                let key = self.key(&parameter.name, index)?;
                self.shell.variables.set_element(&parameter.name, &key, value.to_string())
            }
            None => self.shell.variables.set(&parameter.name, value.to_string()),
        };
        result.map_err(|error| Halt::Fail(self.shell.refused(&parameter.name, error)))
    }

    /// The value of a parameter before anything is made of it.
    fn raw(&mut self, parameter: &Parameter) -> Expanded<Value> {
        let name = &parameter.name;
        if let Change::NamesOf(is_one) = parameter.change {
            let all = self.shell.variables.names().into_iter();
            return Ok(Value::Many(all.filter(|own| own.starts_with(name.as_str())).collect(), is_one));
        }
        match parameter.index.as_ref().and_then(Word::constant).as_deref() {
            Some(sign @ ("@" | "*")) => {
                let elements = self.shell.variables.elements(name).into_iter();
                let values = match parameter.is_indirect {
                    true => elements.map(|element| element.0).collect(),
                    false => elements.map(|element| element.1).collect(),
                };
                return Ok(Value::Many(values, sign == "*"));
            }
            _ if matches!(name.as_str(), "@" | "*") => {
                return Ok(Value::Many(self.shell.arguments.get(1..).unwrap_or(&[]).to_vec(), name == "*"));
            }
            _ => {}
        }
        let value = match &parameter.index {
            Some(index) => {
                let key = self.key(name, index)?;
                self.shell.variables.element(name, &key)
            }
            None => self.shell.parameter(name, self.world.now()),
        };
        match (parameter.is_indirect, value) {
            (true, Some(target)) => self.named(&target),
            (_, value) => Ok(Value::One(value)),
        }
    }

    /// What a text names: a variable, one value of an array, or all of them.
    fn named(&mut self, target: &str) -> Expanded<Value> {
        let now = self.world.now();
        let of_array = target.split_once('[').and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?)));
        Ok(match of_array {
            Some((name, sign @ ("@" | "*"))) => {
                let elements = self.shell.variables.elements(name).into_iter();
                Value::Many(elements.map(|element| element.1).collect(), sign == "*")
            }
            Some((name, index)) => {
                let key = self.key(name, &Word::quoted(index))?;
                Value::One(self.shell.variables.element(name, &key))
            }
            None if matches!(target, "@" | "*") => {
                Value::Many(self.shell.arguments.get(1..).unwrap_or(&[]).to_vec(), target == "*")
            }
            None => Value::One(self.shell.parameter(target, now)),
        })
    }

    pub(super) fn parameter(&mut self, parameter: &Parameter) -> Expanded<Value> {
        if parameter.change == Change::Bad {
            return Err(Halt::Fail(match self.shell.kind {
                ShellKind::Bash => format!("${{{}}}: bad substitution", parameter.name),
                ShellKind::Dash => "Bad substitution".to_string(),
                ShellKind::Ash => "syntax error: bad substitution".to_string(),
            }));
        }
        if let Change::Transform(letter @ ('A' | 'a' | 'K' | 'k')) = parameter.change {
            return Ok(self.shell.described(&parameter.name, parameter.index.is_some(), letter));
        }
        let raw = self.raw(parameter)?;
        if parameter.is_length {
            return Ok(Value::One(Some(match raw {
                Value::One(None) => self.none(parameter)?.map_or(0, |_| 0).to_string(),
                Value::One(Some(value)) => value.chars().count().to_string(),
                Value::Many(values, _) => values.len().to_string(),
            })));
        }
        if let Change::Slice(offset, length) = &parameter.change {
            return self.slice(parameter, raw, offset, length.as_ref());
        }
        match raw {
            Value::One(None) if matches!(parameter.change, Change::Instead(..)) => Ok(Value::One(None)),
            Value::One(None) => Ok(Value::One(self.none(parameter)?)),
            Value::One(Some(value)) => Ok(Value::One(Some(self.changed(value, &parameter.change)?))),
            Value::Many(values, joins) => {
                let values: Expanded<Vec<String>> =
                    values.into_iter().map(|value| self.changed(value, &parameter.change)).collect();
                Ok(Value::Many(values?, joins))
            }
        }
    }

    /// Whether a variable without a value may have one that nobody here knows, since its image may set it. It is empty
    /// then, and taken for granted.
    fn takes_for_set(&mut self, name: &str) -> bool {
        let is_of_environment = name.starts_with(|first: char| first.is_ascii_uppercase());
        let may_be_set = self.shell.is_of_unknown_image && is_of_environment;
        if may_be_set {
            self.shell.grant(&format!("${name}"));
        }
        may_be_set
    }

    /// The value of a variable that has none.
    fn none(&mut self, parameter: &Parameter) -> Expanded<Option<String>> {
        let name = &parameter.name;
        match self.shell.options.nounset && !self.takes_for_set(name) {
            true => Err(Halt::Unset(match parameter.index.as_ref().and_then(Word::constant) {
                Some(index) => self.shell.kind.unset_message(&format!("{name}[{index}]")),
                None => self.shell.kind.unset_message(name),
            })),
            false => Ok(None),
        }
    }

    fn changed(&mut self, value: String, change: &Change) -> Expanded<String> {
        Ok(match change {
            Change::Trim(is_end, is_long, word) => {
                let pattern = self.pattern(word)?;
                glob::trim(self.shell.kind.pattern_style(), &value, &pattern, *is_end, *is_long)
            }
            Change::Replace(place, from, to) => {
                let (pattern, to) = (self.pattern(from)?, self.new_text(to)?);
                let replaced =
                    glob::replace(self.shell.kind.pattern_style(), &value, &pattern, &to, *place, LIMITS.words);
                replaced.ok_or_else(|| Halt::Fail(TOO_MUCH.to_string()))?
            }
            Change::Case(is_upper, is_all, word) => {
                let pattern = self.pattern(word)?;
                let cased = |(at, c): (usize, char)| match (is_upper, *is_all || at == 0) {
                    (_, true) if !pattern.is_empty() && !self.fits(&pattern, &c.to_string()) => c.to_string(),
                    (true, true) => c.to_uppercase().to_string(),
                    (false, true) => c.to_lowercase().to_string(),
                    (_, false) => c.to_string(),
                };
                value.chars().enumerate().map(cased).collect()
            }
            Change::Swap(is_all) => {
                let swapped = |c: char| match c.is_uppercase() {
                    true => c.to_lowercase().to_string(),
                    false => c.to_uppercase().to_string(),
                };
                let mut chars = value.chars();
                match is_all {
                    true => chars.map(swapped).collect(),
                    false => chars.next().map(swapped).unwrap_or_default() + chars.as_str(),
                }
            }
            Change::Transform('Q') if value.contains(char::is_control) => with_escapes(&value),
            Change::Transform('Q') => quoted(&value),
            Change::Transform('u') => {
                let mut chars = value.chars();
                chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default() + chars.as_str()
            }
            Change::Transform('U') => value.to_uppercase(),
            Change::Transform('L') => value.to_lowercase(),
            Change::Transform('E') => lexer::unescape(&value),
            _ => value,
        })
    }

    /// What a replacement puts in the place of what fits: for bash an `&` outside quotes is what fitted.
    fn new_text(&mut self, word: &Word) -> Expanded<glob::NewText> {
        if self.shell.kind != ShellKind::Bash {
            return Ok(vec![Some(self.text(word)?)]);
        }
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        for (part, is_quoted) in &word.0 {
            let text = self.text(&Word(vec![(part.clone(), *is_quoted)]))?;
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '\\' if !is_quoted && matches!(chars.peek(), Some('&' | '\\')) => plain.extend(chars.next()),
                    '&' if !is_quoted => pieces.extend([Some(std::mem::take(&mut plain)), None]),
                    c => plain.push(c),
                }
            }
        }
        pieces.push(Some(plain));
        Ok(pieces)
    }

    fn slice(&mut self, parameter: &Parameter, raw: Value, offset: &Word, length: Option<&Word>) -> Expanded<Value> {
        let mut number = |word: &Word| {
            let text = self.text(word)?;
            let now = self.world.now();
            let value = evaluate(&text, &mut Sums { shell: self.shell, now, unset: None, refused: None });
            value.map_err(|why| Halt::Fail(self.shell.kind.sum_error(&text, &why)))
        };
        let offset = number(offset)?;
        let length = length.map(&mut number).transpose()?;
        let range = |count: usize| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let from = if offset < 0 { count + offset } else { offset.min(count) };
            let to = match length {
                None => count,
                Some(length) if length < 0 => count + length,
                Some(length) => from.saturating_add(length).min(count),
            };
            (from >= 0 && to >= from).then_some((from as usize, (to - from) as usize))
        };
        Ok(match raw {
            Value::One(value) => {
                let value = value.unwrap_or_default();
                let Some((from, count)) = range(value.chars().count()) else {
                    let is_bad = length.is_some_and(|length| length < 0);
                    return match is_bad {
                        true => Err(Halt::Fail(format!("{}: substring expression < 0", length.unwrap_or(0)))),
                        false => Ok(Value::One(Some(String::new()))),
                    };
                };
                Value::One(Some(value.chars().skip(from).take(count).collect()))
            }
            Value::Many(mut values, joins) => {
                // `$0` counts as the first of the arguments.
                if matches!(parameter.name.as_str(), "@" | "*") {
                    values.insert(0, self.shell.arguments.first().cloned().unwrap_or_default());
                }
                let (from, count) = range(values.len()).unwrap_or((0, 0));
                Value::Many(values.into_iter().skip(from).take(count).collect(), joins)
            }
        })
    }
}
