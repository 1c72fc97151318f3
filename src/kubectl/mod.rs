//! The console's language: words, flags, verbs, printers, completion and help, in kubectl's own words.

pub mod console;
pub mod describe;
pub mod duration;
pub mod explain;
pub mod help;
pub mod host;
pub mod jsonpath;
pub mod lab;
pub mod output;

pub use console::{Completions, Console, Prompt};
pub use host::Host;
pub use output::{Line, Output, Span, Stream, Style};
