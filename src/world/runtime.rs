//! The physical world that the API does not show: machines that stand still, processes that a user ends or breaks,
//! slow storage. Knows no controller.

use super::orders::{Order, Reply, Run};
use crate::model::{Key, Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// Something that happens to the machines or processes, to be taken up by the kubelet or the node controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuntimeEvent {
    /// A container's process ends with this exit code.
    EndContainer {
        /// The pod.
        pod: Key,
        /// The container's name.
        container: Text,
        /// The exit code.
        exit_code: i64,
    },
    /// A container's process ended by itself or on its stop signal.
    Ended {
        /// Which life of which container.
        run: Run,
        /// The exit code.
        code: i64,
        /// Whether it was ended for using too much memory.
        is_oom: bool,
        /// What it left as its last words: the file at `terminationMessagePath`, or the log's end if that is asked for.
        message: Text,
    },
    /// A container's process could not begin.
    StartFailed {
        /// Which life of which container.
        run: Run,
        /// The runtime's words.
        message: Text,
    },
    /// A question was answered.
    Answered {
        /// The container.
        run: Run,
        /// Which question.
        number: u64,
        /// The answer.
        reply: Reply,
        /// Whether it stays the same until `LookAtPod` says otherwise, so that nobody need ask again.
        is_steady: bool,
    },
    /// What a pod's processes answer may have changed.
    LookAtPod(Key),
    /// A machine stopped or started, or its kubelet alone.
    LookAtNode {
        /// The machine.
        node: Text,
        /// Whether only the kubelet was away: what runs in the containers went on.
        is_kubelet_alone: bool,
    },
    /// Something was written to the disks.
    LookAtDisks,
    /// A machine runs short of something, or has enough of it again.
    LookAtResources(Text),
}

/// A machine that stands still, or whose kubelet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Whether only the kubelet stands still: the containers go on.
    pub is_kubelet_alone: bool,
    /// Since when.
    pub since: Millis,
}

/// What a machine is short of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shortage {
    /// Memory.
    pub memory: bool,
    /// Disk space.
    pub disk: bool,
}

/// A drain that a client refused to begin: the machine is closed, and its pods stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusedDrain {
    /// The UID of the node's object.
    pub node_uid: Text,
    /// The options that were written, as they are typed again.
    pub options: Vec<Text>,
    /// The pods that a DaemonSet keeps, if they may not be left there.
    pub daemons: Vec<Key>,
    /// The pods whose data goes with them, if it may not.
    pub local: Vec<Key>,
    /// The pods that no controller would make anew, if they may not go for good.
    pub bare: Vec<Key>,
}

/// What a user broke in the pods of one name, whatever pod object stands behind the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakage {
    /// Every start of its containers ends with exit code 1.
    pub crashes: bool,
    /// It does not answer its readiness probe.
    pub is_unready: bool,
    /// It answers no probe at all.
    pub hangs: bool,
}

/// What the registry and the machines know of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageProfile {
    /// How long a pull takes, or takes to fail.
    pub takes: Millis,
    /// Why it cannot be pulled, in the runtime's words.
    pub refuses: Option<Text>,
    /// The user that it names: a number or a name; empty for root.
    pub user: Text,
    /// Why no container can be made from it.
    pub create_error: Option<Text>,
    /// Why its process cannot begin.
    pub start_error: Option<Text>,
    /// Whether every machine has it, although nobody pulled it.
    pub is_present: bool,
}

/// The ConfigMaps and Secrets behind a volume as they were when its files were written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// When the volume was mounted. A file that is mounted alone (`subPath`) stays like this.
    pub first: Vec<Rc<Object>>,
    /// When the kubelet wrote the files last.
    pub latest: Vec<Rc<Object>>,
    /// When that was.
    pub at: Millis,
}

/// One life of a container as its programs and its neighbours see it.
#[derive(Clone, Debug)]
pub struct Life {
    /// How many lives came before.
    pub number: i64,
    /// When it began.
    pub started: Millis,
    /// The pod's address.
    pub ip: Text,
    /// The environment of its programs, fixed when it began.
    pub environment: Rc<Vec<(String, String)>>,
    /// What it began with: the words of `command` and of `args`, expanded.
    pub command: Rc<[Vec<String>; 2]>,
    /// Since when its server listens; none if no server runs.
    pub serves_since: Option<Millis>,
    /// Whether the server is its first process, as what a script has put in its own place is.
    pub server_is_first: bool,
    /// What its programs listen on beside the image's server.
    pub listeners: Rc<Vec<Listener>>,
}

/// A port that a program has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The port's number.
    pub port: i64,
    /// The directory whose files it shows over HTTP, if it does.
    pub root: Option<Text>,
    /// The command that answers, if another than the one that listens does.
    pub command: Option<Text>,
    /// Whether it is open for its own pod alone.
    pub is_inside_alone: bool,
}

