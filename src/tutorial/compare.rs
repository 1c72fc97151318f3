//! Tells what an author printed apart from what the cluster says: ages, generated names and addresses are no difference.

use super::alignment;
use super::mask::{cell_shape, masked, without_picture};
use crate::ordering::Order as _;

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

/// How a pod ends.
const ENDS: [&str; 2] = ["Completed", "Error"];

/// The most pairs of lines that are looked at for their likeness; beyond that only equal lines stand side by side.
const LIKENESS_MAX: usize = 250_000;

/// An equal line counts more than any number of lines that are alike.
const EQUAL: u64 = 1 << 32;

/// The printed lines that the cluster did not say, and the rows of a table that it said and that are not printed. What
/// else it said beyond them is no difference: authors shorten.
pub fn differences(printed: &[String], said: &[String]) -> Vec<Difference> {
    let (is_shortened, printed, said) = (is_shortened(printed), lines(printed), lines(said));
    let more = if is_shortened { Vec::new() } else { rows_beyond(&printed, &said) };
    if all_said(&printed, &said) {
        return more;
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
    let mut found: Vec<Difference> = differing
        .map(|(_, (line, pair))| Difference { printed: Some(line.at), said: pair.map(|at| said[at].at) })
        .collect();
    found.order_by_key(|it| it.printed);
    let is_told = |it: &Difference| found.iter().any(|other| other.said == it.said);
    let more: Vec<Difference> = more.into_iter().filter(|it| !is_told(it)).collect();
    found.extend(more);
    found
}

/// Whether an author says that he leaves something out.
fn is_shortened(printed: &[String]) -> bool {
    printed.iter().any(|line| is_left_out(line) || line.trim_start().starts_with("... "))
}

/// The rows of the printed tables' kinds about things that are not printed, where tables are all that is printed, and the
/// headings above printed rows that are missing. A cluster has other nodes and classes than the author's, and what has a
/// generated name or tells of the past is as it comes.
fn rows_beyond(printed: &[Line], said: &[Line]) -> Vec<Difference> {
    let headings = || printed.iter().filter(|line| line.is_heading());
    let is_tables = printed.iter().filter(|line| line.is_claim()).all(|line| line.is_heading() || line.is_row());
    if !is_tables || headings().next().is_none() {
        return Vec::new();
    }
    let is_printed = |row: &Line| printed.iter().any(|line| line.name() == row.name());
    let tables: Vec<&[Line]> = said.chunk_by(|_, next| !next.is_heading()).filter(|it| it[0].is_heading()).collect();
    let mut found = Vec::new();
    for table in &tables {
        let is_headed = headings().any(|it| it.fits(&table[0]) && (tables.len() == 1 || it.is_as_wide(&table[0])));
        let rows = || table.iter().filter(|line| line.is_row());
        // Of several tables some may be left out.
        if !is_headed && !rows().any(is_printed) {
            continue;
        }
        let heading = table.iter().take(1).filter(|_| !is_headed && headings().count() < tables.len());
        let beyond = rows().filter(|row| !row.is_about_generated() && !row.is_anywhere() && !is_printed(row));
        found.extend(heading.chain(beyond).map(|line| Difference { printed: None, said: Some(line.at) }));
    }
    found
}

/// The same for what a watch told. How often an object was told of in the same state is chance, and so is the order of
/// what happens to two objects at the same time: each one's states are looked for in their order. A watch tells of more than
/// an author waits for.
pub(super) fn watched_differences(printed: &[String], said: &[String]) -> Vec<Difference> {
    let (printed, said) = (lines(printed), lines(said));
    let claims: Vec<&Line> = printed.iter().filter(|line| line.is_claim()).collect();
    let mut found = Vec::new();
    for (number, first) in claims.iter().enumerate() {
        if claims.iter().take(number).any(|line| line.name() == first.name()) {
            continue;
        }
        let about = |line: &&Line| line.name() == first.name();
        let of_it: Vec<&Line> = claims.iter().copied().filter(about).collect();
        found.extend(untold_states(&of_it, &said.iter().filter(about).collect::<Vec<_>>()));
    }
    found.order_by_key(|it| it.printed);
    found
}

/// Whether a watch told all that is printed.
pub(super) fn is_watched(printed: &[String], said: &[String]) -> bool {
    watched_differences(printed, said).is_empty()
}

/// The printed states of one object that were not told in their order, each beside the first state after those before it
/// that is not printed.
fn untold_states(printed: &[&Line], said: &[&Line]) -> Vec<Difference> {
    let (mut from, mut untold, mut is_free) = (0, Vec::new(), vec![true; said.len()]);
    for (number, line) in printed.iter().enumerate() {
        let rest = said.get(from..).unwrap_or_default();
        if let Some(ahead) = rest.iter().position(|it| line.fits_state(it)) {
            is_free[from + ahead] = false;
            from += ahead + 1;
            continue;
        }
        let is_again = number.checked_sub(1).is_some_and(|before| printed[before].text == line.text);
        // In which state a watch finds an object when it begins is chance, if that state passes.
        let is_first = number == 0 && printed.len() > 1 && line.is_passing();
        if !(is_again || is_first && rest.iter().any(|it| line.precedes(it))) {
            untold.push((line.at, from));
        }
    }
    let differs = |(printed, from): (usize, usize)| {
        let place = (from..said.len()).find(|at| is_free[*at]);
        if let Some(at) = place {
            is_free[at] = false;
        }
        Difference { printed: Some(printed), said: place.map(|at| said[at].at) }
    };
    untold.into_iter().map(differs).collect()
}

/// Whether the cluster said all that is printed.
pub fn is_said(printed: &[String], said: &[String]) -> bool {
    let is_shortened = is_shortened(printed);
    let (printed, said) = (lines(printed), lines(said));
    all_said(&printed, &said) && (is_shortened || rows_beyond(&printed, &said).is_empty())
}

/// Whether each printed line has its equal, in order. Taking the first one each time never takes one from a later line.
fn all_said(printed: &[Line], said: &[Line]) -> bool {
    let mut rest = said.iter();
    printed.iter().filter(|line| line.is_claim()).all(|line| rest.any(|it| line.fits(it)))
}

/// A line without what differs from cluster to cluster.
struct Line {
    /// Its number, from 0.
    at: usize,
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

    /// What it is about: its first word.
    fn name(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
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

    /// The same in a watch: a pod that is told of as Terminating to its end ends as Completed or Error since 1.27.
    fn fits_state(&self, said: &Line) -> bool {
        self.fits(said) || ENDS.iter().any(|end| self.with("Terminating", end).is_some_and(|line| line.fits(said)))
    }

    /// The line with another word in the place of this one.
    fn with(&self, word: &str, other: &str) -> Option<Line> {
        let change = |it: &str| if it == word { other.to_string() } else { it.to_string() };
        let text: Vec<String> = self.text.split(' ').map(change).collect();
        let shape = match &self.shape {
            Shape::Row(cells) => Shape::Row(cells.iter().map(|(name, cell)| (name.clone(), change(cell))).collect()),
            shape => shape.clone(),
        };
        self.text.contains(word).then(|| Line { shape, text: text.join(" "), ..*self })
    }

    fn is_heading(&self) -> bool {
        matches!(self.shape, Shape::Heading(_))
    }

    fn is_row(&self) -> bool {
        matches!(self.shape, Shape::Row(_))
    }

    /// Whether two headings have about as many columns: a newer kubectl's may have one more.
    fn is_as_wide(&self, said: &Line) -> bool {
        match (&self.shape, &said.shape) {
            (Shape::Heading(a), Shape::Heading(b)) => a.len().abs_diff(b.len()) <= 1,
            _ => false,
        }
    }

    /// Whether it tells of a state through which an object may have come to what is said: of the same pod with as many
    /// containers, none of them ready, restarted as often.
    fn precedes(&self, said: &Line) -> bool {
        let (Shape::Row(own), Shape::Row(other)) = (&self.shape, &said.shape) else {
            return self.restarts() == said.restarts();
        };
        let cell = |cells: &[(String, String)], name: &str| {
            cells.iter().find(|it| it.0 == name).map_or_else(String::new, |it| it.1.clone())
        };
        let containers = |ready: &str| ready.split_once('/').map(|(_, all)| all.to_string());
        let (ready, status) = (cell(own, "READY"), cell(own, "STATUS"));
        let is_ending = |it: &str| it == "Terminating" || ENDS.contains(&it);
        let is_same = |it: &&(String, String)| !matches!(it.0.as_str(), "READY" | "STATUS");
        own.iter().filter(is_same).all(|it| other.contains(it))
            && containers(&ready) == containers(&cell(other, "READY"))
            && (status != "Terminating" && (ready.is_empty() || ready.starts_with("0/"))
                || is_ending(&cell(other, "STATUS")))
    }

    /// How often the pod that it tells of was restarted.
    fn restarts(&self) -> Option<&str> {
        let Shape::Row(cells) = &self.shape else { return None };
        cells.iter().find(|(name, _)| name == "RESTARTS").map(|(_, count)| count.as_str())
    }

    /// Whether it tells of a state that an object only passes through.
    fn is_passing(&self) -> bool {
        self.text.split(' ').any(|word| {
            ["Pending", "ContainerCreating", "PodInitializing", "Terminating"].contains(&word)
                || word.starts_with("Init:")
        })
    }

    /// Whether it is a row about something with a generated name, by which the table is in order.
    fn is_about_generated(&self) -> bool {
        matches!(self.shape, Shape::Row(_)) && (self.name().contains("<uid>") || self.name().contains("<generated>"))
    }

    /// Whether it is a row that depends on whose cluster it is: of a node, a class, an event, of all namespaces, or about what
    /// every namespace has.
    fn is_anywhere(&self) -> bool {
        let Shape::Row(cells) = &self.shape else { return false };
        let others = ["ROLES", "PROVISIONER", "LAST SEEN", "NAMESPACE", "CPU(cores)", "REVISION"];
        cells.iter().any(|(name, _)| others.contains(&name.as_str()))
            || ["kubernetes", "kube-root-ca.crt", "service/kubernetes", "default"].contains(&self.name())
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
                let columns = columns_of(line, &cells);
                // A heading in the middle of a table is the one that is there: older watches repeated theirs.
                let is_again =
                    heading.as_ref().is_some_and(|it| it.iter().map(|it| &it.1).eq(columns.iter().map(|it| &it.1)));
                let names = columns.iter().map(|(_, name)| name.clone()).collect();
                heading = Some(columns);
                if is_again { Shape::Silent } else { Shape::Heading(names) }
            } else {
                heading.as_ref().and_then(|columns| row(columns, line, cells)).unwrap_or(Shape::Text)
            }
        };
        out.push(Line { at: out.len(), shape, text: masked(line) });
    }
    // Rows that are in the order of generated names are in any order.
    out.chunk_by_mut(|a, b| a.is_about_generated() && b.is_about_generated()).for_each(|rows| {
        rows.order_by(|a, b| a.text.cmp(&b.text));
    });
    out
}

