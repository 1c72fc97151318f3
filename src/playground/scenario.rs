//! What the page can open with: a manifest, the surroundings, and the first lines typed; knows no browser.

use super::Options;
use crate::cluster::Cluster;
use crate::controllers::Environment;
use crate::model::{Kind, Object};
use crate::{list, obj};

/// A named beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its id in links and in the catalogue, where `scenario.<id>` is its title.
    pub id: &'static str,
    /// The environment's name.
    pub environment: &'static str,
    /// The text in the editor.
    pub manifest: &'static str,
    /// What the manifest asks for, in short: drawn while the cluster is still to boot. A test compares them.
    pub sketch: Sketch,
}

/// A StatefulSet in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// Its name.
    pub set: &'static str,
    /// The name of its headless Service.
    pub service: &'static str,
    /// `spec.replicas`.
    pub replicas: i64,
    /// The name of its claim template.
    pub claim: &'static str,
}

impl Sketch {
    /// A cluster that holds nothing but the set and its Service, as if they had just been applied.
    pub(super) fn draw(&self, cluster: &mut Cluster) {
        let mut service = Object::new(Kind::Service, "default", self.service);
        service.set_at(&["spec", "clusterIP"], "None");
        let mut set = Object::new(Kind::StatefulSet, "default", self.set);
        set.set_at(&["spec", "replicas"], self.replicas);
        set.set_at(&["spec", "serviceName"], self.service);
        let template = obj! { "metadata" => obj! { "name" => self.claim } };
        set.set_at(&["spec", "volumeClaimTemplates"], list![template]);
        for object in [service, set] {
            _ = cluster.insert(object);
        }
    }
}

/// All beginnings; the first is the one that the page opens with.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        id: "web",
        environment: "zones",
        manifest: include_str!("../../www/scenarios/web.yaml"),
        sketch: Sketch { set: "web", service: "nginx", replicas: 3, claim: "www" },
    },
    Scenario {
        id: "mariadb",
        environment: "minikube",
        manifest: include_str!("../../www/scenarios/mariadb.yaml"),
        sketch: Sketch { set: "sts-mariadb", service: "mariadb", replicas: 1, claim: "storage" },
    },
    Scenario {
        id: "mariadb-svc",
        environment: "minikube",
        manifest: include_str!("../../www/scenarios/mariadb-svc.yaml"),
        sketch: Sketch { set: "mariadb-sts", service: "mariadb-svc", replicas: 1, claim: "dbvl" },
    },
];

impl Scenario {
    /// The scenario called `id`.
    pub fn named(id: &str) -> Option<&'static Scenario> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }

    /// What a playground of this scenario begins with: the manifest is applied at once.
    /// `None` if its environment is unknown.
    pub fn options(&self, seed: u64) -> Option<Options> {
        Some(Options {
            seed,
            environment: Environment::named(self.environment)?,
            manifest: self.manifest.to_string(),
            lines: vec![format!("kubectl apply -f {}", super::Playground::MANIFEST_NAME)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::Playground;

    #[test]
    fn sketches_show_what_the_manifests_ask_for() {
        for scenario in SCENARIOS {
            let playground = Playground::new(scenario.options(1).expect("its environment exists"));
            let mut drawn = Cluster::new(0);
            scenario.sketch.draw(&mut drawn);
            for kind in [Kind::StatefulSet, Kind::Service] {
                let sketch = drawn.list(kind).next().expect("a sketch has both");
                let real = playground.cluster().get(&sketch.key()).unwrap_or_else(|| panic!("{}", scenario.id));
                let paths: [&[&str]; 3] = [&["spec", "replicas"], &["spec", "serviceName"], &["spec", "clusterIP"]];
                for path in paths {
                    assert_eq!(sketch.at(path), real.at(path), "{} {path:?}", scenario.id);
                }
                let claims = |set: &Object| {
                    let names = set.list_at(&["spec", "volumeClaimTemplates"]).iter();
                    names.map(|it| it.str_at(&["metadata", "name"]).to_string()).collect::<Vec<_>>()
                };
                assert_eq!(claims(sketch), claims(real), "{}", scenario.id);
            }
        }
    }
}
