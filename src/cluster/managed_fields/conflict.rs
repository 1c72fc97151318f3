//! What server-side apply says where others own the fields that it would change; finds no conflict itself.
//!
//! Follows apimachinery's pkg/util/managedfields/internal/conflict.go.

use crate::cluster::error::ApiError;
use crate::model::Manager;
use crate::ordering::Order;

/// The refusal of an apply that would take fields from others: who owns which, each with the fields' paths.
pub(super) fn refused(conflicts: Vec<(Manager, Vec<String>)>, api_version: &str) -> ApiError {
    let who = |manager: &Manager| {
        let mut text = format!("{:?}", manager.name.as_str());
        if !manager.subresource.is_empty() {
            text.push_str(&format!(" with subresource {:?}", manager.subresource.as_str()));
        }
        if !manager.applies {
            text.push_str(&format!(" using {api_version}"));
        }
        text
    };
    let count: usize = conflicts.iter().map(|(_, paths)| paths.len()).sum();
    if let ([(manager, paths)], 1) = (conflicts.as_slice(), count) {
        let text = format!("Apply failed with 1 conflict: conflict with {}: {}", who(manager), paths.join(""));
        return ApiError::ApplyConflict(text);
    }
    let mut texts: Vec<String> = conflicts
        .iter()
        .map(|(manager, paths)| format!("conflicts with {}:\n- {}", who(manager), paths.join("\n- ")))
        .collect();
    texts.order();
    ApiError::ApplyConflict(format!("Apply failed with {count} conflicts: {}", texts.join("\n")))
}
