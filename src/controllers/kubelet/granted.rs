//! What is answered without asking a process: what a user broke, and everything when nobody plays the processes.

use super::Visit;
use super::worker::{Life, Probe, Purpose};
use crate::model::{Millis, Text, Value};
use crate::world::{Question, Reply, file_of_probe};

/// Who answers a question.
pub(super) enum Grant {
    /// Nobody: its time will be up.
    Silence,
    /// The process.
    Ask,
    /// It is not known yet; ask again in a moment.
    Later,
    /// This answer comes by itself.
    Reply { reply: Reply, is_steady: bool, after: Millis },
}

impl Visit<'_, '_, '_> {
    pub(super) fn granted(&self, at: usize, purpose: Purpose, question: &Question) -> Grant {
        let (workload, spec, runtime) = (self.workload(at), self.spec(at), self.ctx.cluster.runtime());
        let Purpose::Probe(probe) = purpose else {
            if runtime.has_processes() {
                return Grant::Ask;
            }
            let after = if purpose == Purpose::PreStop { slept(&spec) } else { Millis::ZERO };
            return Grant::Reply { reply: yes(question), is_steady: false, after };
        };
        if !workload.answers {
            return Grant::Silence;
        }
        let since = match self.worker.containers.get(at).map(|container| &container.life) {
            Some(Life::Running { since }) => *since,
            _ => self.now(),
        };
        let now = |reply: Reply, is_steady: bool| Grant::Reply { reply, is_steady, after: Millis::ZERO };
        if self.now() < since + workload.startup {
            return now(if matches!(question, Question::Exec(_)) { no(question, "") } else { Reply::Refused }, false);
        }
        if probe == Probe::Readiness && !workload.is_ready {
            return now(no(question, ""), false);
        }
        if runtime.has_processes() {
            return Grant::Ask;
        }
        let Some(path) = file_of_probe(&spec, probe.field()) else { return now(yes(question), true) };
        let name = self.worker.containers.get(at).map(|container| container.name.clone()).unwrap_or_default();
        match runtime.has_file(&(self.worker.uid.clone(), name, path.clone())) {
            None => Grant::Later,
            Some(true) => now(yes(question), true),
            Some(false) => {
                let is_cat =
                    matches!(question, Question::Exec(words) if words.first().is_some_and(|word| word == "cat"));
                let text = format!("cat: can't open '{path}': No such file or directory\n");
                now(no(question, if is_cat { &text } else { "" }), false)
            }
        }
    }
}

fn yes(question: &Question) -> Reply {
    match question {
        Question::Exec(_) => Reply::Exit { code: 0, output: Text::default(), assumed: None },
        Question::Http { .. } => Reply::Http { status: 200, body: Text::default(), is_redirect: false },
        Question::Tcp { .. } | Question::Grpc { .. } => Reply::Fine,
    }
}

fn no(question: &Question, output: &str) -> Reply {
    match question {
        Question::Exec(_) => Reply::Exit { code: 1, output: Text::new(output), assumed: None },
        Question::Http { .. } => Reply::Http { status: 503, body: Text::default(), is_redirect: false },
        Question::Tcp { .. } | Question::Grpc { .. } => Reply::Refused,
    }
}

/// How long the hook before the stop signal takes, as far as its command says so.
pub(super) fn slept(spec: &Value) -> Millis {
    if let Some(seconds) = spec.i64_at(&["lifecycle", "preStop", "sleep", "seconds"]) {
        return Millis::seconds(seconds.clamp(0, 1_000_000));
    }
    let words: Vec<&str> = spec
        .list_at(&["lifecycle", "preStop", "exec", "command"])
        .iter()
        .filter_map(Value::as_str)
        .flat_map(|word| word.split(|c: char| c.is_whitespace() || c == ';'))
        .collect();
    let sleeps = words.windows(2).filter_map(|pair| match pair {
        ["sleep", seconds] => seconds.parse::<i64>().ok(),
        _ => None,
    });
    Millis::seconds(sleeps.map(|seconds| seconds.clamp(0, 1_000_000)).sum())
}
