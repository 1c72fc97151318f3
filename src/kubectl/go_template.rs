//! Go templates as `-o go-template` takes them: the practical part of Go's `text/template`; knows trees, not objects.
//!
//! Text, `{{ pipelines }}` with fields, variables, parentheses and functions, `if`, `range` and `with` with their
//! `else`, `break`, `continue`, comments and trim marks. Templates inside templates and methods are left out.

mod functions;
mod syntax;

use crate::cluster::patch::go_dump;
use crate::model::Value;
use functions::{call, is_true, shown};
use std::rc::Rc;
use syntax::{Node, Operand, Pipe, Place};

/// The most text that is printed.
const TEXT_MAX: usize = 1 << 20;
/// The most nodes that are run, so that nested ranges cannot hold the page.
const STEPS_MAX: u32 = 200_000;

/// A template that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Rc<Vec<Node>>);

/// What a template prints for `value`, whatever of it could be printed, and why it stopped, if it did.
///
/// With `is_strict` a key that a map does not have is an error.
pub fn render(template: &Template, value: &Value, is_strict: bool) -> (String, Option<String>) {
    let mut run = Run { is_strict, out: String::new(), variables: vec![("$".into(), Some(value.clone()))], steps: 0 };
    let stopped = run.nodes(&template.0, &Some(value.clone())).err();
    let error = match stopped {
        Some(Stop::Error(error)) => Some(format!("template: output:{error}")),
        _ => None,
    };
    (run.out, error)
}

/// Reads a template.
///
/// # Errors
/// What Go says of it: `template: output:1: unclosed action`.
pub fn parse(text: &str) -> Result<Template, String> {
    syntax::parse(text).map(|nodes| Template(Rc::new(nodes)))
}

/// What may be missing: Go's `<no value>`.
type Found = Option<Value>;

enum Stop {
    Break,
    Continue,
    /// What went wrong, with the place before it.
    Error(String),
}

struct Run {
    is_strict: bool,
    out: String,
    variables: Vec<(String, Found)>,
    steps: u32,
}

impl Run {
    fn nodes(&mut self, nodes: &[Node], dot: &Found) -> Result<(), Stop> {
        let scope = self.variables.len();
        let done = nodes.iter().try_for_each(|node| self.node(node, dot));
        self.variables.truncate(scope);
        done
    }

