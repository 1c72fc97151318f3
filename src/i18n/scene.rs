//! The words of the picture, the inspector, the timeline and the live log; knows no place and no colour.

use super::{Entry, Lang, fill, find};

/// The text under `key`, with its places filled. An unknown key is shown as it is.
pub fn say(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    match find(ENTRIES, lang, key) {
        Some(text) => fill(text, values),
        None => key.to_string(),
    }
}

/// The text under `key`. An unknown key is nothing.
pub fn word(lang: Lang, key: &str) -> &'static str {
    find(ENTRIES, lang, key).unwrap_or("")
}

/// All texts.
pub const ENTRIES: &[Entry] = &[
    // The picture.
    ("picture", "Picture of the cluster", "クラスターの図"),
    ("empty", "No StatefulSet, Pod or PVC yet", "StatefulSet・Pod・PVC はまだありません"),
    ("empty-hint", "Apply a manifest, and it appears here.", "マニフェストを適用すると、ここに現れます。"),
    ("view-identity", "By identity", "順序番号別"),
    ("view-node", "By node", "Node 別"),
    ("view", "View", "表示"),
    ("zoom-in", "More detail", "詳しく"),
    ("zoom-out", "Less detail", "簡略に"),
    ("zoom-fit", "Fit", "全体"),
    ("log", "Log", "ログ"),
    ("log-empty", "Nothing has happened yet.", "まだ何も起きていません。"),
    ("close", "Close", "閉じる"),
    ("other", "Outside of StatefulSets", "StatefulSet に属さないもの"),
    ("unscheduled", "Not on a Node", "Node が未割り当て"),
    ("volumes-anywhere", "Volumes usable from every Node", "どの Node からも使える Volume"),
    ("no-zone", "no zone", "ゾーンなし"),
    // Phases in words, for labels.
    ("style-absent", "not there", "なし"),
    ("style-pending", "waiting for a Node", "Node 待ち"),
    ("style-starting", "starting", "起動中"),
    ("style-not-ready", "running, not ready", "実行中（未 Ready）"),
    ("style-ready", "running and ready", "実行中（Ready）"),
    ("style-terminating", "terminating", "終了処理中"),
    ("style-failing", "failing", "失敗"),
    ("style-lost", "on a Node that does not answer", "応答のない Node 上"),
    ("style-done", "completed", "完了"),
    ("not-created", "not created yet", "未作成"),
    ("no-pod", "no Pod", "Pod なし"),
    ("leaving", "to be removed", "削除対象"),
    ("orphan", "orphan", "所有者なし"),
    ("retained", "kept", "保持"),
    ("no-node", "no Node yet", "Node 未定"),
    ("holds", "{names}", "{names}"),
    ("holds-more", "{names} +{n}", "{names} ほか {n} 件"),
    ("holds-nothing", "empty", "空"),
    // Countdowns.
    ("grace", "grace {time}", "猶予 {time}"),
    ("back-off", "retry in {time}", "再試行まで {time}"),
    ("min-ready", "available in {time}", "利用可能まで {time}"),
    ("toleration", "evicted in {time}", "退避まで {time}"),
    // The set's header.
    ("ready-of", "{ready}/{wanted} ready", "{ready}/{wanted} Ready"),
    ("set-gone", "StatefulSet deleted: this is what it left behind", "StatefulSet は削除済み: 残されたもの"),
    ("set-terminating", "being deleted", "削除処理中"),
    (
        "set-counts",
        "replicas {replicas} · updated {updated} · available {available}",
        "replicas {replicas} · updated {updated} · available {available}",
    ),
    ("set-behind", "change not seen by the controller yet", "コントローラー未反映の変更あり"),
    ("retained-count", "{n} kept PVC", "保持された PVC {n}"),
    ("rev-current", "current", "現行"),
    ("rev-update", "update", "更新"),
    ("service-headless", "headless · {n} ready addresses", "headless · Ready なアドレス {n}"),
    ("service-one", "headless · 1 ready address", "headless · Ready なアドレス 1"),
    ("service-ip", "{ip} · {n} ready addresses", "{ip} · Ready なアドレス {n}"),
    ("service-missing", "does not exist: no DNS names", "存在しません: DNS 名なし"),
    ("service", "Service", "Service"),
    ("acts", "acts", "実行"),
    ("waits", "waits", "待機"),
    ("controller", "StatefulSet controller", "StatefulSet コントローラー"),
    ("resolves", "DNS name resolves", "DNS 名を解決できる"),
    ("resolves-not", "DNS name does not resolve", "DNS 名を解決できない"),
    // Labels for screen readers.
    (
        "label-pod",
        "Pod {name}, {status}, {style}, {ready} of {all} containers ready, {node}",
        "Pod {name}、{status}、{style}、コンテナ {ready}/{all} Ready、{node}",
    ),
    ("label-outline", "Pod {name}, {style}", "Pod {name}、{style}"),
    ("label-revision", "revision {revision}", "リビジョン {revision}"),
    ("label-restarts", "{n} restarts", "再起動 {n} 回"),
    (
        "label-claim",
        "PersistentVolumeClaim {name}, {status}, {capacity}",
        "PersistentVolumeClaim {name}、{status}、{capacity}",
    ),
    ("label-volume", "volume {volume}", "Volume {volume}"),
    (
        "label-set",
        "StatefulSet {name}, {ready} of {wanted} ready",
        "StatefulSet {name}、{wanted} 個中 {ready} 個 Ready",
    ),
    ("label-service", "Service {name}", "Service {name}"),
    ("label-node", "Node {name}, {style}, {n} Pods", "Node {name}、{style}、Pod {n} 個"),
    ("node-ready", "Ready", "Ready"),
    ("node-cordoned", "Ready, SchedulingDisabled", "Ready, SchedulingDisabled"),
    ("node-not-ready", "NotReady", "NotReady"),
    ("node-lost", "NotReady (unreachable)", "NotReady（応答なし）"),
    ("pods", "{n} Pods", "Pod {n} 個"),
    ("pods-one", "1 Pod", "Pod 1 個"),
    ("zone", "Zone {name}", "ゾーン {name}"),
    // The timeline.
    ("scrub", "Moment", "時点"),
    ("at", "at {time}", "{time} の時点"),
    ("mark", "Put a marker here", "ここに目印を付ける"),
    ("marker", "Marker at {time}: go there", "目印 {time} へ移動"),
    ("unmark", "Remove the marker here", "ここの目印を外す"),
    ("input-at", "{time} {line}", "{time} {line}"),
    ("lanes", "What happened, by ordinal: pods above, claims below", "順序番号別の経過: 上が Pod、下が PVC"),
    ("lane", "{name}: {style} since {time}", "{name}: {time} から{style}"),
    ("lanes-more", "{n} more", "ほか {n}"),
    ("compare", "Compare with …", "比較 …"),
    ("compare-none", "No comparison", "比較しない"),
    ("compare-title", "Branch “{name}” at the same moment", "同じ時点のブランチ「{name}」"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_once_and_filled() {
        for (index, entry) in ENTRIES.iter().enumerate() {
            assert!(!ENTRIES[..index].iter().any(|other| other.0 == entry.0), "{} stands twice", entry.0);
            assert!(!entry.1.is_empty() && !entry.2.is_empty(), "{} lacks a language", entry.0);
        }
        assert_eq!(say(Lang::En, "ready-of", &[("ready", "2"), ("wanted", "3")]), "2/3 ready");
    }
}
