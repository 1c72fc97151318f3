//! What the API's fields mean, in our own words: one sentence a field; knows nothing of where it is shown.

use super::Lang;

/// The sentence about a field of a struct, such as `apps.StatefulSetSpec` and `replicas`.
pub fn field_doc(lang: Lang, structure: &str, field: &str) -> Option<&'static str> {
    let all = || FIELDS.iter().chain(super::workload_fields::FIELDS);
    let find = |structure| all().find(|entry| entry.0 == structure && entry.1 == field);
    // These mean the same in every kind.
    let shared = matches!(field, "apiVersion" | "kind" | "metadata");
    let (_, _, en, ja) = find(structure).or_else(|| find("apps.StatefulSet").filter(|_| shared))?;
    Some(match lang {
        Lang::En => en,
        Lang::Ja => ja,
    })
}

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
        "core.PodTemplateSpec",
        "metadata",
        "Labels and annotations of every pod; the labels must match the selector.",
        "各 Pod のラベルとアノテーション。ラベルはセレクターと一致させます。",
    ),
    ("core.PodTemplateSpec", "spec", "What runs in every pod, and where.", "各 Pod で何をどこで動かすか。"),
    (
        "core.PodSpec",
        "containers",
        "The containers that run side by side in the pod; at least one.",
        "Pod の中で並んで動くコンテナ。少なくとも 1 つ必要です。",
    ),
    (
        "core.PodSpec",
        "initContainers",
        "Containers that run one after the other before the others start.",
        "他のコンテナより先に、1 つずつ順に実行されるコンテナ。",
    ),
    (
        "core.PodSpec",
        "volumes",
        "Volumes of the pod. Those of volumeClaimTemplates are added by the controller.",
        "Pod のボリューム。volumeClaimTemplates の分はコントローラーが追加します。",
    ),
    (
        "core.PodSpec",
        "restartPolicy",
        "What happens when a container ends; in a StatefulSet only `Always`.",
        "コンテナ終了時の動作。StatefulSet では `Always` のみ。",
    ),
    (
        "core.PodSpec",
        "terminationGracePeriodSeconds",
        "How long a pod may take to stop before it is killed; 30 if absent. 0 is unsafe for a StatefulSet.",
        "停止にかけてよい秒数。過ぎると強制終了されます。省略すると 30。StatefulSet で 0 は安全ではありません。",
    ),
    (
        "core.PodSpec",
        "nodeSelector",
        "Labels that a node must have for the pod to run there.",
        "Pod を動かす Node に必要なラベル。",
    ),
    (
        "core.PodSpec",
        "affinity",
        "Rules about the nodes and the neighbours that the pod wants or avoids.",
        "望ましい、または避けたい Node や隣の Pod についての規則。",
    ),
    (
        "core.PodSpec",
        "tolerations",
        "Taints of nodes that the pod bears, and for how long.",
        "Pod が許容する Node の taint と、その時間。",
    ),
    (
        "core.PodSpec",
        "topologySpreadConstraints",
        "How evenly the pods are spread over zones or nodes.",
        "ゾーンや Node に Pod をどれだけ均等に分散させるか。",
    ),
    (
        "core.PodSpec",
        "serviceAccountName",
        "The account under which the pod talks to the API server.",
        "Pod が API サーバーと通信するときのアカウント。",
    ),
    (
        "core.PodSpec",
        "priorityClassName",
        "The pod's importance when resources are short.",
        "リソース不足のときの Pod の優先度。",
    ),
    (
        "core.PodSpec",
        "securityContext",
        "User, group and rights for all containers of the pod.",
        "Pod の全コンテナのユーザー、グループ、権限。",
    ),
    (
        "core.PodSpec",
        "hostname",
        "The host name inside; the controller sets it to the pod's name.",
        "内部のホスト名。コントローラーが Pod 名を設定します。",
    ),
    (
        "core.PodSpec",
        "subdomain",
        "The DNS domain under the Service; the controller sets it to serviceName.",
        "Service の下の DNS ドメイン。コントローラーが serviceName を設定します。",
    ),
    (
        "core.PodSpec",
        "nodeName",
        "The node that the pod runs on; the scheduler sets it.",
        "Pod が動く Node。スケジューラーが設定します。",
    ),
    (
        "core.PodSpec",
        "dnsPolicy",
        "How names are resolved in the pod; `ClusterFirst` if absent.",
        "Pod 内の名前解決の方法。省略すると `ClusterFirst`。",
    ),
    ("core.PodSpec", "schedulerName", "Which scheduler places the pod.", "Pod を配置するスケジューラー。"),
    (
        "core.PodSpec",
        "imagePullSecrets",
        "Secrets for private image registries.",
        "プライベートなイメージレジストリ用の Secret。",
    ),
    (
        "core.PodSpec",
        "activeDeadlineSeconds",
        "How long the pod may run; not allowed in a StatefulSet's template.",
        "Pod を動かしてよい秒数。StatefulSet のテンプレートでは使えません。",
    ),
    ("core.Container", "name", "The container's name, unique in the pod.", "コンテナ名。Pod 内で一意です。"),
    (
        "core.Container",
        "image",
        "The image to run, such as `nginx:1.27`. A change starts a rolling update.",
        "実行するイメージ。例: `nginx:1.27`。変更するとローリングアップデートが始まります。",
    ),
    (
        "core.Container",
        "imagePullPolicy",
        "When the image is pulled: `IfNotPresent`, `Always` or `Never`.",
        "イメージを取得するタイミング。`IfNotPresent`、`Always`、`Never`。",
    ),
    (
        "core.Container",
        "command",
        "The program to run in place of the image's entrypoint.",
        "イメージの ENTRYPOINT の代わりに実行するプログラム。",
    ),
    ("core.Container", "args", "The program's arguments.", "プログラムの引数。"),
    ("core.Container", "workingDir", "The folder in which the program starts.", "プログラムの開始ディレクトリ。"),
    (
        "core.Container",
        "ports",
        "Ports that the container listens on; a name can be used by Services and probes.",
        "コンテナが待ち受けるポート。名前は Service やプローブから参照できます。",
    ),
    ("core.Container", "env", "Environment variables.", "環境変数。"),
    (
        "core.Container",
        "envFrom",
        "Environment variables from a whole ConfigMap or Secret.",
        "ConfigMap や Secret 全体から読み込む環境変数。",
    ),
    (
        "core.Container",
        "resources",
        "CPU and memory: what is reserved and what is allowed at most.",
        "CPU とメモリ。予約する量と上限。",
    ),
    (
        "core.Container",
        "volumeMounts",
        "Where volumes appear in the container's files.",
        "ボリュームをコンテナのどこにマウントするか。",
    ),
    (
        "core.Container",
        "readinessProbe",
        "Asks whether the pod is ready; until then it gets no traffic and an ordered set waits.",
        "Pod の準備ができたかを調べます。それまでトラフィックは届かず、OrderedReady の StatefulSet は待ちます。",
    ),
    (
        "core.Container",
        "livenessProbe",
        "Asks whether the container still works; if not, it is restarted.",
        "コンテナが正常かを調べます。失敗すると再起動されます。",
    ),
    (
        "core.Container",
        "startupProbe",
        "Asks whether the container has started; the other probes wait for it.",
        "コンテナの起動完了を調べます。他のプローブはこれを待ちます。",
    ),
    (
        "core.Container",
        "lifecycle",
        "What runs right after the start and right before the stop.",
        "起動直後と停止直前に実行する処理。",
    ),
    ("core.Container", "securityContext", "User and rights of this container.", "このコンテナのユーザーと権限。"),
    (
        "core.ContainerPort",
        "name",
        "A name for the port that a Service can use as targetPort.",
        "ポートの名前。Service の targetPort に使えます。",
    ),
    ("core.ContainerPort", "containerPort", "The port's number.", "ポート番号。"),
    ("core.ContainerPort", "protocol", "`TCP` if absent.", "省略すると `TCP`。"),
    ("core.EnvVar", "name", "The variable's name.", "変数名。"),
    (
        "core.EnvVar",
        "value",
        "Its value; always a string, so quote numbers.",
        "値。必ず文字列なので、数値は引用符で囲みます。",
    ),
    (
        "core.EnvVar",
        "valueFrom",
        "Takes the value from a field, a ConfigMap or a Secret.",
        "フィールド、ConfigMap、Secret から値を取ります。",
    ),
    (
        "core.ResourceRequirements",
        "requests",
        "What the scheduler reserves on the node.",
        "スケジューラーが Node に確保する量。",
    ),
    ("core.ResourceRequirements", "limits", "The most that the container may use.", "コンテナが使ってよい上限。"),
    (
        "core.VolumeMount",
        "name",
        "The volume, or the claim template, to mount.",
        "マウントするボリュームまたは PVC テンプレートの名前。",
    ),
    ("core.VolumeMount", "mountPath", "Where it appears in the container.", "コンテナ内のマウント先。"),
    ("core.VolumeMount", "subPath", "Only this folder of the volume.", "ボリュームのうちこのフォルダだけ。"),
    ("core.VolumeMount", "readOnly", "Whether writing is forbidden.", "書き込みを禁止するか。"),
    ("core.Volume", "name", "The name that mounts refer to.", "マウントから参照する名前。"),
    ("core.Volume", "emptyDir", "An empty folder that lives as long as the pod.", "Pod と同じ寿命の空のフォルダ。"),
    ("core.Volume", "configMap", "Files from a ConfigMap.", "ConfigMap から作るファイル。"),
    ("core.Volume", "secret", "Files from a Secret.", "Secret から作るファイル。"),
    (
        "core.Volume",
        "persistentVolumeClaim",
        "A claim that exists already and is shared by all replicas.",
        "既存の PVC。すべてのレプリカで共有されます。",
    ),
    ("core.Probe", "httpGet", "Succeeds on an HTTP answer from 200 to 399.", "HTTP 200–399 の応答で成功。"),
    (
        "core.Probe",
        "exec",
        "Succeeds if a command in the container ends with 0.",
        "コンテナ内のコマンドが 0 で終われば成功。",
    ),
    ("core.Probe", "tcpSocket", "Succeeds if the port can be opened.", "ポートに接続できれば成功。"),
    (
        "core.Probe",
        "initialDelaySeconds",
        "How long after the start the first probe comes.",
        "起動から最初のプローブまでの秒数。",
    ),
    ("core.Probe", "periodSeconds", "How often it is asked; 10 if absent.", "実行間隔の秒数。省略すると 10。"),
    ("core.Probe", "timeoutSeconds", "How long an answer may take; 1 if absent.", "応答を待つ秒数。省略すると 1。"),
    (
        "core.Probe",
        "failureThreshold",
        "How many failures in a row count; 3 if absent.",
        "失敗とみなす連続失敗回数。省略すると 3。",
    ),
    (
        "core.Probe",
        "successThreshold",
        "How many successes in a row count; 1 if absent.",
        "成功とみなす連続成功回数。省略すると 1。",
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
