//! An autoscaler by the load that the lab is told: up at once, down after five minutes, and what apply does to it.

use statefulset_lab::model::{Kind, Millis};
use statefulset_lab::playground::{Options, Playground};
use statefulset_lab::world::Environment;

const WEB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  podManagementPolicy: Parallel
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: nginx:1.27
        resources: {requests: {cpu: 100m}}
";

fn say(playground: &mut Playground, line: &str) {
    playground.enter(line);
    for _ in 0..100 {
        playground.advance(100);
        if !playground.is_busy() {
            return;
        }
    }
    panic!("{line}: still at work");
}

fn replicas(playground: &Playground) -> i64 {
    let set = playground.cluster().find(Kind::StatefulSet, &"default".into(), &"web".into());
    set.and_then(|set| set.i64_at(&["spec", "replicas"])).unwrap_or(0)
}

#[test]
fn load_moves_a_set_between_its_bounds() {
    let environment = Environment::named("minikube").expect("a profile");
    let options = Options { seed: 1, environment, manifest: String::new(), lines: Vec::new() };
    let mut playground = Playground::new(options);
    say(&mut playground, &format!("cat <<'EOF' > web.yaml\n{WEB}EOF"));
    say(&mut playground, "kubectl apply -f web.yaml");
    playground.advance(60_000);
    say(&mut playground, "kubectl autoscale sts web --min=2 --max=6 --cpu=50%");
    // Two pods at 100 % of their request have as much to do as four at 50 %.
    say(&mut playground, "lab load sts/web 100%");
    playground.advance(60_000);
    assert_eq!(replicas(&playground), 4);
    say(&mut playground, "lab load sts/web 10%");
    playground.advance(60_000);
    assert_eq!(replicas(&playground), 4, "down only when five minutes recommend no more");
    playground.advance(Millis::seconds(300).0);
    assert_eq!(replicas(&playground), 2);
    say(&mut playground, "lab load sts/web 1000%");
    playground.advance(120_000);
    assert_eq!(replicas(&playground), 6, "never above maxReplicas");
    // People's surprise: the manifest says how many there are, and apply sets it.
    say(&mut playground, "kubectl apply -f web.yaml");
    assert_eq!(replicas(&playground), 2);
    playground.advance(60_000);
    assert!(replicas(&playground) > 2, "and the autoscaler sets it back");
}
