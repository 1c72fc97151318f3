//! Reads the scripts of `sed`.

use super::new_text::parts_of;
use super::syntax::{Address, Edit, Kind, Part, Replace, Script};
use crate::regex::Pattern;
use std::rc::Rc;

/// Reads the parts of a script. Fails with an exit code and what is wrong.
pub(super) fn read_script(scripts: &[String], is_extended: bool) -> Result<Script, (i64, String)> {
    let text = scripts.join("\n");
    let mut reader = Reader {
        chars: text.chars().collect(),
        at: 0,
        is_extended,
        script: Script { is_quiet: text.starts_with("#n\n") || text == "#n", ..Script::default() },
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
    };
    if let Err(why) = reader.commands() {
        // Where it is in its own part.
        let (mut at, mut number) = (reader.at, 1);
        for script in scripts {
            let length = script.chars().count();
            if at <= length || number == scripts.len() {
                at = at.min(length);
                break;
            }
            (at, number) = (at - length - 1, number + 1);
        }
        let at = if why.starts_with("unmatched `{'") { 0 } else { at };
        return Err((1, format!("-e expression #{number}, char {at}: {why}")));
    }
    for (place, label) in reader.jumps {
        let end = reader.script.edits.len();
        let target = match label.as_str() {
            "" => end,
            label => match reader.labels.iter().find(|known| known.0 == label) {
                Some((_, target)) => *target,
                None => return Err((4, format!("can't find label for jump to `{label}'"))),
            },
        };
        if let Some(Edit { kind: Kind::Branch(_, to), .. }) = reader.script.edits.get_mut(place) {
            *to = target;
        }
    }
    Ok(reader.script)
}

