//! When the files of a pod follow a ConfigMap or a Secret that has changed.
//!
//! Follows pkg/kubelet/volumemanager/populator, which marks volumes to be mounted anew with each sync.

use super::{Kubelet, TASK_REFRESH, references, work};
use crate::cluster::Cluster;
use crate::controllers::Timers;
use crate::model::{Key, Millis, pod};

impl Kubelet {
    /// The files of the pods that show this object follow when their kubelets look at them next, whatever else happens.
    pub(super) fn plan_refresh(&self, source: &Key, now: Millis, cluster: &Cluster, timers: &mut Timers) {
        for (key, worker) in self.workers.iter().filter(|(key, _)| key.namespace == source.namespace) {
            let Some(pod) = cluster.get(key).filter(|pod| pod.meta.uid == worker.uid) else { continue };
            let mut volumes = pod::volumes(pod).iter();
            if volumes.any(|volume| references::sources_of(pod, volume).contains(source)) {
                timers.add(worker.look_after(now), work(key, TASK_REFRESH));
            }
        }
    }
}
