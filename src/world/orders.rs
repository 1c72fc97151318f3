//! What passes between the kubelets and the processes on their machines: orders one way, news the other. Runs nothing.
//!
//! A kubelet gives [`Order`]s; whoever plays the processes takes them ([`super::Runtime::take_orders`]) and answers by
//! [`super::RuntimeEvent`]es.

use crate::model::{Key, Text};
use std::rc::Rc;

/// One life of a container: its first process from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The pod.
    pub pod: Key,
    /// The pod's UID, because names come again.
    pub uid: Text,
    /// The container's name.
    pub container: Text,
    /// How many lives of this container came before: the restart count that its status will say.
    pub number: i64,
}

/// What a kubelet asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The container's first process begins now. Environment and mounts are those of this moment.
    /// Answer: `RuntimeEvent::StartFailed` if there is no such program, `RuntimeEvent::Ended` once it ends; if it runs on, none.
    Start {
        /// The container.
        run: Run,
        /// The pod's address; its status may not show it yet.
        ip: Text,
    },
    /// The stop signal goes to the first process. Answer: `RuntimeEvent::Ended` if it obeys.
    Stop(Run),
    /// The process is no more; the kubelet knows it already.
    Kill(Run),
    /// A probe or a hook. Answer: `RuntimeEvent::Answered` with the same number.
    Ask {
        /// The container.
        run: Run,
        /// Tells this question from all others.
        number: u64,
        /// What is asked.
        question: Rc<Question>,
    },
    /// Nobody waits for the answer any more: the question's time is up.
    Forget {
        /// The container.
        run: Run,
        /// The question.
        number: u64,
    },
}

/// What a probe or a hook does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A command inside the container.
    Exec(Vec<Text>),
    /// A request to the pod's address.
    Http {
        /// The host, if it is not the pod.
        host: Text,
        /// The port's number.
        port: i64,
        /// Path and query, with the leading `/`.
        path: Text,
        /// Whether the connection is encrypted.
        is_https: bool,
    },
    /// Whether a port is open.
    Tcp {
        /// The host, if it is not the pod.
        host: Text,
        /// The port's number.
        port: i64,
    },
    /// A health check over gRPC.
    Grpc {
        /// The port's number.
        port: i64,
        /// The service's name; may be empty.
        service: Text,
    },
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The command ended.
    Exit {
        /// Its exit code.
        code: i64,
        /// What it wrote to both streams, in the order of writing.
        output: Text,
        /// The first program that was taken to have done its job because nobody here can run it.
        assumed: Option<Text>,
    },
    /// The command could not begin; the runtime's words.
    CannotStart(Text),
    /// The server answered.
    Http {
        /// The HTTP status.
        status: i64,
        /// The body.
        body: Text,
        /// Whether it sent the asker on to another host.
        is_redirect: bool,
    },
    /// The port is open, or the service healthy.
    Fine,
    /// Something listens there, and does not speak as it was asked; the asker's words.
    Misunderstood(&'static str),
    /// Nothing listens there.
    Refused,
}
