//! The files that the kubelet and the kernel make for a container: its name, `/etc/hosts`, `/etc/resolv.conf`, `/proc`.
//!
//! Follows pkg/kubelet/kubelet_pods.go (`managedHostsFileContent`) and pkg/kubelet/network/dns.

use super::container::Container;
use super::identifiers::hex_digits;
use super::language::limits::LIMITS;
use super::node_files::NODE_SERVER;
use super::ownership::capabilities;
use super::path_kind::is_endless;
use crate::cluster::dns::{Answer, QueryKind};
use crate::cluster::{Cluster, dns};
use crate::fnv::Fnv1a64;
use crate::model::{Millis, Quantity, Value};

/// The resolver's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// The addresses of the servers, in order.
    pub servers: Vec<String>,
    /// Where names are looked for, in order.
    pub searches: Vec<String>,
    /// Options with their values, as they are written.
    pub options: Vec<String>,
}

/// How much there is to read of what has no end, in bytes.
const DEVICE_BYTES: usize = 16 * 1024;

impl Resolver {
    /// Whether it asks the cluster's server, which alone knows the cluster's names.
    pub fn asks_cluster(&self) -> bool {
        self.servers.iter().any(|server| server == dns::SERVER)
    }

    /// How many dots make a name be tried as it is before the search path.
    fn dots(&self) -> usize {
        let written = self.options.iter().find_map(|option| option.strip_prefix("ndots:"));
        written.and_then(|dots| dots.parse().ok()).unwrap_or(1)
    }

    /// The file.
    pub fn text(&self) -> String {
        // The runtime writes them in this order.
        let mut text = String::new();
        if !self.searches.is_empty() {
            text.push_str(&format!("search {}\n", self.searches.join(" ")));
        }
        self.servers.iter().for_each(|server| text.push_str(&format!("nameserver {server}\n")));
        if !self.options.is_empty() {
            text.push_str(&format!("options {}\n", self.options.join(" ")));
        }
        text
    }
}

impl Container {
    fn is_on_host_network(&self) -> bool {
        self.pod.at(&["spec", "hostNetwork"]).and_then(Value::as_bool) == Some(true)
    }

    /// What `hostname` says.
    pub fn hostname(&self) -> String {
        let name = self.short_hostname();
        let wants_whole = self.pod.at(&["spec", "setHostnameAsFQDN"]).and_then(Value::as_bool) == Some(true);
        let is_own = !self.is_on_host_network() && self.pod.str_at(&["spec", "hostnameOverride"]).is_empty();
        if wants_whole && is_own { self.full_name_of(&name) } else { name }
    }

    /// Its host's name without a domain. Follows `GeneratePodHostNameAndDomain`.
    fn short_hostname(&self) -> String {
        let spec = |name: &str| self.pod.str_at(&["spec", name]);
        if self.is_on_host_network() && !spec("nodeName").is_empty() {
            return spec("nodeName").to_string();
        }
        let own = [spec("hostnameOverride"), spec("hostname"), &self.pod.meta.name];
        own.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_string()
    }

