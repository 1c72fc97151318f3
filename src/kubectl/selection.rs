//! The objects that a command's words, files and selectors mean together; changes and prints nothing.
//!
//! Follows the resource builder of cli-runtime (`resource/builder.go`): which of them exclude each other, and what goes
//! on when some of the objects are missing.

use super::command::{Cx, Failure};
use super::flags::{Args, Flag, Takes, long, short};
use super::manifests::{self, Source, are_named, not_decoded, resource_of, sources};
use super::resources::{NOTHING_NAMED, Resource, Scope, Targets, fetch, fetch_for, namespace_of};
use crate::model::{Labels, Object, Text};
use std::rc::Rc;

/// `-l`; [`select`] and [`named_in_files`] read it.
pub const SELECTOR: Flag = short("selector", 'l', Takes::Text);

/// `--field-selector`, which kubectl does not look at beside `-f`.
pub const FIELD_SELECTOR: Flag = long("field-selector", Takes::Text);

/// `-A`.
pub const ALL_NAMESPACES: Flag = short("all-namespaces", 'A', Takes::Bool);

/// What `--all` means to a verb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum All {
    /// It has no such flag.
    #[default]
    Absent,
    /// A type alone means all of it; names stay names.
    Type,
    /// A selector that takes everything.
    Selector,
}

/// Which labels of an object in a file a selector looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labelled {
    /// Those in the file.
    #[default]
    File,
    /// Those of the living object.
    Live,
    /// None: what the server prints as a table has no labels.
    Not,
}

/// How a verb understands its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Whether a type alone means all its objects.
    pub type_is_all: bool,
    /// What `--all` means.
    pub all: All,
    /// What `-l` looks at beside `-f`.
    pub labelled: Labelled,
    /// Whether kinds must be ones that kubectl has types for.
    pub needs_types: bool,
    /// What is asked of the API server about what is named: `get`, but for verbs that do not read it first.
    pub asks: &'static str,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            type_is_all: false,
            all: All::default(),
            labelled: Labelled::default(),
            needs_types: false,
            asks: "get",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The objects, in order.
    pub objects: Vec<Rc<Object>>,
    /// What could not be found or read, in order.
    pub failures: Vec<Failure>,
    /// Whether one name or one file was asked for.
    pub is_single: bool,
    /// The types, if they were asked for as a whole.
    pub types: Vec<Resource>,
}

/// An object that is named, and where.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its type.
    pub resource: Resource,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: Text,
    /// The file that names it.
    pub file: String,
    labels: Labels,
}

impl Named {
    /// What a word names.
    pub fn of_words(resource: Resource, name: String, namespace: Text) -> Named {
        Named { resource, name, namespace, file: String::new(), labels: Labels::default() }
    }
}

/// Whether `-l` or `--field-selector` says something.
pub fn has_selector(args: &Args) -> bool {
    !args.text("selector").is_empty() || !args.text("field-selector").is_empty()
}

/// The objects that the arguments mean.
///
/// # Errors
/// What is wrong with the arguments themselves.
pub fn select(args: &Args, rules: Rules, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    if are_named(args) {
        return select_in_files(args, rules, cx);
    }
    match targets(args, rules, cx)? {
        Targets::Names(names) => Ok(select_names(&names, rules, args, cx)),
        Targets::Types(_) if !args.text("subresource").is_empty() => {
            Err(Failure::client("subresource cannot be used when bulk resources are specified"))
        }
        Targets::Types(types) => {
            let scope = Scope::of(args, cx)?;
            let mut found = Selection { types, ..Selection::default() };
            for resource in &found.types {
                match scope.list(*resource, cx) {
                    Ok(objects) => found.objects.extend(objects),
                    Err(failure) => found.failures.push(failure),
                }
            }
            Ok(found)
        }
    }
}

/// What the words name, whether it exists or not.
///
/// # Errors
/// What is wrong with the words and the flags beside them.
pub fn targets(args: &Args, rules: Rules, cx: &Cx<'_>) -> Result<Targets, Failure> {
    let words = args.before_dash();
    let takes_everything = rules.all == All::Selector && args.is("all");
    let is_selected = has_selector(args) || takes_everything;
    let means_all = rules.type_is_all || rules.all != All::Absent && args.is("all");
    match Targets::parse(words, cx)? {
        Targets::Names(_) if is_selected => Err(Failure::client(match words.iter().any(|word| word.contains('/')) {
            true => "selectors and the all flag cannot be used when passing resource/name arguments",
            false => "name cannot be provided when a selector is specified",
        })),
        Targets::Names(names)
            if args.is("all-namespaces") && names.iter().any(|(resource, _)| resource.is_namespaced()) =>
        {
            Err(Failure::client("a resource cannot be retrieved by name across all namespaces"))
        }
        Targets::Types(_) if !is_selected && !means_all => {
            Err(Failure::client("resource(s) were provided, but no name was specified"))
        }
        targets => Ok(targets),
    }
}

fn select_names(names: &[(Resource, String)], rules: Rules, args: &Args, cx: &Cx<'_>) -> Selection {
    let (namespace, part) = (namespace_of(args, cx), args.text("subresource"));
    let mut found = Selection { is_single: names.len() == 1, ..Selection::default() };
    for (resource, name) in names {
        match fetch_for(rules.asks, part, *resource, &namespace, name, cx) {
            Ok(object) => found.objects.push(object),
            Err(failure) => found.failures.push(failure),
        }
    }
    found
}

