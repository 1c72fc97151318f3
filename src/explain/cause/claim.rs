//! Why a claim has no volume, or does not go.

use super::{Link, held_by_finalizer, in_namespace, latest_event};
use crate::cluster::Cluster;
use crate::model::claim::{PVC_PROTECTION, access_modes, volume_name};
use crate::model::conditions::{condition, phase};
use crate::model::pod::node_name;
use crate::model::volume::{claim_name, claim_namespace, reclaim_policy};
use crate::model::{Key, Kind, Millis, Object, Text, Value, claim};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, claim: &Rc<Object>) -> Option<Link> {
    let place = in_namespace(&claim.meta.namespace);
    if claim.meta.is_terminating() {
        let pod = cluster.pods_using(&claim.key()).next().cloned();
        return match pod {
            Some(pod) => {
                let volume = Text::new(volume_name(claim));
                let link = Link::of(claim, "claim.in-use").fact("pod", &pod.name).fact("volume", &volume);
                let kept = cluster.find(Kind::PersistentVolume, &Text::default(), &volume);
                let policy = kept.map(|volume| reclaim_policy(volume));
                let delete = format!("kubectl delete pod {}{place}", pod.name);
                let retain = "'{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'";
                Some(match policy {
                    Some("Retain") => link.remedy(delete, "claim.delete-user-kept"),
                    Some(_) => {
                        let link = link.remedy(format!("kubectl patch pv {volume} -p {retain}"), "claim.keep-volume");
                        link.remedy(delete, "claim.delete-user")
                    }
                    None => link.remedy(delete, "claim.delete-user"),
                })
            }
            None => held_by_finalizer(claim).filter(|_| !claim.meta.has_finalizer(PVC_PROTECTION)),
        };
    }
    match phase(claim) {
        "Lost" => Some(lost(cluster, claim)),
        "Bound" => resizing(claim),
        _ => Some(pending(cluster, claim)),
    }
}

fn lost(cluster: &Cluster, claim: &Object) -> Link {
    let place = in_namespace(&claim.meta.namespace);
    let volume = volume_name(claim);
    let around = vec![Key::new(Kind::PersistentVolume, "", volume.to_string())];
    let link = Link { around, ..Link::of(claim, "claim.lost").fact("volume", volume) };
    let user = cluster.pods_using(&claim.key()).next().map(|pod| pod.name.clone());
    let rest = user.map_or(String::new(), |pod| format!(" && kubectl delete pod {pod}{place}"));
    link.remedy(format!("kubectl delete pvc {}{place} --wait=false{rest}", claim.meta.name), "claim.start-empty")
}

fn resizing(claim: &Object) -> Option<Link> {
    let wanted = claim.str_at(&["spec", "resources", "requests", "storage"]);
    let has = claim::capacity(claim);
    let grows = ["Resizing", "FileSystemResizePending"].iter().any(|kind| condition(claim, kind).is_some());
    grows.then(|| Link::of(claim, "claim.resizing").fact("wanted", wanted).fact("has", has).by_itself())
}

/// The class that makes volumes for a claim; `None` if it names one that does not exist.
fn class_of<'a>(cluster: &'a Cluster, claim: &'a Object) -> Result<Option<&'a Rc<Object>>, &'a str> {
    let Some(name) = claim.at(&["spec", "storageClassName"]).and_then(Value::as_str) else { return Ok(None) };
    if name.is_empty() {
        return Ok(None);
    }
    cluster.find(Kind::StorageClass, &Text::default(), &Text::new(name)).map(Some).ok_or(name)
}

