//! Causes and remedies in words: one sentence for each link of a chain, one for what comes of each remedy.

use super::{Entry, Lang, pod_causes, set_causes, storage_causes, workload_causes};

/// The text under `key`.
pub fn find(lang: Lang, key: &str) -> Option<&'static str> {
    let catalogues =
        [ENTRIES, pod_causes::ENTRIES, set_causes::ENTRIES, storage_causes::ENTRIES, workload_causes::ENTRIES];
    catalogues.into_iter().find_map(|entries| super::find(entries, lang, key))
}

/// The text under `key`, with its places filled. An unknown key is shown as it is.
pub fn said(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    super::fill(find(lang, key).unwrap_or(key), values)
}

/// What is of no one kind: nodes, budgets, namespaces, and the words around a cause.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    // Nodes, budgets, namespaces.
    ("node.down",
     "{node} has not answered since {since}.",
     "{node} は {since} から応答していません。"),
    ("node.kubelet-down",
     "The kubelet of {node} stands still since {since}: containers go on, nothing is started, stopped or told.",
     "{node} の kubelet は {since} から停止しています。コンテナは動き続けますが、起動・停止・報告は行われません。"),
    ("node.start-kubelet",
     "The kubelet comes back and finds out what happened meanwhile.",
     "kubelet が復帰し、その間に起きたことを調べます。"),
    ("node.start",
     "The machine comes back: pods that were being deleted end there, and the set makes them anew.",
     "マシンが復帰します。削除中の Pod はそこで終了し、StatefulSet が作り直します。"),
    ("node.out-of-service",
     "Says that the machine is surely off: its pods are deleted by force and their volumes are detached at once.",
     "マシンが確実に停止していると宣言します。その Pod は強制削除され、ボリュームはすぐにデタッチされます。"),
    ("node.memory-pressure",
     "{node} is short of memory: the kubelet evicts pods there and takes no new ones.",
     "{node} のメモリが不足しています。kubelet は Pod を退避させ、新しい Pod を受け入れません。"),
    ("node.disk-pressure",
     "{node} is short of disk space: the kubelet evicts pods there and takes no new ones.",
     "{node} のディスクが不足しています。kubelet は Pod を退避させ、新しい Pod を受け入れません。"),
    ("node.covered-twice",
     "{node} is cordoned, and {pod} cannot be evicted from it: two budgets cover it, {budget} and {other}, and the API evicts no such pod.",
     "{node} は cordon されていますが、{pod} を退避できません。{budget} と {other} の 2 つの PodDisruptionBudget の対象であり、API はそのような Pod を退避しません。"),
    ("node.one-budget",
     "Leaves {pod} to {budget} alone; a drain that waits goes on by itself.",
     "{pod} の対象を {budget} だけにします。待っている drain は自動で先へ進みます。"),
    ("node.not-ready",
     "{node} is not ready yet.",
     "{node} はまだ Ready ではありません。"),
    ("node.cordoned",
     "{node} is cordoned: the scheduler puts no pods there until somebody uncordons it.",
     "{node} は cordon されています。uncordon されるまで、スケジューラーは Pod を置きません。"),
    ("node.uncordon",
     "Lets {node} take pods again.",
     "{node} が再び Pod を受け入れるようになります。"),
    ("node.drain-waits",
     "{node} is cordoned, and {pod} cannot be evicted from it, because budget {budget} allows no disruption.",
     "{node} は cordon されていますが、PodDisruptionBudget {budget} が中断を許さないため、{pod} を退避できません。"),
    ("budget.unhealthy",
     "Budget {budget} allows no disruption: {healthy} of {expected} pods are healthy, {desired} have to be. {pod} is not.",
     "PodDisruptionBudget {budget} は中断を許しません。{expected} 個中 {healthy} 個の Pod が正常で、{desired} 個必要です。{pod} が正常ではありません。"),
    ("budget.zero",
     "Budget {budget} never allows a disruption: it asks for {desired} healthy pods, and there are {expected} in all.",
     "PodDisruptionBudget {budget} は中断を一切許しません。正常な Pod を {desired} 個求めていますが、全部で {expected} 個しかありません。"),
    ("budget.relax",
     "Allows one pod at a time to be evicted. More replicas would do as well.",
     "1 個ずつの退避を許します。replicas を増やしても解決します。"),
    ("namespace.not-empty",
     "Namespace {namespace} is being deleted and goes when it is empty; {what} is still in it.",
     "Namespace {namespace} は削除中で、空になると消えます。まだ {what} が残っています。"),
    ("finalizer",
     "{kind} {name} is being deleted, and the finalizer {finalizer} keeps it until whoever set it takes it off.",
     "{kind} {name} は削除中ですが、finalizer {finalizer} があるため、設定した側が外すまで残ります。"),
    ("finalizer.drop",
     "Takes the finalizers off by force: {name} goes at once, and what they were to clean up stays behind.",
     "finalizer を強制的に外します。{name} はすぐに消えますが、本来の後始末は行われません。"),
    // What stands around a cause.
    ("why.since", "It has been so since {since}.", "{since} からこの状態です。"),
    ("why.more-causes", "{n} more causes: type `why`.", "ほかにも原因が {n} 件あります。`why` で確認できます。"),
    ("why.ways", "{n} more ways, and the whole chain ›", "ほかの対処 {n} 件と原因の連鎖 ›"),
    ("why.way", "1 more way, and the whole chain ›", "ほかの対処 1 件と原因の連鎖 ›"),
    ("why.open", "the whole chain ›", "原因の連鎖を表示 ›"),
    ("why.fine", "{name} is as it is asked to be.", "{name} は求められたとおりの状態です。"),
    ("why.all-fine", "Everything is as it is asked to be.", "すべて求められたとおりの状態です。"),
    ("why.chain", "because of that: {text}", "その結果: {text}"),
    ("why.ends.itself", "It ends by itself.", "自動的に解消します。"),
    ("why.ends.until", "It ends by itself at {until}.", "{until} に自動的に解消します。"),
    ("why.ends.somebody", "It does not end by itself.", "自動的には解消しません。"),
    ("why.try", "try: {line}", "対処: {line}"),
    ("why.came", "how it came: {text}", "経緯: {text}"),
    ("why.link", "{text} ({at})", "{text}({at})"),
    ("why.deed", "you: {line}", "あなたの操作: {line}"),
    ("why.started", "the scenario: {line}", "シナリオの操作: {line}"),
    ("why.made", "{name} was created", "{name} を作成"),
    ("why.gone", "{name} was deleted", "{name} を削除"),
    ("why.going", "the deletion of {name} began", "{name} の削除を開始"),
    ("why.ready", "{name} became ready", "{name} が Ready に"),
    ("why.unready", "{name} stopped being ready", "{name} が Ready でなくなった"),
    ("why.changed", "{name} was changed: {fields}", "{name} を変更: {fields}"),
];
