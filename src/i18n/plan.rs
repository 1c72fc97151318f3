//! What a plan says, and what became of it, in words; plans nothing.

use super::{Entry, Lang};

/// The text under `key`, with its places filled. An unknown key is shown as it is.
pub fn said(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    super::fill(super::find(ENTRIES, lang, key).unwrap_or(key), values)
}

/// All texts.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    ("plan.settled", "Applied now, this would settle after {duration}. Nothing was changed.",
     "いま適用すると {duration}で落ち着きます。実際には何も変更していません。"),
    ("plan.stuck", "Applied now, this would get stuck; the last step comes after {duration}. Nothing was changed.",
     "いま適用すると途中で止まります。最後の動きは {duration}後です。実際には何も変更していません。"),
    ("plan.refused", "Applied now, this would be refused. Nothing was changed.",
     "いま適用すると拒否されます。実際には何も変更していません。"),
    ("plan.nothing", "No pod and no claim would come or go.",
     "Pod や PVC の増減・入れ替えはありません。"),
    ("plan.unchanged", "Applied now, this would change nothing.", "いま適用しても何も変わりません。"),
    ("plan.settled-partly", "Applied now, a part of this would be refused, and the rest would settle after {duration}. Nothing was changed.",
     "いま適用すると一部が拒否され、残りは {duration}で落ち着きます。実際には何も変更していません。"),
    ("plan.stuck-at-once", "Applied now, this would get stuck at once. Nothing was changed.",
     "いま適用すると、すぐに止まります。実際には何も変更していません。"),
    ("plan.restarted", "Pods replaced, in this order: {names}", "入れ替わる Pod (この順): {names}"),
    ("plan.restarted-at-once", "Pods replaced, all at once: {names}", "入れ替わる Pod (一斉に): {names}"),
    ("plan.outage", "That is an outage: for {time} nobody answers for {set}.",
     "つまり停止します。{set} は {time}のあいだ応答しません。"),
    ("plan.created", "Pods created, in this order: {names}", "作成される Pod (この順): {names}"),
    ("plan.deleted", "Pods deleted for good, in this order: {names}", "削除される Pod (この順): {names}"),
    ("plan.no-restart", "No pod would be replaced.", "入れ替わる Pod はありません。"),
    ("plan.claims", "Claims deleted, with their data: {names}", "データとともに削除される PVC: {names}"),
    ("plan.no-claims", "No claim would be deleted.", "削除される PVC はありません。"),
    ("plan.because", "Why it gets stuck:", "止まる理由:"),
    ("plan.then", "then: {line}", "そうなったら: {line}"),
    ("plan.kept", "Claims that stay without a pod, with their data: {names}", "Pod がなくなっても残る PVC (データも残ります): {names}"),
    ("plan.partly", "This part would be refused:", "次の部分は拒否されます:"),
    ("plan.worst", "At worst {ready} of {of} pods of {set} are ready (after {after}).",
     "最も少ないとき、{set} の Ready な Pod は {of} 個中 {ready} 個です({after}後)。"),
    ("plan.worst-at-once", "At worst {ready} of {of} pods of {set} are ready (right away).",
     "最も少ないとき、{set} の Ready な Pod は {of} 個中 {ready} 個です(直後)。"),
    ("plan.object-created", "{name} would be created.", "{name} を作成します。"),
    ("plan.object-configured", "{name} would be changed:", "{name} を変更します:"),
    ("plan.object-unchanged", "{name} would stay as it is.", "{name} は変わりません。"),
    ("plan.object-refused", "{name} would be refused.", "{name} は拒否されます。"),
    ("plan.came-true", "It came as foretold: all {all} steps.", "予測どおりでした({all} 件すべて)。"),
    ("plan.came-refused", "It was refused, as foretold. Nothing was changed.", "予測どおり拒否されました。何も変更されていません。"),
    ("plan.on-its-way", "As foretold so far: {done} of {all} steps.", "ここまで予測どおりです({all} 件中 {done} 件)。"),
    ("plan.came-otherwise", "It came otherwise: {done} of {all} steps as foretold.",
     "予測と違う結果です(予測どおりは {all} 件中 {done} 件)。"),
    ("plan.missing", "foretold, did not happen: {step}", "予測されたが起きなかった: {step}"),
    ("plan.stray", "happened, was not foretold: {step}", "予測になかった: {step}"),
];
