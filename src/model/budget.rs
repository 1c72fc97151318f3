//! What a PodDisruptionBudget's object says, read by name.

use super::Object;

fn counted(budget: &Object, path: &[&str]) -> i64 {
    budget.i64_at(path).unwrap_or(0)
}

/// How many of its pods may be evicted now.
pub fn disruptions_allowed(budget: &Object) -> i64 {
    counted(budget, &["status", "disruptionsAllowed"])
}

/// How many pods it covers.
pub fn expected_pods(budget: &Object) -> i64 {
    counted(budget, &["status", "expectedPods"])
}

/// How many of them are healthy.
pub fn current_healthy(budget: &Object) -> i64 {
    counted(budget, &["status", "currentHealthy"])
}

/// How many of them have to be.
pub fn desired_healthy(budget: &Object) -> i64 {
    counted(budget, &["status", "desiredHealthy"])
}
