//! Reads a recording of a kubelet: the objects that were applied, what was done when, and what became of each pod.

use flate2::read::GzDecoder;
use statefulset_lab::model::{Value, parse_json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// What a pod went through, made comparable.
#[derive(Debug, Default)]
pub struct Story {
    /// kubectl's READY, STATUS and RESTARTS with the time since the pod's creation, without repeats.
    pub rows: Vec<(i64, String)>,
    /// By container: its states with reason and exit code.
    pub states: BTreeMap<String, Vec<(i64, String)>>,
    /// By condition: its values with reason and message.
    pub conditions: BTreeMap<String, Vec<(i64, String)>>,
    /// By what it is about and its text: how often it was told.
    pub events: BTreeMap<(String, String), i64>,
}

impl Story {
    /// Adds a row if it is another than the last.
    pub fn row(&mut self, at: i64, row: String) {
        if self.rows.last().is_none_or(|(_, last)| *last != row) {
            self.rows.push((at, row));
        }
    }
}

/// Adds a value if it is another than the last.
pub fn add(list: &mut BTreeMap<String, Vec<(i64, String)>>, name: &str, at: i64, value: String) {
    let values = list.entry(name.to_string()).or_default();
    if values.last().is_none_or(|(_, last)| *last != value) {
        values.push((at, value));
    }
}

/// Something that was done during a recording.
pub struct Deed {
    /// When, in ms since the first pod.
    pub at: i64,
    /// A command line, or the recorder's own words.
    pub command: String,
}

/// A recording.
pub struct Recording {
    pub namespace: String,
    pub manifest: String,
    pub deeds: Vec<Deed>,
    /// When it ended, in ms since the first pod.
    pub end: i64,
    /// The images that the machine did not have at the beginning.
    pub pulled: BTreeSet<String>,
    /// By pod.
    pub stories: BTreeMap<String, Story>,
}

/// The recordings' names, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the recordings");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_string)).collect();
    names.sort();
    names
}

impl Recording {
    pub fn read(folder: &Path, name: &str) -> Recording {
        let manifest = fs::read_to_string(folder.join(format!("{name}.yaml"))).expect("a manifest");
        let mut text = String::new();
        let file = File::open(folder.join(format!("{name}.jsonl.gz"))).expect("a recording");
        GzDecoder::new(file).read_to_string(&mut text).expect("text");
        let mut lines: Vec<Value> = text.lines().map(|line| parse_json(line).expect("a line of JSON")).collect();
        let end = clean_up(&lines);
        lines.retain(|line| line.i64_at(&["t"]).unwrap_or(0) < end);
        let mut recording = Recording {
            namespace: name.to_string(),
            deeds: Vec::new(),
            end: lines.iter().filter_map(|line| line.i64_at(&["t"])).max().unwrap_or(0),
            pulled: pulled_images(&lines),
            stories: BTreeMap::new(),
            manifest,
        };
        let mut latest = Latest::default();
        for line in &lines {
            recording.take(line, &mut latest);
        }
        recording
    }

    fn take(&mut self, line: &Value, latest: &mut Latest) {
        let (kind, name) = (line.str_at(&["kind"]), line.str_at(&["name"]).to_string());
        let at = line.i64_at(&["t"]).unwrap_or(0);
        match kind {
            "Action" => {
                let command = line.str_at(&["cmd"]).to_string();
                if command != "(done)" && command != "apply" {
                    self.deeds.push(Deed { at: line.i64_at(&["t"]).unwrap_or(0), command });
                }
            }
            "kubectl" => {
                let cell = |place: usize| line.list_at(&["row"]).get(place).and_then(Value::as_str).unwrap_or("");
                let restarts = cell(2).split(' ').next().unwrap_or("");
                let row = format!("{} {} {restarts}", cell(0), cell(1));
                self.stories.entry(name).or_default().row(at, row);
            }
            "Pod" => self.stories.entry(name.clone()).or_default().take(line, at, latest, &name),
            "Event" if line.str_at(&["object"]) == "Pod" => {
                let about = line.str_at(&["fieldPath"]);
                let text =
                    format!("{} {} {}", line.str_at(&["type"]), line.str_at(&["reason"]), line.str_at(&["message"]));
                let count = line.i64_at(&["count"]).unwrap_or(1);
                let told =
                    self.stories.entry(name).or_default().events.entry((about.to_string(), mask(&text))).or_insert(0);
                *told = (*told).max(count);
            }
            _ => {}
        }
    }
}

