//! What is otherwise in two clusters, as values and in words: for branches that lie side by side.

use super::style::{self, PodStyle};
use crate::cluster::Cluster;
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::model::claim::capacity;
use crate::model::pod::{REVISION_LABEL, node_name};
use crate::model::{Key, Kind, Object, Value, pod, to_json};
use crate::ordering::Order;

/// An object that looks otherwise in another cluster, or is in one of them alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The object.
    pub key: Key,
    /// What differs, as it is in the one; empty where it is not there.
    pub here: String,
    /// The same in the other.
    pub there: String,
    /// Whether it is no more than how far each has come: a pod that starts or ends still, another node, a set's numbers.
    pub is_slight: bool,
}

impl Difference {
    /// `web-0: Running · 0/1; in “main” Running · 1/1`.
    pub fn say(&self, lang: Lang, branch: &str) -> String {
        let or_absent = |text: &str| if text.is_empty() { word(lang, "style-absent").to_string() } else { text.into() };
        let (here, there) = (or_absent(&self.here), or_absent(&self.there));
        say(lang, "difference", &[("name", &self.key.name), ("here", &here), ("branch", branch), ("there", &there)])
    }

    /// The same from the other side.
    pub fn turned(&self) -> Difference {
        Difference { here: self.there.clone(), there: self.here.clone(), ..self.clone() }
    }
}

/// The sets, pods and claims that differ in two clusters, in the order of their keys.
pub fn differences(here: &Cluster, there: &Cluster) -> Vec<Difference> {
    let kinds = [Kind::StatefulSet, Kind::Pod, Kind::PersistentVolumeClaim];
    let both = [here, there].into_iter().flat_map(|it| kinds.into_iter().flat_map(|kind| it.list(kind)));
    let mut keys: Vec<Key> = both.map(|object| object.key()).collect();
    keys.order();
    keys.dedup();
    keys.into_iter().filter_map(|key| difference(here, there, key)).collect()
}

fn difference(here: &Cluster, there: &Cluster, key: Key) -> Option<Difference> {
    let both = (here.get(&key), there.get(&key));
    let (a, b) = (both.0.map(|it| looks(it)), both.1.map(|it| looks(it)));
    if a == b {
        return None;
    }
    let is_slight = both.0.zip(both.1).is_some_and(|(a, b)| is_slight(a, b));
    let texts = match (&a, &b) {
        (Some(a), Some(b)) => {
            let mut other: Vec<usize> = (0..a.len()).filter(|at| a.get(*at) != b.get(*at)).collect();
            // What the images say already is not said by a hash, or by the name of the template.
            if other.iter().any(|at| matches!(a.get(*at), Some(Look::Images(_)))) {
                other.retain(|at| !matches!(a.get(*at), Some(Look::Behind(..))));
            }
            let of = |looks: &[Look]| other.iter().filter_map(|at| looks.get(*at)).map(Look::shown).collect::<Vec<_>>();
            (of(a).join(" · "), of(b).join(" · "))
        }
        (a, b) => {
            let first = |looks: &Option<Vec<Look>>| looks.iter().flatten().next().map(Look::shown).unwrap_or_default();
            (first(a), first(b))
        }
    };
    Some(Difference { key, here: texts.0, there: texts.1, is_slight })
}

/// Whether two objects that look otherwise are the same in substance.
fn is_slight(a: &Object, b: &Object) -> bool {
    let (mine, other) = (looks(a), looks(b));
    let differs = |at: usize| mine.get(at) != other.get(at);
    match a.kind {
        Kind::Pod => {
            let is_under_way = |pod: &Object| {
                let style = style::pod_style(pod, &style::pod_status(pod), false);
                matches!(style, PodStyle::Starting | PodStyle::Terminating)
            };
            let is_same_state = !differs(0) && !differs(1);
            !differs(3) && !differs(4) && (is_same_state || is_under_way(a) || is_under_way(b))
        }
        Kind::StatefulSet => (2..mine.len()).all(|at| !differs(at)),
        _ => false,
    }
}

