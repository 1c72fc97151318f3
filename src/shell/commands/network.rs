//! Commands that ask other pods; no packet leaves.

use super::system::{format_time, say};
use super::{Arguments, Call, Outcome};
use crate::cluster::Cluster;
use crate::model::{Kind, Object, Text};
use crate::shell::addresses::{address_of, containers_at, is_address};
use crate::shell::container::Container;
use crate::shell::images::Family;
use crate::shell::logs;
use crate::world::Listener;
use std::rc::Rc;

/// Whether a name is one of the internet, which is taken to answer.
pub fn is_outside(container: &Container, host: &str) -> bool {
    const ENDS: &[&str] = &[
        "ai", "app", "at", "au", "be", "biz", "br", "ca", "ch", "cloud", "cn", "co", "com", "cz", "de", "dev", "dk",
        "edu", "es", "eu", "fi", "fr", "gov", "in", "info", "io", "it", "jp", "kr", "me", "net", "nl", "no", "org",
        "pl", "pt", "ru", "se", "sh", "tech", "tv", "tw", "ua", "uk", "us", "xyz",
    ];
    let names: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    names.len() > 1 && names.last().is_some_and(|end| ENDS.contains(end)) && container.resolver().asks_cluster()
}

/// `ip` and `ifconfig`.
pub fn interfaces(call: &mut Call<'_>) -> Outcome {
    let ip = call.container.ip().to_string();
    let text = match call.words.name() {
        "ifconfig" => format!(
            "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet {ip}  netmask 255.255.255.0\n"
        ),
        _ => format!(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0@if9: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n    inet {ip}/24 scope global eth0\n"
        ),
    };
    call.out.push_str(&text);
    Outcome::Exit(0)
}

/// `ping`.
pub fn ping(call: &mut Call<'_>) -> Outcome {
    let count = call.words.option("-c");
    let mut words = call.words.arguments().iter();
    let mut operand = None;
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" | "-i" | "-w" | "-W" | "-s" | "-I" | "-t" | "-l" | "-p" | "-Q" => _ = words.next(),
            word if word.starts_with('-') => {}
            word => operand = Some(word.to_string()),
        }
    }
    let Some(name) = operand else { return call.fail("usage error: Destination address required") };
    // As a container's own program it goes on until somebody ends it.
    let runs_on = count.is_none() && call.shell.role != crate::shell::language::Role::Other;
    let asked = if runs_on { 1 } else { 4 };
    let count = count.and_then(|text| text.parse::<usize>().ok()).unwrap_or(asked).clamp(1, 20);
    let outside = is_outside(call.container, &name).then(|| "203.0.113.10".to_string());
    let Some(address) = address_of(call.container, call.cluster, &name).or(outside) else {
        let message = match call.container.image.is_busybox {
            true => format!("bad address '{name}'"),
            false => format!("{name}: Name or service not known"),
        };
        call.fail(&message);
        return Outcome::Exit(if call.container.image.is_busybox { 1 } else { 2 });
    };
    let is_public =
        is_address(&address) && !["10.", "172.", "192.168.", "127."].iter().any(|own| address.starts_with(own));
    let is_own = address.starts_with("127.") || address == call.container.ip();
    let is_up = is_public || is_own || !containers_at(call.container, call.cluster, &address).is_empty();
    let mut text = format!("PING {name} ({address}) 56(84) bytes of data.\n");
    for at in 1..=count {
        if is_up {
            text.push_str(&format!("64 bytes from {address}: icmp_seq={at} ttl=64 time=0.05{} ms\n", at % 10));
        }
    }
    if runs_on {
        call.out.push_str(&text);
        return Outcome::Sleep(crate::shell::FOREVER);
    }
    let received = if is_up { count } else { 0 };
    let loss = if is_up { 0 } else { 100 };
    text.push_str(&format!("\n--- {name} ping statistics ---\n{count} packets transmitted, {received} received, {loss}% packet loss, time {}ms\n", (count - 1) * 1000));
    call.out.push_str(&text);
    Outcome::Exit(i64::from(!is_up))
}

/// The Service that has an address.
fn service_at<'c>(cluster: &'c Cluster, address: &str) -> Option<&'c Rc<Object>> {
    cluster.list(Kind::Service).find(|service| service.str_at(&["spec", "clusterIP"]) == address)
}

/// Whether an address is the API server's.
fn is_api(cluster: &Cluster, address: &str) -> bool {
    service_at(cluster, address)
        .is_some_and(|service| service.meta.name == "kubernetes" && service.meta.namespace == "default")
}

