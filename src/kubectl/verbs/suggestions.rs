//! What kubectl says of a word that is no command of its own, and what it suggests.

use super::{help, listed, subcommands};
use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::edit_distance;
use crate::model::Kind;

/// A command that the overview leaves out, and the one before which kubectl has it.
const HIDDEN: (&str, &str) = ("alpha", "api-resources");

/// kubectl's commands in its order, in which it suggests them: that of the overview.
fn in_order() -> impl Iterator<Item = &'static str> {
    let with_hidden = |(_, name)| [Some(HIDDEN.0).filter(|_| HIDDEN.1 == name), Some(name)];
    listed().into_iter().flat_map(with_hidden).flatten()
}

/// Answers a word that is no command: a family without its member, a flag, or something that nobody knows.
pub(super) fn unknown(words: &[&str], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let Some((first, rest)) = words.split_first() else { return help(&[], cx) };
    let second = subcommands(first);
    if !second.is_empty() {
        let asks_help = rest.iter().all(|word| matches!(*word, "-h" | "--help"));
        // That one runs nothing itself, whatever stands behind it.
        if rest.is_empty() || asks_help || *first == "certificate" {
            // `set` complains on standard error, the others print their help.
            help(if *first == "certificate" { &["certificate"][..] } else { words }, cx)?;
            if *first == "set" && rest.is_empty() {
                for line in &mut cx.out.lines {
                    line.stream = crate::kubectl::screen_text::Stream::Err;
                }
            }
            return Ok(Flow::Done(i32::from(rest.is_empty() && *first != "certificate")));
        }
        cx.fail(&Failure::Usage(format!("unknown command {:?}", rest.join(" ")), (*first).into()));
        if let Some(near) = rest.first().and_then(|word| edit_distance::nearest(word, second)) {
            cx.hint("did_you_mean", &[("word", &format!("kubectl {first} {near}"))]);
        }
        return Ok(Flow::Done(1));
    }
    if let Some(flag) = first.strip_prefix('-') {
        cx.out.err(format!("error: unknown flag: -{flag}"));
        cx.out.err("See 'kubectl --help' for usage.");
        return Ok(Flow::Done(1));
    }
    let is_preferences = match (*first, rest.first()) {
        ("kuberc", _) => cx.is_kubectl(36),
        ("alpha", Some(&"kuberc")) => cx.is_kubectl(35) && !cx.is_kubectl(36),
        _ => false,
    };
    if is_preferences {
        cx.hint("kuberc_absent", &[]);
        return Err(Failure::client("this lab has no kubectl kuberc"));
    }
    if *first == "alpha" {
        cx.out.out("No alpha commands are available in this version of kubectl");
        return OK;
    }
    cx.out.err(format!("error: unknown command {first:?} for \"kubectl\""));
    let near = suggestions(first);
    if !near.is_empty() {
        cx.out.err("");
        cx.out.err("Did you mean this?");
        near.iter().for_each(|name| cx.out.err(format!("\t{name}")));
        return Ok(Flow::Done(1));
    }
    if crate::kubectl::resources::Resource::find(first.split('/').next().unwrap_or(first), &cx.custom_kinds()).is_some()
    {
        cx.hint("did_you_mean", &[("word", &format!("kubectl get {}", words.join(" ")))]);
    }
    Ok(Flow::Done(1))
}

/// The commands that kubectl suggests: at most two letters away, or beginning with what was typed, in whatever case.
fn suggestions(word: &str) -> Vec<&'static str> {
    let word = word.to_lowercase();
    in_order().filter(|name| edit_distance::distance(&word, name) <= 2 || name.starts_with(&word)).collect()
}

/// Names the type that was meant by a mistyped one.
pub(super) fn hint_of_type(failure: &Failure, cx: &mut Cx<'_>) {
    let Failure::Client(text) = failure else { return };
    let Some(word) = text.strip_prefix("the server doesn't have a resource type \"") else { return };
    let kinds = Kind::ALL.into_iter().map(Kind::names);
    let known = kinds.flat_map(|names| [names.plural, names.singular].into_iter().chain(names.short.iter().copied()));
    let word = word.split('"').next().unwrap_or(word);
    if let Some(near) = edit_distance::nearest(word, known).filter(|near| *near != word) {
        cx.hint("did_you_mean", &[("word", near)]);
    }
}
