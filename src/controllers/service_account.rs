//! What every namespace has for its programs: the account `default`, the certificate of the API server, and the tokens in
//! Secrets of accounts. Issues no token that ends: the API server does.
//!
//! Follows pkg/controller/serviceaccount (`serviceaccounts_controller.go`, `tokens_controller.go`) and
//! pkg/controller/certificates/rootcacertpublisher.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{
    CERTIFICATE_FILE, Change, Cluster, DeleteOptions, SECRET_TYPE, Verb, default_account, root_certificate,
    token_of_secret,
};
use crate::model::{Key, Kind, Millis, Object, Text, Value, encode_base64};
use crate::obj;

/// The controllers keep nothing.
#[derive(Clone, Debug, Default)]
pub struct ServiceAccounts {}

/// How long they take to see what is gone.
const DELAY: Millis = Millis(200);

const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
const ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";

impl Controller for ServiceAccounts {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        let mut add =
            |key: Key| timers.add(change.at + DELAY, Work { controller: ControllerId::ServiceAccount, key, task: "" });
        match change.kind() {
            Kind::ServiceAccount if change.verb != Verb::Modified => {
                let secrets = cluster.list_in(Kind::Secret, &object.meta.namespace);
                let own = secrets.filter(|secret| account_name(secret) == object.meta.name.as_str());
                own.map(|secret| secret.key()).for_each(&mut add);
                if change.verb == Verb::Deleted && object.meta.name == "default" {
                    add(object.key());
                }
            }
            Kind::ConfigMap if object.key() == root_certificate(&object.meta.namespace).key() => {
                let is_changed = change.old.as_ref().is_some_and(|old| old.body != object.body);
                if change.verb == Verb::Deleted || is_changed {
                    add(object.key());
                }
            }
            Kind::Secret if change.verb != Verb::Deleted && !account_name(object).is_empty() => add(object.key()),
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let namespace = &work.key.namespace;
        let place = ctx.cluster.find(Kind::Namespace, &Text::default(), namespace);
        let place = place.or_else(|| ctx.cluster.find(Kind::Namespace, namespace, namespace));
        if place.is_none_or(|place| place.meta.is_terminating()) {
            return;
        }
        match work.key.kind {
            Kind::ServiceAccount => make_again(ctx, default_account(namespace)),
            Kind::ConfigMap => make_again(ctx, root_certificate(namespace)),
            _ => fill_secret(&work.key, ctx),
        }
    }
}

/// The account that a Secret for a token names; empty for other Secrets.
fn account_name(secret: &Object) -> &str {
    if secret.str_at(&["type"]) == SECRET_TYPE { secret.meta.annotation(ACCOUNT_NAME) } else { "" }
}

fn make_again(ctx: &mut Ctx<'_>, object: Object) {
    let body = object.body.clone();
    match ctx.cluster.get(&object.key()) {
        // Nothing refuses either in a namespace that stays.
        None => _ = ctx.cluster.create(object),
        Some(_) => _ = ctx.cluster.modify(&object.key(), |found| found.body = body),
    }
}

/// Writes an account's token into a Secret; one whose account is gone goes as well.
fn fill_secret(key: &Key, ctx: &mut Ctx<'_>) {
    let Some(secret) = ctx.cluster.get(key).cloned() else { return };
    let name = Text::new(account_name(&secret));
    if name.is_empty() {
        return;
    }
    let Some(account) = ctx.cluster.find(Kind::ServiceAccount, &key.namespace, &name).cloned() else {
        _ = ctx.cluster.delete(key, &DeleteOptions::BACKGROUND);
        return;
    };
    let certificate = root_certificate(&key.namespace);
    let certificate = certificate.str_at(&["data", CERTIFICATE_FILE]);
    let data = [
        (CERTIFICATE_FILE, encode_base64(certificate.as_bytes())),
        ("namespace", encode_base64(key.namespace.as_bytes())),
        ("token", encode_base64(token_of_secret(&secret, &account).as_bytes())),
    ];
    let is_filled = secret.meta.annotation(ACCOUNT_UID) == account.meta.uid.as_str()
        && data.iter().all(|(name, text)| secret.str_at(&["data", name]) == text);
    if !is_filled {
        _ = ctx.cluster.modify(key, |secret| {
            secret.meta.annotations.insert(ACCOUNT_UID, account.meta.uid.clone());
            let all = secret.at_mut(&["data"]);
            if all.as_map().is_none() {
                *all = obj! {};
            }
            for (name, text) in data {
                all.map_mut().insert(name, Value::text(&text));
            }
        });
    }
}
