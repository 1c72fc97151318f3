//! What kubectl shows of each kind: the columns of `get`, what stands in them, and the page of `describe`.
//!
//! One row a kind whose cells or page say more than its fields; the others are shown by the columns of their rows in
//! `model/kind.rs`, and field by field.

use super::cells::{self, Column};
use super::columns::{self, SECRETS, age, name_cell, state};
use super::describe::{self, Page, selector_text};
use super::table::Cell;
use super::workload_columns as workload;
use crate::cluster::Cluster;
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Map, Millis, Object, Value};

/// What every row of a table has, and what cells are filled by.
pub struct Shown {
    /// The object's name, as it is to be shown.
    name: Cell,
    age: Cell,
    now: Millis,
    kubernetes: Kubernetes,
}

/// What is shown of a kind: its row.
struct View {
    /// The columns, those included that only some versions print.
    columns: &'static [Column],
    /// The cells under them.
    cells: fn(&Object, Shown) -> Vec<Cell>,
    /// Writes the page, and says whether the events about the object belong to it.
    page: fn(&mut Page<'_>, &Object) -> bool,
}

/// A row: columns, those of `-o wide`, cells, page.
macro_rules! view {
    ([$($column:expr),*], [$($wide:literal),*], $cells:expr, $page:expr) => {{
        const VIEW: View = View {
            columns: &[$(($column, false),)* $(($wide, true),)*],
            cells: $cells,
            page: $page,
        };
        &VIEW
    }};
}

/// A kind without a row here: the fields that its row in `model/kind.rs` names, and all of them in `describe`.
const PLAIN: View = View { columns: &[], cells: plain, page: describe::generic::object };

fn plain(it: &Object, shown: Shown) -> Vec<Cell> {
    let fields = it.kind.info().columns.iter().map(|(_, path)| Cell::new(cells::field_text(it.at(path))));
    std::iter::once(shown.name).chain(fields).chain([shown.age]).collect()
}

/// The columns of a kind, those included that only some versions print.
pub fn columns_of(kind: Kind) -> Vec<Column> {
    match view(kind).columns {
        [] => {
            let fields = kind.info().columns.iter().map(|(header, _)| (*header, false));
            std::iter::once(("NAME", false)).chain(fields).chain([("AGE", false)]).collect()
        }
        columns => columns.to_vec(),
    }
}

/// What is shown of a kind.
fn view(kind: Kind) -> &'static View {
    match kind {
        Kind::Pod | Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => of_pods(kind),
        Kind::Job | Kind::CronJob | Kind::HorizontalPodAutoscaler | Kind::PodDisruptionBudget => beside_pods(kind),
        Kind::PersistentVolume | Kind::PersistentVolumeClaim | Kind::StorageClass | Kind::VolumeAttachment => {
            of_storage(kind)
        }
        Kind::Service | Kind::Endpoints | Kind::EndpointSlice | Kind::Ingress | Kind::NetworkPolicy => of_network(kind),
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => of_access(kind),
        kind => of_the_rest(kind),
    }
}

fn of_pods(kind: Kind) -> &'static View {
    match kind {
        Kind::Pod => view!(
            ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
            ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
            |it, s| columns::pod(it, s.name, s.age, s.now, s.kubernetes),
            describe::pod::pod
        ),
        Kind::StatefulSet => view!(
            ["NAME", "READY", "AGE"],
            ["CONTAINERS", "IMAGES"],
            |it, s| columns::stateful_set(it, s.name, s.age),
            describe::workload::stateful_set
        ),
        Kind::Deployment => view!(
            ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
            ["CONTAINERS", "IMAGES", "SELECTOR"],
            |it, s| workload::deployment(it, s.name, s.age),
            describe::apps::deployment
        ),
        Kind::ReplicaSet => view!(
            ["NAME", "DESIRED", "CURRENT", "READY", "AGE"],
            ["CONTAINERS", "IMAGES", "SELECTOR"],
            |it, s| workload::replica_set(it, s.name, s.age),
            describe::apps::replica_set
        ),
        _ => view!(
            ["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"],
            ["CONTAINERS", "IMAGES", "SELECTOR"],
            |it, s| workload::daemon_set(it, s.name, s.age),
            describe::apps::daemon_set
        ),
    }
}

