//! kustomize: a folder with a `kustomization.yaml` becomes objects; asks the cluster nothing.
//!
//! Follows `api/internal/target` of kustomize: resources, components, generators, then what is done to all of them.
//! Charts and plugins of others are left out and refused.

mod built_in_transforms;
mod configured_transformers;
mod decode;
mod generate;
mod order;
mod patch;
mod references;
mod replace;
mod resource;
mod sha256;
mod vars;

use super::command::Cx;
use super::files::{EDITOR_FILE, HOME, place_of, tidy_path};
use crate::api::go_quoted;
use crate::manifest::{flatten_lists, parse, parse_as};
use crate::model::Value;
use crate::sorted::{SharedMap, SharedSet};
pub use generate::content_hash;
use resource::Resource;
use std::rc::Rc;

/// The names of the file that makes a folder a kustomization.
const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that kustomize has and the lab has not.
const REFUSED: &[&str] =
    &["crds", "openapi", "helmGlobals", "helmCharts", "helmChartInflationGenerator", "configurations"];

/// Old fields, and what to write in their place.
const OLD: &[(&str, &str)] = &[
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
];

/// A folder that is built, and the files around it.
pub struct Folder<'a> {
    files: &'a Files,
    path: String,
}

/// The files of the working directory.
struct Files {
    texts: Rc<SharedMap<String, String>>,
    folders: Rc<SharedSet<String>>,
    editor: String,
}

impl Files {
    fn text(&self, path: &str) -> Option<&str> {
        match self.texts.get(path) {
            Some(text) => Some(text),
            None => (path == EDITOR_FILE && !self.editor.is_empty()).then_some(self.editor.as_str()),
        }
    }

    fn is_folder(&self, path: &str) -> bool {
        let is_below = |file: &String| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        path.is_empty() || self.folders.contains(&path.to_string()) || self.texts.keys().any(is_below)
    }
}

/// A path below the working directory as it stands in messages.
fn absolute(path: &str) -> String {
    let (mut folder, mut path) = (HOME, path);
    while let Some(rest) = path.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        path = rest.trim_start_matches('/');
    }
    match (folder, path) {
        ("", "") => "/".into(),
        (folder, "") => folder.into(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

fn missing(shown: &str, path: &str) -> String {
    format!("evalsymlink failure on '{shown}' : lstat {}: no such file or directory", absolute(path))
}

impl Folder<'_> {
    fn join(&self, path: &str) -> String {
        tidy_path(&format!("{}/{path}", absolute(&self.path)))
    }

    /// The text of a file beside the kustomization.
    ///
    /// # Errors
    /// A file that is not there.
    pub fn read(&self, file: &str) -> Result<String, String> {
        let path = self.join(file);
        self.files.text(&path).map(str::to_string).ok_or_else(|| missing(&absolute(&path), &path))
    }
}

/// What a build leads to.
#[derive(Debug, Default)]
pub struct Build {
    /// The objects, in the order in which kubectl prints and applies them.
    pub objects: Vec<Value>,
    /// Warnings of old fields, each a line.
    pub warnings: Vec<String>,
}

/// Builds the kustomization in a folder.
///
/// # Errors
/// kustomize's words for what is wrong with it, and the warnings so far.
pub fn build(folder: &str, cx: &Cx<'_>) -> Result<Build, (String, Vec<String>)> {
    let files = Files {
        texts: Rc::clone(&cx.state.files),
        folders: Rc::clone(&cx.state.directories),
        editor: cx.host.editor_text().to_string(),
    };
    let mut builder = Builder {
        files: &files,
        open: Vec::new(),
        warnings: Vec::new(),
        sort: Value::Null,
        vars: Vec::new(),
        lead: cx.log_lead('I'),
        metadata: Vec::new(),
        version: cx.cluster().kubernetes().version().kustomize(),
        taken: 0,
    };
    let path = place_of(folder, cx.state);
    let built = builder.whole(folder, &path);
    let warnings = builder.warnings;
    match built {
        Ok(objects) => Ok(Build { objects, warnings }),
        Err(why) => Err((why, warnings)),
    }
}

struct Builder<'a> {
    files: &'a Files,
    /// The folders that are being built, outermost first.
    open: Vec<String>,
    warnings: Vec<String>,
    /// `sortOptions` of the outermost.
    sort: Value,
    /// The vars of all folders so far.
    vars: Vec<vars::Var>,
    /// How a line of the log begins.
    lead: String,
    /// `buildMetadata` of the outermost.
    metadata: Vec<String>,
    /// kustomize's own version.
    version: &'static str,
    /// How many folders and objects it has gone through, each time anew.
    taken: usize,
}

/// The most folders and objects that a build goes through: those of a folder count in each one above it as well.
const TAKEN_MAX: usize = 10_000;

