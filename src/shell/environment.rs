//! The environment of a container's programs: what the image sets, Services, ConfigMaps, Secrets, fields of the pod.

use super::container::Container;
use super::spec_variables::variables;
use crate::cluster::Cluster;

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
        for (name, value) in variables(cluster, &self.pod, &self.spec, self.ip()) {
            set(&name, value);
        }
        set("HOME", "/root".to_string());
        all
    }

    /// The variable `name` of its environment.
    pub fn variable(&self, cluster: &Cluster, name: &str) -> Option<String> {
        self.environment(cluster).into_iter().find(|pair| pair.0 == name).map(|pair| pair.1)
    }
}
