//! How users make a container's program misbehave, by its image's tag and the annotations of its pod. What it does by
//! itself is not known here: the processes tell. Runs nothing.
//!
//! The means:
//! - an image whose name says that it is not there ([`registry`]), as `bad` for its tag does: it cannot be pulled;
//! - image tag `slow` (or with that word at its beginning or end): the pull takes ten times as long; `crash`: it exits
//!   with 1 one second after each start; `oom`: it is killed for its memory; `hang`: it runs but answers no probe;
//! - annotation `sim/ready=false` on the pod: not ready until the annotation goes;
//! - annotation `sim/startup-seconds=N`: answers its probes only N seconds after each start;
//! - annotation `sim/exit-after-seconds=N`, with `sim/exit-code=C`: ends by itself;
//! - annotation `sim/ignore-sigterm=true`: ends only when it is killed.

use super::oom_kill;
use crate::model::{Millis, Object, Value};
use crate::shell::registry::{self, Missing};
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

/// What a container's program does, as far as users say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behaviour {
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
    /// Why its image cannot be pulled, if it cannot.
    pub missing: Option<Missing>,
    /// How many times the usual time a pull takes.
    pub pull_factor: i64,
}

/// The tag of an image; `latest` if it names none.
pub(super) fn tag_of(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').map_or("latest", |(_, tag)| tag)
}

impl Behaviour {
    /// What `container` of `pod` does at its next start, as far as users say so: by annotations, and by words of the
    /// image's tag. The tag of an image that the world knows says nothing.
    pub fn of(pod: &Object, container: &Value, is_init: bool, runtime: &Runtime) -> Behaviour {
        let image = container.str_at(&["image"]);
        let is_profiled = runtime.image(image).is_some();
        let tag = if is_profiled { "" } else { tag_of(image) };
        let says = |word: &str| registry::has_word(tag, &[word]);
        let breakage = runtime.breakage(&pod.key());
        let seconds = |name: &str| pod.meta.annotation(name).parse::<i64>().ok().map(|n| n.clamp(0, 1_000_000));
        let end = if says("crash") || breakage.crashes {
            Some(exit(Millis::seconds(1), 1))
        } else if says("oom") || oom_kill::is_told_more_than_its_limit(pod, container) {
            Some(End { after: Millis::seconds(2), code: 137, reason: "OOMKilled" })
        } else {
            let after = seconds("sim/exit-after-seconds").filter(|_| !is_init);
            after.map(|after| exit(Millis::seconds(after), seconds("sim/exit-code").unwrap_or(0)))
        };
        let hangs = says("hang") || breakage.hangs;
        let is_deaf = pod.meta.annotation("sim/ignore-sigterm") == "true";
        Behaviour {
            end,
            answers: !hangs,
            is_ready: pod.meta.annotation("sim/ready") != "false" && !breakage.is_unready,
            startup: Millis::seconds(seconds("sim/startup-seconds").unwrap_or(0)),
            ignores_stop: hangs || is_deaf,
            missing: registry::missing(image).filter(|_| !is_profiled),
            pull_factor: if says("slow") { 10 } else { 1 },
        }
    }

    /// What it does with the stand-in of the recorded sessions.
    pub fn recorded(pod: &Object, container: &Value, breakage: Breakage) -> Behaviour {
        let tag = tag_of(container.str_at(&["image"]));
        let crashes = tag.contains("crash") || breakage.crashes;
        Behaviour {
            end: crashes.then(|| exit(Millis::seconds(1), 1)),
            answers: true,
            is_ready: pod.meta.annotation("sim/ready") != "false" && !breakage.is_unready,
            startup: Millis::ZERO,
            ignores_stop: false,
            missing: tag.contains("bad").then_some(Missing::Tag),
            pull_factor: if tag.contains("slow") { 10 } else { 1 },
        }
    }
}

fn exit(after: Millis, code: i64) -> End {
    End { after, code, reason: if code == 0 { "Completed" } else { "Error" } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_what_stands_behind_the_name() {
        assert_eq!(tag_of("registry:5000/a/nginx"), "latest");
        assert_eq!(tag_of("nginx:crash@sha256:00"), "crash");
    }
}
