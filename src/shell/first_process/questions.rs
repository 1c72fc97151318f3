//! What kubelets ask containers: probes, hooks and last words, and how they are answered.

use super::first_shell::present;
use super::{Processes, Steady};
use crate::cluster::Cluster;
use crate::model::{Millis, Text, Value};
use crate::shell::bound_addresses::are_own_hosts;
use crate::shell::container::Container;
use crate::shell::container_world::ContainerWorld;
use crate::shell::exec_target::Streams;
use crate::shell::images::Family;
use crate::shell::language::{Event, Io, Shell};
use crate::shell::terminal_session::{exec_id, first_shell, load_started, may_start};
use crate::shell::waiting::FOREVER;
use crate::shell::{commands, logs};
use crate::world::{Question, Reply, Run, RuntimeEvent};
use std::rc::Rc;

/// The most that a question's answer holds, in bytes.
const ANSWER_MAX: usize = 10 * 1024;

/// A question that is being answered.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) number: u64,
    pub(super) question: Rc<Question>,
    pub(super) container: Container,
    pub(super) shell: Shell,
    output: String,
    pub(super) wake: Millis,
    /// The disks as they were when it was asked.
    pub(super) version: u64,
}

impl Processes {
    pub(super) fn ask(&mut self, run: &Run, number: u64, question: &Rc<Question>, cluster: &mut Cluster) {
        let Some(container) = self.running.get(run).map(|process| process.container.clone()) else {
            let reply = self.reply_for_ended(run, question, cluster);
            let news = RuntimeEvent::Answered { run: run.clone(), number, reply, is_steady: false };
            return cluster.runtime_mut().post(news);
        };
        let container = present(container, cluster).asked();
        let Question::Exec(words) = question.as_ref() else {
            let reply = look_up(&container, question, cluster);
            let is_steady = container.breaks().is_none_or(|at| at <= cluster.now());
            let steady = Steady { container, question: Rc::clone(question), reply };
            return self.answer(run, number, steady, is_steady, cluster);
        };
        let argv: Vec<String> = words.iter().map(Text::to_string).collect();
        if let Err(why) = may_start(&argv, &container, cluster) {
            let reply = cannot_start(&container, &why, cluster);
            return self.answer(
                run,
                number,
                Steady { container, question: Rc::clone(question), reply },
                false,
                cluster,
            );
        }
        let shell = question_shell(&container, &argv, cluster);
        let asked = Asked {
            number,
            question: Rc::clone(question),
            container,
            shell,
            output: String::new(),
            wake: cluster.now(),
            version: cluster.disks().version(),
        };
        let key = (run.clone(), number);
        self.asked.insert(key.clone(), Rc::new(asked));
        self.go_on(&key, cluster);
    }

    /// What comes of a question to a container whose process is over. Others of its pod may answer at its address.
    fn reply_for_ended(&self, run: &Run, question: &Question, cluster: &Cluster) -> Reply {
        if matches!(question, Question::Exec(_)) {
            let text =
                "rpc error: code = Unknown desc = failed to exec in container: container is in CONTAINER_EXITED state";
            return Reply::CannotStart(text.into());
        }
        let others = self.runs_of(&run.pod, &run.uid);
        let other = others.first().and_then(|other| self.running.get(other));
        other.map_or(Reply::Refused, |other| look_up(&present(other.container.clone(), cluster), question, cluster))
    }

    /// Runs the command of a question until it waits or is over.
    pub(super) fn go_on(&mut self, key: &(Run, u64), cluster: &mut Cluster) {
        let Some(asked) = self.asked.get_mut(key) else { return };
        let asked = Rc::make_mut(asked);
        let (event, text) = ask_once(&mut asked.shell, &asked.container, cluster);
        if asked.output.len() < ANSWER_MAX {
            asked.output.push_str(&text);
        }
        match event {
            Event::Exit(code) => {
                let assumed = asked.shell.take_assumed();
                let code = if assumed.is_some() { 0 } else { code };
                let Question::Exec(words) = asked.question.as_ref() else { return };
                // What took time, wrote files or asked others may be answered otherwise the next time.
                let has_waited = asked.wake > Millis::ZERO && cluster.disks().version() != asked.version;
                let is_steady = !has_waited && is_about_files(words);
                let output = Text::new(&asked.output);
                let reply = Reply::Exit { code, output, assumed: assumed.map(Text::from) };
                let steady = Steady { container: asked.container.clone(), question: Rc::clone(&asked.question), reply };
                let number = asked.number;
                self.asked.remove(key);
                self.answer(&key.0, number, steady, is_steady, cluster);
            }
            Event::Sleep(until) => asked.wake = until.max(cluster.now() + Millis(1)),
            Event::Line(_) | Event::Blocked => asked.wake = FOREVER,
        }
    }

