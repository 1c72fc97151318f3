//! `kubectl cluster-info`: where the control plane answers.
//!
//! Follows `pkg/cmd/clusterinfo/clusterinfo.go` of kubectl.

use crate::kubectl::command::{Cx, Failure, Flow, OK};
use crate::kubectl::flags::Args;
use crate::kubectl::help::help;
use crate::kubectl::verb::{Completes, Group, Verb, Ways};
use crate::model::Kind;
use crate::model::node::addresses;

/// The row of `kubectl cluster-info`.
pub const CLUSTER_INFO: Verb = Verb {
    name: "cluster-info",
    flags: &[],
    run: cluster_info,
    manager: "kubectl",
    completes: Completes::Nothing,
    listed: Group::Cluster.at(2),
    ways: Ways::USUAL,
    help: help(
        "Display cluster information.",
        &[("Where the control plane is", "kubectl cluster-info")],
        &[],
        "cluster-info",
    ),
};

/// `kubectl cluster-info`.
///
/// # Errors
/// None.
pub fn cluster_info(_args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let address = cx
        .cluster()
        .list(Kind::Node)
        .flat_map(|node| addresses(node).to_vec())
        .find(|address| address.str_at(&["type"]) == "InternalIP")
        .map_or_else(|| "127.0.0.1".to_string(), |address| address.str_at(&["address"]).to_string());
    cx.out.out(format!("Kubernetes control plane is running at https://{address}:8443"));
    cx.out.out(format!(
        "CoreDNS is running at https://{address}:8443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy"
    ));
    cx.out.out("");
    cx.out.out("To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    OK
}
