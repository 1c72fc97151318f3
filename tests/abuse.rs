//! What somebody types to see where the lab breaks: each is answered, or told why not, and Ctrl-C works after it.

use statefulset_lab::playground::{Entry, Playground, Scenario};

/// A set of three pods that is up.
fn web() -> Playground {
    let mut playground = Playground::new(Scenario::named("web").and_then(|it| it.options(1)).expect("it exists"));
    playground.advance(60_000);
    playground
}

/// What was said, without what was typed.
fn said(playground: &Playground) -> String {
    let lines = playground.entries().iter().flat_map(|entry| match &**entry {
        Entry::Typed { .. } => Vec::new(),
        Entry::Said { output, .. } => output.lines.iter().map(|line| line.text()).collect(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Ctrl-C leads back to the prompt, and the next line is answered.
fn goes_on(playground: &mut Playground) {
    playground.interrupt();
    playground.enter("echo all is $((40 + 2))");
    assert!(said(playground).ends_with("all is 42"), "{}", said(playground));
    assert!(playground.is_at_home());
}

#[test]
fn a_variable_that_doubles_meets_its_bound_and_the_line_ends() {
    let mut playground = web();
    playground.enter("a=xxxxxxxxxx; for i in {1..40}; do a=$a$a; done; echo never");
    let seen = said(&playground);
    assert!(seen.contains("values end at 1024 KiB in this lab"), "{seen}");
    assert!(!seen.contains("never"), "{seen}");
    goes_on(&mut playground);
}

#[test]
fn endless_loops_let_time_pass_and_are_ended_by_ctrl_c() {
    for line in ["while true; do kubectl get pods -o yaml; done", "while :; do :; done", "f() { f; }; f"] {
        let mut playground = web();
        let before = playground.now();
        playground.enter(line);
        playground.advance(3_000);
        assert!(playground.now() > before, "{line}");
        let lines: usize = said(&playground).lines().count();
        assert!(lines <= 110_000, "{line}: {lines}");
        goes_on(&mut playground);
    }
}

#[test]
fn what_one_command_writes_is_bounded_on_the_screen_and_whole_in_pipes() {
    let mut playground = web();
    playground.put_file("big.txt", &"0123456789abcde\n".repeat(128 * 1024));
    playground.enter("cat big.txt");
    playground.advance(3_000);
    let seen = said(&playground);
    assert!(seen.contains("the rest is left out: what one command writes ends at 1024 KiB in this lab"), "{seen}");
    playground.enter("clear; cat big.txt | wc -c");
    playground.advance(3_000);
    assert!(said(&playground).ends_with("2097152"), "{}", said(&playground));
    playground.enter("x=$(cat big.txt); echo ${#x}");
    playground.advance(3_000);
    assert!(said(&playground).contains("values end at 1024 KiB in this lab"), "{}", said(&playground));
    goes_on(&mut playground);
    playground.enter("while true; do cat big.txt >> more.txt; done");
    playground.advance(10_000);
    assert!(said(&playground).contains("No space left on device"));
    goes_on(&mut playground);
}

/// Lines whose readers have to wait for their writers, and what they say at the end.
const PIPES: &[(&str, &str)] = &[
    ("for i in {1..6000}; do echo $i 0123456789012345678901234567890123456789; done | wc -l", "6000"),
    ("for i in {1..6000}; do echo $i; done | tail -n 1", "6000"),
    ("for i in {1..6000}; do echo $i; done | sort -n | tail -n 1", "6000"),
    ("(sleep 1; echo hi) | (cat; echo after) | cat", "hi\nafter"),
    ("(echo a; sleep 2; echo b) | (read x; echo got $x; wc -l)", "got a\n1"),
    ("(echo a; sleep 2; echo bcd) | bash -c 'read x; echo $x; wc -c'", "a\n4"),
    ("printf 'a\nb\n' | { x=$(cat); y=$(cat); echo \"[$x][$y]\"; }", "[a\nb][]"),
];

#[test]
fn what_reads_a_pipe_gets_all_of_it() {
    for (line, words) in PIPES {
        let mut playground = web();
        playground.enter(line);
        playground.advance(30_000);
        let seen = said(&playground);
        assert!(seen.ends_with(words), "{line}: {}", seen.get(..2000).unwrap_or(&seen));
        goes_on(&mut playground);
    }
}

/// So many ConfigMaps that they are written piece by piece.
fn many() -> Playground {
    let mut playground = web();
    let object = |at: usize| {
        let data = "0123456789".repeat(300);
        format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{at}}}\ndata: {{a: \"{data}\"}}\n")
    };
    playground.put_file("many.yaml", &(0..450).map(object).collect::<String>());
    playground.enter("kubectl apply -f many.yaml | tail -n 1");
    playground.advance(20_000);
    playground
}

#[test]
fn a_long_list_is_written_piece_by_piece_and_whole() {
    let mut playground = many();
    for (line, words) in [
        ("kubectl get cm -o yaml | tail -n 3", "kind: List\nmetadata:\n  resourceVersion: \"\""),
        (
            "kubectl get cm -o json | tail -n 5",
            "    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}",
        ),
        ("kubectl get cm -o yaml | grep -c '^  kind: ConfigMap'", "451"),
        ("kubectl get cm -o json | grep -c '^            \"kind\": \"ConfigMap\"'", "451"),
        ("kubectl get cm -o yaml | head -n 2", "apiVersion: v1\nitems:"),
        ("kubectl get cm -o yaml > all.yaml; grep -c '^  kind: ConfigMap' all.yaml", "451"),
    ] {
        playground.enter(&format!("clear; {line}"));
        playground.advance(5_000);
        assert!(said(&playground).ends_with(words), "{line}: {}", said(&playground));
    }
    playground.enter("clear; kubectl get cm -o yaml");
    playground.interrupt();
    assert!(said(&playground).lines().count() < 1000);
    playground.enter("clear; kubectl get cm -o yaml");
    playground.advance(5_000);
    assert!(said(&playground).ends_with("what one command writes ends at 1024 KiB in this lab"));
    goes_on(&mut playground);
}

#[test]
fn the_longest_grace_is_counted_without_overflow() {
    let mut playground = web();
    playground.enter("kubectl delete pod web-0 --grace-period=9223372036854775807 --wait=false");
    playground.advance(10_000);
    goes_on(&mut playground);
}

#[test]
fn two_long_pod_specs_that_differ_everywhere_are_compared_in_time_and_space() {
    let mut playground = web();
    let pod = |mark: &str| {
        let words: String = (0..20_000).map(|at| format!("    - {mark}{at}\n")).collect();
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: long\nspec:\n  containers:\n  - name: c\n    image: busybox\n    command:\n{words}"
        )
    };
    playground.put_file("a.yaml", &pod("a"));
    playground.put_file("b.yaml", &pod("b"));
    playground.enter("kubectl apply -f a.yaml");
    playground.enter("kubectl apply -f b.yaml | head -n 5");
    playground.advance(3_000);
    let seen = said(&playground);
    assert!(seen.contains("pod updates may not change fields other than"), "{}", seen.get(..2000).unwrap_or(&seen));
    goes_on(&mut playground);
}

#[test]
fn patterns_take_time_that_grows_with_the_line_alone() {
    let mut playground = web();
    playground.put_file("long.txt", &("a".repeat(20_000) + "c\n"));
    playground.enter("grep -cE '(a*)*b' long.txt; grep -cE '(a|aa)+c' long.txt");
    assert!(said(&playground).ends_with("0\n1"), "{}", said(&playground));
    goes_on(&mut playground);
}

/// Lines, and what is said of the bound that each of them meets.
const BOUNDS: &[(&str, &str)] = &[
    ("echo x | sed ':a;s/x/xx/;ta' | wc -c", "in this lab"),
    ("echo x | sed ':a;ba'", "a script ends after 1000000 commands in this lab"),
    ("awk 'BEGIN { while (1); }'", "a program ends after 5000000 steps in this lab"),
    ("awk 'BEGIN { s = \"x\"; for (i = 0; i < 60; i++) s = s s }'", "a text ends at 1024 KiB in this lab"),
    (
        "awk 'function f(n) { return f(n + 1) } BEGIN { f(1) }'",
        "functions call each other 100 deep at most in this lab",
    ),
    ("printf '%1000000000d' 5 | wc -c", "what one command writes ends at 1024 KiB in this lab"),
    ("seq 1 1000000000000 | tail -n 1", "what one command writes ends at 1024 KiB in this lab"),
    ("x=$(printf 'a%.0s' {1..9000}); echo ${x//a/$x} | wc -c", "this replacement takes more than this lab gives it"),
    (
        "x=$(printf 'a%.0s' {1..9000}); echo ${x//a*a*a*a*b/} | wc -c",
        "this replacement takes more than this lab gives it",
    ),
    ("a=({1..99999}); a[999999]=x; a[999998]=y", "arrays end at 100000 values in this lab"),
    ("echo {1..1000000000}", "one command gets 100000 words and 2048 KiB at most in this lab"),
];

#[test]
fn every_bound_is_met_in_time_and_said() {
    for (line, words) in BOUNDS {
        let mut playground = web();
        playground.enter(line);
        playground.advance(20_000);
        let seen = said(&playground);
        assert!(seen.contains(words), "{line}: {}", seen.get(..2000).unwrap_or(&seen));
        goes_on(&mut playground);
    }
}

#[test]
fn what_stands_deep_inside_itself_is_refused_before_it_is_read() {
    let deep = |open: &str, inner: &str, close: &str| open.repeat(3000) + inner + &close.repeat(3000);
    for line in [
        format!("echo {}", deep("${a:-", "x", "}")),
        format!("echo ${{{}}}", deep("a[", "", "]")),
        format!("[[ {} ]]", deep("( ", "a", " )")),
        format!("[[ {} ]]", deep("! ", "a", "")),
        format!("[[ {} a ]]", "a && ".repeat(3000)),
        format!("{} {{ :; }}", "f() ".repeat(3000)),
        format!("echo {}", deep("\"$(", "echo hi", ")\"")),
        format!("echo $(({}))", deep("(", "1", ")")),
        deep("if true; then ", "echo x", "; fi"),
    ] {
        let mut playground = web();
        playground.enter(&line);
        playground.advance(1000);
        goes_on(&mut playground);
    }
    let mut playground = web();
    playground.enter("echo {-9223372036854775808..9223372036854775807..1} | wc -w");
    playground.enter(&format!("echo {{{}1..3}} | wc -c", "0".repeat(70_000)));
    goes_on(&mut playground);
}

#[test]
fn a_long_here_document_becomes_a_file_line_by_line_in_the_same_time() {
    let mut playground = web();
    playground.enter("cat > crds.yaml <<'EOF'");
    for number in 0..20_000 {
        playground.enter(&format!("# line {number} of a bundle of definitions"));
    }
    playground.enter("EOF");
    playground.enter("wc -l crds.yaml");
    assert!(said(&playground).ends_with("20000 crds.yaml"), "{}", said(&playground));
}

#[test]
fn variables_of_a_pod_that_double_stay_within_what_a_program_gets() {
    let mut playground = web();
    let env: String =
        (1..60).map(|at| format!("    - {{name: V{at}, value: \"$(V{0})$(V{0})x\"}}\n", at - 1)).collect();
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: nginx\n    env:\n{env}"
    );
    playground.put_file("p.yaml", &pod);
    playground.enter("kubectl apply -f p.yaml");
    playground.advance(20_000);
    playground.enter("kubectl exec p -- sh -c 'echo ${#V3} $((${#V59} < 200000))'");
    playground.advance(1000);
    assert!(said(&playground).ends_with(" 1"), "{}", said(&playground));
}
