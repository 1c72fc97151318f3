//! `test`, `[` and `[[`: questions about texts, numbers and files.

use super::expand::{Expanded, Expander, Halt, pattern_of};
use super::glob::matches_as;
use super::state::{Shell, ShellKind};
use super::syntax::Condition;
use super::variables::Array;
use super::world::World;
use crate::regex::Pattern;

/// The answer, or what is wrong with the question.
pub type Answer = Result<bool, String>;

impl Expander<'_> {
    /// Whether the condition of `[[ … ]]` holds; `shown` gets each part that is asked as `set -x` shows it, behind the
    /// sign that stands before it.
    pub fn test(&mut self, condition: &Condition, sign: &str, shown: &mut Option<Vec<String>>) -> Expanded<Answer> {
        let mut show = |text: String| {
            if let Some(shown) = shown {
                shown.push(format!("{sign}{text}"));
            }
        };
        Ok(match condition {
            Condition::Not(inner) => self.test(inner, "! ", shown)?.map(|holds| !holds),
            Condition::And(left, right) => match self.test(left, "", shown)? {
                Ok(true) => self.test(right, "", shown)?,
                other => other,
            },
            Condition::Or(left, right) => match self.test(left, "", shown)? {
                Ok(false) => self.test(right, "", shown)?,
                other => other,
            },
            Condition::Word(word) => {
                let text = self.text(word)?;
                show(format!("-n {}", shown_word(&text)));
                Ok(!text.is_empty())
            }
            Condition::Unary(operator, word) => {
                let text = self.text(word)?;
                show(format!("{operator} {}", shown_word(&text)));
                Ok(unary(self.shell, self.world, operator, &text).unwrap_or(false))
            }
            Condition::Binary(left, operator, right) => {
                let left = self.text(left)?;
                match operator.as_str() {
                    "=" | "==" | "!=" => {
                        let parts = self.pattern_parts(right)?;
                        show(format!("{} {operator} {}", shown_word(&left), shown_word(&shown_pattern(&parts))));
                        Ok(self.fits(&pattern_of(&parts), &left) == (operator != "!="))
                    }
                    "=~" => {
                        let regex = self.regex(right)?;
                        show(format!("{} =~ {}", shown_word(&left), shown_word(&regex)));
                        self.fits_regex(&left, &regex)
                    }
                    operator => {
                        let right = self.text(right)?;
                        show(format!("{} {operator} {}", shown_word(&left), shown_word(&right)));
                        match operator {
                            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
                                let sums = self.sum(&left).and_then(|left| Ok((left, self.sum(&right)?)));
                                match sums {
                                    Ok((left, right)) => Ok(compare(operator, left, right)),
                                    // What is no number is only false.
                                    Err(Halt::Fail(message)) if self.shell.kind == ShellKind::Bash => {
                                        Err(format!("[[: {message}"))
                                    }
                                    Err(halt) => return Err(halt),
                                }
                            }
                            operator => binary(self.shell, self.world, &left, operator, &right)
                                .unwrap_or_else(|| Err("conditional binary operator expected".into())),
                        }
                    }
                }
            }
        })
    }

    /// Whether a text fits a pattern of files, as `nocasematch` says.
    pub(super) fn fits(&self, pattern: &str, text: &str) -> bool {
        let style = self.shell.kind.pattern_style();
        match self.shell.options.nocasematch {
            true => matches_as(style, &pattern.to_lowercase(), &text.to_lowercase()),
            false => matches_as(style, pattern, text),
        }
    }

    fn fits_regex(&mut self, text: &str, regex: &str) -> Answer {
        let pattern = Pattern::read(regex, true, self.shell.options.nocasematch)?;
        let chars: Vec<char> = text.chars().collect();
        let found = pattern.find_groups(&chars, 0);
        let groups = found.iter().flatten().enumerate().filter_map(|(at, place)| {
            let text: String = match place {
                Some((from, to)) => chars.get(*from..*to)?.iter().collect(),
                None => String::new(),
            };
            Some((i64::try_from(at).ok()?, text))
        });
        let groups = groups.collect();
        _ = self.shell.variables.set_array("BASH_REMATCH", Array::List(groups));
        Ok(found.is_some())
    }
}

/// A word of a condition as `set -x` shows it.
fn shown_word(text: &str) -> &str {
    if text.is_empty() { "''" } else { text }
}

