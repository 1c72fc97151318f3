//! `getopt`: puts a script's arguments in order, so that it can go through them. Follows util-linux' program.

use super::Arguments;
use super::filter::Filter;

/// Whether an option has a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    Needed,
    Possible,
}

/// What the command line asks for, and what it is to look through.
#[derive(Default)]
struct Asked {
    short: Option<String>,
    long: Vec<(String, Value)>,
    name: String,
    is_quiet: bool,
    says_nothing: bool,
    is_unquoted: bool,
    is_test: bool,
    parameters: Vec<String>,
}

/// `getopt OPTIONS PARAMETER…`, `getopt [-quTQ] [-n NAME] [-o OPTIONS] [-l OPTIONS] [--] PARAMETER…`.
pub fn getopt(filter: &mut Filter<'_>) -> i64 {
    let Some(asked) = asked(filter.words.arguments()) else {
        filter.err.push_str("getopt: missing optstring argument\nTry 'getopt --help' for more information.\n");
        return 2;
    };
    if asked.is_test {
        return 4;
    }
    let mut reader = Reader { asked: &asked, options: Vec::new(), rest: Vec::new(), problems: Vec::new() };
    reader.all();
    let Reader { options, rest, problems, .. } = reader;
    let quoted = |word: &String| match asked.is_unquoted {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    let options = options.iter().map(|(word, is_value)| if *is_value { quoted(word) } else { word.clone() });
    let words: Vec<String> = options.chain(["--".to_string()]).chain(rest.iter().map(quoted)).collect();
    if !asked.says_nothing {
        filter.out.push_str(&format!(" {}\n", words.join(" ")));
    }
    if !asked.is_quiet {
        problems.iter().for_each(|problem| filter.err.push_str(&format!("{}: {problem}\n", asked.name)));
    }
    i64::from(!problems.is_empty())
}

/// Reads its own command line; `None` where no options are named.
fn asked(words: &[String]) -> Option<Asked> {
    let mut asked = Asked { name: "getopt".to_string(), ..Asked::default() };
    if let Some((first, rest)) = words.split_first().filter(|(first, _)| !first.starts_with('-')) {
        let rest = if rest.first().is_some_and(|word| word == "--") { rest.get(1..)? } else { rest };
        return Some(Asked { short: Some(first.clone()), is_unquoted: true, parameters: rest.to_vec(), ..asked });
    }
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.strip_prefix("--") {
            Some("") => {
                asked.parameters.extend(rest.by_ref().cloned());
            }
            Some(long) => {
                let (name, own) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                let letter = [
                    ("options", 'o'),
                    ("longoptions", 'l'),
                    ("long", 'l'),
                    ("name", 'n'),
                    ("shell", 's'),
                    ("quiet", 'q'),
                    ("quiet-output", 'Q'),
                    ("unquoted", 'u'),
                    ("test", 'T'),
                    ("alternative", 'a'),
                ];
                let letter = letter.into_iter().find(|known| known.0.starts_with(name))?.1;
                let value = own.map(str::to_string);
                let value = if "olns".contains(letter) { value.or_else(|| rest.next().cloned()) } else { None };
                asked.take(letter, &value.unwrap_or_default());
            }
            None if word.len() > 1 && word.starts_with('-') => {
                let mut letters = word.chars().skip(1);
                while let Some(letter) = letters.next() {
                    let own: String = if "olns".contains(letter) { letters.by_ref().collect() } else { String::new() };
                    let has_next = "olns".contains(letter) && own.is_empty();
                    let value = if has_next { rest.next().cloned().unwrap_or_default() } else { own };
                    asked.take(letter, &value);
                }
            }
            None => {
                asked.parameters.push(word.clone());
                asked.parameters.extend(rest.by_ref().cloned());
            }
        }
    }
    if asked.short.is_none() && !asked.is_test {
        asked.short = Some(if asked.parameters.is_empty() { return None } else { asked.parameters.remove(0) });
    }
    Some(asked)
}

