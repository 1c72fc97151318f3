//! Limit ranges: what a namespace gives containers that ask for nothing, and what it lets pods and claims ask for.
//!
//! Follows plugin/pkg/admission/limitranger.

use super::error::ApiError;
use super::refusals::LIMIT_PER;
use super::store::Cluster;
use crate::model::pod::{containers, init_containers};
use crate::model::{Kind, Map, Object, Quantity, Text, Value};
use crate::sorted::SharedMap;

/// The annotation that tells what a pod was given.
const GIVEN: &str = "kubernetes.io/limit-ranger";

/// Amounts by the name of their resource.
type Amounts = SharedMap<Text, Quantity>;

/// Gives a new pod's containers the defaults of its namespace, and refuses what a range does not allow.
///
/// # Errors
/// `Forbidden`.
pub fn admit(cluster: &Cluster, object: &mut Object) -> Result<(), ApiError> {
    if cluster.count(Kind::LimitRange) == 0 || !matches!(object.kind, Kind::Pod | Kind::PersistentVolumeClaim) {
        return Ok(());
    }
    let ranges: Vec<_> = cluster.list_in(Kind::LimitRange, &object.meta.namespace).cloned().collect();
    for range in &ranges {
        let items = range.list_at(&["spec", "limits"]);
        if object.kind == Kind::Pod {
            fill(object, items);
        }
        check(object, items)?;
    }
    Ok(())
}

/// Refuses resources of a stored pod's containers that a range does not allow.
///
/// # Errors
/// `Forbidden`.
pub fn check_pod(cluster: &Cluster, pod: &Object) -> Result<(), ApiError> {
    if cluster.count(Kind::LimitRange) == 0 {
        return Ok(());
    }
    let mut ranges = cluster.list_in(Kind::LimitRange, &pod.meta.namespace);
    ranges.try_for_each(|range| check(pod, range.list_at(&["spec", "limits"])))
}

fn check(object: &Object, items: &[Value]) -> Result<(), ApiError> {
    let wrong: Vec<String> = items.iter().flat_map(|item| violations(object, item)).collect();
    let why = match wrong.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why })
}

/// Sets the requests and limits that containers do not name, and notes it.
fn fill(pod: &mut Object, items: &[Value]) {
    let defaults = |field: &str| {
        let of = items.iter().filter(|item| item.str_at(&["type"]) == "Container");
        of.filter_map(|item| item.get(field).and_then(Value::as_map)).fold(Map::new(), |mut all, map| {
            map.iter().for_each(|(name, amount)| _ = all.insert(name.clone(), amount.clone()));
            all
        })
    };
    let (requests, limits) = (defaults("defaultRequest"), defaults("default"));
    let mut notes = Vec::new();
    for (list, noun) in [("containers", "container"), ("initContainers", "init container")] {
        if pod.list_at(&["spec", list]).is_empty() {
            continue;
        }
        for container in pod.at_mut(&["spec", list]).list_mut() {
            let name = Text::new(container.str_at(&["name"]));
            for (field, word, amounts) in [("requests", "request", &requests), ("limits", "limit", &limits)] {
                let missing: Vec<Text> = amounts
                    .keys()
                    .filter(|resource| container.at(&["resources", field, resource.as_str()]).is_none())
                    .cloned()
                    .collect();
                for resource in &missing {
                    if let Some(amount) = amounts.get(resource) {
                        container.at_mut(&["resources", field]).map_mut().insert(resource.clone(), amount.clone());
                    }
                }
                if !missing.is_empty() {
                    let names: Vec<&str> = missing.iter().map(Text::as_str).collect();
                    notes.push(format!("{} {word} for {noun} {name}", names.join(", ")));
                }
            }
        }
    }
    if !notes.is_empty() {
        pod.meta.annotations.insert(GIVEN, format!("LimitRanger plugin set: {}", notes.join("; ")).into());
    }
}

