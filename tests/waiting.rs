//! While a command waits, nothing that somebody types, clicks or applies is swallowed.

use statefulset_lab::model::Millis;
use statefulset_lab::playground::{Entry, Options, Outlook, Playground, SCENARIOS, Scenario};
use statefulset_lab::world::Environment;

#[path = "support/digest.rs"]
#[allow(dead_code, reason = "the lessons' lines alone are needed here")]
mod digest;

/// A set of three pods that is up.
fn web() -> Playground {
    let mut playground = Playground::new(Scenario::named("web").and_then(|it| it.options(1)).expect("it exists"));
    playground.advance(60_000);
    playground
}

/// Everything that stands in the console: what was typed behind its prompt, what a command behind the prompt said
/// behind its number.
fn screen(playground: &Playground) -> String {
    let mut out = String::new();
    for entry in playground.entries().iter() {
        match &**entry {
            Entry::Typed { prompt, text, .. } => out.push_str(&format!("{prompt}{text}\n")),
            Entry::Said { output, .. } => {
                for line in &output.lines {
                    out.push_str(&format!("{}\n", line.marked()));
                }
            }
        }
    }
    out
}

fn replicas(playground: &Playground) -> i64 {
    let sets = playground.cluster().list(statefulset_lab::model::Kind::StatefulSet);
    sets.map(|set| set.i64_at(&["spec", "replicas"]).unwrap_or(0)).sum()
}

/// Its past can be stored and played again.
fn holds_when_replayed(playground: &mut Playground) {
    playground.advance(10);
    let again = Playground::restore(&playground.save()).expect("a session");
    assert_eq!(screen(&again), screen(playground));
    assert_eq!(again.queued(), playground.queued());
}

#[test]
fn a_line_typed_during_a_watch_runs_and_the_watch_goes_on_behind() {
    let mut playground = web();
    playground.enter("kubectl get pods -w");
    assert_eq!(playground.waiting().expect("it waits").line, "kubectl get pods -w");
    playground.enter("kubectl scale sts web --replicas=5");
    assert_eq!(replicas(&playground), 5);
    assert_eq!(playground.jobs(), [(1, "kubectl get pods -w".to_string())]);
    playground.advance(30_000);
    let seen = screen(&playground);
    assert!(seen.contains("[1]+ kubectl get pods -w &\n"), "{seen}");
    assert!(seen.contains("hint: the command goes on in the background"), "{seen}");
    assert!(seen.contains("[1] web-4   0/1     Pending"), "{seen}");
    playground.enter("fg");
    assert!(playground.waiting().is_some_and(|it| it.is_endless));
    playground.interrupt();
    assert!(playground.waiting().is_none() && playground.jobs().is_empty());
    holds_when_replayed(&mut playground);
}

#[test]
fn a_line_typed_during_a_rollout_is_queued_in_sight_and_runs_after_it() {
    let mut playground = web();
    playground.enter("kubectl rollout restart sts/web");
    playground.enter("kubectl rollout status sts/web");
    playground.enter("kubectl scale sts web --replicas=1");
    playground.enter("");
    assert_eq!(playground.queued().iter().collect::<Vec<_>>(), ["kubectl scale sts web --replicas=1"]);
    assert_eq!(replicas(&playground), 3);
    holds_when_replayed(&mut playground);
    playground.advance(60_000);
    assert!(playground.queued().is_empty());
    assert_eq!(replicas(&playground), 1);
    let seen = screen(&playground);
    let order = ["roll out complete: 3 new", "$ kubectl scale sts web --replicas=1\nstatefulset.apps/web scaled\n"];
    let places: Vec<usize> = order.iter().map(|text| seen.find(text).unwrap_or_else(|| panic!("{seen}"))).collect();
    assert!(places.is_sorted(), "{seen}");
}

