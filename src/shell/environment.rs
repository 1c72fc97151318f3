//! The environment variables of a container's processes, put together: the path, the host's name, what the image sets, and
//! what the specification asks for (`env_of_spec`).

use super::container::Container;
use super::env_of_spec::{each_once, variables};
use super::ownership::User;
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
        let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let mut all =
            vec![("PATH".to_string(), path.to_string()), ("HOSTNAME".to_string(), self.hostname().to_string())];
        all.extend(self.image.environment().into_iter().map(|(name, value)| (name.to_string(), value)));
        all.extend(variables(cluster, &self.pod, &self.spec, self.ip()));
        let mut all = each_once(all);
        if !all.iter().any(|pair| pair.0 == "HOME") {
            all.push(("HOME".to_string(), self.home(cluster)));
        }
        all
    }

    /// Where the runtime says that its user is at home: by the image's list of users, `/` for one who is not in it.
    fn home(&self, cluster: &Cluster) -> String {
        let user = User::of(&self.pod, &self.spec, &self.image);
        self.account(cluster, &user.id.to_string()).map_or_else(|| "/".to_string(), |account| account.home)
    }

    /// The variable `name` of its environment.
    pub fn variable(&self, cluster: &Cluster, name: &str) -> Option<String> {
        self.environment(cluster).into_iter().find(|pair| pair.0 == name).map(|pair| pair.1)
    }
}
