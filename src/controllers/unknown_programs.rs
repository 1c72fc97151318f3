//! Which pods run programs that this lab cannot run and takes to do their job, and which of them make volumes.

use crate::cluster::{Cluster, User, attributes};
use crate::model::container_status::is_running;
use crate::model::pod::{containers, status_of};
use crate::model::{Kind, Object, Text, Value};
use crate::shell::container::Container;
use crate::shell::images::Image;
use std::rc::Rc;

/// Whether what a container of a pod runs is unknown here: its image, or a program that was taken for granted.
pub(super) fn runs_unknown(cluster: &Cluster, pod: &Object, spec: &Value) -> bool {
    let name = Text::new(spec.str_at(&["name"]));
    !Image::of(spec.str_at(&["image"])).is_known() || cluster.runtime().assumed(&pod.meta.uid, &name).is_some()
}

/// Words of provisioners' names that say nothing of who runs them.
const PLAIN: &[&str] = &[
    "block",
    "cloud",
    "com",
    "csi",
    "dev",
    "disk",
    "driver",
    "external",
    "file",
    "io",
    "k8s",
    "kubernetes",
    "net",
    "org",
    "provisioner",
    "sigs",
    "storage",
];

/// The word by which a provisioner's name stands in its image's: the part behind `/`, of a name without that the first
/// that is not plain. `local-path` of `rancher.io/local-path`, `ebs` of `ebs.csi.aws.com`.
fn telling_word(provisioner: &str) -> &str {
    match provisioner.rsplit_once('/') {
        Some((_, last)) => last,
        None => provisioner.split('.').find(|word| word.len() > 2 && !PLAIN.contains(word)).unwrap_or(provisioner),
    }
}

/// The pod that makes the volumes of a provisioner that is not part of the cluster: a program runs in it that is
/// unknown here and named so, and its account may make volumes.
pub(super) fn provisioner_pod(cluster: &Cluster, provisioner: &str) -> Option<Rc<Object>> {
    let word = telling_word(provisioner);
    let asked = attributes("create", Kind::PersistentVolume, "", "", "");
    let is_named = |pod: &Rc<Object>, spec: &Value| {
        let image = spec.str_at(&["image"]).replace('/', "-");
        let container = || Container::of(cluster, pod, spec.str_at(&["name"]));
        image.contains(word)
            || container().is_some_and(|container| container.is_told(cluster, |text| text.contains(provisioner)))
    };
    let runs_it = |pod: &&Rc<Object>| {
        let mut specs = containers(pod).iter();
        let runs = |spec: &Value| status_of(pod, spec.str_at(&["name"])).is_some_and(is_running);
        specs.any(|spec| runs(spec) && runs_unknown(cluster, pod, spec) && is_named(pod, spec))
    };
    let mut pods = cluster.list(Kind::Pod);
    pods.find(|pod| runs_it(pod) && cluster.may(&User::of_pod(pod), &asked).is_ok()).cloned()
}

#[cfg(test)]
mod tests {
    use super::telling_word;

    #[test]
    fn a_provisioner_has_a_telling_word() {
        let pairs = "rancher.io/local-path=local-path ebs.csi.aws.com=ebs driver.longhorn.io=longhorn \
            csi.hetzner.cloud=hetzner rook-ceph.rbd.csi.ceph.com=rook-ceph k8s-sigs.io/nfs-subdir=nfs-subdir";
        for (name, word) in pairs.split_whitespace().filter_map(|pair| pair.split_once('=')) {
            assert_eq!(telling_word(name), word);
        }
    }
}
