//! What clients put into a server that this lab does not run, and get out again: keys and values, kept with the
//! server's data. The table of images says with which words.

use super::asked_server::{self, Asked};
use super::{Arguments, Call, Outcome, fill};
use crate::cluster::Cluster;
use crate::shell::container::Container;
use crate::shell::images::Keeping;
use crate::shell::server_files::KEPT;
use crate::world::disk::{Entry, Owner};

/// The flags of clients that a value follows.
const VALUED: &[&str] =
    &["-h", "-p", "-a", "-n", "-u", "--user", "--endpoints", "--pass", "-server", "--host", "--port"];

/// Carries out a word that puts a value or asks for one. `None` if it is neither.
pub fn run(call: &mut Call<'_>) -> Option<Outcome> {
    let words = plain(call.words);
    let (row, rest) = call.container.image.keeping(call.words.name(), &words)?;
    let key = rest.first()?.clone();
    let server = server(call)?;
    let shown = |text: &str, value: &str| {
        text.replace("{key}", &key).replace("{size}", &value.len().to_string()).replace("{value}", value)
    };
    match row {
        Keeping::Puts { text, is_shared } => {
            let value = rest.get(1..).unwrap_or(&[]).join(" ");
            let members = if is_shared { server.members(call.cluster) } else { vec![server.clone()] };
            let (now, path) = (call.cluster.now(), format!("{KEPT}/{}", key.replace('/', "%")));
            for member in &members {
                let id = member.data_disk();
                let entry = Entry::File(value.clone().into());
                call.cluster.disks_mut().put(&id, &path, entry, now, Owner::root(0o600));
            }
            let text = fill(&server, call.cluster, text);
            call.out.push_str(&shown(&text, &value));
            Some(Outcome::Exit(0))
        }
        Keeping::Gets { text, missing } => {
            let found = value_of(&server, call.cluster, &key);
            let text = fill(&server, call.cluster, if found.is_some() { text } else { missing });
            let value = found.clone().unwrap_or_default();
            call.out.push_str(&shown(&text, &value));
            Some(Outcome::Exit(0))
        }
    }
}

/// The words that are neither flags nor their values.
pub(super) fn plain(words: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = words.arguments().iter();
    while let Some(word) = rest.next() {
        match word.starts_with('-') {
            true if VALUED.contains(&word.as_str()) => _ = rest.next(),
            true => {}
            false => all.push(word.clone()),
        }
    }
    all
}

/// The server that a client asks: its own container's, or the one that it names.
pub(super) fn server(call: &Call<'_>) -> Option<Container> {
    match asked_server::of(call) {
        Some(Asked::Server(server, _)) => {
            Some(*server).filter(|it| it.image.family == call.container.image.family && it.serves(call.cluster))
        }
        Some(Asked::Own) | None => Some(call.container.clone()).filter(|own| own.serves(call.cluster)),
        Some(Asked::Nobody(..) | Asked::Outside) => None,
    }
}

fn value_of(server: &Container, cluster: &Cluster, key: &str) -> Option<String> {
    let path = format!("{KEPT}/{}", key.replace('/', "%"));
    match &cluster.disks().get(&server.data_disk(), &path)?.entry {
        Entry::File(text) => Some(text.to_string()),
        _ => None,
    }
}
