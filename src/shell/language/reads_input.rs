//! Which programs read what comes in, and how much of it.

use super::file_descriptors::Rope;
use std::borrow::Cow;

/// Whether a path means what comes in, for whoever reads it.
pub fn is_input(path: &str) -> bool {
    matches!(path, "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0")
}

/// Whether a program reads what comes in, seen from its words.
pub(super) fn reads_input(words: &[String]) -> bool {
    if words.iter().skip(1).any(|word| is_input(word)) {
        return true;
    }
    let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    // The flags that have a value, and how many operands stand before the files.
    let (valued, mut before) = match name {
        "cat" | "tac" | "rev" | "md5sum" | "sha1sum" | "sha256sum" | "sha384sum" | "sha512sum" | "sum" | "wc"
        | "more" | "less" | "cksum" | "strings" | "zcat" => ("", 0),
        "head" | "tail" => ("nc", 0),
        "grep" | "egrep" | "fgrep" | "findstr" | "sls" | "Select-String" => ("eABCmf", 1),
        "sed" => ("ef", 1),
        "awk" | "gawk" | "mawk" if awk_only_begins(words) => return false,
        "awk" | "gawk" | "mawk" => ("Ffv", 1),
        "jq" => ("", 1),
        "sort" => ("kto", 0),
        "cut" => ("dfcb", 0),
        "uniq" => ("fsw", 0),
        "base64" => ("w", 0),
        "xbstream" => ("Cp", 0),
        "od" | "hexdump" | "hd" | "xxd" => ("AtNjclsng", 0),
        "shuf" if !words.iter().any(|word| word == "-e" || word.starts_with("-i")) => ("no", 0),
        "fold" | "fmt" => ("w", 0),
        "expand" | "unexpand" => ("t", 0),
        "column" => ("solc", 0),
        "nl" => ("bdfhilnsvw", 0),
        "split" => ("lbnaC", 0),
        "sh" | "bash" | "dash" | "ash" => ("oO", 0),
        "tr" | "tee" | "xargs" | "envsubst" | "nc" | "ncat" | "mysql" | "mariadb" | "psql" | "dd" | "paste"
        | "comm" | "join" | "redis-cli" | "mongosh" | "mongo" | "cqlsh" | "gzip" | "gunzip" | "openssl" => return true,
        "curl" | "vault" => {
            return words.iter().skip(1).any(|word| word == "-" || word.ends_with("@-") || word.ends_with("=-"));
        }
        "tar" => return words.iter().skip(1).any(|word| word == "-"),
        "kubectl" | "k" | "lab" => return kubectl_reads_input(words),
        _ => return false,
    };
    let (mut operands, mut rest) = (0, words.iter().skip(1));
    let is_shell = matches!(name, "sh" | "bash" | "dash" | "ash");
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            // What stands behind a script's name is its own.
            _ if is_shell && operands > 0 => return false,
            Some("") => return true,
            Some(flags) if !flags.starts_with('-') => {
                if is_shell && flags.contains(['c', 's']) {
                    return flags.contains('s');
                }
                if matches!(name, "grep" | "egrep" | "fgrep" | "sed" | "awk") && flags.contains(['e', 'f']) {
                    // What is looked for stands behind the flag.
                    before = 0;
                }
                if flags.chars().last().is_some_and(|c| valued.contains(c)) {
                    rest.next();
                }
            }
            Some(long) => {
                before = if WANTED.contains(&long) { 0 } else { before };
                let count = VALUED.iter().find(|it| it.0 == long).map_or(0, |it| it.1);
                (0..count).for_each(|_| _ = rest.next());
            }
            None => operands += 1,
        }
    }
    operands <= before
}

/// The long flags whose values stand behind them as words, and how many.
const VALUED: &[(&str, usize)] = &[
    ("-after-context", 1),
    ("-arg", 2),
    ("-argjson", 2),
    ("-assign", 1),
    ("-before-context", 1),
    ("-bytes", 1),
    ("-characters", 1),
    ("-context", 1),
    ("-delimiter", 1),
    ("-expression", 1),
    ("-field-separator", 1),
    ("-fields", 1),
    ("-file", 1),
    ("-indent", 1),
    ("-key", 1),
    ("-lines", 1),
    ("-max-count", 1),
    ("-output", 1),
    ("-rawfile", 2),
    ("-regexp", 1),
    ("-slurpfile", 2),
    ("-width", 1),
    ("-wrap", 1),
];

/// Those behind which stands what is looked for, or done.
const WANTED: &[&str] = &["-expression", "-file", "-regexp"];

