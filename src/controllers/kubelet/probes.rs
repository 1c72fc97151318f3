//! Startup, liveness and readiness probes with their timing, and what is asked of a container. A probe whose answer
//! stays the same is not run again until something may have changed it.
//!
//! Follows pkg/kubelet/prober (`worker.go`, `prober_manager.go`): every probe ticks from the moment on at which the pod
//! came to the kubelet, and a readiness probe runs besides whenever a pod that is not ready is looked at.

use super::Visit;
use super::answerer::Answerer;
use super::status::Role;
use super::worker::{Action, Asking, Finding, Life, Probe, Purpose, Stage};
use crate::model::{Millis, Text, Value};
use crate::world::{Order, Question, Reply};
use std::rc::Rc;

/// A probe's numbers, with the API's defaults.
struct Timing {
    delay: i64,
    period: Millis,
    timeout: i64,
    success: i64,
    failure: i64,
}

impl Timing {
    fn of(spec: &Value, probe: Probe) -> Option<Timing> {
        let spec = spec.get(probe.field()).filter(|spec| !spec.is_null())?;
        let number = |name: &str, default: i64| spec.i64_at(&[name]).filter(|n| *n > 0).unwrap_or(default);
        Some(Timing {
            delay: number("initialDelaySeconds", 0),
            period: Millis::seconds(number("periodSeconds", 10).min(10_000_000)),
            timeout: number("timeoutSeconds", 1),
            success: number("successThreshold", 1),
            failure: number("failureThreshold", 3),
        })
    }

    /// The first tick after `now`, in a row that begins at `origin`.
    fn next(&self, origin: Millis, now: Millis) -> Millis {
        origin + Millis(((now - origin).0.div_euclid(self.period.0) + 1) * self.period.0)
    }
}

