//! Why something is changed: the command line, as `--record` notes it.

use super::Cx;
use crate::model::{Object, Text, Value};

/// The annotation with the cause of the last change.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

impl Cx<'_> {
    /// Notes in an object why it is changed, if that was asked for.
    ///
    /// Follows `ChangeCauseRecorder` of cli-runtime's genericclioptions.
    pub fn note_cause(&self, object: &mut Object) {
        if let Some(cause) = &self.cause {
            object.meta.annotations.insert(Text::new(CHANGE_CAUSE), cause.clone());
        }
    }

    /// The same in the tree of one.
    pub fn note_cause_in(&self, value: &mut Value) {
        if let Some(cause) = &self.cause {
            value.set_at(&["metadata", "annotations", CHANGE_CAUSE], cause);
        }
    }
}
