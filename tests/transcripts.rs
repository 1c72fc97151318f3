//! Holds the transcripts of `tests/transcripts` against the playground; the form is in `tests/support/mod.rs`.

mod support;

use std::fs;

#[test]
fn transcripts_are_as_recorded() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for (name, path) in support::transcripts() {
        let recorded = fs::read_to_string(&path).expect("a text");
        let transcript = support::parse(&recorded);
        let (_, seen) = support::play(&transcript);
        if update {
            fs::write(&path, support::format(&transcript, &seen)).expect("writable");
            continue;
        }
        for (step, seen) in transcript.steps.iter().zip(&seen) {
            // Empty lines at the end belong to the file's form, not to what was seen.
            if step.seen.trim_end_matches('\n') != seen.trim_end_matches('\n') {
                let line = &step.line;
                failures.push_str(&format!("\n{name}: $ {line}\n--- recorded\n{}--- seen\n{seen}", step.seen));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "UPDATE_EXPECT=1 records anew; then read the diff as code:{failures}");
}

#[test]
fn a_transcript_is_read_and_written_unchanged() {
    let text = "# Why.\n! world zones seed 7\n\n$ edit\n> a: 1\n>\n\n# More.\n$ echo b\nb\n\n  c\n\n$ echo\n$ wait 1s\n\n# End.\n";
    let transcript = support::parse(text);
    assert_eq!((transcript.world.as_str(), transcript.seed), ("zones", 7));
    assert_eq!(transcript.steps[0].input, "a: 1\n\n");
    assert_eq!(transcript.steps[1].seen, "b\n\n  c\n");
    let seen: Vec<String> = transcript.steps.iter().map(|step| step.seen.clone()).collect();
    assert_eq!(support::format(&transcript, &seen), text);
}
