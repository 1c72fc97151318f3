//! What a container's server does: whether it runs, and on which ports it listens.

use super::container::{Container, Source};
use super::images::Family;
use crate::cluster::Cluster;
use crate::model::{Kind, Object};
use std::rc::Rc;

impl Container {
    /// Whether its server runs and listens. Where nobody plays the processes, what it begins with tells.
    pub fn serves(&self, cluster: &Cluster) -> bool {
        match cluster.runtime().life(&self.pod.meta.uid, &self.name) {
            Some(life) => life.serves_since.is_some_and(|since| since <= cluster.now()),
            None => self.runs_default() && self.is_running(),
        }
    }

    /// The words of its own process, if that is not the image's server.
    pub fn main_words(&self) -> Option<Vec<String>> {
        let (mut command, args) = (self.words("command"), self.words("args"));
        if self.runs_default() && (command.is_empty() || self.image.main_shell().is_none()) {
            return None;
        }
        command.extend(args);
        match (command.is_empty(), self.image.main_shell()) {
            (false, _) => Some(command),
            (true, shell) => shell.filter(|_| self.image.is_known()).map(|shell| vec![shell.to_string()]),
        }
    }

    /// The running containers of its set that run the same image, itself included, in order of their names.
    pub fn members(&self, cluster: &Cluster) -> Vec<Container> {
        let owner = |pod: &Object| pod.meta.controller().map(|owner| owner.uid.clone());
        let own = owner(&self.pod);
        let pods = cluster.list_in(Kind::Pod, self.namespace());
        let pods = pods.filter(|pod| own.is_some() && owner(pod) == own || pod.meta.uid == self.pod.meta.uid);
        let pods: Vec<Rc<Object>> = pods.cloned().collect();
        let members = pods.iter().flat_map(|pod| Container::all_running(cluster, pod));
        members.filter(|member| member.image == self.image && member.serves(cluster)).collect()
    }

    /// The ports that its specification names.
    pub fn declared_ports(&self) -> Vec<i64> {
        self.spec.list_at(&["ports"]).iter().filter_map(|port| port.i64_at(&["containerPort"])).collect()
    }

    /// Whether the pod gives its program settings that this lab does not read.
    fn is_configured(&self) -> bool {
        let has_files = self.mounts.iter().any(|mount| matches!(mount.source, Source::Files(_)));
        let names = ["args", "env", "envFrom", "command"];
        has_files || names.iter().any(|name| !self.spec.list_at(&[name]).is_empty())
    }

    /// Whether something answers on a port while its server runs. Images that this lab does not know are taken to.
    pub fn listens_on(&self, cluster: &Cluster, port: i64) -> bool {
        if !self.serves(cluster) {
            return false;
        }
        let own = self.image.ports();
        if own.is_empty() {
            return !self.image.is_known() || self.declared_ports().contains(&port);
        }
        let configured = self.configured_ports(cluster);
        match configured.is_empty() {
            false => configured.contains(&port),
            true => own.contains(&port) || (self.is_configured() && self.declared_ports().contains(&port)),
        }
    }

    /// The ports that a web server's own settings name (`listen 8080;`).
    fn configured_ports(&self, cluster: &Cluster) -> Vec<i64> {
        if self.image.family != Family::Nginx {
            return Vec::new();
        }
        let files = self.list(cluster, "/etc/nginx/conf.d").unwrap_or_default().into_iter();
        let files = files.filter(|file| file.0.ends_with(".conf")).map(|file| format!("/etc/nginx/conf.d/{}", file.0));
        let texts =
            files.chain(["/etc/nginx/nginx.conf".to_string()]).filter_map(|path| self.read(cluster, &path).ok());
        let mut ports = Vec::new();
        for text in texts {
            for line in text.split(['\n', ';', '{', '}']) {
                let Some(value) = line.trim().strip_prefix("listen").filter(|rest| rest.starts_with([' ', '\t']))
                else {
                    continue;
                };
                let address = value.split_whitespace().next().unwrap_or("");
                ports.extend(address.rsplit(':').next().and_then(|port| port.parse::<i64>().ok()));
            }
        }
        ports
    }

    /// The ports on which something answers, as far as they have names.
    pub fn listening_ports(&self, cluster: &Cluster) -> Vec<i64> {
        let all = self.image.ports().iter().copied().chain(self.declared_ports()).chain(self.configured_ports(cluster));
        let mut ports: Vec<i64> = Vec::new();
        for port in all {
            if !ports.contains(&port) && self.listens_on(cluster, port) {
                ports.push(port);
            }
        }
        ports
    }
}
