//! Turns words of the shell's language into text: variables, commands in commands, sums, file patterns.

use super::arithmetic::{Numbers, evaluate};
use super::glob;
use super::lexer;
use super::limits::LIMITS;
use super::parse::parse_quoted;
use super::state::{Shell, ShellKind};
use super::syntax::{Change, List, Parameter, Part, Word};
use super::variables::{Array, Key, SetError};
use super::world::World;
use std::rc::Rc;

/// Why words cannot be expanded now.
#[derive(Clone, Debug)]
pub(super) enum Halt {
    /// These commands have to run first; their text is needed.
    Capture(Rc<List>, bool),
    /// It cannot be done: the message without the shell's name.
    Fail(String),
    /// A variable has no value, and the script wants all to have one.
    Unset(String),
}

pub(super) type Expanded<T> = Result<T, Halt>;

/// Words of a shell with what is around it.
pub(super) struct Expander<'a> {
    pub shell: &'a mut Shell,
    pub world: &'a mut dyn World,
    /// What commands in the words said when they were run, in order.
    pub captured: &'a [(String, i64)],
    pub used: usize,
}

/// A field: its text, and the same as a pattern in which quoted characters have a backslash.
type Field = (String, String);

/// Words as they grow.
#[derive(Default)]
struct Fields {
    done: Vec<Field>,
    current: Option<Field>,
}

impl Fields {
    fn quoted(&mut self, text: &str) {
        let (whole, pattern) = self.current.get_or_insert_with(Default::default);
        whole.push_str(text);
        glob::escape(text, pattern);
    }

    fn literal(&mut self, text: &str) {
        let (whole, pattern) = self.current.get_or_insert_with(Default::default);
        whole.push_str(text);
        pattern.push_str(text);
    }

    fn end(&mut self) {
        self.done.extend(self.current.take());
    }

    /// Adds text that is split at the characters of `IFS`.
    fn split(&mut self, text: &str, separators: &str) {
        let is_blank = |c: char| c.is_ascii_whitespace() && separators.contains(c);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if !separators.contains(c) {
                let mut buffer = [0; 4];
                let text = c.encode_utf8(&mut buffer);
                if c == '\\' {
                    self.quoted(text);
                } else {
                    self.literal(text);
                }
                continue;
            }
            if !is_blank(c) {
                // A mark that is no blank ends a field even if it is empty.
                self.current.get_or_insert_with(Default::default);
            }
            self.end();
            while chars.peek().is_some_and(|c| is_blank(*c)) {
                chars.next();
            }
            if is_blank(c) && chars.peek().is_some_and(|next| separators.contains(*next)) && !self.done.is_empty() {
                // Blanks around a mark belong to it.
                chars.next();
                while chars.peek().is_some_and(|c| is_blank(*c)) {
                    chars.next();
                }
            }
        }
    }
}

/// The value of a parameter.
enum Value {
    One(Option<String>),
    /// `$@`, `${a[@]}`; joined to one in quotes if the sign is `*`.
    Many(Vec<String>, bool),
}

