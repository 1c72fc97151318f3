//! What stands beside the API server's messages about a manifest; `{0}`, `{1}` stand for arguments.

use super::{Entry, Lang};

/// The sentence with this id.
pub fn find(lang: Lang, id: &str) -> Option<&'static str> {
    super::find(TABLE, lang, id)
}

static TABLE: &[Entry] = &[
    ("did-you-mean", "did you mean `{0}`?", "`{0}` の間違いではありませんか?"),
    (
        "field-elsewhere",
        "`{0}` belongs under `{1}`; check the indentation",
        "`{0}` は `{1}` の下に書くフィールドです。インデントを確認してください",
    ),
    (
        "unknown-field",
        "`{0}` has no such field; `kubectl explain {1}` lists the fields it has",
        "`{0}` にこのフィールドはありません。`kubectl explain {1}` で一覧を確認できます",
    ),
    (
        "duplicate-key",
        "this key stands twice in the same map; kubectl silently takes the last one",
        "同じマップにこのキーが 2 回あります。kubectl は警告なしに最後の値を使います",
    ),
    (
        "tab",
        "YAML indents with spaces only; replace the tab",
        "YAML のインデントに使えるのは空白だけです。タブを空白に置き換えてください",
    ),
    (
        "indent",
        "this line is indented more or less than its neighbours",
        "この行のインデントが前後の行と揃っていません",
    ),
    (
        "missing-colon",
        "a key needs `: ` (a colon and a space) before its value; look at the line above, too",
        "キーと値の間には `: `(コロンと空白)が必要です。1 行上も確認してください",
    ),
    ("open-quote", "a quote is opened and never closed", "引用符が閉じられていません"),
    ("open-bracket", "a bracket is opened and never closed", "括弧が閉じられていません"),
    (
        "quote-value",
        "the field wants a string; YAML reads this value as a {0}: put it in quotes",
        "このフィールドは文字列です。YAML はこの値を {0} として読むので、引用符で囲んでください",
    ),
    (
        "unquote-value",
        "the field wants a number; write it without quotes",
        "このフィールドは数値です。引用符なしで書いてください",
    ),
    (
        "want-list",
        "the field wants a list: begin each element with `- `",
        "このフィールドはリストです。各要素を `- ` で始めてください",
    ),
    (
        "want-map",
        "the field wants a map of fields, not a single value",
        "このフィールドには単独の値ではなく、フィールドの集まりを書きます",
    ),
    (
        "quantity",
        "amounts are a number and a unit without a space: 500m, 2, 256Mi, 1Gi",
        "量は数値と単位を空白なしで書きます: 500m、2、256Mi、1Gi",
    ),
    (
        "yaml-boolean",
        "YAML 1.1 reads y, n, yes, no, on and off as booleans: put the word in quotes",
        "YAML 1.1 では y、n、yes、no、on、off は真偽値です。引用符で囲んでください",
    ),
    (
        "selector-labels",
        "the set finds its pods by these labels: copy every label of `spec.selector.matchLabels` to `spec.template.metadata.labels`",
        "StatefulSet はこのラベルで Pod を見つけます。`spec.selector.matchLabels` のラベルをすべて `spec.template.metadata.labels` にも書いてください",
    ),
    (
        "selector-missing",
        "say which pods belong to the set: `selector: {matchLabels: {app: …}}` with the labels of the template",
        "どの Pod がこの StatefulSet に属するかを `selector: {matchLabels: {app: …}}` で、テンプレートのラベルを使って指定してください",
    ),
    (
        "volume-missing",
        "no volume and no claim template is called `{0}`; the set has: {1}",
        "`{0}` という名前のボリュームも volumeClaimTemplate もありません。あるのは: {1}",
    ),
    (
        "set-immutable",
        "the rest of the spec is fixed at creation: delete the set with `--cascade=orphan` and create it again to change it while its pods run on",
        "spec のそれ以外の項目は作成後に変更できません。Pod を動かしたまま変えるには、`--cascade=orphan` で削除して作り直してください",
    ),
    (
        "restart-policy",
        "the pods of a StatefulSet are always restarted; for pods that run to an end use a Job",
        "StatefulSet の Pod は常に再起動されます。終了する Pod には Job を使ってください",
    ),
    (
        "name-form",
        "names have lower-case letters, digits and `-` only, because they become DNS names",
        "名前は DNS 名になるため、小文字・数字・`-` だけが使えます",
    ),
    (
        "field-of-version",
        "`{0}` is a field of Kubernetes {1}; this cluster is {2}",
        "`{0}` は Kubernetes {1} のフィールドです。このクラスターは {2} です",
    ),
    (
        "no-effect",
        "`{0}` is accepted, as on a real cluster, and has no effect in this lab",
        "`{0}` は実際のクラスターと同じく受け付けられますが、このラボでは効果がありません",
    ),
    (
        "name-length",
        "pods get `-0`, `-1` … behind this name, and a label of theirs adds a hash: keep it at 52 characters or fewer",
        "Pod 名には `-0`、`-1` などが付き、ラベルにはハッシュも付きます。52 文字以内にしてください",
    ),
    (
        "access-modes",
        "a claim says how it is mounted: `accessModes: [ReadWriteOnce]` suits one pod each",
        "PVC にはマウントの方法が必要です。Pod ごとに 1 つなら `accessModes: [ReadWriteOnce]` を使います",
    ),
    (
        "claim-size",
        "a claim says how much it wants: `resources: {requests: {storage: 1Gi}}`",
        "PVC には必要な容量を書きます: `resources: {requests: {storage: 1Gi}}`",
    ),
    ("no-such-kind", "this cluster knows: {0}", "このクラスターで使えるのは: {0}"),
    ("kind-version", "`{0}` belongs to `apiVersion: {1}`", "`{0}` の `apiVersion` は `{1}` です"),
    (
        "set-fixed",
        "`{0}` of the StatefulSet `{1}` that is there cannot be changed; Plan shows the way out",
        "既にある StatefulSet `{1}` の `{0}` は変更できません。「計画」に方法が出ます",
    ),
    (
        "too-large",
        "a manifest of this size is refused by the API server, too",
        "この大きさのマニフェストは API サーバーでも拒否されます",
    ),
    (
        "not-an-object",
        "a document is a map that begins with `apiVersion`, `kind` and `metadata`",
        "ドキュメントは `apiVersion`、`kind`、`metadata` で始まるマップです",
    ),
    (
        "time-zone",
        "`{0}` is none of the time zones that this lab knows: the schedule is read in UTC",
        "このラボは `{0}` というタイムゾーンを知らないため、スケジュールを UTC で読みます",
    ),
    (
        "max-unavailable-dropped",
        "`maxUnavailable` is dropped: its feature gate is off in this version",
        "このバージョンではフィーチャーゲートが無効なため、`maxUnavailable` は無視されます",
    ),
    (
        "recreate-off",
        "`Recreate` needs Kubernetes 1.37 with the feature gate StatefulSetRecreateStrategy on: `?version=1.37&gates=StatefulSetRecreateStrategy=true` in the page's address, or `minikube start --kubernetes-version=v1.37.0 --feature-gates=StatefulSetRecreateStrategy=true`",
        "`Recreate` には Kubernetes 1.37 でフィーチャーゲート StatefulSetRecreateStrategy を有効にする必要があります。ページのアドレスに `?version=1.37&gates=StatefulSetRecreateStrategy=true` を付けるか、`minikube start --kubernetes-version=v1.37.0 --feature-gates=StatefulSetRecreateStrategy=true` を実行します",
    ),
];
