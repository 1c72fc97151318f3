//! `sed` and `awk`: small programs that run over the lines of a text; they read what their filter reads.

use super::Arguments;
use super::pattern::Pattern;
use super::text::Filter;

/// One command of a `sed` script.
struct Edit {
    /// The lines that it is for; none is all.
    address: Option<Address>,
    kind: EditKind,
}

enum Address {
    Lines(usize, usize),
    Fits(Pattern),
}

enum EditKind {
    Print,
    Delete,
    Replace { from: Pattern, to: String, flags: String },
}

/// `sed 's/a/b/g; 2d'`, `sed -n '2,5p'`, `sed -e '/a/d' -e '/b/s/c/d/'`, `sed -i`.
pub fn sed(filter: &mut Filter<'_>) -> i64 {
    let (mut scripts, mut files) = (Vec::new(), Vec::new());
    let mut words = filter.words.arguments().iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-e" => scripts.extend(words.next().cloned()),
            word if word.starts_with('-') && word.len() > 1 => {}
            word => files.push(word.to_string()),
        }
    }
    if scripts.is_empty() && !files.is_empty() {
        scripts.push(files.remove(0));
    }
    if scripts.is_empty() {
        return filter.fail("usage: sed [OPTION]... {script} [input-file]...");
    }
    let is_extended = filter.words.has_flag('E') || filter.words.has_flag('r');
    let mut edits = Vec::new();
    for (at, script) in scripts.iter().enumerate() {
        if let Err(why) = parse_edits(script, is_extended, &mut edits) {
            return filter.fail(&format!("-e expression #{}, {why}", at + 1));
        }
    }
    if !filter.words.has_flag('i') {
        let (text, code) = filter.input(&files);
        let text = edited(&text, &edits, filter.words.has_flag('n'));
        filter.out.push_str(&text);
        return code;
    }
    let mut code = 0;
    for file in files {
        let (text, failed) = filter.input(std::slice::from_ref(&file));
        if failed == 0 {
            let text = edited(&text, &edits, filter.words.has_flag('n'));
            filter.written.push((file, text));
        }
        code = code.max(failed);
    }
    code
}

