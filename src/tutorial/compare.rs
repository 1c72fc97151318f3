//! Tells what an author printed apart from what the cluster says: ages, generated names and addresses are no difference.

use super::alignment;
use std::fmt::Write as _;

/// A line that is missing or another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The printed line, from 0. `None` where nothing is printed and the line fails.
    pub printed: Option<usize>,
    /// What the cluster said in its place, if it said something there.
    pub said: Option<usize>,
}

/// The most lines that are compared; longer outputs are compared as far as this.
const LINES_MAX: usize = 1000;

/// The most pairs of lines that are looked at for their likeness; beyond that only equal lines stand side by side.
const LIKENESS_MAX: usize = 250_000;

/// An equal line counts more than any number of lines that are alike.
const EQUAL: u64 = 1 << 32;

/// The printed lines that the cluster did not say. What it said beyond them is no difference: authors shorten.
pub fn differences(printed: &[String], said: &[String]) -> Vec<Difference> {
    let (printed, said) = (lines(printed), lines(said));
    if all_said(&printed, &said) {
        return Vec::new();
    }
    let has_likeness = printed.len() * said.len() <= LIKENESS_MAX;
    let worth = |a: &Line, b: &Line| match a.fits(b) {
        true => EQUAL,
        false if has_likeness => a.likeness(b),
        false => 0,
    };
    let pairs = alignment::best(printed.len(), said.len(), |a, b| worth(&printed[a], &said[b]));
    let claims = printed.iter().zip(pairs).enumerate().filter(|(_, (line, _))| line.is_claim());
    let is_equal = |line: &Line, pair: Option<usize>| pair.is_some_and(|at| line.fits(&said[at]));
    let differing = claims.filter(|(_, (line, pair))| !is_equal(line, *pair));
    differing.map(|(at, (_, pair))| Difference { printed: Some(at), said: pair }).collect()
}

/// Whether the cluster said all that is printed.
pub fn is_said(printed: &[String], said: &[String]) -> bool {
    all_said(&lines(printed), &lines(said))
}

/// Whether each printed line has its equal, in order. Taking the first one each time never takes one from a later line.
fn all_said(printed: &[Line], said: &[Line]) -> bool {
    let mut rest = said.iter();
    printed.iter().filter(|line| line.is_claim()).all(|line| rest.any(|it| line.fits(it)))
}

/// A line without what differs from cluster to cluster.
struct Line {
    shape: Shape,
    /// The whole line, masked.
    text: String,
}

/// What can be said of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Says nothing: empty, shortened, or the author's remark.
    Silent,
    /// A line of text.
    Text,
    /// A table's heading.
    Heading(Vec<String>),
    /// A row: each cell behind its column's name.
    Row(Vec<(String, String)>),
}

impl Line {
    fn is_claim(&self) -> bool {
        self.shape != Shape::Silent
    }

    /// Whether what was printed is in what is said. A newer kubectl's columns are no difference.
    fn fits(&self, said: &Line) -> bool {
        match (&self.shape, &said.shape) {
            (Shape::Text, Shape::Text) => self.text == said.text,
            // The author left the heading out.
            (Shape::Text, Shape::Row(_)) => is_part(&self.text, &said.text),
            (Shape::Heading(a), Shape::Heading(b)) => a.iter().all(|name| b.contains(name)),
            (Shape::Row(a), Shape::Row(b)) => a.iter().all(|cell| b.contains(cell)),
            _ => false,
        }
    }

