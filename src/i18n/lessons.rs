//! The words of lessons: what is wrong with one, its goals where the author wrote no words, the gallery's topics.

use super::{Entry, Lang, fill};

/// The text under `key` with values in its places.
pub fn say(lang: Lang, key: &'static str, values: &[(&str, &str)]) -> String {
    fill(super::find(ENTRIES, lang, key).unwrap_or(key), values)
}

/// The name of a topic; the topic itself if nobody named it.
pub fn topic(lang: Lang, topic: &str) -> &str {
    super::find(ENTRIES, lang, &format!("topic.{topic}")).unwrap_or(topic)
}

/// All texts.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    ("topic.begin", "To begin with", "はじめに"),
    ("topic.identity", "Identity and order", "名前と順序"),
    ("topic.storage", "Claims and volumes", "PVC とボリューム"),
    ("topic.update", "Updates", "更新"),
    ("topic.failure", "When something fails", "障害と復旧"),
    ("topic.cluster", "Nodes and limits", "Node と制限"),
    ("goal.create", "{object} exists", "{object} が存在する"),
    ("goal.delete", "{object} is gone", "{object} がなくなる"),
    ("goal.condition", "{object}: {what}", "{object}: {what}"),
    ("goal.is", "{object}: {what} is {value}", "{object}: {what} が {value}"),
    ("goal.has", "{object}: {what} is set", "{object}: {what} が設定される"),
    ("error.place", "Line {line} of the lesson: {message}", "レッスンの {line} 行目: {message}"),
    ("error.long", "a lesson has at most {what} bytes", "レッスンは {what} バイトまでです"),
    ("error.open", "the block ```{what} is not closed", "ブロック ```{what} が閉じられていません"),
    ("error.block", "a block `{what}` has no meaning here", "ここにブロック `{what}` は書けません"),
    ("error.steps", "a lesson has at most {what} steps", "ステップは {what} 個までです"),
    ("error.lines", "a block has at most {what} lines", "1 つのブロックは {what} 行までです"),
    ("error.goal",
     "a goal is what `kubectl wait` takes, such as --for=condition=Ready pod/web-0, not “{what}”",
     "goal には `kubectl wait` の引数を書きます(例: --for=condition=Ready pod/web-0)。「{what}」は使えません"),
    ("error.question",
     "a question has a line of its own, at least two answers `- [ ] …`, and exactly one right one `- [x] …`",
     "predict には質問の行と 2 つ以上の選択肢 `- [ ] …` を書き、正解を 1 つだけ `- [x] …` とします"),
    ("error.setting", "the lab has no setting `{what}`", "`{what}` という設定はありません"),
    ("error.title", "a lesson begins with its title, `# …`", "レッスンは題名 `# …` で始めます"),
    ("error.no-steps", "a lesson has steps, `## …`", "レッスンにはステップ `## …` が必要です"),
    ("error.no-goal", "the step “{what}” has no block ```goal", "ステップ「{what}」に ```goal がありません"),
    ("error.no-solution", "the step “{what}” has no block ```solution", "ステップ「{what}」に ```solution がありません"),
];
