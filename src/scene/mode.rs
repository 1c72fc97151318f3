//! Which picture of a cluster: by identity, by node or by owner.

use super::by_identity::by_identity;
use super::by_node::by_node;
use super::by_owner::by_owner;
use super::cards::Source;
use super::item::{Scene, View};

/// Which picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A column for each ordinal.
    #[default]
    Identity,
    /// Zones and nodes.
    Nodes,
    /// Each object below the one that keeps it alive.
    Owners,
}

impl Mode {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Mode; 3] = [Mode::Identity, Mode::Nodes, Mode::Owners];

    /// Its name in addresses and attributes.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Identity => "identity",
            Mode::Nodes => "node",
            Mode::Owners => "owner",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// The picture of this kind.
    pub fn scene(self, source: Source<'_>, view: &View) -> Scene {
        match self {
            Mode::Identity => by_identity(source, view),
            Mode::Nodes => by_node(source, view),
            Mode::Owners => by_owner(source, view),
        }
    }
}
