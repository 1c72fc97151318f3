//! Which part a ZooKeeper server has among those that it was told of.

use crate::cluster::Cluster;
use crate::model::{Kind, Millis, workload};
use crate::shell::container::Container;

/// How many servers it was told of; none if nobody here can say.
fn ensemble(server: &Container, cluster: &Cluster) -> Option<usize> {
    let words = server.server_words(cluster);
    if let Some(count) = server.told(cluster, &words, &["--servers"]) {
        return count.parse().ok();
    }
    let listed = server.variable(cluster, "ZOO_SERVERS").unwrap_or_default();
    let listed = listed.split([' ', ',']).filter(|one| !one.is_empty()).count();
    if listed > 0 {
        return Some(listed);
    }
    let folder = server.variable(cluster, "ZOO_CONF_DIR").unwrap_or_else(|| "/conf".to_string());
    let files = words.iter().filter(|word| word.ends_with(".cfg")).cloned().chain([format!("{folder}/zoo.cfg")]);
    let counts = files.filter_map(|path| server.read(cluster, &path).ok());
    let mut counts = counts.map(|text| text.lines().filter(|line| line.trim_start().starts_with("server.")).count());
    counts.find(|count| *count > 0).or_else(|| server.words("command").is_empty().then_some(1))
}

/// How many pods its set is to have.
fn replicas(server: &Container, cluster: &Cluster) -> Option<usize> {
    let owner = server.pod.meta.controller().filter(|owner| owner.kind == "StatefulSet")?;
    let set = cluster.find(Kind::StatefulSet, server.namespace(), &owner.name)?;
    usize::try_from(workload::replicas(set)).ok()
}

/// Whether it is alone, leads or follows; `None` while too few of them run. Those that first were enough have chosen
/// the highest number among them.
pub(super) fn mode(server: &Container, cluster: &Cluster) -> Option<&'static str> {
    let of_set = replicas(server, cluster);
    let count = ensemble(server, cluster).or(of_set).unwrap_or(1);
    if count <= 1 {
        return Some("standalone");
    }
    let needed = count / 2 + 1;
    // The others are pods that are no set of one.
    if of_set.is_none_or(|replicas| replicas < needed) {
        let number = server.variable(cluster, "ZOO_MY_ID").and_then(|number| number.parse::<usize>().ok());
        return Some(if number == Some(needed) { "leader" } else { "follower" });
    }
    let began = |member: &Container| member.life().and_then(|life| life.serves_since).unwrap_or(Millis::ZERO);
    let mut members: Vec<(Millis, u32)> =
        server.members(cluster).iter().map(|member| (began(member), member.host_ordinal())).collect();
    crate::ordering::Order::order(members.as_mut_slice());
    let first = members.get(..needed)?;
    let leader = first.iter().map(|member| member.1).max()?;
    Some(if leader == server.host_ordinal() { "leader" } else { "follower" })
}
