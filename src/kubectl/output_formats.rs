//! The output formats beside tables: `-o yaml|json|name|jsonpath|custom-columns`; finds no objects.

use super::command::{Cx, Failure};
use super::custom_columns;
use super::files::read_file;
use super::flags::{Args, Flag, Takes, long, short};
use super::go_template::{self, Template};
use super::jsonpath;
use super::kyaml::to_kyaml;
use super::resources::qualified_name;
use super::screen_text::Output;
use super::table::Table;
use super::typed_json::typed_json;
use crate::cluster::managed_fields;
use crate::cluster::patch::go_dump;
use crate::manifest::to_yaml;
use crate::model::{JsonStyle, Kind, Object, Value, go_source, to_json, to_json_styled};
use crate::obj;
use std::rc::Rc;

/// The flags of verbs that print whole objects; [`Format::of`] reads them.
pub const FLAGS: &[Flag] = &[
    short("output", 'o', Takes::Text),
    long("template", Takes::Text),
    long("show-managed-fields", Takes::Bool),
    long("allow-missing-template-keys", Takes::Bool),
];

/// How objects are printed.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// As a table; true adds the wide columns.
    Table(bool),
    /// As YAML; true shows the field managers.
    Yaml(bool),
    /// As JSON; true shows the field managers.
    Json(bool),
    /// `statefulset.apps/web`.
    Name,
    /// By a template; true lets fields be missing.
    JsonPath(String, bool),
    /// What each piece of a template finds as a JSON list; true lets fields be missing.
    JsonPathAsJson(String, bool),
    /// By a Go template: itself, its source, and whether keys may be missing.
    GoTemplate(Template, String, bool),
    /// As the YAML that is quoted like JSON; true shows the field managers.
    Kyaml(bool),
    /// As a table of chosen columns: headers and templates; true leaves the headers out.
    Columns(Vec<(String, String)>, bool),
}

const ALLOWED: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                       jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

/// The formats that kubectl allows.
fn allowed(cx: &Cx<'_>) -> String {
    if has_kyaml(cx) { ALLOWED.into() } else { ALLOWED.replace("kyaml,", "") }
}

/// Whether kubectl knows KYAML: since 1.35, before that if a variable says so.
fn has_kyaml(cx: &Cx<'_>) -> bool {
    match cx.state.variables.get("KUBECTL_KYAML").map_or("", String::as_str) {
        "" => cx.is_kubectl(35),
        text => super::flags::parse_bool(text).unwrap_or(false),
    }
}

/// What only `get` allows, beside `wide`.
const COLUMNS: &str = "custom-columns,custom-columns-file,";

impl Format {
    /// The format that `-o` asks for, where there are no columns to choose.
    ///
    /// # Errors
    /// An unknown format or a template that cannot be read.
    pub fn of(args: &Args, cx: &Cx<'_>) -> Result<Format, Failure> {
        let output = args.text("output");
        let unknown = || no_format(output, &allowed(cx).replace(COLUMNS, "").replace(",wide", ""));
        match output.split('=').next() {
            Some("wide" | "custom-columns" | "custom-columns-file") => Err(unknown()),
            _ => Format::in_columns(args, cx).map_err(|failure| match failure == no_format(output, &allowed(cx)) {
                true => unknown(),
                false => failure,
            }),
        }
    }

