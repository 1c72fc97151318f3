//! The page's own words: buttons, labels, states, messages; knows nothing of where they stand.

use super::{Entry, Lang, fill, find};

/// The text under `key`, or the key itself if nobody wrote it (a test finds that).
pub fn t(lang: Lang, key: &'static str) -> &'static str {
    find(UI, lang, key).unwrap_or(key)
}

/// The text under `key` with values in its places.
pub fn tf(lang: Lang, key: &'static str, values: &[(&str, &str)]) -> String {
    fill(t(lang, key), values)
}

/// The catalogue.
pub const UI: &[Entry] = &[
    // The page.
    ("app.skip", "Skip to the console", "コンソールへ移動"),
    (
        "app.about",
        "A Kubernetes cluster in your browser: apply, break, and see why",
        "ブラウザーの中の Kubernetes クラスター: 適用し、壊し、理由を見る",
    ),
    ("app.scenario", "Scenario", "シナリオ"),
    ("app.language", "Language", "言語"),
    ("version.without", "maxUnavailable has no effect", "maxUnavailable は効かない"),
    ("version.with", "maxUnavailable counts", "maxUnavailable が効く"),
    ("version.newest", "maxUnavailable counts, broken pods are free", "maxUnavailable が効き、壊れた Pod は数えない"),
    ("app.version", "Kubernetes version (starts anew)", "Kubernetes のバージョン(最初から始めます)"),
    ("app.version.begun", "Started anew as Kubernetes {version}.", "Kubernetes {version} で最初から始めました。"),
    ("app.gates", "Feature gates", "フィーチャーゲート"),
    ("app.gates.some", "Feature gates: {gates}", "フィーチャーゲート: {gates}"),
    ("gates.title", "Kubernetes {version}: feature gates", "Kubernetes {version} のフィーチャーゲート"),
    (
        "gates.note",
        "The cluster goes on with what you choose, as after a restart of its control plane: it is a line in the console, and ↶ takes it back.",
        "選ぶと、コントロールプレーンを再起動したときのように、同じクラスターがその設定で続きます。コンソールのコマンドとして実行され、↶ で取り消せます。",
    ),
    ("gates.default.on", "on by default", "既定は on"),
    ("gates.default.off", "off by default", "既定は off"),
    ("gates.differences", "What differs between the versions", "バージョンごとの違いを表示"),
    ("app.theme.system", "Theme: as the system", "テーマ: システムに合わせる"),
    ("app.theme.light", "Theme: light", "テーマ: ライト"),
    ("app.theme.dark", "Theme: dark", "テーマ: ダーク"),
    ("app.help", "Help: legend, faults, keys", "ヘルプ: 凡例・障害・キー"),
    ("help.title", "Help", "ヘルプ"),
    (
        "app.about.long",
        "A model of a Kubernetes cluster runs in this page, with the exact algorithm of the StatefulSet controller. Edit the manifest and apply it, type kubectl, break things: the picture shows what happens, and the reason for every step.",
        "このページでは Kubernetes クラスターのモデルが動いており、StatefulSet コントローラーのアルゴリズムを忠実に再現しています。マニフェストを編集して適用し、kubectl を入力し、障害を起こしてみてください。何が起きるかと、その一つ一つの理由が図に表示されます。",
    ),
    ("legend.pods", "Pods", "Pod"),
    ("legend.more", "Claims, revisions, lanes", "PVC・リビジョン・時間軸"),
    ("legend.current", "stripe: the current revision", "帯: 現行リビジョン"),
    ("legend.update", "stripe: the update revision", "帯: 更新リビジョン"),
    ("legend.lanes", "a lane of the timeline: the pod above, its claim below", "時間軸の行: 上が Pod、下が PVC"),
    ("legend.inputs", "something that you did", "行った操作"),
    (
        "legend.quiet",
        "a grey band of the timeline: nothing changed, so it is drawn short",
        "時間軸の灰色の帯: 変化がないため縮めて表示",
    ),
    ("legend.words", "Names, tags, lights", "DNS 名・タグ・ランプ"),
    (
        "legend.name",
        "a name that DNS resolves now; hollow: it does not",
        "今 DNS で解決できる名前。白抜きは解決できない名前",
    ),
    (
        "legend.leaving",
        "“to be removed”: a scale-down takes this pod away",
        "「削除対象」: スケールダウンでなくなる Pod",
    ),
    (
        "legend.unused",
        "“unused since”: a claim that was kept when its pod went",
        "「未使用」: Pod がなくなった後も残った PVC",
    ),
    (
        "legend.light",
        "a promise of the set that holds; hollow: not asked of it; a red diamond: broken, a click leads to the moment",
        "守られている StatefulSet の約束。白抜きは対象外。赤いひし形は破られた約束(押すとその時点へ)",
    ),
    ("legend.differs", "otherwise in a branch that lies beside", "横に並べたブランチと違うもの"),
    ("legend.faults", "Faults that can be made", "起こせる障害"),
    (
        "legend.faults.where",
        "A pod's × and a node's switch in the picture, the inspector's buttons, or these lines at the console:",
        "図の Pod の ×、Node のスイッチ、詳細のボタン、または次のコマンドで起こせます:",
    ),
    ("keys.kill", "Kill the container of the pod that has the focus", "フォーカスのある Pod のコンテナを強制終了"),
    (
        "keys.stop",
        "Stop or start the machine of the node that has the focus",
        "フォーカスのある Node のマシンを停止・起動",
    ),
    ("app.close", "Close", "閉じる"),
    ("app.more", "More controls", "その他の操作"),
    ("app.share", "Copy a link to this session", "このセッションへのリンクをコピー"),
    ("share.copied", "The link to this session is copied.", "このセッションへのリンクをコピーしました。"),
    (
        "share.address",
        "The link to this session stands in the address bar.",
        "このセッションへのリンクはアドレス欄にあります。",
    ),
    (
        "share.manual",
        "The link could not be copied from here: it stands selected in the field.",
        "ここからはリンクをコピーできませんでした。欄の中に選択された状態で表示しています。",
    ),
    ("share.large", "This session is too long for a link.", "このセッションはリンクにするには長すぎます。"),
    (
        "share.broken",
        "The link cannot be read, so the lab begins as usual.",
        "リンクを読み込めないため、通常どおりに始めます。",
    ),
    (
        "share.newer",
        "The link was made by a newer lab, so this one begins as usual.",
        "このリンクはより新しい版のラボで作られたため、通常どおりに始めます。",
    ),
    (
        "opening.scenario",
        "There is no scenario called {what}; there are {known}.",
        "{what} というシナリオはありません。使えるのは {known} です。",
    ),
    (
        "opening.environment",
        "There is no environment called {what}; there are {known}.",
        "{what} という環境はありません。使えるのは {known} です。",
    ),
    (
        "opening.manifest",
        "Not all of the manifest was applied: {why}",
        "マニフェストの一部を適用できませんでした: {why}",
    ),
    ("opening.and", ". ", "。"),
    (
        "opening.runs_as",
        "{why}. This lab runs as Kubernetes {version}.",
        "{why}。このラボは Kubernetes {version} で動いています。",
    ),
    ("opening.compared_without", "{why}. The other versions lie beside.", "{why}。ほかのバージョンだけを並べました。"),
    (
        "opening.lesson_version",
        "This lesson is about Kubernetes {version} and runs as that.",
        "このレッスンは Kubernetes {version} についてのもので、そのバージョンで動きます。",
    ),
    ("app.resize.editor", "Width of the editor", "エディターの幅"),
    ("app.resize.console", "Height of the console", "コンソールの高さ"),
    ("app.resize.lesson", "Height of the lesson's step", "レッスンの手順の高さ"),
    (
        "app.resize.title",
        "Drag, or use the arrow keys; a double click brings back the usual size",
        "ドラッグか矢印キーで変更、ダブルクリックで元の大きさ",
    ),
    ("panel.picture", "Picture", "図"),
    ("panel.editor", "Manifest", "マニフェスト"),
    ("panel.console", "Console", "コンソール"),
    ("panel.news", "new output", "新しい出力"),
    ("panel.inspector", "Inspector", "詳細"),
    ("panel.tabs", "Panels", "パネル"),
    ("panel.time", "Time", "時間"),
    // Lessons.
    ("guide.title", "Lesson", "レッスン"),
    ("guide.step", "Step {n} of {all}", "ステップ {n} / {all}"),
    ("guide.run", "Run this line", "この行を実行"),
    ("guide.ran", "Run it again", "もう一度実行"),
    ("guide.later", "Comes when more of the goals below are reached", "下の目標が先に進むと実行できます"),
    ("guide.before", "Back", "戻る"),
    ("guide.next", "Next", "次へ"),
    ("guide.finish", "Finish", "終える"),
    ("guide.close", "Hide the lesson", "レッスンを隠す"),
    ("guide.again", "Start the lesson over", "レッスンを最初からやり直す"),
    ("guide.wait", "Skip ahead", "先へ進める"),
    ("guide.wait.title", "Lets time go on until there is something to do", "次にすることが出てくるまで時間を進める"),
    ("guide.goals", "This step is done when", "このステップの目標"),
    ("guide.reached", "reached", "達成"),
    ("guide.open", "not yet", "未達成"),
    ("guide.done", "Done.", "達成しました。"),
    ("guide.hint", "Hint", "ヒント"),
    ("guide.hint.more", "Another hint", "次のヒント"),
    ("guide.show", "Show me", "答えを見る"),
    ("guide.solution", "One way to do it", "解答例"),
    ("guide.question", "What do you expect?", "どうなると思いますか?"),
    (
        "guide.predicted",
        "Your prediction: {answer}. Run the step and see.",
        "あなたの予想: {answer}。実行して確かめましょう。",
    ),
    ("guide.change", "Change", "変更"),
    ("guide.right", "You were right: {answer}.", "予想どおりです: {answer}"),
    ("guide.wrong", "You expected: {given}. It is: {answer}.", "予想は「{given}」でしたが、正しくは「{answer}」です。"),
    ("guide.answer", "The answer: {answer}.", "答え: {answer}"),
    ("guide.because", "Why, in this very run:", "この実行での理由:"),
    ("guide.ended", "Lesson finished", "レッスン終了"),
    ("guide.learned", "What you know now", "学んだこと"),
    ("guide.following", "Next lesson", "次のレッスン"),
    ("keys.guide", "Show or hide the lesson", "レッスンの表示・非表示"),
    ("keys.lessons", "Choose a lesson", "レッスンを選ぶ"),
    ("lessons.title", "Lessons", "レッスン"),
    (
        "lessons.lead",
        "Each takes about five minutes. Choosing one starts a new cluster.",
        "1 つ 5 分ほどです。選ぶと新しいクラスターで始まります。",
    ),
    ("lessons.steps.one", "{count} step", "{count} ステップ"),
    ("lessons.steps.many", "{count} steps", "{count} ステップ"),
    ("lessons.predict.one", "{count} prediction", "予想 {count} 問"),
    ("lessons.predict.many", "{count} predictions", "予想 {count} 問"),
    ("lessons.done", "done", "修了"),
    ("lessons.part", "{done} of {all} steps", "{done} / {all} ステップ"),
    ("lessons.open", "Open a lesson file", "レッスンのファイルを開く"),
    (
        "lessons.own",
        "A lesson is a text file (Markdown): yours opens by file, by link, or dropped here. To write one, save an example and change it: a manifest, then steps with their lines, what a step is done by (as kubectl wait takes it), hints and a solution. What is wrong is said with its line.",
        "レッスンはテキストファイル(Markdown)です。自作のものは、ファイル・リンク・ここへのドロップで開けます。作るときは、例を保存して書き換えます。マニフェストのあとに、各ステップのコマンド、達成の条件(kubectl wait と同じ書き方)、ヒント、答えを書きます。間違いは行番号つきで表示されます。",
    ),
    ("lessons.example", "Save an example", "例を保存する"),
    ("lessons.coming", "The lessons are coming…", "レッスンを読み込んでいます…"),
    (
        "lesson.missing",
        "There is no such lesson: the address leads to no lesson's text.",
        "そのレッスンは見つかりません。アドレスにレッスンのテキストがありません。",
    ),
    (
        "lesson.origin",
        "A lesson is fetched only from the site that this page is on. Open it as a file instead.",
        "レッスンはこのページと同じサイトからだけ読み込めます。ファイルとして開いてください。",
    ),
    ("lesson.large", "The lesson is longer than a lesson may be (256 kB).", "レッスンが長すぎます(上限 256 kB)。"),
    // Time.
    ("time.play", "Play", "再生"),
    ("time.pause", "Pause", "一時停止"),
    ("time.step", "Step to the next change", "次の変化へ進む"),
    ("time.back", "Step back", "前の変化へ戻る"),
    ("time.skip", "Skip idle time", "何も起きない時間を飛ばす"),
    ("time.undo", "Undo the last input", "直前の操作を取り消す"),
    ("time.reset", "Start over", "最初からやり直す"),
    ("time.speed", "Speed", "速度"),
    ("time.clock", "Virtual time", "仮想時間"),
    ("time.branch", "Branch", "ブランチ"),
    ("time.rename", "Rename the branch", "ブランチの名前を変更"),
    ("time.rename.ask", "New name of this branch", "このブランチの新しい名前"),
    ("time.paused", "paused", "一時停止中"),
    ("time.settled", "settled", "安定"),
    ("time.stuck", "stuck", "停滞"),
    ("time.until", "waits until {at}", "{at} まで待機"),
    (
        "time.until.hint",
        "Nothing changes before this moment. Skip idle time (N) goes there.",
        "この時刻までは何も変化しません。「何も起きない時間を飛ばす」(N)で進めます。",
    ),
    ("time.settled.hint", "Nothing more will happen by itself.", "このままでは何も変化しません。"),
    ("time.past", "in the past: acting here begins a branch", "過去を表示中: 操作するとブランチが始まります"),
    ("time.past.free", "in the past", "過去を表示中"),
    // The editor.
    ("editor.plan", "Plan", "計画"),
    (
        "editor.plan.title",
        "What would applying it lead to? Nothing is changed.",
        "適用するとどうなるかを調べます。何も変更しません。",
    ),
    ("editor.save", "Save", "保存"),
    ("editor.paused", "kubectl edit runs at another moment", "kubectl edit は別の時点で実行中"),
    (
        "editor.paused.title",
        "The command that waits for this text does not run at the moment you look at. Go there on the timeline to save it.",
        "このテキストを待つコマンドは、表示中の時点では実行されていません。タイムラインでその時点に移動すると保存できます。",
    ),
    ("editor.save.title", "Give the text back to kubectl edit (Ctrl+Enter)", "kubectl edit に渡す(Ctrl+Enter)"),
    ("editor.apply", "Apply", "適用"),
    ("editor.apply.title", "Apply the manifest (Ctrl+Enter)", "マニフェストを適用(Ctrl+Enter)"),
    ("editor.applied", "applied", "適用済み"),
    ("editor.edited", "edited", "未適用"),
    ("editor.differs", "live differs", "クラスターと相違"),
    ("editor.deleted", "deleted", "削除済み"),
    (
        "editor.close.ask",
        "kubectl edit waits for this text. Close it without saving?",
        "kubectl edit がこのテキストを待っています。保存せずに閉じますか?",
    ),
    (
        "editor.edit.waits",
        "kubectl edit refused the text and has opened it again, so {line} was not run. Save or close it first.",
        "kubectl edit がテキストを受け付けず再び開いたため、{line} は実行されませんでした。先に保存するか閉じてください。",
    ),
    ("editor.close.drop", "Close without saving", "保存せずに閉じる"),
    ("editor.close.stay", "Go on editing", "編集を続ける"),
    ("editor.problem.one", "{count} problem", "問題 {count} 件"),
    ("editor.problem.many", "{count} problems", "問題 {count} 件"),
    ("editor.note.one", "{count} note", "注意 {count} 件"),
    ("editor.note.many", "{count} notes", "注意 {count} 件"),
    ("editor.problems", "Problems in the manifest", "マニフェストの問題"),
    ("editor.place", "line {line}, column {column}", "{line} 行目 {column} 列目"),
    ("editor.line", "line {line}", "{line} 行目"),
    ("editor.hint", "hint: {hint}", "ヒント: {hint}"),
    ("editor.label", "Manifest (YAML)", "マニフェスト(YAML)"),
    (
        "editor.describe",
        "Tab indents once you have typed; press Escape, then Tab, to leave. Ctrl+Space completes, Ctrl+Enter applies.",
        "入力を始めると Tab は字下げになります。離れるには Escape の後に Tab を押します。Ctrl+Space で補完、Ctrl+Enter で適用します。",
    ),
    ("editor.open", "Open a file", "ファイルを開く"),
    ("editor.diff", "Diff", "差分"),
    ("editor.diff.title", "Compare with the live objects", "クラスターのオブジェクトと比較"),
    ("editor.diff.none", "No difference to the live objects.", "クラスターのオブジェクトとの差分はありません。"),
    ("editor.diff.new", "not in the cluster yet", "まだクラスターにありません"),
    ("editor.diff.head", "What Apply would change", "適用すると変わるところ"),
    ("editor.drop", "Drop the file to open it", "ファイルをドロップして開く"),
    ("editor.unchecked", "checked when applied", "適用時に検査"),
    (
        "editor.unchecked.title",
        "This text is too long to be checked while you type. Plan and Apply check it.",
        "長すぎるため、入力中は検査しません。計画と適用では検査します。",
    ),
    (
        "editor.too_long",
        "This text has {size} MB; the editor takes at most {max} MB. Nothing was changed.",
        "このテキストは {size} MB です。エディターの上限は {max} MB です。何も変更していません。",
    ),
    ("editor.unreadable", "This file is not text.", "このファイルはテキストではありません。"),
    ("editor.completions", "Completions", "補完候補"),
    // The console.
    ("console.label", "Command", "コマンド"),
    ("console.log", "Console output", "コンソールの出力"),
    ("console.clear", "Clear", "クリア"),
    ("console.copy", "Copy", "コピー"),
    ("console.copied", "Copied", "コピーしました"),
    ("console.interrupt", "Stop the running command (Ctrl+C)", "実行中のコマンドを止める(Ctrl+C)"),
    ("console.waiting", "waiting: {line}", "待機中: {line}"),
    ("console.waiting.paused", "waiting, but time is paused: {line}", "待機中ですが、時間が止まっています: {line}"),
    ("console.background", "Let it go on in the background (Ctrl+Z)", "バックグラウンドで続ける(Ctrl+Z)"),
    ("console.job.end", "End {line}", "{line} を終了する"),
    ("console.queued", "After `{line}` these lines run:", "`{line}` が終わると、次の行を実行します:"),
    ("console.queue.now", "Run them now", "今すぐ実行"),
    ("console.queue.forget", "Forget them", "取り消す"),
    ("console.terminal", "Terminal {number}", "ターミナル {number}"),
    ("console.beside", "Terminals side by side", "ターミナルを横に並べる"),
    ("console.terminal.new", "Open another terminal", "ターミナルをもう 1 つ開く"),
    (
        "console.terminal.close",
        "Close this terminal; what runs in it ends",
        "このターミナルを閉じる(実行中のコマンドは終了します)",
    ),
    ("console.all", "Show all: {count} more lines", "すべて表示: 残り {count} 行"),
    ("console.less", "Show less", "折りたたむ"),
    ("console.hello", "Type kubectl commands here, for example", "ここに kubectl コマンドを入力します。例:"),
    ("console.completions", "Completions", "補完候補"),
    // Storage.
    (
        "store.broken",
        "The stored session could not be read ({why}); this is a fresh start.",
        "保存されたセッションを読み込めませんでした({why})。新しく始めます。",
    ),
    (
        "store.hangs",
        "The stored session did not come to its end when it was loaded last time; this is a fresh start.",
        "保存されたセッションの読み込みが前回完了しませんでした。新しく始めます。",
    ),
    ("store.in_list", "It is kept in the list of sessions.", "そのセッションは一覧に残しました。"),
    ("loading.title", "Your session is being played again", "セッションを再生しています"),
    ("loading.stop", "Do not wait: keep it in the list of sessions", "待たずに始める(セッションは一覧に残ります)"),
    (
        "store.full",
        "The browser's storage is full: this session will not survive a reload.",
        "ブラウザーの保存領域がいっぱいです。このセッションは再読み込みすると失われます。",
    ),
    (
        "store.large",
        "This session has grown too large to be stored: it will not survive a reload.",
        "セッションが大きすぎて保存できません。再読み込みすると失われます。",
    ),
    // Sessions.
    ("sessions.title", "Sessions", "セッション一覧"),
    ("sessions.kept", "What you did is kept in the list of sessions.", "これまでの操作はセッション一覧に残しました。"),
    (
        "sessions.earlier_kept",
        "Your earlier session is kept in the list of sessions.",
        "以前のセッションは一覧に残しました。",
    ),
    ("sessions.text_kept", "Your text is kept in a tab of its own.", "入力したテキストは別のタブに残しました。"),
    ("sessions.back", "Bring it back", "元に戻す"),
    (
        "sessions.gone.one",
        "The oldest session of the list had to make room.",
        "一覧のうち最も古いセッションを削除しました。",
    ),
    (
        "sessions.gone.many",
        "The {count} oldest sessions of the list had to make room.",
        "一覧のうち古いセッション {count} 件を削除しました。",
    ),
    ("sessions.none", "Nothing is kept yet.", "まだ何も残っていません。"),
    (
        "sessions.note",
        "Sessions that you left; choosing one brings it back as it was.",
        "中断したセッションです。選ぶと元のとおりに戻ります。",
    ),
    ("sessions.save", "Save this session as a file", "このセッションをファイルに保存"),
    ("sessions.import", "Open a file…", "ファイルを開く…"),
    ("sessions.export", "Save as a file", "ファイルに保存"),
    ("sessions.forget", "Delete from the list", "一覧から削除"),
    ("sessions.name", "{day} {time}, {sets}, {branches}", "{day} {time}・{sets}・{branches}"),
    ("sessions.today", "today", "今日"),
    ("sessions.yesterday", "yesterday", "昨日"),
    ("sessions.no_set", "no set", "StatefulSet なし"),
    ("sessions.branch.one", "{count} branch", "ブランチ {count} 本"),
    ("sessions.branch.many", "{count} branches", "ブランチ {count} 本"),
    (
        "sessions.broken",
        "The session could not be opened: {why}. Nothing was changed.",
        "セッションを開けませんでした: {why}。何も変更していません。",
    ),
    ("sessions.failed", "could not be loaded", "読み込めませんでした"),
    ("sessions.no_file", "this is no file of a session", "セッションのファイルではありません"),
    // When everything fails.
    ("crash.title", "The simulation has stopped", "シミュレーションが停止しました"),
    (
        "crash.text",
        "This is a fault of ours, not of your manifest. Your text is kept below.",
        "これは本ツールの不具合で、マニフェストのせいではありません。入力したテキストは下に残っています。",
    ),
    ("crash.what", "What happened", "何が起きたか"),
    ("crash.manifest", "Your manifest", "入力したマニフェスト"),
    ("crash.restart", "Start over, keep my text", "テキストを残してやり直す"),
    ("crash.reload", "Try the session again", "セッションをもう一度読み込む"),
    ("crash.report", "Copy a report", "報告をコピー"),
    // Shortcuts.
    ("keys.title", "Keyboard shortcuts", "キーボードショートカット"),
    (
        "keys.where",
        "Single keys work outside the editor and the console.",
        "1 文字のキーは、エディターとコンソールの外で使えます。",
    ),
    ("keys.play", "Play or pause", "再生・一時停止"),
    ("keys.step", "Step to the next change, step back", "次の変化へ進む・前の変化へ戻る"),
    ("keys.skip", "Skip idle time", "何も起きない時間を飛ばす"),
    ("keys.speed", "Slower, faster", "遅く・速く"),
    ("keys.undo", "Undo the last input", "直前の操作を取り消す"),
    ("keys.reset", "Start over", "最初からやり直す"),
    ("keys.console", "To the console", "コンソールへ"),
    ("keys.editor", "To the manifest", "マニフェストへ"),
    ("keys.apply", "Apply the manifest", "マニフェストを適用"),
    ("keys.complete", "Complete (editor, console)", "補完(エディター・コンソール)"),
    ("keys.interrupt", "Stop the running command", "実行中のコマンドを止める"),
    ("keys.clear", "Clear the console", "コンソールをクリア"),
    ("keys.close", "Close the inspector or a list", "詳細や候補を閉じる"),
    ("keys.help", "This list", "この一覧"),
    // Scenarios.
    (
        "editor.read_only",
        "This lab is for looking only: nothing that changes the cluster is carried out.",
        "このラボは閲覧専用です。クラスターを変更する操作は実行されません。",
    ),
    ("scenario.web", "nginx, three replicas", "nginx・3 レプリカ"),
    ("scenario.mariadb", "MariaDB: claims survive", "MariaDB: PVC は残る"),
    ("scenario.empty", "Empty cluster", "空のクラスター"),
    ("scenario.mariadb-svc", "MariaDB: self-healing", "MariaDB: 自己修復"),
    ("scenario.broken-parallel", "One broken pod, three versions", "壊れた Pod・3 バージョン比較"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::i18n::plural::{number, plural};
    use crate::sorted::SharedSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, out);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                out.push(path);
            }
        }
    }

    /// String literals in `code` that look like keys of this catalogue.
    fn keys_in(code: &str) -> SharedSet<String> {
        let heads: SharedSet<&str> = UI.iter().filter_map(|entry| entry.0.split('.').next()).collect();
        let literals = code.split('"').skip(1).step_by(2);
        let is_key = |text: &&str| {
            let mut parts = text.split('.');
            parts.next().is_some_and(|head| heads.contains(head))
                && text.contains('.')
                && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_' | '-'))
        };
        literals.filter(is_key).map(str::to_string).collect()
    }

    #[test]
    fn every_key_that_the_page_uses_is_in_the_catalogue_and_none_is_idle() {
        let mut files = Vec::new();
        for folder in ["src/state", "src/ui"] {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
        }
        let used: SharedSet<String> =
            files.iter().flat_map(|path| keys_in(&fs::read_to_string(path).unwrap_or_default())).collect();
        let all: SharedSet<&str> = UI.iter().map(|entry| entry.0).collect();
        assert_eq!(all.len(), UI.len(), "a key stands twice");
        // Titles of scenarios are looked up by the scenario's id.
        let known: SharedSet<String> =
            all.into_iter().filter(|key| !key.starts_with("scenario.")).map(str::to_string).collect();
        let missing: Vec<_> = used.difference(&known).collect();
        assert!(missing.is_empty(), "used, but not in the catalogue: {missing:?}");
        let idle: Vec<_> = known.difference(&used).collect();
        assert!(idle.is_empty(), "in the catalogue, but nobody uses it: {idle:?}");
    }

    #[test]
    fn both_languages_have_the_same_places() {
        let places = |text: &str| -> SharedSet<String> {
            text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|it| it.0.to_string())).collect()
        };
        for (key, en, ja) in UI {
            assert_eq!(places(en), places(ja), "{key}");
            assert!(!en.is_empty() && !ja.is_empty(), "{key}");
        }
    }

    #[test]
    fn numbers_and_plurals() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(-12), "-12");
        assert_eq!(plural(Lang::En, "editor.problem.one", "editor.problem.many", 1), "1 problem");
        assert_eq!(plural(Lang::En, "editor.problem.one", "editor.problem.many", 2000), "2,000 problems");
        assert_eq!(plural(Lang::Ja, "editor.problem.one", "editor.problem.many", 1), "問題 1 件");
    }
}
