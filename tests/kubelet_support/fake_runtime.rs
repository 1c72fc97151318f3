//! The container runtime of the recorded kubelet, as data: what image tags, commands and paths mean. Plays the
//! processes of a cluster; knows nothing of kubelets.

use statefulset_lab::cluster::Cluster;
use statefulset_lab::model::{Millis, Text, Value};
use statefulset_lab::world::disk::{DiskId, Entry, Owner};
use statefulset_lab::world::{ImageProfile, Order, Question, Reply, Run, RuntimeEvent};
use std::collections::BTreeMap;

/// A length of time as Go writes it.
pub fn duration(text: &str) -> Option<Millis> {
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().ok().map(Millis);
    }
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    Some(Millis((seconds * 1000.0) as i64))
}

/// The parts of an image's tag.
fn parts(image: &str) -> Vec<String> {
    image.rsplit_once(':').map_or_else(Vec::new, |(_, tag)| tag.split('_').map(str::to_string).collect())
}

/// What the registry and the machine say of an image. `is_there` says whether the machine has it from the start.
pub fn profile(image: &str, is_there: bool) -> ImageProfile {
    let parts = parts(image);
    let has = |name: &str| parts.iter().any(|part| part == name);
    let after = |prefix: &str| parts.iter().find_map(|part| part.strip_prefix(prefix)).map(str::to_string);
    let whole = format!("docker.io/{image}");
    let cannot = format!("failed to pull and unpack image \"{whole}\": failed to resolve reference \"{whole}\": ");
    let refuses = if has("pull-fails") {
        Some(format!("rpc error: code = NotFound desc = {cannot}{whole}: not found"))
    } else if has("pull-denied") {
        let why = "pull access denied, repository does not exist or may require authorization: server message: \
                   insufficient_scope: authorization failed";
        Some(format!("{cannot}{why}"))
    } else if has("pull-unavailable") {
        Some("RegistryUnavailable: fake registry is down".to_string())
    } else {
        None
    };
    let takes = match after("pull-slow-").and_then(|text| duration(&text)) {
        Some(takes) => takes,
        None if has("pull-hangs") => Millis::seconds(1_000_000),
        None => Millis(300),
    };
    let nope = "exec: \"nope\": executable file not found in $PATH";
    let shim = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create \
                failed: unable to start container process: error during container init: ";
    ImageProfile {
        takes,
        refuses: refuses.map(Text::from),
        user: after("uid-").or_else(|| after("user-")).unwrap_or_else(|| "0".to_string()).into(),
        create_error: has("create-fails")
            .then(|| "failed to create containerd container: get apparmor_parser version: fake".into()),
        start_error: has("start-fails").then(|| format!("{shim}{nope}").into()),
        is_present: is_there && !has("absent"),
    }
}

/// What a process is about to do.
enum Due {
    Ends { run: Run, code: i64, is_oom: bool },
    Answers { run: Run, number: u64, reply: Reply },
    Writes { run: Run, bytes: u64 },
}

/// The processes of all containers.
#[derive(Default)]
pub struct Processes {
    due: BTreeMap<(Millis, u64), Due>,
    running: BTreeMap<Run, (Millis, Vec<String>)>,
    sequence: u64,
}

impl Processes {
    /// When the next process does something.
    pub fn next_at(&self) -> Option<Millis> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn plan(&mut self, at: Millis, due: Due) {
        self.sequence += 1;
        self.due.insert((at, self.sequence), due);
    }

    /// Carries out what the kubelets ask for.
    pub fn obey(&mut self, cluster: &mut Cluster) {
        for order in cluster.runtime_mut().take_orders() {
            let now = cluster.now();
            match order {
                Order::Start { run, .. } => self.start(run, cluster),
                Order::Stop(run) => self.stop(run, now),
                Order::Kill(run) => _ = self.running.remove(&run),
                Order::Ask { run, number, question } => self.ask(run, number, &question, now),
                Order::Forget { number, .. } => {
                    self.due.retain(|_, due| !matches!(due, Due::Answers { number: n, .. } if *n == number));
                }
            }
        }
    }

