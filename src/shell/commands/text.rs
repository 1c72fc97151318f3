//! Commands that read text and write text; they touch nothing else, so that a console can use them as a container does.

use super::Arguments;
use super::awk::awk;
use super::sed::sed;
use crate::api::base64;
use crate::ordering::Order;
use crate::regex::Pattern;
use crate::shell::base64::decode_base64;
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;

/// A command that turns text into text.
pub struct Filter<'a> {
    /// Its name and arguments; never empty.
    pub words: &'a [String],
    /// What comes in.
    pub stdin: String,
    /// Reads a file.
    pub read: &'a dyn Fn(&str) -> Result<String, FileError>,
    /// Its output.
    pub out: String,
    /// Its messages.
    pub err: String,
    /// The files that it changed, with their new text; who runs it writes them.
    pub written: Vec<(String, String)>,
    /// The shell that it runs in, for its way of complaining.
    pub kind: ShellKind,
    /// The variables of its environment.
    pub environment: Vec<(String, String)>,
    /// Whether its `awk` is `mawk`, as in Debian's images.
    pub has_mawk: bool,
    /// Whether it was asked for something that this lab cannot do.
    pub is_unknown: bool,
}

/// The commands of this file, in order.
pub const NAMES: &[&str] = &[
    "[",
    "awk",
    "base64",
    "basename",
    "cut",
    "dirname",
    "echo",
    "egrep",
    "expr",
    "fgrep",
    "grep",
    "head",
    "md5sum",
    "nl",
    "od",
    "printf",
    "rev",
    "sed",
    "seq",
    "sha1sum",
    "sha256sum",
    "sort",
    "tac",
    "tail",
    "test",
    "tr",
    "uniq",
    "wc",
];

/// The text of all operands (`-` is what comes in), or of what comes in if there is none; and what could not be read.
pub fn gather(
    stdin: &str,
    operands: &[String],
    read: impl Fn(&str) -> Result<String, FileError>,
) -> (String, Vec<String>) {
    if operands.is_empty() {
        return (stdin.to_string(), Vec::new());
    }
    let (mut text, mut problems) = (String::new(), Vec::new());
    for name in operands {
        let found = if name == "-" { Ok(stdin.to_string()) } else { read(name) };
        match found {
            Ok(more) => text.push_str(&more),
            Err(error) => {
                let is_told = matches!(error, FileError::IsDirectory | FileError::Denied);
                let error = if is_told { error } else { FileError::NotFound };
                problems.push(format!("{name}: {error}"));
            }
        }
    }
    (text, problems)
}

impl Filter<'_> {
    /// Runs the command that its words name, and gives its exit code. `None` if it is none of these.
    pub fn run(&mut self) -> Option<i64> {
        Some(match self.words.name() {
            "[" | "test" => test(self),
            "awk" => awk(self),
            "base64" => base64_command(self),
            "basename" | "dirname" => path_part(self),
            "cut" => cut(self),
            "echo" => echo(self),
            "grep" | "egrep" | "fgrep" => grep(self),
            "md5sum" | "sha1sum" | "sha256sum" => super::digest::run(self),
            "tac" | "rev" | "nl" => super::lines::turned(self),
            "od" => super::lines::od(self),
            "expr" => super::lines::expr(self),
            "head" | "tail" => head_or_tail(self),
            "printf" => printf(self),
            "sed" => sed(self),
            "seq" => seq(self),
            "sort" => sort(self),
            "tr" => tr(self),
            "uniq" => uniq(self),
            "wc" => wc(self),
            _ => return None,
        })
    }

    /// Complains under the command's name, and gives exit code 1.
    pub fn fail(&mut self, what: &str) -> i64 {
        let name = self.words.name();
        let own = if self.kind == ShellKind::Ash { super::busybox_words(name, what) } else { what.to_string() };
        self.err.push_str(&format!("{name}: {own}\n"));
        1
    }

    /// The text of all operands, or of what comes in if there is none. Messages are written for files that cannot be
    /// read.
    pub fn input(&mut self, operands: &[String]) -> (String, i64) {
        let (text, problems) = gather(&self.stdin, operands, self.read);
        problems.iter().for_each(|problem| _ = self.fail(problem));
        (text, i64::from(!problems.is_empty()))
    }

    /// Puts lines out.
    pub fn lines<T: AsRef<str>>(&mut self, lines: &[T]) {
        for line in lines {
            self.out.push_str(line.as_ref());
            self.out.push('\n');
        }
    }
}

