//! Which block of the table an image's name means, and where its makers publish it.

use super::table::{Row, rows};

/// What stands before a server's name where somebody has built or copied its image.
const BUILT_BY: &[&str] = &["cp", "docker", "library", "mirrored", "my", "official"];

/// What stands behind a server's name and says how it is built or run: it is the same server still.
const BUILDS: &[&str] = &[
    "alpine",
    "amd64",
    "arm",
    "arm64",
    "base",
    "bookworm",
    "ce",
    "cluster",
    "community",
    "debian",
    "distroless",
    "ee",
    "enterprise",
    "galera",
    "ha",
    "latest",
    "micro",
    "minimal",
    "multiarch",
    "native",
    "official",
    "oss",
    "repmgr",
    "server",
    "sharded",
    "slim",
    "stack",
    "ubi",
    "ubi8",
    "ubi9",
    "ubuntu",
    "unprivileged",
];

/// The block that a repository's name means: the one that is called so, perhaps with words around it that tell how it is
/// built. A name that only contains a server's is another program's: `redis-consumer`, `app-debian`.
pub(super) fn row_of(repository: &str) -> Option<&'static Row> {
    let is_called = |row: &&Row, name: &str| row.name == name || row.others.contains(&name);
    let mut parts: Vec<&str> = repository.split('-').collect();
    loop {
        let name = parts.join("-");
        if let Some(row) = rows().iter().find(|row| is_called(row, &name)) {
            return Some(row);
        }
        if parts.len() > 1 && parts.first().is_some_and(|first| BUILT_BY.contains(first)) {
            parts.remove(0);
        } else if parts.len() > 1 && parts.last().is_some_and(|last| BUILDS.contains(last)) {
            parts.pop();
        } else {
            return None;
        }
    }
}

impl Row {
    /// Whether what stands before an image's last word is where its makers publish it, or a mirror of that: what others
    /// call so begins by a script of theirs.
    pub(super) fn is_published_at(&self, path: &str) -> bool {
        // A mirror keeps the path behind a name of its own.
        let is_makers =
            |maker: &&str| path.strip_suffix(*maker).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        let is_everywhere = !self.is_official && self.makers.is_empty();
        let is_library = || path.split('/').any(|part| part == "library");
        is_everywhere || matches!(path, "" | "docker.io") || self.makers.iter().any(is_makers) || is_library()
    }
}

/// The first two numbers of a version.
pub(in crate::shell) type OfficialVersion = (u64, u64);

/// The names that a registry serves under themselves, as far as the table has them.
pub(in crate::shell) fn official_names() -> impl Iterator<Item = &'static str> {
    rows().iter().filter(|row| row.is_official).map(|row| row.name)
}

/// The tags that are all that was ever published of an image; none if the table does not say.
pub(in crate::shell) fn published(repository: &str) -> &'static [&'static str] {
    rows().iter().find(|row| row.name == repository).map_or(&[], |row| &row.published)
}

/// The newest version that is known of such an image.
pub(in crate::shell) fn official_version(repository: &str) -> Option<OfficialVersion> {
    let row = rows().iter().find(|row| row.is_official && row.name == repository)?;
    let mut numbers = row.version.split('.').map(|part| part.parse().unwrap_or(0));
    Some((numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}
