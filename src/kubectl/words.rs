//! Splits what is typed into commands as a shell does; knows nothing of kubectl.

/// When a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any case (`;` or a new line).
    Always,
    /// If the one before succeeded (`&&`).
    Succeeded,
    /// If the one before failed (`||`).
    Failed,
}

/// Where a command's words come from and go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The words, quotes removed.
    pub words: Vec<String>,
    /// `< file`.
    pub input_file: Option<String>,
    /// `<<EOF`: the text that stands behind the line.
    pub here: Option<String>,
    /// `> file` or `>> file`; true appends.
    pub output_file: Option<(String, bool)>,
    /// `2> file`; `None` inside means `2>&1`.
    pub error_file: Option<Option<String>>,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// When it is run.
    pub when: When,
    /// The commands, first to last.
    pub commands: Vec<Command>,
    /// Whether it runs beside what comes after (`&`).
    pub is_background: bool,
}

/// Why a text cannot be split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordsError {
    /// More lines are needed: a quote, a here-document or a line is open.
    Incomplete,
    /// This cannot stand here.
    Unexpected(String),
}

enum Token {
    Word(String),
    Operator(&'static str),
    Here { end: String, strips_tabs: bool },
}

/// Splits a text of one or more lines. `$VAR` and `$?` are put in by `variable`.
///
/// # Errors
/// [`WordsError::Incomplete`] if the text has to go on, [`WordsError::Unexpected`] if an operator stands wrong.
pub fn parse(text: &str, variable: &dyn Fn(&str) -> String) -> Result<Vec<Pipeline>, WordsError> {
    let mut pipelines = Vec::new();
    let mut lines = text.split('\n');
    let mut line = String::new();
    while let Some(next) = lines.next() {
        line.push_str(next);
        let tokens = match tokens(strip_prompt(&line), variable) {
            Ok(tokens) => tokens,
            Err(Open::Line) => {
                line.pop();
                if lines.clone().next().is_none() {
                    return Err(WordsError::Incomplete);
                }
                continue;
            }
            Err(Open::Quote) => {
                if lines.clone().next().is_none() {
                    return Err(WordsError::Incomplete);
                }
                line.push('\n');
                continue;
            }
        };
        line.clear();
        let mut bodies = Vec::new();
        for token in &tokens {
            if let Token::Here { end, strips_tabs } = token {
                bodies.push(here_text(&mut lines, end, *strips_tabs)?);
            }
        }
        arrange(tokens, bodies.into_iter(), &mut pipelines)?;
    }
    Ok(pipelines)
}

/// Takes the prompt away that was copied along with a command.
fn strip_prompt(line: &str) -> &str {
    let trimmed = line.trim_start();
    for prompt in ["$ ", "PS> ", "% ", "> "] {
        if let Some(rest) = trimmed.strip_prefix(prompt) {
            return rest;
        }
    }
    if trimmed.starts_with("PS ")
        && let Some((_, rest)) = trimmed.split_once("> ")
    {
        return rest;
    }
    trimmed
}

fn here_text<'a>(
    lines: &mut impl Iterator<Item = &'a str>,
    end: &str,
    strips_tabs: bool,
) -> Result<String, WordsError> {
    let mut text = String::new();
    for line in lines {
        let line = if strips_tabs { line.trim_start_matches('\t') } else { line };
        if line == end {
            return Ok(text);
        }
        text.push_str(line);
        text.push('\n');
    }
    Err(WordsError::Incomplete)
}

