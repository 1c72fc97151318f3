//! Startup, liveness and readiness probes with their timing. A probe whose outcome cannot change anything is not run.

use super::Visit;
use super::worker::{Action, Probe, State, Worker};
use crate::controllers::Outcome;
use crate::model::{Millis, Text, Value};
use crate::world::file_of_probe;

/// A probe's numbers, with the API's defaults.
struct Timing {
    delay: Millis,
    period: Millis,
    success: i64,
    failure: i64,
}

impl Timing {
    fn of(spec: &Value, probe: Probe) -> Option<Timing> {
        let spec = spec.get(probe.field())?;
        let number = |name: &str, default: i64| spec.i64_at(&[name]).filter(|n| *n > 0).unwrap_or(default);
        Some(Timing {
            delay: Millis::seconds(number("initialDelaySeconds", 0)),
            period: Millis::seconds(number("periodSeconds", 10)),
            success: number("successThreshold", 1),
            failure: number("failureThreshold", 3),
        })
    }

    /// The first moment after `now` at which the probe runs, counted from the container's start.
    fn next(&self, since: Millis, now: Millis) -> Millis {
        let first = since + self.delay;
        if first > now {
            return first;
        }
        first + Millis(((now - first).0 / self.period.0 + 1) * self.period.0)
    }
}

/// Plans the first run of the probes that may run now: others wait for the startup probe.
pub(super) fn plan_all(worker: &mut Worker, at: usize, spec: &Value, now: Millis) {
    let has_startup = spec.get(Probe::Startup.field()).is_some();
    let Some(run) = worker.containers.get(at).map(|container| container.run) else { return };
    for probe in Probe::ALL {
        let waits = has_startup && probe != Probe::Startup;
        if let Some(timing) = Timing::of(spec, probe).filter(|_| !waits) {
            worker.plan(now + timing.delay, Action::Probe { at, run, probe });
        }
    }
}

/// How a program fails its probe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// It does not answer at all.
    Silent,
    /// It does not listen yet.
    NotListening,
    /// It says that it is not well.
    SaysNo,
}

