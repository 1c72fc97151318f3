//! The text between two blocks: whether it leads from a command to its output. Judged by `www/block-kinds.js` as well.

/// How surely a text leads to an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// There is no text.
    None,
    /// Its words may also lead to something that the reader writes.
    Weak,
    /// It says that something is printed.
    Strong,
    /// It leads to something else, or nowhere.
    Elsewhere,
    /// The same behind a heading, or far away: nothing belongs together across it.
    Apart,
}

/// The longest text that leads to an output, in letters.
const LEAD_MAX: usize = 300;

/// Words of a text that says that something is printed.
const STRONG: &[&str] = &[
    "output",
    "prints",
    "printed",
    "will print",
    "response",
    "returns",
    "you should see",
    "you should get",
    "should look",
    "should show",
    "should say",
    "should return",
    "you see",
    "you'll see",
    "you will see",
    "you'll get",
    "you will get",
    "you get",
    "gives",
    "expected",
    "displays",
    "displayed",
    "responds",
    "replies",
    "reports",
    "says:",
    "yields",
    "produces",
    "shows:",
    "出力",
    "表示",
    "応答",
    "返り",
    "返っ",
    "返され",
    "返ってき",
    "見えるはず",
    "見えます",
    "得られ",
    "確認できます",
];
/// Words of a text that may lead to something else.
const WEAK: &[&str] = &[
    "similar",
    "result",
    "looks like",
    "look like",
    "like this",
    "like the following",
    "as follows",
    "shows",
    "something like",
    "結果",
    "ように",
    "とおり",
    "通り",
    "すると",
    "はずです",
    "なります",
];
/// What a reader is told to do to a file, in front of which such a word says nothing of an output.
const WRITTEN: &[&str] = &[
    "create",
    "save",
    "write",
    "edit",
    "add",
    "put",
    "copy",
    "paste",
    "change",
    "replace",
    "open",
    "insert",
    "modify",
    "configure",
    "update",
];
const WRITTEN_JA: &[&str] = &["作成", "保存", "書き", "書い", "編集", "追加", "貼り", "変更", "設定"];
/// The words in front of such a verb that make it an order, besides the beginning of a sentence.
const ORDERING: &[&str] =
    &["then", "now", "next", "please", "and", "to", "can", "must", "should", "you", "we", "first"];
/// The terminal in which a watch goes on.
const ELSEWHERE: &[&str] = &[
    "other terminal",
    "first terminal",
    "second terminal",
    "another terminal",
    "previous terminal",
    "original terminal",
    "other window",
    "first window",
    "second window",
    "other shell",
    "other tab",
    "別のターミナル",
    "別の端末",
    "もう一つのターミナル",
    "もう一方の",
    "最初のターミナル",
    "1 つ目のターミナル",
    "1つ目のターミナル",
    "他のターミナル",
    "元のターミナル",
    "別ターミナル",
];

/// Where a text between two blocks leads, its lines parted by line breaks. `is_heading` says whether one of them is a
/// heading.
pub(super) fn lead_of(between: &str, is_apart: bool) -> Lead {
    let text = between.trim().to_lowercase().replace('\u{2019}', "'");
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_apart || text.chars().count() > LEAD_MAX {
        Lead::Apart
    } else if text.is_empty() {
        Lead::None
    } else if has(STRONG) {
        Lead::Strong
    } else if has(WEAK) && !is_order(&text) && !has(WRITTEN_JA) {
        Lead::Weak
    } else {
        Lead::Elsewhere
    }
}

/// Whether a text speaks of what another terminal shows.
pub(super) fn is_of_another_terminal(between: &str) -> bool {
    let text = between.to_lowercase();
    ELSEWHERE.iter().any(|word| text.contains(word))
}

/// Whether a text, in small letters, tells to write something.
fn is_order(text: &str) -> bool {
    text.split(['.', '!', '?', ':', ';', ',', '\n']).any(|sentence| {
        let mut before = "now";
        sentence.split_whitespace().any(|word| {
            let is_order = WRITTEN.contains(&word) && ORDERING.contains(&before);
            before = word;
            is_order
        })
    })
}
