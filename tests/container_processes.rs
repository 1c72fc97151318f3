//! The first processes of containers: how and when each ends, what it wrote, what the stop signal does to it.
//!
//! The kubelet is played by hand: an order to start goes in, news come out.

#![cfg(not(target_arch = "wasm32"))]

use statefulset_lab::cluster::Cluster;
use statefulset_lab::model::{Kind, Millis, Object, Text, Value};
use statefulset_lab::shell::Processes;
use statefulset_lab::world::{Order, Question, Reply, Run, RuntimeEvent};
use statefulset_lab::{list, obj};
use std::rc::Rc;

/// A cluster in which one container was just started.
struct World {
    cluster: Cluster,
    processes: Processes,
    run: Run,
    news: Vec<RuntimeEvent>,
}

impl World {
    fn new(image: &'static str, is_init: bool, command: &[&str]) -> World {
        let mut cluster = Cluster::new(1);
        let mut pod = Object::new(Kind::Pod, "default", "p");
        let command: Vec<Value> = command.iter().map(|word| Value::text(word)).collect();
        let mount = obj! { "name" => "work", "mountPath" => "/data" };
        let container = obj! {
            "name" => "c", "image" => image, "command" => Value::from(command), "volumeMounts" => list![mount],
        };
        let field = if is_init { "initContainers" } else { "containers" };
        let volume = obj! { "name" => "work", "emptyDir" => Value::map() };
        pod.set_at(&["spec"], obj! { "volumes" => list![volume] });
        pod.set_at(&["spec", field], list![container]);
        cluster.insert(pod).expect("the store is empty");
        let pod = cluster.list(Kind::Pod).next().expect("the pod").clone();
        let run = Run { pod: pod.key(), uid: pod.meta.uid.clone(), container: "c".into(), number: 0 };
        cluster.runtime_mut().order(Order::Start { run: run.clone(), ip: "10.0.0.9".into() });
        let mut world = World { cluster, processes: Processes::default(), run, news: Vec::new() };
        world.settle();
        world
    }

    fn settle(&mut self) {
        self.processes.obey(&mut self.cluster);
        self.processes.look(&mut self.cluster);
        self.news.extend(self.cluster.runtime_mut().take_events());
    }

    /// Lets so many milliseconds pass.
    fn pass(&mut self, ms: i64) {
        let until = self.cluster.now() + Millis(ms);
        while let Some(at) = self.processes.next_at().filter(|at| *at <= until) {
            self.cluster.set_now(at.max(self.cluster.now()));
            self.processes.step(&mut self.cluster, at);
            self.news.extend(self.cluster.runtime_mut().take_events());
        }
        self.cluster.set_now(until);
        self.processes.advance(&mut self.cluster, until);
        self.settle();
    }

    fn order(&mut self, order: Order) {
        self.cluster.runtime_mut().order(order);
        self.settle();
    }

    fn ask(&mut self, words: &[&str]) -> Option<Reply> {
        let question = Rc::new(Question::Exec(words.iter().map(|word| Text::new(word)).collect()));
        self.question(question)
    }

    fn question(&mut self, question: Rc<Question>) -> Option<Reply> {
        self.news.clear();
        self.order(Order::Ask { run: self.run.clone(), number: 1, question });
        self.pass(100);
        self.news.iter().find_map(|event| match event {
            RuntimeEvent::Answered { reply, .. } => Some(reply.clone()),
            _ => None,
        })
    }

    fn end(&self) -> Option<i64> {
        self.news.iter().find_map(|event| match event {
            RuntimeEvent::Ended { code, .. } => Some(*code),
            _ => None,
        })
    }

    fn log(&self) -> String {
        let pod = self.cluster.list(Kind::Pod).next().expect("the pod");
        let container = statefulset_lab::shell::container::Container::of(&self.cluster, pod, "c").expect("it");
        statefulset_lab::shell::logs::written(&container, &self.cluster).join("|")
    }
}