    fn answer(&mut self, run: &Run, number: u64, steady: Steady, is_steady: bool, cluster: &mut Cluster) {
        let reply = steady.reply.clone();
        if is_steady {
            let all = Rc::make_mut(self.steady.entry(run.clone()).or_default());
            all.retain(|other| other.question != steady.question);
            all.push(steady);
            self.seen = self.seen.max(cluster.disks().version());
        }
        cluster.runtime_mut().post(RuntimeEvent::Answered { run: run.clone(), number, reply, is_steady });
    }
}

/// Runs the command of a question until it waits or is over. What fails for a file that a program that nobody here knows
/// may have made, changed or taken away is taken for granted.
fn ask_once(shell: &mut Shell, container: &Container, cluster: &mut Cluster) -> (Event, String) {
    let mut world = ContainerWorld::new(container, cluster);
    let mut io = Io::new(&mut world);
    let event = shell.run(&mut io);
    let text = io.take_text();
    let unknown = world.unknown_file().filter(|_| matches!(event, Event::Exit(code) if code != 0));
    if let Some(path) = unknown {
        shell.grant(&format!("file {path}"));
    }
    (event, text)
}

fn question_shell(container: &Container, argv: &[String], cluster: &Cluster) -> Shell {
    let mut shell = first_shell(container, cluster, Streams { stdin: false, tty: false });
    shell.set_input("");
    load_started(&mut shell, argv, container, cluster);
    shell
}

/// What the kubelet hears of a command that could not begin.
fn cannot_start(container: &Container, why: &str, cluster: &Cluster) -> Reply {
    let id = exec_id(container, cluster);
    let text =
        format!("rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"{id}\": {why}");
    Reply::CannotStart(text.into())
}

/// The answer of a command that is over at once.
pub(super) fn answer_at_once(container: &Container, words: &[Text], cluster: &mut Cluster) -> Option<Reply> {
    let argv: Vec<String> = words.iter().map(Text::to_string).collect();
    if let Err(why) = may_start(&argv, container, cluster) {
        return Some(cannot_start(container, &why, cluster));
    }
    let mut shell = question_shell(container, &argv, cluster);
    let (event, output) = ask_once(&mut shell, container, cluster);
    let Event::Exit(code) = event else { return None };
    let assumed = shell.take_assumed();
    let code = if assumed.is_some() { 0 } else { code };
    Some(Reply::Exit { code, output: output.into(), assumed: assumed.map(Text::from) })
}

/// What a server of the pod answers: containers of a pod share its address.
pub(super) fn look_up(container: &Container, question: &Question, cluster: &Cluster) -> Reply {
    let port = match question {
        Question::Http { port, .. } | Question::Tcp { port, .. } | Question::Grpc { port, .. } => *port,
        Question::Exec(_) => return Reply::Refused,
    };
    let pod = cluster.by_uid(&container.pod.meta.uid).unwrap_or(&container.pod);
    let all = Container::all_running(cluster, pod);
    let is_inside = matches!(question, Question::Http { host, .. } | Question::Tcp { host, .. } if are_own_hosts(host));
    let Some(server) = all.iter().find(|other| other.answers(cluster, port, is_inside)) else { return Reply::Refused };
    let foreign = server.speaks_instead(cluster, port);
    match question {
        Question::Http { .. } if foreign.is_some() => Reply::Misunderstood(foreign.unwrap_or("EOF")),
        Question::Grpc { .. } if foreign.is_some() || is_web_alone(server, cluster) => Reply::Refused,
        Question::Http { is_https: true, .. } if speaks_plainly(server, cluster, port) => {
            Reply::Misunderstood("http: server gave HTTP response to HTTPS client")
        }
        Question::Http { path, .. } => {
            let (status, body) = commands::answer(server, cluster, port, path);
            Reply::Http { status, body: body.into(), is_redirect: false }
        }
        _ => Reply::Fine,
    }
}

