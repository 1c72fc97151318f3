//! Who answers a probe or a hook: the process, nobody, or its machine in its place, as where a user broke something.
//! Runs nothing.

use super::Visit;
use super::worker::{Life, Probe, Purpose};
use crate::model::{Text, Value};
use crate::world::{Question, Reply};

/// Who answers a question.
pub(super) enum Answerer {
    /// Nobody: its time will be up.
    Nobody,
    /// The process.
    Process,
    /// This answer comes by itself.
    Given(Reply),
}

impl Visit<'_, '_, '_> {
    pub(super) fn answerer(&self, at: usize, purpose: Purpose, question: &Question) -> Answerer {
        let behaviour = self.behaviour(at);
        let is_own_network = self.pod.at(&["spec", "hostNetwork"]).and_then(Value::as_bool) != Some(true);
        if is_own_network && asks_node(question) {
            // The kubelet asks from the network of its machine.
            return Answerer::Given(Reply::Refused);
        }
        let Purpose::Probe(probe) = purpose else { return Answerer::Process };
        if !behaviour.answers {
            return Answerer::Nobody;
        }
        let since = match self.worker.containers.get(at).map(|container| &container.life) {
            Some(Life::Running { since }) => *since,
            _ => self.now(),
        };
        if self.now() < since + behaviour.startup {
            return Answerer::Given(if matches!(question, Question::Exec(_)) { no(question) } else { Reply::Refused });
        }
        if probe == Probe::Readiness && !behaviour.is_ready {
            return Answerer::Given(no(question));
        }
        Answerer::Process
    }
}

/// Whether a question goes to the machine itself, where nothing of a pod listens.
fn asks_node(question: &Question) -> bool {
    match question {
        Question::Http { host, .. } | Question::Tcp { host, .. } => {
            host == "localhost" || host.starts_with("127.") || host == "::1"
        }
        Question::Exec(_) | Question::Grpc { .. } => false,
    }
}

fn no(question: &Question) -> Reply {
    match question {
        Question::Exec(_) => Reply::Exit { code: 1, output: Text::default(), assumed: None },
        Question::Http { .. } => Reply::Http { status: 503, body: Text::default(), is_redirect: false },
        Question::Tcp { .. } | Question::Grpc { .. } => Reply::Refused,
    }
}
