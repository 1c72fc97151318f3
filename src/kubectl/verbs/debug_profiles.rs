//! What `kubectl debug --profile` grants the container to debug with, and what a copy of a pod keeps.
//!
//! Follows pkg/cmd/debug/profiles.go of kubectl.

use crate::kubectl::command::Failure;
use crate::kubectl::flags::Args;
use crate::model::{Object, Value};
use crate::{list, obj};

/// How a thing is debugged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// By a container beside those of a pod.
    Ephemeral,
    /// By a copy of a pod.
    Copy,
    /// By a pod in the place of a node.
    Node,
}

/// A profile by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// What there was before profiles.
    Legacy,
    /// Enough for most.
    General,
    /// What the baseline of Pod Security lets be.
    Baseline,
    /// What its restricted level lets be.
    Restricted,
    /// The network, too.
    Netadmin,
    /// Everything.
    Sysadmin,
}

impl Profile {
    /// The one that the flags name; where they name none, the general one, or else the legacy one.
    ///
    /// # Errors
    /// A name that there is not.
    pub fn of(args: &Args, is_general: bool) -> Result<Profile, Failure> {
        Ok(match args.text("profile") {
            "" if is_general => Profile::General,
            "general" => Profile::General,
            "" | "legacy" => Profile::Legacy,
            "baseline" => Profile::Baseline,
            "restricted" => Profile::Restricted,
            "netadmin" => Profile::Netadmin,
            "sysadmin" => Profile::Sysadmin,
            other => return Err(Failure::client(format!("unknown profile: {other}"))),
        })
    }

    /// Changes a pod for the container called `name`.
    pub fn apply(self, style: Style, pod: &mut Object, name: &str, args: &Args) {
        self.grant(style, pod, name);
        match style {
            Style::Node => {
                if matches!(self, Profile::Legacy | Profile::General | Profile::Sysadmin) {
                    mount_root(pod, name);
                }
                if !matches!(self, Profile::Baseline | Profile::Restricted) {
                    for field in ["hostNetwork", "hostPID", "hostIPC"] {
                        pod.set_at(&["spec", field], true);
                    }
                }
            }
            Style::Copy if self == Profile::Legacy => pod.meta.labels = Default::default(),
            Style::Copy => {
                strip(pod, args);
                if pod.at(&["spec", "shareProcessNamespace"]).is_none() {
                    pod.set_at(&["spec", "shareProcessNamespace"], true);
                }
            }
            Style::Ephemeral => {}
        }
    }

    fn grant(self, style: Style, pod: &mut Object, name: &str) {
        let Some(container) = container_mut(pod, name) else { return };
        let context = ["securityContext"];
        let clears =
            matches!(self, Profile::Baseline | Profile::Restricted) || self == Profile::General && style == Style::Node;
        if clears {
            container.remove_at(&context);
        }
        match self {
            Profile::General if style != Style::Node => add_capabilities(container, &["SYS_PTRACE"]),
            Profile::Netadmin => add_capabilities(container, &["NET_ADMIN", "NET_RAW"]),
            Profile::Sysadmin => container.set_at(&["securityContext", "privileged"], true),
            Profile::Restricted => container.set_at(
                &context,
                obj! {
                    "allowPrivilegeEscalation" => false, "capabilities" => obj! { "drop" => list!["ALL"] },
                    "runAsNonRoot" => true, "seccompProfile" => obj! { "type" => "RuntimeDefault" },
                },
            ),
            _ => {}
        }
    }
}

fn container_mut<'a>(pod: &'a mut Object, name: &str) -> Option<&'a mut Value> {
    let list = ["containers", "ephemeralContainers"]
        .into_iter()
        .find(|list| pod.list_at(&["spec", list]).iter().any(|it| it.str_at(&["name"]) == name))?;
    pod.at_mut(&["spec", list]).list_mut().iter_mut().find(|it| it.str_at(&["name"]) == name)
}

fn add_capabilities(container: &mut Value, names: &[&'static str]) {
    let added = container.at_mut(&["securityContext", "capabilities", "add"]).list_mut();
    added.extend(names.iter().map(|name| Value::from(*name)));
}

/// Mounts the node's own files at `/host`.
fn mount_root(pod: &mut Object, name: &str) {
    let volume = obj! { "hostPath" => obj! { "path" => "/" }, "name" => "host-root" };
    pod.at_mut(&["spec", "volumes"]).list_mut().push(volume);
    if let Some(container) = container_mut(pod, name) {
        let mount = obj! { "mountPath" => "/host", "name" => "host-root" };
        container.at_mut(&["volumeMounts"]).list_mut().push(mount);
    }
}

/// Takes from a copy what nobody wanted kept.
fn strip(pod: &mut Object, args: &Args) {
    if !args.is("keep-labels") {
        pod.meta.labels = Default::default();
    }
    if !args.is("keep-annotations") {
        pod.meta.annotations = Default::default();
    }
    if !args.is_unless_false("keep-init-containers") {
        pod.remove_at(&["spec", "initContainers"]);
    }
    for container in pod.at_mut(&["spec", "containers"]).list_mut() {
        for (flag, probe) in
            [("keep-liveness", "livenessProbe"), ("keep-readiness", "readinessProbe"), ("keep-startup", "startupProbe")]
        {
            if !args.is(flag) {
                container.remove_at(&[probe]);
            }
        }
    }
}
