//! The rules of roles: what they allow, and how they are taken apart and listed; knows nobody who asks.
//!
//! Follows `pkg/util/rbac` of kubectl and plugin/pkg/auth/authorizer/rbac of the API server.

use super::{Text, Value};
use crate::obj;
use crate::ordering::Order;

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRule {
    /// What may be done.
    pub verbs: Vec<Text>,
    /// The groups of the resources; the empty one is the core.
    pub groups: Vec<Text>,
    /// The resources, with their subresource behind a slash.
    pub resources: Vec<Text>,
    /// The only names for which it holds; none means all.
    pub names: Vec<Text>,
    /// Paths that are no resources, with `*` at their end for all below.
    pub urls: Vec<Text>,
}

/// What a request wants to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `get`, `list`, `create`, …
    pub verb: Text,
    /// The API group; empty for the core.
    pub group: Text,
    /// The resource in the plural.
    pub resource: Text,
    /// The subresource; empty for the object itself.
    pub subresource: Text,
    /// The namespace; empty for all of them, and for what has none.
    pub namespace: Text,
    /// The object; empty where many are meant, and for one that is to be made.
    pub name: Text,
    /// The path, for what is no resource.
    pub url: Text,
}

impl Attributes {
    /// `statefulsets/scale`.
    pub fn whole_resource(&self) -> String {
        match self.subresource.as_str() {
            "" => self.resource.to_string(),
            part => format!("{}/{part}", self.resource),
        }
    }
}

impl PolicyRule {
    /// The rule of a role's list.
    pub fn from_value(value: &Value) -> PolicyRule {
        let texts = |field: &str| value.list_at(&[field]).iter().filter_map(Value::as_text).cloned().collect();
        PolicyRule {
            verbs: texts("verbs"),
            groups: texts("apiGroups"),
            resources: texts("resources"),
            names: texts("resourceNames"),
            urls: texts("nonResourceURLs"),
        }
    }

    /// The same as a tree.
    pub fn to_value(&self) -> Value {
        let mut value = obj! {};
        for (field, texts) in [
            ("apiGroups", &self.groups),
            ("nonResourceURLs", &self.urls),
            ("resourceNames", &self.names),
            ("resources", &self.resources),
            ("verbs", &self.verbs),
        ] {
            if !texts.is_empty() {
                value.set_at(&[field], texts.iter().map(Value::from).collect::<Vec<_>>());
            }
        }
        value
    }

    /// Whether the rule allows a request.
    ///
    /// Follows `RuleAllows`.
    pub fn allows(&self, asked: &Attributes) -> bool {
        let has = |list: &[Text], wanted: &str| list.iter().any(|it| it == "*" || it.as_str() == wanted);
        if !has(&self.verbs, &asked.verb) {
            return false;
        }
        if !asked.url.is_empty() {
            return self.urls.iter().any(|url| match url.strip_suffix('*') {
                Some(start) => asked.url.starts_with(start),
                None => *url == asked.url,
            });
        }
        let whole = asked.whole_resource();
        let below = format!("*/{}", asked.subresource);
        has(&self.groups, &asked.group)
            && self
                .resources
                .iter()
                .any(|it| it == "*" || it.as_str() == whole || !asked.subresource.is_empty() && it.as_str() == below)
            && (self.names.is_empty() || self.names.contains(&asked.name))
    }

    /// The resource as it is listed: `statefulsets.apps/scale`.
    pub fn listed_resource(&self) -> String {
        let Some(resource) = self.resources.first() else { return String::new() };
        let (name, part) =
            resource.split_once('/').map_or((resource.as_str(), None), |(name, part)| (name, Some(part)));
        let mut listed = name.to_string();
        if let Some(group) = self.groups.first().filter(|group| !group.is_empty()) {
            listed = format!("{listed}.{group}");
        }
        match part {
            Some(part) => format!("{listed}/{part}"),
            None => listed,
        }
    }

    /// Rules of one verb, one resource and one name each that mean the same together.
    pub fn taken_apart(&self) -> Vec<PolicyRule> {
        let one = |text: &Text| vec![text.clone()];
        let mut parts = Vec::new();
        for (group, resource) in self.groups.iter().flat_map(|group| self.resources.iter().map(move |it| (group, it))) {
            for verb in &self.verbs {
                let part = PolicyRule {
                    verbs: one(verb),
                    groups: one(group),
                    resources: one(resource),
                    ..PolicyRule::default()
                };
                if self.names.is_empty() {
                    parts.push(part.clone());
                }
                parts.extend(self.names.iter().map(|name| PolicyRule { names: one(name), ..part.clone() }));
            }
        }
        for url in &self.urls {
            parts.extend(self.verbs.iter().map(|verb| PolicyRule {
                verbs: one(verb),
                urls: one(url),
                ..PolicyRule::default()
            }));
        }
        parts
    }

    /// What a part of a rule ([`PolicyRule::taken_apart`]) lets somebody ask for.
    pub fn asked(&self) -> Attributes {
        let first = |texts: &[Text]| texts.first().cloned().unwrap_or_default();
        let resource = first(&self.resources);
        let (resource, part) = resource.split_once('/').unwrap_or((&resource, ""));
        Attributes {
            verb: first(&self.verbs),
            group: first(&self.groups),
            resource: Text::new(resource),
            subresource: Text::new(part),
            name: first(&self.names),
            url: first(&self.urls),
            ..Attributes::default()
        }
    }