    /// How much two lines that are not equal have in common: lines about the same thing more than others.
    fn likeness(&self, said: &Line) -> u64 {
        if !self.is_claim() || !said.is_claim() {
            return 0;
        }
        let (a, b) = (words(&self.text), words(&said.text));
        let is_same_thing = a.first() == b.first();
        1 + 8 * u64::from(is_same_thing) + a.iter().filter(|word| b.contains(word)).count() as u64
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

/// Whether a row has the printed cells in their order, its name first.
fn is_part(printed: &str, said: &str) -> bool {
    let (printed, said) = (words(printed), words(said));
    let mut rest = said.iter();
    printed.len() > 1 && printed.first() == said.first() && printed.iter().all(|word| rest.any(|it| it == word))
}

fn lines(lines: &[String]) -> Vec<Line> {
    let mut heading: Option<Vec<(usize, String)>> = None;
    let mut out = Vec::new();
    for line in lines.iter().take(LINES_MAX) {
        let line = line.trim();
        let shape = if is_silent(line) {
            heading = heading.filter(|_| !line.is_empty());
            Shape::Silent
        } else {
            let cells = cells_of(line);
            if is_heading(&cells) {
                heading = Some(columns_of(line, &cells));
                Shape::Heading(cells)
            } else {
                heading.as_ref().and_then(|columns| row(columns, line, cells)).unwrap_or(Shape::Text)
            }
        };
        out.push(Line { shape, text: masked(line) });
    }
    out
}

/// Where each column of a heading begins, in characters, and its name.
fn columns_of(line: &str, cells: &[String]) -> Vec<(usize, String)> {
    let mut from = 0;
    let mut out = Vec::new();
    for cell in cells {
        let at = from + line.get(from..).and_then(|rest| rest.find(cell.as_str())).unwrap_or(0);
        out.push((line.get(..at).map_or(0, |before| before.chars().count()), cell.clone()));
        from = at + cell.len();
    }
    out
}

/// A row under a heading: cell by cell where none is empty, else by the places of the columns.
fn row(columns: &[(usize, String)], line: &str, cells: Vec<String>) -> Option<Shape> {
    let cells = if cells.len() == columns.len() { cells } else { cells_at(columns, line)? };
    Some(Shape::Row(
        columns.iter().zip(&cells).map(|((_, name), cell)| (name.clone(), cell_shape(name, cell))).collect(),
    ))
}

/// The cells at the places of the columns; `None` where a cell reaches into the next column.
fn cells_at(columns: &[(usize, String)], line: &str) -> Option<Vec<String>> {
    let letters: Vec<char> = line.chars().collect();
    let mut out = Vec::new();
    for (number, (at, _)) in columns.iter().enumerate() {
        let end = columns.get(number + 1).map_or(letters.len(), |next| next.0.min(letters.len()));
        if number > 0 && letters.get(at - 1).is_some_and(|letter| *letter != ' ') {
            return None;
        }
        let cell: String = letters.get(*at..end).unwrap_or_default().iter().collect();
        out.push(cell.trim().to_string());
    }
    Some(out)
}

/// Whether a line stands for what an author leaves out.
pub(super) fn is_left_out(line: &str) -> bool {
    ["...", "…", ":", "︙", "（略）", "(略)", "（省略）", "(省略)", "<snip>", "[...]"].contains(&line.trim())
}

/// Whether a line is left out, shortened or a remark: the author's, or kubectl's about the terminal, whose words are
/// others in each version. Ctrl-C is no answer either.
fn is_silent(line: &str) -> bool {
    let is_remark = |mark: &str| line.strip_prefix(mark).is_some_and(|rest| rest.starts_with(' '));
    line.is_empty()
        || line == "^C"
        || is_left_out(line)
        || is_remark("#")
        || is_remark("...")
        || is_remark("Session ended, resume using")
        || is_remark("All commands and output from this session will be recorded")
}

/// The cells of a table's line, which two spaces or a tab part.
fn cells_of(line: &str) -> Vec<String> {
    let line = line.replace('\t', "  ");
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_string).collect()
}

fn is_heading(cells: &[String]) -> bool {
    let is_name = |cell: &String| {
        cell.starts_with(|c: char| c.is_ascii_uppercase())
            && cell.chars().all(|c| c.is_ascii_uppercase() || "-() ".contains(c))
    };
    cells.len() > 1 && cells.iter().all(is_name)
}

/// A cell without what differs: an age, an address, a generated name.
fn cell_shape(column: &str, cell: &str) -> String {
    match column {
        "AGE" | "LAST SEEN" | "DURATION" | "LAST SCHEDULE" => "<age>".into(),
        "IP" | "CLUSTER-IP" | "INTERNAL-IP" | "EXTERNAL-IP" if cell.starts_with(|c: char| c.is_ascii_digit()) => {
            "<address>".into()
        }
        // `1 (21s ago)`: how often is the same everywhere, when is not.
        "RESTARTS" => cell.split(" (").next().unwrap_or_default().to_string(),
        // What runs below Kubernetes is the reader's own.
        "VERSION" | "KERNEL-VERSION" | "OS-IMAGE" | "CONTAINER-RUNTIME" => "<version>".into(),
        _ => masked(cell),
    }
}

/// Letters and digits of generated names; there are no vowels among them.
fn is_generated(word: &str) -> bool {
    word.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c))
}

