//! The programs that a container has, and what a shell does by itself; knows nothing of who asked.

mod awk;
mod bytes;
mod characters;
mod columns;
mod digest;
mod files;
pub mod filter;
mod find;
mod folding;
mod foreign;
mod grep;
mod head;
mod keeping;
mod launch;
mod lines;
mod links;
mod network;
mod packing;
mod resolver;
mod sed;
mod sort;
mod system;
pub mod text;

pub use super::addresses::{address_of, containers_at};
pub use network::{address_in, answer, answers, fetch, is_outside, is_silent, take_output_file};
pub use system::format_time;

pub use super::call::{Arguments, Call};
pub use super::language::Outcome;
pub use super::programs::NAMES;
pub use super::wording::busybox_words;

use super::call::read;
use super::container::{Container, FILE_BYTES_MAX, PROGRAM, normalize};
use super::language::limits::LIMITS;
use super::language::{Shell, ShellKind, WRAPPERS};
use super::programs;
use crate::cluster::Cluster;
use crate::world::Listener;
use crate::world::disk::Entry;

/// The most files that a program goes through below a directory.
const BELOW_MAX: usize = 1000;

/// The files below a directory, by their names seen from it.
fn files_below(container: &Container, cluster: &Cluster, path: &str) -> Vec<String> {
    let (mut files, mut pending) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = pending.pop() {
        let place = format!("{}/{folder}", path.trim_end_matches('/'));
        let entries = container.list(cluster, place.trim_end_matches('/')).unwrap_or_default();
        let mut folders = Vec::new();
        for (name, found) in entries {
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match found.is_directory() {
                true if found.link.is_none() => folders.push(name),
                true => {}
                false => files.push(name),
            }
        }
        pending.extend(folders.into_iter().rev());
        if files.len() > BELOW_MAX {
            break;
        }
    }
    files
}

/// Whether `name` is a program of the container that this lab can run.
pub fn is_program(name: &str, container: &Container) -> bool {
    programs::runs_in(name, &container.image)
}

/// Where a word leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A program that this lab can run.
    Program,
    /// A script at this path.
    File(String),
    /// A directory.
    Directory,
    /// The image's server.
    Server,
    /// The image has it, or may have it, and this lab cannot run it.
    Foreign,
    /// Nothing.
    Missing,
}

/// The directories that programs are looked for in.
const PLACES: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Where a word leads that names a program.
pub fn find(word: &str, container: &Container, cluster: &Cluster, directory: &str) -> Found {
    let name = word.rsplit('/').next().unwrap_or(word);
    // A program that was moved away is not there any more.
    let has_file = |name: &str| container.lookup(cluster, &format!("/usr/bin/{name}")).is_some();
    // Nobody here knows what packages bring.
    let has_installed = container.lookup(cluster, system::INSTALLED).is_some();
    let file = |path: String| {
        let found = container.lookup(cluster, &path)?;
        Some(if found.is_directory() { Found::Directory } else { Found::File(path) })
    };
    if word.contains('/') {
        let path = normalize(directory, word);
        let is_place =
            PLACES.iter().any(|place| path.strip_prefix(place).is_some_and(|rest| rest == format!("/{name}")));
        if let Some(found) = file(path.clone()).filter(|_| !is_place || !is_program(name, container)) {
            // The script that an image begins with starts its server.
            return if container.image.is_server(word) { Found::Server } else { found };
        }
        return match () {
            () if container.image.is_server(word) => Found::Server,
            () if is_place && is_program(name, container) && has_file(name) => Found::Program,
            () if container.image.has_own(word) => Found::Foreign,
            // What a volume would hold is known, as far as only programs that run here wrote it; what an image holds
            // beside its base is not.
            () if container.mount_at(&path).is_some_and(|mount| container.knows_contents(cluster, mount)) => {
                Found::Missing
            }
            () if container.mount_at(&path).is_some() => Found::Foreign,
            () if is_place && (name == "bash" || is_of_base(name)) => Found::Missing,
            () if container.image.has_more() || has_installed => Found::Foreign,
            () => Found::Missing,
        };
    }
    match () {
        () if container.image.is_server(name) => Found::Server,
        () if is_program(name, container) && has_file(name) => Found::Program,
        () => {
            match PLACES.iter().find_map(|place| file(format!("{place}/{name}"))) {
                Some(Found::File(path))
                    if container.read(cluster, &path).is_ok_and(|text| text.as_str() == PROGRAM) =>
                {
                    if NAMES.contains(&name) { Found::Program } else { Found::Foreign }
                }
                Some(found) => found,
                None if container.image.has_own(name) && has_file(name) => Found::Foreign,
                None if name == "bash" || is_of_base(name) => Found::Missing,
                None if container.image.has_more() || has_installed => Found::Foreign,
                None => Found::Missing,
            }
        }
    }
}

