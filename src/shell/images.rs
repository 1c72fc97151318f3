//! What the images of tutorials contain and serve, told from their names; pulls nothing.

/// What kind of image it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A web server.
    Nginx,
    /// Apache's web server.
    Httpd,
    /// A MariaDB server and its client.
    Mariadb,
    /// A MySQL server and its client.
    Mysql,
    /// PostgreSQL.
    Postgres,
    /// Redis.
    Redis,
    /// Elasticsearch.
    Elasticsearch,
    /// BusyBox: many small commands in one.
    Busybox,
    /// Anything else, taken for a Debian or Ubuntu.
    Other,
}

/// An image as far as its name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What kind it is.
    pub family: Family,
    /// The version in its tag, `11.3.2` of `mariadb:11.3.2-jammy`; empty if it says none.
    pub version: String,
    /// Whether it has BusyBox instead of the GNU tools, and so no `bash`.
    pub is_busybox: bool,
}

impl Image {
    /// Reads an image's name.
    pub fn of(name: &str) -> Image {
        let name = name.split('@').next().unwrap_or(name);
        let last = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        let (repository, tag) = last.split_once(':').unwrap_or((&last, ""));
        let version = tag.split('-').next().unwrap_or("").trim_start_matches('v');
        let version = if version.starts_with(|c: char| c.is_ascii_digit()) { version } else { "" };
        let has = |word: &str| repository.contains(word);
        let family = match () {
            () if has("nginx") => Family::Nginx,
            () if has("httpd") || has("apache") => Family::Httpd,
            () if has("mariadb") => Family::Mariadb,
            () if has("mysql") || has("percona") => Family::Mysql,
            () if has("postgres") => Family::Postgres,
            () if has("redis") || has("valkey") => Family::Redis,
            () if has("elasticsearch") || has("opensearch") => Family::Elasticsearch,
            () if has("busybox") => Family::Busybox,
            () => Family::Other,
        };
        let is_busybox = family == Family::Busybox || has("alpine") || tag.contains("alpine");
        Image { family, version: version.to_string(), is_busybox }
    }

    /// Whether a database server runs in it by default.
    pub fn is_database(&self) -> bool {
        matches!(self.family, Family::Mariadb | Family::Mysql)
    }

    /// The server's full version: three numbers.
    pub fn full_version(&self) -> String {
        let fallback = match self.family {
            Family::Mariadb => "11.8.2",
            Family::Mysql => "8.4.5",
            Family::Nginx => "1.29.0",
            Family::Httpd => "2.4.63",
            Family::Redis => "8.0.2",
            Family::Postgres => "17.5",
            Family::Elasticsearch => "9.0.2",
            Family::Busybox | Family::Other => "1.37.0",
        };
        let parts = self.version.split('.').filter(|part| !part.is_empty()).count();
        match (self.version.as_str(), parts) {
            ("", _) => fallback.to_string(),
            (version, 1) => format!("{version}.4.2"),
            (version, 2) if self.family != Family::Postgres => format!("{version}.2"),
            (version, _) => version.to_string(),
        }
    }

    /// Whether the program `name` is in the image.
    pub fn has_program(&self, name: &str) -> bool {
        match name {
            "bash" => !self.is_busybox,
            "mariadb" | "mysql" => self.is_database() || (self.family == Family::Other && !self.is_busybox),
            "nginx" => self.family == Family::Nginx,
            "mysqld" | "mariadbd" => self.is_database(),
            "apt" | "apt-get" => !self.is_busybox,
            "apk" => self.is_busybox && self.family != Family::Busybox,
            _ => true,
        }
    }

