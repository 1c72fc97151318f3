//! A client's request and what the API server answered.

use super::error::ApiError;
use crate::model::{Key, Object};
use std::rc::Rc;

/// A verb that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum Asked {
    Create,
    Update,
    UpdateStatus,
    Delete,
}

/// A request and its answer. Unlike a [`super::Change`] it is kept as well if it changed nothing or was refused.
#[derive(Clone, Debug)]
pub struct Request {
    /// What was asked for.
    pub asked: Asked,
    /// Of which object.
    pub key: Key,
    /// What came of it.
    pub answer: Result<Rc<Object>, ApiError>,
}
