//! Commands that read text and write text; they touch nothing else, so that a console can use them as a container does.

use super::Arguments;
use super::awk::awk;
use super::head_tail::head_or_tail;
use super::sed::sed;

use super::cut_join::Given;
pub use super::filter::Filter;
pub use super::head_tail::{files_of, kept_bytes, kept_range};
use crate::model::{decode_base64, encode_base64};
use crate::shell::container::FileError;
use crate::shell::language::ShellKind;
use crate::shell::language::printf::{self, Problem};

/// The commands of this file, in order.
pub const NAMES: &[&str] = &[
    "[",
    "awk",
    "base64",
    "basename",
    "cksum",
    "column",
    "comm",
    "cut",
    "dirname",
    "echo",
    "egrep",
    "expand",
    "expr",
    "fgrep",
    "fold",
    "getopt",
    "grep",
    "hd",
    "head",
    "hexdump",
    "join",
    "md5sum",
    "nl",
    "od",
    "paste",
    "printf",
    "rev",
    "sed",
    "seq",
    "sha1sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "sort",
    "split",
    "sum",
    "tac",
    "tail",
    "test",
    "tr",
    "uniq",
    "wc",
    "xxd",
];

impl Filter<'_> {
    /// Runs the command that its words name, and gives its exit code. `None` if it is none of these.
    pub fn run(&mut self) -> Option<i64> {
        Some(match self.words.name() {
            "[" | "test" => test(self),
            "awk" => awk(self),
            "base64" => base64_command(self),
            "basename" | "dirname" => path_part(self),
            "cut" => super::cut_join::cut(self),
            "comm" | "join" | "paste" => super::cut_join::beside(self),
            "column" | "expand" | "fold" | "split" => super::fold_split::folded(self),
            "echo" => echo(self),
            "getopt" => super::getopt::getopt(self),
            "grep" | "egrep" | "fgrep" => super::grep::grep(self),
            "md5sum" | "sha1sum" | "sha256sum" | "sha384sum" | "sha512sum" => super::md5sum::run(self),
            "cksum" | "sum" => super::cksum::run(self),
            "hd" | "hexdump" => super::xxd::hexdump(self),
            "xxd" => super::xxd::xxd(self),
            "tac" | "rev" | "nl" => super::tac_nl_od::turned(self),
            "od" => super::tac_nl_od::od(self),
            "expr" => super::expr::expr(self),
            "head" | "tail" => head_or_tail(self),
            "printf" => printf(self),
            "sed" => sed(self),
            "seq" => super::seq::seq(self),
            "sort" => super::sort::sort(self),
            "tr" => super::tr_wc::tr(self),
            "uniq" => super::sort::uniq(self),
            "wc" => super::tr_wc::wc(self),
            _ => return None,
        })
    }
}

/// `base64` and `base64 -d`.
fn base64_command(filter: &mut Filter<'_>) -> i64 {
    let long = [("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')];
    let given = Given::of(filter.words, "w", &long);
    let (text, code) = filter.input(&given.operands);
    if given.has('d') || given.has('D') {
        filter.out.push_str(&decode_base64(&text));
        let is_meant = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\n');
        let is_right = given.has('i') || filter.kind == ShellKind::Ash || text.chars().all(is_meant);
        return if is_right { code } else { filter.fail("invalid input") };
    }
    let letters: Vec<char> = encode_base64(text.as_bytes()).chars().collect();
    match given.value('w').map_or(Some(76), |width| width.parse::<usize>().ok()) {
        None => return filter.fail(&format!("invalid wrap size: ‘{}’", given.value('w').unwrap_or(""))),
        Some(0) => filter.out.extend(letters),
        Some(width) => {
            let lines: Vec<String> = letters.chunks(width).map(|line| line.iter().collect()).collect();
            filter.lines(&lines);
        }
    }
    code
}

/// `basename [-a] [-s SUFFIX] NAME…`, `basename NAME [SUFFIX]` and `dirname NAME…`.
fn path_part(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "s", &[("multiple", 'a'), ("suffix", 's'), ("zero", 'z')]);
    let (is_last, is_many) = (filter.words.name() == "basename", given.has('a') || given.has('s'));
    if given.operands.is_empty() {
        return filter.fail("missing operand");
    }
    let count = if is_last && !is_many { 1 } else { given.operands.len() };
    let suffix = given.value('s').or_else(|| given.operands.get(1).filter(|_| !is_many).map(String::as_str));
    let end = if given.has('z') { '\0' } else { '\n' };
    for path in given.operands.iter().take(count) {
        let part = if is_last { last_part(path, suffix.unwrap_or("")) } else { folder_part(path) };
        filter.out.push_str(part);
        filter.out.push(end);
    }
    0
}

fn last_part<'p>(path: &'p str, suffix: &str) -> &'p str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "" } else { "/" };
    }
    let last = trimmed.rsplit('/').next().unwrap_or(trimmed);
    last.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(last)
}

fn folder_part(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (trimmed.rsplit_once('/'), trimmed.is_empty() && !path.is_empty()) {
        (_, true) => "/",
        (Some((folder, _)), _) => match folder.trim_end_matches('/') {
            "" => "/",
            folder => folder,
        },
        (None, _) => ".",
    }
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
    let (text, problems) = printf::printf(format, values);
    filter.out.push_str(&text);
    for problem in &problems {
        _ = filter.fail(&match problem {
            Problem::NotANumber(value) => format!("'{value}': expected a numeric value"),
            Problem::HalfANumber(value) => format!("'{value}': value not completely converted"),
            Problem::TooLarge(value) => format!("'{value}': Numerical result out of range"),
            Problem::Directive(field, _) => format!("{field}: invalid conversion specification"),
        });
    }
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
        let mut filter = Filter::plain(&words, stdin.into(), &read);
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
            ("grep~-A1~-n~web-1 ", "3:web-1   0/1     Pending\n4-web-10  1/1     Running\n"),
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
