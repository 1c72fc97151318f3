//! The words of the console's own command `lab`; knows nothing of what it does.

use super::Entry;

/// All texts. Those under `use.` say what a form of the command does, those under `error.` why it cannot be done.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    ("head",
     "lab breaks and mends what kubectl cannot:",
     "lab は kubectl では操作できないものを壊したり直したりします:"),
    ("more",
     "`lab help images` lists image tags and annotations that make a container fail, hang or stay unready.",
     "`lab help images` で、コンテナを失敗・無応答・未 Ready にするイメージタグとアノテーションを表示します。"),
    ("use.plan",
     "what applying the file would restart, delete and wait for; changes nothing",
     "ファイルを適用したときの再起動・削除・待機を予測(何も変更しない)"),
    ("use.versions", "what differs between the versions of Kubernetes, and their feature gates", "Kubernetes のバージョンごとの違いとフィーチャーゲートを表示"),
    ("use.kill", "the container's process dies with exit code 137", "コンテナのプロセスが終了コード 137 で終わる"),
    ("use.crash", "every start of the pod's containers ends with exit code 1", "Pod のコンテナが起動するたびに終了コード 1 で終わる"),
    ("use.unready", "the pod stops answering its readiness probe", "Pod が readinessProbe に応答しなくなる"),
    ("use.hang", "the pod stops answering any probe", "Pod がどのプローブにも応答しなくなる"),
    ("use.bad-image", "the next update asks for an image that does not exist", "存在しないイメージへの更新を行う"),
    ("use.add", "machines like the first one join, in this zone", "最初のマシンと同じものを、このゾーンに追加する"),
    ("use.remove", "a machine leaves for good, with its Node object", "マシンを Node オブジェクトごと取り除く"),
    ("use.stop", "a machine stands still", "マシンが停止する"),
    ("use.start", "a machine comes back", "マシンが復帰する"),
    ("use.stop-kubelet", "a machine's kubelet stands still, its containers go on", "マシンの kubelet だけが停止し、コンテナは動き続ける"),
    ("use.start-kubelet", "a machine's kubelet comes back", "マシンの kubelet が復帰する"),
    ("use.stop-zone", "all machines of a zone stand still", "ゾーンのすべてのマシンが停止する"),
    ("use.start-zone", "all machines of a zone come back", "ゾーンのすべてのマシンが復帰する"),
    ("use.low-memory", "a machine runs short of memory: its kubelet evicts pods", "マシンのメモリが不足し、kubelet が Pod を退避させる"),
    ("use.low-disk", "a machine runs short of disk space: its kubelet evicts pods", "マシンのディスクが不足し、kubelet が Pod を退避させる"),
    ("use.slow-storage", "volumes take this long to be made", "ボリュームの作成にこの時間がかかる"),
    ("use.load", "pods of a workload use this share of their CPU request, for autoscalers to measure", "ワークロードの Pod が CPU リクエストのこの割合を使う(オートスケーラーが計測)"),
    ("use.no-storageclass", "all storage classes are deleted", "StorageClass をすべて削除する"),
    ("use.restore-storageclasses", "the storage classes are there again", "StorageClass を元に戻す"),
    ("done", "lab: {what} done", "lab: {what} を行いました"),
    ("hint",
     "`lab help` lists what can be broken and mended",
     "`lab help` で、壊したり直したりできるものを表示します"),
    ("error.unknown", "unknown command {word}", "{word} というコマンドはありません"),
    ("error.topic", "there is no help on {word}; try `lab help images`", "{word} のヘルプはありません。`lab help images` を試してください"),
    ("error.name", "{verb} needs the name of a {what}", "{verb} には {what} の名前が必要です"),
    ("error.kind", "{verb} takes a {what}, not a {word}", "{verb} の対象は {what} です({word} ではありません)"),
    ("error.on-off", "{verb} takes on or off, not {word}", "{verb} に指定できるのは on か off です({word} ではありません)"),
    ("error.seconds", "{verb} takes seconds or off, not {word}", "{verb} に指定できるのは秒数か off です({word} ではありません)"),
    ("error.percent", "{verb} takes a percentage or off, not {word}", "{verb} に指定できるのは割合(%)か off です({word} ではありません)"),
    ("error.container", "-c needs the name of a container", "-c にはコンテナの名前が必要です"),
    ("error.not-running", "container {container} of pod {pod} is not running", "Pod {pod} のコンテナ {container} は動いていません"),
    ("error.no-container", "the pod template of {set} has no container", "{set} の Pod テンプレートにコンテナがありません"),
    ("error.add", "add takes node, a zone and a number up to 1000, as in `lab add node zone-a 10`; not {word}", "add には node・ゾーン・1000 までの数を指定します(例: `lab add node zone-a 10`)。{word} は指定できません"),
    ("error.machines", "a cluster has at most {max} machines here, and there are {there}", "マシンは {max} 台までです(現在 {there} 台)"),
    ("error.no-machine", "there is no machine called {node}", "{node} というマシンはありません"),
    ("error.no-zone", "there is no zone called {zone}", "{zone} というゾーンはありません"),
    ("error.stopped", "{node} is stopped already", "{node} はすでに停止しています"),
    ("error.running", "{node} is running already", "{node} はすでに動いています"),
    ("images",
"Image tags that misbehave on purpose; the word may stand alone or at the beginning or the end (1.27-bad):
  nginx:bad     cannot be pulled: ErrImagePull, then ImagePullBackOff
  nginx:slow    takes ten times as long to pull
  nginx:crash   exits with code 1 one second after every start: CrashLoopBackOff
  nginx:oom     is killed for its memory two seconds after every start: OOMKilled
  nginx:hang    runs, but answers no probe and does not end at the stop signal

Cannot be pulled either: names that say so (app:does-not-exist, invalid-image), versions that nobody has published
(nginx:1.161), and names one letter away from a known image (ngnix). Every other image is taken to be there.

Annotations, in spec.template.metadata.annotations or by `kubectl annotate pod`:
  sim/ready: \"false\"             runs, but is not ready until the annotation goes
  sim/startup-seconds: \"20\"      answers its probes only 20 seconds after every start
  sim/exit-after-seconds: \"30\"   ends by itself 30 seconds after every start
  sim/exit-code: \"3\"             its exit code then; 0 without this
  sim/ignore-sigterm: \"true\"     ends only when it is killed at the end of the grace period

Commands are read, too: `sleep 5` ends after 5 seconds, `exit 3` with code 3, a loop never. Images such as busybox,
alpine, ubuntu, debian and bash end at once if they get neither a command nor a terminal.

For example:
  kubectl set image statefulset/web nginx=nginx:bad
  kubectl annotate pod web-0 sim/ready=false
  kubectl annotate pod web-0 sim/ready-",
"わざと正しく動かないイメージタグ。タグ全体か、その先頭または末尾の語として書きます(1.27-bad):
  nginx:bad     取得できない: ErrImagePull、続いて ImagePullBackOff
  nginx:slow    取得に 10 倍の時間がかかる
  nginx:crash   起動のたびに 1 秒後に終了コード 1 で終わる: CrashLoopBackOff
  nginx:oom     起動のたびに 2 秒後にメモリ不足で強制終了される: OOMKilled
  nginx:hang    動くが、どのプローブにも応答せず、停止シグナルでも終わらない

次のイメージも取得できません: 存在しないと名前が示すもの(app:does-not-exist、invalid-image)、公開されていないバージョン
(nginx:1.161)、よく知られた名前と 1 文字だけ違うもの(ngnix)。それ以外のイメージは存在するものとして扱います。

アノテーション。spec.template.metadata.annotations に書くか、`kubectl annotate pod` で付けます:
  sim/ready: \"false\"             動くが、アノテーションを外すまで Ready にならない
  sim/startup-seconds: \"20\"      起動のたびに 20 秒間はプローブに応答しない
  sim/exit-after-seconds: \"30\"   起動のたびに 30 秒後に自分で終わる
  sim/exit-code: \"3\"             そのときの終了コード(省略すると 0)
  sim/ignore-sigterm: \"true\"     猶予期間の最後に強制終了されるまで終わらない

コマンドも読み取ります。`sleep 5` は 5 秒後に終わり、`exit 3` は終了コード 3 で終わり、ループは終わりません。
busybox・alpine・ubuntu・debian・bash などのイメージは、コマンドも端末もなければすぐに終わります。

例:
  kubectl set image statefulset/web nginx=nginx:bad
  kubectl annotate pod web-0 sim/ready=false
  kubectl annotate pod web-0 sim/ready-"),
];