/// One thing that can be seen of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Look {
    /// Words that are shown.
    Text(String),
    /// The images of its containers.
    Images(String),
    /// What a change of images changes as well: as it is shown, and what is compared.
    Behind(String, String),
    /// Too long to be shown: its name, and what is compared.
    Named(&'static str, String),
}

/// The fields of a set's spec that are compared one by one, beside those that are shown.
const SPEC: [&str; 8] = [
    "spec.updateStrategy",
    "spec.minReadySeconds",
    "spec.ordinals",
    "spec.persistentVolumeClaimRetentionPolicy",
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
];

fn images(containers: &[Value]) -> Look {
    let images: Vec<&str> = containers.iter().map(|container| container.str_at(&["image"])).collect();
    Look::Images(images.join(", "))
}

impl Look {
    fn shown(&self) -> String {
        match self {
            Look::Text(text) | Look::Images(text) | Look::Behind(text, _) if text.is_empty() => "-".to_string(),
            Look::Text(text) | Look::Images(text) | Look::Behind(text, _) => text.clone(),
            Look::Named(name, _) => (*name).to_string(),
        }
    }
}

fn looks(object: &Object) -> Vec<Look> {
    let number = |path: &[&str]| object.i64_at(path).unwrap_or(0);
    let text = |text: &str| Look::Text(text.to_string());
    match object.kind {
        Kind::Pod => {
            let (ready, all) = style::ready_containers(object);
            let revision = object.meta.label(REVISION_LABEL);
            let status = style::pod_status(object);
            let ready = Look::Text(format!("{ready}/{all}"));
            vec![
                text(&status),
                ready,
                text(node_name(object)),
                images(pod::containers(object)),
                Look::Behind(revision.rsplit('-').next().unwrap_or("").to_string(), String::new()),
            ]
        }
        Kind::PersistentVolumeClaim => {
            let status = style::claim_status(object).1.to_string();
            vec![Look::Text(status), text(capacity(object))]
        }
        _ => {
            let ready = format!("{}/{}", number(&["status", "readyReplicas"]), number(&["spec", "replicas"]));
            let updated = format!("updated {}", number(&["status", "updatedReplicas"]));
            let field = |name: &'static str| {
                let value = object.at(&name.split('.').collect::<Vec<_>>());
                Look::Named(name, value.map(to_json).unwrap_or_default())
            };
            let template = object.at(&["spec", "template"]).map(to_json).unwrap_or_default();
            let mut looks = vec![Look::Text(ready), Look::Text(updated)];
            looks.push(images(object.list_at(&["spec", "template", "spec", "containers"])));
            looks.push(Look::Behind("spec.template".into(), template));
            looks.extend(SPEC.map(field));
            looks
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::fixture::{self, State};

    #[test]
    fn what_differs_is_said_from_both_sides() {
        let cluster = |state: State| {
            let mut cluster = fixture::cluster();
            fixture::set(&mut cluster, "web", 2);
            fixture::pod(&mut cluster, "web", 0, "node-1", state);
            cluster
        };
        let mut here = cluster(State::Running(true));
        let there = cluster(State::Creating);
        assert_eq!(differences(&here, &here), []);
        fixture::claim(&mut here, "web", 1, true);
        let found = differences(&here, &there);
        let said: Vec<String> = found.iter().map(|it| it.say(Lang::En, "b")).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said.iter().any(|it| it.starts_with("web-0: Running") && it.contains("ContainerCreating")), "{said:?}");
        assert!(said.iter().any(|it| it.contains("-web-1: Bound; in “b” not there")), "{said:?}");
        let slight: Vec<(&str, bool)> = found.iter().map(|it| (it.key.name.as_str(), it.is_slight)).collect();
        assert!(slight.contains(&("web-0", true)), "one that starts still is no other pod: {slight:?}");
        assert!(slight.iter().any(|it| it.0.ends_with("-web-1") && !it.1), "{slight:?}");
        let turned: Vec<Difference> = found.iter().map(Difference::turned).collect();
        assert_eq!(differences(&there, &here), turned);
        assert!(found.iter().all(|it| it.say(Lang::Ja, "b").contains("「b」では")));
    }
}
