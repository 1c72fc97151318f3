//! The same inputs give the same bytes: twice, from a stored session, and after going back in time.

#[path = "support/digest.rs"]
mod digest;
mod support;

use statefulset_lab::model::{Kind, Millis};
use statefulset_lab::playground::{Options, Playground, Record};
use statefulset_lab::world::Environment;

fn at(record: &Record) -> Millis {
    match record {
        Record::Change(change) => change.at,
        Record::Decision(decision) => decision.at,
    }
}

/// Fails with the virtual time at which two runs part.
fn assert_same(what: &str, one: &Playground, other: &Playground) {
    for (a, b) in one.records().iter().zip(other.records()) {
        let (a_text, b_text) = (format!("{a:?}"), format!("{b:?}"));
        assert!(a_text == b_text, "{what}: the runs part at {} ms:\n  {a_text}\n  {b_text}", at(a).0);
    }
    assert_eq!(one.records().len(), other.records().len(), "{what}: one run ends earlier");
    assert_eq!(one.entries(), other.entries(), "{what}: the console shows something else");
    assert_eq!(one.save(), other.save(), "{what}: the stored sessions differ");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    for (name, path) in support::transcripts() {
        let transcript = support::parse(&std::fs::read_to_string(path).expect("a text"));
        let (one, seen) = support::play(&transcript);
        let (other, seen_again) = support::play(&transcript);
        assert_eq!(seen, seen_again, "{name}");
        assert_same(&name, &one, &other);
    }
}

#[test]
fn a_stored_session_goes_on_as_the_one_it_was() {
    for (name, path) in support::transcripts() {
        let transcript = support::parse(&std::fs::read_to_string(path).expect("a text"));
        let (mut one, _) = support::play(&transcript);
        let mut other = Playground::restore(&one.save()).expect("a session that was just stored");
        assert_same(&name, &one, &other);
        for playground in [&mut one, &mut other] {
            playground.advance(60_000);
            playground.enter("kubectl get all");
        }
        assert_same(&name, &one, &other);
    }
}

#[test]
fn going_back_and_forth_changes_nothing() {
    for (name, path) in support::transcripts() {
        let transcript = support::parse(&std::fs::read_to_string(path).expect("a text"));
        let (one, _) = support::play(&transcript);
        let (mut other, _) = support::play(&transcript);
        let end = other.now();
        for part in [3, 0, 2, 1] {
            other.seek(Millis(end.0 * part / 4));
        }
        while other.step_back() {}
        other.seek(end);
        assert_same(&name, &one, &other);
    }
}

/// Everything that the API server holds, as text.
fn stored(playground: &Playground) -> String {
    let objects = Kind::ALL.iter().flat_map(|kind| playground.cluster().list(*kind));
    objects.map(|object| format!("{object:?}\n")).collect()
}

/// A rollout of sixty pods makes dozens of checkpoints, also in the middle of a moment.
#[test]
fn a_moment_is_the_same_however_it_is_reached() {
    let environment = Environment::named("zones").expect("a profile");
    let manifest = include_str!("../www/scenarios/web.yaml")
        .replace("replicas: 3", "replicas: 60\n  podManagementPolicy: Parallel");
    let lines = vec!["kubectl apply -f manifest.yaml".to_string()];
    let mut playground = Playground::new(Options { seed: 1, environment, manifest, lines });
    let mut moments = Vec::new();
    for step in 0..150 {
        playground.advance(700);
        if step == 60 {
            playground.enter("kubectl set image sts/web nginx=nginx:1.27; kubectl get pods -w");
            // A moment that is visited is complete: what follows from an input at once has followed.
            playground.advance(0);
        }
        moments.push((playground.now(), stored(&playground)));
    }
    assert!(playground.checkpoint_count() > 10, "{}", playground.checkpoint_count());
    let count = moments.len();
    for number in 0..count {
        let (at, expected) = &moments[number * 67 % count];
        playground.seek(*at);
        let seen = stored(&playground);
        let other = expected.lines().zip(seen.lines()).find(|(a, b)| a != b);
        assert!(seen == *expected, "another cluster at {} ms: {other:?}", at.0);
    }
}

/// The page's own tests compare the same number in a browser.
#[test]
fn every_machine_has_the_same_bytes() {
    let seen = digest::digest();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/digest.txt");
        std::fs::write(path, &seen).expect("a file in tests");
    } else {
        assert_eq!(seen, digest::RECORDED, "sessions have changed: read why, then record with UPDATE_EXPECT=1");
    }
}
