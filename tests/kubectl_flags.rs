//! Runs every verb with each of its flags: what is declared as read is asked for, what is ignored is said to be, and
//! what narrows or protects and is not there refuses the command and changes nothing.

use statefulset_lab::cluster::{Change, Cluster, Fault, Refusal};
use statefulset_lab::i18n::Lang;
use statefulset_lab::kubectl::command::{Cx, State};
use statefulset_lab::kubectl::flags::{Args, Flag, GLOBAL, Reader, Takes};
use statefulset_lab::kubectl::verb::Verb;
use statefulset_lab::kubectl::verbs::{all, run, run_parsed};
use statefulset_lab::kubectl::{Host, Pause, Stream};
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::model::{Millis, Value};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;

const SET: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, labels: {app: web}}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: 'nginx:1.27', ports: [{containerPort: 80}]}
";

const INIT: &str = "apiVersion: v1
kind: Pod
metadata: {name: init}
spec:
  volumes: [{name: e, emptyDir: {}}]
  containers:
  - name: one
    image: nginx:1.27
    env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: a}}}]
  - {name: two, image: 'busybox:1.36', command: [sleep, infinity]}
";

const DAEMONS: &str = "apiVersion: apps/v1
kind: DaemonSet
metadata: {name: daemons}
spec:
  selector: {matchLabels: {app: daemons}}
  template:
    metadata: {labels: {app: daemons}}
    spec:
      containers:
      - {name: one, image: 'nginx:1.27'}
";

/// A cluster without a page.
#[derive(Clone)]
struct World(Sim);

impl Host for World {
    fn cluster(&self) -> &Cluster {
        &self.0.cluster
    }
    fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.0.cluster
    }
    fn pause(&mut self, _: Pause) {}
    fn news(&self) -> &[Change] {
        &[]
    }
    fn editor_text(&self) -> &str {
        SET
    }
    fn fault(&mut self, _: Fault) -> Result<(), Refusal> {
        Ok(())
    }
    fn plan(&mut self, _: &[Value], _: &str, _: Kubernetes, _: Lang) -> Vec<String> {
        Vec::new()
    }
    fn upgrade(&mut self, _: Kubernetes) {}
    fn start_over(&mut self, _: Kubernetes) {}
}

/// What the verbs are called with: verb, flag and words.
fn lines() -> Vec<(String, String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubectl_flags.txt");
    let text = std::fs::read_to_string(path).expect("the lines");
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut parts = line.splitn(3, '|').map(|part| part.trim().to_string());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    });
    rows.collect()
}

fn world() -> (World, String) {
    let mut world = World(Sim::new(1, Environment::zones()));
    let mut state = state();
    for line in [
        "apply -f manifest.yaml",
        "create configmap c --from-literal=a=b",
        "run pending --image=nginx",
        "apply -f init.yaml",
        "apply -f daemons.yaml",
        "run bad --image=nginx:bad",
        "create deployment d --image=nginx",
        "create deployment paused --image=nginx",
        "rollout pause deploy paused",
        "create cronjob x --image=nginx --schedule=@yearly",
        "taint nodes --all lab=x:PreferNoSchedule",
    ] {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        run(&words, &mut Cx::new(&mut world, &mut state)).expect("the world is made");
    }
    world.0.advance_to(Millis::seconds(60));
    let node = world.cluster().list(statefulset_lab::model::Kind::Node).next().expect("a node").meta.name.to_string();
    (world, node)
}

fn state() -> State {
    let mut state = State::default();
    let forced = SET.replace("serviceName: web", "serviceName: other");
    let files: [(&str, &str); 12] = [
        ("f.txt", "-----BEGIN X-----\n"),
        ("f.env", "A=b\n"),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0}\n"),
        ("folder/kustomization.yaml", "resources: [set.yaml]\n"),
        ("folder/set.yaml", SET),
        ("init.yaml", INIT),
        ("daemons.yaml", DAEMONS),
        ("c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"),
        (
            "role.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [''], \
             resources: [pods], verbs: [get]}]\n",
        ),
        (
            "binding.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: r}\nroleRef: {apiGroup: \
             rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: s, namespace: default}]\n",
        ),
        ("forced.yaml", &forced),
        ("new.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fresh, labels: {app: web}}\n"),
    ];
    for (name, text) in files {
        std::rc::Rc::make_mut(&mut state.files).insert(name.into(), text.into());
    }
    state
}