/// Where a word leads that names a program, by the directories of the shell's `PATH`.
pub fn find_on_path(shell: &Shell, word: &str, container: &Container, cluster: &Cluster) -> Found {
    let usual = || find(word, container, cluster, &shell.directory);
    let Some(path) = shell.variable("PATH").filter(|path| !path.is_empty() && !word.contains('/')) else {
        return usual();
    };
    let own = |folder: &str| {
        let file = normalize(&shell.path(folder), word);
        let is_program = container.lookup(cluster, &file).is_some_and(|found| !found.is_directory());
        (is_program && container.may_run(cluster, &file)).then_some(Found::File(file))
    };
    let folders: Vec<&str> = path.split(':').collect();
    let first = folders.iter().position(|folder| PLACES.contains(folder));
    let (before, behind) = folders.split_at(first.unwrap_or(folders.len()));
    if let Some(found) = before.iter().find_map(|folder| own(folder)) {
        return found;
    }
    match usual() {
        found @ (Found::Missing | Found::Foreign) => {
            let later = behind.iter().filter(|folder| !PLACES.contains(folder)).find_map(|folder| own(folder));
            later.unwrap_or(found)
        }
        Found::Program if first.is_none() => Found::Missing,
        found => found,
    }
}

/// Whether a program is one that bases have or do not have, and no image brings.
fn is_of_base(name: &str) -> bool {
    NAMES.contains(&name) || name.is_empty()
}

/// Runs a program.
pub fn run(call: &mut Call<'_>) -> Outcome {
    match run_found(call) {
        Outcome::Assumed if foreign::ends_by_itself(call.words) => Outcome::AssumedOver,
        outcome => outcome,
    }
}

fn run_found(call: &mut Call<'_>) -> Outcome {
    let word = call.words.first().cloned().unwrap_or_default();
    if call.container.image.ends_by(call.words) && call.container.serves(call.cluster) {
        let (pod, name, code) =
            (call.container.pod.key(), call.container.name.clone(), call.container.image.stop_code());
        call.cluster.runtime_mut().end_container(&pod, &name, code);
        return Outcome::Exit(0);
    }
    let found = find_on_path(call.shell, &word, call.container, call.cluster);
    match found {
        Found::Program => program_or_assumed(call),
        Found::File(path) if !call.container.may_run(call.cluster, &path) => {
            let message = call.shell.complain(&format!("{word}: Permission denied"));
            call.err.push_str(&message);
            Outcome::Exit(126)
        }
        Found::File(path) => launch::script(call, &path),
        Found::Server if call.container.image.is_start(call.words.arguments()) => serve(call),
        Found::Server | Found::Foreign => foreign::run(call),
        Found::Directory => {
            let message = call.shell.complain(&format!("{word}: Is a directory"));
            call.err.push_str(&message);
            Outcome::Exit(126)
        }
        Found::Missing if call.shell.has_unknown_functions => Outcome::Assumed,
        Found::Missing => missing(call),
    }
}

/// Whether a program reads what has no end, and writes nothing that does: a way to keep a processor busy.
fn reads_for_ever(call: &Call<'_>) -> bool {
    const ENDLESS: &[&str] = &["/dev/zero", "/dev/urandom", "/dev/random", "if=/dev/zero", "if=/dev/urandom"];
    let has = |word: &str| call.words.arguments().iter().any(|own| own == word);
    let is_endless = ENDLESS.iter().any(|word| has(word));
    match call.words.name() {
        "cat" | "md5sum" | "sha1sum" | "sha256sum" | "tail" | "wc" | "sort" => is_endless && call.destination.is_none(),
        "dd" => {
            is_endless && has("of=/dev/null") && !call.words.arguments().iter().any(|word| word.starts_with("count="))
        }
        "top" => call.words.has_flag('b') && !call.words.has_flag('n'),
        _ => false,
    }
}

