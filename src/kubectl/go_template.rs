//! Go templates as `-o go-template` takes them: Go's `text/template` with kubectl's functions; knows trees, not objects.
//!
//! Follows `text/template/exec.go` of Go.

mod format;
mod functions;
mod lexer;
mod syntax;

use crate::api::go_quoted;
use crate::cluster::patch::go_dump;
use crate::model::Value;
use functions::{Given, call, is_true, shown, wants_text, wrong_count};
use std::rc::Rc;
use syntax::{Command, Node, Operand, Parsed, Pipe, Place, What};

/// The most text that is printed.
const TEXT_MAX: usize = 1 << 20;
/// The most nodes that are run and elements that are gone over, so that nested ranges cannot hold the page.
const STEPS_MAX: u32 = 200_000;
/// The deepest that templates call each other; Go goes to 100000.
const CALLS_MAX: usize = 100;

/// A template that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Rc<Parsed>);

/// What a template prints for `value`, whatever of it could be printed, and why it stopped, if it did.
///
/// With `is_strict` a key that a map does not have is an error.
pub fn render(template: &Template, value: &Value, is_strict: bool) -> (String, Option<String>) {
    let mut run = Run {
        parsed: template.0.clone(),
        is_strict,
        out: String::new(),
        variables: vec![("$".into(), Some(value.clone()))],
        steps: 0,
        called: vec!["output".into()],
        here: Place { at: 0, text: String::new() },
    };
    let stopped = run.nodes(&template.0.nodes, &Some(value.clone())).err();
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
    syntax::parse(text).map(|parsed| Template(Rc::new(parsed)))
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
    parsed: Rc<Parsed>,
    is_strict: bool,
    out: String,
    variables: Vec<(String, Found)>,
    steps: u32,
    /// The templates that are being run, the innermost last.
    called: Vec<String>,
    /// What was looked at last.
    here: Place,
}

impl Run {
    fn fail<T>(&self, why: impl std::fmt::Display) -> Result<T, Stop> {
        let before = self.parsed.source.get(..self.here.at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        let (name, text) = (go_quoted(self.called.last().map_or("", String::as_str)), &self.here.text);
        Err(Stop::Error(format!("{line}:{column}: executing {name} at <{text}>: {why}")))
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Found) -> Result<(), Stop> {
        let scope = self.variables.len();
        let done = nodes.iter().try_for_each(|node| self.node(node, dot));
        self.variables.truncate(scope);
        done
    }

    fn node(&mut self, node: &Node, dot: &Found) -> Result<(), Stop> {
        self.step()?;
        let scope = self.variables.len();
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Break => return Err(Stop::Break),
            Node::Continue => return Err(Stop::Continue),
            Node::Print(pipe) => {
                let found = self.pipe(pipe, dot)?;
                if pipe.names.is_empty() {
                    self.out.push_str(&shown(&found));
                }
                return Ok(());
            }
            Node::If(pipe, body, otherwise) => {
                let chosen = if is_true(&self.pipe(pipe, dot)?) { body } else { otherwise };
                self.nodes(chosen, dot)?;
            }
            Node::With(pipe, body, otherwise) => {
                let found = self.pipe(pipe, dot)?;
                match is_true(&found) {
                    true => self.nodes(body, &found)?,
                    false => self.nodes(otherwise, dot)?,
                }
            }
            Node::Range(pipe, body, otherwise) => self.range(pipe, body, otherwise, dot)?,
            Node::Template(name, pipe, place) => self.template(name, pipe.as_ref(), place, dot)?,
        }
        self.variables.truncate(scope);
        Ok(())
    }

    /// Counts a step, be it a node or an element that is gone over.
    fn step(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        match self.steps > STEPS_MAX || self.out.len() > TEXT_MAX {
            true => self.fail(format!("this lab stops templates after {STEPS_MAX} steps or {TEXT_MAX} bytes")),
            false => Ok(()),
        }
    }

    fn template(&mut self, name: &str, pipe: Option<&Pipe>, place: &Place, dot: &Found) -> Result<(), Stop> {
        self.here = place.clone();
        let Some((_, nodes)) = self.parsed.named.iter().find(|(known, _)| known == name) else {
            return self.fail(format!("template {} not defined", go_quoted(name)));
        };
        let nodes = nodes.clone();
        if self.called.len() > CALLS_MAX {
            return self.fail(TOO_DEEP);
        }
        let value = match pipe {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => None,
        };
        let outside = std::mem::replace(&mut self.variables, vec![("$".into(), value.clone())]);
        self.called.push(name.to_string());
        self.nodes(&nodes, &value)?;
        self.called.pop();
        self.variables = outside;
        Ok(())
    }

