//! Why Go's `regexp` package refuses a pattern, in its words; finds nothing in texts.
//!
//! Follows `regexp/syntax/parse.go`.

/// The most that a count of repetitions may be.
const REPEAT_MAX: usize = 1000;

/// Why a pattern does not compile: `missing closing ]: ` and the part of the pattern that is wrong. `None` if it does.
pub(super) fn fault(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    Reader { chars: &chars, at: 0, depth: 0, repeated: None, has_part: false }.read().err()
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    /// How many groups are open.
    depth: usize,
    /// Where the repetition begins that stands just before.
    repeated: Option<usize>,
    /// Whether there is something before that could be repeated.
    has_part: bool,
}

impl Reader<'_> {
    fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to.min(self.chars.len())).unwrap_or_default().iter().collect()
    }

    fn wrong<T>(&self, why: &str, from: usize, to: usize) -> Result<T, String> {
        Err(format!("{why}: `{}`", self.text(from, to)))
    }

    fn read(mut self) -> Result<(), String> {
        while let Some(c) = self.chars.get(self.at).copied() {
            let repeated = self.repeated.take();
            match c {
                '(' => self.open()?,
                ')' if self.depth == 0 => return self.wrong("unexpected )", 0, usize::MAX),
                ')' => {
                    self.depth -= 1;
                    self.part(1);
                }
                '|' => (self.at, self.has_part) = (self.at + 1, false),
                '[' => self.class()?,
                '*' | '+' | '?' => self.repeat(1, repeated)?,
                '{' => match self.count()? {
                    Some(length) => self.repeat(length, repeated)?,
                    None => self.part(1),
                },
                '\\' => self.escape()?,
                _ => self.part(1),
            }
        }
        if self.depth > 0 { self.wrong("missing closing )", 0, usize::MAX) } else { Ok(()) }
    }

    /// Steps over something that can be repeated.
    fn part(&mut self, length: usize) {
        (self.at, self.has_part) = (self.at + length, true);
    }

    fn open(&mut self) -> Result<(), String> {
        let start = self.at;
        self.at += 1;
        if self.chars.get(self.at) == Some(&'?') {
            let is_named = matches!(self.chars.get(self.at + 1..), Some(['<', ..] | ['P', '<', ..]));
            let end = self.chars.iter().skip(start).position(|c| *c == '>').map(|length| start + length);
            match (is_named, end) {
                (true, None) => return self.wrong("invalid named capture", start, usize::MAX),
                (true, Some(end)) => {
                    let from = start + if self.chars.get(start + 2) == Some(&'P') { 4 } else { 3 };
                    let name = self.text(from, end);
                    if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                        return self.wrong("invalid named capture", start, end + 1);
                    }
                    self.at = end + 1;
                }
                (false, _) => return self.flags(start),
            }
        }
        (self.depth, self.has_part) = (self.depth + 1, false);
        Ok(())
    }

    /// `(?i)`, `(?i:…)`, `(?:…)`.
    fn flags(&mut self, start: usize) -> Result<(), String> {
        self.at += 1;
        let (mut has_sign, mut has_flag) = (false, false);
        loop {
            let c = self.chars.get(self.at).copied();
            self.at += 1;
            match c {
                Some('i' | 'm' | 's' | 'U') => has_flag = true,
                Some('-') if !has_sign => (has_sign, has_flag) = (true, false),
                Some(end @ (':' | ')')) if !has_sign || has_flag => {
                    if end == ':' {
                        (self.depth, self.has_part) = (self.depth + 1, false);
                    }
                    return Ok(());
                }
                None => return self.wrong("missing closing )", start, usize::MAX),
                Some(_) => return self.wrong("invalid or unsupported Perl syntax", start, self.at),
            }
        }
    }

    fn repeat(&mut self, length: usize, repeated: Option<usize>) -> Result<(), String> {
        let start = self.at;
        if !self.has_part {
            return self.wrong("missing argument to repetition operator", start, start + length);
        }
        if let Some(first) = repeated {
            return self.wrong("invalid nested repetition operator", first, start + length);
        }
        self.at += length;
        // As little as possible.
        self.at += usize::from(self.chars.get(self.at) == Some(&'?'));
        self.repeated = Some(start);
        Ok(())
    }

    /// How long `{2}`, `{2,}` or `{2,3}` is; `None` for a brace that is only one.
    fn count(&self) -> Result<Option<usize>, String> {
        let rest = self.chars.get(self.at + 1..).unwrap_or_default();
        let Some(end) = rest.iter().position(|c| *c == '}') else { return Ok(None) };
        let inside: String = rest.get(..end).unwrap_or_default().iter().collect();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        if !is_number(least) || !(most.is_empty() || is_number(most)) {
            return Ok(None);
        }
        let number = |text: &str| text.parse::<usize>().unwrap_or(usize::MAX);
        let (least, most) = (number(least), if most.is_empty() { None } else { Some(number(most)) });
        let is_wrong = least > REPEAT_MAX || most.is_some_and(|most| most > REPEAT_MAX || most < least);
        match is_wrong {
            true => self.wrong("invalid repeat count", self.at, self.at + end + 2),
            false => Ok(Some(end + 2)),
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let start = self.at;
        let Some(c) = self.chars.get(start + 1).copied() else {
            return self.wrong("trailing backslash at end of expression", usize::MAX, usize::MAX);
        };
        let length = match c {
            'Q' => {
                let rest = self.text(start + 2, usize::MAX);
                let inside = rest.split("\\E").next().unwrap_or_default().chars().count();
                2 + inside + if rest.contains("\\E") { 2 } else { 0 }
            }
            'p' | 'P' if self.chars.get(start + 2) == Some(&'{') => {
                let end = self.chars.iter().skip(start).position(|c| *c == '}');
                let Some(end) = end else { return self.wrong("invalid character class range", start, usize::MAX) };
                end + 1
            }
            'p' | 'P' => 3,
            'x' if self.chars.get(start + 2) == Some(&'{') => {
                self.chars.iter().skip(start).position(|c| *c == '}').map_or(2, |end| end + 1)
            }
            'x' => 4,
            'A' | 'b' | 'B' | 'C' | 'D' | 'E' | 'S' | 'W' | 'a' | 'd' | 'f' | 'n' | 'r' | 's' | 't' | 'v' | 'w'
            | 'z' | '0' => 2,
            c if c.is_ascii_alphanumeric() => return self.wrong("invalid escape sequence", start, start + 2),
            _ => 2,
        };
        self.part(length);
        Ok(())
    }

    /// `[a-z]`, `[^[:alpha:]_]`.
    fn class(&mut self) -> Result<(), String> {
        let start = self.at;
        let mut at = start + 1;
        at += usize::from(self.chars.get(at) == Some(&'^'));
        let mut is_first = true;
        let missing = || self.wrong("missing closing ]", start, usize::MAX);
        loop {
            match self.chars.get(at) {
                None => return missing(),
                Some(']') if !is_first => break,
                _ => {}
            }
            is_first = false;
            if matches!(self.chars.get(at..), Some(['[', ':', ..]))
                && let Some(length) = self.text(at, usize::MAX).find(":]")
            {
                at += self.text(at, usize::MAX).get(..length).map_or(0, |text| text.chars().count()) + 2;
                continue;
            }
            let Some((low, next)) = self.member(at) else { return missing() };
            let is_range = matches!(self.chars.get(next..), Some(['-', c, ..]) if *c != ']');
            if !is_range {
                at = next;
                continue;
            }
            let Some((high, end)) = self.member(next + 1) else { return missing() };
            if low.zip(high).is_some_and(|(low, high)| high < low) {
                return self.wrong("invalid character class range", at, end);
            }
            at = end;
        }
        self.part(at + 1 - start);
        Ok(())
    }

    /// A character of a class, unless it stands for several, and the place behind it.
    fn member(&self, at: usize) -> Option<(Option<char>, usize)> {
        match (*self.chars.get(at)?, self.chars.get(at + 1)) {
            ('\\', None) => None,
            ('\\', Some(c)) if c.is_ascii_alphanumeric() => Some((None, at + 2)),
            ('\\', Some(c)) => Some((Some(*c), at + 2)),
            (c, _) => Some((Some(c), at + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn patterns_are_refused_in_the_words_of_go() {
        for (pattern, why) in [
            ("[", "missing closing ]: `[`"),
            ("a[b-", "missing closing ]: `[b-`"),
            ("(", "missing closing ): `(`"),
            ("(a|b", "missing closing ): `(a|b`"),
            ("a)b", "unexpected ): `a)b`"),
            ("+", "missing argument to repetition operator: `+`"),
            ("a|*b", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a+{2}", "invalid nested repetition operator: `+{2}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a\\", "trailing backslash at end of expression: ``"),
            ("(a)\\1", "invalid escape sequence: `\\1`"),
            ("\\y", "invalid escape sequence: `\\y`"),
            ("^(?!kube)", "invalid or unsupported Perl syntax: `(?!`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
            ("[z-a]", "invalid character class range: `z-a`"),
        ] {
            assert_eq!(fault(pattern).as_deref(), Some(why), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_compile_are_left_alone() {
        for pattern in [
            "",
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
            "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$",
            "a{2,3}?b+?c*?d??",
            "a{,2}|b{x}|}",
            "[]a]|[^]a]|[a-]|[-a]|[\\]\\\\]|[[:alpha:]_-]",
            "(?i)a(?:b)(?P<c>d)(?<e>f)(?i-s:g)",
            "\\p{Greek}\\pL\\x41\\x{41}\\Qa*+\\E*",
            "(|a)*",
            "^$",
            "\\d{1,3}(\\.\\d{1,3}){3}",
        ] {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }
}
