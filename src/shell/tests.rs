//! Sessions in a small cluster made by hand; nothing here needs a controller.

use super::{Processes, Prompt, Session, Step, Streams, Target, container_log};
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::ordering::Order;
use crate::{list, obj};

const TERMINAL: Streams = Streams { stdin: true, tty: true };
const PLAIN: Streams = Streams { stdin: false, tty: false };

/// A pod that runs.
pub fn add_pod(cluster: &mut Cluster, name: &'static str, image: &'static str, ip: &'static str, claim: &'static str) {
    let mut pod = Object::new(Kind::Pod, "default", name);
    let mut container = obj! { "name" => name.split('-').next().unwrap_or("x"), "image" => image };
    let mut spec = obj! { "nodeName" => "minikube" };
    if claim.is_empty() {
        container.set_at(&["args"], list!["bash"]);
    } else {
        let path = if image.contains("nginx") { "/usr/share/nginx/html" } else { "/var/lib/mysql" };
        container.set_at(&["volumeMounts"], list![obj! { "name" => "data", "mountPath" => path }]);
        container.set_at(&["env"], list![obj! { "name" => "MARIADB_ROOT_PASSWORD", "value" => "secret" }]);
        let volume = obj! { "name" => "data", "persistentVolumeClaim" => obj! { "claimName" => claim } };
        spec.set_at(&["volumes"], list![volume]);
        spec.set_at(&["subdomain"], "mariadb-svc");
        spec.set_at(&["hostname"], name);
    }
    let container_name = container.str_at(&["name"]).to_string();
    spec.set_at(&["containers"], list![container]);
    pod.set_at(&["spec"], spec);
    let running = obj! { "running" => obj! { "startedAt" => "2026-01-01T00:00:03Z" } };
    let status = obj! { "name" => container_name, "restartCount" => 0, "ready" => true, "state" => running };
    pod.set_at(&["status"], obj! { "phase" => "Running", "podIP" => ip, "containerStatuses" => list![status] });
    cluster.insert(pod).unwrap();
}

fn add_claim(cluster: &mut Cluster, name: &'static str, volume: &'static str) {
    let mut claim = Object::new(Kind::PersistentVolumeClaim, "default", name);
    claim.set_at(&["spec"], obj! { "volumeName" => volume });
    claim.set_at(&["status"], obj! { "capacity" => obj! { "storage" => "20Mi" } });
    cluster.insert(claim).unwrap();
    cluster.insert(Object::new(Kind::PersistentVolume, "", volume)).unwrap();
}

/// The second tutorial's cluster, with a web server beside it.
pub fn cluster() -> Cluster {
    let mut cluster = Cluster::new(1);
    cluster.set_now(Millis::seconds(5));
    add_claim(&mut cluster, "dbvl-mariadb-sts-0", "pvc-1");
    add_claim(&mut cluster, "www-web-0", "pvc-2");
    add_pod(&mut cluster, "mariadb-sts-0", "mariadb:11.3.2-jammy", "10.244.0.16", "dbvl-mariadb-sts-0");
    add_pod(&mut cluster, "web-0", "nginx:1.25", "10.244.0.20", "www-web-0");
    add_pod(&mut cluster, "my-pod", "ghcr.io/takara9/my-ubuntu:0.3", "10.244.0.17", "");
    add_pod(&mut cluster, "my-client", "mariadb:11.3.2-jammy", "10.244.0.18", "");
    let mut service = Object::new(Kind::Service, "default", "mariadb-svc");
    service.set_at(&["spec"], obj! { "clusterIP" => "None" });
    cluster.insert(service).unwrap();
    let mut slice = Object::new(Kind::EndpointSlice, "default", "mariadb-svc-x");
    slice.meta.labels.insert("kubernetes.io/service-name", "mariadb-svc".into());
    let endpoint = obj! {
        "hostname" => "mariadb-sts-0", "addresses" => list!["10.244.0.16"], "conditions" => obj! { "ready" => true },
        "targetRef" => obj! { "kind" => "Pod", "name" => "mariadb-sts-0", "namespace" => "default" },
    };
    slice.set_at(&["endpoints"], list![endpoint]);
    slice.set_at(&["ports"], list![obj! { "name" => "", "port" => 3306, "protocol" => "TCP" }]);
    cluster.insert(slice).unwrap();
    cluster
}

/// The first container of a pod of the tests' cluster.
pub fn target(pod: &str) -> Target {
    let container = pod.split('-').next().unwrap_or(pod);
    Target { namespace: "default".into(), pod: Text::new(pod), container: Text::new(container) }
}

