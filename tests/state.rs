//! The reducer of a lab's state on the host: actions in, states and effects out; no browser.

#[path = "state_support/files.rs"]
mod files;
#[path = "state_support/sessions.rs"]
mod sessions;

use statefulset_lab::i18n::Lang;
use statefulset_lab::model::{Key, Kind, Millis};
use statefulset_lab::state::{
    Action, Effect, Event, Field, MediaFeatures, Micros, Opening, Panel, Session, Standing, State, Storing, Theme, View,
};
use std::cell::Cell;

/// A lab with a clock that the test moves.
struct Case {
    state: State,
    now: Cell<i64>,
}

impl Case {
    fn new(opening: &Opening, media: MediaFeatures) -> (Case, Vec<Effect>) {
        let (state, effects) = State::new(opening, View::new(Lang::En, 900), media);
        (Case { state, now: Cell::new(1_000_000) }, effects)
    }

    fn of(scenario: &str) -> Case {
        Case::new(&Opening { scenario: Some(scenario.into()), seed: 1, ..Opening::default() }, MediaFeatures::default())
            .0
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        self.state.reduce(action, &|| Micros(self.now.get()))
    }

    /// A frame so many milliseconds after the one before.
    fn frame(&mut self, ms: i64) -> Vec<Effect> {
        self.now.set(self.now.get() + ms * 1000);
        self.act(Action::Frame)
    }

    fn virtual_now(&self) -> i64 {
        self.state.playground.borrow().now().0
    }

    fn says(&self, words: &str) -> bool {
        format!("{:?}", self.state.playground.borrow().entries()).contains(words)
    }
}

#[test]
fn a_frame_lets_as_much_time_go_by_as_the_pace_says() {
    let mut case = Case::of("web");
    let start = case.virtual_now();
    case.frame(0);
    assert!(case.frame(50).contains(&Effect::Frame));
    assert_eq!(case.virtual_now(), start + 50);
    case.act(Action::Speed(4));
    case.frame(0);
    case.frame(50);
    assert_eq!(case.virtual_now(), start + 50 + 200);
    // Fractions of a millisecond are not lost.
    case.act(Action::Speed(0));
    case.frame(0);
    for _ in 0..8 {
        case.frame(3);
    }
    assert_eq!(case.virtual_now(), start + 50 + 200 + 6);
}

#[test]
fn a_command_comes_to_its_end_while_time_stands() {
    let mut case = Case::of("web");
    case.act(Action::Pause);
    let start = case.virtual_now();
    for (line, words, within) in [
        ("for i in {1..6000}; do echo $i; done | tail -n 1", "\"6000\"", 9_000),
        // What waits goes on waiting, and what never ends is not let go on for ever.
        ("sleep 5; echo slept", "\"slept\"", 0),
        ("while :; do :; done", "\"never\"", 10_000),
    ] {
        let before = case.virtual_now();
        let effects = case.act(Action::Type(line.into()));
        let mut goes_on = effects.contains(&Effect::Frame);
        while goes_on {
            goes_on = case.frame(16).contains(&Effect::Frame);
        }
        assert!(case.virtual_now() - before <= within, "{line}: {}", case.virtual_now() - before);
        assert_eq!(case.says(words), words == "\"6000\"", "{line}");
        case.act(Action::Interrupt);
    }
    assert!(case.virtual_now() > start);
}

#[test]
fn a_tab_that_slept_does_not_jump() {
    let mut case = Case::of("web");
    let start = case.virtual_now();
    case.frame(0);
    case.frame(3_600_000);
    assert_eq!(case.virtual_now(), start + 100);
}

#[test]
fn a_frame_that_takes_too_long_goes_on_later() {
    let mut case = Case::of("web");
    case.act(Action::Speed(6));
    case.frame(0);
    let start = case.virtual_now();
    // Each look at the clock costs 6 ms: the second slice begins after the budget's half, the third not at all.
    case.now.set(case.now.get() + 100_000);
    let looks = Cell::new(0);
    let base = case.now.get();
    let slow = || {
        looks.set(looks.get() + 1);
        Micros(base + looks.get() * 6_000)
    };
    case.state.reduce(Action::Frame, &slow);
    let gone = case.virtual_now() - start;
    assert!(gone > 0 && gone < 1600, "{gone} ms of 1600 went by in a frame with a budget of 10 ms");
}

