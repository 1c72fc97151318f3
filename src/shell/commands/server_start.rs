//! An image's server starts: what it needs, what it writes, what it says.

use super::program_path::{Found, find};
use super::run;
use crate::cluster::Cluster;
use crate::shell::call::{Arguments, Call};
use crate::shell::container::Container;
use crate::shell::language::Outcome;
use crate::shell::logs;
use crate::world::{Life, Listener};

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
    if call.container.image.is_database() && name.ends_with("entrypoint.sh") {
        // The entrypoint is told by what the script has exported as well.
        let told = call.container.with_environment(&call.shell.variables.exported);
        crate::shell::sql::begin(&told, call.cluster);
    }
    if let Some(port) = call.container.said_port(call.cluster, call.words) {
        call.shell.listeners.push(Listener { port, root: None, command: None, is_inside_alone: false });
    }
    begin(call);
    if steps_behind(call) { serve_behind(call) } else { Outcome::Serves }
}

/// Whether the image's server goes into the background, by its words and its settings.
fn steps_behind(call: &Call<'_>) -> bool {
    let container = call.container;
    let settings = || container.read(call.cluster, "/etc/nginx/nginx.conf").unwrap_or_default();
    let stays = call.words.name() == "nginx" && settings().contains("daemon off");
    let is_set = |(name, value): &(&str, &str)| {
        container.told(call.cluster, call.words, &[name]).is_some_and(|told| told == *value)
    };
    !stays && (container.image.steps_behind(call.words) || container.image.behind_settings().iter().any(is_set))
}

/// Notes what the server was told, and makes its files.
fn begin(call: &mut Call<'_>) {
    let (uid, name) = (call.container.pod.meta.uid.clone(), call.container.name.clone());
    call.cluster.runtime_mut().forget_server_end(&uid, &name);
    let names = call.container.image.data().iter().flat_map(|data| data.place.names.iter().copied());
    let set = names.filter_map(|name| Some((name.to_string(), call.shell.variable(name)?)));
    let set: Vec<(String, String)> = set.filter(|pair| !pair.1.is_empty()).collect();
    call.container.note_server(call.cluster, call.words, &set);
    write_files(call.container, call.cluster, call.words);
    let by_option = call.container.told(call.cluster, call.words, call.container.image.log_file());
    let by_option = by_option.filter(|path| !path.is_empty() && path != "-" && path != "stdout");
    let file = by_option.or_else(|| call.destination.clone()).filter(|path| !path.starts_with("/dev/"));
    let Some(path) = file.map(|path| call.shell.path(&path)) else { return };
    // Its log goes there, and not to the container's.
    let text = logs::of_server(call.container, call.cluster);
    call.container.silence(call.cluster);
    if call.container.write(call.cluster, &path, &text, true).is_err() {
        _ = call.container.trusted().write(call.cluster, &path, &text, true);
    }
}

/// Another program than its own starts the image's server in the background.
pub(super) fn launch(call: &mut Call<'_>) -> Outcome {
    if !call.container.serves(call.cluster) {
        begin(call);
    }
    serve_behind(call)
}

/// The server runs on behind whoever called it, who returns when it listens.
fn serve_behind(call: &mut Call<'_>) -> Outcome {
    let (uid, name, now) = (call.container.pod.meta.uid.clone(), call.container.name.clone(), call.cluster.now());
    if let Some(life) = call.cluster.runtime().life(&uid, &name).cloned() {
        let life = Life { serves_since: life.serves_since.or(Some(now)), ..life };
        call.cluster.runtime_mut().set_life(&uid, &name, Some(life));
    }
    Outcome::ServesBehind
}

