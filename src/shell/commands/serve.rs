//! An image's server starts: what it needs, what it writes, what it says.

use super::program_path::{Found, find};
use super::run;
use crate::cluster::Cluster;
use crate::shell::call::{Arguments, Call};
use crate::shell::container::Container;
use crate::shell::language::Outcome;
use crate::world::Listener;

/// The image's server starts, or what stands behind its entrypoint.
pub(super) fn serve(call: &mut Call<'_>) -> Outcome {
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