    /// The same for `get`, which has columns.
    ///
    /// # Errors
    /// An unknown format or a template that cannot be read.
    pub fn in_columns(args: &Args, cx: &Cx<'_>) -> Result<Format, Failure> {
        let output = args.text("output");
        let (name, template) = match output.split_once('=') {
            Some((name, template)) => (name, template),
            // A template alone says its kind.
            None if output.is_empty() && !args.text("template").is_empty() => ("go-template", args.text("template")),
            None => (output, args.text("template")),
        };
        let read;
        let (name, template) = match name.strip_suffix("-file").or(name.strip_suffix("file")) {
            Some(name)
                if !template.is_empty()
                    && matches!(name, "jsonpath" | "go-template" | "custom-columns" | "template") =>
            {
                read = read_file(template, cx).ok_or_else(|| {
                    let what = if name == "custom-columns" { "template" } else { "--template" };
                    Failure::client(format!(
                        "error reading {what} {template}, open {template}: no such file or directory"
                    ))
                })?;
                if name == "custom-columns" {
                    return Ok(Format::Columns(custom_columns::of_file(&read)?, args.is("no-headers")));
                }
                (name, read.as_str())
            }
            _ => (name, template),
        };
        // Of these the case does not count.
        let small = name.to_ascii_lowercase();
        let name = if matches!(small.as_str(), "yaml" | "kyaml" | "json" | "name") { small.as_str() } else { name };
        let shows_managers = args.is("show-managed-fields");
        let allows_missing = args.is_unless_false("allow-missing-template-keys");
        let path = || match jsonpath::check(template) {
            Err(error) => Err(Failure::client(format!("error parsing jsonpath {template}, {error}"))),
            Ok(()) => Ok(template.to_string()),
        };
        Ok(match name {
            "" | "wide" | "yaml" | "kyaml" | "json" | "name" if output.contains('=') => {
                return Err(no_format(output, &allowed(cx)));
            }
            "" => Format::Table(false),
            "wide" => Format::Table(true),
            "yaml" => Format::Yaml(shows_managers),
            "kyaml" if has_kyaml(cx) => Format::Kyaml(shows_managers),
            "json" => Format::Json(shows_managers),
            "name" => Format::Name,
            "jsonpath" | "jsonpath-as-json" | "go-template" | "template" | "go-template-file" | "templatefile"
            | "jsonpath-file"
                if template.is_empty() =>
            {
                return Err(Failure::client("template format specified but no template given"));
            }
            "jsonpath" => Format::JsonPath(path()?, allows_missing),
            "jsonpath-as-json" => Format::JsonPathAsJson(path()?, allows_missing),
            "go-template" | "template" => match go_template::parse(template) {
                Ok(read) => Format::GoTemplate(read, template.to_string(), allows_missing),
                Err(error) => return Err(Failure::client(format!("error parsing template {template}, {error}"))),
            },
            "custom-columns" => Format::Columns(custom_columns::of(template)?, args.is("no-headers")),
            _ => return Err(no_format(output, &allowed(cx))),
        })
    }

    /// Whether it is a table of the kind's own columns.
    pub fn is_table(&self) -> bool {
        matches!(self, Format::Table(_))
    }
}

fn no_format(output: &str, allowed: &str) -> Failure {
    Failure::client(format!(
        "unable to match a printer suitable for the output format {output:?}, allowed formats are: {allowed}"
    ))
}

/// An object as a tree, with the owners of its fields or without.
pub fn value_of(object: &Object, shows_managers: bool) -> Value {
    let mut value = object.to_value();
    // What stands in a file alone has none.
    let is_stored = !object.meta.uid.is_empty();
    if shows_managers
        && is_stored
        && let Some(root) = object.kind.structure()
    {
        let managers = managed_fields(object, root);
        if managers.as_list().is_some_and(|list| !list.is_empty()) {
            value.set_at(&["metadata", "managedFields"], managers);
        }
    }
    value
}

/// Several objects as one list.
fn list_value(objects: &[Rc<Object>], shows_managers: bool) -> Value {
    obj! {
        "apiVersion" => "v1",
        "items" => objects.iter().map(|object| value_of(object, shows_managers)).collect::<Vec<_>>(),
        "kind" => "List",
        "metadata" => obj! { "resourceVersion" => "" },
    }
}

/// Prints objects in any format but tables. `is_single` prints the one object without a list around it. Returns the exit
/// status.
pub fn print(format: &Format, objects: &[Rc<Object>], is_single: bool, out: &mut Output) -> i32 {
    // What comes behind another document begins with a line of its own (`printers/yaml.go`).
    let has_said = out.lines.iter().any(|line| line.stream == super::screen_text::Stream::Out);
    if has_said && is_single && matches!(format, Format::Yaml(_)) {
        out.out("---");
    }
    let before = out.lines.len();
    put(format, objects, is_single, out);
    let is_refused = |line: &super::screen_text::Line| line.stream == super::screen_text::Stream::Err;
    i32::from(out.lines.iter().skip(before).any(is_refused))
}

/// Prints objects that a command made: one alone, or several in a list of the client's own.
pub fn print_made(format: &Format, objects: &[Rc<Object>], out: &mut Output) {
    match (objects, format) {
        ([_], _) | (_, Format::Name | Format::Columns(..)) => _ = print(format, objects, true, out),
        (several, format) => {
            let mut list = list_value(several, shows_managers(format));
            list.set_at(&["metadata"], Value::map());
            put_value(format, &list, out);
        }
    }
}

/// Templates see the owners of fields; YAML and JSON show them when asked to.
fn shows_managers(format: &Format) -> bool {
    !matches!(format, Format::Yaml(false) | Format::Json(false) | Format::Kyaml(false))
}

/// Prints one object in any format but tables, with nothing before it.
pub fn put_one(format: &Format, object: &Rc<Object>, out: &mut Output) {
    put(format, std::slice::from_ref(object), true, out);
}

fn put(format: &Format, objects: &[Rc<Object>], is_single: bool, out: &mut Output) {
    let shows_managers = shows_managers(format);
    let whole = || match objects {
        [only] if is_single => value_of(only, shows_managers),
        several => list_value(several, shows_managers),
    };
    match format {
        Format::Name => objects.iter().for_each(|object| out.out(qualified_name(object))),
        Format::Columns(columns, no_headers) => {
            let values: Vec<Value> = objects.iter().map(|object| object.to_value()).collect();
            custom_columns::put(columns, !no_headers, &values, &mut Table::default(), out);
        }
        format => put_value(format, &whole(), out),
    }
}

