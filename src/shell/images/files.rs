//! The files that images bring: releases, configurations, pages.

use super::Image;
use super::table::{Data, Family, Mark, Place};

impl Image {
    /// The files that its server makes at its start, with their texts.
    pub fn writes(&self) -> &'static [(&'static str, &'static str)] {
        self.row.map_or(&[], |row| &row.writes)
    }

    /// What its server keeps, and where.
    pub fn data(&self) -> &'static [Data] {
        self.row.map_or(&[], |row| &row.data)
    }

    /// The text of a file that its server keeps, if that is known.
    pub fn data_text(&self, name: &str) -> Option<&'static str> {
        self.row?.data_texts.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// Where its entrypoint looks for scripts, whether for its server's first start alone, and what it says of each.
    pub fn scripts(&self) -> Option<(&'static str, bool, &'static str)> {
        self.row.filter(|_| self.is_makers_own())?.scripts
    }

    /// The files of settings that its server reads by itself; `/` at the end: all in a folder.
    pub fn reads(&self) -> &'static [&'static str] {
        self.row.map_or(&[], |row| &row.reads)
    }

    /// Capabilities without which root's server does not begin, with what it says. `by_entrypoint`: whether its entrypoint
    /// begins it, which gives root away.
    pub fn needs(&self, by_entrypoint: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
        let rows = self.row.filter(|_| self.is_makers_own()).map_or(&[][..], |row| &row.needs);
        let first = |version: &str| version.split('.').next().and_then(|first| first.parse::<u64>().ok());
        let own = first(&self.full_version());
        // Builds on Alpine have another program for that.
        let by_entrypoint = by_entrypoint && !self.is_busybox;
        rows.iter().filter_map(move |(words, text)| {
            let mut words = words.split(' ');
            let name = words.next()?;
            let holds = words.all(|word| match word.strip_prefix('<') {
                Some(version) => own < first(version),
                None => word != "by-entrypoint" || by_entrypoint,
            });
            holds.then_some((name, *text))
        })
    }

    /// What its server makes on its root file system, with what it says where that is read-only.
    pub fn opens(&self) -> &'static [(&'static str, &'static str)] {
        self.row.filter(|_| self.is_makers_own()).map_or(&[], |row| &row.opens)
    }

    /// What its server says when root runs it, if it does not begin so.
    pub fn not_root(&self) -> Option<&'static str> {
        self.row.filter(|_| self.is_makers_own()).map(|row| row.not_root).filter(|text| !text.is_empty())
    }

    /// What is there while its server runs, and where.
    pub fn marks(&self) -> &'static [(Mark, Place)] {
        self.row.filter(|_| !self.is_repackaged).map_or(&[], |row| &row.marks)
    }

    /// The number of the user whose its server's data are, and the permissions of their folder.
    pub fn keeper(&self) -> Option<(i64, u16)> {
        self.row?.keeper.map(|keeper| (keeper.1, keeper.2))
    }

    /// The options and settings that name the file that its server's log goes to.
    pub fn log_file(&self) -> &'static [&'static str] {
        self.row.map_or(&[], |row| &row.log_file)
    }

    /// Whether `service` knows its server by this name.
    pub fn has_service(&self, name: &str) -> bool {
        self.row.is_some_and(|row| row.services.contains(&name))
    }

    /// Whether it has a folder, or one that is above one of its own.
    pub fn has_folder(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let mut all = self.row.into_iter().flat_map(|row| row.folders.iter().chain(&row.empty));
        all.any(|folder| folder.trim_end_matches('/') == path && !self.is_file(path) || folder.starts_with(&below))
    }

    fn is_file(&self, path: &str) -> bool {
        self.row.is_some_and(|row| row.folders.contains(&path))
    }

    /// Whether the image itself has a file at a place.
    pub fn has_file_at(&self, path: &str) -> bool {
        self.is_file(path) || self.files().iter().any(|file| file.0 == path)
    }

    /// Whether it has something of its own at a place, that this lab does not know.
    pub fn holds(&self, path: &str) -> bool {
        if self.is_repackaged && path.starts_with("/opt/bitnami/") {
            return true;
        }
        let mut folders = self.row.into_iter().flat_map(|row| &row.folders);
        let is_empty = self.row.is_some_and(|row| {
            row.empty
                .iter()
                .any(|empty| path.strip_prefix(*empty).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        });
        !is_empty && folders.any(|folder| *folder == path || folder.ends_with('/') && path.starts_with(*folder))
    }

    /// The directory that its web server shows.
    pub fn web_root(&self) -> Option<&'static str> {
        self.row.map(|row| row.root).filter(|root| !root.is_empty())
    }

    /// What its server answers to a request for a path, if the table says so.
    pub fn page(&self, path: &str) -> Option<&'static str> {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        self.row?.pages.iter().find(|page| page.0 == path).map(|page| page.1)
    }

    /// Whether the table says what its server answers over HTTP.
    pub fn has_pages(&self) -> bool {
        self.row.is_some_and(|row| !row.pages.is_empty())
    }

    /// The files that matter in the image, in order of their paths.
    pub fn files(&self) -> Vec<(&'static str, &'static str)> {
        let mut files = vec![
            ("/etc/os-release", self.release()),
            // Their texts are made when they are read.
            ("/etc/group", ""),
            ("/etc/passwd", ""),
        ];
        files.extend(self.row.filter(|_| self.is_named()).into_iter().flat_map(|row| row.files.iter().copied()));
        let base = self.row.map_or("debian", |row| row.base);
        match base {
            "debian" | "java" if !self.is_busybox => files.extend(DEBIAN_FILES),
            "alpine" => files.extend(ALPINE_FILES),
            _ => {}
        }
        match self.family {
            Family::Nginx => files.extend([
                ("/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh", "#!/bin/sh\n"),
                ("/docker-entrypoint.d/15-local-resolvers.envsh", "#!/bin/sh\n"),
                ("/docker-entrypoint.d/20-envsubst-on-templates.sh", "#!/bin/sh\n"),
                ("/docker-entrypoint.d/30-tune-worker-processes.sh", "#!/bin/sh\n"),
                ("/docker-entrypoint.sh", "#!/bin/sh\n"),
                ("/etc/nginx/conf.d/default.conf", NGINX_DEFAULT_CONF),
                ("/etc/nginx/nginx.conf", NGINX_CONF),
                ("/usr/share/nginx/html/50x.html", NGINX_50X),
                ("/usr/share/nginx/html/index.html", NGINX_WELCOME),
                ("/var/log/nginx/access.log", ""),
                ("/var/log/nginx/error.log", ""),
            ]),
            Family::Httpd => files.push(("/usr/local/apache2/htdocs/index.html", HTTPD_WELCOME)),
            Family::Mariadb | Family::Mysql => files.push(("/etc/mysql/my.cnf", MY_CNF)),
            _ => {}
        }
        files
    }
}

