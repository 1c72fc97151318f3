//! A thousand commands, good and bad, never make the console panic, and it always answers the next one; scripts that loop
//! and grow end at a bound, and what was done comes back as the same when it is stored.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use statefulset_lab::playground::{Entry, Options, Playground};
use statefulset_lab::world::Environment;

/// A small generator of its own: sessions depend on the seed alone.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap_or(0)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const VERBS: &[&str] = &[
    "get",
    "describe",
    "delete",
    "apply",
    "create",
    "replace",
    "scale",
    "patch",
    "label",
    "annotate",
    "set image",
    "set env",
    "set resources",
    "rollout status",
    "rollout history",
    "rollout undo",
    "rollout restart",
    "edit",
    "logs",
    "exec",
    "attach",
    "run",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "wait",
    "diff",
    "explain",
    "events",
    "api-resources",
    "expose",
    "autoscale",
    "config view",
    "cluster-info",
    "version",
    "help",
    "gett",
    "rollout",
    "set",
    "config",
    "top",
    "lab",
    "",
];

const WORDS: &[&str] = &[
    "pods",
    "sts",
    "sts/web",
    "pod/web-0",
    "web-0",
    "web",
    "pvc",
    "pv",
    "nodes",
    "node/minikube",
    "minikube",
    "svc",
    "all",
    "sts,pods,pvc",
    "deploy",
    "ns",
    "secret",
    "cm",
    "events",
    "sc",
    "pdb",
    "controllerrevisions",
    "ep",
    "x",
    "-o",
    "wide",
    "yaml",
    "json",
    "name",
    "-o=jsonpath={.items[*].metadata.name}",
    "-o",
    "jsonpath={.items[",
    "-l",
    "app=web",
    "app in (web",
    "!app",
    "-n",
    "default",
    "kube-system",
    "-A",
    "--all",
    "-w",
    "--watch",
    "--show-labels",
    "--sort-by=.metadata.name",
    "--field-selector",
    "status.phase=Running",
    "--replicas=3",
    "--replicas=-1",
    "--replicas=99999999999999999999",
    "--replicas",
    "2",
    "-f",
    "manifest.yaml",
    "missing.yaml",
    "-",
    "--force",
    "--grace-period=0",
    "--cascade=orphan",
    "--cascade=foreground",
    "--wait=false",
    "--timeout=3s",
    "--timeout=0",
    "--for=delete",
    "--for=condition=Ready",
    "--for=jsonpath={.status.phase}=Running",
    "--for=x",
    "-p",
    "{\"spec\":{\"replicas\":2}}",
    "{",
    "[]",
    "--type=json",
    "--type=merge",
    "[{\"op\":\"remove\",\"path\":\"/spec/x\"}]",
    "nginx=nginx:2",
    "nginx=",
    "=",
    "a=b",
    "a-",
    "MODE=1",
    "MODE-",
    "--to-revision=1",
    "--revision=7",
    "-it",
    "-c",
    "nginx",
    "--",
    "sh",
    "bash",
    "ls",
    "echo",
    "hi",
    "--image=nginx",
    "--rm",
    "--ignore-daemonsets",
    "k=v:NoSchedule",
    "k:NoExecute-",
    "k=v:Foo",
    "sts.spec.replicas",
    "pods.spec.x",
    "--dry-run=client",
    "--dry-run=server",
    "--server-side",
    "--help",
    "--foo",
    "-z",
    "日本語",
    "\u{301}",
    "'",
    "\"",
    "|",
    "grep",
    "head",
    "-n1",
    "&&",
    ";",
    ">",
    "out.txt",
    "&",
    "$(kubectl get pods -o name)",
    "kill",
    "crash",
    "stop",
    "--limits=cpu=1",
    "--limits=cpu=x",
    "-o=custom-columns=A:.metadata.name,B:.x",
    "-o=custom-columns=",
    "--previous",
    "--tail=3",
    "--overwrite",
    "",
    "/",
    "a/b/c",
];

const MANIFEST: &str = include_str!("../www/scenarios/web.yaml");

