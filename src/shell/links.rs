//! Symbolic links among the files of a container: where a path really leads.

use super::container::{Container, parent_of};
use super::path_kind::Found;
use crate::cluster::Cluster;
use crate::model::Text;
use crate::world::disk::Entry;
use std::borrow::Cow;

/// The most links that one path goes through, as in the kernel.
const LINKS_MAX: usize = 40;

impl Container {
    /// Where a path leads, with every link on the way followed.
    pub fn resolved<'p>(&self, cluster: &Cluster, path: &'p str) -> Cow<'p, str> {
        self.walked(cluster, path, true)
    }

    /// The same for the directories alone: what stands there may be a link.
    pub(super) fn resolved_above<'p>(&self, cluster: &Cluster, path: &'p str) -> Cow<'p, str> {
        self.walked(cluster, path, false)
    }

    fn walked<'p>(&self, cluster: &Cluster, path: &'p str, follows_last: bool) -> Cow<'p, str> {
        if !cluster.disks().has_links() {
            return Cow::Borrowed(path);
        }
        let mut rest: Vec<Text> = path.rsplit('/').filter(|part| !part.is_empty()).map(Text::new).collect();
        let (mut at, mut count) = (String::new(), 0);
        while let Some(part) = rest.pop() {
            if part == ".." {
                at = parent_of(&at).trim_end_matches('/').to_string();
                continue;
            }
            let next = format!("{at}/{part}");
            let target = if follows_last || !rest.is_empty() { self.own_link(cluster, &next) } else { None };
            match target {
                Some(target) if count < LINKS_MAX => {
                    count += 1;
                    if target.starts_with('/') {
                        at.clear();
                    }
                    rest.extend(target.rsplit('/').filter(|part| !matches!(*part, "" | ".")).map(Text::new));
                }
                _ => at = next,
            }
        }
        Cow::Owned(if at.is_empty() { "/".to_string() } else { at })
    }

    /// Where the link at a path leads, if there is one.
    pub fn link_at(&self, cluster: &Cluster, path: &str) -> Option<Text> {
        if !cluster.disks().has_links() {
            return None;
        }
        self.own_link(cluster, &self.resolved_above(cluster, path))
    }

    /// What stands under a path; a link that leads nowhere stands there, too.
    pub fn lookup_itself(&self, cluster: &Cluster, path: &str) -> Option<Found> {
        self.lookup(cluster, path).or_else(|| {
            let link = self.link_at(cluster, path)?;
            let entry = Entry::File(Text::default());
            let owner = self.link_owner(cluster, path)?;
            Some(Found { link: Some(link), ..Found::new(entry, owner.1, owner.0) })
        })
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// As the system says it.
    pub fn link(&self, cluster: &mut Cluster, path: &str, target: &str) -> Result<(), super::container::FileError> {
        if self.lookup_itself(cluster, path).is_some() {
            return Err(super::container::FileError::Exists);
        }
        self.put(cluster, path, Entry::Link(Text::new(target)))
    }
}
