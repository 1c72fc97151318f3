//! Programs that an image has, or may have, and this lab does not: what a table knows of them.

use super::asked_server::{self, Asked, with_asked};
use super::{Arguments, Call, Outcome, fill, nginx, ps, xtrabackup};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::images::is_of_bases;
use std::sync::OnceLock;

/// A program that this lab does not have: the table of images may know what it says.
pub fn run(call: &mut Call<'_>) -> Outcome {
    match call.words.name() {
        "nginx" => return nginx::nginx(call),
        "envsubst" => return envsubst(call),
        "xbstream" => return xtrabackup::unpack_backup(call),
        "xtrabackup" | "mariabackup" if call.words.arguments().iter().any(|word| word == "--prepare") => {
            return xtrabackup::prepare_backup(call);
        }
        _ => {}
    }
    if let Some(text) = super::redis_auth::refusal(call) {
        call.out.push_str(text);
        // The client has done its part, as it says itself.
        return Outcome::Exit(0);
    }
    if let Some(outcome) = matches!(call.words.name(), "vault" | "bao").then(|| super::vault::run(call)).flatten() {
        return outcome;
    }
    let asked = super::prompting::start(call).or_else(|| super::redis::run(call));
    if let Some(outcome) = asked.or_else(|| super::stored_keys::run(call)) {
        return outcome;
    }
    if let "pkill" | "killall" | "pgrep" = call.words.name() {
        return ps::by_name(call);
    }
    // Some words need no server.
    let is_offline = call.words.arguments().iter().any(|word| OFFLINE.contains(&word.as_str()));
    match asked_server::of(call) {
        Some(Asked::Outside) => return Outcome::Assumed,
        Some(Asked::Nobody(host, port, why)) if !is_offline => return asked_server::no_answer(call, &host, port, why),
        Some(Asked::Server(server, named)) => return answer_of(call, &server, &named),
        _ => {}
    }
    let is_running = call.container.serves(call.cluster);
    let image = &call.container.image;
    let answer = image.answer(call.words, is_running).filter(|_| is_running || !is_offline);
    // What was taken to do its job answers.
    if !is_running && call.container.is_assumed(call.cluster) {
        return Outcome::Assumed;
    }
    // Too few of an ensemble are no better than none.
    let is_alone = answer.is_some_and(|text| lacks_mode(call.container, call.cluster, text));
    let (is_running, answer) =
        if is_alone { (false, call.container.image.answer(call.words, false)) } else { (is_running, answer) };
    match answer {
        Some(text) if is_running => {
            let named = asked_server::named(call);
            let text = with_asked(&fill(call.container, call.cluster, text), named.as_deref());
            if !is_quiet(call) {
                call.out.push_str(&text);
            }
            Outcome::Exit(0)
        }
        Some(text) => {
            // An exit code stands before the text, if it is not 1.
            let code =
                text.split_once(") ").and_then(|(code, text)| Some((code.strip_prefix('(')?.parse().ok()?, text)));
            let (code, text) = code.unwrap_or((1, text));
            let named = asked_server::named(call);
            let text = with_asked(&fill(call.container, call.cluster, text), named.as_deref());
            match call.words.name() {
                _ if is_quiet(call) => {}
                // What it says of a server that is away is its answer.
                "pg_isready" => call.out.push_str(&text),
                _ => call.err.push_str(&text),
            }
            Outcome::Exit(code)
        }
        None => Outcome::Assumed,
    }
}