/// Commands that mean something while the manifest is applied.
const VALID: &[&str] = &[
    "kubectl get sts,pods,pvc,pv",
    "kubectl get pods -o wide --show-labels",
    "kubectl get pod web-0 -o yaml",
    "kubectl describe sts web",
    "kubectl describe pod web-0",
    "kubectl describe pvc,pv,node,svc",
    "kubectl scale sts/web --replicas=4",
    "kubectl scale sts/web --replicas=1",
    "kubectl scale sts/web --replicas=0",
    "kubectl set image sts/web nginx=nginx:bad",
    "kubectl set image sts/web nginx=nginx:1.27",
    "kubectl delete pod web-0 --wait=false",
    "kubectl delete pod web-1 --force",
    "kubectl delete pvc www-web-0 --wait=false",
    "kubectl delete sts web --cascade=orphan",
    "kubectl delete sts web --cascade=foreground --wait=false",
    "kubectl delete -f manifest.yaml --wait=false",
    "kubectl apply -f manifest.yaml",
    "kubectl rollout restart sts/web",
    "kubectl rollout undo sts/web",
    "kubectl rollout status sts/web --timeout=5s",
    "kubectl rollout history sts/web --revision=1",
    "kubectl label pod web-0 app-",
    "kubectl annotate pod web-1 sim/ready=false",
    "kubectl patch sts web -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":1}}}}'",
    "kubectl cordon minikube",
    "kubectl uncordon minikube",
    "kubectl drain minikube --force --ignore-daemonsets --timeout=4s",
    "kubectl taint nodes minikube k=v:NoExecute",
    "kubectl taint nodes minikube k-",
    "kubectl exec web-0 -- hostname",
    "kubectl exec -it web-0 -- sh",
    "kubectl run -it probe --image=busybox -- sh",
    "kubectl logs web-0",
    "kubectl get events --sort-by=.lastTimestamp",
    "kubectl wait --for=condition=Ready pod/web-0 --timeout=3s",
    "kubectl create namespace lab; kubectl delete namespace lab --wait=false",
    "lab kill web-0",
    "lab crash web-0",
    "lab crash web-0 off",
    "lab stop minikube",
    "lab start minikube",
    "lab no-storageclass",
    "lab restore-storageclasses",
    "a=xx; for i in {1..30}; do a=$a$a; done",
    "for i in 0 1 2; do kubectl exec web-$i -- hostname; done",
    "while read -r name rest; do kubectl get pod $name; done < <(kubectl get pods --no-headers)",
    "x=$(kubectl get pods -o name); for p in $x; do echo \"${p#pod/}\"; done",
    "n=0; while [[ $n -lt 5 ]]; do n=$((n + 1)); kubectl get sts web -o jsonpath='{.spec.replicas}'; done",
    "f() { kubectl get \"$@\" | grep -c web; }; f pods; f pvc",
    "kubectl get pods -w | head -n 2 &",
    "pods=($(kubectl get pods -o name)); echo ${#pods[@]} ${PIPESTATUS[0]}",
    "until kubectl get pod web-0 > /dev/null 2>&1; do sleep 1; done; echo there",
    "kubectl get pods -o name | xargs -n1 kubectl describe | grep -c Name",
    "set -e; false; echo on",
    "trap 'echo bye' EXIT; (exit 3) || echo $?",
    "fg",
    "jobs; kill %1",
];

fn line(chance: &mut Chance) -> String {
    if chance.below(2) == 0 {
        return chance.pick(VALID).into();
    }
    if chance.below(12) == 0 {
        return chance
            .pick(&[
                "exit",
                "ls",
                "cat manifest.yaml | wc -l",
                "minikube start",
                "help",
                "history",
                "EOF",
                "sleep 1",
                "x=1",
                "cat <<EOF > a.yaml",
            ])
            .into();
    }
    let mut words = vec!["kubectl".to_string(), chance.pick(VERBS).to_string()];
    for _ in 0..chance.below(6) {
        words.push(chance.pick(WORDS).to_string());
    }
    words.join(" ")
}

fn session(seed: u64, length: usize) {
    let mut chance = Chance(seed);
    let environment = Environment::named("minikube").expect("a world");
    let mut playground = Playground::new(Options { seed, environment, manifest: MANIFEST.into(), lines: Vec::new() });
    for number in 0..length {
        let text = line(&mut chance);
        playground.enter(&text);
        playground.advance(i64::try_from(chance.below(3000)).unwrap_or(0));
        if number % 7 == 0 || playground.is_busy() {
            playground.interrupt();
        }
        let cursor = chance.below(text.len() + 1);
        playground.complete(&text, cursor);
        if number % 40 == 0 {
            playground.enter("exit");
            playground.enter("kubectl apply -f manifest.yaml");
        }
    }
    for _ in 0..4 {
        playground.interrupt();
        playground.enter("EOF");
        playground.enter("exit");
    }
    playground.enter("kubectl version");
    let answers = playground.records().len();
    assert!(answers > length / 4, "seed {seed}: the session hardly did anything: {answers} records");
    let said = format!("{:?}", playground.entries().last());
    assert!(said.contains("Client Version"), "seed {seed}: the console no longer answers: {said}");
}

#[test]
fn random_sessions_of_a_thousand_commands_never_panic() {
    let seeds = std::env::var("CONSOLE_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    for seed in 1..=seeds {
        session(seed, 1000);
    }
}

