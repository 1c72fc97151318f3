//! YAML text to trees with places: documents as kubectl splits them, errors in the words of kubectl's YAML library.
//!
//! This file resolves anchors and merge keys, keeps every value's place, and bounds what hostile text can cost. How
//! values come of it is that of the library which kubectl reads YAML with: go.yaml.in/yaml/v2, `decode.go`.

use super::cursor::{Fault, Mark, is_allowed};
use super::events::{Event, Parser};
use super::scalar::{is_word_of_truth, resolve};
use crate::model::{Map, Text, Value, go_source, parse_json};
use crate::sorted::SharedMap;
use std::borrow::Cow;

/// The largest text that is read, as the API server takes at most 3 MiB.
pub const BYTES_MAX: usize = 3 * 1024 * 1024;
/// How deep lists and maps may stand in each other.
pub const DEPTH_MAX: usize = 100;
/// How many values, keys and brackets a document may have; more than any text of [`BYTES_MAX`] has.
const EVENTS_MAX: usize = 2 * BYTES_MAX;
/// How many values aliases may add to a document.
const ALIASED_MAX: usize = 50_000;

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
    /// Line of the first character, from 1.
    pub line: usize,
    /// Column of the first character, counted in characters from 1.
    pub column: usize,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its key; the value's own place for elements of lists and the whole document.
    pub key: Span,
    /// Its value.
    pub value: Span,
}

/// A text that is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// kubectl's words: `yaml: line 7: mapping values are not allowed in this context`.
    pub message: String,
    /// The place.
    pub span: Span,
    /// Whether it is the line between two documents that is wrong: kubectl says so before it reads YAML.
    pub is_separator: bool,
}

impl YamlError {
    fn new(message: impl Into<String>, span: Span) -> YamlError {
        YamlError { message: message.into(), span, is_separator: false }
    }
}

/// One document of a text.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Where it stands in the text.
    pub span: Span,
    /// What it says; `None` if it is not YAML. An empty document is null.
    pub value: Option<Value>,
    /// Why it is not YAML.
    pub error: Option<YamlError>,
    /// Where its fields stand, by path: `spec.template.spec.containers[0].image`; the whole document under `""`.
    pub places: SharedMap<String, Place>,
    /// Keys that stand twice in one map: path and place of the later one. kubectl takes the last silently.
    pub duplicates: Vec<(String, Span)>,
}

impl Document {
    /// The place of the field at `path`, or of the nearest field around it.
    pub fn place(&self, path: &str) -> Place {
        let path = normal_path(path);
        let mut rest = path.as_str();
        loop {
            if let Some(place) = self.places.get(rest) {
                return *place;
            }
            match rest.rfind(['.', '[']) {
                Some(at) => rest = rest.get(..at).unwrap_or(""),
                None => return self.places.get("").copied().unwrap_or(Place { key: self.span, value: self.span }),
            }
        }
    }
}

/// Messages name keys of maps in brackets, `requests[cpu]`, and labels of a template in a short form.
fn normal_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let (inside, after) = behind.split_once(']').unwrap_or((behind, ""));
        if inside.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&format!("[{inside}]"));
        } else {
            out.push_str(&format!(".{inside}"));
        }
        rest = after;
    }
    out.push_str(rest);
    for name in ["labels", "annotations"] {
        if let Some(template) = out.strip_suffix(&format!(".template.{name}")) {
            return format!("{template}.template.metadata.{name}");
        }
    }
    out
}

/// Splits a text into documents and reads each. A text beyond [`BYTES_MAX`] is one document with an error.
pub fn parse(text: &str) -> Vec<Document> {
    parse_as(text, false)
}

/// The same; `keeps_words` takes `yes`, `no`, `on` and `off` for texts, as kustomize's library does.
pub fn parse_as(text: &str, keeps_words: bool) -> Vec<Document> {
    let whole = Span { start: 0, end: text.len(), line: 1, column: 1 };
    if text.len() > BYTES_MAX {
        let message = format!("the text has {} bytes; at most {BYTES_MAX} are read", text.len());
        let error = Some(YamlError::new(message, Span { end: 0, ..whole }));
        return vec![Document { span: whole, error, ..Document::default() }];
    }
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - without_mark.len();
    if without_mark.trim_start().starts_with('{')
        && let Ok(value) = parse_json(without_mark)
    {
        let mut document = read_chunk(&Chunk { text: without_mark, start: offset, line: 1, spoilt: None }, keeps_words);
        document.value = Some(value);
        document.error = None;
        return vec![document];
    }
    split(without_mark, offset).iter().map(|chunk| read_chunk(chunk, keeps_words)).collect()
}