/// What an item of a range does not allow.
fn violations(object: &Object, item: &Value) -> Vec<String> {
    let kind = item.str_at(&["type"]);
    match (object.kind, kind) {
        (Kind::Pod, "Container") => {
            let lists = ["containers", "initContainers"].into_iter().flat_map(|list| object.list_at(&["spec", list]));
            lists
                .flat_map(|container| {
                    check_amounts(item, kind, &amounts(container, "requests"), &amounts(container, "limits"))
                })
                .collect()
        }
        (Kind::Pod, "Pod") => check_amounts(item, kind, &of_pod(object, "requests"), &of_pod(object, "limits")),
        (Kind::PersistentVolumeClaim, "PersistentVolumeClaim") => check_claim(object, item),
        _ => Vec::new(),
    }
}

fn amounts(container: &Value, field: &str) -> Amounts {
    read(container.at(&["resources", field]))
}

fn read(map: Option<&Value>) -> Amounts {
    let map = map.and_then(Value::as_map);
    let pairs = map.into_iter().flat_map(Map::iter);
    pairs.filter_map(|(name, text)| Some((name.clone(), Quantity::parse(text.as_str()?).ok()?))).collect()
}

/// What a pod asks for as a whole: its containers together, or its largest init container.
fn of_pod(pod: &Object, field: &str) -> Amounts {
    let mut all = Amounts::new();
    for container in containers(pod) {
        for (name, amount) in amounts(container, field).iter() {
            let before = all.get(name).copied().unwrap_or(Quantity::ZERO);
            all.insert(name.clone(), before.plus(*amount));
        }
    }
    for container in init_containers(pod) {
        for (name, amount) in amounts(container, field).iter() {
            let before = all.get(name).copied().unwrap_or(Quantity::ZERO);
            all.insert(name.clone(), before.max(*amount));
        }
    }
    all
}

fn check_amounts(item: &Value, kind: &str, requests: &Amounts, limits: &Amounts) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, least) in read(item.get("min")).iter() {
        let head = format!("minimum {name}{LIMIT_PER}{kind} is {least}");
        match (requests.get(name), limits.get(name)) {
            (None, _) => wrong.push(format!("{head}.  No request is specified")),
            (Some(request), _) if request < least => wrong.push(format!("{head}, but request is {request}")),
            (_, Some(limit)) if limit < least => wrong.push(format!("{head}, but limit is {limit}")),
            _ => {}
        }
    }
    for (name, most) in read(item.get("max")).iter() {
        let head = format!("maximum {name}{LIMIT_PER}{kind} is {most}");
        match (limits.get(name), requests.get(name)) {
            (None, _) => wrong.push(format!("{head}.  No limit is specified")),
            (Some(limit), _) if limit > most => wrong.push(format!("{head}, but limit is {limit}")),
            (_, Some(request)) if request > most => wrong.push(format!("{head}, but request is {request}")),
            _ => {}
        }
    }
    for (name, ratio) in read(item.get("maxLimitRequestRatio")).iter() {
        let head = format!("{name} max limit to request ratio per {kind} is {ratio}");
        let milli = |amounts: &Amounts| amounts.get(name).map(|it| it.milli_value()).filter(|it| *it != 0);
        match (milli(requests), milli(limits)) {
            (None, _) => wrong.push(format!("{head}, but no request is specified or request is 0")),
            (_, None) => wrong.push(format!("{head}, but no limit is specified or limit is 0")),
            (Some(request), Some(limit)) => {
                // In millionths, rounded, as the plugin prints it.
                let here = (i128::from(limit) * 2_000_000 / i128::from(request) + 1) / 2;
                if here > i128::from(ratio.milli_value()) * 1_000 {
                    wrong.push(format!("{head}, but provided ratio is {}.{:06}", here / 1_000_000, here % 1_000_000));
                }
            }
        }
    }
    wrong
}

fn check_claim(claim: &Object, item: &Value) -> Vec<String> {
    let requests = read(claim.at(&["spec", "resources", "requests"]));
    let mut wrong = Vec::new();
    for (field, word) in [("min", "minimum"), ("max", "maximum")] {
        for (name, bound) in read(item.get(field)).iter() {
            let head = format!("{word} {name}{LIMIT_PER}PersistentVolumeClaim is {bound}");
            match requests.get(name) {
                None => wrong.push(format!("{head}.  No request is specified")),
                Some(request) if (field == "min" && request < bound) || (field == "max" && request > bound) => {
                    wrong.push(format!("{head}, but request is {request}"));
                }
                Some(_) => {}
            }
        }
    }
    wrong
}
