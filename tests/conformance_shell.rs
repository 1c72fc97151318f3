//! Holds the shell's language, and the small programs beside it, against the real bash, dash and BusyBox.
//!
//! `tests/conformance/shell-scripts.txt` has the scripts; `shell.jsonl` what the real shells said, a line for each
//! script and shell. `script/shell-oracle` runs the real ones anew. `CONFORMANCE_DIR` names another folder with a
//! `shell.jsonl`.

#![cfg(not(target_arch = "wasm32"))]

use statefulset_lab::cluster::Cluster;
use statefulset_lab::model::{Kind, Millis, Object, Value, parse_json, to_json};
use statefulset_lab::shell::container::Container;
use statefulset_lab::shell::language::{Event, Io, Piece, Shell, ShellKind};
use statefulset_lab::shell::{ContainerWorld, FOREVER, Streams};
use statefulset_lab::{list, obj};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::rc::Rc;

/// The shell of BusyBox, with its programs.
const BUSYBOX: &str = "busybox";

/// What a script came to.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    status: i64,
    out: String,
    err: String,
}

/// A pod whose container starts in an empty directory.
fn world(image: &'static str) -> (Cluster, Container) {
    let mut cluster = Cluster::new(1);
    let mut pod = Object::new(Kind::Pod, "default", "oracle");
    let mount = obj! { "name" => "work", "mountPath" => "/work" };
    let container = obj! {
        "name" => "c", "image" => image, "workingDir" => "/work", "volumeMounts" => list![mount],
    };
    let volume = obj! { "name" => "work", "emptyDir" => Value::map() };
    pod.set_at(&["spec"], obj! { "containers" => list![container], "volumes" => list![volume] });
    let running = obj! { "running" => obj! { "startedAt" => "2026-01-01T00:00:00Z" } };
    let status = obj! { "name" => "c", "restartCount" => 0, "state" => running };
    pod.set_at(&["status"], obj! { "phase" => "Running", "containerStatuses" => list![status] });
    cluster.insert(pod).expect("the store is empty");
    let pod: Rc<Object> = cluster.list(Kind::Pod).next().expect("the pod").clone();
    let container = Container::of(&cluster, &pod, "c").expect("its container");
    (cluster, container)
}

/// Runs a script here, to its end.
fn ours(shell: &str, script: &str) -> Ran {
    let (kind, image) = match shell {
        "bash" => (ShellKind::Bash, "debian:12"),
        "dash" => (ShellKind::Dash, "debian:12"),
        _ => (ShellKind::Ash, "busybox:1.36"),
    };
    let (mut cluster, container) = world(image);
    let environment = [("PATH", "/usr/bin:/bin"), ("HOME", "/root")].map(|(name, value)| (name.into(), value.into()));
    let mut machine = Shell::new(kind, environment.to_vec(), "/work", Streams { stdin: false, tty: false });
    machine.set_input("");
    machine.set_command();
    machine.load_script(script, if shell == BUSYBOX { "sh" } else { shell });
    let mut ran = Ran { status: -1, out: String::new(), err: String::new() };
    for _ in 0..1000 {
        let mut inside = ContainerWorld::new(&container, &mut cluster);
        let mut io = Io::new(&mut inside);
        let event = machine.run(&mut io);
        for Piece { stream, text, .. } in io.take() {
            if stream == 1 { ran.out.push_str(&text) } else { ran.err.push_str(&text) }
        }
        match event {
            Event::Exit(status) => {
                ran.status = status;
                break;
            }
            Event::Sleep(until) if until < FOREVER => cluster.set_now(until.max(cluster.now() + Millis(1))),
            _ => break,
        }
    }
    ran
}

/// Runs a script in the real shell, in an empty directory.
fn theirs(shell: &str, script: &str) -> Ran {
    let directory = std::env::temp_dir().join(format!("shell-oracle-{}", std::process::id()));
    _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory");
    // All programs are BusyBox's where its shell runs.
    let programs = std::env::temp_dir().join(format!("shell-oracle-{}-programs", std::process::id()));
    let (program, path) = match shell {
        BUSYBOX => {
            std::fs::create_dir_all(&programs).expect("a directory");
            let installed = Command::new(BUSYBOX).args(["--install", "-s"]).arg(&programs).status();
            assert!(installed.is_ok_and(|status| status.success()), "busybox is installed");
            ("sh", programs.display().to_string())
        }
        shell => (shell, "/usr/bin:/bin".to_string()),
    };
    // A name behind `-c` lets BusyBox name lines where it does not in containers.
    let arguments: &[&str] = if shell == BUSYBOX { &["-c", script] } else { &["-c", script, program] };
    let output = Command::new(if shell == BUSYBOX { programs.join("sh") } else { program.into() })
        .arg0(program)
        .args(arguments)
        .env_clear()
        .envs([("PATH", path.as_str()), ("HOME", "/root")])
        .current_dir(&directory)
        .stdin(Stdio::null())
        .output()
        .expect("bash, dash and busybox are installed");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&directory.display().to_string(), "/work");
    Ran { status: output.status.code().unwrap_or(-1).into(), out: text(output.stdout), err: text(output.stderr) }
}