fn select_in_files(args: &Args, rules: Rules, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    let is_single = manifests::is_one_file(args, cx);
    let (names, failures) = named_in_files(args, rules, cx)?;
    let mut found = Selection { failures, is_single, ..Selection::default() };
    let scope = Scope::of(args, cx)?.read_by_client()?;
    for named in names {
        match fetch(named.resource, &named.namespace, &named.name, cx) {
            Ok(object) if rules.labelled == Labelled::Live && !scope.labels.matches(&object.meta.labels) => {}
            Ok(object) => found.objects.push(object),
            Err(failure) => found.failures.push(failure),
        }
    }
    Ok(found)
}

/// Refuses words beside files.
///
/// # Errors
/// kubectl's words for it.
pub fn refuse_words_beside_files(args: &Args) -> Result<(), Failure> {
    let words = args.before_dash();
    if words.is_empty() {
        return Ok(());
    }
    Err(Failure::client(match words.iter().any(|word| word.contains('/')) {
        true => "resource/name arguments cannot be provided when a path is specified",
        false => "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
    }))
}

/// What the files of `-f` and `-k` name, as far as the selector takes it by what the files say.
///
/// # Errors
/// A file that is missing, and words beside files.
pub fn named_in_files(args: &Args, rules: Rules, cx: &mut Cx<'_>) -> Result<(Vec<Named>, Vec<Failure>), Failure> {
    // A file that is missing is said first.
    let (sources, mut failures) = sources(args, cx)?;
    refuse_words_beside_files(args)?;
    let scope = Scope::of(args, cx)?.read_by_client()?;
    let mut names = Vec::new();
    for source in &sources {
        match name_of(source, rules, args, cx) {
            Ok(named) => {
                let is_taken = match rules.labelled {
                    Labelled::File => scope.labels.matches(&named.labels),
                    Labelled::Live => true,
                    Labelled::Not => scope.labels.matches(&Labels::default()),
                };
                if is_taken {
                    names.push(named);
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    Ok((names, failures))
}

fn name_of(source: &Source, rules: Rules, args: &Args, cx: &Cx<'_>) -> Result<Named, Failure> {
    let resource = resource_of(source, cx).map_err(|failure| match rules.needs_types {
        true if source.value.as_map().is_none() || failure == manifests::no_mapping(source) => not_decoded(source),
        _ => failure,
    })?;
    let namespace = placed_in(source, resource.is_namespaced(), args, cx)?;
    let name = source.value.str_at(&["metadata", "name"]).to_string();
    let is_placed = !source.value.str_at(&["metadata", "namespace"]).is_empty();
    if args.is("all-namespaces") && resource.is_namespaced() && !is_placed {
        return Err(Failure::client(match rules.asks {
            "delete" => format!(
                "error when deleting {:?}: an empty namespace may not be set when a resource name is provided",
                source.file
            ),
            _ => format!("no namespace set on resource {} {name:?}", resource.go_name()),
        }));
    }
    Ok(Named { resource, name, namespace, file: source.file.clone(), labels: labels_of(source) })
}

/// The namespace of a document's object: its own, or else the one of the flags and the context.
///
/// # Errors
/// It is another one than `--namespace` (cli-runtime's `RequireNamespace`).
pub fn placed_in(source: &Source, is_namespaced: bool, args: &Args, cx: &Cx<'_>) -> Result<Text, Failure> {
    let (own, wanted) = (source.value.str_at(&["metadata", "namespace"]), namespace_of(args, cx));
    if own.is_empty() {
        return Ok(wanted);
    }
    if is_namespaced && own != wanted.as_str() && !args.text("namespace").is_empty() && !args.is("all-namespaces") {
        return Err(Failure::client(format!(
            "the namespace from the provided object {own:?} does not match the namespace {:?}. You must pass \
             '--namespace={own}' to perform this operation.",
            wanted.as_str()
        )));
    }
    Ok(Text::new(own))
}

/// The labels that a document gives its object.
pub fn labels_of(source: &Source) -> Labels {
    let labels = source.value.at(&["metadata", "labels"]).and_then(|labels| labels.as_map());
    let pairs = labels.into_iter().flat_map(crate::model::Map::iter);
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_text()?.clone()))).collect()
}

/// The objects that a changing command means, if there is a word or a file at all.
///
/// # Errors
/// What is wrong with the arguments themselves.
pub fn select_named(args: &Args, rules: Rules, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    if args.before_dash().is_empty() && !are_named(args) {
        return Err(Failure::client(match has_selector(args) {
            true => "at least one resource must be specified to use a selector",
            false => NOTHING_NAMED,
        }));
    }
    select(args, rules, cx)
}

/// The objects that files describe, as they stand there; nothing is asked of the API server (`--local`).
///
/// # Errors
/// A file that is missing.
pub fn objects_in_files(args: &Args, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    objects_of_types(args, false, cx)
}

/// The same; with `needs_types` only of kinds that kubectl has types for.
///
/// # Errors
/// A file that is missing.
pub fn objects_of_types(args: &Args, needs_types: bool, cx: &mut Cx<'_>) -> Result<Selection, Failure> {
    let (sources, failures) = sources(args, cx)?;
    let mut found = Selection { failures, is_single: sources.len() == 1, ..Selection::default() };
    for source in &sources {
        let resource = resource_of(source, cx);
        let placed = resource.and_then(|it| placed_in(source, it.is_namespaced(), args, cx));
        match placed.map(|_| Object::from_value(&source.value)) {
            Ok(Some(object)) => found.objects.push(Rc::new(object)),
            Ok(None) => found.failures.push(manifests::no_mapping(source)),
            Err(failure) if needs_types && failure == manifests::no_mapping(source) => {
                found.failures.push(not_decoded(source));
            }
            Err(failure) => found.failures.push(failure),
        }
    }
    Ok(found)
}
