//! Sessions that the reader left: what they held, when they were left, and the most that are kept.

use crate::model::{Value, parse_json, to_json};
use crate::obj;
use crate::playground::Playground;

/// The most sessions that are kept.
pub const KEPT_MAX: usize = 12;

/// The most that they hold together, in bytes; browsers give an origin about five million for everything.
pub const KEPT_BYTES_MAX: usize = 1_500_000;

/// What can be said of a session without playing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// When it was left, in milliseconds since 1970.
    pub at: i64,
    /// The names of its sets, as a list in words.
    pub sets: String,
    /// The number of its branches.
    pub branches: usize,
    /// Whether anything was done in it.
    pub is_touched: bool,
    /// Which page had it open: a number of its own.
    pub page: i64,
    /// The version of Kubernetes, and gates that are not as it has them; empty in older lists.
    pub kubernetes: String,
    /// The line that was run last; empty in older lists.
    pub last: String,
    /// Whether it could not be played when it was tried last.
    pub has_failed: bool,
}

/// The longest part of a line that is remembered, in characters.
const LAST_MAX: usize = 48;

/// A session that was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What can be said of it.
    pub about: About,
    /// The playground, see `Playground::save`.
    pub session: String,
    /// The open texts, see `Session`.
    pub files: Option<String>,
}

/// The sessions that were left, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    all: Vec<Kept>,
}

