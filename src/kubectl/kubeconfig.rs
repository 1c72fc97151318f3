//! kubectl's configuration: clusters, users and contexts in a file; the lab's own is made up until it is changed.

use super::command::Cx;
use super::files::{HOME, read_file, tidy_path, write_file};
use super::flags::Args;
use crate::manifest::{parse, to_yaml};
use crate::model::{Text, Value};
use crate::obj;
use crate::ordering::Order;
use std::rc::Rc;

/// The name of the lab's context, cluster and user.
pub const CONTEXT: &str = "minikube";

/// Where the lab's API server answers.
pub const SERVER: &str = "https://192.168.49.2:8443";

/// Where the configuration is kept, below the working directory.
const FILE: &str = ".kube/config";

/// A part of a configuration that has entries with names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `clusters`.
    Clusters,
    /// `contexts`.
    Contexts,
    /// `users`.
    Users,
}

impl Part {
    /// The field of the list.
    pub fn plural(self) -> &'static str {
        match self {
            Part::Clusters => "clusters",
            Part::Contexts => "contexts",
            Part::Users => "users",
        }
    }

    /// The field of an entry that holds what it says.
    pub fn singular(self) -> &'static str {
        match self {
            Part::Clusters => "cluster",
            Part::Contexts => "context",
            Part::Users => "user",
        }
    }

    /// The part of a field's name.
    pub fn of(plural: &str) -> Option<Part> {
        [Part::Clusters, Part::Contexts, Part::Users].into_iter().find(|part| part.plural() == plural)
    }
}

/// A configuration that was read, and where it is kept.
#[derive(Clone, Debug)]
pub struct KubeConfig {
    /// The file as it was named, or its place.
    pub place: String,
    /// Whether the file is there.
    pub exists: bool,
    value: Value,
    is_own: bool,
    /// The entries that other files say, which are not written into this one.
    others: Vec<(Part, String)>,
}

fn empty() -> Value {
    obj! { "apiVersion" => "v1", "current-context" => "", "kind" => "Config" }
}

/// The lab's own configuration.
fn own(namespace: &str) -> Value {
    let name = |part: &'static str, body: Value| vec![obj! { part => body, "name" => CONTEXT }];
    let mut value = empty();
    value.set_at(&["clusters"], name("cluster", obj! { "server" => SERVER }));
    let context = obj! { "cluster" => CONTEXT, "namespace" => Text::new(namespace), "user" => CONTEXT };
    value.set_at(&["contexts"], name("context", context));
    value.set_at(&["users"], name("user", Value::map()));
    value.set_at(&["current-context"], CONTEXT);
    value
}

impl KubeConfig {
    /// The configuration that the flags mean.
    pub fn load(args: &Args, cx: &Cx<'_>) -> KubeConfig {
        let read = |name: &str| read_file(name, cx).and_then(|text| parse(&text).into_iter().find_map(|it| it.value));
        if let Some(file) = args.get("kubeconfig").filter(|file| !file.is_empty()) {
            let found = read(file);
            let (exists, value) = (found.is_some(), found.unwrap_or_else(empty));
            return KubeConfig { place: file.to_string(), exists, value, is_own: false, others: Vec::new() };
        }
        let listed = cx.state.variables.get("KUBECONFIG").map_or("", String::as_str);
        let files: Vec<&str> = listed.split(':').filter(|file| !file.is_empty()).collect();
        if !files.is_empty() {
            return KubeConfig::merged(&files, &read);
        }
        let value = read(&format!("{HOME}/{FILE}")).unwrap_or_else(|| own(&cx.default_namespace()));
        KubeConfig { place: format!("{HOME}/{FILE}"), exists: true, value, is_own: true, others: Vec::new() }
    }

    /// The namespace of the context that a command means, if that is not the lab's own configuration.
    pub fn namespace(args: &Args, cx: &Cx<'_>) -> Option<String> {
        let is_flagged = ["context", "kubeconfig"].into_iter().any(|flag| !args.text(flag).is_empty());
        let is_set = cx.state.variables.get("KUBECONFIG").is_some_and(|files| !files.is_empty());
        if !is_flagged && !is_set && !cx.state.files.contains_key(&tidy_path(FILE)) {
            return None;
        }
        let config = KubeConfig::load(args, cx);
        let body = config.entry(Part::Contexts, &config.context_of(args))?;
        Some(match body.str_at(&["namespace"]) {
            "" => "default".into(),
            namespace => namespace.into(),
        })
    }

    /// The name of the context that the flags mean, or else the current one. An empty name is none.
    pub fn context_of(&self, args: &Args) -> String {
        args.get("context").filter(|name| !name.is_empty()).map_or_else(|| self.current(), str::to_string)
    }

    /// The name of the user that the flags or the context mean.
    pub fn user_of(&self, args: &Args) -> String {
        let of_context = || {
            let body = self.entry(Part::Contexts, &self.context_of(args)).unwrap_or_else(Value::map);
            body.str_at(&["user"]).to_string()
        };
        args.get("user").filter(|name| !name.is_empty()).map_or_else(of_context, str::to_string)
    }

