//! What a container wrote, as the path of its pod's log answers: plain text.
//!
//! Follows `LogLocation` in pkg/registry/core/pod/strategy.go.

use super::chosen_container::names;
use super::logs::written;
use super::raw_url::{Place, Url};
use crate::cluster::ApiError;
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::output_formats;
use crate::model::{Kind, Millis, Object, Text};
use std::rc::Rc;

/// Puts out the log of a pod's container that the address asks for.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `BadRequest` for a container that there is not, or that wrote nothing yet.
pub(super) fn get_log(place: &Place, name: &str, url: &Url, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = place.namespace.clone().unwrap_or_default();
    cx.check_access("get", Kind::Pod, "log", &namespace, name)?;
    let pod = Rc::clone(cx.cluster().fetch(&place.key(name))?);
    let is_set = |name: &str| matches!(url.asked(name), "true" | "1");
    let container = container_asked(&pod, url.asked("container"))?;
    let mut lines = written(&pod, &container, is_set("previous"), cx)?;
    let since = [
        url.asked("sinceSeconds").parse().ok().map(|seconds| cx.now() - Millis::seconds(seconds)),
        Millis::parse_rfc3339(url.asked("sinceTime")),
    ];
    for from in since.into_iter().flatten() {
        lines.retain(|line| line.at >= from);
    }
    let count = url.asked("tailLines").parse().unwrap_or(usize::MAX);
    let first = lines.len().saturating_sub(count);
    let mut text = String::new();
    for line in lines.get(first..).unwrap_or(&[]) {
        if is_set("timestamps") {
            text.push_str(&format!("{}000Z ", line.at.rfc3339_micro().trim_end_matches('Z')));
        }
        text.push_str(&line.text);
        text.push('\n');
    }
    let limit = url.asked("limitBytes").parse().unwrap_or(usize::MAX).min(text.len());
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.truncate(end);
    output_formats::text_lines(&text, &mut cx.out);
    OK
}

/// The container of a name; without one the only one that there is.
fn container_asked(pod: &Object, asked: &str) -> Result<Text, ApiError> {
    let (main, init, debugging) =
        (names(pod, "containers"), names(pod, "initContainers"), names(pod, "ephemeralContainers"));
    if asked.is_empty() {
        if let ([only], []) = (main.as_slice(), init.as_slice()) {
            return Ok(only.clone());
        }
        let listed = |names: &[Text]| format!("[{}]", names.iter().map(Text::as_str).collect::<Vec<_>>().join(" "));
        let mut why =
            format!("a container name must be specified for pod {}, choose one of: {}", pod.meta.name, listed(&main));
        for (names, sort) in [(&init, "init"), (&debugging, "debug")] {
            if !names.is_empty() {
                why.push_str(&format!(" or one of the {sort} containers: {}", listed(names)));
            }
        }
        return Err(ApiError::BadRequest(why));
    }
    let found = main.iter().chain(&init).chain(&debugging).find(|name| name.as_str() == asked);
    found
        .cloned()
        .ok_or_else(|| ApiError::BadRequest(format!("container {asked} is not valid for pod {}", pod.meta.name)))
}
