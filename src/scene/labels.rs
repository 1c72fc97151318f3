//! How the picture speaks: labels for screen readers, short texts that fit a width; draws nothing.

use super::item::{ChipPart, ClaimPart, Countdown, CursorPart, Item, NodePart, Part, PodPart, SetRowPart};
use super::style::PodStyle;
use crate::i18n::plural::number;
use crate::i18n::scene::{say, word};
use crate::i18n::{Lang, causes, decisions, units};
use crate::model::{Kind, Millis, Text};

/// The width of a character in hundredths of the font's size, for a system font of the wider kind.
fn width_of(c: char) -> i32 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' => 34,
        'm' | 'w' | 'M' | 'W' | '…' => 90,
        'A'..='Z' => 68,
        '0'..='9' => 64,
        c if (c as u32) < 0x2000 => 58,
        c if (c as u32) < 0x2e80 => 70,
        _ => 100,
    }
}

/// The width of a text in the picture's units at a font size.
pub fn width(text: &str, size: i32) -> i32 {
    text.chars().map(width_of).sum::<i32>() * size / 100
}

/// What stands on a chip: the kind's short name, the object's, and its note.
pub fn chip_text(chip: &ChipPart) -> String {
    let kind = match chip.kind {
        Kind::PodDisruptionBudget => "pdb",
        Kind::Service => "svc",
        Kind::ConfigMap => "cm",
        Kind::Secret => "secret",
        kind => kind.names().singular,
    };
    let name = fit(&chip.name, 130, 11);
    if chip.note.is_empty() { format!("{kind} {name}") } else { format!("{kind} {name} · {}", chip.note) }
}

/// The width of a chip.
pub fn chip_width(chip: &ChipPart) -> i32 {
    width(&chip_text(chip), 11) + 16
}

/// The text, cut with an ellipsis at the end if it is too wide.
pub fn fit(text: &str, max: i32, size: i32) -> String {
    fit_by(text, max, size, width_of)
}

/// The same for a font whose characters are all as wide.
pub fn fit_mono(text: &str, max: i32, size: i32) -> String {
    fit_by(text, max, size, |c| if (c as u32) < 0x2e80 { 62 } else { 100 })
}