    fn node(&mut self, node: &Node, dot: &Found) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.out.len() > TEXT_MAX {
            return Err(Stop::Error("1:1: executing \"output\": exceeded maximum template depth".into()));
        }
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Break => return Err(Stop::Break),
            Node::Continue => return Err(Stop::Continue),
            Node::Print(pipe, place) => {
                let found = self.pipe(pipe, dot, place)?;
                self.out.push_str(&shown(&found));
            }
            Node::Set(name, declares, pipe, place) => {
                let found = self.pipe(pipe, dot, place)?;
                match self.variables.iter_mut().rev().find(|known| !declares && known.0 == *name) {
                    Some(known) => known.1 = found,
                    None if *declares => self.variables.push((name.clone(), found)),
                    None => return Err(at(place, format!("undefined variable: {name}"))),
                }
            }
            Node::If(pipe, body, otherwise, place) => {
                let chosen = if is_true(&self.pipe(pipe, dot, place)?) { body } else { otherwise };
                self.nodes(chosen, dot)?;
            }
            Node::With(pipe, body, otherwise, place) => {
                let found = self.pipe(pipe, dot, place)?;
                if is_true(&found) {
                    self.nodes(body, &found)?;
                } else {
                    self.nodes(otherwise, dot)?;
                }
            }
            Node::Range { names, pipe, body, otherwise, place } => {
                let elements: Vec<(Value, Value)> = match self.pipe(pipe, dot, place)? {
                    Some(Value::List(list)) => (0_i64..).map(Value::Int).zip(list.iter().cloned()).collect(),
                    Some(Value::Map(map)) => {
                        map.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect()
                    }
                    Some(Value::Int(count)) => (0..count.clamp(0, 1000)).map(|n| (n.into(), n.into())).collect(),
                    None | Some(Value::Null) => Vec::new(),
                    Some(other) => {
                        return Err(at(place, format!("range can't iterate over {}", go_dump(&other))));
                    }
                };
                if elements.is_empty() {
                    return self.nodes(otherwise, dot);
                }
                self.each(names, elements, body)?;
            }
        }
        Ok(())
    }

    fn each(&mut self, names: &[String], elements: Vec<(Value, Value)>, body: &[Node]) -> Result<(), Stop> {
        let scope = self.variables.len();
        for (key, value) in elements {
            match names {
                [] => {}
                [only] => self.variables.push((only.clone(), Some(value.clone()))),
                [first, second, ..] => {
                    self.variables.push((first.clone(), Some(key)));
                    self.variables.push((second.clone(), Some(value.clone())));
                }
            }
            let done = self.nodes(body, &Some(value));
            self.variables.truncate(scope);
            match done {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Found, place: &Place) -> Result<Found, Stop> {
        let mut last: Option<Found> = None;
        for command in pipe {
            last = Some(self.command(command, last, dot, place)?);
        }
        Ok(last.flatten())
    }

    fn command(
        &mut self,
        command: &[Operand],
        piped: Option<Found>,
        dot: &Found,
        place: &Place,
    ) -> Result<Found, Stop> {
        let Some((first, rest)) = command.split_first() else { return Ok(None) };
        let Operand::Function(name) = first else {
            if !rest.is_empty() || piped.is_some() {
                let text = format!("can't give argument to non-function {}", place.text);
                return Err(at(place, text));
            }
            return self.operand(first, dot, place);
        };
        let mut arguments: Vec<Found> =
            rest.iter().map(|operand| self.operand(operand, dot, place)).collect::<Result<_, _>>()?;
        arguments.extend(piped);
        call(name, &arguments).map_err(|why| at(place, format!("error calling {name}: {why}")))
    }

    fn operand(&mut self, operand: &Operand, dot: &Found, place: &Place) -> Result<Found, Stop> {
        match operand {
            Operand::Literal(value) => Ok(Some(value.clone())),
            Operand::Fields(names) => walk(dot.clone(), names, place, self.is_strict),
            Operand::Variable(name, names) => {
                let known = self.variables.iter().rev().find(|known| known.0 == *name).map(|known| known.1.clone());
                walk(
                    known.ok_or_else(|| at(place, format!("undefined variable: {name}")))?,
                    names,
                    place,
                    self.is_strict,
                )
            }
            Operand::Inner(pipe, names) => walk(self.pipe(pipe, dot, place)?, names, place, self.is_strict),
            Operand::Function(_) => self.command(std::slice::from_ref(operand), None, dot, place),
        }
    }
}

fn at(place: &Place, why: String) -> Stop {
    Stop::Error(format!("{}:{}: executing \"output\" at <{}>: {why}", place.line, place.column, place.text))
}

fn walk(found: Found, names: &[String], place: &Place, is_strict: bool) -> Result<Found, Stop> {
    let mut found = found;
    for name in names {
        found = match found {
            Some(Value::Map(map)) => match map.get(name) {
                None if is_strict => return Err(at(place, format!("map has no entry for key {name:?}"))),
                found => found.cloned(),
            },
            None | Some(Value::Null) => None,
            Some(_) => return Err(at(place, format!("can't evaluate field {name} in type interface {{}}"))),
        };
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    fn rendered(template: &str) -> String {
        let text = r#"{"items":[{"metadata":{"name":"web-0","labels":{"a.b/c":"x"}},"spec":{"replicas":3}},
            {"metadata":{"name":"web-1"},"spec":{"replicas":0}}],"kind":"List"}"#;
        let value = parse_json(text).unwrap();
        match parse(template) {
            Err(error) => error,
            Ok(template) => {
                let (out, error) = render(&template, &value, false);
                out + &error.map(|error| format!("!{error}")).unwrap_or_default()
            }
        }
    }

    #[test]
    fn templates_print_as_in_go() {
        let cases = [
            ("{{.kind}} {{ .nothing }}", "List <no value>"),
            ("{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}", "web-0\nweb-1\n"),
            ("{{range $i, $it := .items}}{{$i}}={{$it.metadata.name}} {{end}}", "0=web-0 1=web-1 "),
            ("{{range .items}}{{if .spec.replicas}}yes{{else}}no{{end}},{{end}}", "yes,no,"),
            ("{{range .nothing}}x{{else}}none{{end}}", "none"),
            ("{{with index .items 0}}{{.metadata.name}}{{end}}", "web-0"),
            ("{{(index .items 1).metadata.name}}", "web-1"),
            ("{{index .items 0 \"metadata\" \"labels\" \"a.b/c\"}}", "x"),
            ("{{len .items}} {{.items | len | printf \"%03d|%-4v|%q\" }}", "2 002|%!v(MISSING)|%!q(MISSING)"),
            ("{{if and (eq .kind \"List\" \"x\") (gt (len .items) 1)}}a{{else if .kind}}b{{end}}", "a"),
            ("{{if not .kind}}a{{else if eq .kind \"List\"}}b{{else}}c{{end}}", "b"),
            ("a {{- /* nothing */ -}} b", "ab"),
            ("a {{- `x` -}} \n b", "axb"),
            ("{{$n := 0}}{{range .items}}{{$n = .spec.replicas}}{{break}}{{end}}{{$n}}", "3"),
            (
                "{{.items}}",
                "[map[metadata:map[labels:map[a.b/c:x] name:web-0] spec:map[replicas:3]] map[metadata:map[name:web-1] spec:map[replicas:0]]]",
            ),
            ("{{base64decode \"aGk=\"}}", "hi"),
            ("{{printf \"%.2s|%4.1s|%-3s|\" .kind \"abc\" \"x\"}}", "Li|   a|x  |"),
        ];
        for (template, expected) in cases {
            assert_eq!(rendered(template), expected, "{template}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_go_does() {
        let cases = [
            ("{{.x", "template: output:1: unclosed action"),
            ("{{range .items}}", "template: output:1: unexpected EOF"),
            ("a\n{{foo}}", "template: output:2: function \"foo\" not defined"),
            ("{{end}}", "template: output:1: unexpected {{end}}"),
            ("{{}}", "template: output:1: missing value for command"),
            ("{{(.x}}", "template: output:1: unclosed left paren"),
            (
                "{{.kind.x}}",
                "!template: output:1:2: executing \"output\" at <.kind.x>: can't evaluate field x in type interface {}",
            ),
            (
                "{{index .items 7}}",
                "!template: output:1:2: executing \"output\" at <index .items 7>: error calling index: index out of range: 7",
            ),
            (
                "{{range .kind}}{{end}}",
                "!template: output:1:2: executing \"output\" at <.kind>: range can't iterate over List",
            ),
        ];
        for (template, expected) in cases {
            assert_eq!(rendered(template), expected, "{template}");
        }
        let deep = "{{range .items}}".repeat(60);
        assert_eq!(rendered(&deep), "template: output:1: too deeply nested");
        let nested = "{{range $.items}}".repeat(30) + "x" + &"{{end}}".repeat(30);
        assert!(rendered(&nested).contains("exceeded maximum"));
    }
}