/// What the kernel and the runtime show in every container, beside what its own files and mounts are.
pub const PLACES: &[&str] = &[
    "/dev/fd/0",
    "/dev/fd/1",
    "/dev/fd/2",
    "/dev/full",
    "/dev/null",
    "/dev/random",
    "/dev/stderr",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/termination-log",
    "/dev/tty",
    "/dev/urandom",
    "/dev/zero",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/proc/1/cgroup",
    "/proc/1/cmdline",
    "/proc/1/comm",
    "/proc/1/environ",
    "/proc/1/fd/0",
    "/proc/1/fd/1",
    "/proc/1/fd/2",
    "/proc/1/mounts",
    "/proc/1/status",
    "/proc/cpuinfo",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/mounts",
    "/proc/net/dev",
    "/proc/net/tcp",
    "/proc/self/cgroup",
    "/proc/self/cmdline",
    "/proc/self/comm",
    "/proc/self/environ",
    "/proc/self/fd/0",
    "/proc/self/fd/1",
    "/proc/self/fd/2",
    "/proc/self/limits",
    "/proc/self/mounts",
    "/proc/self/status",
    "/proc/stat",
    "/proc/sys/fs/file-max",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/random/boot_id",
    "/proc/sys/kernel/random/uuid",
    "/proc/sys/net/core/somaxconn",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sys/vm/max_map_count",
    "/proc/sys/vm/swappiness",
    "/proc/uptime",
    "/proc/version",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/memory.current",
    "/sys/fs/cgroup/memory.max",
    "/sys/kernel/mm/transparent_hugepage/enabled",
];