/// A pattern as `set -x` shows it: behind a backslash nothing has a meaning.
fn shown_pattern(parts: &[(String, bool)]) -> String {
    let escaped = |text: &str| text.chars().flat_map(|c| ['\\', c]).collect::<String>();
    parts.iter().map(|(text, is_quoted)| if *is_quoted { escaped(text) } else { text.clone() }).collect()
}

/// What `test` and `[` come to, called with these words.
///
/// # Errors
/// What is wrong with the question, behind the command's name.
pub fn answer(shell: &Shell, world: &dyn World, words: &[String]) -> Answer {
    let (name, mut inner) = words.split_first().map_or(("test", words), |(name, rest)| (name.as_str(), rest));
    let name = name.rsplit('/').next().unwrap_or(name);
    if name == "[" {
        match inner.split_last() {
            Some((last, before)) if last == "]" => inner = before,
            _ => {
                return Err(match shell.kind {
                    ShellKind::Bash => "[: missing `]'".to_string(),
                    ShellKind::Dash => "[: missing ]".to_string(),
                    ShellKind::Ash => "missing ]".to_string(),
                });
            }
        }
    }
    // BusyBox does not say which of the two it is.
    test(shell, world, inner).map_err(|message| match shell.kind {
        ShellKind::Ash => message,
        _ => format!("{name}: {message}"),
    })
}

/// `test` and `[`, without the closing bracket.
fn test(shell: &Shell, world: &dyn World, words: &[String]) -> Answer {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut reader = Reader { shell, world, words: &words, at: 0 };
    match words.as_slice() {
        [] => Ok(false),
        [word] => Ok(!word.is_empty()),
        ["!", word] => Ok(word.is_empty()),
        ["(", word, ")"] => Ok(!word.is_empty()),
        [left, operator, right] if binary(shell, world, left, operator, right).is_some() => {
            binary(shell, world, left, operator, right).unwrap_or(Ok(false))
        }
        _ => {
            let holds = reader.or()?;
            match words.get(reader.at) {
                None => Ok(holds),
                Some(_) if shell.kind == ShellKind::Dash => {
                    let last = reader.at.checked_sub(1).and_then(|at| words.get(at)).copied().unwrap_or("");
                    Err(format!("{last}: unexpected operator"))
                }
                Some(word) if shell.kind == ShellKind::Ash => Err(format!("{word}: unknown operand")),
                Some(word) if words.len() == 3 => {
                    Err(format!("{}: binary operator expected", words.get(1).unwrap_or(word)))
                }
                Some(_) => Err("too many arguments".to_string()),
            }
        }
    }
}

