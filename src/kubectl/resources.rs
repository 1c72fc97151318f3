//! The kinds and names that a command's arguments mean, in kubectl's words for what is wrong; prints nothing.

mod absent;

use super::command::{Cx, Failure};
use super::field_selector::FieldSelector;
use super::flags::Args;
use super::selector::LabelSelector;
use super::subresource::Place;
use super::unstored_objects;
use crate::api::go_quoted;
use crate::api::names::path_segment;
use crate::cluster::{ApiError, Cluster};
use crate::model::{Key, Kind, Object, Text};
pub use absent::{ABSENT, Absent};
use std::rc::Rc;

/// Kinds of which objects are only sent: there is nothing to read.
const ONLY_SENT: [&str; 7] = [
    "bindings",
    "localsubjectaccessreviews",
    "selfsubjectaccessreviews",
    "selfsubjectreviews",
    "selfsubjectrulesreviews",
    "subjectaccessreviews",
    "tokenreviews",
];

impl Absent {
    /// Whether its objects can be read at all.
    pub fn is_readable(&self) -> bool {
        !ONLY_SENT.contains(&self.plural)
    }
}

/// A resource type that an argument means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// One that the model keeps.
    Kept(Kind),
    /// One that exists elsewhere.
    Absent(&'static Absent),
}

/// The kinds that the API serves in a second group as well, always in its version `v1`. Follows
/// pkg/registry/events/rest/storage_events.go.
pub const SECOND_GROUPS: &[(Kind, &str)] = &[(Kind::Event, "events.k8s.io")];

impl Resource {
    /// The type called `word`.
    ///
    /// # Errors
    /// kubectl's words for an unknown type.
    pub fn named(word: &str, cx: &Cx<'_>) -> Result<Resource, Failure> {
        Resource::find_served(word, cx).ok_or_else(|| {
            let (name, group) = word.split_once('.').unwrap_or((word, ""));
            let place = if group.is_empty() { String::new() } else { format!(" in group {group:?}") };
            Failure::client(format!("the server doesn't have a resource type {name:?}{place}"))
        })
    }

    /// The type called `word` in the version that it names, if the API serves it.
    pub fn find_served(word: &str, cx: &Cx<'_>) -> Option<Resource> {
        Resource::find(word, &cx.custom_kinds())?.in_version_of(word, cx.cluster())
    }

    /// The type in the version that stands between name and group: `foos.v1beta1.x.io`. `None` if it is not served.
    fn in_version_of(self, word: &str, cluster: &Cluster) -> Option<Resource> {
        let Resource::Kept(kind) = self else { return Some(self) };
        let (_, rest) = word.split_once('.').unwrap_or((word, ""));
        match rest.split_once('.') {
            Some((version, group)) if group.eq_ignore_ascii_case(kind.names().group) && is_served(kind, cluster) => {
                cluster.in_version(kind, version).map(Resource::Kept)
            }
            _ => Some(self),
        }
    }

    /// The type called `word`, if there is one, also among these custom ones.
    pub fn find(word: &str, custom: &[Kind]) -> Option<Resource> {
        if let Some(kind) = Kind::from_resource(word) {
            return Some(Resource::Kept(kind));
        }
        if let Some(kind) = custom.iter().find(|kind| kind.is_called(word)) {
            return Some(Resource::Kept(*kind));
        }
        let word = word.to_ascii_lowercase();
        let (name, group) = word.split_once('.').unwrap_or((&word, ""));
        let fits = |it: &&Absent| {
            (name == it.plural || name == it.singular || !it.short.is_empty() && name == it.short)
                && (group.is_empty() || group == it.group || group.strip_prefix("v1.") == Some(it.group))
        };
        let is_second = |it: &&(Kind, &str)| {
            let names = it.0.names();
            let is_named = name == names.plural || name == names.singular || names.short.contains(&name);
            is_named && (group == it.1 || group.strip_prefix("v1.") == Some(it.1))
        };
        let second = SECOND_GROUPS.iter().find(is_second).map(|it| Resource::Kept(it.0));
        second.or_else(|| ABSENT.iter().find(fits).map(Resource::Absent))
    }

