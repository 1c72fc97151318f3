//! Tokens of ServiceAccounts: their form, and whom one speaks for.

use super::command::Cx;
use crate::cluster::User;
use crate::fnv::Fnv1a32;
use crate::model::{Key, Kind, Text, Value, decode_base64, encode_base64, parse_json};

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

/// Who asks with a token: the account that it was made for, for as long as the account and the token live. `None` if it
/// is nobody's.
pub fn bearer(token: &str, cx: &Cx<'_>) -> Option<User> {
    let payload = decode_base64(&token.split('.').nth(1)?.replace('-', "+").replace('_', "/"));
    if signed(&payload) != token {
        return None;
    }
    let claims = parse_json(&payload).ok()?;
    let name = claims.str_at(&["sub"]);
    let (namespace, account) = name.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    let found = cx.cluster().get(&Key::new(Kind::ServiceAccount, Text::new(namespace), Text::new(account)))?;
    let uid = claims.str_at(&["kubernetes.io", "serviceaccount", "uid"]);
    let now = cx.now().unix_nanos() / 1_000_000_000;
    let lives = claims.get("exp").and_then(Value::as_i64).is_some_and(|end| now < end);
    (lives && found.meta.uid.as_str() == uid).then(|| User::impersonated(name, &[], uid))
}