fn arrange(
    tokens: Vec<Token>,
    mut bodies: impl Iterator<Item = String>,
    pipelines: &mut Vec<Pipeline>,
) -> Result<(), WordsError> {
    let mut now = Pipeline { when: When::Always, commands: vec![Command::default()], is_background: false };
    let mut tokens = tokens.into_iter();
    let unexpected = |what: &str| Err(WordsError::Unexpected(what.to_string()));
    while let Some(token) = tokens.next() {
        let Some(command) = now.commands.last_mut() else { break };
        let is_empty = command.words.is_empty();
        match token {
            Token::Word(word) => command.words.push(word),
            Token::Here { .. } => command.here = bodies.next(),
            Token::Operator("2>&1") => command.error_file = Some(None),
            Token::Operator(operator @ (">" | ">>" | "<" | "2>")) => {
                let Some(Token::Word(file)) = tokens.next() else { return unexpected("newline") };
                match operator {
                    "<" => command.input_file = Some(file),
                    "2>" => command.error_file = Some(Some(file)),
                    _ => command.output_file = Some((file, operator == ">>")),
                }
            }
            Token::Operator("|") if is_empty => return unexpected("|"),
            Token::Operator("|") => now.commands.push(Command::default()),
            Token::Operator(operator) => {
                if is_empty {
                    return unexpected(operator);
                }
                let when = match operator {
                    "&&" => When::Succeeded,
                    "||" => When::Failed,
                    _ => When::Always,
                };
                now.is_background = operator == "&";
                let next = Pipeline { when, commands: vec![Command::default()], is_background: false };
                pipelines.push(std::mem::replace(&mut now, next));
            }
        }
    }
    let has_redirect = |command: &Command| command.output_file.is_some() || command.here.is_some();
    match now.commands.last() {
        Some(last) if !last.words.is_empty() || has_redirect(last) => pipelines.push(now),
        Some(_) if now.commands.len() > 1 || now.when != When::Always => return Err(WordsError::Incomplete),
        _ => {}
    }
    Ok(())
}

enum Open {
    Quote,
    Line,
}

/// The word that is being read.
#[derive(Default)]
struct Reading {
    word: String,
    /// Whether a word has begun, even if it is empty (`''`).
    is_open: bool,
    tokens: Vec<Token>,
}

impl Reading {
    fn push(&mut self, c: char) {
        self.word.push(c);
        self.is_open = true;
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.tokens.push(Token::Word(std::mem::take(&mut self.word)));
        }
    }

    fn operator(&mut self, operator: &'static str) {
        self.end();
        self.tokens.push(Token::Operator(operator));
    }
}

fn tokens(line: &str, variable: &dyn Fn(&str) -> String) -> Result<Vec<Token>, Open> {
    let mut reading = Reading::default();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' => reading.end(),
            '\n' => reading.operator(";"),
            '#' if !reading.is_open => while chars.next_if(|c| *c != '\n').is_some() {},
            '\'' => {
                reading.is_open = true;
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => reading.word.push(c),
                        None => return Err(Open::Quote),
                    }
                }
            }
            '"' => double_quoted(&mut chars, &mut reading, variable)?,
            '\\' => match chars.next() {
                Some(c) => reading.push(c),
                None => return Err(Open::Line),
            },
            '$' => reading.is_open |= put_variable(&mut chars, &mut reading.word, variable),
            '&' if chars.next_if_eq(&'&').is_some() => reading.operator("&&"),
            '&' => reading.operator("&"),
            '|' if chars.next_if_eq(&'|').is_some() => reading.operator("||"),
            '|' => reading.operator("|"),
            ';' => reading.operator(";"),
            '>' => redirect(&mut chars, &mut reading),
            '<' if chars.next_if_eq(&'<').is_some() => here(&mut chars, &mut reading),
            '<' => reading.operator("<"),
            c => reading.push(c),
        }
    }
    reading.end();
    Ok(reading.tokens)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn double_quoted(chars: &mut Chars<'_>, reading: &mut Reading, variable: &dyn Fn(&str) -> String) -> Result<(), Open> {
    reading.is_open = true;
    loop {
        match chars.next() {
            Some('"') => return Ok(()),
            Some('$') => _ = put_variable(chars, &mut reading.word, variable),
            Some('\\') => match chars.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => reading.word.push(c),
                Some('\n') => {}
                Some(c) => reading.word.extend(['\\', c]),
                None => return Err(Open::Quote),
            },
            Some(c) => reading.word.push(c),
            None => return Err(Open::Quote),
        }
    }
}