/// What the API server tells everybody.
fn api_page(cluster: &Cluster, path: &str) -> Page {
    let place = path.split('?').next().unwrap_or(path).trim_end_matches('/');
    let version = cluster.kubernetes().version();
    let is_health = ["/healthz", "/livez", "/readyz"].iter().any(|health| place.starts_with(health));
    let body = match place {
        "/version" => {
            let (whole, minor) = (version.to_string(), version.minor);
            format!(
                "{{\n  \"major\": \"1\",\n  \"minor\": \"{minor}\",\n  \"gitVersion\": \"{whole}\",\n  \"platform\": \"linux/amd64\"\n}}"
            )
        }
        _ if is_health => "ok".to_string(),
        // Who asks, and what they may see, is not known here.
        _ => {
            let body = format!(
                "{{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {{}},\n  \"status\": \"Failure\",\n  \"message\": \"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"{place}\\\"\",\n  \"reason\": \"Forbidden\",\n  \"details\": {{}},\n  \"code\": 403\n}}\n"
            );
            return Page { status: "403 Forbidden", body, is_unknown: true, ..Page::default() };
        }
    };
    Page { status: "200 OK", body, ..Page::default() }
}

/// The container that answers at an address and a port; of a Service, the port that it sends to.
fn reach(own: &Container, cluster: &Cluster, address: &str, port: i64) -> Result<Container, FetchError> {
    let containers = containers_at(own, cluster, address);
    let Some(service) = service_at(cluster, address) else {
        if containers.is_empty() && !address.starts_with("127.") {
            return Err(FetchError::Unreachable);
        }
        return containers.into_iter().find(|it| it.listens_on(cluster, port)).ok_or(FetchError::Refused);
    };
    // Nobody is behind a port that the Service has not.
    let entry = service.list_at(&["spec", "ports"]).iter().find(|entry| entry.i64_at(&["port"]) == Some(port));
    let entry = entry.ok_or(FetchError::Unreachable)?;
    let name = entry.str_at(&["targetPort"]).to_string();
    let named = containers.iter().flat_map(|it| it.field(&["ports"]).cloned()).find_map(|ports| {
        let ports = ports.as_list()?.to_vec();
        ports.iter().find(|port| port.str_at(&["name"]) == name)?.i64_at(&["containerPort"])
    });
    let target = entry.i64_at(&["targetPort"]).or(named).unwrap_or(port);
    containers.into_iter().find(|it| it.listens_on(cluster, target)).ok_or(FetchError::Refused)
}

/// Whether somebody answers at an address and a port.
pub fn answers(own: &Container, cluster: &Cluster, address: &str, port: i64) -> bool {
    is_api(cluster, address) && port == 443 || reach(own, cluster, address, port).is_ok()
}

/// What a web server answered.
#[derive(Default)]
struct Page {
    /// Whether nobody here knows what it would say.
    is_unknown: bool,
    status: &'static str,
    body: String,
    server: String,
}

/// Why there is no answer.
enum FetchError {
    Unresolved,
    Refused,
    Unreachable,
}

/// The flags of `curl` and `wget` that a value follows.
const TAKES_VALUE: &[&str] = &[
    "-H",
    "-m",
    "-d",
    "-X",
    "-w",
    "-u",
    "-T",
    "-A",
    "-e",
    "-b",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--user",
    "--data",
    "--header",
    "--request",
    "--write-out",
    "--cacert",
    "--cert",
    "--key",
    "--resolve",
    "--user-agent",
];

/// Which word of a `curl` or `wget` is the address.
pub fn address_in(words: &[String]) -> Option<usize> {
    let mut at = 1;
    let mut found = None;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            word if TAKES_VALUE.contains(&word) || is_output(words, word) => at += 1,
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
            word if TAKES_VALUE.contains(&word) => _ = words.next(),
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
    let result = get(call, &host, port, &path);
    if result.as_ref().is_ok_and(|page| page.is_unknown) {
        call.shell.assumed.get_or_insert_with(|| format!("a request to {host}"));
    }
    if is_wget {
        finish_wget(call, result, &host, port, output, &path)
    } else {
        finish_curl(call, result, &host, port, output)
    }
}

