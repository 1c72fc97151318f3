//! Label selectors as they are typed: `-l app=web,tier!=db`. Those of fields stand in `field_selector`.

use crate::api::go_quoted;
use crate::api::names::{label_value, qualified_name};
use crate::model::{Labels, Text, Value};
use crate::ordering::Order;
use std::fmt;

/// One requirement of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    Is(String),
    In(Vec<String>),
    NotIn(Vec<String>),
    Not(String),
    Exists,
    Missing,
    Above(i64),
    Below(i64),
}

/// A label selector; the empty one takes everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<(String, Requirement)>,
    text: String,
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl LabelSelector {
    /// It as objects keep it: a lone value in `matchLabels`, everything else in `matchExpressions`.
    pub fn to_value(&self) -> Value {
        let mut out = Value::map();
        let mut expressions = Vec::new();
        for (key, requirement) in &self.requirements {
            let (operator, values) = match requirement {
                Requirement::Is(value) => {
                    out.at_mut(&["matchLabels"]).map_mut().insert(Text::new(key), Value::text(value));
                    continue;
                }
                Requirement::In(values) => ("In", values.clone()),
                Requirement::NotIn(values) => ("NotIn", values.clone()),
                Requirement::Not(value) => ("NotIn", vec![value.clone()]),
                Requirement::Exists => ("Exists", Vec::new()),
                Requirement::Missing => ("DoesNotExist", Vec::new()),
                // Nothing that keeps a selector knows these two.
                Requirement::Above(_) | Requirement::Below(_) => continue,
            };
            let mut expression = crate::obj! { "key" => Text::new(key), "operator" => operator };
            if !values.is_empty() {
                expression.set_at(&["values"], values.iter().map(|value| Value::text(value)).collect::<Vec<_>>());
            }
            expressions.push(expression);
        }
        if !expressions.is_empty() {
            out.set_at(&["matchExpressions"], expressions);
        }
        out
    }

    /// Reads one that objects shall keep.
    ///
    /// Follows `ParseToLabelSelector` of apimachinery.
    ///
    /// # Errors
    /// What cannot be read, and what no object can keep.
    pub fn parse_kept(text: &str) -> Result<LabelSelector, String> {
        let selector = LabelSelector::parse(text)
            .map_err(|why| format!("couldn't parse the selector string \"{text}\": {why}"))?;
        for (_, requirement) in &selector.requirements {
            match requirement {
                Requirement::Above(_) => return Err("\"gt\" isn't supported in label selectors".into()),
                Requirement::Below(_) => return Err("\"lt\" isn't supported in label selectors".into()),
                Requirement::Not(_) => return Err("\"!=\" is not a valid label selector operator".into()),
                _ => {}
            }
        }
        Ok(selector)
    }

    /// Reads `a=b,c!=d,e in (f,g),!h,i`.
    ///
    /// # Errors
    /// What was found in the place of what, or which key or value is none, in the API's words.
    pub fn parse(text: &str) -> Result<LabelSelector, String> {
        let mut reader = Reader { tokens: tokens(text), at: 0 };
        let mut requirements = Vec::new();
        loop {
            match reader.peek() {
                "" => break,
                word if is_word(word) || word == "!" => {}
                found => return Err(format!("found '{found}', expected: !, identifier, or 'end of string'")),
            }
            let requirement = reader.requirement().map_err(|why| format!("unable to parse requirement: {why}"))?;
            requirements.push(requirement);
            match reader.next().as_str() {
                "" => break,
                "," => {}
                found => return Err(format!("found '{found}', expected: ',' or 'end of string'")),
            }
            let behind = reader.peek();
            if !is_word(behind) && behind != "!" {
                return Err(format!("found '{behind}', expected: identifier after ','"));
            }
        }
        Ok(LabelSelector { requirements, text: text.to_string() })
    }

    /// Whether the selector takes everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels fit.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|(key, requirement)| {
            let found = labels.get(key).map(Text::as_str);
            let number = || found.and_then(|found| found.parse::<i64>().ok());
            match requirement {
                Requirement::Is(value) => found == Some(value.as_str()),
                Requirement::In(values) => found.is_some_and(|found| values.iter().any(|value| value == found)),
                Requirement::NotIn(values) => !found.is_some_and(|found| values.iter().any(|value| value == found)),
                Requirement::Not(value) => found != Some(value.as_str()),
                Requirement::Exists => found.is_some(),
                Requirement::Missing => found.is_none(),
                Requirement::Above(bound) => number().is_some_and(|number| number > *bound),
                Requirement::Below(bound) => number().is_some_and(|number| number < *bound),
            }
        })
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.starts_with(['(', ')', ',', '!', '=', '<', '>'])
}

