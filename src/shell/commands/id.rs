//! `id`, `groups` and `whoami`: as whom a command runs.

use super::hostname_uname::say;
use super::{Arguments, Call, Outcome};
use crate::shell::images::Family;
use crate::shell::ownership::User;

/// `id`.
pub fn id(call: &mut Call<'_>) -> Outcome {
    let mut user = call.container.user().clone();
    let named = call.words.operands().first().cloned();
    if let Some(name) = &named {
        user = match (call.container.account(call.cluster, name), call.container.user_number(call.cluster, name)) {
            (Some(account), _) => call.container.as_account(call.cluster, &account),
            (None, Some(number)) if name.parse::<i64>().is_err() => User { id: number, group: number, ..User::ROOT },
            _ if call.container.image.is_busybox => return call.fail(&format!("unknown user {name}")),
            _ => return call.fail(&format!("'{name}': no such user")),
        };
    }
    let shown = |number: i64, is_group: bool| {
        let own = match is_group {
            true => call.container.group_name(call.cluster, number),
            false => call.container.user_name(call.cluster, number),
        };
        let name = named.clone().filter(|name| name.parse::<i64>().is_err() && own == number.to_string());
        let name = name.unwrap_or(own);
        if name == number.to_string() { name } else { format!("{number}({name})") }
    };
    let mut groups = user.more.clone();
    // BusyBox's own image has root in one more group.
    if user.id == 0 && call.container.image.family == Family::Busybox {
        groups.push(10);
    }
    let at = if call.container.image.is_busybox { groups.partition_point(|group| *group < user.group) } else { 0 };
    groups.insert(at, user.group);
    let list = |each: &dyn Fn(i64) -> String, separator: &str| {
        groups.iter().map(|group| each(*group)).collect::<Vec<_>>().join(separator)
    };
    let plain = |number: i64, is_group: bool| match (call.words.has_flag('n'), is_group) {
        (true, true) => call.container.group_name(call.cluster, number),
        (true, false) => call.container.user_name(call.cluster, number),
        (false, _) => number.to_string(),
    };
    let has = |flag| call.words.has_flag(flag);
    let text = match (has('u'), has('g'), has('G')) {
        (true, ..) => plain(user.id, false),
        (_, true, _) => plain(user.group, true),
        (_, _, true) => list(&|group| plain(group, true), " "),
        _ => {
            let groups = list(&|group| shown(group, true), ",");
            format!("uid={} gid={} groups={groups}", shown(user.id, false), shown(user.group, true))
        }
    };
    say(call, &text)
}

/// `groups`.
pub fn groups(call: &mut Call<'_>) -> Outcome {
    let words = ["id", "-G", "-n"].map(str::to_string);
    let mut inner = call.with_words(&words);
    let outcome = id(&mut inner);
    let out = std::mem::take(&mut inner.out);
    call.out.push_str(&out);
    outcome
}

/// `whoami`.
pub fn whoami(call: &mut Call<'_>) -> Outcome {
    let number = call.container.user().id;
    match call.container.account(call.cluster, &number.to_string()).map(|account| account.name) {
        Some(name) => say(call, &name),
        None if call.container.image.is_busybox => call.fail(&format!("unknown uid {number}")),
        None => call.fail(&format!("cannot find name for user ID {number}")),
    }
}
