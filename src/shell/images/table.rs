//! The table of known images (`images.txt`): how it is read, and which row an image has.

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) others: Vec<&'static str>,
    pub(super) is_official: bool,
    /// Where its makers publish it beside its own name.
    pub(super) makers: Vec<&'static str>,
    pub(super) base: &'static str,
    pub(super) version: &'static str,
    pub(super) ports: Vec<i64>,
    pub(super) port_settings: Vec<&'static str>,
    /// The same in the builds of others, beside these.
    pub(super) repackaged_port_settings: Vec<&'static str>,
    /// Ports that its server does not open when it is told so, or in versions before one.
    pub(super) closes: Vec<(i64, Vec<&'static str>)>,
    /// What says at which addresses its first port is open, what leaves its pod alone, and when that is so by itself.
    pub(super) bound: Vec<&'static str>,
    pub(super) bound_inside: Vec<&'static str>,
    pub(super) bound_usually: Option<super::BoundUsually>,
    pub(super) user: &'static str,
    pub(super) repackaged_ports: Vec<i64>,
    pub(super) requires: Option<Requirement>,
    pub(super) spoiled_by: Option<(&'static str, &'static str)>,
    pub(super) in_use: &'static str,
    pub(super) raw: Vec<(&'static str, &'static str)>,
    pub(super) process: &'static str,
    /// On which ports it speaks no HTTP, and what a client of that finds there.
    pub(super) no_http: Vec<(Vec<i64>, &'static str)>,
    pub(super) servers: Vec<&'static str>,
    pub(super) entrypoint: Vec<&'static str>,
    pub(super) starts: Vec<&'static str>,
    /// Words with which its server's program does something else and ends.
    pub(super) asks: Vec<&'static str>,
    pub(super) folders: Vec<&'static str>,
    pub(super) lacks: Vec<&'static str>,
    pub(super) kept: Vec<(&'static str, Vec<&'static str>, &'static str)>,
    pub(super) writes: Vec<(&'static str, &'static str)>,
    pub(super) files: Vec<(&'static str, &'static str)>,
    pub(super) empty: Vec<&'static str>,
    /// Users that it has, as `NAME=NUMBER:HOME`.
    pub(super) names: Vec<(&'static str, i64, &'static str)>,
    pub(super) published: Vec<&'static str>,
    /// What its server says: for which word among its own (none: always), and the text.
    pub(super) log: Vec<(&'static str, &'static str)>,
    /// What it says again and again, and after how many seconds each time.
    pub(super) log_every: Option<(i64, &'static str)>,
    pub(super) ends: Vec<Vec<&'static str>>,
    /// What its server keeps.
    pub(super) data: Vec<Data>,
    /// The texts of files that it keeps, by their names there.
    pub(super) data_texts: Vec<(&'static str, &'static str)>,
    /// Where its entrypoint looks for scripts, whether for its first start alone, and what it says of each.
    pub(super) scripts: Option<(&'static str, bool, &'static str)>,
    /// The files of settings that it reads by itself.
    pub(super) reads: Vec<&'static str>,
    /// Capabilities without which root's server does not begin, with what it says.
    pub(super) needs: Vec<(&'static str, &'static str)>,
    /// What it makes on its root file system, with what it says where that is read-only.
    pub(super) opens: Vec<(&'static str, &'static str)>,
    /// What it says when root runs it, if it does not begin so.
    pub(super) not_root: &'static str,
    /// What is there while it runs.
    pub(super) marks: Vec<(Mark, Place)>,
    /// Whose its data are, by name and number, and the permissions of their folder.
    pub(super) keeper: Option<(&'static str, i64, u16)>,
    /// Words with which its server goes into the background.
    pub(super) behind: Vec<&'static str>,
    /// Settings in its files that do the same, with their values.
    pub(super) behind_settings: Vec<(&'static str, &'static str)>,
    /// Programs that start it in the background, with the word that says so.
    pub(super) launches: Vec<(&'static str, &'static str)>,
    /// What names the file that its log goes to.
    pub(super) log_file: Vec<&'static str>,
    /// The names under which `service` knows it.
    pub(super) services: Vec<&'static str>,
    pub(super) foreground: Vec<(&'static str, &'static str)>,
    pub(super) ports_of: Vec<(&'static str, Vec<i64>)>,
    pub(super) breaks: Option<(&'static str, i64)>,
    pub(super) programs: Vec<&'static str>,
    pub(super) directory: &'static str,
    pub(super) root: &'static str,
    pub(super) is_deaf: bool,
    pub(super) ready: i64,
    pub(super) stops: i64,
    pub(super) variables: Vec<(&'static str, &'static str)>,
    pub(super) pages: Vec<(&'static str, &'static str)>,
    pub(super) answers: Vec<Answer>,
}

/// Where something of a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The options, variables and settings that say it.
    pub names: Vec<&'static str>,
    /// Where it is else.
    pub usual: Option<&'static str>,
}

/// What a server keeps in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The folder.
    pub place: Place,
    /// What has to be set to which value for it.
    pub only_if: Option<(Vec<&'static str>, &'static str)>,
    /// What is in it; `/` at the end marks a folder.
    pub names: Vec<&'static str>,
}

/// What is there while a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The file with the number of its process.
    Number,
    /// A socket.
    Socket,
}

/// What a server wants to be told before it begins with an empty directory.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The program, and what its arguments contain.
    pub(super) words: Vec<&'static str>,
    /// Whether it is for a server that runs.
    pub(super) is_running: bool,
    pub(super) text: &'static str,
}

/// What each base has beside the programs that run here.
pub(super) fn bases() -> &'static [(&'static str, Vec<&'static str>)] {
    static BASES: OnceLock<Vec<(&'static str, Vec<&'static str>)>> = OnceLock::new();
    BASES.get_or_init(|| {
        let lines = include_str!("../images.txt").lines().filter_map(|line| line.strip_prefix("base-has "));
        lines.filter_map(|line| line.split_once(' ')).map(|(base, words)| (base, words.split(' ').collect())).collect()
    })
}

/// What an image sets of which nothing else is known, by its name.
pub(super) fn variables_of(name: &str) -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../images.txt").lines().filter_map(|line| line.strip_prefix("sets "));
    let mut rows = lines.filter_map(|line| line.split_once(' '));
    let row = rows.find(|row| row.0 == name).map_or("", |row| row.1);
    row.split(' ').filter_map(|pair| pair.split_once('=')).collect()
}

