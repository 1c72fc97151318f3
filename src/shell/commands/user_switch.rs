//! Programs that run others as another user: `su`, `gosu`, `setpriv` and the like. Says who that is, and who may not.

use super::{Arguments, Call, Outcome};
use crate::shell::ownership::User;
use crate::shell::passwd::Account;
use std::rc::Rc;

/// Who runs what stands behind such a program's own words.
pub(super) struct Switch {
    user: Rc<User>,
    /// The variables that are set for the program.
    variables: Vec<(&'static str, String)>,
    /// Where it begins, if not where its caller is.
    directory: Option<String>,
}

/// What a program is told.
#[derive(Default)]
struct Wanted {
    user: Option<String>,
    group: Option<String>,
    is_login: bool,
    sets_home: bool,
}

/// The value of a flag, as `-u X`, `-uX` (of short ones), `--name=X` or `--name X`.
fn value(words: &[String], flags: &[&str]) -> Option<String> {
    words.iter().enumerate().find_map(|(at, word)| {
        flags.iter().find_map(|flag| match word.strip_prefix(flag)? {
            "" => words.get(at + 1).cloned(),
            rest if flag.starts_with("--") => rest.strip_prefix('=').map(str::to_string),
            rest => Some(rest.to_string()),
        })
    })
}

/// The first word that is no flag and no flag's value.
fn first_operand(words: &[String], valued: &[&str]) -> Option<String> {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-" => {}
            word if valued.contains(&word) => _ = rest.next(),
            word if word.starts_with('-') => {}
            word => return Some(word.to_string()),
        }
    }
    None
}

/// `USER[:GROUP]`.
fn pair(text: Option<String>) -> Wanted {
    let text = text.unwrap_or_default();
    let (user, group) = text.split_once(':').unwrap_or((&text, ""));
    let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
    Wanted { user: some(user), group: some(group), ..Wanted::default() }
}

fn wanted(words: &[String]) -> Option<Wanted> {
    const SU_VALUED: &[&str] = &["-c", "--command", "-s", "--shell", "-g", "--group", "-G", "--supp-group", "-w"];
    let own = words.arguments();
    let as_su = || Wanted {
        user: Some(first_operand(own, SU_VALUED).unwrap_or_else(|| "root".to_string())),
        group: value(own, &["-g", "--group"]),
        is_login: own
            .iter()
            .take_while(|word| *word != "-c")
            .any(|word| matches!(word.as_str(), "-" | "-l" | "--login")),
        sets_home: !own.iter().any(|word| matches!(word.as_str(), "-m" | "-p" | "--preserve-environment")),
    };
    Some(match words.name() {
        "su" => as_su(),
        "runuser" => match value(own, &["-u", "--user"]) {
            Some(user) => Wanted { user: Some(user), group: value(own, &["-g", "--group"]), ..Wanted::default() },
            None => as_su(),
        },
        "sudo" => Wanted {
            user: Some(value(own, &["-u", "--user"]).unwrap_or_else(|| "root".to_string())),
            sets_home: true,
            ..Wanted::default()
        },
        "setpriv" => Wanted {
            user: value(own, &["--reuid", "--ruid"]),
            group: value(own, &["--regid", "--rgid"]),
            ..Wanted::default()
        },
        "chroot" => pair(value(own, &["--userspec"])),
        "chpst" => pair(value(own, &["-u"])),
        "gosu" | "su-exec" => Wanted { sets_home: true, ..pair(first_operand(own, &[])) },
        "s6-setuidgid" | "setuidgid" => pair(first_operand(own, &[])),
        _ => return None,
    })
}