impl Expander<'_> {
    /// The words of a command: split, with file patterns replaced.
    pub fn words(&mut self, words: &[Word]) -> Expanded<Vec<String>> {
        let mut all = Vec::new();
        let has_braces = self.shell.kind.dialect().is_bash;
        let mut size = 0;
        for word in words {
            for word in if has_braces { with_braces(word) } else { vec![word.clone()] } {
                for (text, pattern) in self.fields(&word)? {
                    size += text.len();
                    if size > LIMITS.words || all.len() >= LIMITS.word_count {
                        return Err(Halt::Fail("argument list too long for this lab".to_string()));
                    }
                    let is_pattern = glob::has_pattern(&pattern) && !self.shell.options.noglob;
                    let found = if is_pattern { self.files(&pattern) } else { Vec::new() };
                    match found.is_empty() && !(is_pattern && self.shell.options.nullglob) {
                        true => all.push(text),
                        false => all.extend(found),
                    }
                }
            }
        }
        Ok(all)
    }

    fn separators(&self) -> String {
        self.shell.variable("IFS").unwrap_or_else(|| " \t\n".to_string())
    }

    fn fields(&mut self, word: &Word) -> Expanded<Vec<Field>> {
        let separators = self.separators();
        let mut fields = Fields::default();
        self.add_parts(word, &separators, &mut fields)?;
        fields.end();
        Ok(fields.done)
    }

    fn add_parts(&mut self, word: &Word, separators: &str, fields: &mut Fields) -> Expanded<()> {
        for (at, (part, is_quoted)) in word.0.iter().enumerate() {
            match part {
                Part::Text(text) if *is_quoted => fields.quoted(text),
                Part::Text(text) if at == 0 => fields.literal(&self.tilde(text)),
                Part::Text(text) => fields.literal(text),
                Part::Parameter(parameter) => {
                    // The words of `${x:-a b}` are split and quoted by themselves.
                    if let Some(other) = self.instead(parameter)? {
                        match is_quoted {
                            true => fields.quoted(&self.text(&other)?),
                            false => self.add_parts(&other, separators, fields)?,
                        }
                        continue;
                    }
                    match (self.parameter(parameter)?, *is_quoted) {
                        (Value::One(value), true) => fields.quoted(&value.unwrap_or_default()),
                        (Value::One(value), false) => fields.split(&value.unwrap_or_default(), separators),
                        (Value::Many(values, true), true) => {
                            let joint = separators.chars().next().map(String::from).unwrap_or_default();
                            fields.quoted(&values.join(&joint));
                        }
                        (Value::Many(values, _), is_quoted) => {
                            for (at, value) in values.iter().enumerate() {
                                if at > 0 {
                                    fields.end();
                                }
                                if is_quoted { fields.quoted(value) } else { fields.split(value, separators) }
                            }
                        }
                    }
                }
                part => {
                    let text = self.plain_part(part)?;
                    if *is_quoted { fields.quoted(&text) } else { fields.split(&text, separators) }
                }
            }
        }
        Ok(())
    }

    /// A word as one text, without splitting.
    pub fn text(&mut self, word: &Word) -> Expanded<String> {
        let mut whole = String::new();
        for (at, (part, is_quoted)) in word.0.iter().enumerate() {
            match part {
                Part::Text(text) if at == 0 && !is_quoted => whole.push_str(&self.tilde(text)),
                Part::Text(text) => whole.push_str(text),
                Part::Parameter(parameter) => whole.push_str(&self.joined(parameter)?),
                part => whole.push_str(&self.plain_part(part)?),
            }
            if whole.len() > LIMITS.words {
                return Err(Halt::Fail("text too long for this lab".to_string()));
            }
        }
        Ok(whole)
    }

    /// A word as a file pattern: what is quoted has no meaning.
    pub fn pattern(&mut self, word: &Word) -> Expanded<String> {
        let mut pattern = String::new();
        for (part, is_quoted) in &word.0 {
            let text = self.text(&Word(vec![(part.clone(), true)]))?;
            if *is_quoted { glob::escape(&text, &mut pattern) } else { pattern.push_str(&text) }
        }
        Ok(pattern)
    }

    /// A word as a regular expression: what is quoted has no meaning.
    pub fn regex(&mut self, word: &Word) -> Expanded<String> {
        let mut regex = String::new();
        for (part, is_quoted) in &word.0 {
            let text = self.text(&Word(vec![(part.clone(), true)]))?;
            for c in text.chars() {
                if *is_quoted && ".*+?()[]{}|^$\\".contains(c) {
                    regex.push('\\');
                }
                regex.push(c);
            }
        }
        Ok(regex)
    }

    fn joined(&mut self, parameter: &Parameter) -> Expanded<String> {
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

    fn plain_part(&mut self, part: &Part) -> Expanded<String> {
        Ok(match part {
            Part::Command(list) => self.capture(list, true)?,
            Part::Process(list) => self.process(list)?,
            Part::Outlet(list) => {
                let count = self.shell.jobs.len() + self.shell.outlets.len() + self.shell.process_files.len();
                let path = format!("/dev/fd/{}", 63 - count.min(60));
                self.shell.outlets.push((path.clone(), Rc::clone(list)));
                path
            }
            Part::Sum(source) => self.sum(source)?.to_string(),
            Part::Text(text) => text.clone(),
            Part::Parameter(parameter) => self.joined(parameter)?,
        })
    }

    fn capture(&mut self, list: &Rc<List>, trims: bool) -> Expanded<String> {
        let Some((text, status)) = self.captured.get(self.used) else {
            return Err(Halt::Capture(Rc::clone(list), trims));
        };
        self.used += 1;
        self.shell.status = *status;
        self.shell.capture_status = Some(*status);
        Ok(text.clone())
    }

    /// What the commands of `<(…)` say, under the name of a file.
    fn process(&mut self, list: &Rc<List>) -> Expanded<String> {
        let text = self.capture(list, false)?;
        let number = self.shell.process_files.len();
        let path = format!("/dev/fd/{}", 63 - number.min(60));
        self.shell.process_files.insert(path.clone(), text);
        Ok(path)
    }

    /// The value of a sum.
    pub fn sum(&mut self, source: &str) -> Expanded<i64> {
        let dialect = self.shell.kind.dialect();
        let word = parse_quoted(source, dialect).map_err(|_| Halt::Fail(format!("{source}: syntax error")))?;
        let text = self.text(&word)?;
        let result = evaluate(&text, &mut Sums { shell: self.shell, unset: None });
        result.map_err(|why| Halt::Fail(self.shell.kind.sum_error(&text, &why)))
    }

    /// The place in an array that a word means.
    pub fn key(&mut self, name: &str, index: &Word) -> Expanded<Key> {
        match self.shell.variables.array(name) {
            Some(Array::Map(_)) => Ok(Key::Text(self.text(index)?)),
            _ => {
                let text = self.text(index)?;
                let value = evaluate(&text, &mut Sums { shell: self.shell, unset: None });
                value.map(Key::Number).map_err(|why| Halt::Fail(format!("{text}: {why}")))
            }
        }
    }

    fn tilde(&self, text: &str) -> String {
        match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                format!("{}{rest}", self.shell.variable("HOME").unwrap_or_else(|| "/root".to_string()))
            }
            _ => text.to_string(),
        }
    }

    /// The word that stands for a parameter without a value, or for one with a value (`+`).
    fn instead(&mut self, parameter: &Parameter) -> Expanded<Option<Word>> {
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
            ('?', false) => {
                let message = self.text(word)?;
                let message = match (message.is_empty(), counts_empty) {
                    (false, _) => message,
                    (true, true) => "parameter null or not set".to_string(),
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
        result.map_err(|error| Halt::Fail(set_message(self.shell.kind, &parameter.name, error)))
    }

    /// The value of a parameter before anything is made of it.
    fn raw(&mut self, parameter: &Parameter) -> Expanded<Value> {
        let name = &parameter.name;
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
            (true, Some(target)) => {
                let now = self.world.now();
                Ok(Value::One(
                    match target.split_once('[').and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?))) {
                        Some((name, index)) => {
                            let key = self.key(name, &Word::quoted(index))?;
                            self.shell.variables.element(name, &key)
                        }
                        None => self.shell.parameter(&target, now),
                    },
                ))
            }
            (_, value) => Ok(Value::One(value)),
        }
    }

    fn parameter(&mut self, parameter: &Parameter) -> Expanded<Value> {
        let raw = self.raw(parameter)?;
        if parameter.is_length {
            return Ok(Value::One(Some(match raw {
                Value::One(None) => self.none(&parameter.name)?.map_or(0, |_| 0).to_string(),
                Value::One(Some(value)) => value.chars().count().to_string(),
                Value::Many(values, _) => values.len().to_string(),
            })));
        }
        if let Change::Slice(offset, length) = &parameter.change {
            return self.slice(parameter, raw, offset, length.as_ref());
        }
        match raw {
            Value::One(None) if matches!(parameter.change, Change::Instead(..)) => Ok(Value::One(None)),
            Value::One(None) => Ok(Value::One(self.none(&parameter.name)?)),
            Value::One(Some(value)) => Ok(Value::One(Some(self.changed(value, &parameter.change)?))),
            Value::Many(values, joins) => {
                let values: Expanded<Vec<String>> =
                    values.into_iter().map(|value| self.changed(value, &parameter.change)).collect();
                Ok(Value::Many(values?, joins))
            }
        }
    }

    /// The value of a variable that has none.
    fn none(&mut self, name: &str) -> Expanded<Option<String>> {
        match self.shell.options.nounset {
            true => Err(Halt::Unset(self.shell.kind.unset_message(name))),
            false => Ok(None),
        }
    }

    fn changed(&mut self, value: String, change: &Change) -> Expanded<String> {
        Ok(match change {
            Change::Trim(is_end, is_long, word) => {
                let pattern = self.pattern(word)?;
                glob::trim(&value, &pattern, *is_end, *is_long)
            }
            Change::Replace(place, from, to) => {
                let (pattern, to) = (self.pattern(from)?, self.text(to)?);
                glob::replace(&value, &pattern, &to, *place)
            }
            Change::Case(is_upper, is_all) => match is_all {
                true if *is_upper => value.to_uppercase(),
                true => value.to_lowercase(),
                false => {
                    let mut chars = value.chars();
                    let first = chars.next().map(|c| match is_upper {
                        true => c.to_uppercase().to_string(),
                        false => c.to_lowercase().to_string(),
                    });
                    first.unwrap_or_default() + chars.as_str()
                }
            },
            Change::Transform('Q') => quoted(&value),
            Change::Transform('U') => value.to_uppercase(),
            Change::Transform('L') => value.to_lowercase(),
            Change::Transform('E') => lexer::unescape(&value),
            _ => value,
        })
    }

    fn slice(&mut self, parameter: &Parameter, raw: Value, offset: &Word, length: Option<&Word>) -> Expanded<Value> {
        let mut number = |word: &Word| {
            let text = self.text(word)?;
            let value = evaluate(&text, &mut Sums { shell: self.shell, unset: None });
            value.map_err(|why| Halt::Fail(format!("{text}: {why}")))
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

    /// The files that a pattern means, in order.
    fn files(&mut self, pattern: &str) -> Vec<String> {
        let is_absolute = pattern.starts_with('/');
        let mut found = vec![if is_absolute { "/".to_string() } else { String::new() }];
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        for (at, part) in parts.iter().enumerate() {
            let is_last = at + 1 == parts.len();
            let mut next = Vec::new();
            for place in &found {
                let joined = |name: &str| match place.as_str() {
                    "" => name.to_string(),
                    "/" => format!("/{name}"),
                    place => format!("{place}/{name}"),
                };
                if !glob::has_pattern(part) {
                    let path = joined(&part.replace('\\', ""));
                    let is_there = self.world.stat(&self.shell.path(&path));
                    next.extend(is_there.filter(|stat| is_last || stat.is_directory).map(|_| path));
                    continue;
                }
                let names = self.world.entries(&self.shell.path(if place.is_empty() { "." } else { place }));
                let fits =
                    |name: &String| glob::matches(part, name) && (!name.starts_with('.') || part.starts_with('.'));
                let paths = names.iter().filter(|name| fits(name)).map(|name| joined(name));
                let is_fit = |path: &String| {
                    is_last || self.world.stat(&self.shell.path(path)).is_some_and(|stat| stat.is_directory)
                };
                next.extend(paths.filter(is_fit));
            }
            next.truncate(LIMITS.word_count);
            found = next;
        }
        match pattern.ends_with('/') {
            true => found.into_iter().map(|path| format!("{path}/")).collect(),
            false => found,
        }
    }
}

/// A shell's variables in a sum.
struct Sums<'s> {
    shell: &'s mut Shell,
    unset: Option<String>,
}

