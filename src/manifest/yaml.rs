//! YAML text to trees with places: documents as kubectl splits them, errors in the words of kubectl's YAML library.
//!
//! The parser is `saphyr-parser`; this file resolves scalars, anchors and merge keys, keeps every value's place, and
//! bounds what hostile text can cost.

use super::scalar::resolve_plain;
use super::yaml_error::translate;
use crate::model::{Map, Text, Value, parse_json};
use crate::sorted::SharedMap;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

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
    let whole = Span { start: 0, end: text.len(), line: 1, column: 1 };
    if text.len() > BYTES_MAX {
        let message = format!("the text has {} bytes; at most {BYTES_MAX} are read", text.len());
        let error = Some(YamlError { message, span: Span { end: 0, ..whole } });
        return vec![Document { span: whole, error, ..Document::default() }];
    }
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - without_mark.len();
    if without_mark.trim_start().starts_with('{')
        && let Ok(value) = parse_json(without_mark)
    {
        let mut document = read_chunk(&Chunk { text: without_mark, start: offset, line: 1 });
        document.value = Some(value);
        document.error = None;
        return vec![document];
    }
    split(without_mark, offset).iter().map(read_chunk).collect()
}

/// A part of the text between separators.
struct Chunk<'a> {
    text: &'a str,
    start: usize,
    line: usize,
}

/// Splits at lines of `---` as kubectl does: a leading one belongs to the document behind it.
fn split(text: &str, offset: usize) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let (mut start, mut first_line) = (0, 1);
    let mut at = 0;
    for (count, line) in text.split_inclusive('\n').enumerate() {
        let is_separator = line.strip_prefix("---").is_some_and(|rest| {
            let rest = rest.trim();
            rest.is_empty() || (rest.starts_with('#') && line.starts_with("--- "))
        });
        if is_separator && at > start {
            chunks.push(Chunk { text: text.get(start..at).unwrap_or(""), start: offset + start, line: first_line });
            start = at + line.len();
            first_line = count + 2;
        }
        at += line.len();
    }
    if at > start {
        chunks.push(Chunk { text: text.get(start..at).unwrap_or(""), start: offset + start, line: first_line });
    }
    chunks
}

fn read_chunk(chunk: &Chunk) -> Document {
    let index = CharIndex::new(chunk);
    let span = Span { start: chunk.start, end: chunk.start + chunk.text.len(), line: chunk.line, column: 1 };
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(chunk.text);
    let mut error = None;
    let mut events = 0usize;
    while let Some(next) = parser.next_event() {
        events += 1;
        match next {
            Ok((Event::StreamEnd, _)) => break,
            // Like kubectl's library: what follows the first document of a chunk is not read.
            Ok((Event::DocumentEnd, _)) => break,
            Ok(_) if events > EVENTS_MAX => break,
            Ok((event, place)) => {
                // A text that is not YAML at all is said to be so first: the parser runs on without the builder.
                if error.is_none() {
                    error = builder.take(event, index.span(&place.start, &place.end)).err();
                }
            }
            Err(fault) => {
                error = Some(scan_error(&fault, chunk, &index));
                break;
            }
        }
    }
    let value = if error.is_none() { Some(builder.root.take().unwrap_or_default()) } else { None };
    builder.places.entry(String::new()).or_insert(Place { key: span, value: span });
    Document { span, value, error, places: builder.places, duplicates: builder.duplicates }
}

/// Finds bytes by characters.
struct CharIndex {
    bytes: Option<Vec<u32>>,
    start: usize,
    line: usize,
    length: usize,
}

impl CharIndex {
    fn new(chunk: &Chunk) -> CharIndex {
        let bytes = (!chunk.text.is_ascii())
            .then(|| chunk.text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect());
        CharIndex { bytes, start: chunk.start, line: chunk.line, length: chunk.text.len() }
    }

    fn byte(&self, at: usize) -> usize {
        let inside = match &self.bytes {
            Some(bytes) => bytes.get(at).map_or(self.length, |byte| *byte as usize),
            None => at.min(self.length),
        };
        self.start + inside
    }

