//! Commands that read lines and write lines; they touch nothing else.

use super::{Call, Outcome};
use crate::ordering::Order;

/// `head` and `tail`.
pub fn head_or_tail(call: &mut Call<'_>) -> Outcome {
    let is_head = call.name() == "head";
    let count_option = call.option("-n").or_else(|| {
        let flag = call.arguments().iter().find_map(|word| word.strip_prefix('-'))?;
        flag.parse::<usize>().ok().map(|count| count.to_string())
    });
    let operands: Vec<String> =
        call.operands().into_iter().filter(|word| Some(word) != count_option.as_ref()).collect();
    let count = count_option.map_or(Ok(10), |text| text.trim_start_matches('+').parse::<usize>());
    let Ok(count) = count else { return call.fail("invalid number of lines") };
    let (text, code) = call.input(&operands);
    let lines: Vec<&str> = text.lines().collect();
    let kept =
        if is_head { lines.get(..count.min(lines.len())) } else { lines.get(lines.len().saturating_sub(count)..) };
    push_lines(call, kept.unwrap_or(&[]));
    Outcome::Exit(code)
}

fn push_lines<T: AsRef<str>>(call: &mut Call<'_>, lines: &[T]) {
    for line in lines {
        call.out.push_str(line.as_ref());
        call.out.push('\n');
    }
}

/// `grep [-i] [-v] [-c] [-q] [-n] PATTERN [FILE…]`, with `^`, `$` and `.*` in the pattern.
pub fn grep(call: &mut Call<'_>) -> Outcome {
    let mut operands = call.operands();
    if operands.is_empty() {
        return call.fail("usage: grep [OPTION]... PATTERNS [FILE]...");
    }
    let pattern = operands.remove(0);
    let (text, code) = call.input(&operands);
    if code != 0 {
        return Outcome::Exit(2);
    }
    let fold = |text: &str| if call.has_flag('i') { text.to_lowercase() } else { text.to_string() };
    let pattern = fold(&pattern);
    let is_inverted = call.has_flag('v');
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| pattern.split("\\|").any(|pattern| line_matches(pattern, &fold(line))) != is_inverted)
        .map(|(at, line)| if call.has_flag('n') { format!("{}:{line}", at + 1) } else { line.to_string() })
        .collect();
    if call.has_flag('c') {
        call.out.push_str(&format!("{}\n", lines.len()));
    } else if !call.has_flag('q') {
        push_lines(call, &lines);
    }
    Outcome::Exit(i64::from(lines.is_empty()))
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let (pattern, is_start) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
    let (pattern, is_end) = pattern.strip_suffix('$').map_or((pattern, false), |rest| (rest, true));
    let parts: Vec<&str> = pattern.split(".*").collect();
    let mut rest = line;
    for (at, part) in parts.iter().enumerate() {
        let part = part.replace('\\', "");
        let found = if at == 0 && is_start { rest.starts_with(&part).then_some(0) } else { rest.find(&part) };
        let Some(place) = found else { return false };
        if at + 1 == parts.len() && is_end {
            return rest.ends_with(&part);
        }
        rest = rest.get(place + part.len()..).unwrap_or("");
    }
    true
}

/// `wc`.
pub fn wc(call: &mut Call<'_>) -> Outcome {
    let operands = call.operands();
    let (text, code) = call.input(&operands);
    let lines = text.matches('\n').count();
    let (words, bytes) = (text.split_whitespace().count(), text.len());
    let name = operands.first().map(|name| format!(" {name}")).unwrap_or_default();
    let counts: Vec<String> = [('l', lines), ('w', words), ('c', bytes)]
        .into_iter()
        .filter(|(flag, _)| call.has_flag(*flag))
        .map(|(_, count)| count.to_string())
        .collect();
    let counts = if counts.is_empty() { format!("{lines:>7} {words:>7} {bytes:>7}") } else { counts.join(" ") };
    call.out.push_str(&format!("{counts}{name}\n"));
    Outcome::Exit(code)
}

