//! Somebody who asks the API server for something, with their groups; what they may do is said elsewhere.
//!
//! Follows apiserver's pkg/authentication/user/user.go.

use crate::model::{Object, Text};

/// The group whose members may do everything.
const MASTERS: &str = "system:masters";

/// Somebody in whose name a request is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name: `ann`, `system:serviceaccount:default:ops`.
    pub name: Text,
    /// Their groups, in order.
    pub groups: Vec<Text>,
    /// The UID, if one was given.
    pub uid: Text,
}

impl User {
    /// The account that the programs of a pod act as.
    pub fn of_pod(pod: &Object) -> User {
        let account = match pod.str_at(&["spec", "serviceAccountName"]) {
            "" => "default",
            name => name,
        };
        User::impersonated(&format!("system:serviceaccount:{}:{account}", pod.meta.namespace), &[], "")
    }

    /// Whom `--as`, `--as-group` and `--as-uid` name: a service account brings its groups unless others are named, and
    /// whoever is named is taken to have proved who they are.
    ///
    /// Follows `WithImpersonation` in apiserver's `endpoints/filters`.
    pub fn impersonated(name: &str, groups: &[String], uid: &str) -> User {
        let mut groups: Vec<Text> = groups.iter().map(|group| Text::new(group)).collect();
        if let Some((namespace, _)) = account_of(name).filter(|_| groups.is_empty()) {
            groups.push("system:serviceaccounts".into());
            groups.push(format!("system:serviceaccounts:{namespace}").into());
        }
        let known = if name == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
        let has_proof = |group: &Text| matches!(group.as_str(), "system:authenticated" | "system:unauthenticated");
        if !groups.iter().any(has_proof) {
            groups.push(known.into());
        }
        User { name: Text::new(name), groups, uid: Text::new(uid) }
    }

    /// Whether they may do everything.
    pub fn is_master(&self) -> bool {
        self.groups.iter().any(|group| group == MASTERS)
    }
}

/// Namespace and name of the service account that a user's name stands for.
pub(super) fn account_of(user: &str) -> Option<(&str, &str)> {
    user.strip_prefix("system:serviceaccount:")?.split_once(':')
}