/// The text after all edits.
fn edited(text: &str, edits: &[Edit], is_quiet: bool) -> String {
    let last = text.lines().count();
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        let (mut line, mut is_gone) = (line.to_string(), false);
        for edit in edits {
            let is_meant = match &edit.address {
                None => true,
                // `$` is the greatest number.
                Some(Address::Lines(from, to)) => ((*from).min(last)..=*to).contains(&(at + 1)),
                Some(Address::Fits(pattern)) => pattern.is_in(&line),
            };
            match &edit.kind {
                _ if !is_meant => {}
                EditKind::Delete => {
                    is_gone = true;
                    break;
                }
                EditKind::Print => {
                    out.push_str(&line);
                    out.push('\n');
                }
                EditKind::Replace { from, to, flags } => {
                    let is_found = from.is_in(&line);
                    line = replaced(&line, from, to, flags.contains('g'));
                    if is_found && flags.contains('p') {
                        out.push_str(&line);
                        out.push('\n');
                    }
                }
            }
        }
        if !is_gone && !is_quiet {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// The edits of a script, one after another.
///
/// # Errors
/// Where it is wrong.
fn parse_edits(script: &str, is_extended: bool, edits: &mut Vec<Edit>) -> Result<(), String> {
    let chars: Vec<char> = script.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if chars.get(at).is_some_and(|c| c.is_whitespace() || *c == ';') {
            at += 1;
            continue;
        }
        let address = parse_address(&chars, &mut at, is_extended)?;
        let kind = match chars.get(at) {
            Some('p') => EditKind::Print,
            Some('d') => EditKind::Delete,
            Some('s') => {
                at += 1;
                let mark = chars.get(at).copied().unwrap_or('/');
                let parts = delimited(&chars, &mut at, mark).zip(delimited(&chars, &mut at, mark));
                let Some((from, to)) = parts else {
                    return Err(format!("char {}: unterminated `s' command", chars.len()));
                };
                at += 1;
                let rest = chars.get(at..).unwrap_or(&[]);
                let flags: String = rest.iter().take_while(|c| matches!(c, 'g' | 'i' | 'I' | 'p')).collect();
                at += flags.len();
                let from = Pattern::new(&from, is_extended, flags.contains(['i', 'I']));
                edits.push(Edit { address, kind: EditKind::Replace { from, to, flags } });
                continue;
            }
            Some(_) => return Err(format!("char {}: unknown command (s, p and d work in this simulated sed)", at + 1)),
            None => return Err(format!("char {at}: missing command")),
        };
        edits.push(Edit { address, kind });
        at += 1;
    }
    Ok(())
}

/// What stands in front of a command: lines, or a pattern.
fn parse_address(chars: &[char], at: &mut usize, is_extended: bool) -> Result<Option<Address>, String> {
    let address = if chars.get(*at) == Some(&'/') {
        let Some(pattern) = delimited(chars, at, '/') else {
            return Err(format!("char {}: unterminated address regex", chars.len()));
        };
        *at += 1;
        Some(Address::Fits(Pattern::new(&pattern, is_extended, false)))
    } else if let Some(from) = line_number(chars, at) {
        let mut to = from;
        if chars.get(*at) == Some(&',') {
            *at += 1;
            let Some(end) = line_number(chars, at) else { return Err(format!("char {}: unexpected `,'", *at)) };
            to = end;
        }
        Some(Address::Lines(from, to))
    } else {
        None
    };
    while chars.get(*at) == Some(&' ') {
        *at += 1;
    }
    Ok(address)
}

/// A line's number, or `$` for the last.
fn line_number(chars: &[char], at: &mut usize) -> Option<usize> {
    if chars.get(*at) == Some(&'$') {
        *at += 1;
        return Some(usize::MAX);
    }
    let digits: String = chars.get(*at..)?.iter().take_while(|c| c.is_ascii_digit()).collect();
    *at += digits.len();
    digits.parse().ok()
}

/// The text between the mark here and the next; afterwards `at` is on that next mark.
fn delimited(chars: &[char], at: &mut usize, mark: char) -> Option<String> {
    let mut text = String::new();
    loop {
        *at += 1;
        match *chars.get(*at)? {
            '\\' => {
                *at += 1;
                let next = *chars.get(*at)?;
                if next != mark {
                    text.push('\\');
                }
                text.push(next);
            }
            c if c == mark => return Some(text),
            c => text.push(c),
        }
    }
}

/// A line with the first place of a pattern, or all of them, replaced; `&` is what was found.
fn replaced(line: &str, pattern: &Pattern, to: &str, is_global: bool) -> String {
    let chars: Vec<char> = line.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some((from, end)) = pattern.find(&chars, at) {
        let found: String = chars.get(from..end).unwrap_or(&[]).iter().collect();
        out.extend(chars.get(at..from).unwrap_or(&[]));
        out.push_str(&to.replace("\\&", "\0").replace('&', &found).replace('\0', "&").replace("\\n", "\n"));
        at = end;
        if from == end {
            out.extend(chars.get(at));
            at += 1;
        }
        if !is_global || at > chars.len() {
            break;
        }
    }
    out.extend(chars.get(at..).unwrap_or(&[]));
    out
}

/// `awk`: an optional condition (`NR>1`, `/a/`, `$3=="Running"`) and an optional `{print $1, $2}`.
pub fn awk(filter: &mut Filter<'_>) -> i64 {
    let separator = filter.words.option("-F");
    let mut operands: Vec<String> =
        filter.words.operands().into_iter().filter(|word| Some(word) != separator.as_ref()).collect();
    if operands.is_empty() {
        return filter.fail("usage: awk [-F fs] 'prog' [file ...]");
    }
    let program = operands.remove(0);
    let (condition, action) = match program.split_once('{') {
        Some((condition, action)) => (condition.trim(), action.trim().strip_suffix('}').map(str::trim)),
        None => (program.trim(), Some("print")),
    };
    let Some(printed) = action.and_then(|action| action.trim_end_matches(';').strip_prefix("print")) else {
        return filter.fail("only {print $1, $2} with a condition before it works in this simulated awk");
    };
    let wanted: Vec<&str> = printed.split(',').map(str::trim).collect();
    let (text, code) = filter.input(&operands);
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let fields: Vec<&str> = match separator.as_deref() {
            None | Some("" | " ") => line.split_whitespace().collect(),
            Some(separator) => line.split(separator).collect(),
        };
        let row = Row { line, fields, number: at + 1 };
        if row.fits(condition) {
            lines.push(wanted.iter().map(|word| row.text(word)).collect::<Vec<_>>().join(" "));
        }
    }
    filter.lines(&lines);
    code
}

