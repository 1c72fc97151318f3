//! `curl` and `wget`: their options, what they fetch, what they print.

use super::format_time;
use super::network::{FetchError, is_outside};
use super::request_flags::takes_value;
use super::system::say;
use super::web_page::{Page, api_page, is_api, page};
use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::addresses::address_of;
use crate::shell::images::Family;
use crate::shell::language::{duration, fail_after};
use crate::shell::logs;
use crate::shell::reach::reach;

/// Which word of a `curl` or `wget` is the address.
pub fn address_in(words: &[String]) -> Option<usize> {
    let mut at = 1;
    let mut found = None;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            word if takes_value(words, word) || is_output(words, word) => at += 1,
            word if word.starts_with('-') => {}
            _ => found = Some(at),
        }
        at += 1;
    }
    found
}

fn is_output(words: &[String], word: &str) -> bool {
    let is_wget = words.first().is_some_and(|name| name == "wget");
    match word {
        "-O" | "-qO" => is_wget,
        "-o" | "--output" => true,
        _ => false,
    }
}

/// Takes the file out of a `curl` or `wget` that it would write its answer into.
pub fn take_output_file(words: &mut Vec<String>) -> Option<String> {
    let at = words.iter().position(|word| is_output(words, word))?;
    if words.first().is_some_and(|name| name == "wget") {
        // What it writes to standard output is the answer alone.
        let file = words.get(at + 1).cloned();
        words.splice(at..(at + 2).min(words.len()), ["-qO-".to_string()]);
        return file;
    }
    words.remove(at);
    (at < words.len()).then(|| words.remove(at))
}

/// Whether letters of `curl` end in the one for a file: `-sSLo FILE`, `-sLo/tmp/f`.
fn is_joined_output(word: &str) -> bool {
    let Some((letters, _)) = word.split_once('o') else { return false };
    let flags = letters.strip_prefix('-').unwrap_or("-");
    !flags.is_empty() && flags.chars().all(|c| "sSLkfivgjJ#".contains(c))
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
    let is_wget = call.words.name() == "wget";
    let (mut url, mut words) = (None, call.words.arguments().iter());
    let (mut output, mut names_itself) = (None, false);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-O" if !is_wget => names_itself = true,
            word if !is_wget && is_joined_output(word) => {
                let rest = word.split_once('o').map_or("", |pair| pair.1);
                output = if rest.is_empty() { words.next().cloned() } else { Some(rest.to_string()) };
            }
            "-o" | "-O" | "--output" => output = words.next().cloned(),
            word if is_wget && word.starts_with("-qO") => {
                let rest = word.trim_start_matches("-qO");
                output = if rest.is_empty() { words.next().cloned() } else { Some(rest.to_string()) };
            }
            word if is_wget && word.starts_with("-O") => output = Some(word.trim_start_matches("-O").to_string()),
            word if takes_value(call.words, word) => _ = words.next(),
            word if word.starts_with('-') => {}
            word => url = Some(word.to_string()),
        }
    }
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
    let rest = url.split_once("://").map_or(url.as_str(), |pair| pair.1);
    let (authority, path) =
        rest.split_once('/').map_or((rest, "/".to_string()), |(host, path)| (host, format!("/{path}")));
    // Who asks is not part of where.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host.to_string(), port.parse::<i64>().unwrap_or(80)),
        None => (authority.to_string(), if url.starts_with("https://") { 443 } else { 80 }),
    };
    if names_itself && output.is_none() {
        output = path
            .split('?')
            .next()
            .and_then(|path| path.rsplit('/').next())
            .map(str::to_string)
            .filter(|name| !name.is_empty());
    }
    if !trusts(call, &host) {
        if !is_silent(call.words) {
            call.err.push_str(UNTRUSTED);
        }
        return Outcome::Exit(60);
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
        finish_wget(call, result, &host, port, output, &path)
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
    let Some(address) = address_of(call.container, call.cluster, host) else {
        let body = format!("<p>What {host} says is not known in this lab.</p>\n");
        let page = Page { status: "200 OK", body, is_unknown: true, ..Page::default() };
        return if is_outside(call.container, host) { Ok(page) } else { Err(FetchError::Unresolved) };
    };
    if is_api(call.cluster, &address) {
        return Ok(api_page(call, path));
    }
    call.cluster.runtime_mut().count_connection();
    let (found, target) = reach(call.container, call.cluster, &address, port)?;
    let found = &found;
    if let Some(words) = found.speaks_instead(call.cluster, target) {
        // Redis hangs up on what looks like a request of the web.
        let is_silent = words == "EOF" || found.image.family == Family::Redis;
        return Err(if is_silent { FetchError::Silent } else { FetchError::Foreign });
    }
    let page = page(found, call.cluster, target, path);
    if found.image.web_root().is_some() {
        let time = format_time(call.cluster.now(), "%d/%b/%Y:%T +0000");
        let (ip, status) = (call.container.ip(), page.status.split(' ').next().unwrap_or("200"));
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
        "HTTP/1.1 {}\r\nServer: {}\r\nDate: {date}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n",
        page.status,
        page.server,
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
    path: &str,
) -> Outcome {
    let is_busybox = call.container.image.is_busybox;
    let page = match result {
        Ok(page) => page,
        Err(error) => {
            let text = match (error, is_busybox) {
                (FetchError::Unresolved, true) => format!("wget: bad address '{host}'\n"),
                (FetchError::Unresolved, false) => format!("wget: unable to resolve host address ‘{host}’\n"),
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
        call.err.push_str(&format!("  HTTP/1.1 {}\n  Server: {}\n  Date: {date}\n  Content-Type: text/html\n  Content-Length: {size}\n  Connection: close\n\n", page.status, page.server));
    }
    if !page.status.starts_with('2') {
        let text = match is_busybox {
            true => format!("wget: server returned error: HTTP/1.1 {}\n", page.status),
            false => format!("ERROR {}.\n", page.status.replacen(' ', ": ", 1)),
        };
        call.err.push_str(&text);
        return Outcome::Exit(if is_busybox { 1 } else { 8 });
    }
    let last = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("index.html").to_string();
    let output = output.unwrap_or(last);
    save(call, Some(output), &page.body)
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
