//! The cells of Jobs and CronJobs.

use super::{number, wide_cells};
use crate::kubectl::cells::{selector_text, since_text};
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::Cell;
use crate::model::conditions::is_true;
use crate::model::duration::human_duration;
use crate::model::{Millis, Object, workload};

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

pub(in crate::kubectl) fn job(object: &Object, name: Cell, age: Cell, now: Millis) -> Vec<Cell> {
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

pub(in crate::kubectl) fn cron_job(object: &Object, name: Cell, age: Cell, now: Millis) -> Vec<Cell> {
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