/// Runs one command without a terminal and gives its output and exit code.
pub fn exec(cluster: &mut Cluster, pod: &str, argv: &[&str]) -> (String, i64) {
    let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
    let mut out = String::new();
    let (mut session, mut step) = Session::start(target(pod), &argv, PLAIN, cluster, &mut out);
    for _ in 0..100 {
        match step {
            Step::Done { exit_code } => return (out, exit_code),
            Step::Sleeping { until } => {
                cluster.set_now(until);
                step = session.wake(cluster, &mut out);
            }
            Step::Prompt(_) => step = session.end_of_input(cluster, &mut out),
        }
    }
    (out, -1)
}

fn sh(cluster: &mut Cluster, pod: &str, script: &str) -> String {
    exec(cluster, pod, &["sh", "-c", script]).0
}

/// Types lines and gives what the terminal shows.
pub fn dialogue(cluster: &mut Cluster, pod: &str, argv: &[&str], lines: &[&str]) -> String {
    let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
    let mut out = String::new();
    let (mut session, mut step) = Session::start(target(pod), &argv, TERMINAL, cluster, &mut out);
    for line in lines {
        match &step {
            Step::Prompt(Prompt { text, is_hidden }) => {
                out.push_str(&format!("{text}{}\n", if *is_hidden { "" } else { line }));
                step = session.line(line, cluster, &mut out);
            }
            Step::Sleeping { until } => {
                cluster.set_now(*until);
                step = session.wake(cluster, &mut out);
            }
            Step::Done { .. } => break,
        }
    }
    match step {
        Step::Prompt(prompt) => out.push_str(&format!("{}|", prompt.text)),
        Step::Sleeping { until } => out.push_str(&format!("sleeping until {until}|")),
        Step::Done { exit_code } => out.push_str(&format!("exit {exit_code}|")),
    }
    out
}

#[test]
fn the_tutorials_names_are_answered() {
    let mut cluster = cluster();
    let lines = ["nslookup mariadb-svc", "nslookup 10.244.0.16", "nslookup web-9.nginx", "exit"];
    let shown = dialogue(&mut cluster, "my-pod", &["bash"], &lines);
    assert_eq!(
        shown,
        "root@my-pod:/# nslookup mariadb-svc\nServer:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tmariadb-svc.default.svc.cluster.local\nAddress: 10.244.0.16\n\nroot@my-pod:/# nslookup 10.244.0.16\n16.0.244.10.in-addr.arpa\tname = mariadb-sts-0.mariadb-svc.default.svc.cluster.local.\n\nroot@my-pod:/# nslookup web-9.nginx\nServer:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n** server can't find web-9.nginx: NXDOMAIN\n\nroot@my-pod:/# exit\nexit\nexit 1|"
    );
}

#[test]
fn what_is_written_to_a_volume_outlives_the_pod() {
    let mut cluster = cluster();
    assert!(sh(&mut cluster, "my-pod", "curl -s http://10.244.0.20/").contains("403 Forbidden"));
    sh(&mut cluster, "web-0", "echo \"$(hostname)\" > /usr/share/nginx/html/index.html; echo lost > /tmp/x");
    assert_eq!(sh(&mut cluster, "my-pod", "curl http://10.244.0.20/"), "web-0\n");
    assert_eq!(sh(&mut cluster, "web-0", "cat /tmp/x"), "lost\n");
    cluster.remove(&Key::new(Kind::Pod, "default", "web-0"));
    assert!(sh(&mut cluster, "my-pod", "curl -s -S http://10.244.0.20/").starts_with("curl: (28)"));
    add_pod(&mut cluster, "web-0", "nginx:1.25", "10.244.0.21", "www-web-0");
    assert_eq!(sh(&mut cluster, "web-0", "curl http://localhost/"), "web-0\n");
    assert_eq!(sh(&mut cluster, "web-0", "cat /tmp/x"), "cat: /tmp/x: No such file or directory\n");
    cluster.remove(&Key::new(Kind::PersistentVolume, "", "pvc-2"));
    assert_eq!(sh(&mut cluster, "web-0", "ls /usr/share/nginx/html"), "", "the data went with the volume");
}

/// The same with an image of which everything is known.
fn plain_cluster() -> Cluster {
    let mut cluster = cluster();
    cluster.remove(&Key::new(Kind::Pod, "default", "my-pod"));
    add_pod(&mut cluster, "my-pod", "ubuntu:22.04", "10.244.0.17", "");
    cluster
}