impl Numbers for Sums<'_> {
    fn text(&mut self, name: &str, index: Option<i64>) -> Option<String> {
        let value = match index {
            Some(at) => self.shell.variables.element(name, &Key::Number(at)),
            None => self.shell.variable(name),
        };
        if value.is_none() {
            self.unset = Some(name.to_string());
        }
        value
    }

    fn assign(&mut self, name: &str, index: Option<i64>, value: i64) {
        // A variable that may not be changed keeps its value.
        _ = match index {
            Some(at) => self.shell.variables.set_element(name, &Key::Number(at), value.to_string()),
            None => self.shell.variables.set(name, value.to_string()),
        };
    }
}

/// What is wrong with setting a variable.
pub(super) fn set_message(kind: ShellKind, name: &str, error: SetError) -> String {
    match error {
        SetError::ReadOnly if kind != ShellKind::Bash => format!("{name}: is read only"),
        SetError::ReadOnly => format!("{name}: readonly variable"),
        SetError::TooLong => format!("{name}: values end at {} KiB in this lab", LIMITS.value / 1024),
    }
}

/// A text in quotes if it needs them.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A word with `{1..3}` and `{a,b}` outside of quotes as several words.
fn with_braces(word: &Word) -> Vec<Word> {
    let found = word.0.iter().enumerate().find_map(|(at, (part, is_quoted))| match part {
        Part::Text(text) if !is_quoted && text.contains('{') => braces(text).map(|found| (at, found)),
        _ => None,
    });
    let Some((at, (before, values, after))) = found else { return mixed_braces(word).unwrap_or(vec![word.clone()]) };
    let mut all = Vec::new();
    for value in values {
        let mut parts = word.0.get(..at).unwrap_or(&[]).to_vec();
        parts.push((Part::Text(format!("{before}{value}{after}")), false));
        parts.extend_from_slice(word.0.get(at + 1..).unwrap_or(&[]));
        all.extend(if all.len() < LIMITS.word_count { with_braces(&Word(parts)) } else { Vec::new() });
    }
    all
}

