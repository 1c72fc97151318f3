//! `expr`: sums, comparisons and patterns in words.

use super::Arguments;
use super::filter::Filter;
use crate::regex::Pattern;

/// `expr`: sums, comparisons, `text : pattern`, `length`, `substr`, `index`, `match`.
pub fn expr(filter: &mut Filter<'_>) -> i64 {
    let words: Vec<&str> = filter.words.arguments().iter().map(String::as_str).collect();
    let mut reader = Reader { words: &words, at: 0 };
    match reader.either(0).and_then(|value| if reader.at == words.len() { Ok(value) } else { Err(()) }) {
        Ok(value) => {
            let code = i64::from(matches!(value.trim_start_matches('-').trim_start_matches('0'), ""));
            filter.out.push_str(&format!("{value}\n"));
            code
        }
        Err(()) => {
            filter.fail(if words.is_empty() { "missing operand" } else { "syntax error" });
            2
        }
    }
}

struct Reader<'w> {
    words: &'w [&'w str],
    at: usize,
}

/// The operators between two values, by how weakly they bind.
const LEVELS: &[&[&str]] =
    &[&["|"], &["&"], &["<", "<=", "=", "==", "!=", ">=", ">"], &["+", "-"], &["*", "/", "%"], &[":"]];

impl Reader<'_> {
    fn next(&mut self) -> Result<&str, ()> {
        self.at += 1;
        self.words.get(self.at - 1).copied().ok_or(())
    }

    fn either(&mut self, level: usize) -> Result<String, ()> {
        let Some(operators) = LEVELS.get(level) else { return self.one() };
        let mut left = self.either(level + 1)?;
        while let Some(operator) = self.words.get(self.at).filter(|word| operators.contains(word)) {
            self.at += 1;
            let right = self.either(level + 1)?;
            left = combined(&left, operator, &right)?;
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<String, ()> {
        let word = self.next()?.to_string();
        let is_last = self.at >= self.words.len();
        Ok(match word.as_str() {
            "(" => {
                let value = self.either(0)?;
                if self.next()? != ")" {
                    return Err(());
                }
                value
            }
            "length" if !is_last => self.one()?.chars().count().to_string(),
            "substr" if !is_last => {
                let (text, from, count) = (self.one()?, self.one()?, self.one()?);
                let number = |text: &str| text.parse::<usize>().map_err(|_| ());
                text.chars().skip(number(&from)?.saturating_sub(1)).take(number(&count)?).collect()
            }
            "index" if !is_last => {
                let (text, wanted) = (self.one()?, self.one()?);
                text.chars().position(|c| wanted.contains(c)).map_or(0, |at| at + 1).to_string()
            }
            "match" if !is_last => {
                let (text, pattern) = (self.one()?, self.one()?);
                combined(&text, ":", &pattern)?
            }
            _ => word,
        })
    }
}

fn combined(left: &str, operator: &str, right: &str) -> Result<String, ()> {
    let number = |text: &str| text.parse::<i64>().map_err(|_| ());
    let is_true = |text: &str| !matches!(text, "" | "0");
    let truth = |holds: bool| i64::from(holds).to_string();
    Ok(match operator {
        "|" => if is_true(left) {
            left
        } else if is_true(right) {
            right
        } else {
            "0"
        }
        .to_string(),
        "&" => if is_true(left) && is_true(right) { left } else { "0" }.to_string(),
        ":" => {
            let pattern = Pattern::new(&format!("^{}", right.trim_start_matches('^')), false, false);
            let chars: Vec<char> = left.chars().collect();
            let has_group = right.contains("\\(");
            match pattern.find_groups(&chars, 0) {
                Some(found) if has_group => {
                    let (from, to) = found.get(1).copied().flatten().unwrap_or((0, 0));
                    chars.get(from..to).unwrap_or(&[]).iter().collect()
                }
                Some(found) => found.first().copied().flatten().map_or(0, |(_, to)| to).to_string(),
                None if has_group => String::new(),
                None => "0".to_string(),
            }
        }
        "+" => number(left)?.wrapping_add(number(right)?).to_string(),
        "-" => number(left)?.wrapping_sub(number(right)?).to_string(),
        "*" => number(left)?.wrapping_mul(number(right)?).to_string(),
        "/" => number(left)?.checked_div(number(right)?).ok_or(())?.to_string(),
        "%" => number(left)?.checked_rem(number(right)?).ok_or(())?.to_string(),
        operator => {
            let order = match (number(left), number(right)) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.cmp(right),
            };
            truth(match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                ">=" => order.is_ge(),
                "!=" => order.is_ne(),
                _ => order.is_eq(),
            })
        }
    })
}