    /// What several files say together: of two that say the same, the first counts. Those that are missing are left out,
    /// and the first that is there is the one that is written.
    ///
    /// Follows `ClientConfigLoadingRules` of client-go.
    fn merged(files: &[&str], read: &dyn Fn(&str) -> Option<Value>) -> KubeConfig {
        let found: Vec<(&str, Value)> = files.iter().filter_map(|file| Some((*file, read(file)?))).collect();
        let place = found.first().map_or_else(|| files.last().copied().unwrap_or_default(), |(file, _)| *file);
        let mut config =
            KubeConfig { place: place.to_string(), exists: true, value: empty(), is_own: false, others: Vec::new() };
        for (number, (_, value)) in found.iter().enumerate() {
            for part in [Part::Clusters, Part::Contexts, Part::Users] {
                for entry in value.list_at(&[part.plural()]) {
                    let name = entry.str_at(&["name"]);
                    if config.entry(part, name).is_none() {
                        config.put(part, name, entry.get(part.singular()).cloned().unwrap_or_else(Value::map));
                        if number > 0 {
                            config.others.push((part, name.to_string()));
                        }
                    }
                }
            }
            if config.current().is_empty() {
                config.set_current(value.str_at(&["current-context"]));
            }
        }
        config
    }

    /// Writes it back. Of the lab's own only what differs from it is kept in a file.
    pub fn store(&self, cx: &mut Cx<'_>) {
        if !self.is_own {
            let mut left = self.clone();
            for (part, name) in &self.others {
                left.remove(*part, name);
            }
            return write_file(&self.place, to_yaml(&left.shown()), cx);
        }
        let context = self.entry(Part::Contexts, &self.current());
        let namespace = context.map_or_else(String::new, |context| context.str_at(&["namespace"]).to_string());
        cx.state.namespace = if namespace == "default" { String::new() } else { namespace };
        if self.value == own(&cx.default_namespace()) {
            Rc::make_mut(&mut cx.state.files).remove(&tidy_path(FILE));
        } else {
            write_file(&format!("{HOME}/{FILE}"), to_yaml(&self.shown()), cx);
        }
    }

    /// The whole tree, with what is empty as kubectl writes it.
    pub fn shown(&self) -> Value {
        let mut value = self.value.clone();
        for part in [Part::Clusters, Part::Contexts, Part::Users] {
            if value.list_at(&[part.plural()]).is_empty() {
                value.map_mut().insert(part.plural(), Value::Null);
            }
        }
        value
    }

    /// The name of the current context; empty if there is none.
    pub fn current(&self) -> String {
        self.value.str_at(&["current-context"]).to_string()
    }

    /// Makes another context the current one.
    pub fn set_current(&mut self, name: &str) {
        self.value.set_at(&["current-context"], Text::new(name));
    }

    /// The names in a part, in order.
    pub fn names(&self, part: Part) -> Vec<String> {
        self.value.list_at(&[part.plural()]).iter().map(|entry| entry.str_at(&["name"]).to_string()).collect()
    }

    /// What an entry says.
    pub fn entry(&self, part: Part, name: &str) -> Option<Value> {
        let entry = self.value.list_at(&[part.plural()]).iter().find(|entry| entry.str_at(&["name"]) == name)?;
        Some(entry.get(part.singular()).cloned().unwrap_or_else(Value::map))
    }

    /// Writes an entry, in its place or in the order of the names.
    pub fn put(&mut self, part: Part, name: &str, body: Value) {
        self.others.retain(|(other, known)| *other != part || known != name);
        self.remove(part, name);
        let mut body = body;
        // These are written also where they say nothing.
        let always: &[&'static str] = match part {
            Part::Clusters => &["server"],
            Part::Contexts => &["cluster", "user"],
            Part::Users => &[],
        };
        for field in always.iter().filter(|field| body.get(field).is_none()).collect::<Vec<_>>() {
            body.set_at(&[*field], "");
        }
        let entry = obj! { "name" => Text::new(name), part.singular() => body };
        let list = self.value.at_mut(&[part.plural()]).list_mut();
        list.push(entry);
        list.order_by_key(|entry| entry.str_at(&["name"]).to_string());
    }

    /// Takes an entry away. Returns whether there was one.
    pub fn remove(&mut self, part: Part, name: &str) -> bool {
        let list = self.value.list_at(&[part.plural()]);
        let left: Vec<Value> = list.iter().filter(|entry| entry.str_at(&["name"]) != name).cloned().collect();
        let is_found = left.len() < list.len();
        self.value.set_at(&[part.plural()], left);
        is_found
    }

    /// The same with one context, and its cluster and user.
    pub fn minified(&self, context: &str) -> KubeConfig {
        let body = self.entry(Part::Contexts, context).unwrap_or_else(Value::map);
        let mut value = empty();
        for (part, name) in [
            (Part::Clusters, body.str_at(&["cluster"])),
            (Part::Contexts, context),
            (Part::Users, body.str_at(&["user"])),
        ] {
            let entries = self.value.list_at(&[part.plural()]).iter();
            let kept: Vec<Value> = entries.filter(|entry| entry.str_at(&["name"]) == name).cloned().collect();
            value.set_at(&[part.plural()], kept);
        }
        value.set_at(&["current-context"], Text::new(context));
        KubeConfig { value, ..self.clone() }
    }
}
