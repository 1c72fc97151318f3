//! The two tutorials as pages, played from top to bottom: every block is answered as it is printed.

use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::tutorial::{Content, Finding, Page, check, play, watches};
use statefulset_lab::world::Environment;

fn playground() -> Playground {
    let environment = Environment::named("minikube").unwrap();
    Playground::new(Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() })
}

fn findings(text: &str) -> Vec<Finding> {
    check(&mut playground(), &Page::read(text).unwrap())
}

fn assert_answered(text: &str, sessions: usize) {
    let page = Page::read(text).unwrap();
    let live = page.blocks.iter().filter(|block| matches!(block.content, Content::Session(_))).count();
    assert_eq!(live, sessions);
    assert_eq!(findings(text), [], "differences");
}

const STATEFULSET: &str = include_str!("tutorials/statefulset.md");
const HANDS_ON: &str = include_str!("tutorials/hands_on.md");

#[test]
fn the_chapter_about_claims_is_answered_as_printed() {
    assert_answered(STATEFULSET, 6);
}

#[test]
fn the_hands_on_page_is_answered_as_printed() {
    assert_answered(HANDS_ON, 10);
}

/// The shape of kubernetes.io's page about StatefulSets: outputs in blocks of their own, a watch in a second terminal.
const BASICS: &str = include_str!("tutorials/basics.md");

#[test]
fn a_page_for_two_terminals_is_answered_as_printed() {
    assert_answered(BASICS, 68);
}

#[test]
fn another_output_is_found_in_a_block_of_its_own_and_in_the_second_terminal() {
    let rows = "web-1     0/1       ContainerCreating   0         0s\nweb-1     1/1       Running   0         18s\n```";
    for (old, new, typed) in [
        ("\nweb    2/2     37s", "\nweb    3/3     37s", "kubectl get statefulset web"),
        (rows, &rows.replace("Running", "Error"), "kubectl get pods --watch -l app=nginx"),
        (
            "web-0\nweb-1\n```",
            "web-0\nweb-2\n```",
            "for i in 0 1; do kubectl exec \"web-$i\" -- sh -c 'hostname'; done",
        ),
    ] {
        let text = BASICS.replacen(old, new, 1);
        let line = text.lines().zip(BASICS.lines()).position(|(new, old)| new != old).unwrap() + 1;
        let found = findings(&text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].line, found[0].typed.as_str()), (line, typed));
    }
}

