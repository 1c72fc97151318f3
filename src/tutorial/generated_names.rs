//! Generated names that an author typed: on each cluster they are others.

use super::block::is_file;
use super::mask::masked;
use crate::model::{Kind, Object};
use crate::playground::Playground;

/// Kinds whose objects are named by a controller, in the order in which they are looked through.
const KINDS: [Kind; 4] = [Kind::Pod, Kind::ReplicaSet, Kind::ControllerRevision, Kind::PersistentVolume];

/// A line as it is typed here: where it has a generated name that this cluster does not have, it gets the first one that
/// the cluster made in its place. Returns what was put for what as well.
pub(super) fn as_called_here(playground: &Playground, line: &str) -> (String, Vec<(String, String)>) {
    let objects: Vec<&Object> =
        KINDS.iter().flat_map(|kind| playground.cluster().list(*kind)).map(|it| &**it).collect();
    let mut put: Vec<(String, String)> = Vec::new();
    let mut out = String::with_capacity(line.len());
    for piece in line.split_inclusive(|c: char| !is_of_name(c)) {
        let name = piece.trim_end_matches(|c: char| !is_of_name(c));
        let here = put.iter().find(|(printed, _)| printed == name).map(|(_, here)| here.clone());
        let here = here.or_else(|| {
            let here = called_here(&objects, name, &put)?;
            put.push((name.to_string(), here.clone()));
            Some(here)
        });
        out.push_str(here.as_deref().unwrap_or(name));
        out.push_str(piece.strip_prefix(name).unwrap_or_default());
    }
    (out, put)
}

/// A line as it is typed here, where the files of the page that it fetches from the web are here: `-f https://…/web.yaml` reads
/// the one that the page shows under that path or name. Returns what was put for what as well.
pub(super) fn with_files_here(playground: &Playground, line: &str) -> (String, Vec<(String, String)>) {
    let mut put = Vec::new();
    let mut out = line.to_string();
    for word in
        line.split_whitespace().map(|word| word.trim_matches(['"', '\''])).filter(|word| word.starts_with("http"))
    {
        let Some((_, path)) = word.split_once("://").filter(|_| is_file(word)) else { continue };
        let rests = path.match_indices('/').filter_map(|(at, _)| path.get(at + 1..));
        let here = rests.into_iter().find(|rest| playground.file(rest).is_some());
        if let Some(here) = here {
            out = out.replace(word, here);
            put.push((word.to_string(), here.to_string()));
        }
    }
    (out, put)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// The first object that stands for a generated name which none has, and for no other one yet.
fn called_here(objects: &[&Object], name: &str, put: &[(String, String)]) -> Option<String> {
    let shape = Some(masked(name)).filter(|it| it.contains("<generated>") || it.contains("<uid>"))?;
    if objects.iter().any(|it| it.meta.name == *name) {
        return None;
    }
    let is_free = |it: &&&Object| !it.meta.is_terminating() && put.iter().all(|(_, here)| it.meta.name != **here);
    let found = objects.iter().filter(is_free).find(|it| masked(&it.meta.name) == shape)?;
    Some(found.meta.name.to_string())
}
