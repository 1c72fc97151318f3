//! The native program as somebody's CI calls it: what it prints, and its exit status. It needs the feature `render`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Calls `lab` with these words and this text on its standard input; returns its status and what it printed.
fn lab(words: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read it has ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

/// A file of the tests with this text.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_run_prints_what_is_seen_and_fails_with_its_last_line() {
    let (status, out, _) = lab(&["run", "-"], "kubectl get nodes\n");
    assert_eq!((status, out.starts_with("$ kubectl get nodes\nNAME ")), (0, true), "{out}");
    let (status, out, _) = lab(&["run", "-"], "kubectl get pod nobody\n");
    assert_eq!((status, out.contains("NotFound")), (1, true), "{out}");
    assert_eq!(lab(&["run", "-"], "kubectl get pod nobody\nkubectl get nodes\n").0, 0);
    let (status, out, _) = lab(&["run", "-", "--trace"], "kubectl create ns a\n");
    assert_eq!(status, 0);
    assert!(out.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{out}");
}

#[test]
fn time_goes_by_where_a_line_says_so() {
    let age = |wait: &str| lab(&["run", "-"], &format!("kubectl create ns a\n{wait}\nkubectl get ns a --no-headers\n"));
    assert!(age("wait 90s").1.contains("90s"));
    assert!(age("wait 2h").1.contains("120m"));
    let (status, _, error) = age("wait 10000h");
    assert_eq!((status, error.as_str()), (1, "lab: `wait 10000h` is too long: at most 30 days go by at once\n"));
}

#[test]
fn what_happens_during_a_wait_is_shown_and_what_never_ends_is_ended() {
    let (_, out, _) = lab(&["run", "-"], "kubectl get pods -w &\nkubectl run a --image=nginx\nwait 20s\necho after\n");
    let (before, _) = out.split_once("$ echo after").expect("it was run");
    assert!(before.contains("Running"), "{out}");
    let held = "kubectl create cm c\nkubectl patch cm c -p '{\"metadata\":{\"finalizers\":[\"a.b/c\"]}}'\nkubectl delete cm c\n";
    let (status, out, _) = lab(&["run", "-"], &format!("{held}echo next\n"));
    assert_eq!((status, out.ends_with("$ echo next\nnext\n")), (0, true), "{out}");
    assert!(out.contains("this had not ended after ten minutes"), "{out}");
    assert_eq!(lab(&["run", "-"], held).0, 1);
}

#[test]
fn a_check_names_file_line_and_block_of_what_differs() {
    let page = |name: &str, age: &str| {
        file(
            name,
            &format!("# Page\n\n```console\n$ kubectl get ns default\nNAME      STATUS   AGE\ndefault   {age}\n```\n"),
        )
    };
    let (good, bad) = (page("good.md", "Active   1d"), page("bad.md", "Gone     1d"));
    let (status, out, _) = lab(&["check", &good], "");
    assert_eq!((status, out), (0, format!("{good}: 1 blocks played, 0 lines differ or fail\n")));
    let (status, out, _) = lab(&["check", &good, &bad], "");
    assert_eq!(status, 1);
    assert!(
        out.contains(&format!("{bad}:6: block 1, after `kubectl get ns default`:\n  printed: default   Gone     1d\n")),
        "{out}"
    );
    assert!(out.ends_with(&format!("{bad}: 1 blocks played, 1 lines differ or fail\n")), "{out}");
    // Some editors put a byte order mark before the text.
    let marked = file("marked.md", &format!("\u{feff}{}", std::fs::read_to_string(&good).unwrap()));
    assert_eq!(lab(&["check", &marked], "").0, 0);
    let lines = file("marked.txt", "\u{feff}kubectl get nodes\n");
    assert_eq!(lab(&["run", &lines], "").0, 0);
}

#[test]
fn a_file_that_is_not_there_is_1_and_a_line_that_is_not_understood_is_2() {
    for words in [&["check", "nowhere.md"][..], &["run", "nowhere"], &["svg", "--manifest", "nowhere.yaml"]] {
        let (status, _, error) = lab(words, "");
        assert_eq!((status, error.starts_with("lab: nowhere")), (1, true), "{words:?}: {error}");
    }
    for (words, why, usage) in [
        (&["nonsense"][..], "there is no command \"nonsense\": there are run, check, svg", "lab svg ["),
        (&["help", "nonsense"], "there is no command", "lab svg ["),
        (&[], "a command is missing", "lab svg ["),
        (&["run"], "a file is missing", "lab run FILE"),
        (&["check", "--nonsense", "a.md"], "there is no --nonsense", "lab check PAGE.md"),
        (&["check", "-x", "a.md"], "there is no -x", "lab check PAGE.md"),
        (&["check", "--trace", "a.md"], "there is no --trace", "lab check PAGE.md"),
        (&["run", "-", "--seed", "x"], "--seed does not take x", "lab run FILE"),
        (&["run", "-", "--seed=1.5"], "--seed does not take 1.5", "lab run FILE"),
        (&["run", "-", "--version"], "--version needs a value", "lab run FILE"),
        (&["run", "-", "--version", "2.0"], "no Kubernetes 2.0", "lab run FILE"),
        (&["run", "-", "--environment", "mars"], "there is no environment mars", "lab run FILE"),
        (&["svg", "--nonsense", "x"], "there is no --nonsense", "lab svg ["),
        (&["version", "x"], "too many words", "lab version"),
        (&["check", "www/lessons/canary.md", "--seed", "2"], "--seed is for pages", "lab check PAGE.md"),
    ] {
        let (status, out, error) = lab(words, "");
        let lead = error.lines().next().unwrap_or_default();
        assert_eq!((status, out.as_str()), (2, ""), "{words:?}: {error}");
        assert!(lead.starts_with("lab: ") && lead.contains(why) && error.contains(usage), "{words:?}: {error}");
        // Of one command its own usage is shown.
        assert_eq!(
            error.contains("lab page FOLDER"),
            usage == "lab svg [" && words.first() != Some(&"svg"),
            "{words:?}: {error}"
        );
    }
}

#[test]
fn help_and_version_are_answers() {
    for words in [&["help"][..], &["--help"], &["-h"]] {
        let (status, out, error) = lab(words, "");
        assert_eq!((status, error.as_str()), (0, ""), "{words:?}");
        for part in ["lab run FILE", "lab check PAGE.md", "lab svg [", "lab page FOLDER", "exit status"] {
            assert!(out.contains(part), "{part}: {out}");
        }
    }
    for words in [&["run", "--help"][..], &["run", "-h"], &["help", "run"], &["run", "nowhere", "--help"]] {
        let (status, out, error) = lab(words, "");
        assert_eq!((status, error.as_str()), (0, ""), "{words:?}");
        assert!(out.starts_with("lab run FILE") && !out.contains("lab svg") && out.contains("exit status"), "{out}");
    }
    for words in [&["version"][..], &["--version"], &["-V"]] {
        let (status, out, _) = lab(words, "");
        assert_eq!(
            (status, out),
            (0, format!("lab {} (Kubernetes 1.34, 1.35, 1.36, 1.37)\n", env!("CARGO_PKG_VERSION")))
        );
    }
}

#[test]
fn a_value_may_stand_behind_an_equals_sign() {
    let (status, out, _) = lab(&["run", "-", "--version=1.35", "--lang=ja"], "kubectl version\n");
    assert_eq!((status, out.contains("Server Version: v1.35")), (0, true), "{out}");
    let (status, out, _) = lab(&["run", "-", "--gates=StatefulSetRecreateStrategy=true"], "lab versions\n");
    assert_eq!((status, out.contains("StatefulSetRecreateStrategy")), (0, true), "{out}");
}

#[test]
fn pages_and_lessons_are_checked_in_one_go() {
    let bad = file(
        "differs.md",
        "```console\n$ kubectl get ns default\nNAME      STATUS   AGE\ndefault   Gone     1d\n```\n",
    );
    let unsolved =
        file("unsolved.md", &std::fs::read_to_string("www/lessons/canary.md").unwrap().replace("kubectl ", "true "));
    let (status, out, error) = lab(&["check", "www/lessons/canary.md", &bad, &unsolved], "");
    assert_eq!(status, 1);
    assert!(out.starts_with("ok www/lessons/canary.md: ") && out.contains("Gone"), "{out}");
    assert!(error.starts_with(&format!("lab: {unsolved}: ")), "{error}");
    assert_eq!(lab(&["check", "www/lessons/canary.md"], "").0, 0);
}

#[test]
fn who_stops_reading_is_told_nothing_more() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(["run", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(b"kubectl get nodes\nkubectl get ns\n");
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(1), ""));
}