#[test]
fn another_output_is_found_with_its_block_and_line() {
    let text = STATEFULSET.replacen("statefulset.apps/sts-mariadb   2/2", "statefulset.apps/sts-mariadb   2/3", 1);
    assert_ne!(text, STATEFULSET);
    let found = findings(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    let line = text.lines().position(|line| line.contains("2/3")).unwrap() + 1;
    assert_eq!((found[0].block, found[0].line, found[0].typed.as_str()), (4, line, "kubectl get sts,pods,pvc"));
    assert!(found[0].said.as_deref().unwrap_or_default().contains("2/2"), "{found:?}");
}

#[test]
fn a_line_that_nothing_says_is_found() {
    let found = findings("```console\n$ kubectl get nodes\nNAME   STATUS   AGE\nnode-9   Ready   2m\n```\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].printed.as_deref(), Some("node-9   Ready   2m"));
}

#[test]
fn what_the_lab_does_not_know_does_not_stop_the_page() {
    let found = findings(
        "```console\n$ helm install x\nok\n$ kubectl get ns default\nNAME      STATUS   AGE\ndefault   Active   1d\n```\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

const SET: &str = "```yaml title=\"web.yaml\"
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
spec:
  serviceName: nginx
  replicas: 2
  selector:
    matchLabels: {app: nginx}
  template:
    metadata:
      labels: {app: nginx}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
```

```console
$ kubectl apply -f web.yaml
statefulset.apps/web created
```
";

/// A page with a session behind the set.
fn behind_set(session: &str) -> String {
    format!("{SET}\n```console\n{session}```\n")
}

#[test]
fn no_time_goes_by_between_an_apply_and_a_watch() {
    let watch = "$ kubectl get pods -w
NAME    READY   STATUS              RESTARTS   AGE
web-0   0/1     Pending             0          0s
web-0   0/1     ContainerCreating   0          0s
web-0   1/1     Running             0          19s
web-1   0/1     Pending             0          0s
...
";
    let text = behind_set(watch);
    assert_eq!(findings(&text), []);
    // The watch ends with what is printed, not after ten minutes.
    let mut playground = playground();
    check(&mut playground, &Page::read(&text).unwrap());
    assert!(playground.now().0 < 60_000, "{}", playground.now());
    // One of which nothing is printed shows all that comes.
    let found = findings(&behind_set("$ kubectl get pods -w\n$ kubectl get sts\nNAME   READY\nweb    2/2\n"));
    assert_eq!(found, []);
}

#[test]
fn a_question_after_an_apply_is_asked_when_its_answer_is_there() {
    for ready in ["0/2", "1/2", "2/2"] {
        let found = findings(&behind_set(&format!("$ kubectl get sts\nNAME   READY   AGE\nweb    {ready}     1s\n")));
        assert_eq!(found, [], "{ready}");
    }
}

#[test]
fn a_command_that_fails_is_a_difference_where_nothing_is_printed() {
    for (line, said) in [
        ("kubectl nonsense", "error: unknown command \"nonsense\" for \"kubectl\""),
        ("kubectl get pod nobody", "Error from server (NotFound): pods \"nobody\" not found"),
        ("kubectl get pods | | grep web", "bash: syntax error near unexpected token `|'"),
        ("kubectll get pods; kubectll get kubectl", "kubectll: command not found"),
    ] {
        let found = findings(&behind_set(&format!("$ kubectl get pods | grep nobody\n$ {line}\n$ kubectl get sts\n")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].line, found[0].typed.as_str(), &found[0].printed), (27, line, &None));
        assert!(found[0].said.as_deref().unwrap_or_default().contains(said), "{found:?}");
    }
    assert_eq!(findings(&behind_set("$ kubectl get pod nobody\n...\n")), []);
    let found = findings(&SET.replace("name: web\n", "name: Web_\n").replace("web.yaml\n", "other.yaml\n"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].line, found[0].typed.as_str(), &found[0].printed), (2, "kubectl apply -f web.yaml", &None));
    assert!(found[0].said.as_deref().unwrap_or_default().contains("Web_"), "{found:?}");
}

#[test]
fn generated_names_in_commands_are_those_of_this_cluster() {
    let text = "```console
$ kubectl create deployment shop --image=nginx:1.27 --replicas=2
deployment.apps/shop created
$ kubectl get pods
NAME                    READY   STATUS    RESTARTS   AGE
shop-5f76cf6ccf-br9b5   1/1     Running   0          1m
shop-5f76cf6ccf-x2x4z   1/1     Running   0          1m
$ kubectl get pod shop-5f76cf6ccf-br9b5 shop-5f76cf6ccf-x2x4z -o name
pod/shop-5f76cf6ccf-br9b5
pod/shop-5f76cf6ccf-x2x4z
$ kubectl exec shop-5f76cf6ccf-br9b5 -- hostname
shop-5f76cf6ccf-br9b5
$ kubectl get rs shop-5f76cf6ccf
NAME              DESIRED   CURRENT   READY   AGE
shop-5f76cf6ccf   2         2         2       1m
$ kubectl get pod nobody-5f76cf6ccf-br9b5
Error from server (NotFound): pods \"nobody-5f76cf6ccf-br9b5\" not found
```
";
    assert_eq!(findings(text), []);
    let mut playground = playground();
    let page = Page::read(text).unwrap();
    let answers: Vec<_> = (0..5).filter_map(|turn| play(&mut playground, &page.blocks[0], turn)).collect();
    assert!(answers[3].hints[0].starts_with("hint: shop-5f76cf6ccf-br9b5 is called shop-"), "{answers:?}");
}

#[test]
fn a_pipe_may_stand_on_the_next_line() {
    assert_eq!(findings(&behind_set("$ kubectl get sts \\\n  | grep web\nweb   2/2   9s\n")), []);
    let bare = format!("{SET}\n```bash\nkubectl get sts \\\n  | grep web\n...\nkubectl get \\\n  pods\n```\n");
    assert_eq!(findings(&bare), []);
}

/// The set's manifest alone.
fn manifest() -> &'static str {
    SET.split("\n```console").next().unwrap()
}

