//! What a lab begins with: a stored session, a scenario, a manifest of somebody's own.

use super::Effect;
use super::notice::Notice;
use super::session_loading::{Loading, Source, Started};
use super::shelf::{About, Kept};
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use crate::kubectl::Stream;
use crate::kubectl::minikube;
use crate::kubernetes::{Kubernetes, Version};
use crate::playground::{Entry, LessonError, Options, Playground, Progress, Restoring, SCENARIOS, Scenario};
use crate::world::Environment;

/// What a lab is to begin with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// The id of a scenario; the first one if there is none of that name. Goes before a stored session.
    pub scenario: Option<String>,
    /// The name of an environment for an empty cluster, with nothing applied but `manifest`. Goes before a stored session.
    pub environment: Option<String>,
    /// A lesson: its name, and its text. Goes before a stored session, unless that is of the same lesson.
    pub lesson: Option<(String, String)>,
    /// The key of why there is no lesson that was asked for.
    pub lesson_error: Option<String>,
    /// How far the reader is in which lesson, see `Lessons`.
    pub marks: Option<String>,
    /// A session that somebody hands over. Goes before everything else.
    pub given: Option<String>,
    /// A text in place of the scenario's manifest, applied at once. Goes before a stored session.
    pub manifest: Option<String>,
    /// Lines that are typed after that.
    pub lines: Vec<String>,
    /// Everything random follows from it.
    pub seed: u64,
    /// The version of Kubernetes, as people write it. Goes before a stored session; refused in words if unknown.
    pub version: Option<String>,
    /// Feature gates as `--feature-gates` takes them.
    pub gates: Option<String>,
    /// Other versions of Kubernetes to lay beside, separated by commas; a scenario may have its own.
    pub compare: Option<String>,
    /// A stored session, see `Session`.
    pub session: Option<String>,
    /// Whether the stored session was being loaded already when the page went: it is not tried again.
    pub has_failed: bool,
    /// The stored open texts, see `Session`.
    pub files: Option<String>,
    /// What can be said of the stored session, see `Session`.
    pub about: Option<String>,
    /// The list of sessions that are kept.
    pub shelf: Option<String>,
    /// Whether time stands at the start. Else a stored session stands where it stood, and what begins anew plays.
    pub is_paused: Option<bool>,
    /// When real time was nought, in milliseconds since 1970.
    pub opened_at: i64,
    /// A text for the editor that a crash left behind.
    pub kept: Option<String>,
    /// The names of further options that could not be read.
    pub misread: Vec<&'static str>,
}

/// A lab at its beginning.
pub(super) struct Begun {
    pub playground: Playground,
    /// What the reader is told.
    pub notice: Option<Notice>,
    /// The branches that are laid beside it.
    pub compared: Vec<usize>,
    pub effects: Vec<Effect>,
    /// Whether it begins with a scenario as it is.
    pub is_scenario: bool,
    /// Whether it is the one that was stored.
    pub is_stored: bool,
    /// Whether the one that was stored could not be had.
    pub has_failed: bool,
    /// The session that is to take its place once it was played.
    pub loading: Option<Loading>,
}

impl Begun {
    fn new(playground: Playground, notice: Option<Notice>) -> Begun {
        Begun {
            playground,
            notice,
            compared: Vec::new(),
            effects: Vec::new(),
            is_stored: false,
            is_scenario: false,
            has_failed: false,
            loading: None,
        }
    }
}

/// The most branches that are laid beside the own one.
pub const COMPARED_MAX: usize = 3;

impl Opening {
    pub(super) fn begin(&self, lang: Lang) -> Begun {
        let mut begun = match &self.lesson {
            Some((name, source)) if self.given.is_none() => self.with_lesson(name, source, lang),
            _ => self.restored(lang),
        };
        if let Some(error) = &self.lesson_error {
            begun.notice = Some(lesson_refusal(error, lang).to_string().into());
        }
        if let Some(kept) = &self.kept {
            begun.playground.set_editor(kept);
        }
        begun.playground.set_lang(lang);
        let (others, wrong) = self.others(&begun);
        if let Some(wrong) = wrong {
            let why = capital(&minikube::refusal(&wrong, lang));
            let text = if others.is_empty() { why } else { tf(lang, "opening.compared_without", &[("why", &why)]) };
            begun.notice = begun.notice.or(Some(text.into()));
        }
        match &mut begun.loading {
            Some(loading) => loading.others = others,
            None => begun.compared = play_under(&mut begun.playground, &others),
        }
        begun
    }

