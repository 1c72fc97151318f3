//! Whether a command goes on in the next line: an open quotation, an open loop, a pipe at the end.

/// Whether a shell would ask for more behind this.
pub(super) fn is_open(typed: &str) -> bool {
    let Some(bare) = bare(typed) else { return true };
    let bare = bare.trim_end();
    if bare.ends_with('|') || bare.ends_with("&&") {
        return true;
    }
    let words =
        || bare.split(|c: char| c.is_whitespace() || c == ';' || c == '|' || c == '&').filter(|it| !it.is_empty());
    let count = |word: &str| words().filter(|it| *it == word).count();
    match words().next() {
        Some("for" | "while" | "until") if count("do") == 0 => true,
        Some("for" | "while" | "until" | "if" | "case") => {
            count("do") + count("if") + count("case") > count("done") + count("fi") + count("esac")
        }
        _ => false,
    }
}

/// A command without what is quoted, escaped or a comment; `None` where a quotation is not over.
pub(super) fn bare(typed: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = typed.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
                out.push('_');
            }
            '\'' => {
                letters.by_ref().find(|it| *it == '\'')?;
                out.push('_');
            }
            '"' => {
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => letters.next(),
                        _ => None,
                    };
                }
                out.push('_');
            }
            '#' if out.is_empty() || out.ends_with(char::is_whitespace) => {
                while letters.next_if(|it| *it != '\n').is_some() {}
            }
            _ => out.push(letter),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_goes_on_while_something_is_open() {
        for typed in [
            "kubectl patch sts web -p='[",
            "kubectl exec web-0 -- sh -c \"echo \\\"",
            "for i in 0 1; do",
            "for i in 0 1",
            "for i in 0 1; do\n  kubectl get pod web-$i",
            "if true; then",
            "kubectl get pods |",
            "kubectl get pods &&",
        ] {
            assert!(is_open(typed), "{typed}");
        }
        for typed in [
            "kubectl get pods # don't",
            "for i in 0 1; do kubectl get pod web-$i; done",
            "for i in 0 1; do\n  echo $i\ndone | sort",
            "kubectl patch sts web -p='[\n]'",
            "echo \\'",
            "kubectl delete pod if",
            "",
        ] {
            assert!(!is_open(typed), "{typed}");
        }
    }
}
