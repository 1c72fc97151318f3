//! The ordered store behind the API: objects, versions, and the log of changes; knows no controller.

use super::definition::served;
use super::error::ApiError;
use super::http::{HttpAnswer, HttpRequest};
use super::index::{PodIndex, VolumeIndex};
use super::pod_defaults::PodDefaults;
use super::request::Request;
use super::rng::Rng;
use super::user::User;
use crate::kubernetes::Kubernetes;
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
use crate::world::{Disks, Runtime};
use std::rc::Rc;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It was created.
    Added,
    /// It was written.
    Modified,
    /// It is gone; the change holds its last form.
    Deleted,
}

/// One stored write.
#[derive(Clone, Debug)]
pub struct Change {
    /// The store's version after it.
    pub resource_version: u64,
    /// When it happened.
    pub at: Millis,
    /// What happened.
    pub verb: Verb,
    /// The object before, unless it was added.
    pub old: Option<Rc<Object>>,
    /// The object after, or its last form if it was deleted.
    pub object: Rc<Object>,
}

impl Change {
    /// The kind of the object that changed.
    pub fn kind(&self) -> Kind {
        self.object.kind
    }
}

/// How an object is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds of grace for a pod; `None` takes the pod's own.
    pub grace_period_seconds: Option<i64>,
    /// What happens to the objects that belong to it.
    pub propagation: Propagation,
    /// Only delete the object with this UID.
    pub uid: Option<Text>,
    /// Only delete the object as it was at this version.
    pub resource_version: Option<Text>,
}

impl DeleteOptions {
    /// What a client that says nothing gets: the pod's own grace, dependents in the background.
    pub const BACKGROUND: DeleteOptions = DeleteOptions {
        grace_period_seconds: None,
        propagation: Propagation::Background,
        uid: None,
        resource_version: None,
    };
    /// Remove the object now, without grace.
    pub const FORCE: DeleteOptions = DeleteOptions {
        grace_period_seconds: Some(0),
        propagation: Propagation::Background,
        uid: None,
        resource_version: None,
    };
}

/// What happens to the objects that belong to a deleted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// The owner goes at once, its dependents after it.
    Background,
    /// The dependents go first.
    Foreground,
    /// The dependents stay and forget their owner.
    Orphan,
}

type Table = SharedMap<(Text, Text), Rc<Object>>;

/// Who answers for the API server over HTTP.
pub type ApiFront = fn(&mut Cluster, &HttpRequest) -> HttpAnswer;

/// The state of a cluster, as its API server holds it.
///
/// Invariants:
/// - `resource_version` rises with every write; every write appears in the log of changes once.
/// - An object's UID is never used again.
/// - Lists are in order of namespace, then name (byte order).
/// - An object with a deletion timestamp and neither finalizers nor grace left does not exist.
#[derive(Clone)]
pub struct Cluster {
    now: Millis,
    kubernetes: Kubernetes,
    tables: Vec<Rc<Table>>,
    custom_tables: Rc<SharedMap<Kind, Rc<Table>>>,
    custom_kinds: Rc<Vec<Kind>>,
    by_uid: Rc<SharedMap<Text, Key>>,
    dependents: Rc<SharedMap<Text, SharedSet<Key>>>,
    resource_version: u64,
    rng: Rng,
    pods: PodIndex,
    volumes: VolumeIndex,
    pod_defaults: Rc<PodDefaults>,
    disks: Disks,
    runtime: Runtime,
    changes: Vec<Change>,
    pub(super) requests: Option<Vec<Request>>,
    pub(super) trusts_statuses: bool,
    /// In whose name the request is that is being answered, if not in the cluster's own.
    pub(super) acting: Option<Rc<User>>,
    /// Who answers over HTTP.
    front: Option<ApiFront>,
}