/// A value that a flag takes.
fn value_of(flag: &Flag) -> &'static str {
    match (flag.long, flag.takes) {
        ("filename", _) => "manifest.yaml",
        ("output", _) => "yaml",
        ("selector" | "pod-selector", _) => "app=web",
        ("field-selector", _) => "metadata.name=web",
        ("kustomize", _) => ".",
        ("type", _) => "merge",
        ("port", _) => "80",
        ("for", _) => "create",
        ("types", _) => "Normal",
        ("patch", _) => "{}",
        ("patch-file" | "template", _) => "f.txt",
        ("sort-by", _) => ".metadata.name",
        ("subresource", _) => "status",
        ("raw", _) => "/version",
        ("since-time", _) => "2026-01-01T00:00:00Z",
        ("restart", _) => "Never",
        ("cascade", _) => "orphan",
        ("validate", _) => "strict",
        ("resource-version", _) => "1",
        ("limits" | "requests", _) => "cpu=1",
        ("env", _) => "A=b",
        ("overrides", _) => "{}",
        (_, Takes::Int | Takes::Int32) => "1",
        (_, Takes::Duration) => "1s",
        (_, Takes::Bool) => "true",
        (_, Takes::Pairs) => "a=b",
        (_, Takes::Text | Takes::TextOr(_) | Takes::List | Takes::Each) => "a",
    }
}

fn line_of(verb: &Verb, flag: &Flag, lines: &[(String, String, String)], node: &str) -> String {
    let find = |long: &str| lines.iter().rev().find(|(name, flag, _)| name == verb.name && flag == long);
    if let Some((.., line)) = find(flag.long) {
        return line.replace("NODE", node);
    }
    let words = find("").map_or("sts web", |(.., words)| words);
    let words = words.replace("NODE", node);
    let value = if flag.long == "dry-run" { "client" } else { value_of(flag) };
    let asked = format!("--{}={value}", flag.long);
    let words = match flag.long {
        // Beside a choice of its own the words name a type alone, or nothing.
        "filename" | "kustomize" if words.starts_with("-f") => String::new(),
        "filename" | "kustomize" => words.replace("sts web", "").replace("pod web-0", ""),
        "selector" | "field-selector" | "all-namespaces" => words.replace("sts web", "sts"),
        "all" if verb.name == "delete" => "sts".into(),
        _ => words,
    };
    match words.split_once(" -- ") {
        Some((before, behind)) => format!("{before} {asked} -- {behind}"),
        None => format!("{asked} {words}"),
    }
}

#[test]
fn every_flag_is_read_or_said_to_be_ignored_or_refused() {
    let (start, node) = world();
    let lines = lines();
    let mut wrong = String::new();
    for verb in all() {
        for flag in verb.flags.iter().copied().flatten() {
            let line = line_of(verb, flag, &lines, &node);
            let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
            let args = match Args::parse(&words, verb.flags) {
                Ok(args) => args,
                Err(error) => {
                    wrong.push_str(&format!("{} {line}: {}\n", verb.name, error.message));
                    continue;
                }
            };
            let (mut world, mut state) = (start.clone(), state());
            let mut cx = Cx::new(&mut world, &mut state);
            let version = cx.cluster().resource_version();
            _ = run_parsed(verb, &args, &mut cx);
            let hinted = cx.out.lines.iter().any(|it| it.stream == Stream::Hint && it.text().contains(flag.long));
            let is_changed = cx.cluster().resource_version() != version;
            let is_well = match flag.reader {
                Reader::Code => args.was_read(flag.long),
                Reader::Nobody => hinted,
                Reader::Refused => hinted && !is_changed,
            };
            if !is_well {
                let said: Vec<String> = cx.out.lines.iter().map(|it| it.text()).collect();
                wrong.push_str(&format!("{} {line} ({:?}): {}\n", verb.name, flag.reader, said.join(" / ")));
            }
        }
    }
    assert!(wrong.is_empty(), "flags that nothing reads, or that are not as declared:\n{wrong}");
}