/// Whether a web server's settings do not hand on what is no plain request.
fn is_web_alone(server: &Container, cluster: &Cluster) -> bool {
    let is_web = matches!(server.image.family, Family::Nginx | Family::Httpd) && server.image.is_named();
    let texts = server.list(cluster, "/etc/nginx/conf.d").unwrap_or_default().into_iter();
    let texts = texts.map(|file| format!("/etc/nginx/conf.d/{}", file.0)).chain(["/etc/nginx/nginx.conf".to_string()]);
    let mut texts = texts.filter_map(|path| server.read(cluster, &path).ok());
    is_web && !texts.any(|text| text.contains("grpc") || text.contains("http2"))
}

/// Whether a server that this lab knows speaks without encryption on a port, as far as its settings say.
fn speaks_plainly(server: &Container, cluster: &Cluster, port: i64) -> bool {
    const ENCRYPTED: &[i64] = &[443, 2376, 6443, 8443, 9443, 10250];
    let is_web = matches!(server.image.family, Family::Nginx | Family::Httpd);
    let mut files = server.list(cluster, "/etc/nginx/conf.d").unwrap_or_default().into_iter();
    let mut has_keys = files.any(|file| {
        server.read(cluster, &format!("/etc/nginx/conf.d/{}", file.0)).is_ok_and(|text| text.contains("ssl"))
    });
    has_keys |= server.read(cluster, "/etc/nginx/nginx.conf").is_ok_and(|text| text.contains("ssl"));
    is_web && !has_keys && !ENCRYPTED.contains(&port)
}

/// The words with which a container ended: the file that it wrote for that, or the end of its log if that is asked for.
pub(super) fn last_words(container: &Container, code: i64, cluster: &Cluster) -> Text {
    let path = container.field(&["terminationMessagePath"]).and_then(Value::as_str).unwrap_or("/dev/termination-log");
    let written = container.read(cluster, path).map(|text| text.to_string()).unwrap_or_default();
    let wants_log =
        container.field(&["terminationMessagePolicy"]).and_then(Value::as_str) == Some("FallbackToLogsOnError");
    if !written.is_empty() || code == 0 || !wants_log {
        return Text::new(cut(&written, 4096));
    }
    let lines = logs::written(container, cluster);
    let kept = lines.get(lines.len().saturating_sub(80)..).unwrap_or(&[]);
    let text: String = kept.iter().map(|line| format!("{line}\n")).collect();
    let from = text.len().saturating_sub(2048);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Text::new(text.get(from..).unwrap_or(""))
}

fn cut(text: &str, most: usize) -> &str {
    let to = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..to).unwrap_or("")
}

/// Whether a command's answer depends on files and on the container's own server alone.
fn is_about_files(words: &[Text]) -> bool {
    const OTHERS: &[&str] = &[
        "date",
        "sleep",
        "zkServer",
        "zookeeper",
        "curl",
        "wget",
        "nslookup",
        "dig",
        "host",
        "ping",
        "getent",
        "nc",
        "ncat",
        "uptime",
        "RANDOM",
        "SECONDS",
    ];
    let text = words.iter().map(Text::to_string).collect::<Vec<_>>().join(" ");
    let mut parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    !parts.any(|part| OTHERS.contains(&part))
}

/// Whether a script is a loop that nothing ends, so that it need not be run before somebody looks at what it did.
pub(super) fn is_endless(words: &[String]) -> bool {
    let text = words.join(" ");
    let loops = ["while true", "while :", "while [ 1 ]", "while sleep", "for ((;;))"];
    let ends = ["exit", "break", "exec", "kill", "return", "wait", "trap", "set -", "until"];
    let flags = words.iter().any(|word| word.starts_with('-') && word.ends_with('c') && word != "-c");
    loops.iter().any(|part| text.contains(part)) && !ends.iter().any(|part| text.contains(part)) && !flags
}