    /// The number at the end of its host's name, as of a set's pod; 0 without one.
    pub fn host_ordinal(&self) -> u32 {
        self.hostname().rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    fn full_name_of(&self, name: &str) -> String {
        match self.pod.str_at(&["spec", "subdomain"]) {
            "" => name.to_string(),
            subdomain => format!("{name}.{subdomain}.{}.svc.{}", self.namespace(), dns::ZONE),
        }
    }

    /// What `hostname -f` says.
    pub fn full_hostname(&self) -> String {
        let name = self.hostname();
        let has_own = !self.is_on_host_network() && self.pod.str_at(&["spec", "hostnameOverride"]).is_empty();
        if has_own && !name.contains('.') { self.full_name_of(&name) } else { name }
    }

    /// The names that the pod's specification gives to addresses: the address, then its names.
    pub fn host_aliases(&self) -> Vec<(String, Vec<String>)> {
        let aliases = self.pod.list_at(&["spec", "hostAliases"]).iter();
        let names = |alias: &Value| {
            alias.list_at(&["hostnames"]).iter().filter_map(Value::as_str).map(str::to_string).collect::<Vec<_>>()
        };
        aliases.map(|alias| (alias.str_at(&["ip"]).to_string(), names(alias))).collect()
    }

    /// The address that `/etc/hosts` gives to a name, beside its own.
    pub fn alias_address(&self, name: &str) -> Option<String> {
        self.host_aliases().into_iter().find(|(_, names)| names.iter().any(|known| known == name)).map(|it| it.0)
    }

    /// Asks for `name` as its programs do: by the search path. Gives the full name that exists and its answer.
    pub fn find_name(&self, cluster: &Cluster, name: &str, kind: QueryKind) -> Option<(String, Answer)> {
        let resolver = self.resolver();
        if !resolver.asks_cluster() {
            return None;
        }
        dns::candidates(&resolver.searches, resolver.dots(), name).into_iter().find_map(|full| {
            let answer = dns::query(cluster, &full, kind);
            answer.is_found().then_some((full, answer))
        })
    }

    fn hosts(&self) -> String {
        let (own, full) = (self.short_hostname(), self.full_hostname());
        let names = if full == own { full } else { format!("{full}\t{own}") };
        let place = if self.is_on_host_network() { " (host network)" } else { "" };
        let mut text = format!(
            "# Kubernetes-managed hosts file{place}.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{}\t{names}\n",
            self.ip()
        );
        let aliases = self.host_aliases();
        if !aliases.is_empty() {
            text.push_str("\n# Entries added by HostAliases.\n");
        }
        for (address, names) in aliases {
            text.push_str(&format!("{address}\t{}\n", names.join("\t")));
        }
        text
    }

    /// How its programs look up names: by the pod's policy, then with what its specification adds.
    /// Follows `GetPodDNS` and `appendDNSConfig`.
    pub fn resolver(&self) -> Resolver {
        let policy = self.pod.str_at(&["spec", "dnsPolicy"]);
        let is_nodes = policy == "Default" || self.is_on_host_network() && policy != "ClusterFirstWithHostNet";
        let text = |text: &str| text.to_string();
        let mut resolver = if policy == "None" {
            Resolver { servers: Vec::new(), searches: Vec::new(), options: Vec::new() }
        } else if is_nodes {
            Resolver { servers: vec![text(NODE_SERVER)], searches: Vec::new(), options: Vec::new() }
        } else {
            let searches = dns::search_path(self.namespace()).into_iter().collect();
            Resolver { servers: vec![text(dns::SERVER)], searches, options: vec![text("ndots:5")] }
        };
        let config = self.pod.at(&["spec", "dnsConfig"]).cloned().unwrap_or_default();
        let more = |name: &str| config.list_at(&[name]).iter().filter_map(Value::as_str).map(str::to_string);
        for (list, name) in [(&mut resolver.servers, "nameservers"), (&mut resolver.searches, "searches")] {
            for word in more(name) {
                if !list.contains(&word) {
                    list.push(word);
                }
            }
        }
        for option in config.list_at(&["options"]) {
            let (name, value) = (option.str_at(&["name"]), option.str_at(&["value"]));
            let word = if value.is_empty() { text(name) } else { format!("{name}:{value}") };
            match resolver.options.iter_mut().find(|old| old.split(':').next() == Some(name)) {
                Some(old) => *old = word,
                None => resolver.options.push(word),
            }
        }
        resolver
    }

    fn limit(&self, resource: &str) -> Option<Quantity> {
        Quantity::parse(self.field(&["resources", "limits", resource])?.as_str()?).ok()
    }

    /// `/proc/1/status`, as far as it tells what the first process may do.
    fn process_status(&self) -> String {
        let user = self.user();
        let own = capabilities(self.field(&["securityContext"]));
        let held = if user.id == 0 { own } else { 0 };
        let groups: String = user.more.iter().map(|group| format!("{group} ")).collect();
        let words = self.main_words().unwrap_or_else(|| vec![self.image.main_process().to_string()]);
        let name = words.first().map_or("", String::as_str).rsplit('/').next().unwrap_or("");
        format!(
            "Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nPPid:\t0\nUid:\t{0}\t{0}\t{0}\t{0}\nGid:\t{1}\t{1}\t{1}\t{1}\nGroups:\t{groups}\nCapInh:\t0000000000000000\nCapPrm:\t{held:016x}\nCapEff:\t{held:016x}\nCapBnd:\t{own:016x}\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\n",
            user.id, user.group
        )
    }

    /// So many letters that look like chance: they follow from the pod and the moment. All are below 128, so that they
    /// are a text as well.
    pub fn noise(&self, now: Millis, count: usize) -> String {
        let seed = format!("{}{}{}", self.pod.meta.uid, self.name, now.0);
        let mut state = Fnv1a64::of(seed.bytes());
        let one = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(u8::try_from(state >> 57).unwrap_or(0))
        };
        std::iter::repeat_with(one).take(count).collect()
    }

    /// So many bytes of a device that has no end; `None` for any other path.
    pub fn endless_bytes(&self, now: Millis, path: &str, count: usize) -> Option<String> {
        match path {
            "/dev/zero" => Some("\0".repeat(count)),
            path => is_endless(path).then(|| self.noise(now, count)),
        }
    }

    /// `/proc/mounts`.
    fn mount_table(&self) -> String {
        let mut text = "overlay / overlay rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n\
                        tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\n\
                        cgroup /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime 0 0\n\
                        shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0\n"
            .to_string();
        for mount in self.mounts().iter().rev().filter(|mount| !mount.is_device) {
            let access = if mount.is_read_only() { "ro" } else { "rw" };
            text.push_str(&match mount.is_memory {
                true => format!("tmpfs {} tmpfs {access},relatime 0 0\n", mount.path),
                false => format!("/dev/vda1 {} ext4 {access},relatime 0 0\n", mount.path),
            });
        }
        text
    }

