//! The sync of the StatefulSet controller as pseudo-code, a line for each thing that it does or waits for, and the rules that
//! stand for that line; runs nothing.

use super::Lang;

/// A line: how deep it stands, in English and Japanese, and the ids of the rules under which the controller is there.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// How deep it stands.
    pub depth: usize,
    /// In English.
    pub en: &'static str,
    /// In Japanese.
    pub ja: &'static str,
    /// The rules.
    pub rules: &'static [&'static str],
}

impl Line {
    /// Its text.
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}

/// The number of the line for a rule.
pub fn line_of(rule: &str) -> Option<usize> {
    LINES.iter().position(|line| line.rules.contains(&rule))
}

const fn line(depth: usize, en: &'static str, ja: &'static str, rules: &'static [&'static str]) -> Line {
    Line { depth, en, ja, rules }
}

/// The lines, in their order.
#[rustfmt::skip]
pub const LINES: &[Line] = &[
    line(0, "sync(set):",
        "sync(set):",
        &["sts.sync"]),
    line(1, "if the set is gone: return",
        "set がなければ終了",
        &["sts.set.gone"]),
    line(1, "take over revisions that match and belong to nobody",
        "一致し所有者のないリビジョンを引き取る",
        &["sts.revision.adopted"]),
    line(1, "take over pods that match, let go of those that no longer do",
        "一致する Pod を引き取り、一致しなくなった Pod を手放す",
        &["sts.pod.adopted", "sts.pod.released"]),
    line(1, "update = the revision of the template as it is now",
        "update = 現在のテンプレートのリビジョン",
        &["sts.revision.unchanged", "sts.revision.means-the-same"]),
    line(2, "new template: keep it as a new revision",
        "新しいテンプレート: 新しいリビジョンとして保存",
        &["sts.revision.created", "sts.revision.collision"]),
    line(2, "template of an earlier revision: use that one again",
        "以前のテンプレート: そのリビジョンを再び使う",
        &["sts.revision.rolled-back"]),
    line(1, "if the set is being deleted: only count its pods",
        "set が削除中なら: Pod を数えるだけ",
        &["sts.set.terminating"]),
    line(1, "if strategy is Recreate:",
        "strategy が Recreate なら:",
        &["sts.recreate.disabled", "sts.recreate.done"]),
    line(2, "delete every pod of another revision; stop until all are gone",
        "別リビジョンの Pod をすべて削除し、消えるまで停止",
        &["sts.recreate.delete", "sts.recreate.terminating"]),
    line(1, "for ordinal from the first up to the last wanted:",
        "順序番号の小さい方から、必要な Pod それぞれに:",
        &["sts.replica.healthy", "sts.replica.healthy-one"]),
    line(2, "if its pod Failed or Succeeded: delete it; stop",
        "Pod が Failed か Succeeded なら: 削除して停止",
        &["sts.replica.ended", "sts.replica.ended-terminating"]),
    line(2, "if an old claim of its name is about to go: stop",
        "古い PVC がこれから消えるなら: 停止",
        &["sts.replica.stale-claim"]),
    line(2, "if its pod is missing: create claims and pod of the update revision",
        "Pod がなければ: PVC と Pod を更新リビジョンで作成",
        &["sts.replica.create", "sts.replica.claims-found"]),
    line(3, "below the partition: of the current revision",
        "partition 未満なら: 現行リビジョンで作成",
        &["sts.replica.create-current"]),
    line(3, "if that is refused: event, error",
        "拒否されたら: イベントを残してエラー",
        &["sts.replica.create-failed", "sts.replica.name-taken"]),
    line(3, "OrderedReady: stop; one pod at a time",
        "OrderedReady なら: 停止(1 つずつ)",
        &["sts.replica.one-at-a-time"]),
    line(3, "Parallel: go on with the next",
        "Parallel なら: 次へ進む",
        &["sts.replica.more-later"]),
    line(2, "if a claim of a Pending pod is missing: create it",
        "Pending の Pod の PVC がなければ: 作成",
        &["sts.replica.complete-claims", "sts.replica.claims-failed"]),
    line(2, "OrderedReady and the pod is being deleted: stop until it is gone",
        "OrderedReady で Pod が削除中なら: 消えるまで停止",
        &["sts.replica.terminating"]),
    line(2, "OrderedReady and the pod is not ready: stop until it is",
        "OrderedReady で Pod が Ready でなければ: Ready になるまで停止",
        &["sts.replica.not-ready", "sts.replica.stuck"]),
    line(2, "OrderedReady and not ready for minReadySeconds: stop until then",
        "OrderedReady で minReadySeconds 未満なら: その間停止",
        &["sts.replica.not-available"]),
    line(2, "Parallel: wait for none of these",
        "Parallel なら: どれも待たない",
        &["sts.replica.not-awaited"]),
    line(2, "if name, labels or owners are wrong: put them right",
        "名前・ラベル・所有者が違えば: 直す",
        &["sts.replica.repair", "sts.replica.repair-claims", "sts.replica.repair-failed"]),
    line(1, "settle who owns the claims of pods that are too many",
        "余分な Pod の PVC の所有者を定める",
        &["sts.condemned.claims"]),
    line(1, "for each pod that is too many, from the highest down:",
        "余分な Pod それぞれに、番号の大きい方から:",
        &["sts.condemned.leaving"]),
    line(2, "if it is being deleted: stop until it is gone",
        "削除中なら: 消えるまで停止",
        &["sts.condemned.terminating"]),
    line(2, "OrderedReady and another pod is not available: stop until it is",
        "OrderedReady でほかの Pod が Available でなければ: 停止",
        &["sts.condemned.not-ready", "sts.condemned.not-available"]),
    line(2, "delete it; OrderedReady: stop",
        "削除。OrderedReady なら停止",
        &["sts.condemned.delete"]),
    line(1, "if strategy is OnDelete: leave old pods to whoever deletes them",
        "strategy が OnDelete なら: 古い Pod は誰かが削除するまでそのまま",
        &["sts.update.on-delete", "sts.update.on-delete-done"]),
    line(1, "for ordinal from the last wanted down to the partition:",
        "順序番号の大きい方から、partition まで:",
        &["sts.update.partition", "sts.update.done"]),
    line(2, "if its pod has the update revision and is not available: stop until it is",
        "更新リビジョンの Pod が Available でなければ: 停止",
        &["sts.update.waits", "sts.update.made"]),
    line(2, "if maxUnavailable pods are missing already: stop until one is back",
        "maxUnavailable 個がすでに欠けていれば: 戻るまで停止",
        &["sts.update.budget-spent", "sts.update.budget-stuck", "sts.update.budget-missing"]),
    line(2, "if its pod is old and serves nobody: delete it",
        "古い Pod がそもそも使えなければ: 削除",
        &["sts.update.delete-unavailable"]),
    line(2, "if its pod is old: delete it; the next sync makes it anew",
        "Pod が古ければ: 削除(次の同期で作り直す)",
        &["sts.update.delete", "sts.update.delete-within-budget", "sts.update.delete-made", "sts.update.delete-uncounted"]),
    line(1, "if all are updated and available: current = update",
        "すべて更新済みで Available なら: current = update",
        &["sts.status.complete"]),
    line(1, "write the status if it is another",
        "status が変わっていれば書き込む",
        &["sts.status.written", "sts.status.unchanged", "sts.status.rejected"]),
    line(1, "delete unused revisions beyond revisionHistoryLimit",
        "revisionHistoryLimit を超える未使用のリビジョンを削除",
        &["sts.history.truncated"]),
    line(1, "minReadySeconds: sync again when the next pod becomes available",
        "minReadySeconds: 次の Pod が Available になる頃にもう一度",
        &["sts.sync.looks-again"]),
    line(1, "after an error: sync again, after a delay that doubles",
        "エラーなら: 間隔を倍に延ばしながらもう一度",
        &["sts.sync.retry"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::decisions;

    #[test]
    fn every_rule_of_the_controller_has_one_line() {
        for (key, ..) in
            decisions::ENTRIES.iter().filter(|(key, ..)| key.starts_with("sts.") && !key.ends_with(".until"))
        {
            let count = LINES.iter().filter(|line| line.rules.contains(key)).count();
            assert_eq!(count, 1, "{key}");
        }
        for rule in LINES.iter().flat_map(|line| line.rules) {
            assert!(decisions::ENTRIES.iter().any(|(key, ..)| key == rule), "{rule} is no rule");
        }
        assert!((36..=44).contains(&LINES.len()), "about forty: {}", LINES.len());
    }
}
