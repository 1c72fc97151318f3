//! The hash of a pod template that stands in the names of ReplicaSets and of a DaemonSet's revisions.
//!
//! Upstream hashes what Go's pretty printer makes of the template's struct: every field of every struct with its Go name
//! and type, whether it is set or not. The same text is written here from the schema.
//! Follows `ComputeHash` in pkg/controller/controller_utils.go and `ForHash` in apimachinery's util/dump.

use crate::fnv::Fnv1a32;
use crate::kubernetes::Kubernetes;
use crate::model::quantity::{Quantity, QuantityFormat};
use crate::model::{Map, Value};
use crate::schema::{self, Field, Struct, Type};
use std::fmt::Write;

/// The hash of a template (`core.PodTemplateSpec`) with the collision count of its owner, if that has one, in an
/// alphabet that spells no words. Another version has another hash where its template has other fields, set or not.
pub fn template_hash(template: &Value, collision_count: Option<i64>, kubernetes: Kubernetes) -> String {
    let mut text = String::new();
    if let Some(root) = schema::structure("core.PodTemplateSpec") {
        write_struct(&mut text, kubernetes, "v1.PodTemplateSpec", root, Some(template));
    }
    let count = collision_count.map(|count| u64::from(count as u32).to_le_bytes());
    let hash = Fnv1a32::of(text.bytes().chain(count.into_iter().flatten()));
    safe_encoded(&hash.to_string())
}

/// Digits in an alphabet that spells no words.
///
/// Follows `SafeEncodeString` in apimachinery's util/rand.
pub fn safe_encoded(digits: &str) -> String {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| char::from(b"456789bcdf"[usize::from(digit - b'0')]))
        .collect()
}

/// `(v1.PodSpec){Volumes:… …}`.
fn write_struct(out: &mut String, kubernetes: Kubernetes, name: &str, of: &'static Struct, value: Option<&Value>) {
    if !name.is_empty() {
        _ = write!(out, "({name})");
    }
    out.push('{');
    let mut embedded = "";
    for (number, field) in of.fields.iter().filter(|field| field.is_in(kubernetes)).enumerate() {
        if embedded != field.embedded_in && !embedded.is_empty() {
            out.push('}');
        }
        if number > 0 {
            out.push(' ');
        }
        if embedded != field.embedded_in && !field.embedded_in.is_empty() {
            _ = write!(out, "{0}:(v1.{0}){{", field.embedded_in);
        }
        embedded = field.embedded_in;
        _ = write!(out, "{}:", go_field_name(of.name, field.name));
        let held = value.and_then(|value| value.get(field.name)).filter(|value| !value.is_null());
        write_field(out, kubernetes, field, held);
    }
    if !embedded.is_empty() {
        out.push('}');
    }
    out.push('}');
}

fn write_field(out: &mut String, kubernetes: Kubernetes, field: &'static Field, value: Option<&Value>) {
    let kind = go_type(&field.kind);
    if field.is_pointer {
        _ = write!(out, "(*{kind})");
        match value {
            Some(value) => write_value(out, kubernetes, &field.kind, Some(value), ""),
            None => out.push_str("<nil>"),
        }
        return;
    }
    write_value(out, kubernetes, &field.kind, value, &kind);
}

/// A value with its type before it, unless that is said already.
fn write_value(out: &mut String, kubernetes: Kubernetes, kind: &'static Type, value: Option<&Value>, name: &str) {
    match kind {
        Type::Struct(of) => {
            if let Some(of) = schema::structure(of) {
                write_struct(out, kubernetes, name, of, value);
            }
            return;
        }
        _ if !name.is_empty() => _ = write!(out, "({name})"),
        _ => {}
    }
    match kind {
        Type::Text(_) | Type::Bytes => out.push_str(value.and_then(Value::as_str).unwrap_or("")),
        Type::Bool => out.push_str(if value.and_then(Value::as_bool) == Some(true) { "true" } else { "false" }),
        Type::Int32 | Type::Int64 => _ = write!(out, "{}", value.and_then(Value::as_i64).unwrap_or(0)),
        Type::Quantity => write_quantity(out, value.and_then(Value::as_str).unwrap_or("")),
        Type::IntOrString => write_int_or_string(out, value),
        Type::Time | Type::MicroTime => {
            out.push_str("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}");
        }
        Type::List(of) => write_list(out, kubernetes, of, value.and_then(Value::as_list)),
        Type::Map(of) => write_map(out, kubernetes, of, value.and_then(Value::as_map)),
        Type::Any | Type::Struct(_) => out.push_str("<nil>"),
    }
}

