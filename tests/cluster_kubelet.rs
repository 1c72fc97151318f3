//! Pods on simulated nodes: what the status says from the first pull to the last signal.

use statefulset_lab::api::{admit_create, decode};
use statefulset_lab::cluster::{DeleteOptions, Fault};
use statefulset_lab::kubernetes::Kubernetes;
use statefulset_lab::model::{Key, Kind, Millis, Object, Text, parse_json};
use statefulset_lab::sim::Sim;
use statefulset_lab::world::Environment;

fn cluster(name: &str) -> Sim {
    Sim::new(1, Environment::named(name).unwrap())
}

/// Creates an object as `kubectl create` does, with the API's defaults.
fn create(sim: &mut Sim, json: &str) -> Key {
    let mut object = decode(&parse_json(json).unwrap(), Kubernetes::default()).unwrap().object;
    if object.kind.names().is_namespaced {
        object.meta.namespace = "default".into();
    }
    let object = admit_create(object, Kubernetes::default()).unwrap().object;
    let key = object.key();
    sim.act(|ctx| ctx.cluster.create(object).map(|_| ())).unwrap();
    key
}

fn pod(name: &str, spec: &str) -> String {
    format!(r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}"}},"spec":{spec}}}"#)
}

/// One line for each status that a pod had: time, phase, readiness, and what each container does.
fn story(sim: &mut Sim, name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for change in sim.take_changes() {
        let object = &change.object;
        if object.kind != Kind::Pod || object.meta.name != name {
            continue;
        }
        let statuses = object.list_at(&["status", "initContainerStatuses"]).iter();
        let states: Vec<String> = statuses
            .chain(object.list_at(&["status", "containerStatuses"]))
            .map(|status| {
                let state = status.get("state").and_then(|state| state.as_map()).and_then(|map| map.iter().next());
                let (kind, detail) =
                    state.map_or(("", ""), |(kind, detail)| (kind.as_str(), detail.str_at(&["reason"])));
                let what = if kind == "running" { "running" } else { detail };
                let ready = if status.get("ready").and_then(|ready| ready.as_bool()) == Some(true) { "+" } else { "-" };
                format!("{what}{ready}{}", status.i64_at(&["restartCount"]).unwrap_or(0))
            })
            .collect();
        let deleted = if object.meta.is_terminating() { " terminating" } else { "" };
        let line = format!("{:?} {}{deleted} [{}]", change.verb, object.str_at(&["status", "phase"]), states.join(" "));
        if lines.last().is_none_or(|last| !last.ends_with(&line)) {
            lines.push(format!("{} {line}", change.at));
        }
    }
    lines
}

fn reasons(sim: &Sim, name: &str) -> Vec<String> {
    let about = |event: &&std::rc::Rc<Object>| event.str_at(&["involvedObject", "name"]) == name;
    let mut events: Vec<_> = sim.cluster.list(Kind::Event).filter(about).collect();
    events.sort_by_key(|event| event.meta.resource_version);
    let count = |event: &Object| event.i64_at(&["count"]).unwrap_or(1);
    events
        .iter()
        .map(|event| format!("{} x{}: {}", event.str_at(&["reason"]), count(event), event.str_at(&["message"])))
        .collect()
}

/// Lets `seconds` pass and compares what happened to the pod.
fn check(sim: &mut Sim, name: &str, seconds: i64, expected: &[&str]) {
    let now = sim.now();
    sim.advance_to(now + Millis::seconds(seconds));
    let lines = story(sim, name);
    let lines: Vec<&str> = lines.iter().map(|line| line.split_once(' ').map_or("", |(_, what)| what)).collect();
    assert_eq!(lines, expected, "{name}");
}

fn delete(sim: &mut Sim, key: &Key) {
    sim.act(|ctx| ctx.cluster.delete(key, &DeleteOptions::BACKGROUND)).unwrap();
}

fn has_reason(sim: &Sim, name: &str, line: &str) {
    let lines = reasons(sim, name);
    assert!(lines.iter().any(|found| found.starts_with(line)), "{line} is not among {lines:#?}");
}

