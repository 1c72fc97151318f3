//! The programs that a container has, and what a shell does by itself; knows nothing of who asked.

mod asked_server;
mod awk;
mod base64;
mod basename;
mod cksum;
mod container_filters;
mod curl_wget;
mod cut_join;
mod date;
mod dd;
mod df_du;
mod diff;
mod echo;
mod expr;
mod files;
pub mod filter;
mod find;
mod fold_split;
mod getopt;
mod grep;
mod head_tail;
mod hostname_uname;
mod id;
mod kill;
mod known_flags;
mod launch;
mod links;
mod ls;
mod md5sum;
mod mkdir_touch;
mod network;
mod nginx;
mod not_found;
mod nslookup;
mod packages;
mod program_path;
mod prompting;
mod ps;
mod redis;
mod redis_auth;
mod redis_cluster;
mod redis_replication;
mod redis_reply;
mod request_flags;
mod script_file;
mod sed;
mod seq;
mod server_start;
mod services;
mod shuf;
mod sleep;
mod sort;
mod stored_keys;
mod tac_nl_od;
mod tail_follow;
mod tar;
pub mod text_filters;
mod tr_wc;
mod unknown_programs;
mod user_switch;
mod useradd;
mod vault;
mod vault_state;
mod web_page;
mod xtrabackup;
mod xxd;
mod zookeeper;

pub use super::addresses::{address_of, containers_at};
pub use super::time_format::format_time;
use container_filters::filter;
pub use curl_wget::{address_in, fetch, is_silent, take_output_file};
pub use date::read as moment;
pub use network::{answers, is_outside};
pub use program_path::{Found, find, find_at_start, find_on_path, is_program};
pub use redis_cluster::mode as redis_mode;
pub use script_file::{known_name, unrunnable};
use server_start::serve;
pub use server_start::{fill, write_files};
pub use web_page::answer;

pub use super::busybox_errors::busybox_words;
pub use super::call::{Arguments, Call};
pub use super::language::Outcome;
pub use super::runnable_programs::NAMES;

use super::language::{ShellKind, WRAPPERS};
use super::path_kind::is_endless;

/// Runs a program.
pub fn run(call: &mut Call<'_>) -> Outcome {
    match run_found(call) {
        Outcome::Assumed if unknown_programs::ends_by_itself(call.words) => Outcome::AssumedOver,
        outcome => outcome,
    }
}

fn run_found(call: &mut Call<'_>) -> Outcome {
    let word = call.words.first().cloned().unwrap_or_default();
    if call.container.image.ends_by(call.words) && call.container.serves(call.cluster) {
        call.container.end_server(call.cluster, call.container.image.stop_code());
        return Outcome::Exit(0);
    }
    let found = find_on_path(call.shell, &word, call.container, call.cluster);
    if call.container.image.launches(call.words) && found != Found::Missing {
        return server_start::launch(call);
    }
    // A link may lead to a program of another name.
    if found == Found::Foreign
        && let Some(name) = known_name(call.shell, &word, call.container, call.cluster)
    {
        return run_as(call, &name);
    }
    match found {
        Found::Program if !may_run_program(call) => {
            let shown = if call.shell.kind == ShellKind::Bash && !word.contains('/') { "/usr/bin/" } else { "" };
            let message = call.shell.complain(&format!("{shown}{word}: Permission denied"));
            call.err.push_str(&message);
            Outcome::Exit(126)
        }
        Found::Program => program_or_assumed(call),
        Found::File(path) if !call.container.may_run(call.cluster, &path) => {
            let message = call.shell.complain(&format!("{word}: Permission denied"));
            call.err.push_str(&message);
            Outcome::Exit(126)
        }
        Found::File(path) => script_file::script(call, &path),
        Found::Server if call.container.image.is_start(call.words.arguments()) => serve(call),
        // What its server's program is asked beside serving ends.
        Found::Server => match unknown_programs::run(call) {
            Outcome::Assumed => Outcome::AssumedOver,
            outcome => outcome,
        },
        Found::Foreign => unknown_programs::run(call),
        Found::Directory => {
            let why = if call.shell.kind == ShellKind::Bash { "Is a directory" } else { "Permission denied" };
            let message = call.shell.complain(&format!("{word}: {why}"));
            call.err.push_str(&message);
            Outcome::Exit(126)
        }
        Found::Missing if call.shell.has_unknown_functions => Outcome::Assumed,
        Found::Missing => not_found::missing(call),
    }
}

