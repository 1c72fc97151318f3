//! One process inside a container that somebody talks to; knows neither kubectl nor the browser.

use crate::cluster::Cluster;
use crate::model::{Millis, Text};

/// Which container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The pod's namespace.
    pub namespace: Text,
    /// The pod's name.
    pub pod: Text,
    /// The container's name.
    pub container: Text,
}

/// What a session is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Whether lines can be sent (`-i`). Without it a shell ends at once.
    pub stdin: bool,
    /// Whether it is a terminal (`-t`): prompts are shown.
    pub tty: bool,
}

/// A line that a program waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What stands before the cursor: `root@web-0:/# `. Empty without a terminal.
    pub text: String,
    /// Whether what is typed must not be shown (a password).
    pub is_hidden: bool,
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is over. The caller says `command terminated with exit code N` if that is its habit.
    Done {
        /// The process's exit code; 137 when its container went away.
        exit_code: i64,
    },
    /// It wants a line: call [`Session::line`].
    Prompt(Prompt),
    /// It wants time to pass: call [`Session::wake`] then, or [`Session::interrupt`].
    Sleeping {
        /// When to wake it.
        until: Millis,
    },
}

/// A process inside a container.
#[derive(Clone, Debug)]
pub struct Session {
    target: Target,
}

impl Session {
    /// Starts `argv` in the container, as `kubectl exec` does.
    pub fn start(
        target: Target,
        argv: &[String],
        streams: Streams,
        cluster: &mut Cluster,
        out: &mut String,
    ) -> (Session, Step) {
        let _ = (argv, streams, cluster, out);
        (Session { target }, Step::Done { exit_code: 127 })
    }

    /// Connects to the container's own process, as `kubectl attach` and `kubectl run -it` do. When that is a shell and
    /// it ends, the caller ends the container with its exit code.
    pub fn attach(target: Target, streams: Streams, cluster: &mut Cluster, out: &mut String) -> (Session, Step) {
        let _ = (streams, cluster, out);
        (Session { target }, Step::Done { exit_code: 127 })
    }

    /// Which container it runs in.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether its container is still the one that it was started in.
    pub fn is_alive(&self, cluster: &Cluster) -> bool {
        let _ = cluster;
        false
    }

    /// Sends a line that was typed, without the line end.
    pub fn line(&mut self, text: &str, cluster: &mut Cluster, out: &mut String) -> Step {
        let _ = (text, cluster, out);
        Step::Done { exit_code: 127 }
    }

    /// Goes on after a sleep.
    pub fn wake(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        let _ = (cluster, out);
        Step::Done { exit_code: 127 }
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        let _ = (cluster, out);
        Step::Done { exit_code: 130 }
    }

    /// Ctrl-D on an empty line.
    pub fn end_of_input(&mut self, cluster: &mut Cluster, out: &mut String) -> Step {
        let _ = (cluster, out);
        Step::Done { exit_code: 0 }
    }
}
