//! What the program in a container does, told from its image, its command and the annotations of its pod. Runs nothing.
//!
//! Users make a container misbehave by these means:
//! - image tag containing `bad`: it cannot be pulled; `slow`: the pull takes ten times as long;
//! - image tag containing `crash`: it exits with 1 one second after each start; `oom`: it is killed for its memory;
//!   `hang`: it runs but answers no probe;
//! - annotation `sim/ready=false` on the pod: not ready until the annotation goes;
//! - annotation `sim/startup-seconds=N`: answers its probes only N seconds after each start;
//! - annotation `sim/exit-after-seconds=N`, with `sim/exit-code=C`: ends by itself;
//! - annotation `sim/ignore-sigterm=true`: ends only when it is killed.

use crate::model::{Millis, Object, Value};
use crate::world::{Breakage, Runtime};

/// How a process ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// How long after its start.
    pub after: Millis,
    /// Its exit code.
    pub code: i64,
    /// The reason that the kubelet gives.
    pub reason: &'static str,
}

/// What a container's program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Workload {
    /// How it ends by itself; `None` if it runs for ever.
    pub end: Option<End>,
    /// Whether it answers probes at all.
    pub answers: bool,
    /// Whether it says that it is ready.
    pub is_ready: bool,
    /// How long after a start it begins to answer.
    pub startup: Millis,
    /// Whether the stop signal does nothing.
    pub ignores_stop: bool,
    /// Whether its image exists.
    pub has_image: bool,
    /// How many times the usual time a pull takes.
    pub pull_factor: i64,
}

/// The tag of an image; `latest` if it names none.
pub(super) fn tag_of(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').map_or("latest", |(_, tag)| tag)
}

/// The image's name without registry, path and tag.
fn base_of(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next().unwrap_or(name)
}

impl Workload {
    /// What `container` of `pod` does at its next start, as far as users say so; the rest is guessed from its command
    /// unless somebody plays the processes. The tag of an image that the world knows says nothing.
    pub fn of(pod: &Object, container: &Value, is_init: bool, runtime: &Runtime) -> Workload {
        let image = container.str_at(&["image"]);
        let tag = if runtime.image(image).is_some() { "" } else { tag_of(image) };
        let (is_played, breakage) = (runtime.has_processes(), runtime.breakage(&pod.key()));
        let seconds = |name: &str| pod.meta.annotation(name).parse::<i64>().ok().map(|n| n.clamp(0, 1_000_000));
        let end = if tag.contains("crash") || breakage.crashes {
            Some(exit(Millis::seconds(1), 1))
        } else if tag.contains("oom") {
            Some(End { after: Millis::seconds(2), code: 137, reason: "OOMKilled" })
        } else if let Some(after) = seconds("sim/exit-after-seconds").filter(|_| !is_init) {
            Some(exit(Millis::seconds(after), seconds("sim/exit-code").unwrap_or(0)))
        } else if is_played {
            None
        } else {
            command_end(container, is_init, base_of(image)).map(|(after, code)| exit(after, code))
        };
        let hangs = tag.contains("hang") || breakage.hangs;
        let is_deaf = pod.meta.annotation("sim/ignore-sigterm") == "true";
        Workload {
            end,
            answers: !hangs,
            is_ready: pod.meta.annotation("sim/ready") != "false" && !breakage.is_unready,
            startup: Millis::seconds(seconds("sim/startup-seconds").unwrap_or(0)),
            ignores_stop: hangs || is_deaf || (!is_played && ignores_stop(container)),
            has_image: !tag.contains("bad"),
            pull_factor: if tag.contains("slow") { 10 } else { 1 },
        }
    }

    /// What it does with the stand-in of the recorded sessions.
    pub fn recorded(pod: &Object, container: &Value, breakage: Breakage) -> Workload {
        let tag = tag_of(container.str_at(&["image"]));
        let crashes = tag.contains("crash") || breakage.crashes;
        Workload {
            end: crashes.then(|| exit(Millis::seconds(1), 1)),
            answers: true,
            is_ready: pod.meta.annotation("sim/ready") != "false" && !breakage.is_unready,
            startup: Millis::ZERO,
            ignores_stop: false,
            has_image: !tag.contains("bad"),
            pull_factor: if tag.contains("slow") { 10 } else { 1 },
        }
    }
}

