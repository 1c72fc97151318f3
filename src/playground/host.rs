//! What the console reaches of a lab: the API server, the editor's text, time, faults, and looking ahead and back.

use super::Lab;
use crate::cluster::{Change, Cluster, Fault, Refusal};
use crate::explain;
use crate::i18n::Lang;
use crate::kubectl::{Host, Pause};
use crate::kubernetes::Kubernetes;
use crate::model::node::ZONE;
use crate::model::{Key, Kind, Text, Value};

/// The most work that is done while a command pauses.
const PAUSE_WORK_MAX: usize = 100_000;

impl Host for Lab {
    fn cluster(&self) -> &Cluster {
        &self.sim.cluster
    }

    fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.sim.cluster
    }

    fn pause(&mut self, why: Pause) {
        let delays = &self.sim.environment.delays;
        let length = match why {
            Pause::Request => delays.request,
            Pause::Command => delays.command,
        };
        let until = self.sim.now() + length;
        // The controllers hear of the writes so far first.
        self.sim.act(|_| ());
        self.collect(true);
        // Controllers that undo each other's work at one moment do not hold the command up.
        let most = self.count + self.steps + PAUSE_WORK_MAX;
        while self.sim.next_at().is_some_and(|at| at <= until) && self.count + self.steps < most {
            self.step(until);
        }
        self.sim.advance_to(until);
    }

    fn news(&self) -> &[Change] {
        &self.news
    }

    fn editor_text(&self) -> &str {
        &self.editor
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Refusal> {
        let node = |name: &Text| Key::new(Kind::Node, "", name.clone());
        let objects: Vec<Key> = match &fault {
            Fault::StopNode(name) | Fault::StartNode(name) | Fault::StopKubelet(name) | Fault::StartKubelet(name) => {
                vec![node(name)]
            }
            Fault::KillContainer { pod, .. }
            | Fault::CrashLoop { pod, .. }
            | Fault::FailReadiness { pod, .. }
            | Fault::Hang { pod, .. } => vec![pod.clone()],
            Fault::LowMemory { node: name, .. } | Fault::LowDisk { node: name, .. } | Fault::RemoveNode(name) => {
                vec![node(name)]
            }
            Fault::StopZone(zone) | Fault::StartZone(zone) => {
                let nodes = self.sim.cluster.list(Kind::Node);
                nodes.filter(|node| node.meta.label(ZONE) == zone.as_str()).map(|node| node.key()).collect()
            }
            // The storage as a whole.
            Fault::SlowProvisioner(_) | Fault::NoStorageClass => vec![Key::new(Kind::StorageClass, "", "")],
            _ => Vec::new(),
        };
        self.sim.fault(fault)?;
        for object in objects {
            self.origins.note_deed(&object, self.sim.now(), &self.line);
        }
        Ok(())
    }

    fn wrote_files(&mut self, pod: &Key) {
        self.origins.note_files(pod, self.sim.now(), &self.line);
    }

    fn plan(&mut self, manifests: &[Value], namespace: &str, kubernetes: Kubernetes, lang: Lang) -> Vec<String> {
        let plan = self.plan_ahead(manifests, namespace, kubernetes);
        // Also when it was remembered: how much a session takes does not depend on what was asked before.
        self.steps += plan.work;
        explain::say_plan(lang, &plan)
    }

    fn upgrade(&mut self, kubernetes: Kubernetes) {
        self.sim.upgrade(kubernetes);
    }

    fn start_over(&mut self, kubernetes: Kubernetes) {
        self.sim.start_over(kubernetes);
    }

    fn why(&self, objects: &[Key], namespace: &str, lang: Lang) -> Vec<String> {
        match objects {
            [] => explain::say_restless(lang, &self.sim, namespace),
            [key] if !explain::is_known(&self.sim.cluster, &self.origins, key) => Vec::new(),
            [key] => explain::say_why(lang, &self.sim, &self.origins, key),
            several => explain::say_each(lang, &self.sim, &self.origins, several),
        }
    }
}