/// Prints a tree that is no object of the cluster's, in a format that is no table. Returns the exit status.
pub fn print_value(format: &Format, value: &Value, out: &mut Output) -> i32 {
    let before = out.lines.len();
    put_value(format, value, out);
    let is_refused = |line: &super::screen_text::Line| line.stream == super::screen_text::Stream::Err;
    i32::from(out.lines.iter().skip(before).any(is_refused))
}

fn put_value(format: &Format, value: &Value, out: &mut Output) {
    let style = JsonStyle { indent: 4, escape_html: false };
    match format {
        Format::Table(_) | Format::Name => {}
        Format::Columns(columns, no_headers) => {
            custom_columns::put(columns, !no_headers, std::slice::from_ref(value), &mut Table::default(), out);
        }
        Format::Yaml(_) => text_lines(&to_yaml(value), out),
        Format::Kyaml(_) => text_lines(&to_kyaml(value), out),
        Format::Json(_) => text_lines(&(to_json_styled(value, style) + "\n"), out),
        Format::GoTemplate(template, source, allows_missing) => {
            let (text, error) = go_template::render(template, value, !allows_missing);
            text_lines(&text, out);
            if let Some(error) = error {
                put_template_error(source, &error, value, out);
            }
        }
        Format::JsonPath(template, allows_missing) => match jsonpath::render(template, value, *allows_missing) {
            Ok(text) => text_lines(&text, out),
            Err(error) => put_jsonpath_error(template, &error, value, out),
        },
        Format::JsonPathAsJson(template, allows_missing) => {
            match jsonpath::render_as_json(template, value, *allows_missing) {
                Ok(text) => text_lines(&text, out),
                Err(error) => put_jsonpath_error(template, &error, value, out),
            }
        }
    }
}

/// Shows a template that failed with what it was given, as kubectl does.
fn put_template_error(source: &str, error: &str, value: &Value, out: &mut Output) {
    let lead = format!("Error executing template: {error}. Printing more information for debugging the template:");
    text_lines(
        &format!(
            "{lead}\n\ttemplate was:\n\t\t{source}\n\traw data was:\n\t\t{}\n\tobject given to template engine was:\n\t\t{}\n\n",
            to_json(value),
            go_dump(value)
        ),
        out,
    );
    out.err(format!("error: error executing template {source:?}: {error}"));
}

fn put_jsonpath_error(template: &str, error: &str, value: &Value, out: &mut Output) {
    let lead = format!("Error executing template: {error}. Printing more information for debugging the template:");
    let text = format!(
        "error: error executing jsonpath {template:?}: {lead}\n\ttemplate was:\n\t\t{template}\n\tobject given to jsonpath \
         engine was:\n\t\t{}\n\n",
        go_source(value, "string")
    );
    text.lines().for_each(|line| out.err(line));
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

/// Says what a command did to an object: a line of its own, or in the format that `-o` asks for.
///
/// # Errors
/// An unknown format.
pub fn print_operation(args: &Args, object: &Rc<Object>, verb: &str, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let format = Format::of(args, cx)?;
    if format.is_table() {
        let suffix = match args.dry_run() {
            "client" => " (dry run)",
            "server" => " (server dry run)",
            _ => "",
        };
        cx.out.out(format!("{} {verb}{suffix}", qualified_name(object)));
    } else if print(&format, std::slice::from_ref(object), true, &mut cx.out) != 0 {
        return Err(Failure::Said);
    }
    if verb == "created" && object.kind.info().is_inert {
        let key = match object.kind {
            Kind::APIService => "inert_api_service",
            Kind::MutatingWebhookConfiguration | Kind::ValidatingWebhookConfiguration => "inert_webhooks",
            _ => "inert_kind",
        };
        cx.hint_once(key, &[("kind", object.kind.names().kind)]);
    }
    if verb == "created" && object.kind.is_custom() && cx.cluster().count(object.kind) == 1 {
        cx.hint_once("inert_custom_kind", &[("kind", object.kind.names().kind)]);
    }
    Ok(())
}

/// The same for an object that kubectl holds as one of its own types: its JSON goes by the order of their fields.
///
/// # Errors
/// An unknown format.
pub fn print_typed_operation(args: &Args, object: &Rc<Object>, verb: &str, cx: &mut Cx<'_>) -> Result<(), Failure> {
    match Format::of(args, cx)? {
        Format::Json(_) => text_lines(&(typed_json(object) + "\n"), &mut cx.out),
        _ => print_operation(args, object, verb, cx)?,
    }
    Ok(())
}
