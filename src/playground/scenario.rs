//! What the page can open with: a manifest, the environment, and the first lines typed; knows no browser.

use super::Options;
use crate::kubernetes::{Kubernetes, Version};
use crate::world::Environment;

/// A named beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its id in links and in the catalogue, where `scenario.<id>` is its title.
    pub id: &'static str,
    /// The environment's name.
    pub environment: &'static str,
    /// The text in the editor.
    pub manifest: &'static str,
    /// The lesson that begins like this; empty if there is none.
    pub lesson: &'static str,
    /// The lines that are typed once the manifest is applied.
    pub lines: &'static [&'static str],
    /// The versions of Kubernetes that it is played under side by side, the own one first; none where it does not matter.
    pub versions: &'static [&'static str],
}

/// All beginnings; the first is the one that the page opens with.
pub const SCENARIOS: &[Scenario] = &[
    plain("web", "zones", include_str!("../../www/scenarios/web.yaml"), "tour"),
    plain("mariadb", "minikube", include_str!("../../www/scenarios/mariadb.yaml"), "tutorial-mariadb"),
    plain("mariadb-svc", "minikube", include_str!("../../www/scenarios/mariadb-svc.yaml"), "tutorial-self-healing"),
    Scenario {
        id: "broken-parallel",
        environment: "minikube",
        manifest: include_str!("../../www/scenarios/broken-parallel.yaml"),
        lines: &[
            "kubectl rollout status sts/web",
            "kubectl exec web-0 -- rm /usr/share/nginx/html/index.html",
            "kubectl wait --for=condition=Ready=false pod/web-0",
            "kubectl set image sts/web nginx=nginx:1.27",
        ],
        versions: &["1.35.0", "1.36", "1.37"],
        lesson: "broken-parallel",
    },
    plain("empty", "zones", include_str!("../../www/scenarios/empty.yaml"), ""),
];

const fn plain(id: &'static str, environment: &'static str, manifest: &'static str, lesson: &'static str) -> Scenario {
    Scenario { id, environment, manifest, lesson, lines: &[], versions: &[] }
}

impl Scenario {
    /// The scenario called `id`.
    pub fn named(id: &str) -> Option<&'static Scenario> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }

    /// Whether there is nothing to be applied: the text is a comment.
    fn is_empty(&self) -> bool {
        self.manifest.lines().all(|line| line.trim().is_empty() || line.starts_with('#'))
    }

    /// The Kubernetes that it begins with where nobody asks for another.
    pub fn kubernetes(&self) -> Option<Kubernetes> {
        self.versions.first().and_then(|version| Version::parse(version)).map(Kubernetes::of)
    }

    /// What a playground of this scenario begins with: the manifest is applied at once.
    /// `None` if its environment is unknown.
    pub fn options(&self, seed: u64) -> Option<Options> {
        let apply = format!("kubectl apply -f {}", super::Playground::MANIFEST_NAME);
        Some(Options {
            seed,
            environment: Environment::named(self.environment)?,
            manifest: self.manifest.to_string(),
            lines: if self.is_empty() {
                Vec::new()
            } else {
                std::iter::once(apply).chain(self.lines.iter().map(|line| (*line).to_string())).collect()
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_knows_the_names_of_all_posters() {
        let loader = include_str!("../../www/statefulset-lab.js");
        let (_, known) =
            loader.split_once("poster-${/^(").expect("the loader asks for a poster by the scenario's name");
        let known: Vec<&str> = known.split_once(')').expect("a list of names").0.split('|').collect();
        let others = SCENARIOS.iter().skip(1).map(|it| it.id);
        assert!(others.clone().all(|id| known.contains(&id)), "{known:?}");
        assert_eq!(known.len(), others.count());
    }
}
