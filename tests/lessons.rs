//! Every lesson is read, has its words in both languages, and is solved by its own solution; its questions are explained by
//! what the run decided. Anybody's lesson is refused at its line, taken up where it was left, and is one thing with the
//! scenario that begins like it.

use statefulset_lab::i18n::{Lang, cluster_rules, decisions};
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::playground::{
    Attempt, Goal, LESSON_MAX, Lesson, LessonCard, Playground, SCENARIOS, is_lesson, lesson_cards,
};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/lessons")
}

/// Names and texts.
fn lessons() -> Vec<(String, String)> {
    let mut found: Vec<_> = fs::read_dir(folder()).expect("a folder").flatten().map(|entry| entry.path()).collect();
    found.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a text"))
    };
    found.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")).map(read).collect()
}

fn read(name: &str, text: &str) -> Lesson {
    Lesson::read(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every answer, with the reasons that its own run gives, as a reader sees them: `UPDATE_EXPECT=1` writes them anew.
const REASONS: &str = "tests/lessons/reasons.txt";

#[test]
fn every_lesson_is_solved_by_its_solution_and_explained_by_its_run() {
    let mut failures = String::new();
    let mut told = String::new();
    for (name, text) in lessons() {
        let playground = match Attempt::play(&name, &text, usize::MAX) {
            Ok(playground) => playground,
            Err(why) => {
                failures += &format!("{name}: {why}\n");
                continue;
            }
        };
        for (number, step) in read(&name, &text).steps.iter().enumerate() {
            let Some(question) = &step.question else { continue };
            let reasons = playground.reasons(number);
            if reasons.is_empty() {
                failures += &format!("{name}: step {} has no reasons for {:?}\n", number + 1, question.text.en);
            }
            for rule in question.because.iter().filter(|it| !it.starts_with("why ")) {
                let is_known = decisions::ENTRIES.iter().chain(cluster_rules::ENTRIES).any(|entry| entry.0 == *rule);
                assert!(is_known, "{name}: there is no rule {rule}");
            }
            for lang in [Lang::En, Lang::Ja] {
                let right = question.answers.iter().find(|it| it.1).expect("a right answer");
                told += &format!("{name}: {} {}\n", question.text.say(lang), right.0.say(lang));
                for reason in &reasons {
                    told += &format!("  {}.{:03} {}\n", reason.at().0 / 1000, reason.at().0 % 1000, reason.say(lang));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(REASONS);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(&path, &told).expect("writable");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(recorded == told, "UPDATE_EXPECT=1 writes {REASONS} anew; then read it as a reader would:\n{told}");
}

/// A lesson whose author names no rules quotes what concerns its goals, and no bookkeeping.
#[test]
fn a_question_without_rules_is_explained_by_what_concerns_its_goals() {
    let own = include_str!("../www/docs/en/lessons.md").split_once("\n````markdown\n").expect("an example").1;
    let own = own.split_once("\n````\n").expect("its end").0.replace("because: sts.replica.create\n", "");
    let playground = Attempt::play("shops", &own, usize::MAX).expect("it is solved");
    let said: Vec<String> = playground.reasons(0).iter().map(|it| it.say(Lang::En)).collect();
    assert!(!said.is_empty() && said.iter().all(|it| it.contains("shop-0") && !it.contains("status")), "{said:?}");
}

#[test]
fn every_lesson_speaks_both_languages() {
    for (name, text) in lessons() {
        let lesson = read(&name, &text);
        let words = [&lesson.title, &lesson.about].into_iter().chain(&lesson.learned);
        let steps = lesson.steps.iter().flat_map(|step| {
            let question = step.question.iter().flat_map(|it| it.answers.iter().map(|it| &it.0).chain([&it.text]));
            let goals = step.goals.iter().map(|goal| &goal.words);
            question.chain(goals).chain(&step.hints).chain([&step.title, &step.text])
        });
        for words in words.chain(steps) {
            assert!(!words.en.is_empty() && !words.ja.is_empty(), "{name}: {words:?}");
        }
        assert!(lesson.learned.len() >= 2, "{name} says what was learned");
    }
}

#[test]
fn the_list_has_every_lesson_once() {
    let order = fs::read_to_string(folder().join("order.txt")).expect("a list");
    let mut listed: Vec<String> = Vec::new();
    let mut entries = Vec::new();
    for line in order.lines() {
        let (topic, names) = line.split_once(": ").expect("a topic and its lessons");
        assert_ne!(statefulset_lab::i18n::lessons::topic(Lang::Ja, topic), topic, "{topic} has no name");
        for name in names.split_whitespace() {
            listed.push(name.to_string());
            let text = fs::read_to_string(folder().join(format!("{name}.md"))).expect("a lesson");
            entries.push((topic.to_string(), name.to_string(), text));
        }
    }
    let cards = LessonCard::read_all(&lesson_cards(&entries).expect("readable lessons"));
    assert_eq!(cards.iter().map(|card| card.name.clone()).collect::<Vec<_>>(), listed);
    listed.sort();
    assert_eq!(listed, lessons().into_iter().map(|it| it.0).collect::<Vec<_>>());
    assert!(listed.len() >= 26 && cards.iter().filter(|card| card.questions > 0).count() >= 10);
}

#[test]
fn a_scenario_begins_as_its_lesson_does() {
    // The empty cluster has none: what to do there is the reader's affair.
    for scenario in SCENARIOS.iter().filter(|it| !it.lesson.is_empty()) {
        let text = fs::read_to_string(folder().join(format!("{}.md", scenario.lesson))).expect("a lesson");
        let mut options = scenario.options(1).expect("its environment exists");
        if let Some(kubernetes) = scenario.kubernetes() {
            options.environment = options.environment.with_kubernetes(kubernetes);
        }
        let mut playground = Playground::new(options);
        assert!(playground.take_lesson(scenario.lesson, &text), "{}", scenario.id);
    }
}

/// The lesson that the documentation shows is one, in both languages' pages the same but for the words.
#[test]
fn the_lesson_of_the_documentation_works() {
    for lang in ["en", "ja"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("www/docs/{lang}/lessons.md"));
        let page = fs::read_to_string(path).expect("a page");
        let example =
            page.split_once("\n````markdown\n").and_then(|it| it.1.split_once("\n````\n")).expect("an example").0;
        assert!(is_lesson(example));
        let played = Attempt::play("example", example, usize::MAX);
        assert!(played.is_ok(), "{lang}: {:?}", played.err());
    }
}

#[test]
fn a_broken_lesson_is_refused_at_its_line() {
    let step = "# T\n## S\n```goal\n--for=create pod/a\n```\n```solution\ntrue\n```\n";
    let cases = [
        ("", 1, "title"),
        ("# T\n", 1, "steps"),
        ("# T\n## S\n", 2, "```goal"),
        ("# T\n## S\n```goal\n--for=create pod/a\n```\n", 2, "```solution"),
        ("# T\n## S\n```goal\npod/web-0\n```\n", 4, "`kubectl wait`"),
        ("# T\n## S\n```goal\n--for=conditio=Ready pod/web-0\n```\n", 4, "`kubectl wait`"),
        ("# T\n## S\n```goal\n--for=delete pod/a\n--for=condition=Ready -n x podd/web-0\n```\n", 5, "podd/web-0"),
        ("# T\n## S\n```goal\n--for=jsonpath='{.status.phase'=Running pod/web-0\n```\n", 4, "jsonpath"),
        ("# T\n## S\n```goals\n```\n", 3, "`goals`"),
        ("# T\n```lab\nworld: moon\n```\n## S\n", 3, "world: moon"),
        ("# T\n```lab\nversion: 9.9\n```\n## S\n", 3, "version: 9.9"),
        ("# T\n```lab\ngates: Nonsense=true\n```\n## S\n", 3, "Nonsense"),
        ("# T\n## S\n```goal\n", 3, "not closed"),
        ("# T\n## S\n```predict\nWhich?\n- [ ] a\n- [ ] b\n```\n", 3, "right one"),
        ("no title\n## S\n", 1, "title"),
    ];
    for (text, line, message) in cases {
        let error = Lesson::read(text).expect_err(text);
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert_ne!(error.say(Lang::Ja), error.say(Lang::En));
    }
    assert!(Lesson::read(step).is_ok());
    for goal in [
        "--for=jsonpath='{.items[?(@.a==\"b c\")].x}'=3 -n shop sts,pods -l app=web",
        "--for=condition=Ready=false -l app=web pods.v1.",
        "--for=DELETE pvc/data-web-0",
        "--for=condition=Established crd/dbs.example.com",
    ] {
        let text = step.replace("--for=create pod/a", goal);
        assert!(Lesson::read(&text).is_ok(), "{goal}");
    }
    // A type that the lesson brings along.
    let own = step.replace("pod/a", "dbs/a").replace("# T\n", "# T\n```yaml\nkind: CustomResourceDefinition\n```\n");
    assert!(Lesson::read(&own).is_ok());
    let long = format!("{step}{}", " ".repeat(LESSON_MAX));
    assert_eq!(Lesson::read(&long).expect_err("too long").line, 1);
    let many = format!("# T\n{}", step.trim_start_matches("# T\n").repeat(101));
    assert!(Lesson::read(&many).expect_err("too many steps").to_string().contains("100 steps"));
}

/// Any text is a lesson or is refused; none makes the reader panic.
#[test]
fn no_text_makes_the_reader_panic() {
    for (_, text) in lessons().into_iter().take(3) {
        for end in (0..text.len()).step_by(37).filter(|end| text.is_char_boundary(*end)) {
            let _ = Lesson::read(&text[..end]);
            let _ = Lesson::read(&text[end..]);
        }
    }
}

#[test]
fn goals_without_words_are_said_in_both_languages() {
    for (condition, expected) in [
        ("--for=condition=Ready pod/web-2", "pod/web-2: Ready"),
        ("--for=condition=Ready=false pod/web-2", "pod/web-2: Ready is false"),
        ("--for=delete pod/web-2", "pod/web-2 is gone"),
        ("--for=create pod/web-2 -n shop", "pod/web-2 shop exists"),
        ("--for=jsonpath={.status.phase}=Bound pvc/www", "pvc/www: status.phase is Bound"),
        ("--for=jsonpath={.metadata.deletionTimestamp} pod/a", "pod/a: metadata.deletionTimestamp is set"),
    ] {
        let goal = Goal { condition: condition.into(), ..Goal::default() };
        assert_eq!(goal.say(Lang::En), expected);
        assert!(!goal.say(Lang::Ja).is_empty());
    }
}

const SHORT: &str = "# T\n```lab\nversion: 1.34\n```\n## One\n```predict\nWhich?\n- [ ] a\n- [x] b\n```\n```console\n\
    kubectl create configmap one\n```\n```goal\n--for=create cm/one\n```\n```solution\nkubectl create configmap one\n```\n\
    ## Two\n```goal\n--for=create cm/two\n--for=delete cm/two\n```\n```solution\nkubectl create configmap two\n\
    kubectl delete configmap two\n```\n";

#[test]
fn a_lesson_goes_on_where_it_was_left() {
    let mut playground = Playground::of_lesson("short", SHORT, Kubernetes::default()).expect("a lesson");
    assert_eq!(playground.cluster().kubernetes().version().minor, Version::parse("1.34").expect("known").minor);
    playground.predict(0, 0);
    assert!(!playground.is_underway());
    // Whoever types it.
    playground.enter("kubectl create configmap one");
    assert_eq!(playground.progress().step, 1);
    let lines = playground.attempt().expect("it is taken").lesson.steps[0].lines.clone();
    assert_eq!(playground.lines_run(0, &lines), [true]);
    playground.predict(0, 1);
    let again = Playground::restore_shared(&playground.save()).expect("a session");
    assert_eq!(again.attempt(), playground.attempt());
    assert_eq!(again.attempt().expect("it is taken").answer(0), Some(0), "what was predicted stays");
    assert_eq!(again.save(), playground.save());
    // What was reached stays reached, also when one goes back in time.
    playground.undo();
    assert_eq!(playground.progress().step, 1);
    playground.reset();
    assert_eq!((playground.progress().step, playground.attempt().expect("it is taken").answer(0)), (0, None));
}

/// Lines below a goal come once it is reached, and whoever skips ahead stops there.
#[test]
fn lines_below_a_goal_come_with_it() {
    let (_, text) = lessons().into_iter().find(|(name, _)| name == "node-lost").expect("it exists");
    let mut playground = Playground::of_lesson("node-lost", &text, Kubernetes::default()).expect("a lesson");
    playground.predict(0, 1);
    let offered = |playground: &Playground| {
        let attempt = playground.attempt().expect("it is taken");
        attempt.lesson.steps[0].offered(attempt.reached(0)).to_vec()
    };
    assert_eq!(offered(&playground), ["lab stop node-b"]);
    assert!(!playground.is_underway());
    playground.ask("lab stop node-b");
    assert!(playground.is_underway(), "the other lines are not to be run yet");
    playground.until_next();
    assert_eq!(offered(&playground), ["lab stop node-b", "kubectl get nodes"]);
    assert!(!playground.is_underway() && playground.progress().step == 0);
    playground.ask("kubectl get nodes");
    playground.until_next();
    assert_eq!((playground.progress().step, offered(&playground).len()), (1, 3));
}

/// That a step is done while an earlier one is looked at is no reason to leave its question out after a reload.
#[test]
fn a_question_that_nobody_saw_is_shown_after_a_reload() {
    let mut playground = Playground::of_lesson("short", SHORT, Kubernetes::default()).expect("a lesson");
    let shown = |playground: &Playground| playground.attempt().map(|it| it.shown());
    playground.look_at_step(0);
    playground.enter("kubectl create configmap one");
    playground.enter("kubectl create configmap two");
    playground.enter("kubectl delete configmap two");
    let again = Playground::restore(&playground.save()).expect("a session");
    assert_eq!((again.progress().step, shown(&again)), (2, Some(0)));
    let seen = |steps: &dyn Fn(&mut Playground)| {
        let mut playground = Playground::of_lesson("short", SHORT, Kubernetes::default()).expect("a lesson");
        steps(&mut playground);
        playground.enter("kubectl create configmap one");
        shown(&playground)
    };
    let answered = |playground: &mut Playground| {
        playground.look_at_step(0);
        playground.predict(0, 1);
    };
    assert_eq!(seen(&answered), Some(1), "it was answered");
    assert_eq!(seen(&|playground| playground.look_at_step(1)), Some(1), "it was passed over knowingly");
    // A session of a lab that did not remember it goes on where it is.
    let older = playground.save().replace("\"shown\"", "\"unknown\"");
    assert_eq!(shown(&Playground::restore(&older).expect("a session")), Some(2));
}

#[test]
fn goals_that_hold_for_a_moment_are_seen() {
    let mut playground = Playground::of_lesson("short", SHORT, Kubernetes::default()).expect("a lesson");
    for line in ["kubectl create configmap one", "kubectl create configmap two", "kubectl delete configmap two"] {
        playground.ask(line);
        assert!(!playground.attempt().expect("it is taken").is_done() || line.contains("delete"));
    }
    playground.advance(60_000);
    assert!(playground.attempt().expect("it is taken").is_done());
    // A session whose lesson cannot be read is a session all the same.
    let broken = playground.save().replace("```goal", "```gaol");
    assert!(Playground::restore(&broken).expect("a session").attempt().is_none());
}

#[test]
fn a_question_is_not_passed_over_though_its_goal_holds() {
    let (_, text) = lessons().into_iter().find(|(name, _)| name == "identity").expect("it exists");
    // What is left of the first step's goals holds from the start.
    let goals =
        text.lines().filter(|line| !line.contains("# web-1 is being deleted") && !line.contains("# a new web-1"));
    let text = goals.map(|line| format!("{line}\n")).collect::<String>();
    let begin = || {
        let mut playground = Playground::of_lesson("own", &text, Kubernetes::default()).expect("a lesson");
        playground.advance(20_000);
        assert_eq!(playground.progress().step, 0, "nobody has been asked yet");
        playground
    };
    let mut answered = begin();
    answered.predict(0, 1);
    assert_eq!(answered.progress().step, 1);
    let mut done = begin();
    done.ask("kubectl get pods -o wide");
    done.advance(1_000);
    assert_eq!(done.progress().step, 1, "whoever goes on without an answer may");
}

#[test]
fn a_question_whose_goal_holds_already_is_found() {
    let source = include_str!("../www/lessons/node-lost.md");
    let goal = source.lines().find(|line| line.starts_with("--for=condition=Ready=unknown")).expect("a goal");
    let second = source.lines().find(|line| line.contains("deletionTimestamp")).expect("another");
    let held = source.replacen(goal, "--for=condition=Ready node/node-a # a / b", 1).replacen(second, "", 1);
    let wrong = Attempt::play("held", &held, usize::MAX).err().unwrap_or_default();
    assert!(wrong.contains("step 1") && wrong.contains("is done before anything is done"), "{wrong}");
    assert!(is_lesson("# A / B\n\n```lab\nworld: zones\n```\n") && !is_lesson("```yaml\nkind: Pod\n```\n"));
}