impl Visit<'_, '_, '_> {
    /// The probes begin to tick with the first sync that has the volumes.
    pub(super) fn begin_probes(&mut self) {
        if self.worker.probing.is_some() {
            return;
        }
        let now = self.now();
        self.worker.probing = Some(now);
        for container in &mut self.worker.containers {
            container.origins = [now; 3];
        }
    }

    /// Plans the next tick of all probes of a container.
    pub(super) fn plan_ticks(&mut self, at: usize) {
        Probe::ALL.into_iter().for_each(|probe| self.plan_tick(at, probe));
    }

    /// Plans a probe's next tick, if the container has the probe.
    fn plan_tick(&mut self, at: usize, probe: Probe) {
        let (now, spec) = (self.now(), self.spec(at));
        let Some(container) = self.worker.containers.get(at).filter(|c| matches!(c.role, Role::Main | Role::Sidecar))
        else {
            return;
        };
        let origin = container.origins.get(probe as usize).copied().unwrap_or_default();
        if let Some(timing) = Timing::of(&spec, probe).filter(|_| self.worker.probing.is_some()) {
            self.worker.plan_once(timing.next(origin, now), Action::Tick { at, probe });
        }
    }

    /// Runs the readiness probes of all containers that are not ready, whatever their ticks; these begin anew then.
    pub(super) fn trigger_readiness(&mut self) {
        for at in 0..self.worker.containers.len() {
            let spec = self.spec(at);
            let Some(container) = self.worker.containers.get(at) else { continue };
            let has_probe =
                Timing::of(&spec, Probe::Readiness).is_some() && matches!(container.role, Role::Main | Role::Sidecar);
            if has_probe && container.is_started(&spec) && !container.is_ready(&spec) {
                let now = self.now();
                self.worker.cancel(&Action::Tick { at, probe: Probe::Readiness });
                if let Some(container) = self.worker.containers.get_mut(at) {
                    container.origins[Probe::Readiness as usize] = now;
                }
                self.tick(at, Probe::Readiness);
            }
        }
    }

    /// What the processes answer may have changed.
    pub(super) fn review_probes(&mut self) {
        for at in 0..self.worker.containers.len() {
            if self.worker.containers.get(at).is_some_and(|container| container.is_running()) {
                self.plan_ticks(at);
            }
        }
    }

    /// A container ended: what its probes say of it falls at their next tick.
    pub(super) fn probes_see_end(&mut self, at: usize) {
        if self.worker.stage == Stage::Kept {
            self.plan_tick(at, Probe::Readiness);
        }
    }

    /// One turn of a probe. Follows `doProbe`.
    pub(super) fn tick(&mut self, at: usize, probe: Probe) {
        let (now, spec, stage) = (self.now(), self.spec(at), self.worker.stage);
        let Some(timing) = Timing::of(&spec, probe) else { return };
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        let life = container.lives;
        let is_known = container.shown == life;
        let Some(finding) = container.findings.get_mut(probe as usize) else { return };
        let since = match container.life {
            Life::None => return self.plan_tick(at, probe),
            Life::Ended(_) => {
                if probe == Probe::Readiness && finding.life == life && finding.result == Some(true) {
                    finding.result = Some(false);
                    self.ask_sync();
                }
                return;
            }
            Life::Running { since } => since,
        };
        if !is_known {
            return self.plan_tick(at, probe);
        }
        if finding.life != life {
            let was_started = finding.result == Some(true);
            *finding = Finding::of_life(life, probe);
            if probe == Probe::Readiness || probe == Probe::Startup && was_started {
                // That nothing is known of the new life is news, too.
                self.worker.plan_once(now + Millis(20), Action::Sync);
            }
            if probe == Probe::Startup && was_started {
                return self.plan_tick(at, probe);
            }
        }
        let started = self.worker.containers.get(at).is_some_and(|container| container.is_started(&spec));
        let is_over = match probe {
            Probe::Startup => started,
            _ => stage != Stage::Kept && probe == Probe::Liveness,
        };
        let is_on_hold = self.worker.containers.get(at).is_some_and(|c| c.findings[probe as usize].is_on_hold);
        if is_over || is_on_hold || (stage != Stage::Kept && probe == Probe::Startup) {
            return;
        }
        let waits = (now - since.truncated()).whole_seconds() < timing.delay || (probe != Probe::Startup && !started);
        let is_asking = self.worker.asking.iter().any(|a| a.at == at && a.purpose == Purpose::Probe(probe));
        if waits || is_asking {
            return self.plan_tick(at, probe);
        }
        match question_of(&spec, spec.get(probe.field())) {
            Ok(question) => self.ask(at, Purpose::Probe(probe), question, Some(Millis::seconds(timing.timeout))),
            Err(text) => {
                self.tell_error(at, probe, &text);
                self.plan_tick(at, probe);
            }
        }
    }

    /// Asks a container something.
    pub(super) fn ask(&mut self, at: usize, purpose: Purpose, question: Question, timeout: Option<Millis>) {
        let now = self.now();
        self.worker.asked += 1;
        let number = self.worker.asked;
        let question = Rc::new(question);
        let life = self.worker.containers.get(at).map_or(0, |container| container.lives);
        let mut asking = Asking { number, at, life, purpose, question: Some(Rc::clone(&question)), reply: None };
        match self.answerer(at, purpose, &question) {
            Answerer::Nobody => {}
            Answerer::Given(reply) => {
                asking.reply = Some((reply, false));
                self.worker.plan(now, Action::Reply(number));
            }
            Answerer::Process => {
                let run = self.run_of(at);
                self.ctx.cluster.runtime_mut().order(Order::Ask { run, number, question });
            }
        }
        self.worker.asking.push(asking);
        if let Some(timeout) = timeout {
            self.worker.plan(now + timeout, Action::TimeUp(number));
        }
    }

    /// Runs a hook: a command, a request, or only a wait.
    pub(super) fn ask_hook(&mut self, at: usize, purpose: Purpose, hook: &Value) {
        if let Some(seconds) = hook.i64_at(&["sleep", "seconds"]) {
            let now = self.now();
            self.worker.asked += 1;
            let number = self.worker.asked;
            let life = self.worker.containers.get(at).map_or(0, |container| container.lives);
            let reply = Some((Reply::Fine, false));
            self.worker.asking.push(Asking { number, at, life, purpose, question: None, reply });
            let end = now + Millis::seconds(seconds.clamp(0, 1_000_000));
            return self.worker.plan(end, Action::Reply(number));
        }
        match question_of(&self.spec(at), Some(hook)) {
            // The kubelet has no hook that opens a connection, though the API takes one.
            Ok(Question::Tcp { .. }) => {
                self.worker.asked += 1;
                let (number, now) = (self.worker.asked, self.now());
                let life = self.worker.containers.get(at).map_or(0, |container| container.lives);
                let reply = Some((Reply::CannotStart(no_such_hook(hook).into()), false));
                self.worker.asking.push(Asking { number, at, life, purpose, question: None, reply });
                self.worker.plan(now, Action::Reply(number));
            }
            Ok(question) => self.ask(at, purpose, question, None),
            Err(text) => {
                let now = self.now();
                self.worker.asked += 1;
                let number = self.worker.asked;
                let life = self.worker.containers.get(at).map_or(0, |container| container.lives);
                let reply = Some((Reply::CannotStart(text.into()), false));
                self.worker.asking.push(Asking { number, at, life, purpose, question: None, reply });
                self.worker.plan(now, Action::Reply(number));
            }
        }
    }

    /// The answer that was ready is due.
    pub(super) fn reply_is_due(&mut self, number: u64) {
        let found = self.worker.asking.iter().find(|asking| asking.number == number);
        if let Some((reply, is_steady)) = found.and_then(|asking| asking.reply.clone()) {
            self.answered(number, &reply, is_steady);
        }
    }

    /// Something was answered.
    pub(super) fn answered(&mut self, number: u64, reply: &Reply, is_steady: bool) {
        let Some(place) = self.worker.asking.iter().position(|asking| asking.number == number) else { return };
        let asking = self.worker.asking.remove(place);
        self.worker.cancel(&Action::TimeUp(number));
        self.worker.cancel(&Action::Reply(number));
        let at = asking.at;
        // The sync waits for the hook after the start, also where the container ended meanwhile.
        let is_awaited = asking.purpose == Purpose::PostStart;
        let is_meant = self.worker.containers.get(at).filter(|container| container.lives == asking.life);
        if is_meant.is_none_or(|container| !container.is_running() && !is_awaited) {
            return;
        }
        match asking.purpose {
            Purpose::PostStart => self.post_start_answered(at, reply),
            Purpose::PreStop => self.pre_stop_answered(at, reply),
            Purpose::Probe(probe) => {
                let question = asking.question.as_deref();
                match self.verdict(probe, question, reply) {
                    Verdict::Yes(warning) => {
                        if let Some(text) = warning {
                            let text = format!("{} probe warning: {text}", probe.word());
                            self.container_event(at, true, "ProbeWarning", text);
                        }
                        self.found(at, probe, true, is_steady);
                    }
                    Verdict::No(text) => {
                        let text = format!("{} probe failed: {text}", probe.word());
                        self.container_event(at, true, "Unhealthy", text);
                        self.found(at, probe, false, is_steady);
                    }
                    Verdict::Error(text) => {
                        self.tell_error(at, probe, &text);
                        self.plan_tick(at, probe);
                    }
                }
            }
        }
    }

    /// A probe that cannot be run says nothing about its container.
    fn tell_error(&mut self, at: usize, probe: Probe, text: &str) {
        let text = format!("{} probe errored and resulted in unknown state: {text}", probe.word());
        self.container_event(at, true, "Unhealthy", text);
    }

    /// The time for an answer is up.
    pub(super) fn time_is_up(&mut self, number: u64) {
        let Some(asking) = self.worker.asking.iter().find(|asking| asking.number == number).cloned() else { return };
        let run = self.run_of(asking.at);
        match asking.purpose {
            Purpose::Probe(probe) => {
                self.worker.asking.retain(|asking| asking.number != number);
                self.worker.cancel(&Action::Reply(number));
                self.ctx.cluster.runtime_mut().order(Order::Forget { run, number });
                let text = self.timeout_text(asking.question.as_deref(), probe, asking.at);
                let text = format!("{} probe failed: {text}", probe.word());
                self.container_event(asking.at, true, "Unhealthy", text);
                self.found(asking.at, probe, false, false);
            }
            // The hook goes on beside the signal.
            Purpose::PreStop => self.hook_is_over(asking.at),
            Purpose::PostStart => {}
        }
    }

    fn timeout_text(&self, question: Option<&Question>, probe: Probe, at: usize) -> String {
        let timeout = Timing::of(&self.spec(at), probe).map_or(1, |timing| timing.timeout);
        let ip = &self.worker.ip;
        match question {
            Some(Question::Http { .. }) => format!(
                "Get \"{}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                self.url(question)
            ),
            Some(Question::Tcp { host, port }) => format!("dial tcp {}:{port}: i/o timeout", self.asked_host(host)),
            Some(Question::Grpc { port, .. }) => grpc_refusal(ip, *port, timeout),
            Some(Question::Exec(words)) => {
                let words: Vec<&str> = words.iter().map(Text::as_str).collect();
                format!("command timed out: \"{}\" timed out after {timeout}s", words.join(" "))
            }
            None => String::new(),
        }
    }

    fn url(&self, question: Option<&Question>) -> String {
        let Some(Question::Http { host, port, path, is_https }) = question else { return String::new() };
        let scheme = if *is_https { "https" } else { "http" };
        format!("{scheme}://{}:{port}{path}", self.asked_host(host))
    }

    /// The host that a question goes to.
    fn asked_host<'h>(&'h self, host: &'h Text) -> &'h Text {
        if host.is_empty() { &self.worker.ip } else { host }
    }

    fn verdict(&self, probe: Probe, question: Option<&Question>, reply: &Reply) -> Verdict {
        let ip = &self.worker.ip;
        match (reply, question) {
            (Reply::Exit { code: 0, .. } | Reply::Fine, _) => Verdict::Yes(None),
            (Reply::Exit { output, .. }, _) => Verdict::No(output.to_string()),
            (Reply::CannotStart(text), _) => Verdict::Error(text.to_string()),
            (Reply::Misunderstood(why), _) => Verdict::No(format!("Get \"{}\": {why}", self.url(question))),
            (Reply::Http { body, is_redirect: true, .. }, _) => {
                Verdict::Yes(Some(format!("Probe terminated redirects, Response body: {body}")))
            }
            (Reply::Http { status, .. }, _) if (200..400).contains(status) => Verdict::Yes(None),
            (Reply::Http { status, .. }, _) => Verdict::No(format!("HTTP probe failed with statuscode: {status}")),
            (Reply::Refused, Some(Question::Http { host, port, .. })) => {
                let (url, ip) = (self.url(question), self.asked_host(host));
                Verdict::No(format!("Get \"{url}\": dial tcp {ip}:{port}: connect: connection refused"))
            }
            (Reply::Refused, Some(Question::Tcp { host, port })) => {
                let ip = self.asked_host(host);
                Verdict::No(format!("dial tcp {ip}:{port}: connect: connection refused"))
            }
            (Reply::Refused, Some(Question::Grpc { port, .. })) => {
                let timeout = 1.max(i64::from(probe == Probe::Startup));
                Verdict::No(grpc_refusal(ip, *port, timeout))
            }
            (Reply::Refused, _) => Verdict::No(String::new()),
        }
    }

    /// Counts an answer; what crosses the threshold makes the kubelet look at the pod.
    fn found(&mut self, at: usize, probe: Probe, is_success: bool, is_steady: bool) {
        let spec = self.spec(at);
        let Some(timing) = Timing::of(&spec, probe) else { return };
        let Some(container) = self.worker.containers.get_mut(at) else { return };
        let Some(finding) = container.findings.get_mut(probe as usize) else { return };
        finding.in_a_row = if finding.last == Some(is_success) { finding.in_a_row + 1 } else { 1 };
        finding.last = Some(is_success);
        let is_enough = finding.in_a_row >= if is_success { timing.success } else { timing.failure };
        if is_enough {
            let before = finding.result;
            finding.result = Some(is_success);
            // A healthy container is no news; that it is alive is taken for granted from the start.
            let is_news = before != Some(is_success) && (probe != Probe::Liveness || !is_success);
            if !is_success && probe != Probe::Readiness {
                (finding.is_on_hold, finding.in_a_row) = (true, 0);
            }
            if is_news {
                self.ask_sync();
            }
            if is_success && is_steady {
                return;
            }
        }
        self.plan_tick(at, probe);
    }

    /// What went wrong in a hook, as the kubelet says it; `None` if it did its work.
    pub(super) fn hook_error(&self, at: usize, hook: &Value, reply: &Reply) -> Option<Text> {
        let name = self.worker.containers.get(at).map(|container| container.name.clone()).unwrap_or_default();
        let pod = format!("{}_{}({})", self.pod.meta.name, self.pod.meta.namespace, self.pod.meta.uid);
        let words: Vec<&str> = hook.list_at(&["exec", "command"]).iter().filter_map(Value::as_str).collect();
        let command = words.join(" ");
        let error = match reply {
            Reply::Exit { code: 0, .. } | Reply::Fine | Reply::Http { .. } => return None,
            Reply::Exit { code, output, .. } => {
                format!("command '{command}' exited with {code}: {output}, message: {output:?}")
            }
            Reply::CannotStart(text) if hook.get("tcpSocket").is_some() => return Some(text.clone()),
            Reply::CannotStart(text) => format!("{text}, message: \"\""),
            Reply::Refused | Reply::Misunderstood(_) => {
                let question = question_of(&self.spec(at), Some(hook)).ok();
                let port = match &question {
                    Some(Question::Http { port, .. } | Question::Tcp { port, .. }) => *port,
                    _ => 80,
                };
                let (url, ip) = (self.url(question.as_ref()), &self.worker.ip);
                let path = hook.str_at(&["httpGet", "path"]);
                let why = match reply {
                    Reply::Misunderstood(why) => (*why).to_string(),
                    _ => format!("dial tcp {ip}:{port}: connect: connection refused"),
                };
                return Some(
                    format!(
                        "HTTP lifecycle hook ({path}) for Container \"{name}\" in Pod \"{pod}\" failed - error: Get \
                         \"{url}\": {why}"
                    )
                    .into(),
                );
            }
        };
        Some(
            format!(
                "Exec lifecycle hook ([{command}]) for Container \"{name}\" in Pod \"{pod}\" failed - error: {error}"
            )
            .into(),
        )
    }
}

