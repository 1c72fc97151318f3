//! `curl` and `wget`: their options, what they fetch, what they print.

use super::format_time;
use super::hostname_uname::say;
use super::network::{FetchError, is_outside};
use super::request_flags::{Told, is_wget};
use super::web_page::{Page, api_page, is_api, page};
use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::addresses::address_of;
use crate::shell::container::parent_of;
use crate::shell::images::Family;
use crate::shell::language::{duration, fail_after};
use crate::shell::logs;
use crate::shell::reach::{Unreached, reach};
use crate::shell::unknown_page;

/// Which word of a `curl` or `wget` is the address.
pub fn address_in(words: &[String]) -> Option<usize> {
    Told::of(words).address
}

/// Takes the file out of a `curl` or `wget` that it would write its answer into.
pub fn take_output_file(words: &mut Vec<String>) -> Option<String> {
    let told = Told::of(words);
    let address = told.address.and_then(|at| words.get(at)).map_or("", String::as_str);
    let file = told.destination(parts_of(address).2).or(told.file);
    *words = told.rest;
    if is_wget(words) {
        // What it writes to standard output is the answer alone.
        words.push("-qO-".to_string());
    }
    file
}

/// An address in its parts: host, port and path.
fn parts_of(url: &str) -> (&str, i64, &str) {
    let rest = url.split_once("://").map_or(url, |pair| pair.1);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // Who asks is not part of where.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<i64>().unwrap_or(80)),
        None => (authority, if url.starts_with("https://") { 443 } else { 80 }),
    };
    (host, port, if path.is_empty() { "/" } else { path })
}

/// Whether a `curl` or `wget` says nothing about what goes wrong.
pub fn is_silent(words: &[String]) -> bool {
    let has = |flag: char| {
        words.iter().skip(1).any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(flag))
    };
    match words.first().map(String::as_str) {
        Some("wget") => has('q'),
        _ => has('s') && !has('S'),
    }
}

/// `curl` and `wget`.
pub fn fetch(call: &mut Call<'_>) -> Outcome {
    let told = Told::of(call.words);
    let url = told.address.and_then(|at| call.words.get(at)).cloned();
    let mut inner = call.with_words(&told.rest);
    let outcome = fetch_from(&mut inner, url, &told);
    let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
    call.out.push_str(&out);
    call.err.push_str(&err);
    outcome
}

/// Asks the address. The words have no names of files any more.
fn fetch_from(call: &mut Call<'_>, url: Option<String>, told: &Told) -> Outcome {
    let is_wget = is_wget(call.words);
    if call.words.arguments().iter().any(|word| word == "--version" || word == "-V") {
        let version = if is_wget { "GNU Wget 1.21.3 built on linux-gnu." } else { "curl 8.14.1 (x86_64-pc-linux-gnu)" };
        return say(call, version);
    }
    let Some(url) = url else {
        call.err.push_str(if is_wget {
            "wget: missing URL\n"
        } else {
            "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n"
        });
        return Outcome::Exit(2);
    };
    let (host, port, path) = parts_of(&url);
    let (host, path) = (host.to_string(), path.to_string());
    let output = told.destination(&path);
    if !trusts(call, &host) {
        if !is_silent(call.words) {
            call.err.push_str(UNTRUSTED);
        }
        return Outcome::Exit(60);
    }
    let makes_folders = call.words.iter().any(|word| word == "--create-dirs") || is_wget && told.folder.is_some();
    if let Some(file) = output.as_deref().filter(|_| makes_folders) {
        let folder = parent_of(&call.shell.path(file));
        // What stands in the way is said when the file is written.
        _ = call.container.make_directory(call.cluster, &folder, true);
    }
    let result = get(call, &host, port, &path);
    if result.as_ref().is_ok_and(|page| page.is_unknown) {
        call.shell.grant(&format!("page of {host}"));
    }
    // Nobody answers: it takes as long as it was told to wait.
    if matches!(result, Err(FetchError::Unreachable))
        && let Some(wait) = wait_of(call, is_wget)
    {
        let text = match (is_wget, call.words.has_flag('s') && !call.words.has_flag('S')) {
            (true, _) if call.container.image.is_busybox => "wget: download timed out\n".to_string(),
            (true, _) => format!("Connecting to {host}:{port}... failed: Connection timed out.\n"),
            (false, true) => String::new(),
            (false, false) => format!("curl: (28) Connection timed out after {} milliseconds\n", wait.0 + 1),
        };
        let code = if is_wget { if call.container.image.is_busybox { 1 } else { 4 } } else { 28 };
        return fail_after(call.shell, wait, &text, code);
    }
    if is_wget {
        finish_wget(call, result, &host, port, output)
    } else {
        finish_curl(call, result, &host, port, output)
    }
}