fn put_variable(chars: &mut Chars<'_>, word: &mut String, variable: &dyn Fn(&str) -> String) -> bool {
    let mut name = String::new();
    if chars.next_if_eq(&'?').is_some() {
        name.push('?');
    } else {
        let is_braced = chars.peek() == Some(&'{');
        if is_braced {
            chars.next();
        }
        while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
            name.push(c);
        }
        if is_braced {
            while chars.next_if(|c| *c != '}').is_some() {}
            chars.next();
        }
    }
    if name.is_empty() {
        word.push('$');
        return true;
    }
    let value = variable(&name);
    word.push_str(&value);
    !value.is_empty()
}

fn redirect(chars: &mut Chars<'_>, reading: &mut Reading) {
    let is_error = reading.word == "2";
    if is_error || reading.word == "1" {
        reading.word.clear();
        reading.is_open = false;
    }
    if chars.next_if_eq(&'>').is_some() {
        reading.operator(if is_error { "2>" } else { ">>" });
    } else if is_error && chars.peek() == Some(&'&') {
        chars.next();
        chars.next();
        reading.operator("2>&1");
    } else {
        reading.operator(if is_error { "2>" } else { ">" });
    }
}

fn here(chars: &mut Chars<'_>, reading: &mut Reading) {
    reading.end();
    let strips_tabs = chars.next_if_eq(&'-').is_some();
    while chars.next_if_eq(&' ').is_some() {}
    let mut end = String::new();
    while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !matches!(c, '>' | '<' | '|' | ';' | '&')) {
        if !matches!(c, '\'' | '"' | '\\') {
            end.push(c);
        }
    }
    reading.tokens.push(Token::Here { end, strips_tabs });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let pipelines = parse(text, &|name| format!("<{name}>")).unwrap();
        pipelines.into_iter().flat_map(|pipeline| pipeline.commands).map(|command| command.words).collect()
    }

    #[test]
    fn a_line_is_split_as_a_shell_does() {
        let cases: [(&str, &[&[&str]]); 9] = [
            ("kubectl get pods # all", &[&["kubectl", "get", "pods"]]),
            ("PS> kubectl get pods", &[&["kubectl", "get", "pods"]]),
            ("  $ a 'b c' \"d \\\" e\" f\\ g", &[&["a", "b c", "d \" e", "f g"]]),
            ("a && b; c\nd", &[&["a"], &["b"], &["c"], &["d"]]),
            ("a | b -c '|'", &[&["a"], &["b", "-c", "|"]]),
            ("a b#c ''", &[&["a", "b#c", ""]]),
            ("a \\\n  b", &[&["a", "b"]]),
            ("echo $HOME '$HOME' \"$?\"", &[&["echo", "<HOME>", "$HOME", "<?>"]]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn files_and_here_documents_are_found() {
        let text = "cat <<EOF > a.yaml\nx: 1\n  y\nEOF\necho b >> c 2>&1";
        let pipelines = parse(text, &|_| String::new()).unwrap();
        assert_eq!(pipelines[0].commands[0].here.as_deref(), Some("x: 1\n  y\n"));
        assert_eq!(pipelines[0].commands[0].output_file, Some(("a.yaml".into(), false)));
        assert_eq!(pipelines[1].commands[0].output_file, Some(("c".into(), true)));
        assert_eq!(pipelines[1].commands[0].error_file, Some(None));
    }

    #[test]
    fn an_open_line_asks_for_more() {
        for text in ["a 'b", "a \"b", "a \\", "a &&", "a |", "cat <<EOF\nb"] {
            assert_eq!(parse(text, &|_| String::new()), Err(WordsError::Incomplete), "{text}");
        }
        assert_eq!(parse("| a", &|_| String::new()), Err(WordsError::Unexpected("|".into())));
    }
}