    /// `statefulsets`.
    pub fn plural(self) -> &'static str {
        match self {
            Resource::Kept(kind) => kind.names().plural,
            Resource::Absent(it) => it.plural,
        }
    }

    /// `statefulset.apps`, as kubectl names one object of it.
    pub fn qualified_singular(self) -> String {
        match self {
            Resource::Kept(kind) => kind.qualified_singular(),
            Resource::Absent(it) if it.group.is_empty() => it.singular.to_string(),
            Resource::Absent(it) => format!("{}.{}", it.singular, it.group),
        }
    }

    /// `statefulsets.apps`.
    pub fn qualified_plural(self) -> String {
        match self {
            Resource::Kept(kind) => kind.qualified_plural(),
            Resource::Absent(it) if it.group.is_empty() => it.plural.to_string(),
            Resource::Absent(it) => format!("{}.{}", it.plural, it.group),
        }
    }

    /// `apps/v1, Resource=statefulsets`, as Go prints it.
    pub fn go_name(self) -> String {
        let version = match self {
            Resource::Kept(kind) => kind.api_version().to_string(),
            Resource::Absent(it) => it.api_version(),
        };
        let lead = if version.contains('/') { "" } else { "/" };
        format!("{lead}{version}, Resource={}", self.plural())
    }

    /// Whether its objects live in a namespace.
    pub fn is_namespaced(self) -> bool {
        match self {
            Resource::Kept(kind) => kind.names().is_namespaced,
            Resource::Absent(it) => it.is_namespaced,
        }
    }
}

/// What the arguments name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Everything of these types.
    Types(Vec<Resource>),
    /// These objects.
    Names(Vec<(Resource, String)>),
}

/// What `all` stands for, in kubectl's order.
pub const ALL: [&str; 10] = [
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets",
    "deployments",
    "replicasets",
    "statefulsets",
    "horizontalpodautoscalers",
    "cronjobs",
    "jobs",
];

/// The text of kubectl when nothing was named.
pub const NOTHING_NAMED: &str = "You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'";

impl Targets {
    /// Reads `sts web`, `sts/web pod/web-0`, `sts,pods`, `all`.
    ///
    /// Follows the resource builder of cli-runtime.
    ///
    /// # Errors
    /// Unknown types, mixed forms, and nothing at all.
    pub fn parse(words: &[String], cx: &Cx<'_>) -> Result<Targets, Failure> {
        let Some(first) = words.first() else { return Err(Failure::client(NOTHING_NAMED)) };
        if words.iter().any(|word| word.contains('/')) {
            return Targets::parse_slashed(words, cx);
        }
        let mut types: Vec<Resource> = Vec::new();
        for word in first.split(',') {
            let known = || Resource::named(word, cx);
            let found = match word {
                "all" => {
                    let own = ALL.iter().map(|name| Resource::named(name, cx)).collect::<Result<Vec<_>, _>>()?;
                    own.into_iter().chain(in_category(word, cx)).collect()
                }
                word => match (known(), in_category(word, cx)) {
                    (Err(_), category) if !category.is_empty() => category,
                    (known, _) => vec![known?],
                },
            };
            for resource in found {
                if !types.contains(&resource) {
                    types.push(resource);
                }
            }
        }
        let names = words.get(1..).unwrap_or(&[]);
        if names.is_empty() {
            return Ok(Targets::Types(types));
        }
        if names.iter().any(String::is_empty) {
            return Err(Failure::client("resource name may not be empty"));
        }
        if first == "all" || types.len() > 1 && names.iter().any(String::is_empty) {
            return Err(Failure::client("you must specify only one resource"));
        }
        let pairs = types.iter().flat_map(|resource| names.iter().map(move |name| (*resource, name.clone())));
        Ok(Targets::Names(pairs.collect()))
    }

    fn parse_slashed(words: &[String], cx: &Cx<'_>) -> Result<Targets, Failure> {
        let mut names = Vec::new();
        for word in words {
            let parts: Vec<&str> = word.split('/').collect();
            match parts.as_slice() {
                [_] => {
                    return Err(Failure::client(
                        "there is no need to specify a resource type as a separate argument when passing arguments in \
                         resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get \
                         resource resource/<resource_name>'",
                    ));
                }
                [kind, name] if !kind.is_empty() && !name.is_empty() && !kind.contains(',') => {
                    names.push((Resource::named(kind, cx)?, (*name).to_string()));
                }
                [_, _] => {
                    return Err(Failure::client(
                        "arguments in resource/name form must have a single resource and name",
                    ));
                }
                _ => {
                    return Err(Failure::client("arguments in resource/name form may not have more than one slash"));
                }
            }
        }
        Ok(Targets::Names(names))
    }
}

/// The custom kinds that belong to a category, in order.
fn in_category(word: &str, cx: &Cx<'_>) -> Vec<Resource> {
    let custom = cx.cluster().custom_kinds().iter();
    custom.filter(|kind| kind.names().categories.contains(&word)).map(|kind| Resource::Kept(*kind)).collect()
}

/// What the API server answers about a kind whose definition is gone, to a client that still knows it.
pub fn not_served(verb: &str, kind: Kind, name: &str) -> String {
    let what = format!("{verb} {} {name}", kind.qualified_plural());
    format!("the server could not find the requested resource ({})", what.trim_end())
}