/// How long a connection may take, as the words say it.
fn wait_of(call: &Call<'_>, is_wget: bool) -> Option<Millis> {
    let flags: &[&str] =
        if is_wget { &["-T", "--timeout", "--connect-timeout"] } else { &["--connect-timeout", "-m", "--max-time"] };
    flags.iter().filter_map(|flag| duration(&call.words.option(flag)?)).find(|wait| *wait > Millis::ZERO)
}

fn get(call: &mut Call<'_>, host: &str, port: i64, path: &str) -> Result<Page, FetchError> {
    let outside = || {
        let body = unknown_page::of(host);
        Page { status: "200 OK", body, is_unknown: true, ..Page::default() }
    };
    let Some(address) = address_of(call.container, call.cluster, host) else {
        return if is_outside(call.container, host) { Ok(outside()) } else { Err(FetchError::Unresolved) };
    };
    if is_api(call.cluster, &address) {
        return Ok(api_page(call, path));
    }
    call.cluster.runtime_mut().count_connection();
    let (found, target) = match reach(call.container, call.cluster, &address, port) {
        Ok(found) => found,
        Err(Unreached::Outside) => return Ok(outside()),
        Err(why) => return Err(why.into()),
    };
    let found = &found;
    if let Some(words) = found.speaks_instead(call.cluster, target) {
        // Redis hangs up on what looks like a request of the web.
        let is_silent = words == "EOF" || found.image.family == Family::Redis;
        return Err(if is_silent { FetchError::Silent } else { FetchError::Foreign });
    }
    let page = page(found, call.cluster, target, path);
    if found.image.web_root().is_some() {
        let time = format_time(call.cluster.now(), "%d/%b/%Y:%T +0000");
        let ip = if address.starts_with("127.") { address.as_str() } else { call.container.ip() };
        let status = page.status.split(' ').next().unwrap_or("200");
        let agent = if call.words.name() == "curl" { "curl/8.14.1" } else { "Wget" };
        let size = page.body.len();
        let line = format!("{ip} - - [{time}] \"GET {path} HTTP/1.1\" {status} {size} \"-\" \"{agent}\" \"-\"");
        logs::write(found, call.cluster, &line);
    }
    Ok(page)
}

/// What `curl` says of a server whose certificate nobody it knows has signed.
const UNTRUSTED: &str = "curl: (60) SSL certificate problem: unable to get local issuer certificate\n\
    More details here: https://curl.se/docs/sslcerts.html\n\n\
    curl failed to verify the legitimacy of the server and therefore could not\n\
    establish a secure connection to it. To learn more about this situation and\n\
    how to fix it, please visit the webpage mentioned above.\n";

/// Whether `curl` takes the certificate of a host: that of the API server no system knows by itself.
fn trusts(call: &Call<'_>, host: &str) -> bool {
    let told = ["--insecure", "--cacert", "--capath"];
    let is_told = |word: &String| told.contains(&word.split('=').next().unwrap_or_default());
    let knows = |name: &str| call.shell.variable(name).is_some_and(|value| !value.is_empty());
    call.words.name() != "curl"
        || !call.words.iter().any(|word| word.starts_with("https://"))
        || call.words.has_flag('k')
        || call.words.iter().any(is_told)
        || ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().any(knows)
        || !address_of(call.container, call.cluster, host).is_some_and(|address| is_api(call.cluster, &address))
}

/// What `-w` asks `curl` to say behind the answer.
fn written_out(call: &Call<'_>) -> String {
    let format = call.words.option("-w").or_else(|| call.words.option("--write-out")).unwrap_or_default();
    format.replace("\\n", "\n").replace("%{size_download}", "0").replace("%{time_total}", "0.001000")
}