/// What a folder is built as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Base,
    Component,
}

impl<'a> Builder<'a> {
    fn whole(&mut self, shown: &str, path: &str) -> Result<Vec<Value>, String> {
        if self.files.text(path).is_some() && !path.is_empty() {
            return Err(format!("must build at directory: '{shown}': file is not directory"));
        }
        if !self.files.is_folder(path) {
            return Err(format!("must build at directory: not a valid directory: {}", missing(shown, path)));
        }
        let mut resources = Vec::new();
        self.accumulate(path, Role::Base, &mut resources)?;
        generate::add_hashes(&mut resources);
        references::follow(&mut resources);
        let unused = vars::resolve(&self.vars, &mut resources)?;
        if !unused.is_empty() {
            let text = "well-defined vars that were never replaced:";
            self.warnings.push(format!("{} log.go:245] {text} {}", self.lead, unused.join(",")));
        }
        order::put_in_order(&self.sort, &mut resources)?;
        self.sign(&mut resources);
        Ok(resources.into_iter().map(|resource| resource.value).collect())
    }

    /// Says of the objects what `buildMetadata` wants to be said.
    ///
    /// Follows `api/internal/target/kusttarget.go` of kustomize.
    fn sign(&self, resources: &mut [Resource]) {
        let wants = |word: &str| self.metadata.iter().any(|it| it == word);
        for resource in resources {
            if wants("originAnnotations") && !resource.origin.is_empty() {
                let path = ["metadata", "annotations", "config.kubernetes.io/origin"];
                resource.value.set_at(&path, Value::text(&resource.origin));
            }
            if wants("managedByLabel") {
                let path = ["metadata", "labels", "app.kubernetes.io/managed-by"];
                resource.value.set_at(&path, Value::text(&format!("kustomize-{}", self.version)));
            }
        }
    }

    /// Counts one more folder or object.
    ///
    /// # Errors
    /// There were too many of them.
    fn take(&mut self) -> Result<(), String> {
        self.taken += 1;
        match self.taken > TAKEN_MAX {
            true => Err(format!("this lab's kustomize goes through no more than {TAKEN_MAX} folders and objects")),
            false => Ok(()),
        }
    }

    /// A path as seen from the outermost folder.
    fn seen_from_start(&self, path: &str) -> String {
        let start = self.open.first().map_or("", String::as_str);
        path.strip_prefix(start).unwrap_or(path).trim_start_matches('/').to_string()
    }

    /// Notes which objects came of a generator in this folder.
    fn note_generated(&self, path: &str, resources: &mut [Resource]) {
        let join = |file: &str| if path.is_empty() { file.to_string() } else { format!("{path}/{file}") };
        let file = FILES.iter().map(|file| join(file)).find(|file| self.files.text(file).is_some());
        let file = self.seen_from_start(&file.unwrap_or_default());
        for resource in resources.iter_mut().filter(|resource| resource.origin.is_empty()) {
            let kind = resource.kind();
            resource.origin =
                format!("configuredIn: {file}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}Generator\n");
        }
    }

