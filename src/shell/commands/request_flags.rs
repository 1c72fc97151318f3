//! The words of `curl` and `wget`: which flags a value follows, where the address stands and where the answer goes.

/// Letters of `curl` with a value; of letters that are written together the last one may have it.
const CURL_LETTERS: &str = "ACDEFHKPQTUXYbcdemortuwxyz";
/// Its long flags with a value, without the dashes.
const CURL_LONG: &[&str] = &[
    "abstract-unix-socket",
    "alt-svc",
    "aws-sigv4",
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "config",
    "connect-timeout",
    "connect-to",
    "continue-at",
    "cookie",
    "cookie-jar",
    "create-file-mode",
    "crlfile",
    "curves",
    "data",
    "data-ascii",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "delegation",
    "dns-interface",
    "dns-ipv4-addr",
    "dns-servers",
    "doh-url",
    "dump-header",
    "etag-compare",
    "etag-save",
    "expect100-timeout",
    "form",
    "form-string",
    "happy-eyeballs-timeout-ms",
    "haproxy-clientip",
    "header",
    "hostpubmd5",
    "hsts",
    "interface",
    "ipfs-gateway",
    "json",
    "keepalive-time",
    "key",
    "key-type",
    "limit-rate",
    "local-port",
    "max-filesize",
    "max-redirs",
    "max-time",
    "netrc-file",
    "noproxy",
    "oauth2-bearer",
    "output-dir",
    "pass",
    "pinnedpubkey",
    "post301",
    "preproxy",
    "proto",
    "proto-default",
    "proto-redir",
    "proxy",
    "proxy-cacert",
    "proxy-header",
    "proxy-user",
    "pubkey",
    "quote",
    "random-file",
    "range",
    "rate",
    "referer",
    "request",
    "request-target",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "socks4",
    "socks5",
    "socks5-hostname",
    "speed-limit",
    "speed-time",
    "stderr",
    "time-cond",
    "tls-max",
    "tls13-ciphers",
    "trace",
    "trace-ascii",
    "unix-socket",
    "upload-file",
    "url-query",
    "user",
    "user-agent",
    "variable",
    "write-out",
];
/// Letters of `wget` with a value.
const WGET_LETTERS: &str = "aeitTwQPUXDARoOBlI";
/// Its long flags with a value that may stand in a word of its own.
const WGET_LONG: &[&str] = &[
    "append-output",
    "base",
    "bind-address",
    "body-data",
    "body-file",
    "ca-certificate",
    "ca-directory",
    "certificate",
    "connect-timeout",
    "cut-dirs",
    "directory-prefix",
    "dns-timeout",
    "execute",
    "header",
    "http-password",
    "http-user",
    "input-file",
    "level",
    "limit-rate",
    "load-cookies",
    "method",
    "output-document",
    "output-file",
    "password",
    "post-data",
    "post-file",
    "private-key",
    "quota",
    "read-timeout",
    "referer",
    "save-cookies",
    "secure-protocol",
    "timeout",
    "tries",
    "user",
    "user-agent",
    "wait",
    "waitretry",
];

/// What a line of `curl` or `wget` says of its address and of the place of the answer.
#[derive(Default)]
pub struct Told {
    /// Which word is the address.
    pub address: Option<usize>,
    /// The file that is named for the answer.
    pub file: Option<String>,
    /// Whether the file is called as the last part of the address.
    pub is_named_by_address: bool,
    /// The folder that the file is in.
    pub folder: Option<String>,
    /// The words without those that name a file or a folder.
    pub rest: Vec<String>,
}

/// Whether the line is one of `wget`.
pub fn is_wget(words: &[String]) -> bool {
    words.first().is_some_and(|name| name.rsplit('/').next() == Some("wget"))
}

impl Told {
    /// Reads a line.
    pub fn of(words: &[String]) -> Told {
        let is_wget = is_wget(words);
        let mut told = Told { is_named_by_address: is_wget, ..Told::default() };
        told.rest.extend(words.first().cloned());
        let mut at = 1;
        while let Some(word) = words.get(at) {
            let next = words.get(at + 1);
            let has_taken_next = match word.strip_prefix("--") {
                Some(long) if !long.is_empty() => told.take_long(is_wget, long, word, next),
                _ if word.len() > 1 && word.starts_with('-') => told.take_letters(is_wget, word, next),
                _ => {
                    told.address = Some(at);
                    told.rest.push(word.clone());
                    false
                }
            };
            at += 1 + usize::from(has_taken_next);
        }
        told
    }