#[test]
fn a_crash_loop_waits_longer_each_time() {
    let mut sim = cluster("minikube");
    let key = create(&mut sim, &pod("crash", r#"{"containers":[{"name":"c","image":"nginx:crash"}]}"#));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [ContainerCreating-0]",
        "Modified Running [running+0]",
        "Modified Running [Error-0]",
        "Modified Running [running+1]",
        "Modified Running [Error-1]",
        "Modified Running [CrashLoopBackOff-1]",
        "Modified Running [running+2]",
        "Modified Running [Error-2]",
    ];
    check(&mut sim, "crash", 30, &expected);
    has_reason(&sim, "crash", "BackOff x2: Back-off restarting failed container c in pod crash_default(");
    delete(&mut sim, &key);
    let expected = [
        "Modified Running terminating [Error-2]",
        "Modified Failed terminating [Error-2]",
        "Deleted Failed terminating [Error-2]",
    ];
    check(&mut sim, "crash", 5, &expected);
}

#[test]
fn an_image_that_does_not_exist_is_tried_again_and_again() {
    let mut sim = cluster("minikube");
    create(&mut sim, &pod("bad", r#"{"containers":[{"name":"c","image":"nginx:bad"}]}"#));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [ContainerCreating-0]",
        "Modified Pending [ErrImagePull-0]",
        "Modified Pending [ImagePullBackOff-0]",
    ];
    check(&mut sim, "bad", 20, &expected);
    has_reason(&sim, "bad", "Failed x2: Error: ErrImagePull");
    has_reason(&sim, "bad", "BackOff x1: Back-off pulling image \"nginx:bad\"");
}

#[test]
fn a_pod_that_is_not_restarted_fails_or_succeeds() {
    let mut sim = cluster("minikube");
    let spec = r#"{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox",
        "command":["sh","-c","sleep 3; exit 2"]}]}"#;
    create(&mut sim, &pod("job", spec));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [ContainerCreating-0]",
        "Modified Running [running+0]",
        "Modified Running [Error-0]",
        "Modified Failed [Error-0]",
    ];
    check(&mut sim, "job", 30, &expected);
}

#[test]
fn init_containers_run_one_after_the_other_and_sidecars_stay() {
    let mut sim = cluster("minikube");
    let spec = r#"{"initContainers":[{"name":"i","image":"busybox:1","command":["sleep","2"]},
        {"name":"s","image":"envoy:1","restartPolicy":"Always"}],
        "containers":[{"name":"c","image":"nginx:1"},{"name":"d","image":"redis:1"}]}"#;
    let key = create(&mut sim, &pod("init", spec));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [PodInitializing-0 PodInitializing-0 PodInitializing-0 PodInitializing-0]",
        "Modified Pending [running-0 PodInitializing-0 PodInitializing-0 PodInitializing-0]",
        "Modified Pending [Completed+0 PodInitializing-0 PodInitializing-0 PodInitializing-0]",
        "Modified Pending [Completed+0 running+0 PodInitializing-0 PodInitializing-0]",
        "Modified Running [Completed+0 running+0 running+0 running+0]",
    ];
    check(&mut sim, "init", 40, &expected);
    delete(&mut sim, &key);
    let expected = [
        "Modified Running terminating [Completed+0 running+0 running+0 running+0]",
        "Modified Succeeded terminating [Completed+0 Completed-0 Completed-0 Completed-0]",
        "Deleted Succeeded terminating [Completed+0 Completed-0 Completed-0 Completed-0]",
    ];
    check(&mut sim, "init", 40, &expected);
}

#[test]
fn readiness_follows_its_probe() {
    let mut sim = cluster("minikube");
    let spec = r#"{"containers":[{"name":"c","image":"nginx:1",
        "readinessProbe":{"httpGet":{"port":80},"periodSeconds":5,"initialDelaySeconds":3}}]}"#;
    let key = create(&mut sim, &pod("probe", spec));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [ContainerCreating-0]",
        "Modified Running [running-0]",
        "Modified Running [running+0]",
    ];
    check(&mut sim, "probe", 40, &expected);
    sim.fault(Fault::FailReadiness { pod: key.clone(), is_on: true }).unwrap();
    check(&mut sim, "probe", 40, &["Modified Running [running-0]"]);
    has_reason(&sim, "probe", "Unhealthy x9: Readiness probe failed: HTTP probe failed with statuscode: 503");
    sim.fault(Fault::FailReadiness { pod: key, is_on: false }).unwrap();
    check(&mut sim, "probe", 20, &["Modified Running [running+0]"]);
}

#[test]
fn a_failing_liveness_probe_restarts_the_container() {
    let mut sim = cluster("minikube");
    let spec = r#"{"terminationGracePeriodSeconds":5,"containers":[{"name":"c","image":"nginx:hang",
        "livenessProbe":{"tcpSocket":{"port":80},"periodSeconds":2}}]}"#;
    create(&mut sim, &pod("hang", spec));
    let expected = [
        "Added Pending []",
        "Modified Pending []",
        "Modified Pending [ContainerCreating-0]",
        "Modified Running [running+0]",
        "Modified Running [running+1]",
    ];
    check(&mut sim, "hang", 20, &expected);
    has_reason(&sim, "hang", "Killing x1: Container c failed liveness probe, will be restarted");
}

