//! `kubectl certificate`: nobody asks for certificates here.
//!
//! Follows `pkg/cmd/certificates/certificates.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests::{self, are_named, sources};
use crate::kubectl::output_formats::{self, Format};
use crate::kubectl::verb::{Completes, Verb, Ways};

/// The row of `kubectl certificate deny`.
pub const CERTIFICATE_DENY: Verb = Verb {
    name: "certificate deny",
    flags: FLAGS,
    run: certificate,
    manager: "kubectl",
    completes: Completes::Objects,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help("Deny a certificate signing request.", &[], &[], "certificate deny (-f FILENAME | NAME) [options]"),
};

/// The row of `kubectl certificate approve`.
pub const CERTIFICATE_APPROVE: Verb = Verb {
    name: "certificate approve",
    help: help(
        "Approve a certificate signing request.",
        &[],
        &[],
        "certificate approve (-f FILENAME | NAME) [options]",
    ),
    ..CERTIFICATE_DENY
};

/// The flags of `certificate`.
pub const FLAGS: &[&[Flag]] = &[manifests::FLAGS, output_formats::FLAGS, &[long("force", Takes::Bool).ignored()]];

/// `kubectl certificate`: nobody asks for certificates here.
///
/// # Errors
/// Always: there are no requests.
pub fn certificate(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    Format::of(args, cx)?;
    let words = args.before_dash();
    if words.is_empty() && !are_named(args) {
        return Err(Failure::client("one or more CSRs must be specified as <name> or -f <filename>"));
    }
    if words.iter().any(|word| word.matches('/').count() > 1) {
        return Err(Failure::client("arguments in resource/name form may not have more than one slash"));
    }
    let (sources, mut failures) = if are_named(args) { sources(args, cx)? } else { (Vec::new(), Vec::new()) };
    let named = sources.iter().map(|source| source.value.str_at(&["metadata", "name"]).to_string());
    for name in named.chain(words.iter().cloned()) {
        let name = name.rsplit('/').next().unwrap_or_default().to_string();
        failures.push(Failure::NotFound(format!("certificatesigningrequests.certificates.k8s.io {name:?} not found")));
    }
    Ok(Flow::Done(cx.fail_all(&failures)))
}