    /// The process that the image starts.
    pub fn main_process(&self) -> &'static str {
        match self.family {
            Family::Nginx => "nginx: master process nginx -g daemon off;",
            Family::Httpd => "httpd -DFOREGROUND",
            Family::Mariadb => "mariadbd",
            Family::Mysql => "mysqld",
            Family::Postgres => "postgres",
            Family::Redis => "redis-server *:6379",
            Family::Elasticsearch => {
                "java -Des.path.home=/usr/share/elasticsearch org.elasticsearch.bootstrap.Elasticsearch"
            }
            Family::Busybox => "sh",
            Family::Other => "bash",
        }
    }

    /// The program that the image starts, if it is a shell that wants a person.
    pub fn main_shell(&self) -> Option<&'static str> {
        match self.family {
            Family::Busybox => Some("sh"),
            Family::Other if self.is_busybox => Some("sh"),
            Family::Other => Some("bash"),
            _ => None,
        }
    }

    /// The ports that its server listens on.
    pub fn ports(&self) -> &'static [i64] {
        match self.family {
            Family::Nginx | Family::Httpd => &[80],
            Family::Mariadb | Family::Mysql => &[3306],
            Family::Postgres => &[5432],
            Family::Redis => &[6379],
            Family::Elasticsearch => &[9200, 9300],
            Family::Busybox | Family::Other => &[],
        }
    }

    /// The directory that its web server shows.
    pub fn web_root(&self) -> Option<&'static str> {
        match self.family {
            Family::Nginx => Some("/usr/share/nginx/html"),
            Family::Httpd => Some("/usr/local/apache2/htdocs"),
            _ => None,
        }
    }

    /// What the image sets in the environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        match self.family {
            Family::Nginx => vec![("NGINX_VERSION", self.full_version())],
            Family::Httpd => {
                vec![("HTTPD_PREFIX", "/usr/local/apache2".into()), ("HTTPD_VERSION", self.full_version())]
            }
            Family::Mariadb => vec![("LANG", "C.UTF-8".into()), ("MARIADB_VERSION", self.package_version())],
            Family::Mysql => vec![("MYSQL_MAJOR", major(&self.full_version())), ("MYSQL_VERSION", self.full_version())],
            Family::Postgres => {
                vec![("PG_VERSION", self.full_version()), ("PGDATA", "/var/lib/postgresql/data".into())]
            }
            Family::Redis => vec![("REDIS_VERSION", self.full_version())],
            _ => Vec::new(),
        }
    }

    /// The version of the server's package: `1:11.3.2+maria~ubu2204`.
    pub fn package_version(&self) -> String {
        let version = self.full_version();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let is_newer = (numbers.next(), numbers.next()) >= (Some(11), Some(4));
        format!("1:{version}+maria~ubu{}", if is_newer { "2404" } else { "2204" })
    }

    /// The files that matter in the image, in order of their paths.
    pub fn files(&self) -> Vec<(&'static str, &'static str)> {
        let mut files = vec![
            ("/etc/os-release", if self.is_busybox { ALPINE_RELEASE } else { DEBIAN_RELEASE }),
            (
                "/etc/passwd",
                "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
            ),
        ];
        match self.family {
            Family::Nginx => files.extend([
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

fn major(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The directories that every image has.
pub const DIRECTORIES: &[&str] = &[
    "/bin",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/tmp",
];

const DEBIAN_RELEASE: &str =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";
const ALPINE_RELEASE: &str = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.0\n";
const MY_CNF: &str = "[client-server]\nport = 3306\nsocket = /run/mysqld/mysqld.sock\n";
const NGINX_CONF: &str = "user  nginx;\nworker_processes  auto;\n\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    include /etc/nginx/conf.d/*.conf;\n}\n";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_name() {
        let image = Image::of("mariadb:11.3.2-jammy");
        assert_eq!((image.family, image.full_version().as_str()), (Family::Mariadb, "11.3.2"));
        assert_eq!(Image::of("registry.k8s.io/nginx-slim:0.24").family, Family::Nginx);
        assert!(Image::of("localhost:5000/nginx:1.25-alpine").is_busybox);
        assert_eq!(Image::of("ghcr.io/takara9/my-ubuntu:0.3").main_shell(), Some("bash"));
        assert_eq!(Image::of("").family, Family::Other);
    }
}