/// Which lines `head` and `tail` keep of so many, and the files that they name.
///
/// # Errors
/// What is wrong with the number.
pub fn kept_range(words: &[String], count: usize) -> Result<std::ops::Range<usize>, String> {
    let number = words.option("-n").or_else(|| {
        let flags = words.arguments().iter().find_map(|word| word.strip_prefix('-'))?;
        flags.starts_with(|c: char| c.is_ascii_digit()).then(|| flags.to_string())
    });
    let number = number.unwrap_or_else(|| "10".into());
    let size: usize =
        number.trim_start_matches(['+', '-']).parse().map_err(|_| format!("invalid number of lines: '{number}'"))?;
    Ok(match (words.name(), number.chars().next()) {
        ("head", Some('-')) => 0..count.saturating_sub(size),
        ("head", _) => 0..count.min(size),
        (_, Some('+')) => size.saturating_sub(1).min(count)..count,
        _ => count.saturating_sub(size)..count,
    })
}

/// The arguments that are neither flags nor the number behind `-n`.
pub fn files_of(words: &[String]) -> Vec<String> {
    let mut rest = words.arguments().iter();
    let mut files = Vec::new();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-n" | "-c" | "--lines" | "--bytes" => _ = rest.next(),
            "-" => files.push(word.clone()),
            word if word.starts_with('-') || (word.starts_with('+') && files.is_empty()) => {}
            word => files.push(word.to_string()),
        }
    }
    files
}

/// How many bytes `head -c` and `tail -c` keep.
pub fn kept_bytes(words: &[String]) -> Option<String> {
    words.option("-c").or_else(|| words.option("--bytes"))
}

/// The text that `head -c` and `tail -c` keep; `-c -N` and `-c +N` count from the other side.
///
/// # Errors
/// What is wrong with the number.
pub fn cut_bytes<'t>(words: &[String], number: &str, text: &'t str) -> Result<&'t str, String> {
    let digits = number.trim_start_matches(['+', '-']);
    let factor = match digits.chars().last() {
        Some('k' | 'K') => 1024,
        Some('M') => 1024 * 1024,
        _ => 1,
    };
    let size: usize =
        digits.trim_end_matches(['k', 'K', 'M']).parse().map_err(|_| format!("invalid number of bytes: '{number}'"))?;
    let size = size.saturating_mul(factor);
    let (from, to) = match (words.name(), number.chars().next()) {
        ("head", Some('-')) => (0, text.len().saturating_sub(size)),
        ("head", _) => (0, size.min(text.len())),
        (_, Some('+')) => (size.saturating_sub(1).min(text.len()), text.len()),
        _ => (text.len().saturating_sub(size), text.len()),
    };
    let near = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    Ok(text.get(near(from)..near(to)).unwrap_or(""))
}

/// `head` and `tail`.
fn head_or_tail(filter: &mut Filter<'_>) -> i64 {
    let (text, code) = filter.input(&files_of(filter.words));
    if let Some(number) = kept_bytes(filter.words) {
        return match cut_bytes(filter.words, &number, &text) {
            Ok(kept) => {
                filter.out.push_str(kept);
                code
            }
            Err(error) => filter.fail(&error),
        };
    }
    let lines: Vec<&str> = text.lines().collect();
    match kept_range(filter.words, lines.len()) {
        Ok(range) => filter.lines(lines.get(range).unwrap_or(&[])),
        Err(error) => return filter.fail(&error),
    }
    code
}

