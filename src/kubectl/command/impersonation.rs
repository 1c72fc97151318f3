//! Commands that wait, in somebody's name (`--as`).

use super::{Cx, Door, Flow, Job};
use crate::cluster::User;
use crate::kubectl::screen_text::Prompt;
use crate::model::Millis;
use std::rc::Rc;

/// A command that goes on in the name of somebody else.
#[derive(Clone, Debug)]
struct Impersonated {
    user: Rc<User>,
    job: Box<dyn Job>,
}

/// The rest of a command in the name of somebody, if there is a rest.
pub fn in_the_name_of(user: Option<Rc<User>>, flow: Flow) -> Flow {
    match (user, flow) {
        (Some(user), Flow::Wait(job)) => Flow::Wait(Box::new(Impersonated { user, job })),
        (_, flow) => flow,
    }
}

impl Impersonated {
    fn go_on(self, cx: &mut Cx<'_>, step: impl FnOnce(Box<dyn Job>, &mut Cx<'_>) -> Flow) -> Flow {
        cx.user = Some(Rc::clone(&self.user));
        in_the_name_of(Some(self.user), step(self.job, cx))
    }
}

impl Job for Impersonated {
    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        self.go_on(cx, |job, cx| job.poll(cx))
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(self.clone())
    }

    fn wakes_at(&self) -> Option<Millis> {
        self.job.wakes_at()
    }

    fn prompt(&self) -> Option<Prompt> {
        self.job.prompt()
    }

    fn line(self: Box<Self>, text: &str, cx: &mut Cx<'_>) -> Flow {
        self.go_on(cx, |job, cx| job.line(text, cx))
    }

    fn interrupt(self: Box<Self>, cx: &mut Cx<'_>) -> Option<Flow> {
        cx.user = Some(Rc::clone(&self.user));
        let user = self.user;
        self.job.interrupt(cx).map(|flow| in_the_name_of(Some(user), flow))
    }

    fn end_of_input(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        self.go_on(cx, |job, cx| job.end_of_input(cx))
    }

    fn is_endless(&self) -> bool {
        self.job.is_endless()
    }

    fn is_session(&self) -> bool {
        self.job.is_session()
    }

    fn is_editing(&self) -> bool {
        self.job.is_editing()
    }

    fn door(&self) -> Option<&Door> {
        self.job.door()
    }

    fn answer(self: Box<Self>, text: Option<&str>, cx: &mut Cx<'_>) -> Flow {
        self.go_on(cx, |job, cx| job.answer(text, cx))
    }
}
