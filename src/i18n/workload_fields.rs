//! What the fields of the kinds beside sets mean, in our own words; the same form as in `fields`.

/// The catalogue: struct, field, English, Japanese.
#[rustfmt::skip]
pub const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("core.PodStatus", "conditions", "What is seen of the object, each with a status, a reason and the time of its last change.", "観測された状態。それぞれに値、理由、最後に変わった時刻があります。"),
    ("meta.Condition", "type", "Which condition it is; there is one of each type.", "Condition の種類。同じ種類は 1 つだけです。"),
    ("meta.Condition", "status", "Whether it holds: `True`, `False`, or `Unknown` where nobody can say.", "成り立つかどうか。`True`、`False`、判断できないときは `Unknown`。"),
    ("meta.Condition", "reason", "Why, in one word for programs.", "理由を表す 1 語(プログラム向け)。"),
    ("meta.Condition", "message", "Why, in a sentence for people.", "理由の説明(人向け)。"),
    ("meta.Condition", "lastTransitionTime", "When its status changed last.", "値が最後に変わった時刻。"),
    ("core.PodCondition", "lastProbeTime", "When it was looked at last; most components leave it empty.", "最後に確認した時刻。多くのコンポーネントは設定しません。"),
    ("apps.DeploymentCondition", "lastUpdateTime", "When anything of it was written last.", "最後に書き込まれた時刻。"),
    ("core.NodeCondition", "lastHeartbeatTime", "When the node reported it last.", "Node が最後に報告した時刻。"),
    ("meta.Condition", "observedGeneration", "The generation of the object that it was found for.", "この値を求めたときのオブジェクトの世代。"),
    ("core.ComponentCondition", "error", "The error code of a check that failed.", "失敗した確認のエラーコード。"),
    ("core.PodSpec", "schedulingGroup", "The group of pods that are scheduled together with this one (from 1.36 on).", "一緒にスケジュールされる Pod のグループ(1.36 以降)。"),
    ("core.PodSchedulingGroup", "podGroupName", "The name of the PodGroup, in the pod's namespace.", "PodGroup の名前(Pod と同じ Namespace)。"),
    ("core.PodSpec", "workloadRef", "The Workload and the group in it that the pod belongs to (1.35 only).", "Pod が属する Workload とその中のグループ(1.35 のみ)。"),
    ("core.WorkloadReference", "name", "The name of the Workload, in the pod's namespace.", "Workload の名前(Pod と同じ Namespace)。"),
    ("core.WorkloadReference", "podGroup", "Which of the Workload's groups of pods it belongs to.", "Workload の中で属する Pod グループ。"),
    ("core.WorkloadReference", "podGroupReplicaKey", "Tells several copies of the same group apart.", "同じグループの複数のコピーを区別するキー。"),
    ("apps.DeploymentSpec", "replicas", "How many pods there should be; 1 if absent.", "維持する Pod の数。省略すると 1。"),
    ("apps.DeploymentSpec", "selector", "Which pods belong to the Deployment; cannot be changed later.", "どの Pod が Deployment に属するか。後から変更できません。"),
    ("apps.DeploymentSpec", "template", "The pod that every replica is made from. A change makes a new ReplicaSet.", "各レプリカの元になる Pod。変更すると新しい ReplicaSet ができます。"),
    ("apps.DeploymentSpec", "strategy", "How pods get a changed template.", "テンプレートの変更を Pod に反映する方法。"),
    ("apps.DeploymentSpec", "minReadySeconds", "How long a pod must be ready before it counts as available; 0 if absent.", "Pod が Ready のまま何秒続けば利用可能とみなすか。省略すると 0。"),
    ("apps.DeploymentSpec", "revisionHistoryLimit", "How many old ReplicaSets are kept for rolling back; 10 if absent.", "ロールバック用に残す古い ReplicaSet の数。省略すると 10。"),
    ("apps.DeploymentSpec", "paused", "Whether changes of the template wait.", "テンプレートの変更を保留するか。"),
    ("apps.DeploymentSpec", "progressDeadlineSeconds", "After so long without progress a rollout is told to have failed; it goes on all the same. 600 if absent.", "この時間進まないとロールアウトの失敗が報告されます(処理は続きます)。省略すると 600。"),
    ("apps.DeploymentStrategy", "type", "`RollingUpdate` (default): new pods come while old ones go; `Recreate`: all old ones end first.", "`RollingUpdate` (既定)は新旧を入れ替えながら、`Recreate` は古い Pod をすべて終了してから更新します。"),
    ("apps.DeploymentStrategy", "rollingUpdate", "How many pods may be too many or missing during an update.", "更新中に余分または不足してよい Pod の数。"),
    ("apps.RollingUpdateDeployment", "maxUnavailable", "How many of the wanted pods may be missing; a number or a percentage, 25% if absent.", "不足してよい Pod の数または割合。省略すると 25%。"),
    ("apps.RollingUpdateDeployment", "maxSurge", "How many pods there may be above the wanted number; a number or a percentage, 25% if absent.", "余分に作ってよい Pod の数または割合。省略すると 25%。"),
    ("apps.ReplicaSetSpec", "replicas", "How many pods there should be; 1 if absent.", "維持する Pod の数。省略すると 1。"),
    ("apps.ReplicaSetSpec", "selector", "Which pods the ReplicaSet counts as its own, also those that it did not make.", "どの Pod を自分のものとして数えるか。自分で作っていない Pod も含みます。"),
    ("apps.ReplicaSetSpec", "template", "The pod that is made when one is missing; a change does not touch pods that exist.", "不足したときに作る Pod。変更しても既存の Pod はそのままです。"),
    ("apps.DaemonSetSpec", "selector", "Which pods belong to the DaemonSet; cannot be changed later.", "どの Pod が DaemonSet に属するか。後から変更できません。"),
    ("apps.DaemonSetSpec", "template", "The pod that every node gets that takes it.", "受け入れる各 Node に置く Pod。"),
    ("apps.DaemonSetSpec", "updateStrategy", "`RollingUpdate` (default) replaces pods node by node, `OnDelete` when you delete them.", "`RollingUpdate` (既定)は Node ごとに、`OnDelete` は手動で削除したときに Pod を置き換えます。"),
    ("batch.JobSpec", "completions", "How many pods have to succeed.", "成功する必要がある Pod の数。"),
    ("batch.JobSpec", "parallelism", "How many pods run at a time; 1 if absent.", "同時に実行する Pod の数。省略すると 1。"),
    ("batch.JobSpec", "backoffLimit", "How many failures there may be; 6 if absent.", "許される失敗の数。省略すると 6。"),
    ("batch.JobSpec", "activeDeadlineSeconds", "After so long the Job fails, whatever its pods do.", "この時間が過ぎると、Pod の状態によらず Job は失敗します。"),
    ("batch.JobSpec", "completionMode", "`NonIndexed` (default), or `Indexed`: each pod has a number of its own to do.", "`NonIndexed` (既定)か、各 Pod が固有の番号を担当する `Indexed`。"),
    ("batch.JobSpec", "suspend", "Whether the Job waits: its pods are deleted.", "Job を停止するか。停止すると Pod は削除されます。"),
    ("batch.JobSpec", "ttlSecondsAfterFinished", "The Job is deleted so long after its end.", "終了後この時間が過ぎると Job を削除します。"),
    ("batch.JobSpec", "template", "The pod that does the work; it must not restart always.", "処理を行う Pod。restartPolicy に Always は使えません。"),
    ("batch.CronJobSpec", "schedule", "When Jobs are made: minute, hour, day, month, weekday.", "Job を作る時刻。分、時、日、月、曜日。"),
    ("batch.CronJobSpec", "timeZone", "The time zone of the schedule, as the IANA database names it. UTC without one.", "スケジュールのタイムゾーン(IANA データベースの名前)。省略すると UTC です。"),
    ("batch.CronJobSpec", "concurrencyPolicy", "What happens while a Job still runs: `Allow` (default), `Forbid`, or `Replace`.", "前の Job が実行中のときの動作。`Allow` (既定)、`Forbid`、`Replace`。"),
    ("batch.CronJobSpec", "suspend", "Whether no Job is made.", "Job の作成を止めるか。"),
    ("batch.CronJobSpec", "jobTemplate", "The Job that is made at each moment of the schedule.", "スケジュールの時刻ごとに作る Job。"),
    ("batch.CronJobSpec", "successfulJobsHistoryLimit", "How many Jobs that succeeded are kept; 3 if absent.", "残しておく成功した Job の数。省略すると 3。"),
    ("batch.CronJobSpec", "failedJobsHistoryLimit", "How many Jobs that failed are kept; 1 if absent.", "残しておく失敗した Job の数。省略すると 1。"),
    ("autoscaling.HorizontalPodAutoscalerSpec", "scaleTargetRef", "What is scaled; leave `replicas` out of its manifest, or every apply sets it back.", "スケールする対象。マニフェストに `replicas` を書くと、適用のたびに元に戻ります。"),
    ("autoscaling.HorizontalPodAutoscalerSpec", "minReplicas", "The least number of pods; 1 if absent.", "Pod の最小数。省略すると 1。"),
    ("autoscaling.HorizontalPodAutoscalerSpec", "maxReplicas", "The largest number of pods.", "Pod の最大数。"),
    ("autoscaling.HorizontalPodAutoscalerSpec", "metrics", "What is measured, and what it should be.", "計測する対象とその目標値。"),
    ("networking.NetworkPolicySpec", "podSelector", "Which pods the policy is about; all of the namespace if empty.", "対象の Pod。空の場合は Namespace のすべて。"),
    ("networking.NetworkPolicySpec", "ingress", "What may reach the pods.", "Pod に届いてよい通信。"),
    ("networking.NetworkPolicySpec", "egress", "What the pods may reach.", "Pod から届いてよい通信。"),
    ("networking.IngressSpec", "ingressClassName", "Which controller serves the Ingress.", "この Ingress を扱うコントローラー。"),
    ("networking.IngressSpec", "rules", "Which Service answers for which host and path.", "どのホストとパスにどの Service が応答するか。"),
    ("core.LimitRangeSpec", "limits", "Defaults and bounds for what containers, pods and claims ask for.", "コンテナ、Pod、PVC が要求する量の既定値と範囲。"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::structure;

    #[test]
    fn every_sentence_is_about_a_field_that_exists() {
        for (name, field, en, ja) in FIELDS {
            assert!(structure(name).is_some_and(|it| it.field(field).is_some()), "{name}.{field}");
            assert!(en.ends_with('.') && ja.ends_with('。'), "{name}.{field}");
        }
    }
}
