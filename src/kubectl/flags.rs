//! Reads flags and arguments as kubectl's flag library does, with its words for what is wrong; knows no verb.

use crate::model::Millis;
use crate::model::duration::parse_go_duration;
use crate::sorted::{SharedMap, SharedSet};
use std::cell::RefCell;
use std::rc::Rc;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// `true` or `false`; alone it is `true`.
    Bool,
    /// A text.
    Text,
    /// A text, or this one if it stands alone (`--dry-run`).
    TextOr(&'static str),
    /// A whole number.
    Int,
    /// A whole number of 32 bits.
    Int32,
    /// A length of time.
    Duration,
    /// Texts, by several flags or commas.
    List,
    /// Texts, by several flags; a comma is part of the text.
    Each,
    /// Pairs `key=value`, by several flags or commas.
    Pairs,
}

/// A flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// `namespace`.
    pub long: &'static str,
    /// `n`; a blank if it has none.
    pub short: char,
    /// What it takes.
    pub takes: Takes,
    /// What becomes of it.
    pub reader: Reader,
}

/// What becomes of a flag that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The code beside its declaration reads it; a test runs every verb with each of its flags to see that.
    Code,
    /// Nothing does, and nothing is done or kept from harm that was not asked for: a hint says so.
    Nobody,
    /// Nothing does, but without it more would be done than was asked for: the command is refused.
    Refused,
}

impl Flag {
    /// The same flag, which is ignored with a hint.
    pub const fn ignored(self) -> Flag {
        Flag { reader: Reader::Nobody, ..self }
    }

    /// The same flag, which the lab does not have and refuses.
    pub const fn refused(self) -> Flag {
        Flag { reader: Reader::Refused, ..self }
    }
}

/// A flag with a short form.
pub const fn short(long: &'static str, short: char, takes: Takes) -> Flag {
    Flag { long, short, takes, reader: Reader::Code }
}

/// A flag without a short form.
pub const fn long(long: &'static str, takes: Takes) -> Flag {
    Flag { long, short: ' ', takes, reader: Reader::Code }
}

/// The flags of every command. What is none of a verb's own is read where verbs are started.
pub const GLOBAL: &[Flag] = &[
    short("namespace", 'n', Takes::Text),
    short("help", 'h', Takes::Bool),
    short("v", 'v', Takes::Int).ignored(),
    short("server", 's', Takes::Text).refused(),
    long("kubeconfig", Takes::Text),
    long("context", Takes::Text),
    long("cluster", Takes::Text),
    long("user", Takes::Text),
    long("as", Takes::Text),
    long("as-group", Takes::List),
    long("as-uid", Takes::Text),
    long("token", Takes::Text),
    long("request-timeout", Takes::Text).ignored(),
    long("cache-dir", Takes::Text).ignored(),
    long("warnings-as-errors", Takes::Bool),
    long("insecure-skip-tls-verify", Takes::Bool).ignored(),
    long("tls-server-name", Takes::Text).ignored(),
    long("certificate-authority", Takes::Text).ignored(),
    long("client-certificate", Takes::Text).refused(),
    long("client-key", Takes::Text).refused(),
    long("match-server-version", Takes::Bool).ignored(),
    long("disable-compression", Takes::Bool).ignored(),
    long("proxy-url", Takes::Text).ignored(),
    long("kuberc", Takes::Text),
    long("username", Takes::Text).refused(),
    long("password", Takes::Text).refused(),
    long("as-user-extra", Takes::Each).refused(),
    long("log-flush-frequency", Takes::Duration).ignored(),
    long("vmodule", Takes::Text).ignored(),
    long("profile", Takes::Text).ignored(),
    long("profile-output", Takes::Text).ignored(),
];

/// What was given.
#[derive(Clone, Debug, Default)]
pub struct Args {
    /// The arguments that are no flags.
    pub words: Vec<String>,
    /// How many of them stand before `--`, if it was written.
    pub dash_at: Option<usize>,
    values: SharedMap<&'static str, Vec<String>>,
    /// The flags that were written with what they were given, in order.
    written: Vec<(Flag, String)>,
    /// The names of the flags that the command has read.
    read: Rc<RefCell<SharedSet<String>>>,
}

