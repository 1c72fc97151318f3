//! Flags that the GNU tools refuse, by a table of those that they know.

use super::Arguments;

/// What is said of the first flag that a tool does not know. `None`: it knows all, or this lab has no list of its flags.
pub(super) fn refused(words: &[String]) -> Option<String> {
    let name = words.name();
    let row = include_str!("../flags.txt").lines().find(|row| row.split(' ').next() == Some(name))?;
    let mut row = row.split(' ').skip(1);
    let (letters, long) = (row.next()?, row);
    let mut rest = words.arguments().iter();
    while let Some(word) = rest.next() {
        if let Some(flag) = word.strip_prefix("--") {
            if flag.is_empty() {
                return None;
            }
            let (flag, value) = flag.split_once('=').map_or((flag, None), |(flag, value)| (flag, Some(value)));
            // A beginning is enough.
            let mut known = ["help", "version"].into_iter().chain(long.clone()).filter(|own| own.starts_with(flag));
            let Some(own) = known.next() else { return Some(format!("unrecognized option '--{flag}'")) };
            if own.ends_with('=') && value.is_none() && rest.next().is_none() {
                return Some(format!("option '--{}' requires an argument", own.trim_end_matches('=')));
            }
        } else if word.len() > 1 && word.starts_with('-') {
            for (at, letter) in word.char_indices().skip(1) {
                let Some(place) = letters.find(letter).filter(|_| !matches!(letter, ':' | ';')) else {
                    return Some(format!("invalid option -- '{letter}'"));
                };
                let sign = letters.get(place + 1..).and_then(|behind| behind.chars().next());
                if sign == Some(':') && at + letter.len_utf8() == word.len() && rest.next().is_none() {
                    return Some(format!("option requires an argument -- '{letter}'"));
                }
                if matches!(sign, Some(':' | ';')) {
                    break;
                }
            }
        }
    }
    None
}

/// The exit code of a tool that is called in a wrong way.
pub(super) fn misuse_code(name: &str) -> i64 {
    if matches!(name, "ls" | "sort") { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Option<String> {
        refused(&line.split(' ').map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_known_as_the_tools_know_them() {
        for line in [
            "ls -lahtr --color=auto --time-style +%F .",
            "ls -w 80 -I x --group-directories-first",
            "chmod -x f",
            "chmod -Rv u=rwX,go-w f",
            "head -5 f",
            "tail -n +2 -f f",
            "date -Iseconds",
            "date -ud @0",
            "cut -d, -f1 --output-delimiter=x",
            "sort -k2,2n -t : --unique",
            "cp -- -x y",
            "wc --line",
            "cat -",
            "grep --nope",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
        assert_eq!(said("cat -z f"), Some("invalid option -- 'z'".to_string()));
        assert_eq!(said("ls --nope=1"), Some("unrecognized option '--nope'".to_string()));
        assert_eq!(said("cut -f"), Some("option requires an argument -- 'f'".to_string()));
        assert_eq!(said("head --lin"), Some("option '--lines' requires an argument".to_string()));
        assert_eq!(said("head -n 5 -y"), Some("invalid option -- 'y'".to_string()));
    }
}
