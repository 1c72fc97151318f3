//! What a request at the console gets that goes through `kubectl proxy`: the API server's answer, or what a pod or a
//! Service behind it says.

use super::request::Request;
use super::request_route::{Route, behind_service};
use super::terminal::Terminal;
use crate::cluster::User;
use crate::kubectl::command::{Cx, Flow};
use crate::kubectl::output::Stream;
use crate::kubectl::verbs;
use crate::model::pod::containers;
use crate::model::{Kind, Text, Value};
use std::rc::Rc;

/// Where a path of the API server leads.
pub(super) enum Served {
    /// To a text of its own.
    Text(String),
    /// On to a pod's port, with the path that is asked for there.
    On(Route, String),
}

/// A path through the API server: namespace, `pods` or `services`, name, port, and the rest.
fn passed_on(path: &str) -> Option<(&str, &str, &str, Option<&str>, String)> {
    let rest = path.strip_prefix("/api/v1/namespaces/")?;
    let mut parts = rest.splitn(5, '/');
    let (namespace, plural, name) = (parts.next()?, parts.next()?, parts.next()?);
    if !matches!(plural, "pods" | "services") || parts.next()? != "proxy" {
        return None;
    }
    // `https:NAME:PORT`
    let name = name.strip_prefix("https:").or_else(|| name.strip_prefix("http:")).unwrap_or(name);
    let (name, port) = name.split_once(':').map_or((name, None), |(name, port)| (name, Some(port)));
    Some((namespace, plural, name, port, format!("/{}", parts.next().unwrap_or(""))))
}

impl Terminal<'_> {
    /// What a request for a path leads to, in the name of whoever opened the door.
    pub(super) fn served(&mut self, path: &str, request: &Request, user: Option<Rc<User>>) -> Served {
        if let Some((namespace, plural, name, port, rest)) = passed_on(path) {
            let way = if plural == "pods" {
                self.to_pod(namespace, name, port)
            } else {
                self.to_service(namespace, name, port)
            };
            let kind = if plural == "pods" { Kind::Pod } else { Kind::Service };
            return match way {
                Some(way) => Served::On(way, rest),
                None => Served::Text(refusal("NotFound", &format!("{} \"{name}\" not found", kind.names().plural))),
            };
        }
        let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
        (cx.user, cx.manager) = (user, "curl".into());
        let path = if path.is_empty() { "/" } else { path };
        let result = match request.method.to_ascii_uppercase().as_str() {
            "GET" | "HEAD" => verbs::raw::get(path, &mut cx),
            "POST" => verbs::raw::post_text(path, &request.body, &mut cx),
            "PUT" => verbs::raw::put_text(path, &request.body, &mut cx),
            "DELETE" => verbs::raw::delete_text(path, &request.body, &mut cx),
            "PATCH" => verbs::raw::patch_text(path, &request.body, &request.content_type, &mut cx),
            _ => Err(verbs::raw::not_allowed()),
        };
        let said: Vec<String> =
            cx.out.lines.iter().filter(|line| line.stream == Stream::Out).map(|line| line.text().to_string()).collect();
        Served::Text(match result {
            Ok(Flow::Done(0)) => indented(&format!("{}\n", said.join("\n"))),
            Ok(_) => said.join("\n"),
            Err(failure) => {
                let text = failure.to_string();
                let told = text.strip_prefix("Error from server (").and_then(|rest| rest.split_once("): "));
                let (reason, message) = told.unwrap_or(("InternalError", &text));
                refusal(reason, message)
            }
        })
    }

    fn to_pod(&self, namespace: &str, name: &str, port: Option<&str>) -> Option<Route> {
        let pod = self.host.cluster().find(Kind::Pod, &Text::new(namespace), &Text::new(name))?;
        let containers = containers(pod).iter();
        let first = containers.flat_map(|it| it.list_at(&["ports"])).find_map(|it| it.i64_at(&["containerPort"]));
        let port = port.and_then(|port| port.parse().ok()).or(first).unwrap_or(80);
        Some(Route::Pod(Rc::clone(pod), port, false))
    }

    fn to_service(&self, namespace: &str, name: &str, port: Option<&str>) -> Option<Route> {
        let cluster = self.host.cluster();
        let service = cluster.find(Kind::Service, &Text::new(namespace), &Text::new(name))?;
        let is_meant = |it: &&Value| {
            port.is_none_or(|port| {
                it.str_at(&["name"]) == port || it.i64_at(&["port"]).is_some_and(|own| own.to_string() == port)
            })
        };
        let wanted = service.list_at(&["spec", "ports"]).iter().find(is_meant)?;
        Some(behind_service(cluster, service, wanted))
    }
}

/// A refusal as the API server writes it for whoever reads JSON.
fn refusal(reason: &str, message: &str) -> String {
    let code = match reason {
        "BadRequest" => 400,
        "Forbidden" => 403,
        "NotFound" => 404,
        "MethodNotAllowed" => 405,
        _ => 500,
    };
    let message = message.replace('\\', "\\\\").replace('"', "\\\"");
    indented(&format!(
        "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{{}},\"status\":\"Failure\",\"message\":\"{message}\",\"reason\":\"{reason}\",\"code\":{code}}}\n"
    ))
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
    fn a_path_leads_on_to_a_pod() {
        let found = passed_on("/api/v1/namespaces/default/pods/web-0:8080/proxy/a/b").expect("leads on");
        assert_eq!(found, ("default", "pods", "web-0", Some("8080"), "/a/b".to_string()));
        assert!(passed_on("/api/v1/namespaces/default/pods/web-0").is_none());
    }
}
