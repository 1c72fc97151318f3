//! The options of the MariaDB client.

/// What was asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) host: Option<String>,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) asks_password: bool,
    pub(super) execute: Option<String>,
    pub(super) database: Option<String>,
    pub(super) hides_names: bool,
    pub(super) is_batch: bool,
    pub(super) is_table: bool,
    pub(super) is_forced: bool,
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

/// Reads the words behind the client's name; the error is the option that it does not know.
pub(super) fn read_options(words: &[String]) -> Result<Options, String> {
    let mut options = Options { user: "root".to_string(), ..Options::default() };
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
            "u" | "user" => options.user = value.unwrap_or_default(),
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