fn beside_pods(kind: Kind) -> &'static View {
    match kind {
        Kind::Job => view!(
            ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"],
            ["CONTAINERS", "IMAGES", "SELECTOR"],
            |it, s| workload::job(it, s.name, s.age, s.now),
            describe::apps::job
        ),
        Kind::CronJob => view!(
            ["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"],
            ["CONTAINERS", "IMAGES", "SELECTOR"],
            |it, s| workload::cron_job(it, s.name, s.age, s.now),
            describe::apps::cron_job
        ),
        Kind::HorizontalPodAutoscaler => view!(
            ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"],
            [],
            |it, s| workload::autoscaler(it, s.name, s.age),
            describe::apps::autoscaler
        ),
        _ => view!(
            ["NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"],
            [],
            |it, s| columns::budget(it, s.name, s.age),
            describe::small_kinds::budget
        ),
    }
}

fn of_storage(kind: Kind) -> &'static View {
    match kind {
        Kind::PersistentVolumeClaim => view!(
            ["NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"],
            ["VOLUMEMODE"],
            |it, s| columns::claim(it, s.name, s.age),
            describe::storage::claim
        ),
        Kind::PersistentVolume => view!(
            [
                "NAME",
                "CAPACITY",
                "ACCESS MODES",
                "RECLAIM POLICY",
                "STATUS",
                "CLAIM",
                "STORAGECLASS",
                "VOLUMEATTRIBUTESCLASS",
                "REASON",
                "AGE"
            ],
            ["VOLUMEMODE"],
            |it, s| columns::volume(it, s.name, s.age),
            describe::storage::volume
        ),
        Kind::StorageClass => view!(
            ["NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION", "AGE"],
            [],
            |it, s| columns::class(it, s.name, s.age),
            describe::storage::class
        ),
        _ => view!(
            ["NAME", "ATTACHER", "PV", "NODE", "ATTACHED", "AGE"],
            [],
            |it, s| columns::attachment(it, s.name, s.age),
            describe::generic::object
        ),
    }
}

fn of_network(kind: Kind) -> &'static View {
    match kind {
        Kind::Service => view!(
            ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
            ["SELECTOR"],
            |it, s| columns::service(it, s.name, s.age),
            describe::small_kinds::service
        ),
        Kind::Endpoints => view!(
            ["NAME", "ENDPOINTS", "AGE"],
            [],
            |it, s| vec![s.name, Cell::new(columns::endpoints(it)), s.age],
            describe::small_kinds::endpoints
        ),
        Kind::EndpointSlice => view!(
            ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
            [],
            |it, s| columns::slice(it, s.name, s.age),
            describe::small_kinds::endpoint_slice
        ),
        Kind::Ingress => view!(
            ["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"],
            [],
            |it, s| workload::ingress(it, s.name, s.age),
            describe::rules::ingress
        ),
        _ => view!(
            ["NAME", "POD-SELECTOR", "AGE"],
            [],
            |it, s| vec![s.name, Cell::new(selector_text(it.at(&["spec", "podSelector"]))), s.age],
            describe::rules::network_policy
        ),
    }
}

fn of_access(kind: Kind) -> &'static View {
    match kind {
        Kind::Role | Kind::ClusterRole => view!(["NAME", "CREATED AT"], [], created, describe::rules::role),
        _ => view!(
            ["NAME", "ROLE", "AGE"],
            ["USERS", "GROUPS", "SERVICEACCOUNTS"],
            |it, s| workload::binding(it, s.name, s.age),
            describe::rules::binding
        ),
    }
}

fn created(it: &Object, shown: Shown) -> Vec<Cell> {
    vec![shown.name, Cell::new(it.meta.created.rfc3339())]
}

/// The columns of events, of which wide ones stand between the others.
const EVENT: View = View {
    columns: &[
        ("LAST SEEN", false),
        ("TYPE", false),
        ("REASON", false),
        ("OBJECT", false),
        ("SUBOBJECT", true),
        ("SOURCE", true),
        ("MESSAGE", false),
        ("FIRST SEEN", true),
        ("COUNT", true),
        ("NAME", true),
    ],
    cells: |it, s| columns::event(it, s.now),
    page: describe::generic::object,
};

