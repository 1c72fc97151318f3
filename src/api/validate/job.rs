//! The rules for Jobs: numbers, indexes, and what is to be said of pods that fail or succeed.
//!
//! Follows pkg/apis/batch/validation/validation.go.

use super::super::field_error::{Errors, FieldError, Path};
use super::super::job_labels::expected_labels;
use super::super::names;
use super::super::template_dump::struct_dump;
use super::meta::check_labels;
use super::network::check_domain_path;
use super::workload::check_pod_template;
use super::{at, check_selector, is_usable, list, number, selects, text};
use crate::kubernetes::Kubernetes;
use crate::model::{Object, Value};

/// The most rules of a policy, and the most patterns of a rule.
const RULES_MAX: usize = 20;
/// The most exit codes of a rule.
const CODES_MAX: usize = 255;
/// The most numbers that a Job with limits for each of them may have.
const INDEXES_MAX: i64 = 100_000;
/// The most pods at once, and failed numbers, of such a Job that has more numbers yet.
const LARGE_MAX: i64 = 10_000;
/// The longest name of who manages a Job, in bytes.
const MANAGER_MAX: usize = 63;
const ACTIONS: &[&str] = &["Count", "FailIndex", "FailJob", "Ignore"];
const INDEXED: &str = "Indexed";

/// Follows `ValidateJob`, but for what concerns the labels.
pub(in crate::api) fn check_object(errors: &mut Errors, object: &Object, spec: &Value, kubernetes: Kubernetes) {
    check(errors, &Path::new("spec"), spec, kubernetes);
    let count = number(spec, "completions").unwrap_or(0);
    if text(spec, "completionMode") == INDEXED && count > 0 {
        let last = format!("{}-{}", object.meta.name, count - 1);
        if !names::dns_label(&last).is_empty() {
            let detail = format!("will not able to create pod with invalid DNS label: {last}");
            errors.invalid_text(&Path::new("metadata").child("name"), &object.meta.name, detail);
        }
    }
}

/// What is wrong with the selector of a Job that has all its labels, and with the labels.
///
/// Follows `validateGeneratedSelector` and `ValidateJobSpec`.
pub fn validate_job_labels(job: &Object) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let path = Path::new("spec");
    let nothing = Value::Null;
    let selector = job.at(&["spec", "selector"]).unwrap_or(&nothing);
    let labels = job.at(&["spec", "template", "metadata", "labels"]).unwrap_or(&nothing);
    if job.at(&["spec", "manualSelector"]).and_then(Value::as_bool) != Some(true) {
        let own = path.child("template").child("metadata").child("labels");
        let mut expected = Value::map();
        for (key, value) in expected_labels(job) {
            if text(labels, key) != value.as_str() {
                errors.invalid(&own.key(key), labels, format!("must be '{value}'"));
            }
            expected.set_at(&[key], value);
        }
        if !selects(selector, &expected) {
            errors.invalid(&path.child("selector"), selector, "`selector` not auto-generated");
        }
    }
    // The Job's name is a label's value, which may not be as long as a name.
    check_labels(&mut errors, &path.child("template").child("labels"), Some(labels));
    check_selected(&mut errors, job);
    errors.0
}

/// The part of `ValidateJobSpec` about the selector: one that is absent selects nothing.
pub(super) fn check_selected(errors: &mut Errors, job: &Object) {
    let (path, nothing) = (Path::new("spec"), Value::Null);
    let selector = job.at(&["spec", "selector"]).unwrap_or(&nothing);
    let labels = job.at(&["spec", "template", "metadata", "labels"]).unwrap_or(&nothing);
    match selector.is_null() {
        true => errors.required(&path.child("selector"), ""),
        false => check_selector(errors, &path.child("selector"), selector),
    }
    if is_usable(selector) && !selects(selector, labels) {
        let detail = "`selector` does not match template `labels`";
        errors.invalid(&path.child("template").child("metadata").child("labels"), labels, detail);
    }
}