struct Reader {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) is_extended: bool,
    pub(super) script: Script,
    /// Where the blocks begin that are open.
    blocks: Vec<usize>,
    labels: Vec<(String, usize)>,
    jumps: Vec<(usize, String)>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn skip(&mut self, wanted: &[char]) {
        while self.peek().is_some_and(|c| wanted.contains(&c)) {
            self.at += 1;
        }
    }

    pub(super) fn commands(&mut self) -> Result<(), String> {
        loop {
            self.skip(&[' ', '\t', '\n', ';']);
            match self.peek() {
                None if self.blocks.is_empty() => return Ok(()),
                None => return Err("unmatched `{'".to_string()),
                Some('}') => {
                    self.at += 1;
                    let Some(begin) = self.blocks.pop() else { return Err("unexpected `}'".to_string()) };
                    let end = self.script.edits.len();
                    if let Some(block) = self.script.edits.get_mut(begin) {
                        block.kind = Kind::Block(end);
                    }
                    self.end_of_command()?;
                }
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                Some(_) => self.command()?,
            }
        }
    }

    pub(super) fn command(&mut self) -> Result<(), String> {
        let from = self.address()?;
        self.skip(&[' ', '\t']);
        let mut to = None;
        if from.is_some() && self.peek() == Some(',') {
            self.at += 1;
            self.skip(&[' ', '\t']);
            to = self.address()?;
            if to.is_none() {
                self.at += 1;
                return Err("unexpected `,'".to_string());
            }
        }
        self.skip(&[' ', '\t']);
        let is_negated = self.peek() == Some('!');
        self.skip(&[' ', '\t', '!']);
        let Some(c) = self.peek() else {
            return Err(if from.is_some() { "missing command" } else { "unknown command: `'" }.to_string());
        };
        self.at += 1;
        let kind = self.kind(c, from.is_some())?;
        self.script.edits.push(Edit { from, to, is_negated, kind });
        match c {
            '{' | ':' | 'a' | 'i' | 'c' | 'r' | 'R' | 'w' | 'W' => Ok(()),
            's' if matches!(self.chars.get(self.at.saturating_sub(1)), Some('\n')) => Ok(()),
            _ => self.end_of_command(),
        }
    }

    /// Behind a command nothing stands but its end.
    fn end_of_command(&mut self) -> Result<(), String> {
        self.skip(&[' ', '\t', '\r']);
        match self.peek() {
            None | Some(';' | '\n' | '}' | '#') => Ok(()),
            Some(_) => {
                self.at += 1;
                Err("extra characters after command".to_string())
            }
        }
    }

    pub(super) fn kind(&mut self, c: char, has_address: bool) -> Result<Kind, String> {
        let place = self.script.edits.len();
        Ok(match c {
            '{' => {
                self.blocks.push(place);
                Kind::Block(place)
            }
            ':' if has_address => return Err(": doesn't want any addresses".to_string()),
            ':' => {
                self.skip(&[' ', '\t']);
                let label = self.label();
                if label.is_empty() {
                    return Err("\":\" lacks a label".to_string());
                }
                self.labels.push((label, place));
                Kind::Nothing
            }
            'b' | 't' | 'T' => {
                self.skip(&[' ', '\t']);
                let label = self.label();
                self.jumps.push((place, label));
                Kind::Branch((c != 'b').then_some(c), 0)
            }
            'p' => Kind::Print,
            'P' => Kind::PrintFirst,
            'd' => Kind::Delete,
            'D' => Kind::DeleteFirst,
            'q' | 'Q' => {
                self.skip(&[' ', '\t']);
                let code = self.number().and_then(|code| i64::try_from(code % 256).ok());
                Kind::Quit(c == 'q', code.unwrap_or(0))
            }
            '=' => Kind::Number,
            'F' => Kind::FileName,
            'l' => {
                self.skip(&[' ', '\t']);
                self.number();
                Kind::Plain
            }
            'n' => Kind::Next,
            'N' => Kind::AddNext,
            'h' | 'H' => Kind::Hold(c == 'H'),
            'g' | 'G' => Kind::Get(c == 'G'),
            'x' => Kind::Exchange,
            'z' => Kind::Clear,
            'r' => Kind::ReadFile(self.file_name()?),
            'R' => Kind::ReadLine(self.file_name()?),
            'w' | 'W' => {
                let name = self.output_name()?;
                if c == 'w' { Kind::Write(name) } else { Kind::WriteFirst(name) }
            }
            's' => self.replace()?,
            'y' => self.translate()?,
            'a' => Kind::After(self.text()?),
            'i' => Kind::Before(self.text()?),
            'c' => Kind::Instead(self.text()?),
            'v' => {
                self.label();
                Kind::Nothing
            }
            c => return Err(format!("unknown command: `{c}'")),
        })
    }

    fn label(&mut self) -> String {
        let mut label = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && !matches!(c, ';' | '}')) {
            label.push(c);
            self.at += 1;
        }
        label
    }

    /// The rest of the line.
    fn file_name(&mut self) -> Result<String, String> {
        self.skip(&[' ', '\t']);
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != '\n') {
            name.push(c);
            self.at += 1;
        }
        if name.is_empty() { Err("missing filename in r/R/w/W commands".to_string()) } else { Ok(name) }
    }

    fn output_name(&mut self) -> Result<String, String> {
        let name = self.file_name()?;
        if !self.script.outputs.contains(&name) {
            self.script.outputs.push(name.clone());
        }
        Ok(name)
    }

    pub(super) fn number(&mut self) -> Option<usize> {
        let digits: String = self.chars.get(self.at..)?.iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        digits.parse().ok()
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        Ok(match self.peek() {
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some('+') => {
                self.at += 1;
                self.number().map(Address::More)
            }
            Some('~') => {
                self.at += 1;
                self.number().map(Address::Multiple)
            }
            Some('/' | '\\') => {
                if self.peek() == Some('\\') {
                    self.at += 1;
                }
                let mark = self.peek().unwrap_or('/');
                let Some(text) = self.delimited(mark, true) else {
                    return Err("unterminated address regex".to_string());
                };
                self.at += 1;
                let (mut ignores_case, mut is_multiline) = (false, false);
                while let Some(flag @ ('I' | 'M')) = self.peek() {
                    self.at += 1;
                    ignores_case |= flag == 'I';
                    is_multiline |= flag == 'M';
                }
                Some(Address::Fits(self.pattern(&text, ignores_case, is_multiline)?))
            }
            _ => match (self.number(), self.peek()) {
                (Some(first), Some('~')) => {
                    self.at += 1;
                    Some(Address::Step(first, self.number().unwrap_or(0)))
                }
                (number, _) => number.map(Address::Line),
            },
        })
    }

    pub(super) fn pattern(
        &self,
        text: &str,
        ignores_case: bool,
        is_multiline: bool,
    ) -> Result<Option<Rc<Pattern>>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let pattern = Pattern::read(text, self.is_extended, ignores_case)?;
        Ok(Some(Rc::new(if is_multiline { pattern.by_lines() } else { pattern })))
    }

    pub(super) fn replace(&mut self) -> Result<Kind, String> {
        let mark = self.peek().unwrap_or('/');
        let parts = self.delimited(mark, true).and_then(|from| Some((from, self.delimited(mark, false)?)));
        let Some((from, to)) = parts else { return Err("unterminated `s' command".to_string()) };
        self.at += 1;
        let (mut is_global, mut prints, mut ignores_case, mut is_multiline) = (false, false, false, false);
        let (mut which, mut file) = (1, None);
        loop {
            match self.peek() {
                Some('g') => is_global = true,
                Some('p') => prints = true,
                Some('i' | 'I') => ignores_case = true,
                Some('m' | 'M') => is_multiline = true,
                Some('e') => {}
                Some('w') => {
                    self.at += 1;
                    file = Some(self.output_name()?);
                    break;
                }
                Some(c) if c.is_ascii_digit() => {
                    which = self.number().unwrap_or(1);
                    if which == 0 {
                        return Err("number option to `s' command may not be zero".to_string());
                    }
                    continue;
                }
                None | Some(' ' | '\t' | '\r' | '\n' | ';' | '}' | '#') => break,
                Some(_) => {
                    self.at += 1;
                    return Err("unknown option to `s'".to_string());
                }
            }
            self.at += 1;
        }
        let from = self.pattern(&from, ignores_case, is_multiline)?;
        let to = parts_of(&to);
        let most = from.as_ref().map_or(9, |from| from.group_count());
        if let Some(number) = to.iter().find_map(|part| match part {
            Part::Group(number) if *number > most => Some(*number),
            _ => None,
        }) {
            return Err(format!("invalid reference \\{number} on `s' command's RHS"));
        }
        Ok(Kind::Replace(Replace { from, to, is_global, which, prints, file }))
    }

    fn translate(&mut self) -> Result<Kind, String> {
        let mark = self.peek().unwrap_or('/');
        let parts = self.delimited(mark, false).and_then(|from| Some((from, self.delimited(mark, false)?)));
        let Some((from, to)) = parts else { return Err("unterminated `y' command".to_string()) };
        self.at += 1;
        let plain = |text: &str| {
            let (mut all, mut chars) = (Vec::new(), text.chars());
            while let Some(c) = chars.next() {
                all.push(match (c, c == '\\') {
                    (_, true) => match chars.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(c) => c,
                        None => '\\',
                    },
                    (c, _) => c,
                });
            }
            all
        };
        let (from, to) = (plain(&from), plain(&to));
        if from.len() != to.len() {
            return Err("strings for `y' command are different lengths".to_string());
        }
        Ok(Kind::Translate(from, to))
    }

    /// The text between the mark here and the next; afterwards it stands on that next mark. Of a pattern the signs for
    /// tabs and line ends are read, in brackets too.
    fn delimited(&mut self, mark: char, is_pattern: bool) -> Option<String> {
        let mut text = String::new();
        // How many characters stand in the bracket.
        let mut inside: Option<usize> = None;
        loop {
            self.at += 1;
            let c = self.peek()?;
            if c == '\\' && inside.is_some() {
                // In a bracket it is one of the characters, but before the signs of tabs and line ends.
                let sign = match self.chars.get(self.at + 1) {
                    Some('t') => Some('\t'),
                    Some('n') => Some('\n'),
                    _ => None,
                };
                self.at += usize::from(sign.is_some());
                text.push(sign.unwrap_or(c));
                inside = inside.map(|count| count + 1);
                continue;
            }
            if c == '\\' {
                self.at += 1;
                let next = self.peek()?;
                let rest: String = self.chars.iter().skip(self.at + 1).take(2).collect();
                let code =
                    (next == 'x').then(|| u8::from_str_radix(&rest, 16).ok().filter(|_| rest.len() == 2)).flatten();
                match next {
                    'x' if is_pattern && code.is_some() => {
                        let c = code.map_or('x', char::from);
                        self.at += 2;
                        text.extend(c.is_ascii_punctuation().then_some('\\').filter(|_| !self.is_sign(c)));
                        text.push(c);
                    }
                    't' | 'r' | 'f' | 'v' | 'a' if is_pattern && mark != next => text.push(match next {
                        't' => '\t',
                        'r' => '\r',
                        'f' => '\u{c}',
                        'v' => '\u{b}',
                        _ => '\u{7}',
                    }),
                    '/' | ',' | '|' | '#' | '@' | ':' | '%' | '!' | '~' | '_' | ';' if next == mark => text.push(next),
                    next => text.extend(['\\', next]),
                }
                continue;
            }
            match inside {
                None if c == mark => return Some(text),
                None if c == '[' && is_pattern => inside = Some(0),
                Some(count) if c == ']' && count > 0 => inside = None,
                // A class such as `[:space:]` is one character of the bracket.
                Some(_) if c == '[' && self.chars.get(self.at + 1) == Some(&':') => {
                    while let Some(c) = self.peek().filter(|c| *c != ']') {
                        text.push(c);
                        self.at += 1;
                    }
                    inside = Some(1);
                    text.extend(self.peek());
                    continue;
                }
                Some(0) if c == '^' && self.chars.get(self.at.wrapping_sub(1)) == Some(&'[') => {}
                Some(count) => inside = Some(count + 1),
                None => {}
            }
            text.push(c);
        }
    }

    /// Whether a backslash gives a character a meaning that it has not by itself.
    fn is_sign(&self, c: char) -> bool {
        !self.is_extended && matches!(c, '+' | '?' | '(' | ')' | '{' | '}' | '|') || matches!(c, '<' | '>' | '`' | '\'')
    }

    /// What stands behind `a`, `i` and `c`: the rest of the line, or the next lines; ends with a line end.
    fn text(&mut self) -> Result<String, String> {
        self.skip(&[' ', '\t']);
        if self.peek().is_none() {
            return Err("expected \\ after `a', `c' or `i'".to_string());
        }
        if self.peek() == Some('\\') {
            self.at += 1;
            let here = self.at;
            self.skip(&[' ', '\t']);
            match self.peek() {
                Some('\n') => self.at += 1,
                _ => self.at = here,
            }
        }
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\n' => break,
                '\\' => {
                    match self.peek() {
                        Some('n') => text.push('\n'),
                        Some('t') => text.push('\t'),
                        next => text.extend(next),
                    }
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        text.push('\n');
        Ok(text)
    }
}
