//! What stands behind a Service, as its EndpointSlices say; keeps none of them (`controllers/endpoints.rs` does).

use super::Cluster;
use crate::model::{Kind, Object, Value};
use std::rc::Rc;

/// The label by which a slice says whose it is.
pub const SERVICE_NAME: &str = "kubernetes.io/service-name";

impl Cluster {
    /// The EndpointSlices of the Service `service` in `namespace`, whether or not there is one.
    pub fn slices_of<'a>(&'a self, namespace: &'a str, service: &'a str) -> impl Iterator<Item = &'a Rc<Object>> {
        let slices = self.list_in(Kind::EndpointSlice, namespace);
        slices.filter(move |slice| slice.meta.label(SERVICE_NAME) == service)
    }
}

/// The endpoints of a slice that are ready.
pub fn ready_endpoints(slice: &Object) -> impl Iterator<Item = &Value> {
    let is_ready = |endpoint: &&Value| endpoint.at(&["conditions", "ready"]).and_then(Value::as_bool) != Some(false);
    slice.list_at(&["endpoints"]).iter().filter(is_ready)
}
