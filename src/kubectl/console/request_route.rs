//! Where a request at the console ends: at a pod, at the API server, or nowhere.

use crate::cluster::service_endpoints::ready_endpoints;
use crate::cluster::{Cluster, User};
use crate::model::{Kind, Object, Value};
use std::rc::Rc;

/// Where a request at the console ends.
pub(super) enum Route {
    /// At the API server, whom somebody serves here, in whose name.
    Server(Option<Rc<User>>),
    /// At a pod's port, and whether somebody forwards it.
    Pod(Rc<Object>, i64, bool),
    /// Nowhere: nothing listens.
    Closed,
    /// Nowhere: nobody knows the name.
    Unknown,
    /// Nowhere: there is no way to the address.
    Far,
}

/// The pod behind a port that every node listens on.
pub(super) fn behind_node_port(cluster: &Cluster, port: i64) -> Route {
    let listens = |it: &&Value| it.i64_at(&["nodePort"]) == Some(port);
    let found = cluster
        .list(Kind::Service)
        .find_map(|service| Some((service, service.list_at(&["spec", "ports"]).iter().find(listens)?)));
    found.map_or(Route::Closed, |(service, wanted)| behind_service(cluster, service, wanted))
}

/// The first ready pod behind a Service's port.
pub(super) fn behind_service(cluster: &Cluster, service: &Object, wanted: &Value) -> Route {
    for slice in cluster.slices_of(&service.meta.namespace, &service.meta.name) {
        let is_meant = |it: &&Value| it.str_at(&["name"]) == wanted.str_at(&["name"]);
        let Some(target) = slice.list_at(&["ports"]).iter().find(is_meant).and_then(|it| it.i64_at(&["port"])) else {
            continue;
        };
        let mut names = ready_endpoints(slice).map(|it| it.str_at(&["targetRef", "name"]));
        let pod = names.find_map(|name| {
            cluster.list_in(Kind::Pod, &service.meta.namespace).find(|pod| pod.meta.name.as_str() == name)
        });
        if let Some(pod) = pod {
            return Route::Pod(Rc::clone(pod), target, false);
        }
    }
    Route::Closed
}
