//! The API server over HTTP: who asks, what their request does, and the answer with its status.

use super::command::{Cx, Failure, Flow, State};
use super::host::{Host, Pause};
use super::json_in_order::{self, list, text};
use super::screen_text::Stream;
use super::verbs::{raw, raw_delete};
use crate::cluster::{ApiError, Change, Cluster, Fault, HttpAnswer, HttpRequest, Refusal, User, bearer};
use crate::i18n::Lang;
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Text, Value};
use std::rc::Rc;

/// A world in which there is an API server and nothing else.
struct Server<'a>(&'a mut Cluster);

impl Host for Server<'_> {
    fn cluster(&self) -> &Cluster {
        self.0
    }

    fn cluster_mut(&mut self) -> &mut Cluster {
        self.0
    }

    fn pause(&mut self, _: Pause) {}

    fn news(&self) -> &[Change] {
        &[]
    }

    fn editor_text(&self) -> &'static str {
        ""
    }

    fn fault(&mut self, _: Fault) -> Result<(), Refusal> {
        Ok(())
    }

    fn plan(&mut self, _: &[Value], _: &str, _: Kubernetes, _: Lang) -> Vec<String> {
        Vec::new()
    }

    fn upgrade(&mut self, _: Kubernetes) {}

    fn start_over(&mut self, _: Kubernetes) {}
}

/// What the API server answers to a program in a container: in the name of whom its token says, or of nobody.
pub fn answer(cluster: &mut Cluster, request: &HttpRequest) -> HttpAnswer {
    let user = match &request.token {
        Some(token) => match bearer(token, cluster) {
            Some(user) => user,
            None => return refused(401, "Unauthorized", "Unauthorized", None),
        },
        None => User::impersonated("system:anonymous", &[], ""),
    };
    let path = request.path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let is_open = ["/healthz", "/livez", "/readyz", "/version"].iter().any(|open| path.starts_with(open));
    let is_of_objects = path.splitn(4, '/').nth(3).is_some_and(|_| path.starts_with("/api/"))
        || path.splitn(5, '/').nth(4).is_some_and(|_| path.starts_with("/apis/"));
    if request.token.is_none() && !is_open && !is_of_objects {
        // What everybody who is known may look at, others may not.
        let verb = request.method.to_ascii_lowercase();
        let path = if path.is_empty() { "/" } else { path };
        let why = format!("forbidden: User {:?} cannot {verb} path {path:?}", user.name.as_str());
        return refused(403, "Forbidden", &why, Some("{}".into()));
    }
    let (mut server, mut state) = (Server(cluster), State::default());
    let mut cx = Cx::new(&mut server, &mut state);
    (cx.user, cx.manager) = (Some(Rc::new(user)), "curl".into());
    answered(request, &mut cx)
}

/// What the API server answers to a request in the name of whoever `cx` speaks for.
pub fn answered(request: &HttpRequest, cx: &mut Cx<'_>) -> HttpAnswer {
    let path = if request.path.is_empty() { "/" } else { request.path.as_str() };
    let (method, body) = (request.method.as_str(), request.body.as_str());
    let result = match method {
        "GET" | "HEAD" => raw::get(path, cx),
        "POST" => raw::post_text(path, body, cx),
        "PUT" => raw::put_text(path, body, cx),
        "DELETE" => raw_delete::delete_text(path, body, cx),
        "PATCH" => raw::patch_text(path, body, &request.content_type, cx),
        _ => Err(raw::not_allowed()),
    };
    let told = of_stream(cx, Stream::Err);
    let warnings = told.iter().filter_map(|line| line.strip_prefix("Warning: ")).map(str::to_string).collect();
    let said = of_stream(cx, Stream::Out);
    let answer = match result {
        Ok(flow) => {
            let code = if method == "POST" && matches!(flow, Flow::Done(0)) { 201 } else { 200 };
            let is_json = said.first().is_some_and(|line| line.starts_with(['{', '[']));
            // A log may begin as JSON does, and is none.
            let is_plain = path.split('?').next().is_some_and(|path| path.ends_with("/log"));
            match is_json && !is_plain {
                true => HttpAnswer { code, ..HttpAnswer::json(indented(&format!("{}\n", said.join("\n")))) },
                false => {
                    let end = if is_plain && !said.is_empty() && !cx.out.is_unterminated { "\n" } else { "" };
                    HttpAnswer { code, ..HttpAnswer::plain(said.join("\n") + end) }
                }
            }
        }
        Err(failure) => refusal(&failure),
    };
    HttpAnswer { warnings, ..answer }
}

