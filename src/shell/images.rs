//! What the images of tutorials contain and serve, told from their names by the table in `images.txt`; pulls nothing.

mod files;
mod naming;
mod passwd_of_image;
mod ports;
mod program_places;
mod starting;
mod table;

use files::{ALPINE_RELEASE, DEBIAN_RELEASE, UBUNTU_RELEASE};
pub use files::{DIRECTORIES, PLACES, is_kernels};
use naming::row_of;
pub(in crate::shell) use naming::{OfficialVersion, official_names, official_version, published};
pub use ports::BoundUsually;
use table::{Answer, Row, bases, missing_of, variables_of};
pub use table::{Data, Family, Keeping, Mark, Place, Requirement, is_of_bases, package_programs};

/// How the name of an image led to its row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// The row is called so: it is its makers' own build, and has all that the row says.
    Own,
    /// The row lists the name beside its own, behind `match`: what it serves is known whole.
    Listed,
    /// The name only contains one that the table has, is somebody else's build of it, or has no row.
    Similar,
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
    /// How its name led to the row.
    naming: Naming,
    /// Whether its tag says that it is a small build.
    is_slim: bool,
    row: Option<&'static Row>,
    /// What it sets, where nothing else is known of it.
    variables: Vec<(&'static str, &'static str)>,
}

impl Image {
    /// Reads an image's name.
    pub fn of(name: &str) -> Image {
        let name = name.split('@').next().unwrap_or(name);
        let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
        let last = last.to_ascii_lowercase();
        let (repository, tag) = last.split_once(':').unwrap_or((&last, ""));
        let version = tag.split('-').next().unwrap_or("").trim_start_matches('v');
        let version = if version.starts_with(|c: char| c.is_ascii_digit()) { version } else { "" };
        // A distribution of its own: the same servers on another base, with its own scripts.
        let is_repackaged = name.contains("bitnami");
        // What others publish under such a name begins by a script of theirs, and has what they put into it: nobody
        // here knows it.
        let is_makers = |row: &&Row| row.is_published_at(path) || repository.contains("library");
        let is_called = |row: &&Row| row.others.contains(&repository);
        let row = row_of(repository).filter(|row| is_repackaged || is_called(row) || is_makers(row));
        let family = match row.map_or("", |row| row.name) {
            "nginx" | "nginx-unprivileged" => Family::Nginx,
            "httpd" => Family::Httpd,
            "mariadb" => Family::Mariadb,
            "mysql" => Family::Mysql,
            "postgres" => Family::Postgres,
            "redis" | "redis-stack" => Family::Redis,
            "elasticsearch" => Family::Elasticsearch,
            "busybox" => Family::Busybox,
            _ => Family::Other,
        };
        let base = row.map_or("", |row| row.base);
        let is_busybox =
            matches!(base, "busybox" | "alpine") || repository.contains("alpine") || tag.contains("alpine");
        let naming = match row.filter(|_| !is_repackaged) {
            Some(row) if row.name == repository && row.is_published_at(path) => Naming::Own,
            Some(row) if row.others.contains(&repository) => Naming::Listed,
            _ => Naming::Similar,
        };
        let is_slim = tag.split('-').any(|part| part == "slim");
        let variables = if row.is_none() { variables_of(repository) } else { Vec::new() };
        Image { family, version: version.to_string(), is_busybox, is_repackaged, naming, is_slim, row, variables }
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

    /// Whether the table says that a program is not in it: in the image itself, in its small build, or in the one on
    /// Alpine.
    fn lacks(&self, name: &str) -> bool {
        let Some(row) = self.row.filter(|_| self.is_makers_own()) else { return false };
        let is_moved = self.is_busybox && !matches!(row.base, "busybox" | "alpine");
        match () {
            () if is_moved => missing_of("alpine").contains(&name) && !(name == "curl" && self.family == Family::Nginx),
            () if self.is_slim => row.lacks.contains(&name) || missing_of("slim").contains(&name),
            () => row.lacks.contains(&name),
        }
    }

    /// Whether the program `name`, which this lab can run, is in the image.
    pub fn has_program(&self, name: &str) -> bool {
        if self.lacks(name) {
            return false;
        }
        if self.row.is_some_and(|row| row.base == "none") && !self.is_repackaged && !self.is_busybox {
            return self.has_own(name);
        }
        match name {
            // Builds on Alpine have it if somebody put it there: the table says so, or nobody knows.
            "bash" => !self.is_busybox || self.row.is_none_or(|row| row.programs.contains(&"bash")),
            "mariadb" | "mysql" => self.is_database() || (self.row.is_none() && !self.is_busybox),
            "nginx" => self.family == Family::Nginx,
            "httpd" => self.family == Family::Busybox,
            "dnf" | "microdnf" | "yum" => !self.is_busybox && self.row.is_none_or(|row| row.name == "centos"),
            "apt" | "apt-get" => !self.is_busybox && self.row.is_none_or(|row| row.name != "centos"),
            "groupadd" | "groupdel" | "groupmod" | "useradd" | "userdel" | "usermod" => !self.is_busybox,
            "service" => !self.is_busybox && self.row.is_none_or(|row| row.base == "debian"),
            "column" | "join" | "sha384sum" => !self.is_busybox,
            // BusyBox has them; of Debian's images only those with more than the base.
            "hd" | "hexdump" | "xxd" => self.is_busybox || self.is_installed(),
            "apk" => match self.row {
                // An image that nobody knows may be built on Alpine as well.
                None => true,
                Some(_) => self.is_busybox && self.family != Family::Busybox,
            },
            "busybox" => self.is_busybox,
            _ => true,
        }
    }

    /// Whether an image that nobody here knows may have a program beside its base that others have not: no image has the
    /// packages of two distributions.
    pub fn may_bring(&self, name: &str) -> bool {
        const OF_OTHERS: &[&str] = &["apt", "apt-get", "dnf", "microdnf", "yum"];
        self.row.is_none() && !(self.is_busybox && OF_OTHERS.contains(&name))
    }

    /// Whether BusyBox's programs are those that ask the network: a toolbox brings others.
    pub fn has_small_network(&self) -> bool {
        self.is_busybox && self.row.is_none_or(|row| row.name != "toolbox")
    }

    /// Whether it is more than a base, so that it may have what a base lacks.
    fn is_installed(&self) -> bool {
        !self.is_makers_own() || self.row.is_some_and(|row| !row.process.is_empty())
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

    /// Where a database of somebody else's build keeps what its makers' keeps elsewhere: the folder of its claim, and
    /// that other place.
    pub fn moved_data(&self) -> Option<(&'static str, &'static str)> {
        match self.family {
            Family::Mariadb if self.is_repackaged => Some(("/bitnami/mariadb", "/var/lib/mysql")),
            Family::Mysql if self.is_repackaged => Some(("/bitnami/mysql", "/var/lib/mysql")),
            _ => None,
        }
    }

    /// Whether somebody else built it than the makers of its server.
    pub fn is_repackaged(&self) -> bool {
        self.is_repackaged
    }

    /// Whether the process that it starts is known.
    pub fn knows_process(&self) -> bool {
        self.is_known() && !self.is_repackaged
    }

    /// The settings that its web server begins with.
    pub fn web_settings(&self) -> &'static str {
        if self.is_repackaged { "/opt/bitnami/nginx/conf/nginx.conf" } else { "/etc/nginx/nginx.conf" }
    }

    /// Whether it is its makers' own build, by its own name.
    pub fn is_makers_own(&self) -> bool {
        self.naming == Naming::Own
    }

    /// Whether the table has its very name: what it serves is known whole.
    pub fn is_named(&self) -> bool {
        self.naming != Naming::Similar
    }

    /// What spoils an empty data directory for its server, and what that says.
    pub fn spoiled_by(&self) -> Option<(&'static str, &'static str)> {
        self.row.filter(|_| self.is_makers_own())?.spoiled_by
    }

    /// What its server says when its port is taken.
    pub fn text_in_use(&self) -> Option<&'static str> {
        self.row.filter(|_| self.is_makers_own()).map(|row| row.in_use).filter(|text| !text.is_empty())
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

    /// After how many seconds it answers with an error, when it is called with these words.
    pub fn breaks_after(&self, words: &[String]) -> Option<i64> {
        let (word, seconds) = self.row?.breaks?;
        words.iter().any(|own| own == word).then_some(seconds)
    }

    /// The user that the image names for its programs, as a number or a name; none of an image that nobody here knows.
    pub fn user(&self) -> Option<&'static str> {
        match (self.is_repackaged, self.row) {
            (true, _) => Some("1001"),
            (false, row) => Some(row?.user.split(['=', ':']).next().filter(|user| !user.is_empty()).unwrap_or("0")),
        }
    }