/// A flag that does not fit; `message` is kubectl's text behind `error: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagError {
    /// The text.
    pub message: String,
    /// The flag that was not found, without dashes.
    pub unknown: Option<String>,
}

impl Args {
    /// Reads `words` with the flags of a command beside the global ones.
    ///
    /// # Errors
    /// An unknown flag, a missing or a wrong value.
    pub fn parse(words: &[String], flags: &[&[Flag]]) -> Result<Args, FlagError> {
        let mut args = Args::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                args.dash_at = Some(args.words.len());
                args.words.extend(rest.cloned());
                break;
            }
            if let Some(name) = word.strip_prefix("--") {
                args.read_long(name, &mut rest, flags)?;
            } else if word.len() > 1 && word.starts_with('-') {
                args.read_short(word, &mut rest, flags)?;
            } else {
                args.words.push(word.clone());
            }
        }
        Ok(args)
    }

    fn read_long(
        &mut self,
        word: &str,
        rest: &mut std::slice::Iter<'_, String>,
        flags: &[&[Flag]],
    ) -> Result<(), FlagError> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (word, None),
        };
        if name.is_empty() || name.starts_with('-') {
            return Err(plain(format!("bad flag syntax: --{word}")));
        }
        let Some(flag) = all(flags).find(|flag| flag.long == name) else {
            return Err(FlagError { message: format!("unknown flag: --{name}"), unknown: Some(name.into()) });
        };
        let value = match (value, flag.takes) {
            (Some(value), _) => value,
            (None, Takes::Bool) => "true".into(),
            (None, Takes::TextOr(alone)) => alone.into(),
            (None, _) => match rest.next() {
                Some(value) => value.clone(),
                None => return Err(plain(format!("flag needs an argument: --{name}"))),
            },
        };
        self.put(flag, value)
    }

    fn read_short(
        &mut self,
        word: &str,
        rest: &mut std::slice::Iter<'_, String>,
        flags: &[&[Flag]],
    ) -> Result<(), FlagError> {
        let mut letters = word.chars();
        letters.next();
        while let Some(letter) = letters.next() {
            let Some(flag) = all(flags).find(|flag| flag.short == letter && letter != ' ') else {
                let message = format!("unknown shorthand flag: '{letter}' in {word}");
                return Err(FlagError { message, unknown: Some(letter.into()) });
            };
            let behind = letters.as_str();
            // What stands alone behind the letter is the value, even a sign.
            if let Some(value) = behind.strip_prefix('=').filter(|value| !value.is_empty()) {
                return self.put(flag, value.to_string());
            }
            match flag.takes {
                Takes::Bool => self.put(flag, "true".into())?,
                Takes::TextOr(alone) => self.put(flag, alone.into())?,
                _ if !behind.is_empty() => return self.put(flag, behind.to_string()),
                _ => match rest.next() {
                    Some(value) => return self.put(flag, value.clone()),
                    None => return Err(plain(format!("flag needs an argument: '{letter}' in {word}"))),
                },
            }
        }
        Ok(())
    }

    fn put(&mut self, flag: &Flag, value: String) -> Result<(), FlagError> {
        let quoted = format!("{value:?}");
        let wrong = match flag.takes {
            Takes::Bool if parse_bool(&value).is_none() => {
                format!("strconv.ParseBool: parsing {quoted}: invalid syntax")
            }
            Takes::Int if go_int(&value).is_none() => no_number(&value),
            Takes::Int32 if go_int(&value).and_then(|it| i32::try_from(it).ok()).is_none() => no_number(&value),
            Takes::Pairs if value.split(',').any(|pair| !pair.contains('=')) => {
                let pair = value.split(',').find(|pair| !pair.contains('=')).unwrap_or_default();
                format!("{pair} must be formatted as key=value")
            }
            Takes::Duration if parse_go_duration(&value).is_none() => {
                if value.parse::<f64>().is_ok() {
                    format!("time: missing unit in duration {quoted}")
                } else {
                    format!("time: invalid duration {quoted}")
                }
            }
            _ => String::new(),
        };
        if !wrong.is_empty() {
            let name = match flag.short {
                ' ' => format!("--{}", flag.long),
                short => format!("-{short}, --{}", flag.long),
            };
            return Err(plain(format!("invalid argument {quoted} for {name:?} flag: {wrong}")));
        }
        self.written.push((*flag, value.clone()));
        let values = self.values.entry(flag.long).or_default();
        if matches!(flag.takes, Takes::List | Takes::Pairs) {
            // An empty text is a list of nothing.
            values.extend(value.split(',').filter(|_| !value.is_empty()).map(str::to_string));
        } else {
            values.push(value);
        }
        Ok(())
    }

    /// The same without a flag.
    #[must_use]
    pub fn without(&self, name: &str) -> Args {
        let mut args = self.clone();
        args.values =
            self.values.iter().filter(|(known, _)| **known != name).map(|(known, it)| (*known, it.clone())).collect();
        args
    }

    /// The same with a value for a flag that was not written.
    #[must_use]
    pub fn or(&self, name: &'static str, value: &str) -> Args {
        let mut args = self.clone();
        args.values.entry(name).or_insert_with(|| vec![value.to_string()]);
        args
    }

    /// The flags that were written, in order.
    pub fn written(&self) -> impl Iterator<Item = &Flag> {
        self.written.iter().map(|(flag, _)| flag)
    }

    /// A command line that says the same: the words that name the command and its arguments, and all flags by their long
    /// names, each with what it was given.
    ///
    /// Follows `parseCommandArguments` of cli-runtime's genericclioptions.
    pub fn spelled(&self, command: &str) -> String {
        let words: String = self.words.iter().map(|word| format!(" {word}")).collect();
        let flags: String = self.written.iter().map(|(flag, value)| format!(" --{}={value}", flag.long)).collect();
        format!("{command}{words}{flags}")
    }

    /// Whether the command has read a flag so far, here or in a copy.
    pub fn was_read(&self, name: &str) -> bool {
        self.read.borrow().contains(name)
    }

    fn values_of(&self, name: &str) -> Option<&Vec<String>> {
        let found = self.values.get(name);
        if found.is_some() {
            self.read.borrow_mut().insert(name.to_string());
        }
        found
    }

    /// Whether the flag was written.
    pub fn has(&self, name: &str) -> bool {
        self.values_of(name).is_some()
    }

    /// The flag's last value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values_of(name).and_then(|values| values.last()).map(String::as_str)
    }

    /// The flag's last value, or the empty string.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// All values of the flag.
    pub fn list(&self, name: &str) -> &[String] {
        self.values_of(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a switch is on.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).and_then(parse_bool).unwrap_or(false)
    }

    /// A switch that is on unless it was turned off.
    pub fn is_unless_false(&self, name: &str) -> bool {
        self.get(name).and_then(parse_bool).unwrap_or(true)
    }

    /// How `--dry-run` is meant: `none`, `client` or `server`; old scripts say it with a truth value.
    pub fn dry_run(&self) -> &'static str {
        match self.get("dry-run") {
            None | Some("none") => "none",
            Some("server") => "server",
            Some(text) if parse_bool(text) == Some(false) => "none",
            Some(_) => "client",
        }
    }

    /// The flag's number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(go_int)
    }

    /// The flag's length of time.
    pub fn duration(&self, name: &str) -> Option<Millis> {
        self.get(name).and_then(parse_go_duration)
    }

    /// The same without `--`: for most verbs the words behind it are like those before.
    #[must_use]
    pub fn with_all_words(self) -> Args {
        Args { dash_at: None, ..self }
    }

    /// The arguments before `--`.
    pub fn before_dash(&self) -> &[String] {
        self.words.get(..self.dash_at.unwrap_or(self.words.len())).unwrap_or(&[])
    }

    /// The arguments behind `--`.
    pub fn after_dash(&self) -> &[String] {
        self.dash_at.and_then(|at| self.words.get(at..)).unwrap_or(&[])
    }
}