/// What the kubelet says of a hook that is none of its own. Follows pkg/kubelet/lifecycle/handlers.go.
fn no_such_hook(hook: &Value) -> String {
    let port = match hook.i64_at(&["tcpSocket", "port"]) {
        Some(number) => format!("{{0 {number} }}"),
        None => format!("{{1 0 {}}}", hook.str_at(&["tcpSocket", "port"])),
    };
    let host = hook.str_at(&["tcpSocket", "host"]);
    format!(
        "Cannot run handler: invalid handler: &LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{{Port:{port},Host:{host},}},Sleep:nil,}}"
    )
}

/// What an answer says about the container.
enum Verdict {
    /// It is fine, perhaps with a remark.
    Yes(Option<String>),
    /// It is not, in these words.
    No(String),
    /// The probe itself failed.
    Error(String),
}

fn grpc_refusal(ip: &str, port: i64, timeout: i64) -> String {
    format!("timeout: failed to connect service \"{ip}:{port}\" within {timeout}s: context deadline exceeded")
}

/// What a probe or hook asks, or why it cannot.
fn question_of(container: &Value, action: Option<&Value>) -> Result<Question, String> {
    let action = action.cloned().unwrap_or_default();
    let there = |name: &str| super::start::part(&action, name).cloned();
    if let Some(exec) = there("exec") {
        let words = exec.list_at(&["command"]).iter().filter_map(Value::as_str);
        return Ok(Question::Exec(words.map(|word| super::references::expand_static(word, container)).collect()));
    }
    if let Some(http) = there("httpGet") {
        let path = http.str_at(&["path"]);
        let path = if path.starts_with('/') { Text::new(path) } else { format!("/{path}").into() };
        let is_https = http.str_at(&["scheme"]) == "HTTPS";
        return Ok(Question::Http {
            host: Text::new(http.str_at(&["host"])),
            port: port_of(&http, container)?,
            path,
            is_https,
        });
    }
    if let Some(tcp) = there("tcpSocket") {
        return Ok(Question::Tcp { host: Text::new(tcp.str_at(&["host"])), port: port_of(&tcp, container)? });
    }
    if let Some(grpc) = there("grpc") {
        return Ok(Question::Grpc { port: port_of(&grpc, container)?, service: Text::new(grpc.str_at(&["service"])) });
    }
    Ok(Question::Exec(Vec::new()))
}

/// A port as a number; one that is named is looked for in its container. Follows `resolveContainerPort`.
fn port_of(action: &Value, container: &Value) -> Result<i64, String> {
    match action.get("port") {
        Some(Value::Int(port)) => Ok(*port),
        Some(Value::Str(name)) => {
            let named = container.list_at(&["ports"]).iter().find(|port| port.str_at(&["name"]) == name.as_str());
            let number = named.and_then(|port| port.i64_at(&["containerPort"]));
            let parsed = || name.parse().map_err(|_| format!("strconv.Atoi: parsing \"{name}\": invalid syntax"));
            number.map_or_else(parsed, Ok)
        }
        _ => Ok(80),
    }
}