/// The state of machines, processes and storage backends.
#[derive(Clone, Debug, Default)]
pub struct Runtime {
    lives: Rc<SharedMap<(Text, Text), Life>>,
    assumed: Rc<SharedMap<(Text, Text), Text>>,
    awaited: Rc<SharedSet<(Text, Text)>>,
    stopped: Rc<SharedMap<Text, Stopped>>,
    images: Rc<SharedMap<Text, SharedSet<Text>>>,
    broken: Rc<SharedMap<Key, Breakage>>,
    short: Rc<SharedMap<Text, Shortage>>,
    slow_provisioning: Option<Millis>,
    loads: Rc<SharedMap<Key, i64>>,
    lease_renewal: Millis,
    events: Vec<RuntimeEvent>,
    profiles: Rc<SharedMap<Text, ImageProfile>>,
    written: Rc<SharedMap<(Text, Text), Rc<Written>>>,
    orders: Vec<Order>,
    connections: u64,
    server_ends: Vec<(Text, Text, i64)>,
    refused_drains: Rc<SharedMap<Text, RefusedDrain>>,
}

impl Runtime {
    /// Since when a machine stands still; `None` while it runs.
    pub fn stopped(&self, node: &str) -> Option<Stopped> {
        self.stopped.get(node).copied()
    }

    /// Switches a machine or its kubelet off, or on again.
    pub fn set_stopped(&mut self, node: &Text, stopped: Option<Stopped>) {
        let table = Rc::make_mut(&mut self.stopped);
        let old = match stopped {
            Some(stopped) => table.insert(node.clone(), stopped),
            None => table.remove(node.as_str()),
        };
        let is_kubelet_alone = stopped.or(old).is_some_and(|it| it.is_kubelet_alone);
        self.post(RuntimeEvent::LookAtNode { node: node.clone(), is_kubelet_alone });
    }

    /// Says how often machines renew their leases.
    pub fn set_lease_renewal(&mut self, period: Millis) {
        self.lease_renewal = period;
    }

    /// When a machine renewed its lease last, seen from `now`.
    pub fn last_heartbeat(&self, node: &str, now: Millis) -> Millis {
        let alive = self.stopped(node).map_or(now, |stopped| stopped.since.min(now));
        let period = self.lease_renewal.0.max(1);
        Millis(alive.0.div_euclid(period) * period)
    }

    /// Whether somebody talks to a container, by its pod's UID and its name, as soon as it runs.
    pub fn is_awaited(&self, uid: &Text, container: &Text) -> bool {
        self.awaited.contains(&(uid.clone(), container.clone()))
    }

    /// Says that somebody talks to a container as soon as it runs, or no longer waits for it.
    pub fn set_awaited(&mut self, uid: &Text, container: &Text, is_awaited: bool) {
        let place = (uid.clone(), container.clone());
        match is_awaited {
            true => _ = Rc::make_mut(&mut self.awaited).insert(place),
            false if self.awaited.contains(&place) => _ = Rc::make_mut(&mut self.awaited).remove(&place),
            false => {}
        }
    }

    /// Whether a machine holds an image.
    pub fn has_image(&self, node: &str, image: &str) -> bool {
        self.images.get(node).is_some_and(|images| images.contains(image))
    }

    /// Remembers that a machine holds an image.
    pub fn add_image(&mut self, node: &Text, image: &Text) {
        if !self.has_image(node, image) {
            Rc::make_mut(&mut self.images).entry(node.clone()).or_default().insert(image.clone());
        }
    }

    /// What was written into a volume: by its pod's UID and its name. `None` if nobody keeps the files from changing.
    pub fn written(&self, pod_uid: &Text, volume: &Text) -> Option<&Rc<Written>> {
        self.written.get(&(pod_uid.clone(), volume.clone()))
    }

    /// Writes a volume's files from the objects behind it.
    pub fn write_volume(&mut self, pod_uid: &Text, volume: &Text, sources: Vec<Rc<Object>>, at: Millis) {
        let place = (pod_uid.clone(), volume.clone());
        let first = self.written.get(&place).map_or_else(|| sources.clone(), |written| written.first.clone());
        let written = Written { first, latest: sources, at };
        Rc::make_mut(&mut self.written).insert(place, Rc::new(written));
    }

    /// Forgets a volume of a pod that is gone.
    pub fn forget_volume(&mut self, pod_uid: &Text, volume: &Text) {
        let place = (pod_uid.clone(), volume.clone());
        if self.written.get(&place).is_some() {
            Rc::make_mut(&mut self.written).remove(&place);
        }
    }

    /// How many connections were made so far: each is drawn anew.
    pub fn connections(&self) -> u64 {
        self.connections
    }

    /// A connection is made.
    pub fn count_connection(&mut self) {
        self.connections += 1;
    }

    /// What is known of an image, if anything is.
    pub fn image(&self, image: &str) -> Option<&ImageProfile> {
        self.profiles.get(image)
    }

    /// Makes an image known.
    pub fn set_image(&mut self, image: &Text, profile: ImageProfile) {
        Rc::make_mut(&mut self.profiles).insert(image.clone(), profile);
    }

    /// What is broken in the pods of this name.
    pub fn breakage(&self, pod: &Key) -> Breakage {
        self.broken.get(pod).copied().unwrap_or_default()
    }

