//! The short forms of `kubectl create` for what bounds others: quotas, priorities and disruption budgets.
//!
//! Follows create_quota.go, create_priorityclass.go and create_pdb.go in pkg/cmd/create of kubectl.

use super::requests::tree;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::Args;
use crate::kubectl::selector::LabelSelector;
use crate::model::{Kind, Map, Quantity, Text, Value};
use crate::obj;

/// A PriorityClass.
///
/// # Errors
/// None.
pub(super) fn priority_class(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    let mut body = obj! { "value" => args.int("value").unwrap_or(0) };
    if !args.text("description").is_empty() {
        body.set_at(&["description"], Text::new(args.text("description")));
    }
    if args.is("global-default") {
        body.set_at(&["globalDefault"], true);
    }
    if args.has("preemption-policy") {
        body.set_at(&["preemptionPolicy"], Text::new(args.text("preemption-policy")));
    }
    Ok(tree(Kind::PriorityClass, name, body))
}

/// A ResourceQuota.
///
/// # Errors
/// What kubectl says of flags that it cannot read.
pub(super) fn quota(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    let mut spec = Value::map();
    let mut hard = Map::new();
    for pair in args.text("hard").split(',').filter(|_| !args.text("hard").is_empty()) {
        let Some((key, amount)) = pair.split_once('=').filter(|(_, amount)| !amount.contains('=')) else {
            let text = format!("Invalid argument syntax {pair}, expected <resource>=<value>");
            return Err(Failure::client(text));
        };
        Quantity::parse(amount).map_err(|error| Failure::client(error.to_string()))?;
        hard.insert(Text::new(key), Value::text(amount));
    }
    if !hard.is_empty() {
        spec.set_at(&["hard"], hard);
    }
    if !args.text("scopes").is_empty() {
        let scopes: Vec<Value> = args.text("scopes").split(',').map(Value::text).collect();
        if scopes.iter().any(|scope| scope.as_str() == Some("")) {
            return Err(Failure::client("invalid resource quota scope \"\""));
        }
        spec.set_at(&["scopes"], scopes);
    }
    Ok(tree(Kind::ResourceQuota, name, obj! { "spec" => spec }))
}

/// A PodDisruptionBudget.
///
/// # Errors
/// What kubectl says of missing or wrong flags.
pub(super) fn budget(name: &str, args: &Args, _: &mut Cx<'_>) -> Result<Value, Failure> {
    const AMOUNTS: [(&str, &str); 2] = [("min-available", "minAvailable"), ("max-unavailable", "maxUnavailable")];
    let text = args.text("selector");
    if text.is_empty() {
        return Err(Failure::client("a selector must be specified"));
    }
    let given = AMOUNTS.map(|(flag, _)| args.text(flag));
    match given {
        ["", ""] => return Err(Failure::client("one of min-available or max-unavailable must be specified")),
        ["", _] | [_, ""] => {}
        _ => return Err(Failure::client("min-available and max-unavailable cannot be both specified")),
    }
    let is_amount = |text: &str| {
        let digits = text.strip_suffix('%').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let amounts = || AMOUNTS.into_iter().zip(given).filter(|(_, text)| !text.is_empty());
    if let Some(((flag, _), _)) = amounts().find(|(_, text)| !is_amount(text)) {
        return Err(Failure::client(format!("invalid format specified for {flag}")));
    }
    let selector = LabelSelector::parse_kept(text).map_err(Failure::client)?;
    let mut spec = obj! { "selector" => selector.to_value() };
    for ((_, field), text) in amounts() {
        let value = text.parse::<i32>().map_or_else(|_| Value::text(text), |number| Value::Int(number.into()));
        spec.set_at(&[field], value);
    }
    Ok(tree(Kind::PodDisruptionBudget, name, obj! { "spec" => spec }))
}