/// Image, whether it is an init container, the script, how long it is watched, its exit code if it ends by then, what
/// it wrote.
type Row = (&'static str, bool, &'static str, i64, Option<i64>, &'static str);

const ROWS: &[Row] = &[
    ("busybox:1.36", true, "true || exit 1", 100, Some(0), ""),
    (
        "busybox:1.36",
        true,
        "false && exit 0; cat /nope",
        100,
        Some(1),
        "cat: can't open '/nope': No such file or directory",
    ),
    ("busybox:1.36", true, "if [ -f /x ]; then exit 1; fi; echo fine", 100, Some(0), "fine"),
    (
        "busybox:1.36",
        true,
        "until test -f /tmp/go; do echo waiting; sleep 2; done",
        5000,
        None,
        "waiting|waiting|waiting",
    ),
    ("busybox:1.36", true, "(sleep 3; touch /tmp/go) & until test -f /tmp/go; do sleep 2; done", 5000, Some(0), ""),
    ("nginx:1.27", false, "sleep 1; exec nginx -g 'daemon off;'", 60_000, None, ""),
    ("nginx:1.27", false, "[ -n \"$HOSTNAME\" ] || exit 1; exec nginx -g 'daemon off;'", 60_000, None, ""),
    (
        "nginx:1.27",
        false,
        "until test -f /etc/hostname; do sleep 1; done; exec nginx -g 'daemon off;'",
        60_000,
        None,
        "",
    ),
    ("nginx:1.27", false, "if [ -z \"$FOO\" ]; then exit 1; fi; exec nginx", 100, Some(1), ""),
    ("busybox:1.36", false, "for i in 1 2 3; do echo $i; sleep 2; done; exit 7", 5900, None, "1|2|3"),
    ("busybox:1.36", false, "for i in 1 2 3; do echo $i; sleep 2; done; exit 7", 6100, Some(7), ""),
    ("busybox:1.36", false, "cat /nope", 100, Some(1), ""),
    (
        "busybox:1.36",
        false,
        "echo a > /nope/b; echo $?",
        100,
        Some(0),
        "sh: can't create /nope/b: nonexistent directory|1",
    ),
    (
        "nginx:1.27",
        false,
        "echo a > /nope/b; echo $?",
        100,
        Some(0),
        "sh: 1: cannot create /nope/b: Directory nonexistent|2",
    ),
    (
        "busybox:1.36",
        false,
        "rm /nope; mkdir /a/b",
        100,
        Some(1),
        "rm: can't remove '/nope': No such file or directory|mkdir: can't create directory '/a/b': No such file or directory",
    ),
    ("busybox:1.36", false, "timeout 1 sleep 5; exit $?", 2000, Some(143), ""),
    ("busybox:1.36", false, "telnet somewhere 23; exit 3", 60_000, None, ""),
    ("busybox:1.36", false, "mkdir /data/x/y && echo made", 100, Some(1), ""),
    ("busybox:1.36", false, "mkdir /data/x && test -d /data/x && echo made", 100, Some(0), ""),
    ("busybox:1.36", false, "wget -qO- http://nothere", 100, Some(1), ""),
    ("busybox:1.36", false, "sleep infinity", 3_600_000, None, ""),
    ("busybox:1.36", false, "while true; do date; sleep 10; done", 25_000, None, "3"),
    ("busybox:1.36", false, "echo a; sleep 1 & wait; echo b", 2000, Some(0), ""),
    ("busybox:1.36", false, "{ echo 1; sleep 2; echo 2; } | while read n; do echo got $n; done", 3000, Some(0), ""),
    ("busybox:1.36", false, "timeout 3 sleep 60; exit $?", 4000, Some(143), ""),
    ("busybox:1.36", false, "tail -f /dev/null", 60_000, None, ""),
    ("nginx:1.27", false, "nginx -t && nginx -g 'daemon off;'", 60_000, None, ""),
    ("redis:8", false, "redis-server --port 6380 & wait", 60_000, None, ""),
    // What this lab does not know never makes a container fail.
    ("example.com/app:1", true, "/app/migrate --up; exit 3", 5000, Some(0), ""),
    ("example.com/app:1", false, "/app/check || exit 1; exec /app/server --port 8080", 60_000, None, ""),
    ("example.com/app:1", false, "prepare-things; my-server", 60_000, None, ""),
    // Short flags mean what they mean to each server.
    ("memcached:1.6", false, "memcached -m 64 -t 4 -v", 60_000, None, ""),
    ("postgres:17", false, "postgres -h 0.0.0.0 -s", 60_000, None, ""),
    ("example.com/app:1", true, "set -e; apk add --no-cache curl > /dev/null; echo go", 5000, Some(0), "go"),
    ("nicolaka/netshoot", true, "ss -tlnp; tcpdump -c 1; echo on", 5000, Some(0), "on"),
    ("postgres:17", true, "until pg_isready -h db; do sleep 1; done", 5000, None, ""),
    ("example.com/app:1", true, "until pg_isready -h db; do sleep 1; done", 5000, None, ""),
    ("example.com/app:1", true, "until db-is-ready -h db; do sleep 1; done", 5000, Some(0), ""),
];

#[test]
fn containers_end_as_their_scripts_do() {
    let mut problems = String::new();
    for (image, is_init, script, ms, code, log) in ROWS {
        let mut world = World::new(image, *is_init, &["sh", "-c", script]);
        let shown = world.log();
        world.pass(*ms);
        let (end, later) = (world.end(), world.log());
        let count =
            if *log == "3" { later.split('|').count() == 3 } else { log.is_empty() || shown == *log || later == *log };
        if end != *code || !count {
            problems.push_str(&format!("{script}\n  ends {end:?}, wrote {shown} / {later}; right: {code:?}, {log}\n"));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn a_program_that_is_not_there_does_not_start() {
    for (image, command, why) in [
        ("nginx:1.27", "/bin/nosuch", "stat /bin/nosuch: no such file or directory"),
        ("busybox:1.36", "bash", "exec: \"bash\": executable file not found in $PATH"),
    ] {
        let world = World::new(image, false, &[command, "-c", "sleep infinity"]);
        let Some(RuntimeEvent::StartFailed { message, .. }) = world.news.first() else { panic!("{image} {command}") };
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn the_stop_signal_ends_servers_and_runs_traps() {
    let cases = [
        ("nginx:1.27", "sleep 1; exec nginx -g 'daemon off;'", Some(0)),
        ("busybox:1.36", "sleep 3600", None),
        ("busybox:1.36", "while true; do sleep 1; done", None),
        ("busybox:1.36", "trap 'echo bye; exit 5' TERM; while true; do sleep 1; done", Some(5)),
        ("busybox:1.36", "trap 'exit 0' TERM; sleep 3600 & wait", Some(0)),
        ("busybox:1.36", "trap '' TERM; sleep 3600 & wait", None),
        ("cassandra:5", "exec cassandra -f", Some(143)),
        ("example.com/app:1", "exec /app/server", Some(0)),
    ];
    for (image, script, code) in cases {
        let mut world = World::new(image, false, &["sh", "-c", script]);
        world.pass(5500);
        world.news.clear();
        let run = world.run.clone();
        world.order(Order::Stop(run));
        world.pass(2000);
        assert_eq!(world.end(), code, "{script}");
    }
}

#[test]
fn probes_ask() {
    let exit = |code: i64, output: &str| Some(Reply::Exit { code, output: Text::new(output), assumed: None });
    let mut world = World::new("nginx:1.27", false, &[]);
    for (words, reply) in [
        (&["false"][..], exit(1, "")),
        (&["sh", "-c", "exit 1"], exit(1, "")),
        (&["sh", "-ec", "test -f /tmp/ok"], exit(1, "")),
        (&["sh", "-c", "test -f /etc/hostname && test -f /etc/hosts"], exit(0, "")),
        (&["grep", "-q", "ok", "/etc/hostname"], exit(1, "")),
        (&["sh", "-c", "[ \"$(cat /etc/hostname)\" = p ]"], exit(0, "")),
        (&["test", "!", "-f", "/etc/hostname"], exit(1, "")),
        (&["sh", "-c", "echo not yet >&2; exit 2"], exit(2, "not yet\n")),
    ] {
        assert_eq!(world.ask(words), reply, "{words:?}");
    }
    assert!(matches!(world.ask(&["/no/such.sh"]), Some(Reply::CannotStart(_))));
    let http = |port: i64, path: &str| {
        Rc::new(Question::Http { host: Text::default(), port, path: Text::new(path), is_https: false })
    };
    assert!(matches!(world.question(http(80, "/")), Some(Reply::Http { status: 200, .. })));
    assert!(matches!(world.question(http(80, "/nope")), Some(Reply::Http { status: 404, .. })));
    assert_eq!(world.question(http(8080, "/")), Some(Reply::Refused));
    assert_eq!(world.question(Rc::new(Question::Tcp { host: Text::default(), port: 9999 })), Some(Reply::Refused));
    assert_eq!(world.question(Rc::new(Question::Tcp { host: Text::default(), port: 80 })), Some(Reply::Fine));
}

#[test]
fn a_steady_answer_changes_with_the_file_that_it_was_about() {
    let mut world =
        World::new("nginx:1.27", false, &["sh", "-c", "sleep 5; touch /tmp/ready; exec nginx -g 'daemon off;'"]);
    let reply = world.ask(&["cat", "/tmp/ready"]);
    assert!(matches!(reply, Some(Reply::Exit { code: 1, .. })), "{reply:?}");
    world.news.clear();
    world.pass(4000);
    assert!(world.news.is_empty(), "{:?}", world.news);
    world.pass(2000);
    assert!(world.news.iter().any(|event| matches!(event, RuntimeEvent::LookAtPod(_))), "{:?}", world.news);
}

#[test]
fn known_images_say_a_few_words() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("redis:8", &["redis-cli", "ping"], "PONG\n"),
        ("timescale/timescaledb:2", &["pg_isready"], "/var/run/postgresql:5432 - accepting connections\n"),
        ("percona:8.4", &["mysqladmin", "ping"], "mysqld is alive\n"),
        ("rabbitmq:4", &["rabbitmq-diagnostics", "-q", "ping"], "Ping succeeded\n"),
    ];
    for (image, words, said) in cases {
        let mut world = World::new(image, false, &[]);
        let reply = world.ask(words);
        let Some(Reply::Exit { code, output, .. }) = reply else { panic!("{words:?}: {reply:?}") };
        assert_eq!((code, output.as_str()), (0, *said), "{words:?}");
    }
    let mut world = World::new("cassandra:5", false, &[]);
    let Some(Reply::Exit { code, .. }) = world.ask(&["nodetool", "status"]) else { panic!() };
    assert_eq!(code, 1, "it listens only after a while");
    world.pass(30_000);
    let Some(Reply::Exit { code, output, .. }) = world.ask(&["nodetool", "status"]) else { panic!() };
    assert_eq!(code, 0);
    assert!(output.contains("UN  10.0.0.9"), "{output}");
}
