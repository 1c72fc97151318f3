//! `curl` and `wget` at the console: they go through the doors that `kubectl port-forward` holds open, and through the
//! nodes' ports. Everything else is out of a console's reach, as it would be on somebody's own machine.

use super::api_door::Served;
use super::request_route::{Route, behind_node_port};
use super::terminal::Terminal;
use crate::cluster::HttpRequest;
use crate::kubectl::command::Cx;
use crate::kubectl::files::write_file;
use crate::model::node::addresses;
use crate::model::{Kind, Object};
use crate::shell::commands::{self, Call};
use crate::shell::container::Container;
use crate::shell::language::{Invocation, Outcome, Shell, Told};
use std::rc::Rc;

/// What stands before the text that `curl -w` adds, until both are told apart.
const MARK: char = '\u{1}';

/// An address as it is written.
struct Address {
    /// `http://`, or nothing.
    scheme: String,
    host: String,
    port: i64,
    /// The path, with its slash.
    path: String,
}

impl Address {
    fn of(text: &str) -> Address {
        let (scheme, rest) =
            text.split_once("://").map_or(("", text), |(scheme, rest)| (&text[..scheme.len() + 3], rest));
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let usual = if scheme == "https://" { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':').map(|(host, port)| (host, port.parse::<i64>())) {
            Some((host, Ok(port))) => (host, port),
            _ => (authority, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Address { scheme: scheme.into(), host: host.into(), port, path: path.into() }
    }
}

impl Terminal<'_> {
    /// Runs `curl` or `wget`.
    pub(super) fn fetch(&mut self, shell: &mut Shell, call: &mut Invocation) -> Outcome {
        let mut words = std::mem::take(&mut call.words);
        let is_wget = words.first().is_some_and(|name| name == "wget");
        let Some(at) = commands::address_in(&words) else {
            call.err.push_str(if is_wget {
                "wget: missing URL\n"
            } else {
                "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n"
            });
            return Outcome::Exit(2);
        };
        let address = Address::of(&words[at]);
        let mut way = self.way(&address);
        let mut path = address.path.clone();
        if let Route::Server(user) = way {
            let sent = HttpRequest::of_curl(&words, call.stdin.as_deref(), &|file| self.text_of(file));
            match self.served(&HttpRequest { path: path.clone(), ..sent }, user) {
                Served::Text(text) => return self.hand_over(&text, words, call),
                Served::On(on, rest) => (way, path) = (on, rest),
            }
        }
        let (pod, port, is_forwarded) = match way {
            Route::Pod(pod, port, is_forwarded) => (pod, port, is_forwarded),
            other => return self.refuse(&other, &address, &words, call),
        };
        if is_forwarded {
            call.pieces.push((2, format!("Handling connection for {}\n", address.port)));
        }
        words[at] = format!("{}localhost:{port}{path}", address.scheme);
        self.fetch_from(&pod, port, words, shell, call)
    }

    /// Runs `curl` or `wget` in the container of a pod that listens on a port.
    fn fetch_from(
        &mut self,
        pod: &Rc<Object>,
        port: i64,
        mut words: Vec<String>,
        shell: &mut Shell,
        call: &mut Invocation,
    ) -> Outcome {
        let cluster = self.host.cluster_mut();
        let running = Container::all_running(cluster, pod);
        let Some(container) = running.iter().find(|it| it.listens_on(cluster, port)) else {
            if !commands::is_silent(&words) {
                call.err.push_str("curl: (52) Empty reply from server\n");
            }
            let is_wget = words.first().is_some_and(|name| name == "wget");
            return Outcome::Exit(if is_wget { 4 } else { 52 });
        };
        // What it writes into a file is the console's, not the container's.
        let file = commands::take_output_file(&mut words);
        if let Some(format) = words.iter().position(|word| matches!(word.as_str(), "-w" | "--write-out"))
            && let Some(format) = words.get_mut(format + 1)
        {
            format.insert(0, MARK);
        }
        let destination = call.destination.clone();
        let (stdin, out, err) = (call.stdin.take(), String::new(), String::new());
        let mut inner =
            Call { words: &words, container, cluster, shell, stdin, told: Told::default(), destination, out, err };
        let outcome = commands::fetch(&mut inner);
        let (out, err) = (inner.out, inner.err);
        call.err.push_str(&err);
        let (out, told) = out.rsplit_once(MARK).map_or((out.as_str(), ""), |(out, told)| (out, told));
        match file {
            Some(name) if name == "-" => call.out.push_str(out),
            Some(name) if name != "/dev/null" => {
                let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
                write_file(&name, out.to_string(), &mut cx);
            }
            Some(_) => {}
            None => call.out.push_str(out),
        }
        call.out.push_str(told);
        outcome
    }

    /// Gives a text to whoever asked for it, or to the file that is to have it.
    fn hand_over(&mut self, text: &str, mut words: Vec<String>, call: &mut Invocation) -> Outcome {
        match commands::take_output_file(&mut words) {
            Some(name) if name != "-" => {
                let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
                write_file(&name, text.to_string(), &mut cx);
            }
            _ => call.out.push_str(text),
        }
        Outcome::Exit(0)
    }

    fn way(&self, address: &Address) -> Route {
        let cluster = self.host.cluster();
        let host = address.host.as_str();
        if matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0") {
            let own = self.kept.works.iter().filter_map(|(_, work)| work.job().door());
            for door in own.chain(&self.kept.doors_elsewhere) {
                let Some(port) = door.remote_port(address.port) else { continue };
                if door.uid.is_empty() {
                    return Route::Server(door.user.clone());
                }
                if let Some(pod) = cluster.by_uid(&door.uid) {
                    return Route::Pod(Rc::clone(pod), port, true);
                }
            }
            return Route::Closed;
        }
        let is_node = cluster.list(Kind::Node).any(|node| {
            let mut all = addresses(node).iter();
            all.any(|it| it.str_at(&["address"]) == host)
        });
        if is_node {
            return behind_node_port(cluster, address.port);
        }
        let is_address = host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok());
        if is_address { Route::Far } else { Route::Unknown }
    }

    fn refuse(&mut self, way: &Route, address: &Address, words: &[String], call: &mut Invocation) -> Outcome {
        let (host, port) = (&address.host, address.port);
        let is_wget = words.first().is_some_and(|name| name == "wget");
        let (exit, text) = match (way, is_wget) {
            (Route::Unknown, false) => (6, format!("curl: (6) Could not resolve host: {host}\n")),
            (Route::Unknown, true) => (4, format!("wget: unable to resolve host address '{host}'\n")),
            (_, true) => (4, format!("Connecting to {host}:{port}... failed: Connection refused.\n")),
            (Route::Far, false) => (
                28,
                format!(
                    "curl: (28) Failed to connect to {host} port {port} after 134021 ms: Could not connect to server\n"
                ),
            ),
            (_, false) => (
                7,
                format!("curl: (7) Failed to connect to {host} port {port} after 0 ms: Could not connect to server\n"),
            ),
        };
        if !commands::is_silent(words) {
            call.err.push_str(&text);
        }
        let mut cx = Cx::new(&mut *self.host, &mut self.kept.state);
        cx.hint("not_reached", &[]);
        let said = cx.out;
        self.say(said, call);
        Outcome::Exit(exit)
    }
}
