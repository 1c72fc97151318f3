//! The client of a MariaDB or MySQL server: options, password, prompts, statements line by line.

use crate::cluster::Cluster;
use crate::shell::commands::{Call, Outcome};
use crate::shell::container::Container;
use crate::shell::session::Prompt;

/// A client that talks to the user.
#[derive(Clone, Debug)]
pub struct Client {}

/// Starts a client with its options.
pub fn start(call: &mut Call<'_>) -> Outcome {
    call.fail("not yet")
}

impl Client {
    /// Takes a line that was typed.
    pub fn line(&mut self, _text: &str, _container: &Container, _cluster: &mut Cluster, _out: &mut String) {}

    /// What it waits for, or how it ended.
    ///
    /// # Errors
    /// The exit code.
    pub fn prompt(&self) -> Result<Prompt, i64> {
        Err(1)
    }

    /// Ctrl-C. Says whether it ends.
    pub fn interrupt(&mut self, _out: &mut String) -> bool {
        true
    }

    /// Ctrl-D.
    pub fn farewell(&self, _out: &mut String) {}
}
