//! What the images of tutorials contain and serve, told from their names by the table in `images.txt`; pulls nothing.

use std::sync::OnceLock;

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

/// A block of the table of images.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    name: &'static str,
    others: Vec<&'static str>,
    is_official: bool,
    base: &'static str,
    version: &'static str,
    ports: Vec<i64>,
    port_settings: Vec<&'static str>,
    user: &'static str,
    repackaged_ports: Vec<i64>,
    requires: Option<Requirement>,
    process: &'static str,
    servers: Vec<&'static str>,
    entrypoint: Vec<&'static str>,
    starts: Vec<&'static str>,
    folders: Vec<&'static str>,
    lacks: Vec<&'static str>,
    kept: Vec<(&'static str, Vec<&'static str>, &'static str)>,
    writes: Vec<(&'static str, &'static str)>,
    empty: Vec<&'static str>,
    ends: Vec<Vec<&'static str>>,
    foreground: Vec<(&'static str, &'static str)>,
    ports_of: Vec<(&'static str, Vec<i64>)>,
    breaks: Option<(&'static str, i64)>,
    programs: Vec<&'static str>,
    directory: &'static str,
    root: &'static str,
    ready: i64,
    stops: i64,
    variables: Vec<(&'static str, &'static str)>,
    pages: Vec<(&'static str, &'static str)>,
    answers: Vec<Answer>,
}

/// What a server wants to be told before it begins with an empty directory.
#[derive(Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Where its data are.
    pub directory: &'static str,
    /// The variables of which one has to be set.
    pub variables: Vec<&'static str>,
    /// What it says else.
    pub text: &'static str,
}

/// What becomes of a key and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// They are kept; by all servers of a set if they share what they have.
    Puts {
        /// What the client says.
        text: &'static str,
        /// Whether they share.
        is_shared: bool,
    },
    /// The value is asked for.
    Gets {
        /// What the client says.
        text: &'static str,
        /// What it says where there is none.
        missing: &'static str,
    },
}

/// What a program says.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// The program, and what its arguments contain.
    words: Vec<&'static str>,
    /// Whether it is for a server that runs.
    is_running: bool,
    text: &'static str,
}

/// What each base has beside the programs that run here.
fn bases() -> &'static [(&'static str, Vec<&'static str>)] {
    static BASES: OnceLock<Vec<(&'static str, Vec<&'static str>)>> = OnceLock::new();
    BASES.get_or_init(|| {
        let lines = include_str!("images.txt").lines().filter_map(|line| line.strip_prefix("base-has "));
        lines.filter_map(|line| line.split_once(' ')).map(|(base, words)| (base, words.split(' ').collect())).collect()
    })
}

/// Whether one of the bases brings a program that this lab cannot run.
pub fn is_of_bases(name: &str) -> bool {
    bases().iter().any(|(_, programs)| programs.contains(&name))
}

/// The table, read once.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| read_rows(include_str!("images.txt")))
}

fn read_rows(text: &'static str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if key == "image" {
            rows.push(Row { name: value, ..Row::default() });
        }
        let Some(row) = rows.last_mut() else { continue };
        let words = || value.split_whitespace();
        let number = || value.parse().unwrap_or(0);
        let pair = |mark| value.split_once(mark).unwrap_or((value, ""));
        match key {
            "match" => row.others = words().collect(),
            "official" => row.is_official = true,
            "base" => row.base = value,
            "version" => row.version = value,
            "ports" => row.ports = words().filter_map(|word| word.parse().ok()).collect(),
            "port-settings" => row.port_settings = words().collect(),
            "repackaged-ports" => row.repackaged_ports = words().filter_map(|word| word.parse().ok()).collect(),
            "user" => row.user = value,
            "requires" => row.requires = requirement(value),
            "process" => row.process = value,
            "server" => row.servers = words().collect(),
            "entrypoint" => row.entrypoint = words().collect(),
            "starts" => row.starts = words().collect(),
            "folders" => row.folders = words().collect(),
            "empty" => row.empty = words().collect(),
            "lacks" => row.lacks = words().collect(),
            "writes" => row.writes.push(pair(' ')),
            "puts" | "shares" | "gets" | "misses" => {
                let (words, text) = value.split_once("=>").unwrap_or((value, ""));
                row.kept.push((key, words.split_whitespace().collect(), text.trim_start_matches(' ')));
            }
            "ends" => row.ends.push(words().collect()),
            "foreground" => row.foreground.push(pair(' ')),
            "ports-of" => {
                let (word, ports) = pair(' ');
                row.ports_of.push((word, ports.split(' ').filter_map(|port| port.parse().ok()).collect()));
            }
            "breaks" => {
                let (word, seconds) = pair(' ');
                row.breaks = seconds.parse().ok().map(|seconds| (word, seconds));
            }
            "programs" => row.programs = words().collect(),
            "directory" => row.directory = value,
            "root" => row.root = value,
            "ready" => row.ready = number(),
            "stops" => row.stops = number(),
            "env" => row.variables.push(pair('=')),
            "page" => row.pages.push(pair(' ')),
            "says" | "fails" => {
                let (words, text) = value.split_once("=>").unwrap_or((value, ""));
                let words = words.split_whitespace().collect();
                row.answers.push(Answer { words, is_running: key == "says", text: text.trim_start_matches(' ') });
            }
            _ => {}
        }
    }
    rows
}

