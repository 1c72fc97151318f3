//! The API server: an ordered store with versions, deletion rules and a log of changes.
//!
//! [`Cluster`] holds every object by kind, namespace and name.
//! `insert`, `replace` and `remove` are the store; `create`, `update`, `update_status`, `modify` and `delete` are
//! the API's verbs over it, with generation, grace periods, finalizers and admission.
//! Every write is logged as a [`Change`]; whoever drives the cluster takes the changes and tells the controllers.

mod access;
pub mod admission;
mod claim_growth;
mod client_writes;
mod custom_kinds;
mod default_classes;
mod definition;
mod deletion;
pub mod dns;
mod error;
pub mod eviction;
pub mod fault;
mod http;
mod index;
mod last_applied;
mod limit_range;
mod managed_fields;
mod match_label_keys;
mod namespace_objects;
mod node_ports;
pub mod patch;
mod pod_account;
mod pod_defaults;
mod pod_priority;
mod pod_security;
mod quota;
pub mod refusals;
mod request;
mod request_size;
mod resource_version;
mod rng;
mod runtime_class;
mod service_addresses;
pub mod service_endpoints;
mod status_rules;
mod store;
mod subresource;
mod token;
mod trace;
mod user;
mod verbs;

pub use access::{attributes, default_roles};
pub use admission::PODS_MAX;
pub use client_writes::{Answer, Client, FieldValidation, patched};
pub use default_classes::default_class;
pub use definition::{CLEANUP_FINALIZER, kind_of_definition};
pub use deletion::{FOREGROUND_FINALIZER, ORPHAN_FINALIZER};
pub use error::ApiError;
pub use fault::{Fault, Refusal};
pub use http::{HttpAnswer, HttpRequest};
pub use last_applied::{LAST_APPLIED, last_applied, with_last_applied};
pub use managed_fields::managed_fields;
pub use namespace_objects::{CERTIFICATE_FILE, default_account, root_certificate};
pub use patch::PatchType;
pub use pod_security::is_safe_sysctl;
pub use quota::used_of;
pub use request::{Asked, Request};
pub use resource_version::check_version;
pub use rng::{NAME_ALPHABET, Rng};
pub use store::{ApiFront, Change, Cluster, DeleteOptions, Propagation, Verb};
pub use subresource::Part;
pub use token::{SECRET_TYPE, bearer, of_secret as token_of_secret, signed};
pub use user::User;

use crate::model::{Object, Quantity};

/// The amount at `path`; nothing if there is none.
pub fn quantity_at(object: &Object, path: &[&str]) -> Quantity {
    Quantity::parse(object.str_at(path)).unwrap_or(Quantity::ZERO)
}
