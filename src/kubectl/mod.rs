//! The console's language: words, flags, verbs, printers, completion and help, in kubectl's own words.
//!
//! A line is run by the shell's language (`shell::language`), whose world is the [`console`]: each of its programs is either
//! a small tool ([`console_commands`]) or a kubectl verb ([`verbs`]).
//! A verb that waits hands back a [`command::Job`]: a state machine that is polled while virtual time goes on.

pub mod api_server;
pub mod attach_messages;
pub mod cells;
pub mod columns;
pub mod command;
pub mod completion;
pub mod connection;
pub mod console;
pub mod console_commands;
pub mod credentials;
mod custom_columns;
pub mod describe;
mod edit_distance;
pub mod editing;
pub mod explain;
mod explain_custom;
mod external_diff;
mod field_selector;
pub mod files;
pub mod flags;
pub mod go_template;
pub mod help;
pub mod host;
mod json_in_order;
mod json_patch_faults;
pub mod jsonpath;
pub mod kinds;
pub mod kubeconfig;
pub mod kustomize;
pub mod kyaml;
pub mod lab_command;
pub mod lab_versions;
mod long_list;
pub mod manifests;
mod metadata_types;
pub mod minikube;
pub mod output_formats;
mod printer_columns;
pub mod resources;
pub mod screen_text;
pub mod selection;
pub mod selector;
mod sorting;
pub mod subcommand;
pub mod subresource;
pub mod table;
pub mod three_way;
pub mod typed_json;
pub mod unified_diff;
mod unstored_objects;
pub mod verb;
pub mod verbs;
pub mod why;

pub use completion::Completions;
pub use console::{Console, Waiting};
pub use host::{Host, Pause};
pub use screen_text::{Line, Output, Prompt, Span, Stream, Style};