/// `{$a,"b c"}`: a list whose values are made of several parts.
fn mixed_braces(word: &Word) -> Option<Vec<Word>> {
    let sign = |part: &(Part, bool), sign: char| match part {
        (Part::Text(text), false) => text.find(sign),
        _ => None,
    };
    let (first, open) = word.0.iter().enumerate().find_map(|(at, part)| Some((at, sign(part, '{')?)))?;
    let (last, close) = word.0.iter().enumerate().skip(first).find_map(|(at, part)| Some((at, sign(part, '}')?)))?;
    if first == last {
        return None;
    }
    let text = |at: usize| match word.0.get(at) {
        Some((Part::Text(text), _)) => text.as_str(),
        _ => "",
    };
    let mut before = word.0.get(..first)?.to_vec();
    before.push((Part::Text(text(first).get(..open)?.to_string()), false));
    let mut after = vec![(Part::Text(text(last).get(close + 1..)?.to_string()), false)];
    after.extend_from_slice(word.0.get(last + 1..)?);
    let mut values: Vec<Vec<(Part, bool)>> = vec![Vec::new()];
    let inner = [(Part::Text(text(first).get(open + 1..)?.to_string()), false)].into_iter();
    let inner = inner.chain(word.0.get(first + 1..last)?.iter().cloned());
    for part in inner.chain([(Part::Text(text(last).get(..close)?.to_string()), false)]) {
        match part {
            (Part::Text(text), false) => {
                for (at, piece) in text.split(',').enumerate() {
                    if at > 0 {
                        values.push(Vec::new());
                    }
                    values.last_mut()?.push((Part::Text(piece.to_string()), false));
                }
            }
            part => values.last_mut()?.push(part),
        }
    }
    if values.len() < 2 {
        return None;
    }
    let whole = |value: Vec<(Part, bool)>| Word([before.clone(), value, after.clone()].concat());
    Some(values.into_iter().map(whole).flat_map(|word| with_braces(&word)).collect())
}

