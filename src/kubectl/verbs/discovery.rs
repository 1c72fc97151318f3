//! The API server's documents about itself: versions, groups, kinds, health; knows no object.
//!
//! Follows `pkg/endpoints/discovery` and `pkg/server/healthz` of apiserver.

use crate::kubectl::command::Cx;
use crate::kubectl::json_in_order::{list, object, text};
use crate::kubectl::resources::{ABSENT, ALL};
use crate::kubernetes::Version;
use crate::model::{JsonStyle, Kind, Value};
use crate::obj;
use crate::ordering::Order;

/// What most types can be asked for.
const VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// What a type can be asked for.
pub(super) fn verbs_of(plural: &str) -> &'static [&'static str] {
    match ABSENT.iter().find(|it| it.plural == plural) {
        Some(it) if !it.is_readable() => &["create"],
        _ if plural == "componentstatuses" => &["get", "list"],
        _ => VERBS,
    }
}

/// What is looked at for `livez`, beside what `readyz` asks.
const CHECKS: [&str; 30] = [
    "ping",
    "log",
    "etcd",
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/aggregator-reload-proxy-client-cert",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
];

/// What only `readyz` asks, behind the third check.
const READY: [&str; 2] = ["etcd-readiness", "informer-sync"];

/// The document at a path. `None` where objects lie, or nothing.
pub(super) fn document(parts: &[&str], is_verbose: bool, cx: &Cx<'_>) -> Option<String> {
    let line = |members: &[(&str, String)]| Some(object(members) + "\n");
    match parts {
        [check @ ("healthz" | "livez" | "readyz")] => Some(health(check, is_verbose)),
        [check @ ("healthz" | "livez" | "readyz"), name @ ..] => {
            let name = name.join("/");
            (CHECKS.contains(&name.as_str()) || READY.contains(&name.as_str())).then(|| match is_verbose {
                true => format!("[+]{name} ok\n{check} check passed\n"),
                false => "ok".into(),
            })
        }
        ["version"] => Some(version(cx.cluster().kubernetes().version())),
        [] => Some(paths(cx)),
        ["api"] => line(&[
            ("kind", text("APIVersions")),
            ("versions", "[\"v1\"]".into()),
            (
                "serverAddressByClientCIDRs",
                "[{\"clientCIDR\":\"0.0.0.0/0\",\"serverAddress\":\"192.168.49.2:8443\"}]".into(),
            ),
        ]),
        ["apis"] => {
            let groups: Vec<String> = groups(cx).iter().map(|name| group(name, false, cx)).collect();
            line(&[("kind", text("APIGroupList")), ("apiVersion", text("v1")), ("groups", list(&groups))])
        }
        ["apis", name] if groups(cx).iter().any(|known| known == name) => Some(group(name, true, cx) + "\n"),
        ["api", "v1"] => Some(resources("v1", cx)),
        ["apis", group, version] => {
            let version = format!("{group}/{version}");
            versions(cx).contains(&version).then(|| resources(&version, cx))
        }
        _ => None,
    }
}

fn health(check: &str, is_verbose: bool) -> String {
    if !is_verbose {
        return "ok".into();
    }
    let (first, rest) = CHECKS.split_at(3);
    let ready: &[&str] = if check == "readyz" { &READY } else { &[] };
    let end: &[&str] = if check == "readyz" { &["shutdown"] } else { &[] };
    let all = first.iter().chain(ready).chain(rest).chain(end);
    let lines: String = all.map(|name| format!("[+]{name} ok\n")).collect();
    format!("{lines}{check} check passed\n")
}

/// The versions that the API server has, each once, in order.
fn versions(cx: &Cx<'_>) -> Vec<String> {
    let cluster = cx.cluster();
    let kept = cluster.kinds().flat_map(|kind| cluster.api_versions(kind));
    let mut versions: Vec<String> =
        kept.chain(ABSENT.iter().map(crate::kubectl::resources::Absent::api_version)).collect();
    versions.order();
    versions.dedup();
    versions
}

fn groups(cx: &Cx<'_>) -> Vec<String> {
    let all = versions(cx);
    let mut groups: Vec<String> =
        all.iter().filter_map(|version| Some(version.split_once('/')?.0.to_string())).collect();
    groups.dedup();
    groups
}

fn group(name: &str, is_alone: bool, cx: &Cx<'_>) -> String {
    let version =
        |version: &str| object(&[("groupVersion", text(&format!("{name}/{version}"))), ("version", text(version))]);
    let all = versions(cx);
    let mut own: Vec<&str> =
        all.iter().filter_map(|it| it.split_once('/')).filter(|it| it.0 == name).map(|it| it.1).collect();
    // The later one is preferred.
    own.reverse();
    let shown: Vec<String> = own.iter().map(|it| version(it)).collect();
    let mut members = Vec::new();
    if is_alone {
        members.extend([("kind", text("APIGroup")), ("apiVersion", text("v1"))]);
    }
    members.extend([
        ("name", text(name)),
        ("versions", list(&shown)),
        ("preferredVersion", version(own.first().copied().unwrap_or("v1"))),
    ]);
    object(&members)
}

