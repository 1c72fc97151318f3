//! What the API's fields mean, in our own words: one sentence a field; knows nothing of where it is shown.

use super::Lang;

/// The sentence about a field of a struct, such as `apps.StatefulSetSpec` and `replicas`.
pub fn field_doc(lang: Lang, structure: &str, field: &str) -> Option<&'static str> {
    let all = || FIELDS.iter().chain(super::pod_fields::FIELDS).chain(super::workload_fields::FIELDS);
    let find = |structure| all().find(|entry| entry.0 == structure && entry.1 == field);
    // These mean the same in every kind.
    let shared = matches!(field, "apiVersion" | "kind" | "metadata");
    let own = find(structure).or_else(|| find("apps.StatefulSet").filter(|_| shared));
    // What a status sees is told in conditions of one form.
    let is_condition = structure.ends_with("Condition");
    let of_condition = || CONDITIONS.iter().find_map(|of| find(of)).filter(|_| is_condition);
    let of_status = || find("core.PodStatus").filter(|_| field == "conditions");
    let (_, _, en, ja) = own.or_else(of_condition).or_else(of_status)?;
    Some(match lang {
        Lang::En => en,
        Lang::Ja => ja,
    })
}

/// The conditions whose fields stand in the catalogue for those of all.
const CONDITIONS: &[&str] = &["meta.Condition", "core.PodCondition", "apps.DeploymentCondition", "core.NodeCondition"];