/// `sort`.
pub fn sort(call: &mut Call<'_>) -> Outcome {
    let operands = call.operands();
    let (text, code) = call.input(&operands);
    let mut lines: Vec<&str> = text.lines().collect();
    if call.has_flag('n') {
        lines
            .order_by_key(|line| line.split_whitespace().next().and_then(|word| word.parse::<i64>().ok()).unwrap_or(0));
    } else {
        lines.order();
    }
    if call.has_flag('u') {
        lines.dedup();
    }
    if call.has_flag('r') {
        lines.reverse();
    }
    push_lines(call, &lines);
    Outcome::Exit(code)
}

/// `uniq`.
pub fn uniq(call: &mut Call<'_>) -> Outcome {
    let operands = call.operands();
    let (text, code) = call.input(&operands);
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    let shows_count = call.has_flag('c');
    let lines: Vec<String> = groups
        .into_iter()
        .map(|(count, line)| if shows_count { format!("{count:>7} {line}") } else { line.to_string() })
        .collect();
    push_lines(call, &lines);
    Outcome::Exit(code)
}

/// `cut -d D -f N`.
pub fn cut(call: &mut Call<'_>) -> Outcome {
    let delimiter = call.option("-d").unwrap_or_else(|| "\t".to_string());
    let Some(fields) = call.option("-f") else {
        return call.fail("you must specify a list of bytes, characters, or fields");
    };
    let wanted: Vec<usize> = fields.split(',').filter_map(|field| field.parse().ok()).collect();
    let operands: Vec<String> =
        call.operands().into_iter().filter(|word| *word != delimiter && *word != fields).collect();
    let (text, code) = call.input(&operands);
    let mut lines = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = if delimiter.is_empty() { vec![line] } else { line.split(delimiter.as_str()).collect() };
        let kept: Vec<&str> = wanted.iter().filter_map(|at| parts.get(at.checked_sub(1)?).copied()).collect();
        lines.push(kept.join(&delimiter));
    }
    push_lines(call, &lines);
    Outcome::Exit(code)
}

