//! The cells of `kubectl get` for the kinds beside sets and pods: workloads, autoscalers, network and access rules.
//!
//! Follows `pkg/printers/internalversion/printers.go`.

use super::cells::{int_or_string, pairs, since_text};
use super::describe::selector_text;
use super::duration::human_duration;
use super::output::Style;
use super::table::Cell;
use crate::model::conditions::is_true;
use crate::model::{MetricSource, Millis, Object, Value, workload};

fn number(object: &Object, path: &[&str]) -> i64 {
    object.i64_at(path).unwrap_or(0)
}

/// Names and images of a template's containers, and the selector.
fn wide_cells(object: &Object, template: &[&str]) -> Vec<Cell> {
    let path = [template, &["spec", "containers"]].concat();
    let containers = object.list_at(&path);
    let join = |field: &str| containers.iter().map(|it| it.str_at(&[field])).collect::<Vec<_>>().join(",");
    let selector = selector_text(object.at(&["spec", "selector"]));
    vec![Cell::new(join("name")), Cell::new(join("image")), Cell::new(selector)]
}

fn shares(have: i64, want: i64) -> Cell {
    let style = if have == want { Style::Good } else { Style::Warn };
    Cell::styled(format!("{have}/{want}"), style)
}

pub(super) fn deployment(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| number(object, &["status", field]);
    let mut cells = vec![
        name,
        shares(status("readyReplicas"), number(object, &["spec", "replicas"])),
        Cell::new(status("updatedReplicas").to_string()),
        Cell::new(status("availableReplicas").to_string()),
        age,
    ];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

pub(super) fn replica_set(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| Cell::new(number(object, &["status", field]).to_string());
    let wanted = Cell::new(number(object, &["spec", "replicas"]).to_string());
    let mut cells = vec![name, wanted, status("replicas"), status("readyReplicas"), age];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

/// Follows `printPodTemplate`: the labels are those of the template.
pub(super) fn pod_template(object: &Object, name: Cell) -> Vec<Cell> {
    let mut cells = vec![name];
    cells.extend(wide_cells(object, &["template"]).into_iter().take(2));
    let labels = pairs(object.at(&["template", "metadata", "labels"]), ",");
    cells.push(Cell::new(if labels.is_empty() { "<none>".to_string() } else { labels }));
    cells
}

pub(super) fn daemon_set(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let status = |field: &str| Cell::new(number(object, &["status", field]).to_string());
    let selector = pairs(object.at(&["spec", "template", "spec", "nodeSelector"]), ",");
    let mut cells = vec![
        name,
        status("desiredNumberScheduled"),
        status("currentNumberScheduled"),
        status("numberReady"),
        status("updatedNumberScheduled"),
        status("numberAvailable"),
        Cell::new(if selector.is_empty() { "<none>".to_string() } else { selector }),
        age,
    ];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

/// The STATUS of a Job.
///
/// Follows `printJob`.
pub fn job_status(job: &Object) -> &'static str {
    let is_suspended = workload::is_suspended(job);
    if is_true(job, "Complete") {
        "Complete"
    } else if is_true(job, "Failed") {
        "Failed"
    } else if job.meta.is_terminating() {
        "Terminating"
    } else if is_true(job, "Suspended") || is_suspended && job.at(&["status", "startTime"]).is_none() {
        "Suspended"
    } else if is_true(job, "FailureTarget") {
        "FailureTarget"
    } else if is_true(job, "SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

pub(super) fn job(object: &Object, name: Cell, age: Cell, now: Millis) -> Vec<Cell> {
    let succeeded = number(object, &["status", "succeeded"]);
    let completions = match (object.i64_at(&["spec", "completions"]), object.i64_at(&["spec", "parallelism"])) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, Some(parallelism)) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        _ => format!("{succeeded}/1"),
    };
    let time = |field: &str| Millis::parse_rfc3339(object.str_at(&["status", field]));
    let duration = match (time("startTime"), time("completionTime")) {
        (Some(start), Some(end)) => human_duration(end - start),
        (Some(start), None) => human_duration(now - start),
        _ => String::new(),
    };
    let status = job_status(object);
    let style = if matches!(status, "Failed" | "FailureTarget") { Style::Bad } else { Style::Good };
    let mut cells =
        vec![name, Cell::styled(status.to_string(), style), Cell::new(completions), Cell::new(duration), age];
    cells.extend(wide_cells(object, &["spec", "template"]));
    cells
}

pub(super) fn cron_job(object: &Object, name: Cell, age: Cell, now: Millis) -> Vec<Cell> {
    let zone = object.str_at(&["spec", "timeZone"]);
    let last = object.str_at(&["status", "lastScheduleTime"]);
    let is_suspended = workload::is_suspended(object);
    let mut cells = vec![
        name,
        Cell::new(object.str_at(&["spec", "schedule"])),
        Cell::new(if zone.is_empty() { "<none>" } else { zone }),
        Cell::new(if is_suspended { "True" } else { "False" }),
        Cell::new(object.list_at(&["status", "active"]).len().to_string()),
        Cell::new(if last.is_empty() { "<none>".to_string() } else { since_text(last, now) }),
        age,
    ];
    let mut wide = wide_cells(object, &["spec", "jobTemplate", "spec", "template"]);
    if let Some(selector) = wide.last_mut() {
        *selector = Cell::new(selector_text(object.at(&["spec", "jobTemplate", "spec", "selector"])));
    }
    cells.extend(wide);
    cells
}

/// What an autoscaler measures and aims at: `cpu: <unknown>/70%`.
///
/// Follows `formatHPAMetrics`.
pub fn targets(object: &Object) -> Vec<String> {
    let current = object.list_at(&["status", "currentMetrics"]);
    let specs = object.list_at(&["spec", "metrics"]).iter().enumerate();
    specs
        .map(|(at, spec)| {
            let kind = spec.str_at(&["type"]);
            let field = MetricSource::of(spec).unwrap_or(MetricSource::External).field();
            let target = |name: &str| spec.at(&[field, "target", name]);
            let measured = |name: &str| current.get(at).and_then(|it| it.at(&[field, "current", name]));
            let shown = |value: Option<&Value>| match value {
                Some(value) => int_or_string(Some(value)),
                None => "<unknown>".into(),
            };
            let amounts = match (target("averageUtilization"), target("averageValue")) {
                (Some(wanted), _) => {
                    let have = measured("averageUtilization").map(|have| format!("{}%", int_or_string(Some(have))));
                    format!("{}/{}%", have.unwrap_or_else(|| "<unknown>".into()), int_or_string(Some(wanted)))
                }
                (None, Some(wanted)) => format!("{}/{}", shown(measured("averageValue")), int_or_string(Some(wanted))),
                (None, None) => format!("{}/{}", shown(measured("value")), int_or_string(target("value"))),
            };
            match kind {
                "Resource" | "ContainerResource" => format!("{}: {amounts}", spec.str_at(&[field, "name"])),
                _ => amounts,
            }
        })
        .collect()
}

pub(super) fn autoscaler(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    const SHOWN_MAX: usize = 2;
    let reference = format!(
        "{}/{}",
        object.str_at(&["spec", "scaleTargetRef", "kind"]),
        object.str_at(&["spec", "scaleTargetRef", "name"])
    );
    let mut all = targets(object);
    let more = all.len().saturating_sub(SHOWN_MAX);
    all.truncate(SHOWN_MAX);
    let mut text = if all.is_empty() { "<none>".to_string() } else { all.join(", ") };
    if more > 0 {
        text.push_str(&format!(" + {more} more..."));
    }
    let least = object.i64_at(&["spec", "minReplicas"]).map_or("<unset>".to_string(), |least| least.to_string());
    vec![
        name,
        Cell::new(reference),
        Cell::new(text),
        Cell::new(least),
        Cell::new(number(object, &["spec", "maxReplicas"]).to_string()),
        Cell::new(number(object, &["status", "currentReplicas"]).to_string()),
        age,
    ]
}

pub(super) fn ingress(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    const HOSTS_MAX: usize = 3;
    let class = object.str_at(&["spec", "ingressClassName"]);
    let hosts: Vec<&str> = object.list_at(&["spec", "rules"]).iter().map(|rule| rule.str_at(&["host"])).collect();
    let mut shown: Vec<&str> = hosts.iter().filter(|host| !host.is_empty()).copied().take(HOSTS_MAX).collect();
    let more = hosts.len().saturating_sub(HOSTS_MAX);
    if shown.is_empty() {
        shown.push("*");
    }
    let mut text = shown.join(",");
    if more > 0 {
        text.push_str(&format!(" + {more} more..."));
    }
    let ports = if object.list_at(&["spec", "tls"]).is_empty() { "80" } else { "80, 443" };
    let addresses = object.list_at(&["status", "loadBalancer", "ingress"]).iter();
    let addresses: Vec<&str> = addresses.map(|it| it.str_at(&["ip"])).filter(|ip| !ip.is_empty()).collect();
    vec![
        name,
        Cell::new(if class.is_empty() { "<none>" } else { class }),
        Cell::new(text),
        Cell::new(addresses.join(",")),
        Cell::new(ports),
        age,
    ]
}

pub(super) fn ingress_class(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let parameter = |field: &str| object.str_at(&["spec", "parameters", field]);
    let parameters = match (parameter("kind"), parameter("apiGroup")) {
        ("", _) => "<none>".to_string(),
        (kind, "") => format!("{kind}/{}", parameter("name")),
        (kind, group) => format!("{kind}.{group}/{}", parameter("name")),
    };
    vec![name, Cell::new(object.str_at(&["spec", "controller"])), Cell::new(parameters), age]
}

pub(super) fn binding(object: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let role = format!("{}/{}", object.str_at(&["roleRef", "kind"]), object.str_at(&["roleRef", "name"]));
    let subjects = |kind: &str| {
        let all = object.list_at(&["subjects"]).iter().filter(|subject| subject.str_at(&["kind"]) == kind);
        let names: Vec<String> = all
            .map(|subject| match subject.str_at(&["namespace"]) {
                "" => subject.str_at(&["name"]).to_string(),
                namespace => format!("{namespace}/{}", subject.str_at(&["name"])),
            })
            .collect();
        Cell::new(names.join(", "))
    };
    vec![name, Cell::new(role), age, subjects("User"), subjects("Group"), subjects("ServiceAccount")]
}
