//! A plan and what became of it, in words; decides nothing.

use super::cause::listed;
use super::outcome::Outcome;
use super::plan::{End, Plan, PlanStep, Verdict, What};
use super::reasons::length;
use super::why_answer::remedies;
use crate::i18n::plan::said as text;
use crate::i18n::{Lang, causes, units};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::{Key, Kind, Millis};

/// The most names that a sentence lists.
const NAMES_MAX: usize = 12;

/// `pod/web-0`.
pub fn name_of(key: &Key) -> String {
    format!("{}/{}", key.kind.names().singular, key.name)
}

/// A length of time with tenths of a second.
pub fn tenths(time: Millis) -> String {
    format!("{}.{}s", time.0 / 1000, time.0 % 1000 / 100)
}

/// A length of time among words.
fn lasting(lang: Lang, time: Millis) -> String {
    units::length(lang, &tenths(time))
}

/// A plan in words, a line each: what happens when, then how it ends, what is asked, which pods and claims come, stay and
/// go, what is refused and the way out, and why it gets stuck.
pub fn say_plan(lang: Lang, plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan.warnings.iter().map(|warning| format!("Warning: {warning}")).collect();
    // The steps may be many; what one wants to know stands behind them, next to the prompt.
    lines.extend(table(&plan.steps));
    if !plan.steps.is_empty() {
        lines.push(String::new());
    }
    lines.extend(say_briefly(lang, plan));
    lines
}

/// The same without the steps one by one and without warnings.
pub fn say_briefly(lang: Lang, plan: &Plan) -> Vec<String> {
    let mut lines = vec![end(lang, plan)];
    if plan.end == End::Refused {
        lines.extend(refused(lang, plan));
        return lines;
    }
    if plan.changes_nothing() {
        lines.extend(why(lang, plan));
        return lines;
    }
    lines.extend(asked(lang, plan));
    lines.extend(names(lang, plan));
    lines.extend(worst(lang, plan));
    if !plan.refused.is_empty() {
        lines.push(text(lang, "plan.partly", &[]));
        lines.extend(refused(lang, plan));
    }
    lines.extend(why(lang, plan));
    lines
}

fn table(steps: &[PlanStep]) -> Vec<String> {
    let width = steps.iter().map(|step| name_of(&step.key).len()).max().unwrap_or(0).max(6);
    let mut lines = Vec::new();
    if !steps.is_empty() {
        lines.push(format!("{:>8}  {:<width$}  WHAT", "AFTER", "OBJECT"));
    }
    let line =
        |step: &PlanStep| format!("{:>8}  {:<width$}  {}", tenths(step.after), name_of(&step.key), step.what.word());
    lines.extend(steps.iter().map(line));
    lines
}

/// How it ends, as a sentence.
pub fn end(lang: Lang, plan: &Plan) -> String {
    let duration = units::length(lang, &length(plan.duration));
    let key = match plan.end {
        _ if plan.changes_nothing() => "plan.unchanged",
        End::Settled if !plan.refused.is_empty() => "plan.settled-partly",
        End::Settled => "plan.settled",
        End::Stuck if plan.steps.is_empty() => "plan.stuck-at-once",
        End::Stuck => "plan.stuck",
        End::Refused => "plan.refused",
    };
    text(lang, key, &[("duration", &duration)])
}

/// What the manifests ask for that is another now, with the fields.
fn asked(lang: Lang, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for asked in &plan.asked {
        let key = verdict_key(asked.verdict);
        if asked.verdict == Verdict::Unchanged && plan.asked.len() == 1 {
            continue;
        }
        lines.push(text(lang, key, &[("name", &name_of(&asked.key))]));
        lines.extend(asked.fields.iter().map(|field| format!("  {field}")));
    }
    lines
}

/// The key of a verdict's text.
pub fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Created => "plan.object-created",
        Verdict::Configured => "plan.object-configured",
        Verdict::Unchanged => "plan.object-unchanged",
        Verdict::Refused => "plan.object-refused",
    }
}

/// The order in which pods come and go, in a sentence, for those who do not see the picture.
pub fn in_order(lang: Lang, plan: &Plan) -> String {
    let step = |step: &PlanStep| format!("{} {} {}", tenths(step.after), step.key.name, step.what.word());
    let steps = plan.steps.iter().filter(|step| step.key.kind == Kind::Pod).take(NAMES_MAX).map(step);
    let steps: Vec<String> = steps.collect();
    if steps.is_empty() { end(lang, plan) } else { steps.join(", ") }
}

