//! What kubectl shows of each kind: the columns of `get`, what stands in them, and the page of `describe`.
//!
//! One row a kind whose cells or page say more than its fields, in the order of the kinds; the others are shown by the
//! columns of their rows in `model/kind.rs`, and field by field.

use super::cells::{self, Column};
use super::columns::{self, SECRETS, age, name_cell, state};
use super::describe::{self, Page, selector_text};
use super::table::Cell;
use crate::cluster::Cluster;
use crate::kubernetes::Kubernetes;
use crate::model::conditions::phase;
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
    kind: Kind,
    /// The columns, those included that only some versions print.
    columns: &'static [Column],
    /// The cells under them.
    cells: fn(&Object, Shown) -> Vec<Cell>,
    /// Writes the page, and says whether the events about the object belong to it.
    page: fn(&mut Page<'_>, &Object) -> bool,
}

/// A row: kind, columns, those of `-o wide`, cells, page.
macro_rules! view {
    ($kind:expr, [$($column:expr),*], [$($wide:literal),*], $cells:expr, $page:expr) => {
        View {
            kind: $kind,
            columns: &[$(($column, false),)* $(($wide, true),)*],
            cells: $cells,
            page: $page,
        }
    };
}

/// The columns of events, of which wide ones stand between the others.
const EVENT: &[Column] = &[
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
];

