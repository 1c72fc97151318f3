//! YAML text to objects and back: documents with spans, decoding, defaults, validation; knows no cluster.
//!
//! [`read`] takes a whole text apart for an editor: every document, everything that was understood, and every problem
//! with its place. A client that talks to the API goes step by step instead: [`parse`], [`decode`],
//! [`admit_create`] or [`admit_update`], and [`to_yaml`] for showing what is stored.
//! All messages are the API server's or kubectl's own; ours stand beside them as hints ([`hints`]).

mod convert;
mod decode;
mod default;
mod diff;
mod encode;
mod field_error;
pub mod hints;
mod image;
pub mod names;
mod prepare;
mod read;
mod scalar;
mod validate;
mod warnings;
mod yaml;

pub use convert::conversion_error;
pub use decode::{DecodeError, Decoded, decode, decode_as, tidy};
pub use default::default_object;
pub use encode::to_yaml;
pub use field_error::{FieldError, FieldErrorKind, go_quoted, messages};
pub use prepare::{Admitted, Gates, admit_create, admit_update, base64, prepare_create, prepare_update};
pub use read::{Hint, Manifest, Problem, Severity, flatten_lists, read};
pub use scalar::resolve_plain;
pub use validate::{validate_create, validate_metadata, validate_update};
pub use warnings::warnings;
pub use yaml::{BYTES_MAX, Document, Place, Span, YamlError, parse};
