//! How a server is started: by which words of its program, by which other programs, in front or in the background.

use super::{Family, Image};

impl Image {
    /// Whether a pod's first argument, with no command before it, is one for the image's own server: entrypoints put
    /// their server before options, that of Redis before a file of settings too.
    pub fn is_for_server(&self, word: &str) -> bool {
        word.starts_with('-') || self.family == Family::Redis && !self.is_repackaged && word.ends_with(".conf")
    }

    /// Whether a server's program, called with these words, serves, and is not asked for something else.
    pub fn is_start(&self, arguments: &[String]) -> bool {
        // What short flags mean is each program's own: `asks` in its row.
        const ASKED: &[&str] = &["--version", "-version", "--help", "-help", "--initialize", "--initialize-insecure"];
        const OTHERS: &[&str] = &["init", "version", "sql", "node", "debug", "stop", "status", "members", "alias"];
        let starts = self.row.map_or(&[][..], |row| row.starts.as_slice());
        let own = self.row.map_or(&[][..], |row| row.asks.as_slice());
        let is_asked = arguments.iter().any(|word| {
            let flag = word.split_once('=').map_or(word.as_str(), |pair| pair.0);
            ASKED.contains(&word.as_str()) || own.contains(&flag)
        });
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
        let own = self.row.map_or(&[][..], |row| row.behind.as_slice());
        let is_told = arguments.iter().any(|word| own.contains(&word.as_str()));
        is_asked
            || is_told
            || !self.is_repackaged && needed.any(|needed| !arguments.iter().any(|word| word.contains(needed.1)))
    }

    /// The settings in its server's files that put it into the background, with their values.
    pub fn behind_settings(&self) -> &'static [(&'static str, &'static str)] {
        self.row.map_or(&[], |row| &row.behind_settings)
    }

    /// Whether these words start its server in the background by another program than its own.
    pub fn launches(&self, words: &[String]) -> bool {
        let Some((name, arguments)) = words.split_first() else { return false };
        let name = name.rsplit('/').next().unwrap_or(name);
        let mut rows = self.row.into_iter().flat_map(|row| &row.launches);
        rows.any(|row| row.0 == name && arguments.iter().any(|word| word == row.1))
    }
}
