//! The options of the MariaDB client.

/// What was asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) host: Option<String>,
    pub(super) port: Option<i64>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) asks_password: bool,
    pub(super) execute: Option<String>,
    pub(super) database: Option<String>,
    pub(super) hides_names: bool,
    pub(super) is_batch: bool,
    pub(super) is_table: bool,
    pub(super) is_forced: bool,
    /// The file of settings that was named.
    pub(super) defaults: Option<String>,
    /// Whether the command line says the user.
    names_user: bool,
}

impl Options {
    /// Adds what the command line leaves out: from a file of settings, if there is one, then from `variable`.
    pub(super) fn complete(&mut self, settings: &str, variable: impl Fn(&str) -> Option<String>) {
        for (name, value) in client_settings(settings) {
            match name {
                "user" if !self.names_user => self.user = value.to_string(),
                "password" if self.password.is_none() && !self.asks_password => {
                    self.password = Some(value.to_string());
                }
                "host" if self.host.is_none() => self.host = Some(value.to_string()),
                "port" if self.port.is_none() => self.port = value.parse().ok(),
                "database" if self.database.is_none() => self.database = Some(value.to_string()),
                _ => {}
            }
        }
        self.host = self.host.take().or_else(|| variable("MYSQL_HOST"));
        self.port = self.port.or_else(|| variable("MYSQL_TCP_PORT")?.parse().ok());
        if self.password.is_none() && !self.asks_password {
            self.password = variable("MYSQL_PWD");
        }
    }
}

/// The settings of a file for clients: lines `name = value` in its sections for them, with or without quotes.
fn client_settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut is_for_clients = false;
    text.lines().map(str::trim).filter_map(move |line| {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_for_clients = matches!(section, "client" | "mysql" | "mariadb" | "client-mariadb" | "client-server");
            return None;
        }
        let (name, value) = line.split_once('=').filter(|_| is_for_clients)?;
        let value = value.trim();
        let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        Some((name.trim(), unquoted.unwrap_or(value)))
    })
}

/// Options that a value follows, in this word or the next; those that change nothing here are named all the same.
const TAKE_VALUE: &[&str] = &[
    "h",
    "host",
    "u",
    "user",
    "e",
    "execute",
    "D",
    "database",
    "P",
    "port",
    "S",
    "socket",
    "protocol",
    "default-character-set",
    "connect-timeout",
    "defaults-file",
    "defaults-extra-file",
    "defaults-group-suffix",
    "login-path",
    "init-command",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "default-auth",
    "plugin-dir",
    "max-allowed-packet",
];

/// Options without a value that change nothing here.
const WITHOUT_EFFECT: &[&str] = &[
    "v",
    "A",
    "C",
    "q",
    "n",
    "w",
    "verbose",
    "ssl",
    "skip-ssl",
    "disable-ssl",
    "ssl-mode",
    "skip-ssl-verify-server-cert",
    "compress",
    "no-defaults",
    "no-beep",
    "reconnect",
    "raw",
    "unbuffered",
    "quick",
    "column-names",
    "comments",
    "local-infile",
    "enable-cleartext-plugin",
    "get-server-public-key",
    "no-auto-rehash",
    "wait",
];

/// The name of an option, and the value in the same word. `None` for a word that is none.
fn name_and_value(word: &str) -> Option<(&str, Option<String>)> {
    if let Some(long) = word.strip_prefix("--") {
        return Some(long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_string()))));
    }
    let short = word.strip_prefix('-').filter(|rest| !rest.is_empty())?;
    let end = short.chars().next().map_or(0, char::len_utf8);
    let (name, rest) = short.split_at(end);
    Some((name, if rest.is_empty() { None } else { Some(rest.to_string()) }))
}

/// The options of a word such as `-NBe`, one by one, up to the first that takes a value.
fn apart(word: &str) -> Vec<String> {
    let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return vec![word.to_string()];
    };
    let mut all = Vec::new();
    for (at, letter) in letters.char_indices() {
        let name = letters.get(at..at + letter.len_utf8()).unwrap_or("");
        if name == "p" || TAKE_VALUE.contains(&name) {
            all.push(format!("-{}", letters.get(at..).unwrap_or("")));
            return all;
        }
        all.push(format!("-{name}"));
    }
    if all.is_empty() { vec![word.to_string()] } else { all }
}

/// Reads the words behind the client's name; the error is the option that it does not know.
pub(super) fn read_options(words: &[String]) -> Result<Options, String> {
    let mut options = Options { user: "root".to_string(), ..Options::default() };
    let words: Vec<String> = words.iter().flat_map(|word| apart(word)).collect();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some((name, value)) = name_and_value(word) else {
            options.database = Some(word.clone());
            continue;
        };
        let takes_value = TAKE_VALUE.contains(&name);
        let value = if takes_value { value.or_else(|| rest.next().cloned()) } else { value };
        match name {
            "p" | "password" => (options.asks_password, options.password) = (value.is_none(), value),
            "h" | "host" => options.host = value,
            "P" | "port" => options.port = value.and_then(|value| value.parse().ok()),
            "u" | "user" => (options.user, options.names_user) = (value.unwrap_or_default(), true),
            "defaults-file" | "defaults-extra-file" => options.defaults = value,
            "e" | "execute" => options.execute = Some(value.unwrap_or_default()),
            "D" | "database" => options.database = value,
            "N" | "skip-column-names" => options.hides_names = true,
            "s" | "B" | "batch" | "silent" => options.is_batch = true,
            "t" | "table" => options.is_table = true,
            "f" | "force" => options.is_forced = true,
            _ if takes_value || WITHOUT_EFFECT.contains(&name) => {}
            _ => return Err(word.clone()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::read_options;

    #[test]
    fn what_the_command_line_leaves_out_comes_from_the_file_then_from_the_environment() {
        let words = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
        let file = "[mysqld]\npassword=no\n[client]\nuser = bob\npassword=\"s=cret\"\n";
        let variable = |name: &str| (name == "MYSQL_PWD").then(|| "env".to_string());
        let asked = |line: &str, file: &str| {
            let mut options = read_options(&words(line)).unwrap();
            options.complete(file, variable);
            (options.user, options.password)
        };
        assert_eq!(asked("-h db", file), ("bob".to_string(), Some("s=cret".to_string())));
        assert_eq!(asked("-h db -u amy -pown", file), ("amy".to_string(), Some("own".to_string())));
        assert_eq!(asked("-h db -u amy", ""), ("amy".to_string(), Some("env".to_string())));
        assert_eq!(asked("-h db -p", ""), ("root".to_string(), None));
        let joined = read_options(&words("-uroot -px -NBe show")).unwrap();
        assert_eq!(
            (joined.user.as_str(), joined.password.as_deref(), joined.execute.as_deref()),
            ("root", Some("x"), Some("show"))
        );
        assert!(joined.hides_names && joined.is_batch && joined.database.is_none());
    }
}