/// `DIRECTORY VARIABLES => TEXT`.
fn requirement(value: &'static str) -> Option<Requirement> {
    let (words, text) = value.split_once("=>")?;
    let mut words = words.split_whitespace();
    Some(Requirement { directory: words.next()?, variables: words.collect(), text: text.trim_start() })
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
    /// Whether somebody else built it than the makers of its server.
    is_repackaged: bool,
    /// Whether it is called as the table calls it, and so has that image's own beginning.
    is_itself: bool,
    row: Option<&'static Row>,
}

impl Image {
    /// Reads an image's name.
    pub fn of(name: &str) -> Image {
        let name = name.split('@').next().unwrap_or(name);
        let last = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        let (repository, tag) = last.split_once(':').unwrap_or((&last, ""));
        let version = tag.split('-').next().unwrap_or("").trim_start_matches('v');
        let version = if version.starts_with(|c: char| c.is_ascii_digit()) { version } else { "" };
        let row = row_of(repository);
        let family = match row.map_or("", |row| row.name) {
            "nginx" | "nginx-unprivileged" => Family::Nginx,
            "httpd" => Family::Httpd,
            "mariadb" => Family::Mariadb,
            "mysql" => Family::Mysql,
            "postgres" => Family::Postgres,
            "redis" => Family::Redis,
            "elasticsearch" => Family::Elasticsearch,
            "busybox" => Family::Busybox,
            _ => Family::Other,
        };
        let base = row.map_or("", |row| row.base);
        let is_busybox =
            matches!(base, "busybox" | "alpine") || repository.contains("alpine") || tag.contains("alpine");
        // A distribution of its own: the same servers on another base, with its own scripts.
        let is_repackaged = name.contains("bitnami");
        let is_itself = !is_repackaged && row.is_some_and(|row| row.name == repository);
        Image { family, version: version.to_string(), is_busybox, is_repackaged, is_itself, row }
    }

    /// Whether this lab knows the image.
    pub fn is_known(&self) -> bool {
        self.row.is_some()
    }

    /// Whether a database server runs in it by default.
    pub fn is_database(&self) -> bool {
        matches!(self.family, Family::Mariadb | Family::Mysql)
    }

    /// The server's full version: three numbers.
    pub fn full_version(&self) -> String {
        let fallback = self.row.map_or("1.37.0", |row| row.version);
        let parts = self.version.split('.').filter(|part| !part.is_empty()).count();
        match (self.version.as_str(), parts) {
            ("", _) => fallback.to_string(),
            (version, 1) => format!("{version}.4.2"),
            (version, 2) if self.family != Family::Postgres => format!("{version}.2"),
            (version, _) => version.to_string(),
        }
    }

    /// Whether the program `name`, which this lab can run, is in the image.
    pub fn has_program(&self, name: &str) -> bool {
        if self.is_itself && self.row.is_some_and(|row| row.lacks.contains(&name)) {
            return false;
        }
        if self.row.is_some_and(|row| row.base == "none") && !self.is_repackaged && !self.is_busybox {
            return self.has_own(name);
        }
        match name {
            "bash" => !self.is_busybox || self.row.is_some_and(|row| row.name == "bash" || row.name == "toolbox"),
            "mariadb" | "mysql" => self.is_database() || (self.row.is_none() && !self.is_busybox),
            "nginx" => self.family == Family::Nginx,
            "httpd" => self.family == Family::Busybox,
            "apt" | "apt-get" => !self.is_busybox,
            "column" | "join" => !self.is_busybox,
            "apk" => self.is_busybox && self.family != Family::Busybox,
            _ => true,
        }
    }

