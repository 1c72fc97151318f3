//! What the console needs of the world around it: the API server and the editor; implemented by the playground.

use crate::cluster::{Change, Cluster, Fault, Refusal};
use crate::i18n::Lang;
use crate::kubernetes::Kubernetes;
use crate::model::{Key, Value};

/// Why a command lets time pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Its request is on the way: between two writes.
    Request,
    /// Its program starts: between two commands of a line.
    Command,
}

/// The world that a console is connected to.
pub trait Host {
    /// The API server, to read.
    fn cluster(&self) -> &Cluster;

    /// The API server, to write. Controllers hear of the writes after the command's turn.
    fn cluster_mut(&mut self) -> &mut Cluster;

    /// Lets a few milliseconds of virtual time pass, in which the control plane reacts to what was written.
    fn pause(&mut self, why: Pause);

    /// What was written since waiting commands were polled last, oldest first.
    fn news(&self) -> &[Change];

    /// The text in the page's editor; `-f manifest.yaml` means it unless a file of that name was written.
    fn editor_text(&self) -> &str;

    /// Breaks or mends something that the API does not show.
    ///
    /// # Errors
    /// What does not exist or cannot be broken.
    fn fault(&mut self, fault: Fault) -> Result<(), Refusal>;

    /// Learns that a command wrote files in a pod's containers: no object tells of it. A world that explains nothing
    /// forgets it.
    fn wrote_files(&mut self, _pod: &Key) {}

    /// Says what applying manifests in a namespace would lead to, here or under another Kubernetes. Changes nothing but the
    /// count of the work that was done.
    fn plan(&mut self, manifests: &[Value], namespace: &str, kubernetes: Kubernetes, lang: Lang) -> Vec<String>;

    /// Makes the running cluster another Kubernetes; what is stored stays.
    fn upgrade(&mut self, kubernetes: Kubernetes);

    /// Puts a fresh cluster in the place of this one.
    fn start_over(&mut self, kubernetes: Kubernetes);

    /// Says why objects are not as they are asked to be, what helps, and how it came; of everything in a namespace
    /// without objects. Nothing of one that nobody knows, and nothing in a world that explains nothing.
    fn why(&self, _objects: &[Key], _namespace: &str, _lang: Lang) -> Vec<String> {
        Vec::new()
    }
}
