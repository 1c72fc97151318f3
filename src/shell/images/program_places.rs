//! Where an image's own programs and servers stand.

use super::Image;

impl Image {
    /// Whether one of its own programs stands at a path, by the table.
    pub fn has_program_at(&self, path: &str) -> bool {
        self.row.is_some_and(|row| row.programs.contains(&path)) && path.starts_with('/')
    }

    /// The folder of the path in which a program of it is found that stands in one of the usual ones. Servers are where
    /// their makers put them, of which the table says nothing: those that are made for images install them by
    /// themselves, below `/usr/local`.
    pub fn usual_place(&self, name: &str) -> &'static str {
        const OF_PACKAGES: &[&str] = &["mariadb", "mysql", "nginx"];
        match self.row {
            Some(row) if row.servers.contains(&name) && !self.is_repackaged => match () {
                () if name.ends_with(".sh") => "/usr/local/bin",
                () if OF_PACKAGES.contains(&row.name) => "/usr/sbin",
                () => "/usr/local/bin",
            },
            _ => "/usr/bin",
        }
    }

    /// The names of its own programs and servers that stand in a folder of the path.
    pub fn own_names(&self, folder: &str) -> impl Iterator<Item = &'static str> {
        let all = self.row.into_iter().flat_map(|row| row.programs.iter().chain(&row.servers)).copied();
        let is_here = move |name: &&str| self.usual_place(name) == folder;
        all.filter(|name| !name.contains('/') && *name != "…").filter(is_here)
    }

    /// Whether a program of its own may stand in a folder, as far as the table says.
    pub fn may_stand_in(&self, folder: &str, name: &str) -> bool {
        const FOLDERS: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/sbin"];
        FOLDERS.contains(&folder)
            && self.row.is_some_and(|row| row.programs.iter().chain(&row.servers).any(|own| *own == name))
    }

    /// Where one of its own programs stands that is not in the usual folders.
    pub fn place_of(&self, name: &str) -> Option<&'static str> {
        let row = self.row?;
        let is_usual = row.programs.iter().chain(&row.servers).any(|own| *own == name);
        let mut own = row.programs.iter().filter(|own| own.starts_with('/') && !is_usual);
        own.find(|own| own.rsplit('/').next() == Some(name)).copied()
    }
}