#[test]
fn what_is_settled_asks_for_no_frame_and_catches_up_when_somebody_acts() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(600)));
    case.frame(0);
    let effects = case.frame(2_000);
    assert!(case.state.is_settled() && !effects.contains(&Effect::Frame), "{effects:?}");
    assert_eq!(case.frame(10), []);
    let asleep = case.virtual_now();
    case.now.set(case.now.get() + 30_000_000);
    let effects = case.act(Action::Run("kubectl get sts".into()));
    assert!(effects.contains(&Effect::Frame) && !case.state.is_settled());
    assert!(case.virtual_now() >= asleep + 30_000, "{asleep} and 30 s make {}", case.virtual_now());
}

#[test]
fn an_autoscaler_that_finds_nothing_new_keeps_no_page_awake() {
    for load in ["", "lab load web 60"] {
        let mut case = Case::of("web");
        case.act(Action::Run("kubectl autoscale statefulset web --min=1 --max=5 --cpu-percent=80".into()));
        if !load.is_empty() {
            case.act(Action::Run(load.into()));
        }
        case.act(Action::Advance(Millis::seconds(1200)));
        case.frame(0);
        let effects = case.frame(2_000);
        assert!(case.state.is_settled() && !effects.contains(&Effect::Frame), "{load}: {effects:?}");
        // What it tells again and again is there once somebody looks.
        case.now.set(case.now.get() + 60_000_000);
        case.act(Action::Run("kubectl get events".into()));
        assert!(!load.is_empty() || case.says("FailedGetResourceMetric"), "{load}");
    }
}

#[test]
fn a_line_is_run_stored_and_told() {
    let mut case = Case::of("web");
    let before = case.state.version;
    let effects = case.act(Action::Run("kubectl get nodes".into()));
    assert!(case.says("node-a") && case.state.version > before);
    for effect in [Effect::Render, Effect::SaveSoon, Effect::Tell(Event::Change)] {
        assert!(effects.contains(&effect), "{effect:?} is not among {effects:?}");
    }
    let effects = case.act(Action::Save);
    let [Effect::Store(Session { session: Some(session), files: None, .. })] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let (again, _) =
        Case::new(&Opening { session: Some(session.clone()), seed: 1, ..Opening::default() }, MediaFeatures::default());
    assert!(again.says("node-a"));
    assert_eq!(case.act(Action::Stored(Storing::Done)), []);
    assert_eq!(case.act(Action::Stored(Storing::Refused)), [Effect::Render]);
    assert!(case.state.notice.is_some());
    assert_eq!(case.act(Action::Stored(Storing::Refused)), [], "the same is not said again");
}

#[test]
fn where_there_is_little_room_the_panel_follows_what_happens() {
    let narrow = MediaFeatures { is_narrow: true, ..MediaFeatures::default() };
    let (mut case, _) = Case::new(&Opening { seed: 1, ..Opening::default() }, narrow);
    case.act(Action::Apply);
    assert_eq!(case.state.panel, Panel::Picture);
    case.act(Action::Edit("kind: Nothing\n".into()));
    case.act(Action::Apply);
    assert_eq!(case.state.panel, Panel::Console, "an error is read at the console");
    case.act(Action::Select(Some(Key::new(Kind::Pod, "default", "web-0"))));
    assert_eq!(case.state.panel, Panel::Inspector);
    case.act(Action::Select(None));
    assert_eq!(case.state.panel, Panel::Picture);
    // A keyboard would cover what was asked for.
    assert!(!case.act(Action::Show(Panel::Console)).contains(&Effect::Focus(Field::Console)));
    case.act(Action::Media(MediaFeatures::default()));
    assert!(case.act(Action::Show(Panel::Console)).contains(&Effect::Focus(Field::Console)));
}

#[test]
fn going_on_after_an_undo_leaves_the_rest_to_its_branch() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(30)));
    case.act(Action::Run("kubectl scale sts web --replicas=5".into()));
    case.act(Action::Undo);
    assert!(!case.state.pace.is_playing);
    assert_eq!(case.state.playground.borrow().branch_count(), 1);
    case.act(Action::Play);
    assert_eq!(case.state.playground.borrow().branch_count(), 2);
    case.act(Action::SwitchBranch(0));
    assert!(case.state.pace.is_still && !case.state.pace.is_playing);
}