/// A part of the text between separators.
struct Chunk<'a> {
    text: &'a str,
    start: usize,
    line: usize,
    /// What stands on the line behind it in place of a separator: nothing is read then.
    spoilt: Option<&'a str>,
}

/// Splits at lines of `---` as kubectl does: a leading one belongs to the document behind it, and a line that only begins
/// so ends everything.
///
/// Follows `YAMLReader` in pkg/util/yaml/decoder.go of apimachinery.
fn split(text: &str, offset: usize) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let (mut start, mut line, mut at) = (0, 1, 0);
    let chunk = |from: usize, to: usize, line: usize| Chunk {
        text: text.get(from..to).unwrap_or(""),
        start: offset + from,
        line,
        spoilt: None,
    };
    for (count, whole) in text.split_inclusive('\n').enumerate() {
        if let Some(rest) = whole.strip_prefix("---").map(str::trim) {
            if !rest.is_empty() && !rest.starts_with('#') {
                chunks.push(Chunk { spoilt: Some(rest), ..chunk(start, at + whole.len(), line) });
                return chunks;
            }
            if at > start {
                chunks.push(chunk(start, at, line));
                start = at + whole.len();
                line = count + 2;
            }
        }
        at += whole.len();
    }
    if at > start {
        chunks.push(chunk(start, at, line));
    }
    chunks
}

fn read_chunk(chunk: &Chunk, keeps_words: bool) -> Document {
    let span = Span { start: chunk.start, end: chunk.start + chunk.text.len(), line: chunk.line, column: 1 };
    let mut builder = Builder { keeps_words, ..Builder::default() };
    let error = read_events(chunk, &mut builder).err();
    let value = if error.is_none() { Some(builder.root.take().unwrap_or_default()) } else { None };
    builder.places.entry(String::new()).or_insert(Place { key: span, value: span });
    Document { span, value, error, places: builder.places, duplicates: builder.duplicates }
}

/// Reads the first document of a chunk. Like kubectl's library: what follows it there is not read.
fn read_events(chunk: &Chunk, builder: &mut Builder) -> Result<(), YamlError> {
    if let Some(rest) = chunk.spoilt {
        let message = format!("invalid Yaml document separator: {rest}");
        let at = chunk.text.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        return Err(YamlError { is_separator: true, ..YamlError::new(message, chunk.span_of_byte(at)) });
    }
    if let Some((at, _)) = chunk.text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        return Err(YamlError::new("yaml: control characters are not allowed", chunk.span_of_byte(at)));
    }
    // kubectl hands over whole lines.
    let lines = match chunk.text.ends_with('\n') {
        true => Cow::Borrowed(chunk.text),
        false => Cow::Owned(format!("{}\n", chunk.text)),
    };
    let mut parser = Parser::new(&lines);
    // A text that is not YAML at all is said to be so first: the parser runs on without the builder.
    let mut built = Ok(());
    for _ in 0..EVENTS_MAX {
        let (event, start, end) = parser.next().map_err(|fault| chunk.error(&fault))?;
        if event == Event::End {
            break;
        }
        let span = chunk.span(start, end);
        if let Event::Alias(name) = &event
            && !builder.knows(name)
        {
            let message = format!("yaml: unknown anchor '{name}' referenced");
            return Err(YamlError::new(message, span));
        }
        match built.is_ok() {
            true => built = builder.take(event, span),
            false => builder.note(&event),
        }
    }
    built.and(builder.unsupported.take().map_or(Ok(()), Err))
}

impl Chunk<'_> {
    fn span(&self, start: Mark, end: Mark) -> Span {
        Span {
            start: self.start + start.at.min(self.text.len()),
            end: self.start + end.at.max(start.at).min(self.text.len()),
            line: self.line + start.line,
            column: start.column + 1,
        }
    }

    fn span_of_byte(&self, at: usize) -> Span {
        let before = self.text.get(..at).unwrap_or("");
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or("").chars().count();
        let mark = Mark { at, line, column };
        self.span(mark, mark)
    }

    /// The library's sentence; it counts lines within the document.
    fn error(&self, fault: &Fault) -> YamlError {
        let message = match fault.line() {
            0 => format!("yaml: {}", fault.problem),
            line => format!("yaml: line {line}: {}", fault.problem),
        };
        // What is missing at the end is missed from where it began.
        let is_missed = fault.problem.ends_with("end of stream") || fault.problem.ends_with("expected ':'");
        let mark = if is_missed { fault.context } else { fault.mark };
        YamlError::new(message, self.span(mark, mark))
    }
}

