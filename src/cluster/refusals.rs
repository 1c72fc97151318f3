//! How admission begins what it says when it refuses: whoever explains a refusal takes it apart by these words.

/// An object would take more than a quota has left.
pub const QUOTA_EXCEEDED: &str = "exceeded quota: ";
/// An object does not say how much it takes of what a quota counts.
pub const QUOTA_UNSTATED: &str = "failed quota: ";
/// A pod is more than the level of its namespace allows; the level stands behind it.
pub const POD_SECURITY: &str = "violates PodSecurity \"";
/// An amount is not within the bounds of a range; whose amounts they are stands behind it.
pub const LIMIT_PER: &str = " usage per ";
