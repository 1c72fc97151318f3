//! What the API server answers when it refuses a request; knows nothing of how kubectl frames it.
//!
//! Follows apimachinery's pkg/api/errors/errors.go.

use crate::model::{Kind, Text};
use std::fmt;

/// A refused request. `Display` gives the message of the API's Status object, word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No object of that name.
    NotFound {
        /// The kind that was asked for.
        kind: Kind,
        /// The name that was asked for.
        name: Text,
    },
    /// The name is taken.
    AlreadyExists {
        /// The kind that was to be created.
        kind: Kind,
        /// The name that is taken.
        name: Text,
    },
    /// Somebody else wrote first.
    Conflict {
        /// The kind that was to be written.
        kind: Kind,
        /// The object's name.
        name: Text,
        /// What does not fit; empty for the usual text about a modified object.
        why: String,
    },
    /// The object breaks the API's rules.
    Invalid {
        /// The kind that was to be stored.
        kind: Kind,
        /// The object's name.
        name: Text,
        /// One text for each broken rule: `spec.replicas: Invalid value: -1: must be …`.
        causes: Vec<String>,
    },
    /// Admission said no.
    Forbidden {
        /// The kind that was to be stored.
        kind: Kind,
        /// The object's name.
        name: Text,
        /// The reason, as it stands behind `is forbidden: `.
        why: String,
    },
    /// `apply --server-side` wants fields that others own, in the API's words.
    ApplyConflict(String),
    /// The request itself, not the object, breaks the rules: a patch that makes something of a wrong type.
    InvalidRequest(String),
    /// The request cannot be understood.
    BadRequest(String),
    /// It asks for too much at once.
    TooLarge(String),
    /// Not now: a disruption budget holds.
    TooManyRequests(String),
    /// The server cannot do this.
    Internal(String),
    /// The same, without a reason.
    Unknown(String),
}

impl ApiError {
    /// The Status object's reason, as kubectl shows it in `Error from server (NotFound)`.
    pub fn reason(&self) -> &'static str {
        match self {
            ApiError::NotFound { .. } => "NotFound",
            ApiError::AlreadyExists { .. } => "AlreadyExists",
            ApiError::Conflict { .. } | ApiError::ApplyConflict(_) => "Conflict",
            ApiError::Invalid { .. } | ApiError::InvalidRequest(_) => "Invalid",
            ApiError::Forbidden { .. } => "Forbidden",
            ApiError::BadRequest(_) => "BadRequest",
            ApiError::TooLarge(_) => "RequestEntityTooLarge",
            ApiError::TooManyRequests(_) => "TooManyRequests",
            ApiError::Internal(_) => "InternalError",
            ApiError::Unknown(_) => "",
        }
    }

    /// Whether the object is missing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, ApiError::NotFound { .. })
    }

    /// Whether the name is taken.
    pub fn is_already_exists(&self) -> bool {
        matches!(self, ApiError::AlreadyExists { .. })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::NotFound { kind, name } => write!(f, "{} \"{name}\" not found", kind.qualified_plural()),
            ApiError::AlreadyExists { kind, name } => {
                write!(f, "{} \"{name}\" already exists", kind.qualified_plural())
            }
            ApiError::Conflict { kind, name, why } => {
                write!(f, "Operation cannot be fulfilled on {} \"{name}\": ", kind.qualified_plural())?;
                match why.as_str() {
                    "" => f.write_str(
                        "the object has been modified; please apply your changes to the latest version and try again",
                    ),
                    why => f.write_str(why),
                }
            }
            ApiError::Invalid { kind, name, causes } => {
                let names = kind.names();
                match names.group {
                    "" => write!(f, "{} \"{name}\" is invalid: ", names.kind)?,
                    group => write!(f, "{}.{group} \"{name}\" is invalid: ", names.kind)?,
                }
                match causes.as_slice() {
                    [only] => f.write_str(only),
                    several => write!(f, "[{}]", several.join(", ")),
                }
            }
            ApiError::Forbidden { kind, name, why } if name.is_empty() => {
                write!(f, "{} is forbidden: {why}", kind.qualified_plural())
            }
            ApiError::Forbidden { kind, name, why } => {
                write!(f, "{} \"{name}\" is forbidden: {why}", kind.qualified_plural())
            }
            ApiError::InvalidRequest(text)
            | ApiError::ApplyConflict(text)
            | ApiError::Unknown(text)
            | ApiError::BadRequest(text)
            | ApiError::TooLarge(text)
            | ApiError::TooManyRequests(text)
            | ApiError::Internal(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for ApiError {}
