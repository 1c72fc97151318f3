//! The list of lessons that a gallery shows, as a short text: the page reads it instead of every lesson.

use super::lesson::{Lesson, Words};
use std::fmt::Write as _;

/// What the gallery says of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonCard {
    /// The lesson's topic, see `i18n::lessons::topic`.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many questions it asks.
    pub questions: usize,
    /// Its title.
    pub title: Words,
    /// What it is about.
    pub about: Words,
}

/// The list as a text: a line each, fields parted by tabs. `lessons` are topic, name and text.
///
/// # Errors
/// What is wrong with one of them.
pub fn lesson_cards(lessons: &[(String, String, String)]) -> Result<String, String> {
    let mut out = String::new();
    for (topic, name, source) in lessons {
        let lesson = Lesson::read(source).map_err(|error| format!("{name}: {error}"))?;
        let questions = lesson.steps.iter().filter(|step| step.question.is_some()).count();
        let words = [&lesson.title.en, &lesson.title.ja, &lesson.about.en, &lesson.about.ja]
            // A card is plain text.
            .map(|it| it.replace(['\t', '\n'], " ").replace('`', ""));
        _ = writeln!(out, "{topic}\t{name}\t{}\t{questions}\t{}", lesson.steps.len(), words.join("\t"));
    }
    Ok(out)
}

impl LessonCard {
    /// Reads the list; lines that do not fit are left out.
    pub fn read_all(text: &str) -> Vec<LessonCard> {
        text.lines().filter_map(LessonCard::read).collect()
    }

    fn read(line: &str) -> Option<LessonCard> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [topic, name, steps, questions, title, title_ja, about, about_ja] = fields[..] else { return None };
        let words = |en: &str, ja: &str| Words { en: en.to_string(), ja: ja.to_string() };
        Some(LessonCard {
            topic: topic.to_string(),
            name: name.to_string(),
            steps: steps.parse().ok()?,
            questions: questions.parse().ok()?,
            title: words(title, title_ja),
            about: words(about, about_ja),
        })
    }
}