fn is_served(kind: Kind, cluster: &Cluster) -> bool {
    !kind.is_custom() || cluster.custom_kinds().contains(&kind)
}

/// Which objects of a type are meant.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The namespace; `None` is all of them.
    pub namespace: Option<Text>,
    /// `-l`.
    pub labels: LabelSelector,
    /// `--field-selector`.
    pub fields: FieldSelector,
    /// What was typed where a selector cannot be read, and why: the server says so when it is asked for a list.
    pub unreadable: Option<Unreadable>,
}

/// Selectors that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreadable {
    labels: String,
    fields: String,
    why: String,
}

/// The selector of a flag that a client reads itself.
///
/// # Errors
/// What it cannot be read for.
pub fn client_labels(text: &str) -> Result<LabelSelector, Failure> {
    LabelSelector::parse(text).map_err(Failure::client)
}

impl Scope {
    /// The scope that the flags ask for.
    ///
    /// # Errors
    /// A selector that cannot be read.
    pub fn of(args: &Args, cx: &Cx<'_>) -> Result<Scope, Failure> {
        let namespace = (!args.is("all-namespaces")).then(|| namespace_of(args, cx));
        let scope = Scope::typed(args.text("selector"), args.text("field-selector"));
        Ok(Scope { namespace, ..scope })
    }

    /// Everything, in all namespaces, that has the labels.
    pub fn with_labels(labels: &str) -> Scope {
        Scope::typed(labels, "")
    }

    /// Everything that the selectors take, as they are typed.
    pub fn typed(labels: &str, fields: &str) -> Scope {
        let typed = (labels, fields);
        let (labels, fields) = (LabelSelector::parse(typed.0), FieldSelector::parse(typed.1));
        let why = labels.as_ref().err().or(fields.as_ref().err()).cloned();
        let unreadable = why.map(|why| Unreadable { labels: typed.0.into(), fields: typed.1.into(), why });
        let (labels, fields) = (labels.unwrap_or_default(), fields.unwrap_or_default());
        Scope { namespace: None, labels, fields, unreadable }
    }

    /// The scope for what a client chooses by itself.
    ///
    /// # Errors
    /// A selector that cannot be read.
    pub fn read_by_client(self) -> Result<Scope, Failure> {
        match &self.unreadable {
            Some(unreadable) => Err(Failure::client(unreadable.why.clone())),
            None => Ok(self),
        }
    }

    /// The objects of a type within the scope, in order.
    ///
    /// # Errors
    /// A field that objects of the type cannot be selected by.
    pub fn list(&self, resource: Resource, cx: &Cx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
        let kind = match resource {
            Resource::Kept(kind) => kind,
            Resource::Absent(kind) if kind.is_readable() => return Ok(Vec::new()),
            Resource::Absent(_) => return Err(not_allowed()),
        };
        if !is_served(kind, cx.cluster()) {
            let (version, plural) = (kind.api_version(), kind.names().plural);
            let why = not_served("get", kind, "");
            return Err(Failure::NotFound(format!("Unable to list \"{version}, Resource={plural}\": {why}")));
        }
        cx.check_access("list", kind, "", self.namespace.as_deref().unwrap_or(""), self.fields.name())?;
        self.check(kind, cx)?;
        let stored = cx.cluster().list(kind).cloned();
        let all = stored.chain(unstored_objects::objects(kind, cx.cluster()));
        Ok(all.filter(|object| self.takes(object)).map(|object| as_asked(object, kind)).collect())
    }

    /// What is wrong with the selectors, in the API server's words: one cannot be read, or names a field that objects of a
    /// kind cannot be selected by.
    pub fn fault(&self, kind: Kind, cx: &Cx<'_>) -> Option<String> {
        let version = cx.cluster().preferred_version(kind);
        let own = version.map(|version| version.list_at(&["selectableFields"])).unwrap_or_default().iter();
        let own: Vec<&str> = own.map(|it| it.str_at(&["jsonPath"]).trim_start_matches('.')).collect();
        match &self.unreadable {
            Some(unreadable) => Some(unreadable.why.clone()),
            None => self.fields.check(kind, &own).err(),
        }
    }