/// `envsubst ['$A $B']`: puts variables into what comes in.
fn envsubst(call: &mut Call<'_>) -> Outcome {
    let text = call.stdin.take().unwrap_or_default();
    let wanted = call.words.operands().join(" ");
    let is_wanted = |name: &str| {
        let mut names = wanted.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        wanted.is_empty() || names.any(|own| own == name)
    };
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        let is_braced = behind.starts_with('{');
        let from = behind.get(usize::from(is_braced)..).unwrap_or("");
        let length = from.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = from.get(..length).unwrap_or("");
        let is_closed = !is_braced || from.get(length..).is_some_and(|rest| rest.starts_with('}'));
        let is_name = name.starts_with(|c: char| !c.is_ascii_digit()) && is_closed;
        if is_name && is_wanted(name) {
            out.push_str(&call.shell.variable(name).unwrap_or_default());
            rest = behind.get(length + 2 * usize::from(is_braced)..).unwrap_or("");
        } else {
            out.push('$');
            rest = behind;
        }
    }
    out.push_str(rest);
    call.out.push_str(&out);
    Outcome::Exit(0)
}

/// Whether a client is told to say nothing but its exit code.
fn is_quiet(call: &Call<'_>) -> bool {
    call.words.name() == "pg_isready" && (call.words.has_flag('q') || call.words.iter().any(|word| word == "--quiet"))
}

/// Whether a text tells which part a server has, and it has none.
fn lacks_mode(server: &Container, cluster: &Cluster, text: &str) -> bool {
    text.contains("{mode}") && super::zookeeper::mode(server, cluster).is_none()
}

/// What another container's server answers.
fn answer_of(call: &mut Call<'_>, server: &Container, named: &str) -> Outcome {
    let Some(text) = server.image.answer(call.words, true).filter(|_| server.serves(call.cluster)) else {
        return Outcome::Assumed;
    };
    let text = with_asked(&fill(server, call.cluster, text), Some(named));
    call.out.push_str(&text);
    Outcome::Exit(0)
}

/// Words with which programs ask no server.
const OFFLINE: &[&str] = &[
    "--version",
    "-V",
    "-v",
    "version",
    "help",
    "--help",
    "keygen",
    "validate",
    "tls",
    "fmt",
    "list",
    "enable",
    "disable",
];

/// A line of the table: programs, and the words with which they run on.
struct Row {
    programs: Vec<&'static str>,
    unless: Vec<&'static str>,
}

/// The table, read once.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = include_str!("../programs.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let row = |line: &'static str| {
            let (programs, unless) = line.split_once(" unless ").unwrap_or((line, ""));
            Row { programs: programs.split(' ').collect(), unless: unless.split_whitespace().collect() }
        };
        lines.map(row).collect()
    })
}

/// Whether it is known of a program, called with these words, that it does one thing and ends.
pub fn ends_by_itself(words: &[String]) -> bool {
    let name = words.name();
    let is_asked = words.arguments().iter().any(|word| matches!(word.as_str(), "--version" | "--help" | "version"));
    match rows().iter().find(|row| row.programs.contains(&name)) {
        _ if is_asked => true,
        Some(row) if row.programs.first() == Some(&"runs-on") => false,
        Some(row) => !words.arguments().iter().any(|word| row.unless.contains(&word.as_str())),
        None => is_of_bases(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(line: &str) -> bool {
        ends_by_itself(&line.split(' ').map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn what_does_one_thing_ends() {
        for line in
            ["pg_dump -h db app", "/usr/local/bin/kubectl get pods", "rclone sync a b", "shuf -n 1", "x --version"]
        {
            assert!(ends(line), "{line}");
        }
        for line in
            ["kubectl proxy", "kubectl get pods -w", "rclone serve webdav .", "crond -f", "myserver", "perl x.pl"]
        {
            assert!(!ends(line), "{line}");
        }
    }

    #[test]
    fn what_runs_on_is_of_a_base() {
        let row = rows().iter().find(|row| row.programs.first() == Some(&"runs-on")).expect("the line");
        let strangers: Vec<&&str> = row.programs.iter().skip(1).filter(|name| !is_of_bases(name)).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }

    #[test]
    fn each_program_stands_in_the_table_once() {
        let mut all: Vec<&str> = rows().iter().flat_map(|row| row.programs.iter().copied()).collect();
        all.sort_unstable();
        let twice: Vec<&[&str]> = all.windows(2).filter(|pair| pair[0] == pair[1] && pair[0] != "runs-on").collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