/// The row of each kind that says more than its fields.
static VIEWS: &[View] = &[
    view!(
        Kind::APIService,
        ["NAME", "SERVICE", "AVAILABLE", "AGE"],
        [],
        |it, s| columns::network::api_service(it, s.name, s.age),
        describe::generic::object
    ),
    view!(Kind::ClusterRole, ["NAME", "CREATED AT"], [], created, describe::access::role),
    view!(
        Kind::ClusterRoleBinding,
        ["NAME", "ROLE", "AGE"],
        ["USERS", "GROUPS", "SERVICEACCOUNTS"],
        |it, s| columns::access::binding(it, s.name, s.age),
        describe::access::binding
    ),
    view!(
        Kind::ComponentStatus,
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
    view!(
        Kind::ConfigMap,
        ["NAME", "DATA", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new((entries(it, "data") + entries(it, "binaryData")).to_string()), s.age],
        describe::small_kinds::config_map
    ),
    view!(
        Kind::ControllerRevision,
        ["NAME", "CONTROLLER", "REVISION", "AGE"],
        [],
        |it, s| columns::workloads::revision(it, s.name, s.age),
        describe::generic::object
    ),
    view!(
        Kind::CronJob,
        ["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"],
        ["CONTAINERS", "IMAGES", "SELECTOR"],
        |it, s| columns::jobs::cron_job(it, s.name, s.age, s.now),
        describe::workloads::cron_job
    ),
    view!(Kind::CustomResourceDefinition, ["NAME", "CREATED AT"], [], created, describe::generic::object),
    view!(
        Kind::DaemonSet,
        ["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"],
        ["CONTAINERS", "IMAGES", "SELECTOR"],
        |it, s| columns::workloads::daemon_set(it, s.name, s.age),
        describe::workloads::daemon_set
    ),
    view!(
        Kind::Deployment,
        ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        ["CONTAINERS", "IMAGES", "SELECTOR"],
        |it, s| columns::workloads::deployment(it, s.name, s.age),
        describe::workloads::deployment
    ),
    view!(
        Kind::Endpoints,
        ["NAME", "ENDPOINTS", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(columns::network::endpoints(it)), s.age],
        describe::small_kinds::endpoints
    ),
    view!(
        Kind::EndpointSlice,
        ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
        [],
        |it, s| columns::network::slice(it, s.name, s.age),
        describe::small_kinds::endpoint_slice
    ),
    // Wide columns stand between the others.
    View {
        kind: Kind::Event,
        columns: EVENT,
        cells: |it, s| columns::events::event(it, s.now),
        page: describe::generic::object,
    },
    view!(
        Kind::HorizontalPodAutoscaler,
        ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"],
        [],
        |it, s| columns::autoscalers::autoscaler(it, s.name, s.age),
        describe::workloads::autoscaler
    ),
    view!(
        Kind::Ingress,
        ["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"],
        [],
        |it, s| columns::network::ingress(it, s.name, s.age),
        describe::network::ingress
    ),
    view!(
        Kind::IngressClass,
        ["NAME", "CONTROLLER", "PARAMETERS", "AGE"],
        [],
        |it, s| columns::network::ingress_class(it, s.name, s.age),
        describe::network::ingress_class
    ),
    view!(
        Kind::Job,
        ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"],
        ["CONTAINERS", "IMAGES", "SELECTOR"],
        |it, s| columns::jobs::job(it, s.name, s.age, s.now),
        describe::workloads::job
    ),
    view!(Kind::LimitRange, ["NAME", "CREATED AT"], [], created, describe::limits::limit_range),
    view!(
        Kind::MutatingWebhookConfiguration,
        ["NAME", "WEBHOOKS", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(it.list_at(&["webhooks"]).len().to_string()), s.age],
        describe::generic::object
    ),
    view!(
        Kind::Namespace,
        ["NAME", "STATUS", "AGE"],
        [],
        |it, s| vec![s.name, state(phase(it)), s.age],
        describe::small_kinds::namespace
    ),
    view!(
        Kind::NetworkPolicy,
        ["NAME", "POD-SELECTOR", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(selector_text(it.at(&["spec", "podSelector"]))), s.age],
        describe::network::network_policy
    ),
    view!(
        Kind::Node,
        ["NAME", "STATUS", "ROLES", "AGE", "VERSION"],
        ["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
        |it, s| columns::nodes::node(it, s.name, s.age, s.kubernetes),
        describe::nodes::node
    ),
    view!(
        Kind::PersistentVolume,
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
        |it, s| columns::storage::volume(it, s.name, s.age),
        describe::storage::volume
    ),
    view!(
        Kind::PersistentVolumeClaim,
        ["NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"],
        ["VOLUMEMODE"],
        |it, s| columns::storage::claim(it, s.name, s.age),
        describe::storage::claim
    ),
    view!(
        Kind::Pod,
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
        |it, s| columns::pods::pod(it, s.name, s.age, s.now, s.kubernetes),
        describe::pod::pod
    ),
    view!(
        Kind::PodDisruptionBudget,
        ["NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"],
        [],
        |it, s| columns::budgets::budget(it, s.name, s.age),
        describe::budget::budget
    ),
    view!(
        Kind::PodTemplate,
        ["NAME", "CONTAINERS", "IMAGES", "POD LABELS"],
        [],
        |it, s| columns::pods::pod_template(it, s.name),
        describe::generic::object
    ),
    view!(
        Kind::PriorityClass,
        ["NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"],
        [],
        |it, s| columns::limits::priority_class(it, s.name, s.age),
        describe::small_kinds::priority_class
    ),
    view!(
        Kind::ReplicaSet,
        ["NAME", "DESIRED", "CURRENT", "READY", "AGE"],
        ["CONTAINERS", "IMAGES", "SELECTOR"],
        |it, s| columns::workloads::replica_set(it, s.name, s.age),
        describe::workloads::replica_set
    ),
    view!(
        Kind::ResourceQuota,
        ["NAME", "REQUEST", "LIMIT", "AGE"],
        [],
        |it, s| columns::limits::quota(it, s.name, s.age),
        describe::limits::quota
    ),
    view!(Kind::Role, ["NAME", "CREATED AT"], [], created, describe::access::role),
    view!(
        Kind::RoleBinding,
        ["NAME", "ROLE", "AGE"],
        ["USERS", "GROUPS", "SERVICEACCOUNTS"],
        |it, s| columns::access::binding(it, s.name, s.age),
        describe::access::binding
    ),
    view!(
        Kind::Secret,
        ["NAME", "TYPE", "DATA", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(it.str_at(&["type"])), Cell::new(entries(it, "data").to_string()), s.age],
        describe::small_kinds::secret
    ),
    view!(
        Kind::Service,
        ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
        ["SELECTOR"],
        |it, s| columns::network::service(it, s.name, s.age),
        describe::services::service
    ),
    // The second one is printed up to 1.34; see `is_printed`.
    view!(
        Kind::ServiceAccount,
        ["NAME", SECRETS, "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(it.list_at(&["secrets"]).len().to_string()), s.age],
        describe::small_kinds::service_account
    ),
    view!(
        Kind::StatefulSet,
        ["NAME", "READY", "AGE"],
        ["CONTAINERS", "IMAGES"],
        |it, s| columns::workloads::stateful_set(it, s.name, s.age),
        describe::stateful_set::stateful_set
    ),
    view!(
        Kind::StorageClass,
        ["NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION", "AGE"],
        [],
        |it, s| columns::storage::class(it, s.name, s.age),
        describe::storage::class
    ),
    view!(
        Kind::ValidatingWebhookConfiguration,
        ["NAME", "WEBHOOKS", "AGE"],
        [],
        |it, s| vec![s.name, Cell::new(it.list_at(&["webhooks"]).len().to_string()), s.age],
        describe::generic::object
    ),
    view!(
        Kind::VolumeAttachment,
        ["NAME", "ATTACHER", "PV", "NODE", "ATTACHED", "AGE"],
        [],
        |it, s| columns::storage::attachment(it, s.name, s.age),
        describe::generic::object
    ),
];

/// A kind without a row here: the fields that its row in `model/kind.rs` names, and all of them in `describe`.
fn plain(it: &Object, shown: Shown) -> Vec<Cell> {
    let fields = it.kind.info().columns.iter().map(|(_, path)| Cell::new(cells::field_text(it.at(path))));
    std::iter::once(shown.name).chain(fields).chain([shown.age]).collect()
}

/// What is shown of a kind, if it has a row.
fn view_of(kind: Kind) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.kind == kind)
}

/// The columns of a kind, those included that only some versions print.
pub fn columns_of(kind: Kind) -> Vec<Column> {
    if let Some(view) = view_of(kind) {
        return view.columns.to_vec();
    }
    let fields = kind.info().columns.iter().map(|(header, _)| (*header, false));
    std::iter::once(("NAME", false)).chain(fields).chain([("AGE", false)]).collect()
}

fn created(it: &Object, shown: Shown) -> Vec<Cell> {
    vec![shown.name, Cell::new(it.meta.created.rfc3339())]
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
    let cells = view_of(object.kind).map_or(plain as fn(&Object, Shown) -> Vec<Cell>, |view| view.cells);
    cells(object, shown)
}

/// Everything about one object, with tabs between cells; `show_events` adds the events about it.
pub fn describe(cluster: &Cluster, object: &Object, show_events: bool) -> String {
    let mut page = Page::new(cluster);
    let write: fn(&mut Page<'_>, &Object) -> bool =
        view_of(object.kind).map_or(describe::generic::object, |view| view.page);
    let ends_with_events = write(&mut page, object);
    if show_events && ends_with_events {
        describe::events::events(&mut page, object);
    }
    page.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_shown_by_one_row() {
        for kind in Kind::ALL {
            let rows = VIEWS.iter().filter(|view| view.kind == kind).count();
            let has_fields = !kind.info().columns.is_empty();
            assert_eq!(rows + usize::from(has_fields), 1, "{kind}: a row in VIEWS, or columns in `model/kind.rs`");
        }
        assert!(VIEWS.is_sorted_by_key(|view| view.kind.place()), "the rows stand in the order of the kinds");
    }
}
