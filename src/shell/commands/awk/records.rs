//! What a program of `awk` reads next and what its fields are then: operands, `getline`, `$1`, `NF`; how a text is cut
//! is in `separators`.

use super::run::{Done, FIELDS_MAX, Flow, Runner, Slot};
use super::separators::{Source, kept, split};
use super::syntax::{Origin, Place};
use super::value::Value;
use std::rc::Rc;

impl Runner<'_> {
    /// The next record of the operands, or of what comes in.
    pub(super) fn next_record(&mut self) -> Done<Option<String>> {
        loop {
            if self.source.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let separator = self.global_text("RS");
            let patterns = &mut self.patterns;
            let record = self.source.as_mut().and_then(|source| source.next(&separator, |text| kept(patterns, text)));
            if record.is_some() {
                for name in ["NR", "FNR"] {
                    let number = self.global(name).as_number() + 1.0;
                    self.set_global(name, Value::Number(number));
                }
                return Ok(record);
            }
            self.source = None;
        }
    }

    /// Opens the next operand that is a file.
    fn open_next(&mut self) -> Done<bool> {
        while let Some(operand) = self.operands.get(self.next_operand).cloned() {
            self.next_operand += 1;
            if let Some((name, text)) = assignment(&operand) {
                self.set_from_outside(name, text);
                continue;
            }
            self.has_read = true;
            let text = match operand.as_str() {
                "-" | "/dev/stdin" => Ok(self.stdin.take().unwrap_or_default().into()),
                name => self.file(name),
            };
            match text {
                Ok(text) => {
                    self.open(&text, if operand == "-" { "" } else { &operand });
                    return Ok(true);
                }
                Err(error) if self.has_mawk => return Err(Flow::Fail(format!("cannot open {operand} ({error})"))),
                Err(error) => return Err(Flow::Fail(format!("{operand}: {error}"))),
            }
        }
        match self.stdin.take().filter(|_| !self.has_read) {
            Some(text) => {
                self.has_read = true;
                self.open(&text, "");
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn open(&mut self, text: &str, name: &str) {
        self.source = Some(Source::new(text));
        self.set_global("FILENAME", Value::Text(name.into()));
        self.set_global("FNR", Value::Number(0.0));
    }

    /// `getline`: the value, and where it goes.
    pub(super) fn get_line(&mut self, into: Option<&Place>, from: &Origin) -> Done<Value> {
        let record = match from {
            Origin::Own => self.next_record()?,
            Origin::File(from) => {
                let value = self.value(from)?;
                let name = self.text(&value).to_string();
                if self.opened.get(&name).is_none() {
                    let text = match name.as_str() {
                        "-" | "/dev/stdin" => self.stdin.take().unwrap_or_default().into(),
                        name => match self.file(name) {
                            Ok(text) => text,
                            Err(_) => return Ok(Value::Number(-1.0)),
                        },
                    };
                    self.opened.insert(name.clone(), Source::new(&text));
                }
                let separator = self.global_text("RS");
                let patterns = &mut self.patterns;
                self.opened.get_mut(&name).and_then(|source| source.next(&separator, |text| kept(patterns, text)))
            }
            Origin::Command(from) => {
                let value = self.value(from)?;
                let name = self.text(&value).to_string();
                if self.heard.get(&name).is_none() {
                    self.flush();
                    let (text, status) = self.command(&name, None, true)?;
                    self.heard.insert(name.clone(), (Source::new(&text), status));
                }
                let separator = self.global_text("RS");
                let patterns = &mut self.patterns;
                self.heard.get_mut(&name).and_then(|heard| heard.0.next(&separator, |text| kept(patterns, text)))
            }
        };
        let Some(record) = record else { return Ok(Value::Number(0.0)) };
        match into {
            Some(place) => self.assign(place, Value::of_input(&record))?,
            None => self.set_record(record),
        }
        Ok(Value::Number(1.0))
    }

    pub(super) fn set_record(&mut self, record: String) {
        self.record = record;
        self.is_split = false;
        self.is_stale = false;
    }

    pub(super) fn split_record(&mut self) {
        if std::mem::replace(&mut self.is_split, true) {
            return;
        }
        let mut separator = self.global_text("FS").to_string();
        // A new line separates fields as well where lines do not separate records.
        if self.global_text("RS").is_empty() && separator != " " {
            let one = if separator.chars().count() == 1 { format!("[{separator}]") } else { separator };
            separator = format!("{one}|\n");
        }
        let patterns = &mut self.patterns;
        let parts = split(&self.record, &separator, self.has_mawk, |text| kept(patterns, text));
        self.fields = parts.iter().take(FIELDS_MAX).map(|part| Value::of_input(part)).collect();
        let count = self.fields.len();
        self.globals.insert("NF".into(), Slot::Value(Value::Number(count as f64)));
    }

    fn join_record(&mut self) {
        if !std::mem::take(&mut self.is_stale) {
            return;
        }
        let separator = self.global_text("OFS");
        let texts: Vec<Rc<str>> = self.fields.iter().map(|field| self.text(field)).collect();
        self.record = texts.join(&*separator);
    }

    pub(super) fn field(&mut self, index: f64) -> Done<Value> {
        if index < 0.0 {
            return Err(Flow::Fail(format!("attempt to access field {index}")));
        }
        if index < 1.0 {
            self.join_record();
            self.step_over(self.record.len())?;
            return Ok(Value::of_input(&self.record));
        }
        self.split_record();
        Ok(self.fields.get(index as usize - 1).cloned().unwrap_or(Value::Unset))
    }

    pub(super) fn set_field(&mut self, index: f64, value: Value) -> Done<()> {
        if index < 1.0 {
            let text = self.text(&value).to_string();
            self.step_over(text.len())?;
            self.set_record(text);
            return Ok(());
        }
        self.split_record();
        let at = index as usize;
        if at > FIELDS_MAX {
            return Err(Flow::Spent(format!("a record has {FIELDS_MAX} fields at most")));
        }
        if self.fields.len() < at {
            self.resize(at);
        }
        // A field that was set is a text where a record is put together.
        if let Some(field) = self.fields.get_mut(at - 1) {
            *field = value;
        }
        self.is_stale = true;
        Ok(())
    }

    pub(super) fn resize(&mut self, count: usize) {
        self.fields.resize(count, Value::Text("".into()));
        self.globals.insert("NF".into(), Slot::Value(Value::Number(count as f64)));
        self.is_stale = true;
    }
}

/// `name=text` among the operands.
fn assignment(operand: &str) -> Option<(&str, &str)> {
    let (name, text) = operand.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((name, text))
}