    /// The rule as refusals show it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`.
    pub fn compact(&self) -> String {
        let fields = [
            ("APIGroups", &self.groups),
            ("Resources", &self.resources),
            ("ResourceNames", &self.names),
            ("NonResourceURLs", &self.urls),
            ("Verbs", &self.verbs),
        ];
        let named = fields.iter().filter(|(_, texts)| !texts.is_empty());
        let parts: Vec<String> = named.map(|(name, texts)| format!("{name}:{}", quoted_list(texts))).collect();
        format!("{{{}}}", parts.join(", "))
    }

    /// Go's text of the rule, by which lists go.
    fn order(&self) -> String {
        let list = |texts: &[Text]| texts.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
        format!(
            "&PolicyRule{{Verbs:[{}],APIGroups:[{}],Resources:[{}],ResourceNames:[{}],NonResourceURLs:[{}],}}",
            list(&self.verbs),
            list(&self.groups),
            list(&self.resources),
            list(&self.names),
            list(&self.urls)
        )
    }
}

/// Texts as Go quotes a list of them: `["a" "b"]`.
pub fn quoted_list(texts: &[Text]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{:?}", text.as_str())).collect();
    format!("[{}]", texts.join(" "))
}

/// Rules as they are listed: one line for each resource, with all that may be done to it.
///
/// Follows `BreakdownRule`, `CompactRules` and `SortableRuleSlice`.
pub fn listed(rules: &[PolicyRule]) -> Vec<PolicyRule> {
    let mut lines: Vec<PolicyRule> = Vec::new();
    for part in rules.iter().flat_map(PolicyRule::taken_apart) {
        let is_same = |line: &&mut PolicyRule| {
            part.urls.is_empty()
                && (&line.groups, &line.resources, &line.names) == (&part.groups, &part.resources, &part.names)
        };
        match lines.iter_mut().find(is_same) {
            Some(line) => line.verbs.extend(part.verbs),
            None => lines.push(part),
        }
    }
    lines.order_by_key(PolicyRule::order);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str], urls: &[&str]) -> PolicyRule {
        let texts = |all: &[&str]| all.iter().map(|text| Text::new(text)).collect();
        PolicyRule {
            verbs: texts(verbs),
            groups: texts(groups),
            resources: texts(resources),
            names: texts(names),
            urls: texts(urls),
        }
    }

    fn asks(verb: &str, group: &str, resource: &str, name: &str) -> Attributes {
        let (resource, part) = resource.split_once('/').unwrap_or((resource, ""));
        Attributes {
            verb: Text::new(verb),
            group: Text::new(group),
            resource: Text::new(resource),
            subresource: Text::new(part),
            name: Text::new(name),
            ..Attributes::default()
        }
    }

    #[test]
    fn a_rule_allows_what_it_names_and_nothing_else() {
        let pods = rule(&["get", "list"], &[""], &["pods", "*/log"], &[], &[]);
        assert!(pods.allows(&asks("get", "", "pods", "web-0")));
        assert!(pods.allows(&asks("get", "", "pods/log", "web-0")));
        assert!(!pods.allows(&asks("delete", "", "pods", "web-0")));
        assert!(!pods.allows(&asks("get", "apps", "pods", "web-0")));
        assert!(!pods.allows(&asks("get", "", "pods/exec", "web-0")));
        let one = rule(&["*"], &["apps"], &["statefulsets/scale"], &["web"], &[]);
        assert!(one.allows(&asks("patch", "apps", "statefulsets/scale", "web")));
        assert!(!one.allows(&asks("patch", "apps", "statefulsets/scale", "db")));
        assert!(!one.allows(&asks("list", "apps", "statefulsets/scale", "")));
        assert!(!one.allows(&asks("patch", "apps", "statefulsets", "web")));
        let all = rule(&["*"], &["*"], &["*"], &[], &[]);
        assert!(all.allows(&asks("patch", "apps", "statefulsets/scale", "web")));
        let urls = rule(&["get"], &[], &[], &[], &["/healthz", "/api/*"]);
        let asks_url = |url: &str| Attributes { verb: "get".into(), url: Text::new(url), ..Attributes::default() };
        assert!(urls.allows(&asks_url("/api/v1")) && urls.allows(&asks_url("/healthz")));
        assert!(!urls.allows(&asks_url("/metrics")));
    }

    #[test]
    fn lists_have_one_line_for_each_resource() {
        let rules = [
            rule(&["get", "list"], &["apps", ""], &["a"], &[], &[]),
            rule(&["watch"], &["apps"], &["a"], &[], &[]),
            rule(&["get"], &[], &[], &[], &["/x", "/x/*"]),
        ];
        let lines: Vec<String> = listed(&rules)
            .iter()
            .map(|line| format!("{} {:?} {:?}", line.listed_resource(), line.urls, line.verbs.len()))
            .collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(lines[0].starts_with("a.apps") && lines[0].ends_with('3'), "{lines:?}");
        assert!(lines[2].contains("/x/*"), "{lines:?}");
    }
}
