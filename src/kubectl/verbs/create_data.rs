//! The short forms of `kubectl create` for data: ConfigMaps, and Secrets with values, credentials of a registry or a
//! certificate with its key.
//!
//! Follows `create_configmap.go` and `create_secret.go` with its neighbours in `pkg/cmd/create` of kubectl.

use super::data_sources;
use super::requests::tree;
use crate::api::base64_fault;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::files::read_file;
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::model::{Kind, Text, Value, encode_base64, to_json};
use crate::obj;

/// The flags of `docker-registry`, beside that of files.
pub const REGISTRY: &[Flag] = &[
    long("docker-server", Takes::Text),
    long("docker-username", Takes::Text),
    long("docker-password", Takes::Text),
    long("docker-email", Takes::Text),
];
/// The flags of `tls`.
pub const CERTIFICATE: &[Flag] = &[long("cert", Takes::Text), long("key", Takes::Text)];

/// The registry that is meant where none is named.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A ConfigMap.
///
/// # Errors
/// What is missing or cannot be read.
pub(super) fn config_map(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    let data = data_sources::config_map(name, args, cx)?;
    let body = if data.is_empty() {
        obj! {}
    } else {
        obj! { "data" => data }
    };
    Ok(tree(Kind::ConfigMap, name, body))
}

fn of_type(kind: &str, name: &str, data: Value) -> Value {
    let mut secret = tree(Kind::Secret, name, obj! { "stringData" => data });
    if !kind.is_empty() {
        secret.set_at(&["type"], Text::new(kind));
    }
    secret
}

/// A Secret of values and files.
///
/// # Errors
/// What is missing or cannot be read.
pub(super) fn generic(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    // The API server is the one to say what an untyped secret is.
    Ok(of_type(args.text("type"), name, data_sources::secret(args, cx)?.into()))
}

/// A Secret with the credentials of a registry.
///
/// # Errors
/// What is missing or cannot be read.
pub(super) fn docker_registry(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    const FILE: &str = ".dockerconfigjson";
    let kind = "kubernetes.io/dockerconfigjson";
    if args.has("from-file") {
        // A file without a key of its own has the one that the type asks for.
        let keyed = |source: &String| if source.contains('=') { source.clone() } else { format!("{FILE}={source}") };
        let sources: Vec<String> = args.list("from-file").iter().map(keyed).collect();
        return Ok(of_type(kind, name, data_sources::secret_of_files(&sources, cx)?.into()));
    }
    let (user, password) = (args.text("docker-username"), args.text("docker-password"));
    let server = if args.has("docker-server") { args.text("docker-server") } else { DOCKER_HUB };
    if user.is_empty() || password.is_empty() || server.is_empty() {
        return Err(Failure::client(
            "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
        ));
    }
    let quoted = |text: &str| to_json(&Value::text(text));
    let email = match args.text("docker-email") {
        "" => String::new(),
        email => format!("\"email\":{},", quoted(email)),
    };
    // The order is that of the client's types.
    let config = format!(
        "{{\"auths\":{{{}:{{\"username\":{},\"password\":{},{email}\"auth\":{}}}}}}}",
        quoted(server),
        quoted(user),
        quoted(password),
        quoted(&encode_base64(format!("{user}:{password}").as_bytes()))
    );
    Ok(of_type(kind, name, obj! { FILE => Text::from(config) }))
}

/// A Secret with a certificate and its key.
///
/// # Errors
/// What is missing or cannot be read.
pub(super) fn tls(name: &str, args: &Args, cx: &mut Cx<'_>) -> Result<Value, Failure> {
    let (cert, key) = (args.text("cert"), args.text("key"));
    if cert.is_empty() || key.is_empty() {
        return Err(Failure::client("key and cert must be specified"));
    }
    let read = |file: &str, what: &str| {
        let text = read_file(file, cx).ok_or_else(|| {
            Failure::client(format!("Cannot read file {file}, open {file}: no such file or directory"))
        })?;
        let block =
            text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----END ")).map(|(block, _)| block);
        let body = block.and_then(|block| block.split_once("-----\n")).map(|(_, body)| body.replace(['\n', '\r'], ""));
        match body.filter(|body| base64_fault(body).is_none()) {
            // A certificate is a sequence: it begins with the byte 0x30.
            Some(body) if what == "certificate" && !body.starts_with('M') => {
                Err(Failure::client("x509: malformed certificate"))
            }
            Some(_) => Ok(Value::text(&text)),
            None => Err(Failure::client(format!("tls: failed to find any PEM data in {what} input"))),
        }
    };
    let (cert, key) = (read(cert, "certificate")?, read(key, "key")?);
    Ok(of_type("kubernetes.io/tls", name, obj! { "tls.crt" => cert, "tls.key" => key }))
}