    /// Adds what the kustomization of a folder says to the objects so far.
    fn accumulate(&mut self, path: &str, role: Role, resources: &mut Vec<Resource>) -> Result<(), String> {
        self.take()?;
        let kustomization = self.kustomization(path)?;
        let is_component = kustomization.str_at(&["kind"]) == "Component";
        match role {
            Role::Base if is_component && !self.open.is_empty() => {
                return Err(format!("\"expected kind != 'Component' for path '{}'\"", absolute(path)));
            }
            Role::Component if !is_component => {
                return Err(format!(
                    "accumulating components: accumulateDirectory: \"expected kind 'Component' for path '{}' but got \
                     'Kustomization'\"",
                    absolute(path)
                ));
            }
            _ => {}
        }
        if self.open.is_empty() {
            self.sort = kustomization.get("sortOptions").cloned().unwrap_or_default();
            let words = kustomization.list_at(&["buildMetadata"]).iter().filter_map(Value::as_str);
            self.metadata = words.map(str::to_string).collect();
        }
        self.open.push(path.to_string());
        let folder = Folder { files: self.files, path: path.to_string() };
        // A component changes what is there; anything else only its own.
        let mut own = if is_component { std::mem::take(resources) } else { Vec::new() };
        let entries = kustomization.list_at(&["resources"]).iter().chain(kustomization.list_at(&["bases"]));
        for entry in entries.filter_map(Value::as_str) {
            self.add(entry, &folder, &mut own)?;
        }
        for entry in kustomization.list_at(&["components"]).iter().filter_map(Value::as_str) {
            let path = folder.join(entry);
            self.accumulate(&path, Role::Component, &mut own).map_err(|why| {
                if self.taken > TAKEN_MAX || why.starts_with("accumulating components: ") {
                    return why;
                }
                let why = go_quoted(&format!("recursed accumulation of path '{}': {why}", absolute(&path)));
                format!("accumulating components: accumulateDirectory: {why}")
            })?;
        }
        generate::generate(&kustomization, &folder, &mut own)?;
        for config in self.configured(&kustomization, "generators", &folder)? {
            configured_transformers::check_origin(&config)?;
            generate::generate_one(&config, &folder, &mut own)?;
        }
        self.note_generated(path, &mut own);
        vars::collect(&kustomization, &own, &mut self.vars)?;
        patch::apply(&kustomization, &folder, &mut own)?;
        built_in_transforms::set_namespace(&kustomization, &mut own);
        built_in_transforms::rename(&kustomization, &mut own);
        built_in_transforms::label(&kustomization, &mut own);
        built_in_transforms::annotate(&kustomization, &mut own);
        built_in_transforms::set_replicas(&kustomization, &mut own)?;
        built_in_transforms::set_images(&kustomization, &mut own);
        replace::replace(&kustomization, &folder, &mut own)?;
        for config in self.configured(&kustomization, "transformers", &folder)? {
            configured_transformers::run(&config, &folder, &mut own)?;
        }
        for config in self.configured(&kustomization, "validators", &folder)? {
            let mut copy = own.clone();
            configured_transformers::run(&config, &folder, &mut copy)?;
            if let Some(lost) = own.iter().find(|it| copy.iter().all(|other| other.id() != it.id())) {
                return Err(format!(
                    "validator shouldn't modify the resource map: id in self missing from other; id: {}",
                    lost.id()
                ));
            }
            if copy.iter().map(|it| &it.value).ne(own.iter().map(|it| &it.value)) {
                return Err("validator shouldn't modify the resource map: nodes unequal".into());
            }
        }
        resources.append(&mut own);
        self.open.pop();
        Ok(())
    }

    /// The objects that configure what is run: each stands in place, in a file, or comes of a folder.
    fn configured(
        &mut self,
        kustomization: &Value,
        field: &'static str,
        folder: &Folder<'a>,
    ) -> Result<Vec<Value>, String> {
        let mut configs = Vec::new();
        for entry in kustomization.list_at(&[field]).iter().filter_map(Value::as_str) {
            let in_place = read_objects(entry).ok().filter(|found| {
                !found.is_empty() && found.iter().all(|it| !it.str_at(&["metadata", "name"]).is_empty())
            });
            match in_place {
                Some(mut found) => configs.append(&mut found),
                None => {
                    let mut found = Vec::new();
                    let why = self.add(entry, folder, &mut found).err();
                    if let Some(why) = why {
                        return Err(why.strip_prefix("accumulating resources: ").unwrap_or(&why).to_string());
                    }
                    configs.extend(found.into_iter().map(|resource| resource.value));
                }
            }
        }
        Ok(configs)
    }

    /// Reads and checks the kustomization of a folder.
    fn kustomization(&mut self, path: &str) -> Result<Value, String> {
        let join = |file: &str| if path.is_empty() { file.to_string() } else { format!("{path}/{file}") };
        let Some((file, text)) = FILES.iter().find_map(|file| Some((*file, self.files.text(&join(file))?))) else {
            return Err(format!(
                "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'",
                absolute(path)
            ));
        };
        let mut documents = parse(text).into_iter();
        let document = documents.next();
        let value = match document.map(|document| (document.value, document.error)) {
            Some((_, Some(error))) => return Err(format!("invalid Kustomization: {}", error.message)),
            Some((Some(value), None)) if value.as_map().is_some() => value,
            _ => return Err(format!("{file} is empty")),
        };
        let fields = value.as_map().cloned().unwrap_or_default();
        decode::check(&fields).map_err(|why| format!("invalid Kustomization: {why}"))?;
        let is_said = |field: &Value| !field.is_null() && field.as_list().is_none_or(|list| !list.is_empty());
        if let Some(name) = REFUSED.iter().find(|name| fields.get(name).is_some_and(is_said)) {
            return Err(format!("this lab's kustomize has no {name}"));
        }
        if value.list_at(&["buildMetadata"]).iter().any(|word| word.as_str() == Some("transformerAnnotations")) {
            return Err("this lab's kustomize has no transformerAnnotations".into());
        }
        if fields.keys().all(|name| matches!(name.as_str(), "apiVersion" | "kind" | "metadata")) {
            return Err(format!("{file} is empty"));
        }
        if !matches!(value.str_at(&["kind"]), "" | "Kustomization" | "Component") {
            let text = "kind should be Kustomization or Component";
            return Err(format!("Failed to read kustomization file under {}:\n{text}", absolute(path)));
        }
        let expected = match value.str_at(&["kind"]) {
            "Component" => "kustomize.config.k8s.io/v1alpha1",
            _ => "kustomize.config.k8s.io/v1beta1",
        };
        if !["", expected].contains(&value.str_at(&["apiVersion"])) {
            let kind = if value.str_at(&["kind"]).is_empty() { "Kustomization" } else { value.str_at(&["kind"]) };
            let text = format!("apiVersion for {kind} should be {expected}");
            return Err(format!("Failed to read kustomization file under {}:\n{text}", absolute(path)));
        }
        if fields.contains_key("vars") {
            self.warnings.push(
                "# Warning: 'vars' is deprecated. Please use 'replacements' instead. [EXPERIMENTAL] Run 'kustomize edit \
                 fix' to update your Kustomization automatically."
                    .into(),
            );
        }
        for (old, new) in OLD.iter().filter(|(old, _)| fields.contains_key(old)) {
            self.warnings.push(format!(
                "# Warning: '{old}' is deprecated. Please use '{new}' instead. Run 'kustomize edit fix' to update your \
                 Kustomization automatically."
            ));
        }
        Ok(value)
    }