/// Whether the file of a program that this lab has may still be run.
fn may_run_program(call: &Call<'_>) -> bool {
    let path = format!("/usr/bin/{}", call.words.name());
    call.container.lookup(call.cluster, &path).is_none_or(|found| call.container.user().may_run(found.owner))
}

/// Runs the program of this name with the words behind the call's own.
fn run_as(call: &mut Call<'_>, name: &str) -> Outcome {
    let mut words = call.words.to_vec();
    words.iter_mut().take(1).for_each(|word| *word = name.to_string());
    let has_it = is_program(name, call.container);
    let mut inner = call.with_words(&words);
    let outcome = if has_it { program_or_assumed(&mut inner) } else { unknown_programs::run(&mut inner) };
    let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
    call.out.push_str(&out);
    call.err.push_str(&err);
    outcome
}

/// Whether a program reads what has no end, and writes nothing that does: a way to keep a processor busy.
fn reads_for_ever(call: &Call<'_>) -> bool {
    let has = |word: &str| call.words.arguments().iter().any(|own| own == word);
    let is_endless = || call.words.arguments().iter().any(|word| is_endless(word.strip_prefix("if=").unwrap_or(word)));
    match call.words.name() {
        // What reads the other end of a pipe has enough at some time.
        "cat" if call.shell.is_piped() => false,
        "cat" | "md5sum" | "sha1sum" | "sha256sum" | "tail" | "wc" | "sort" => {
            is_endless() && call.destination.is_none()
        }
        "dd" => {
            is_endless() && has("of=/dev/null") && !call.words.arguments().iter().any(|word| word.starts_with("count="))
        }
        "top" => call.words.has_flag('b') && !call.words.has_flag('n'),
        _ => false,
    }
}

/// What `cat` writes again and again into a file that reads what has no end. In a pipe it is as much as one writes.
fn written_for_ever(call: &Call<'_>) -> Option<String> {
    call.destination.as_ref()?;
    let operands = call.words.operands();
    let [device] = operands.as_slice() else { return None };
    if call.words.name() == "cat" { call.container.endless_bytes(call.cluster.now(), device, PART) } else { None }
}

/// How much of what has no end is made at once, in bytes.
const PART: usize = 8192;

/// Programs that want what their operands name.
const READERS: &[&str] = &[
    "awk",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cmp",
    "cp",
    "cut",
    "diff",
    "du",
    "find",
    "grep",
    "head",
    "install",
    "ln",
    "ls",
    "md5sum",
    "mv",
    "rm",
    "rmdir",
    "sed",
    "sha256sum",
    "sort",
    "stat",
    "tail",
    "tar",
    "wc",
];

/// What the GNU tools say of a flag that they do not have. An image that nobody here knows may have others.
fn refused_flag(call: &Call<'_>) -> Option<String> {
    let is_gnu = call.container.image.is_known() && !call.container.image.is_busybox;
    if is_gnu { known_flags::refused(call.words) } else { None }
}

/// Runs a program that this lab has. If it fails for a place of the image that nobody here knows, it is taken to have
/// done its job.
fn program_or_assumed(call: &mut Call<'_>) -> Outcome {
    if reads_for_ever(call) {
        return Outcome::Sleep(crate::shell::FOREVER);
    }
    if let Some(what) = refused_flag(call) {
        let name = call.words.name().to_string();
        call.err.push_str(&format!("{name}: {what}\nTry '{name} --help' for more information.\n"));
        return Outcome::Exit(known_flags::misuse_code(&name));
    }
    if let Some(text) = written_for_ever(call) {
        return Outcome::Launch(Box::new(crate::shell::language::Program::Yes(text.into())));
    }
    let is_script = call.shell.role != crate::shell::language::Role::Other
        || call.container.image.has_more()
        || call.container.is_asked;
    let is_reader = is_script && READERS.contains(&call.words.name());
    let operands = if is_reader { call.words.operands() } else { Vec::new() };
    // A link may lead to what nobody here knows.
    let mut paths =
        operands.iter().map(|word| call.container.resolved(call.cluster, &call.shell.path(word)).into_owned());
    let unknown = paths.find(|path| call.container.is_unknown_place(call.cluster, path));
    let messages = call.err.len();
    match program(call) {
        Outcome::Exit(code) if code != 0 => match unknown {
            Some(path) => {
                call.err.truncate(messages);
                call.shell.grant(&format!("file {path}"));
                Outcome::Assumed
            }
            None => Outcome::Exit(code),
        },
        outcome => {
            if matches!(call.words.name(), "ls" | "find") {
                grant_contents(call);
            }
            outcome
        }
    }
}

