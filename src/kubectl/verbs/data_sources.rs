//! `--from-literal`, `--from-file` and `--from-env-file`: the data of a new ConfigMap or Secret.

use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::files::{files_in, is_directory, read_file};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::model::{Map, Value};

/// The flags that name data; [`data`] reads them.
pub const FLAGS: &[Flag] =
    &[long("from-literal", Takes::Each), long("from-file", Takes::List), long("from-env-file", Takes::List)];

/// The data that the flags name. `place` stands behind the complaint about a key that comes twice.
///
/// # Errors
/// What cannot be read, and keys that come twice.
pub fn data(args: &Args, place: &str, cx: &Cx<'_>) -> Result<Map, Failure> {
    if args.has("from-env-file") && (args.has("from-file") || args.has("from-literal")) {
        return Err(Failure::client("from-env-file cannot be combined with from-file or from-literal"));
    }
    // Only the messages about ConfigMaps quote the key.
    let shown = |key: &str| if place.is_empty() { key.to_string() } else { format!("{key:?}") };
    let mut data = Map::new();
    let mut add = |key: &str, value: &str| match data.contains_key(key) {
        _ if wrong_key(key).is_some() => {
            let why = wrong_key(key).unwrap_or_default();
            Err(Failure::client(match place.is_empty() {
                true => format!("{key:?} is not valid key name for a Secret {why}"),
                false => format!("{key:?} is not a valid key name for a ConfigMap: {why}"),
            }))
        }
        true => Err(Failure::client(format!(
            "cannot add key {}, another key by that name already exists{place}",
            shown(key)
        ))),
        false => {
            data.insert(key.to_string(), Value::text(value));
            Ok(())
        }
    };
    for source in args.list("from-file") {
        for (key, text) in files_of(source, cx)? {
            add(&key, &text)?;
        }
    }
    for literal in args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::client(format!("invalid literal source {literal}, expected key=value")));
        };
        add(key, value)?;
    }
    for file in args.list("from-env-file") {
        let text = read_file(file, cx).ok_or_else(|| missing(file))?;
        for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            add(key, value)?;
        }
    }
    Ok(data)
}

/// What is wrong with the key of a ConfigMap or Secret (`IsConfigMapKey`).
fn wrong_key(key: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match key {
        "." => Some("must not be '.'".into()),
        ".." => Some("must not be '..'".into()),
        key if key.starts_with("..") => Some("must not start with '..'".into()),
        key if key.is_empty() || !key.chars().all(fits) => Some(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME', \
             \u{20}or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                .into(),
        ),
        _ => None,
    }
}

fn missing(file: &str) -> Failure {
    Failure::client(format!("error reading {file}: no such file or directory"))
}

/// The keys and texts of `FILE`, `KEY=FILE` or a directory.
fn files_of(source: &str, cx: &Cx<'_>) -> Result<Vec<(String, String)>, Failure> {
    if let Some((key, file)) = source.split_once('=') {
        return Ok(vec![(key.to_string(), read_file(file, cx).ok_or_else(|| missing(file))?)]);
    }
    let name = |file: &str| file.rsplit('/').next().unwrap_or(file).to_string();
    match read_file(source, cx) {
        Some(text) => Ok(vec![(name(source), text)]),
        None if is_directory(source, cx) => {
            let files = files_in(source, cx).into_iter();
            Ok(files.filter_map(|file| Some((name(&file), read_file(&file, cx)?))).collect())
        }
        None => Err(missing(source)),
    }
}
