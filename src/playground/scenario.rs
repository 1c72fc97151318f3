//! What the page can open with: a manifest, the surroundings, and the first lines typed; knows no browser.

use super::Options;
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
    /// The lesson that begins like this; empty for none.
    pub lesson: &'static str,
}

/// All beginnings; the first is the one that the page opens with.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        id: "web",
        environment: "zones",
        manifest: include_str!("../../www/scenarios/web.yaml"),
        lesson: "tour",
    },
    Scenario {
        id: "mariadb",
        environment: "minikube",
        manifest: include_str!("../../www/scenarios/mariadb.yaml"),
        lesson: "tutorial-mariadb",
    },
    Scenario {
        id: "mariadb-svc",
        environment: "minikube",
        manifest: include_str!("../../www/scenarios/mariadb-svc.yaml"),
        lesson: "tutorial-self-healing",
    },
    Scenario {
        id: "empty",
        environment: "zones",
        manifest: include_str!("../../www/scenarios/empty.yaml"),
        lesson: "",
    },
];

impl Scenario {
    /// The scenario called `id`.
    pub fn named(id: &str) -> Option<&'static Scenario> {
        SCENARIOS.iter().find(|scenario| scenario.id == id)
    }

    /// Whether there is nothing to be applied: the text is a comment.
    fn is_empty(&self) -> bool {
        self.manifest.lines().all(|line| line.trim().is_empty() || line.starts_with('#'))
    }

    /// What a playground of this scenario begins with: the manifest is applied at once.
    /// `None` if its environment is unknown.
    pub fn options(&self, seed: u64) -> Option<Options> {
        Some(Options {
            seed,
            environment: Environment::named(self.environment)?,
            manifest: self.manifest.to_string(),
            lines: if self.is_empty() {
                Vec::new()
            } else {
                vec![format!("kubectl apply -f {}", super::Playground::MANIFEST_NAME)]
            },
        })
    }
}
