//! What is wrong with a YAML text, in the words of kubectl's library; reads no tree.

/// The library's words for an error of the parser at a line of a text, and the line that it names; 0 for none.
pub(super) fn translate(info: &str, line: usize, text: &str, at: usize) -> (String, usize) {
    let lines = text.split('\n').count();
    let parser = line.saturating_sub(1);
    // What the scanner finds in the first line has none in the message.
    let scanner = if line == 1 { 0 } else { line };
    let before = text.get(..at).unwrap_or(text);
    let open = open_bracket(before);
    let (words, line) = match info {
        "while parsing a block mapping, did not find expected key" => ("did not find expected key", parser),
        "while parsing a block collection, did not find expected '-' indicator" => {
            ("did not find expected '-' indicator", parser)
        }
        "while parsing a flow mapping, did not find expected ',' or '}'"
        | "while parsing a flow sequence, expected ',' or ']'"
        | "invalid indentation in flow construct" => match open {
            Some('{') => ("did not find expected ',' or '}'", parser),
            _ => ("did not find expected ',' or ']'", parser),
        },
        "illegal placement of ':' indicator" if open == Some('[') => ("did not find expected ',' or ']'", parser),
        "invalid indentation" | "\"-\" is only valid inside a block" if open.is_some() => {
            ("did not find expected node content", parser)
        }
        "misplaced bracket" => match open {
            Some(_) => ("did not find expected node content", parser),
            None => ("did not find expected key", parser),
        },
        "while parsing a node, did not find expected node content" | "unexpected eof" => {
            ("did not find expected node content", parser)
        }
        "invalid trailing content after double-quoted scalar" => match line_at(text, line).trim_start() {
            item if item.starts_with("- ") && !item.contains(": ") => ("did not find expected '-' indicator", parser),
            entry if entry.starts_with(['"', '\'']) => ("could not find expected ':'", line + 1),
            _ => ("did not find expected key", parser),
        },
        "while parsing node, found unknown anchor" => {
            let name = text.get(at..).unwrap_or("").trim_start_matches('*');
            let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
            return (format!("unknown anchor '{}' referenced", name.get(..length).unwrap_or("")), 0);
        }
        "simple key expect ':'" | "simple key expected" => ("could not find expected ':'", scanner),
        "while scanning a plain scalar, found a tab" => ("found a tab character that violates indentation", line + 1),
        "tab cannot be used as indentation"
        | "tabs disallowed in this context"
        | "tabs disallowed within this context (block indentation)" => {
            ("found character that cannot start any token", scanner)
        }
        "a block scalar content cannot start with a tab" => {
            ("found a tab character where an indentation space is expected", line + 1)
        }
        "missing explicit document end marker before directive" => ("found unknown directive name", scanner),
        "while scanning a quoted scalar, found unexpected end of stream" => ("found unexpected end of stream", lines),
        "invalid indentation in quoted scalar" => match closing_line(text, before) {
            // The quote closes on a later line that is not meant to be part of the text.
            Some(closing) => ("did not find expected key", closing.saturating_sub(1)),
            None => ("found unexpected end of stream", lines),
        },
        "recursion limit exceeded" => ("exceeded max depth of 100", 0),
        other if other.starts_with("unexpected character") => ("found character that cannot start any token", scanner),
        other => (other.strip_prefix("while ").and_then(|it| it.split_once(", ")).map_or(other, |(_, it)| it), scanner),
    };
    (words.to_string(), line)
}

fn line_at(text: &str, line: usize) -> &str {
    text.split('\n').nth(line.saturating_sub(1)).unwrap_or("")
}

/// The innermost bracket that stands open at the end of the text, outside of quotes and comments.
fn open_bracket(text: &str) -> Option<char> {
    let mut open = Vec::new();
    for line in text.split('\n') {
        let mut quote = None;
        let mut last = ' ';
        for c in line.chars() {
            match (quote, c) {
                (Some(q), c) if c == q => quote = None,
                (Some(_), _) => {}
                (None, '#') if last == ' ' => break,
                (None, '"' | '\'') if " [{,:".contains(last) => quote = Some(c),
                (None, '[' | '{') if !open.is_empty() || " [{,-".contains(last) => open.push(c),
                (None, ']' | '}') => _ = open.pop(),
                _ => {}
            }
            last = c;
        }
    }
    open.pop()
}

/// The line (from 1) of the quote that closes the one which stands open at the end of `before`.
fn closing_line(text: &str, before: &str) -> Option<usize> {
    let opening = before
        .trim_end()
        .rsplit('\n')
        .find(|line| line.matches('"').count() % 2 == 1 || line.matches('\'').count() % 2 == 1)?;
    let quote = if opening.matches('"').count() % 2 == 1 { '"' } else { '\'' };
    let offset = opening.as_ptr() as usize - text.as_ptr() as usize + opening.len();
    let rest = text.get(offset..)?;
    let at = offset + rest.find(quote)?;
    Some(text.get(..at)?.matches('\n').count() + 1)
}