/// The first `{1..3}` or `{a,b}` of a text: what stands before it, its values, what stands behind it.
fn braces(text: &str) -> Option<(&str, Vec<String>, &str)> {
    let open = text.find('{')?;
    let (mut depth, mut commas, mut close) = (0, Vec::new(), None);
    for (at, c) in text.get(open..)?.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => commas.push(open + at),
            _ => {}
        }
        if depth == 0 {
            close = Some(open + at);
            break;
        }
    }
    let close = close?;
    let (before, inside, after) = (text.get(..open)?, text.get(open + 1..close)?, text.get(close + 1..)?);
    if !commas.is_empty() {
        let edges: Vec<usize> = [open].into_iter().chain(commas).chain([close]).collect();
        let values = edges.windows(2).filter_map(|pair| text.get(pair.first()? + 1..*pair.last()?));
        return Some((before, values.map(str::to_string).collect(), after));
    }
    let values = sequence(inside)?;
    Some((before, values, after))
}

/// `1..10`, `01..10..2`, `a..e`.
fn sequence(inside: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = inside.split("..").collect();
    let (from, to, step) = match parts.as_slice() {
        [from, to] => (*from, *to, 1),
        [from, to, step] => (*from, *to, step.parse::<i64>().ok()?.saturating_abs().max(1)),
        _ => return None,
    };
    let letter = |text: &str| text.chars().next().filter(|c| text.len() == 1 && c.is_ascii_alphabetic());
    let (first, last) = match (letter(from), letter(to)) {
        (Some(from), Some(to)) => (i64::from(u32::from(from)), i64::from(u32::from(to))),
        _ => (from.parse().ok()?, to.parse().ok()?),
    };
    let is_padded =
        |text: &str| text.trim_start_matches('-').len() > 1 && text.trim_start_matches('-').starts_with('0');
    let width = if is_padded(from) || is_padded(to) { from.len().max(to.len()) } else { 0 };
    let count = (first.abs_diff(last) / step.unsigned_abs()).min(LIMITS.word_count as u64) as i64;
    let value = |n: i64| {
        let value = if first <= last { first + n * step } else { first - n * step };
        match letter(from) {
            Some(_) => u32::try_from(value).ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
            None if value < 0 => format!("-{:0>1$}", -value, width.saturating_sub(1)),
            None => format!("{value:0>width$}"),
        }
    };
    Some((0..=count).map(value).collect())
}
