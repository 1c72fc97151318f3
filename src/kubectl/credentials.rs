//! Who asks: what the entry of a user in kubectl's configuration proves; writes no configuration.
//!
//! Follows client-go's `tools/clientcmd` (`validateAuthInfo`, `getUserIdentificationPartialConfig`). The lab's own user may do
//! everything.

use super::command::{Cx, Failure};
use super::files::{HOME, read_file};
use super::flags::Args;
use super::kubeconfig::{CONTEXT, KubeConfig, Part};
use crate::cluster::{User, bearer};
use crate::model::Value;

/// Whom the API server takes somebody for, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// `None` is the lab's own user, who may do everything.
    pub user: Option<User>,
    /// Whether a certificate says so, which nobody here reads.
    pub has_certificate: bool,
}

/// Whom the API server takes the user of a command for.
///
/// # Errors
/// Tokens that are nobody's, passwords, certificates that are missing, and users who prove nothing.
pub fn identity(args: &Args, cx: &Cx<'_>) -> Result<Identity, Failure> {
    if args.has("token") {
        return holder(args.text("token"), cx);
    }
    let config = KubeConfig::load(args, cx);
    let name = &config.user_of(args);
    let proof = config.entry(Part::Users, name);
    let is_empty = |proof: &Value| proof.as_map().is_none_or(|fields| fields.is_empty());
    match proof {
        Some(proof) if is_empty(&proof) && name == CONTEXT => Ok(Identity::default()),
        Some(proof) if !is_empty(&proof) => proved(name, &proof, cx),
        // Whoever proves nothing is asked, and here nobody answers.
        _ => Err(Failure::Raw("Please enter Username: error: EOF".to_string())),
    }
}

fn holder(token: &str, cx: &Cx<'_>) -> Result<Identity, Failure> {
    bearer(token, cx.cluster()).map(of).ok_or_else(unauthorized)
}

fn of(user: User) -> Identity {
    Identity { user: Some(user), has_certificate: false }
}

fn unauthorized() -> Failure {
    Failure::client("You must be logged in to the server (Unauthorized)")
}

fn proved(name: &str, proof: &Value, cx: &Cx<'_>) -> Result<Identity, Failure> {
    if !proof.str_at(&["as"]).is_empty() {
        return Ok(of(User::impersonated(proof.str_at(&["as"]), &[], "")));
    }
    let file = proof.str_at(&["tokenFile"]);
    let token = match read_file(file, cx).filter(|_| !file.is_empty()) {
        Some(text) => text.trim().to_string(),
        None => proof.str_at(&["token"]).to_string(),
    };
    if !token.is_empty() {
        return holder(&token, cx);
    }
    let has = |field: &str| !proof.str_at(&[field]).is_empty();
    if has("client-certificate") || has("client-certificate-data") {
        check_files(name, proof, cx)?;
        // Nobody here reads certificates: the entry is called after whom it is for, as in every tutorial.
        let user = (name != CONTEXT).then(|| User::impersonated(name, &[], ""));
        return Ok(Identity { has_certificate: user.is_some(), user });
    }
    match has("username") || has("password") {
        true => Err(unauthorized()),
        // A program that logs in is taken to do its job.
        false => Ok(Identity::default()),
    }
}

/// Both files of a certificate have to be there.
fn check_files(name: &str, proof: &Value, cx: &Cx<'_>) -> Result<(), Failure> {
    let parts = [("client-certificate", "client-cert"), ("client-key", "client-key")];
    let missing = parts.into_iter().filter_map(|(field, word)| {
        let file = proof.str_at(&[field]);
        let place = if file.starts_with('/') { file.to_string() } else { format!("{HOME}/{file}") };
        let is_missing = !file.is_empty() && read_file(&place, cx).is_none();
        is_missing
            .then(|| format!("unable to read {word} {place} for {name} due to open {place}: no such file or directory"))
    });
    let missing: Vec<String> = missing.collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(Failure::Raw(format!("Error in configuration: {one}"))),
        all => Err(Failure::Raw(format!("Error in configuration: \n* {}", all.join("\n* ")))),
    }
}