#[test]
fn the_arrangement_is_one_line_that_is_understood_again() {
    let mut case = Case::of("web");
    case.act(Action::Theme(Theme::Dark));
    case.act(Action::EditorWidth(333));
    case.act(Action::Guide(false));
    let effects = case.act(Action::Language(Lang::Ja));
    assert!(effects.contains(&Effect::Tell(Event::Language)));
    let Some(line) = effects.iter().find_map(|it| if let Effect::SaveView(line) = it { Some(line) } else { None })
    else {
        panic!("{effects:?}");
    };
    let again = View::new(Lang::En, 500).with_line(line);
    assert_eq!(again, case.state.view);
    let odd = View::new(Lang::En, 900).with_line("v9 lang=xx theme=loud speed=99 editor=1 console=abc guide");
    assert_eq!(odd, View { editor: 240, ..View::new(Lang::En, 900) });
}

#[test]
fn a_plan_is_shown_and_compared_with_what_its_apply_leads_to() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    let text = case.state.files.text().replace("replicas: 3", "replicas: 1");
    case.act(Action::Edit(text.as_str().into()));
    case.act(Action::Select(Some(Key::new(Kind::Pod, "default", "web-0"))));
    case.act(Action::Plan(None));
    assert_eq!(case.state.selected, None, "the plan takes the place of the inspector");
    let plan = |case: &Case| case.state.shown_plan.clone().expect("a plan");
    assert_eq!(plan(&case).plan.kept.len(), 2);
    assert_eq!(plan(&case).outcome(&case.state.playground.borrow()), None, "nothing was applied");
    case.act(Action::PlayPlan(true));
    let beside = *case.state.compared.first().expect("a branch");
    assert_eq!(case.state.playground.borrow().branch_facts(beside).map(|it| it.name), Some("plan".into()));
    case.act(Action::Apply);
    case.act(Action::Advance(Millis::seconds(60)));
    let outcome = plan(&case).outcome(&case.state.playground.borrow()).expect("it was applied");
    assert!(outcome.is_over && outcome.is_as_foretold(), "{outcome:?}");
    case.act(Action::Scenario(1));
    assert!(case.state.shown_plan.is_none(), "another scenario is another story");
}

#[test]
fn what_is_refused_shows_its_way_out_line_by_line() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    let text = case.state.files.text().replace("storage: 1Gi", "storage: 2Gi");
    case.act(Action::Edit(text.as_str().into()));
    case.act(Action::Apply);
    assert!(case.says("Forbidden: updates to statefulset spec"));
    let plan = |case: &Case| case.state.shown_plan.clone().expect("the plan says the way out");
    let done = |case: &Case| plan(case).way_so_far(&case.state.playground.borrow());
    let lines: Vec<String> = plan(&case).plan.ways[0].remedies.iter().map(|it| it.line.clone()).collect();
    assert_eq!(done(&case), (0, lines.len()), "the apply that was refused is none of them");
    for (number, line) in lines.iter().enumerate() {
        case.act(Action::Run(line.as_str().into()));
        assert_eq!(done(&case), (number + 1, lines.len()), "{line}");
    }
    assert!(plan(&case).is_way_over(&case.state.playground.borrow()));
    // A text that is wrong in itself has no way out but another text.
    let mut case = Case::of("empty");
    case.act(Action::Edit("kind: Nothing".into()));
    case.act(Action::Apply);
    assert!(case.state.shown_plan.is_none());
}

// Sessions: what is left is kept, and an undo brings it back.

// Files: the tabs of the editor and the console's files are the same.

// How a text stands to the cluster, and what lies ahead.

#[test]
fn the_pill_tells_applied_from_edited_and_from_a_cluster_that_moved_on() {
    let mut case = Case::of("empty");
    assert_eq!(case.state.standing, Standing::Empty, "comments alone are nothing to be applied");
    case.act(Action::Edit("kind: ConfigMap".into()));
    assert_eq!(case.state.standing, Standing::Edited);
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    assert_eq!(case.state.standing, Standing::Applied);
    let text = case.state.files.text();
    case.act(Action::Edit(text.replace("replicas: 3", "replicas: 4").into()));
    assert_eq!(case.state.standing, Standing::Edited);
    case.act(Action::Edit(text));
    assert_eq!(case.state.standing, Standing::Applied);
    case.act(Action::Run("kubectl scale sts web --replicas=5".into()));
    assert_eq!(case.state.standing, Standing::Differs);
    case.act(Action::Apply);
    assert_eq!(case.state.standing, Standing::Applied);
    case.act(Action::Run("kubectl delete svc nginx".into()));
    assert_eq!(case.state.standing, Standing::Deleted);
    // Quantities that mean the same are no difference, and what nobody applied is edited.
    let mut case = Case::of("empty");
    assert_eq!(case.state.standing, Standing::Empty);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: nginx\n    resources: {requests: {cpu: 0.5}}\n";
    case.act(Action::Edit(pod.into()));
    assert_eq!(case.state.standing, Standing::Edited);
    case.act(Action::Apply);
    assert_eq!(case.state.standing, Standing::Applied);
}