fn write_list(out: &mut String, kubernetes: Kubernetes, of: &'static Type, list: Option<&[Value]>) {
    let Some(list) = list else { return out.push_str("<nil>") };
    out.push('[');
    for (number, element) in list.iter().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        write_value(out, kubernetes, of, Some(element), "");
    }
    out.push(']');
}

fn write_map(out: &mut String, kubernetes: Kubernetes, of: &'static Type, map: Option<&Map>) {
    let Some(map) = map else { return out.push_str("<nil>") };
    out.push_str("map[");
    for (number, (key, value)) in map.iter().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        _ = write!(out, "{key}:");
        write_value(out, kubernetes, of, Some(value), "");
    }
    out.push(']');
}

fn write_int_or_string(out: &mut String, value: Option<&Value>) {
    let (is_text, number, text) = match value {
        Some(Value::Str(text)) => (1, 0, text.as_str()),
        value => (0, value.and_then(Value::as_i64).unwrap_or(0), ""),
    };
    _ = write!(out, "{{Type:(intstr.Type){is_text} IntVal:(int32){number} StrVal:(string){text}}}");
}

/// An amount as its decoder leaves it: digits and scale as they were written, and the text.
fn write_quantity(out: &mut String, text: &str) {
    let (value, scale) = digits_and_scale(text);
    let format = match Quantity::parse(text).map(|quantity| quantity.format()) {
        Ok(QuantityFormat::BinarySi) => "BinarySI",
        Ok(QuantityFormat::DecimalExponent) => "DecimalExponent",
        _ => "DecimalSI",
    };
    _ = write!(
        out,
        "{{i:(resource.int64Amount){{value:(int64){value} scale:(resource.Scale){scale}}} \
         d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){text} Format:(resource.Format){format}}}"
    );
}

/// `1.5` is 15 and -1, `100m` is 100 and -3, `1Gi` is 1073741824 and 0.
fn digits_and_scale(text: &str) -> (i64, i64) {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('+').trim_start_matches('0'));
    let value: i64 = digits.parse().unwrap_or(0);
    let fraction = fraction.len() as i64;
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|unit| *unit == suffix);
    if let Some(power) = binary {
        return (value.saturating_mul(1 << (10 * (power + 1))), 0);
    }
    let exponent = match suffix {
        "n" => -9,
        "u" => -6,
        "m" => -3,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        "E" => 18,
        _ => suffix.trim_start_matches(['e', 'E']).parse().unwrap_or(0),
    };
    (value, exponent - fraction)
}

/// The Go type of a field, as Go's `reflect` writes it.
fn go_type(kind: &Type) -> String {
    match kind {
        Type::IntOrString => "intstr.IntOrString".into(),
        Type::Time => "v1.Time".into(),
        Type::Any => "v1.FieldsV1".into(),
        Type::List(of) => format!("[]{}", go_type(of)),
        Type::Map(of) if **of != Type::Quantity => format!("map[string]{}", go_type(of)),
        kind => kind.go_type(),
    }
}

