//! What every namespace has from its beginning, and gets again: the account `default` and the API server's certificate.

use crate::model::{Kind, Object, Text};
use crate::obj;

/// The account that programs act for unless their pod names another.
pub fn default_account(namespace: &Text) -> Object {
    Object::new(Kind::ServiceAccount, namespace.clone(), "default")
}

/// The file that holds it.
pub const CERTIFICATE_FILE: &str = "ca.crt";

/// The certificate by which programs know the API server.
pub fn root_certificate(namespace: &Text) -> Object {
    let mut map = Object::new(Kind::ConfigMap, namespace.clone(), "kube-root-ca.crt");
    let certificate = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    map.set_at(&["data"], obj! { CERTIFICATE_FILE => certificate });
    map
}
