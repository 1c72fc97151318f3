//! The rules for a pod's volumes.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, list, number, quantity, text};
use crate::model::Value;
use crate::obj;
use crate::sorted::SharedSet;

/// What comes to a pod beside its spec.
#[derive(Debug)]
pub(super) struct Extra<'a> {
    /// Names of claim templates, which become volumes of the same name.
    pub(super) claims: Vec<&'a str>,
    /// Whether host name and subdomain are set by a controller and not looked at here.
    pub(super) names_hosts: bool,
}

impl Extra<'_> {
    pub(super) fn none() -> Extra<'static> {
        Extra { claims: Vec::new(), names_hosts: false }
    }
}

/// Looks at all volumes and returns the names of the good ones, which mounts may use.
/// Follows `ValidateVolumes` in pkg/apis/core/validation. Claim templates come in as volumes in front.
pub(super) fn check_all(errors: &mut Errors, path: &Path, spec: &Value, extra: &Extra) -> SharedSet<String> {
    let mut good = SharedSet::new();
    let claims: Vec<Value> = extra
        .claims
        .iter()
        .map(|name| {
            let source = obj! { "claimName" => Value::text(name) };
            obj! { "name" => Value::text(name), "persistentVolumeClaim" => source }
        })
        .collect();
    let own = list(spec, "volumes").iter().filter(|volume| !extra.claims.contains(&text(volume, "name")));
    let mut seen: SharedSet<&str> = SharedSet::new();
    for (at_index, volume) in claims.iter().chain(own).enumerate() {
        let path = path.index(at_index);
        let name = text(volume, "name");
        let before = errors.0.len();
        check_source(errors, &path, volume);
        match name.is_empty() {
            true => errors.required(&path.child("name"), ""),
            false => errors.check_text(&path.child("name"), name, names::dns_label(name)),
        }
        // Two claim templates of one name are one volume.
        if at_index >= claims.len() && seen.contains(name) && errors.0.len() == before {
            errors.duplicate(&path.child("name"), at(volume, "name"));
        }
        if errors.0.len() == before {
            seen.insert(name);
            good.insert(name.to_string());
        }
    }
    good
}

fn check_source(errors: &mut Errors, path: &Path, volume: &Value) {
    let fields = crate::schema::structure("core.Volume").map(|it| it.fields.as_slice()).unwrap_or_default();
    let mut sources = 0;
    for field in fields.iter().filter(|field| !field.embedded_in.is_empty()) {
        let source = at(volume, field.name);
        if source.is_null() {
            continue;
        }
        sources += 1;
        let path = path.child(field.name);
        match sources {
            1 => check_one(errors, &path, field.name, source),
            _ => errors.forbidden(&path, "may not specify more than 1 volume type"),
        }
    }
    if sources == 0 {
        errors.required(path, "must specify a volume type");
    }
}

fn check_one(errors: &mut Errors, path: &Path, kind: &str, source: &Value) {
    let required: &[&str] = match kind {
        "persistentVolumeClaim" => &["claimName"],
        "hostPath" => &["path"],
        "secret" => &["secretName"],
        "configMap" => &["name"],
        "nfs" => &["server", "path"],
        "csi" => &["driver"],
        _ => &[],
    };
    for name in required {
        if text(source, name).is_empty() {
            errors.required(&path.child(name), "");
        }
    }
    match kind {
        "emptyDir" if quantity(at(source, "sizeLimit")).is_negative() => {
            errors.forbidden(&path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
        }
        "ephemeral" if at(source, "volumeClaimTemplate").is_null() => {
            errors.required(&path.child("volumeClaimTemplate"), "");
        }
        "secret" | "configMap" | "downwardAPI" | "projected" => check_files(errors, path, kind, source),
        _ => {}
    }
}

fn check_files(errors: &mut Errors, path: &Path, kind: &str, source: &Value) {
    let mode_fault = "must be a number between 0 and 0777 (octal), both inclusive";
    if let Some(mode) = number(source, "defaultMode")
        && !(0..=0o777).contains(&mode)
    {
        errors.invalid(&path.child("defaultMode"), &mode.into(), mode_fault);
    }
    for (at_index, item) in list(source, "items").iter().enumerate() {
        let path = path.child("items").index(at_index);
        if kind != "downwardAPI" && text(item, "key").is_empty() {
            errors.required(&path.child("key"), "");
        }
        if text(item, "path").is_empty() {
            errors.required(&path.child("path"), "");
        }
        if let Some(mode) = number(item, "mode")
            && !(0..=0o777).contains(&mode)
        {
            errors.invalid(&path.child("mode"), &mode.into(), mode_fault);
        }
    }
}