/// The files that a server makes at its start, by its options and its variables.
pub fn write_files(own: &Container, cluster: &mut Cluster, words: &[String]) {
    let container = &own.trusted();
    let option = |name: &str| {
        let value = words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_string)
    };
    let hostname = container.hostname();
    let set = hostname.rsplit_once('-').map_or(hostname.as_str(), |(set, _)| set);
    let ordinal = container.host_ordinal();
    let domain = container.full_hostname().split_once('.').map_or(String::new(), |pair| pair.1.to_string());
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
    for (path, text) in container.image.writes() {
        // Where its options do not say, nobody knows.
        let asked = path.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|pair| pair.0);
        if let Some(name) = asked.and_then(|name| name.strip_prefix('$')) {
            let Some(value) = container.variable(cluster, name) else { continue };
            let path = path.replace(&format!("{{${name}}}"), &value);
            if container.lookup(cluster, &path).is_none() {
                let text = fill(container, cluster, text);
                files.push((path, format!("{}\n", text.trim_end_matches('\n'))));
            }
            continue;
        }
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
        _ = container.make_directory(cluster, &crate::shell::container::parent_of(&path), true);
        _ = container.write(cluster, &path, &text, false);
        own.keep(cluster, &path);
    }
    own.leave_files(cluster, words);
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

/// A line with what the container's server was told: `{told:--OPTION VARIABLE=TEXT}`.
fn told(line: &str, container: &Container, cluster: &Cluster) -> String {
    let words = [container.words("command"), container.words("args")].concat();
    let mut line = line.to_string();
    while let Some((before, rest)) = line.split_once("{told:") {
        let (asked, behind) = rest.split_once('}').unwrap_or((rest, ""));
        let (names, usual) = asked.split_once('=').unwrap_or((asked, ""));
        let (option, variable) = names.split_once(' ').unwrap_or((names, ""));
        let by_option = words.iter().flat_map(|word| word.split_whitespace()).enumerate().find_map(|(at, word)| {
            match word.strip_prefix(option)? {
                "" => words.get(at + 1).cloned(),
                rest => rest.strip_prefix('=').map(str::to_string),
            }
        });
        let value = by_option.or_else(|| container.variable(cluster, variable).map(|value| value.to_string()));
        let value = value.filter(|value| !value.contains('$'));
        let value = value.unwrap_or_else(|| usual.replace("hostname", &container.hostname()));
        line = format!("{before}{value}{behind}");
    }
    line
}

/// Lines of which those that begin with `table: ` are a table with a frame, its first line in the middle.
fn laid_out(lines: Vec<String>) -> Vec<String> {
    let cells = |line: &str| line.strip_prefix("table: ").map(|line| line.split(" | ").map(str::to_string).collect());
    let rows: Vec<Vec<String>> = lines.iter().filter_map(|line| cells(line)).collect();
    let Some(head) = rows.first() else { return lines };
    let width = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.len())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let rule = widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).collect::<String>() + "+";
    let shown = |(number, row): (usize, &Vec<String>)| {
        let cell = |(at, text): (usize, &String)| {
            let width = widths.get(at).copied().unwrap_or(0);
            match (number, text.as_str()) {
                (0, text) => format!("| {text:^width$} "),
                (_, "true" | "false") => format!("| {text:>width$} "),
                _ => format!("| {text:<width$} "),
            }
        };
        row.iter().enumerate().map(cell).collect::<String>() + "|"
    };
    let mut all: Vec<String> = rows.iter().enumerate().map(shown).collect();
    all.insert(1, rule.clone());
    all.insert(0, rule.clone());
    all.push(rule);
    lines.into_iter().filter(|line| !line.starts_with("table: ")).chain(all).collect()
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
            .replace("{long}", id.replace('-', "").get(..16).unwrap_or(&id))
            .replace("{number}", &number.to_string())
            .replace("{share}", &share)
            .replace("{members}", &members.len().max(1).to_string())
            .replace("{stamp}", &cluster.now().rfc3339().replace('T', " ").replace('Z', "+00:00"))
    };
    let part =
        text.contains("{mode}").then(|| super::zookeeper::mode(container, cluster)).flatten().unwrap_or("follower");
    let mut lines = Vec::new();
    for line in container.image.text(text).replace("{mode}", part).split('\n') {
        match line.strip_prefix("each: ") {
            Some(line) => {
                let all = members.iter().enumerate();
                lines.extend(all.map(|(at, member)| told(&one(line, member, at + 1), member, cluster)));
            }
            None => lines.push(told(&one(line, container, 1), container, cluster)),
        }
    }
    let mut out: String = laid_out(lines).iter().map(|line| format!("{line}\n")).collect();
    if text.is_empty() {
        out.clear();
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    out
}