impl Visit<'_, '_, '_> {
    pub(super) fn probe(&mut self, at: usize, run: u64, probe: Probe) {
        let (now, spec, workload) = (self.now(), self.spec(at), self.workload(at));
        let (Some(timing), Some(container)) = (Timing::of(&spec, probe), self.worker.containers.get_mut(at)) else {
            return;
        };
        let State::Running { since } = container.state else { return };
        if container.run != run {
            return;
        }
        let has_begun = now >= since + workload.startup;
        let has_file = match file_of_probe(&spec, probe.field()) {
            None => true,
            Some(file) => {
                let file = (self.pod.meta.uid.clone(), container.name.clone(), file);
                let Some(is_there) = self.ctx.cluster.runtime().has_file(&file) else {
                    // The container has only just started; its files are known in a moment.
                    return self.worker.plan(now + Millis(1), Action::Probe { at, run, probe });
                };
                is_there
            }
        };
        let answers = workload.answers && has_begun && has_file && (probe != Probe::Readiness || workload.is_ready);
        let failure = match (workload.answers, has_begun) {
            (false, _) => Failure::Silent,
            (_, false) => Failure::NotListening,
            _ => Failure::SaysNo,
        };
        let Some(tally) = container.tallies.get_mut(probe as usize) else { return };
        if answers {
            tally.successes += 1;
            tally.failures = 0;
        } else {
            tally.failures += 1;
            tally.successes = 0;
        }
        let (is_success, is_failure) = (tally.successes >= timing.success, tally.failures >= timing.failure);
        if !answers {
            let text = format!("{} probe failed: {}", probe.word(), self.failure_text(&spec, probe, failure));
            self.container_event(at, true, "Unhealthy", text);
        }
        match probe {
            Probe::Readiness if is_success || is_failure => self.set_ready(at, is_success),
            Probe::Startup if is_success => return self.started(at, &spec),
            Probe::Startup | Probe::Liveness if is_failure => return self.kill(at, probe, &spec),
            _ => {}
        }
        // While it goes on succeeding nothing can change; a changed pod, workload or file asks for the next run.
        if !is_success {
            self.worker.plan(timing.next(since, now), Action::Probe { at, run, probe });
        }
    }

    fn set_ready(&mut self, at: usize, is_ready: bool) {
        if let Some(container) = self.worker.containers.get_mut(at) {
            container.ready = is_ready && container.started;
        }
    }

    fn started(&mut self, at: usize, spec: &Value) {
        let (now, workload) = (self.now(), self.workload(at));
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        container.started = true;
        container.ready = spec.get(Probe::Readiness.field()).is_none() && workload.is_ready;
        let (run, State::Running { since }) = (container.run, &container.state) else { return };
        let since = *since;
        for probe in [Probe::Liveness, Probe::Readiness] {
            if let Some(timing) = Timing::of(spec, probe) {
                let first = if probe == Probe::Readiness { now } else { now.max(since + timing.delay) };
                self.worker.plan(first, Action::Probe { at, run, probe });
            }
        }
        self.go_on();
    }

    /// A failing probe stops the container, which then starts again.
    fn kill(&mut self, at: usize, probe: Probe, spec: &Value) {
        let now = self.now();
        let Some(container) = self.worker.containers.get(at) else { return };
        let (name, run) = (container.name.clone(), container.run);
        let word = probe.word().to_ascii_lowercase();
        let text = format!("Container {name} failed {word} probe, will be restarted");
        self.container_event(at, false, "Killing", text);
        self.record("kubelet.probe-kills", Outcome::Acts, vec![("container", name), ("probe", Text::from(word))]);
        let own = spec.i64_at(&[probe.field(), "terminationGracePeriodSeconds"]);
        let grace = own.or_else(|| self.pod.i64_at(&["spec", "terminationGracePeriodSeconds"])).unwrap_or(30);
        let workload = self.workload(at);
        if !workload.ignores_stop {
            let stop = self.ctx.environment.delays.stop;
            self.worker.plan(now + stop, Action::Exit { at, run, code: 0, reason: "Completed" });
        } else {
            self.worker.plan(now + Millis::seconds(grace.clamp(0, 1_000_000)), Action::Kill { at, run });
        }
    }

    /// Takes up what changed about the pod's answers.
    pub(super) fn review_readiness(&mut self) {
        for at in 0..self.worker.containers.len() {
            let (now, spec, workload) = (self.now(), self.spec(at), self.workload(at));
            let is_recorded = self.is_recorded();
            let Some(container) = self.worker.containers.get_mut(at) else { continue };
            let State::Running { since } = container.state else { continue };
            let run = container.run;
            if spec.get(Probe::Readiness.field()).is_none() || is_recorded {
                let is_pending = self.worker.agenda.iter().any(|(_, action)| *action == Action::Ready { at, run });
                let is_init = container.role == super::Role::Init;
                container.ready = workload.is_ready && container.started && !is_pending && !is_init;
            }
            if is_recorded {
                continue;
            }
            for probe in Probe::ALL {
                let may_run = if probe == Probe::Startup { !container.started } else { container.started };
                let Some(timing) = Timing::of(&spec, probe).filter(|_| may_run) else { continue };
                let action = Action::Probe { at, run, probe };
                if !self.worker.agenda.iter().any(|(_, planned)| *planned == action) {
                    self.worker.agenda.push((timing.next(since, now), action));
                }
            }
            if let Some(end) = workload.end.filter(|end| since + end.after <= now || end.code == 1) {
                let is_planned =
                    self.worker.agenda.iter().any(|(_, a)| matches!(a, Action::Exit { at: i, .. } if *i == at));
                if !is_planned && !is_recorded && self.worker.deadline.is_none() {
                    let action = Action::Exit { at, run, code: end.code, reason: end.reason };
                    self.worker.agenda.push((now, action));
                }
            }
        }
    }

    fn failure_text(&self, spec: &Value, probe: Probe, failure: Failure) -> String {
        let spec = spec.get(probe.field()).cloned().unwrap_or_default();
        let (ip, timeout) = (&self.worker.ip, spec.i64_at(&["timeoutSeconds"]).unwrap_or(1));
        if let Some(http) = spec.get("httpGet") {
            let port = port_of(http, &self.pod);
            let path = http.str_at(&["path"]).trim_start_matches('/');
            let asked = format!("Get \"http://{ip}:{port}/{path}\"");
            return match failure {
                Failure::Silent => {
                    format!("{asked}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
                }
                Failure::NotListening => format!("{asked}: dial tcp {ip}:{port}: connect: connection refused"),
                Failure::SaysNo => "HTTP probe failed with statuscode: 503".to_string(),
            };
        }
        if let Some(tcp) = spec.get("tcpSocket") {
            let why = if failure == Failure::Silent { "i/o timeout" } else { "connect: connection refused" };
            return format!("dial tcp {ip}:{}: {why}", port_of(tcp, &self.pod));
        }
        if let Some(grpc) = spec.get("grpc") {
            return match failure {
                Failure::SaysNo => "service unhealthy (responded with \"NOT_SERVING\")".to_string(),
                _ => {
                    let port = port_of(grpc, &self.pod);
                    format!("timeout: failed to connect service \"{ip}:{port}\" within {timeout}s")
                }
            };
        }
        let words: Vec<&str> = spec.list_at(&["exec", "command"]).iter().filter_map(Value::as_str).collect();
        match words.as_slice() {
            _ if failure == Failure::Silent => {
                format!("command timed out: {:?} timed out after {timeout}s", words.join(" "))
            }
            ["cat", .., file] => format!("cat: can't open '{file}': No such file or directory\n"),
            _ => String::new(),
        }
    }
}

/// A probe's port as a number.
fn port_of(action: &Value, pod: &crate::model::Object) -> String {
    match action.get("port") {
        Some(Value::Int(port)) => port.to_string(),
        Some(Value::Str(name)) => {
            let containers = pod.list_at(&["spec", "containers"]).iter();
            let mut ports = containers.flat_map(|container| container.list_at(&["ports"]));
            let port = ports.find(|port| port.str_at(&["name"]) == name.as_str());
            port.and_then(|port| port.i64_at(&["containerPort"])).map_or_else(|| name.to_string(), |p| p.to_string())
        }
        _ => "80".to_string(),
    }
}
