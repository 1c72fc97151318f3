//! Verbs that reach out of the cluster (`port-forward`, `cp`, `top`, `auth` and the like), as far as they make sense in
//! a page; each says in kubectl's words what it can say.

use super::exec::{container_of, pod_of};
use crate::kubectl::command::{Cx, Failure, Flow, OK, Sleep};
use crate::kubectl::files;
use crate::kubectl::flags::{Args, Flag, Takes, long, short};
use crate::kubectl::host::Pause;
use crate::kubectl::manifests::no_kustomization;
use crate::kubectl::resources::{Resource, fetch, namespace_of};
use crate::kubectl::table::{Cell, Table};
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::shell::container::Container;
use std::rc::Rc;

/// The flags of `top`.
pub const TOP_FLAGS: &[Flag] = &[
    short("selector", 'l', Takes::Text),
    short("all-namespaces", 'A', Takes::Bool),
    long("containers", Takes::Bool),
    long("no-headers", Takes::Bool),
    long("sort-by", Takes::Text),
    long("sum", Takes::Bool),
    long("field-selector", Takes::Text),
    long("use-protocol-buffers", Takes::Bool),
];

/// The flags of `auth`.
pub const AUTH_FLAGS: &[Flag] = &[
    short("quiet", 'q', Takes::Bool),
    short("all-namespaces", 'A', Takes::Bool),
    short("output", 'o', Takes::Text),
    long("list", Takes::Bool),
    long("subresource", Takes::Text),
    long("no-headers", Takes::Bool),
];

/// The flags of `cp`.
pub const CP_FLAGS: &[Flag] = &[
    short("container", 'c', Takes::Text),
    long("no-preserve", Takes::Bool),
    long("retries", Takes::Int),
    short("quiet", 'q', Takes::Bool),
];

/// The flags of `port-forward` and `proxy`.
pub const FORWARD_FLAGS: &[Flag] = &[
    long("address", Takes::List),
    long("pod-running-timeout", Takes::Duration),
    short("port", 'p', Takes::Int),
    long("www", Takes::Text),
    long("api-prefix", Takes::Text),
    long("accept-hosts", Takes::Text),
];

/// The flags of `debug`.
pub const DEBUG_FLAGS: &[Flag] = &[
    long("image", Takes::Text),
    long("target", Takes::Text),
    long("copy-to", Takes::Text),
    long("share-processes", Takes::Bool),
    long("profile", Takes::Text),
    short("container", 'c', Takes::Text),
    short("stdin", 'i', Takes::Bool),
    short("tty", 't', Takes::Bool),
    short("quiet", 'q', Takes::Bool),
    long("attach", Takes::Bool),
    long("env", Takes::Each),
    long("replace", Takes::Bool),
    long("same-node", Takes::Bool),
    long("set-image", Takes::Text),
];

/// The flags of `certificate`, `completion`, `kustomize` and `plugin`.
pub const OTHER_FLAGS: &[Flag] = &[
    short("filename", 'f', Takes::List),
    short("output", 'o', Takes::Text),
    long("force", Takes::Bool),
    long("name-only", Takes::Bool),
    long("enable-helm", Takes::Bool),
    long("load-restrictor", Takes::Text),
];

/// `kubectl top`: the lab has no metrics server.
///
/// # Errors
/// None: it says that there are no metrics.
pub fn top(_: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let exit = cx.fail(&Failure::client("Metrics API not available"));
    cx.hint("no_metrics", &[]);
    Ok(Flow::Done(exit))
}

/// `kubectl auth can-i`: whoever types here may do everything, nobody else may do anything.
///
/// # Errors
/// What is wrong with the arguments.
pub fn can_i(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    if args.is("list") {
        let row = |cells: [&str; 4]| cells.map(Cell::new).to_vec();
        let mut rows = vec![
            row(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]),
            row(["*.*", "[]", "[]", "[*]"]),
            row(["", "[*]", "[]", "[*]"]),
        ];
        for name in ["selfsubjectreviews.authentication.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io"] {
            rows.push(row([name, "[]", "[]", "[create]"]));
        }
        for path in ["/api/*", "/api", "/apis/*", "/apis", "/healthz", "/livez", "/readyz", "/version"] {
            rows.push(row(["", &format!("[{path}]"), "[]", "[get]"]));
        }
        cx.out.lines.extend(Table::default().lines(&rows));
        return OK;
    }
    let (verb, what) = match args.before_dash() {
        [verb, what] | [verb, what, _] => (verb, what),
        _ => {
            return Err(Failure::client(
                "you must specify two arguments: verb resource or verb resource/resourceName.",
            ));
        }
    };
    let resource = what.split(['/', '.']).next().unwrap_or(what);
    if !what.starts_with('/') && resource != "*" {
        match Resource::find(resource) {
            None => cx.out.err(format!("Warning: the server doesn't have a resource type '{resource}'")),
            Some(found) if !found.is_namespaced() && !args.has("all-namespaces") => {
                cx.out.err(format!("Warning: resource '{}' is not namespace scoped", found.plural()));
            }
            Some(_) => {}
        }
    }
    let known = [
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
        "deletecollection",
        "use",
        "bind",
        "impersonate",
        "*",
        "approve",
        "sign",
        "escalate",
        "attest",
    ];
    if !known.contains(&verb.as_str()) {
        cx.out.err(format!("Warning: verb '{verb}' is not a known verb"));
    }
    let may = !args.has("as") || args.list("as-group").iter().any(|group| group == "system:masters");
    if !args.is("quiet") {
        cx.out.out(if may { "yes" } else { "no" });
    }
    Ok(Flow::Done(i32::from(!may)))
}