/// What `grep` looks for.
pub struct Grep {
    patterns: Vec<Pattern>,
    inverts: bool,
    before: usize,
    after: usize,
    /// Only the number of lines is wanted (`-c`).
    pub counts: bool,
    /// Nothing is wanted but the exit code (`-q`).
    pub is_quiet: bool,
    /// The lines are numbered (`-n`).
    pub numbers: bool,
    /// Only what was found is wanted (`-o`).
    pub only_found: bool,
    /// A whole line has to fit (`-x`), or a whole word (`-w`).
    whole_line: bool,
    whole_word: bool,
    /// The most lines that fit (`-m`).
    most: usize,
    /// The files that are named.
    pub files: Vec<String>,
}

/// The long flags of `grep` and the letters that mean the same.
const GREP_FLAGS: &[(&str, &str)] = &[
    ("count", "c"),
    ("extended-regexp", "E"),
    ("fixed-strings", "F"),
    ("ignore-case", "i"),
    ("invert-match", "v"),
    ("line-number", "n"),
    ("line-regexp", "x"),
    ("only-matching", "o"),
    ("perl-regexp", "P"),
    ("quiet", "q"),
    ("silent", "q"),
    ("word-regexp", "w"),
];

impl Grep {
    /// Reads the command line. `None` without a pattern.
    pub fn of(words: &[String]) -> Option<Grep> {
        let mut grep = Grep {
            patterns: Vec::new(),
            inverts: false,
            before: 0,
            after: 0,
            counts: false,
            is_quiet: false,
            numbers: false,
            only_found: false,
            whole_line: false,
            whole_word: false,
            most: usize::MAX,
            files: Vec::new(),
        };
        let (mut texts, mut ignores_case, mut is_fixed) = (Vec::new(), false, false);
        let mut is_extended = matches!(words.name(), "egrep" | "Select-String" | "sls");
        let mut rest = words.arguments().iter();
        while let Some(word) = rest.next() {
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                if texts.is_empty() {
                    texts.push(word.clone())
                } else {
                    grep.files.push(word.clone())
                }
                continue;
            };
            let letters = match letters.strip_prefix('-') {
                Some("") => {
                    let operands = rest.by_ref().cloned();
                    let (patterns, files): (Vec<_>, Vec<_>) = if texts.is_empty() {
                        let mut all: Vec<String> = operands.collect();
                        let files = all.split_off(1.min(all.len()));
                        (all, files)
                    } else {
                        (Vec::new(), operands.collect())
                    };
                    texts.extend(patterns);
                    grep.files.extend(files);
                    continue;
                }
                Some(long) => match long.split_once('=') {
                    Some(("regexp", text)) => {
                        texts.push(text.to_string());
                        continue;
                    }
                    Some(("max-count", number)) => {
                        grep.most = number.parse().unwrap_or(usize::MAX);
                        continue;
                    }
                    _ => GREP_FLAGS.iter().find(|flag| flag.0 == long).map_or("", |flag| flag.1),
                },
                None => letters,
            };
            if let Some(letter @ ('A' | 'B' | 'C' | 'e' | 'm')) = letters.chars().next() {
                let value = match letters.get(1..).filter(|value| !value.is_empty()) {
                    Some(value) => value,
                    None => rest.next().map_or("", String::as_str),
                };
                let number = value.parse().unwrap_or(0);
                match letter {
                    'A' => grep.after = number,
                    'B' => grep.before = number,
                    'C' => (grep.before, grep.after) = (number, number),
                    'm' => grep.most = number,
                    _ => texts.push(value.to_string()),
                }
                continue;
            }
            ignores_case |= letters.contains('i');
            is_extended |= letters.contains(['E', 'P']);
            is_fixed |= letters.contains('F');
            grep.inverts |= letters.contains('v');
            grep.counts |= letters.contains('c');
            grep.is_quiet |= letters.contains('q');
            grep.numbers |= letters.contains('n');
            grep.only_found |= letters.contains('o');
            grep.whole_line |= letters.contains('x');
            grep.whole_word |= letters.contains('w');
        }
        is_fixed |= words.name() == "fgrep";
        let read = |text: &String| {
            let is_special = |c: char| matches!(c, '\\' | '.' | '*' | '[' | ']' | '^' | '$');
            let literal = |c: char| if is_special(c) { format!("\\{c}") } else { c.to_string() };
            let text = if is_fixed { text.chars().map(literal).collect() } else { text.clone() };
            Pattern::new(&text, is_extended && !is_fixed, ignores_case)
        };
        grep.patterns = texts.iter().map(read).collect();
        (!texts.is_empty()).then_some(grep)
    }

    /// For each line whether it fits.
    pub fn hits(&self, lines: &[String]) -> Vec<bool> {
        let mut left = self.most;
        let mut hits = Vec::with_capacity(lines.len());
        for line in lines {
            let fits = left > 0 && self.patterns.iter().any(|pattern| self.fits(pattern, line)) != self.inverts;
            left -= usize::from(fits);
            hits.push(fits);
        }
        hits
    }

    /// Whether a pattern is in a line, as a whole line or word where that is wanted.
    fn fits(&self, pattern: &Pattern, line: &str) -> bool {
        if !self.whole_line && !self.whole_word {
            return pattern.is_in(line);
        }
        let chars: Vec<char> = line.chars().collect();
        let is_word =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let mut at = 0;
        while let Some((from, to)) = pattern.find(&chars, at) {
            let is_whole = match self.whole_line {
                true => from == 0 && to == chars.len(),
                false => from < to && !is_word(from.checked_sub(1)) && !is_word(Some(to)),
            };
            if is_whole {
                return true;
            }
            at = from + 1;
            if at > chars.len() {
                break;
            }
        }
        false
    }

    /// Whether line `at` is shown: it fits, or one near it does.
    pub fn shows(&self, hits: &[bool], at: usize) -> bool {
        let (from, to) = (at.saturating_sub(self.after), (at + self.before + 1).min(hits.len()));
        hits.get(from..to).is_some_and(|near| near.contains(&true))
    }

    /// The parts of a line that fit.
    pub fn found_in(&self, line: &str) -> Vec<String> {
        let chars: Vec<char> = line.chars().collect();
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some((from, to)) = self.patterns.iter().filter_map(|it| it.find(&chars, at)).min() {
            found.push(chars.get(from..to).unwrap_or(&[]).iter().collect());
            at = to.max(from + 1);
        }
        found.retain(|part: &String| !part.is_empty());
        found
    }
}

