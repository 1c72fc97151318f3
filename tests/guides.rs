//! Every line of every guide does what it should when it is typed in its place, and every step has its words.

use statefulset_lab::i18n::{Lang, guide as words};
use statefulset_lab::playground::{Entry, GUIDES, Playground, SCENARIOS, Scenario, guide};

/// How long a line may take before it is ended by Ctrl-C: a watch never ends by itself.
const PATIENCE_MS: i64 = 300_000;

/// Types a line and waits until it has ended. Returns its exit status and what it said.
fn play(playground: &mut Playground, line: &str) -> (i32, String) {
    let before = playground.entries().len();
    playground.enter(line);
    let start = playground.now().0;
    while playground.is_busy() && playground.now().0 - start < PATIENCE_MS {
        playground.advance(250);
    }
    if playground.is_busy() {
        assert!(line.ends_with(" -w"), "`{line}` does not end");
        playground.interrupt();
        return (0, String::new());
    }
    let (mut exit, mut said) = (0, String::new());
    for entry in playground.entries().iter().skip(before) {
        if let Entry::Said { output, .. } = &**entry {
            exit = output.exit.unwrap_or(exit);
            output.lines.iter().for_each(|line| said.push_str(&format!("{}\n", line.text())));
        }
    }
    (exit, said)
}

#[test]
fn every_guide_can_be_followed() {
    for scenario in SCENARIOS {
        let mut playground = Playground::new(scenario.options(1).expect("its environment exists"));
        playground.advance(60_000);
        let steps = guide(scenario.id);
        assert!(!steps.is_empty(), "{} has no guide", scenario.id);
        let mut whole = String::new();
        for step in steps {
            for line in step.lines {
                let (exit, said) = play(&mut playground, line);
                assert_eq!(exit, 0, "{}: `{line}`:\n{said}", step.key);
                whole.push_str(&format!("$ {line}\n{said}"));
                // A node's silence counts after its grace period, a rollout needs its pods.
                playground.advance(if line.starts_with("lab ") { 120_000 } else { 20_000 });
            }
        }
        // What the last steps are about has come true.
        let expected: &[&str] = match scenario.id {
            "web" => &["partitioned roll out complete", "NotReady", "rolled back", "web-4"],
            "mariadb" => &["storage-sts-mariadb-1   Bound", "statefulset.apps \"sts-mariadb\" deleted"],
            "mariadb-svc" => &["| test1 ", "Address: 10.244.0.16", "16.0.244.10.in-addr.arpa", "volumeClaimTemplates:"],
            _ => &[],
        };
        for text in expected {
            assert!(whole.contains(text), "{}: nothing says {text:?}:\n{whole}", scenario.id);
        }
    }
}

#[test]
fn every_step_has_its_words() {
    let keys: Vec<&str> = GUIDES.iter().flat_map(|(_, steps)| steps.iter().map(|step| step.key)).collect();
    for key in &keys {
        for lang in [Lang::En, Lang::Ja] {
            assert!(!words::say(lang, key).is_empty(), "{key} has no words in {}", lang.tag());
        }
    }
    for (key, ..) in words::ENTRIES {
        assert!(keys.contains(key), "nobody says {key}");
    }
    for (scenario, steps) in GUIDES {
        assert!(Scenario::named(scenario).is_some(), "{scenario}");
        assert!(steps.iter().all(|step| step.key.starts_with(&format!("{scenario}."))), "{scenario}");
    }
}
