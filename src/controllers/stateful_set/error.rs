//! What stops a sync; knows no back-off.

use crate::cluster::ApiError;
use crate::model::Text;
use std::fmt;

/// Why a sync is to be tried again, in the controller's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatefulSetError {
    texts: Vec<Text>,
    /// Whether the reason is that a name is taken.
    pub is_already_exists: bool,
}

impl StatefulSetError {
    /// One reason.
    pub fn new(text: impl Into<Text>) -> StatefulSetError {
        StatefulSetError { texts: vec![text.into()], is_already_exists: false }
    }

    /// All reasons together; each is told once.
    pub fn all(errors: Vec<StatefulSetError>) -> Result<(), StatefulSetError> {
        let mut texts: Vec<Text> = Vec::new();
        for text in errors.into_iter().flat_map(|error| error.texts) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        if texts.is_empty() { Ok(()) } else { Err(StatefulSetError { texts, is_already_exists: false }) }
    }

    /// The reasons as one text.
    pub fn text(&self) -> Text {
        self.to_string().into()
    }
}

impl From<ApiError> for StatefulSetError {
    fn from(error: ApiError) -> StatefulSetError {
        StatefulSetError { is_already_exists: error.is_already_exists(), ..StatefulSetError::new(error.to_string()) }
    }
}

impl fmt::Display for StatefulSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.texts.as_slice() {
            [only] => f.write_str(only),
            several => write!(f, "[{}]", several.join(", ")),
        }
    }
}

impl std::error::Error for StatefulSetError {}