/// `grep`.
fn grep(filter: &mut Filter<'_>) -> i64 {
    let Some(grep) = Grep::of(filter.words) else {
        return filter.fail("usage: grep [OPTION]... PATTERNS [FILE]...");
    };
    let (text, code) = filter.input(&grep.files);
    if code != 0 {
        return 2;
    }
    let lines: Vec<String> = text.lines().map(str::to_string).collect();
    let hits = grep.hits(&lines);
    let count = hits.iter().filter(|hit| **hit).count();
    if grep.counts {
        filter.lines(&[count.to_string()]);
    } else if grep.only_found && !grep.is_quiet {
        let found: Vec<String> = lines.iter().flat_map(|line| grep.found_in(line)).collect();
        filter.lines(&found);
    } else if !grep.is_quiet {
        let shown = lines.iter().enumerate().filter(|(at, _)| grep.shows(&hits, *at));
        let number = |(at, line): (usize, &String)| {
            if grep.numbers { format!("{}:{line}", at + 1) } else { line.clone() }
        };
        let shown: Vec<String> = shown.map(number).collect();
        filter.lines(&shown);
    }
    i64::from(count == 0)
}

/// `wc`.
fn wc(filter: &mut Filter<'_>) -> i64 {
    let operands = filter.words.operands();
    let (text, code) = filter.input(&operands);
    let lines = text.matches('\n').count();
    let (words, bytes) = (text.split_whitespace().count(), text.len());
    let name = operands.first().map(|name| format!(" {name}")).unwrap_or_default();
    let counts: Vec<String> = [('l', lines), ('w', words), ('c', bytes)]
        .into_iter()
        .filter(|(flag, _)| filter.words.has_flag(*flag))
        .map(|(_, count)| count.to_string())
        .collect();
    let counts = if counts.is_empty() { format!("{lines:>7} {words:>7} {bytes:>7}") } else { counts.join(" ") };
    filter.out.push_str(&format!("{counts}{name}\n"));
    code
}