struct Reader<'a> {
    shell: &'a Shell,
    world: &'a dyn World,
    words: &'a [&'a str],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let is_there = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_there);
        is_there
    }

    fn or(&mut self) -> Answer {
        let mut holds = self.and()?;
        while self.take("-o") {
            let right = self.and()?;
            holds = holds || right;
        }
        Ok(holds)
    }

    fn and(&mut self) -> Answer {
        let mut holds = self.one()?;
        while self.take("-a") {
            let right = self.one()?;
            holds = holds && right;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Answer {
        let rest = self.words.get(self.at..).unwrap_or(&[]);
        if let [left, operator, right, ..] = rest
            && let Some(answer) = binary(self.shell, self.world, left, operator, right)
        {
            self.at += 3;
            return answer;
        }
        match rest {
            ["!", ..] if rest.len() > 1 => {
                self.at += 1;
                self.one().map(|holds| !holds)
            }
            ["(", ..] if rest.len() > 2 => {
                self.at += 1;
                let holds = self.or()?;
                if self.take(")") { Ok(holds) } else { Err("`)' expected".to_string()) }
            }
            [operator, word, ..] if !matches!(*word, "-a" | "-o") || rest.len() == 2 => {
                match unary(self.shell, self.world, operator, word) {
                    Some(holds) => {
                        self.at += 2;
                        Ok(holds)
                    }
                    None if rest.len() == 2 && operator.starts_with('-') => {
                        Err(format!("{operator}: unary operator expected"))
                    }
                    None if rest.len() == 2 && self.shell.kind != ShellKind::Bash => {
                        Err(self.lacks_one(operator, word))
                    }
                    None if rest.len() == 2 => Err(format!("{operator}: unary operator expected")),
                    None => {
                        self.at += 1;
                        Ok(!operator.is_empty())
                    }
                }
            }
            [word, ..] => {
                self.at += 1;
                Ok(!word.is_empty())
            }
            [] => Err("argument expected".to_string()),
        }
    }

    /// What dash and BusyBox say of two words where three were meant.
    fn lacks_one(&self, first: &str, second: &str) -> String {
        match () {
            () if binary(self.shell, self.world, "0", second, "0").is_some() => format!("{second}: argument expected"),
            () if self.shell.kind == ShellKind::Dash => format!("{first}: unexpected operator"),
            () => format!("{second}: unknown operand"),
        }
    }
}

/// What is asked of one word; `None` if there is no such question.
fn unary(shell: &Shell, world: &dyn World, operator: &str, text: &str) -> Option<bool> {
    let stat = || if text.is_empty() { None } else { world.stat(&shell.path(text)) };
    let letter = || if text.is_empty() { None } else { world.letter(&shell.path(text)) };
    Some(match operator {
        "-n" => !text.is_empty(),
        "-z" => text.is_empty(),
        "-e" | "-a" | "-r" | "-w" | "-G" | "-O" => stat().is_some(),
        "-x" => !text.is_empty() && world.may_run(&shell.path(text)),
        "-S" => stat().is_some_and(|stat| stat.is_unknown) || letter() == Some('s'),
        "-f" => {
            stat().is_some_and(|stat| !stat.is_directory || stat.is_unknown)
                && !matches!(letter(), Some('s' | 'b' | 'c'))
        }
        "-d" => stat().is_some_and(|stat| stat.is_directory),
        "-s" => stat().is_some_and(|stat| stat.size > 0),
        "-h" | "-L" => !text.is_empty() && world.is_link(&shell.path(text)),
        "-b" => letter() == Some('b'),
        "-c" => letter() == Some('c') || matches!(text, "/dev/null" | "/dev/zero" | "/dev/tty" | "/dev/urandom"),
        "-g" | "-k" | "-p" | "-u" | "-N" => false,
        "-t" => shell.streams.tty && matches!(text, "0" | "1" | "2"),
        "-v" if shell.kind != ShellKind::Bash => return None,
        "-v" => match text.split_once('[') {
            None => !shell.variables.elements(text).is_empty(),
            Some((name, rest)) => {
                let key = rest.trim_end_matches(']');
                shell.variables.elements(name).iter().any(|element| element.0 == key)
            }
        },
        "-o" => match text {
            "errexit" => shell.options.errexit,
            "nounset" => shell.options.nounset,
            "xtrace" => shell.options.xtrace,
            "pipefail" => shell.options.pipefail,
            _ => false,
        },
        _ => return None,
    })
}

fn compare(operator: &str, left: i64, right: i64) -> bool {
    match operator {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        _ => left >= right,
    }
}

/// What is asked of two words; `None` if there is no such question.
fn binary(shell: &Shell, world: &dyn World, left: &str, operator: &str, right: &str) -> Option<Answer> {
    let modified = |name: &str| world.stat(&shell.path(name)).map(|stat| stat.modified);
    Some(match operator {
        // Dash has one sign for it.
        "==" if shell.kind == ShellKind::Dash => Err(format!("{left}: unexpected operator")),
        "=" | "==" => Ok(left == right),
        "!=" => Ok(left != right),
        "<" => Ok(left < right),
        ">" => Ok(left > right),
        "-nt" | "-ot" => {
            let (new, old) = if operator == "-nt" { (left, right) } else { (right, left) };
            // Bash alone takes a file to be newer than one that is missing.
            Ok(match (modified(new), modified(old)) {
                (Some(new), Some(old)) => new > old,
                (Some(_), None) => shell.kind == ShellKind::Bash,
                (None, _) => false,
            })
        }
        "-ef" => {
            let place = |name: &str| world.real_path(&shell.path(name));
            Ok(place(left) == place(right) && modified(left).is_some())
        }
        "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
            let number = |text: &str| match text.trim().parse::<i64>() {
                Ok(number) => Ok(number),
                Err(_) => Err(shell.kind.not_a_number(text)),
            };
            number(left).and_then(|left| Ok(compare(operator, left, number(right)?)))
        }
        _ => return None,
    })
}
