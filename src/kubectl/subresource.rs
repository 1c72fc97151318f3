//! What `--subresource` means: a part of an object that has a place of its own below it; writes nothing.

use super::command::Failure;
use crate::cluster::Part;
use crate::model::Kind;

/// What the API server says of a place below an object that a kind does not have.
pub const NO_SUBRESOURCE: &str = "Error from server (NotFound): the server could not find the requested resource";

/// What it says of a place that can be written, but neither read nor changed by a patch.
const NOT_ALLOWED: &str =
    "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource";

/// What is written or read in the place of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The object itself.
    Whole,
    /// A part of it.
    Part(Part),
    /// Its Scale.
    Scale,
}

impl Place {
    /// The place of this name below an object of a kind.
    ///
    /// # Errors
    /// What the API server says where there is no such place.
    pub fn named(name: &str, kind: Kind) -> Result<Place, Failure> {
        match name {
            "" => Ok(Place::Whole),
            "scale" if kind.info().is_scalable => Ok(Place::Scale),
            "binding" | "eviction" if kind == Kind::Pod => Err(Failure::Raw(NOT_ALLOWED.into())),
            "finalize" if kind == Kind::Namespace => Err(Failure::Raw(NOT_ALLOWED.into())),
            "token" if kind == Kind::ServiceAccount => Err(Failure::Raw(NOT_ALLOWED.into())),
            name => match Part::named(name, kind) {
                Some(part) => Ok(Place::Part(part)),
                None => Err(Failure::Raw(NO_SUBRESOURCE.into())),
            },
        }
    }
}