/// `sort [-r] [-n] [-u] [-k N]`.
fn sort(filter: &mut Filter<'_>) -> i64 {
    let key = filter.words.option("-k");
    let field = key.as_ref().and_then(|key| key.split([',', 'n', 'r']).next()?.parse::<usize>().ok());
    let operands: Vec<String> = filter.words.operands().into_iter().filter(|word| Some(word) != key.as_ref()).collect();
    let (text, code) = filter.input(&operands);
    let mut lines: Vec<&str> = text.lines().collect();
    let has = |flag: char| filter.words.has_flag(flag) || key.as_ref().is_some_and(|key| key.contains(flag));
    let part = |line: &str| match field.and_then(|field| field.checked_sub(1)) {
        Some(skipped) => line.split_whitespace().skip(skipped).collect::<Vec<_>>().join(" "),
        None => line.to_string(),
    };
    let number = |text: &str| {
        let digits = text.trim_start();
        let end = digits.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'));
        digits.get(..end.map_or(digits.len(), |(at, _)| at)).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0)
    };
    let is_numeric = has('n');
    lines.order_by(|a, b| {
        let (one, other) = (part(a), part(b));
        let order = if is_numeric { number(&one).cmp(&number(&other)) } else { one.cmp(&other) };
        order.then_with(|| a.cmp(b))
    });
    if has('u') {
        lines.dedup();
    }
    if has('r') {
        lines.reverse();
    }
    filter.lines(&lines);
    code
}

/// `uniq`.
fn uniq(filter: &mut Filter<'_>) -> i64 {
    let operands = filter.words.operands();
    let (text, code) = filter.input(&operands);
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    let shows_count = filter.words.has_flag('c');
    let lines: Vec<String> = groups
        .into_iter()
        .map(|(count, line)| if shows_count { format!("{count:>7} {line}") } else { line.to_string() })
        .collect();
    filter.lines(&lines);
    code
}

/// `cut -d D -f LIST` and `cut -c LIST`; a list is `1,3-5,7-`.
fn cut(filter: &mut Filter<'_>) -> i64 {
    let delimiter = filter.words.option("-d").unwrap_or_else(|| "\t".to_string());
    let (fields, characters) = (filter.words.option("-f"), filter.words.option("-c"));
    let Some(list) = fields.clone().or(characters) else {
        return filter.fail("you must specify a list of bytes, characters, or fields");
    };
    let ranges: Vec<(usize, usize)> = list
        .split(',')
        .filter_map(|part| match part.split_once('-') {
            Some((from, to)) => Some((from.parse().unwrap_or(1), to.parse().unwrap_or(usize::MAX))),
            None => part.parse().ok().map(|at| (at, at)),
        })
        .collect();
    if ranges.iter().any(|(from, to)| from > to) {
        return filter.fail("invalid decreasing range\nTry 'cut --help' for more information.");
    }
    let is_kept = |at: usize| ranges.iter().any(|(from, to)| (*from..=*to).contains(&(at + 1)));
    let operands = filter.words.operands().into_iter().filter(|word| *word != delimiter && *word != list);
    let (text, code) = filter.input(&operands.collect::<Vec<_>>());
    let mut lines = Vec::new();
    for line in text.lines() {
        if fields.is_none() {
            lines.push(line.chars().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, c)| c).collect());
        } else if delimiter.is_empty() || !line.contains(delimiter.as_str()) {
            lines.push(line.to_string());
        } else {
            let parts = line.split(delimiter.as_str()).enumerate().filter(|(at, _)| is_kept(*at));
            lines.push(parts.map(|(_, part)| part).collect::<Vec<_>>().join(&delimiter));
        }
    }
    filter.lines(&lines);
    code
}

