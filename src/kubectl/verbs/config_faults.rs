//! What `kubectl config` says of words that do not fit.

use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::output_formats;

/// The only word of a command. `refusal` is its name and how it begins to complain, behind its help.
pub(super) fn one_name<'a>(args: &'a Args, verb: &str, refusal: &str, cx: &mut Cx<'_>) -> Result<&'a str, Failure> {
    match args.before_dash() {
        [name] => Ok(name),
        words => Err(unexpected(verb, refusal, words, cx)),
    }
}

/// Prints the help of a command and gives what it complains of.
///
/// Follows `helpErrorf` in pkg/cmd/config/config.go.
pub(super) fn unexpected(verb: &str, refusal: &str, words: &[String], cx: &mut Cx<'_>) -> Failure {
    let help = super::help_of(verb).map(super::Help::text).unwrap_or_default();
    output_formats::text_lines(&help, &mut cx.out);
    Failure::client(format!("{refusal}: [{}]", words.join(" ")))
}

/// How most of them begin to complain.
pub(super) const UNEXPECTED: &str = "Unexpected args";