/// Follows `validateJobSpec`.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    check_numbers(errors, path, spec);
    if let Some(manager) = spec.get("managedBy").and_then(Value::as_str) {
        let path = path.child("managedBy");
        check_domain_path(errors, &path, manager);
        if manager.len() > MANAGER_MAX {
            errors.too_long(&path, format!("may not be more than {MANAGER_MAX} bytes"));
        }
    }
    check_mode(errors, path, spec);
    if !at(spec, "podFailurePolicy").is_null() {
        check_failure_policy(errors, &path.child("podFailurePolicy").child("rules"), spec);
    }
    let success = at(spec, "successPolicy");
    if !success.is_null() {
        let path = path.child("successPolicy");
        match text(spec, "completionMode") {
            INDEXED => check_success_policy(errors, &path.child("rules"), spec),
            _ => errors.invalid_shown(
                &path,
                struct_dump("batch.SuccessPolicy", success),
                "requires indexed completion mode",
            ),
        }
    }
    check_replacement(errors, &path.child("podReplacementPolicy"), spec);
    check_template(errors, &path.child("template"), spec, kubernetes);
}

fn check_template(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    let template = at(spec, "template");
    check_pod_template(errors, path, template, kubernetes);
    let path = path.child("spec").child("restartPolicy");
    let policy = text(at(template, "spec"), "restartPolicy");
    match policy {
        "Always" => errors.required(&path, "valid values: \"OnFailure\", \"Never\""),
        policy => errors.check_one_of(&path, policy, &["OnFailure", "Never"]),
    }
    // Instead of nothing, not beside it.
    if policy == "OnFailure" && !at(spec, "podFailurePolicy").is_null() {
        errors.invalid_text(&path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
    }
}

fn check_numbers(errors: &mut Errors, path: &Path, spec: &Value) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        if let Some(value) = number(spec, field) {
            errors.check_not_negative(&path.child(field), value);
        }
    }
    if number(spec, "maxFailedIndexes").is_some() && number(spec, "backoffLimitPerIndex").is_none() {
        errors.required(&path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
}

fn check_mode(errors: &mut Errors, path: &Path, spec: &Value) {
    let mode = text(spec, "completionMode");
    if !mode.is_empty() {
        errors.check_one_of(&path.child("completionMode"), mode, &["NonIndexed", INDEXED]);
    }
    if mode == INDEXED {
        return check_indexed(errors, path, spec);
    }
    for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
        if number(spec, field).is_some() {
            errors.invalid(&path.child(field), at(spec, field), "requires indexed completion mode");
        }
    }
}

fn check_indexed(errors: &mut Errors, path: &Path, spec: &Value) {
    let (completions, failed) = (number(spec, "completions"), number(spec, "maxFailedIndexes"));
    let path_of = |field: &str| path.child(field);
    if completions.is_none() {
        errors.required(&path_of("completions"), "when completion mode is Indexed");
    }
    if number(spec, "parallelism").is_some_and(|it| it > INDEXES_MAX) {
        let detail = format!("must be less than or equal to {INDEXES_MAX} when completion mode is Indexed");
        errors.invalid(&path_of("parallelism"), at(spec, "parallelism"), detail);
    }
    if let (Some(completions), Some(failed)) = (completions, failed)
        && failed > completions
    {
        errors.invalid(&path_of("maxFailedIndexes"), &failed.into(), "must be less than or equal to completions");
    }
    if let Some(failed) = failed.filter(|it| *it > INDEXES_MAX) {
        let detail = format!("must be less than or equal to {INDEXES_MAX}");
        errors.invalid(&path_of("maxFailedIndexes"), &failed.into(), detail);
    }
    let is_large = completions.is_some_and(|it| it > INDEXES_MAX) && number(spec, "backoffLimitPerIndex").is_some();
    if is_large && failed.is_none() {
        let detail = format!("must be specified when completions is above {INDEXES_MAX}");
        errors.required(&path_of("maxFailedIndexes"), &detail);
    }
    for field in ["maxFailedIndexes", "parallelism"] {
        if is_large && number(spec, field).is_some_and(|it| it > LARGE_MAX) {
            let detail = format!(
                "must be less than or equal to {LARGE_MAX} when completions are above {INDEXES_MAX} and used with \
                 backoff limit per index"
            );
            errors.invalid(&path_of(field), at(spec, field), detail);
        }
    }
}