/// A line with one space between words, and a word for what differs from cluster to cluster.
fn masked(line: &str) -> String {
    // Since 1.34 kubectl says from which namespace something was deleted.
    let line = match line.split_once("\" deleted from ") {
        Some((before, rest)) if rest.ends_with(" namespace") => &format!("{before}\" deleted"),
        _ => line,
    };
    let mut out = String::new();
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_id =
            word.eq_ignore_ascii_case("id") || word == "resourceVersion:" || word == "uid:" || word == "generation:";
        let _ = write!(out, "{}{}", if out.is_empty() { "" } else { " " }, masked_word(word));
        if is_id {
            // `connection id is 3`, `resourceVersion: "812"`.
            while let Some(next) = words.next_if(|next| *next == "is" || next.contains(|c: char| c.is_ascii_digit())) {
                out.push_str(if next == "is" { " is" } else { " <number>" });
            }
        }
    }
    out
}

/// The pieces of a word, each either a name (letters, digits, `-`, `.`, `:`) or what stands between.
fn masked_word(word: &str) -> String {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':');
    let mut out = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let (name, more) = rest.split_at(end);
        out.push_str(&masked_name(name));
        let next = more.find(is_inside).unwrap_or(more.len());
        out.push_str(&more[..next]);
        rest = &more[next..];
    }
    out
}

fn masked_name(name: &str) -> String {
    let (body, end) = match name.strip_suffix([':', '.']) {
        Some(body) => (body, &name[body.len()..]),
        None => (name, ""),
    };
    format!(
        "{}{end}",
        if is_age(body) {
            "<age>".into()
        } else if is_time(body) {
            "<time>".into()
        } else {
            parts_masked(body)
        }
    )
}

/// `22s`, `3m12s`, `5d`, `0.001`.
fn is_age(text: &str) -> bool {
    let is_fraction = text.split_once('.').is_some_and(|(a, b)| {
        !b.is_empty() && [a, b].iter().all(|it| it.bytes().all(|c| c.is_ascii_digit())) && b.len() == 3
    });
    let units = text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|unit| !unit.is_empty());
    let has_units = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_lowercase());
    is_fraction || has_units && units.clone().all(|unit| ["ms", "s", "m", "h", "d", "y"].contains(&unit))
}

/// `2026-11-28T10:00:00Z`, `10:00:00`.
fn is_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 && text.contains(':') && text.bytes().all(|c| c.is_ascii_digit() || b":-.TZ".contains(&c))
}

