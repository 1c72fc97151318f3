//! `kubectl create token`: a token for a ServiceAccount, as the TokenRequest API gives it; nothing here asks for one.
//!
//! Follows `pkg/cmd/create/create_token.go` of kubectl.

use crate::cluster::signed;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::output_formats::{Format, print_value};
use crate::kubectl::resources::namespace_of;
use crate::model::{Key, Kind, Millis, Text, Value, to_json};
use crate::obj;

/// The flags of `create token`.
pub const FLAGS: &[Flag] = &[
    long("duration", Takes::Duration),
    long("audience", Takes::Each),
    long("bound-object-kind", Takes::Text),
    long("bound-object-name", Takes::Text),
    long("bound-object-uid", Takes::Text),
];

const HOUR: i64 = 3600;
/// The shortest life of a token, in seconds.
const LEAST: i64 = 600;
/// The longest.
const MOST: i64 = 1 << 32;
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// Prints a token for the ServiceAccount `name`.
///
/// # Errors
/// What the API server refuses.
pub fn token(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    validate(args)?;
    let refused = |why: String| Failure::client(format!("failed to create token: {why}"));
    let namespace = namespace_of(args, cx);
    let key = Key::new(Kind::ServiceAccount, namespace.clone(), Text::new(name));
    cx.check_access("create", key.kind, "token", &key.namespace, &key.name)
        .map_err(|error| refused(error.to_string()))?;
    let account = cx.cluster().fetch(&key).map_err(|error| refused(error.to_string()))?.clone();
    let asked = args.duration("duration").map(|length| length.0 / 1000).filter(|seconds| *seconds > 0);
    let limit = match asked {
        Some(seconds) if seconds < LEAST => "less than 10 minutes",
        Some(seconds) if seconds > MOST => "larger than 2^32 seconds",
        _ => "",
    };
    let seconds = asked.unwrap_or(HOUR);
    if !limit.is_empty() {
        return Err(refused(format!(
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: may not \
             specify a duration {limit}"
        )));
    }
    let bound = bound_object(args, &namespace, cx).map_err(refused)?;
    let audiences = match args.list("audience") {
        [] => vec![Value::text(ISSUER)],
        named => named.iter().map(|audience| Value::text(audience)).collect(),
    };
    let until = cx.now() + Millis::seconds(seconds);
    let mut claims = obj! {
        "namespace" => namespace.clone(),
        "serviceaccount" => obj! { "name" => account.meta.name.clone(), "uid" => account.meta.uid.clone() },
    };
    if let Some((kind, value)) = bound {
        claims.map_mut().insert(kind, value);
    }
    let at = |moment: Millis| moment.unix_nanos() / 1_000_000_000;
    let payload = obj! {
        "aud" => audiences.clone(), "exp" => at(until), "iat" => at(cx.now()), "iss" => ISSUER,
        "kubernetes.io" => claims, "nbf" => at(cx.now()), "sub" => format!("system:serviceaccount:{namespace}:{name}"),
    };
    let token = signed(&to_json(&payload));
    let format = Format::of(args, cx)?;
    if format.is_table() {
        cx.out.out(token);
        return OK;
    }
    let request = obj! {
        "apiVersion" => "authentication.k8s.io/v1", "kind" => "TokenRequest",
        "metadata" => obj! { "creationTimestamp" => cx.now().rfc3339(), "name" => Text::new(name), "namespace" => namespace },
        "spec" => obj! { "audiences" => audiences, "boundObjectRef" => Value::Null, "expirationSeconds" => seconds },
        "status" => obj! { "expirationTimestamp" => until.rfc3339(), "token" => token },
    };
    Ok(Flow::Done(print_value(&format, &request, &mut cx.out)))
}

/// What kubectl looks at before it asks the API server.
fn validate(args: &Args) -> Result<(), Failure> {
    let (kind, name) = (args.text("bound-object-kind"), args.text("bound-object-name"));
    let length = args.duration("duration").unwrap_or(Millis::ZERO).0;
    let why = match () {
        () if length < 0 => "--duration must be greater than or equal to 0",
        () if length % 1000 != 0 => "--duration cannot be expressed in units less than seconds",
        () if args.list("audience").iter().any(String::is_empty) => "--audience must not be an empty string",
        () if kind.is_empty() && !name.is_empty() => {
            "--bound-object-name can only be set if --bound-object-kind is provided"
        }
        () if kind.is_empty() && !args.text("bound-object-uid").is_empty() => {
            "--bound-object-uid can only be set if --bound-object-kind is provided"
        }
        () if !matches!(kind, "" | "Node" | "Pod" | "Secret") => {
            "supported --bound-object-kind values are Node, Pod, Secret"
        }
        () if !kind.is_empty() && name.is_empty() => {
            "--bound-object-name is required if --bound-object-kind is provided"
        }
        () => return Ok(()),
    };
    Err(Failure::client(why))
}

/// The object that the token dies with, as a claim.
fn bound_object(args: &Args, namespace: &Text, cx: &Cx<'_>) -> Result<Option<(String, Value)>, String> {
    let (kind, name) = (args.text("bound-object-kind"), args.text("bound-object-name"));
    if kind.is_empty() {
        return Ok(None);
    }
    let found = match kind {
        "Pod" => Kind::Pod,
        "Secret" => Kind::Secret,
        _ => Kind::Node,
    };
    let object =
        cx.cluster().fetch(&Key::new(found, namespace.clone(), Text::new(name))).map_err(|it| it.to_string())?;
    let wanted = args.text("bound-object-uid");
    if !wanted.is_empty() && object.meta.uid.as_str() != wanted {
        return Err(format!("the UID in the bound object reference ({wanted}) does not match the UID in record"));
    }
    let reference = obj! { "name" => object.meta.name.clone(), "uid" => object.meta.uid.clone() };
    Ok(Some((kind.to_ascii_lowercase(), reference)))
}
