//! What nginx is told: its settings as a tree, the ports and the answers that follow from them, and why it would refuse
//! them.
//!
//! A setting that this lab does not act on is taken to be right, unless it is one letter away from one that nginx has.

use super::container::{Container, normalize, parent_of};
use super::language::matches_glob;
use super::registry::is_one_letter_off;
use crate::cluster::Cluster;

/// How deep files may include each other.
const DEPTH_MAX: usize = 10;
/// The most settings that are read.
const SETTINGS_MAX: usize = 5000;

/// Settings that are often written by hand: what is one letter away from one of them is a slip.
const KNOWN: &[&str] = &[
    "access_log",
    "add_header",
    "autoindex",
    "client_max_body_size",
    "default_type",
    "error_log",
    "error_page",
    "events",
    "expires",
    "fastcgi_pass",
    "include",
    "index",
    "keepalive_timeout",
    "listen",
    "location",
    "log_format",
    "proxy_pass",
    "proxy_set_header",
    "resolver",
    "return",
    "rewrite",
    "root",
    "sendfile",
    "server",
    "server_name",
    "ssl_certificate",
    "ssl_certificate_key",
    "stub_status",
    "try_files",
    "types",
    "upstream",
    "worker_connections",
    "worker_processes",
];

/// One setting: its words, and those that stand in its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name and values.
    pub words: Vec<String>,
    /// What stands in its braces, if it has any.
    pub inner: Option<Vec<Setting>>,
    file: String,
    line: usize,
}

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `return CODE [TEXT]`.
    Says(i64, String),
    /// What stands under a path below a directory.
    Files(String, String),
    /// Nobody here knows what stands behind it.
    Unknown,
}

/// All settings of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebSettings {
    all: Vec<Setting>,
    /// Why nginx would not begin, as it says it.
    pub refusal: Option<String>,
    is_cut: bool,
}

/// A text on its way to settings.
struct Reader<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    line: usize,
    file: &'t str,
    count: usize,
}

impl Reader<'_> {
    fn refuse(&self, what: &str) -> String {
        format!("{what} in {}:{}", self.file, self.line)
    }

    /// The next word, or one of the signs `;`, `{`, `}`.
    fn token(&mut self) -> Option<(String, bool)> {
        loop {
            match self.rest.peek()? {
                '#' => while self.rest.next_if(|c| *c != '\n').is_some() {},
                c if c.is_whitespace() => {
                    self.line += usize::from(*c == '\n');
                    self.rest.next();
                }
                _ => break,
            }
        }
        let first = self.rest.next()?;
        if matches!(first, ';' | '{' | '}') {
            return Some((first.to_string(), true));
        }
        let mut word = String::new();
        if matches!(first, '"' | '\'') {
            while let Some(c) = self.rest.next() {
                match c {
                    c if c == first => break,
                    '\\' => word.extend(self.rest.next()),
                    c => {
                        self.line += usize::from(c == '\n');
                        word.push(c);
                    }
                }
            }
            return Some((word, false));
        }
        word.push(first);
        let mut before = first;
        // `${name}` is a variable; any other brace opens a block.
        let goes_on = |c: char, before: char| !c.is_whitespace() && c != ';' && (c != '{' || before == '$');
        while let Some(c) = self.rest.next_if(|c| goes_on(*c, before)) {
            word.push(c);
            before = c;
        }
        Some((word, false))
    }

    /// Settings up to the end of a block or of the text.
    fn block(&mut self, is_inner: bool) -> Result<Vec<Setting>, String> {
        let (mut all, mut words, mut line) = (Vec::new(), Vec::new(), 0);
        while let Some((token, is_sign)) = self.token() {
            match (token.as_str(), is_sign) {
                (";", true) if words.is_empty() => return Err(self.refuse("unexpected \";\"")),
                (";", true) => {
                    all.push(Setting { words: std::mem::take(&mut words), inner: None, file: self.file.into(), line });
                }
                ("{", true) if words.is_empty() => return Err(self.refuse("unexpected \"{\"")),
                ("{", true) => {
                    let words = std::mem::take(&mut words);
                    let inner = Some(self.block(true)?);
                    all.push(Setting { words, inner, file: self.file.into(), line });
                }
                ("}", true) if !words.is_empty() || !is_inner => return Err(self.refuse("unexpected \"}\"")),
                ("}", true) => return Ok(all),
                _ => {
                    if words.is_empty() {
                        line = self.line;
                    }
                    words.push(token);
                }
            }
            self.count += 1;
            if self.count > SETTINGS_MAX {
                return Ok(all);
            }
        }
        match (is_inner, words.is_empty()) {
            (true, _) => Err(self.refuse("unexpected end of file, expecting \"}\"")),
            (false, false) => Err(self.refuse("unexpected end of file, expecting \";\" or \"}\"")),
            (false, true) => Ok(all),
        }
    }
}

/// Reads one text; scripts inside of settings are not read.
fn read(text: &str, file: &str) -> Result<Vec<Setting>, String> {
    if text.contains("_by_lua") || text.contains("js_content") {
        return Ok(Vec::new());
    }
    Reader { rest: text.chars().peekable(), line: 1, file, count: 0 }.block(false)
}

