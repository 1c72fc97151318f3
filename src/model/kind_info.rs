//! What everybody knows of a kind: names, scope and what its objects have; knows no kind itself.

/// What the API says about a kind: its row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// `StatefulSet`.
    pub kind: &'static str,
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `apps/v1`; `v1` for the core group.
    pub api_version: &'static str,
    /// `statefulsets`.
    pub plural: &'static str,
    /// `statefulset`.
    pub singular: &'static str,
    /// `sts`.
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
    /// Whether it has a status that is written on its own.
    pub has_status: bool,
    /// Whether the API server counts changes of its spec.
    pub has_generation: bool,
    /// Whether it has the subresource `scale`.
    pub is_scalable: bool,
    /// Whether nothing here acts on its objects: they are kept and shown, and who makes one is told so.
    pub is_inert: bool,
    /// Whether its objects may not own others.
    pub owns_nothing: bool,
    /// Where its objects keep the spec of their pods; `None` for a kind without pods.
    pub pods: Option<&'static [&'static str]>,
    /// The groups of kinds that it belongs to, beside those that kubectl knows itself: `all`.
    pub categories: &'static [&'static str],
    /// The columns of `get` between name and age, for a kind whose cells are its fields as they stand: header and
    /// path. What says more than a field is filled in by `kubectl/kinds.rs`.
    pub columns: &'static [(&'static str, &'static [&'static str])],
}

/// A namespaced kind without status and generation.
pub(super) const fn row(
    kind: &'static str,
    api_version: &'static str,
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo {
        kind,
        group,
        version: "v1",
        api_version,
        plural,
        singular,
        short,
        is_namespaced: true,
        has_status: false,
        has_generation: false,
        is_scalable: false,
        is_inert: false,
        owns_nothing: false,
        pods: None,
        categories: &[],
        columns: &[],
    }
}

impl KindInfo {
    pub(super) const fn version(mut self, version: &'static str) -> KindInfo {
        self.version = version;
        self
    }

    pub(super) const fn of_the_cluster(mut self) -> KindInfo {
        self.is_namespaced = false;
        self
    }

    pub(super) const fn with_status(mut self) -> KindInfo {
        self.has_status = true;
        self
    }

    pub(super) const fn with_generation(mut self) -> KindInfo {
        self.has_generation = true;
        self
    }

    pub(super) const fn columns(mut self, columns: &'static [(&'static str, &'static [&'static str])]) -> KindInfo {
        self.columns = columns;
        self
    }

    pub(super) const fn pods(mut self, path: &'static [&'static str]) -> KindInfo {
        self.pods = Some(path);
        self
    }

    pub(super) const fn inert(mut self) -> KindInfo {
        self.is_inert = true;
        self
    }

    pub(super) const fn owns_nothing(mut self) -> KindInfo {
        self.owns_nothing = true;
        self
    }

    pub(super) const fn scalable(mut self) -> KindInfo {
        self.is_scalable = true;
        self
    }
}
