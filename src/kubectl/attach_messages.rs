//! What `run -it`, `attach` and `debug -it` say around the terminal of a container's own process, and how `run` ends.
//! Follows kubectl's `cmd/attach/attach.go` and `cmd/run/run.go`.

use crate::cluster::DeleteOptions;
use crate::kubectl::command::{Cx, Flow, Job};
use crate::kubernetes::Difference;
use crate::model::conditions::phase;
use crate::model::pod::container_statuses;
use crate::model::{Key, Object, container_status};

/// How somebody is attached, and what becomes of the pod when the process has ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attachment {
    /// Only the container's output is printed.
    pub is_quiet: bool,
    /// The pod goes with its process (`run --rm`).
    pub removes: bool,
    /// The exit status is the container's: the pod's end is waited for (`run` unless it restarts always).
    pub awaits_end: bool,
}

impl Attachment {
    /// Says what stands before the process's own output.
    pub fn announce(self, cx: &mut Cx<'_>) {
        if self.is_quiet {
            return;
        }
        cx.out.err(
            "All commands and output from this session will be recorded in container logs, including credentials and \
             sensitive information passed through the command prompt.",
        );
        cx.out.err("If you don't see a command prompt, try pressing enter.");
    }

    /// Says how to come back, to who had a terminal.
    pub fn tell_way_back(self, pod: &Key, container: &str, cx: &mut Cx<'_>) {
        if self.is_quiet {
            return;
        }
        let (name, namespace) = (&pod.name, &pod.namespace);
        let names_namespace = cx.cluster().kubernetes().has(Difference::NamespaceOfWayBack);
        let is_ephemeral = cx.cluster().get(pod).is_some_and(|pod| {
            pod.list_at(&["spec", "ephemeralContainers"]).iter().any(|it| it.str_at(&["name"]) == container)
        });
        if is_ephemeral {
            let place = if names_namespace { format!(" -n {namespace}") } else { String::new() };
            cx.out.out(format!(
                "Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach \
                 {name} -c {container}{place} -i -t' if it is still running"
            ));
        } else if names_namespace {
            cx.out.out(format!(
                "Session ended, resume using 'kubectl attach {name} -c {container} -n {namespace} -i -t' command"
            ));
        } else if cx.cluster().get(pod).is_some_and(|pod| pod.str_at(&["spec", "restartPolicy"]) == "Always") {
            cx.out.out(format!(
                "Session ended, resume using 'kubectl attach {name} -c {container} -i -t' command when the pod is running"
            ));
        }
    }

    /// What comes after the process.
    pub fn end(self, pod: Key, cx: &mut Cx<'_>) -> Flow {
        Box::new(Ending { pod, attachment: self }).poll(cx)
    }

    /// Deletes the pod if it was asked for.
    pub fn remove(self, pod: &Key, cx: &mut Cx<'_>) {
        let is_gone = self.removes && cx.request(|cluster| cluster.delete(pod, &DeleteOptions::BACKGROUND)).is_ok();
        if is_gone && !self.is_quiet {
            cx.out.out(format!("pod \"{}\" deleted from {} namespace", pod.name, pod.namespace));
        }
    }
}

/// Waits until the pod is over.
#[derive(Clone, Debug)]
struct Ending {
    pod: Key,
    attachment: Attachment,
}

impl Job for Ending {
    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        let attachment = self.attachment;
        if !attachment.awaits_end {
            attachment.remove(&self.pod, cx);
            return Flow::Done(0);
        }
        let Some(pod) = cx.cluster().get(&self.pod).cloned() else {
            cx.out.err(format!("Error from server (NotFound): pods \"{}\" not found", self.pod.name));
            return Flow::Done(1);
        };
        let is_over = match phase(&pod) {
            "Succeeded" => true,
            "Failed" => pod.str_at(&["spec", "restartPolicy"]) != "OnFailure",
            _ => false,
        };
        if !is_over {
            return Flow::Wait(self);
        }
        attachment.remove(&self.pod, cx);
        Flow::Done(tell_end(&pod, cx))
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }
}

/// Says why a pod failed; returns the exit status.
fn tell_end(pod: &Object, cx: &mut Cx<'_>) -> i32 {
    if phase(pod) == "Succeeded" {
        return 0;
    }
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let first = container_statuses(pod).first();
    let ended = first.and_then(|status| container_status::ended(status));
    let code = ended.and_then(|ended| ended.i64_at(&["exitCode"])).unwrap_or(0);
    let Some(ended) = ended.filter(|_| code != 0) else {
        cx.out.err(format!("error: pod {namespace}/{name} failed with unknown exit code"));
        return 1;
    };
    cx.out.err(format!("pod {namespace}/{name} terminated ({})", ended.str_at(&["reason"])));
    for line in ended.str_at(&["message"]).lines() {
        cx.out.err(line);
    }
    i32::try_from(code).unwrap_or(1)
}
