//! What web servers answer: pages of images, of containers and of the API server.

use super::{Arguments, Call, Outcome};
use crate::cluster::{Cluster, HttpRequest, Rng};
use crate::shell::bound_addresses::are_own_hosts;
use crate::shell::container::Container;
use crate::shell::images::Family;
use crate::shell::reach::service_at;
use crate::shell::web_settings::{Answer, WebSettings};
use crate::world::Listener;

/// Whether an address is the API server's.
pub(super) fn is_api(cluster: &Cluster, address: &str) -> bool {
    service_at(cluster, address)
        .is_some_and(|service| service.meta.name == "kubernetes" && service.meta.namespace == "default")
}

/// What the API server answers to a request of curl or wget.
pub(super) fn api_page(call: &mut Call<'_>, path: &str) -> Page {
    let stdin = call.stdin.clone();
    let read = |name: &str| call.container.read(call.cluster, &call.shell.path(name)).ok().map(|text| text.to_string());
    let sent = HttpRequest::of_curl(call.words, stdin.as_deref(), &read);
    match call.cluster.ask_http(&HttpRequest { path: path.to_string(), ..sent }) {
        Some(answer) => {
            // Versions go on with each write, which makes it another number for each of them.
            let id = Rng::new(call.cluster.resource_version()).uuid();
            let headers = answer.headers(&id);
            Page { status: status_line(answer.code), body: answer.body, headers, ..Page::default() }
        }
        None => Page { status: "200 OK", is_unknown: true, ..Page::default() },
    }
}

/// What a web server answered.
#[derive(Default)]
pub(super) struct Page {
    /// Whether nobody here knows what it would say.
    pub(super) is_unknown: bool,
    pub(super) status: &'static str,
    pub(super) body: String,
    pub(super) server: String,
    /// What it says of the text, if that is more than that it is a page.
    pub(super) headers: Vec<String>,
}

impl Page {
    /// The lines above the text that say who answers and of what type it is.
    pub(super) fn own_headers(&self) -> Vec<String> {
        if !self.headers.is_empty() {
            return self.headers.clone();
        }
        vec![format!("Server: {}", self.server), "Content-Type: text/html".into()]
    }
}

/// BusyBox's `httpd`: shows the files of a directory.
pub fn small_web_server(call: &mut Call<'_>) -> Outcome {
    let port = call.words.option("-p").unwrap_or_else(|| "80".to_string());
    let is_inside_alone = port.contains(':') && are_own_hosts(&port);
    let Some(port) = port.rsplit(':').next().and_then(|port| port.parse().ok()) else {
        return call.fail(&format!("invalid port '{port}'"));
    };
    let root = call.words.option("-h").unwrap_or_else(|| ".".to_string());
    let root = call.shell.path(&root);
    if !call.container.lookup(call.cluster, &root).is_some_and(|found| found.is_directory()) {
        return call.fail(&format!("can't change directory to '{root}': No such file or directory"));
    }
    call.shell.listeners.push(Listener { port, root: Some(root.into()), command: None, is_inside_alone });
    // Without `-f` it goes on behind whoever called it.
    if call.words.has_flag('f') { Outcome::Serves } else { Outcome::Exit(0) }
}

/// What a container answers to a request, by its status and its text.
pub fn answer(container: &Container, cluster: &Cluster, port: i64, path: &str) -> (i64, String) {
    let page = page(container, cluster, port, path);
    (page.status.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(200), page.body)
}

/// The line that a code of HTTP has, as nginx says it.
fn status_line(code: i64) -> &'static str {
    match code {
        200 => "200 OK",
        201 => "201 Created",
        204 => "204 No Content",
        301 => "301 Moved Permanently",
        302 => "302 Moved Temporarily",
        400 => "400 Bad Request",
        401 => "401 Unauthorized",
        403 => "403 Forbidden",
        404 => "404 Not Found",
        405 => "405 Method Not Allowed",
        409 => "409 Conflict",
        410 => "410 Gone",
        415 => "415 Unsupported Media Type",
        422 => "422 Unprocessable Entity",
        418 => "418 ",
        429 => "429 Too Many Requests",
        472 => "472 ",
        473 => "473 ",
        500 => "500 Internal Server Error",
        501 => "501 Not Implemented",
        502 => "502 Bad Gateway",
        503 => "503 Service Temporarily Unavailable",
        504 => "504 Gateway Time-out",
        _ => "200 OK",
    }
}