    fn span(&self, start: &Marker, end: &Marker) -> Span {
        Span {
            start: self.byte(start.index()),
            end: self.byte(end.index()).max(self.byte(start.index())),
            line: self.line + start.line().saturating_sub(1),
            column: start.col() + 1,
        }
    }
}

/// A list or map that is being read.
struct Open {
    value: OpenValue,
    anchor: usize,
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
    anchors: SharedMap<usize, (Value, usize)>,
    aliased: usize,
    root: Option<Value>,
    places: SharedMap<String, Place>,
    duplicates: Vec<(String, Span)>,
}

impl Builder {
    fn take(&mut self, event: Event, span: Span) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_ref().map_or("", |tag| tag.suffix.as_str());
                let value = match (style, tag) {
                    (ScalarStyle::Plain, "str") => Value::Str(Text::new(&text)),
                    (ScalarStyle::Plain, _) => resolve_plain(&text),
                    (_, "int" | "float" | "bool" | "null") => resolve_plain(&text),
                    _ => Value::Str(Text::new(&text)),
                };
                if self.wants_key() {
                    let is_merge = style == ScalarStyle::Plain && &*text == "<<";
                    self.set_key(&text, &value, is_merge, span)?;
                    if anchor > 0 {
                        self.anchors.insert(anchor, (value, 1));
                    }
                    return Ok(());
                }
                self.add(value, anchor, span, 1)
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(self.fault("unknown anchor referenced", span));
                };
                self.aliased += size;
                if self.aliased > ALIASED_MAX {
                    return Err(YamlError { message: "yaml: document contains excessive aliasing".into(), span });
                }
                if self.wants_key() {
                    let text = value.as_str().map(str::to_string).unwrap_or_default();
                    return self.set_key(&text, &value, false, span);
                }
                self.add(value, 0, span, size)
            }
            Event::SequenceStart(anchor, _) => self.open(OpenValue::List(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => {
                let map = OpenValue::Map { map: Map::new(), merged: Vec::new(), key: None, is_merge: false };
                self.open(map, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn fault(&self, what: &str, span: Span) -> YamlError {
        YamlError { message: format!("yaml: {what}"), span }
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
            _ => return Err(YamlError { message: "json: unsupported map key of type: nil".into(), span }),
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

    fn open(&mut self, value: OpenValue, anchor: usize, span: Span) -> Result<(), YamlError> {
        if self.wants_key() {
            return Err(YamlError { message: "json: unsupported map key of type: map or list".into(), span });
        }
        if self.stack.len() >= DEPTH_MAX {
            return Err(YamlError { message: format!("yaml: exceeded max depth of {DEPTH_MAX}"), span });
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
        self.put(value, open.anchor, open.size);
        Ok(())
    }

    fn add(&mut self, value: Value, anchor: usize, span: Span, size: usize) -> Result<(), YamlError> {
        let (before, key) = self.enter();
        self.places.insert(self.path.clone(), Place { key: key.unwrap_or(span), value: span });
        self.path.truncate(before);
        self.put(value, anchor, size);
        Ok(())
    }

    /// Puts a finished value into the list or map around it.
    fn put(&mut self, value: Value, anchor: usize, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(value);
            return;
        };
        open.size += size;
        match &mut open.value {
            OpenValue::List(list) => list.push(value),
            OpenValue::Map { map, merged, key, is_merge } => match key.take() {
                Some((name, _)) => _ = map.insert(name, value),
                None => {
                    *is_merge = false;
                    merged.push(value);
                }
            },
        }
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

/// Puts the parser's words into those of kubectl's library, which counts lines in the document and, for errors of
/// its parser (not of its scanner), from 0.
fn scan_error(error: &ScanError, chunk: &Chunk, index: &CharIndex) -> YamlError {
    let info = error.info();
    let marker = error.marker();
    let span = index.span(marker, marker);
    let line = marker.line().max(1);
    let (words, line) = translate(info, line, chunk.text, span.start - chunk.start);
    let message = match line {
        0 => format!("yaml: {words}"),
        line => format!("yaml: line {line}: {words}"),
    };
    YamlError { message, span }
}
