//! Which flags of `curl` and `wget` a value follows.

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
const WGET_LETTERS: &str = "aeitTwQPUXDAR";
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

/// Whether the next word is the value of this one.
pub fn takes_value(words: &[String], word: &str) -> bool {
    let is_wget = words.first().is_some_and(|name| name.rsplit('/').next() == Some("wget"));
    let (letters, long) = if is_wget { (WGET_LETTERS, WGET_LONG) } else { (CURL_LETTERS, CURL_LONG) };
    if let Some(name) = word.strip_prefix("--") {
        return long.contains(&name);
    }
    // The first letter with a value takes the rest of its word.
    let flags = word.strip_prefix('-').unwrap_or("");
    let first = flags.char_indices().find(|(_, c)| letters.contains(*c));
    first.is_some_and(|(at, c)| at + c.len_utf8() == flags.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_takes_its_value_from_the_next_word_or_its_own() {
        let takes =
            |line: &str, word: &str| takes_value(&line.split(' ').map(str::to_string).collect::<Vec<_>>(), word);
        assert!(takes("curl --retry-max-time 60 http://a", "--retry-max-time"));
        assert!(takes("curl -sSfm 5 http://a", "-sSfm"));
        assert!(!takes("curl -m5 http://a", "-m5"));
        assert!(!takes("curl -sSf http://a", "-sSf"));
        assert!(!takes("curl --fail-with-body http://a", "--fail-with-body"));
        assert!(takes("wget -T 5 http://a", "-T") && !takes("wget -q http://a", "-q"));
    }
}