    /// Breaks or mends the pods of this name.
    pub fn set_breakage(&mut self, pod: &Key, breakage: Breakage) {
        let table = Rc::make_mut(&mut self.broken);
        if breakage == Breakage::default() {
            table.remove(pod)
        } else {
            table.insert(pod.clone(), breakage)
        };
        self.post(RuntimeEvent::LookAtPod(pod.clone()));
    }

    /// What a machine is short of.
    pub fn shortage(&self, node: &str) -> Shortage {
        self.short.get(node).copied().unwrap_or_default()
    }

    /// Makes a machine short of something, or gives it enough again.
    pub fn set_shortage(&mut self, node: &Text, shortage: Shortage) {
        Rc::make_mut(&mut self.short).insert(node.clone(), shortage);
        self.post(RuntimeEvent::LookAtResources(node.clone()));
    }

    /// The drain of a machine that was refused last, if none has begun since and the machine was closed ever since.
    pub fn refused_drain(&self, node: &str) -> Option<&RefusedDrain> {
        self.refused_drains.get(node)
    }

    /// Remembers that a drain was refused, or forgets it.
    pub fn set_refused_drain(&mut self, node: &Text, refused: Option<RefusedDrain>) {
        match refused {
            Some(refused) => _ = Rc::make_mut(&mut self.refused_drains).insert(node.clone(), refused),
            None if self.refused_drains.contains_key(node.as_str()) => {
                _ = Rc::make_mut(&mut self.refused_drains).remove(node.as_str());
            }
            None => {}
        }
    }

    /// What the pods of a workload have to do together, in percent of what one of them asked for; `None` if nobody
    /// measures it.
    pub fn load(&self, target: &Key) -> Option<i64> {
        self.loads.get(target).copied()
    }

    /// Says what the pods of a workload have to do together.
    pub fn set_load(&mut self, target: &Key, load: Option<i64>) {
        let loads = Rc::make_mut(&mut self.loads);
        match load {
            Some(load) => _ = loads.insert(target.clone(), load),
            None => _ = loads.remove(target),
        }
    }

    /// How long provisioners take instead of their usual time.
    pub fn slow_provisioning(&self) -> Option<Millis> {
        self.slow_provisioning
    }

    /// Makes provisioners slow, or as fast as usual again.
    pub fn set_slow_provisioning(&mut self, delay: Option<Millis>) {
        self.slow_provisioning = delay;
    }

    /// Lets a container's process end, as `kill` inside it or the end of its terminal does.
    pub fn end_container(&mut self, pod: &Key, container: &str, exit_code: i64) {
        self.post(RuntimeEvent::EndContainer { pod: pod.clone(), container: Text::new(container), exit_code });
    }

    /// A server ends that is not its container's first process: by its pod's UID and its container's name.
    pub fn end_server(&mut self, uid: &Text, container: &Text, exit_code: i64) {
        self.server_ends.push((uid.clone(), container.clone(), exit_code));
    }

    /// Another server begins before that of this container has gone that was ended.
    pub fn forget_server_end(&mut self, uid: &Text, container: &Text) {
        self.server_ends.retain(|end| (&end.0, &end.1) != (uid, container));
    }

    /// Takes the servers that were ended since the last call.
    pub fn take_server_ends(&mut self) -> Vec<(Text, Text, i64)> {
        std::mem::take(&mut self.server_ends)
    }

    /// The present life of a container, by its pod's UID and its name.
    pub fn life(&self, uid: &Text, container: &Text) -> Option<&Life> {
        self.lives.get(&(uid.clone(), container.clone()))
    }

    /// Says how a container lives, or that it does not.
    pub fn set_life(&mut self, uid: &Text, container: &Text, life: Option<Life>) {
        let lives = Rc::make_mut(&mut self.lives);
        let key = (uid.clone(), container.clone());
        match life {
            Some(life) => _ = lives.insert(key, life),
            None => _ = lives.remove(&key),
        }
    }

    /// What a container was to run that nobody here can run, by its pod's UID and its name.
    pub fn assumed(&self, uid: &Text, container: &Text) -> Option<&Text> {
        self.assumed.get(&(uid.clone(), container.clone()))
    }

    /// Remembers what was taken for granted of a container, or forgets it with its pod.
    pub fn note_assumed(&mut self, uid: &Text, container: &Text, what: Option<&str>) {
        let key = (uid.clone(), container.clone());
        if self.assumed.get(&key).map(Text::as_str) == what {
            return;
        }
        let table = Rc::make_mut(&mut self.assumed);
        match what {
            Some(what) => _ = table.insert(key, Text::new(what)),
            None => _ = table.remove(&key),
        }
    }

    /// Gives an order to the processes.
    pub fn order(&mut self, order: Order) {
        self.orders.push(order);
    }

    /// Takes the orders since the last call, oldest first.
    pub fn take_orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// Leaves word for the kubelet or the node controller.
    pub fn post(&mut self, event: RuntimeEvent) {
        self.events.push(event);
    }

    /// Takes what was left since the last call, oldest first.
    pub fn take_events(&mut self) -> Vec<RuntimeEvent> {
        std::mem::take(&mut self.events)
    }

    /// Whether somebody left word.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }
}
