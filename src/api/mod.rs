//! What the API server does with one object before it is stored: decoding, defaults, rules, warnings; knows no text and no store.
//!
//! A client goes step by step: [`decode`] turns a tree into an object, strictly and in Go's words;
//! [`admit_create`] and [`admit_update`] fill in defaults, check the rules and collect warnings.
//! All messages are the API server's own.

mod cel;
mod conversion_error;
mod custom;
mod custom_lists;
mod custom_rules;
mod custom_text;
mod custom_values;
mod decode;
mod default;
mod field_error;
mod go_pattern;
mod image;
mod job_labels;
mod json_error;
mod kinds;
mod line_edits;
pub mod names;
mod older_version;
mod pipeline;
mod prepare_by_kind;
mod semantic_equality;
mod spec_difference;
mod template_dump;
mod template_hash;
mod validate;
mod warnings;
mod workload_defaults;

pub use conversion_error::{conversion_error, wrapped};
pub use custom::{CustomSchema, admit_custom, decode_custom};
pub use custom_rules::unchecked_rules;
pub use decode::{DecodeError, Decoded, base64_fault, decode, decode_as, tidy};
pub use default::made_pod as default_made_pod;
pub use field_error::{FieldError, FieldErrorKind, go_quoted, messages};
pub use image::{image_name_error, is_image_name};
pub use job_labels::{CONTROLLER_UID, JOB_NAME, label_job};
pub use kinds::{default_object, empty_status, raises_generation, validate_create, validate_update, warnings};
pub use line_edits::{Edit, hunks, line_edits};
pub use older_version::kept_version;
pub use pipeline::{Admitted, PodPart, admit_create, admit_part, admit_update, prepare_create, prepare_update};
pub use template_hash::{safe_encoded, template_hash};
pub use validate::{SET_FREE, validate_addresses, validate_job_labels, validate_metadata};
