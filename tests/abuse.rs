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
    assert!(seen.contains("values end at 64 KiB in this lab"), "{seen}");
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
fn what_one_command_writes_is_bounded_on_the_screen_and_in_pipes() {
    let mut playground = web();
    playground.put_file("big.txt", &"0123456789abcde\n".repeat(128 * 1024));
    playground.enter("cat big.txt | wc -c");
    playground.advance(3_000);
    let seen = said(&playground);
    assert!(seen.contains("the rest is left out: what one command writes ends at 1024 KiB in this lab"), "{seen}");
    assert!(seen.contains("1048576"), "{seen}");
    playground.enter("x=$(cat big.txt); echo ${#x}");
    playground.advance(3_000);
    assert!(said(&playground).contains("what $(…) takes ends at 256 KiB in this lab"), "{}", said(&playground));
    goes_on(&mut playground);
    playground.enter("while true; do cat big.txt >> more.txt; done");
    playground.advance(10_000);
    assert!(said(&playground).contains("No space left on device"));
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