/// The digits of a whole number as Go reads it, without the marks of its base, and that base: `0x1f`, `0b1`, `0o7`,
/// `017`, `1_000`. Follows `ParseInt` with base 0.
fn go_digits(text: &str) -> Option<(String, u32)> {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let small = text.to_ascii_lowercase();
    let (digits, base) = match small.get(..2) {
        Some("0x") => (small.get(2..)?, 16),
        Some("0b") => (small.get(2..)?, 2),
        Some("0o") => (small.get(2..)?, 8),
        _ if small.len() > 1 && small.starts_with('0') => (small.get(1..)?, 8),
        _ => (small.as_str(), 10),
    };
    // Between digits, and behind the marks of a base.
    let is_parted_well = !digits.ends_with('_') && !digits.contains("__") && (base != 10 || !digits.starts_with('_'));
    let plain = digits.replace('_', "");
    let is_number = !plain.is_empty() && plain.chars().all(|c| c.is_digit(base));
    (is_number && is_parted_well).then_some((plain, base))
}

/// A whole number as Go reads it.
fn go_int(text: &str) -> Option<i64> {
    let (digits, base) = go_digits(text)?;
    i64::from_str_radix(&format!("{}{digits}", if text.starts_with('-') { "-" } else { "" }), base).ok()
}

