//! What a lab begins with: a stored session, a scenario, a manifest of somebody's own.

use super::Effect;
use crate::i18n::Lang;
use crate::i18n::ui::tf;
use crate::playground::{Options, Playground, SCENARIOS, Scenario};
use crate::world::Environment;

/// What a lab is to begin with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// The id of a scenario; the first one if there is none of that name. Goes before a stored session.
    pub scenario: Option<String>,
    /// The name of surroundings for an empty cluster, with nothing applied but `manifest`. Goes before a stored session.
    pub environment: Option<String>,
    /// A session that somebody hands over. Goes before everything else.
    pub given: Option<String>,
    /// A text in place of the scenario's manifest, applied at once. Goes before a stored session.
    pub manifest: Option<String>,
    /// Lines that are typed after that.
    pub lines: Vec<String>,
    /// Everything random follows from it.
    pub seed: u64,
    /// A stored session, see `Session`.
    pub session: Option<String>,
    /// The stored open texts, see `Session`.
    pub files: Option<String>,
    /// A text for the editor that a crash left behind.
    pub kept: Option<String>,
}

/// A lab at its beginning.
pub(super) struct Begun {
    pub playground: Playground,
    /// What the reader is told.
    pub notice: Option<String>,
    pub effects: Vec<Effect>,
}

impl Opening {
    pub(super) fn begin(&self, lang: Lang) -> Begun {
        let mut begun = self.restored(lang);
        if let Some(kept) = &self.kept {
            begun.playground.set_editor(kept);
        }
        begun.playground.set_lang(lang);
        begun
    }

    fn restored(&self, lang: Lang) -> Begun {
        let is_asked = self.manifest.is_some() || self.asked().is_some() || self.environment().is_some();
        let stored = self.session.as_deref().filter(|_| !is_asked);
        let given = self.given.as_deref().map(Playground::restore_shared);
        match given.or_else(|| stored.map(Playground::restore)) {
            Some(Ok(playground)) => Begun { playground, notice: None, effects: Vec::new() },
            Some(Err(why)) => {
                let notice = Some(tf(lang, "store.broken", &[("why", &why)]));
                let effects = if self.given.is_none() { vec![Effect::Forget] } else { Vec::new() };
                Begun { playground: self.fresh(), notice, effects }
            }
            None => Begun { playground: self.fresh(), notice: None, effects: Vec::new() },
        }
    }

    fn asked(&self) -> Option<&'static Scenario> {
        self.scenario.as_deref().and_then(Scenario::named)
    }

    fn environment(&self) -> Option<Environment> {
        self.environment.as_deref().and_then(Environment::named)
    }

    fn fresh(&self) -> Playground {
        let mut options = options(self.asked().or(SCENARIOS.first()), self.seed);
        if let Some(environment) = self.environment() {
            options.environment = environment;
            options.manifest.clear();
            if self.manifest.is_none() {
                options.lines.clear();
            }
        }
        if let Some(manifest) = &self.manifest {
            options.manifest.clone_from(manifest);
        }
        options.lines.extend(self.lines.iter().cloned());
        Playground::new(options)
    }
}

/// A playground at the start of a scenario.
pub(super) fn start(scenario: Option<&Scenario>, seed: u64) -> Playground {
    Playground::new(options(scenario, seed))
}

fn options(scenario: Option<&Scenario>, seed: u64) -> Options {
    let options = scenario.and_then(|it| it.options(seed));
    options.expect("every scenario names an environment that exists; a test of the playground checks it")
}