fn get(call: &mut Call<'_>, host: &str, port: i64, path: &str) -> Result<Page, FetchError> {
    let Some(address) = address_of(call.container, call.cluster, host) else {
        let body = format!("<p>What {host} says is not known in this lab.</p>\n");
        let page = Page { status: "200 OK", body, is_unknown: true, ..Page::default() };
        return if is_outside(call.container, host) { Ok(page) } else { Err(FetchError::Unresolved) };
    };
    if is_api(call.cluster, &address) {
        return Ok(api_page(call.cluster, path));
    }
    call.cluster.runtime_mut().count_connection();
    let found = reach(call.container, call.cluster, &address, port)?;
    let found = &found;
    let page = page(found, call.cluster, path);
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

/// `nc -z HOST PORT`: whether something listens there. `ruok` and the like are asked of ZooKeeper.
pub fn netcat(call: &mut Call<'_>) -> Outcome {
    let flags_with_value = ["-w", "-p", "-q", "-i", "-s", "-c", "-e", "--sh-exec", "--exec"];
    let mut words = call.words.arguments().iter();
    let (mut operands, mut only_looks, mut is_loud, mut listens) = (Vec::new(), false, false, false);
    while let Some(word) = words.next() {
        match word.as_str() {
            word if flags_with_value.contains(&word) => _ = words.next(),
            "--listen" => listens = true,
            word if word.starts_with("--") => {}
            word if word.starts_with('-') => {
                only_looks |= word.contains('z');
                is_loud |= word.contains('v');
                listens |= word.contains('l');
            }
            word => operands.push(word.to_string()),
        }
    }
    if listens {
        // It listens for as long as somebody lets it.
        let port = call.words.option("-p").or_else(|| operands.pop()).and_then(|port| port.parse().ok());
        let command = ["-c", "--sh-exec", "-e", "--exec"].iter().find_map(|name| call.words.option(name));
        let command = command.map(Text::from);
        call.shell.listeners.extend(port.map(|port| Listener { port, root: None, command }));
        return Outcome::Serves;
    }
    let [host, port, ..] = operands.as_slice() else { return call.fail("missing hostname and port") };
    let Ok(port) = port.parse::<i64>() else { return call.fail(&format!("invalid port {port}")) };
    let Some(address) = address_of(call.container, call.cluster, host) else {
        if is_outside(call.container, host) {
            return Outcome::Exit(0);
        }
        let text = match call.container.image.is_busybox {
            true => format!("bad address '{host}'"),
            false => format!("getaddrinfo for host \"{host}\" port {port}: Name or service not known"),
        };
        return call.fail(&text);
    };
    let found = answers(call.container, call.cluster, &address, port).then_some(());
    let containers = containers_at(call.container, call.cluster, &address);
    match found {
        None => {
            if is_loud {
                call.err.push_str(&format!("nc: connect to {host} port {port} (tcp) failed: Connection refused\n"));
            }
            Outcome::Exit(1)
        }
        Some(_) if only_looks => {
            if is_loud {
                call.err.push_str(&format!("Connection to {host} ({address}) {port} port [tcp/*] succeeded!\n"));
            }
            Outcome::Exit(0)
        }
        Some(_) => {
            let asked = call.stdin.take().unwrap_or_default();
            let stream = containers
                .iter()
                .find_map(|it| super::super::sql::backup_stream(it, &it.command_behind(call.cluster, port)?));
            if let Some(stream) = stream {
                call.out.push_str(&stream);
                return Outcome::Exit(0);
            }
            if asked.trim() == "ruok" {
                call.out.push_str("imok");
                return Outcome::Exit(0);
            }
            Outcome::Assumed
        }
    }
}

/// BusyBox's `httpd`: shows the files of a directory.
pub fn small_web_server(call: &mut Call<'_>) -> Outcome {
    let port = call.words.option("-p").unwrap_or_else(|| "80".to_string());
    let Some(port) = port.rsplit(':').next().and_then(|port| port.parse().ok()) else {
        return call.fail(&format!("invalid port '{port}'"));
    };
    let root = call.words.option("-h").unwrap_or_else(|| ".".to_string());
    let root = call.shell.path(&root);
    if !call.container.lookup(call.cluster, &root).is_some_and(|found| found.is_directory()) {
        return call.fail(&format!("can't change directory to '{root}': No such file or directory"));
    }
    call.shell.listeners.push(Listener { port, root: Some(root.into()), command: None });
    // Without `-f` it goes on behind whoever called it.
    if call.words.has_flag('f') { Outcome::Serves } else { Outcome::Exit(0) }
}

/// What a container answers to a request, by its status and its text.
pub fn answer(container: &Container, cluster: &Cluster, path: &str) -> (i64, String) {
    let page = page(container, cluster, path);
    (page.status.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(200), page.body)
}

fn page(container: &Container, cluster: &Cluster, path: &str) -> Page {
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
    let path = path.split(['?', '#']).next().unwrap_or("/");
    let mut place = crate::shell::container::normalize(root, path.trim_start_matches('/'));
    if !place.starts_with(root) {
        place = root.to_string();
    }
    let is_directory = container.lookup(cluster, &place).is_some_and(|found| found.is_directory());
    let file = if is_directory { format!("{place}/index.html") } else { place };
    let status = match container.read(cluster, &file) {
        Ok(text) => return Page { status: "200 OK", body: text.to_string(), server, is_unknown: false },
        Err(_) if is_directory => "403 Forbidden",
        Err(_) => "404 Not Found",
    };
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    );
    Page { status, body, server, is_unknown: false }
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
                (FetchError::Unreachable, true) => "wget: download timed out\n".to_string(),
                (FetchError::Unreachable, false) => {
                    format!("Connecting to {host}:{port}... failed: No route to host.\n")
                }
            };
            call.err.push_str(&text);
            return Outcome::Exit(if is_busybox { 1 } else { 4 });
        }
    };
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
