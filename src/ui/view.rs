//! How the reader has arranged the page: language, theme, pace, sizes; remembered as one short line of text.

use super::browser;
use super::store::{SPEEDS, Theme};
use crate::i18n::Lang;

const KEY: &str = "statefulset-lab/view";

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
    /// Whether the guide is shown.
    pub has_guide: bool,
}

impl View {
    /// What the address asks for (`?lang=`), else what is remembered, else what the browser prefers.
    pub fn load() -> View {
        let preferred = browser::window().and_then(|it| it.navigator().language());
        let lang = preferred.and_then(|tag| Lang::from_tag(&tag)).unwrap_or_default();
        // As in the style sheet, which the page has before this runs.
        let console = (browser::window_size().1 * 0.213).clamp(120.0, 224.0) as i32;
        let mut view =
            View { lang, theme: Theme::System, speed: 2, is_paused: false, editor: 400, console, has_guide: true };
        for word in browser::stored(KEY).unwrap_or_default().split_whitespace() {
            if let Some((key, value)) = word.split_once('=') {
                view.set(key, value);
            }
        }
        if let Some(lang) = asked("lang").and_then(|tag| Lang::from_tag(&tag)) {
            view.lang = lang;
        }
        view
    }

    fn set(&mut self, key: &str, value: &str) {
        match (key, value) {
            ("lang", tag) => self.lang = Lang::from_tag(tag).unwrap_or(self.lang),
            ("theme", "light") => self.theme = Theme::Light,
            ("theme", "dark") => self.theme = Theme::Dark,
            ("speed", index) => self.speed = index.parse().ok().filter(|it| *it < SPEEDS.len()).unwrap_or(self.speed),
            ("paused", paused) => self.is_paused = paused == "true",
            ("editor", width) => self.editor = width.parse().map_or(self.editor, |it: i32| it.clamp(240, 1200)),
            ("guide", shown) => self.has_guide = shown == "true",
            ("console", height) => self.console = height.parse().map_or(self.console, |it: i32| it.clamp(96, 900)),
            _ => {}
        }
    }

    /// Remembers it and makes the document follow.
    pub fn save(self) {
        let theme = self.theme_name();
        let View { lang, speed, is_paused, editor, console, has_guide, .. } = self;
        let lang = lang.tag();
        let line = format!(
            "v1 lang={lang} theme={theme} speed={speed} paused={is_paused} editor={editor} console={console} \
             guide={has_guide}"
        );
        browser::store(KEY, &line);
        self.show();
    }

    /// Makes the document follow: its `lang`, its theme.
    pub fn show(self) {
        let Some(root) = browser::document().and_then(|it| it.document_element()) else { return };
        let _ = root.set_attribute("lang", self.lang.tag());
        let _ = match self.theme {
            Theme::System => root.remove_attribute("data-theme"),
            _ => root.set_attribute("data-theme", self.theme_name()),
        };
    }

    fn theme_name(self) -> &'static str {
        match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// What the page's address says under `key`.
pub fn asked(key: &str) -> Option<String> {
    let search = browser::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(key)
}
