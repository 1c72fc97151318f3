//! Where a program of `awk` writes to beside its output.

use super::syntax::Way;

/// Text on its way to a file or to a command.
#[derive(Debug)]
pub struct Outlet {
    /// The name of the file, or the command.
    pub name: String,
    pub way: Way,
    pub text: String,
    /// Whether more is added to it.
    pub is_open: bool,
}

impl Outlet {
    /// Whether `print` with such a name goes on with it.
    pub fn is_of(&self, name: &str, is_command: bool) -> bool {
        self.is_open && self.name == name && (self.way == Way::Command) == is_command
    }
}
