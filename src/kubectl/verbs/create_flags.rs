//! The flags of `kubectl create` and of its subcommands.
//!
//! Follows pkg/cmd/create of kubectl.

use super::dry_run::DRY_RUN;
use super::requests::{FIELD_MANAGER, RECORD, VALIDATE};
use super::{create_data, create_token, data_sources};
use crate::kubectl::flags::{Flag, Takes, long, short};
use crate::kubectl::manifests;
use crate::kubectl::output_formats;
use crate::kubectl::selection;

/// The flags of all subcommands but `token`.
pub(super) const COMMON: &[Flag] = &[DRY_RUN, VALIDATE, FIELD_MANAGER, SAVE_CONFIG];
const SAVE_CONFIG: Flag = long("save-config", Takes::Bool);
/// The flags of `create -f` beside those of manifests and of printing.
pub(super) const OF_FILES: &[Flag] = &[
    selection::SELECTOR,
    long("edit", Takes::Bool),
    long("raw", Takes::Text),
    RECORD,
    long("windows-line-endings", Takes::Bool).ignored(),
];
pub(super) const APPEND_HASH: &[Flag] = &[long("append-hash", Takes::Bool)];
pub(super) const TCP: &[Flag] = &[long("tcp", Takes::List)];
pub(super) const CLUSTER_IP: &[Flag] = &[long("clusterip", Takes::Text)];
pub(super) const NODE_PORT: &[Flag] = &[long("node-port", Takes::Int)];
pub(super) const EXTERNAL_NAME: &[Flag] = &[long("external-name", Takes::Text)];
pub(super) const SECRET_TYPE: &[Flag] = &[long("type", Takes::Text)];
pub(super) const DEPLOYMENT: &[Flag] =
    &[long("image", Takes::List), long("port", Takes::Int32), short("replicas", 'r', Takes::Int32)];
/// A Deployment has several images, a Job one.
pub(super) const ONE_IMAGE: &[Flag] = &[long("image", Takes::Text)];
pub(super) const JOB: &[Flag] = &[long("from", Takes::Text)];
pub(super) const CRON_JOB: &[Flag] = &[long("schedule", Takes::Text), long("restart", Takes::Text)];
/// The selector of a budget has no short form.
pub(super) const OWN_SELECTOR: &[Flag] = &[long("selector", Takes::Text)];
pub(super) const BUDGET: &[Flag] = &[long("min-available", Takes::Text), long("max-unavailable", Takes::Text)];
pub(super) const QUOTA: &[Flag] = &[long("hard", Takes::Text), long("scopes", Takes::Text)];
pub(super) const PRIORITY: &[Flag] = &[
    long("value", Takes::Int32),
    long("global-default", Takes::Bool),
    long("description", Takes::Text),
    long("preemption-policy", Takes::Text),
];
pub(super) const INGRESS: &[Flag] = &[
    long("class", Takes::Text),
    long("rule", Takes::Each),
    long("default-backend", Takes::Text),
    long("annotation", Takes::Each),
];
pub(super) const ROLE: &[Flag] =
    &[long("verb", Takes::List), long("resource", Takes::List), long("resource-name", Takes::Each)];
pub(super) const WIDE_ROLE: &[Flag] = &[long("non-resource-url", Takes::List), long("aggregation-rule", Takes::List)];
pub(super) const SUBJECTS: &[Flag] = &[
    long("clusterrole", Takes::Text),
    long("user", Takes::Each),
    long("group", Takes::Each),
    long("serviceaccount", Takes::Each),
];
pub(super) const NARROW_BINDING: &[Flag] = &[long("role", Takes::Text)];

/// The flags of `create` and of all its subcommands, each once.
pub const ALL: &[&[Flag]] = &[
    manifests::FLAGS,
    output_formats::FLAGS,
    OF_FILES,
    COMMON,
    data_sources::LITERALS,
    data_sources::FILES,
    create_data::REGISTRY,
    create_data::CERTIFICATE,
    create_token::FLAGS,
    APPEND_HASH,
    TCP,
    CLUSTER_IP,
    NODE_PORT,
    EXTERNAL_NAME,
    SECRET_TYPE,
    DEPLOYMENT,
    JOB,
    CRON_JOB,
    BUDGET,
    QUOTA,
    PRIORITY,
    INGRESS,
    ROLE,
    WIDE_ROLE,
    SUBJECTS,
    NARROW_BINDING,
];

/// The flags of `create -f`.
pub(super) const WITH_FILES: &[&[Flag]] = &[manifests::FLAGS, output_formats::FLAGS, OF_FILES, COMMON];