/// A line as `awk` sees it.
struct Row<'l> {
    line: &'l str,
    fields: Vec<&'l str>,
    number: usize,
}

impl Row<'_> {
    /// What `$1`, `NR`, `"text"` and several of them beside each other mean.
    fn text(&self, words: &str) -> String {
        let mut out = String::new();
        let mut rest = words.trim();
        if rest.is_empty() {
            return self.line.to_string();
        }
        while !rest.is_empty() {
            let (part, behind) = match rest.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
                Some((text, behind)) => (text.replace("\\t", "\t").replace("\\n", "\n"), behind),
                None => {
                    let (word, behind) = rest.split_at(rest.find([' ', '"']).unwrap_or(rest.len()));
                    (self.value(word), behind)
                }
            };
            out.push_str(&part);
            rest = behind.trim_start();
        }
        out
    }

    fn value(&self, word: &str) -> String {
        match word {
            "$0" => self.line.to_string(),
            "NR" => self.number.to_string(),
            "NF" => self.fields.len().to_string(),
            "$NF" => self.fields.last().map_or(String::new(), |field| (*field).to_string()),
            word => match word.strip_prefix('$').and_then(|number| number.parse::<usize>().ok()) {
                Some(at) => at.checked_sub(1).and_then(|at| self.fields.get(at)).map_or("", |field| field).to_string(),
                None => word.to_string(),
            },
        }
    }

    fn fits(&self, condition: &str) -> bool {
        let condition = condition.trim();
        if let Some((one, other)) = condition.split_once("&&") {
            return self.fits(one) && self.fits(other);
        }
        if let Some((one, other)) = condition.split_once("||") {
            return self.fits(one) || self.fits(other);
        }
        let pattern =
            |text: &str| text.trim().strip_prefix('/').and_then(|text| text.strip_suffix('/')).map(str::to_string);
        if let Some(text) = pattern(condition) {
            return Pattern::new(&text, true, false).is_in(self.line);
        }
        if let Some(text) = condition.strip_prefix('!').and_then(pattern) {
            return !Pattern::new(&text, true, false).is_in(self.line);
        }
        for operator in ["==", "!=", ">=", "<=", "!~", "~", ">", "<"] {
            let Some((left, right)) = condition.split_once(operator) else { continue };
            let left = self.text(left);
            if let (true, Some(text)) = (operator.ends_with('~'), pattern(right)) {
                return Pattern::new(&text, true, false).is_in(&left) == (operator == "~");
            }
            let right = self.text(right);
            let order = match (left.parse::<i64>(), right.parse::<i64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.cmp(&right),
            };
            return match operator {
                "==" => order.is_eq(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_lt(),
            };
        }
        condition.is_empty() || !matches!(self.text(condition).as_str(), "" | "0")
    }
}
