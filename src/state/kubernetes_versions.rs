//! Other versions of Kubernetes: a lab that begins anew as one, and those that lie beside it and follow what is done.

use super::notice::Notice;
use super::{Effect, State};
use crate::kubernetes::{Kubernetes, Version};
use crate::playground::Playground;

impl State {
    /// The branches beside that tell the story of this one under another Kubernetes.
    pub(super) fn versions_beside(&self) -> Vec<usize> {
        let playground = self.playground.borrow();
        self.compared.iter().copied().filter(|branch| playground.is_same_story(*branch)).collect()
    }

    /// What was done here is done in them as well; `before` are those that lay beside before it was done.
    pub(super) fn follow_beside(&mut self, (epoch, before): (u32, Vec<usize>)) {
        let mut playground = self.playground.borrow_mut();
        for branch in &mut self.compared {
            if epoch == self.epoch && before.contains(branch) || playground.is_same_story(*branch) {
                *branch = playground.follow(*branch);
            }
        }
    }

    /// What the lab began as.
    pub(super) fn kubernetes(&self) -> Kubernetes {
        self.playground.borrow().options().environment.kubernetes
    }

    /// Starts the scenario, the text or the lesson at hand anew as another Kubernetes.
    pub(super) fn begin_as(&mut self, version: Version, effects: &mut Vec<Effect>) {
        let lesson = self.playground.borrow().lesson_anew(Kubernetes::of(version));
        self.begin_what_it_was(version, lesson, effects);
        let runs = self.playground.borrow().cluster().kubernetes().version().to_string();
        let told = Notice::filled(self.view.lang, "app.version.begun", &[("version", &runs)]);
        self.notice = Some(match self.notice.take() {
            Some(notice) => told.and(notice),
            None => told,
        });
    }

    pub(super) fn begin_what_it_was(
        &mut self,
        version: Version,
        lesson: Option<Playground>,
        effects: &mut Vec<Effect>,
    ) {
        match lesson {
            Some(playground) => self.begin_with(playground, effects),
            None if self.own.is_some() => {
                let mut options = self.playground.borrow().options().clone();
                options.environment = options.environment.clone().with_kubernetes(Kubernetes::of(version));
                self.begin_with(Playground::new(options), effects);
            }
            None => self.begin_scenario(self.scenario, Some(version), effects),
        }
    }
}