/// A setting that is one letter away from one that nginx has.
fn slip(all: &[Setting]) -> Option<String> {
    all.iter().find_map(|setting| {
        let name = setting.words.first()?;
        let is_map = matches!(name.as_str(), "map" | "geo" | "types" | "split_clients" | "match");
        let is_slip = name.len() > 4 && !KNOWN.contains(&name.as_str());
        if is_slip && KNOWN.iter().any(|known| known.len() > 4 && is_one_letter_off(name, known)) {
            return Some(format!("unknown directive \"{name}\" in {}", setting.place()));
        }
        setting.inner.as_deref().filter(|_| !is_map).and_then(slip)
    })
}

impl Setting {
    /// Where it stands: its file and line.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// Settings with all that stand in their braces, in the order of their text.
fn all_of(all: &[Setting]) -> Vec<&Setting> {
    all.iter().flat_map(|it| std::iter::once(it).chain(it.inner.iter().flat_map(|inner| all_of(inner)))).collect()
}

impl WebSettings {
    /// Every setting, those in braces too.
    pub(super) fn every(&self) -> Vec<&Setting> {
        all_of(&self.all)
    }

    /// The settings of a container's nginx.
    pub fn of(container: &Container, cluster: &Cluster) -> WebSettings {
        let mut settings = WebSettings::default();
        let main = container.web_settings_file(cluster);
        match settings.file(container, cluster, &main, 0) {
            Ok(all) => settings.all = all,
            Err(why) => settings.refusal = Some(why),
        }
        if settings.refusal.is_none() {
            settings.refusal = slip(&settings.all);
        }
        settings
    }

    fn file(
        &mut self,
        container: &Container,
        cluster: &Cluster,
        path: &str,
        depth: usize,
    ) -> Result<Vec<Setting>, String> {
        let Ok(text) = container.read(cluster, path) else {
            self.is_cut = true;
            return Ok(Vec::new());
        };
        self.is_cut |= text.contains("_by_lua") || text.contains("js_content");
        let all = read(&text, path)?;
        self.included(container, cluster, all, &parent_of(path), depth)
    }

    /// The same settings with what they include in its place.
    fn included(
        &mut self,
        container: &Container,
        cluster: &Cluster,
        all: Vec<Setting>,
        folder: &str,
        depth: usize,
    ) -> Result<Vec<Setting>, String> {
        let mut whole = Vec::new();
        for mut setting in all {
            if let [name, pattern] = setting.words.as_slice()
                && name == "include"
                && depth < DEPTH_MAX
            {
                let path = normalize(folder, pattern);
                if path.ends_with("mime.types") {
                    continue;
                }
                let (above, last) = path.rsplit_once('/').unwrap_or(("", &path));
                let entries = container.list(cluster, above).unwrap_or_default();
                for (name, _) in entries.iter().filter(|entry| matches_glob(last, &entry.0)) {
                    whole.extend(self.file(container, cluster, &format!("{above}/{name}"), depth + 1)?);
                }
                continue;
            }
            if let Some(inner) = setting.inner.take() {
                setting.inner = Some(self.included(container, cluster, inner, folder, depth)?);
            }
            whole.push(setting);
        }
        Ok(whole)
    }

    /// The blocks `server`.
    pub(super) fn servers(&self) -> impl Iterator<Item = &[Setting]> {
        let http = self.all.iter().filter(|setting| setting.words == ["http"]);
        let inner = http.flat_map(|http| http.inner.iter().flatten());
        inner.filter(|setting| setting.words == ["server"]).filter_map(|server| server.inner.as_deref())
    }

    /// The values of the first setting of a name in a block.
    fn value<'s>(block: &'s [Setting], name: &str) -> Option<&'s [String]> {
        let found = block.iter().find(|setting| setting.words.first().is_some_and(|own| own == name))?;
        found.words.get(1..)
    }

    /// The value of a setting outside of all blocks, or of `http`.
    pub fn main_value(&self, name: &str) -> Option<String> {
        let http = self.all.iter().find(|setting| setting.words == ["http"]).and_then(|http| http.inner.as_deref());
        let own = WebSettings::value(&self.all, name).or_else(|| WebSettings::value(http?, name));
        own.and_then(|values| values.first()).cloned()
    }

    /// Where a setting outside of all blocks stands.
    pub fn place_of(&self, name: &str) -> Option<String> {
        let found = self.all.iter().find(|setting| setting.words.first().is_some_and(|own| own == name))?;
        Some(found.place())
    }

    /// What the server on a port answers to a path; `None` if no settings speak of it.
    pub fn answer(&self, port: i64, path: &str) -> Option<Answer> {
        let listens = |server: &&[Setting]| {
            let mut ports = server.iter().filter(|setting| setting.words.first().is_some_and(|name| name == "listen"));
            let says = |setting: &Setting| {
                let address = setting.words.get(1).map_or("80", String::as_str);
                address.rsplit(':').next().and_then(|port| port.parse::<i64>().ok()) == Some(port)
            };
            ports.any(says)
        };
        let server = self.servers().find(listens).or_else(|| self.servers().next());
        let Some(server) = server else { return self.is_cut.then_some(Answer::Unknown) };
        let location = location_of(server, path);
        Some(answer_of(server, location, path))
    }
}