/// Programs that read what their operands name.
const READERS: &[&str] = &[
    "awk", "cat", "chgrp", "chmod", "chown", "cp", "grep", "head", "install", "ln", "ls", "mv", "sed", "sort", "tail",
    "wc",
];

/// Runs a program that this lab has. If it fails for a place of the image that nobody here knows, it is taken to have
/// done its job.
fn program_or_assumed(call: &mut Call<'_>) -> Outcome {
    if reads_for_ever(call) {
        return Outcome::Sleep(crate::shell::FOREVER);
    }
    let is_script = call.shell.role != crate::shell::language::Role::Other || call.container.image.has_more();
    let unknown = is_script
        && READERS.contains(&call.words.name())
        && call.words.operands().iter().any(|word| {
            let path = call.shell.path(word);
            call.container.is_unknown_place(call.cluster, &path)
        });
    let messages = call.err.len();
    match program(call) {
        Outcome::Exit(code) if code != 0 && unknown => {
            call.err.truncate(messages);
            Outcome::Assumed
        }
        outcome => outcome,
    }
}

/// The image's server starts, or what stands behind its entrypoint.
fn serve(call: &mut Call<'_>) -> Outcome {
    let name = call.words.name().to_string();
    if name.ends_with("entrypoint.sh") {
        let mut rest = call.words.arguments().to_vec();
        // A word that is no program is one for the image's own.
        let is_missing = |word: &String| {
            find(word, call.container, call.cluster, &call.shell.directory) == Found::Missing && !word.starts_with('-')
        };
        let own = call.container.image.entrypoint(None).filter(|_| rest.first().is_some_and(is_missing));
        let runs_other =
            rest.first().is_some_and(|word| !word.starts_with('-') && !call.container.image.is_server(word));
        if own.is_some() || runs_other {
            rest.splice(0..0, own.map(|(program, _)| program.to_string()));
            let mut inner = call.with_words(&rest);
            let outcome = run(&mut inner);
            let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
            call.out.push_str(&out);
            call.err.push_str(&err);
            return outcome;
        }
    }
    if call.shell.role == crate::shell::language::Role::Other && call.container.serves(call.cluster) {
        return already_running(call);
    }
    let is_told = |name: &&'static str| call.shell.variable(name).is_some_and(|value| !value.is_empty());
    let is_told = call.container.image.requirement().is_some_and(|wanted| wanted.variables.iter().any(is_told));
    let refusal = call.container.refusal(call.cluster).filter(|_| name.ends_with("entrypoint.sh") && !is_told);
    if let Some(text) = refusal {
        call.err.push_str(&text);
        return Outcome::Exit(1);
    }
    if let Some(port) = call.container.said_port(call.cluster, call.words) {
        call.shell.listeners.push(Listener { port, root: None, command: None });
    }
    let settings = |call: &Call<'_>| call.container.read(call.cluster, "/etc/nginx/nginx.conf").unwrap_or_default();
    let stays = call.words.name() == "nginx" && settings(call).contains("daemon off");
    write_files(call);
    if call.container.image.steps_behind(call.words) && !stays { Outcome::ServesBehind } else { Outcome::Serves }
}

/// The files that a server makes at its start, by its options.
fn write_files(call: &mut Call<'_>) {
    let image = call.container.image.clone();
    let option = |name: &str| {
        let value = call.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_string)
    };
    let hostname = call.container.hostname();
    let (set, ordinal) = hostname.rsplit_once('-').unwrap_or((&hostname, "0"));
    let ordinal = ordinal.parse::<u32>().unwrap_or(0);
    let domain = call.container.full_hostname().split_once('.').map_or(String::new(), |pair| pair.1.to_string());
    let filled = |text: &str| {
        let mut text =
            text.replace("{number}", &(ordinal + 1).to_string()).replace("{set}", set).replace("{domain}", &domain);
        while let Some((before, rest)) = text.split_once("{--") {
            let (name, behind) = rest.split_once('}').unwrap_or((rest, ""));
            text = format!("{before}{}{behind}", option(&format!("--{name}")).unwrap_or_default());
        }
        text
    };
    let mut files = Vec::new();
    for (path, text) in image.writes() {
        // Where its options do not say, nobody knows.
        let asked = path.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|pair| pair.0);
        if asked.is_some_and(|name| option(name).is_none()) {
            continue;
        }
        let mut whole = String::new();
        for line in text.split("\\n") {
            match line.strip_prefix("times ").and_then(|line| line.split_once(": ")) {
                Some((count, line)) => {
                    for n in 1..=filled(count).parse::<u32>().unwrap_or(0).min(100) {
                        let line = line.replace("{n}", &n.to_string()).replace("{before}", &(n - 1).to_string());
                        whole.push_str(&format!("{}\n", filled(&line)));
                    }
                }
                None => whole.push_str(&format!("{}\n", filled(line))),
            }
        }
        files.push((filled(path), whole));
    }
    for (path, text) in files {
        _ = call.container.make_directory(call.cluster, &crate::shell::container::parent_of(&path), true);
        _ = call.container.write(call.cluster, &path, &text, false);
    }
}

