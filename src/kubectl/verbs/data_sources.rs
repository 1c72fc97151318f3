//! `--from-literal`, `--from-file` and `--from-env-file`: the data of a new ConfigMap or Secret.
//!
//! Follows `handleConfigMapFromFileSources` and its neighbours in `pkg/cmd/create` of kubectl.

use crate::api::names::{config_key, strict_variable_name};
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::files::{files_in, is_directory, read_file};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::model::{Map, Value};

/// The flag that names files.
pub const FILES: &[Flag] = &[long("from-file", Takes::List)];
/// The flags that name texts; [`config_map`] and [`secret`] read all of them.
pub const LITERALS: &[Flag] = &[long("from-literal", Takes::Each), long("from-env-file", Takes::List)];

/// Who keeps the data: the messages differ.
#[derive(Clone, Copy)]
enum Keeper<'k> {
    ConfigMap(&'k str),
    Secret,
}

/// The data that the flags name for the ConfigMap `name`.
///
/// # Errors
/// What cannot be read, and keys that do not fit or come twice.
pub fn config_map(name: &str, args: &Args, cx: &Cx<'_>) -> Result<Map, Failure> {
    let keeper = Keeper::ConfigMap(name);
    refuse_mixed(args)?;
    let mut data = Map::new();
    add_files(args.list("from-file"), keeper, &mut data, cx)?;
    add_literals(args, keeper, &mut data)?;
    add_variables(args, keeper, &mut data, cx)?;
    Ok(data)
}

/// The data that the flags name for a Secret.
///
/// # Errors
/// What cannot be read, and keys that do not fit or come twice.
pub fn secret(args: &Args, cx: &Cx<'_>) -> Result<Map, Failure> {
    refuse_mixed(args)?;
    let mut data = Map::new();
    add_literals(args, Keeper::Secret, &mut data)?;
    add_files(args.list("from-file"), Keeper::Secret, &mut data, cx)?;
    add_variables(args, Keeper::Secret, &mut data, cx)?;
    Ok(data)
}

/// The data of a Secret out of files alone, each as `FILE` or `KEY=FILE`.
///
/// # Errors
/// What cannot be read, and keys that do not fit or come twice.
pub fn secret_of_files(sources: &[String], cx: &Cx<'_>) -> Result<Map, Failure> {
    let mut data = Map::new();
    add_files(sources, Keeper::Secret, &mut data, cx)?;
    Ok(data)
}

fn refuse_mixed(args: &Args) -> Result<(), Failure> {
    match args.has("from-env-file") && (args.has("from-file") || args.has("from-literal")) {
        true => Err(Failure::client("from-env-file cannot be combined with from-file or from-literal")),
        false => Ok(()),
    }
}

fn add(key: &str, value: &str, keeper: Keeper<'_>, data: &mut Map) -> Result<(), Failure> {
    let faults = config_key(key);
    let is_known = data.contains_key(key);
    let why = match keeper {
        Keeper::ConfigMap(_) if !faults.is_empty() => {
            format!("{key:?} is not a valid key name for a ConfigMap: {}", faults.join(","))
        }
        Keeper::Secret if !faults.is_empty() => {
            format!("{key:?} is not valid key name for a Secret {}", faults.join(";"))
        }
        Keeper::ConfigMap(name) if is_known => {
            format!("cannot add key {key:?}, another key by that name already exists in Data for ConfigMap {name:?}")
        }
        Keeper::Secret if is_known => format!("cannot add key {key}, another key by that name already exists"),
        _ => {
            data.insert(key.to_string(), Value::text(value));
            return Ok(());
        }
    };
    Err(Failure::client(why))
}

fn add_literals(args: &Args, keeper: Keeper<'_>, data: &mut Map) -> Result<(), Failure> {
    for literal in args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::client(format!("invalid literal source {literal}, expected key=value")));
        };
        add(key, value, keeper, data)?;
    }
    Ok(())
}

/// Follows pkg/cmd/util/env_file.go.
fn add_variables(args: &Args, keeper: Keeper<'_>, data: &mut Map, cx: &Cx<'_>) -> Result<(), Failure> {
    for file in args.list("from-env-file") {
        if is_directory(file, cx) {
            let what = if matches!(keeper, Keeper::Secret) { "secret" } else { "config" };
            return Err(Failure::client(format!("env {what} file cannot be a directory")));
        }
        let text = read_or_piped(file, cx).ok_or_else(|| missing(file))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            // A name alone stands for the variable of the shell.
            let of_shell = cx.state.variables.get(line.trim_end()).map_or("", String::as_str);
            let (key, value) = line.split_once('=').unwrap_or((line, of_shell));
            let faults = strict_variable_name(key);
            if !faults.is_empty() {
                return Err(Failure::client(format!("{key:?} is not a valid key name: {}", faults.join(";"))));
            }
            add(key, value, keeper, data)?;
        }
    }
    Ok(())
}

/// The text of a file, or what is piped in.
fn read_or_piped(path: &str, cx: &Cx<'_>) -> Option<String> {
    match path {
        "/dev/stdin" | "/dev/fd/0" => Some(cx.stdin.clone().unwrap_or_default()),
        path => read_file(path, cx),
    }
}

fn missing(file: &str) -> Failure {
    Failure::client(format!("error reading {file}: no such file or directory"))
}

/// The key and the path of `FILE` or `KEY=FILE`.
///
/// Follows `ParseFileSource` in pkg/util.
fn parse_file_source(source: &str) -> Result<(&str, &str), Failure> {
    let Some((key, file)) = source.split_once('=') else {
        return Ok((source.rsplit('/').next().unwrap_or(source), source));
    };
    match (key, file) {
        (_, file) if file.contains('=') => Err(Failure::client("key names or file paths cannot contain '='")),
        ("", file) => Err(Failure::client(format!("key name for file path {file} missing"))),
        (key, "") => Err(Failure::client(format!("file path for key name {key} missing"))),
        parts => Ok(parts),
    }
}

/// Adds what `FILE`, `KEY=FILE` and directories hold.
fn add_files(sources: &[String], keeper: Keeper<'_>, data: &mut Map, cx: &Cx<'_>) -> Result<(), Failure> {
    for source in sources {
        let (key, path) = parse_file_source(source)?;
        match read_or_piped(path, cx) {
            Some(text) => add(key, &text, keeper, data)?,
            None if is_directory(path, cx) && source.contains('=') => {
                return Err(Failure::client("cannot give a key name for a directory path"));
            }
            None if is_directory(path, cx) => {
                for file in files_in(path, cx) {
                    let text = read_file(&file, cx).unwrap_or_default();
                    add(file.rsplit('/').next().unwrap_or(&file), &text, keeper, data)?;
                }
            }
            None => return Err(missing(path)),
        }
    }
    Ok(())
}