    /// Whether the table names the program as the image's own.
    pub fn has_own(&self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or(name);
        let has_base = self.row.is_none_or(|row| row.base != "none");
        let base = if self.is_busybox { "busybox" } else { "debian" };
        let mut of_base = bases().iter().filter(|(name, _)| has_base && *name == base);
        of_base.any(|(_, programs)| programs.contains(&last))
            || self.row.is_some_and(|row| {
                let all = || row.programs.iter().chain(&row.servers);
                all().any(|own| *own == name || own.rsplit('/').next() == Some(last))
            })
    }

    /// Whether the image may have programs that this lab does not know.
    pub fn has_more(&self) -> bool {
        self.is_repackaged || self.row.is_none_or(|row| row.programs.last() == Some(&"…") || row.base == "java")
    }

    /// Whether the program is the image's server.
    pub fn is_server(&self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or(name);
        self.row.is_some_and(|row| row.servers.iter().any(|own| *own == name || own.rsplit('/').next() == Some(last)))
    }

    /// Whether it is nothing but a base, all of which this lab knows.
    pub fn is_plain(&self) -> bool {
        !self.is_repackaged && self.row.is_some_and(|row| row.process.is_empty())
    }

    /// The process that the image starts.
    pub fn main_process(&self) -> &'static str {
        match self.row.map_or("", |row| row.process) {
            "" if self.is_busybox => "sh",
            "" => "bash",
            process => process,
        }
    }

    /// Whether the image starts a server when nothing else is asked for; unknown images are taken to.
    pub fn starts_server(&self) -> bool {
        self.row.is_none_or(|row| !row.process.is_empty() && !row.servers.is_empty())
    }

    /// The program that the image starts, if it is a shell that wants a person.
    pub fn main_shell(&self) -> Option<&'static str> {
        match self.row {
            Some(row) if !row.process.is_empty() => None,
            _ if self.is_busybox => Some("sh"),
            _ => Some("bash"),
        }
    }

    /// What the words of a pod that asks for no other program (`args`) begin with, and how many of them it takes the
    /// place of. With `?` in the table, only words that are no program themselves.
    pub fn entrypoint(&self, first: Option<&str>) -> Option<(&'static str, usize)> {
        let (entrypoint, others) = self.row?.entrypoint.split_first()?;
        let mut others = others.iter().filter_map(|other| other.split_once('='));
        if let Some((_, program)) = others.find(|(word, _)| Some(*word) == first) {
            return Some((program, 1));
        }
        let program = entrypoint.trim_end_matches('?');
        let is_program = |word: &str| !word.starts_with('-') && !word.contains("://");
        let steps_back = program != *entrypoint && first.is_some_and(is_program);
        (!steps_back).then_some((program, 0))
    }

    /// What a client's words do with a key, and the words behind them, the key first.
    pub fn keeping(&self, name: &str, words: &[String]) -> Option<(Keeping, Vec<String>)> {
        let row = self.row?;
        let fits = |kept: &&(&str, Vec<&str>, &str)| {
            kept.1.first() == Some(&name)
                && kept
                    .1
                    .iter()
                    .skip(1)
                    .enumerate()
                    .all(|(at, own)| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case(own)))
        };
        let (what, own, text) = row.kept.iter().find(fits)?;
        let rest = words.get(own.len() - 1..)?.to_vec();
        let missing = row.kept.iter().find(|kept| kept.0 == "misses" && kept.1 == *own).map_or("", |kept| kept.2);
        let keeping = match *what {
            "gets" | "misses" => Keeping::Gets { text, missing },
            what => Keeping::Puts { text, is_shared: what == "shares" },
        };
        Some((keeping, rest))
    }

    /// The files that its server makes at its start, with their texts.
    pub fn writes(&self) -> &'static [(&'static str, &'static str)] {
        self.row.map_or(&[], |row| &row.writes)
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

    /// Whether it has something of its own at a place, that this lab does not know.
    pub fn holds(&self, path: &str) -> bool {
        let mut folders = self.row.into_iter().flat_map(|row| &row.folders);
        let is_empty = self.row.is_some_and(|row| {
            row.empty
                .iter()
                .any(|empty| path.strip_prefix(*empty).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        });
        !is_empty && folders.any(|folder| *folder == path || folder.ends_with('/') && path.starts_with(*folder))
    }

    /// Whether a program, called with these words, makes its server end.
    pub fn ends_by(&self, words: &[String]) -> bool {
        let Some((name, arguments)) = words.split_first() else { return false };
        let name = name.rsplit('/').next().unwrap_or(name);
        let has = |word: &&&str| arguments.iter().any(|own| own.eq_ignore_ascii_case(word));
        let fits = |row: &Vec<&'static str>| {
            row.split_first().is_some_and(|(first, rest)| *first == name && rest.iter().all(|word| has(&word)))
        };
        self.row.is_some_and(|row| row.ends.iter().any(fits))
    }

    /// Whether a server's program, called with these words, serves, and is not asked for something else.
    pub fn is_start(&self, arguments: &[String]) -> bool {
        const ASKED: &[&str] =
            &["-v", "-V", "-t", "-T", "-s", "--version", "--help", "-h", "--initialize", "--initialize-insecure"];
        const OTHERS: &[&str] = &["init", "version", "sql", "node", "debug", "stop", "status", "members", "alias"];
        let starts = self.row.map_or(&[][..], |row| row.starts.as_slice());
        let is_asked = arguments.iter().any(|word| ASKED.contains(&word.as_str()));
        let is_other = arguments.first().is_some_and(|word| OTHERS.contains(&word.as_str()));
        let is_told = starts.is_empty() || arguments.iter().any(|word| starts.contains(&word.as_str()));
        !is_asked && !is_other && is_told
    }

    /// Whether a server's program, called with these words, leaves its server in the background and ends.
    pub fn steps_behind(&self, words: &[String]) -> bool {
        const BEHIND: &[&str] = &["--daemonize", "--fork", "-detached", "--detach"];
        let Some((name, arguments)) = words.split_first() else { return false };
        let name = name.rsplit('/').next().unwrap_or(name);
        let is_asked = arguments.iter().any(|word| {
            let (flag, value) = word.split_once('=').unwrap_or((word, "yes"));
            BEHIND.contains(&flag) && value != "no"
        }) && !arguments.windows(2).any(|pair| pair[0] == "--daemonize" && pair[1] == "no");
        let mut needed = self.row.into_iter().flat_map(|row| &row.foreground).filter(|needed| needed.0 == name);
        is_asked || !self.is_repackaged && needed.any(|needed| !arguments.iter().any(|word| word.contains(needed.1)))
    }

    /// The ports that it listens on when it is called with these words.
    pub fn ports_of(&self, words: &[String]) -> Option<&'static [i64]> {
        let mut rows = self.row?.ports_of.iter();
        rows.find(|row| words.iter().any(|word| word == row.0)).map(|row| row.1.as_slice())
    }

    /// After how many seconds it answers with an error, when it is called with these words.
    pub fn breaks_after(&self, words: &[String]) -> Option<i64> {
        let (word, seconds) = self.row?.breaks?;
        words.iter().any(|own| own == word).then_some(seconds)
    }

    /// The ports that its server listens on.
    pub fn ports(&self) -> &'static [i64] {
        self.row.map_or(&[], |row| match self.is_repackaged && !row.repackaged_ports.is_empty() {
            true => &row.repackaged_ports,
            false => &row.ports,
        })
    }

    /// The options, variables and settings that give its server's first port another number.
    pub fn port_settings(&self) -> &'static [&'static str] {
        self.row.map_or(&[], |row| &row.port_settings)
    }

    /// The user that the image names for its programs, as a number or a name; none of an image that nobody here knows.
    pub fn user(&self) -> Option<&'static str> {
        match (self.is_repackaged, self.row) {
            (true, _) => Some("1001"),
            (false, row) => Some(row?.user.split(['=', ':']).next().filter(|user| !user.is_empty()).unwrap_or("0")),
        }
    }

    /// The numbers of that user and of its first group; root's for an image that nobody here knows.
    pub fn user_numbers(&self) -> (i64, i64) {
        if self.is_repackaged {
            return (1001, 0);
        }
        let text = self.row.map_or("", |row| row.user);
        let numbers = text.split_once('=').map_or(text, |(_, numbers)| numbers);
        let (user, group) = numbers.split_once(':').unwrap_or((numbers, ""));
        (user.parse().unwrap_or(0), group.parse().unwrap_or(0))
    }

    /// What its server wants to be told before it begins with an empty directory.
    pub fn requirement(&self) -> Option<&'static Requirement> {
        self.row.filter(|_| self.is_itself)?.requires.as_ref()
    }

    /// How many seconds its server needs until it listens.
    pub fn ready_seconds(&self) -> i64 {
        self.row.map_or(0, |row| row.ready)
    }

    /// Its server's exit code when it is asked to stop.
    pub fn stop_code(&self) -> i64 {
        self.row.map_or(0, |row| row.stops)
    }

    /// The directory that its programs start in.
    pub fn directory(&self) -> &'static str {
        match self.row.map_or("", |row| row.directory) {
            "" => "/",
            directory => directory,
        }
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

    /// What one of its programs says; none if the table does not know.
    pub fn answer(&self, words: &[String], is_running: bool) -> Option<&'static str> {
        let (name, arguments) = words.split_first()?;
        let last = name.rsplit('/').next().unwrap_or(name);
        let fits = |answer: &&Answer| {
            let mut own = answer.words.iter();
            let is_program = own.next().is_some_and(|own| own == name || own.rsplit('/').next() == Some(last));
            let has =
                |wanted: &&str| arguments.iter().any(|word| word == wanted || word.to_lowercase().contains(*wanted));
            answer.is_running == is_running && is_program && own.as_slice().iter().all(has)
        };
        self.row?.answers.iter().find(fits).map(|answer| answer.text)
    }

    /// What the image sets in the environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let variables = self.row.map_or(&[][..], |row| &row.variables).iter();
        variables.map(|(name, text)| (*name, self.filled(text))).collect()
    }

    /// A text of the table with the version filled in.
    fn filled(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_string();
        }
        let version = self.full_version();
        text.replace("{package}", &self.package_version())
            .replace("{major}", &major(&version))
            .replace("{first}", version.split('.').next().unwrap_or(""))
            .replace("{version}", &version)
    }

    /// A text of the table with everything filled in that is known of the image.
    pub fn text(&self, text: &str) -> String {
        self.filled(text).replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\"")
    }

    /// The version of the server's package: `1:11.3.2+maria~ubu2204`.
    pub fn package_version(&self) -> String {
        let version = self.full_version();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let is_newer = (numbers.next(), numbers.next()) >= (Some(11), Some(4));
        format!("1:{version}+maria~ubu{}", if is_newer { "2404" } else { "2204" })
    }

    fn release(&self) -> &'static str {
        match self.row.map_or("", |row| row.name) {
            "ubuntu" => UBUNTU_RELEASE,
            _ if self.is_busybox => ALPINE_RELEASE,
            _ => DEBIAN_RELEASE,
        }
    }

    /// The files that matter in the image, in order of their paths.
    pub fn files(&self) -> Vec<(&'static str, &'static str)> {
        let mut files = vec![
            ("/etc/os-release", self.release()),
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

/// What stands before a server's name where somebody has built or copied its image.
const BUILT_BY: &[&str] = &["cp", "docker", "library", "mirrored", "my", "official"];

/// What stands behind a server's name and says how it is built or run: it is the same server still.
const BUILDS: &[&str] = &[
    "alpine",
    "amd64",
    "arm",
    "arm64",
    "base",
    "bookworm",
    "ce",
    "cluster",
    "community",
    "debian",
    "distroless",
    "ee",
    "enterprise",
    "galera",
    "ha",
    "latest",
    "micro",
    "minimal",
    "multiarch",
    "native",
    "official",
    "oss",
    "repmgr",
    "server",
    "sharded",
    "slim",
    "stack",
    "ubi",
    "ubi8",
    "ubi9",
    "ubuntu",
    "unprivileged",
];

/// The block that a repository's name means: the one that is called so, perhaps with words around it that tell how it is
/// built. A name that only contains a server's is another program's: `redis-consumer`, `app-debian`.
fn row_of(repository: &str) -> Option<&'static Row> {
    let is_called = |row: &&Row, name: &str| row.name == name || row.others.contains(&name);
    let mut parts: Vec<&str> = repository.split('-').collect();
    loop {
        let name = parts.join("-");
        if let Some(row) = rows().iter().find(|row| is_called(row, &name)) {
            return Some(row);
        }
        if parts.len() > 1 && parts.first().is_some_and(|first| BUILT_BY.contains(first)) {
            parts.remove(0);
        } else if parts.len() > 1 && parts.last().is_some_and(|last| BUILDS.contains(last)) {
            parts.pop();
        } else {
            return None;
        }
    }
}

/// The first two numbers of a version.
pub(super) type OfficialVersion = (u64, u64);

/// The names that a registry serves under themselves, as far as the table has them.
pub(super) fn official_names() -> impl Iterator<Item = &'static str> {
    rows().iter().filter(|row| row.is_official).map(|row| row.name)
}