fn of_the_rest(kind: Kind) -> &'static View {
    match kind {
        Kind::Event => &EVENT,
        Kind::Node => view!(
            ["NAME", "STATUS", "ROLES", "AGE", "VERSION"],
            ["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
            |it, s| columns::node(it, s.name, s.age, s.kubernetes),
            describe::small_kinds::node
        ),
        Kind::Namespace => view!(
            ["NAME", "STATUS", "AGE"],
            [],
            |it, s| vec![s.name, state(it.str_at(&["status", "phase"])), s.age],
            describe::small_kinds::namespace
        ),
        Kind::ConfigMap => view!(
            ["NAME", "DATA", "AGE"],
            [],
            |it, s| vec![s.name, Cell::new((entries(it, "data") + entries(it, "binaryData")).to_string()), s.age],
            describe::small_kinds::config_map
        ),
        Kind::Secret => view!(
            ["NAME", "TYPE", "DATA", "AGE"],
            [],
            |it, s| vec![s.name, Cell::new(it.str_at(&["type"])), Cell::new(entries(it, "data").to_string()), s.age],
            describe::small_kinds::secret
        ),
        // The second one is printed up to 1.34; see `is_printed`.
        Kind::ServiceAccount => view!(
            ["NAME", SECRETS, "AGE"],
            [],
            |it, s| vec![s.name, Cell::new(it.list_at(&["secrets"]).len().to_string()), s.age],
            describe::small_kinds::service_account
        ),
        Kind::ControllerRevision => view!(
            ["NAME", "CONTROLLER", "REVISION", "AGE"],
            [],
            |it, s| columns::revision(it, s.name, s.age),
            describe::generic::object
        ),
        Kind::ResourceQuota => view!(
            ["NAME", "REQUEST", "LIMIT", "AGE"],
            [],
            |it, s| columns::quota(it, s.name, s.age),
            describe::limits::quota
        ),
        Kind::LimitRange => view!(["NAME", "CREATED AT"], [], created, describe::limits::limit_range),
        Kind::CustomResourceDefinition => view!(["NAME", "CREATED AT"], [], created, describe::generic::object),
        kind => of_classes(kind),
    }
}

fn of_classes(kind: Kind) -> &'static View {
    match kind {
        Kind::PriorityClass => view!(
            ["NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"],
            [],
            |it, s| columns::priority_class(it, s.name, s.age),
            describe::small_kinds::priority_class
        ),
        Kind::IngressClass => view!(
            ["NAME", "CONTROLLER", "PARAMETERS", "AGE"],
            [],
            |it, s| workload::ingress_class(it, s.name, s.age),
            describe::rules::ingress_class
        ),
        Kind::ComponentStatus => view!(
            ["NAME", "STATUS", "MESSAGE", "ERROR"],
            [],
            |it, s| {
                let condition = it.list_at(&["conditions"]).first().cloned().unwrap_or_default();
                let status = if condition.str_at(&["status"]) == "True" { "Healthy" } else { "Unhealthy" };
                let text = |field: &'static str| Cell::new(condition.str_at(&[field]));
                vec![s.name, Cell::new(status), text("message"), text("error")]
            },
            describe::generic::object
        ),
        Kind::PodTemplate => view!(
            ["NAME", "CONTAINERS", "IMAGES", "POD LABELS"],
            [],
            |it, s| workload::pod_template(it, s.name),
            describe::generic::object
        ),
        _ => &PLAIN,
    }
}

/// How many entries a map in a field has.
fn entries(object: &Object, field: &str) -> usize {
    object.at(&[field]).and_then(Value::as_map).map_or(0, Map::len)
}

/// The cells of an object, wide ones included, with `name` as its shown name.
pub fn cells(object: &Object, name: &str, cluster: &Cluster) -> Vec<Cell> {
    let now = cluster.now();
    let age = Cell::new(age(object, now));
    let shown = Shown { name: name_cell(object, name), age, now, kubernetes: cluster.kubernetes() };
    (view(object.kind).cells)(object, shown)
}

/// Everything about one object, with tabs between cells; `show_events` adds the events about it.
pub fn describe(cluster: &Cluster, object: &Object, show_events: bool) -> String {
    let mut page = Page::new(cluster);
    let ends_with_events = (view(object.kind).page)(&mut page, object);
    if show_events && ends_with_events {
        describe::events::events(&mut page, object);
    }
    page.into_text()
}