/// `kubectl auth whoami`.
///
/// # Errors
/// None.
pub fn who_am_i(_: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let rows =
        [["ATTRIBUTE", "VALUE"], ["Username", "minikube-user"], ["Groups", "[system:masters system:authenticated]"]];
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|text| Cell::new(*text)).collect()).collect();
    cx.out.lines.extend(Table::default().lines(&rows));
    OK
}

/// A place that `cp` copies from or to.
struct Place {
    /// The namespace and the pod, unless it is a file of the working directory.
    pod: Option<(Option<Text>, String)>,
    path: String,
}

fn place(word: &str) -> Result<Place, Failure> {
    let Some((before, path)) = word.split_once(':') else {
        return Ok(Place { pod: None, path: word.to_string() });
    };
    if path.is_empty() {
        return Err(Failure::client("filepath can not be empty"));
    }
    let pod = match before.split_once('/') {
        Some((namespace, pod)) => (Some(Text::new(namespace)), pod.to_string()),
        None => (None, before.to_string()),
    };
    Ok(Place { pod: Some(pod), path: path.to_string() })
}

/// `kubectl cp`: a file into a container, or out of it.
///
/// # Errors
/// What kubectl or the API server refuses, and files that do not exist.
pub fn copy(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [from, to] = args.before_dash() else {
        return Err(Failure::client("source and destination are required"));
    };
    let (from, to) = (place(from)?, place(to)?);
    match (&from.pod, &to.pod) {
        (Some(_), Some(_)) => Err(Failure::client("one of src or dest must be a local file specification")),
        (None, None) => Err(Failure::client("one of src or dest must be a remote file specification")),
        (None, Some(pod)) => {
            let Some(text) = files::read_file(&from.path, cx) else {
                return Err(Failure::client(format!("{} doesn't exist in local filesystem", from.path)));
            };
            let container = container(args, pod, cx)?;
            let is_directory = to.path.ends_with('/') || container.list(cx.cluster(), &to.path).is_ok();
            let name = from.path.rsplit('/').next().unwrap_or(&from.path);
            let path = if is_directory { format!("{}/{name}", to.path.trim_end_matches('/')) } else { to.path.clone() };
            let path = crate::shell::container::normalize(container.directory(), &path);
            let written = container.write(cx.cluster_mut(), &path, &text, false);
            written.map_err(|error| Failure::Raw(format!("tar: {}: Cannot open: {error}", to.path)))?;
            OK
        }
        (Some(pod), None) => {
            let container = container(args, pod, cx)?;
            let path = crate::shell::container::normalize(container.directory(), &from.path);
            let Ok(text) = container.read(cx.cluster(), &path) else {
                return Err(Failure::client(format!(
                    "{} no such file or directory\ntar: {}: Cannot stat: No such file or directory\ntar: Exiting with \
                     failure status due to previous errors",
                    from.path,
                    path.trim_start_matches('/')
                )));
            };
            if from.path.starts_with('/') {
                cx.out.err("tar: Removing leading `/' from member names");
            }
            let files = Rc::make_mut(&mut cx.state.files);
            files.insert(to.path.trim_start_matches("./").to_string(), text.to_string());
            OK
        }
    }
}

/// The running container that `cp` means.
fn container(args: &Args, pod: &(Option<Text>, String), cx: &mut Cx<'_>) -> Result<Container, Failure> {
    let namespace = pod.0.clone().unwrap_or_else(|| namespace_of(args, cx));
    let object = fetch(Resource::Kept(Kind::Pod), &namespace, &pod.1, cx.cluster())?;
    let name = container_of(&object, args, cx)?;
    Container::of(cx.cluster(), &object, &name).filter(Container::is_running).ok_or_else(|| {
        Failure::client(format!(
            "Internal error occurred: unable to upgrade connection: container not found ({:?})",
            name.as_str()
        ))
    })
}

/// The end of a wait that only Ctrl-C ends.
const FOREVER: Millis = Millis(i64::MAX);