/// What nginx answers by its settings; with the folder and the path in it where these name files.
fn by_settings(
    container: &Container,
    cluster: &Cluster,
    port: i64,
    path: &str,
) -> (Option<Page>, Option<(String, String)>) {
    let unknown = || Some(Page { status: "200 OK", is_unknown: true, ..Page::default() });
    match WebSettings::of(container, cluster).answer(port, path.split(['?', '#']).next().unwrap_or("/")) {
        Some(Answer::Says(code, text)) => {
            (Some(Page { status: status_line(code), body: text, ..Page::default() }), None)
        }
        Some(Answer::Unknown) if container.image.is_makers_own() => (unknown(), None),
        Some(Answer::Files(folder, _)) if container.is_unknown_place(cluster, &folder) => (unknown(), None),
        Some(Answer::Files(folder, rest)) => (None, Some((folder, rest))),
        _ => (None, None),
    }
}

/// Whether its web server has settings that nobody here reads whole, so that a page that is not there may be one.
fn may_have_more(container: &Container) -> bool {
    let is_told = container.mounts().iter().any(|mount| mount.path.starts_with("/usr/local/apache2/conf"));
    !container.image.is_named() && !container.image.is_plain() || is_told
}

pub(super) fn page(container: &Container, cluster: &Cluster, port: i64, path: &str) -> Page {
    let version = container.image.full_version();
    let server = match container.image.family {
        Family::Httpd => format!("Apache/{version} (Unix)"),
        _ => format!("nginx/{version}"),
    };
    if container.breaks().is_some_and(|at| at <= cluster.now()) {
        let seconds = (cluster.now() - container.started).whole_seconds();
        let body = format!("error: {seconds}\n");
        return Page { status: "500 Internal Server Error", body, ..Page::default() };
    }
    if let Some((code, body)) = super::vault_state::page(container, cluster, path) {
        return Page { status: status_line(code), body, ..Page::default() };
    }
    let opened = container.opened_root(cluster);
    if let Some(text) = container.image.page(path).filter(|_| opened.is_none()) {
        let body = super::fill(container, cluster, text);
        return Page { status: "200 OK", body, ..Page::default() };
    }
    // A server that shows no files has more pages than the table knows.
    if container.image.has_pages() && opened.is_none() {
        return Page { status: "200 OK", is_unknown: true, ..Page::default() };
    }
    let Some(root) = opened.as_deref().or_else(|| container.image.web_root()) else {
        let body = format!("{}\n", container.hostname());
        return Page { status: "200 OK", body, is_unknown: true, ..Page::default() };
    };
    let is_web = opened.is_none() && container.image.family == Family::Nginx;
    let (told, folder) = if is_web { by_settings(container, cluster, port, path) } else { (None, None) };
    if let Some(page) = told {
        return Page { server, ..page };
    }
    let path = path.split(['?', '#']).next().unwrap_or("/");
    let (root, path) = folder.as_ref().map_or((root, path), |(root, path)| (root.as_str(), path.as_str()));
    let mut place = crate::shell::container::normalize(root, path.trim_start_matches('/'));
    if !place.starts_with(root) {
        place = root.to_string();
    }
    let is_directory = container.lookup(cluster, &place).is_some_and(|found| found.is_directory());
    let file = if is_directory { format!("{place}/index.html") } else { place };
    let status = match container.read(cluster, &file) {
        Ok(text) => return Page { status: "200 OK", body: text.to_string(), server, ..Page::default() },
        Err(_) if opened.is_none() && may_have_more(container) => {
            return Page { status: "200 OK", is_unknown: true, server, ..Page::default() };
        }
        Err(_) if is_directory => "403 Forbidden",
        Err(_) => "404 Not Found",
    };
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    );
    Page { status, body, server, ..Page::default() }
}
