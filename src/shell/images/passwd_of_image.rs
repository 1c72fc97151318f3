//! The users and groups that images have: the lists of their bases, and those of their servers.

use super::Image;

const DEBIAN: &str = "root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";
const DEBIAN_GROUPS: &str = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nnews:x:9:\nuucp:x:10:\nman:x:12:\nproxy:x:13:\nkmem:x:15:\ncdrom:x:24:\nsudo:x:27:\nwww-data:x:33:\nbackup:x:34:\noperator:x:37:\nlist:x:38:\nirc:x:39:\nshadow:x:42:\nvideo:x:44:\nstaff:x:50:\ngames:x:60:\nusers:x:100:\nnogroup:x:65534:\n";
const ALPINE: &str = "root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
news:x:9:13:news:/usr/lib/news:/sbin/nologin
uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
ftp:x:21:21::/var/lib/ftp:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
ntp:x:123:123:NTP:/var/empty:/sbin/nologin
guest:x:405:100:guest:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
";
const ALPINE_GROUPS: &str = "root:x:0:root\nbin:x:1:root,bin,daemon\ndaemon:x:2:root,bin,daemon\nsys:x:3:root,bin\nadm:x:4:root,daemon\ntty:x:5:\ndisk:x:6:root\nlp:x:7:lp\nkmem:x:9:\nwheel:x:10:root\nfloppy:x:11:root\nmail:x:12:mail\nnews:x:13:news\nuucp:x:14:uucp\ncron:x:16:cron\naudio:x:18:\ncdrom:x:19:\ndialout:x:20:root\nftp:x:21:\nsshd:x:22:\ninput:x:23:\ntape:x:26:root\nvideo:x:27:root\nnetdev:x:28:\nkvm:x:34:kvm\ngames:x:35:\nshadow:x:42:\nwww-data:x:82:\nusers:x:100:games\nntp:x:123:\nutmp:x:406:\nping:x:999:\nnogroup:x:65533:\nnobody:x:65534:\n";
const BUSYBOX: &str = "root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
";
const BUSYBOX_GROUPS: &str = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nkmem:x:9:\nwheel:x:10:root\ncdrom:x:11:\ndialout:x:18:\nfloppy:x:19:\nvideo:x:28:\naudio:x:29:\ntape:x:32:\nwww-data:x:33:\noperator:x:37:\nutmp:x:43:\nplugdev:x:46:\nstaff:x:50:\nlock:x:54:\nnetdev:x:82:\nusers:x:100:\nnobody:x:65534:\n";

impl Image {
    /// Users beside those of the base: name, number, group, home.
    fn own_users(&self) -> Vec<(String, i64, i64, String)> {
        let row = self.row.into_iter();
        let named = row.clone().flat_map(|row| row.names.iter().map(|user| (user.0, user.1, user.1, user.2)));
        let keeper = row.clone().filter_map(|row| row.keeper).map(|keeper| (keeper.0, keeper.1, keeper.1, ""));
        let (id, group) = self.user_numbers();
        let main = row.filter(|_| id != 0).filter_map(|_| Some((self.user_name()?, id, group, "")));
        let mut all: Vec<(String, i64, i64, String)> = Vec::new();
        for (name, id, group, home) in named.chain(keeper).chain(main) {
            if !all.iter().any(|user| user.0 == name) {
                let home = if home.is_empty() { format!("/home/{name}") } else { home.to_string() };
                all.push((name.to_string(), id, group, home));
            }
        }
        all
    }

    fn base_lists(&self) -> (&'static str, &'static str) {
        match self.row.map_or("", |row| row.base) {
            "busybox" => (BUSYBOX, BUSYBOX_GROUPS),
            _ if self.is_busybox => (ALPINE, ALPINE_GROUPS),
            _ => (DEBIAN, DEBIAN_GROUPS),
        }
    }

    /// The group of the user with this number, by its `/etc/passwd`; root's if it has no such user.
    pub fn group_of(&self, number: i64) -> i64 {
        let list = self.user_list();
        let users = list.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let mut fits = users.filter(|user| user.get(2).and_then(|text| text.parse().ok()) == Some(number));
        let group = fits.next().and_then(|user| user.get(3)?.parse().ok());
        group.filter(|_| self.is_known()).unwrap_or(0)
    }

    /// Its `/etc/passwd`.
    pub fn user_list(&self) -> String {
        let base = self.base_lists().0;
        let has = |name: &str| base.lines().any(|line| line.split(':').next() == Some(name));
        let shell = if self.is_busybox { "/sbin/nologin" } else { "/bin/sh" };
        let own = self.own_users().into_iter().filter(|user| !has(&user.0));
        let own: String =
            own.map(|(name, id, group, home)| format!("{name}:x:{id}:{group}::{home}:{shell}\n")).collect();
        format!("{base}{own}")
    }

    /// Its `/etc/group`.
    pub fn group_list(&self) -> String {
        let base = self.base_lists().1;
        let mut text = base.to_string();
        for (name, id, group, _) in self.own_users() {
            let is_own = id == group && !base.lines().any(|line| line.split(':').next() == Some(&name));
            if is_own {
                text.push_str(&format!("{name}:x:{group}:\n"));
            }
        }
        text
    }
}
