//! How fast an autoscaler may go: `spec.behavior`, and what holds without it; measures nothing.
//!
//! Follows `normalizeDesiredReplicas` and `normalizeDesiredReplicasWithBehaviors` in
//! pkg/controller/podautoscaler/horizontal.go.

use crate::model::{Millis, Object, Value};

/// Going down waits until nothing larger was recommended for this long, in seconds.
const STABILIZATION: i64 = 300;
/// As long as this is remembered what was recommended: the longest window that can be asked for, in seconds.
const REMEMBERED: Millis = Millis::seconds(3600);
const FALLS: &str = "recent recommendations were higher than current one, applying the highest recent recommendation";
const RISES: &str = "recent recommendations were lower than current one, applying the lowest recent recommendation";

/// What an autoscaler remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// What was recommended lately, oldest first.
    recommended: Vec<(Millis, i64)>,
    /// By how many pods it changed the number, and when.
    changes: Vec<(Millis, i64)>,
}

impl Memory {
    /// Remembers a change of the number.
    pub(super) fn note_change(&mut self, now: Millis, by: i64) {
        self.changes.retain(|(at, _)| *at + REMEMBERED > now);
        self.changes.push((now, by));
    }

    /// How many pods came (positive) or went in the last `seconds`, the sum of both.
    fn change_within(&self, now: Millis, seconds: i64) -> i64 {
        self.changes.iter().filter(|(at, _)| *at > now - Millis::seconds(seconds)).map(|(_, by)| by).sum()
    }
}

/// A number of pods, with what is said of how it came about: a reason and a sentence.
pub(super) struct Limited {
    pub(super) replicas: i64,
    /// Reason and sentence of `AbleToScale`.
    pub(super) steadied: (&'static str, &'static str),
    /// Status, reason and sentence of `ScalingLimited`.
    pub(super) limited: (&'static str, &'static str, &'static str),
}

/// What becomes of a wanted number: it is steadied by what was recommended lately, and goes only so far at once.
pub(super) fn limit(autoscaler: &Object, memory: &mut Memory, now: Millis, current: i64, wanted: i64) -> Limited {
    memory.recommended.retain(|(at, _)| *at + REMEMBERED > now);
    let window = |side: &'static str, otherwise| {
        let seconds = autoscaler.i64_at(&["spec", "behavior", side, "stabilizationWindowSeconds"]);
        now - Millis::seconds(seconds.unwrap_or(otherwise))
    };
    let (up_from, down_from) = (window("scaleUp", 0), window("scaleDown", STABILIZATION));
    let since = |from: Millis| memory.recommended.iter().filter(move |(at, _)| *at > from).map(|(_, count)| *count);
    let lowest = since(up_from).chain([wanted]).min().unwrap_or(wanted);
    let highest = since(down_from).chain([wanted]).max().unwrap_or(wanted);
    let has_behavior = autoscaler.at(&["spec", "behavior"]).is_some_and(|it| !it.is_null());
    let steady = if has_behavior { current.max(lowest).min(highest) } else { highest };
    memory.recommended.push((now, wanted));
    let steadied = match (steady == wanted, has_behavior && wanted >= current) {
        (true, _) => ("ReadyForNewScale", "recommended size matches current size"),
        (false, true) => ("ScaleUpStabilized", RISES),
        (false, false) => ("ScaleDownStabilized", FALLS),
    };
    let (replicas, limited) = bounded(autoscaler, memory, now, current, steady);
    Limited { replicas, steadied, limited }
}

/// Follows `convertDesiredReplicasWithRules` and `convertDesiredReplicasWithBehaviorRate`.
fn bounded(
    autoscaler: &Object,
    memory: &Memory,
    now: Millis,
    current: i64,
    wanted: i64,
) -> (i64, (&'static str, &'static str, &'static str)) {
    let bound = |field: &'static str| autoscaler.i64_at(&["spec", field]).unwrap_or(1);
    let (least, most) = (bound("minReplicas"), bound("maxReplicas"));
    let behavior = autoscaler.at(&["spec", "behavior"]).filter(|it| !it.is_null());
    let (fastest, slowest) = match behavior {
        // Without rules it goes up twofold at once, at least to four, and down as far as it likes.
        None => ((2 * current).max(4), i64::MIN),
        Some(behavior) => {
            let up = behavior.get("scaleUp").map_or(i64::MAX, |rules| rate(rules, memory, now, current, true));
            let down = behavior.get("scaleDown").map_or(i64::MIN, |rules| rate(rules, memory, now, current, false));
            (up.max(current), down.min(current))
        }
    };
    let rises = behavior.is_none() || wanted > current;
    if rises && wanted > most.min(fastest) {
        return match most > fastest {
            true => (
                fastest,
                ("True", "ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"),
            ),
            false => {
                (most, ("True", "TooManyReplicas", "the desired replica count is more than the maximum replica count"))
            }
        };
    }
    let falls = behavior.is_none() || wanted < current;
    if falls && wanted < least.max(slowest) {
        return match least < slowest {
            true => (
                slowest,
                (
                    "True",
                    "ScaleDownLimit",
                    "the desired replica count is decreasing faster than the maximum scale rate",
                ),
            ),
            false => {
                (least, ("True", "TooFewReplicas", "the desired replica count is less than the minimum replica count"))
            }
        };
    }
    (wanted, ("False", "DesiredWithinRange", "the desired count is within the acceptable range"))
}

/// How far one side's rules let the number go.
///
/// Follows `calculateScaleUpLimitWithScalingRules` and its sister for the way down.
fn rate(rules: &Value, memory: &Memory, now: Millis, current: i64, is_up: bool) -> i64 {
    let select = rules.str_at(&["selectPolicy"]);
    if select == "Disabled" {
        return current;
    }
    let limits = rules.list_at(&["policies"]).iter().map(|policy| {
        let value = policy.i64_at(&["value"]).unwrap_or(0);
        let before = current - memory.change_within(now, policy.i64_at(&["periodSeconds"]).unwrap_or(0));
        match (policy.str_at(&["type"]), is_up) {
            ("Pods", true) => before + value,
            ("Pods", false) => before - value,
            (_, true) => (before * (100 + value) + 99).div_euclid(100),
            (_, false) => (before * (100 - value)).div_euclid(100),
        }
    });
    // `Max` takes the policy that changes most: upward the highest number, downward the lowest.
    let limit = if is_up == (select != "Min") { limits.max() } else { limits.min() };
    limit.unwrap_or(current)
}
