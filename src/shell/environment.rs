//! The environment of a container's programs: what the image sets, Services, ConfigMaps, Secrets, fields of the pod.

use super::container::Container;
use crate::cluster::{Cluster, dns};
use crate::model::{Kind, Millis, Text, Value};
use crate::sorted::SharedMap;

impl Container {
    /// The environment of its processes, in order: that of its start.
    pub fn environment(&self, cluster: &Cluster) -> Vec<(String, String)> {
        match &self.life {
            Some(life) => life.environment.to_vec(),
            None => self.environment_now(cluster),
        }
    }

    /// The environment that it would begin with now.
    pub(super) fn environment_now(&self, cluster: &Cluster) -> Vec<(String, String)> {
        let mut all = vec![
            ("PATH".to_string(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_string()),
            ("HOSTNAME".to_string(), self.hostname().to_string()),
        ];
        let mut set = |name: &str, value: String| match all.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => pair.1 = value,
            None => all.push((name.to_string(), value)),
        };
        for (name, value) in self.image.environment() {
            set(name, value);
        }
        for (name, value) in service_variables(cluster, self.namespace(), self.pod.meta.created) {
            set(&name, value);
        }
        for (name, value) in self.own_variables(cluster) {
            set(&name, value);
        }
        set("HOME", "/root".to_string());
        all
    }

    /// The variable `name` of its environment.
    pub fn variable(&self, cluster: &Cluster, name: &str) -> Option<String> {
        self.environment(cluster).into_iter().find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    pub(super) fn own_variables(&self, cluster: &Cluster) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for source in self.spec.list_at(&["envFrom"]) {
            let prefix = source.str_at(&["prefix"]);
            for (kind, field) in [(Kind::ConfigMap, "configMapRef"), (Kind::Secret, "secretRef")] {
                let name = source.str_at(&[field, "name"]);
                let data = if name.is_empty() { SharedMap::new() } else { self.data_of(cluster, kind, name) };
                all.extend(data.into_iter().map(|(key, value)| (format!("{prefix}{key}"), value.to_string())));
            }
        }
        for entry in self.spec.list_at(&["env"]) {
            let name = entry.str_at(&["name"]).to_string();
            let value = match entry.get("valueFrom") {
                Some(from) => self.value_from(cluster, from),
                None => Some(expand_references(entry.str_at(&["value"]), &all)),
            };
            all.extend(value.map(|value| (name, value)));
        }
        all
    }

    pub(super) fn value_from(&self, cluster: &Cluster, from: &Value) -> Option<String> {
        for (kind, field) in [(Kind::ConfigMap, "configMapKeyRef"), (Kind::Secret, "secretKeyRef")] {
            if let Some(reference) = from.get(field) {
                let data = self.data_of(cluster, kind, reference.str_at(&["name"]));
                return data.get(reference.str_at(&["key"])).map(Text::to_string);
            }
        }
        let path = from.str_at(&["fieldRef", "fieldPath"]);
        let keyed = |field: &str| path.strip_prefix(field)?.strip_prefix("['")?.strip_suffix("']");
        if let Some(key) = keyed("metadata.labels") {
            return Some(self.pod.meta.label(key).to_string());
        }
        if let Some(key) = keyed("metadata.annotations") {
            return Some(self.pod.meta.annotation(key).to_string());
        }
        Some(match path {
            "metadata.name" => self.pod.meta.name.to_string(),
            "metadata.namespace" => self.pod.meta.namespace.to_string(),
            "metadata.uid" => self.pod.meta.uid.to_string(),
            "spec.nodeName" => self.pod.str_at(&["spec", "nodeName"]).to_string(),
            "spec.serviceAccountName" => self.pod.str_at(&["spec", "serviceAccountName"]).to_string(),
            "status.podIP" | "status.podIPs" => self.ip().to_string(),
            "status.hostIP" | "status.hostIPs" => self.pod.str_at(&["status", "hostIP"]).to_string(),
            _ => return None,
        })
    }

    /// The entries of a ConfigMap or a Secret, decoded.
    pub(super) fn data_of(&self, cluster: &Cluster, kind: Kind, name: &str) -> SharedMap<String, Text> {
        let Some(object) = cluster.find(kind, self.namespace(), &Text::new(name)) else { return SharedMap::new() };
        let mut data = SharedMap::new();
        for (key, value) in object.at(&["data"]).and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let text = value.as_str().unwrap_or("");
            let text = if kind == Kind::Secret { decode_base64(text) } else { text.to_string() };
            data.insert(key.to_string(), text.into());
        }
        data
    }
}

/// The variables that tell a container of the Services that existed before it.
fn service_variables(cluster: &Cluster, namespace: &str, before: Millis) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, address: &str, port: i64, port_name: &str| {
        let name = name.to_ascii_uppercase().replace('-', "_");
        all.push((format!("{name}_SERVICE_HOST"), address.to_string()));
        all.push((format!("{name}_SERVICE_PORT"), port.to_string()));
        if !port_name.is_empty() {
            let port_name = port_name.to_ascii_uppercase().replace('-', "_");
            all.push((format!("{name}_SERVICE_PORT_{port_name}"), port.to_string()));
        }
        all.push((format!("{name}_PORT"), format!("tcp://{address}:{port}")));
        all.push((format!("{name}_PORT_{port}_TCP"), format!("tcp://{address}:{port}")));
        all.push((format!("{name}_PORT_{port}_TCP_PROTO"), "tcp".to_string()));
        all.push((format!("{name}_PORT_{port}_TCP_PORT"), port.to_string()));
        all.push((format!("{name}_PORT_{port}_TCP_ADDR"), address.to_string()));
    };
    add("kubernetes", dns::API_SERVER, 443, "https");
    for service in cluster.list_in(Kind::Service, namespace) {
        let address = service.str_at(&["spec", "clusterIP"]);
        if matches!(address, "" | "None") || service.meta.created > before || service.meta.name == "kubernetes" {
            continue;
        }
        if let Some(port) = service.list_at(&["spec", "ports"]).first() {
            add(&service.meta.name, address, port.i64_at(&["port"]).unwrap_or(0), port.str_at(&["name"]));
        }
    }
    all
}

/// Puts values into `$(NAME)` as the kubelet does; unknown names stay.
pub(super) fn expand_references(text: &str, known: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("$(") {
        out.push_str(before);
        let Some((name, behind)) = after.split_once(')') else {
            out.push_str("$(");
            rest = after;
            continue;
        };
        match known.iter().rev().find(|pair| pair.0 == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&format!("$({name})")),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Decodes base64; what is not base64 is left out.
pub fn decode_base64(text: &str) -> String {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for c in text.bytes() {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