/// Whether a program of `awk` has nothing but `BEGIN`, and reads no line there: then it reads nothing.
fn awk_only_begins(words: &[String]) -> bool {
    let mut rest = words.iter().skip(1);
    let program = loop {
        match rest.next().map(String::as_str) {
            Some("-F" | "-v") => _ = rest.next(),
            Some(word) if word.starts_with("-f") => return false,
            Some(word) if word.starts_with('-') => {}
            Some(word) => break word,
            None => return false,
        }
    };
    // What stands before each of its blocks, and what in them, without texts.
    let (mut heads, mut inside) = (vec![String::new()], String::new());
    let (mut depth, mut is_text, mut is_comment) = (0_i32, false, false);
    let mut letters = program.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => is_comment = false,
            _ if is_comment => continue,
            '\\' => _ = letters.next(),
            '"' => is_text = !is_text,
            _ if is_text => {}
            '#' => is_comment = true,
            '{' => {
                if depth == 0 {
                    heads.push(String::new());
                }
                depth += 1;
            }
            '}' => depth -= 1,
            letter => match heads.last_mut().filter(|_| depth == 0) {
                Some(head) => head.push(letter),
                None => inside.push(letter),
            },
        }
    }
    let trimmed = |head: String| head.trim_matches(|c: char| c.is_whitespace() || c == ';').to_string();
    let last = heads.pop().map(trimmed).unwrap_or_default();
    let mut heads = heads.into_iter().map(trimmed);
    let reads = inside.match_indices("getline").any(|(at, word)| {
        let before = inside.get(..at).unwrap_or("").trim_end();
        let behind = inside.get(at + word.len()..).unwrap_or("");
        let place = behind.find(|c: char| !(c.is_alphanumeric() || "_$[] ".contains(c)));
        !before.ends_with('|') && !place.is_some_and(|at| behind.get(at..).unwrap_or("").starts_with('<'))
    });
    // A file that is what comes in is read, too.
    let reads = reads || program.contains("\"-\"") || program.contains("/dev/stdin");
    !reads && last.is_empty() && heads.len() > 0 && heads.all(|head| head == "BEGIN" || head.starts_with("func"))
}

/// Whether kubectl reads what comes in: a file that is `-`, an answer, or a process that gets it.
fn kubectl_reads_input(words: &[String]) -> bool {
    let own = words.iter().take_while(|word| *word != "--");
    let talks = words.iter().any(|word| matches!(word.as_str(), "exec" | "run" | "attach" | "debug"));
    let is_stdin = |word: &str| {
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')).unwrap_or("");
        flags.contains('i') && flags.len() <= 3 || word == "--stdin" || word == "--stdin=true"
    };
    let asks = words.iter().any(|word| word == "delete");
    let is_interactive = |word: &str| matches!(word, "-i" | "--interactive" | "--interactive=true");
    own.into_iter().any(|word| {
        asks && is_interactive(word)
            || word == "-"
            || word == "-f-"
            || word.ends_with("=-")
            || word.contains("/dev/stdin")
            || talks && is_stdin(word)
    })
}

/// So much is looked through for a word each time that more comes; beyond that, only what came.
const LOOKED_MAX: usize = 64 * 1024;

/// Whether a program needs no more than this to be done.
pub(super) fn has_enough(words: &[String], text: &Rope) -> bool {
    match words.first().map(String::as_str) {
        Some("head") => {
            let number =
                words.iter().skip(1).find_map(|word| word.trim_start_matches(['-', 'n']).parse::<usize>().ok());
            !words.iter().any(|word| word.contains('c')) && text.line_count() >= number.unwrap_or(10)
        }
        Some("grep") if words.iter().any(|word| word == "-q") => {
            let mut patterns = words.iter().skip(1).filter(|word| !word.starts_with('-'));
            patterns.next().is_some_and(|pattern| {
                let pattern = crate::regex::Pattern::new(pattern, words.iter().any(|word| word.contains('E')), false);
                let is_short = text.len() <= LOOKED_MAX;
                let looked = if is_short { Cow::from(text.text()) } else { Cow::from(text.last()) };
                looked.split_terminator('\n').any(|line| pattern.is_in(line))
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_is_read_by_programs_without_files() {
        let reads = |line: &str| reads_input(&line.split(' ').map(str::to_string).collect::<Vec<_>>());
        for line in [
            "envsubst",
            "envsubst $HOST",
            "fold -s -w 8",
            "nl -b a",
            "cut --delimiter , --fields 2",
            "grep --regexp x",
            "jq --arg a b .x=$a",
            "sed --expression s/a/b/",
            "curl -d @- http://web",
        ] {
            assert!(reads(line), "{line}");
        }
        for line in ["fold -s -w 8 file", "nl -b a file", "grep --regexp x file", "jq . file", "curl http://web", "ls"]
        {
            assert!(!reads(line), "{line}");
        }
    }
}