/// `tr SET1 SET2` and `tr -d SET`.
fn tr(filter: &mut Filter<'_>) -> i64 {
    let sets: Vec<Vec<char>> = filter.words.operands().iter().map(|set| characters(set)).collect();
    let text = filter.stdin.clone();
    let Some(from) = sets.first() else { return filter.fail("missing operand") };
    let is_outside = filter.words.has_flag('c') || filter.words.has_flag('C');
    let is_meant = |c: &char| from.contains(c) != is_outside;
    let squeezes = filter.words.has_flag('s');
    let mut result: String = if filter.words.has_flag('d') {
        text.chars().filter(|c| !is_meant(c)).collect()
    } else if squeezes && sets.len() == 1 {
        text
    } else if is_outside {
        let Some(to) = sets.get(1).and_then(|set| set.last()) else { return filter.fail("missing operand") };
        text.chars().map(|c| if is_meant(&c) { *to } else { c }).collect()
    } else {
        let Some(to) = sets.get(1).filter(|set| !set.is_empty()) else { return filter.fail("missing operand") };
        let map = |c: char| match from.iter().position(|own| *own == c) {
            Some(at) => to.get(at).or(to.last()).copied().unwrap_or(c),
            None => c,
        };
        text.chars().map(map).collect()
    };
    if squeezes {
        let last = sets.last().unwrap_or(from).clone();
        let mut kept = String::new();
        for c in result.chars() {
            if !(last.contains(&c) && kept.ends_with(c)) {
                kept.push(c);
            }
        }
        result = kept;
    }
    filter.out.push_str(&result);
    0
}

fn characters(set: &str) -> Vec<char> {
    let set = set.replace("\\n", "\n").replace("\\t", "\t");
    let set = set.replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z").replace("[:digit:]", "0-9");
    let chars: Vec<char> = set.chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(end)) if c.is_ascii() && end.is_ascii() => {
                all.extend(c..=*end);
                at += 3;
            }
            _ => {
                all.push(c);
                at += 1;
            }
        }
    }
    all
}

/// `base64` and `base64 -d`.
fn base64_command(filter: &mut Filter<'_>) -> i64 {
    let decodes =
        filter.words.has_flag('d') || filter.words.has_flag('D') || filter.words.iter().any(|it| it == "--decode");
    let (text, code) = filter.input(&filter.words.operands());
    if decodes {
        filter.out.push_str(&decode_base64(&text));
    } else {
        filter.lines(&[base64(text.as_bytes())]);
    }
    code
}

/// `seq [FIRST [STEP]] LAST`.
fn seq(filter: &mut Filter<'_>) -> i64 {
    let separator = filter.words.option("-s");
    let words = filter.words.arguments().iter();
    let words = words.filter(|word| !word.starts_with("-s") && Some(*word) != separator.as_ref() && *word != "-w");
    let numbers: Option<Vec<i64>> = words.map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) => (*first, *step, *last),
        _ => return filter.fail("missing operand"),
    };
    if step == 0 {
        return filter.fail("invalid Zero increment value: '0'");
    }
    let mut at = first;
    let mut values = Vec::new();
    for _ in 0..10_000 {
        if (step > 0 && at > last) || (step < 0 && at < last) {
            break;
        }
        values.push(at.to_string());
        at = at.saturating_add(step);
    }
    if filter.words.iter().any(|word| word == "-w") {
        let width = values.iter().map(String::len).max().unwrap_or(0);
        values.iter_mut().for_each(|value| *value = format!("{value:0>width$}"));
    }
    if !values.is_empty() {
        filter.out.push_str(&values.join(separator.as_deref().unwrap_or("\n")));
        filter.out.push('\n');
    }
    0
}