/// The scripts with the shells that they are for.
fn scripts() -> Vec<(String, String)> {
    scripts_of(&format!("{}/tests/conformance/shell-scripts.txt", env!("CARGO_MANIFEST_DIR")))
}

/// The same of another file.
fn scripts_of(path: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path).expect("the scripts");
    let mut all = Vec::new();
    for block in text.split("\n---- ").skip(1) {
        let (shells, script) = block.split_once('\n').unwrap_or((block, ""));
        all.extend(shells.split_whitespace().map(|shell| (shell.to_string(), script.to_string())));
    }
    all
}

#[test]
#[ignore = "runs the real shells and writes down what they say"]
fn record() {
    let mut rows = String::new();
    for (shell, script) in scripts() {
        let name = shell.trim_end_matches('~');
        let ran = theirs(name, &script);
        let mut row = obj! {
            "shell" => name.to_string(), "script" => script.clone(), "status" => ran.status, "out" => ran.out,
        };
        // `~` behind a shell's name: its messages are not compared.
        if !shell.ends_with('~') {
            row.set_at(&["err"], ran.err);
        }
        // Signs of shells are easier to read than their numbers.
        let text = to_json(&row).replace("\\u0026", "&").replace("\\u003c", "<").replace("\\u003e", ">");
        rows.push_str(&text);
        rows.push('\n');
    }
    let path = format!("{}/tests/conformance/shell.jsonl", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, rows).expect("the recordings can be written");
}

#[test]
#[ignore = "runs the scripts of the file that SHELL_SCRIPTS names in the real shells and here"]
fn compare() {
    let path = std::env::var("SHELL_SCRIPTS").expect("SHELL_SCRIPTS names a file like shell-scripts.txt");
    let mut differ = 0;
    for (shell, script) in scripts_of(&path) {
        let name = shell.trim_end_matches('~');
        let (mut real, here) = (theirs(name, &script), ours(name, &script));
        if shell.ends_with('~') {
            real.err.clone_from(&here.err);
        }
        if real != here {
            differ += 1;
            println!("--- {name}\n{script}\n-- real: {real:?}\n-- here: {here:?}");
        }
    }
    println!("{differ} scripts differ");
}

#[test]
fn scripts_do_what_they_do_in_the_real_shells() {
    let own = format!("{}/tests/conformance", env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::var("CONFORMANCE_DIR").unwrap_or_else(|_| own.clone());
    let rows = std::fs::read_to_string(format!("{folder}/shell.jsonl"))
        .or_else(|_| std::fs::read_to_string(format!("{own}/shell.jsonl")))
        .expect("the recordings");
    let known: BTreeMap<String, String> = std::fs::read_to_string(format!("{own}/shell-known-failures.txt"))
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .filter_map(|line| line.split_once('\t'))
        .map(|(script, why)| (script.to_string(), why.to_string()))
        .collect();
    let (mut passed, mut count, mut complaints) = (0, 0, Vec::new());
    for row in rows.lines() {
        let row = parse_json(row).expect("one JSON object a line");
        let (shell, script) = (row.str_at(&["shell"]), row.str_at(&["script"]));
        let id = format!("{shell} {}", script.lines().next().unwrap_or(""));
        let ran = ours(shell, script);
        let err = row.get("err").and_then(Value::as_str).unwrap_or(&ran.err).to_string();
        let expected =
            Ran { status: row.i64_at(&["status"]).unwrap_or(-1), out: row.str_at(&["out"]).to_string(), err };
        count += 1;
        match (ran == expected, known.contains_key(&id)) {
            (true, false) => passed += 1,
            (true, true) => complaints.push(format!("{id}\npasses: take it off shell-known-failures.txt")),
            (false, true) => {}
            (false, false) => {
                complaints.push(format!("{shell}\n{script}\n-- recorded: {expected:?}\n-- here:     {ran:?}"))
            }
        }
    }
    println!("conformance shell: {passed} of {count}");
    for complaint in complaints.iter().take(60) {
        println!("--- {complaint}");
    }
    assert!(complaints.is_empty(), "{} scripts differ", complaints.len());
}