fn finish_curl(
    call: &mut Call<'_>,
    result: Result<Page, FetchError>,
    host: &str,
    port: i64,
    output: Option<String>,
) -> Outcome {
    let page = match result {
        Ok(page) => page,
        Err(error) => {
            let is_silent = call.words.has_flag('s') && !call.words.has_flag('S');
            let (code, text) = match error {
                FetchError::Unresolved => (6, format!("curl: (6) Could not resolve host: {host}\n")),
                FetchError::Refused => (
                    7,
                    format!(
                        "curl: (7) Failed to connect to {host} port {port} after 0 ms: Could not connect to server\n"
                    ),
                ),
                FetchError::Silent => (52, "curl: (52) Empty reply from server\n".to_string()),
                // Which curl an image has that nobody here knows is not known either: old ones take such an answer.
                FetchError::Foreign if !call.container.image.is_known() => (0, String::new()),
                FetchError::Foreign => (1, "curl: (1) Received HTTP/0.9 when not allowed\n".to_string()),
                FetchError::Unreachable => (
                    28,
                    format!(
                        "curl: (28) Failed to connect to {host} port {port} after 134021 ms: Could not connect to server\n"
                    ),
                ),
            };
            if !is_silent {
                call.err.push_str(&text);
            }
            let told = written_out(call).replace("%{http_code}", "000").replace("%{response_code}", "000");
            call.out.push_str(&told);
            return Outcome::Exit(code);
        }
    };
    let is_strict = call.words.has_flag('f') || call.words.arguments().iter().any(|word| word == "--fail");
    if is_strict && !page.status.starts_with('2') {
        let code = page.status.split(' ').next().unwrap_or("").to_string();
        if !call.words.has_flag('s') || call.words.has_flag('S') {
            call.err.push_str(&format!("curl: (22) The requested URL returned error: {code}\n"));
        }
        let told = written_out(call).replace("%{http_code}", &code).replace("%{response_code}", &code);
        call.out.push_str(&told);
        return Outcome::Exit(22);
    }
    let date = format_time(call.cluster.now(), "%a, %d %b %Y %T GMT");
    let head = format!(
        "HTTP/1.1 {}\r\n{}\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n",
        page.status,
        page.own_headers().join("\r\n"),
        page.body.len()
    );
    let code = page.status.split(' ').next().unwrap_or("").to_string();
    let told = written_out(call).replace("%{http_code}", &code).replace("%{response_code}", &code);
    let text = match (call.words.has_flag('I'), call.words.has_flag('i')) {
        (true, _) => head,
        (false, true) => format!("{head}{}", page.body),
        (false, false) => page.body,
    };
    let outcome = save(call, output, &text);
    call.out.push_str(&told);
    outcome
}

fn finish_wget(
    call: &mut Call<'_>,
    result: Result<Page, FetchError>,
    host: &str,
    port: i64,
    output: Option<String>,
) -> Outcome {
    let is_busybox = call.container.image.is_busybox;
    let page = match result {
        Ok(page) => page,
        Err(error) => {
            let text = match (error, is_busybox) {
                (FetchError::Unresolved, true) => format!("wget: bad address '{host}'\n"),
                (FetchError::Unresolved, false) => format!("wget: unable to resolve host address '{host}'\n"),
                (FetchError::Refused, true) => {
                    let address = address_of(call.container, call.cluster, host).unwrap_or_default();
                    format!("wget: can't connect to remote host ({address}): Connection refused\n")
                }
                (FetchError::Refused, false) => format!("Connecting to {host}:{port}... failed: Connection refused.\n"),
                (FetchError::Silent | FetchError::Foreign, true) => "wget: error getting response\n".to_string(),
                (FetchError::Silent, false) => "No data received.\n".to_string(),
                (FetchError::Foreign, false) => "Read error (Success) in headers.\n".to_string(),
                (FetchError::Unreachable, true) => "wget: download timed out\n".to_string(),
                (FetchError::Unreachable, false) => {
                    format!("Connecting to {host}:{port}... failed: No route to host.\n")
                }
            };
            call.err.push_str(&text);
            return Outcome::Exit(if is_busybox { 1 } else { 4 });
        }
    };
    if call.words.has_flag('S') || call.words.iter().any(|word| word == "--server-response") {
        let date = format_time(call.cluster.now(), "%a, %d %b %Y %T GMT");
        let size = page.body.len();
        let headers = page.own_headers().join("\n  ");
        let head = format!(
            "  HTTP/1.1 {}\n  {headers}\n  Date: {date}\n  Content-Length: {size}\n  Connection: close\n\n",
            page.status
        );
        call.err.push_str(&head);
    }
    if !page.status.starts_with('2') {
        let text = match is_busybox {
            true => format!("wget: server returned error: HTTP/1.1 {}\n", page.status),
            false => format!("ERROR {}.\n", page.status.replacen(' ', ": ", 1)),
        };
        call.err.push_str(&text);
        return Outcome::Exit(if is_busybox { 1 } else { 8 });
    }
    save(call, output, &page.body)
}

fn save(call: &mut Call<'_>, output: Option<String>, text: &str) -> Outcome {
    match output.as_deref() {
        None | Some("-" | "/dev/stdout") => call.out.push_str(text),
        Some(name) => {
            let path = call.shell.path(name);
            if let Err(error) = call.container.write(call.cluster, &path, text, false) {
                return call.fail(&format!("{name}: {error}"));
            }
        }
    }
    Outcome::Exit(0)
}