/// Whether the kernel may show something there that this lab does not know: settings, devices, counts.
pub fn is_kernels(path: &str) -> bool {
    let is_process = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    path.starts_with("/sys/") || path.strip_prefix("/proc/").is_some_and(|rest| !is_process(rest))
}

/// The directories that every image has.
pub const DIRECTORIES: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/dev/fd",
    "/dev/pts",
    "/dev/shm",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/proc/1",
    "/proc/1/fd",
    "/proc/net",
    "/proc/self",
    "/proc/self/fd",
    "/proc/sys",
    "/proc/sys/fs",
    "/proc/sys/kernel",
    "/proc/sys/kernel/random",
    "/proc/sys/net",
    "/proc/sys/net/core",
    "/proc/sys/net/ipv4",
    "/proc/sys/vm",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/sys/class",
    "/sys/class/net",
    "/sys/fs",
    "/sys/fs/cgroup",
    "/sys/kernel",
    "/sys/kernel/mm",
    "/sys/kernel/mm/transparent_hugepage",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/spool",
    "/var/tmp",
];

/// What Debian's base brings that scripts look for.
const DEBIAN_FILES: [(&str, &str); 10] = [
    ("/etc/debian_version", "12.11\n"),
    ("/etc/environment", ""),
    ("/etc/localtime", "TZif2\n"),
    ("/etc/login.defs", "UMASK\t\t022\nUID_MIN\t\t 1000\nUID_MAX\t\t60000\n"),
    ("/etc/nsswitch.conf", "passwd:         files\ngroup:          files\nhosts:          files dns\n"),
    ("/etc/profile", "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\nexport PATH\n"),
    ("/etc/security/limits.conf", "# Limits of users, one a line.\n"),
    ("/etc/shells", "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n"),
    ("/etc/skel/.bashrc", ""),
    ("/etc/timezone", "Etc/UTC\n"),
];
/// The same of Alpine's.
const ALPINE_FILES: [(&str, &str); 3] = [
    ("/etc/alpine-release", "3.22.0\n"),
    ("/etc/crontabs/root", "0\t2\t*\t*\t*\trun-parts /etc/periodic/daily\n"),
    ("/etc/profile", "export PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n"),
];

pub(super) const DEBIAN_RELEASE: &str =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";

pub(super) const UBUNTU_RELEASE: &str =
    "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n";

pub(super) const ALPINE_RELEASE: &str = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.0\n";
const MY_CNF: &str = "[client-server]\n# port = 3306\nsocket = /run/mysqld/mysqld.sock\n";
const NGINX_CONF: &str = "\nuser  nginx;\nworker_processes  auto;\n\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    include /etc/nginx/conf.d/*.conf;\n}\n";
const NGINX_DEFAULT_CONF: &str = "server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n}\n";
const NGINX_50X: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n";
const HTTPD_WELCOME: &str = "<html><body><h1>It works!</h1></body></html>\n";
const NGINX_WELCOME: &str = "<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href=\"http://nginx.org/\">nginx.org</a>.<br/>
Commercial support is available at
<a href=\"http://nginx.com/\">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
";