const READY: &str = "NAME    READY   STATUS    RESTARTS   AGE
web-0   1/1     Running   0          10s
web-1   1/1     Running   0          5s
";
const ROLLED: &str = "Waiting for 2 pods to be ready...
Waiting for 1 pods to be ready...
partitioned roll out complete: 2 new pods have been updated...
";
const MET: &str = "pod/web-0 condition met\npod/web-1 condition met\n";
const APPLIED: &str = "statefulset.apps/web created\n";
const APPLY: &str = "kubectl apply -f web.yaml\n";

#[test]
fn a_line_that_waits_is_typed_when_what_it_waits_for_has_begun() {
    let by_name = "kubectl wait --for=condition=Ready pod/web-0 pod/web-1\n";
    let by_label = "kubectl wait --for=condition=Ready pod -l app=nginx --timeout=60s\n";
    let (rollout, get) = ("kubectl rollout status sts/web\n", "kubectl get pods\n");
    for session in [
        format!("$ {by_name}{MET}$ {get}{READY}"),
        format!("$ {by_label}{MET}"),
        format!("$ {rollout}{ROLLED}$ {get}{READY}"),
        // Nothing is printed of the wait, or it is the last thing.
        format!("$ {by_label}$ {get}{READY}"),
        format!("$ {by_name}"),
        // How often a rollout was looked at is chance.
        format!("$ kubectl -n default rollout status sts/web\n{}", ROLLED.replace("2 pods to", "1 pods to")),
        "$ kubectl wait --for=condition=Ready pod/web-0 --timeout=1s\nerror: timed out waiting for the condition on pods/web-0\n".into(),
    ] {
        assert_eq!(findings(&behind_set(&session)), [], "{session}");
    }
    for (typed, printed) in [
        (format!("{APPLY}{by_label}"), format!("{APPLIED}{MET}")),
        (format!("{APPLY}{by_name}{get}"), format!("{APPLIED}{MET}{READY}")),
        (format!("{APPLY}{rollout}{get}"), format!("{APPLIED}{ROLLED}{READY}")),
        (format!("{APPLY}{by_label}{get}"), READY.into()),
        (format!("{APPLY}{get}kubectl get sts\n"), format!("{APPLIED}{READY}NAME   READY   AGE\nweb    2/2     10s\n")),
        (
            format!("{APPLY}{}", by_label.replace('\n', " && kubectl get sts\n")),
            format!("{APPLIED}{MET}NAME   READY   AGE\nweb    2/2     10s\n"),
        ),
    ] {
        let apart = format!("{}\n```shell\n{typed}```\n\n```\n{printed}```\n", manifest());
        assert_eq!(findings(&apart), [], "{apart}");
        // Typed in a row, with the outputs in a row below.
        let row: String = typed.lines().map(|line| format!("$ {line}\n")).collect();
        let row = format!("{}\n```console\n{row}{printed}```\n", manifest());
        assert_eq!(findings(&row), [], "{row}");
    }
}

#[test]
fn what_a_line_that_waits_does_not_say_is_found() {
    for (session, printed, said) in [
        (
            "$ kubectl wait --for=condition=Ready pod/web-5\npod/web-5 condition met\n",
            "pod/web-5 condition met",
            "NotFound",
        ),
        (
            "$ kubectl rollout status sts/web\npartitioned roll out complete: 3 new pods have been updated...\n",
            "complete: 3",
            "complete: 2",
        ),
        ("$ kubectl wait --for=condition=Never pod/web-1 --timeout=1s\n", "", "timed out"),
    ] {
        let found = findings(&behind_set(&format!("{session}$ kubectl get pods\n{READY}")));
        assert_eq!(found.len(), 1, "{found:?}");
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        assert!(text(&found[0].printed).contains(printed) && text(&found[0].said).contains(said), "{found:?}");
    }
}

#[test]
fn time_stands_before_a_block_that_tells_what_comes() {
    for (session, is_told) in [
        ("$ kubectl get pods -w\n", true),
        ("$ kubectl get sts\n$ kubectl -n default get pods --watch\n", true),
        ("$ kubectl rollout status sts/web\nWaiting for 2 pods to be ready...\nrolled out\n", true),
        ("$ kubectl rollout status sts/web\nrolled out\n", false),
        ("$ kubectl delete pod web-0\n$ kubectl get pods -w\n", false),
    ] {
        let page = Page::read(&behind_set(session)).unwrap();
        assert_eq!(page.blocks.last().map(watches), Some(is_told), "{session}");
    }
}