/// The categories of a type.
pub(super) fn category(plural: &str) -> &'static str {
    match plural {
        "customresourcedefinitions" => "api-extensions",
        plural if ALL.contains(&plural) => "all",
        _ => "",
    }
}

fn texts<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    list(&all.into_iter().map(text).collect::<Vec<_>>())
}

/// The types of one version, and the parts of their objects that can be asked for.
fn resources(version: &str, cx: &Cx<'_>) -> String {
    let cluster = cx.cluster();
    let mut rows: Vec<(String, String)> = Vec::new();
    for kind in cluster.kinds().filter(|kind| cluster.api_versions(*kind).iter().any(|it| it == version)) {
        let names = kind.names();
        let row = |name: &str, singular: &str, of: &str, verbs: &[&str]| {
            vec![
                ("name", text(name)),
                ("singularName", text(singular)),
                ("namespaced", names.is_namespaced.to_string()),
                ("kind", text(of)),
                ("verbs", texts(verbs.iter().copied())),
            ]
        };
        let mut main = row(names.plural, names.singular, names.kind, verbs_of(names.plural));
        if !names.short.is_empty() {
            main.push(("shortNames", texts(names.short.iter().copied())));
        }
        let category = category(names.plural);
        let categories = names.categories.iter().copied().chain((!category.is_empty()).then_some(category));
        let categories: Vec<&str> = categories.collect();
        if !categories.is_empty() {
            main.push(("categories", texts(categories)));
        }
        rows.push((names.plural.to_string(), object(&main)));
        for (part, of, verbs) in parts_of(kind) {
            let name = format!("{}/{part}", names.plural);
            let row = object(&row(&name, "", of, verbs));
            rows.push((name, row));
        }
    }
    for it in ABSENT.iter().filter(|it| it.api_version() == version) {
        let mut row = vec![
            ("name", text(it.plural)),
            ("singularName", text(it.singular)),
            ("namespaced", it.is_namespaced.to_string()),
            ("kind", text(it.kind)),
            ("verbs", texts(verbs_of(it.plural).iter().copied())),
        ];
        if !it.short.is_empty() {
            row.push(("shortNames", texts([it.short])));
        }
        rows.push((it.plural.to_string(), object(&row)));
    }
    rows.order();
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    let mut members = vec![("kind", text("APIResourceList"))];
    if version != "v1" {
        members.push(("apiVersion", text("v1")));
    }
    members.extend([("groupVersion", text(version)), ("resources", list(&rows))]);
    object(&members) + "\n"
}

/// The parts of a kind's objects: name, kind, verbs.
fn parts_of(kind: Kind) -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    const CHANGED: &[&str] = &["get", "patch", "update"];
    let info = kind.info();
    let mut parts = Vec::new();
    if info.is_scalable {
        parts.push(("scale", "Scale", CHANGED));
    }
    if info.has_status {
        parts.push(("status", kind.names().kind, CHANGED));
    }
    if kind == Kind::Pod {
        parts.extend([
            ("attach", "PodAttachOptions", &["create", "get"][..]),
            ("binding", "Binding", &["create"]),
            ("ephemeralcontainers", "Pod", CHANGED),
            ("eviction", "Eviction", &["create"]),
            ("exec", "PodExecOptions", &["create", "get"]),
            ("log", "Pod", &["get"]),
            ("portforward", "PodPortForwardOptions", &["create", "get"]),
            ("resize", "Pod", CHANGED),
        ]);
    }
    if kind == Kind::ServiceAccount {
        parts.push(("token", "TokenRequest", &["create"]));
    }
    parts
}

/// All paths that can be asked for.
fn paths(cx: &Cx<'_>) -> String {
    let mut all = vec!["/api".to_string(), "/api/v1".into(), "/apis".into(), "/apis/".into()];
    all.extend(groups(cx).iter().map(|group| format!("/apis/{group}")));
    all.extend(versions(cx).iter().filter(|it| it.contains('/')).map(|version| format!("/apis/{version}")));
    all.extend(["healthz", "livez", "readyz", "version"].map(|name| format!("/{name}")));
    for check in ["healthz", "livez", "readyz"] {
        all.extend(CHECKS.iter().map(|name| format!("/{check}/{name}")));
    }
    all.order();
    let paths: Vec<Value> = all.iter().map(|path| Value::text(path)).collect();
    crate::model::to_json_styled(&obj! { "paths" => paths }, JsonStyle { indent: 2, escape_html: false })
}

/// What `version` says, in the order of the server's type.
fn version(version: Version) -> String {
    let minor = version.minor.to_string();
    let floor = (version.minor - 1).to_string();
    let rows = [
        ("major", "1"),
        ("minor", minor.as_str()),
        ("emulationMajor", "1"),
        ("emulationMinor", minor.as_str()),
        ("minCompatibilityMajor", "1"),
        ("minCompatibilityMinor", floor.as_str()),
    ];
    let git = version.to_string();
    let more =
        [("gitVersion", git.as_str()), ("gitTreeState", "clean"), ("compiler", "gc"), ("platform", "linux/amd64")];
    let lines: Vec<String> = rows.iter().chain(&more).map(|(name, value)| format!("  {name:?}: {value:?}")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}
