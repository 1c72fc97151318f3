//! What the console needs of the world around it: the API server and the editor; implemented by the playground.

use crate::cluster::{Change, Cluster, Fault};

/// The world that a console is connected to.
pub trait Host {
    /// The API server, to read.
    fn cluster(&self) -> &Cluster;

    /// The API server, to write. Controllers hear of the writes after the command's turn.
    fn cluster_mut(&mut self) -> &mut Cluster;

    /// What was written since waiting commands were polled last, oldest first.
    fn news(&self) -> &[Change];

    /// The text in the page's editor; `-f manifest.yaml` means it unless a file of that name was written.
    fn editor_text(&self) -> &str;

    /// Breaks or mends something that the API does not show.
    ///
    /// # Errors
    /// What does not exist or cannot be broken, in words.
    fn fault(&mut self, fault: Fault) -> Result<(), String>;
}
