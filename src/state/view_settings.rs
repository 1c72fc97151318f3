//! How the reader has arranged a lab: language, theme, pace, sizes; remembered as one short line of text.

use super::{Action, Effect, Event, SPEEDS, State, Theme};
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
    /// The height of a lesson's step above the manifest in pixels; nought while nobody has changed it.
    pub lesson: i32,
    /// Whether the guide is shown: the lesson that is taken.
    pub has_guide: bool,
}

impl View {
    /// The arrangement in a place of this height, in pixels, before anybody changed it.
    pub fn new(lang: Lang, height: i32) -> View {
        // As in the style sheet, which the page has before this runs.
        let console = View::console_at(height);
        let (editor, lesson) = (View::EDITOR, 0);
        View { lang, theme: Theme::System, speed: 2, is_paused: false, editor, console, lesson, has_guide: true }
    }

    /// The editor's width before anybody changed it.
    pub const EDITOR: i32 = 400;
    /// The narrowest that the editor may be dragged.
    pub const EDITOR_MIN: i32 = 240;
    /// The widest that the editor may be dragged.
    pub const EDITOR_MAX: i32 = 900;
    /// The lowest that the console may be dragged.
    pub const CONSOLE_MIN: i32 = 96;
    /// The least height of a lesson's step.
    pub const LESSON_MIN: i32 = 140;

    /// The console's height before anybody changed it.
    pub fn console_at(height: i32) -> i32 {
        (height * 213 / 1000).clamp(120, 224)
    }

    /// The most that the console may be dragged to in a place of this height: the head, the time controls and the picture's
    /// buttons stay.
    pub fn console_max(height: i32) -> i32 {
        (height - 250).clamp(200, 2000)
    }

    /// The height of a lesson's step in a place of this height: what the reader gave it, or as the style sheet has it.
    pub fn lesson_at(self, height: i32) -> i32 {
        let beside = match height {
            821.. => 380,
            600.. => 245,
            _ => 180,
        };
        let own = if self.lesson > 0 { self.lesson } else { height - beside };
        own.clamp(View::LESSON_MIN, View::lesson_max(height))
    }

    /// The most that a lesson's step may take: head and text of the manifest stay.
    pub fn lesson_max(height: i32) -> i32 {
        (height - 48 - 132).max(View::LESSON_MIN)
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
            ("editor", width) => {
                self.editor = width.parse().map_or(self.editor, |it: i32| it.clamp(View::EDITOR_MIN, 1200))
            }
            ("guide", shown) => self.has_guide = shown == "true",
            ("lesson", height) => self.lesson = height.parse().map_or(self.lesson, |it: i32| it.clamp(0, 2000)),
            ("console", height) => {
                self.console = height.parse().map_or(self.console, |it: i32| it.clamp(View::CONSOLE_MIN, 2000))
            }
            _ => {}
        }
    }

    /// The line that is remembered.
    pub fn line(self) -> String {
        let View { lang, theme, speed, is_paused, editor, console, lesson, has_guide } = self;
        let (lang, theme) = (lang.tag(), theme.name());
        format!(
            "v1 lang={lang} theme={theme} speed={speed} paused={is_paused} editor={editor} console={console} \
             lesson={lesson} guide={has_guide}"
        )
    }
}

impl State {
    /// Notes how the reader arranges the lab.
    pub(super) fn arrange(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Language(lang) => {
                self.view.lang = lang;
                self.playground.borrow_mut().set_lang(lang);
                effects.push(Effect::Tell(Event::Language));
            }
            Action::Theme(theme) => {
                self.view.theme = theme;
                effects.push(Effect::Tell(Event::Theme));
            }
            Action::EditorWidth(width) => self.view.editor = width,
            Action::ConsoleHeight(height) => self.view.console = height,
            Action::LessonHeight(height) => self.view.lesson = height,
            Action::Guide(is_shown) => {
                self.view.has_guide = is_shown;
                self.fetch_scenarios_lesson(effects);
            }
            _ => {}
        }
        effects.push(Effect::SaveView(self.view.line()));
    }
}
