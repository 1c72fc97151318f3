//! Every lesson is read, has its words in both languages, and is solved by its own solution.

use statefulset_lab::playground::Lesson;
use std::fs;
use std::path::Path;

fn lessons() -> Vec<(String, Lesson)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/lessons");
    let mut found: Vec<_> = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    found.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("a text");
        let lesson = Lesson::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, lesson)
    };
    found.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")).map(read).collect()
}

#[test]
fn every_lesson_is_solved_by_its_solution() {
    let failures: Vec<String> =
        lessons().iter().filter_map(|(name, lesson)| lesson.play().err().map(|why| format!("{name}: {why}"))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_lesson_speaks_both_languages() {
    for (name, lesson) in lessons() {
        for words in [&lesson.title, &lesson.about] {
            assert!(!words.en.is_empty() && !words.ja.is_empty(), "{name}: {words:?}");
        }
        for step in &lesson.steps {
            let hints = step.hints.iter();
            let question = step.question.iter().flat_map(|it| it.answers.iter().map(|it| &it.0).chain([&it.text]));
            for words in hints.chain(question).chain([&step.title, &step.text]) {
                assert!(!words.en.is_empty() && !words.ja.is_empty(), "{name}: {words:?}");
            }
        }
    }
}

#[test]
fn a_broken_lesson_is_refused_at_its_line() {
    let cases = [
        ("", 0, "a title"),
        ("# T\n", 1, "a title"),
        ("# T\n## S\n", 2, "no `goal`"),
        ("# T\n## S\n```goal\npod/web-0\n```\n", 3, "`kubectl wait`"),
        ("# T\n## S\n```goals\n```\n", 3, "`goals`"),
        ("# T\n```lab\nworld: moon\n```\n## S\n", 3, "world: moon"),
        ("# T\n## S\n```goal\n", 3, "not closed"),
        ("# T\n## S\n```predict\nWhich?\n- [ ] a\n- [ ] b\n```\n", 3, "right one"),
    ];
    for (text, line, message) in cases {
        let error = Lesson::read(text).expect_err(text);
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}
