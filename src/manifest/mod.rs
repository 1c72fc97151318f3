//! YAML text to trees and back: documents with spans, YAML 1.1 scalars, encoding; knows no cluster.
//!
//! [`read`] takes a whole text apart for an editor: every document, everything that was understood, and every problem
//! with its place. A client that talks to the API takes [`parse`] and hands the trees to [`crate::api`]; [`to_yaml`]
//! shows what is stored.
//! All messages are kubectl's own or the API server's; ours stand beside them as hints ([`Hint`]).

mod cursor;
mod encode;
mod events;
mod hint;
mod read;
mod scalar;
mod scalar_text;
mod tokens;
mod yaml;

pub use encode::to_yaml;
pub use hint::Hint;
pub use read::{CustomType, Manifest, Problem, Severity, flatten_lists, read, read_with, typed_item};
pub use scalar::resolve_plain;
pub use yaml::{BYTES_MAX, Document, Place, Span, YamlError, parse, parse_as};
