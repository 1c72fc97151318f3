//! Users and groups of containers: as whom programs run, and what they may read and write.

use super::images::Image;
use crate::model::{Object, Value};
use crate::ordering::Order;
use crate::world::disk::Owner;

/// As whom a container's programs run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The user's number.
    pub id: i64,
    /// The number of the first group.
    pub group: i64,
    /// The other groups, in order.
    pub more: Vec<i64>,
    /// The group that the pod's volumes are given to.
    pub volume_group: Option<i64>,
    /// Which bits new files lack, if that was changed.
    pub umask: Option<u16>,
    /// What it may not do although it is root: capabilities that were taken from it.
    pub lacks: Lacks,
}

/// The kernel's capabilities, by their numbers.
const CAPABILITIES: &[&str] = &[
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];
/// What a runtime gives a container that asks for nothing.
const USUAL_CAPABILITIES: u64 = 0xa804_25fb;

/// The bit of a capability.
pub(super) fn capability(name: &str) -> Option<u64> {
    CAPABILITIES.iter().position(|known| *known == name).map(|at| 1_u64 << at)
}

/// What a container may do, as a mask of capabilities.
pub(super) fn capabilities(context: Option<&Value>) -> u64 {
    let all = (1_u64 << CAPABILITIES.len()) - 1;
    let Some(context) = context else { return USUAL_CAPABILITIES };
    if context.at(&["privileged"]).and_then(Value::as_bool) == Some(true) {
        return all;
    }
    let mask = |list: &str| {
        let names = context.list_at(&["capabilities", list]).iter().filter_map(Value::as_str);
        names.fold(0_u64, |mask, name| {
            let name = name.trim_start_matches("CAP_").to_uppercase();
            let one = CAPABILITIES.iter().position(|known| *known == name).map_or(0, |at| 1_u64 << at);
            mask | if name == "ALL" { all } else { one }
        })
    };
    (USUAL_CAPABILITIES & !mask("drop")) | mask("add")
}

/// Which of root's powers over files were taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Giving files to others (`CHOWN`).
    pub chown: bool,
    /// Reading and writing in spite of permissions (`DAC_OVERRIDE`).
    pub every_file: bool,
    /// Changing the permissions of others' files (`FOWNER`).
    pub foreign: bool,
    /// Becoming another user (`SETUID`, `SETGID`).
    pub user_change: bool,
}

impl Lacks {
    /// What a mask of capabilities leaves out.
    pub fn of(mask: u64) -> Lacks {
        Lacks {
            chown: mask & 1 == 0,
            every_file: mask & 2 == 0,
            foreign: mask & 8 == 0,
            user_change: mask & 0xc0 != 0xc0,
        }
    }

    const NOTHING: Lacks = Lacks { chown: false, every_file: false, foreign: false, user_change: false };
}

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its text is read.
    Read,
    /// It is written, or something in it made or taken away.
    Write,
}

/// The names of users and groups: those of every system, and those of servers' images.
const NAMES: &[(&str, i64)] =
    &[("root", 0), ("bin", 1), ("daemon", 2), ("wheel", 10), ("www-data", 33), ("nogroup", 65534), ("nobody", 65534)];

/// The number of a user or group that is named or numbered; servers' own users have the number that their images give
/// to the first one.
pub fn number_of(name: &str) -> i64 {
    let known = NAMES.iter().find(|known| known.0 == name).map(|known| known.1);
    known.or_else(|| name.parse().ok()).unwrap_or(match name {
        "nginx" => 101,
        "vault" | "consul" => 100,
        "zookeeper" | "elasticsearch" | "appuser" => 1000,
        "grafana" => 472,
        _ => 999,
    })
}

/// The name of a user or group, or its number if it has none here.
pub fn name_of(number: i64, is_group: bool) -> String {
    match (number, is_group) {
        (65534, true) => "nogroup".to_string(),
        _ => known_name(number).map_or_else(|| number.to_string(), str::to_string),
    }
}

/// The name of a user that every system has.
pub fn known_name(number: i64) -> Option<&'static str> {
    NAMES.iter().rev().find(|known| known.1 == number).map(|known| known.0)
}