fn fit_by(text: &str, max: i32, size: i32, width_of: fn(char) -> i32) -> String {
    if text.chars().map(width_of).sum::<i32>() * size <= max * 100 {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = width_of('…') * size;
    for c in text.chars() {
        used += width_of(c) * size;
        if used > max * 100 {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The text, cut with an ellipsis at the start if it is too wide: the end of a pod's name says most.
pub fn fit_end(text: &str, max: i32, size: i32) -> String {
    if width(text, size) <= max {
        return text.to_string();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = width("…", size) * 100;
    for c in text.chars().rev() {
        used += width_of(c) * size;
        if used > max * 100 {
            break;
        }
        kept.push(c);
    }
    std::iter::once('…').chain(kept.into_iter().rev()).collect()
}

/// The text in lines of at most `max`; what does not fit into `lines` lines is cut.
pub fn wrap(text: &str, max: i32, size: i32, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut rest = text;
    while !rest.is_empty() {
        let piece = next_piece(rest);
        rest = rest.get(piece.len()..).unwrap_or("");
        let count = out.len();
        let Some(line) = out.last_mut() else { break };
        if line.is_empty() || width(line, size) + width(piece.trim_end(), size) <= max {
            line.push_str(piece);
        } else if count < lines {
            out.push(piece.to_string());
        } else {
            let whole = format!("{line}{piece}{rest}");
            *line = fit(&whole, max, size);
            break;
        }
    }
    out.iter().map(|line| line.trim_end().to_string()).collect()
}

/// A text of equally wide letters in as many lines of at most `max` as it takes.
pub fn wrap_mono(text: &str, max: i32, size: i32) -> Vec<String> {
    let width_of = |c: char| if (c as u32) < 0x2e80 { 62 } else { 100 } * size;
    let mut out = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let needs: i32 = word.trim_end().chars().map(width_of).sum();
        if used > 0 && used + needs > max * 100 && needs <= max * 100 {
            out.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            if used + width_of(c) > max * 100 && c != ' ' {
                out.push(String::new());
                used = 0;
            }
            used += width_of(c);
            if let Some(line) = out.last_mut() {
                line.push(c);
            }
        }
    }
    out.iter().map(|line| line.trim_end().to_string()).collect()
}

/// What a bubble says: the cause where there is one, else the controller's rule with what ends its wait.
pub fn cursor_words(lang: Lang, part: &CursorPart) -> String {
    match (&part.cause, &part.decision) {
        (Some(cause), _) => cause.say(lang),
        (None, Some(decision)) => {
            let facts: Vec<(&str, &str)> = decision.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
            decisions::say(lang, decision.rule, &facts)
        }
        (None, None) if part.released.is_some() => {
            say(lang, "at-rest-released", &[("claim", part.released.as_deref().unwrap_or_default())])
        }
        (None, None) if part.kept > 0 => say(lang, "at-rest-kept", &[("n", &number(part.kept as i64))]),
        (None, None) => word(lang, "at-rest").to_string(),
    }
}

/// A word with the blanks behind it, or one character of a script without blanks.
fn next_piece(text: &str) -> &str {
    let is_wide = |c: char| c as u32 >= 0x2e80;
    let mut seen_blank = false;
    for (at, c) in text.char_indices() {
        let ends = match c {
            ' ' => {
                seen_blank = true;
                false
            }
            '、' | '。' | '」' | '）' if at > 0 => false,
            c => {
                at > 0
                    && (seen_blank || is_wide(c) || text.get(..at).and_then(|t| t.chars().last()).is_some_and(is_wide))
            }
        };
        if ends {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// Seconds in a short form: `28 s`, `4:05`.
pub fn seconds(lang: Lang, time: Millis) -> String {
    let seconds = (time.0.max(0) + 999) / 1000;
    let unit = units::seconds(lang);
    if seconds < 100 { format!("{seconds} {unit}") } else { format!("{}:{:02}", seconds / 60, seconds % 60) }
}

/// A moment since the start: `2:05`.
pub fn moment(at: Millis) -> String {
    let seconds = at.whole_seconds().max(0);
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A countdown at a moment.
pub fn countdown(lang: Lang, countdown: Countdown, now: Millis) -> String {
    say(lang, countdown.kind.name(), &[("time", &seconds(lang, countdown.until - now))])
}

/// The font's size of a set's numbers, and the height of a line of them.
pub const SET_FACTS: (i32, i32) = (12, 16);

/// A set's numbers and rules in lines of at most `max`; a rule is not broken where it fits into a line.
pub fn set_facts(lang: Lang, set_row: &SetRowPart, max: i32) -> Vec<String> {
    if !set_row.exists {
        return wrap(word(lang, "set-gone"), max, SET_FACTS.0, usize::MAX);
    }
    let mut lines = vec![String::new()];
    for fact in set_rules(lang, set_row) {
        let Some(line) = lines.last_mut() else { break };
        let joined = if line.is_empty() { fact.clone() } else { format!("{line} · {fact}") };
        if width(&joined, SET_FACTS.0) <= max {
            *line = joined;
        } else {
            lines.extend(wrap(&fact, max, SET_FACTS.0, usize::MAX));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// What is said of a set, each a few words.
fn set_rules(lang: Lang, set_row: &SetRowPart) -> Vec<String> {
    let (replicas, updated, available) = (number(set_row.replicas), number(set_row.updated), number(set_row.available));
    let values = [("replicas", &*replicas), ("updated", &*updated), ("available", &*available)];
    let counts = say(lang, "set-counts", &values);
    let behind = [word(lang, "set-behind").to_string()];
    let mut facts: Vec<String> = match set_row.is_behind {
        true => behind.into(),
        false if set_row.is_low => Vec::new(),
        false => counts.split(" · ").map(str::to_string).collect(),
    };
    if set_row.partition > 0 {
        facts.push(format!("partition {}", set_row.partition));
    }
    if set_row.policy == "Parallel" {
        facts.push("Parallel".to_string());
    }
    if matches!(&*set_row.strategy, "OnDelete" | "Recreate") {
        facts.push(set_row.strategy.to_string());
    }
    if let Some(budget) = &set_row.budget {
        let max = number(budget.max);
        let max = if *budget.written == *max { max } else { format!("{} = {max}", budget.written) };
        facts.push(match budget.unavailable {
            Some(unavailable) => say(lang, "update-budget", &[("unavailable", &*number(unavailable)), ("max", &max)]),
            None => format!("maxUnavailable {max}"),
        });
    }
    if set_row.retained > 0 {
        facts.push(say(lang, "retained-count", &[("n", &number(set_row.retained as i64))]));
    }
    facts
}

/// What stands in place of a pod that is not there.
pub fn absent(lang: Lang, pod: &PodPart) -> &'static str {
    word(lang, if pod.is_wanted { "not-created" } else { "no-pod" })
}

/// What a volume holds.
pub fn holds(lang: Lang, claim: &ClaimPart) -> Option<String> {
    let (names, count) = &claim.holds;
    let list = names.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
    match count - names.len().min(*count) {
        _ if names.is_empty() => None,
        0 => Some(say(lang, "holds", &[("names", &list)])),
        more => Some(say(lang, "holds-more", &[("names", &list), ("n", &more.to_string())])),
    }
}

/// An item in words, for a screen reader. Empty for decoration.
pub fn label(lang: Lang, item: &Item) -> String {
    match &item.part {
        Part::Pod(pod) => pod_label(lang, pod),
        Part::Claim(claim) => claim_label(lang, claim, item.target.as_ref().map(|target| target.kind)),
        Part::SetRow(set_row) => set_row_label(lang, set_row),
        Part::Service(service) => {
            let name = say(lang, "label-service", &[("name", &service.name)]);
            if service.exists { name } else { format!("{name}, {}", word(lang, "service-missing")) }
        }
        Part::Node(node) => node_label(lang, node),
        Part::Owned(part) => {
            let comma = if lang == Lang::Ja { "、" } else { ", " };
            let title = format!("{} {}", part.kind.names().kind, part.name);
            let words = [title, part.facts.to_string(), word(lang, part.edge.key()).to_string()];
            words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(comma)
        }
        Part::Chip(chip) => {
            let name = say(lang, "label-chip", &[("kind", chip.kind.names().kind), ("name", &chip.name)]);
            let allowed = say(lang, "budget", &[("name", &name), ("n", &chip.note)]);
            match (chip.exists, chip.note.is_empty()) {
                (false, _) => format!("{name}, {}", word(lang, "chip-missing")),
                (true, true) => name,
                (true, false) => allowed,
            }
        }
        Part::Workload(row) => {
            let (kind, have) = (row.kind.names().kind, row.have.to_string());
            let want = row.want.map(|want| want.to_string());
            let key = if want.is_some() { "label-workload" } else { "label-cron-job" };
            let values =
                [("kind", kind), ("name", &row.name), ("have", &have), ("want", want.as_deref().unwrap_or(""))];
            say(lang, key, &values)
        }
        Part::Cursor(cursor) => {
            let also = cursor.also.iter().map(|it| causes::said(lang, "why.also", &[("text", &it.say(lang))]));
            let all: Vec<String> = std::iter::once(cursor_words(lang, cursor)).chain(also).collect();
            all.join(if lang == Lang::Ja { "" } else { " " })
        }
        Part::Remedy(remedy) => say(lang, "label-remedy", &[("line", remedy.line()), ("effect", &remedy.effect(lang))]),
        _ => String::new(),
    }
}

fn pod_label(lang: Lang, pod: &PodPart) -> String {
    let style = word(lang, &format!("style-{}", pod.style.name()));
    let comma = if lang == Lang::Ja { "、" } else { ", " };
    let mut label = if pod.style == PodStyle::Absent {
        say(lang, "label-outline", &[("name", &pod.name), ("style", absent(lang, pod))])
    } else {
        let node = if pod.node.is_empty() { word(lang, "no-node") } else { pod.node.as_str() };
        let (ready, all) = (pod.ready.0.to_string(), pod.ready.1.to_string());
        let values = [
            ("name", &*pod.name),
            ("status", &pod.status),
            ("style", style),
            ("ready", &ready),
            ("all", &all),
            ("node", node),
        ];
        say(lang, "label-pod", &values)
    };
    let mut more = |text: String| {
        label.push_str(comma);
        label.push_str(&text);
    };
    if !pod.revision.is_empty() {
        more(say(lang, "label-revision", &[("revision", &pod.revision)]));
    }
    if pod.restarts > 0 {
        more(say(lang, "label-restarts", &[("n", &pod.restarts.to_string())]));
    }
    if pod.style != PodStyle::Absent && !pod.is_wanted && !pod.is_orphan {
        more(word(lang, "leaving").to_string());
    }
    if pod.is_orphan {
        more(word(lang, "orphan").to_string());
    }
    match pod.resolves {
        Some(true) => more(word(lang, "resolves").to_string()),
        Some(false) => more(word(lang, "resolves-not").to_string()),
        None => {}
    }
    label
}

/// What stands at a claim that outlived its pod.
pub fn kept(lang: Lang, claim: &ClaimPart) -> String {
    match claim.unused_since.as_str() {
        "" => word(lang, "retained").to_string(),
        since => say(lang, "unused-since", &[("since", since)]),
    }
}

/// The same where there is little room.
pub fn kept_briefly(lang: Lang, claim: &ClaimPart) -> String {
    match claim.unused_since.as_str() {
        "" => word(lang, "retained").to_string(),
        since => say(lang, "unused-briefly", &[("since", since)]),
    }
}

/// The words for a claim, or for a volume that lost its claim.
fn claim_label(lang: Lang, claim: &ClaimPart, kind: Option<Kind>) -> String {
    let kind = kind.unwrap_or(Kind::PersistentVolumeClaim);
    let values = [
        ("kind", kind.names().kind),
        ("name", &*claim.name),
        ("status", &*claim.status),
        ("capacity", &*claim.capacity),
    ];
    let mut label = say(lang, "label-claim", &values);
    let comma = if lang == Lang::Ja { "、" } else { ", " };
    if !claim.volume.is_empty() && kind != Kind::PersistentVolume {
        label.push_str(comma);
        label.push_str(&say(lang, "label-volume", &[("volume", &claim.volume)]));
    }
    if claim.is_retained {
        label.push_str(comma);
        label.push_str(&kept(lang, claim));
    }
    if let Some(holds) = holds(lang, claim) {
        label.push_str(comma);
        label.push_str(&holds);
    }
    label
}

fn set_row_label(lang: Lang, set_row: &SetRowPart) -> String {
    let (ready, wanted) = (set_row.ready.to_string(), set_row.wanted.to_string());
    let label = say(lang, "label-set", &[("name", &set_row.name), ("ready", &ready), ("wanted", &wanted)]);
    if set_row.exists { label } else { format!("{} {}", set_row.name, word(lang, "set-gone")) }
}

fn node_label(lang: Lang, node: &NodePart) -> String {
    let style = word(lang, &format!("node-{}", node.style.name()));
    say(lang, "label-node", &[("name", &node.name), ("style", style), ("n", &node.pods.to_string())])
}

#[cfg(test)]
mod tests {
    use super::super::item::BudgetPart;
    use super::*;

    #[test]
    fn a_set_s_rules_are_whole_in_every_width() {
        let set_row = SetRowPart {
            exists: true,
            replicas: 3,
            policy: "Parallel".into(),
            budget: Some(BudgetPart { unavailable: Some(1), written: "2".into(), max: 2 }),
            partition: 2,
            retained: 3,
            ..SetRowPart::default()
        };
        for lang in [Lang::En, Lang::Ja] {
            let whole = set_facts(lang, &set_row, 2000);
            assert_eq!(whole.len(), 1, "{whole:?}");
            for max in [150, 210, 300, 400] {
                let lines = set_facts(lang, &set_row, max);
                let squeeze = |text: String| text.replace([' ', '·'], "");
                assert_eq!(squeeze(lines.concat()), squeeze(whole.concat()), "{max}");
                assert!(lines.iter().all(|line| width(line, SET_FACTS.0) <= max), "{max}: {lines:?}");
            }
        }
    }

    #[test]
    fn texts_fit_their_width() {
        assert_eq!(fit("web-0", 100, 12), "web-0");
        assert!(width(&fit("a-very-long-name-for-a-pod-0", 80, 12), 12) <= 80);
        assert_eq!(fit_mono("aria_log.00000001, aria_log_control", 178, 10).chars().count(), 28);
        assert!(fit_end("a-very-long-name-for-a-pod-0", 80, 12).ends_with("-0"));
        let lines = wrap("web-1 waits until web-0 is Running and ready, then goes on", 120, 12, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 12) <= 130), "{lines:?}");
        let japanese = wrap("web-1 は web-0 が Running かつ Ready になるのを待っています。", 150, 12, 2);
        assert_eq!(japanese.len(), 2, "{japanese:?}");
        assert_eq!(seconds(Lang::En, Millis(28_001)), "29 s");
        assert_eq!(seconds(Lang::En, Millis::seconds(245)), "4:05");
    }
}
