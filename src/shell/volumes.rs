//! The files of volumes that show the API's objects: ConfigMaps, Secrets, what a pod says of itself, and several of
//! these together. They are those that the kubelet wrote last, not those of the moment. Mounts nothing.

use super::downward_api;
use super::path_kind::Found;
use crate::cluster::{Cluster, signed};
use crate::fnv::Fnv1a64;
use crate::model::pod::{SUPPLIED_BY, node_name};
use crate::model::{Kind, Millis, Object, Text, Value, decode_base64, pod, to_json};
use crate::sorted::SharedMap;
use crate::world::disk::{Entry, Owner};
use crate::{list, obj};
use std::rc::Rc;

/// Files by their paths below the volume's root, with their permissions.
type Files = SharedMap<String, (Text, u16)>;

/// A volume's files as a container sees them: behind the link `..data`, so that all of them change at once. Follows
/// pkg/volume/util/atomic_writer.go.
#[derive(Clone, Debug)]
pub(super) struct Projection {
    files: Files,
    written: Millis,
    /// Where `..data` leads; empty for what is mounted alone.
    stamp: Text,
    /// The pod's group for volumes.
    group: Option<i64>,
    /// Whether an object behind it was made in place of a program: what else that would have put there is not known.
    pub(super) is_open: bool,
}

impl Projection {
    /// Leaves what stands under a path, as a mount of it alone shows it.
    pub fn narrow(&mut self, path: &str) {
        if path.is_empty() {
            return;
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let files = std::mem::take(&mut self.files).into_iter();
        let inner = files.filter_map(|(name, file)| match name.strip_prefix(&below) {
            Some(rest) => Some((rest.to_string(), file)),
            None => (name == path).then_some((String::new(), file)),
        });
        (self.files, self.stamp) = (inner.collect(), Text::default());
    }

    fn owner(&self, mode: u16) -> Owner {
        Owner { group: self.group.unwrap_or(0), ..Owner::root(mode) }
    }

    fn directory(&self, mode: u16) -> Found {
        let mode = if self.group.is_some() { mode | 0o2000 } else { mode };
        Found::new(Entry::Directory, self.written, self.owner(mode))
    }

    /// What stands behind the links.
    fn real(&self, path: &str) -> Option<Found> {
        if let Some((text, mode)) = self.files.get(path) {
            let mode = if self.group.is_some() { mode | 0o440 } else { *mode };
            return Some(Found::new(Entry::File(text.clone()), self.written, self.owner(mode)));
        }
        let below = format!("{path}/");
        (path.is_empty() || self.files.keys().any(|name| name.starts_with(&below))).then(|| self.directory(0o755))
    }

    /// The path behind the links, if it leads there.
    fn behind<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix("..data").or_else(|| path.strip_prefix(self.stamp.as_str()))?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// What stands under a path below its root.
    pub fn lookup(&self, path: &str) -> Option<Found> {
        if self.stamp.is_empty() {
            return self.real(path);
        }
        match (path, self.behind(path)) {
            ("", _) => Some(self.directory(0o777)),
            ("..data", _) => Some(Found { link: Some(self.stamp.clone()), ..self.directory(0o755) }),
            (_, Some(inner)) => self.real(inner),
            (name, None) if !name.contains('/') => {
                let link = Some(format!("..data/{name}").into());
                self.real(name).map(|found| Found { link, ..found })
            }
            (inner, None) => self.real(inner),
        }
    }

    /// The texts of all its files.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.values().map(|(text, _)| text.as_str())
    }

    /// What is directly in a directory.
    pub fn names(&self, path: &str) -> Vec<String> {
        let inner = if self.stamp.is_empty() { None } else { self.behind(path) };
        let inner = inner.unwrap_or(path);
        let above = if inner.is_empty() { String::new() } else { format!("{inner}/") };
        let below = self.files.keys().filter_map(|name| name.strip_prefix(&above));
        let mut names: Vec<String> = below.filter_map(|rest| rest.split('/').next()).map(str::to_string).collect();
        if path.is_empty() && !self.stamp.is_empty() {
            names.extend(["..data".to_string(), self.stamp.to_string()]);
        }
        names.retain(|name| !name.is_empty());
        names
    }
}

