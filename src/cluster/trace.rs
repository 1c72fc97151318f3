//! What clients asked of the API server and what it answered, kept while somebody wants to see it; changes nothing.

use super::error::ApiError;
use super::request::{Asked, Request};
use super::store::Cluster;
use crate::model::{Key, Object};
use std::rc::Rc;

impl Cluster {
    /// Keeps requests from now on.
    pub fn trace_requests(&mut self) {
        self.requests.get_or_insert_default();
    }

    /// Takes the requests since the last call, oldest first; none unless they are kept.
    pub fn take_requests(&mut self) -> Vec<Request> {
        self.requests.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Does what was asked and keeps it if requests are kept.
    pub(super) fn traced(
        &mut self,
        asked: Asked,
        key: impl Fn() -> Key,
        act: impl FnOnce(&mut Cluster) -> Result<Rc<Object>, ApiError>,
    ) -> Result<Rc<Object>, ApiError> {
        if self.requests.is_none() {
            return act(self);
        }
        let key = key();
        let answer = act(self);
        if let Some(requests) = &mut self.requests {
            requests.push(Request { asked, key, answer: answer.clone() });
        }
        answer
    }
}