#[test]
fn what_waits_for_time_says_until_when() {
    use statefulset_lab::playground::Outlook;
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    case.act(Action::Type("sleep 40; kubectl create ns late".into()));
    let now = case.virtual_now();
    case.frame(0);
    case.frame(2_000);
    let Outlook::Until(at) = case.state.outlook else { panic!("{:?}", case.state.outlook) };
    assert!((39_000..=41_500).contains(&(at.0 - now)), "{now} {at:?}");
    assert!(!case.state.is_settled());
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(600)));
    case.frame(0);
    case.frame(2_000);
    assert_eq!(case.state.outlook, Outlook::Settled);
}

// Two terminals.

#[test]
fn acting_in_the_past_begins_a_branch_only_where_something_was_done_later() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    case.act(Action::Seek(Millis::seconds(30)));
    assert!(!case.state.playground.borrow().has_future_inputs());
    case.act(Action::Run("kubectl get pods".into()));
    assert_eq!(case.state.playground.borrow().branch_count(), 1);
    case.act(Action::Seek(Millis::seconds(10)));
    assert!(case.state.playground.borrow().has_future_inputs());
    case.act(Action::Run("kubectl get pods".into()));
    assert_eq!(case.state.playground.borrow().branch_count(), 2);
}

#[test]
fn the_focus_follows_into_the_inspector_and_comes_back() {
    let mut case = Case::of("web");
    let pod = Key::new(Kind::Pod, "default", "web-0");
    assert!(case.act(Action::Select(Some(pod))).contains(&Effect::Focus(Field::Inspector)));
    assert!(case.act(Action::Select(None)).contains(&Effect::Focus(Field::Back)));
    assert!(!case.act(Action::Select(None)).contains(&Effect::Focus(Field::Back)));
}

#[test]
fn an_empty_cluster_gets_nodes_and_loses_them() {
    let mut case = Case::of("empty");
    assert!(case.state.playground.borrow().set_names().is_empty());
    case.act(Action::Run("lab add node zone-a 10".into()));
    case.act(Action::Run("kubectl get nodes".into()));
    assert!(case.says("node-13") || case.says("node-4"), "{:?}", case.state.playground.borrow().entries().last());
    let count = |case: &Case| case.state.playground.borrow().cluster().list(Kind::Node).count();
    assert_eq!(count(&case), 13);
    case.act(Action::Advance(Millis::seconds(120)));
    case.act(Action::Run("lab remove node node-4".into()));
    case.act(Action::Advance(Millis::seconds(120)));
    assert_eq!(count(&case), 12, "it does not come back by itself");
    case.act(Action::Run("lab add node 500".into()));
    assert!(case.says("at most 100 machines"));
    // Pods run there.
    let set = "apiVersion: v1\nkind: Pod\nmetadata: {name: there}\nspec:\n  nodeName: node-5\n  containers: [{name: a, image: nginx}]\n";
    case.act(Action::Edit(set.into()));
    case.act(Action::Apply);
    case.act(Action::Advance(Millis::seconds(60)));
    let key = Key::new(Kind::Pod, "default", "there");
    let phase =
        case.state.playground.borrow().cluster().get(&key).map(|pod| pod.str_at(&["status", "phase"]).to_string());
    assert_eq!(phase.as_deref(), Some("Running"));
    let saved = case.state.playground.borrow().save();
    let again = statefulset_lab::playground::Playground::restore(&saved).expect("a session");
    assert_eq!(again.entries(), case.state.playground.borrow().entries());
}

#[test]
fn who_is_only_to_look_is_refused_in_words() {
    let mut case = Case::of("web");
    case.act(Action::ReadOnly(true));
    let before = case.state.playground.borrow().inputs().len();
    for action in [
        Action::Run("kubectl delete pod web-0".into()),
        Action::Type("kubectl scale sts web --replicas=0".into()),
        Action::Apply,
        Action::Edit("kind: Pod".into()),
        Action::Open("kind: Pod".into()),
        Action::Undo,
        Action::Reset,
    ] {
        case.act(Action::CloseNotice);
        case.act(action.clone());
        assert!(case.state.notice.as_ref().is_some_and(|it| it.contains("looking only")), "{action:?}");
    }
    assert_eq!(case.state.playground.borrow().inputs().len(), before);
    case.act(Action::CloseNotice);
    case.act(Action::Type("kubectl get sts".into()));
    assert!(case.says("kubectl get sts") && case.state.notice.is_none());
    case.act(Action::ReadOnly(false));
    case.act(Action::Type("kubectl scale sts web --replicas=0".into()));
    assert!(case.says("statefulset.apps/web scaled"));
}

