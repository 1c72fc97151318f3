//! Debian's `service`: the image's server under the name that its package gives it.

use super::{Arguments, Call, Outcome, server_start};
use crate::shell::container::INSTALLED;

/// `service NAME start|stop|restart|reload|status`.
pub(super) fn service(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments().to_vec();
    let Some((name, rest)) = words.split_first() else {
        call.err.push_str("Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n");
        return Outcome::Exit(1);
    };
    if !call.container.image.has_service(name) {
        let image = &call.container.image;
        let has_installed = call.container.lookup(call.cluster, INSTALLED).is_some();
        if !image.is_makers_own() || image.has_more() || has_installed || name.starts_with('-') {
            return Outcome::AssumedOver;
        }
        call.err.push_str(&format!("{name}: unrecognized service\n"));
        return Outcome::Exit(1);
    }
    let runs = call.container.serves(call.cluster);
    match rest.first().map_or("", String::as_str) {
        "start" => start(call, name),
        "stop" => {
            call.out.push_str(&format!("Stopping {name}: {name}.\n"));
            if runs {
                call.container.end_server(call.cluster, call.container.image.stop_code());
            }
            Outcome::Exit(0)
        }
        "status" if runs => {
            call.out.push_str(&format!("{name} is running.\n"));
            Outcome::Exit(0)
        }
        "status" => {
            call.out.push_str(&format!("{name} is not running ... failed!\n"));
            Outcome::Exit(3)
        }
        "restart" | "force-reload" | "reload" if runs => {
            call.out.push_str(&format!("Restarting {name}: {name}.\n"));
            Outcome::Exit(0)
        }
        "restart" => start(call, name),
        _ => {
            call.err
                .push_str(&format!("Usage: /etc/init.d/{name} {{start|stop|status|restart|reload|force-reload}}\n"));
            Outcome::Exit(3)
        }
    }
}

fn start(call: &mut Call<'_>, name: &str) -> Outcome {
    call.out.push_str(&format!("Starting {name}: {name}.\n"));
    if call.container.serves(call.cluster) {
        return Outcome::Exit(0);
    }
    let process = call.container.image.main_process().split(' ').next().unwrap_or("").trim_end_matches(':').to_string();
    let words = [process];
    let mut inner = call.with_words(&words);
    let outcome = server_start::launch(&mut inner);
    let err = std::mem::take(&mut inner.err);
    call.err.push_str(&err);
    outcome
}
