//! What a request at the console gets that goes through `kubectl proxy`: the API server's answer, or what a pod or a
//! Service behind it says.

use super::request_route::{Route, behind_service};
use super::terminal::Terminal;
use crate::cluster::{HttpRequest, User};
use crate::kubectl::api_server::{answered, no_such};
use crate::kubectl::command::Cx;
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
    pub(super) fn served(&mut self, request: &HttpRequest, user: Option<Rc<User>>) -> Served {
        if let Some((namespace, plural, name, port, rest)) = passed_on(&request.path) {
            let way = if plural == "pods" {
                self.to_pod(namespace, name, port)
            } else {
                self.to_service(namespace, name, port)
            };
            let kind = if plural == "pods" { Kind::Pod } else { Kind::Service };
            return match way {
                Some(way) => Served::On(way, rest),
                None => Served::Text(no_such(kind, name).body),
            };
        }
        let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
        (cx.user, cx.manager) = (user, "curl".into());
        Served::Text(answered(request, &mut cx).body)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_on_to_a_pod() {
        let found = passed_on("/api/v1/namespaces/default/pods/web-0:8080/proxy/a/b").expect("leads on");
        assert_eq!(found, ("default", "pods", "web-0", Some("8080"), "/a/b".to_string()));
        assert!(passed_on("/api/v1/namespaces/default/pods/web-0").is_none());
    }
}