fn exit(after: Millis, code: i64) -> End {
    End { after, code, reason: if code == 0 { "Completed" } else { "Error" } }
}

/// What the program takes of its machine's memory or of its disk, in KiB; told from its image alone.
pub(super) fn usage(container: &Value, is_memory: bool) -> i64 {
    match (is_memory, base_of(container.str_at(&["image"]))) {
        (true, "mariadb" | "mysql" | "postgres") => 94_208,
        (true, "nginx" | "nginx-slim" | "redis") => 3_584,
        (true, _) => 1_068,
        (false, _) => 24,
    }
}

/// The container's command and arguments as one line.
fn command_line(container: &Value) -> String {
    let words = container.list_at(&["command"]).iter().chain(container.list_at(&["args"]));
    words.filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// When a command ends, and with which code: `sleep N` and `exit N` are understood, loops run for ever.
fn command_end(container: &Value, is_init: bool, base: &str) -> Option<(Millis, i64)> {
    let line = command_line(container);
    let has_terminal = container.at(&["tty"]).and_then(Value::as_bool) == Some(true)
        || container.at(&["stdin"]).and_then(Value::as_bool) == Some(true);
    let is_shell_image = matches!(base, "busybox" | "alpine" | "ubuntu" | "debian" | "bash" | "hello-world");
    if line.is_empty() {
        let ends = is_init || (is_shell_image && !has_terminal);
        return ends.then_some((Millis(if is_init { 1000 } else { 100 }), 0));
    }
    if !is_init && !line.contains("sleep") && !line.contains("exit") && !is_one_shot(&line, is_shell_image) {
        return None;
    }
    let is_loop =
        ["while true", "while :", "for ;", "sleep infinity", "tail -f"].iter().any(|word| line.contains(word));
    if is_loop {
        return None;
    }
    let mut after = 0i64;
    let mut code = 0;
    let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || ";&|\"'()".contains(c)).collect();
    for pair in words.windows(2) {
        if let [word, number] = pair {
            match (*word, number.trim_end_matches('s').parse::<i64>()) {
                ("sleep", Ok(seconds)) => after = after.saturating_add(seconds.clamp(0, 10_000_000)),
                ("exit", Ok(number)) => code = number.clamp(0, 255),
                _ => {}
            }
        }
    }
    if words.contains(&"false") {
        code = 1;
    }
    Some((Millis(after * 1000 + if after == 0 { 500 } else { 0 }), code))
}

/// Whether a command without sleeping is over as soon as it ran.
fn is_one_shot(line: &str, is_shell_image: bool) -> bool {
    let first = line.split_whitespace().next().unwrap_or("");
    let is_simple = ["echo", "ls", "date", "env", "hostname", "cat", "true", "false", "printenv", "id", "nslookup"];
    is_simple.contains(&first) || (is_shell_image && (line.contains("echo") || line.contains("nslookup")))
}

/// Whether the first process of the container is one that does not react to the stop signal.
fn ignores_stop(container: &Value) -> bool {
    let line = command_line(container);
    !line.contains("trap ") && (line.contains("sleep") || line.contains("tail -f"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn commands_end_as_they_say() {
        let end = |json: &str, is_init| command_end(&parse_json(json).unwrap(), is_init, "busybox");
        assert_eq!(end(r#"{"command":["sleep","5"]}"#, false), Some((Millis(5000), 0)));
        assert_eq!(end(r#"{"command":["sh","-c","sleep 2; exit 3"]}"#, false), Some((Millis(2000), 3)));
        assert_eq!(end(r#"{"command":["sh","-c","while true; do sleep 1; done"]}"#, false), None);
        assert_eq!(end(r#"{}"#, true), Some((Millis(1000), 0)));
        assert_eq!(end(r#"{"tty":true,"stdin":true}"#, false), None);
        assert_eq!(tag_of("registry:5000/a/nginx"), "latest");
        assert_eq!(tag_of("nginx:crash@sha256:00"), "crash");
    }
}
