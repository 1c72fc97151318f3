//! Tokens of ServiceAccounts: their form, and whom one speaks for.

use super::store::Cluster;
use super::user::{User, account_of};
use crate::fnv::Fnv1a32;
use crate::model::{Key, Kind, Object, Text, Value, decode_base64, encode_base64, parse_json, to_json};
use crate::obj;

/// A token in the form that tools can take apart. Its signature is none: no key signs here.
pub fn signed(payload: &str) -> String {
    let part =
        |bytes: &[u8]| encode_base64(bytes).replace('+', "-").replace('/', "_").trim_end_matches('=').to_string();
    let mut state = Fnv1a32::default();
    let signature: Vec<u8> = payload
        .bytes()
        .cycle()
        .take(256)
        .map(|byte| {
            state.add(byte);
            state.0.to_be_bytes()[0]
        })
        .collect();
    format!("{}.{}.{}", part(br#"{"alg":"RS256","kid":"lab"}"#), part(payload.as_bytes()), part(&signature))
}

/// The type of the Secrets that keep a token without an end.
pub const SECRET_TYPE: &str = "kubernetes.io/service-account-token";

/// The token that a Secret keeps for an account: it lives as long as both.
///
/// Follows `LegacyClaims` in pkg/serviceaccount.
pub fn of_secret(secret: &Object, account: &Object) -> String {
    let (namespace, name) = (&account.meta.namespace, &account.meta.name);
    let payload = obj! {
        "iss" => "kubernetes/serviceaccount", "kubernetes.io/serviceaccount/namespace" => namespace.clone(),
        "kubernetes.io/serviceaccount/secret.name" => secret.meta.name.clone(),
        "kubernetes.io/serviceaccount/service-account.name" => name.clone(),
        "kubernetes.io/serviceaccount/service-account.uid" => account.meta.uid.clone(),
        "sub" => format!("system:serviceaccount:{namespace}:{name}"),
    };
    signed(&to_json(&payload))
}

/// Who asks with a token: the account that it was made for, for as long as the account and the token live. `None` if it
/// is nobody's.
pub fn bearer(token: &str, cluster: &Cluster) -> Option<User> {
    let payload = decode_base64(&token.split('.').nth(1)?.replace('-', "+").replace('_', "/"));
    if signed(&payload) != token {
        return None;
    }
    let claims = parse_json(&payload).ok()?;
    let name = claims.str_at(&["sub"]);
    let (namespace, account) = account_of(name)?;
    let found = cluster.get(&Key::new(Kind::ServiceAccount, Text::new(namespace), Text::new(account)))?;
    let secret = claims.str_at(&["kubernetes.io/serviceaccount/secret.name"]);
    if !secret.is_empty() {
        let kept = cluster.get(&Key::new(Kind::Secret, Text::new(namespace), Text::new(secret)))?;
        let is_kept = decode_base64(kept.str_at(&["data", "token"])) == token;
        let uid = claims.str_at(&["kubernetes.io/serviceaccount/service-account.uid"]);
        return (is_kept && found.meta.uid.as_str() == uid).then(|| User::impersonated(name, &[], uid));
    }
    let uid = claims.str_at(&["kubernetes.io", "serviceaccount", "uid"]);
    let now = cluster.now().unix_nanos() / 1_000_000_000;
    let lives = claims.get("exp").and_then(Value::as_i64).is_some_and(|end| now < end);
    (lives && found.meta.uid.as_str() == uid).then(|| User::impersonated(name, &[], uid))
}