fn pending(cluster: &Cluster, claim: &Rc<Object>) -> Link {
    let size = claim.str_at(&["spec", "resources", "requests", "storage"]);
    if let Some(link) = named_volume(cluster, claim) {
        return link;
    }
    let class = match class_of(cluster, claim) {
        Err(missing) => return class_missing(cluster, claim, missing),
        Ok(class) => class,
    };
    let is_released =
        |volume: &&Rc<Object>| phase(volume) == "Released" && claim_name(volume) == claim.meta.name.as_str();
    let Some(class) = class else {
        if claim.at(&["spec", "storageClassName"]).is_none() && no_default(cluster) {
            return no_default_class(cluster, claim);
        }
        if let Some(volume) = cluster.list(Kind::PersistentVolume).find(is_released) {
            return Link::of(claim, "claim.volume-released").waits_for(volume.key()).fact("volume", &volume.meta.name);
        }
        return with_volume(claim, "", Link::of(claim, "claim.no-volume").fact("size", size));
    };
    let name = &class.meta.name;
    if class.str_at(&["provisioner"]) == "kubernetes.io/no-provisioner" {
        return with_volume(
            claim,
            name,
            Link::of(claim, "claim.no-provisioner").fact("class", name).fact("size", size),
        );
    }
    if class.str_at(&["volumeBindingMode"]) == "WaitForFirstConsumer" {
        let user = cluster.pods_using(&claim.key()).next();
        return match user.and_then(|key| cluster.get(key)) {
            None => Link::of(claim, "claim.no-consumer").fact("class", name),
            Some(pod) if node_name(pod).is_empty() && claim.meta.annotation(CHOSEN).is_empty() => {
                Link::of(claim, "claim.waits-for-pod").fact("pod", &pod.meta.name).waits_for(pod.key())
            }
            Some(_) => provisioning(cluster, claim, name),
        };
    }
    provisioning(cluster, claim, name)
}

/// A volume that a claim asks for by name and cannot have.
fn named_volume(cluster: &Cluster, claim: &Rc<Object>) -> Option<Link> {
    let name = Text::new(volume_name(claim));
    if name.is_empty() {
        return None;
    }
    let link = |rule| Link::of(claim, rule).fact("volume", &name);
    let Some(volume) = cluster.find(Kind::PersistentVolume, &Text::default(), &name) else {
        return Some(link("claim.names-nothing"));
    };
    let owner = claim_name(volume);
    if phase(volume) == "Released" {
        return Some(link("claim.volume-released").waits_for(volume.key()));
    }
    (!owner.is_empty() && owner != claim.meta.name.as_str()).then(|| link("claim.volume-taken").fact("other", owner))
}

/// A volume made by hand, which fits a claim that gets none by itself.
fn with_volume(claim: &Object, class: &str, link: Link) -> Link {
    let mode = access_modes(claim).first().and_then(Value::as_str).unwrap_or("ReadWriteOnce");
    let size = claim.str_at(&["spec", "resources", "requests", "storage"]);
    let class = if class.is_empty() { String::new() } else { format!("storageClassName: {class}, ") };
    let name = &claim.meta.name;
    let line = format!(
        "printf 'apiVersion: v1\\nkind: PersistentVolume\\nmetadata: {{name: {name}}}\\nspec: {{{class}capacity: \
         {{storage: {size}}}, accessModes: [{mode}], hostPath: {{path: /data/{name}}}}}\\n' | kubectl apply -f -"
    );
    link.remedy(line, "claim.make-volume")
}

/// The node that the scheduler chose for a claim's first pod.
pub(super) const CHOSEN: &str = "volume.kubernetes.io/selected-node";

/// How long a driver that is there takes at most to say that it begins.
const SILENCE: Millis = Millis::seconds(5);

/// A class whose driver does not answer: there is none, for those that run say at once that they begin.
fn without_driver(cluster: &Cluster, claim: &Object, class: &str) -> Option<Link> {
    latest_event(cluster, claim, &["ExternalProvisioning"])?;
    let is_silent = latest_event(cluster, claim, &["Provisioning", "ProvisioningFailed"]).is_none();
    if !is_silent || cluster.now() < claim.meta.created + SILENCE {
        return None;
    }
    let own = cluster.find(Kind::StorageClass, &Text::default(), &Text::new(class))?.str_at(&["provisioner"]);
    let driver = |class: &Rc<Object>| class.str_at(&["provisioner"]).to_string();
    let others = || cluster.list(Kind::StorageClass).filter(|class| class.str_at(&["provisioner"]) != own);
    let other = others().find(|class| is_default(class)).or_else(|| others().next()).map(driver);
    let link = Link::of(claim, "claim.no-driver").fact("class", class).fact("driver", own);
    Some(match other {
        Some(other) => {
            let line =
                format!("kubectl get sc {class} -o yaml | sed 's#{own}#{other}#' | kubectl replace --force -f -");
            link.fact("other", &other).remedy(line, "claim.other-driver")
        }
        None => link.remedy("lab restore-storageclasses".into(), "lab.mend"),
    })
}

