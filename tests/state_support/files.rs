//! Texts in tabs, files of the console, and its terminals.

use super::Case;
use statefulset_lab::model::Millis;
use statefulset_lab::state::{Action, Effect, Field};

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
fn the_next_line_saves_what_stands_in_the_tab_of_kubectl_edit() {
    let mut case = Case::of("web");
    case.act(Action::Run("kubectl edit sts web".into()));
    let text = case.state.files.text();
    case.act(Action::Edit(text.replace("replicas: 3", "replicas: 4").into()));
    case.act(Action::Type("kubectl get sts web -o jsonpath=wants:{.spec.replicas}".into()));
    assert!(case.says("statefulset.apps/web edited") && case.says("wants:4"));
    // Nothing was changed.
    case.act(Action::Run("kubectl edit sts web".into()));
    case.act(Action::Type("kubectl get nodes".into()));
    assert!(case.says("Edit cancelled, no changes made.") && case.says("VERSION"));
    // What is refused stays open, and the line is named.
    case.act(Action::Run("kubectl edit sts web".into()));
    let wrong = case.state.files.text().replace("serviceName: nginx", "serviceName: other");
    case.act(Action::Edit(wrong.as_str().into()));
    let effects = case.act(Action::Type("kubectl get pvc".into()));
    assert!(effects.contains(&Effect::Refill("kubectl get pvc".into())), "it stands at the prompt again: {effects:?}");
    assert!(case.state.files.edited.is_some() && case.state.files.text().contains("serviceName: other"));
    assert!(
        case.state.notice.as_ref().is_some_and(|notice| notice.contains("kubectl get pvc")),
        "{:?}",
        case.state.notice
    );
    // Saved after all, it waits for nothing more.
    case.act(Action::Edit(wrong.replace("serviceName: other", "serviceName: nginx").as_str().into()));
    case.act(Action::Apply);
    assert_eq!((case.state.files.edited, &case.state.notice), (None, &None));
}

#[test]
fn a_text_that_kubectl_edit_waits_for_waits_at_its_own_moment() {
    let mut case = Case::of("web");
    case.act(Action::Advance(Millis::seconds(60)));
    case.act(Action::Run("kubectl edit sts web".into()));
    let text = case.state.files.text().replace("replicas: 3", "replicas: 4");
    case.act(Action::Edit(text.as_str().into()));
    let opened = case.virtual_now();
    case.act(Action::Seek(Millis::seconds(20)));
    assert_eq!((case.state.files.edited, case.state.files.paused), (None, Some(1)), "nobody waits for it then");
    case.act(Action::Seek(Millis(opened + 1000)));
    assert_eq!((case.state.files.edited, case.state.files.paused), (Some(1), None));
    assert_eq!(&*case.state.files.text(), text, "what was typed is there still");
    case.act(Action::Apply);
    assert!(case.says("statefulset.apps/web edited"));
    // What is done at another moment begins a story in which nobody waits for it.
    case.act(Action::Run("kubectl edit sts web".into()));
    case.act(Action::Seek(Millis::seconds(20)));
    case.act(Action::Run("kubectl get sts".into()));
    assert_eq!((case.state.files.edited, case.state.files.paused, case.state.files.names.len()), (None, None, 2));
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