    /// Adds an entry of `resources`: a file of manifests, or a folder to build.
    fn add(&mut self, entry: &str, folder: &Folder<'a>, resources: &mut Vec<Resource>) -> Result<(), String> {
        let path = folder.join(entry);
        let at = absolute(&path);
        let accumulating = format!("accumulating resources: accumulation err='accumulating resources from '{entry}'");
        if entry.contains("://") || entry.starts_with("github.com/") {
            return Err(format!("{accumulating}: the network is not here to fetch it from'"));
        }
        if let Some(text) = self.files.text(&path) {
            let root = absolute(&folder.path);
            if !at.starts_with(&format!("{root}/")) {
                return Err(format!(
                    "{accumulating}: security; file '{at}' is not in or below '{root}'': must build at directory: '{at}': file is \
                     not directory"
                ));
            }
            let no_folder = format!("must build at directory: '{at}': file is not directory");
            let values = read_objects(text).map_err(|why| match why.strip_prefix("MalformedYAMLError: ") {
                Some(why) => format!(
                    "accumulating resources: accumulating resources from '{entry}': MalformedYAMLError: {why} in File: {entry}"
                ),
                None => format!("{accumulating}: {why}': {no_folder}"),
            })?;
            let merging = format!("accumulating resources: accumulation err='merging resources from '{entry}'");
            let origin = format!("path: {}\n", self.seen_from_start(&path));
            for value in values {
                self.take()?;
                let one = Resource { origin: origin.clone(), ..Resource::new(value) };
                push(one, resources).map_err(|why| format!("{merging}: {why}': {no_folder}"))?;
            }
            return Ok(());
        }
        if !self.files.is_folder(&path) {
            let why = missing(&at, &path);
            return Err(format!("{accumulating}: {why}': must build at directory: not a valid directory: {why}"));
        }
        let no_file = format!("{accumulating}: '{at}' must resolve to a file'");
        if let Some(open) = self.open.iter().find(|open| **open == path || open.starts_with(&format!("{path}/"))) {
            let visited = absolute(open);
            return Err(format!("{no_file}: cycle detected: candidate root '{at}' contains visited root '{visited}'"));
        }
        let mut inner = Vec::new();
        let recursed = format!("{no_file}: recursed accumulation of path '{at}'");
        self.accumulate(&path, Role::Base, &mut inner).map_err(|why| match self.taken > TAKEN_MAX {
            true => why,
            false if why.starts_with("\"expected kind") => format!("{no_file}: {}", why.trim_matches('"')),
            false => format!("{recursed}: {why}"),
        })?;
        let merging = format!("{no_file}: recursed merging from path '{at}'");
        for one in inner {
            self.take()?;
            push(one, resources).map_err(|why| format!("{merging}: {why}"))?;
        }
        Ok(())
    }
}

fn push(one: Resource, resources: &mut Vec<Resource>) -> Result<(), String> {
    if resources.iter().any(|known| known.is_same(&one)) {
        return Err(format!("may not add resource with an already registered id: {}", one.id()));
    }
    resources.push(one);
    Ok(())
}

fn read_objects(text: &str) -> Result<Vec<Value>, String> {
    let mut values = Vec::new();
    for document in parse_as(text, true) {
        if let Some(error) = document.error {
            return Err(format!("MalformedYAMLError: {}", error.message));
        }
        let value = document.value.unwrap_or_default();
        for value in flatten_lists(&value).into_iter().filter(|value| !value.is_null()) {
            if value.str_at(&["kind"]).is_empty() {
                return Err("missing Resource metadata".into());
            }
            values.push(value);
        }
    }
    Ok(values)
}
