//! Scripts that are called by their path: the first line says which program reads them.

use super::{Arguments, Call, Found, NAMES, Outcome, find, is_program, launch};
use crate::cluster::Cluster;
use crate::shell::container::{Container, PROGRAM};
use crate::shell::language::{Shell, ShellKind};
use crate::shell::unknown_page;

/// What a script's first line says, as the kernel takes it apart: a program, and all that stands behind it as one word.
fn first_line(text: &str) -> Option<(&str, &str)> {
    let line = text.split('\n').next()?.strip_prefix("#!")?.trim_matches([' ', '\t']);
    let (program, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    Some((program, rest.trim_start_matches([' ', '\t'])))
}

/// Whether a container has the program that a first line names.
fn has(program: &str, container: &Container, cluster: &Cluster) -> bool {
    !program.ends_with('\r') && find(program, container, cluster, "/") != Found::Missing
}

/// Why the kernel would not run the file that a container's command names, if there is a reason.
pub fn unrunnable(word: &str, container: &Container, cluster: &Cluster) -> Option<String> {
    let Found::File(path) = find(word, container, cluster, container.directory()) else { return None };
    let text = container.read(cluster, &path).ok()?;
    if unknown_page::is_one(&text) || text.starts_with(PROGRAM) {
        return None;
    }
    let why = match first_line(&text) {
        None => "exec format error",
        Some((program, _)) if !has(program, container, cluster) => "no such file or directory",
        Some(_) => return None,
    };
    Some(format!("exec {word}: {why}"))
}

/// The program that the file at a path is, if it was moved, copied or linked there from the place of one.
pub(super) fn program_behind(name: &str, container: &Container, cluster: &Cluster, path: &str) -> Option<String> {
    let text = container.read(cluster, path).ok()?;
    let known = match text.strip_prefix(PROGRAM)? {
        "" => container.resolved(cluster, path).rsplit('/').next().unwrap_or("").to_string(),
        known => known.to_string(),
    };
    Some(known).filter(|known| name != known || text.len() > PROGRAM.len())
}

/// The program of another name that the file or the link under a word is.
pub fn known_name(shell: &Shell, word: &str, container: &Container, cluster: &Cluster) -> Option<String> {
    let name = word.rsplit('/').next().unwrap_or(word);
    if !word.contains('/') && NAMES.contains(&name) {
        return None;
    }
    let folders = shell.variable("PATH").unwrap_or_default();
    let folders: Vec<&str> = if word.contains('/') { vec!["."] } else { folders.split(':').collect() };
    let path =
        |folder: &&str| shell.path(&if word.starts_with('/') { word.into() } else { format!("{folder}/{word}") });
    let path = folders.iter().map(path).find(|path| container.lookup_itself(cluster, path).is_some())?;
    program_behind(name, container, cluster, &path).filter(|name| is_program(name, container))
}

/// A script of the container's disk, by the program that its first line names.
pub fn script(call: &mut Call<'_>, path: &str) -> Outcome {
    let text = match call.container.read(call.cluster, path) {
        Ok(text) => text.to_string(),
        Err(error) => return call.fail(&error.to_string()),
    };
    if let Some(name) = program_behind(call.words.name(), call.container, call.cluster, path) {
        return super::run_as(call, &name);
    }
    // What was fetched from a place that nobody here knows may be any program.
    if unknown_page::is_one(&text) {
        return Outcome::Assumed;
    }
    // A shell runs by itself what the kernel does not.
    let (program, rest) = first_line(&text).unwrap_or(("/bin/sh", ""));
    if !has(program, call.container, call.cluster) {
        let word = call.words.first().cloned().unwrap_or_default();
        let why =
            if call.shell.kind == ShellKind::Bash { "cannot execute: required file not found" } else { "not found" };
        let message = call.shell.complain(&format!("{word}: {why}"));
        call.err.push_str(&message);
        return Outcome::Exit(127);
    }
    let mut words: Vec<String> = match program.rsplit('/').next() {
        Some("env") => match rest.strip_prefix("-S") {
            Some(rest) => rest.split_whitespace().map(str::to_string).collect(),
            None => vec![rest.to_string()],
        },
        _ => [program, rest].iter().filter(|word| !word.is_empty()).map(ToString::to_string).collect(),
    };
    let is_of_env = program.ends_with("/env");
    let called = words.first().cloned().unwrap_or_default();
    if is_of_env && !has(&called, call.container, call.cluster) {
        let shown = called.replace('\r', "\\r");
        call.err.push_str(&match call.container.image.is_busybox {
            true => format!("env: can't execute '{shown}': No such file or directory\n"),
            false => format!("{program}: '{shown}': No such file or directory\n"),
        });
        return Outcome::Exit(127);
    }
    let name = called.rsplit('/').next().unwrap_or("").to_string();
    if !matches!(name.as_str(), "sh" | "bash" | "dash" | "ash") {
        return Outcome::Assumed;
    }
    if let Some(first) = words.first_mut() {
        *first = name;
    }
    // A script is called what it was called by; one that was looked for, by its path.
    let typed = call.words.first().filter(|word| word.contains('/'));
    words.push(typed.cloned().unwrap_or_else(|| path.to_string()));
    words.extend_from_slice(call.words.arguments());
    let mut inner = call.with_words(&words);
    let outcome = launch::shell(&mut inner);
    let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
    call.out.push_str(&out);
    call.err.push_str(&err);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_taken_apart_as_the_kernel_does() {
        assert_eq!(first_line("#!/bin/sh\necho"), Some(("/bin/sh", "")));
        assert_eq!(first_line("#! /bin/bash -e -u \n"), Some(("/bin/bash", "-e -u")));
        assert_eq!(first_line("#!/usr/bin/env -S bash -eu"), Some(("/usr/bin/env", "-S bash -eu")));
        assert_eq!(first_line("#!/bin/sh\r\necho"), Some(("/bin/sh\r", "")));
        assert_eq!(first_line("echo\n#!/bin/sh"), None);
    }
}