#[test]
fn ctrl_c_ends_what_waits_and_not_what_was_typed_after_it() {
    let mut playground = web();
    for line in ["kubectl delete pvc www-web-0", "kubectl get pvc", "kubectl scale sts web --replicas=4"] {
        playground.enter(line);
    }
    assert_eq!(playground.waiting().expect("the claim is in use").line, "kubectl delete pvc www-web-0");
    assert_eq!(playground.queued().len(), 2);
    playground.interrupt();
    assert_eq!(replicas(&playground), 4);
    assert!(screen(&playground).contains("^C\n$ kubectl get pvc\nNAME"), "{}", screen(&playground));
}

#[test]
fn queued_lines_are_taken_back_or_sent_on() {
    let mut playground = web();
    playground.enter("kubectl delete pvc www-web-0");
    playground.enter("kubectl scale sts web --replicas=0");
    playground.forget_queued();
    assert!(playground.queued().is_empty());
    playground.enter("kubectl scale sts web --replicas=2");
    playground.to_background();
    assert_eq!(replicas(&playground), 2);
    playground.end_job(1);
    assert!(playground.jobs().is_empty());
    holds_when_replayed(&mut playground);
}

#[test]
fn what_the_page_asks_for_runs_at_once_whatever_waits() {
    let setups: &[&[&str]] = &[
        &["kubectl get pods -w"],
        &["kubectl logs -f web-0"],
        &["kubectl delete pvc www-web-0"],
        &["kubectl set image sts/web nginx=nginx:bad", "kubectl rollout status sts/web"],
        &["kubectl wait --for=delete pod/web-0 --timeout=300s"],
        &["kubectl create pdb web --selector=app=nginx --min-available=3", "kubectl drain node-b --ignore-daemonsets"],
        &["kubectl exec -it web-0 -- sh"],
        &["kubectl run -it client --image=busybox -- sh"],
        &["while true; do sleep 5; done"],
        &["sleep 100 && echo after"],
        &["kubectl get pods \\"],
    ];
    for lines in setups {
        let mut playground = web();
        lines.iter().for_each(|line| playground.enter(line));
        let prompt = playground.prompt();
        playground.ask("kubectl scale sts web --replicas=5");
        assert_eq!(replicas(&playground), 5, "{lines:?}\n{}", screen(&playground));
        let edited = playground.editor().replace("replicas: 3", "replicas: 6");
        playground.set_editor(&edited);
        playground.apply_editor();
        assert_eq!(replicas(&playground), 6, "{lines:?}\n{}", screen(&playground));
        if prompt.text.contains('#') || prompt.text == "> " {
            assert_eq!(playground.prompt(), prompt, "the session is left alone: {lines:?}");
        }
        holds_when_replayed(&mut playground);
    }
}

#[test]
fn a_shell_that_was_left_alone_goes_on() {
    let mut playground = web();
    playground.enter("kubectl exec -it web-0 -- sh");
    playground.enter("cd /usr");
    playground.ask("kubectl get pods -w");
    playground.enter("pwd");
    assert!(screen(&playground).ends_with("/usr\n"), "{}", screen(&playground));
    assert_eq!(playground.jobs().len(), 1);
}

#[test]
fn what_follows_a_command_in_its_line_follows_it_behind_the_prompt_too() {
    let mut playground = web();
    playground.enter("sleep 10 && echo after > note && echo said");
    playground.ask("kubectl get nodes");
    playground.advance(15_000);
    playground.enter("cat note");
    let seen = screen(&playground);
    assert!(seen.contains("[1] said\n[1] [1]+  Done"), "{seen}");
    assert!(seen.ends_with("$ cat note\nafter\n"), "{seen}");
}

