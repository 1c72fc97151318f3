//! `apt`, `apk`, `yum`: programs that install packages; nothing is fetched.

use super::hostname_uname::say;
use super::{Arguments, Call, Outcome};
use crate::shell::container::{INSTALLED, PROGRAM};
use crate::shell::images::package_programs;
use crate::world::disk::Owner;

/// `apt`, `apt-get` and `apk`: there is nothing to install from.
pub fn packages(call: &mut Call<'_>) -> Outcome {
    match call.words.operands().first().map(String::as_str) {
        Some("update") => say(call, "Reading package lists... Done"),
        Some("install" | "add") => {
            let names: Vec<String> = call.words.operands().into_iter().skip(1).collect();
            // What a package brings is called as the package is, as far as anybody here knows.
            _ = call.container.make_directory(call.cluster, INSTALLED, true);
            for name in &names {
                let name = name.split(['=', '<', '>', '~', ':', '@']).next().unwrap_or(name);
                for program in package_programs(name).unwrap_or_else(|| vec![name]) {
                    let path = format!("/usr/bin/{program}");
                    if !program.contains('/') && call.container.lookup(call.cluster, &path).is_none() {
                        _ = call.container.write(call.cluster, &path, PROGRAM, false);
                        _ = call.container.give(call.cluster, &path, Owner::root(0o755));
                    }
                }
            }
            let text = format!(
                "This simulated container installs nothing: what it can do is already there (type `help`).\nSkipped: {}",
                names.join(" ")
            );
            say(call, &text)
        }
        _ => say(call, "This simulated container installs nothing: what it can do is already there (type `help`)."),
    }
}
