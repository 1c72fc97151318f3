//! `kubectl set subject`: who is bound to a role.
//!
//! Follows `set_subject.go` of kubectl.

use super::set::{self, COMMON, change_all};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::{Args, Flag, Takes, long};
use crate::kubectl::help::help;
use crate::kubectl::manifests;
use crate::kubectl::output_formats;
use crate::kubectl::resources::namespace_of;
use crate::kubectl::selection;
use crate::kubectl::verb::{Completes, Verb, Ways};
use crate::model::{Kind, Text, Value};
use crate::obj;
use crate::ordering::Order;

/// The row of `kubectl set subject`.
pub const SET_SUBJECT: Verb = Verb {
    name: "set subject",
    flags: &[manifests::FLAGS, output_formats::FLAGS, COMMON, WHO, &[selection::SELECTOR]],
    run: subject,
    manager: "kubectl-set",
    completes: Completes::Objects,
    listed: None,
    ways: Ways { looks_at_format_first: true, ..Ways::USUAL },
    help: help(
        "Update the user, group, or service account in a role binding or cluster role binding.",
        &[("Bind a user as well", "kubectl set subject clusterrolebinding cluster-admin --user=user1")],
        &[
            ("--user=[]", "Users to bind to the role."),
            ("--group=[]", "Groups to bind to the role."),
            ("--serviceaccount=[]", "Service accounts to bind to the role, as <namespace>:<name>."),
        ],
        "set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] \
         [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
    ),
};

const WHO: &[Flag] = &[long("user", Takes::Each), long("group", Takes::Each), long("serviceaccount", Takes::Each)];

const RBAC: &str = "rbac.authorization.k8s.io";

fn subject(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut chosen = args.clone();
    chosen.words = args.before_dash().to_vec();
    chosen.dash_at = None;
    // Objects that are not there are told first.
    set::chosen(&chosen, cx)?;
    let wanted = subjects(args, namespace_of(args, cx).as_str())?;
    change_all(args, &chosen, "subjects updated", cx, &|object| {
        if !matches!(object.kind, Kind::RoleBinding | Kind::ClusterRoleBinding) {
            return Err(set::told(
                args,
                object,
                "setting subjects is only supported for RoleBinding/ClusterRoleBinding",
            ));
        }
        let known = object.list_at(&["subjects"]).to_vec();
        let new = wanted.iter().filter(|one| !known.contains(one)).cloned();
        let all: Vec<Value> = known.iter().cloned().chain(new).collect();
        if all.len() > known.len() {
            object.set_at(&["subjects"], all);
        }
        Ok(())
    })
}

/// Who shall be bound: users, groups and accounts, each in order.
fn subjects(args: &Args, namespace: &str) -> Result<Vec<Value>, Failure> {
    if args.is("all") && !args.text("selector").is_empty() {
        return Err(Failure::client("cannot set --all and --selector at the same time"));
    }
    let listed = |flag: &'static str| {
        let mut names: Vec<String> = args.list(flag).to_vec();
        names.order();
        names.dedup();
        names
    };
    let named = |kind: &'static str, flag: &'static str| {
        let names = listed(flag).into_iter();
        names.map(move |name| obj! { "apiGroup" => RBAC, "kind" => kind, "name" => name })
    };
    let mut found: Vec<Value> = named("User", "user").chain(named("Group", "group")).collect();
    for account in listed("serviceaccount") {
        match account.split(':').collect::<Vec<_>>().as_slice() {
            [of, name] if !name.is_empty() => {
                let of = if of.is_empty() { namespace } else { of };
                found
                    .push(obj! { "kind" => "ServiceAccount", "name" => Text::new(name), "namespace" => Text::new(of) });
            }
            _ => return Err(Failure::client("serviceaccount must be <namespace>:<name>")),
        }
    }
    match found.is_empty() {
        true => Err(Failure::client("you must specify at least one value of user, group or serviceaccount")),
        false => Ok(found),
    }
}
