//! The rules for CronJobs: when, in which time zone, how many at once, and the Job that is made.
//!
//! Follows pkg/apis/batch/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::{at, job, number, text};
use crate::kubernetes::Kubernetes;
use crate::model::{Object, Schedule, TimeZone, Value};

/// Follows `validateCronJobSpec`.
pub(in crate::api) fn check(errors: &mut Errors, object: &Object, spec: &Value, kubernetes: Kubernetes) {
    const NAME_MAX: usize = 52;
    let path = Path::new("spec");
    let schedule = text(spec, "schedule");
    if schedule.is_empty() {
        errors.required(&path.child("schedule"), "");
    } else if schedule.contains("TZ") {
        let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        errors.invalid_text(&path.child("schedule"), schedule, detail);
    } else if let Err(why) = Schedule::parse(schedule) {
        errors.invalid_text(&path.child("schedule"), schedule, why);
    }
    if let Some(seconds) = number(spec, "startingDeadlineSeconds") {
        errors.check_not_negative(&path.child("startingDeadlineSeconds"), seconds);
    }
    let zone = text(spec, "timeZone");
    if zone.is_empty() && !at(spec, "timeZone").is_null() {
        errors.invalid_text(&path.child("timeZone"), zone, "timeZone must be nil or non-empty string");
    } else if zone.eq_ignore_ascii_case("local") {
        let detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.invalid_text(&path.child("timeZone"), zone, detail);
    } else if !zone.is_empty() && !is_time_zone(zone) {
        errors.invalid_text(&path.child("timeZone"), zone, format!("unknown time zone {zone}"));
    }
    match text(spec, "concurrencyPolicy") {
        "" => errors.required(&path.child("concurrencyPolicy"), ""),
        policy => errors.check_one_of(&path.child("concurrencyPolicy"), policy, &["Allow", "Forbid", "Replace"]),
    }
    let (job_path, job) = (path.child("jobTemplate").child("spec"), at(at(spec, "jobTemplate"), "spec"));
    job::check(errors, &job_path, job, kubernetes);
    if !at(job, "selector").is_null() {
        errors.invalid(&job_path.child("selector"), at(job, "selector"), "`selector` will be auto-generated");
    }
    if job.get("manualSelector").and_then(Value::as_bool) == Some(true) {
        errors.not_supported_shown(&job_path.child("manualSelector"), "true".into(), &["nil", "false"]);
    }
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        errors.check_not_negative(&path.child(field), number(spec, field).unwrap_or(0));
    }
    if object.meta.name.len() > NAME_MAX {
        let detail = format!("must be no more than {NAME_MAX} characters");
        errors.invalid_text(&Path::new("metadata").child("name"), &object.meta.name, detail);
    }
}

/// Whether a name is a time zone's, or may be: a known area and a place. The table has not all of the places.
fn is_time_zone(name: &str) -> bool {
    const AREAS: [&str; 11] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Etc",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let is_place = |place: &str| {
        place.starts_with(|c: char| c.is_ascii_uppercase())
            && place.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/'))
    };
    if TimeZone::named(name).is_some() {
        return true;
    }
    match name.split_once('/') {
        Some((area, place)) => AREAS.contains(&area) && is_place(place),
        None => false,
    }
}
