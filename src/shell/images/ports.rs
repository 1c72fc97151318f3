//! Where images' servers listen, and what they speak there, by the table.

use super::Image;
use super::table::Row;

impl Image {
    /// What a client of HTTP finds on a port where its server speaks something else.
    pub fn no_http(&self, port: i64) -> Option<&'static str> {
        self.row?.no_http.iter().find(|row| row.0.contains(&port)).map(|row| row.1)
    }

    /// The ports that it listens on when it is called with these words.
    pub fn ports_of(&self, words: &[String]) -> Option<&'static [i64]> {
        let mut rows = self.row?.ports_of.iter();
        rows.find(|row| words.iter().any(|word| word == row.0)).map(|row| row.1.as_slice())
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
        self.row.map_or(&[], |row| match self.is_repackaged && !row.repackaged_port_settings.is_empty() {
            true => &row.repackaged_port_settings,
            false => &row.port_settings,
        })
    }

    /// What keeps its server from opening one of its ports: `--option=VALUE|VALUE`, a flag, or `<N` for versions before N.
    pub fn closes(&self, port: i64) -> &'static [&'static str] {
        let row = self.row.and_then(|row| row.closes.iter().find(|row| row.0 == port));
        row.map_or(&[], |row| row.1.as_slice())
    }

    /// The options, variables and settings that say at which addresses its server's first port is open.
    pub fn bound(&self) -> &'static [&'static str] {
        self.row.map_or(&[], |row| &row.bound)
    }

    /// Words and settings with which that is open for its pod alone.
    pub fn bound_inside(&self) -> &'static [&'static str] {
        self.row.map_or(&[], |row| &row.bound_inside)
    }

    /// When that is so without a word.
    pub fn bound_usually(&self) -> Option<BoundUsually> {
        self.row?.bound_usually
    }

    /// What its server answers to a word that somebody sends it over a connection.
    pub fn raw_answer(&self, word: &str) -> Option<&'static str> {
        self.row?.raw.iter().find(|raw| raw.0 == word).map(|raw| raw.1)
    }
}

/// When a server's first port is open for its pod alone, as long as it is not told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundUsually {
    /// At all times.
    Always,
    /// When it is given any words.
    WhenTold,
    /// When the image's entrypoint does not begin it, from a version on.
    Bare {
        /// The version's first number.
        since: u64,
    },
    /// When the image's entrypoint does not begin it, and it is given a word.
    BareWith {
        /// The word.
        word: &'static str,
    },
}

/// Reads `always`, `told`, `bare N` or `bare WORD`.
fn bound_usually(value: &'static str) -> Option<BoundUsually> {
    match value.split_once(' ') {
        None if value == "always" => Some(BoundUsually::Always),
        None => (value == "told").then_some(BoundUsually::WhenTold),
        Some((_, word)) => Some(match word.parse() {
            Ok(since) => BoundUsually::Bare { since },
            Err(_) => BoundUsually::BareWith { word },
        }),
    }
}

/// Numbers with blanks between them.
fn numbers(text: &str) -> Vec<i64> {
    text.split(' ').filter_map(|number| number.parse().ok()).collect()
}

impl Row {
    /// Where an image's server listens, and what it speaks there.
    pub(super) fn read_ports(&mut self, key: &str, value: &'static str) {
        let words = || value.split_whitespace();
        let pair = |mark: &str| value.split_once(mark).unwrap_or((value, ""));
        match key {
            "ports" => self.ports = numbers(value),
            "repackaged-ports" => self.repackaged_ports = numbers(value),
            "bound" => self.bound = words().collect(),
            "bound-inside" => self.bound_inside = words().collect(),
            "bound-usually" => self.bound_usually = bound_usually(value),
            "port-settings" => self.port_settings = words().collect(),
            "repackaged-port-settings" => {
                self.repackaged_port_settings = self.port_settings.iter().copied().chain(words()).collect();
            }
            "ports-of" => {
                let (word, ports) = pair(" ");
                self.ports_of.push((word, numbers(ports)));
            }
            "closes" => {
                let (port, ways) = pair(" ");
                self.closes.extend(port.parse().ok().map(|port| (port, ways.split(' ').collect())));
            }
            _ => {
                let (ports, answer) = pair(" => ");
                self.no_http.push((numbers(ports), answer));
            }
        }
    }
}