/// A list or map that is being read.
struct Open {
    value: OpenValue,
    anchor: Option<String>,
    span: Span,
    /// Length of the path before this value's own step.
    path: usize,
    place_key: Option<Span>,
    size: usize,
}

enum OpenValue {
    List(Vec<Value>),
    Map { map: Map, merged: Vec<Value>, key: Option<(Text, Span)>, is_merge: bool },
}

#[derive(Default)]
struct Builder {
    stack: Vec<Open>,
    path: String,
    anchors: SharedMap<String, (Value, usize)>,
    aliased: usize,
    root: Option<Value>,
    places: SharedMap<String, Place>,
    duplicates: Vec<(String, Span)>,
    /// Whether the key whose value comes next is null.
    null_key: bool,
    /// Whether `yes` and `no` are texts.
    keeps_words: bool,
    /// What JSON has no key for; said where nothing else is wrong.
    unsupported: Option<YamlError>,
}

impl Builder {
    fn take(&mut self, event: Event, span: Span) -> Result<(), YamlError> {
        match event {
            Event::Scalar { text, anchor, tag, is_plain } => self.scalar(&text, anchor, &tag, is_plain, span),
            Event::Alias(name) => self.alias(&name, span),
            Event::List(anchor) => self.open(OpenValue::List(Vec::new()), anchor, span),
            Event::Map(anchor) => {
                let map = OpenValue::Map { map: Map::new(), merged: Vec::new(), key: None, is_merge: false };
                self.open(map, anchor, span)
            }
            Event::Close => self.close(span),
            Event::End => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        anchor: Option<String>,
        tag: &str,
        is_plain: bool,
        span: Span,
    ) -> Result<(), YamlError> {
        let is_text = tag.is_empty() && (!is_plain || self.keeps_words && is_word_of_truth(text));
        let value = match is_text {
            true => Value::Str(Text::new(text)),
            false => resolve(tag, text).map_err(|message| YamlError::new(message, span))?,
        };
        if !self.wants_key() {
            return self.add(value, anchor, span, 1);
        }
        let is_merge = text == "<<" && (is_plain || tag == "tag:yaml.org,2002:merge");
        self.set_key(text, &value, is_merge, span)?;
        if let Some(name) = anchor {
            self.anchors.insert(name, (value, 1));
        }
        Ok(())
    }

    /// Whether an alias may use the name: it stands before.
    fn knows(&self, name: &str) -> bool {
        self.anchors.contains_key(name) || self.stack.iter().any(|open| open.anchor.as_deref() == Some(name))
    }

    /// Keeps the names of what is not built any more.
    fn note(&mut self, event: &Event) {
        if let Event::Scalar { anchor: Some(name), .. } | Event::List(Some(name)) | Event::Map(Some(name)) = event {
            self.anchors.insert(name.clone(), (Value::Null, 1));
        }
    }

    fn alias(&mut self, name: &str, span: Span) -> Result<(), YamlError> {
        if self.stack.iter().any(|open| open.anchor.as_deref() == Some(name)) {
            return Err(self.fault(&format!("anchor '{name}' value contains itself"), span));
        }
        let (value, size) = self.anchors.get(name).cloned().unwrap_or_default();
        self.aliased += size;
        if self.aliased > ALIASED_MAX {
            return Err(self.fault("document contains excessive aliasing", span));
        }
        if self.wants_key() {
            let text = value.as_str().map(str::to_string).unwrap_or_default();
            return self.set_key(&text, &value, false, span);
        }
        self.add(value, None, span, size)
    }

    fn fault(&self, what: &str, span: Span) -> YamlError {
        YamlError::new(format!("yaml: {what}"), span)
    }

    fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open { value: OpenValue::Map { key: None, is_merge: false, .. }, .. }))
    }

    fn set_key(&mut self, text: &str, value: &Value, merges: bool, span: Span) -> Result<(), YamlError> {
        let name = match value {
            Value::Str(text) => text.clone(),
            Value::Bool(flag) => Text::from(if *flag { "true" } else { "false" }),
            Value::Int(number) => Text::from(number.to_string()),
            Value::Float(number) => Text::from(crate::model::json::go_float(*number)),
            _ if merges => Text::from(text.to_string()),
            _ => {
                self.null_key = true;
                Text::from("null")
            }
        };
        let path = self.child_path(&name);
        let Some(Open { value: OpenValue::Map { map, key, is_merge, .. }, .. }) = self.stack.last_mut() else {
            return Ok(());
        };
        let is_known = map.contains_key(&name);
        match merges {
            true => *is_merge = true,
            false => *key = Some((name, span)),
        }
        if is_known && !merges {
            self.duplicates.push((path, span));
        }
        Ok(())
    }

    fn child_path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }

    /// Steps into the path of the next value and returns how long the path was, and the place of its key.
    fn enter(&mut self) -> (usize, Option<Span>) {
        let before = self.path.len();
        let (step, key) = match self.stack.last() {
            Some(Open { value: OpenValue::List(list), .. }) => (format!("[{}]", list.len()), None),
            Some(Open { value: OpenValue::Map { key: Some((name, span)), .. }, .. }) => {
                (if before == 0 { name.to_string() } else { format!(".{name}") }, Some(*span))
            }
            Some(Open { value: OpenValue::Map { .. }, .. }) => (".<<".to_string(), None),
            None => (String::new(), None),
        };
        self.path.push_str(&step);
        (before, key)
    }

    fn open(&mut self, value: OpenValue, anchor: Option<String>, span: Span) -> Result<(), YamlError> {
        if self.stack.len() >= DEPTH_MAX {
            return Err(self.fault(&format!("exceeded max depth of {DEPTH_MAX}"), span));
        }
        let (path, place_key) = self.enter();
        self.stack.push(Open { value, anchor, span, path, place_key, size: 1 });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), YamlError> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let span = Span { end: end.end.max(open.span.end), ..open.span };
        let value = match open.value {
            OpenValue::List(list) => list.into(),
            OpenValue::Map { map, merged, .. } => with_merged(map, &merged).map_err(|what| self.fault(what, span))?,
        };
        self.places.insert(self.path.clone(), Place { key: open.place_key.unwrap_or(span), value: span });
        self.path.truncate(open.path);
        self.put(value, open.anchor, open.size, span)
    }

    fn add(&mut self, value: Value, anchor: Option<String>, span: Span, size: usize) -> Result<(), YamlError> {
        let (before, key) = self.enter();
        self.places.insert(self.path.clone(), Place { key: key.unwrap_or(span), value: span });
        self.path.truncate(before);
        self.put(value, anchor, size, span)
    }

    /// Puts a finished value into the list or map around it.
    fn put(&mut self, value: Value, anchor: Option<String>, size: usize, span: Span) -> Result<(), YamlError> {
        if let Some(name) = anchor {
            self.anchors.insert(name, (value.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        open.size += size;
        match &mut open.value {
            OpenValue::List(list) => list.push(value),
            OpenValue::Map { map, merged, key, is_merge } => match key.take() {
                Some((name, _)) => {
                    if std::mem::take(&mut self.null_key) && self.unsupported.is_none() {
                        let value =
                            if value == Value::Null { "<nil>".to_string() } else { go_source(&value, "interface {}") };
                        let message = format!("unsupported map key of type: %!s(<nil>), key: <nil>, value: {value}");
                        self.unsupported = Some(YamlError::new(message, span));
                    }
                    map.insert(name, value);
                }
                None if *is_merge => {
                    *is_merge = false;
                    merged.push(value);
                }
                None => {
                    let shown = go_source(&value, "interface {}");
                    return Err(YamlError::new(format!("yaml: invalid map key: {shown}"), span));
                }
            },
        }
        Ok(())
    }
}

/// A map with what its merge keys bring; its own entries win.
fn with_merged(mut map: Map, merged: &[Value]) -> Result<Value, &'static str> {
    for value in merged {
        let sources: &[Value] = match value {
            Value::Map(_) => std::slice::from_ref(value),
            Value::List(list) => list,
            _ => return Err("map merge requires map or sequence of maps as the value"),
        };
        for source in sources {
            let Value::Map(source) = source else {
                return Err("map merge requires map or sequence of maps as the value");
            };
            for (key, value) in source.iter() {
                if !map.contains_key(key) {
                    map.insert(key.clone(), value.clone());
                }
            }
        }
    }
    Ok(map.into())
}