/// The lines that were put out to a stream.
fn of_stream(cx: &Cx<'_>, stream: Stream) -> Vec<String> {
    cx.out.lines.iter().filter(|line| line.stream == stream).map(|line| line.text().to_string()).collect()
}

/// A refusal as the API server writes it for whoever reads JSON.
fn refusal(failure: &Failure) -> HttpAnswer {
    if let Failure::Server(error) | Failure::ServerAt(_, error) = failure {
        return refused(code_of(error.reason()), error.reason(), &error.to_string(), details(error));
    }
    let text = failure.to_string();
    let told = text.strip_prefix("Error from server (").and_then(|rest| rest.split_once("): "));
    let (reason, message) = told.unwrap_or(("InternalError", &text));
    refused(code_of(reason), reason, message, None)
}

/// The status that a reason comes with. Follows `NewConflict` and its neighbours in apimachinery's `pkg/api/errors`.
fn code_of(reason: &str) -> i64 {
    match reason {
        "BadRequest" => 400,
        "Unauthorized" => 401,
        "Forbidden" => 403,
        "NotFound" => 404,
        "MethodNotAllowed" => 405,
        "AlreadyExists" | "Conflict" => 409,
        "Gone" | "Expired" => 410,
        "RequestEntityTooLarge" => 413,
        "UnsupportedMediaType" => 415,
        "Invalid" => 422,
        "TooManyRequests" => 429,
        _ => 500,
    }
}

/// What a refusal says of the object, if it is about one.
fn details(error: &ApiError) -> Option<String> {
    let object = |kind: Kind, name: &str, word: &str, causes: Option<String>| {
        let mut members = Vec::new();
        for (field, value) in [("name", name), ("group", kind.names().group), ("kind", word)] {
            if !value.is_empty() {
                members.push((field, text(value)));
            }
        }
        members.extend(causes.map(|causes| ("causes", causes)));
        Some(json_in_order::object(&members))
    };
    match error {
        ApiError::NotFound { kind, name }
        | ApiError::AlreadyExists { kind, name }
        | ApiError::Conflict { kind, name, .. }
        | ApiError::Forbidden { kind, name, .. } => object(*kind, name, kind.names().plural, None),
        ApiError::Invalid { kind, name, causes } => {
            let causes: Vec<String> = causes.iter().map(|cause| cause_of(cause)).collect();
            object(*kind, name, kind.names().kind, Some(list(&causes)))
        }
        _ => None,
    }
}

/// One broken rule: `spec.replicas: Invalid value: -1: must be …`. Follows `NewInvalid`.
fn cause_of(cause: &str) -> String {
    let (field, message) = cause.split_once(": ").unwrap_or(("", cause));
    let reasons = [
        ("Required value", "FieldValueRequired"),
        ("Forbidden", "FieldValueForbidden"),
        ("Duplicate value", "FieldValueDuplicate"),
        ("Unsupported value", "FieldValueNotSupported"),
        ("Not found", "FieldValueNotFound"),
        ("Too long", "FieldValueTooLong"),
        ("Too many", "FieldValueTooMany"),
        ("Internal error", "InternalError"),
    ];
    let reason = reasons.iter().find(|(start, _)| message.starts_with(start)).map_or("FieldValueInvalid", |it| it.1);
    json_in_order::object(&[("reason", text(reason)), ("message", text(message)), ("field", text(field))])
}