fn provisioning(cluster: &Cluster, claim: &Object, class: &str) -> Link {
    if let Some(link) = without_driver(cluster, claim, class) {
        return link;
    }
    let link = Link::of(claim, "claim.provisioning").fact("class", class).by_itself();
    match cluster.runtime().slow_provisioning() {
        Some(_) => {
            let link = Link { rule: "claim.provisioning-slow", around: vec![the_storage()], ..link };
            link.remedy("lab slow-storage off".into(), "lab.mend")
        }
        None => link,
    }
}

/// What is done to the storage as a whole is kept under this key.
fn the_storage() -> Key {
    Key::new(Kind::StorageClass, "", "")
}

fn is_default(class: &Object) -> bool {
    class.meta.annotation("storageclass.kubernetes.io/is-default-class") == "true"
}

fn no_default(cluster: &Cluster) -> bool {
    !cluster.list(Kind::StorageClass).any(|class| is_default(class))
}

fn class_names(cluster: &Cluster) -> String {
    let names: Vec<&str> = cluster.list(Kind::StorageClass).map(|class| class.meta.name.as_str()).collect();
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

fn class_missing(cluster: &Cluster, claim: &Object, class: &str) -> Link {
    let link = Link::of(claim, "class.missing").fact("class", class).fact("classes", &class_names(cluster));
    let classes = || cluster.list(Kind::StorageClass);
    let model = classes().find(|class| is_default(class)).or_else(|| classes().next());
    let provisioner = model.map(|it| it.str_at(&["provisioner"]).to_string());
    match provisioner {
        Some(provisioner) => {
            let text = format!(
                "printf 'apiVersion: storage.k8s.io/v1\\nkind: StorageClass\\nmetadata: {{name: {class}}}\\nprovisioner: \
                 {provisioner}\\n' | kubectl apply -f -"
            );
            link.remedy(text, "class.create")
        }
        None => link.remedy("lab restore-storageclasses".into(), "lab.mend"),
    }
}

fn no_default_class(cluster: &Cluster, claim: &Object) -> Link {
    let has_none = cluster.list(Kind::StorageClass).next().is_none();
    let rule = if has_none { "class.none" } else { "class.no-default" };
    let around = if has_none { vec![the_storage()] } else { Vec::new() };
    let link = Link { around, ..Link::of(claim, rule).fact("classes", &class_names(cluster)) };
    match cluster.list(Kind::StorageClass).next() {
        Some(class) => {
            let patch = r#"'{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'"#;
            link.remedy(format!("kubectl patch sc {} -p {patch}", class.meta.name), "class.make-default")
        }
        None => link.remedy("lab restore-storageclasses".into(), "lab.mend"),
    }
}

/// A volume that nobody can bind.
pub(super) fn volume_link(volume: &Rc<Object>) -> Option<Link> {
    let name = &volume.meta.name;
    if volume.meta.is_terminating() {
        let claim =
            Key::new(Kind::PersistentVolumeClaim, claim_namespace(volume).to_string(), claim_name(volume).to_string());
        let is_bound = phase(volume) == "Bound";
        let link = Link::of(volume, "volume.in-use").fact("claim", &claim.name);
        let line = format!("kubectl delete pvc {}{}", claim.name, in_namespace(&claim.namespace));
        return match is_bound {
            true => Some(link.remedy(line, "volume.delete-claim")),
            false => held_by_finalizer(volume),
        };
    }
    if phase(volume) != "Released" {
        return None;
    }
    let link = Link::of(volume, "volume.released").fact("claim", claim_name(volume));
    let line = format!("kubectl patch pv {name} -p '{{\"spec\":{{\"claimRef\":null}}}}'");
    Some(link.remedy(line, "volume.free"))
}
