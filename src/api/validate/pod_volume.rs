//! The rules for a pod's volumes.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, downward, list, number, quantity, text};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::Value;
use crate::obj;
use crate::ordering::Order;
use crate::sorted::SharedSet;

/// What a pod's spec is looked at with, beside itself.
///
/// Follows `PodValidationOptions`.
#[derive(Debug)]
pub(in crate::api) struct PodOptions<'a> {
    /// Names of claim templates, which become volumes of the same name.
    pub(super) claims: Vec<&'a str>,
    /// Whether host name and subdomain are set by a controller and not looked at here.
    pub(super) names_hosts: bool,
    /// Whether it is a pod's, and not a template's.
    pub(super) is_pod: bool,
    /// The version of the API server.
    pub(super) kubernetes: Kubernetes,
}

impl PodOptions<'_> {
    /// The spec of a pod.
    pub(in crate::api) fn pod(kubernetes: Kubernetes) -> PodOptions<'static> {
        PodOptions { is_pod: true, ..PodOptions::template(kubernetes) }
    }

    /// The spec of a template.
    pub(in crate::api) fn template(kubernetes: Kubernetes) -> PodOptions<'static> {
        PodOptions { claims: Vec::new(), names_hosts: false, is_pod: false, kubernetes }
    }
}

/// Looks at all volumes and returns the names of the good ones, which mounts may use.
/// Follows `ValidateVolumes` in pkg/apis/core/validation. Claim templates come in as volumes in front.
pub(in crate::api) fn check_all(
    errors: &mut Errors,
    path: &Path,
    spec: &Value,
    options: &PodOptions,
) -> SharedSet<String> {
    let mut good = SharedSet::new();
    let claims: Vec<Value> = options
        .claims
        .iter()
        .map(|name| {
            let source = obj! { "claimName" => Value::text(name) };
            obj! { "name" => Value::text(name), "persistentVolumeClaim" => source }
        })
        .collect();
    let own = list(spec, "volumes").iter().filter(|volume| !options.claims.contains(&text(volume, "name")));
    let mut seen: SharedSet<&str> = SharedSet::new();
    for (at_index, volume) in claims.iter().chain(own).enumerate() {
        let path = path.index(at_index);
        let name = text(volume, "name");
        let before = errors.0.len();
        check_source(errors, &path, volume, options);
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

/// The names of the volumes that can be devices: those that stand on claims.
pub(in crate::api) fn blocks(spec: &Value, claims: &[&str]) -> SharedSet<String> {
    let is_block = |it: &&Value| !at(it, "persistentVolumeClaim").is_null() || !at(it, "ephemeral").is_null();
    let own = list(spec, "volumes").iter().filter(is_block).map(|volume| text(volume, "name"));
    own.chain(claims.iter().copied()).map(str::to_string).collect()
}

fn check_source(errors: &mut Errors, path: &Path, volume: &Value, options: &PodOptions) {
    let fields = crate::schema::structure("core.Volume").map(|it| it.fields.as_slice()).unwrap_or_default();
    let mut sources = 0;
    let mut fields: Vec<&crate::schema::Field> = fields.iter().filter(|field| !field.embedded_in.is_empty()).collect();
    // They are looked at in the order of the schema, but for one.
    fields.order_by_key(|field| field.name != "emptyDir");
    for field in fields {
        let source = at(volume, field.name);
        if source.is_null() {
            continue;
        }
        sources += 1;
        let path = path.child(field.name);
        match sources {
            1 => check_one(errors, &path, field.name, source, options),
            _ => errors.forbidden(&path, "may not specify more than 1 volume type"),
        }
    }
    if sources == 0 {
        errors.required(path, "must specify a volume type");
    }
}

fn check_one(errors: &mut Errors, path: &Path, kind: &str, source: &Value, options: &PodOptions) {
    let required: &[&str] = match kind {
        "persistentVolumeClaim" => &["claimName"],
        "secret" => &["secretName"],
        "configMap" => &["name"],
        // Follows `validateImageVolumeSource`.
        "image" if options.is_pod || options.kubernetes.has(Difference::TemplatesNameImages) => &["reference"],
        kind => super::storage::outside_needs(kind),
    };
    for name in required {
        if text(source, name).is_empty() {
            errors.required(&path.child(name), "");
        }
    }
    super::storage::check_nfs(errors, path, kind, source);
    match kind {
        "emptyDir" if quantity(at(source, "sizeLimit")).is_negative() => {
            errors.forbidden(&path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
        }
        "hostPath" => super::storage::check_host_path(errors, path, source),
        "csi" => super::storage::check_csi_driver(errors, &path.child("driver"), text(source, "driver")),
        "ephemeral" => {
            let (path, template) = (path.child("volumeClaimTemplate"), at(source, "volumeClaimTemplate"));
            match template.is_null() {
                true => errors.required(&path, ""),
                false => super::storage::check_claim_spec(errors, &path.child("spec"), at(template, "spec")),
            }
        }
        "secret" | "configMap" | "downwardAPI" | "projected" => {
            check_mode(errors, &path.child("defaultMode"), at(source, "defaultMode"));
            check_files(errors, path, kind, source);
        }
        _ => {}
    }
    if kind == "projected" {
        for (at_index, projection) in list(source, "sources").iter().enumerate() {
            check_projection(errors, &path.child("sources").index(at_index), projection);
        }
    }
}

fn check_mode(errors: &mut Errors, path: &Path, mode: &Value) {
    if mode.as_i64().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
}

fn check_files(errors: &mut Errors, path: &Path, kind: &str, source: &Value) {
    for (at_index, item) in list(source, "items").iter().enumerate() {
        if kind == "downwardAPI" {
            // These complaints name no item.
            check_downward_file(errors, path, item);
            continue;
        }
        let path = path.child("items").index(at_index);
        if text(item, "key").is_empty() {
            errors.required(&path.child("key"), "");
        }
        check_file_path(errors, &path.child("path"), text(item, "path"));
        check_mode(errors, &path.child("mode"), at(item, "mode"));
    }
}

/// Follows `validateLocalNonReservedPath`: a path below the volume's root.
fn check_file_path(errors: &mut Errors, path: &Path, file: &str) {
    if file.is_empty() {
        errors.required(path, "");
    } else if file.starts_with('/') {
        errors.invalid_text(path, file, "must be a relative path");
    } else if file.split('/').any(|part| part == "..") {
        errors.invalid_text(path, file, "must not contain '..'");
    } else if file.starts_with("..") {
        errors.invalid_text(path, file, "must not start with '..'");
    }
}

/// The fields of a pod that a file may show.
const FILE_FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// Follows `validateDownwardAPIVolumeFile`.
fn check_downward_file(errors: &mut Errors, path: &Path, file: &Value) {
    check_file_path(errors, &path.child("path"), text(file, "path"));
    let (field, resource) = (at(file, "fieldRef"), at(file, "resourceFieldRef"));
    if !field.is_null() {
        downward::check_field(errors, &path.child("fieldRef"), field, &FILE_FIELDS);
        if !resource.is_null() {
            let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.invalid_text(path, "resource", detail);
        }
    } else if !resource.is_null() {
        downward::check_resource(errors, &path.child("resourceFieldRef"), resource, true);
    } else {
        errors.required(path, "one of fieldRef and resourceFieldRef is required");
    }
    check_mode(errors, &path.child("mode"), at(file, "mode"));
}

/// Follows `validateProjectionSources`.
fn check_projection(errors: &mut Errors, path: &Path, projection: &Value) {
    const TEN_MINUTES: i64 = 600;
    for (kind, name) in [("secret", "name"), ("configMap", "name"), ("downwardAPI", ""), ("serviceAccountToken", "")] {
        let source = at(projection, kind);
        if source.is_null() {
            continue;
        }
        let path = path.child(kind);
        if !name.is_empty() && text(source, name).is_empty() {
            errors.required(&path.child(name), "");
        }
        check_files(errors, &path, kind, source);
        if kind != "serviceAccountToken" {
            continue;
        }
        if let Some(seconds) = number(source, "expirationSeconds") {
            let detail = match seconds {
                seconds if seconds < TEN_MINUTES => "may not specify a duration less than 10 minutes",
                seconds if seconds > 1 << 32 => "may not specify a duration larger than 2^32 seconds",
                _ => "",
            };
            if !detail.is_empty() {
                errors.invalid(&path.child("expirationSeconds"), &seconds.into(), detail);
            }
        }
        check_file_path(errors, &path.child("path"), text(source, "path"));
    }
}
