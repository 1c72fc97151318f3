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
    for words in [&["nonsense"][..], &[], &["run"], &["check", "--nonsense", "a.md"], &["run", "-", "--seed", "x"]] {
        let (status, _, error) = lab(words, "");
        assert_eq!((status, error.contains("lab run FILE")), (2, true), "{words:?}: {error}");
    }
    let (status, out, _) = lab(&["help"], "");
    assert_eq!((status, out.contains("exit status")), (0, true));
}
