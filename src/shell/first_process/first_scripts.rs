//! The scripts that people put beside an image's entrypoint: it runs them before the server begins, some of them only while
//! that has no data yet.

use crate::cluster::Cluster;
use crate::model::Text;
use crate::shell::commands::fill;
use crate::shell::container::Container;

/// What the entrypoint does before the server begins, as a script; none if nobody put anything there.
pub(super) fn script(container: &Container, cluster: &Cluster) -> Option<String> {
    let (folder, is_for_first, text) = container.image.scripts()?;
    if is_for_first && has_data(container, cluster) || !container.words("command").is_empty() {
        return None;
    }
    let own = container.image.files();
    let entries = container.list(cluster, folder).unwrap_or_default();
    let paths = entries.into_iter().map(|entry| format!("{folder}/{}", entry.0));
    let is_foreign = |path: &String| path.ends_with(".sh") && !own.iter().any(|file| file.0 == path.as_str());
    let mut script = String::new();
    for path in paths.filter(is_foreign) {
        let may_run = container.may_run(cluster, &path);
        if !may_run && !is_for_first {
            script.push_str(&format!("echo '/docker-entrypoint.sh: Ignoring {path}, not executable'\n"));
            continue;
        }
        let said = fill(container, cluster, text).replace("{file}", &path);
        let shell = if container.image.has_program("bash") { "bash" } else { "sh" };
        let run = if may_run { path.clone() } else { format!("{shell} {path}") };
        script.push_str(&format!("echo '{}'\n{run} || exit $?\n", said.trim_end()));
    }
    Some(script).filter(|script| !script.is_empty())
}

/// Whether a server has begun with these data before.
fn has_data(container: &Container, cluster: &Cluster) -> bool {
    let words = [container.words("command"), container.words("args")].concat();
    let told = |place: &crate::shell::images::Place| {
        container.told(cluster, &words, &place.names).or_else(|| place.usual.map(str::to_string))
    };
    let folder = container.image.data().first().and_then(|data| told(&data.place));
    let folder = folder.or_else(|| container.image.requirement().map(|wanted| wanted.directory.to_string()));
    let entries = folder.map(|folder| container.trusted().list(cluster, &folder).unwrap_or_default());
    entries.is_some_and(|entries| entries.iter().any(|entry| entry.0 != "lost+found"))
}

/// The words that begin the server behind them.
pub(super) fn server(container: &Container) -> Vec<String> {
    let process = container.image.main_process();
    let program = process.split([' ', ':']).next().unwrap_or(process).to_string();
    let mut args = container.words("args");
    if args.first().is_some_and(|first| container.image.is_server(first)) {
        args.remove(0);
    }
    let front =
        if program == "nginx" && args.is_empty() { vec!["-g".to_string(), "daemon off;".to_string()] } else { args };
    [vec![program], front].concat()
}

/// A database answers its own clients while they run.
pub(super) fn serve_meanwhile(container: &Container, cluster: &mut Cluster) {
    if !container.image.scripts().is_some_and(|scripts| scripts.1) {
        return;
    }
    let (uid, name): (Text, Text) = (container.pod.meta.uid.clone(), container.name.clone());
    if let Some(life) = cluster.runtime().life(&uid, &name).cloned() {
        let life = crate::world::Life { serves_since: Some(cluster.now()), ..life };
        cluster.runtime_mut().set_life(&uid, &name, Some(life));
    }
}