/// An option as it is declared: its name, and the colons behind it.
fn declared(text: &str) -> (String, Value) {
    match (text.strip_suffix("::"), text.strip_suffix(':')) {
        (Some(name), _) => (name.to_string(), Value::Possible),
        (None, Some(name)) => (name.to_string(), Value::Needed),
        (None, None) => (text.to_string(), Value::None),
    }
}

impl Asked {
    fn take(&mut self, letter: char, value: &str) {
        match letter {
            'o' => self.short = Some(value.to_string()),
            'l' => self.long.extend(value.split([',', ' ']).filter(|name| !name.is_empty()).map(declared)),
            'n' => self.name = value.to_string(),
            'q' => self.is_quiet = true,
            'Q' => self.says_nothing = true,
            'u' => self.is_unquoted = true,
            'T' => self.is_test = true,
            _ => {}
        }
    }

    fn letters(&self) -> &str {
        self.short.as_deref().unwrap_or("").trim_start_matches(['+', '-', ':'])
    }

    fn short(&self, letter: char) -> Option<Value> {
        let behind = self.letters().split_once(letter).filter(|_| letter != ':')?.1;
        Some(declared(&behind.chars().take_while(|c| *c == ':').collect::<String>()).1)
    }
}

struct Reader<'a> {
    asked: &'a Asked,
    /// Options and their values; true for a value.
    options: Vec<(String, bool)>,
    rest: Vec<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn all(&mut self) {
        let asked = self.asked;
        let mut words = asked.parameters.iter();
        let stops = asked.short.as_ref().is_some_and(|short| short.starts_with('+'));
        while let Some(word) = words.next() {
            match (word.strip_prefix("--"), word.strip_prefix('-')) {
                (Some(""), _) => self.rest.extend(words.by_ref().cloned()),
                (Some(long), _) => self.long(long, &mut words),
                (None, Some(letters)) if !letters.is_empty() => self.short(letters, &mut words),
                _ => {
                    self.rest.push(word.clone());
                    if stops {
                        self.rest.extend(words.by_ref().cloned());
                    }
                }
            }
        }
    }

    fn long(&mut self, text: &str, words: &mut std::slice::Iter<'_, String>) {
        let (name, own) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.to_string())));
        let exact = self.asked.long.iter().find(|known| known.0 == name);
        let fitting: Vec<&(String, Value)> = self.asked.long.iter().filter(|it| it.0.starts_with(name)).collect();
        let (full, value) = match (exact, fitting.as_slice()) {
            (Some(found), _) => found,
            (None, [found]) => *found,
            (None, []) => return self.problems.push(format!("unrecognized option '--{text}'")),
            (None, many) => {
                let names: Vec<String> = many.iter().map(|it| format!("'--{}'", it.0)).collect();
                return self
                    .problems
                    .push(format!("option '--{name}' is ambiguous; possibilities: {}", names.join(" ")));
            }
        };
        let given = match (value, own) {
            (Value::None, Some(_)) => {
                return self.problems.push(format!("option '--{full}' doesn't allow an argument"));
            }
            (Value::None, None) => None,
            (Value::Possible, own) => Some(own.unwrap_or_default()),
            (Value::Needed, own) => match own.or_else(|| words.next().cloned()) {
                Some(given) => Some(given),
                None => return self.problems.push(format!("option '--{full}' requires an argument")),
            },
        };
        self.options.push((format!("--{full}"), false));
        self.options.extend(given.map(|given| (given, true)));
    }

    fn short(&mut self, letters: &str, words: &mut std::slice::Iter<'_, String>) {
        let mut all = letters.chars();
        while let Some(letter) = all.next() {
            let Some(value) = self.asked.short(letter) else {
                self.problems.push(format!("invalid option -- '{letter}'"));
                continue;
            };
            let own = if value == Value::None { String::new() } else { all.by_ref().collect() };
            let given = match value {
                Value::None => None,
                Value::Possible => Some(own),
                Value::Needed if !own.is_empty() => Some(own),
                Value::Needed => match words.next() {
                    Some(given) => Some(given.clone()),
                    None => {
                        self.problems.push(format!("option requires an argument -- '{letter}'"));
                        continue;
                    }
                },
            };
            self.options.push((format!("-{letter}"), false));
            self.options.extend(given.map(|given| (given, true)));
        }
    }
}
