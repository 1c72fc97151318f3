//! Commands that read text and write text; they touch nothing else, so that a console can use them as a container does.

use super::Arguments;
use super::awk::awk;
use super::head_tail::head_or_tail;
use super::sed::sed;

pub use super::filter::Filter;
pub use super::head_tail::{files_of, kept_bytes, kept_range};

/// The commands of this file, in order.
pub const NAMES: &[&str] = &[
    "[",
    "awk",
    "base64",
    "basename",
    "cksum",
    "column",
    "comm",
    "cut",
    "dirname",
    "echo",
    "egrep",
    "expand",
    "expr",
    "fgrep",
    "fold",
    "getopt",
    "grep",
    "hd",
    "head",
    "hexdump",
    "join",
    "md5sum",
    "nl",
    "od",
    "paste",
    "printf",
    "rev",
    "sed",
    "seq",
    "sha1sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "sort",
    "split",
    "sum",
    "tac",
    "tail",
    "test",
    "tr",
    "uniq",
    "wc",
    "xxd",
];

impl Filter<'_> {
    /// Runs the command that its words name, and gives its exit code. `None` if it is none of these.
    pub fn run(&mut self) -> Option<i64> {
        Some(match self.words.name() {
            "[" | "test" => super::echo::test(self),
            "awk" => awk(self),
            "base64" => super::base64::base64(self),
            "basename" | "dirname" => super::basename::path_part(self),
            "cut" => super::cut_join::cut(self),
            "comm" | "join" | "paste" => super::cut_join::beside(self),
            "column" | "expand" | "fold" | "split" => super::fold_split::folded(self),
            "echo" => super::echo::echo(self),
            "getopt" => super::getopt::getopt(self),
            "grep" | "egrep" | "fgrep" => super::grep::grep(self),
            "md5sum" | "sha1sum" | "sha256sum" | "sha384sum" | "sha512sum" => super::md5sum::run(self),
            "cksum" | "sum" => super::cksum::run(self),
            "hd" | "hexdump" => super::xxd::hexdump(self),
            "xxd" => super::xxd::xxd(self),
            "tac" | "rev" | "nl" => super::tac_nl_od::turned(self),
            "od" => super::tac_nl_od::od(self),
            "expr" => super::expr::expr(self),
            "head" | "tail" => head_or_tail(self),
            "printf" => super::echo::printf(self),
            "sed" => sed(self),
            "seq" => super::seq::seq(self),
            "sort" => super::sort::sort(self),
            "tr" => super::tr_wc::tr(self),
            "uniq" => super::sort::uniq(self),
            "wc" => super::tr_wc::wc(self),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::container::FileError;

    fn run(line: &str, stdin: &str) -> String {
        let words: Vec<String> = line.split('~').map(str::to_string).collect();
        let read = |_: &str| Err(FileError::NotFound);
        let mut filter = Filter::plain(&words, stdin.into(), &read);
        filter.run().unwrap();
        filter.out + &filter.err
    }

    const PODS: &str =
        "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   0/1     Pending\nweb-10  1/1     Running\n";

    #[test]
    fn lines_go_through_filters() {
        let cases = [
            ("awk~{print $1}", "NAME\nweb-0\nweb-1\nweb-10\n"),
            ("awk~NR>1 {print $1, $3}", "web-0 Running\nweb-1 Pending\nweb-10 Running\n"),
            ("awk~$3==\"Running\"{print $1 \":\" $2}", "web-0:1/1\nweb-10:1/1\n"),
            ("awk~/Pending/", "web-1   0/1     Pending\n"),
            ("awk~NR==2 || $1 == \"web-1\" {print $NF}", "Running\nPending\n"),
            ("awk~-F~/~{print $1}", "NAME    READY   STATUS\nweb-0   1\nweb-1   0\nweb-10  1\n"),
            ("grep~-v~NAME", "web-0   1/1     Running\nweb-1   0/1     Pending\nweb-10  1/1     Running\n"),
            ("grep~-c~web-1", "2\n"),
            ("grep~-o~-E~web-[0-9]+", "web-0\nweb-1\nweb-10\n"),
            ("grep~-A1~-n~web-1 ", "3:web-1   0/1     Pending\n4-web-10  1/1     Running\n"),
            ("head~-n~1", "NAME    READY   STATUS\n"),
            ("head~-2", "NAME    READY   STATUS\nweb-0   1/1     Running\n"),
            ("tail~-n~+4", "web-10  1/1     Running\n"),
            (
                "sort~-k3~-r",
                "NAME    READY   STATUS\nweb-10  1/1     Running\nweb-0   1/1     Running\nweb-1   0/1     Pending\n",
            ),
            ("sed~-n~2p", "web-0   1/1     Running\n"),
            ("sed~1d;/Pend/d;s/ .*//", "web-0\nweb-10\n"),
            ("sed~-e~s/NAME/N/~-e~$d", "N    READY   STATUS\nweb-0   1/1     Running\nweb-1   0/1     Pending\n"),
            ("sed~-n~$p", "web-10  1/1     Running\n"),
            ("sed~-n~/Pending/s,[0-9]/1,-,p", "web-1   -     Pending\n"),
            ("sed~1d;k", "sed: -e expression #1, char 4: unknown command: `k'\n"),
            ("sed~s/a/b", "sed: -e expression #1, char 5: unterminated `s' command\n"),
            ("cut~-c1-4", "NAME\nweb-\nweb-\nweb-\n"),
            ("wc~-l", "4\n"),
        ];
        for (line, expected) in cases {
            assert_eq!(run(line, PODS), expected, "{line}");
        }
        assert_eq!(run("sed~s/[0-9]\\+/<&>/g", "a1b22\n"), "a<1>b<22>\n");
        assert_eq!(run("cut~-d~:~-f2-", "a:b:c\nx\n"), "b:c\nx\n");
        assert_eq!(run("base64~-d", "aGFsbG8="), "hallo");
        assert_eq!(run("base64", "hallo"), "aGFsbG8=\n");
        assert_eq!(run("sort~-n", "10\n9\n"), "9\n10\n");
    }
}
