//! Sessions: what is stored and comes back, what the list keeps, what an address asks for.

use super::Case;
use statefulset_lab::i18n::Lang;
use statefulset_lab::kubernetes::{Kubernetes, Version};
use statefulset_lab::model::Millis;
use statefulset_lab::playground::Playground;
use statefulset_lab::state::{
    Action, Effect, MediaFeatures, Micros, Opening, Session, SessionAction, State, TerminalAction, View,
};
use std::cell::Cell;

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
fn time_stands_where_it_stood_and_what_begins_anew_plays() {
    let mut case = Case::of("web");
    case.act(Action::Pause);
    let effects = case.act(Action::Save);
    let session = effects.iter().find_map(|effect| match effect {
        Effect::Store(Session { session, .. }) => session.clone(),
        _ => None,
    });
    let plays = |opening: Opening| {
        let view = View { is_paused: true, ..View::new(Lang::En, 1440) };
        State::new(&opening, view, MediaFeatures::default()).0.pace.is_playing
    };
    assert!(!plays(Opening { session: session.clone(), seed: 1, ..Opening::default() }));
    assert!(plays(Opening { session: session.clone(), scenario: Some("web".into()), seed: 1, ..Opening::default() }));
    assert!(plays(Opening { given: session, seed: 1, ..Opening::default() }));
    assert!(!plays(Opening { scenario: Some("web".into()), is_paused: Some(true), seed: 1, ..Opening::default() }));
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
    // The editor is told of each change, not of the first alone.
    for scenario in [0, 1, 0] {
        let given = case.state.files.given;
        case.act(Action::Scenario(scenario));
        assert!(case.state.files.given > given);
    }
}

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