fn refused(code: i64, reason: &str, message: &str, details: Option<String>) -> HttpAnswer {
    let mut rest = vec![("message", text(message))];
    if !reason.is_empty() {
        rest.push(("reason", text(reason)));
    }
    rest.extend(details.map(|details| ("details", details)));
    rest.push(("code", code.to_string()));
    HttpAnswer { code, ..HttpAnswer::json(indented(&json_in_order::status("Failure", &rest))) }
}

/// The refusal of a path that leads through an object that is not there.
pub fn no_such(kind: Kind, name: &str) -> HttpAnswer {
    refusal(&Failure::Server(ApiError::NotFound { kind, name: Text::new(name) }))
}

/// JSON over several lines, in the order in which it stands: what curl gets without asking. Other text stays as it is.
fn indented(text: &str) -> String {
    if !text.starts_with(['{', '[']) || text.lines().count() > 1 {
        return text.to_string();
    }
    let (mut out, mut depth, mut is_quoted, mut is_escaped) = (String::new(), 0_usize, false, false);
    let mut signs = text.trim_end().chars().peekable();
    while let Some(c) = signs.next() {
        let is_plain = !is_quoted;
        if is_quoted {
            is_quoted = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
        } else if c == '"' {
            (is_quoted, is_escaped) = (true, false);
        }
        match c {
            '{' | '[' if is_plain => {
                out.push(c);
                if let Some(end) = signs.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    out.push_str(&format!("\n{}", "  ".repeat(depth)));
                }
            }
            '}' | ']' if is_plain => {
                depth = depth.saturating_sub(1);
                out.push_str(&format!("\n{}{c}", "  ".repeat(depth)));
            }
            ',' if is_plain => out.push_str(&format!(",\n{}", "  ".repeat(depth))),
            ':' if is_plain => out.push_str(": "),
            c => out.push(c),
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_in_its_own_order() {
        let text = indented("{\"b\":{},\"a\":[1,\"x, {y}: \\\"\"],\"c\":null}\n");
        assert_eq!(text, "{\n  \"b\": {},\n  \"a\": [\n    1,\n    \"x, {y}: \\\"\"\n  ],\n  \"c\": null\n}\n");
        assert_eq!(indented("ok"), "ok");
    }

    #[test]
    fn a_refusal_has_its_status_and_says_of_what() {
        let name = || "web".into();
        let causes =
            vec!["spec.replicas: Invalid value: -1: too few".to_string(), "spec.a: Required value".to_string()];
        for (error, code, part) in [
            (ApiError::NotFound { kind: Kind::Pod, name: name() }, 404, "\"kind\": \"pods\""),
            (ApiError::AlreadyExists { kind: Kind::Deployment, name: name() }, 409, "\"group\": \"apps\""),
            (ApiError::Conflict { kind: Kind::Pod, name: name(), why: String::new() }, 409, "Conflict"),
            (ApiError::Forbidden { kind: Kind::Pod, name: "".into(), why: "no".into() }, 403, "\"kind\": \"pods\""),
            (ApiError::TooManyRequests("later".into()), 429, "TooManyRequests"),
            (ApiError::Invalid { kind: Kind::Deployment, name: name(), causes }, 422, "\"field\": \"spec.replicas\""),
            (ApiError::BadRequest("what".into()), 400, "BadRequest"),
            (ApiError::TooLarge("much".into()), 413, "RequestEntityTooLarge"),
            (ApiError::Unknown("\u{1}".into()), 500, "\\u0001"),
        ] {
            let answer = refusal(&Failure::Server(error));
            assert_eq!(answer.code, code);
            assert!(
                answer.body.contains(part) && answer.body.contains(&format!("\"code\": {code}")),
                "{}",
                answer.body
            );
        }
        assert_eq!(refusal(&raw::not_allowed()).code, 405);
    }
}