    /// A lesson at its start, or where the reader left it.
    fn with_lesson(&self, name: &str, source: &str, lang: Lang) -> Begun {
        let asked = self.kubernetes().ok().filter(|_| self.version.is_some() || self.gates.is_some());
        match self.lesson_so_far(name, source, asked.unwrap_or_default()) {
            Ok(playground) => {
                let own = playground.options().environment.kubernetes;
                let told = || tf(lang, "opening.lesson_version", &[("version", &own.version().to_string())]);
                let notice = asked.filter(|asked| *asked != own).map(|_| told());
                Begun::new(playground, notice.or_else(|| self.refused_kubernetes(lang)).map(Notice::from))
            }
            Err(error) => Begun { notice: Some(error.say(lang).into()), ..self.restored(lang) },
        }
    }

    /// The names of the options that mean nothing: what they ask for is not there, or another one goes before them.
    pub(super) fn unread(&self, begun: &Begun) -> Vec<&'static str> {
        let asks = |what: &Option<String>| what.as_deref().is_some_and(|it| !it.is_empty());
        let has_lesson = self.lesson.is_some() && begun.playground.attempt().is_some();
        // What a session has that goes on, it has begun with.
        let (by_lesson, by_environment) =
            (has_lesson && self.given.is_none(), self.environment().is_some() && self.given.is_none());
        let wrong_gates = self.gates_on(self.version_there_is().unwrap_or_else(|(near, _)| near)).is_err();
        let wrong = [
            ("scenario", asks(&self.scenario) && (self.asked().is_none() || by_lesson || by_environment)),
            ("environment", asks(&self.environment) && (self.environment().is_none() || by_lesson)),
            ("lesson", self.lesson_error.is_some() || self.lesson.is_some() && !has_lesson && self.given.is_none()),
            ("manifest", self.manifest.is_some() && by_lesson),
            ("commands", !self.lines.is_empty() && by_lesson),
            ("version", asks(&self.version) && self.version_there_is().is_err()),
            ("gates", asks(&self.gates) && wrong_gates),
            ("compare", asks(&self.compare) && self.has_wrong_comparison(begun)),
        ];
        let wrong = wrong.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(name, _)| name);
        wrong.chain(self.misread.iter().copied()).collect()
    }

    /// Whether one of the versions to compare cannot be had, or is one too many.
    fn has_wrong_comparison(&self, begun: &Begun) -> bool {
        let words = self.compare.iter().flat_map(|text| text.split(',')).filter(|word| !word.trim().is_empty());
        words.count() > COMPARED_MAX || self.others(begun).1.is_some()
    }

    fn lesson_so_far(&self, name: &str, source: &str, kubernetes: Kubernetes) -> Result<Playground, LessonError> {
        let stored = self.session.as_deref().filter(|_| !self.has_failed);
        let kept = stored.and_then(|text| Playground::restore(text).ok());
        let is_it = |it: &Playground| it.attempt().is_some_and(|it| *it.name == *name && *it.source == *source);
        kept.filter(is_it).map_or_else(|| Playground::of_lesson(name, source, kubernetes), Ok)
    }

    /// A session that was handed over. A lesson in it that nobody has begun is the reader's own to begin, or to go on with.
    fn handed(&self, playground: Playground) -> Playground {
        let is_begun = playground.is_touched() || playground.progress() != Progress::default();
        let attempt = playground.attempt().filter(|_| !is_begun);
        let version = |it: &Playground| it.options().environment.kubernetes;
        let own = attempt.and_then(|it| self.lesson_so_far(&it.name, &it.source, version(&playground)).ok());
        own.filter(|own| version(own) == version(&playground)).unwrap_or(playground)
    }

    /// Which other versions are asked for, by name or by the scenario.
    /// Beside them, what is wrong with the first that cannot be had.
    fn others(&self, begun: &Begun) -> (Vec<Kubernetes>, Option<minikube::Wrong>) {
        if let Some(text) = &self.compare {
            let (mut others, mut wrong) = (Vec::new(), None);
            for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()).take(COMPARED_MAX) {
                match minikube::choose(Some(word), None, Kubernetes::default()) {
                    Ok(kubernetes) => others.push(kubernetes),
                    Err(error) => wrong = wrong.or(Some(error)),
                }
            }
            return (others, wrong);
        }
        let here = begun.playground.options().environment.kubernetes;
        let is_fresh = self.given.is_none() && self.manifest.is_none();
        let own = begun.playground.attempt().map(|it| it.lesson.beside.clone()).unwrap_or_default();
        match self.asked().filter(|_| is_fresh) {
            Some(scenario) => (others_of(scenario, here), None),
            None if self.given.is_none() && begun.playground.branch_count() == 1 => (own, None),
            None => (Vec::new(), None),
        }
    }

    fn restored(&self, lang: Lang) -> Begun {
        let is_asked = self.manifest.is_some()
            || self.asked().is_some()
            || self.environment().is_some()
            || self.version.is_some()
            || self.gates.is_some();
        let stored = self.stored().filter(|_| !is_asked);
        let broken = |why: &str| Notice::filled(lang, "store.broken", &[("why", why)]);
        let mut notice = None;
        if let Some(given) = self.given.as_deref() {
            match self.played(Playground::restoring_shared(given), Source::Given) {
                Ok(begun) if begun.loading.is_none() => {
                    return Begun { playground: self.handed(begun.playground), ..begun };
                }
                Ok(begun) => return begun,
                Err(why) => notice = Some(broken(&why)),
            }
        }
        let failed = |notice: Notice| {
            let notice = Some(notice.and(Notice::of(lang, "store.in_list")));
            Begun { effects: vec![Effect::Forget], has_failed: true, ..Begun::new(self.fresh(), notice) }
        };
        match stored {
            Some(_) if self.has_failed => failed(Notice::of(lang, "store.hangs")),
            Some(kept) => {
                let restoring = Playground::restoring(&kept.session);
                match self.played(restoring, Source::Stored(kept)) {
                    Ok(begun) => Begun { notice, ..begun },
                    Err(why) => failed(notice.unwrap_or_else(|| broken(&why))),
                }
            }
            None => {
                let is_scenario = self.manifest.is_none() && self.environment().is_none() && self.lines.is_empty();
                let playground = self.fresh();
                let refusal = || self.refusal(lang).or_else(|| self.unapplied(&playground, lang)).map(Notice::from);
                let notice = notice.or_else(refusal);
                Begun { is_scenario, ..Begun::new(playground, notice) }
            }
        }
    }

    /// A session at once if it is short, else what there is until it was played.
    fn played(&self, restoring: Result<Restoring, String>, source: Source) -> Result<Begun, String> {
        Ok(match Loading::start(restoring, source)? {
            Started::Done(playground, source) => {
                Begun { is_stored: matches!(source, Source::Stored(_)), ..Begun::new(*playground, None) }
            }
            Started::Slow(loading) => Begun { loading: Some(*loading), ..Begun::new(self.fresh(), None) },
        })
    }

    /// The stored session with what belongs to it.
    pub(super) fn stored(&self) -> Option<Kept> {
        let about = self.about.as_deref().and_then(About::read);
        let about = about.unwrap_or_else(|| About { at: self.opened_at, branches: 1, ..About::default() });
        Some(Kept { about, session: self.session.clone()?, files: self.files.clone() })
    }

    fn asked(&self) -> Option<&'static Scenario> {
        self.scenario.as_deref().and_then(Scenario::named)
    }

    fn environment(&self) -> Option<Environment> {
        self.environment.as_deref().and_then(Environment::named)
    }

    /// The Kubernetes that is asked for.
    fn kubernetes(&self) -> Result<Kubernetes, minikube::Wrong> {
        let own = self.asked().and_then(Scenario::kubernetes).unwrap_or_default();
        minikube::choose(self.version.as_deref(), self.gates.as_deref(), own)
    }

    /// The version that is asked for as far as it can be had, without gates: in place of an unknown patch, that of its
    /// minor version which the lab knows.
    fn version_there_is(&self) -> Result<Kubernetes, (Kubernetes, minikube::Wrong)> {
        let own = self.asked().and_then(Scenario::kubernetes).unwrap_or_default();
        minikube::choose(self.version.as_deref(), None, own).map_err(|wrong| {
            let minor = self.version.as_deref().and_then(|text| text.rsplit_once('.')).map(|(minor, _)| minor);
            let near = minor.and_then(|minor| minikube::choose(Some(minor), None, own).ok());
            (near.unwrap_or(own), wrong)
        })
    }

    /// The same with its gates: a version whose gates are wrong runs without them.
    fn kubernetes_there_is(&self) -> Kubernetes {
        let base = self.version_there_is().unwrap_or_else(|(near, _)| near);
        self.gates_on(base).unwrap_or(base)
    }

    /// A version with the gates that are asked for.
    fn gates_on(&self, base: Kubernetes) -> Result<Kubernetes, minikube::Wrong> {
        match &self.gates {
            Some(gates) => minikube::choose(Some(&base.version().to_string()), Some(gates), base),
            None => Ok(base),
        }
    }

    /// What is wrong with the Kubernetes that is asked for, and what runs in its place.
    fn refused_kubernetes(&self, lang: Lang) -> Option<String> {
        let (base, wrong) = match self.version_there_is() {
            Ok(base) => (base, None),
            Err((near, wrong)) => (near, Some(wrong)),
        };
        let all: Vec<String> = wrong
            .into_iter()
            .chain(self.gates_on(base).err())
            .map(|wrong| capital(&minikube::refusal(&wrong, lang)))
            .collect();
        if all.is_empty() {
            return None;
        }
        let (why, version) = (all.join(t(lang, "opening.and")), base.version().to_string());
        Some(tf(lang, "opening.runs_as", &[("why", &why), ("version", &version)]))
    }

    /// Why what is asked for cannot be had.
    fn refusal(&self, lang: Lang) -> Option<String> {
        if let Some(why) = self.refused_kubernetes(lang) {
            return Some(why);
        }
        let asks = |what: &Option<String>| what.clone().filter(|it| !it.is_empty());
        if let Some(what) = asks(&self.scenario).filter(|_| self.asked().is_none()) {
            let known = SCENARIOS.iter().map(|it| it.id).collect::<Vec<_>>().join(", ");
            return Some(tf(lang, "opening.scenario", &[("what", &what), ("known", &known)]));
        }
        let what = asks(&self.environment).filter(|_| self.environment().is_none())?;
        Some(tf(lang, "opening.environment", &[("what", &what), ("known", &Environment::NAMES.join(", "))]))
    }

    /// What was wrong with the text that somebody handed over: the first line of the refusal.
    fn unapplied(&self, playground: &Playground, lang: Lang) -> Option<String> {
        self.manifest.as_ref()?;
        let said = playground.entries().iter().find_map(|entry| match &**entry {
            Entry::Said { output, .. } => output.lines.iter().find(|line| line.stream == Stream::Err),
            _ => None,
        })?;
        Some(said.text())
            .filter(|it| !it.starts_with("Warning: "))
            .map(|why| tf(lang, "opening.manifest", &[("why", &why)]))
    }

    fn fresh(&self) -> Playground {
        let kubernetes = self.kubernetes_there_is();
        let mut options = options(self.asked().or(SCENARIOS.first()), self.seed, kubernetes);
        if let Some(environment) = self.environment() {
            options.environment = environment.with_kubernetes(kubernetes);
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

/// A sentence of its own, with a capital letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why a lesson cannot be had, by what its fetching said.
pub(super) fn lesson_refusal(why: &str, lang: Lang) -> &'static str {
    let known = ["lesson.missing", "lesson.origin", "lesson.large"];
    t(lang, known.into_iter().find(|key| *key == why).unwrap_or("lesson.missing"))
}

/// The other versions that a scenario is played under.
pub(super) fn others_of(scenario: &Scenario, here: Kubernetes) -> Vec<Kubernetes> {
    let versions = scenario.versions.iter().filter_map(|version| Version::parse(version)).map(Kubernetes::of);
    versions.filter(|it| *it != here).take(COMPARED_MAX).collect()
}

/// Plays what a playground begins with under other versions as well. Returns the branches.
pub(super) fn play_under(playground: &mut Playground, others: &[Kubernetes]) -> Vec<usize> {
    others.iter().map(|kubernetes| playground.branch_under(*kubernetes)).collect()
}

/// A playground at the start of a scenario.
pub(super) fn start(scenario: Option<&Scenario>, seed: u64, kubernetes: Kubernetes) -> Playground {
    Playground::new(options(scenario, seed, kubernetes))
}

fn options(scenario: Option<&Scenario>, seed: u64, kubernetes: Kubernetes) -> Options {
    let options = scenario.and_then(|it| it.options(seed));
    let options = options.expect("every scenario names an environment that exists; a test of the playground checks it");
    Options { environment: options.environment.clone().with_kubernetes(kubernetes), ..options }
}