/// `tr SET1 SET2` and `tr -d SET`.
pub fn tr(call: &mut Call<'_>) -> Outcome {
    let sets: Vec<Vec<char>> = call.operands().iter().map(|set| characters(set)).collect();
    let text = call.stdin.clone().unwrap_or_default();
    let Some(from) = sets.first() else { return call.fail("missing operand") };
    let result: String = if call.has_flag('d') {
        text.chars().filter(|c| !from.contains(c)).collect()
    } else {
        let Some(to) = sets.get(1).filter(|set| !set.is_empty()) else { return call.fail("missing operand") };
        let map = |c: char| match from.iter().position(|own| *own == c) {
            Some(at) => to.get(at).or(to.last()).copied().unwrap_or(c),
            None => c,
        };
        text.chars().map(map).collect()
    };
    call.out.push_str(&result);
    Outcome::Exit(0)
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

/// `sed 's/a/b/'`, with `g`, for plain text.
pub fn sed(call: &mut Call<'_>) -> Outcome {
    let mut operands = call.operands();
    if operands.is_empty() {
        return call.fail("usage: sed [OPTION]... {script} [input-file]...");
    }
    let script = operands.remove(0);
    let (text, code) = call.input(&operands);
    let mut marks = script.chars();
    let mark = match (marks.next(), marks.next()) {
        (Some('s'), Some(mark)) => mark,
        _ => {
            return call
                .fail(&format!("-e expression #1: only s/old/new/ works in this simulated container: `{script}'"));
        }
    };
    let parts: Vec<&str> = script.split(mark).collect();
    let [_, from, to, flags] = parts.as_slice() else {
        return call.fail(&format!("-e expression #1, char {}: unterminated `s' command", script.chars().count()));
    };
    let replace = |line: &str| match (from.is_empty(), flags.contains('g')) {
        (true, _) => line.to_string(),
        (false, true) => line.replace(from, to),
        (false, false) => line.replacen(from, to, 1),
    };
    let lines: Vec<String> = text.lines().map(replace).collect();
    push_lines(call, &lines);
    Outcome::Exit(code)
}

/// `awk '{print $N, $M}'`.
pub fn awk(call: &mut Call<'_>) -> Outcome {
    let separator = call.option("-F");
    let mut operands: Vec<String> =
        call.operands().into_iter().filter(|word| Some(word) != separator.as_ref()).collect();
    if operands.is_empty() {
        return call.fail("usage: awk [-F fs] 'prog' [file ...]");
    }
    let program = operands.remove(0);
    let inner = program.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map(str::trim);
    let Some(fields) = inner.and_then(|inner| inner.strip_prefix("print")) else {
        return call.fail("only {print $1, $2} works in this simulated container");
    };
    let wanted: Vec<String> = fields.split(',').map(|field| field.trim().to_string()).collect();
    let (text, code) = call.input(&operands);
    let mut lines = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = match separator.as_deref() {
            None | Some("" | " ") => line.split_whitespace().collect(),
            Some(separator) => line.split(separator).collect(),
        };
        let value = |field: &String| match field.strip_prefix('$') {
            Some("0") => line.to_string(),
            Some("NF") => parts.last().map(|part| (*part).to_string()).unwrap_or_default(),
            Some(number) => {
                let part = number.parse::<usize>().ok().and_then(|at| parts.get(at.checked_sub(1)?));
                part.map(|part| (*part).to_string()).unwrap_or_default()
            }
            None if field.is_empty() => line.to_string(),
            None => field.trim_matches('"').to_string(),
        };
        lines.push(wanted.iter().map(value).collect::<Vec<_>>().join(" "));
    }
    push_lines(call, &lines);
    Outcome::Exit(code)
}

/// `tee [-a] FILE…`.
pub fn tee(call: &mut Call<'_>) -> Outcome {
    let text = call.stdin.clone().unwrap_or_default();
    let mut code = 0;
    for name in call.operands() {
        let path = call.shell.path(&name);
        if let Err(error) = call.container.write(call.cluster, &path, &text, call.has_flag('a')) {
            call.fail(&format!("{name}: {error}"));
            code = 1;
        }
    }
    call.out.push_str(&text);
    Outcome::Exit(code)
}

/// `seq [FIRST [STEP]] LAST`.
pub fn seq(call: &mut Call<'_>) -> Outcome {
    let numbers: Option<Vec<i64>> = call.arguments().iter().map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) => (*first, *step, *last),
        _ => return call.fail("missing operand"),
    };
    if step == 0 {
        return call.fail("invalid Zero increment value: '0'");
    }
    let mut at = first;
    for _ in 0..10_000 {
        if (step > 0 && at > last) || (step < 0 && at < last) {
            break;
        }
        call.out.push_str(&format!("{at}\n"));
        at = at.saturating_add(step);
    }
    Outcome::Exit(0)
}

/// `basename` and `dirname`.
pub fn path_part(call: &mut Call<'_>) -> Outcome {
    let operands = call.operands();
    let Some(path) = operands.first() else { return call.fail("missing operand") };
    let trimmed = path.trim_end_matches('/');
    let part = match (call.name(), trimmed.rsplit_once('/')) {
        ("basename", Some((_, last))) => last.to_string(),
        ("basename", None) => trimmed.to_string(),
        (_, Some(("", _))) => "/".to_string(),
        (_, Some((directory, _))) => directory.to_string(),
        (_, None) => ".".to_string(),
    };
    let part =
        operands.get(1).and_then(|suffix| part.strip_suffix(suffix.as_str())).map(str::to_string).unwrap_or(part);
    call.out.push_str(&format!("{part}\n"));
    Outcome::Exit(0)
}