/// Follows `validatePodReplacementPolicy`.
fn check_replacement(errors: &mut Errors, path: &Path, spec: &Value) {
    let policy = text(spec, "podReplacementPolicy");
    if policy.is_empty() {
        return;
    }
    match at(spec, "podFailurePolicy").is_null() {
        true => errors.check_one_of(path, policy, &["Failed", "TerminatingOrFailed"]),
        false => errors.check_one_of(path, policy, &["Failed"]),
    }
}

/// Follows `validatePodFailurePolicy`.
fn check_failure_policy(errors: &mut Errors, path: &Path, spec: &Value) {
    let rules = list(at(spec, "podFailurePolicy"), "rules");
    check_count(errors, path, rules.len(), RULES_MAX);
    for (place, rule) in rules.iter().enumerate() {
        check_rule(errors, &path.index(place), rule, spec);
    }
}

fn check_count(errors: &mut Errors, path: &Path, count: usize, most: usize) {
    if count > most {
        errors.too_many(path, count as i64, most as i64);
    }
}

/// Follows `validatePodFailurePolicyRule`.
fn check_rule(errors: &mut Errors, path: &Path, rule: &Value, spec: &Value) {
    let action = path.child("action");
    match text(rule, "action") {
        "" => errors.required(&action, &valid_values(ACTIONS)),
        "FailIndex" if number(spec, "backoffLimitPerIndex").is_none() => {
            errors.invalid_text(&action, "FailIndex", "requires the backoffLimitPerIndex to be set");
        }
        word => errors.check_one_of(&action, word, ACTIONS),
    }
    let (codes, conditions) = (at(rule, "onExitCodes"), list(rule, "onPodConditions"));
    if !codes.is_null() {
        check_exit_codes(errors, &path.child("onExitCodes"), codes, spec);
    }
    let conditions_path = path.child("onPodConditions");
    check_count(errors, &conditions_path, conditions.len(), RULES_MAX);
    for (place, pattern) in conditions.iter().enumerate() {
        let path = conditions_path.index(place);
        let kind = text(pattern, "type");
        errors.check_text(&path.child("type"), kind, names::qualified_name(kind));
        const WORDS: &[&str] = &["False", "True", "Unknown"];
        match text(pattern, "status") {
            // Which stands for True.
            "" => {}
            word => errors.check_one_of(&path.child("status"), word, WORDS),
        }
    }
    match (codes.is_null(), conditions.is_empty()) {
        (false, false) => {
            errors.invalid_whole(path, "specifying both OnExitCodes and OnPodConditions is not supported");
        }
        (true, true) => {
            errors.invalid_whole(path, "specifying one of OnExitCodes and OnPodConditions is required");
        }
        _ => {}
    }
}

/// Follows `validatePodFailurePolicyRuleOnExitCodes`.
fn check_exit_codes(errors: &mut Errors, path: &Path, codes: &Value, spec: &Value) {
    const OPERATORS: &[&str] = &["In", "NotIn"];
    match text(codes, "operator") {
        "" => errors.required(&path.child("operator"), &valid_values(OPERATORS)),
        word => errors.check_one_of(&path.child("operator"), word, OPERATORS),
    }
    let (name, pod) = (text(codes, "containerName"), at(at(spec, "template"), "spec"));
    let is_known = |list_name: &str| list(pod, list_name).iter().any(|it| text(it, "name") == name);
    if codes.get("containerName").is_some() && !is_known("containers") && !is_known("initContainers") {
        let detail = "must be one of the container or initContainer names in the pod template";
        errors.invalid_text(&path.child("containerName"), name, detail);
    }
    let (path, values) = (path.child("values"), list(codes, "values"));
    if values.is_empty() {
        errors.invalid(&path, at(codes, "values"), "at least one value is required");
    }
    check_count(errors, &path, values.len(), CODES_MAX);
    let numbers: Vec<i64> = values.iter().filter_map(Value::as_i64).collect();
    for (place, code) in numbers.iter().enumerate() {
        if *code == 0 && text(codes, "operator") == "In" {
            errors.invalid(&path.index(place), &0.into(), "must not be 0 for the In operator");
        }
        if numbers.iter().take(place).any(|it| it == code) {
            errors.duplicate(&path.index(place), &(*code).into());
        }
    }
    if !numbers.is_sorted() {
        errors.invalid(&path, at(codes, "values"), "must be ordered");
    }
}