    /// Takes a long flag. Returns whether the next word is its value.
    fn take_long(&mut self, is_wget: bool, long: &str, word: &str, next: Option<&String>) -> bool {
        let (name, own) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_string())));
        let takes_next = own.is_none();
        match (is_wget, name) {
            (false, "output") | (true, "output-document") => self.file = own.or_else(|| next.cloned()),
            (false, "output-dir") | (true, "directory-prefix") => self.folder = own.or_else(|| next.cloned()),
            (false, "remote-name" | "remote-name-all") => {
                self.is_named_by_address = true;
                return false;
            }
            _ => {
                self.rest.push(word.to_string());
                let has_value = if is_wget { WGET_LONG } else { CURL_LONG }.contains(&name) && takes_next;
                self.rest.extend(next.filter(|_| has_value).cloned());
                return has_value;
            }
        }
        takes_next
    }

    /// Takes letters that are written together, of which one with a value is the last.
    fn take_letters(&mut self, is_wget: bool, word: &str, next: Option<&String>) -> bool {
        let valued = if is_wget { WGET_LETTERS } else { CURL_LETTERS };
        let mut kept = String::from("-");
        let mut letters = word.chars().skip(1);
        let mut value_of = None;
        while let Some(letter) = letters.next() {
            match (is_wget, letter) {
                (false, 'O') => self.is_named_by_address = true,
                (_, letter) if valued.contains(letter) => {
                    value_of = Some(letter);
                    break;
                }
                // `-nv`, `-nc` and their like are one flag.
                (true, 'n') => kept.extend([letter].into_iter().chain(letters.next())),
                _ => kept.push(letter),
            }
        }
        let own: String = letters.collect();
        let takes_next = value_of.is_some() && own.is_empty();
        let value = if takes_next { next.cloned() } else { Some(own) };
        match (is_wget, value_of) {
            (false, Some('o')) | (true, Some('O')) => self.file = value,
            (true, Some('P')) => self.folder = value,
            (_, Some(letter)) => {
                kept.push(letter);
                kept.push_str(value.as_deref().filter(|_| !takes_next).unwrap_or(""));
                self.rest.push(kept);
                self.rest.extend(value.filter(|_| takes_next));
                return takes_next;
            }
            (_, None) => {}
        }
        if kept.len() > 1 {
            self.rest.push(kept);
        }
        takes_next
    }

    /// The file that the answer goes to from an address with this path; `None`: it is shown.
    pub fn destination(&self, path: &str) -> Option<String> {
        if self.file.as_deref() == Some("-") {
            return None;
        }
        let by_address = || {
            let last = path.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or("");
            if last.is_empty() { "index.html".to_string() } else { last.to_string() }
        };
        let name = self.file.clone().or_else(|| self.is_named_by_address.then(by_address))?;
        let folder = self.folder.as_deref().filter(|_| !name.starts_with('/') && self.file.is_none());
        Some(folder.map_or_else(|| name.clone(), |folder| format!("{}/{name}", folder.trim_end_matches('/'))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Told {
        Told::of(&line.split(' ').map(str::to_string).collect::<Vec<_>>())
    }

    fn address(line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        told(line).address.and_then(|at| words.get(at).copied()).unwrap_or("").to_string()
    }

    #[test]
    fn a_flag_takes_its_value_from_the_next_word_or_its_own() {
        for line in [
            "curl http://a --retry-max-time 60",
            "curl http://a -sSfm 5",
            "curl -m5 http://a",
            "curl -sSf http://a",
            "curl --fail-with-body http://a",
            "wget http://a -T 5",
            "wget -q http://a",
            "wget http://a -nv --header x",
        ] {
            assert_eq!(address(line), "http://a", "{line}");
        }
    }

    #[test]
    fn the_answer_goes_where_the_line_says() {
        let to = |line: &str| told(line).destination("/d/file.tgz?x=1");
        let file = |name: &str| Some(name.to_string());
        assert_eq!(to("curl -fsSL http://a"), None);
        assert_eq!(to("curl -LO http://a"), file("file.tgz"));
        assert_eq!(to("curl -sSLo /tmp/f http://a"), file("/tmp/f"));
        assert_eq!(to("curl -sLo/tmp/f http://a"), file("/tmp/f"));
        assert_eq!(to("curl --output f http://a"), file("f"));
        assert_eq!(to("curl -fsSLO --output-dir /tmp http://a"), file("/tmp/file.tgz"));
        assert_eq!(to("wget http://a"), file("file.tgz"));
        assert_eq!(to("wget -qO- http://a"), None);
        assert_eq!(to("wget -q -O - http://a"), None);
        assert_eq!(to("wget -P /tmp/d http://a"), file("/tmp/d/file.tgz"));
        assert_eq!(to("wget --output-document=f http://a"), file("f"));
        assert_eq!(told("curl -fsSLo f -w x http://a").rest.join(" "), "curl -fsSL -w x http://a");
        assert_eq!(told("wget -qO f http://a").rest.join(" "), "wget -q http://a");
    }
}
