//! Who may do what: roles and their bindings, and what a fresh cluster allows; keeps no passwords.
//!
//! Follows plugin/pkg/auth/authorizer/rbac. Whoever asks in nobody's name (controllers, the console's own user) is a member
//! of `system:masters`, who may do everything without being asked. Looked at are requests in somebody's name: one that is
//! impersonated, or that a token or an entry of a kubeconfig proves.

use super::error::ApiError;
use super::store::Cluster;
use super::user::{User, account_of};
use crate::model::policy_rule::{listed, quoted_list};
use crate::model::{Attributes, Key, Kind, Map, Object, PolicyRule, Text, Value, selector_matches};
use crate::{list, obj};
use std::rc::Rc;

/// The group of the rules of RBAC itself.
const GROUP: &str = "rbac.authorization.k8s.io";

/// The attributes of a request for objects of a kind; the name is empty where many are meant.
pub fn attributes(verb: &str, kind: Kind, subresource: &str, namespace: &str, name: &str) -> Attributes {
    let names = kind.names();
    Attributes {
        verb: Text::new(verb),
        group: names.group.into(),
        resource: names.plural.into(),
        subresource: Text::new(subresource),
        namespace: if names.is_namespaced { Text::new(namespace) } else { Text::default() },
        name: Text::new(name),
        url: Text::default(),
    }
}

impl Cluster {
    /// Lets `write` happen in the name of somebody: what they may not do is refused.
    pub fn acting_as<T>(&mut self, user: Option<&Rc<User>>, write: impl FnOnce(&mut Cluster) -> T) -> T {
        let before = std::mem::replace(&mut self.acting, user.cloned());
        let result = write(self);
        self.acting = before;
        result
    }

    /// Refuses a request that whoever acts may not make.
    ///
    /// # Errors
    /// `Forbidden`.
    pub(super) fn authorize(&self, verb: &str, subresource: &str, key: &Key) -> Result<(), ApiError> {
        match &self.acting {
            Some(user) => self.check_access(user, key.kind, verb, subresource, &key.namespace, &key.name),
            None => Ok(()),
        }
    }