/// Fields whose Go name is not the JSON name with a capital.
const GO_NAMES: &[(&str, &str)] = &[
    ("apiGroup", "APIGroup"),
    ("apiVersion", "APIVersion"),
    ("awsElasticBlockStore", "AWSElasticBlockStore"),
    ("cephfs", "CephFS"),
    ("chapAuthDiscovery", "DiscoveryCHAPAuth"),
    ("chapAuthSession", "SessionCHAPAuth"),
    ("csi", "CSI"),
    ("diskURI", "DataDiskURI"),
    ("dnsConfig", "DNSConfig"),
    ("dnsPolicy", "DNSPolicy"),
    ("endpoints", "EndpointsName"),
    ("fc", "FC"),
    ("fsGroup", "FSGroup"),
    ("fsGroupChangePolicy", "FSGroupChangePolicy"),
    ("fsType", "FSType"),
    ("gcePersistentDisk", "GCEPersistentDisk"),
    ("gmsaCredentialSpec", "GMSACredentialSpec"),
    ("gmsaCredentialSpecName", "GMSACredentialSpecName"),
    ("grpc", "GRPC"),
    ("httpGet", "HTTPGet"),
    ("httpHeaders", "HTTPHeaders"),
    ("ip", "IP"),
    ("iqn", "IQN"),
    ("iscsi", "ISCSI"),
    ("iscsiInterface", "ISCSIInterface"),
    ("monitors", "CephMonitors"),
    ("nfs", "NFS"),
    ("os", "OS"),
    ("pdID", "PdID"),
    ("pdName", "PDName"),
    ("pool", "RBDPool"),
    ("rbd", "RBD"),
    ("image", "Image"),
    ("seLinuxChangePolicy", "SELinuxChangePolicy"),
    ("seLinuxOptions", "SELinuxOptions"),
    ("setHostnameAsFQDN", "SetHostnameAsFQDN"),
    ("serviceAccount", "DeprecatedServiceAccount"),
    ("sslEnabled", "SSLEnabled"),
    ("storageos", "StorageOS"),
    ("targetWWNs", "TargetWWNs"),
    ("tcpSocket", "TCPSocket"),
    ("tty", "TTY"),
    ("uid", "UID"),
    ("wwids", "WWIDs"),
];

/// The name of a field in Go.
pub(super) fn go_field_name(of: &str, field: &str) -> String {
    match (of, field) {
        ("meta.ObjectMeta", "selfLink") => "SelfLink".into(),
        ("core.RBDVolumeSource", "image") => "RBDImage".into(),
        ("core.RBDVolumeSource", "user") => "RadosUser".into(),
        ("core.ScaleIOVolumeSource" | "core.AzureDiskVolumeSource" | "core.VsphereVirtualDiskVolumeSource", "pool") => {
            "Pool".into()
        }
        ("core.PodTemplateSpec" | "core.PersistentVolumeClaimTemplate", "metadata") => "ObjectMeta".into(),
        _ => match GO_NAMES.iter().find(|(name, _)| *name == field) {
            Some((_, go)) => (*go).into(),
            None => {
                let mut letters = field.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters).collect()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::Version;
    use crate::model::parse_json;

    /// A template as the API server stores it.
    fn template(app: &str, name: &str, image: &str, ports: &str) -> Value {
        parse_json(&format!(
            r#"{{"metadata":{{"labels":{{"app":"{app}"}}}},"spec":{{"containers":[{{"image":"{image}",
            "imagePullPolicy":"IfNotPresent","name":"{name}",{ports}"resources":{{}},
            "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}}],
            "dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler",
            "securityContext":{{}},"terminationGracePeriodSeconds":30}}}}"#
        ))
        .unwrap()
    }

    fn recorded() -> Kubernetes {
        Kubernetes::of(Version::RECORDED)
    }

    #[test]
    fn a_version_with_other_fields_has_another_hash() {
        let hash = |version: &str| {
            let kubernetes = Kubernetes::of(Version::parse(version).unwrap());
            template_hash(&template("shop", "app", "nginx:1.27", ""), None, kubernetes)
        };
        // spec.workloadRef came in 1.35 and gave way to spec.schedulingGroup in 1.36.
        let hashes: std::collections::BTreeSet<String> = ["1.34", "1.35", "1.36"].map(hash).into();
        assert_eq!(hashes.len(), 3);
        assert_eq!(hash("1.36"), hash("1.37"));
    }

    #[test]
    fn hashes_are_the_recorded_ones() {
        let port = r#""ports":[{"containerPort":80,"protocol":"TCP"}],"#;
        assert_eq!(template_hash(&template("shop", "app", "nginx:1.27", port), None, recorded()), "6cf664578d");
        assert_eq!(template_hash(&template("shop", "app", "nginx:1.29", port), None, recorded()), "66f67546");
        assert_eq!(template_hash(&template("api", "app", "nginx:1.28", ""), None, recorded()), "56b6c967f6");
        assert_eq!(template_hash(&template("agent", "agent", "fluentd:1.17", ""), None, recorded()), "df47cdd87");
    }
}