#[test]
fn who_does_not_hear_the_stop_signal_is_killed() {
    let mut sim = cluster("minikube");
    let spec = r#"{"containers":[{"name":"c","image":"busybox:1","command":["sleep","3600"]}]}"#;
    let key = create(&mut sim, &pod("sleeper", spec));
    sim.advance_to(Millis::seconds(10));
    story(&mut sim, "sleeper");
    delete(&mut sim, &key);
    check(&mut sim, "sleeper", 29, &["Modified Running terminating [running+0]"]);
    let expected = ["Modified Failed terminating [Error-0]", "Deleted Failed terminating [Error-0]"];
    check(&mut sim, "sleeper", 2, &expected);
}

#[test]
fn a_killed_container_and_a_rebooted_machine_start_again() {
    let mut sim = cluster("zones");
    let key = create(&mut sim, &pod("plain", r#"{"containers":[{"name":"c","image":"nginx:1"}]}"#));
    sim.advance_to(Millis::seconds(10));
    story(&mut sim, "plain");
    sim.fault(Fault::KillContainer { pod: key.clone(), container: Text::default() }).unwrap();
    check(&mut sim, "plain", 5, &["Modified Running [Error-0]", "Modified Running [running+1]"]);
    let node = Text::new(sim.cluster.get(&key).unwrap().str_at(&["spec", "nodeName"]));
    sim.fault(Fault::StopNode(node.clone())).unwrap();
    let ready = |sim: &Sim| statefulset_lab::model::pod::is_ready(sim.cluster.get(&key).unwrap());
    sim.advance_to(Millis::seconds(50));
    assert!(ready(&sim), "a silent node counts as ready for 50 seconds");
    sim.advance_to(Millis::seconds(80));
    assert!(!ready(&sim));
    sim.fault(Fault::StartNode(node.clone())).unwrap();
    sim.advance_to(Millis::seconds(120));
    assert!(ready(&sim));
    let status = sim.cluster.get(&key).unwrap().list_at(&["status", "containerStatuses"])[0].clone();
    assert_eq!(status.i64_at(&["restartCount"]), Some(2));
    assert_eq!(status.str_at(&["lastState", "terminated", "reason"]), "Unknown");

    // Lost for longer than it is tolerated, the pod is Terminating until the node comes back.
    sim.fault(Fault::StopNode(node.clone())).unwrap();
    sim.advance_to(Millis::seconds(500));
    assert!(sim.cluster.get(&key).unwrap().meta.is_terminating());
    sim.fault(Fault::StartNode(node)).unwrap();
    sim.advance_to(Millis::seconds(540));
    assert!(sim.cluster.get(&key).is_none());
}

#[test]
fn a_volume_moves_only_when_the_old_node_lets_go() {
    let mut sim = cluster("minikube");
    sim = Sim::new(1, {
        let mut environment = sim.environment.clone();
        let mut second = environment.nodes[0].clone();
        (second.name, second.pod_network) = ("second".into(), "10.244.1".into());
        second.internal_ip = "192.168.49.3".into();
        environment.nodes.push(second);
        environment
    });
    let claim = r#"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},"spec":{
        "storageClassName":"csi-hostpath-sc","accessModes":["ReadWriteOnce"],
        "resources":{"requests":{"storage":"1Gi"}}}}"#;
    create(&mut sim, claim);
    let spec = |node: &str| {
        format!(
            r#"{{"nodeSelector":{{"kubernetes.io/hostname":"{node}"}},"containers":[{{"name":"c","image":"nginx:1"}}],
            "volumes":[{{"name":"v","persistentVolumeClaim":{{"claimName":"data"}}}}]}}"#
        )
    };
    let one = create(&mut sim, &pod("one", &spec("minikube")));
    sim.advance_to(Millis::seconds(20));
    has_reason(&sim, "one", "SuccessfulAttachVolume x1: AttachVolume.Attach succeeded for volume \"pvc-");
    let two = create(&mut sim, &pod("two", &spec("second")));
    sim.advance_to(Millis::seconds(40));
    has_reason(&sim, "two", "FailedAttachVolume x1: Multi-Attach error for volume \"pvc-");
    assert_eq!(sim.cluster.get(&two).unwrap().str_at(&["status", "phase"]), "Pending");
    delete(&mut sim, &one);
    sim.advance_to(Millis::seconds(60));
    assert_eq!(sim.cluster.get(&two).unwrap().str_at(&["status", "phase"]), "Running");
}

#[test]
fn healthy_pods_that_are_probed_cost_nothing() {
    let mut sim = cluster("zones");
    let spec = r#"{"containers":[{"name":"c","image":"nginx:1",
        "readinessProbe":{"httpGet":{"port":80},"periodSeconds":10},
        "livenessProbe":{"tcpSocket":{"port":80},"periodSeconds":10}}]}"#;
    for number in 0..100 {
        create(&mut sim, &pod(&format!("web-{number}"), spec));
    }
    sim.advance_to(Millis::seconds(120));
    let mut steps = 0;
    while sim.step(Millis::seconds(720)) {
        steps += 1;
    }
    assert_eq!(steps, 0, "ten minutes of an idle cluster");
}