    /// What the runtime makes of the files that are no program's own.
    pub(super) fn generated_file(&self, cluster: &Cluster, path: &str) -> Option<String> {
        Some(match path {
            "/dev/null" | "/dev/tty" | "/dev/full" | "/dev/stdin" | "/dev/stdout" | "/dev/stderr" => String::new(),
            path if ["/dev/fd/", "/proc/self/fd/", "/proc/1/fd/"].iter().any(|above| {
                path.strip_prefix(above).is_some_and(|number| matches!(number, "0" | "1" | "2"))
            }) =>
            {
                String::new()
            }
            "/proc/1/environ" | "/proc/self/environ" => {
                self.environment(cluster).iter().map(|(name, value)| format!("{name}={value}\0")).collect()
            }
            "/proc/mounts" | "/proc/1/mounts" | "/proc/self/mounts" => self.mount_table(),
            "/proc/self/cmdline" => "cat\0/proc/self/cmdline\0".to_string(),
            // As much of what has no end as somebody looks for.
            "/dev/zero" => "\0".repeat(LIMITS.program_output),
            path if is_endless(path) => self.noise(cluster.now(), DEVICE_BYTES),
            "/proc/1/status" | "/proc/self/status" => self.process_status(),
            "/proc/1/comm" | "/proc/self/comm" => {
                let words = self.main_words().unwrap_or_else(|| vec![self.image.main_process().to_string()]);
                let word = words.first().map_or("", String::as_str);
                format!("{}\n", word.rsplit('/').next().unwrap_or(word).split([' ', ':']).next().unwrap_or(""))
            }
            "/proc/1/cgroup" | "/proc/self/cgroup" => "0::/\n".to_string(),
            "/proc/version" => "Linux version 6.8.0 (builder@lab) (gcc 13.2.0) #1 SMP PREEMPT_DYNAMIC\n".to_string(),
            "/sys/fs/cgroup/memory.max" => match self.limit("memory") {
                Some(limit) => format!("{}\n", limit.value()),
                None => "max\n".to_string(),
            },
            "/sys/fs/cgroup/cpu.max" => match self.limit("cpu") {
                Some(limit) => format!("{} 100000\n", limit.milli_value().saturating_mul(100)),
                None => "max 100000\n".to_string(),
            },
            "/sys/fs/cgroup/memory.current" => "3670016\n".to_string(),
            "/proc/sys/kernel/hostname" => format!("{}\n", self.hostname()),
            "/proc/sys/vm/max_map_count" => "262144\n".to_string(),
            "/proc/sys/vm/swappiness" => "60\n".to_string(),
            "/proc/sys/net/core/somaxconn" => "4096\n".to_string(),
            "/proc/sys/fs/file-max" => "9223372036854775807\n".to_string(),
            "/proc/sys/kernel/osrelease" => "6.8.0\n".to_string(),
            "/proc/cpuinfo" => "processor\t: 0\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\n\nprocessor\t: 1\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\n".to_string(),
            "/proc/meminfo" => "MemTotal:        8131072 kB\nMemFree:         4265344 kB\nMemAvailable:    6215168 kB\n".to_string(),
            "/proc/loadavg" => "0.05 0.03 0.00 1/120 12\n".to_string(),
            "/proc/uptime" => format!("{}.00 0.00\n", (cluster.now() - self.started).whole_seconds()),
            "/proc/1/cmdline" => {
                let words = self.main_words().unwrap_or_else(|| vec![self.image.main_process().to_string()]);
                words.iter().map(|word| format!("{word}\0")).collect()
            }
            "/var/run/secrets/kubernetes.io/serviceaccount/namespace" => self.namespace().to_string(),
            "/etc/passwd" => self.image.user_list(),
            "/etc/group" => self.image.group_list(),
            "/etc/hostname" => format!("{}\n", self.hostname()),
            "/etc/hosts" => self.hosts(),
            "/etc/resolv.conf" => self.resolver().text(),
            "/proc/sys/kernel/random/uuid" => self.random_id(&format!("{}", cluster.now().0)),
            "/proc/sys/kernel/random/boot_id" => self.random_id(""),
            path => return KERNEL_TEXTS.iter().find(|(place, _)| *place == path).map(|(_, text)| text.to_string()),
        })
    }

    /// A UUID that follows from the pod, the container and `seed`.
    fn random_id(&self, seed: &str) -> String {
        let digits = hex_digits(&format!("{}{}{seed}", self.pod.meta.uid, self.name), 32);
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
        format!("{}-{}-4{}-a{}-{}\n", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }
}

/// What the kernel says that is the same in every container.
const KERNEL_TEXTS: &[(&str, &str)] = &[
    (
        "/proc/net/dev",
        "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n  eth0:    1516      18    0    0    0     0          0         0     1146      15    0    0    0     0       0          0\n",
    ),
    (
        "/proc/net/tcp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
    ),
    (
        "/proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             unlimited            unlimited            processes \nMax open files            1048576              1048576              files     \n",
    ),
    (
        "/proc/stat",
        "cpu  4705 150 1120 16250 520 0 175 0 0 0\ncpu0 2350 75 560 8125 260 0 88 0 0 0\ncpu1 2355 75 560 8125 260 0 87 0 0 0\n",
    ),
    ("/proc/sys/net/ipv4/ip_forward", "1\n"),
    ("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n"),
];