/// `basename` and `dirname`.
fn path_part(filter: &mut Filter<'_>) -> i64 {
    let operands = filter.words.operands();
    let Some(path) = operands.first() else { return filter.fail("missing operand") };
    let trimmed = path.trim_end_matches('/');
    let part = match (filter.words.name(), trimmed.rsplit_once('/')) {
        ("basename", Some((_, last))) => last.to_string(),
        ("basename", None) => trimmed.to_string(),
        (_, Some(("", _))) => "/".to_string(),
        (_, Some((directory, _))) => directory.to_string(),
        (_, None) => ".".to_string(),
    };
    let part =
        operands.get(1).and_then(|suffix| part.strip_suffix(suffix.as_str())).map(str::to_string).unwrap_or(part);
    filter.out.push_str(&format!("{part}\n"));
    0
}

fn echo(filter: &mut Filter<'_>) -> i64 {
    let mut words = filter.words.arguments();
    let (mut ends_line, mut reads_escapes) = (true, filter.kind == ShellKind::Dash);
    while let Some((flag, rest)) = words.split_first() {
        match flag.as_str() {
            "-n" => ends_line = false,
            "-e" => reads_escapes = true,
            "-E" => reads_escapes = false,
            "-ne" | "-en" => (ends_line, reads_escapes) = (false, true),
            _ => break,
        }
        words = rest;
    }
    let mut text = words.join(" ");
    if reads_escapes {
        text = crate::shell::language::unescape(&text);
    }
    if ends_line {
        text.push('\n');
    }
    filter.out.push_str(&text);
    0
}

fn printf(filter: &mut Filter<'_>) -> i64 {
    let words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    let Some((format, values)) = words.split_first() else {
        return filter.fail("usage: printf format [arguments]");
    };
    let (text, problems) = crate::shell::language::printf::printf(format, values);
    filter.out.push_str(&text);
    problems.iter().for_each(|problem| _ = filter.fail(&format!("'{problem}': expected a numeric value")));
    i64::from(!problems.is_empty())
}

fn test(filter: &mut Filter<'_>) -> i64 {
    let mut words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    if filter.words.name() == "[" && words.pop() != Some("]") {
        let message = filter.kind.complain("[: missing `]'");
        filter.err.push_str(&message);
        return 2;
    }
    let mut holds = false;
    for alternative in words.split(|word| *word == "-o") {
        holds |= alternative.split(|word| *word == "-a").all(|words| condition(filter, words));
    }
    i64::from(!holds)
}