impl User {
    /// Who may do everything.
    pub const ROOT: User =
        User { id: 0, group: 0, more: Vec::new(), volume_group: None, umask: None, lacks: Lacks::NOTHING };

    /// The same with a mask for what it makes.
    pub fn with_umask(&self, umask: u16) -> User {
        User { umask: Some(umask), ..self.clone() }
    }

    /// By the security context of a container and its pod; else the image's own, as far as it is known.
    pub fn of(pod: &Object, container: &Value, image: &Image) -> User {
        let own = container.get("securityContext").cloned().unwrap_or_default();
        let pods = pod.at(&["spec", "securityContext"]).cloned().unwrap_or_default();
        let number = |name: &str| own.i64_at(&[name]).or_else(|| pods.i64_at(&[name]));
        let (user, first) = if number("runAsUser").is_some() { (0, 0) } else { image.user_numbers() };
        let id = number("runAsUser").unwrap_or(user);
        // The group of a user that the image knows is that user's.
        let first = if number("runAsUser").is_some() { image.group_of(id) } else { first };
        let group = number("runAsGroup").unwrap_or(first);
        let volume_group = pods.i64_at(&["fsGroup"]);
        let mut more: Vec<i64> = pods.list_at(&["supplementalGroups"]).iter().filter_map(Value::as_i64).collect();
        more.extend(volume_group);
        more.retain(|other| *other != group);
        more.order_by_key(|group| *group);
        more.dedup();
        let lacks = Lacks::of(capabilities(container.get("securityContext")));
        User { id, group, more, volume_group, umask: None, lacks }
    }

    /// Whether it may give what belongs to one owner to another, or change its permissions.
    pub fn may_give(&self, old: Owner, new: Owner) -> bool {
        let changes_owner = (old.user, old.group) != (new.user, new.group);
        let is_own = old.user == self.id;
        match self.id {
            0 => !(changes_owner && self.lacks.chown) && (is_own || !self.lacks.foreign),
            // One's own files may go to another of one's own groups.
            _ => {
                is_own
                    && old.user == new.user
                    && (new.group == self.group || self.more.contains(&new.group) || !changes_owner)
            }
        }
    }

    /// Whether it may read or write what belongs to `owner`.
    pub fn may(&self, owner: Owner, access: Access) -> bool {
        self.id == 0 && !self.lacks.every_file || self.has_bit(owner, if access == Access::Read { 4 } else { 2 })
    }

    fn has_bit(&self, owner: Owner, bit: u16) -> bool {
        let shift = if owner.user == self.id {
            6
        } else if owner.group == self.group || self.more.contains(&owner.group) {
            3
        } else {
            0
        };
        (owner.mode >> shift) & bit != 0
    }

    /// Whether it may run a file that belongs to `owner`; root may what anybody may.
    pub fn may_run(&self, owner: Owner) -> bool {
        if self.id == 0 { owner.mode & 0o111 != 0 } else { self.has_bit(owner, 1) }
    }

    /// Whether it may take away what belongs to `owner` from a directory, where that lets everybody take away only what
    /// is his.
    pub fn may_take(&self, directory: Owner, owner: Owner) -> bool {
        directory.mode & 0o1000 == 0 || [0, owner.user, directory.user].contains(&self.id)
    }

    /// Whose something is that it makes in a directory.
    pub fn makes(&self, directory: Owner, is_directory: bool) -> Owner {
        let hands_on = directory.mode & 0o2000 != 0;
        let group = if hands_on { directory.group } else { self.group };
        let usual = if is_directory { 0o777 } else { 0o666 } & !self.umask.unwrap_or(0o022);
        let mode = usual | if is_directory && hands_on { 0o2000 } else { 0 };
        Owner { user: self.id, group, mode }
    }

    /// The owner of a volume's root, once it is given to the pod's group. Follows `SetVolumeOwnership`.
    pub fn root_of(&self, owner: Owner, is_given: bool) -> Owner {
        match self.volume_group.filter(|_| is_given) {
            Some(group) => Owner { group, mode: owner.mode | 0o2770, ..owner },
            None => owner,
        }
    }
}

