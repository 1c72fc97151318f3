//! Reads CustomResourceDefinitions: which kind one brings, and which versions it serves; knows no store.
//!
//! Follows apiextensions-apiserver: `pkg/apis/apiextensions/v1/types.go` and the handler in `pkg/apiserver`.

use crate::model::conditions::is_true;
use crate::model::{CustomKind, CustomNames, Kind, Object, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// Holds a definition until its objects are gone.
pub const CLEANUP_FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The versions that a definition serves.
pub(super) fn served_versions(definition: &Object) -> impl Iterator<Item = &Value> {
    let versions = definition.list_at(&["spec", "versions"]).iter();
    versions.filter(|version| version.get("served").and_then(Value::as_bool) == Some(true))
}

/// The kinds of the definitions that are established, in order.
pub(super) fn served<'a>(definitions: impl Iterator<Item = &'a Rc<Object>>) -> Vec<Kind> {
    let established = definitions.filter(|definition| is_true(definition, "Established"));
    let mut kinds: Vec<Kind> = established.filter_map(|definition| kind_of_definition(definition)).collect();
    kinds.order();
    kinds
}

/// The kind that a definition brings. `None` if it serves no version, or too many kinds were named before.
pub fn kind_of_definition(definition: &Object) -> Option<Kind> {
    let mut versions: Vec<&Value> = served_versions(definition).collect();
    versions.order_by(|a, b| priority(a.str_at(&["name"])).cmp(&priority(b.str_at(&["name"]))));
    kind_in(definition, versions.first()?)
}

/// The kind that a definition brings, as it is in one of its versions.
pub(super) fn kind_in(definition: &Object, version: &Value) -> Option<Kind> {
    let names = |field: &'static str| definition.str_at(&["spec", "names", field]);
    let list = |field: &'static str| {
        definition.list_at(&["spec", "names", field]).iter().filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let has = |name: &'static str| version.at(&["subresources", name]).is_some_and(|it| !it.is_null());
    CustomKind::named(&CustomNames {
        kind: names("kind"),
        group: definition.str_at(&["spec", "group"]),
        version: version.str_at(&["name"]),
        plural: names("plural"),
        singular: names("singular"),
        short: list("shortNames"),
        categories: list("categories"),
        is_namespaced: definition.str_at(&["spec", "scope"]) == "Namespaced",
        has_status: has("status"),
        is_scalable: has("scale"),
    })
    .map(Kind::Custom)
}

/// The order in which clients prefer versions: `v2`, `v1`, `v1beta2`, `v1alpha1`, and whatever else by name.
///
/// Follows `CompareKubeAwareVersionStrings` in apimachinery's `pkg/version`.
fn priority(version: &str) -> (u8, i64, i64, &str) {
    let number = |text: &str| text.parse::<i64>().ok();
    let plain = version.strip_prefix('v').and_then(number).map(|major| (0, -major, 0));
    let staged = |stage: &str, rank: u8| {
        let (major, minor) = version.strip_prefix('v')?.split_once(stage)?;
        Some((rank, -number(major)?, -number(minor)?))
    };
    let known = plain.or_else(|| staged("beta", 1)).or_else(|| staged("alpha", 2));
    let (rank, major, minor) = known.unwrap_or((3, 0, 0));
    (rank, major, minor, version)
}

#[cfg(test)]
mod tests {
    use super::priority;

    #[test]
    fn stable_versions_come_before_beta_before_alpha() {
        let mut all = ["v1alpha1", "foo", "v1beta2", "v2", "v1", "v1beta1", "v10"];
        all.sort_by_key(|version| priority(version));
        assert_eq!(all, ["v10", "v2", "v1", "v1beta2", "v1beta1", "v1alpha1", "foo"]);
    }
}