    /// The user of its own with this number.
    pub fn named(&self, number: i64) -> Option<&'static str> {
        self.row?.names.iter().find(|user| user.1 == number).map(|user| user.0)
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

    /// The user and group that a place in it belongs to, where that is the user that its programs run as. Builds of
    /// others give what they bring to the group 0.
    pub fn own_place(&self, path: &str) -> Option<(i64, i64)> {
        let is_below = |place: &str| {
            let place = place.trim_end_matches('/');
            !place.is_empty() && path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if self.is_repackaged && ["/opt/bitnami", "/bitnami", "/app"].into_iter().any(is_below) {
            return Some((0, 0));
        }
        let numbers = self.user_numbers();
        let row = self.row.filter(|_| numbers.0 != 0 && !self.is_repackaged)?;
        let mut own = row.folders.iter().chain(&row.empty).chain(std::iter::once(&row.directory));
        own.any(|place| is_below(place)).then_some(numbers)
    }

    /// The name of that user, if the table says it.
    pub fn user_name(&self) -> Option<&'static str> {
        self.row?.user.split_once('=').map(|(name, _)| name)
    }

    /// What its server wants to be told before it begins with an empty directory.
    pub fn requirement(&self) -> Option<&'static Requirement> {
        self.row.filter(|_| self.is_makers_own())?.requires.as_ref()
    }

    /// How many seconds its server needs until it listens.
    pub fn ready_seconds(&self) -> i64 {
        self.row.map_or(0, |row| row.ready)
    }

    /// Whether its server does not hear the stop signal as a container's first process.
    pub fn is_deaf(&self) -> bool {
        self.row.is_some_and(|row| row.is_deaf)
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

    /// What its server says when it begins with these words, and what it says again and again, with the seconds between.
    pub fn log(&self, words: &[String]) -> (Vec<&'static str>, Option<(i64, &'static str)>) {
        let Some(row) = self.row.filter(|_| !self.is_repackaged) else { return (Vec::new(), None) };
        let fits = |(word, _): &&(&str, &str)| word.is_empty() || words.iter().any(|own| own == word);
        (row.log.iter().filter(fits).map(|line| line.1).collect(), row.log_every)
    }

    /// What the image sets in the environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let variables = self.row.map_or(&self.variables[..], |row| &row.variables).iter();
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
}

fn major(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
