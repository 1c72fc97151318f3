//! The files that a pattern means.

use super::Expander;
use crate::ordering::Order;
use crate::shell::language::glob;
use crate::shell::language::limits::LIMITS;
use crate::shell::language::state::ShellKind;

impl Expander<'_> {
    /// The files that a pattern means, in order.
    pub(super) fn files(&mut self, pattern: &str) -> Vec<String> {
        let style = self.shell.kind.pattern_style();
        let is_absolute = pattern.starts_with('/');
        let mut found = vec![if is_absolute { "/".to_string() } else { String::new() }];
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        for (at, part) in parts.iter().enumerate() {
            // Before a slash at the end only directories fit.
            let is_last = at + 1 == parts.len() && !pattern.ends_with('/');
            let mut next = Vec::new();
            // `**`: nothing, or directories in directories; behind it all files in them.
            if *part == "**" && self.shell.options.globstar {
                for place in &found {
                    if !is_last || (!place.is_empty() && place != "/") {
                        next.push(if is_last { format!("{place}/") } else { place.clone() });
                    }
                    self.add_below(place, is_last, &mut next);
                }
                next.order();
                next.truncate(LIMITS.word_count);
                found = next;
                continue;
            }
            for place in &found {
                let joined = |name: &str| match place.as_str() {
                    "" => name.to_string(),
                    "/" => format!("/{name}"),
                    place => format!("{place}/{name}"),
                };
                if !glob::has_pattern(style, part) {
                    let path = joined(&part.replace('\\', ""));
                    let is_there = self.world.stat(&self.shell.path(&path));
                    next.extend(is_there.filter(|stat| is_last || stat.is_directory).map(|_| path));
                    continue;
                }
                let mut names = self.world.entries(&self.shell.path(if place.is_empty() { "." } else { place }));
                // Only bash leaves these two out.
                if part.starts_with('.') && self.shell.kind != ShellKind::Bash {
                    names.splice(0..0, [".".to_string(), "..".to_string()]);
                }
                let sees_all = self.shell.options.dotglob || part.starts_with('.');
                let fits = |name: &String| glob::matches_as(style, part, name) && (!name.starts_with('.') || sees_all);
                let paths = names.iter().filter(|name| fits(name)).map(|name| joined(name));
                let is_fit = |path: &String| {
                    is_last || self.world.stat(&self.shell.path(path)).is_some_and(|stat| stat.is_directory)
                };
                next.extend(paths.filter(is_fit));
            }
            next.truncate(LIMITS.word_count);
            found = next;
        }
        match pattern.ends_with('/') {
            true => found.into_iter().filter(|path| !path.is_empty()).map(|path| format!("{path}/")).collect(),
            false => found,
        }
    }

    /// The directories below one, and the files in them if they are wanted.
    fn add_below(&self, place: &str, with_files: bool, all: &mut Vec<String>) {
        let names = self.world.entries(&self.shell.path(if place.is_empty() { "." } else { place }));
        for name in names {
            if all.len() > LIMITS.word_count || (name.starts_with('.') && !self.shell.options.dotglob) {
                continue;
            }
            let path = match place {
                "" => name,
                "/" => format!("/{name}"),
                place => format!("{place}/{name}"),
            };
            let full = self.shell.path(&path);
            let is_directory = self.world.stat(&full).is_some_and(|stat| stat.is_directory);
            if is_directory || with_files {
                all.push(path.clone());
            }
            if is_directory && !self.world.is_link(&full) {
                self.add_below(&path, with_files, all);
            }
        }
    }
}