impl Cluster {
    /// An empty store. UIDs and generated names depend on `seed` alone.
    pub fn new(seed: u64) -> Cluster {
        Cluster {
            now: Millis::ZERO,
            kubernetes: Kubernetes::default(),
            // The last one stays empty: custom kinds without objects have it.
            tables: vec![Rc::default(); Kind::ALL.len() + 1],
            custom_tables: Rc::default(),
            custom_kinds: Rc::default(),
            by_uid: Rc::default(),
            dependents: Rc::default(),
            resource_version: 0,
            rng: Rng::new(seed),
            pods: PodIndex::default(),
            volumes: VolumeIndex::default(),
            pod_defaults: Rc::default(),
            disks: Disks::default(),
            runtime: Runtime::default(),
            changes: Vec::new(),
            requests: None,
            trusts_statuses: false,
            acting: None,
            front: None,
        }
    }

    /// Puts somebody in front of the store who answers over HTTP.
    pub fn set_front(&mut self, front: ApiFront) {
        self.front = Some(front);
    }

    /// What the API server answers over HTTP. `None` if nobody does.
    pub fn ask_http(&mut self, request: &HttpRequest) -> Option<HttpAnswer> {
        let front = self.front?;
        Some(front(self, request))
    }

    /// Which Kubernetes it is.
    pub fn kubernetes(&self) -> Kubernetes {
        self.kubernetes
    }

    /// Makes it another Kubernetes; what is stored stays as it is.
    pub fn set_kubernetes(&mut self, kubernetes: Kubernetes) {
        self.kubernetes = kubernetes;
    }

    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Moves the virtual time; it never goes back.
    pub fn set_now(&mut self, now: Millis) {
        self.now = self.now.max(now);
    }

    /// Stores statuses as they come, as a store without an API server before it does.
    pub fn trust_statuses(&mut self) {
        self.trusts_statuses = true;
    }

    /// Lets `act` see another moment, for what happens between two writes: files and logs. Objects stay as they are.
    pub fn at_time<T>(&mut self, at: Millis, act: impl FnOnce(&mut Cluster) -> T) -> T {
        let now = std::mem::replace(&mut self.now, at);
        let result = act(self);
        self.now = now;
        result
    }

    /// The version of the latest write.
    pub fn resource_version(&self) -> u64 {
        self.resource_version
    }

    /// Chance for generated names.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// The data on volumes and in containers.
    pub fn disks(&self) -> &Disks {
        &self.disks
    }

    /// The data on volumes and in containers, to be written.
    pub fn disks_mut(&mut self) -> &mut Disks {
        &mut self.disks
    }

    /// Machines and processes.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Machines and processes, to be interfered with.
    pub fn runtime_mut(&mut self) -> &mut Runtime {
        &mut self.runtime
    }