/// The newest version that is known of such an image.
pub(super) fn official_version(repository: &str) -> Option<OfficialVersion> {
    let row = rows().iter().find(|row| row.is_official && row.name == repository)?;
    let mut numbers = row.version.split('.').map(|part| part.parse().unwrap_or(0));
    Some((numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}

fn major(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The directories that every image has.
pub const DIRECTORIES: &[&str] = &[
    "/bin",
    "/dev",
    "/dev/fd",
    "/dev/shm",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/proc/1",
    "/proc/self",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/sys/fs",
    "/sys/fs/cgroup",
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
const UBUNTU_RELEASE: &str =
    "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n";
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
        assert!(Image::of("ghcr.io/takara9/my-ubuntu:0.3").is_plain());
        assert_eq!(Image::of("").family, Family::Other);
        assert_eq!(Image::of("gcr.io/google-samples/cassandra:v13").ports(), [7000, 7199, 9042]);
        assert_eq!(Image::of("bitnami/postgresql:16").ports(), [5432]);
        assert!(!Image::of("example.com/my-app:1").is_known());
    }

    #[test]
    fn a_name_that_contains_a_servers_is_another_programs() {
        for (name, family) in [
            ("docker.io/bitnami/redis-cluster:7.2", Family::Redis),
            ("mcr.microsoft.com/oss/mirror/docker.io/library/nginx:1.25", Family::Nginx),
            ("rancher/mirrored-library-busybox:1.36.1", Family::Busybox),
            ("bitnami/postgresql-repmgr:16", Family::Postgres),
            ("mysql/mysql-server:8.0", Family::Mysql),
            ("redis/redis-stack-server:7.2.0-v10", Family::Redis),
        ] {
            assert_eq!(Image::of(name).family, family, "{name}");
        }
        let others = [
            "app-debian",
            "ubuntu-desktop",
            "python-flask",
            "alpine-nginx-php",
            "hello-world-api",
            "redis-consumer",
            "postgres-api",
            "kafka-consumer",
            "httpd-auth",
            "opensearch-dashboards",
            "mirrored-library-busybox-app",
            "mongodb-install",
            "mysql-backup",
            "vault-k8s",
            "grafana-loki",
            "cockroach-self-signer-cert",
            "etcd-20-centos7",
            "redis-exporter",
            "my-app",
            "server",
            "nginx-ingress-controller",
        ];
        for name in others {
            assert!(!Image::of(&format!("mycorp/{name}:1")).is_known(), "{name}");
        }
    }

    #[test]
    fn the_table_of_images_is_well_formed() {
        let keys = [
            "base-has",
            "image",
            "match",
            "official",
            "base",
            "version",
            "ports",
            "port-settings",
            "repackaged-ports",
            "user",
            "requires",
            "process",
            "server",
            "entrypoint",
            "starts",
            "folders",
            "empty",
            "lacks",
            "writes",
            "puts",
            "shares",
            "gets",
            "misses",
            "ends",
            "foreground",
            "ports-of",
            "breaks",
            "programs",
            "directory",
            "root",
            "ready",
            "stops",
            "env",
            "page",
            "says",
            "fails",
        ];
        for line in include_str!("images.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let key = line.split(' ').next().unwrap();
            assert!(keys.contains(&key), "{line}");
            assert!(!matches!(key, "says" | "fails") || line.contains("=>"), "{line}");
        }
        for row in rows() {
            assert!(["debian", "alpine", "busybox", "java", "none"].contains(&row.base), "{}", row.name);
            assert!(!row.version.is_empty(), "{}", row.name);
            assert!(row.servers.is_empty() || !row.process.is_empty(), "{}", row.name);
        }
    }
}