/// Whose something in an image is. Of an image's own directories it is not known: there everybody may write.
pub fn of_image(path: &str, is_directory: bool) -> Owner {
    const SYSTEM: &[&str] = &[
        "/", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/sbin",
        "/srv", "/sys", "/usr", "/var", "/var/lib",
    ];
    match (path, is_directory) {
        ("/tmp" | "/var/tmp" | "/dev/shm" | "/run/lock", true) => Owner::root(0o1777),
        ("/root", true) => Owner::root(0o700),
        (_, true) if SYSTEM.contains(&path) || path.starts_with("/usr/") || path.starts_with("/etc/") => {
            Owner::root(0o755)
        }
        (_, true) => Owner::root(0o777),
        ("/dev/null" | "/dev/zero" | "/dev/tty" | "/dev/random" | "/dev/urandom" | "/dev/termination-log", _) => {
            Owner::root(0o666)
        }
        _ if path.starts_with("/etc/") || path.starts_with("/usr/") || path.starts_with("/proc/") => Owner::root(0o644),
        _ => Owner::root(0o666),
    }
}

/// Permissions as `ls -l` writes them.
pub fn mode_text(mode: u16, kind: char) -> String {
    let mut text = String::from(kind);
    for (shift, special, set) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => set.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// The permissions that `chmod` makes of the old ones: `755`, `u+x,g-w`, `a=r`; `None` if it does not understand.
pub fn changed_mode(old: u16, change: &str, is_directory: bool) -> Option<u16> {
    if change.bytes().all(|byte| byte.is_ascii_digit()) {
        return u16::from_str_radix(change, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    let mut mode = old;
    for part in change.split(',') {
        let place = part.find(['+', '-', '='])?;
        let (who, rest) = part.split_at(place);
        let mut whom = 0;
        for c in who.chars() {
            whom |= match c {
                'u' => 0o4700,
                'g' => 0o2070,
                'o' => 0o0007,
                'a' => 0o6777,
                _ => return None,
            };
        }
        if who.is_empty() {
            whom = 0o6755;
        }
        let (sign, what) = rest.split_at(1);
        let mut bits = 0;
        for c in what.chars() {
            bits |= match c {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if is_directory || old & 0o111 != 0 => 0o111,
                'X' => 0,
                's' => 0o6000,
                't' => 0o1000,
                _ => return None,
            };
        }
        let bits = bits & (whom | 0o1000);
        match sign {
            "+" => mode |= bits,
            "-" => mode &= !bits,
            _ => mode = mode & !(whom & 0o777) | bits,
        }
    }
    Some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_change_as_chmod_says() {
        let text = |mode: u16| mode_text(mode, '-');
        assert_eq!(text(changed_mode(0o644, "u+x", false).unwrap()), "-rwxr--r--");
        assert_eq!(text(changed_mode(0o644, "+x", false).unwrap()), "-rwxr-xr-x");
        assert_eq!(text(changed_mode(0o644, "go-r,u=rw", false).unwrap()), "-rw-------");
        assert_eq!(text(changed_mode(0o755, "g+s", true).unwrap()), "-rwxr-sr-x");
        assert_eq!(text(changed_mode(0, "1777", true).unwrap()), "-rwxrwxrwt");
        assert_eq!(changed_mode(0, "u+q", false), None);
    }

    #[test]
    fn groups_count() {
        let user = User { id: 1000, group: 3000, more: vec![2000], volume_group: Some(2000), ..User::ROOT };
        assert!(user.may(Owner { user: 0, group: 2000, mode: 0o2775 }, Access::Write));
        assert!(!user.may(Owner::root(0o755), Access::Write));
        assert!(!user.may(Owner::root(0o400), Access::Read));
        assert!(User::ROOT.may(Owner { user: 5, group: 5, mode: 0 }, Access::Write));
    }

    #[test]
    fn root_without_its_capabilities_gives_nothing_away() {
        let user = User { lacks: Lacks::of(0), ..User::ROOT };
        let (own, other) = (Owner::root(0o644), Owner { user: 5, group: 5, mode: 0o600 });
        assert!(!user.may_give(own, other) && !user.may(other, Access::Read));
        assert!(user.may_give(own, Owner::root(0o600)) && !user.may_give(other, Owner { mode: 0o644, ..other }));
        assert!(User::ROOT.may_give(own, other));
    }
}
