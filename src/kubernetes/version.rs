//! The versions of Kubernetes that the lab can be; knows their numbers, not what they mean.

use std::fmt;

/// A version of Kubernetes: the minor release behind `1.`, and the patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `36` of 1.36.2.
    pub minor: u8,
    /// `2` of 1.36.2.
    pub patch: u8,
}

/// What is known of a minor release.
struct Minor {
    minor: u8,
    /// The patch that the minor alone stands for: the one whose code was recorded.
    recorded: u8,
    /// The last patch that is known to behave so.
    last: u8,
    /// The patch of kubectl that goes with it, and the kustomize in it.
    kubectl: (u8, &'static str),
}

const MINORS: [Minor; 4] = [
    Minor { minor: 34, recorded: 9, last: 9, kubectl: (9, "v5.7.1") },
    Minor { minor: 35, recorded: 6, last: 6, kubectl: (6, "v5.7.1") },
    Minor { minor: 36, recorded: 2, last: 3, kubectl: (4, "v5.8.1") },
    Minor { minor: 37, recorded: 0, last: 0, kubectl: (0, "v5.8.1") },
];

impl Version {
    /// The version of the recorded sessions, and that of stored sessions and links that name none.
    pub const RECORDED: Version = Version { minor: 36, patch: 2 };

    /// What a page shows that names no version.
    pub const DEFAULT: Version = Version::new(37, 0);

    /// The version in which `maxUnavailable` counted for the first time, until it was switched off again.
    pub const MAX_UNAVAILABLE_TRIED: Version = Version::new(35, 0);

    /// The versions that a minor alone stands for, oldest first.
    pub fn all() -> impl Iterator<Item = Version> {
        MINORS.iter().map(|known| Version { minor: known.minor, patch: known.recorded })
    }

    /// The version 1.`minor`.`patch`, for the tables of what begins and ends with it.
    pub const fn new(minor: u8, patch: u8) -> Version {
        Version { minor, patch }
    }

    /// Reads `1.36`, `v1.36` or `v1.36.2`. `None` for anything else and for versions that the lab does not know.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split('.');
        let mut number = || parts.next().map(|part| part.parse::<u8>().ok());
        let (Some(Some(1)), Some(Some(minor)), patch, None) = (number(), number(), number(), number()) else {
            return None;
        };
        let known = MINORS.iter().find(|known| known.minor == minor)?;
        let patch = match patch {
            None => known.recorded,
            Some(patch) => patch.filter(|patch| *patch <= known.last)?,
        };
        Some(Version { minor, patch })
    }

    /// `1.36`.
    pub fn short(self) -> String {
        format!("1.{}", self.minor)
    }

    /// The version of kubectl that goes with it: `v1.36.4`.
    pub fn kubectl(self) -> String {
        let patch = self.facts().map_or(0, |known| known.kubectl.0);
        format!("v1.{}.{patch}", self.minor)
    }

    /// The version of kustomize in that kubectl.
    pub fn kustomize(self) -> &'static str {
        self.facts().map_or("", |known| known.kubectl.1)
    }

    fn facts(self) -> Option<&'static Minor> {
        MINORS.iter().find(|known| known.minor == self.minor)
    }
}

/// `v1.36.2`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1.{}.{}", self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_people_write_them() {
        for (text, read) in [("1.36", "v1.36.2"), ("v1.35", "v1.35.6"), ("v1.35.0", "v1.35.0"), ("1.37", "v1.37.0")] {
            assert_eq!(Version::parse(text).map(|version| version.to_string()), Some(read.to_string()), "{text}");
        }
        for text in ["", "1", "2.36", "1.33", "1.38", "1.36.9", "1.36.2.1", "1.x", "latest", "vv1.36", "1.-1", "1.999"]
        {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