/// What the last line about each pod's parts said: a recording holds only what changed.
#[derive(Default)]
struct Latest {
    conditions: BTreeMap<(String, String), BTreeMap<String, String>>,
}

impl Story {
    fn take(&mut self, line: &Value, at: i64, latest: &mut Latest, pod: &str) {
        if line.str_at(&["type"]) == "ADDED" {
            latest.conditions.retain(|(name, _), _| name != pod);
        }
        let Some(changed) = line.at(&["changed"]).and_then(Value::as_map) else { return };
        for (key, value) in changed.iter() {
            if let Some(kind) = key.as_str().strip_prefix("cond.") {
                let known = latest.conditions.entry((pod.to_string(), kind.to_string())).or_default();
                for (field, value) in value.as_map().into_iter().flat_map(|map| map.iter()) {
                    known.insert(field.as_str().to_string(), value.as_str().unwrap_or("").to_string());
                }
                let get = |field: &str| known.get(field).cloned().unwrap_or_default();
                add(
                    &mut self.conditions,
                    kind,
                    at,
                    format!("{} {} {}", get("status"), get("reason"), get("message")).trim().to_string(),
                );
            } else if let Some(container) = key
                .as_str()
                .strip_prefix("ctr.")
                .or_else(|| key.as_str().strip_prefix("init."))
                .or_else(|| key.as_str().strip_prefix("eph."))
                && let Some(state) = value.at(&["state"])
            {
                let text = state_text(
                    state.str_at(&["state"]),
                    state.str_at(&["reason"]),
                    state.i64_at(&["exitCode"]),
                    state.str_at(&["message"]),
                );
                add(&mut self.states, container, at, text);
            }
        }
    }
}

/// A container's state as it is compared.
pub fn state_text(state: &str, reason: &str, code: Option<i64>, message: &str) -> String {
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    format!("{state} {reason}{code} {}", mask(message)).trim().to_string()
}

/// When the recorder began to clean up: all pods are deleted at once although nobody asked for it.
fn clean_up(lines: &[Value]) -> i64 {
    let time = |line: &Value| line.i64_at(&["t"]).unwrap_or(0);
    let deeds: Vec<i64> = lines.iter().filter(|line| line.str_at(&["kind"]) == "Action").map(time).collect();
    let is_deleted = |line: &&Value| {
        line.str_at(&["kind"]) == "Pod" && line.at(&["changed", "metadata.deletionTimestamp"]).is_some()
    };
    let mut deleted: Vec<i64> = lines.iter().filter(is_deleted).map(time).collect();
    deleted.sort_unstable();
    // The largest group is it, and of equal ones the last.
    let group = |first: &i64| deleted.iter().filter(|at| (*first..first + 3000).contains(at)).count();
    let is_asked = |first: &i64| deeds.iter().any(|at| at <= &(first + 200) && *at > first - 3000);
    let first = deleted.iter().filter(|first| !is_asked(first)).max_by_key(|first| (group(first), **first));
    let Some(first) = first else { return i64::MAX };
    // Of a group the first one counts; kubectl's rows run ahead a little.
    deleted.iter().filter(|at| **at > first - 1500).min().map_or(i64::MAX, |at| at - 300)
}

/// The images that were pulled before anybody said that they are there.
fn pulled_images(lines: &[Value]) -> BTreeSet<String> {
    let (mut known, mut pulled) = (BTreeSet::new(), BTreeSet::new());
    for line in lines.iter().filter(|line| line.str_at(&["kind"]) == "Event") {
        let message = line.str_at(&["message"]);
        let Some(image) = message.split('"').nth(1) else { continue };
        match line.str_at(&["reason"]) {
            "Pulling" if known.insert(image.to_string()) => _ = pulled.insert(image.to_string()),
            "Pulled" => _ = known.insert(image.to_string()),
            _ => {}
        }
    }
    pulled
}

/// What differs between two runs, made the same: UIDs, addresses, identifiers, how long a pull took.
pub fn mask(text: &str) -> String {
    let text = match text.split_once(" in ").filter(|_| text.contains("Successfully pulled image")) {
        Some((head, _)) => head.to_string(),
        None => text.to_string(),
    };
    let mut out = String::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        let is_hex = word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        let is_address = word.split('.').count() == 4 && word.chars().all(|c| c.is_ascii_digit() || c == '.');
        match () {
            () if is_hex && word.len() == 36 => out.push_str("<uid>"),
            () if is_hex && word.len() == 64 => out.push_str("<id>"),
            () if is_address => out.push_str("<ip>"),
            () => out.push_str(&word),
        }
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out.trim_end().to_string()
}