/// The catalogue: struct, field, English, Japanese.
pub const FIELDS: &[(&str, &str, &str, &str)] = &[
    (
        "apps.StatefulSet",
        "apiVersion",
        "Group and version of the API; for a StatefulSet `apps/v1`.",
        "API のグループとバージョン。StatefulSet では `apps/v1`。",
    ),
    (
        "apps.StatefulSet",
        "kind",
        "What kind of object this document describes.",
        "このドキュメントが表すオブジェクトの種類。",
    ),
    (
        "apps.StatefulSet",
        "metadata",
        "Name, labels and other data about the object itself.",
        "名前やラベルなど、オブジェクト自身についての情報。",
    ),
    (
        "apps.StatefulSet",
        "spec",
        "What you want; the controller works towards it.",
        "望む状態。コントローラーはこれに近づけていきます。",
    ),
    (
        "apps.StatefulSet",
        "status",
        "What the controller observed; it is written by the cluster, not by you.",
        "コントローラーが観測した状態。クラスターが書くもので、自分では書きません。",
    ),
    (
        "apps.StatefulSetSpec",
        "replicas",
        "How many pods there should be; 1 if absent. Their ordinals follow each other without gaps.",
        "維持する Pod の数。省略すると 1。順序番号は途切れなく続きます。",
    ),
    (
        "apps.StatefulSetSpec",
        "selector",
        "Which pods belong to the set; must match the template's labels and cannot be changed later.",
        "どの Pod がこの StatefulSet に属するか。テンプレートのラベルと一致させます。後から変更できません。",
    ),
    (
        "apps.StatefulSetSpec",
        "template",
        "The pod that every replica is made from. A change starts a rolling update.",
        "各レプリカの元になる Pod。変更するとローリングアップデートが始まります。",
    ),
    (
        "apps.StatefulSetSpec",
        "volumeClaimTemplates",
        "Claims that every pod gets for itself, named template-set-ordinal; they stay when pods go. Cannot be changed later.",
        "各 Pod が専用に持つ PVC のひな型。名前は「テンプレート名-StatefulSet 名-順序番号」で、Pod が消えても残ります。後から変更できません。",
    ),
    (
        "apps.StatefulSetSpec",
        "serviceName",
        "The headless Service that gives the pods their DNS names; it must be created by you.",
        "Pod に DNS 名を与える Headless Service の名前。Service は自分で作成します。",
    ),
    (
        "apps.StatefulSetSpec",
        "podManagementPolicy",
        "`OrderedReady` creates and deletes one pod after the other, `Parallel` all at once. Updates stay ordered. Cannot be changed later.",
        "`OrderedReady` は 1 つずつ順番に、`Parallel` は一斉に作成・削除します。更新は常に順番どおりです。後から変更できません。",
    ),
    (
        "apps.StatefulSetSpec",
        "updateStrategy",
        "How pods get a changed template.",
        "テンプレートの変更を Pod に反映する方法。",
    ),
    (
        "apps.StatefulSetSpec",
        "revisionHistoryLimit",
        "How many old ControllerRevisions are kept for rolling back; 10 if absent.",
        "ロールバック用に残す古い ControllerRevision の数。省略すると 10。",
    ),
    (
        "apps.StatefulSetSpec",
        "minReadySeconds",
        "How long a pod must be ready without a break before it counts as available; 0 if absent.",
        "Pod が Ready のまま何秒続けば利用可能とみなすか。省略すると 0。",
    ),
    (
        "apps.StatefulSetSpec",
        "persistentVolumeClaimRetentionPolicy",
        "Whether the claims of the templates are deleted with the set or on scaling down; kept if absent.",
        "StatefulSet の削除時やスケールダウン時に PVC も削除するか。省略すると残します。",
    ),
    ("apps.StatefulSetSpec", "ordinals", "Where the numbering of the pods begins.", "Pod の番号の始まり。"),
    (
        "apps.StatefulSetUpdateStrategy",
        "type",
        "`RollingUpdate` replaces pods from the highest ordinal down; `OnDelete` waits until you delete them; `Recreate` (1.37, feature gate StatefulSetRecreateStrategy) deletes all of them at once before any new one is made, so nothing serves in between.",
        "`RollingUpdate` は順序番号の大きい Pod から順に置き換え、`OnDelete` は手動で削除されるまで待ちます。`Recreate` (1.37、フィーチャーゲート StatefulSetRecreateStrategy)は新しい Pod を作る前にすべてを一度に削除するため、その間は停止します。",
    ),
    (
        "apps.StatefulSetUpdateStrategy",
        "rollingUpdate",
        "Details of a rolling update.",
        "ローリングアップデートの詳細。",
    ),
    (
        "apps.RollingUpdateStatefulSetStrategy",
        "partition",
        "Only pods with this ordinal or a higher one are updated; the others keep the old revision.",
        "この順序番号以上の Pod だけを更新し、それ未満は古いリビジョンのままにします。",
    ),
    (
        "apps.RollingUpdateStatefulSetStrategy",
        "maxUnavailable",
        "How many pods may be unavailable during an update. It counts since 1.37 and in 1.35.0 to 1.35.3; in other versions it is dropped unless the feature gate MaxUnavailableStatefulSet is on.",
        "更新中に利用できなくてよい Pod の数。有効なのは 1.37 以降と 1.35.0〜1.35.3 です。ほかのバージョンでは、フィーチャーゲート MaxUnavailableStatefulSet を有効にしない限り取り除かれます。",
    ),
    (
        "apps.StatefulSetPersistentVolumeClaimRetentionPolicy",
        "whenDeleted",
        "What becomes of the claims when the set is deleted: `Retain` (default) or `Delete`.",
        "StatefulSet が削除されたときの PVC の扱い。`Retain` (既定)または `Delete`。",
    ),
    (
        "apps.StatefulSetPersistentVolumeClaimRetentionPolicy",
        "whenScaled",
        "What becomes of a claim when its pod is scaled away: `Retain` (default) or `Delete`.",
        "スケールダウンで Pod が消えたときの PVC の扱い。`Retain` (既定)または `Delete`。",
    ),
    (
        "apps.StatefulSetOrdinals",
        "start",
        "The first pod's ordinal; 0 if absent.",
        "最初の Pod の順序番号。省略すると 0。",
    ),
    (
        "apps.StatefulSetStatus",
        "observedGeneration",
        "The generation of the spec that the controller has seen.",
        "コントローラーが確認した spec の世代。",
    ),
    (
        "apps.StatefulSetStatus",
        "replicas",
        "How many pods the controller has created.",
        "コントローラーが作成した Pod の数。",
    ),
    ("apps.StatefulSetStatus", "readyReplicas", "How many of them are ready.", "そのうち Ready の数。"),
    (
        "apps.StatefulSetStatus",
        "currentReplicas",
        "How many have the current revision.",
        "現在のリビジョンの Pod の数。",
    ),
    (
        "apps.StatefulSetStatus",
        "updatedReplicas",
        "How many have the update revision.",
        "更新後のリビジョンの Pod の数。",
    ),
    (
        "apps.StatefulSetStatus",
        "availableReplicas",
        "How many have been ready for minReadySeconds.",
        "minReadySeconds の間 Ready であり続けた Pod の数。",
    ),
    (
        "apps.StatefulSetStatus",
        "currentRevision",
        "The revision from before the update that is going on.",
        "進行中の更新より前のリビジョン。",
    ),
    (
        "apps.StatefulSetStatus",
        "updateRevision",
        "The revision of the template as it is now.",
        "現在のテンプレートのリビジョン。",
    ),
    (
        "apps.StatefulSetStatus",
        "collisionCount",
        "How often a revision's name was already taken.",
        "リビジョン名が衝突した回数。",
    ),
    (
        "apps.StatefulSetStatus",
        "conditions",
        "Observations with a reason; Kubernetes sets none for StatefulSets today.",
        "理由付きの観測結果。現在の Kubernetes は StatefulSet には設定しません。",
    ),
    (
        "meta.ObjectMeta",
        "name",
        "The object's name, unique among its kind in the namespace.",
        "オブジェクトの名前。Namespace の中の同じ種類の中で一意です。",
    ),
    (
        "meta.ObjectMeta",
        "namespace",
        "The namespace that it lives in; `default` if absent.",
        "属する Namespace。省略すると `default`。",
    ),
    ("meta.ObjectMeta", "labels", "Key and value pairs that selectors look for.", "セレクターが参照するキーと値の組。"),
    (
        "meta.ObjectMeta",
        "annotations",
        "Key and value pairs for tools; selectors do not see them.",
        "ツール向けのキーと値の組。セレクターの対象にはなりません。",
    ),
    (
        "meta.ObjectMeta",
        "generateName",
        "A name's beginning; the API server adds the rest.",
        "名前の前半。残りは API サーバーが付けます。",
    ),
    (
        "meta.ObjectMeta",
        "finalizers",
        "What must be done before the object can go; it stays until the list is empty.",
        "削除前に済ませるべき処理。リストが空になるまでオブジェクトは残ります。",
    ),
    (
        "meta.ObjectMeta",
        "ownerReferences",
        "The objects that this one belongs to; when they go, it goes.",
        "所有者のオブジェクト。所有者が消えるとこれも消えます。",
    ),
    (
        "meta.LabelSelector",
        "matchLabels",
        "Labels that must all be there with these values.",
        "すべて一致しなければならないラベル。",
    ),
    (
        "meta.LabelSelector",
        "matchExpressions",
        "Conditions on labels: In, NotIn, Exists, DoesNotExist.",
        "ラベルへの条件。In、NotIn、Exists、DoesNotExist。",
    ),
    (
        "core.PersistentVolumeClaim",
        "metadata",
        "The template's name is the beginning of every claim's name.",
        "テンプレート名が各 PVC 名の先頭になります。",
    ),
    ("core.PersistentVolumeClaim", "spec", "What storage is asked for.", "要求するストレージ。"),
    (
        "core.PersistentVolumeClaim",
        "status",
        "What the claim got; written by the cluster.",
        "実際に得られたもの。クラスターが書きます。",
    ),
    (
        "core.PersistentVolumeClaimSpec",
        "accessModes",
        "How the volume may be mounted: `ReadWriteOnce` (one node), `ReadWriteMany`, `ReadOnlyMany`, `ReadWriteOncePod`.",
        "マウントの仕方。`ReadWriteOnce` (1 Node)、`ReadWriteMany`、`ReadOnlyMany`、`ReadWriteOncePod`。",
    ),
    (
        "core.PersistentVolumeClaimSpec",
        "storageClassName",
        "The StorageClass that provides the volume; the default class if absent, none if empty.",
        "ボリュームを用意する StorageClass。省略すると既定のクラス、空文字列ならクラスなし。",
    ),
    (
        "core.PersistentVolumeClaimSpec",
        "resources",
        "The size, under requests.storage.",
        "requests.storage に書くサイズ。",
    ),
    (
        "core.PersistentVolumeClaimSpec",
        "volumeMode",
        "`Filesystem` (default) or `Block`.",
        "`Filesystem` (既定)または `Block`。",
    ),
    ("core.PersistentVolumeClaimSpec", "volumeName", "A certain volume to bind to.", "バインドする特定のボリューム。"),
    ("core.PersistentVolumeClaimSpec", "selector", "Labels that a volume must have.", "ボリュームに必要なラベル。"),
    (
        "core.PersistentVolumeClaimSpec",
        "dataSource",
        "A snapshot or a claim to start from.",
        "元にするスナップショットや PVC。",
    ),
    (
        "core.VolumeResourceRequirements",
        "requests",
        "The least size, such as `storage: 1Gi`.",
        "最低限のサイズ。例: `storage: 1Gi`。",
    ),
    ("core.VolumeResourceRequirements", "limits", "The greatest size.", "最大のサイズ。"),
    ("core.Service", "spec", "Which pods it leads to, and how.", "どの Pod へ、どのようにつなぐか。"),
    (
        "core.Service",
        "metadata",
        "The name becomes part of the pods' DNS names.",
        "名前は Pod の DNS 名の一部になります。",
    ),
    (
        "core.ServiceSpec",
        "clusterIP",
        "`None` makes the Service headless: DNS then names the pods themselves.",
        "`None` で Headless Service になり、DNS が個々の Pod を指します。",
    ),
    ("core.ServiceSpec", "selector", "The labels of the pods behind it.", "対象となる Pod のラベル。"),
    ("core.ServiceSpec", "ports", "The ports that it offers.", "公開するポート。"),
    (
        "core.ServiceSpec",
        "publishNotReadyAddresses",
        "Whether pods that are not ready have DNS names too; peers that must find each other early need it.",
        "Ready でない Pod も DNS に載せるか。起動中に互いを見つける必要がある場合に使います。",
    ),
    (
        "core.ServiceSpec",
        "type",
        "`ClusterIP` (default), `NodePort`, `LoadBalancer` or `ExternalName`.",
        "`ClusterIP` (既定)、`NodePort`、`LoadBalancer`、`ExternalName`。",
    ),
    (
        "core.ServicePort",
        "name",
        "The port's name; needed if there are several.",
        "ポートの名前。複数あるときは必須です。",
    ),
    ("core.ServicePort", "port", "The port that the Service listens on.", "Service が待ち受けるポート。"),
    (
        "core.ServicePort",
        "targetPort",
        "The container's port, by number or name; the same as port if absent.",
        "コンテナ側のポート(番号または名前)。省略すると port と同じ。",
    ),
    (
        "policy.PodDisruptionBudgetSpec",
        "minAvailable",
        "How many pods must stay available when somebody evicts pods.",
        "退避のときに利用可能でなければならない Pod の数。",
    ),
    (
        "policy.PodDisruptionBudgetSpec",
        "maxUnavailable",
        "How many pods may be unavailable when somebody evicts pods.",
        "退避のときに利用できなくてよい Pod の数。",
    ),
    ("policy.PodDisruptionBudgetSpec", "selector", "The pods that it protects.", "保護する Pod。"),
    ("storage.StorageClass", "provisioner", "Who makes the volumes.", "ボリュームを作成するプロビジョナー。"),
    (
        "storage.StorageClass",
        "reclaimPolicy",
        "What becomes of a volume when its claim is deleted: `Delete` (default) or `Retain`.",
        "PVC が削除されたときのボリュームの扱い。`Delete` (既定)または `Retain`。",
    ),
    (
        "storage.StorageClass",
        "volumeBindingMode",
        "`Immediate`, or `WaitForFirstConsumer`: the volume is made where the pod is placed.",
        "`Immediate`、または Pod の配置先に合わせて作る `WaitForFirstConsumer`。",
    ),
    ("storage.StorageClass", "allowVolumeExpansion", "Whether claims may grow.", "PVC の拡張を許すか。"),
    (
        "scheduling.PriorityClass",
        "value",
        "The priority of the pods that name this class; the higher it is, the sooner they are scheduled.",
        "このクラスを指定した Pod の優先度。大きいほど先にスケジュールされます。",
    ),
    (
        "scheduling.PriorityClass",
        "globalDefault",
        "Whether pods that name no class get this one; only one class can be the default.",
        "クラスを指定しない Pod に使うか。既定にできるクラスは 1 つだけです。",
    ),
    ("scheduling.PriorityClass", "description", "A note on when to use the class.", "クラスを使う場面についての説明。"),
    (
        "scheduling.PriorityClass",
        "preemptionPolicy",
        "`PreemptLowerPriority` (default): pods of lower priority may be deleted to make room; `Never`: the pod waits.",
        "`PreemptLowerPriority` (既定)では、場所を空けるために優先度の低い Pod が削除されることがあります。`Never` では空くまで待ちます。",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::structure;
    use crate::sorted::SharedSet;

    #[test]
    fn every_sentence_is_about_a_field_that_exists() {
        let mut seen = SharedSet::new();
        for (name, field, en, ja) in FIELDS {
            assert!(structure(name).is_some_and(|it| it.field(field).is_some()), "{name}.{field}");
            assert!(seen.insert((name, field)), "{name}.{field} stands twice");
            assert!(en.ends_with('.') && ja.ends_with('。'), "{name}.{field}");
        }
    }
}