/// Somebody who clicks one line of a lesson after the other, without waiting, sees each of them do what it says.
#[test]
fn every_line_of_a_lesson_runs_although_the_one_before_waits() {
    for (scenario, lesson) in SCENARIOS.iter().zip(digest::LESSONS) {
        let mut playground = Playground::new(scenario.options(1).expect("its environment exists"));
        playground.advance(60_000);
        let lines = digest::lines(lesson);
        for line in &lines {
            playground.ask(line);
            playground.advance(1_500);
        }
        playground.advance(120_000);
        assert!(playground.queued().is_empty(), "{}: {:?}", scenario.id, playground.queued());
        let seen = screen(&playground);
        for line in &lines {
            let is_typed = seen.lines().any(|typed| typed.ends_with(line)) || *line == "secret";
            assert!(is_typed, "{}: `{line}` did not run:\n{seen}", scenario.id);
        }
    }
}

#[test]
fn lines_are_bounded_and_the_bound_is_said() {
    let options = Options {
        seed: 1,
        environment: Environment::named("minikube").expect("it exists"),
        manifest: String::new(),
        lines: Vec::new(),
    };
    let mut playground = Playground::new(options);
    playground.enter("sleep 1000");
    (0..600).for_each(|number| playground.enter(&format!("echo {number}")));
    assert_eq!(playground.queued().len(), 500);
    assert!(screen(&playground).contains("500 lines wait already, `echo 500` is one too many"));
}

#[test]
fn what_is_pressed_while_a_lesson_begins_comes_behind_its_opening_lines() {
    let source = std::fs::read_to_string("www/lessons/broken-parallel.md").expect("it is there");
    let kubernetes = statefulset_lab::kubernetes::Kubernetes::default();
    let mut playground = Playground::of_lesson("broken-parallel", &source, kubernetes).expect("it can be read");
    playground.ask("kubectl get pods");
    assert!(playground.queued().iter().any(|line| line == "kubectl get pods"), "{:?}", playground.queued());
    playground.advance(60_000);
    let screen = screen(&playground);
    let image = screen.find("$ kubectl set image").expect("the opening lines run");
    assert!(screen.find("$ kubectl get pods").expect("the reader's line runs") > image, "{screen}");
    assert!(screen.contains("web-0   0/1 "), "the broken pod is what the lesson is about\n{screen}");
    holds_when_replayed(&mut playground);
}

#[test]
fn a_wait_finds_what_the_line_right_before_has_asked_for() {
    let mut playground = web();
    playground.enter("kubectl create deployment shop --image=nginx --replicas=2");
    playground.enter("kubectl wait --for=condition=Ready pod -l app=shop");
    playground.advance(30_000);
    let seen = screen(&playground);
    assert_eq!(seen.matches(" condition met\n").count(), 2, "{seen}");
    // What nobody makes is not waited for.
    let before = playground.now();
    playground.enter("kubectl wait --for=condition=Ready pod/nobody");
    assert!(!playground.is_busy() && playground.now().0 - before.0 < 1000, "{}", screen(&playground));
    assert_eq!(screen(&playground).matches("pods \"nobody\" not found").count(), 1);
    // Who does not wait asks what there is now, as a lesson's goals do.
    let before = playground.now();
    playground.enter("kubectl wait --for=condition=Ready pod/nobody --timeout=0s");
    assert_eq!((playground.now(), playground.holds("--for=condition=Ready pod/nobody")), (before, false));
    holds_when_replayed(&mut playground);
}

/// While a cluster rests, nothing else makes the page draw the prompt anew.
#[test]
fn a_command_that_ends_without_a_word_is_seen_to_end_in_a_cluster_at_rest() {
    let mut playground = web();
    playground.advance(600_000);
    let hour = Millis::seconds(3600);
    assert_eq!(playground.outlook(hour), Outlook::Settled);
    playground.enter("sleep 3");
    let end = playground.now() + Millis::seconds(3);
    assert_eq!(playground.outlook(hour), Outlook::Until(end));
    let (seen, _) = playground.advance_some(end + Millis(-1), usize::MAX);
    assert!(!seen && playground.waiting().is_some());
    let (seen, _) = playground.advance_some(end, usize::MAX);
    assert!(seen && playground.waiting().is_none());
    assert_eq!(playground.outlook(hour), Outlook::Settled);
}
