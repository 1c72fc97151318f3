//! The two tutorials as pages, played from top to bottom: every block is answered as it is printed.

use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::tutorial::{Content, Finding, Page, check};
use statefulset_lab::world::Environment;

fn playground() -> Playground {
    let environment = Environment::named("minikube").unwrap();
    Playground::new(Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() })
}

fn findings(text: &str) -> Vec<Finding> {
    check(&mut playground(), &Page::read(text).unwrap())
}

fn assert_answered(text: &str, sessions: usize) {
    let page = Page::read(text).unwrap();
    let live = page.blocks.iter().filter(|block| matches!(block.content, Content::Session(_))).count();
    assert_eq!(live, sessions);
    assert_eq!(findings(text), [], "differences");
}

const STATEFULSET: &str = include_str!("tutorials/statefulset.md");
const HANDS_ON: &str = include_str!("tutorials/hands_on.md");

#[test]
fn the_chapter_about_claims_is_answered_as_printed() {
    assert_answered(STATEFULSET, 6);
}

#[test]
fn the_hands_on_page_is_answered_as_printed() {
    assert_answered(HANDS_ON, 10);
}

#[test]
fn another_output_is_found_with_its_block_and_line() {
    let text = STATEFULSET.replacen("statefulset.apps/sts-mariadb   2/2", "statefulset.apps/sts-mariadb   2/3", 1);
    assert_ne!(text, STATEFULSET);
    let found = findings(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    let line = text.lines().position(|line| line.contains("2/3")).unwrap() + 1;
    assert_eq!((found[0].block, found[0].line, found[0].typed.as_str()), (4, line, "kubectl get sts,pods,pvc"));
    assert!(found[0].said.as_deref().unwrap_or_default().contains("2/2"), "{found:?}");
}

#[test]
fn a_line_that_nothing_says_is_found() {
    let found = findings("```console\n$ kubectl get nodes\nNAME   STATUS   AGE\nnode-9   Ready   2m\n```\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].printed, "node-9   Ready   2m");
}

#[test]
fn what_the_lab_does_not_know_does_not_stop_the_page() {
    let found = findings(
        "```console\n$ helm install x\nok\n$ kubectl get ns default\nNAME      STATUS   AGE\ndefault   Active   1d\n```\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}
