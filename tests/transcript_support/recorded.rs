//! What a recorded session says: its steps, and what came of each; plays nothing.

/// What was recorded of one step.
#[derive(Default)]
pub struct Expected {
    pub out: Vec<String>,
    pub err: Vec<String>,
    pub exit: i32,
    pub transitions: Vec<String>,
    pub sets: Vec<String>,
}

pub enum Action {
    Command(String),
    File(String, String),
    Settle,
    Wait(i64),
    Begin(String),
    End(String),
}

pub struct Step {
    pub line: usize,
    pub action: Action,
    pub expected: Expected,
}

pub fn parse(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut begun = String::new();
    while let Some((number, line)) = lines.next() {
        let action = if let Some(command) = line.strip_prefix("$ ") {
            Action::Command(command.into())
        } else if let Some(rest) = line.strip_prefix("@file ") {
            let name = rest.split(' ').next().unwrap_or("").to_string();
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "EOF").collect();
            Action::File(name, body.iter().map(|line| format!("{line}\n")).collect())
        } else if let Some(name) = line.strip_prefix("@apply ") {
            Action::Command(format!("kubectl apply -f {name}"))
        } else if line == "@wait settled" {
            Action::Settle
        } else if let Some(length) = line.strip_prefix("@wait ") {
            Action::Wait(length.trim_end_matches('s').parse::<i64>().expect("seconds") * 1000)
        } else if let Some(command) = line.strip_prefix("@begin ") {
            begun = command.to_string();
            Action::Begin(command.into())
        } else if line == "@end" {
            Action::End(begun.clone())
        } else if let Some(node) = line.strip_prefix("@node-stop ") {
            Action::Command(format!("lab stop {node}"))
        } else if let Some(node) = line.strip_prefix("@node-start ") {
            Action::Command(format!("lab start {node}"))
        } else {
            if let Some(step) = steps.last_mut() {
                answer(&mut step.expected, line);
            }
            continue;
        };
        steps.push(Step { line: number + 1, action, expected: Expected::default() });
    }
    steps
}

fn answer(expected: &mut Expected, line: &str) {
    let (sign, text) = line.split_at(line.len().min(1));
    let text = text.strip_prefix(' ').unwrap_or(text).to_string();
    match sign {
        "|" => expected.out.push(text),
        "!" => expected.err.push(text),
        "?" => expected.exit = text.parse().expect("an exit status"),
        "~" => expected.transitions.push(text),
        "=" => expected.sets.push(text),
        _ => {}
    }
}

pub fn what(step: &Step) -> String {
    match &step.action {
        Action::Command(line) => format!("line {}: $ {line}", step.line),
        Action::File(name, _) => format!("line {}: @file {name}", step.line),
        Action::Settle => format!("line {}: @wait settled", step.line),
        Action::Wait(length) => format!("line {}: @wait {}s", step.line, length / 1000),
        Action::Begin(line) => format!("line {}: @begin {line}", step.line),
        Action::End(line) => format!("line {}: @end of {line}", step.line),
    }
}