    /// Does what is due at the cluster's time.
    pub fn act(&mut self, cluster: &mut Cluster) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= cluster.now()) {
            match entry.remove() {
                Due::Ends { run, code, is_oom } => {
                    let Some((_, parts)) = self.running.remove(&run) else { continue };
                    let message = last_words(cluster, &run, &parts, code).into();
                    cluster.runtime_mut().post(RuntimeEvent::Ended { run, code, is_oom, message });
                }
                Due::Writes { run, bytes } if self.running.contains_key(&run) => write(cluster, &run, bytes),
                Due::Writes { .. } => {}
                Due::Answers { run, number, reply } => {
                    cluster.runtime_mut().post(RuntimeEvent::Answered { run, number, reply, is_steady: false });
                }
            }
        }
    }

    fn start(&mut self, run: Run, cluster: &Cluster) {
        let now = cluster.now();
        let image = container_of(cluster, &run).map(|spec| spec.str_at(&["image"]).to_string()).unwrap_or_default();
        let parts = parts(&image);
        for part in &parts {
            let words: Vec<&str> = part.split('-').collect();
            if let ["write", size, "after", after] = words.as_slice() {
                let bytes = size.trim_end_matches("Mi").parse::<u64>().unwrap_or(0) << 20;
                self.plan(now + duration(after).unwrap_or_default(), Due::Writes { run: run.clone(), bytes });
            }
            let end = match words.as_slice() {
                ["exit", code, "after", after] => {
                    duration(after).zip(code.parse().ok()).map(|(d, code)| (d, code, false))
                }
                ["oom", "after", after] => duration(after).map(|d| (d, 137, true)),
                ["fails", times, after, then] => {
                    let fails = run.number < times.parse().unwrap_or(0);
                    let after = duration(after).unwrap_or_default();
                    if fails { Some((after, 1, false)) } else { (*then == "ok").then_some((after, 0, false)) }
                }
                _ => None,
            };
            if let Some((after, code, is_oom)) = end {
                self.plan(now + after, Due::Ends { run: run.clone(), code, is_oom });
            }
        }
        self.running.insert(run, (now, parts));
    }

    fn stop(&mut self, run: Run, now: Millis) {
        let Some((_, parts)) = self.running.get(&run) else { return };
        if parts.iter().any(|part| part == "term-ignore") {
            return;
        }
        let mut end = (Millis::ZERO, 0);
        for part in parts {
            let words: Vec<&str> = part.split('-').collect();
            match words.as_slice() {
                ["term", "exit", code] => end = (Millis::ZERO, code.parse().unwrap_or(0)),
                ["term", "exit", code, "after", after] => {
                    end = (duration(after).unwrap_or_default(), code.parse().unwrap_or(0));
                }
                _ => {}
            }
        }
        // The runtime takes a moment to pass a signal on.
        self.plan(now + end.0 + Millis(30), Due::Ends { run, code: end.1, is_oom: false });
    }

    fn ask(&mut self, run: Run, number: u64, question: &Question, now: Millis) {
        let Some((since, parts)) = self.running.get(&run) else { return };
        let (after, reply) = match question {
            Question::Exec(words) => command(words, now - *since, number),
            Question::Http { port, path, .. } if listens(parts, "http", *port, now - *since) => {
                page(path, now - *since)
            }
            Question::Tcp { port, .. }
                if listens(parts, "tcp", *port, now - *since) || listens(parts, "http", *port, now - *since) =>
            {
                (Millis::ZERO, Reply::Fine)
            }
            Question::Grpc { .. } => return,
            _ => (Millis::ZERO, Reply::Refused),
        };
        self.plan(now + after, Due::Answers { run, number, reply });
    }
}

fn container_of(cluster: &Cluster, run: &Run) -> Option<Value> {
    let pod = cluster.get(&run.pod)?;
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let specs = lists.iter().flat_map(|list| pod.list_at(&["spec", list]).iter());
    specs.clone().find(|spec| spec.str_at(&["name"]) == run.container.as_str()).cloned()
}