/// The words of a label selector, as `labels.Parser` of apimachinery takes them.
struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        let token = self.peek().to_string();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<(String, Requirement), String> {
        let is_missing = self.peek() == "!";
        self.at += usize::from(is_missing);
        let key = self.next();
        if !is_word(&key) {
            return Err(format!("found '{key}', expected: identifier"));
        }
        let wrong = qualified_name(&key);
        if !wrong.is_empty() {
            return Err(format!("<nil>: Invalid value: {}: {}", go_quoted(&key), wrong.join("; ")));
        }
        if is_missing {
            return Ok((key, Requirement::Missing));
        }
        if matches!(self.peek(), "" | ",") {
            return Ok((key, Requirement::Exists));
        }
        let requirement = match self.next().as_str() {
            "=" | "==" => Requirement::Is(checked(&key, self.value()?)?),
            "!=" => Requirement::Not(checked(&key, self.value()?)?),
            "in" => Requirement::In(all_checked(&key, self.values()?)?),
            "notin" => Requirement::NotIn(all_checked(&key, self.values()?)?),
            ">" => Requirement::Above(self.bound()?),
            "<" => Requirement::Below(self.bound()?),
            found => return Err(format!("found '{found}', expected: in, notin, =, ==, !=, gt, lt")),
        };
        Ok((key, requirement))
    }

    fn value(&mut self) -> Result<String, String> {
        match self.peek() {
            "" | "," => Ok(String::new()),
            word if is_word(word) => Ok(self.next()),
            found => Err(format!("found '{found}', expected: identifier")),
        }
    }

    fn bound(&mut self) -> Result<i64, String> {
        let value = self.value()?;
        value.parse().map_err(|_| {
            let value = go_quoted(&value);
            format!("values[0]: Invalid value: {value}: for 'Gt', 'Lt' operators, the value must be an integer")
        })
    }

    /// `(a, b)`: in order, each once; what is missing between two commas is the empty text.
    fn values(&mut self) -> Result<Vec<String>, String> {
        let open = self.next();
        if open != "(" {
            return Err(format!("found '{open}' expected: '('"));
        }
        match self.peek() {
            ")" | "," => {}
            word if is_word(word) => {}
            found => return Err(format!("found '{found}', expected: ',', ')' or identifier")),
        }
        let mut values = Vec::new();
        loop {
            let value = if is_word(self.peek()) { self.next() } else { String::new() };
            values.push(value);
            match self.next().as_str() {
                ")" => break,
                "," => {}
                found => return Err(format!("found '{found}', expected: ',' or ')'")),
            }
        }
        values.order();
        values.dedup();
        Ok(values)
    }
}

fn checked(key: &str, value: String) -> Result<String, String> {
    all_checked(key, vec![value]).map(|values| values.into_iter().next().unwrap_or_default())
}

fn all_checked(key: &str, values: Vec<String>) -> Result<Vec<String>, String> {
    let wrong = values.iter().enumerate().flat_map(|(number, value)| {
        let why = label_value(value);
        let why = (!why.is_empty()).then(|| why.join("; "));
        why.map(|why| format!("values[{number}][{key}]: Invalid value: {}: {why}", go_quoted(value)))
    });
    let wrong: Vec<String> = wrong.collect();
    match wrong.as_slice() {
        [] => Ok(values),
        [only] => Err(only.clone()),
        several => Err(format!("[{}]", several.join(", "))),
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, ' ' | '\t' | '\r' | '\n' | '(' | ')' | ',' | '!' | '=' | '<' | '>') {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            if !c.is_whitespace() {
                let mut token = c.to_string();
                if matches!(c, '!' | '=') && chars.next_if_eq(&'=').is_some() {
                    token.push('=');
                }
                tokens.push(token);
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_selectors_take_what_they_say() {
        let labels: Labels = [("app", Text::from("web")), ("tier", Text::from("2"))].into_iter().collect();
        let cases = [
            ("", true),
            ("app=web", true),
            ("app==web,tier!=3", true),
            ("app in (db, web)", true),
            ("app notin (web)", false),
            ("!zone", true),
            ("tier", true),
            ("tier>1", true),
            ("app=", false),
        ];
        for (text, expected) in cases {
            assert_eq!(LabelSelector::parse(text).unwrap().matches(&labels), expected, "{text}");
        }
        assert!(LabelSelector::parse("app in web").is_err());
        assert!(LabelSelector::parse("=web").is_err());
    }

    /// Recorded of a real kubectl: what it says of selectors that cannot be read.
    #[test]
    fn what_cannot_be_read_is_said_as_by_the_api() {
        let cases = [
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("=x", "found '=', expected: !, identifier, or 'end of string'"),
            ("a in (nginx", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in (x y)", "unable to parse requirement: found 'y', expected: ',' or ')'"),
            ("a in x", "unable to parse requirement: found 'x' expected: '('"),
            ("a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
            ("a=b,", "found '', expected: identifier after ','"),
            ("a=b,,c", "found ',', expected: identifier after ','"),
            (",a=b", "found ',', expected: !, identifier, or 'end of string'"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("!a=b", "found '=', expected: ',' or 'end of string'"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("!!a", "unable to parse requirement: found '!', expected: identifier"),
            (
                "a>x",
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
            ("a=(b)", "unable to parse requirement: found '(', expected: identifier"),
            ("a===b", "unable to parse requirement: found '=', expected: identifier"),
            ("a!b", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"),
            ("/a=b", "unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part must be non-empty"),
        ];
        for (text, why) in cases {
            assert_eq!(LabelSelector::parse(text).unwrap_err(), why, "{text}");
        }
        for text in ["a/b/c=x", "-a", "a=b/c", "a=-x", "a notin (b/c,-d)", "a/=b"] {
            let why = LabelSelector::parse(text).unwrap_err();
            assert!(why.contains("Invalid value: "), "{text}: {why}");
        }
        for text in ["a in ()", "a in (,)", "a in (x,,y)", "in=notin", "in in (in)", "a,!b,c", "a=", "a>1"] {
            assert!(LabelSelector::parse(text).is_ok(), "{text}");
        }
    }
}