/// Where each column of a heading begins, in characters, and its name, without what differs between kubectl's versions.
fn columns_of(line: &str, cells: &[String]) -> Vec<(usize, String)> {
    let mut from = 0;
    let mut out = Vec::new();
    for cell in cells {
        let at = from + line.get(from..).and_then(|rest| rest.find(cell.as_str())).unwrap_or(0);
        let name = match cell.as_str() {
            "ACCESSMODES" => "ACCESS MODES",
            "MIN-AVAILABLE" => "MIN AVAILABLE",
            "MAX-UNAVAILABLE" => "MAX UNAVAILABLE",
            "ALLOWED-DISRUPTIONS" => "ALLOWED DISRUPTIONS",
            name => name,
        };
        out.push((line.get(..at).map_or(0, |before| before.chars().count()), name.to_string()));
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
        || is_progress(line)
        || is_left_out(line)
        || is_remark("#")
        || is_remark("...")
        || is_remark("Session ended, resume using")
        || is_remark("All commands and output from this session will be recorded")
        // A field that objects had until 1.20.
        || is_remark("selfLink:")
        || is_remark("\"selfLink\":")
}

/// What minikube tells on its way, which depends on the machine, up to the sentence at its end.
fn is_progress(line: &str) -> bool {
    let said = line.strip_prefix("* ").or_else(|| without_picture(line));
    let steps = [
        "minikube v",
        "Using the ",
        "Starting ",
        "Pulling ",
        "Creating ",
        "Preparing Kubernetes",
        "Verifying Kubernetes",
        "Enabled addons",
        "Configuring ",
        "Updating ",
        "Restarting ",
        "Downloading ",
        "Automatically selected",
        "Kubernetes ",
    ];
    said.is_some_and(|said| {
        !said.starts_with("Done!") && (!line.starts_with('*') || steps.iter().any(|step| said.starts_with(step)))
    })
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
    fn each_of_several_tables_is_held_against_the_whole_one() {
        let sts = "NAME                   READY   AGE\nstatefulset.apps/web   2/2     9s\n";
        let pods = "NAME        READY   STATUS    RESTARTS   AGE\npod/web-0   1/1     Running   0          9s\npod/web-1   1/1     Running   0          8s\n";
        let said = texts(&format!("{sts}\n{pods}"));
        let beyond = |printed: &str| {
            let found = differences(&texts(printed), &said);
            assert_eq!(found.is_empty(), is_said(&texts(printed), &said), "{printed}");
            found.into_iter().filter(|it| it.printed.is_none()).filter_map(|it| it.said).collect::<Vec<_>>()
        };
        assert_eq!(beyond(&format!("{sts}\n{pods}")), [0_usize; 0]);
        let without = |text: &str, line: usize| {
            text.lines().enumerate().filter(|it| it.0 != line).map(|it| format!("{}\n", it.1)).collect::<String>()
        };
        assert_eq!(beyond(&format!("{sts}\n{}", without(pods, 2))), [5], "a pod");
        assert_eq!(beyond(&format!("{}\n{pods}", without(sts, 1))), [1], "the only set");
        assert_eq!(beyond(pods), [0_usize; 0], "a table that is not printed at all");
        assert_eq!(beyond("NAME        READY   STATUS    RESTARTS   AGE\n...\n"), [0_usize; 0]);
    }

    #[test]
    fn what_a_watch_finds_first_is_a_state_on_the_way() {
        let said = texts(
            "NAME    READY   STATUS              RESTARTS   AGE\nweb-0   0/1     ContainerCreating   0          0s\nweb-0   1/1     Running             0          2s",
        );
        let is_told = |first: &str| {
            let printed =
                format!("NAME    READY   STATUS    RESTARTS   AGE\n{first}\nweb-0   1/1     Running   0          2s");
            watched_differences(&texts(&printed), &said).is_empty()
        };
        assert!(is_told("web-0   0/1     Pending   0          0s"));
        for first in [
            "web-0   XYZ     Pending   0          0s",
            "web-0   0/2     Pending   0          0s",
            "web-0   1/1     Pending   0          0s",
            "web-0   0/1     Pending   3          0s",
            "web-0   0/1     Terminating   0          0s",
        ] {
            assert!(!is_told(first), "{first}");
        }
    }

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
    fn an_older_kubectl_has_other_headings() {
        let said = "NAME   CAPACITY   ACCESS MODES   AGE\na   1Gi   RWO   1s\nb   1Gi   RWO   1s";
        assert_eq!(differ("NAME   CAPACITY   ACCESSMODES   AGE\na   1Gi   RWO   13h", said), []);
        assert_eq!(differ("NAME   AGE\na   13h\nNAME   AGE\nb   13h", said), []);
    }

    #[test]
    fn rows_in_the_order_of_generated_names_are_in_any_order() {
        let heading = "NAME                                       CLAIM       AGE";
        let pv = |digit: char, claim: &str| {
            format!("pvc-{0}{0}{0}{0}{0}{0}{0}{0}-0000-4000-8000-00000000000{0}   {claim}   1m", digit)
        };
        let said = format!("{heading}\n{}\n{}", pv('1', "default/a"), pv('2', "default/b"));
        assert_eq!(differ(&format!("{heading}\n{}\n{}", pv('1', "default/b"), pv('2', "default/a")), &said), []);
        let printed = format!("{heading}\n{}\n{}", pv('1', "default/b"), pv('2', "default/c"));
        assert_eq!(differ(&printed, &said).len(), 1);
    }

    #[test]
    fn a_watch_may_tell_of_two_objects_in_another_order() {
        let watched = |printed: &str, said: &str| watched_differences(&texts(printed), &texts(said)).len();
        let said = "NAME   READY   STATUS   AGE\na   0/1   Pending   0s\nb   0/1   Pending   0s\na   1/1   Running   1s\nb   1/1   Running   2s";
        let heading = "NAME   READY   STATUS   AGE";
        assert_eq!(
            watched(
                &format!(
                    "{heading}\nb   0/1   Pending   0s\nb   0/1   Pending   0s\na   0/1   Pending   0s\nb   1/1   Running   0s"
                ),
                said
            ),
            0
        );
        assert_eq!(watched("b   0/1   Pending   0s\nb   0/1   Pending   0s\na   1/1   Running   0s", said), 0);
        assert_eq!(watched(&format!("{heading}\na   1/1   Running   0s\na   0/1   Pending   0s"), said), 1);
        assert_eq!(watched(&format!("{heading}\nc   1/1   Running   0s"), said), 1);
        // Where it was when the watch began, and how its end is called.
        assert_eq!(watched(&format!("{heading}\na   0/1   ContainerCreating   0s\na   1/1   Running   0s"), said), 0);
        assert_eq!(watched(&format!("{heading}\na   0/1   ContainerCreating   0s"), said), 1);
        let (heading, said) =
            ("NAME   STATUS   RESTARTS   AGE", "NAME   STATUS   RESTARTS   AGE\na   Running   0   1s");
        assert_eq!(watched(&format!("{heading}\na   Pending   0   0s\na   Running   0   0s"), said), 0);
        assert_eq!(watched(&format!("{heading}\na   Pending   7   0s\na   Running   0   0s"), said), 1);
        let (heading, said) = (
            "NAME   READY   STATUS   AGE",
            "NAME   READY   STATUS   AGE\na   1/1   Terminating   1m\na   0/1   Completed   1m",
        );
        assert_eq!(watched("a   1/1   Terminating   1m\na   0/1   Terminating   1m", said), 0);
        // What is no difference by itself is none beside one.
        assert_eq!(watched("a   1/1   Terminating   1m\na   0/1   Terminating   1m\nb   1/1   Running   1m", said), 1);
        assert_eq!(watched(&format!("{heading}\na   1/1   Terminating   1m\na   0/1   Terminating   1m"), said), 0);
    }

    #[test]
    fn a_whole_table_has_no_row_more() {
        let said = "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   1/1     Running";
        let beyond = |printed: &str, said: &str| -> Vec<usize> {
            let found = differences(&texts(printed), &texts(said));
            found.into_iter().filter(|it| it.printed.is_none()).filter_map(|it| it.said).collect()
        };
        assert_eq!(beyond("NAME    READY   STATUS\nweb-0   1/1     Running", said), [2]);
        assert_eq!(beyond("NAME    READY   STATUS\nweb-1   1/1     Running", said), [1]);
        // Shortened, without its heading, and of what every cluster has in its own way.
        assert!(beyond("NAME    READY   STATUS\n...\nweb-1   1/1     Running", said).is_empty());
        assert!(beyond("web-0   1/1     Running", said).is_empty());
        let nodes = "NAME     STATUS   ROLES\nnode-a   Ready    <none>\nnode-b   Ready    <none>";
        assert!(beyond("NAME     STATUS   ROLES\nnode-a   Ready    <none>", nodes).is_empty());
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