/// A second server finds its port in use.
fn already_running(call: &mut Call<'_>) -> Outcome {
    let port = call.container.image.ports().first().copied().unwrap_or(80);
    let text = match call.words.name() {
        "nginx" => format!("nginx: [emerg] bind() to 0.0.0.0:{port} failed (98: Address already in use)\n"),
        name => format!("{name}: could not bind to port {port}: Address already in use\n"),
    };
    call.err.push_str(&text);
    Outcome::Exit(1)
}

/// A text of the table with what is known of the container; lines with `each: ` once for each member of its set.
pub fn fill(container: &Container, cluster: &Cluster, text: &str) -> String {
    let members = container.members(cluster);
    let tenths = 1000 / members.len().max(1);
    let share = format!("{}.{}%", tenths / 10, tenths % 10);
    let one = |line: &str, of: &Container, number: usize| {
        let id = of.pod.meta.uid.to_string();
        line.replace("{hostname}", &of.hostname())
            .replace("{ip}", of.ip())
            .replace("{id}", &id)
            .replace("{short}", id.get(..8).unwrap_or(&id))
            .replace("{number}", &number.to_string())
            .replace("{share}", &share)
            .replace("{stamp}", &cluster.now().rfc3339().replace('T', " ").replace('Z', "+00:00"))
    };
    let mut out = String::new();
    for line in container.image.text(text).split('\n') {
        match line.strip_prefix("each: ") {
            Some(line) => {
                for (at, member) in members.iter().enumerate() {
                    out.push_str(&one(line, member, at + 1));
                    out.push('\n');
                }
            }
            None => {
                out.push_str(&one(line, container, 1));
                out.push('\n');
            }
        }
    }
    if text.is_empty() {
        out.clear();
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// Runs a program that this lab has.
fn program(call: &mut Call<'_>) -> Outcome {
    let name = call.words.name().to_string();
    match name.as_str() {
        "ls" => files::ls(call),
        "cat" => files::cat(call),
        "touch" => files::touch(call),
        "mkdir" => files::mkdir(call),
        "rmdir" | "rm" => files::rm(call),
        "cp" | "mv" => files::copy(call),
        "df" => files::df(call),
        "du" => files::du(call),
        "find" => find::find(call),
        "mount" => files::mount(call),
        "stat" => files::stat(call),
        "tee" => files::tee(call),
        "tail" if call.words.has_flag('f') || call.words.has_flag('F') => launch::follow(call),
        "truncate" | "fallocate" | "dd" | "mktemp" | "mountpoint" | "cmp" | "diff" | "install" | "openssl" => {
            bytes::run(call)
        }
        "chmod" | "chown" | "chgrp" => files::give(call),
        "gzip" | "gunzip" | "zcat" => packing::gzip(call),
        "ln" => links::ln(call),
        "tar" => packing::tar(call),
        "readlink" | "realpath" => links::real_path(call),
        "sync" | "clear" | "true" | "stty" | "sysctl" | "ulimit" => Outcome::Exit(0),
        "false" => Outcome::Exit(1),
        _ if text::NAMES.contains(&name.as_str()) => filter(call),
        "apk" | "apt" | "apt-get" => system::packages(call),
        "date" => system::date(call),
        "free" => system::free(call),
        "hostname" => system::hostname(call),
        "groups" => system::groups(call),
        "id" => system::id(call),
        "kill" => system::kill(call),
        "nproc" => system::say(call, "2"),
        "pidof" => system::pidof(call),
        "ps" | "top" => system::ps(call),
        "pwd" => {
            let directory = call.shell.directory.clone();
            system::say(call, &directory)
        }
        "tty" => system::say(call, "not a tty"),
        "uname" => system::uname(call),
        "uptime" => system::uptime(call),
        "whoami" => system::whoami(call),
        "curl" | "wget" => network::fetch(call),
        "dig" => resolver::dig(call),
        "getent" => resolver::getent(call),
        "host" => resolver::host(call),
        "httpd" => network::small_web_server(call),
        "ifconfig" | "ip" => network::interfaces(call),
        "nc" | "ncat" | "netcat" => network::netcat(call),
        "nslookup" => resolver::nslookup(call),
        "ping" => network::ping(call),
        "mariadb" | "mysql" => super::sql::start(call),
        "help" => launch::help(call),
        "sleep" => launch::sleep(call),
        "which" => launch::which(call),
        "yes" => launch::yes(call),
        "env" | "printenv" | "timeout" | "xargs" => launch::wrapped(call),
        _ if WRAPPERS.contains(&name.as_str()) => launch::wrapped(call),
        _ => launch::shell(call),
    }
}

/// `head -c N /dev/zero`: so many bytes of what has no end. Of a large file only the size is kept.
fn head_of_device(call: &mut Call<'_>) -> Option<Outcome> {
    let number = text::kept_bytes(call.words).filter(|_| call.words.name() == "head")?;
    let files = text::files_of(call.words);
    let device = files.first().filter(|name| matches!(name.as_str(), "/dev/zero" | "/dev/urandom" | "/dev/random"))?;
    let bytes = bytes::size(&number)?;
    if let Some(name) = call.destination.clone().filter(|_| bytes > FILE_BYTES_MAX / 2) {
        let path = call.shell.path(&name);
        let put = call.container.put(call.cluster, &path, Entry::Bulk(bytes as u64));
        return Some(match put {
            Ok(()) => Outcome::Exit(0),
            Err(error) => call.fail(&format!("error writing 'standard output': {error}")),
        });
    }
    let bytes = bytes.min(LIMITS.program_output);
    let text = match device.as_str() {
        "/dev/zero" => "\0".repeat(bytes),
        _ => call.container.noise(call.cluster.now(), bytes),
    };
    call.out.push_str(&text);
    Some(Outcome::Exit(0))
}

/// Runs one of the commands that turn text into text.
fn filter(call: &mut Call<'_>) -> Outcome {
    if let Some(outcome) = head_of_device(call) {
        return outcome;
    }
    let read = |name: &str| read(call.container, call.cluster, call.shell, name);
    let below = |name: &str| files_below(call.container, call.cluster, &call.shell.path(name));
    let is_awk = call.words.name() == "awk";
    let environment = if is_awk { call.shell.variables.exported.clone() } else { Vec::new() };
    let mut filter = filter::Filter {
        words: call.words,
        stdin: call.stdin.clone().unwrap_or_default(),
        read: &read,
        below: &below,
        out: String::new(),
        err: String::new(),
        written: Vec::new(),
        kind: call.shell.kind,
        environment,
        has_mawk: !call.container.image.is_busybox,
        is_unknown: false,
    };
    let mut code = filter.run().unwrap_or(0);
    if filter.is_unknown {
        return Outcome::Assumed;
    }
    let (out, err, written) = (filter.out, filter.err, filter.written);
    call.out.push_str(&out);
    call.err.push_str(&err);
    for (name, text) in written {
        let path = call.shell.path(&name);
        if let Err(error) = call.container.write(call.cluster, &path, &text, false) {
            call.fail(&format!("{name}: {error}"));
            code = 4;
        }
    }
    Outcome::Exit(code)
}

/// A word that names nothing.
fn missing(call: &mut Call<'_>) -> Outcome {
    let word = call.words.first().cloned().unwrap_or_default();
    let what = match (call.shell.kind, word.contains('/')) {
        (ShellKind::Bash, true) => "No such file or directory",
        (ShellKind::Bash, false) => "command not found",
        _ => "not found",
    };
    let message = call.shell.complain(&format!("{word}: {what}"));
    call.err.push_str(&message);
    Outcome::Exit(127)
}