#[test]
fn the_shell_knows_its_language() {
    let mut cluster = plain_cluster();
    for (script, shown) in [
        ("for i in 0 1 2; do echo web-$i; done", "web-0\nweb-1\nweb-2\n"),
        ("X=5; echo $((X * 2 + 1)) ${Y:-none} \"$X  $X\" '$X'", "11 none 5  5 $X\n"),
        ("echo ${HOSTNAME##*-}", "pod\n"),
        ("false || echo no; true && echo yes; ! false && echo not", "no\nyes\nnot\n"),
        ("echo a | tr a-z A-Z; echo b c | cut -d ' ' -f 2", "A\nc\n"),
        ("if [ -d /etc ]; then echo dir; else echo none; fi", "dir\n"),
        ("cd /tmp && pwd && touch a.txt b.txt && ls *.txt && rm a.txt && ls", "/tmp\na.txt\nb.txt\nb.txt\n"),
        ("echo x > /a/b", "sh: 1: cannot create /a/b: Directory nonexistent\n"),
        ("nothing", "sh: 1: nothing: not found\n"),
        ("cat <<END\n$HOSTNAME\nEND\n", "my-pod\n"),
        ("printf '%s-%s\\n' a b c d", "a-b\nc-d\n"),
        ("echo one; echo two >&2; ls /none 2>/dev/null; echo $?", "one\ntwo\n2\n"),
        ("printf 'a 1\\nb 2\\n' | while read n v; do echo $v$n; done", "1a\n2b\n"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n"),
        ("(cd /etc; pwd); pwd", "/etc\n/\n"),
        ("mkdir -p /a/b && echo hi | tee /a/b/c && cat /a/b/c && find /a", "hi\nhi\n/a\n/a/b\n/a/b/c\n"),
        ("hostname; hostname -f; hostname -i", "my-pod\nmy-pod\n10.244.0.17\n"),
        ("date", "Thu Jan  1 00:00:05 UTC 2026\n"),
        ("sh -c 'echo $0 $1' a b; bash -c \"exit 3\"; echo $?", "a b\n3\n"),
        ("{ echo a; echo b; } > /tmp/g; wc -l < /tmp/g", "2\n"),
    ] {
        assert_eq!(sh(&mut cluster, "my-pod", script), shown, "{script}");
    }
}

#[test]
fn each_process_has_random_numbers_of_its_own() {
    let mut cluster = cluster();
    let script = "for i in 1 2 3 4 5 6 7 8; do echo $((RANDOM % 1000 + 1)); done";
    let mut numbers = |pod: &str| exec(&mut cluster, pod, &["bash", "-c", script]).0;
    let (web, database) = (numbers("web-0"), numbers("mariadb-sts-0"));
    for text in [&web, &database] {
        let mut seen: Vec<u32> = text.lines().map(|line| line.parse().unwrap()).collect();
        seen.order();
        seen.dedup();
        assert!(seen.len() > 4 && seen.iter().all(|number| (1..=1000).contains(number)), "{text}");
    }
    assert_ne!(web, database);
    assert_eq!(numbers("web-0"), web, "the same moment, the same numbers");
}

#[test]
fn sleeping_takes_virtual_time_and_can_be_interrupted() {
    let mut cluster = cluster();
    assert_eq!(exec(&mut cluster, "my-pod", &["sleep", "3"]), (String::new(), 0));
    assert_eq!(cluster.now(), Millis::seconds(8));
    assert_eq!(sh(&mut cluster, "my-pod", "for i in 1 2; do date +%S; sleep 1; done"), "08\n09\n");
    let argv: Vec<String> = ["bash"].map(String::from).into();
    let mut out = String::new();
    let (mut session, _) = Session::start(target("my-pod"), &argv, TERMINAL, &mut cluster, &mut out);
    let step = session.line("while true; do sleep 100; done; echo never", &mut cluster, &mut out);
    assert!(matches!(step, Step::Sleeping { .. }));
    let prompt = Prompt { text: "root@my-pod:/# ".to_string(), is_hidden: false };
    assert_eq!(session.interrupt(&mut cluster, &mut out), Step::Prompt(prompt));
    assert!(matches!(session.line("while true; do true; done", &mut cluster, &mut out), Step::Sleeping { .. }));
    cluster.remove(&Key::new(Kind::Pod, "default", "my-pod"));
    assert!(!session.is_alive(&cluster));
    assert_eq!(session.wake(&mut cluster, &mut out), Step::Done { exit_code: 137 });
    assert_eq!(out, "^C\n");
}

#[test]
fn what_is_not_there_is_said() {
    let mut cluster = plain_cluster();
    let (out, code) = exec(&mut cluster, "my-pod", &["nothing"]);
    assert!(out.contains("exec: \"nothing\": executable file not found in $PATH"), "{out}");
    assert!(out.contains("failed to start exec \""), "{out}");
    assert_eq!(code, 1);
    let mut out = String::new();
    let (_, step) = Session::start(target("gone-0"), &["ls".to_string()], PLAIN, &mut cluster, &mut out);
    assert_eq!(step, Step::Done { exit_code: 1 });
    assert!(out.contains("container not found (\"gone\")"));
}

#[test]
fn lines_can_be_typed_into_a_file() {
    let mut cluster = cluster();
    let argv: Vec<String> = ["bash"].map(String::from).into();
    let mut out = String::new();
    let (mut session, _) = Session::start(target("web-0"), &argv, TERMINAL, &mut cluster, &mut out);
    session.line("cat > /usr/share/nginx/html/index.html", &mut cluster, &mut out);
    session.line("hello", &mut cluster, &mut out);
    session.end_of_input(&mut cluster, &mut out);
    session.line("cat /usr/share/nginx/html/index.html", &mut cluster, &mut out);
    assert_eq!(out, "hello\n");
}

/// Lets the cluster's changes reach the processes.
fn settle(processes: &mut Processes, cluster: &mut Cluster, seconds: i64) {
    for change in cluster.take_changes() {
        processes.observe(&change, cluster);
    }
    processes.advance(cluster, Millis::seconds(seconds));
    cluster.set_now(Millis::seconds(seconds));
}

fn log(cluster: &Cluster, pod: &str, is_previous: bool) -> Vec<String> {
    let pod = cluster.find(Kind::Pod, &"default".into(), &Text::new(pod)).unwrap();
    let name = target(&pod.meta.name).container;
    let lines = container_log(cluster, pod, &name, is_previous).unwrap_or_default();
    lines.into_iter().map(|line| format!("{} {}", line.at, line.text)).collect()
}

#[test]
fn a_script_writes_to_its_volume_and_its_log_while_time_goes_by() {
    let mut cluster = cluster();
    let mut processes = Processes::default();
    let mut pod = Object::clone(cluster.find(Kind::Pod, &"default".into(), &"web-0".into()).unwrap());
    pod.meta = crate::model::Meta { name: "log-0".into(), namespace: "default".into(), ..Default::default() };
    let mut container = pod.list_at(&["spec", "containers"])[0].clone();
    container.set_at(&["name"], "log");
    container.set_at(&["image"], "busybox");
    container.set_at(
        &["command"],
        list![
            "sh",
            "-c",
            "echo start; while true; do date +%S >> /usr/share/nginx/html/log; echo tick; sleep 10; done"
        ],
    );
    pod.set_at(&["spec", "containers"], list![container]);
    let running = obj! { "running" => obj! { "startedAt" => "2026-01-01T00:00:05Z" } };
    let status = obj! { "name" => "log", "restartCount" => 0, "state" => running };
    pod.set_at(&["status", "containerStatuses"], list![status]);
    cluster.insert(pod).unwrap();
    settle(&mut processes, &mut cluster, 26);
    assert_eq!(sh(&mut cluster, "web-0", "cat /usr/share/nginx/html/log"), "05\n15\n25\n");
    assert_eq!(
        log(&cluster, "log-0", false),
        ["00:05.000 start", "00:05.000 tick", "00:15.000 tick", "00:25.000 tick"]
    );
    cluster.remove(&Key::new(Kind::Pod, "default", "log-0"));
    settle(&mut processes, &mut cluster, 60);
    assert_eq!(sh(&mut cluster, "web-0", "tail -n 1 /usr/share/nginx/html/log"), "25\n", "it ended with its container");
}

#[test]
fn servers_tell_how_they_started() {
    let mut cluster = cluster();
    let lines = log(&cluster, "mariadb-sts-0", false).join("\n");
    assert!(
        lines.contains("Initializing database files") && lines.ends_with("mariadb.org binary distribution"),
        "{lines}"
    );
    sh(&mut cluster, "my-pod", "curl http://10.244.0.20/x");
    let lines = log(&cluster, "web-0", false);
    assert_eq!(
        lines.last().map(String::as_str),
        Some(
            "00:05.000 10.244.0.17 - - [01/Jan/2026:00:00:05 +0000] \"GET /x HTTP/1.1\" 404 153 \"-\" \"curl/8.14.1\" \"-\""
        )
    );
    assert_eq!(log(&cluster, "web-0", true), Vec::<String>::new());
}
