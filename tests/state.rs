//! The reducer of a lab's state on the host: actions in, states and effects out; no browser.

use statefulset_lab::i18n::Lang;
use statefulset_lab::model::{Key, Kind, Millis};
use statefulset_lab::state::{
    Action, Effect, Event, Field, MediaFeatures, Micros, Opening, Panel, Session, State, Storing, Theme, View,
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
fn a_line_is_run_stored_and_told() {
    let mut case = Case::of("web");
    let before = case.state.version;
    let effects = case.act(Action::Run("kubectl get nodes".into()));
    assert!(case.says("node-a") && case.state.version > before);
    for effect in [Effect::Render, Effect::SaveSoon, Effect::Tell(Event::Change)] {
        assert!(effects.contains(&effect), "{effect:?} is not among {effects:?}");
    }
    let effects = case.act(Action::Save);
    let [Effect::Store(Session { session: Some(session), files: None })] = effects.as_slice() else {
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
fn a_session_that_cannot_be_read_is_forgotten_and_said() {
    let opening = Opening { session: Some("not JSON".into()), seed: 1, ..Opening::default() };
    let (case, effects) = Case::new(&opening, MediaFeatures::default());
    assert!(effects.contains(&Effect::Forget));
    assert!(case.state.notice.as_ref().is_some_and(|notice| notice.contains("fresh start")));
    // Who asks for a scenario gets it, whatever is stored.
    let asked = Opening { scenario: Some("mariadb".into()), ..opening };
    let (case, effects) = Case::new(&asked, MediaFeatures::default());
    assert!(!effects.contains(&Effect::Forget) && case.state.notice.is_none());
    assert_eq!(case.state.scenario, 1);
}

#[test]
fn where_there_is_little_room_the_panel_follows_what_happens() {
    let narrow = MediaFeatures { is_narrow: true, is_calm: false };
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
fn kubectl_edit_opens_a_text_and_takes_it_back() {
    let mut case = Case::of("web");
    let given = case.state.files.given;
    case.act(Action::Run("kubectl edit sts web".into()));
    let text = case.state.files.text();
    assert!(text.contains("kind: StatefulSet") && case.state.files.given > given);
    assert_eq!((case.state.files.names.len(), case.state.files.edited), (2, Some(1)));
    case.act(Action::Edit(text.replace("replicas: 3", "replicas: 4").into()));
    case.act(Action::Apply);
    assert!(case.says("statefulset.apps/web edited"));
    assert_eq!((case.state.files.names.len(), case.state.files.current), (1, 0));
    // Closed without saving.
    case.act(Action::Run("kubectl edit sts web".into()));
    case.act(Action::CloseFile(1));
    assert!(case.says("Edit cancelled, no changes made."));
    assert_eq!(case.state.files.names.len(), 1);
}

#[test]
fn several_open_texts_are_stored_and_come_back_with_their_session() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl edit sts web".into()));
    let effects = case.act(Action::Save);
    let [Effect::Store(Session { session, files: Some(files) })] = effects.as_slice() else { panic!("{effects:?}") };
    let opening = Opening { session: session.clone(), files: Some(files.clone()), seed: 1, ..Opening::default() };
    let (again, _) = Case::new(&opening, MediaFeatures::default());
    assert_eq!(again.state.files.names, case.state.files.names);
    // Those of another session are left.
    let (other, _) = Case::new(&Opening { session: None, ..opening }, MediaFeatures::default());
    assert_eq!(other.state.files.names.len(), 1);
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
fn another_scenario_begins_anew() {
    let mut case = Case::of("web");
    let (epoch, given) = (case.state.epoch, case.state.files.given);
    case.act(Action::Edit("# mine\n".into()));
    case.act(Action::Pause);
    case.act(Action::Scenario(1));
    assert!(case.state.epoch > epoch && case.state.files.given > given && case.state.pace.is_playing);
    assert!(case.state.files.text().contains("mariadb"));
    assert_eq!(case.state.applied(), Some(case.state.files.text()));
    case.act(Action::Scenario(99));
    assert_eq!(case.state.scenario, 1, "there is no such scenario");
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
    let plan = |case: &Case| case.state.foretold.clone().expect("a plan");
    assert_eq!(plan(&case).plan.kept.len(), 2);
    assert_eq!(plan(&case).outcome(&case.state.playground.borrow()), None, "nothing was applied");
    case.act(Action::PlayPlan(true));
    let beside = case.state.compared.expect("a branch");
    assert_eq!(case.state.playground.borrow().branch_facts(beside).map(|it| it.name), Some("plan".into()));
    case.act(Action::Apply);
    case.act(Action::Advance(Millis::seconds(60)));
    let outcome = plan(&case).outcome(&case.state.playground.borrow()).expect("it was applied");
    assert!(outcome.is_over && outcome.is_as_foretold(), "{outcome:?}");
    case.act(Action::Scenario(1));
    assert!(case.state.foretold.is_none(), "another scenario is another story");
}