/// The directory that `..data` leads to: made of the moment at which the files were written, and of a number that is
/// drawn from the volume's name.
fn stamp_of(pod: &Object, volume: &str, written: Millis) -> Text {
    let number = Fnv1a64::of(pod.meta.uid.bytes().chain(volume.bytes()).chain(written.0.to_le_bytes()));
    let time = written.rfc3339().replace(['-', ':', 'T'], "_").replace('Z', "");
    format!("..{time}.{}", number % 4_294_967_296).into()
}

/// Where the files of one volume come from.
struct Sources<'a> {
    cluster: &'a Cluster,
    pod: &'a Object,
    volume: &'a Value,
    /// Whether a file of the volume is mounted alone: such a one never changes.
    is_alone: bool,
}

/// The files of a volume, if it shows objects of the API; `None` if it is a disk.
pub(super) fn files_of(cluster: &Cluster, pod: &Object, volume: &Value, is_alone: bool) -> Option<Projection> {
    let name = volume.str_at(&["name"]);
    let written = cluster.runtime().written(&pod.meta.uid, &Text::new(name)).map_or(pod.meta.created, |it| it.at);
    let sources = Sources { cluster, pod, volume, is_alone };
    let is_open = sources.is_supplied();
    let files = files_shown(sources)?;
    let group = pod.i64_at(&["spec", "securityContext", "fsGroup"]);
    Some(Projection { files, written, stamp: stamp_of(pod, name, written), group, is_open })
}

/// The token of a pod's account, as the API server issues it for the pod and takes it back: it ends after a year.
///
/// Follows `Claims` in pkg/serviceaccount.
fn token_of(cluster: &Cluster, pod: &Object) -> String {
    let (namespace, account) = (&pod.meta.namespace, Text::new(pod.str_at(&["spec", "serviceAccountName"])));
    let uid = cluster.find(Kind::ServiceAccount, namespace, &account).map(|found| found.meta.uid.clone());
    let issuer = "https://kubernetes.default.svc.cluster.local";
    let begin = pod.meta.created.unix_nanos() / 1_000_000_000;
    let bound = obj! {
        "namespace" => namespace, "node" => obj! { "name" => Text::new(node_name(pod)) },
        "pod" => obj! { "name" => &pod.meta.name, "uid" => &pod.meta.uid },
        "serviceaccount" => obj! { "name" => &account, "uid" => uid.unwrap_or_default() },
        "warnafter" => begin + 3607,
    };
    let claims = obj! {
        "aud" => list![issuer], "exp" => begin + 365 * 24 * 3600, "iat" => begin, "iss" => issuer,
        "kubernetes.io" => bound, "nbf" => begin, "sub" => format!("system:serviceaccount:{namespace}:{account}"),
    };
    signed(&to_json(&claims))
}

fn files_shown(sources: Sources<'_>) -> Option<Files> {
    let (pod, volume) = (sources.pod, sources.volume);
    let part = |name: &str| volume.get(name).filter(|part| !part.is_null());
    let mode_of = |part: &Value| mode_at(part, "defaultMode", 0o644);
    let mut files = Files::new();
    if volume.str_at(&["name"]).starts_with("kube-api-access-") {
        let token = token_of(sources.cluster, pod);
        for (name, text) in
            [("ca.crt", "-----BEGIN CERTIFICATE-----\n"), ("namespace", &pod.meta.namespace), ("token", token.as_str())]
        {
            files.insert(name.to_string(), (Text::new(text), 0o644));
        }
    } else if let Some(map) = part("configMap") {
        sources.add_data(&mut files, Kind::ConfigMap, map.str_at(&["name"]), map, mode_of(map));
    } else if let Some(secret) = part("secret") {
        sources.add_data(&mut files, Kind::Secret, secret.str_at(&["secretName"]), secret, mode_of(secret));
    } else if let Some(own) = part("downwardAPI") {
        sources.add_own(&mut files, own, mode_of(own));
    } else if let Some(projected) = part("projected") {
        let mode = mode_of(projected);
        for source in projected.list_at(&["sources"]) {
            let part = |name: &str| source.get(name).filter(|part| !part.is_null());
            if let Some(map) = part("configMap") {
                sources.add_data(&mut files, Kind::ConfigMap, map.str_at(&["name"]), map, mode);
            } else if let Some(secret) = part("secret") {
                sources.add_data(&mut files, Kind::Secret, secret.str_at(&["name"]), secret, mode);
            } else if let Some(own) = part("downwardAPI") {
                sources.add_own(&mut files, own, mode);
            } else if let Some(token) = part("serviceAccountToken") {
                files.insert(token.str_at(&["path"]).to_string(), (token_of(sources.cluster, pod).into(), mode));
            }
        }
    } else {
        return None;
    }
    Some(files)
}

