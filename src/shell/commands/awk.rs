//! `awk`, as far as it picks fields and lines; it reads what its filter reads.

use super::Arguments;
use super::text::Filter;
use crate::regex::Pattern;

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
        filter.is_unknown = true;
        return filter.fail("only {print $1, $2} with a condition before it is in this lab");
    };
    let wanted: Vec<&str> = printed.split(',').map(str::trim).collect();
    let (text, code) = filter.input(&operands);
    let mut lines = Vec::new();
    let range = range_of(condition);
    let mut is_inside = false;
    for (at, line) in text.lines().enumerate() {
        let fields: Vec<&str> = match separator.as_deref() {
            None | Some("" | " ") => line.split_whitespace().collect(),
            Some(separator) => line.split(separator).collect(),
        };
        let row = Row { line, fields, number: at + 1 };
        let is_taken = match range {
            Some((from, to)) => {
                let is_taken = is_inside || row.fits(from);
                is_inside = is_taken && !row.fits(to);
                is_taken
            }
            None => row.fits(condition),
        };
        if is_taken {
            lines.push(wanted.iter().map(|word| row.text(word)).collect::<Vec<_>>().join(" "));
        }
    }
    filter.lines(&lines);
    code
}

/// The two ends of a range of lines (`/a/,/b/`). `None` if the condition is one.
fn range_of(condition: &str) -> Option<(&str, &str)> {
    let (mut is_pattern, mut is_quoted, mut is_escaped) = (false, false, false);
    for (at, letter) in condition.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '/' if !is_quoted => is_pattern = !is_pattern,
            '"' if !is_pattern => is_quoted = !is_quoted,
            ',' if !is_pattern && !is_quoted => return Some((&condition[..at], &condition[at + 1..])),
            _ => {}
        }
    }
    None
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