/// What Go says of a text that is no whole number, or none that fits.
fn no_number(text: &str) -> String {
    let is_number = go_digits(text).is_some();
    format!("strconv.ParseInt: parsing {text:?}: {}", if is_number { "value out of range" } else { "invalid syntax" })
}

fn plain(message: String) -> FlagError {
    FlagError { message, unknown: None }
}

fn all<'a>(flags: &'a [&'a [Flag]]) -> impl Iterator<Item = &'a Flag> {
    flags.iter().copied().flatten().chain(GLOBAL)
}

/// Reads `true`, `f`, `1` and so on as Go does. `None` for any other text.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        short("filename", 'f', Takes::List),
        long("replicas", Takes::Int),
        short("stdin", 'i', Takes::Bool),
        short("tty", 't', Takes::Bool),
        long("dry-run", Takes::TextOr("unchanged")),
        long("timeout", Takes::Duration),
    ];

    fn parse(line: &str) -> Result<Args, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
        Args::parse(&words, &[FLAGS]).map_err(|error| error.message)
    }

    #[test]
    fn flags_are_read_in_every_form() {
        let args = parse("sts/web -f a,b -fc --replicas=3 -it -n kube-system --dry-run -- ls -l").unwrap();
        assert_eq!(args.list("filename"), ["a", "b", "c"]);
        assert_eq!((args.int("replicas"), args.is("stdin"), args.is("tty")), (Some(3), true, true));
        assert_eq!((args.text("namespace"), args.text("dry-run")), ("kube-system", "unchanged"));
        assert_eq!(args.before_dash(), ["sts/web"]);
        assert_eq!(args.after_dash(), ["ls", "-l"]);
        let again = "kubectl x sts/web ls -l --filename=a,b --filename=c --replicas=3 --stdin=true --tty=true \
                     --namespace=kube-system --dry-run=unchanged";
        assert_eq!(args.spelled("kubectl x"), again);
        for (text, number) in [("-1", -1), ("0x2", 2), ("0b10", 2), ("017", 15), ("1_000", 1000), ("-0o7", -7)] {
            assert_eq!(parse(&format!("--replicas {text}")).unwrap().int("replicas"), Some(number), "{text}");
        }
        for text in ["", "1_", "_1", "08", "0x", "1__0"] {
            assert!(parse(&format!("--replicas={text}")).is_err(), "{text}");
        }
    }

    #[test]
    fn wrong_flags_are_named_as_kubectl_does() {
        let cases = [
            ("--al", "unknown flag: --al"),
            ("-z", "unknown shorthand flag: 'z' in -z"),
            (
                "--replicas=two",
                "invalid argument \"two\" for \"--replicas\" flag: strconv.ParseInt: parsing \"two\": invalid syntax",
            ),
            (
                "--replicas=99999999999999999999",
                "invalid argument \"99999999999999999999\" for \"--replicas\" flag: strconv.ParseInt: parsing \
                 \"99999999999999999999\": value out of range",
            ),
            ("--replicas", "flag needs an argument: --replicas"),
            ("-f", "flag needs an argument: 'f' in -f"),
            ("--timeout=5", "invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\""),
            ("---x", "bad flag syntax: ---x"),
        ];
        for (line, message) in cases {
            assert_eq!(parse(line).err().as_deref(), Some(message), "{line}");
        }
    }
}