/// What comes, stays and goes, a line each.
pub fn names(lang: Lang, plan: &Plan) -> Vec<String> {
    if plan.steps.is_empty() {
        return vec![text(lang, "plan.nothing", &[])];
    }
    let mut lines = Vec::new();
    let restarted = plan.restarted();
    let mut say_names = |key: &str, none: &str, names: Vec<Key>| {
        let names: Vec<&str> = names.iter().map(|key| key.name.as_str()).collect();
        match (names.is_empty(), none) {
            (false, _) => lines.push(text(lang, key, &[("names", &listed(&names, NAMES_MAX))])),
            (true, "") => {}
            (true, none) => lines.push(text(lang, none, &[])),
        }
    };
    let others = |what| plan.of(Kind::Pod, what).into_iter().filter(|key| !restarted.contains(key));
    let replaced = if is_at_once(plan, &restarted) { "plan.restarted-at-once" } else { "plan.restarted" };
    say_names(replaced, "plan.no-restart", restarted.clone());
    say_names("plan.created", "", others(What::Created).collect());
    say_names("plan.deleted", "", others(What::Deleted).filter(|key| !plan.is_made_first(key)).collect());
    say_names("plan.kept", "", plan.kept.clone());
    say_names("plan.claims", "plan.no-claims", plan.of(Kind::PersistentVolumeClaim, What::Deleted));
    lines
}

/// Whether several pods go before the first of them comes again.
fn is_at_once(plan: &Plan, restarted: &[Key]) -> bool {
    let times = |what: What| plan.steps.iter().filter(move |it| it.what == what && restarted.contains(&it.key));
    let going = times(What::Terminating).map(|step| step.after).max();
    let coming = times(What::Created).map(|step| step.after).min();
    restarted.len() > 1 && going.zip(coming).is_some_and(|(going, coming)| going < coming)
}

/// How long no pod of a set is ready, where its pods are replaced and none is.
fn outage(plan: &Plan, worst: &super::plan::Worst) -> Option<Millis> {
    let is_own = |key: &Key| {
        key.kind == Kind::Pod
            && key.namespace == worst.set.namespace
            && ordinal_in(&worst.set.name, &key.name).is_some()
    };
    if worst.ready > 0 || worst.of == 0 || !plan.restarted().iter().any(is_own) {
        return None;
    }
    let mut back = plan.steps.iter().filter(|it| it.what == What::Ready && it.after >= worst.after && is_own(&it.key));
    back.next().map(|step| step.after - worst.after)
}

/// How few pods there are at worst, a line for each set.
pub fn worst(lang: Lang, plan: &Plan) -> Vec<String> {
    let say = |worst: &super::plan::Worst| {
        let (ready, of) = (worst.ready.to_string(), worst.of.to_string());
        let values =
            [("set", worst.set.name.as_str()), ("ready", &ready), ("of", &of), ("after", &lasting(lang, worst.after))];
        let is_at_once = worst.after < Millis(100);
        let said = text(lang, if is_at_once { "plan.worst-at-once" } else { "plan.worst" }, &values);
        match outage(plan, worst) {
            Some(time) => {
                let values = [("set", worst.set.name.as_str()), ("time", &lasting(lang, time))];
                format!("{said} {}", text(lang, "plan.outage", &values))
            }
            None => said,
        }
    };
    plan.worst.iter().map(say).collect()
}

fn refused(lang: Lang, plan: &Plan) -> Vec<String> {
    let mut lines = plan.refused.clone();
    for way in &plan.ways {
        lines.push(way.say(lang));
        for (number, remedy) in way.remedies.iter().enumerate() {
            lines.push(format!("  {}. {}", number + 1, remedy.line));
            lines.push(format!("     {}", way.effect(lang, remedy)));
        }
    }
    lines
}

/// Why it gets stuck, or is not updated on purpose: the cause first.
fn why(lang: Lang, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    if plan.why.is_empty() {
        return lines;
    }
    if plan.end == End::Stuck {
        lines.push(text(lang, "plan.because", &[]));
    }
    for links in &plan.why {
        for (number, link) in links.iter().enumerate() {
            let said = link.say(lang);
            lines.push(match number {
                0 => format!("  {said}"),
                _ => format!("    {}", causes::said(lang, "why.chain", &[("text", &said)])),
            });
        }
        for (link, remedy) in remedies(links) {
            lines.push(format!("  {}", text(lang, "plan.then", &[("line", &remedy.line)])));
            lines.push(format!("       {}", link.effect(lang, remedy)));
        }
    }
    lines
}

/// What became of a plan, in a sentence or two.
pub fn say_outcome(lang: Lang, plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let (done, all) = (outcome.count().to_string(), plan.steps.len().to_string());
    let values = [("done", done.as_str()), ("all", all.as_str())];
    let key = match (outcome.is_as_foretold(), outcome.is_over) {
        (true, _) if plan.end == End::Refused => "plan.came-refused",
        (true, true) => "plan.came-true",
        (true, false) => "plan.on-its-way",
        (false, _) => "plan.came-otherwise",
    };
    let mut lines = vec![text(lang, key, &values)];
    let say = |step: &PlanStep| format!("{}  {}  {}", tenths(step.after), name_of(&step.key), step.what.word());
    if outcome.is_over {
        let missing = plan.steps.iter().zip(&outcome.done).filter(|(_, done)| done.is_none());
        lines.extend(missing.map(|(step, _)| text(lang, "plan.missing", &[("step", &say(step))])));
    }
    lines.extend(outcome.strays.iter().map(|step| text(lang, "plan.stray", &[("step", &say(step))])));
    lines
}