#[test]
fn a_row_that_begins_with_the_name_of_a_program_is_an_output() {
    let rows = "NAME       STATUS   ROLES           AGE   VERSION\nminikube   Ready    control-plane   10d   v1.37.0";
    for page in [
        format!("```sh\nkubectl get nodes\n```\n\n```\n{rows}\n```\n"),
        format!("```sh\nkubectl get nodes\n```\n\nThe output is similar to:\n\n```text\n{rows}\n```\n"),
        format!("```console\nkubectl get nodes\n{rows}\n```\n"),
        "```sh\nkubectl get nodes --no-headers\n```\n\n```none\nminikube   Ready    control-plane   10d   v1.37.0\n```\n".into(),
        "```sh\nminikube status\n```\n\n```\nminikube\ntype: Control Plane\nhost: Running\nkubelet: Running\napiserver: Running\n\
         kubeconfig: Configured\n```\n"
            .into(),
    ] {
        let read = Page::read(&page).unwrap();
        let live = read.blocks.iter().filter(|block| block.is_live()).count();
        assert_eq!((live, findings(&page)), (1, Vec::new()), "{page}");
    }
}

#[test]
fn a_file_for_a_program_is_saved_and_not_applied() {
    let file = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: es\n";
    let kustomization =
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [es.yaml]\nnamePrefix: dev-\n";
    let cluster = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n";
    let page = format!(
        "```yaml\n{cluster}```\n\n```yaml title=\"es.yaml\"\n{file}```\n\n```yaml\n{kustomization}```\n\n```sh\nkubectl apply -k .\n```\n\n```\nconfigmap/dev-es created\n```\n\n```console\n$ kubectl get cm es\nError from server (NotFound): configmaps \"es\" not found\n```\n"
    );
    let names: Vec<_> =
        Page::read(&page).unwrap().blocks.iter().map(|block| block.name.clone().unwrap_or_default()).collect();
    assert_eq!(names, ["cluster.yaml", "es.yaml", "kustomization.yaml", "", "", ""]);
    assert_eq!(findings(&page), []);
}

#[test]
fn a_file_that_a_page_shows_is_not_fetched_from_the_web() {
    let manifest = SET.split("\n```console").next().unwrap();
    let apply = "\n```sh\nkubectl apply -f https://k8s.io/examples/application/web/web.yaml\n```\n\n```\nstatefulset.apps/web created\n```\n";
    for title in [" title=\"web.yaml\"", " title=\"application/web/web.yaml\"", ""] {
        let page = format!("{}{apply}", manifest.replace(" title=\"web.yaml\"", title));
        assert_eq!(findings(&page), [], "{page}");
    }
    assert_eq!(findings(&apply.replace("web.yaml", "other.yaml")).len(), 1, "it is not there");
}

#[test]
fn each_block_is_what_its_page_says() {
    let text = include_str!("tutorials/kinds.md");
    let (page, lines) = (Page::read(text).unwrap(), text.lines().collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for (at, block) in page.blocks.iter().enumerate() {
        let is_taken = at
            .checked_sub(1)
            .and_then(|at| page.blocks[at].turns().last())
            .is_some_and(|turn| !turn.printed.is_empty() && page.blocks[at - 1].line + turn.printed_at == block.line);
        let is = match &block.content {
            Content::Manifest => "is=manifest".to_string(),
            Content::Session(turns) => format!("is=session typed={}", turns.len()),
            Content::Text => format!("is={}", if is_taken { "output" } else { "text" }),
        };
        let said = lines[block.line - 2];
        if !said.split(['{', '}']).any(|it| it.split(" title=").next() == Some(&is)) {
            wrong.push(format!("line {}: {said}, but it {is}", block.line - 1));
        }
    }
    assert!(page.blocks.len() > 200 && wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_object_that_is_printed_is_not_applied() {
    let page = "```sh\nkubectl create configmap a --from-literal=x=1\nkubectl get configmap a -o yaml\n```\n\nThe output is \
                similar to:\n\n```yaml\napiVersion: v1\ndata:\n  x: \"1\"\nkind: ConfigMap\nmetadata:\n  creationTimestamp: \
                \"2025-05-05T05:05:05Z\"\n  name: a\n  namespace: default\n  resourceVersion: \"4711\"\n  uid: \
                11111111-2222-3333-4444-555555555555\n```\n";
    let read = Page::read(page).unwrap();
    assert_eq!(read.blocks.iter().filter(|block| block.is_live()).count(), 1, "{:?}", read.blocks);
    assert_eq!(findings(page), []);
}
