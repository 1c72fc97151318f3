//! The reducer of a lab's state on the host: actions in, states and effects out; no browser.

use statefulset_lab::i18n::Lang;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::model::{Key, Kind, Millis};
use statefulset_lab::playground::Playground;
use statefulset_lab::state::{
    Action, Effect, Event, Field, MediaFeatures, Micros, Opening, Panel, Session, SessionAction, State, Storing,
    TerminalAction, Theme, View,
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
fn a_session_that_did_not_load_last_time_is_kept_in_the_list_and_not_tried_again() {
    let opening = Opening { session: Some("long".into()), has_failed: true, seed: 1, ..Opening::default() };
    let (mut case, effects) = Case::new(&opening, MediaFeatures::default());
    assert!(effects.contains(&Effect::Forget), "{effects:?}");
    assert!(shelf_of(&effects).is_some_and(|text| text.contains("long")), "{effects:?}");
    assert!(case.state.tells_of_sessions(), "{:?}", case.state.notice);
    assert!(case.state.shelf.all()[0].about.has_failed);
    // From there it can be saved as a file; opening it changes nothing if it still cannot be had.
    let saved = case.act(Action::Sessions(SessionAction::Export(Some(0))));
    assert!(saved.iter().any(|it| matches!(it, Effect::SaveFile { text, .. } if text.contains("long"))), "{saved:?}");
    case.act(Action::Sessions(SessionAction::Open(0)));
    assert!(case.state.notice.as_ref().is_some_and(|it| it.contains("could not be opened")));
    assert_eq!(case.state.shelf.all().len(), 1);
}

#[test]
fn a_session_that_cannot_be_read_is_kept_in_the_list_and_said() {
    let opening = Opening { session: Some("not JSON".into()), seed: 1, ..Opening::default() };
    let (case, effects) = Case::new(&opening, MediaFeatures::default());
    assert!(effects.contains(&Effect::Forget));
    assert!(case.state.notice.as_ref().is_some_and(|notice| notice.contains("fresh start")));
    assert!(case.state.tells_of_sessions() && case.state.shelf.all().len() == 1);
    // Who asks for a scenario gets it, whatever is stored.
    let asked = Opening { scenario: Some("mariadb".into()), ..opening };
    let (case, effects) = Case::new(&asked, MediaFeatures::default());
    assert!(!effects.contains(&Effect::Forget) && case.state.notice.is_none());
    assert_eq!(case.state.scenario, 1);
}

/// A session that takes a while to be played again.
fn long_session() -> (String, String) {
    let mut case = Case::of("web");
    for number in 0..40 {
        case.act(Action::Run(format!("kubectl scale sts web --replicas={}", 1 + number % 5)));
        case.act(Action::Advance(Millis(40_000)));
    }
    let effects = case.act(Action::Save);
    let [Effect::Store(Session { session, about, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    (session.clone().expect("it is not too long"), about.clone())
}

#[test]
fn a_long_session_comes_back_in_slices_and_nothing_of_it_is_overwritten_meanwhile() {
    let (session, about) = long_session();
    let opening = Opening { session: Some(session.clone()), about: Some(about), seed: 1, ..Opening::default() };
    let (mut case, effects) = Case::new(&opening, MediaFeatures::default());
    assert!(case.state.loading_progress().is_some_and(|it| it < 1000) && effects.contains(&Effect::Frame));
    assert_eq!(case.act(Action::Save), []);
    let mut frames = 0;
    while case.state.loading_progress().is_some() {
        // Each look at the clock takes five milliseconds.
        let clock = Cell::new(0);
        let effects = case.state.reduce(Action::Frame, &|| {
            clock.set(clock.get() + 5_000);
            Micros(clock.get())
        });
        assert!(effects.contains(&Effect::Render), "the bar is drawn");
        frames += 1;
        if case.state.loading_progress().is_none() {
            assert!(effects.contains(&Effect::Loaded), "{effects:?}");
        }
    }
    assert!(frames > 3, "{frames}");
    assert_eq!(case.state.playground.borrow().save(), session);
    assert!(case.state.shelf.all().is_empty() && case.state.notice.is_none());
    // Who does not wait finds it in the list; a script does not see that it was not there.
    let (mut case, _) = Case::new(&opening, MediaFeatures::default());
    let effects = case.act(Action::Sessions(SessionAction::StopLoading));
    assert!(effects.contains(&Effect::Loaded) && shelf_of(&effects).is_some());
    assert!(case.state.loading_progress().is_none() && case.state.tells_of_sessions());
    let index = 0;
    case.act(Action::Sessions(SessionAction::Open(index)));
    case.act(Action::Load);
    assert_eq!(case.state.playground.borrow().save(), session);
    assert!(case.state.shelf.all().is_empty());
    let (mut case, _) = Case::new(&opening, MediaFeatures::default());
    case.act(Action::Run("kubectl get nodes".into()));
    assert!(case.says("kubectl scale sts web") && case.says("kubectl get nodes"));
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
    let [Effect::Store(Session { session, files: Some(files), .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
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
    let beside = *case.state.compared.first().expect("a branch");
    assert_eq!(case.state.playground.borrow().branch_facts(beside).map(|it| it.name), Some("plan".into()));
    case.act(Action::Apply);
    case.act(Action::Advance(Millis::seconds(60)));
    let outcome = plan(&case).outcome(&case.state.playground.borrow()).expect("it was applied");
    assert!(outcome.is_over && outcome.is_as_foretold(), "{outcome:?}");
    case.act(Action::Scenario(1));
    assert!(case.state.foretold.is_none(), "another scenario is another story");
}

// Sessions: what is left is kept, and an undo brings it back.

fn shelf_of(effects: &[Effect]) -> Option<String> {
    effects.iter().rev().find_map(|it| if let Effect::StoreShelf(text) = it { Some(text.clone()) } else { None })
}

#[test]
fn choosing_a_scenario_keeps_the_text_and_the_session_and_undo_brings_both_back() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl scale sts web --replicas=5".into()));
    case.act(Action::Edit("kind: ConfigMap\napiVersion: v1\nmetadata: {name: mine}\n".into()));
    let effects = case.act(Action::Scenario(1));
    let kept = case.state.shelf.all();
    assert_eq!((kept.len(), kept[0].about.sets.as_str(), kept[0].about.branches), (1, "web", 1));
    assert!(shelf_of(&effects).is_some_and(|text| text.contains("replicas=5")), "it is stored");
    assert!(case.state.files.names.iter().any(|name| &**name == "mine.yaml"), "{:?}", case.state.files.names);
    assert!(case.state.notice.as_ref().is_some_and(|notice| notice.contains("kept")) && case.state.can_return());
    // The text is there for commands, too.
    let effects = case.act(Action::Undo);
    assert_eq!(case.state.scenario, 0);
    assert!(case.says("replicas=5") && case.state.files.text().contains("name: mine"));
    assert!(
        shelf_of(&effects).is_some() && case.state.shelf.all().is_empty(),
        "it is no more among those that were left"
    );
    assert!(!case.state.can_return());
}

#[test]
fn a_text_that_came_along_is_a_file_of_the_console() {
    let mut case = Case::of("web");
    case.act(Action::Edit("kind: ConfigMap\napiVersion: v1\nmetadata: {name: mine}\n".into()));
    case.act(Action::Scenario(1));
    assert!(case.state.shelf.all().is_empty(), "nothing was done in that session");
    case.act(Action::Type("kubectl apply -f mine.yaml".into()));
    assert!(case.says("configmap/mine created"));
}

#[test]
fn starting_over_keeps_the_session_and_the_texts() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl create ns more".into()));
    case.act(Action::Edit("# mine\n".into()));
    case.act(Action::Reset);
    assert!(!case.says("create ns") && &*case.state.files.text() == "# mine\n");
    assert_eq!(case.state.shelf.all().len(), 1);
    case.act(Action::Undo);
    assert!(case.says("create ns"));
    // What nobody touched is not kept, and yet an undo is one.
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(20)));
    let before = case.virtual_now();
    case.act(Action::Reset);
    assert!(case.state.shelf.all().is_empty() && case.virtual_now() < before);
    case.act(Action::Undo);
    assert_eq!(case.virtual_now(), before);
}

#[test]
fn a_session_of_the_list_is_opened_as_it_was_and_the_present_one_is_kept() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl create ns first".into()));
    case.act(Action::Scenario(1));
    case.act(Action::Run("kubectl create ns second".into()));
    case.act(Action::Sessions(SessionAction::Open(0)));
    assert!(case.says("create ns first") && !case.says("second"));
    assert_eq!(case.state.shelf.all().len(), 1, "the other took its place");
    case.act(Action::Sessions(SessionAction::Open(0)));
    assert!(case.says("create ns second"));
}

#[test]
fn a_session_goes_into_a_file_and_comes_back_and_bad_files_change_nothing() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl create ns shipped".into()));
    case.act(Action::Type("cat > note.yaml <<EOF\nkind: Nothing\nEOF".into()));
    case.act(Action::Type("vi note.yaml".into()));
    let effects = case.act(Action::Sessions(SessionAction::Export(None)));
    let [Effect::SaveFile { name, text }, ..] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(name, "web.statefulset-lab.json");
    let mut other = Case::of("mariadb");
    other.act(Action::Sessions(SessionAction::Import(text.clone())));
    assert!(other.says("create ns shipped") && other.state.notice.is_none(), "{:?}", other.state.notice);
    assert_eq!(other.state.files.names.len(), 2);
    for bad in ["", "kind: Pod", "{}", r#"{"lab": "statefulset-lab session 1"}"#, &text.replace("zones", "nowhere")] {
        let before = other.state.playground.borrow().save();
        other.act(Action::Sessions(SessionAction::Import(bad.to_string())));
        assert!(other.state.notice.as_ref().is_some_and(|it| it.contains("could not be opened")), "{bad:.40}");
        assert_eq!(other.state.playground.borrow().save(), before);
    }
}

#[test]
fn who_asks_for_a_scenario_finds_the_stored_session_in_the_list() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl create ns stored".into()));
    let effects = case.act(Action::Save);
    let [Effect::Store(Session { session, about, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    let opening = Opening { session: session.clone(), about: Some(about.clone()), seed: 1, ..Opening::default() };
    let asked = Opening { scenario: Some("mariadb".into()), ..opening.clone() };
    let (case, effects) = Case::new(&asked, MediaFeatures::default());
    assert_eq!(case.state.shelf.all().len(), 1);
    assert!(shelf_of(&effects).is_some_and(|text| text.contains("create ns stored")));
    // A link that cannot be read leads to what was stored.
    let broken = Opening { given: Some("{}".into()), ..opening };
    let (case, _) = Case::new(&broken, MediaFeatures::default());
    assert!(case.says("create ns stored") && case.state.notice.is_some() && case.state.shelf.all().is_empty());
}

#[test]
fn a_lesson_in_a_link_is_the_reader_s_own_until_somebody_has_begun_it() {
    let source = std::fs::read_to_string("www/lessons/tour.md").expect("the tour is there");
    let lesson = Playground::of_lesson("tour", &source, Kubernetes::default()).expect("the tour can be read");
    let link = |playground: &Playground| Opening { given: Some(playground.save()), seed: 1, ..Opening::default() };
    // The reader has done the first line already.
    let (mut own, _) = Case::new(&link(&lesson), MediaFeatures::default());
    own.act(Action::Type("kubectl create ns mine".into()));
    let session = Some(own.state.playground.borrow().save());
    let (case, _) = Case::new(&Opening { session: session.clone(), ..link(&lesson) }, MediaFeatures::default());
    assert!(case.says("create ns mine"));
    // Under the version that the link was made with, which the reader's own was not.
    let older = Kubernetes::of(Version::parse("1.34").expect("there is a 1.34"));
    let other = Playground::of_lesson("tour", &source, older).expect("the tour can be read");
    let (case, _) = Case::new(&Opening { session: session.clone(), ..link(&other) }, MediaFeatures::default());
    assert_eq!(case.state.playground.borrow().options().environment.kubernetes, older);
    assert!(!case.says("create ns mine"));
    // What somebody else has begun is looked at as it was sent.
    let mut begun = lesson;
    begun.enter("kubectl create ns theirs");
    let (case, _) = Case::new(&Opening { session, ..link(&begun) }, MediaFeatures::default());
    assert!(case.says("create ns theirs") && !case.says("create ns mine"));
}

#[test]
fn a_text_of_somebody_s_own_has_its_own_title_and_stays_under_another_version() {
    let manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None}\n---\n\
        apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {serviceName: db, selector: {matchLabels: {a: b}}, \
        template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}\n";
    let opening = Opening { manifest: Some(manifest.into()), seed: 1, ..Opening::default() };
    let (mut case, _) = Case::new(&opening, MediaFeatures::default());
    assert_eq!(case.state.title().as_deref(), Some("StatefulSet db"));
    case.act(Action::Kubernetes(Version::parse("1.35").expect("there is a 1.35")));
    assert_eq!(case.state.title().as_deref(), Some("StatefulSet db"));
    assert_eq!(case.state.playground.borrow().set_names(), ["db"]);
    case.act(Action::Scenario(0));
    assert_eq!(case.state.title(), None);
}

#[test]
fn terminals_side_by_side_stay_so_in_the_session() {
    let mut case = Case::of("web");
    case.act(Action::Terminal(TerminalAction::Beside(true)));
    assert_eq!(case.state.playground.borrow().terminal_count(), 2);
    case.act(Action::Type("kubectl get nodes".into()));
    let effects = case.act(Action::Terminal(TerminalAction::Turn(0)));
    assert!(
        !effects.iter().any(|it| matches!(it, Effect::Focus(_))),
        "the focus is where the reader put it: {effects:?}"
    );
    case.act(Action::Type("kubectl get sts".into()));
    let stored = case.state.playground.borrow().save();
    let playground = Playground::restore(&stored).expect("it was saved just now");
    assert!(playground.are_terminals_beside() && playground.terminal_count() == 2);
    let said = |number| format!("{:?}", playground.terminal_view(number).entries);
    assert!(said(0).contains("get sts") && !said(0).contains("get nodes") && said(1).contains("get nodes"));
    case.act(Action::Terminal(TerminalAction::Beside(false)));
    assert!(!case.state.playground.borrow().save().contains("beside"));
}

// Files: the tabs of the editor and the console's files are the same.

#[test]
fn what_is_typed_into_a_file_s_tab_is_what_the_console_applies() {
    let mut case = Case::of("empty");
    let manifest = case.state.files.text();
    case.act(Action::Type("cat > web.yaml <<EOF\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: one}\nEOF".into()));
    let effects = case.act(Action::Type("vi web.yaml".into()));
    assert!(effects.contains(&Effect::Focus(Field::Manifest)), "what is typed next belongs into the file: {effects:?}");
    assert_eq!((case.state.files.names.len(), case.state.files.current), (2, 1));
    case.act(Action::Edit(case.state.files.text().replace("one", "two").into()));
    case.act(Action::Type("kubectl apply -f web.yaml".into()));
    assert!(case.says("configmap/two created"));
    assert_eq!(*case.state.playground.borrow().editor(), manifest, "the manifest is another text");
    // Apply means the tab.
    case.act(Action::Edit(case.state.files.text().replace("two", "three").into()));
    case.act(Action::Apply);
    assert!(case.says("kubectl apply -f web.yaml") && case.says("configmap/three created"));
    // What the console writes is shown.
    case.act(Action::Type("sed -i s/three/four/ web.yaml".into()));
    let said = case.state.files.text();
    assert!(said.contains("four") || case.says("sed:"), "{said}");
    case.act(Action::Type("echo 'kind: Nothing' > web.yaml".into()));
    assert_eq!(&*case.state.files.text(), "kind: Nothing\n");
    // Closed and opened again, it has what was typed last.
    case.act(Action::Edit("# typed\n".into()));
    case.act(Action::CloseFile(1));
    assert_eq!(case.state.files.names.len(), 1);
    case.act(Action::Type("cat web.yaml".into()));
    assert!(case.says("# typed"));
}

#[test]
fn a_text_that_kubectl_edit_waits_for_is_closed_only_after_a_question() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl edit sts web".into()));
    case.act(Action::Edit(case.state.files.text().replace("replicas: 3", "replicas: 4").into()));
    case.act(Action::CloseFile(1));
    assert_eq!((case.state.files.names.len(), case.state.asked_to_close), (2, Some(1)));
    // Anything else is a no.
    case.act(Action::File(1));
    assert_eq!(case.state.asked_to_close, None);
    case.act(Action::CloseFile(1));
    case.act(Action::CloseFile(1));
    assert!(case.says("Edit cancelled, no changes made."));
    assert_eq!(case.state.files.names.len(), 1);
}

#[test]
fn a_file_that_is_dropped_stands_beside_the_manifest() {
    let mut case = Case::of("web");
    let manifest = case.state.files.text();
    case.act(Action::OpenFile("mine.yaml".into(), "kind: Namespace\napiVersion: v1\nmetadata: {name: mine}\n".into()));
    assert_eq!(*case.state.playground.borrow().editor(), manifest);
    case.act(Action::Type("kubectl apply -f mine.yaml".into()));
    assert!(case.says("namespace/mine created"));
}

// How a text stands to the cluster, and what lies ahead.

#[test]
fn the_pill_tells_applied_from_edited_and_from_a_cluster_that_moved_on() {
    use statefulset_lab::state::Standing;
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
    assert_eq!(case.state.standing, Standing::Edited);
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
fn each_terminal_has_its_own_lines_and_the_files_are_shared() {
    use statefulset_lab::state::TerminalAction;
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    case.act(Action::Type("kubectl get pods -w".into()));
    case.act(Action::Type("true".into()));
    case.act(Action::Terminal(TerminalAction::New));
    assert_eq!(case.state.playground.borrow().terminal(), 1);
    assert!(case.state.playground.borrow().entries().is_empty());
    case.act(Action::Type("WHERE=second; echo 'kind: Nothing' > note.yaml; kubectl delete pod web-1".into()));
    assert!(case.says("delete pod web-1") && !case.says("get pods -w"));
    case.act(Action::Advance(Millis::seconds(30)));
    case.act(Action::Terminal(TerminalAction::Show(0)));
    assert!(case.says("get pods -w") && !case.says("delete pod"));
    assert!(case.says("Terminating"), "the watch in the first terminal goes on");
    case.act(Action::Type("cat note.yaml; echo [$WHERE]".into()));
    assert!(case.says("kind: Nothing") && case.says("[]"), "files are shared, variables are not");
    // A stored session has both, and looks at the one that was used last.
    let saved = case.state.playground.borrow().save();
    let mut again = statefulset_lab::playground::Playground::restore(&saved).expect("a session");
    assert_eq!((again.terminal_count(), again.terminal()), (2, 0));
    assert_eq!(again.entries(), case.state.playground.borrow().entries());
    again.look_at_terminal(1);
    assert!(format!("{:?}", again.entries()).contains("delete pod web-1"));
    // Looking is no input: nothing branches, nothing is undone.
    let inputs = again.inputs().len();
    again.look_at_terminal(0);
    assert_eq!(again.inputs().len(), inputs);
    case.act(Action::Terminal(TerminalAction::Close(0)));
    assert_eq!(case.state.playground.borrow().terminal_count(), 1);
    assert!(case.says("delete pod web-1"));
    for _ in 0..9 {
        case.act(Action::Terminal(TerminalAction::New));
    }
    assert_eq!(case.state.playground.borrow().terminal_count(), statefulset_lab::playground::TERMINALS_MAX);
}

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
        case.state.notice.unwrap_or_default()
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
    assert!(case.state.foretold.as_ref().is_some_and(|it| it.text.contains("changed")));
}