fn condition(filter: &Filter<'_>, words: &[&str]) -> bool {
    // A directory cannot be read, yet it is there.
    let found = |name: &str| match (filter.read)(name) {
        Ok(text) => Some((false, text.len())),
        Err(FileError::IsDirectory) => Some((true, 1)),
        Err(_) => None,
    };
    match words {
        [] => false,
        ["!", rest @ ..] => !condition(filter, rest),
        [only] => !only.is_empty(),
        ["-z", text] => text.is_empty(),
        ["-n", text] => !text.is_empty(),
        ["-d", name] => found(name).is_some_and(|found| found.0),
        ["-f", name] => found(name).is_some_and(|found| !found.0),
        ["-e" | "-r" | "-w" | "-x", name] => found(name).is_some(),
        ["-s", name] => found(name).is_some_and(|found| found.1 > 0),
        [left, "=" | "==", right] => left == right,
        [left, "!=", right] => left != right,
        [left, operator, right] => match (left.trim().parse::<i64>(), right.trim().parse::<i64>()) {
            (Ok(left), Ok(right)) => match *operator {
                "-eq" => left == right,
                "-ne" => left != right,
                "-lt" => left < right,
                "-le" => left <= right,
                "-gt" => left > right,
                "-ge" => left >= right,
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str, stdin: &str) -> String {
        let words: Vec<String> = line.split('~').map(str::to_string).collect();
        let read = |_: &str| Err(FileError::NotFound);
        let (out, err) = (String::new(), String::new());
        let mut filter = Filter {
            words: &words,
            stdin: stdin.into(),
            read: &read,
            out,
            err,
            written: Vec::new(),
            kind: ShellKind::Bash,
            environment: Vec::new(),
            has_mawk: false,
            is_unknown: false,
        };
        filter.run().unwrap();
        filter.out + &filter.err
    }

    const PODS: &str =
        "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   0/1     Pending\nweb-10  1/1     Running\n";

    #[test]
    fn lines_go_through_filters() {
        let cases = [
            ("awk~{print $1}", "NAME\nweb-0\nweb-1\nweb-10\n"),
            ("awk~NR>1 {print $1, $3}", "web-0 Running\nweb-1 Pending\nweb-10 Running\n"),
            ("awk~$3==\"Running\"{print $1 \":\" $2}", "web-0:1/1\nweb-10:1/1\n"),
            ("awk~/Pending/", "web-1   0/1     Pending\n"),
            ("awk~NR==2 || $1 == \"web-1\" {print $NF}", "Running\nPending\n"),
            ("awk~-F~/~{print $1}", "NAME    READY   STATUS\nweb-0   1\nweb-1   0\nweb-10  1\n"),
            ("grep~-v~NAME", "web-0   1/1     Running\nweb-1   0/1     Pending\nweb-10  1/1     Running\n"),
            ("grep~-c~web-1", "2\n"),
            ("grep~-o~-E~web-[0-9]+", "web-0\nweb-1\nweb-10\n"),
            ("grep~-A1~-n~web-1 ", "3:web-1   0/1     Pending\n4:web-10  1/1     Running\n"),
            ("head~-n~1", "NAME    READY   STATUS\n"),
            ("head~-2", "NAME    READY   STATUS\nweb-0   1/1     Running\n"),
            ("tail~-n~+4", "web-10  1/1     Running\n"),
            (
                "sort~-k3~-r",
                "NAME    READY   STATUS\nweb-10  1/1     Running\nweb-0   1/1     Running\nweb-1   0/1     Pending\n",
            ),
            ("sed~-n~2p", "web-0   1/1     Running\n"),
            ("sed~1d;/Pend/d;s/ .*//", "web-0\nweb-10\n"),
            ("sed~-e~s/NAME/N/~-e~$d", "N    READY   STATUS\nweb-0   1/1     Running\nweb-1   0/1     Pending\n"),
            ("sed~-n~$p", "web-10  1/1     Running\n"),
            ("sed~-n~/Pending/s,[0-9]/1,-,p", "web-1   -     Pending\n"),
            ("sed~1d;k", "sed: -e expression #1, char 4: unknown command: `k'\n"),
            ("sed~s/a/b", "sed: -e expression #1, char 5: unterminated `s' command\n"),
            ("cut~-c1-4", "NAME\nweb-\nweb-\nweb-\n"),
            ("wc~-l", "4\n"),
        ];
        for (line, expected) in cases {
            assert_eq!(run(line, PODS), expected, "{line}");
        }
        assert_eq!(run("sed~s/[0-9]\\+/<&>/g", "a1b22\n"), "a<1>b<22>\n");
        assert_eq!(run("cut~-d~:~-f2-", "a:b:c\nx\n"), "b:c\nx\n");
        assert_eq!(run("base64~-d", "aGFsbG8="), "hallo");
        assert_eq!(run("base64", "hallo"), "aGFsbG8=\n");
        assert_eq!(run("sort~-n", "10\n9\n"), "9\n10\n");
    }
}