/// The flags of a command, as `name/s`, without those of every command.
fn written(flags: &[&[Flag]]) -> Vec<String> {
    let own = flags.iter().copied().flatten().filter(|flag| GLOBAL.iter().all(|global| global.long != flag.long));
    let mut names: Vec<String> = own
        .map(|flag| match flag.short {
            ' ' => flag.long.to_string(),
            short => format!("{}/{short}", flag.long),
        })
        .collect();
    names.sort();
    names
}

#[test]
fn commands_have_the_flags_of_kubectls() {
    let text =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubectl_options.txt"))
            .expect("the options");
    let mut ours: Vec<(String, Vec<String>)> = Vec::new();
    for verb in all() {
        match verb.ways.makes {
            None => ours.push((verb.name.to_string(), written(verb.flags))),
            Some(forms) => {
                ours.push((verb.name.to_string(), written(forms.flags_alone)));
                ours.extend(forms.rows.iter().map(|row| (format!("{} {}", verb.name, row.name), written(row.flags))));
            }
        }
    }
    let mut wrong = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, flags) = line.split_once(':').expect("a command and its flags");
        let is_global = |flag: &str| GLOBAL.iter().any(|global| flag.split('/').next() == Some(global.long));
        let real: Vec<&str> = flags.split_whitespace().filter(|flag| !is_global(flag)).collect();
        let Some((_, own)) = ours.iter().find(|(own, _)| own == name) else {
            wrong.push_str(&format!("{name} is missing\n"));
            continue;
        };
        let missing: Vec<&&str> = real.iter().filter(|flag| !own.iter().any(|it| it == **flag)).collect();
        let more: Vec<&String> = own.iter().filter(|flag| !real.contains(&flag.as_str())).collect();
        if !missing.is_empty() || !more.is_empty() {
            wrong.push_str(&format!("{name} lacks {missing:?} and has {more:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_would_act_for_others_is_refused() {
    let (start, _) = world();
    for line in [
        "delete sts web --as=bob",
        "--as bob delete sts web",
        "delete sts web --context=none",
        "delete sts web --cluster=none",
        "delete sts web --user=none",
        "delete sts web --token=x",
        "delete sts web -s other:8443",
        "delete -i sts web",
        "delete -f manifest.yaml -l app=other",
        "drain NODE --pod-selector=run=other --force",
        "scale sts web --replicas=0 --resource-version=1",
    ] {
        let (mut world, mut state) = (start.clone(), state());
        let node =
            world.cluster().list(statefulset_lab::model::Kind::Node).next().expect("a node").meta.name.to_string();
        let words: Vec<String> = line.replace("NODE", &node).split(' ').map(str::to_string).collect();
        _ = run(&words, &mut Cx::new(&mut world, &mut state));
        let set = statefulset_lab::model::Key::new(statefulset_lab::model::Kind::StatefulSet, "default", "web");
        let is_left = world
            .cluster()
            .get(&set)
            .is_some_and(|set| !set.meta.is_terminating() && set.i64_at(&["spec", "replicas"]) == Some(2));
        let pods = world.cluster().list(statefulset_lab::model::Kind::Pod);
        let are_left = pods.filter(|pod| pod.meta.label("app") == "web").all(|pod| !pod.meta.is_terminating());
        assert!(is_left && are_left, "{line}");
    }
}

#[test]
fn flags_before_the_verb_are_those_of_every_command() {
    for flag in GLOBAL.iter().filter(|flag| flag.reader == Reader::Code && flag.takes == Takes::Text) {
        let (mut world, mut state) = (world().0, state());
        let words: Vec<String> = vec![format!("--{}", flag.long), "x".into(), "get".into(), "sts".into()];
        let mut cx = Cx::new(&mut world, &mut state);
        _ = run(&words, &mut cx);
        let said: Vec<String> = cx.out.lines.iter().map(|line| line.text()).collect();
        assert!(!said.join("\n").contains("unknown command"), "--{}: {said:?}", flag.long);
    }
}
