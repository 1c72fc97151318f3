//! Kinds that CustomResourceDefinitions bring: their names, kept once each, so that a kind stays a small value that is copied.

use super::kind_info::KindInfo;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Mutex;

/// So many different sets of names are kept, of all clusters of this process together; beyond them no definition is
/// taken any more. Far more than the sessions of one page can bring, so that no session's outcome hangs on the others'.
const KEPT_MAX: usize = 50_000;

/// The names that were ever asked for. They are never given back: what a kind is called is all that is kept, and who
/// asks twice gets the same again. Up to the limit nothing depends on who asked before.
static KEPT: Mutex<Vec<&'static KindInfo>> = Mutex::new(Vec::new());

/// A kind of a group that is not Kubernetes' own.
///
/// Two are equal if they have the same group and plural, as in the API's paths; whatever else a definition says of them
/// may change while their objects stay.
#[derive(Clone, Copy, Debug)]
pub struct CustomKind(&'static KindInfo);

/// What a definition calls its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomNames<'a> {
    /// `Pan`.
    pub kind: &'a str,
    /// `kitchen.example.com`.
    pub group: &'a str,
    /// `v1`: the version that clients prefer.
    pub version: &'a str,
    /// `pans`.
    pub plural: &'a str,
    /// `pan`.
    pub singular: &'a str,
    /// `pn`.
    pub short: Vec<&'a str>,
    /// `all`.
    pub categories: Vec<&'a str>,
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
    /// Whether it has the subresource `status`.
    pub has_status: bool,
    /// Whether it has the subresource `scale`.
    pub is_scalable: bool,
}

impl CustomKind {
    /// The kind of these names. `None` once there are too many.
    pub fn named(names: &CustomNames<'_>) -> Option<CustomKind> {
        let mut kept = KEPT.lock().ok()?;
        if let Some(known) = kept.iter().find(|info| is_same(info, names)) {
            return Some(CustomKind(known));
        }
        if kept.len() >= KEPT_MAX {
            return None;
        }
        let info: &'static KindInfo = Box::leak(Box::new(KindInfo {
            kind: kept_text(names.kind),
            group: kept_text(names.group),
            version: kept_text(names.version),
            api_version: kept_text(&format!("{}/{}", names.group, names.version)),
            plural: kept_text(names.plural),
            singular: kept_text(names.singular),
            short: kept_list(&names.short),
            is_namespaced: names.is_namespaced,
            has_status: names.has_status,
            has_generation: true,
            is_scalable: names.is_scalable,
            is_inert: false,
            owns_nothing: false,
            pods: None,
            categories: kept_list(&names.categories),
            columns: &[],
        }));
        kept.push(info);
        Some(CustomKind(info))
    }

    /// What the API says about it.
    pub const fn info(self) -> &'static KindInfo {
        self.0
    }

    /// The name of its definition: `pans.kitchen.example.com`.
    pub fn definition(self) -> String {
        format!("{}.{}", self.0.plural, self.0.group)
    }

    fn identity(self) -> (&'static str, &'static str) {
        (self.0.group, self.0.plural)
    }
}

fn is_same(info: &KindInfo, names: &CustomNames<'_>) -> bool {
    info.kind == names.kind
        && info.group == names.group
        && info.version == names.version
        && info.plural == names.plural
        && info.singular == names.singular
        && info.short == names.short
        && info.categories == names.categories
        && info.is_namespaced == names.is_namespaced
        && info.has_status == names.has_status
        && info.is_scalable == names.is_scalable
}

fn kept_text(text: &str) -> &'static str {
    Box::leak(text.to_string().into_boxed_str())
}

fn kept_list(texts: &[&str]) -> &'static [&'static str] {
    Box::leak(texts.iter().map(|text| kept_text(text)).collect::<Vec<_>>().into_boxed_slice())
}

impl PartialEq for CustomKind {
    fn eq(&self, other: &CustomKind) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for CustomKind {}

impl PartialOrd for CustomKind {
    fn partial_cmp(&self, other: &CustomKind) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CustomKind {
    fn cmp(&self, other: &CustomKind) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl Hash for CustomKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pan<'a>() -> CustomNames<'a> {
        let (kind, group, version) = ("Pan", "kitchen.example.com", "v1");
        CustomNames { kind, group, version, plural: "pans", singular: "pan", ..CustomNames::default() }
    }

    #[test]
    fn a_kind_is_kept_once_and_stays_itself_under_other_short_names() {
        let first = CustomKind::named(&pan()).unwrap();
        let again = CustomKind::named(&pan()).unwrap();
        assert!(std::ptr::eq(first.info(), again.info()));
        let renamed = CustomKind::named(&CustomNames { short: vec!["pn"], ..pan() }).unwrap();
        assert_eq!(first, renamed);
        assert_eq!(renamed.info().short, ["pn"]);
        let other = CustomKind::named(&CustomNames { group: "a.example.com", ..pan() }).unwrap();
        assert!(other < first && first.definition() == "pans.kitchen.example.com");
    }
}
