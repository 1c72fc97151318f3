//! The output formats beside tables: `-o yaml|json|name|jsonpath|custom-columns`; finds no objects.

use super::command::{Cx, Failure};
use super::flags::Args;
use super::jsonpath;
use super::output::Output;
use super::resources::qualified_name;
use super::table::{Cell, Table};
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, Object, Value, to_json, to_json_styled};
use crate::obj;
use crate::ordering::Order;
use std::rc::Rc;

/// How objects are printed.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// As a table; true adds the wide columns.
    Table(bool),
    /// As YAML.
    Yaml,
    /// As JSON.
    Json,
    /// `statefulset.apps/web`.
    Name,
    /// By a template.
    JsonPath(String),
    /// Found values as a JSON list.
    JsonPathAsJson(String),
    /// As a table of chosen columns: headers and paths.
    Columns(Vec<(String, String)>, bool),
}

const ALLOWED: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                       jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

impl Format {
    /// The format that `-o` asks for.
    ///
    /// # Errors
    /// An unknown format or a template that cannot be read.
    pub fn of(args: &Args) -> Result<Format, Failure> {
        let output = args.text("output");
        let (name, template) = match output.split_once('=') {
            Some((name, template)) => (name, template),
            None => (output, args.text("template")),
        };
        let path = || match jsonpath::render(template, &Value::Null) {
            Err(error) => Err(Failure::client(format!("error parsing jsonpath {template}, {error}"))),
            Ok(_) => Ok(template.to_string()),
        };
        Ok(match name {
            "" => Format::Table(false),
            "wide" => Format::Table(true),
            "yaml" | "kyaml" => Format::Yaml,
            "json" => Format::Json,
            "name" => Format::Name,
            "jsonpath" | "jsonpath-as-json" if template.is_empty() => {
                return Err(Failure::client("template format specified but no template given"));
            }
            "jsonpath" => Format::JsonPath(path()?),
            "jsonpath-as-json" => Format::JsonPathAsJson(path()?),
            "custom-columns" => Format::Columns(columns(template)?, args.is("no-headers")),
            _ => {
                return Err(Failure::client(format!(
                    "unable to match a printer suitable for the output format {output:?}, allowed formats are: {ALLOWED}"
                )));
            }
        })
    }

    /// Whether it is a table of the kind's own columns.
    pub fn is_table(&self) -> bool {
        matches!(self, Format::Table(_))
    }
}

fn columns(template: &str) -> Result<Vec<(String, String)>, Failure> {
    if template.is_empty() {
        return Err(Failure::client("custom-columns format specified but no custom columns given"));
    }
    let mut columns = Vec::new();
    for part in template.split(',') {
        let Some((header, path)) = part.split_once(':').filter(|(header, path)| !header.is_empty() && !path.is_empty())
        else {
            return Err(Failure::client(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )));
        };
        jsonpath::find(path, &Value::Null).map_err(Failure::Client)?;
        columns.push((header.to_string(), path.to_string()));
    }
    Ok(columns)
}

/// Several objects as one list.
fn list_value(objects: &[Rc<Object>]) -> Value {
    obj! {
        "apiVersion" => "v1",
        "items" => objects.iter().map(|object| object.to_value()).collect::<Vec<_>>(),
        "kind" => "List",
        "metadata" => obj! { "resourceVersion" => "" },
    }
}

/// Prints objects in any format but tables. `is_single` prints the one object without a list around it.
pub fn print(format: &Format, objects: &[Rc<Object>], is_single: bool, out: &mut Output) {
    let whole = || match objects {
        [only] if is_single => only.to_value(),
        several => list_value(several),
    };
    match format {
        Format::Table(_) => {}
        Format::Yaml => text_lines(&to_yaml(&whole()), out),
        Format::Json => {
            let style = JsonStyle { indent: 4, escape_html: false };
            text_lines(&(to_json_styled(&whole(), style) + "\n"), out);
        }
        Format::Name => objects.iter().for_each(|object| out.out(qualified_name(object))),
        Format::JsonPath(template) => match jsonpath::render(template, &whole()) {
            Ok(text) => text_lines(&text, out),
            Err(error) => out.err(format!("error: error executing jsonpath {template:?}: {error}")),
        },
        Format::JsonPathAsJson(path) => {
            let style = JsonStyle { indent: 4, escape_html: false };
            let found = jsonpath::find(path, &whole()).unwrap_or_default();
            text_lines(&(to_json_styled(&found.into(), style) + "\n"), out);
        }
        Format::Columns(columns, no_headers) => {
            let mut rows = Vec::new();
            if !no_headers {
                rows.push(columns.iter().map(|(header, _)| Cell::new(header.clone())).collect());
            }
            for object in objects {
                rows.push(column_cells(columns, object));
            }
            out.lines.extend(Table::default().lines(&rows));
        }
    }
}

/// The cells of chosen columns.
pub fn column_cells(columns: &[(String, String)], object: &Object) -> Vec<Cell> {
    let value = object.to_value();
    columns.iter().map(|(_, path)| Cell::new(jsonpath::cell(path, &value).unwrap_or_default())).collect()
}

/// A value as it is compared and shown alone.
pub fn show(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Null => String::new(),
        other => to_json(other),
    }
}

/// Puts a text of several lines out; a missing line break at its end is kept in mind.
pub fn text_lines(text: &str, out: &mut Output) {
    if text.is_empty() {
        return;
    }
    out.is_unterminated = !text.ends_with('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.out(line);
    }
}

/// Sorts objects by the value of a path, as `--sort-by` does.
///
/// # Errors
/// A path that cannot be read.
pub fn sort_by(objects: &mut [Rc<Object>], path: &str) -> Result<(), Failure> {
    jsonpath::find(path, &Value::Null).map_err(Failure::Client)?;
    objects.order_by(|a, b| {
        let find = |object: &Object| jsonpath::find(path, &object.to_value()).unwrap_or_default();
        let (a, b) = (find(a), find(b));
        match (a.first(), b.first()) {
            (Some(Value::Int(a)), Some(Value::Int(b))) => a.cmp(b),
            (Some(a), Some(b)) => show(a).cmp(&show(b)),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    });
    Ok(())
}

/// Says what a command did to an object: a line of its own, or in the format that `-o` asks for.
///
/// # Errors
/// An unknown format.
pub fn told(args: &Args, object: &Rc<Object>, verb: &str, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let format = Format::of(args)?;
    if format.is_table() {
        let suffix = match args.text("dry-run") {
            "client" | "unchanged" | "true" => " (dry run)",
            "server" => " (server dry run)",
            _ => "",
        };
        cx.out.out(format!("{} {verb}{suffix}", qualified_name(object)));
    } else {
        print(&format, std::slice::from_ref(object), true, &mut cx.out);
    }
    Ok(())
}