/// `kubectl port-forward`: says what it would forward and waits; nothing outside of the page can connect.
///
/// # Errors
/// What kubectl or the API server refuses.
pub fn port_forward(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let [word, ports @ ..] = args.before_dash() else {
        return Err(Failure::Usage(
            "TYPE/NAME and list of ports are required for port-forward".into(),
            "port-forward".into(),
        ));
    };
    if ports.is_empty() {
        return Err(Failure::Usage(
            "TYPE/NAME and list of ports are required for port-forward".into(),
            "port-forward".into(),
        ));
    }
    let namespace = namespace_of(args, cx);
    let service = match word.split_once('/') {
        Some((kind, name)) if Resource::find(kind) == Some(Resource::Kept(Kind::Service)) => {
            Some(fetch(Resource::Kept(Kind::Service), &namespace, name, cx.cluster())?)
        }
        _ => None,
    };
    let pod = pod_of(word, args, cx)?;
    let phase = pod.str_at(&["status", "phase"]);
    if phase != "Running" {
        return Err(Failure::client(format!(
            "unable to forward port because pod is not running. Current status={phase}"
        )));
    }
    for port in ports {
        let (local, remote) = port.split_once(':').unwrap_or((port, port));
        let remote = match &service {
            Some(service) => target_port(service, &pod, remote)?,
            None => remote.parse().map_err(|_| {
                Failure::client(format!("Pod '{}' does not have a named port '{remote}'", pod.meta.name))
            })?,
        };
        let local = match local {
            "" | "0" => 40_000 + remote % 10_000,
            number => number.parse().unwrap_or(remote),
        };
        cx.out.out(format!("Forwarding from 127.0.0.1:{local} -> {remote}"));
        cx.out.out(format!("Forwarding from [::1]:{local} -> {remote}"));
    }
    cx.hint("not_forwarded", &[("pod", &pod.meta.name)]);
    Ok(Flow::Wait(Box::new(Sleep(FOREVER))))
}

/// The pod's port behind a service's.
fn target_port(service: &Object, pod: &Object, port: &str) -> Result<i64, Failure> {
    let fits =
        |it: &&Value| it.str_at(&["name"]) == port || it.i64_at(&["port"]).is_some_and(|at| at.to_string() == port);
    let Some(found) = service.list_at(&["spec", "ports"]).iter().find(fits) else {
        return Err(Failure::client(format!("Service {} does not have a service port {port}", service.meta.name)));
    };
    let named = |name: &str| {
        let containers = pod.list_at(&["spec", "containers"]).iter();
        let mut ports = containers.flat_map(|it| it.list_at(&["ports"])).filter(|it| it.str_at(&["name"]) == name);
        ports.next().and_then(|it| it.i64_at(&["containerPort"]))
    };
    let target = found.get("targetPort").and_then(|target| target.as_i64().or_else(|| named(target.as_str()?)));
    Ok(target.or(found.i64_at(&["port"])).unwrap_or(80))
}

/// `kubectl proxy`: the same for the API server.
///
/// # Errors
/// None.
pub fn proxy(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    cx.out.out(format!("Starting to serve on 127.0.0.1:{}", args.int("port").unwrap_or(8001)));
    cx.hint("not_served", &[]);
    Ok(Flow::Wait(Box::new(Sleep(FOREVER))))
}

/// `kubectl completion`: Tab completes here without a script.
///
/// # Errors
/// A shell that kubectl does not know.
pub fn completion(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    match args.before_dash().first().map(String::as_str) {
        None => Err(Failure::Usage("Shell not specified.".into(), "completion".into())),
        Some(shell @ ("bash" | "zsh" | "fish" | "powershell")) => {
            cx.out.out(format!("# {shell} completion for kubectl"));
            cx.hint("tab_completes", &[]);
            OK
        }
        Some(other) => Err(Failure::Usage(format!("Unsupported shell type {other:?}."), "completion".into())),
    }
}

/// `kubectl kustomize`: the working directory holds plain manifests.
///
/// # Errors
/// Always: there is no kustomization.
pub fn kustomize(args: &Args, _: &mut Cx<'_>) -> Result<Flow, Failure> {
    let directory = args.before_dash().first().map_or(files::HOME, String::as_str);
    Err(no_kustomization(directory))
}

/// `kubectl debug`: the lab has no ephemeral containers.
///
/// # Errors
/// Always.
pub fn debug(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some(word) = args.before_dash().first() else {
        return Err(Failure::Usage("NAME or TYPE/NAME is required for debug".into(), "debug".into()));
    };
    let pod = pod_of(word, args, cx)?;
    if !args.has("image") {
        return Err(Failure::client("you must specify --image when not using --target or --copy-to with --set-image."));
    }
    cx.host.pause(Pause::Request);
    let exit = cx.fail(&Failure::client(
        "ephemeral containers are disabled for this cluster (error from server: \"the server could not find the requested \
         resource\").",
    ));
    cx.hint("no_debug", &[("pod", &pod.meta.name)]);
    Ok(Flow::Done(exit))
}

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

/// `kubectl plugin list`.
///
/// # Errors
/// Always: there are no plugins.
pub fn plugin_list(_: &Args, _: &mut Cx<'_>) -> Result<Flow, Failure> {
    Err(Failure::client("unable to find any kubectl plugins in your PATH"))
}