/// What is found to be empty although a program that nobody here knows may have filled it is taken for granted.
fn grant_contents(call: &mut Call<'_>) {
    let words = call.words.operands();
    let here = [".".to_string()];
    let words = if words.is_empty() { &here[..] } else { &words[..] };
    let filled = words.iter().map(|word| call.shell.path(word)).find(|path| {
        let mount = call.container.mount_at(path).filter(|mount| call.container.may_be_filled(call.cluster, mount));
        mount.is_some() && call.container.list(call.cluster, path).is_ok_and(|entries| entries.is_empty())
    });
    if let Some(path) = filled {
        call.shell.grant(&format!("files in {path}"));
    }
}

/// Runs a program that this lab has.
fn program(call: &mut Call<'_>) -> Outcome {
    let name = call.words.name().to_string();
    match name.as_str() {
        "ls" => ls::ls(call),
        "cat" => files::cat(call),
        "touch" => mkdir_touch::touch(call),
        "mkdir" => mkdir_touch::mkdir(call),
        "rmdir" | "rm" => files::rm(call),
        "cp" | "mv" => files::copy(call),
        "df" => df_du::df(call),
        "du" => df_du::du(call),
        "find" => find::find(call),
        "mount" => df_du::mount(call),
        "stat" => ls::stat(call),
        "tee" => files::tee(call),
        "tail" if call.words.has_flag('f') || call.words.has_flag('F') => tail_follow::follow(call),
        "truncate" => dd::truncate(call),
        "fallocate" => dd::fallocate(call),
        "dd" => dd::dd(call),
        // What it does needs bytes that are no text.
        "openssl" => Outcome::Assumed,
        "mktemp" => mkdir_touch::mktemp(call),
        "mountpoint" => df_du::mountpoint(call),
        "cmp" => diff::cmp(call),
        "diff" => diff::diff(call),
        "install" => mkdir_touch::install(call),
        "chmod" | "chown" | "chgrp" => files::give(call),
        "gzip" | "gunzip" | "zcat" => tar::gzip(call),
        "ln" => links::ln(call),
        "tar" => tar::tar(call),
        "readlink" | "realpath" => links::real_path(call),
        "sync" | "clear" | "true" | "stty" | "ulimit" => Outcome::Exit(0),
        "sysctl" => hostname_uname::sysctl(call),
        "false" => Outcome::Exit(1),
        "[" | "test" => launch::test(call),
        _ if text_filters::NAMES.contains(&name.as_str()) => filter(call),
        "addgroup" | "adduser" | "delgroup" | "deluser" | "groupadd" | "groupdel" | "groupmod" | "useradd"
        | "userdel" | "usermod" => useradd::run(call),
        "service" => services::service(call),
        "apk" | "apt" | "apt-get" | "dnf" | "microdnf" | "yum" => packages::packages(call),
        "date" => date::date(call),
        "free" => hostname_uname::free(call),
        "shuf" => shuf::shuf(call),
        "hostname" => hostname_uname::hostname(call),
        "groups" => id::groups(call),
        "id" => id::id(call),
        "kill" => kill::kill(call),
        "nproc" => hostname_uname::say(call, "2"),
        "pidof" => ps::pidof(call),
        "ps" | "top" => ps::ps(call),
        "pwd" => hostname_uname::pwd(call),
        "tty" => hostname_uname::tty(call),
        "uname" => hostname_uname::uname(call),
        "uptime" => hostname_uname::uptime(call),
        "whoami" => id::whoami(call),
        "curl" | "wget" => curl_wget::fetch(call),
        "dig" => nslookup::dig(call),
        "getent" => nslookup::getent(call),
        "host" => nslookup::host(call),
        "httpd" => web_page::small_web_server(call),
        "ifconfig" | "ip" => network::interfaces(call),
        "nc" | "ncat" | "netcat" => network::netcat(call),
        "nslookup" => nslookup::nslookup(call),
        "ping" => network::ping(call),
        "mariadb" | "mysql" if asked_server::is_unknown_database(call) => Outcome::Assumed,
        "mariadb" | "mysql" => super::sql::start(call),
        // What a script has installed.
        "nginx" => Outcome::Assumed,
        "help" => launch::help(call),
        "sleep" => sleep::sleep(call),
        "which" => launch::which(call),
        "yes" => sleep::yes(call),
        "env" | "printenv" | "timeout" | "xargs" => launch::wrapped(call),
        _ if WRAPPERS.contains(&name.as_str()) => launch::wrapped(call),
        _ => launch::shell(call),
    }
}