#[test]
fn what_an_opening_asks_for_and_cannot_have_is_said() {
    let notice = |opening: Opening| {
        let (case, _) = Case::new(&Opening { seed: 1, ..opening }, MediaFeatures::default());
        case.state.notice.unwrap_or_default().to_string()
    };
    let named = |text: &str| Some(text.to_string());
    assert!(notice(Opening { scenario: named("wbe"), ..Opening::default() }).contains("wbe; there are web, mariadb"));
    assert!(notice(Opening { environment: named("moon"), ..Opening::default() }).contains("moon; there are minikube"));
    let faulty = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: bad\nspec:\n  replicas: many\n";
    let said = notice(Opening { manifest: named(faulty), ..Opening::default() });
    assert!(said.contains("Not all of the manifest was applied: ") && said.contains("spec.replicas"), "{said}");
    let fine = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: fine\n";
    assert_eq!(notice(Opening { manifest: named(fine), ..Opening::default() }), "");
}

#[test]
fn what_an_opening_asks_for_in_vain_is_named() {
    let unread = |opening: &Opening| Case::new(opening, MediaFeatures::default()).0.state.unread;
    let named = |text: &str| Some(text.to_string());
    let lesson = std::fs::read_to_string("www/lessons/canary.md").expect("it is there");
    let none = Opening { seed: 1, ..Opening::default() };
    let zones = Opening { environment: named("zones"), ..none.clone() };
    let canary = Opening { lesson: Some(("canary".into(), lesson)), ..none.clone() };
    for (opening, names) in [
        (Opening { scenario: named("wbe"), misread: vec!["seed"], ..none.clone() }, &["scenario", "seed"][..]),
        (Opening { environment: named("mars"), version: named("2.0"), ..none.clone() }, &["environment", "version"]),
        (Opening { gates: named("x"), compare: named("1.36,9.9"), ..none.clone() }, &["gates", "compare"]),
        (Opening { compare: named("1.34,1.35,1.36,1.37"), ..none.clone() }, &["compare"]),
        (Opening { lesson: Some(("bad".into(), "no lesson".into())), ..none.clone() }, &["lesson"]),
        (Opening { lesson_error: named("lesson.missing"), ..none.clone() }, &["lesson"]),
        // What goes before something else takes its meaning.
        (Opening { scenario: named("web"), ..zones.clone() }, &["scenario"]),
        (
            Opening { scenario: named("web"), manifest: named(""), lines: vec!["true".into()], ..canary.clone() },
            &["scenario", "manifest", "commands"],
        ),
        (Opening { environment: named("zones"), ..canary.clone() }, &["environment"]),
        (Opening { version: named("1.36"), compare: named("1.35, 1.34"), ..canary }, &[]),
        (Opening { manifest: named(""), gates: named(""), scenario: named(""), ..zones }, &[]),
        (none, &[]),
    ] {
        assert_eq!(unread(&opening), names, "{opening:?}");
    }
}

#[test]
fn the_plan_applies_what_was_planned() {
    let mut case = Case::of("empty");
    let map = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
    case.act(Action::Edit(map("planned").into()));
    case.act(Action::Plan(None));
    // Another file is looked at meanwhile.
    case.act(Action::OpenFile("other.yaml".into(), map("stray")));
    case.act(Action::ApplyPlan);
    let maps = |case: &Case| {
        let playground = case.state.playground.borrow();
        let all = playground.cluster().list_in(Kind::ConfigMap, "default").map(|it| it.meta.name.to_string());
        all.filter(|name| name != "kube-root-ca.crt").collect::<Vec<_>>()
    };
    assert_eq!(maps(&case), ["planned"]);
    // A text that was changed since is planned anew.
    case.act(Action::Plan(None));
    case.act(Action::Edit(map("changed").into()));
    case.act(Action::ApplyPlan);
    assert_eq!(maps(&case), ["planned"]);
    assert!(case.state.shown_plan.as_ref().is_some_and(|it| it.text.contains("changed")));
}