/// The block `location` that a path falls into: an exact one, else a regular expression, else the longest beginning.
fn location_of<'s>(server: &'s [Setting], path: &str) -> Option<&'s Setting> {
    let locations = || server.iter().filter(|setting| setting.words.first().is_some_and(|name| name == "location"));
    let exact = locations().find(|it| matches!(it.words.as_slice(), [_, sign, own] if sign == "=" && own == path));
    let prefix = |setting: &&Setting| {
        let own = match setting.words.as_slice() {
            [_, own] => own,
            [_, sign, own] if sign == "^~" => own,
            _ => return None,
        };
        path.starts_with(own.as_str()).then_some(own.len())
    };
    let longest = locations().filter(|it| prefix(it).is_some()).max_by_key(|it| prefix(it));
    let is_final = longest.is_some_and(|it| it.words.get(1).is_some_and(|sign| sign == "^~"));
    let by_pattern = locations().filter(|_| !is_final).find(|it| match it.words.as_slice() {
        [_, sign, pattern] if sign == "~" || sign == "~*" => {
            crate::regex::Pattern::new(pattern, true, sign == "~*").is_in(path)
        }
        _ => false,
    });
    exact.or(by_pattern).or(longest)
}

fn answer_of(server: &[Setting], location: Option<&Setting>, path: &str) -> Answer {
    const OTHERS: &[&str] = &[
        "fastcgi_pass",
        "grpc_pass",
        "proxy_pass",
        "rewrite",
        "scgi_pass",
        "stub_status",
        "uwsgi_pass",
        "try_files",
        "auth_basic",
        "auth_request",
        "deny",
        "error_page",
        "internal",
        "if",
        "js_content",
        "empty_gif",
        "set",
    ];
    let block = location.and_then(|location| location.inner.as_deref()).unwrap_or(&[]);
    for block in [block, server] {
        if let Some(values) = WebSettings::value(block, "return") {
            let code = values.first().and_then(|code| code.parse::<i64>().ok());
            return match (code, values) {
                (Some(code), [_, text]) if !text.contains('$') => Answer::Says(code, text.clone()),
                (Some(code), [_]) => Answer::Says(code, String::new()),
                _ => Answer::Unknown,
            };
        }
    }
    if OTHERS.iter().any(|name| WebSettings::value(block, name).is_some() || WebSettings::value(server, name).is_some())
    {
        return Answer::Unknown;
    }
    let folder = |block: &[Setting], name: &str| Some(WebSettings::value(block, name)?.first()?.clone());
    if let Some(alias) = folder(block, "alias") {
        let own = location.and_then(|location| location.words.last()).map_or("", String::as_str);
        let rest = path.strip_prefix(own).unwrap_or("");
        return Answer::Files(alias, rest.to_string());
    }
    match folder(block, "root").or_else(|| folder(server, "root")) {
        Some(root) => Answer::Files(root, path.to_string()),
        None => Answer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> WebSettings {
        let all = read(&format!("http {{ {text} }}"), "x.conf").expect("settings");
        WebSettings { all, ..WebSettings::default() }
    }

    #[test]
    fn a_request_falls_into_its_location() {
        let web = settings(
            "server { listen 8081; root /srv; location = /healthz { return 200 'ok'; } location ~ \\.php$ { fastcgi_pass x; }
             location /files/ { alias /data/; } location /stub { stub_status; } }",
        );
        assert_eq!(web.answer(8081, "/healthz"), Some(Answer::Says(200, "ok".into())));
        assert_eq!(web.answer(8081, "/a.php"), Some(Answer::Unknown));
        assert_eq!(web.answer(8081, "/stub"), Some(Answer::Unknown));
        assert_eq!(web.answer(8081, "/files/a"), Some(Answer::Files("/data/".into(), "a".into())));
        assert_eq!(web.answer(8081, "/a"), Some(Answer::Files("/srv".into(), "/a".into())));
    }

    #[test]
    fn what_nginx_would_not_read_is_refused_at_its_place() {
        let why = |text: &str| read(text, "a.conf").err();
        assert_eq!(why("server {\n listen 80\n}\n"), Some("unexpected \"}\" in a.conf:3".into()));
        assert_eq!(why("server {\n listen 80;\n"), Some("unexpected end of file, expecting \"}\" in a.conf:3".into()));
        assert_eq!(why("server { listen 80; } }"), Some("unexpected \"}\" in a.conf:1".into()));
        assert_eq!(why("log_format x '{ \"a\": $b }'; # { \n"), None);
        let slips = |text: &str| slip(&read(text, "a.conf").unwrap());
        assert_eq!(slips("server { lokation / {} }"), Some("unknown directive \"lokation\" in a.conf:1".into()));
        assert_eq!(slips("server { my_own_module_setting on; }"), None);
    }
}