/// Words of a script: values that may grow, tests that may hold, commands that write little or much.
const SIMPLE: &[&str] = &[
    "a=x",
    "b=$a$a",
    "a=$a$b",
    "a+=$a",
    "a=$(echo $a $b)",
    "l+=($a)",
    "n=$((n + 1))",
    "n=$((n * n + 3))",
    "echo $a ${#b} ${l[@]} $n",
    "echo $a >> f",
    "cat f f > g; mv g f",
    "a=$(cat f)",
    "printf '%s' $a{1,2,3} > f",
    "seq 1 $n",
    "sort f | uniq -c",
    "grep -c x f",
    "sed 's/x/xx/g' f > g",
    "awk '{ s = s $0 s } END { print length(s) }' f",
    "read -r a < f",
    "shift",
    "break",
    "continue",
    "return",
    "true",
    "false",
    "sleep 1",
    "wait",
    "f",
    "f | f",
    "kubectl get pods -o yaml",
    "kubectl get pods -o name | tee f",
    "kubectl scale sts web --replicas=$n",
    "kubectl annotate pod web-0 note=$a --overwrite",
    "kubectl apply -f manifest.yaml",
    "kubectl delete pod web-0 --wait=false",
    "kubectl delete sts web",
    "kubectl get pods -w",
    "kubectl create configmap c --from-literal=a=$a",
];

const CONDITIONS: &[&str] = &["true", "false", "[ $n -lt 5 ]", "[[ $a == *x* ]]", "kubectl get pod web-0", "read -r b"];

/// Scripts of loops, functions, pipes and jobs around simple commands.
fn script() -> impl Strategy<Value = String> {
    let simple = prop::sample::select(SIMPLE).prop_map(str::to_string);
    simple.prop_recursive(4, 24, 3, |inner| {
        let condition = prop::sample::select(CONDITIONS);
        let count = prop::sample::select(vec![2, 9, 40, 9999]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.join("; ")),
            (count, inner.clone()).prop_map(|(count, body)| format!("for i in {{1..{count}}}; do {body}; done")),
            (condition.clone(), inner.clone()).prop_map(|(test, body)| format!("while {test}; do {body}; done")),
            (condition.clone(), inner.clone()).prop_map(|(test, body)| format!("until {test}; do {body}; done")),
            (condition, inner.clone(), inner.clone())
                .prop_map(|(test, a, b)| format!("if {test}; then {a}; else {b}; fi")),
            inner.clone().prop_map(|body| format!("f() {{ {body}; }}")),
            inner.clone().prop_map(|body| format!("f() {{ {body}; f; }}; f")),
            inner.clone().prop_map(|body| format!("({body})")),
            inner.clone().prop_map(|body| format!("({body}) &")),
            inner.clone().prop_map(|body| format!("a=$({body})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{ {a}; }} | {{ {b}; }}")),
            inner.clone().prop_map(|body| format!("trap '{}' EXIT", body.replace('\'', ""))),
            inner.prop_map(|body| format!("{{ {body}; }} | while read -r b; do a=$a$b; done")),
        ]
    })
}

/// What somebody does in a session.
#[derive(Clone, Debug)]
enum Deed {
    Type(String),
    Wait(i64),
    Interrupt,
    Background,
    Undo,
    Seek(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => script().prop_map(Deed::Type),
        4 => (0_i64..4000).prop_map(Deed::Wait),
        2 => Just(Deed::Interrupt),
        1 => Just(Deed::Background),
        1 => Just(Deed::Undo),
        1 => (0_i64..9000).prop_map(Deed::Seek),
    ]
}

fn play(deeds: &[Deed]) -> Playground {
    let environment = Environment::named("minikube").expect("a world");
    let mut playground =
        Playground::new(Options { seed: 1, environment, manifest: MANIFEST.into(), lines: Vec::new() });
    playground.enter("kubectl apply -f manifest.yaml");
    playground.advance(5000);
    for deed in deeds {
        match deed {
            Deed::Type(text) => playground.enter(text),
            Deed::Wait(ms) => drop(playground.advance(*ms)),
            Deed::Interrupt => playground.interrupt(),
            Deed::Background => playground.to_background(),
            Deed::Undo => drop(playground.undo()),
            Deed::Seek(at) => playground.seek(statefulset_lab::model::Millis(*at)),
        }
    }
    playground
}

/// The most text that a console keeps of a few lines, in bytes: the bound of a turn for each, and some.
const SHOWN_MAX: usize = 64 << 20;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn scripts_that_loop_and_grow_end_and_come_back_as_the_same(deeds in prop::collection::vec(deed(), 1..8)) {
        let mut playground = play(&deeds);
        let opened = Playground::restore(&playground.save()).expect("what was stored is read again");
        prop_assert_eq!(opened.save(), playground.save());
        prop_assert_eq!(opened.entries(), playground.entries(), "the console shows the same");
        prop_assert_eq!(opened.record_count(), playground.record_count(), "the cluster has seen the same");
        let shown = |entry: &Entry| match entry {
            Entry::Typed { text, .. } => text.len(),
            Entry::Said { output, .. } => output.lines.iter().map(|line| line.text().len()).sum(),
        };
        let shown: usize = playground.entries().iter().map(|entry| shown(entry)).sum();
        prop_assert!(shown < SHOWN_MAX, "{} bytes", shown);
        for _ in 0..4 {
            playground.interrupt();
            playground.enter("EOF");
        }
        playground.enter("echo all is $((40 + 2))");
        let said = format!("{:?}", playground.entries().last());
        prop_assert!(said.contains("all is 42"), "{}", said);
    }
}
