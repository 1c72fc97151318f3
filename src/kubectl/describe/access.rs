//! Roles and bindings as `kubectl describe` shows them.

use super::Page;
use crate::model::policy_rule::listed;
use crate::model::{Object, PolicyRule, Text};

/// Writes a role. Shows no events.
pub(in crate::kubectl) fn role(page: &mut Page<'_>, object: &Object) -> bool {
    page.field(0, "Name", &object.meta.name);
    page.metadata(object);
    page.line(0, "PolicyRule:");
    page.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
    page.line(1, "---------\t-----------------\t--------------\t-----");
    let rules: Vec<PolicyRule> = object.list_at(&["rules"]).iter().map(PolicyRule::from_value).collect();
    for rule in listed(&rules) {
        let list = |texts: &[Text]| format!("[{}]", texts.iter().map(Text::as_str).collect::<Vec<_>>().join(" "));
        let (urls, names, verbs) = (list(&rule.urls), list(&rule.names), list(&rule.verbs));
        page.line(1, format_args!("{}\t{urls}\t{names}\t{verbs}", rule.listed_resource()));
    }
    false
}

/// Writes a binding of a role. Shows no events.
pub(in crate::kubectl) fn binding(page: &mut Page<'_>, object: &Object) -> bool {
    page.field(0, "Name", &object.meta.name);
    page.metadata(object);
    page.line(0, "Role:");
    page.line(1, format_args!("Kind:\t{}", object.str_at(&["roleRef", "kind"])));
    page.line(1, format_args!("Name:\t{}", object.str_at(&["roleRef", "name"])));
    page.line(0, "Subjects:");
    page.line(1, "Kind\tName\tNamespace");
    page.line(1, "----\t----\t---------");
    for subject in object.list_at(&["subjects"]) {
        let word = |field: &str| subject.str_at(&[field]).to_string();
        page.line(1, format_args!("{}\t{}\t{}", word("kind"), word("name"), word("namespace")));
    }
    false
}
