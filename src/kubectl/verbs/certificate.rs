//! `kubectl certificate`: nobody asks for certificates here.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::help::help;
use crate::kubectl::verb::{Completes, Verb};

/// The row of `kubectl certificate deny`.
pub const CERTIFICATE_DENY: Verb = Verb {
    name: "certificate deny",
    flags: FLAGS,
    run: certificate,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help("Deny a certificate signing request.", &[], &[], "certificate deny (-f FILENAME | NAME) [options]"),
};

/// The row of `kubectl certificate approve`.
pub const CERTIFICATE_APPROVE: Verb = Verb {
    name: "certificate approve",
    flags: FLAGS,
    run: certificate,
    manager: "kubectl",
    completes: Completes::Objects,
    help: help(
        "Approve a certificate signing request.",
        &[],
        &[],
        "certificate approve (-f FILENAME | NAME) [options]",
    ),
};

/// The flags of `certificate`.
pub const FLAGS: &[&[Flag]] = &[&[
    short("filename", 'f', Takes::List).ignored(),
    short("output", 'o', Takes::Text).ignored(),
    long("force", Takes::Bool).ignored(),
]];

/// `kubectl certificate`: nobody asks for certificates here.
///
/// # Errors
/// Always: there are no requests.
pub fn certificate(args: &Args, _: &mut Cx<'_>) -> Result<Flow, Failure> {
    match args.before_dash().first() {
        None => Err(Failure::client("one or more CSRs must be specified as <name> or -f <filename>")),
        Some(name) => Err(Failure::Raw(format!(
            "Error from server (NotFound): certificatesigningrequests.certificates.k8s.io {name:?} not found"
        ))),
    }
}