/// The programs that a package brings, if they are not called as it is.
pub fn package_programs(name: &str) -> Option<Vec<&'static str>> {
    let lines = include_str!("../images.txt").lines().filter_map(|line| line.strip_prefix("package "));
    let mut rows = lines.filter_map(|line| line.split_once(" | "));
    rows.find(|row| row.0.split(' ').any(|own| own == name)).map(|row| row.1.split(' ').collect())
}

/// A list of programs that images have not.
pub(super) fn missing_of(name: &str) -> Vec<&'static str> {
    let lines = include_str!("../images.txt").lines().filter_map(|line| line.strip_prefix("missing "));
    let mut lists = lines.filter_map(|line| line.split_once(' '));
    lists.find(|list| list.0 == name).map_or_else(Vec::new, |list| list.1.split(' ').collect())
}

/// Whether one of the bases brings a program that this lab cannot run.
pub fn is_of_bases(name: &str) -> bool {
    bases().iter().any(|(_, programs)| programs.contains(&name))
}

/// The table, read once.
pub(super) fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| read_rows(include_str!("../images.txt")))
}

fn read_rows(text: &'static str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if key == "image" {
            rows.push(Row { name: value, ..Row::default() });
        }
        if key == "like" {
            begin_like(&mut rows, value);
        }
        let Some(row) = rows.last_mut() else { continue };
        let words = || value.split_whitespace();
        let number = || value.parse().unwrap_or(0);
        let pair = |mark: &str| value.split_once(mark).unwrap_or((value, ""));
        match key {
            "match" => row.others = words().collect(),
            "makers" => row.makers = words().collect(),
            "official" => (row.is_official, row.makers) = (true, words().collect()),
            "deaf" => row.is_deaf = true,
            "base" => row.base = value,
            "version" => row.version = value,
            "ports" | "port-settings" | "ports-of" | "closes" | "no-http" => row.read_ports(key, value),
            "repackaged-ports" | "repackaged-port-settings" => row.read_ports(key, value),
            "bound" | "bound-inside" | "bound-usually" => row.read_ports(key, value),
            "user" => row.user = value,
            "requires" => row.requires = requirement(value),
            "spoiled-by" => row.spoiled_by = value.split_once(" => "),
            "in-use" => row.in_use = value,
            "raw" => row.raw.extend(value.split_once(" => ")),
            "process" => row.process = value,
            "server" => row.servers = words().collect(),
            "entrypoint" => row.entrypoint = words().collect(),
            "starts" => row.starts = words().collect(),
            "asks" => row.asks = words().collect(),
            "folders" => row.folders = words().collect(),
            "names" | "file" | "published" | "log" | "log-of" | "log-every" => row.read_words(key, value),
            "data" | "data-text" | "reads" | "pid" | "socket" | "keeper" | "log-file" => row.read_files(key, value),
            "scripts" | "needs" | "opens" | "not-root" => row.read_start(key, value),
            "behind" | "behind-setting" | "launches" | "service" => row.read_background(key, value),
            "empty" => row.empty = words().collect(),
            "lacks" => {
                let all = words().map(|word| word.strip_prefix('@').map_or_else(|| vec![word], missing_of));
                row.lacks = all.flatten().collect();
            }
            "writes" => row.writes.push(pair(" ")),
            "puts" | "shares" | "gets" | "misses" => {
                let (words, text) = value.split_once("=>").unwrap_or((value, ""));
                row.kept.push((key, words.split_whitespace().collect(), text.trim_start_matches(' ')));
            }
            "ends" => row.ends.push(words().collect()),
            "foreground" => row.foreground.push(pair(" ")),
            "breaks" => {
                let (word, seconds) = pair(" ");
                row.breaks = seconds.parse().ok().map(|seconds| (word, seconds));
            }
            "programs" => row.programs = words().collect(),
            "directory" => row.directory = value,
            "root" => row.root = value,
            "ready" => row.ready = number(),
            "stops" => row.stops = number(),
            "env" => row.variables.push(pair("=")),
            "page" => row.pages.push(pair(" ")),
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

/// The last row has all that another has, but for its names.
fn begin_like(rows: &mut [Row], name: &str) {
    let other = rows.iter().find(|row| row.name == name).cloned().unwrap_or_default();
    if let Some(row) = rows.last_mut() {
        *row = Row { name: row.name, others: Vec::new(), is_official: false, makers: Vec::new(), ..other };
    }
}

impl Row {
    /// What an image's server says, and what is in it and around it.
    fn read_words(&mut self, key: &str, value: &'static str) {
        let words = || value.split_whitespace();
        let pair = || value.split_once(' ').unwrap_or((value, ""));
        match key {
            "names" => {
                let all = words().filter_map(|word| word.split_once('='));
                let user = |(name, rest): (&'static str, &'static str)| {
                    let (number, home) = rest.split_once(':').unwrap_or((rest, ""));
                    Some((name, number.parse().ok()?, home))
                };
                self.names = all.filter_map(user).collect();
            }
            "file" => {
                let (path, text) = pair();
                // The table is read once.
                self.files.push((path, Box::leak(text.replace("\\n", "\n").into_boxed_str())));
            }
            "published" => self.published = words().collect(),
            "log" => self.log.push(("", value)),
            "log-of" => self.log.push(pair()),
            "log-every" => {
                let (seconds, text) = pair();
                self.log_every = seconds.parse().ok().map(|seconds| (seconds, text));
            }
            _ => {}
        }
    }
}

impl Row {
    /// What its server leaves in the file system.
    fn read_files(&mut self, key: &str, value: &'static str) {
        match key {
            "data" => self.data.extend(data(value)),
            "data-text" => self.data_texts.extend(value.split_once(' ')),
            "reads" => self.reads = value.split_whitespace().collect(),
            "pid" => self.marks.push((Mark::Number, place(value))),
            "socket" => self.marks.push((Mark::Socket, place(value))),
            "log-file" => self.log_file = value.split_whitespace().collect(),
            "keeper" => {
                let (user, mode) = value.split_once(' ').unwrap_or((value, "755"));
                let pair = user.split_once('=').and_then(|(name, number)| Some((name, number.parse().ok()?)));
                self.keeper = pair.map(|(name, number)| (name, number, u16::from_str_radix(mode, 8).unwrap_or(0o755)));
            }
            _ => {}
        }
    }

    /// What its entrypoint does and refuses before its server begins.
    fn read_start(&mut self, key: &str, value: &'static str) {
        match key {
            "scripts" => {
                let (when, rest) = value.split_once(' ').unwrap_or((value, ""));
                let folder = rest.split_once(' ');
                self.scripts = folder.map(|(folder, text)| (folder, when == "first", text));
            }
            "needs" => self.needs.extend(value.split_once(" => ")),
            "opens" => self.opens.extend(value.split_once(" => ")),
            _ => self.not_root = value,
        }
    }

    /// How its server gets into the background.
    fn read_background(&mut self, key: &str, value: &'static str) {
        let words = || value.split_whitespace();
        match key {
            "behind" => self.behind = words().collect(),
            "behind-setting" => self.behind_settings = words().filter_map(|word| word.split_once('=')).collect(),
            "launches" => self.launches.extend(value.split_once(' ')),
            "service" => self.services = words().collect(),
            _ => {}
        }
    }
}

/// `NAMES… PATH`, with `-` for no path.
fn place(value: &'static str) -> Place {
    let mut names: Vec<&'static str> = value.split_whitespace().collect();
    let usual = names.pop().filter(|path| *path != "-");
    Place { names, usual }
}

/// `[if NAME,NAME=VALUE] NAMES… PATH | NAMES…`.
fn data(value: &'static str) -> Option<Data> {
    let (mut before, names) = value.split_once(" | ")?;
    let mut only_if = None;
    if let Some((condition, rest)) = before.strip_prefix("if ").and_then(|rest| rest.split_once(' ')) {
        let (asked, wanted) = condition.split_once('=')?;
        (only_if, before) = (Some((asked.split(',').collect(), wanted)), rest);
    }
    Some(Data { place: place(before), only_if, names: names.split_whitespace().collect() })
}

/// `DIRECTORY VARIABLES => TEXT`.
pub(super) fn requirement(value: &'static str) -> Option<Requirement> {
    let (words, text) = value.split_once("=>")?;
    let mut words = words.split_whitespace();
    Some(Requirement { directory: words.next()?, variables: words.collect(), text: text.trim_start() })
}
