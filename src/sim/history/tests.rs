//! Tests of checkpoints, replay and branches.

use super::*;

/// Counts seconds and what it was told.
#[derive(Clone, Debug, PartialEq)]
struct Toy {
    now: Millis,
    sum: i64,
    fresh: Vec<i64>,
    count: usize,
}

impl World for Toy {
    type Input = i64;
    type Record = i64;
    fn now(&self) -> Millis {
        self.now
    }
    fn record_count(&self) -> usize {
        self.count
    }
    fn take_records(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.fresh)
    }
    fn apply(&mut self, input: &i64) {
        self.sum = self.sum.wrapping_mul(3) + input;
    }
    fn work_count(&self) -> usize {
        self.count
    }
    fn advance_some(&mut self, until: Millis, work_max: usize) -> bool {
        let enough = self.count.saturating_add(work_max);
        loop {
            let next = Millis::seconds(self.now.whole_seconds() + 1);
            if next > until {
                break;
            }
            if self.count >= enough {
                return false;
            }
            self.now = next;
            self.sum += 1;
            self.fresh.push(self.sum);
            self.count += 1;
        }
        self.now = until;
        true
    }
}

fn toy() -> History<Toy> {
    History::new(Toy { now: Millis::ZERO, sum: 0, fresh: Vec::new(), count: 0 }, "main")
}

#[test]
fn every_moment_can_be_visited_again() {
    let mut history = toy();
    let mut seen = Vec::new();
    for at in 0..2000 {
        history.advance_to(Millis(at * 700));
        if at % 90 == 7 {
            history.act(at, |_| unreachable!("nothing follows"));
        }
        seen.push(history.world().sum);
    }
    let records = history.branch().records().to_vec();
    for at in (0..2000).rev().step_by(37) {
        history.seek(Millis(at * 700));
        assert_eq!(history.world().sum, seen[at as usize], "at {at}");
    }
    history.seek(Millis(1999 * 700));
    assert_eq!(history.branch().records(), records);
}

#[test]
fn acting_in_the_past_keeps_both_branches() {
    let mut history = toy();
    history.advance_to(Millis::seconds(5));
    history.act(10, |_| unreachable!());
    history.advance_to(Millis::seconds(9));
    let first = history.world().clone();
    history.seek(Millis::seconds(3));
    assert!(history.act(20, |n| format!("branch {n}")));
    history.advance_to(Millis::seconds(9));
    assert_ne!(history.world().sum, first.sum);
    assert_eq!(history.branch().parent, Some((0, Millis::seconds(3))));
    history.switch(0);
    assert_eq!(history.world().sum, first.sum);
    assert_eq!(history.world_at(0, Millis::seconds(9)).map(|w| w.sum), Some(first.sum));
}

#[test]
fn a_look_that_goes_on_sees_what_one_from_the_start_sees() {
    let mut history = toy();
    for at in 0..40 {
        history.advance_to(Millis::seconds(at * 20));
        history.act(at, |_| unreachable!());
    }
    history.seek(Millis::seconds(100));
    history.act(7, |n| format!("branch {n}"));
    let mut cursor = None;
    for at in [3, 50, 51, 400, 399, 800, 2000, 2001, 10] {
        for branch in [0, 1] {
            let seen = history.look(&mut cursor, branch, Millis::seconds(at)).map(|it| it.world().sum);
            assert_eq!(seen, history.world_at(branch, Millis::seconds(at)).map(|it| it.sum), "{branch} at {at}");
        }
    }
    history.look(&mut cursor, 1, Millis::seconds(400));
    // What is done in the branch after it was looked at counts.
    history.advance_to(Millis::seconds(300));
    history.act(9, |_| unreachable!());
    let seen = history.look(&mut cursor, 1, Millis::seconds(400)).map(|it| (it.world().sum, it.recent().len()));
    assert_eq!(seen.map(|it| it.0), history.world_at(1, Millis::seconds(400)).map(|it| it.sum));
    assert!(history.look(&mut cursor, 2, Millis::ZERO).is_none());
}

#[test]
fn what_is_done_in_another_branch_is_as_if_it_had_been_done_there() {
    let mut history = toy();
    history.advance_to(Millis::seconds(10));
    history.act(1, |_| unreachable!());
    history.seek(Millis::seconds(4));
    history.act(2, |n| format!("branch {n}"));
    history.advance_to(Millis::seconds(20));
    let seen = history.world().clone();
    history.act_in(0, vec![Timed { at: Millis::seconds(15), input: 7 }, Timed { at: Millis::seconds(20), input: 8 }]);
    assert_eq!((history.current(), history.world()), (1, &seen), "what is looked at stays");
    let mut alone = toy();
    for (at, input) in [(10, 1), (15, 7), (20, 8)] {
        alone.advance_to(Millis::seconds(at));
        alone.act(input, |_| unreachable!());
    }
    let there = history.world_at(0, Millis::seconds(30));
    assert_eq!(there, alone.world_at(0, Millis::seconds(30)));
    assert_eq!(history.branches()[0].inputs(), alone.branch().inputs());
}

#[test]
fn undo_goes_to_just_before_the_last_input() {
    let mut history = toy();
    history.advance_to(Millis::seconds(2));
    history.act(5, |_| unreachable!());
    history.act(7, |_| unreachable!());
    history.advance_to(Millis::seconds(4));
    assert!(history.undo());
    assert_eq!(history.world().now, Millis::seconds(2));
    assert_eq!(history.world().sum, 2 * 3 + 5);
    assert!(history.undo());
    assert_eq!(history.world().sum, 2);
    assert!(!history.undo());
    assert_eq!(history.branch().inputs().len(), 2, "nothing that was done is lost");
}