impl Sources<'_> {
    /// Whether an object that the volume shows was made in place of a program that this lab cannot run.
    fn is_supplied(&self) -> bool {
        let own = [("secret", "secretName", Kind::Secret), ("configMap", "name", Kind::ConfigMap)];
        let within = [("secret", "name", Kind::Secret), ("configMap", "name", Kind::ConfigMap)];
        let parts = self.volume.list_at(&["projected", "sources"]).iter().map(|source| (source, within));
        std::iter::once((self.volume, own)).chain(parts).any(|(source, fields)| {
            fields.into_iter().any(|(field, name, kind)| {
                let name = source.get(field).filter(|part| !part.is_null()).map(|part| part.str_at(&[name]));
                let object = name.and_then(|name| self.object(kind, name));
                object.is_some_and(|object| object.meta.annotations.get(SUPPLIED_BY).is_some())
            })
        })
    }

    /// The object behind the volume as the kubelet saw it when it wrote the files.
    fn object(&self, kind: Kind, name: &str) -> Option<Rc<Object>> {
        let volume = Text::new(self.volume.str_at(&["name"]));
        let Some(written) = self.cluster.runtime().written(&self.pod.meta.uid, &volume) else {
            return self.cluster.find(kind, &self.pod.meta.namespace, &Text::new(name)).cloned();
        };
        let objects = if self.is_alone { &written.first } else { &written.latest };
        objects.iter().find(|object| object.kind == kind && object.meta.name == name).cloned()
    }

    /// All entries of an object, or those that `items` names under the paths that it gives them.
    fn add_data(&self, files: &mut Files, kind: Kind, name: &str, reference: &Value, mode: u16) {
        let Some(object) = self.object(kind, name) else { return };
        let items = reference.list_at(&["items"]);
        for map in ["data", "binaryData"] {
            for (key, value) in object.at(&[map]).and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
                let text = value.as_str().unwrap_or("");
                let is_encoded = kind == Kind::Secret || map == "binaryData";
                let text: Text = if is_encoded { decode_base64(text).into() } else { Text::new(text) };
                if items.is_empty() {
                    files.insert(key.to_string(), (text, mode));
                    continue;
                }
                for item in items.iter().filter(|item| item.str_at(&["key"]) == key.as_str()) {
                    let mode = mode_at(item, "mode", mode);
                    files.insert(item.str_at(&["path"]).to_string(), (text.clone(), mode));
                }
            }
        }
    }

    /// What the pod says of itself.
    fn add_own(&self, files: &mut Files, reference: &Value, mode: u16) {
        for item in reference.list_at(&["items"]) {
            let text = match item.get("resourceFieldRef").filter(|it| !it.is_null()) {
                Some(resource) => {
                    let name = resource.str_at(&["containerName"]);
                    let mut containers = pod::containers(self.pod).iter();
                    let container = containers.find(|container| container.str_at(&["name"]) == name);
                    container.and_then(|container| downward_api::resource(self.cluster, self.pod, container, resource))
                }
                None => downward_api::field(self.cluster, self.pod, item.str_at(&["fieldRef", "fieldPath"]), ""),
            };
            let mode = mode_at(item, "mode", mode);
            files.insert(item.str_at(&["path"]).to_string(), (text.unwrap_or_default().into(), mode));
        }
    }
}

fn mode_at(part: &Value, name: &str, usual: u16) -> u16 {
    part.i64_at(&[name]).and_then(|mode| u16::try_from(mode).ok()).unwrap_or(usual)
}