    /// Refuses selectors in which the server finds a fault; kubectl says which they were.
    fn check(&self, kind: Kind, cx: &Cx<'_>) -> Result<(), Failure> {
        let Some(why) = self.fault(kind, cx) else { return Ok(()) };
        let (labels, fields) = match &self.unreadable {
            Some(it) => (it.labels.clone(), it.fields.clone()),
            None => (self.labels.to_string(), self.fields.to_string()),
        };
        let group = if kind.api_version().contains('/') { "" } else { "/" };
        let (version, plural) = (kind.api_version(), kind.names().plural);
        Err(Failure::Server(ApiError::BadRequest(format!(
            "Unable to find \"{group}{version}, Resource={plural}\" that match label selector {}, field selector {}: {why}",
            go_quoted(&labels),
            go_quoted(&fields),
        ))))
    }

    /// Whether an object is within the scope.
    pub fn takes(&self, object: &Object) -> bool {
        let in_namespace = match &self.namespace {
            Some(namespace) => !object.kind.names().is_namespaced || object.meta.namespace == *namespace,
            None => true,
        };
        in_namespace && self.labels.matches(&object.meta.labels) && self.fields.matches(object)
    }
}

/// Where a command keeps the namespace of the context that it was given.
pub const CONTEXT_NAMESPACE: &str = "context's namespace";

/// The namespace that a command means.
pub fn namespace_of(args: &Args, cx: &Cx<'_>) -> Text {
    match args.get("namespace") {
        Some(namespace) if !namespace.is_empty() => Text::new(namespace),
        _ => args.get(CONTEXT_NAMESPACE).map_or_else(|| cx.default_namespace(), Text::new),
    }
}

fn not_allowed() -> Failure {
    Failure::Raw(
        "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource".into(),
    )
}

/// The object of a type by name.
///
/// # Errors
/// `NotFound` in the API's words.
pub fn fetch(resource: Resource, namespace: &Text, name: &str, cx: &Cx<'_>) -> Result<Rc<Object>, Failure> {
    fetch_for("get", "", resource, namespace, name, cx)
}

/// The object of a type by name, for somebody who means to do something else with it than to read it, or means the
/// place `part` below it; that is empty for the object itself.
///
/// # Errors
/// `Forbidden` and `NotFound` in the API's words.
pub fn fetch_for(
    verb: &str,
    part: &str,
    resource: Resource,
    namespace: &Text,
    name: &str,
    cx: &Cx<'_>,
) -> Result<Rc<Object>, Failure> {
    match resource {
        Resource::Kept(kind) if !is_served(kind, cx.cluster()) => Err(Failure::NotFound(not_served(verb, kind, name))),
        Resource::Kept(kind) => {
            Place::named(part, kind)?;
            check_name(name, "")?;
            cx.check_access(verb, kind, part, namespace, name)?;
            let key = Key::new(kind, namespace.clone(), Text::new(name));
            if let Some(object) = unstored_objects::objects(kind, cx.cluster()).into_iter().find(|it| it.key() == key) {
                return Ok(object);
            }
            Ok(as_asked(Rc::clone(cx.cluster().fetch(&key)?), kind))
        }
        Resource::Absent(kind) if !kind.is_readable() => Err(not_allowed()),
        Resource::Absent(_) => Err(Failure::NotFound(format!("{} {name:?} not found", resource.qualified_plural()))),
    }
}

/// Refuses a name that no address has room for, before anything is asked; `at` is what kubectl was at, if it says so.
///
/// Follows `Request.Name` of client-go's rest package.
///
/// # Errors
/// Why it is refused.
pub fn check_name(name: &str, at: &str) -> Result<(), Failure> {
    let faults = path_segment(name);
    let why = match name {
        "" => "resource name may not be empty".to_string(),
        _ if faults.is_empty() => return Ok(()),
        name => format!("invalid resource name {name:?}: [{}]", faults.join(" ")),
    };
    Err(Failure::client(if at.is_empty() { why } else { format!("{at}: {why}") }))
}

/// An object in the version that was asked for: nothing else of it differs, since nobody here converts.
pub fn as_asked(object: Rc<Object>, kind: Kind) -> Rc<Object> {
    match object.kind.api_version() == kind.api_version() || object.kind != kind {
        true => object,
        false => Rc::new(Object { kind, ..Object::clone(&object) }),
    }
}

/// `statefulset.apps/web`.
pub fn qualified_name(object: &Object) -> String {
    let name = if object.meta.name.is_empty() { "<unknown>" } else { object.meta.name.as_str() };
    format!("{}/{name}", object.kind.qualified_singular())
}

/// An error about an object that is not there.
pub fn not_found(kind: Kind, name: &str) -> Failure {
    Failure::Server(ApiError::NotFound { kind, name: Text::new(name) })
}

/// The name of a kind's type in Go: `*v1.Deployment`.
pub fn go_type(kind: Kind) -> String {
    let version = kind.api_version();
    format!("*{}.{}", version.rsplit('/').next().unwrap_or(version), kind.names().kind)
}
