//! Whether a command reaches the lab's API server, and how long it may take; reads no object.

use super::command::{Cx, Failure};
use super::credentials::identity;
use super::flags::Args;
use super::kubeconfig::{KubeConfig, Part, SERVER};
use crate::model::duration::parse_go_duration;
use crate::model::{Millis, Value};

/// Whether a command reaches the lab's API server with the configuration that the flags mean.
///
/// # Errors
/// Contexts, clusters and users that do not exist, and servers that are not the lab's.
pub fn connect(args: &Args, cx: &Cx<'_>) -> Result<(), Failure> {
    let config = KubeConfig::load(args, cx);
    if !config.exists {
        return Err(Failure::client(format!("stat {}: no such file or directory", config.place)));
    }
    check_timeout(args)?;
    if args.has("token") && args.has("username") {
        return Err(Failure::client(format!(
            "more than one authentication method found for {}; found [token basicAuth], only one is allowed",
            config.user_of(args)
        )));
    }
    // An empty name is none.
    let meant = |flag: &str| args.get(flag).filter(|name| !name.is_empty());
    let context = config.context_of(args);
    let body = config.entry(Part::Contexts, &context);
    if body.is_none() && meant("context").is_some() {
        let text = format!("Error in configuration: context was not found for specified context: {context}");
        return Err(Failure::Raw(text));
    }
    let body = body.unwrap_or_else(Value::map);
    let user = meant("user").unwrap_or(body.str_at(&["user"]));
    if meant("user").is_some() && config.entry(Part::Users, user).is_none() {
        return Err(Failure::client(format!("auth info {user:?} does not exist")));
    }
    let name = meant("cluster").unwrap_or(body.str_at(&["cluster"]));
    let Some(cluster) = config.entry(Part::Clusters, name) else {
        return Err(match meant("cluster").is_some() {
            true => Failure::client(format!("no server found for cluster {name:?}")),
            false => refused("localhost:8080"),
        });
    };
    match cluster.str_at(&["server"]) {
        SERVER => identity(args, cx).map(drop),
        other => Err(refused(other.trim_start_matches("https://").trim_start_matches("http://"))),
    }
}

/// How long a request may take: whole seconds, or a length of time. `None` without a bound.
pub fn request_timeout(args: &Args) -> Option<Millis> {
    let text = args.text("request-timeout");
    let seconds = text.parse::<u32>().ok().map(|seconds| Millis(i64::from(seconds) * 1000));
    seconds.or_else(|| parse_go_duration(text)).filter(|length| length.0 > 0)
}

/// Follows `ParseTimeout` of client-go's clientcmd.
fn check_timeout(args: &Args) -> Result<(), Failure> {
    let text = args.text("request-timeout");
    if text.is_empty() || text.parse::<u32>().is_ok() || parse_go_duration(text).is_some() {
        return Ok(());
    }
    Err(Failure::client(
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding \
         time unit (e.g. 1s | 2m | 3h)",
    ))
}

fn refused(server: &str) -> Failure {
    Failure::Raw(format!("The connection to the server {server} was refused - did you specify the right host or port?"))
}
