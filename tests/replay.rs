//! The same inputs give the same bytes: twice, from a stored session, and after going back in time.

mod support;

use statefulset_lab::model::Millis;
use statefulset_lab::playground::{Playground, Record};

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
