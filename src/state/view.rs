//! How the reader has arranged a lab: language, theme, pace, sizes; remembered as one short line of text.

use super::{SPEEDS, Theme};
use crate::i18n::Lang;

/// What is remembered besides the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The language.
    pub lang: Lang,
    /// The theme.
    pub theme: Theme,
    /// Index into the paces.
    pub speed: usize,
    /// Whether time stands still.
    pub is_paused: bool,
    /// The editor's width in pixels.
    pub editor: i32,
    /// The console's height in pixels.
    pub console: i32,
    /// Whether the guide is shown: the lesson that is taken.
    pub has_guide: bool,
}

impl View {
    /// The arrangement in a place of this height, in pixels, before anybody changed it.
    pub fn new(lang: Lang, height: i32) -> View {
        // As in the style sheet, which the page has before this runs.
        let console = (height * 213 / 1000).clamp(120, 224);
        View { lang, theme: Theme::System, speed: 2, is_paused: false, editor: 400, console, has_guide: true }
    }

    /// Takes over what a line of [`View::line`] says; what is not understood is left out.
    #[must_use]
    pub fn with_line(mut self, line: &str) -> View {
        for word in line.split_whitespace() {
            if let Some((key, value)) = word.split_once('=') {
                self.set(key, value);
            }
        }
        self
    }

    fn set(&mut self, key: &str, value: &str) {
        match (key, value) {
            ("lang", tag) => self.lang = Lang::from_tag(tag).unwrap_or(self.lang),
            ("theme", name) => self.theme = Theme::named(name).unwrap_or(self.theme),
            ("speed", index) => self.speed = index.parse().ok().filter(|it| *it < SPEEDS.len()).unwrap_or(self.speed),
            ("paused", paused) => self.is_paused = paused == "true",
            ("editor", width) => self.editor = width.parse().map_or(self.editor, |it: i32| it.clamp(240, 1200)),
            ("guide", shown) => self.has_guide = shown == "true",
            ("console", height) => self.console = height.parse().map_or(self.console, |it: i32| it.clamp(96, 2000)),
            _ => {}
        }
    }

    /// The line that is remembered.
    pub fn line(self) -> String {
        let View { lang, theme, speed, is_paused, editor, console, has_guide } = self;
        let (lang, theme) = (lang.tag(), theme.name());
        format!(
            "v1 lang={lang} theme={theme} speed={speed} paused={is_paused} editor={editor} console={console} \
             guide={has_guide}"
        )
    }
}