fn valid_values(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("valid values: [{}]", quoted.join(" "))
}

/// Follows `validateSuccessPolicy`.
fn check_success_policy(errors: &mut Errors, path: &Path, spec: &Value) {
    let rules = list(at(spec, "successPolicy"), "rules");
    if rules.is_empty() {
        errors.required(path, "at least one rules must be specified when the successPolicy is specified");
    }
    check_count(errors, path, rules.len(), RULES_MAX);
    let completions = number(spec, "completions").unwrap_or(0);
    for (place, rule) in rules.iter().enumerate() {
        check_success_rule(errors, &path.index(place), rule, completions);
    }
}

fn check_success_rule(errors: &mut Errors, path: &Path, rule: &Value, completions: i64) {
    let (indexes, count) = (rule.get("succeededIndexes").and_then(Value::as_str), number(rule, "succeededCount"));
    if indexes.is_none() && count.is_none() {
        errors.required(path, "at least one of succeededCount or succeededIndexes must be specified");
    }
    let mut total = 0;
    if let Some(text) = indexes {
        match count_indexes(text, completions) {
            Ok(count) => total = count,
            Err(why) => {
                let detail = format!("error parsing succeededIndexes: {why}");
                errors.invalid_text(&path.child("succeededIndexes"), text, detail);
            }
        }
    }
    let Some(count) = count else { return };
    let path = path.child("succeededCount");
    errors.check_not_negative(&path, count);
    if count > completions {
        let detail = format!("must be less than or equal to {completions} (the number of specified completions)");
        errors.invalid(&path, &count.into(), detail);
    }
    if indexes.is_some() && count > total {
        let detail = format!(
            "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        );
        errors.invalid(&path, &count.into(), detail);
    }
}

/// How many numbers a text like `0-2,5` names.
///
/// Follows `validateIndexesFormat`.
fn count_indexes(text: &str, completions: i64) -> Result<i64, String> {
    let read = |word: &str, last: Option<i64>| match word.parse::<i64>() {
        Err(_) => Err(format!("cannot convert string to integer for index: {word:?}")),
        Ok(number) if number >= completions => Err(format!("too large index: {word:?}")),
        Ok(number) => match last.filter(|last| *last >= number) {
            Some(last) => Err(format!("non-increasing order, previous: {last}, current: {number}")),
            None => Ok(number),
        },
    };
    let (mut last, mut total) = (None, 0);
    for part in text.split(',').filter(|_| !text.is_empty()) {
        let limits: Vec<&str> = part.split('-').collect();
        if limits.len() > 2 {
            return Err(format!(
                "the fragment {part:?} violates the requirement that an index interval can have at most two parts \
                 separated by '-'"
            ));
        }
        let from = read(limits[0], last)?;
        let to = limits.get(1).map_or(Ok(from), |word| read(word, Some(from)))?;
        (last, total) = (Some(to), total + to - from + 1);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_numbers_are_counted_and_their_mistakes_told() {
        assert_eq!(count_indexes("0-2,5", 6), Ok(4));
        assert_eq!(count_indexes("", 6), Ok(0));
        assert_eq!(count_indexes("0,6", 6), Err("too large index: \"6\"".into()));
        assert_eq!(count_indexes("3,1", 6), Err("non-increasing order, previous: 3, current: 1".into()));
        assert_eq!(count_indexes("a", 6), Err("cannot convert string to integer for index: \"a\"".into()));
    }
}
