//! Units of time in words, and the names of the languages; calculates nothing.

use super::Lang;

/// A length as kubectl writes it (`1m30s`), as it stands among words.
pub fn length(lang: Lang, length: &str) -> String {
    match lang {
        Lang::En => length.to_string(),
        Lang::Ja => length.replace('h', " 時間 ").replace('m', " 分 ").replace('s', " 秒").trim_end().to_string(),
    }
}

/// What stands behind a number of seconds.
pub fn seconds(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "s",
        Lang::Ja => "秒",
    }
}

/// A language's name, in that language.
pub fn name_of(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Ja => "日本語",
    }
}