    fn range(&mut self, pipe: &Pipe, body: &[Node], otherwise: &[Node], dot: &Found) -> Result<(), Stop> {
        let found = self.commands(pipe, dot)?;
        let elements: Box<dyn Iterator<Item = (Value, Value)>> = match &found {
            Some(Value::List(list)) => Box::new((0_i64..).map(Value::Int).zip(list.iter().cloned())),
            Some(Value::Map(map)) => Box::new(map.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone()))),
            Some(Value::Int(count)) => Box::new((0..*count).map(|number| (number.into(), number.into()))),
            None | Some(Value::Null) => Box::new(std::iter::empty()),
            Some(other) => return self.fail(format!("range can't iterate over {}", go_dump(other))),
        };
        let mut elements = elements.peekable();
        if elements.peek().is_none() {
            return self.nodes(otherwise, dot);
        }
        let scope = self.variables.len();
        for (key, value) in elements {
            self.step()?;
            match pipe.names.as_slice() {
                [] => {}
                [only] => self.set(only, pipe.declares, Some(value.clone()))?,
                [first, second, ..] => {
                    self.set(first, pipe.declares, Some(key))?;
                    self.set(second, pipe.declares, Some(value.clone()))?;
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

    fn set(&mut self, name: &str, declares: bool, found: Found) -> Result<(), Stop> {
        if declares {
            self.variables.push((name.to_string(), found));
            return Ok(());
        }
        match self.variables.iter_mut().rev().find(|known| known.0 == name) {
            Some(known) => known.1 = found,
            None => return self.fail(format!("undefined variable: {name}")),
        }
        Ok(())
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Found) -> Result<Found, Stop> {
        let found = self.commands(pipe, dot)?;
        for name in &pipe.names {
            self.set(name, pipe.declares, found.clone())?;
        }
        Ok(found)
    }

    fn commands(&mut self, pipe: &Pipe, dot: &Found) -> Result<Found, Stop> {
        let mut last: Option<Given> = None;
        for command in &pipe.commands {
            let found = self.command(command, last, dot)?;
            last = Some(Given { found, is_literal: is_literal(command) });
        }
        Ok(last.and_then(|given| given.found))
    }

    fn command(&mut self, command: &Command, piped: Option<Given>, dot: &Found) -> Result<Found, Stop> {
        let Some((first, rest)) = command.operands.split_first() else { return Ok(None) };
        if let What::Function(name) = &first.what {
            return self.function(name, command, piped, dot);
        }
        self.here = first.place.clone();
        match &first.what {
            What::Fields(names) if !names.is_empty() && (!rest.is_empty() || piped.is_some()) => {
                let name = names.last().map_or("", String::as_str);
                self.fail(format!("{name} is not a method but has arguments"))
            }
            _ if !rest.is_empty() || piped.is_some() => {
                self.fail(format!("can't give argument to non-function {}", first.place.text))
            }
            What::Nil => self.fail("nil is not a command"),
            _ => self.operand(first, dot),
        }
    }

    fn function(&mut self, name: &str, command: &Command, piped: Option<Given>, dot: &Found) -> Result<Found, Stop> {
        let Some((first, rest)) = command.operands.split_first() else { return Ok(None) };
        self.here = first.place.clone();
        if let Some(wrong) = wrong_count(name, rest.len() + usize::from(piped.is_some())) {
            return self.fail(wrong);
        }
        let is_choice = matches!(name, "and" | "or");
        let mut arguments = Vec::new();
        for operand in rest {
            let found = self.operand(operand, dot)?;
            if is_choice && is_true(&found) == (name == "or") {
                return Ok(found);
            }
            let given = Given { found, is_literal: is_literal_operand(operand) };
            if arguments.is_empty() && wants_text(name) {
                self.check_text(&given, Some(operand))?;
            }
            arguments.push(given);
        }
        if let Some(given) = piped {
            if arguments.is_empty() && wants_text(name) {
                self.check_text(&given, None)?;
            }
            arguments.push(given);
        }
        if is_choice {
            return Ok(arguments.pop().and_then(|given| given.found));
        }
        call(name, &arguments).or_else(|why| {
            self.here = command.place.clone();
            // What is no function is told with its text.
            let why = match command.operands.get(1) {
                Some(operand) if name == "call" => {
                    why.replace("non-function", &format!("non-function {}", operand.place.text))
                }
                _ => why,
            };
            self.fail(format!("error calling {name}: {why}"))
        })
    }

    /// A first argument that must be a text.
    fn check_text(&mut self, given: &Given, operand: Option<&Operand>) -> Result<(), Stop> {
        match (&given.found, operand) {
            (Some(Value::Str(_)), _) => Ok(()),
            (_, Some(Operand { what: What::Literal(_), place })) => {
                self.fail(format!("expected string; found {}", place.text))
            }
            (None | Some(Value::Null), _) => self.fail("invalid value; expected string"),
            (Some(value), _) => {
                let name = format::type_name(value, given.is_literal);
                self.fail(format!("wrong type for value; expected string; got {name}"))
            }
        }
    }

    fn operand(&mut self, operand: &Operand, dot: &Found) -> Result<Found, Stop> {
        match &operand.what {
            What::Inner(pipe, names) => {
                let found = self.commands(pipe, dot)?;
                return self.walk(found, names);
            }
            What::Function(name) => {
                let command = Command { operands: vec![operand.clone()], place: operand.place.clone() };
                return self.function(name, &command, None, dot);
            }
            _ => self.here = operand.place.clone(),
        }
        match &operand.what {
            What::Literal(value) => Ok(Some(value.clone())),
            What::Fields(names) => self.walk(dot.clone(), names),
            What::Variable(name, names) => {
                let known = self.variables.iter().rev().find(|known| known.0 == *name).map(|known| known.1.clone());
                match known {
                    Some(found) => self.walk(found, names),
                    None => self.fail(format!("undefined variable: {name}")),
                }
            }
            _ => Ok(Some(Value::Null)),
        }
    }

    fn walk(&mut self, found: Found, names: &[String]) -> Result<Found, Stop> {
        let mut found = found;
        for name in names {
            found = match found {
                Some(Value::Map(map)) => match map.get(name) {
                    None if self.is_strict => return self.fail(format!("map has no entry for key {name:?}")),
                    found => found.cloned(),
                },
                None | Some(Value::Null) if self.is_strict => {
                    return self.fail(format!("nil data; no entry for key {name:?}"));
                }
                None | Some(Value::Null) => None,
                Some(_) => return self.fail(format!("can't evaluate field {name} in type interface {{}}")),
            };
        }
        Ok(found)
    }
}

const TOO_DEEP: &str = "exceeded maximum template depth (100000)";

/// Whether whole numbers of it have the type of those in the template: those, and lengths.
fn is_literal(command: &Command) -> bool {
    match command.operands.as_slice() {
        [only] => is_literal_operand(only),
        [first, ..] => first.what == What::Function("len".into()),
        [] => false,
    }
}

fn is_literal_operand(operand: &Operand) -> bool {
    match &operand.what {
        What::Literal(_) => true,
        What::Inner(pipe, names) => names.is_empty() && pipe.commands.last().is_some_and(is_literal),
        _ => false,
    }
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
            ("{{..kind}}", "template: output:1: unexpected . after term \".\""),
            ("{{nil.x}}", "template: output:1: unexpected . after term \"nil\""),
            ("{{end}}", "template: output:1: unexpected {{end}}"),
            ("{{}}", "template: output:1: missing value for command"),
            ("{{(.x}}", "template: output:1: unclosed left paren"),
            (
                "{{.kind.x}}",
                "!template: output:1:7: executing \"output\" at <.kind.x>: can't evaluate field x in type interface {}",
            ),
            (
                "{{index .items 7}}",
                "!template: output:1:2: executing \"output\" at <index .items 7>: error calling index: index out of range: 7",
            ),
            (
                "{{range .kind}}{{end}}",
                "!template: output:1:8: executing \"output\" at <.kind>: range can't iterate over List",
            ),
        ];
        for (template, expected) in cases {
            assert_eq!(rendered(template), expected, "{template}");
        }
        let deep = "{{range .items}}".repeat(60);
        assert_eq!(rendered(&deep), "template: output:1: too deeply nested");
        let nested = "{{range $.items}}".repeat(30) + "x" + &"{{end}}".repeat(30);
        assert!(rendered(&nested).contains("this lab stops templates after 200000 steps"));
        assert!(rendered("{{range $i, $n := 1000000}}{{end}}").contains("this lab stops templates"));
        assert_eq!(rendered("{{range $i, $n := 5000000000}}{{$n}}{{if eq $n 2}}{{break}}{{end}}{{end}}"), "012");
    }

    /// Templates that a real kubectl printed an object by; `CONFORMANCE_DIR` names another folder with such a file.
    #[test]
    fn templates_print_as_kubectl_printed_them() {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");
        let folder = std::env::var("CONFORMANCE_DIR").unwrap_or_else(|_| own.into());
        let path = format!("{folder}/go-templates.jsonl");
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let mut cases = text.lines().map(|line| parse_json(line).unwrap());
        let object = cases.next().and_then(|first| first.get("object").cloned()).unwrap();
        let (mut passed, mut failed) = (0, Vec::new());
        for case in cases {
            let template = case.str_at(&["template"]);
            let (out, error) = match parse(template) {
                Err(error) => (String::new(), Some(error)),
                Ok(template) => render(&template, &object, false),
            };
            let (wanted, why) = (case.str_at(&["out"]), case.str_at(&["error"]));
            match out == wanted && error.as_deref().unwrap_or_default() == why {
                true => passed += 1,
                false => failed.push(format!("{template}\n  is {out:?} {error:?}\n  not {wanted:?} {why:?}")),
            }
        }
        println!("conformance go-templates: {passed} of {}", passed + failed.len());
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}