    /// Refuses a request that a user may not make.
    ///
    /// # Errors
    /// `Forbidden`, in the API server's words.
    pub fn check_access(
        &self,
        user: &User,
        kind: Kind,
        verb: &str,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Result<(), ApiError> {
        let asked = attributes(verb, kind, subresource, namespace, name);
        let Err(reason) = self.may(user, &asked) else { return Ok(()) };
        let place = match asked.namespace.as_str() {
            "" => "at the cluster scope".to_string(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let mut why = format!(
            "User \"{}\" cannot {verb} resource \"{}\" in API group \"{}\" {place}",
            user.name,
            asked.whole_resource(),
            asked.group
        );
        if !reason.is_empty() {
            why = format!("{why}: {reason}");
        }
        // What is to be made has no name yet where the request goes.
        let name = if verb == "create" && subresource.is_empty() { Text::default() } else { asked.name };
        Err(ApiError::Forbidden { kind, name, why })
    }

    /// Whether a user may do something.
    ///
    /// # Errors
    /// Why not, as far as there is more to say than that nothing allows it.
    pub fn may(&self, user: &User, asked: &Attributes) -> Result<(), String> {
        if user.is_master() {
            return Ok(());
        }
        let mut missing = Vec::new();
        let rules = self.rules_for(user, &asked.namespace, &mut missing);
        if rules.iter().any(|rule| rule.allows(asked)) {
            return Ok(());
        }
        Err(match missing.as_slice() {
            [] => String::new(),
            [only] => format!("RBAC: {only}"),
            several => format!("RBAC: [{}]", several.join(", ")),
        })
    }

    /// The rules that hold for a user in a namespace, in the order of the bindings; roles that are bound and do not
    /// exist are noted in `missing`.
    pub fn rules_for(&self, user: &User, namespace: &str, missing: &mut Vec<String>) -> Vec<PolicyRule> {
        let mut rules = Vec::new();
        self.visit_rules(user, namespace, missing, &mut |_, _, rule| rules.push(rule));
        rules
    }

    /// By which binding a user may do something, as the API server says it; empty for those who may do everything.
    ///
    /// Follows `clusterRoleBindingDescriber` and `roleBindingDescriber`.
    ///
    /// # Errors
    /// Why they may not: see [`Cluster::may`].
    pub fn allowed_by(&self, user: &User, asked: &Attributes) -> Result<String, String> {
        self.may(user, asked)?;
        if user.is_master() {
            return Ok(String::new());
        }
        let mut reason = String::new();
        self.visit_rules(user, &asked.namespace, &mut Vec::new(), &mut |binding, subject, rule| {
            if !reason.is_empty() || !rule.allows(asked) {
                return;
            }
            let place = |name: &str, namespace: &str| match namespace {
                "" => name.to_string(),
                namespace => format!("{name}/{namespace}"),
            };
            let (kind, name) = (subject.str_at(&["kind"]), subject.str_at(&["name"]));
            let whom = if kind == "ServiceAccount" { subject.str_at(&["namespace"]) } else { "" };
            let whom = if whom.is_empty() && kind == "ServiceAccount" { &binding.meta.namespace } else { whom };
            reason = format!(
                "RBAC: allowed by {} {:?} of {} {:?} to {kind} {:?}",
                binding.kind.names().kind,
                place(&binding.meta.name, &binding.meta.namespace),
                binding.str_at(&["roleRef", "kind"]),
                binding.str_at(&["roleRef", "name"]),
                place(name, whom),
            );
        });
        Ok(reason)
    }

    /// Shows `visit` each rule that holds for a user in a namespace, with its binding and the subject that is meant.
    ///
    /// Follows `VisitRulesFor` in pkg/registry/rbac/validation.
    fn visit_rules(
        &self,
        user: &User,
        namespace: &str,
        missing: &mut Vec<String>,
        visit: &mut dyn FnMut(&Object, &Value, PolicyRule),
    ) {
        let everywhere = self.list(Kind::ClusterRoleBinding);
        let here = self.list_in(Kind::RoleBinding, namespace).filter(|_| !namespace.is_empty());
        for binding in everywhere.chain(here) {
            let own = binding.meta.namespace.as_str();
            let meant = binding.list_at(&["subjects"]).iter().find(|subject| is_meant(subject, user, own));
            let Some(subject) = meant else { continue };
            let kind = match binding.str_at(&["roleRef", "kind"]) {
                "ClusterRole" => Kind::ClusterRole,
                _ => Kind::Role,
            };
            let name = Text::new(binding.str_at(&["roleRef", "name"]));
            match self.find(kind, &binding.meta.namespace, &name) {
                Some(role) => {
                    let rules = role.list_at(&["rules"]).iter().map(PolicyRule::from_value);
                    rules.for_each(|rule| visit(binding, subject, rule));
                }
                None => missing.push(ApiError::NotFound { kind, name }.to_string()),
            }
        }
    }

    /// Refuses a role or a binding by which whoever acts would give what they do not have themselves.
    ///
    /// Follows `ConfirmNoEscalation` in pkg/registry/rbac/validation.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for a binding to a role that does not exist.
    pub(super) fn check_escalation(&self, object: &Object) -> Result<(), ApiError> {
        let Some(user) = self.acting.clone().filter(|user| !user.is_master()) else { return Ok(()) };
        let namespace = object.meta.namespace.as_str();
        let (verb, kind, name) = match object.kind {
            Kind::Role | Kind::ClusterRole => ("escalate", object.kind, object.meta.name.as_str()),
            Kind::RoleBinding | Kind::ClusterRoleBinding => {
                let is_wide = object.str_at(&["roleRef", "kind"]) == "ClusterRole";
                let kind = if is_wide { Kind::ClusterRole } else { Kind::Role };
                ("bind", kind, object.str_at(&["roleRef", "name"]))
            }
            _ => return Ok(()),
        };
        if self.may(&user, &attributes(verb, kind, "", namespace, name)).is_ok() {
            return Ok(());
        }
        let rules: Vec<PolicyRule> = match verb {
            "escalate" => object.list_at(&["rules"]).iter().map(PolicyRule::from_value).collect(),
            _ => {
                let namespace = if kind == Kind::Role { Text::new(namespace) } else { Text::default() };
                let key = Key::new(kind, namespace, Text::new(name));
                self.fetch(&key)?.list_at(&["rules"]).iter().map(PolicyRule::from_value).collect()
            }
        };
        let own = self.rules_for(&user, namespace, &mut Vec::new());
        let is_held = |part: &PolicyRule| own.iter().any(|rule| rule.allows(&part.asked()));
        let missing: Vec<PolicyRule> =
            rules.iter().flat_map(PolicyRule::taken_apart).filter(|part| !is_held(part)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<String> = listed(&missing).iter().map(PolicyRule::compact).collect();
        let why = format!(
            "user {:?} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
            user.name.as_str(),
            quoted_list(&user.groups),
            missing.join("\n")
        );
        Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why })
    }

    /// Writes the rules of the cluster roles that collect those of others.
    ///
    /// Follows pkg/controller/clusterroleaggregation; the real controller takes a moment for it.
    pub(super) fn aggregate_roles(&mut self) {
        let collecting: Vec<Rc<Object>> =
            self.list(Kind::ClusterRole).filter(|role| role.at(&["aggregationRule"]).is_some()).cloned().collect();
        for role in collecting {
            let rules = collected(&role, self.list(Kind::ClusterRole));
            if role.list_at(&["rules"]) != rules.as_slice() {
                // It was read a moment ago.
                _ = self.modify(&role.key(), |role| role.set_at(&["rules"], rules));
            }
        }
    }
}

/// The rules of the roles whose labels a role's aggregation takes.
fn collected<'a>(role: &Object, all: impl Iterator<Item = &'a Rc<Object>>) -> Vec<Value> {
    let selectors = role.list_at(&["aggregationRule", "clusterRoleSelectors"]);
    let is_taken = |other: &&Rc<Object>| {
        other.meta.name != role.meta.name
            && selectors.iter().any(|selector| selector_matches(selector, &other.meta.labels))
    };
    let mut rules: Vec<Value> = Vec::new();
    for rule in all.filter(is_taken).flat_map(|other| other.list_at(&["rules"]).to_vec()) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Whether a binding's subject means a user. `namespace` is that of the binding.
fn is_meant(subject: &Value, user: &User, namespace: &str) -> bool {
    let name = subject.str_at(&["name"]);
    match subject.str_at(&["kind"]) {
        "User" => name == user.name.as_str(),
        "Group" => user.groups.iter().any(|group| group.as_str() == name),
        "ServiceAccount" => {
            let own = subject.str_at(&["namespace"]);
            let own = if own.is_empty() { namespace } else { own };
            account_of(&user.name) == Some((own, name))
        }
        _ => false,
    }
}

/// The roles and bindings of a fresh cluster. They are there before anything is written, so that they take neither
/// versions nor chance from what users make.
pub fn default_roles() -> Vec<Object> {
    let mut objects: Vec<Object> = Vec::new();
    for line in include_str!("default_roles.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["role", name, label @ ..] => objects.push(default_role(name, label.first().copied())),
            ["binding", name, groups] => objects.push(default_binding(name, groups)),
            ["collects", label] => {
                let Some(role) = objects.last_mut() else { continue };
                let selector = obj! { "matchLabels" => Map::from_iter([(aggregates(label), Value::from("true"))]) };
                role.set_at(&["aggregationRule"], obj! { "clusterRoleSelectors" => list![selector] });
            }
            words => {
                let rule = default_rule(words);
                if let Some(role) = objects.last_mut() {
                    role.at_mut(&["rules"]).list_mut().push(rule);
                }
            }
        }
    }
    let collecting: Vec<usize> =
        (0..objects.len()).filter(|at| objects[*at].at(&["aggregationRule"]).is_some()).collect();
    for at in collecting {
        let all: Vec<Rc<Object>> = objects.iter().cloned().map(Rc::new).collect();
        let rules = collected(&objects[at], all.iter().filter(|it| it.kind == Kind::ClusterRole));
        objects[at].set_at(&["rules"], rules);
    }
    objects
}

/// The label of roles whose rules are added to another's.
fn aggregates(to: &str) -> Text {
    format!("{GROUP}/aggregate-to-{to}").into()
}

fn bootstrapped(kind: Kind, name: &str) -> Object {
    let mut object = Object::new(kind, "", Text::new(name));
    object.meta.annotations.insert("rbac.authorization.kubernetes.io/autoupdate", "true".into());
    object.meta.labels.insert("kubernetes.io/bootstrapping", "rbac-defaults".into());
    object
}

fn default_role(name: &str, collected_by: Option<&str>) -> Object {
    let mut role = bootstrapped(Kind::ClusterRole, name);
    if let Some(label) = collected_by {
        role.meta.labels.insert(aggregates(label), "true".into());
    }
    role
}

fn default_rule(words: &[&str]) -> Value {
    let texts = |text: &str| text.split(',').map(|word| Text::new(if word == "core" { "" } else { word })).collect();
    let rule = match words {
        [verbs, group, resources] => PolicyRule {
            verbs: texts(verbs),
            groups: texts(group),
            resources: texts(resources),
            ..PolicyRule::default()
        },
        [verbs, "/*"] => PolicyRule { verbs: texts(verbs), urls: vec!["*".into()], ..PolicyRule::default() },
        [verbs, urls] => PolicyRule { verbs: texts(verbs), urls: texts(urls), ..PolicyRule::default() },
        _ => PolicyRule::default(),
    };
    rule.to_value()
}

fn default_binding(role: &str, groups: &str) -> Object {
    let mut binding = bootstrapped(Kind::ClusterRoleBinding, role);
    let subject = |group: &str| obj! { "apiGroup" => GROUP, "kind" => "Group", "name" => Text::new(group) };
    let role_ref = obj! { "apiGroup" => GROUP, "kind" => "ClusterRole", "name" => Text::new(role) };
    binding.set_at(&["roleRef"], role_ref);
    binding.set_at(&["subjects"], groups.split(',').map(subject).collect::<Vec<Value>>());
    binding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Cluster {
        let mut cluster = Cluster::new(1);
        cluster.preset(default_roles());
        cluster
    }

    fn bind(cluster: &mut Cluster, namespace: &str, role: &str, subject: Value) {
        let kind = if namespace.is_empty() { Kind::ClusterRoleBinding } else { Kind::RoleBinding };
        let mut binding = Object::new(kind, Text::new(namespace), format!("{role}-{}", subject.str_at(&["name"])));
        binding.set_at(&["roleRef"], obj! { "apiGroup" => GROUP, "kind" => "ClusterRole", "name" => Text::new(role) });
        binding.set_at(&["subjects"], list![subject]);
        cluster.insert(binding).unwrap();
    }

    fn may(cluster: &Cluster, user: &User, verb: &str, kind: Kind, part: &str, namespace: &str) -> bool {
        cluster.may(user, &attributes(verb, kind, part, namespace, "x")).is_ok()
    }

    #[test]
    fn the_usual_roles_allow_what_they_are_for() {
        let mut cluster = cluster();
        let user = |name: &str| User::impersonated(name, &[], "");
        for role in ["view", "edit", "admin"] {
            bind(&mut cluster, "a", role, obj! { "kind" => "User", "name" => Text::new(role) });
        }
        bind(&mut cluster, "", "cluster-admin", obj! { "kind" => "User", "name" => "root" });
        let cases = [
            ("view", "get", Kind::Pod, "", true),
            ("view", "get", Kind::Pod, "log", true),
            ("view", "get", Kind::Secret, "", false),
            ("view", "delete", Kind::Pod, "", false),
            ("view", "create", Kind::Pod, "exec", false),
            ("edit", "get", Kind::Secret, "", true),
            ("edit", "delete", Kind::StatefulSet, "", true),
            ("edit", "patch", Kind::StatefulSet, "scale", true),
            ("edit", "create", Kind::Pod, "exec", true),
            ("edit", "create", Kind::Pod, "eviction", true),
            ("edit", "create", Kind::RoleBinding, "", false),
            ("edit", "list", Kind::Node, "", false),
            ("admin", "create", Kind::RoleBinding, "", true),
            ("admin", "list", Kind::Pod, "", true),
            ("admin", "delete", Kind::PersistentVolume, "", false),
            ("root", "delete", Kind::PersistentVolume, "", true),
            ("nobody", "get", Kind::Pod, "", false),
        ];
        for (name, verb, kind, part, allowed) in cases {
            assert_eq!(may(&cluster, &user(name), verb, kind, part, "a"), allowed, "{name} {verb} {kind} {part}");
            let elsewhere = allowed && name == "root";
            assert_eq!(may(&cluster, &user(name), verb, kind, part, "b"), elsewhere, "{name} {verb} {kind} in b");
        }
        assert!(may(&cluster, &User::impersonated("x", &["system:masters".into()], ""), "delete", Kind::Node, "", ""));
    }

    #[test]
    fn service_accounts_are_users_with_groups() {
        let mut cluster = cluster();
        bind(&mut cluster, "a", "view", obj! { "kind" => "ServiceAccount", "name" => "ops", "namespace" => "a" });
        bind(&mut cluster, "b", "view", obj! { "kind" => "Group", "name" => "system:serviceaccounts:a" });
        let ops = User::impersonated("system:serviceaccount:a:ops", &[], "");
        let other = User::impersonated("system:serviceaccount:a:other", &[], "");
        assert!(may(&cluster, &ops, "list", Kind::Pod, "", "a") && may(&cluster, &ops, "list", Kind::Pod, "", "b"));
        assert!(
            !may(&cluster, &other, "list", Kind::Pod, "", "a") && may(&cluster, &other, "list", Kind::Pod, "", "b")
        );
    }

    #[test]
    fn refusals_are_in_the_servers_words() {
        let mut cluster = cluster();
        bind(&mut cluster, "a", "nosuch", obj! { "kind" => "User", "name" => "ann" });
        let bob = User::impersonated("bob", &[], "");
        let said = |user: &User, verb: &str, kind, part: &str, namespace: &str, name: &str| {
            cluster.check_access(user, kind, verb, part, namespace, name).unwrap_err().to_string()
        };
        assert_eq!(
            said(&bob, "delete", Kind::Pod, "", "default", "web-0"),
            "pods \"web-0\" is forbidden: User \"bob\" cannot delete resource \"pods\" in API group \"\" in the namespace \
             \"default\""
        );
        assert_eq!(
            said(&bob, "list", Kind::StatefulSet, "", "default", ""),
            "statefulsets.apps is forbidden: User \"bob\" cannot list resource \"statefulsets\" in API group \"apps\" in the \
             namespace \"default\""
        );
        assert_eq!(
            said(&bob, "patch", Kind::StatefulSet, "scale", "", "web"),
            "statefulsets.apps \"web\" is forbidden: User \"bob\" cannot patch resource \"statefulsets/scale\" in API group \
             \"apps\" at the cluster scope"
        );
        let ann = User::impersonated("ann", &[], "");
        let text = said(&ann, "create", Kind::ConfigMap, "", "a", "x");
        assert!(text.starts_with("configmaps is forbidden: User \"ann\" cannot create resource"), "{text}");
        assert!(text.ends_with(": RBAC: clusterroles.rbac.authorization.k8s.io \"nosuch\" not found"), "{text}");
    }
}