/// Addresses, identifiers and generated ends inside a name.
fn parts_masked(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let is_octet = |part: &&str| part.parse::<u8>().is_ok();
    if parts.len() >= 4 && parts.iter().take(4).all(is_octet) {
        let rest = parts.get(4..).unwrap_or_default().join(".");
        return if rest.is_empty() { "<address>".into() } else { format!("<address>.{rest}") };
    }
    if let Some((before, _)) =
        name.split_once(':').filter(|(before, _)| before.split('.').filter(is_octet).count() == 4)
    {
        return parts_masked(before);
    }
    let words: Vec<&str> = name.split('-').collect();
    let is_hex = |word: &&str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_hexdigit());
    if words.len() >= 5 {
        let tail = &words[words.len() - 5..];
        let lengths: Vec<usize> = tail.iter().map(|word| word.len()).collect();
        if lengths == [8, 4, 4, 4, 12] && tail.iter().all(is_hex) {
            let before = words[..words.len() - 5].join("-");
            return if before.is_empty() { "<uid>".into() } else { format!("{before}-<uid>") };
        }
    }
    let is_end = |at: usize, word: &str| at > 0 && (5..=10).contains(&word.len()) && is_generated(word);
    let words = words.iter().enumerate().map(|(at, word)| if is_end(at, word) { "<generated>" } else { word });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        text.lines().map(str::to_string).collect()
    }

    fn differ(printed: &str, said: &str) -> Vec<(usize, Option<usize>)> {
        let (printed, said) = (texts(printed), texts(said));
        let found = differences(&printed, &said);
        assert_eq!(found.is_empty(), is_said(&printed, &said));
        found.into_iter().filter_map(|it| Some((it.printed?, it.said))).collect()
    }

    #[test]
    fn ages_names_and_addresses_are_no_difference() {
        for (printed, said) in [
            ("NAME    READY   AGE\nweb     3/3     2m3s", "NAME   READY   AGE\nweb    3/3     9s"),
            (
                "NAME           STATUS   VOLUME                                     CAPACITY   AGE\ndbvl-web-0   Bound    pvc-0b7a1a0e-5f5f-4a3a-9d0c-0b7a1a0e5f5f   20Mi       2m",
                "NAME         STATUS   VOLUME                                     CAPACITY   VOLUMEATTRIBUTESCLASS   AGE\ndbvl-web-0   Bound    pvc-aaaaaaaa-bbbb-4a3a-9d0c-0b7a1a0e5f50   20Mi       <unset>                 1s",
            ),
            (
                "NAME        READY   STATUS    RESTARTS      AGE\nmy-client   1/1     Running   1 (21s ago)   3m",
                "NAME        READY   STATUS    RESTARTS     AGE\nmy-client   1/1     Running   1 (3s ago)   1m",
            ),
            (
                "NAME   REASON   AGE\npv-1            60s",
                "NAME   VOLUMEATTRIBUTESCLASS   REASON   AGE\npv-1   <unset>                          4s",
            ),
            ("Address: 10.244.0.16#53", "Address:\t10.244.0.3#53"),
            ("16.0.244.10.in-addr.arpa\tname = a.svc.", "4.0.244.10.in-addr.arpa\tname = a.svc."),
            ("pod/web-7d4b9c6f5-x2x4z created", "pod/web-5c8d7b6f4-bbbbb created"),
            ("first\n...\nlast", "first\nsecond\nthird\nlast"),
            ("Your MariaDB connection id is 3", "Your MariaDB connection id is 12"),
            ("5 rows in set (0.001 sec)", "5 rows in set (0.000 sec)"),
            ("  resourceVersion: \"812\"", "  resourceVersion: \"9\""),
            ("creationTimestamp: \"2024-05-01T10:00:00Z\"", "creationTimestamp: \"2026-01-01T00:00:00Z\""),
            ("# a remark of the author\npod/web-0 deleted", "pod/web-0 deleted"),
        ] {
            assert_eq!(differ(printed, said), [], "{printed}\n---\n{said}");
        }
    }

    #[test]
    fn a_line_that_is_missing_or_other_is_told() {
        let table = "NAME    READY   AGE\nweb     3/3     2m";
        assert_eq!(differ(table, "NAME    READY   AGE\nweb     2/3     2m"), [(1, Some(1))]);
        assert_eq!(differ(table, ""), [(0, None), (1, None)]);
        assert_eq!(differ("a\nb\nc", "a\nc"), [(1, None)]);
        assert_eq!(
            differ("NAME   RESTARTS   AGE\nweb-0   1 (2s ago)   1m", "NAME   RESTARTS   AGE\nweb-0   2 (2s ago)   1m"),
            [(1, Some(1))]
        );
        assert_eq!(differ("web-0", "web-1"), [(0, Some(0))]);
        assert_eq!(differ("NAME   NODE   AGE\nx   y   1s", "NAME   AGE\nx   1s"), [(0, Some(0)), (1, Some(1))]);
        assert_eq!(differ("mariadb-svc   ClusterIP   None", "mariadb-svc   ClusterIP   10.0.0.1"), [(0, Some(0))]);
    }

    #[test]
    fn what_the_author_left_out_is_no_difference() {
        assert_eq!(differ("NAME   AGE\nb   1s", "NAME   AGE\na   1s\nb   1s\nc   1s"), []);
    }

    const ROWS: &str = "NAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          9s\nweb-1   1/1     Running   1 (2s ago)   8s\nweb-2   0/1     Pending   0          1s";

    #[test]
    fn dots_stand_for_anything() {
        for printed in [
            "...",
            "...\nweb-2   0/1   Pending   0   3s",
            "...\nweb-0   1/1     Running   0          1m\n...\nweb-2   0/1     Pending   0   3s\n...",
            "NAME    READY   STATUS    RESTARTS   AGE\n...\nweb-2   0/1     Pending   0   3s",
            "NAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          9s\n...",
        ] {
            assert_eq!(differ(printed, ROWS), [], "{printed}");
        }
        assert_eq!(differ("...\nweb-2   1/1   Running   0   3s", ROWS), [(1, Some(3))]);
        assert_eq!(differ("...\nweb-3   0/1   Pending   0   3s\n...", ROWS).len(), 1);
    }

    #[test]
    fn lines_stand_beside_those_about_the_same_thing() {
        let printed = "NAME    READY   STATUS\nweb-0   0/1     Pending\nweb-0   0/1     ContainerCreating\nweb-0   1/1     Running\nweb-1   0/1     Pending\nweb-1   1/1     Running";
        let said = "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   1/1     Running\n^C";
        assert_eq!(differ(printed, said), [(1, None), (2, None), (4, None)]);
        let printed =
            "NAME    READY   STATUS\nweb-0   2/2     Running\nweb-1   2/2     Running\nweb-2   2/2     Running";
        assert_eq!(differ(printed, said), [(1, Some(1)), (2, Some(2)), (3, None)]);
        let said = "service/nginx unchanged\nstatefulset.apps/web configured";
        assert_eq!(differ("statefulset.apps/web created", said), [(0, Some(1))]);
        assert_eq!(differ("a\nb", "a\n^C"), [(1, None)]);
    }
}
