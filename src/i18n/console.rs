//! The console's own words beside kubectl's: hints; knows nothing of when they are given.

use super::{Entry, Lang};

/// The hint under `key`.
pub fn find(lang: Lang, key: &str) -> Option<&'static str> {
    super::find(HINTS, lang, key)
}

/// Hints by key.
const HINTS: &[Entry] = &[
    (
        "pods_max",
        "{name} wants more pods than this lab simulates: it stops at {count} pods in all",
        "{name} の replicas はこのラボの上限を超えています。Pod は全体で {count} 個までシミュレートします",
    ),
    (
        "images",
        "image tags such as `nginx:bad` or `nginx:crash` misbehave on purpose: `lab help images` lists them",
        "`nginx:bad` や `nginx:crash` のようなタグは、わざと正しく動きません。`lab help images` で一覧を表示します",
    ),
    (
        "no_folder",
        "this lab has no folder {name}: what follows happens where you are",
        "このラボにフォルダー {name} はありません。続きは今のフォルダーで実行します",
    ),
    (
        "no_program",
        "this lab has no {name}: it is taken to have done its job",
        "このラボに {name} はありません。正常に終了したものとして扱います",
    ),
    (
        "no_answer",
        "this lab has no {name}: the command is taken to have done its job",
        "このラボに {name} はありません。コマンドは正常に終了したものとして扱います",
    ),
    (
        "no_room",
        "that disk is full in this lab alone: a file ends at 4096 KiB here, at 128 KiB if it grows by small pieces, and all texts of a disk at 64 MiB",
        "ディスクが一杯なのはこのラボの上限のためです。ファイルは 4096 KiB まで、少しずつ追記するファイルは 128 KiB まで、1 つのディスクの内容は合計 64 MiB までです",
    ),
    (
        "own_bound",
        "that bound is this lab's own: a real container goes on, and here it is taken to do its job",
        "これはこのラボの上限です。実際のコンテナはそのまま動作を続けます。このラボでは正常に動作しているものとして扱います",
    ),
    (
        "no_such_thing",
        "this lab has no {name}: the container is taken to do its job",
        "このラボに {name} はありません。コンテナは正常に動作しているものとして扱います",
    ),
    (
        "taken_for_granted",
        "this lab cannot run {name}: the container is taken to do its job",
        "このラボは {name} を実行できません。コンテナは正常に動作しているものとして扱います",
    ),
    (
        "taken_for_set",
        "this lab does not know what the image sets {name} to: it is empty here, and the container is taken to do its job",
        "このイメージが {name} に設定する値をこのラボは知りません。空として扱い、コンテナは正常に動作しているものとみなします",
    ),
    (
        "no_addon",
        "this lab has no addon {name}: nothing was switched",
        "このラボにアドオン {name} はありません。何も切り替えていません",
    ),
    (
        "no_metrics_server",
        "this lab has no metrics-server: nothing was switched. `lab load deploy/NAME 80%` says how much of its CPU request each pod uses, and autoscalers measure that",
        "このラボに metrics-server はありません。何も切り替えていません。`lab load deploy/NAME 80%` で各 Pod が CPU requests の何 % を使うかを指定すると、HPA がその値を測ります",
    ),
    (
        "supplied",
        "{object} is taken to be made by {name}, with values of this lab's",
        "{object} は {name} が作成したものとみなします。値はこのラボが用意したものです",
    ),
    (
        "certificate_unread",
        "this lab reads no certificates: who holds this one is taken to be the user {name}.",
        "このラボは証明書の中身を読みません。この証明書の持ち主をユーザー {name} として扱います。",
    ),
    ("flag_ignored", "this lab ignores {flag}", "このラボは {flag} を無視します"),
    (
        "raw_not_here",
        "this lab serves the objects of its API and the lists of its kinds there, but not `{path}`",
        "このラボの API はオブジェクトと種類の一覧には答えますが、`{path}` には答えません",
    ),
    (
        "flag_refused",
        "ignoring {flag} would do more than you asked for, so nothing was done",
        "{flag} を無視すると頼まれた以上のことをしてしまうため、何もしませんでした",
    ),
    (
        "explain_kind",
        "{kind} is one of the kinds that this cluster keeps. Its fields are listed below.",
        "{kind} はこのクラスターが保持するリソースです。フィールドは以下のとおりです。",
    ),
    (
        "background",
        "the command goes on in the background, its lines are marked with its number: `fg` brings it back, `kill %1` ends it",
        "コマンドはバックグラウンドで続きます。出力には番号が付きます。`fg` で前面に戻り、`kill %1` で終了します",
    ),
    (
        "run.endless",
        "this had not ended after ten minutes: Ctrl-C ended it",
        "10 分たっても終了しなかったため、Ctrl-C で終了させました",
    ),
    (
        "moment.busy",
        "{count} steps happened at one moment, as when two controllers undo each other's work; time goes on",
        "同じ時刻に {count} ステップが実行されました(2 つのコントローラーが互いの変更を打ち消しているときなどに起こります)。時刻を先へ進めます",
    ),
    ("check.nothing", "(nothing)", "(なし)"),
    ("check.after", "block {block}, after `{line}`:", "ブロック {block}、`{line}` のあと:"),
    ("check.printed", "printed: {text}", "本文: {text}"),
    ("check.here", "here:    {text}", "ここ: {text}"),
    (
        "check.sum",
        "{blocks} blocks played, {count} lines differ or fail",
        "{blocks} 個のブロックを実行、違う行または失敗 {count} 行",
    ),
    (
        "tutorial.past",
        "nothing more happens in this cluster: a watch shows what comes after it begins, so that what came before is missing here",
        "このクラスターではもう何も起きません。watch は始めたあとの変化だけを表示するため、それより前の行はここにはありません",
    ),
    ("tutorial.named", "{printed} is called {here} in this cluster", "{printed} は、このクラスターでは {here} です"),
    (
        "tutorial.watching",
        "the watch goes on in a second terminal while you go on here",
        "watch は 2 つめのターミナルで続いています。ここでは先へ進めます",
    ),
    (
        "queue.full",
        "{count} lines wait already, `{line}` is one too many: end what waits with Ctrl-C first",
        "すでに {count} 行が待っているため、`{line}` は受け付けられません。先に Ctrl-C で待機中のコマンドを終了してください",
    ),
    (
        "minikube_runs",
        "the cluster of this page runs already, as Kubernetes {version}: go on with kubectl",
        "このページのクラスターは Kubernetes {version} としてすでに動いています。kubectl で先へ進めます",
    ),
    (
        "minikube_word",
        "`{word}` is {version} here, which the cluster of this page runs already: go on with kubectl",
        "ここでの `{word}` は {version} です。このページのクラスターはすでにその版で動いています。kubectl で先へ進めます",
    ),
    (
        "gates_ignored",
        "the lab does not model the feature gate {gates}: it changes nothing here. `lab versions` lists those that do",
        "フィーチャーゲート {gates} にこのラボは対応していないため、何も変わりません。対応しているものは `lab versions` で確認できます",
    ),
    (
        "minikube_deleted",
        "a fresh cluster runs already in its place; the page's button ↶ (Ctrl+Z outside a text) brings the old one back",
        "代わりの新しいクラスターがすでに動いています。画面の ↶ ボタン(入力欄の外では Ctrl+Z)で前のクラスターに戻れます",
    ),
    (
        "minikube_downgrade",
        "type `minikube delete` first, or open the page with `?version={version}`",
        "先に `minikube delete` を実行するか、`?version={version}` を付けてページを開いてください",
    ),
    (
        "rollout_unwatched",
        "with Recreate and OnDelete kubectl tells nothing of the update: `kubectl get pods -w` shows the pods go and come, `why sts/NAME` says what it waits for",
        "Recreate と OnDelete では kubectl は更新の進み具合を示しません。`kubectl get pods -w` で Pod の入れ替わりを、`why sts/名前` で待っている理由を確認できます",
    ),
    (
        "version_unknown",
        "this lab has no Kubernetes {what}: it knows {known}",
        "このラボに Kubernetes {what} はありません。使えるのは {known} です",
    ),
    (
        "gate_unknown",
        "no feature gate {what} is known here: it does not exist, or the lab does not model it; of {version} the lab knows {gates}",
        "フィーチャーゲート {what} は存在しないか、このラボが対応していません。{version} でラボが知っているのは {gates} です",
    ),
    (
        "gate_absent",
        "Kubernetes {version} has no feature gate {what}: only {versions} has it; of {version} the lab knows {gates}",
        "Kubernetes {version} にフィーチャーゲート {what} はありません。あるのは {versions} だけです。{version} でラボが知っているのは {gates} です",
    ),
    (
        "gate_locked",
        "the feature gate {what} is locked to true: the feature is generally available",
        "フィーチャーゲート {what} は true に固定されています(GA 済みの機能です)",
    ),
    (
        "gate_form",
        "{what} is not of the form NAME=true or NAME=false",
        "{what} は NAME=true または NAME=false の形ではありません",
    ),
    (
        "minikube_stays",
        "the cluster lives in this page: its pause button stops the time, its reset button makes a new cluster",
        "クラスターはこのページの中にあります。一時停止ボタンで時間が止まり、リセットボタンで新しいクラスターになります",
    ),
    (
        "minikube_elsewhere",
        "`minikube {verb}` needs a machine around the cluster; this page has none. kubectl works",
        "`minikube {verb}` にはクラスターの外のマシンが必要ですが、このページにはありません。kubectl は使えます",
    ),
    (
        "in_shell",
        "this shell is inside a container; `exit` leads back to the console",
        "このシェルはコンテナの中です。`exit` でコンソールに戻ります",
    ),
    ("did_you_mean", "did you mean `{word}`?", "`{word}` のことですか?"),
    (
        "not_here",
        "this console knows kubectl (`help` lists it), lab (`lab help` lists what can be broken and mended), minikube, and a shell: pipes, for, while, $(…), cat, grep, sed, awk, xargs, watch",
        "このコンソールで使えるのは kubectl (`help` で一覧)、lab (`lab help` で一覧)、minikube と、パイプ・for・while・$(…)・cat・grep・sed・awk・xargs・watch などのシェル機能です",
    ),
    (
        "inert_kind",
        "this lab keeps and shows {kind} objects, but nothing here acts on them",
        "このラボは {kind} を保存して表示しますが、それに従って動くものはありません",
    ),
    (
        "inert_webhooks",
        "this lab keeps and shows {kind} objects, but calls no webhook: no request is checked or changed by one",
        "このラボは {kind} を保存して表示しますが、webhook は呼び出しません。リクエストが webhook によって検証・変更されることはありません",
    ),
    (
        "inert_api_service",
        "this lab keeps {kind} objects and says whether their servers run, but the API server passes no request on to them",
        "このラボは {kind} を保存し、そのサーバーが動いているかを示しますが、API サーバーがリクエストを転送することはありません",
    ),
    (
        "inert_custom_kind",
        "no operator runs in this lab: {kind} objects are kept, checked by their schema and shown, and nothing acts on them",
        "このラボではオペレーターが動いていません。{kind} は保存・検証・表示されますが、それに従って動くものはありません",
    ),
    (
        "unmodelled_kind",
        "{kind} exist in Kubernetes but not in this lab, so there are none",
        "{kind} は Kubernetes にはありますが、このラボにはないため、常に 0 件です",
    ),
    (
        "no_metrics",
        "the lab has no metrics server; `kubectl describe node` shows what pods asked for",
        "このラボに metrics-server はありません。`kubectl describe node` で Pod の要求量を確認できます",
    ),
    (
        "forwarded",
        "this console's curl can connect, nothing outside of this page can: put `&` behind the command, or open another terminal, and try `curl -s localhost:{port}`. Ctrl-C ends",
        "このコンソールの curl からは接続できます(ページの外からはできません)。コマンドの末尾に `&` を付けるか別の端末を開いて `curl -s localhost:{port}` を試してください。Ctrl-C で終了します",
    ),
    (
        "not_reached",
        "curl reaches what `kubectl port-forward` holds open, and the nodes' ports; names and addresses of the cluster are known inside of it: `kubectl exec POD -- curl -s NAME`",
        "curl が届くのは `kubectl port-forward` で開いたポートと Node のポートです。クラスター内の名前やアドレスには、中から `kubectl exec POD -- curl -s NAME` で接続してください",
    ),
    (
        "not_served",
        "this console's curl can connect, nothing outside of this page can: put `&` behind the command, or open another terminal, and try `curl localhost:{port}/version`. Ctrl-C ends",
        "このコンソールの curl からは接続できます(ページの外からはできません)。コマンドの末尾に `&` を付けるか別の端末を開いて `curl localhost:{port}/version` を試してください。Ctrl-C で終了します",
    ),
    (
        "no_network",
        "this page reaches no network: open the address in a browser, paste its text into the editor, then `-f manifest.yaml`; or write it into a file here (`vi {file}`), and the line works as it stands",
        "このページからネットワークには接続できません。ブラウザーでアドレスを開き、内容をエディターに貼り付けて `-f manifest.yaml` とするか、ここでファイルに保存すれば(`vi {file}`)、この行がそのまま使えます",
    ),
    ("tab_completes", "Tab completes here without a script", "ここではスクリプトなしで Tab 補完が使えます"),
    (
        "edit_head",
        "Change the object below and save it.\nLines that begin with # are not read; an empty text cancels the edit.",
        "下のオブジェクトを書き換えて保存してください。\n# で始まる行は読まれません。空にすると編集を取りやめます。",
    ),
    (
        "kuberc_absent",
        "aliases and defaults of flags in ~/.kube/kuberc count here; the file is to be written by hand, as with cat",
        "~/.kube/kuberc の別名やフラグの既定値はここでも有効です。ファイルは cat などで直接書いてください",
    ),
    (
        "files_cut",
        "this lab copies at most {count} files at once: the rest was left out",
        "このラボが一度にコピーするファイルは {count} 個までです。残りはコピーしていません",
    ),
    (
        "apply_same",
        "nothing was changed: kubectl sends volumeClaimTemplates whole, because the server filled in fields that the \
         manifest lacks, and calls that \"configured\"",
        "変更はありません。サーバーが補ったフィールドがマニフェストにないため、kubectl は volumeClaimTemplates をそのまま送り直し、configured と表示します",
    ),
    (
        "edit_scale",
        "kubectl cannot save an edited Scale: it knows no such kind; kubectl scale {name} --replicas=N sets it",
        "kubectl は編集した Scale を保存できません（この種類を知りません）。kubectl scale {name} --replicas=N で変えられます",
    ),
    (
        "edit_opened",
        "{name} is open in the editor: change it there and save it; Ctrl-C cancels",
        "{name} をエディターに開きました。書き換えて保存してください。Ctrl-C で取りやめます",
    ),
    (
        "file_missing",
        "`-f {name}` is the text in the editor; files here: {files}",
        "`-f {name}` でエディターの内容を読みます。ここにあるファイル: {files}",
    ),
    (
        "unchecked_rules",
        "this lab does not check {rules}: it takes what a real cluster may refuse",
        "このラボは {rules} を検証しません。実際のクラスターなら拒否される値も受け付けます",
    ),
    (
        "no_auto_sts_condition",
        "a StatefulSet has no conditions; try `kubectl rollout status sts/{name}`",
        "StatefulSet には condition がありません。`kubectl rollout status sts/{name}` を使ってください",
    ),
    ("waiting", "press Ctrl-C to stop watching", "Ctrl-C で表示を終えます"),
    (
        "set_fixed_selector",
        "the way out: `kubectl delete sts {name}`, then apply again; a set takes over no pods whose labels its selector \
         does not find, and the claims stay (Plan shows every step)",
        "解決方法: `kubectl delete sts {name}` の後にもう一度適用します。セレクターに合わない Pod は引き継がれず、PVC は残ります(Plan に全手順が出ます)",
    ),
    (
        "set_fixed",
        "the way out: `kubectl delete sts {name} --cascade=orphan`, then apply again; the pods go on running and are taken \
         over (Plan shows every step)",
        "解決方法: `kubectl delete sts {name} --cascade=orphan` の後にもう一度適用します。Pod は動き続け、引き継がれます(Plan に全手順が出ます)",
    ),
    (
        "recreate_off",
        "Recreate needs Kubernetes 1.37 and the feature gate StatefulSetRecreateStrategy: `minikube start \
         --kubernetes-version=v1.37.0 --feature-gates=StatefulSetRecreateStrategy=true`, or \
         ?version=1.37&gates=StatefulSetRecreateStrategy=true in the page's address",
        "Recreate には Kubernetes 1.37 とフィーチャーゲート StatefulSetRecreateStrategy が必要です: `minikube start \
         --kubernetes-version=v1.37.0 --feature-gates=StatefulSetRecreateStrategy=true`、またはページのアドレスに \
         ?version=1.37&gates=StatefulSetRecreateStrategy=true",
    ),
    (
        "pvc_kept",
        "the claims of {name} are kept; see `kubectl get pvc`",
        "{name} の PVC は残っています。`kubectl get pvc` で確認できます",
    ),
];
