//! `basename` and `dirname`: the parts of a path, as texts.

use super::Arguments;
use super::cut_join::Given;
use super::filter::Filter;

/// `basename [-a] [-s SUFFIX] NAME…`, `basename NAME [SUFFIX]` and `dirname NAME…`.
pub fn path_part(filter: &mut Filter<'_>) -> i64 {
    let given = Given::of(filter.words, "s", &[("multiple", 'a'), ("suffix", 's'), ("zero", 'z')]);
    let (is_last, is_many) = (filter.words.name() == "basename", given.has('a') || given.has('s'));
    if given.operands.is_empty() {
        return filter.fail("missing operand");
    }
    let count = if is_last && !is_many { 1 } else { given.operands.len() };
    let suffix = given.value('s').or_else(|| given.operands.get(1).filter(|_| !is_many).map(String::as_str));
    let end = if given.has('z') { '\0' } else { '\n' };
    for path in given.operands.iter().take(count) {
        let part = if is_last { last_part(path, suffix.unwrap_or("")) } else { folder_part(path) };
        filter.out.push_str(part);
        filter.out.push(end);
    }
    0
}

fn last_part<'p>(path: &'p str, suffix: &str) -> &'p str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "" } else { "/" };
    }
    let last = trimmed.rsplit('/').next().unwrap_or(trimmed);
    last.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(last)
}

fn folder_part(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (trimmed.rsplit_once('/'), trimmed.is_empty() && !path.is_empty()) {
        (_, true) => "/",
        (Some((folder, _)), _) => match folder.trim_end_matches('/') {
            "" => "/",
            folder => folder,
        },
        (None, _) => ".",
    }
}