/// Writes a file of so many bytes into the volume at `/data`.
fn write(cluster: &mut Cluster, run: &Run, bytes: u64) {
    let spec = container_of(cluster, run).unwrap_or_default();
    let mount = spec.list_at(&["volumeMounts"]).iter().find(|mount| mount.str_at(&["mountPath"]) == "/data");
    let volume = Text::new(mount.map_or("", |mount| mount.str_at(&["name"])));
    let (id, now) = (DiskId::EmptyDir { pod_uid: run.uid.clone(), volume }, cluster.now());
    cluster.disks_mut().put(&id, "/file", Entry::Bulk(bytes), now, Owner::root(0o644));
}

fn last_words(cluster: &Cluster, run: &Run, parts: &[String], code: i64) -> String {
    let has = |name: &str| parts.iter().any(|part| part == name);
    let falls_back = container_of(cluster, run)
        .is_some_and(|spec| spec.str_at(&["terminationMessagePolicy"]) == "FallbackToLogsOnError");
    if has("msg") {
        format!("fake says bye with {code}\n")
    } else if has("log") && falls_back && code != 0 {
        (21..=100).map(|line| format!("line {line} of the log\n")).collect()
    } else {
        String::new()
    }
}

fn command(words: &[Text], age: Millis, number: u64) -> (Millis, Reply) {
    let words: Vec<&str> = words.iter().flat_map(|word| word.split(' ')).collect();
    let exit = |code: i64, output: String| Reply::Exit { code, output: output.into(), assumed: None };
    let limit = words.get(1).and_then(|text| duration(text)).unwrap_or_default();
    match words.first().copied().unwrap_or("") {
        "true" => (Millis::ZERO, exit(0, String::new())),
        "false" => (Millis::ZERO, exit(1, String::new())),
        "say-fail" => (Millis::ZERO, exit(2, format!("{}\n", words[1..].join(" ")))),
        "fail-until" if age < limit => (Millis::ZERO, exit(1, "not yet\n".into())),
        "ok-until" if age >= limit => (Millis::ZERO, exit(1, "no more\n".into())),
        "fail-until" | "ok-until" => (Millis::ZERO, exit(0, String::new())),
        "sleep" => (limit, exit(0, String::new())),
        program => {
            let text = format!(
                "rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"{number:064x}\": OCI runtime \
                 exec failed: exec failed: unable to start container process: exec: \"{program}\": executable file not \
                 found in $PATH"
            );
            (Millis::ZERO, Reply::CannotStart(text.into()))
        }
    }
}

fn listens(parts: &[String], protocol: &str, port: i64, age: Millis) -> bool {
    parts.iter().any(|part| {
        let words: Vec<&str> = part.split('-').collect();
        match words.as_slice() {
            [p, n] => *p == protocol && n.parse() == Ok(port),
            [p, n, "after", after] => {
                *p == protocol && n.parse() == Ok(port) && duration(after).is_some_and(|d| age >= d)
            }
            _ => false,
        }
    })
}

fn page(path: &str, age: Millis) -> (Millis, Reply) {
    let status = |status: i64| Reply::Http { status, body: Text::default(), is_redirect: false };
    let after = |prefix: &str| path.strip_prefix(prefix).and_then(duration);
    let reply = match path {
        "/fail" => status(500),
        "/slow" => return (Millis::seconds(5), status(200)),
        "/redirect-out" => Reply::Http {
            status: 302,
            body: "<a href=\"http://example.invalid/x\">Found</a>.\n\n".into(),
            is_redirect: true,
        },
        _ if path.starts_with("/status-") => status(path["/status-".len()..].parse().unwrap_or(200)),
        _ => match (after("/ok-after-"), after("/ok-until-")) {
            (Some(limit), _) if age < limit => status(500),
            (_, Some(limit)) if age >= limit => status(500),
            _ => status(200),
        },
    };
    (Millis::ZERO, reply)
}