/// Who runs what stands behind the program's words: `None` for whoever runs it.
///
/// # Errors
/// What it comes to where it may not, or nobody is called so.
pub(super) fn of(call: &mut Call<'_>) -> Result<Option<Switch>, Outcome> {
    let Some(wanted) = wanted(call.words).filter(|wanted| wanted.user.is_some() || wanted.group.is_some()) else {
        return Ok(None);
    };
    let now = call.container.user().clone();
    let (container, cluster) = (call.container, &*call.cluster);
    let account = match &wanted.user {
        None => None,
        Some(name) => match container.account(cluster, name) {
            Some(account) => Some(account),
            None => match container.user_number(cluster, name) {
                Some(id) => Some(stranger(name, id, now.group)),
                None => return Err(unknown(call, name)),
            },
        },
    };
    let is_shell = call.words.name() == "su" || call.words.name() == "runuser" && wanted.sets_home;
    let has_own = value(call.words.arguments(), &["-s", "--shell"]).is_some();
    let is_closed = account.as_ref().is_some_and(|account| account.shell.ends_with("/nologin"));
    if is_shell && is_closed && !has_own && !container.image.is_busybox {
        call.err.push_str("This account is currently not available.\n");
        return Err(Outcome::Exit(1));
    }
    let group = wanted.group.as_ref().and_then(|group| container.group_number(cluster, group));
    let mut user = match &account {
        Some(account) => container.as_account(cluster, account),
        None => now.clone(),
    };
    user.group = group.unwrap_or(user.group);
    // Whoever asks for a user alone keeps its own groups.
    if call.words.name() == "setpriv" {
        user.group = group.unwrap_or(now.group);
        user.more.clear();
    }
    let is_same = (user.id, user.group) == (now.id, now.group);
    if !is_same && (now.id != 0 || now.lacks.user_change) {
        return Err(refused(call, wanted.user.as_deref().unwrap_or_default()));
    }
    let (variables, directory) = surroundings(&wanted, account.as_ref());
    Ok(Some(Switch { user: Rc::new(user), variables, directory }))
}

/// Somebody of whom only the number is known.
fn stranger(name: &str, id: i64, group: i64) -> Account {
    let is_number = name.parse::<i64>().is_ok();
    let group = if is_number { group } else { id };
    Account { name: name.to_string(), id, group, home: "/".to_string(), shell: "/bin/sh".to_string() }
}

fn surroundings(wanted: &Wanted, account: Option<&Account>) -> (Vec<(&'static str, String)>, Option<String>) {
    let Some(account) = account.filter(|_| wanted.sets_home) else { return (Vec::new(), None) };
    let mut variables = vec![("HOME", account.home.clone())];
    if wanted.is_login || account.id != 0 {
        variables.push(("USER", account.name.clone()));
        variables.push(("LOGNAME", account.name.clone()));
    }
    (variables, wanted.is_login.then(|| account.home.clone()))
}

/// Nobody is called so.
fn unknown(call: &mut Call<'_>, name: &str) -> Outcome {
    let program = call.words.name().to_string();
    let (text, code) = match program.as_str() {
        "su" if call.container.image.is_busybox => (format!("su: unknown user {name}"), 1),
        "su" | "runuser" => (
            format!("{program}: user {name} does not exist or the user entry does not contain all the required fields"),
            1,
        ),
        "gosu" => (
            format!(
                "error: failed switching to \"{name}\": unable to find user {name}: no matching entries in passwd file"
            ),
            1,
        ),
        "chroot" => (format!("chroot: invalid user: '{name}'"), 125),
        "setpriv" => ("setpriv: failed to parse reuid".to_string(), 1),
        _ => (format!("{program}: unknown user {name}"), 1),
    };
    call.err.push_str(&format!("{text}\n"));
    Outcome::Exit(code)
}

/// Whoever runs it may not become another.
fn refused(call: &mut Call<'_>, name: &str) -> Outcome {
    let (text, code) = match call.words.name() {
        "su" if call.container.image.is_busybox => ("su: must be suid to work properly".to_string(), 1),
        "su" => ("Password: su: Authentication failure".to_string(), 1),
        "runuser" => ("runuser: may not be used by non-root users".to_string(), 1),
        "gosu" => (format!("error: failed switching to \"{name}\": operation not permitted"), 1),
        "su-exec" => ("su-exec: setgroups: Operation not permitted".to_string(), 1),
        "setpriv" => ("setpriv: setresuid failed: Operation not permitted".to_string(), 127),
        "chroot" => ("chroot: cannot change root directory to '/': Operation not permitted".to_string(), 125),
        // What `sudo` allows stands in files that nobody here reads.
        "sudo" => return Outcome::AssumedOver,
        program => (format!("{program}: fatal: unable to setuid: Operation not permitted"), 111),
    };
    call.err.push_str(&format!("{text}\n"));
    Outcome::Exit(code)
}

impl Switch {
    /// The program that begins is another user's.
    pub(super) fn apply(self, outcome: &mut Outcome) {
        if let Outcome::Shell(shell) = outcome {
            for (name, value) in self.variables {
                _ = shell.variables.export(name, Some(value));
            }
            if let Some(directory) = self.directory {
                shell.directory = directory;
            }
            shell.uid = self.user.id;
            shell.user = Some(self.user);
        }
    }
}