    /// Takes the changes since the last call, oldest first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Whether there are changes that nobody took yet.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    fn table(&self, kind: Kind) -> &Table {
        let custom = || self.custom_tables.get(&kind).unwrap_or(&self.tables[Kind::ALL.len()]);
        kind.place().map_or_else(custom, |place| &self.tables[place])
    }

    fn table_mut(&mut self, kind: Kind) -> &mut Table {
        Rc::make_mut(match kind.place() {
            Some(place) => &mut self.tables[place],
            None => Rc::make_mut(&mut self.custom_tables).entry(kind).or_default(),
        })
    }

    /// The custom kinds are those that the definitions name now.
    fn learn_definition(&mut self, written: Kind) {
        if written == Kind::CustomResourceDefinition {
            self.custom_kinds = Rc::new(served(self.list(Kind::CustomResourceDefinition)));
        }
    }

    /// The kinds that definitions bring, in order.
    pub fn custom_kinds(&self) -> &[Kind] {
        &self.custom_kinds
    }

    /// The object at `key`.
    pub fn get(&self, key: &Key) -> Option<&Rc<Object>> {
        self.table(key.kind).get(&(key.namespace.clone(), key.name.clone()))
    }

    /// The object of `kind` called `name`; `namespace` counts only for kinds that have one.
    pub fn find(&self, kind: Kind, namespace: &Text, name: &Text) -> Option<&Rc<Object>> {
        let namespace = if kind.names().is_namespaced { namespace.clone() } else { Text::default() };
        self.table(kind).get(&(namespace, name.clone()))
    }

    /// The object at `key`.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn fetch(&self, key: &Key) -> Result<&Rc<Object>, ApiError> {
        self.get(key).ok_or_else(|| ApiError::NotFound { kind: key.kind, name: key.name.clone() })
    }

    /// All objects of a kind, in order of namespace and name.
    pub fn list(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Rc<Object>> {
        self.table(kind).values()
    }

    /// The number of objects of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.table(kind).len()
    }

    /// The objects of a kind in one namespace, in order of name.
    pub fn list_in<'a>(&'a self, kind: Kind, namespace: &'a str) -> impl Iterator<Item = &'a Rc<Object>> {
        let from = (Text::new(namespace), Text::default());
        self.table(kind).range(from..).take_while(move |((ns, _), _)| ns == namespace).map(|(_, o)| o)
    }

    /// The living object with this UID.
    pub fn by_uid(&self, uid: &Text) -> Option<&Rc<Object>> {
        self.by_uid.get(uid).and_then(|key| self.get(key))
    }

    /// The keys of the objects with an owner reference to this UID.
    pub fn dependents(&self, owner_uid: &Text) -> impl Iterator<Item = &Key> {
        self.dependents.get(owner_uid).into_iter().flatten()
    }

    /// What belongs to an object, of one kind.
    pub fn dependents_of<'a>(&'a self, owner: &Object, kind: Kind) -> impl Iterator<Item = &'a Rc<Object>> + use<'a> {
        let keys = self.dependents.get(&owner.meta.uid).into_iter().flatten();
        keys.filter(move |key| key.kind == kind).filter_map(|key| self.get(key))
    }

    /// The keys of the pods that are bound to a node, in order.
    pub fn pods_on<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Key> + Clone + use<'a> {
        self.pods.on_node(node)
    }

    /// The keys of the pods that use a claim, in order.
    pub fn pods_using<'a>(&'a self, claim: &Key) -> impl Iterator<Item = &'a Key> + Clone + use<'a> {
        self.pods.of_claim(claim)
    }

    /// The volumes that are kept for a claim, and not bound yet, in order of name.
    pub fn volumes_kept_for(&self, claim: &Key) -> impl Iterator<Item = &Rc<Object>> {
        self.volumes.kept_for(claim).filter_map(|key| self.get(key))
    }

    /// The volumes that are neither bound nor released nor kept for a claim, in order of name.
    pub fn free_volumes(&self) -> impl Iterator<Item = &Rc<Object>> {
        self.volumes.free().filter_map(|name| self.find(Kind::PersistentVolume, &Text::default(), name))
    }

    pub(super) fn pod_defaults(&self) -> PodDefaults {
        PodDefaults::clone(&self.pod_defaults)
    }

    /// A UID that was never used.
    pub fn new_uid(&mut self) -> Text {
        self.rng.uuid().into()
    }

    /// Puts objects where they were before anybody wrote: with the first version and a UID that depends on their names
    /// alone, and unheard.
    pub fn preset(&mut self, objects: Vec<Object>) {
        for mut object in objects {
            let seed =
                object.meta.name.bytes().fold(object.kind.place().unwrap_or(Kind::ALL.len()) as u64, |seed, byte| {
                    (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
                });
            object.meta.uid = Rng::new(seed).uuid().into();
            object.meta.resource_version = 1;
            object.meta.created = self.now;
            let key = object.key();
            Rc::make_mut(&mut self.by_uid).insert(object.meta.uid.clone(), key.clone());
            self.link(&object, &key);
            self.table_mut(key.kind).insert((key.namespace, key.name), Rc::new(object));
        }
    }

    /// Stores a new object as it is, with a UID (unless it brings one), a version and its time of creation.
    /// Admission, defaults and validation have happened before: see [`Cluster::create`].
    ///
    /// # Errors
    /// `AlreadyExists`.
    pub fn insert(&mut self, mut object: Object) -> Result<Rc<Object>, ApiError> {
        let key = object.key();
        if self.get(&key).is_some() {
            return Err(ApiError::AlreadyExists { kind: key.kind, name: key.name });
        }
        if object.meta.uid.is_empty() {
            object.meta.uid = self.new_uid();
        }
        object.meta.created = self.now;
        Ok(self.write(None, object))
    }

    /// Replaces a stored object as it is. Nothing is written if nothing differs.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if `object` carries another version than the stored one.
    pub fn replace(&mut self, mut object: Object) -> Result<Rc<Object>, ApiError> {
        let key = object.key();
        let old = Rc::clone(self.fetch(&key)?);
        if object.meta.resource_version == 0 {
            object.meta.resource_version = old.meta.resource_version;
        }
        if object.meta.resource_version != old.meta.resource_version {
            return Err(ApiError::Conflict { kind: key.kind, name: key.name, why: String::new() });
        }
        object.meta.status_at = old.meta.status_at;
        if *old == object {
            return Ok(old);
        }
        if old.body.get("status") != object.body.get("status") {
            object.meta.status_at = self.now;
        }
        let has_gone = object.meta.is_terminating()
            && object.meta.finalizers.is_empty()
            && object.meta.deletion_grace_period_seconds.unwrap_or(0) == 0
            && (key.kind != Kind::Namespace || object.list_at(&["spec", "finalizers"]).is_empty());
        if has_gone {
            return Ok(self.remove_with(old, object));
        }
        Ok(self.write(Some(old), object))
    }

    /// Takes an object out, whatever holds it. The log shows its last form.
    pub fn remove(&mut self, key: &Key) -> Option<Rc<Object>> {
        let old = Rc::clone(self.get(key)?);
        let last = Object::clone(&old);
        Some(self.remove_with(old, last))
    }

    fn remove_with(&mut self, old: Rc<Object>, mut last: Object) -> Rc<Object> {
        self.resource_version += 1;
        last.meta.resource_version = self.resource_version;
        let key = old.key();
        match key.kind {
            Kind::PersistentVolume => {
                self.disks.forget_volume(&key.name);
                self.volumes.update(&key, Some(&old), None);
            }
            Kind::Pod => {
                self.disks.forget_pod(&old.meta.uid);
                self.pods.update(&key, Some(&old), None);
            }
            _ => {}
        }
        self.unlink(&old);
        Rc::make_mut(&mut self.by_uid).remove(&old.meta.uid);
        self.table_mut(key.kind).remove(&(key.namespace, key.name));
        self.learn_definition(key.kind);
        let last = Rc::new(last);
        self.log(Verb::Deleted, Some(old), Rc::clone(&last));
        last
    }

    fn write(&mut self, old: Option<Rc<Object>>, mut object: Object) -> Rc<Object> {
        self.resource_version += 1;
        object.meta.resource_version = self.resource_version;
        let object = Rc::new(object);
        let key = object.key();
        match &old {
            Some(old) if old.meta.owner_references == object.meta.owner_references => {}
            Some(old) => {
                self.unlink(&Rc::clone(old));
                self.link(&object, &key);
            }
            None => {
                Rc::make_mut(&mut self.by_uid).insert(object.meta.uid.clone(), key.clone());
                self.link(&object, &key);
            }
        }
        match key.kind {
            Kind::Pod => self.pods.update(&key, old.as_deref(), Some(&object)),
            Kind::PersistentVolume => self.volumes.update(&key, old.as_deref(), Some(&object)),
            _ => {}
        }
        self.table_mut(key.kind).insert((key.namespace, key.name), Rc::clone(&object));
        self.learn_definition(key.kind);
        let verb = if old.is_some() { Verb::Modified } else { Verb::Added };
        self.log(verb, old, Rc::clone(&object));
        object
    }

    fn log(&mut self, verb: Verb, old: Option<Rc<Object>>, object: Rc<Object>) {
        self.changes.push(Change { resource_version: self.resource_version, at: self.now, verb, old, object });
    }

    fn link(&mut self, object: &Object, key: &Key) {
        for owner in object.meta.owner_references.iter() {
            let dependents = Rc::make_mut(&mut self.dependents);
            dependents.entry(owner.uid.clone()).or_default().insert(key.clone());
        }
    }

    fn unlink(&mut self, object: &Object) {
        let key = object.key();
        for owner in object.meta.owner_references.iter() {
            let dependents = Rc::make_mut(&mut self.dependents);
            if let Some(keys) = dependents.get_mut(&owner.uid) {
                keys.remove(&key);
                if keys.is_empty() {
                    dependents.remove(&owner.uid);
                }
            }
        }
    }
}