impl About {
    /// What can be said of a playground at a real time.
    pub(super) fn of(playground: &Playground, at: i64, page: i64) -> About {
        let sets = playground.set_names();
        let sets = match sets.get(3..) {
            Some([_, ..]) => format!("{}, …", sets.get(..3).unwrap_or_default().join(", ")),
            _ => sets.join(", "),
        };
        let (branches, is_touched) = (playground.branch_count(), playground.is_touched());
        let kubernetes = playground.cluster().kubernetes();
        let kubernetes = format!("{} {}", kubernetes.version(), kubernetes.gates_text()).trim_end().to_string();
        let line = playground.last_line().and_then(|line| line.lines().next()).unwrap_or_default();
        let last = match line.char_indices().nth(LAST_MAX) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line.to_string(),
        };
        About { at, sets, branches, is_touched, page, kubernetes, last, has_failed: false }
    }

    /// The line that is stored beside a session.
    pub fn write(&self) -> String {
        to_json(&self.to_value())
    }

    /// Reads a line of [`About::write`]. `None` if it is none.
    pub fn read(text: &str) -> Option<About> {
        About::from_value(&parse_json(text).ok()?)
    }

    fn to_value(&self) -> Value {
        let mut value = obj! {
            "at" => self.at,
            "sets" => self.sets.clone(),
            "branches" => self.branches as i64,
            "touched" => self.is_touched,
            "page" => self.page,
            "kubernetes" => self.kubernetes.clone(),
            "last" => self.last.clone(),
        };
        if self.has_failed {
            value.set_at(&["failed"], Value::from(true));
        }
        value
    }

    fn from_value(value: &Value) -> Option<About> {
        Some(About {
            at: value.i64_at(&["at"])?,
            sets: value.str_at(&["sets"]).to_string(),
            branches: usize::try_from(value.i64_at(&["branches"])?).ok()?,
            is_touched: value.get("touched").and_then(Value::as_bool).unwrap_or(true),
            page: value.i64_at(&["page"]).unwrap_or(0),
            kubernetes: value.str_at(&["kubernetes"]).to_string(),
            last: value.str_at(&["last"]).to_string(),
            has_failed: value.get("failed").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

impl Kept {
    fn size(&self) -> usize {
        self.session.len() + self.files.as_ref().map_or(0, String::len)
    }

    /// The text of a file that holds it.
    pub fn write_file(&self) -> String {
        let mut value = self.to_value();
        value.set_at(&["lab"], Value::text(FILE_MARK));
        to_json(&value)
    }

    /// Reads a file: one of [`Kept::write_file`], or the bare text of a session. What is no session fails later, when it
    /// is played.
    pub fn read_file(text: &str) -> Option<Kept> {
        let value = parse_json(text).ok()?;
        if value.str_at(&["lab"]) == FILE_MARK {
            return Kept::from_value(&value);
        }
        Some(Kept { about: About::default(), session: text.to_string(), files: None })
    }

    fn to_value(&self) -> Value {
        let mut value = obj! { "about" => self.about.to_value(), "session" => self.session.clone() };
        if let Some(files) = &self.files {
            value.set_at(&["files"], Value::text(files));
        }
        value
    }

    fn from_value(value: &Value) -> Option<Kept> {
        Some(Kept {
            about: About::from_value(value.get("about")?)?,
            session: value.get("session")?.as_str()?.to_string(),
            files: value.get("files").and_then(Value::as_str).map(str::to_string),
        })
    }
}

/// How a file of a session is known.
const FILE_MARK: &str = "statefulset-lab session 1";

impl Shelf {
    /// Reads what [`Shelf::write`] wrote; what cannot be read is left out.
    pub fn read(text: &str) -> Shelf {
        let stored = parse_json(text).unwrap_or(Value::Null);
        Shelf { all: stored.list_at(&["kept"]).iter().filter_map(Kept::from_value).take(KEPT_MAX).collect() }
    }

    /// The text that is stored.
    pub fn write(&self) -> String {
        to_json(&obj! { "kept" => self.all.iter().map(Kept::to_value).collect::<Vec<_>>() })
    }

    /// The sessions, the latest first.
    pub fn all(&self) -> &[Kept] {
        &self.all
    }

    /// Keeps a session. The oldest ones go when there are too many, or too much in them. Returns those that went.
    pub fn keep(&mut self, kept: Kept) -> Vec<About> {
        self.all.retain(|it| it.session != kept.session);
        self.all.insert(0, kept);
        let mut size = 0;
        let fits = self.all.iter().take(KEPT_MAX).take_while(|it| {
            size += it.size();
            size <= KEPT_BYTES_MAX
        });
        let count = fits.count().max(1);
        self.all.split_off(count.min(self.all.len())).into_iter().map(|it| it.about).collect()
    }

    /// The same for a session that another page of this browser has open: what was kept of it before is the same one.
    pub fn keep_others(&mut self, kept: Kept) -> Vec<About> {
        self.all.retain(|it| it.about.page != kept.about.page);
        self.keep(kept)
    }

    /// Takes a session out.
    pub fn take(&mut self, index: usize) -> Option<Kept> {
        (index < self.all.len()).then(|| self.all.remove(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(at: i64, size: usize) -> Kept {
        let kubernetes = "1.36".to_string();
        let sets = "web".into();
        let last = "kubectl get sts".to_string();
        let about = About { at, sets, branches: 2, is_touched: true, page: 7, kubernetes, last, has_failed: at == 2 };
        Kept { about, session: format!("{at}{}", "x".repeat(size)), files: None }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_too_much_in_them() {
        let mut shelf = Shelf::default();
        for at in 0..KEPT_MAX as i64 {
            assert_eq!(shelf.keep(kept(at, 1)), []);
        }
        assert_eq!(shelf.keep(kept(99, 1)).iter().map(|it| it.at).collect::<Vec<_>>(), [0]);
        assert_eq!(shelf.all().len(), KEPT_MAX);
        assert_eq!(shelf.keep(kept(100, KEPT_BYTES_MAX - 4)).len(), KEPT_MAX);
        // One that is too large by itself is better than none.
        shelf.keep(kept(101, KEPT_BYTES_MAX * 2));
        assert_eq!(shelf.all().len(), 1);
        assert_eq!(Shelf::read(&shelf.write()), shelf);
    }

    #[test]
    fn what_another_page_left_takes_the_place_of_what_it_left_before() {
        let mut shelf = Shelf::default();
        shelf.keep_others(kept(1, 5));
        shelf.keep_others(kept(2, 6));
        assert_eq!(shelf.all().iter().map(|it| it.about.at).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let session = kept(5, 9);
        assert_eq!(Kept::read_file(&session.write_file()), Some(session));
        assert!(Kept::read_file("kind: Pod").is_none());
        assert!(Kept::read_file(r#"{"lab": "statefulset-lab session 1"}"#).is_none());
    }
}
