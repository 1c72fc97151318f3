//! What differs between the versions, as one table; the code that differs asks the table and holds no version number.

use super::gates::Gate;
use super::version::Version;

/// Something that is so in some versions, or with some gates, and not in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// `rollingUpdate.maxUnavailable` is stored and counts.
    MaxUnavailable,
    /// Under `Parallel`, pods that are not available anyway are replaced without counting against the budget.
    UnavailableCostNothing,
    /// `updateStrategy.type: Recreate` is accepted, and its pods are replaced at once.
    Recreate,
    /// Under `OnDelete`, too, the update revision becomes the current one.
    OnDeleteCompletes,
    /// Conditions of a set's status outlive the controller's next write.
    ConditionsAreKept,
    /// A template that means what the newest revision says makes no new revision.
    RevisionsByMeaning,
    /// A set is looked at again at the moment at which a pod becomes available.
    LooksAgainInTime,
    /// Events of the StatefulSet controller begin with a capital.
    CapitalEvents,
    /// Claims say since when no pod uses them.
    UnusedClaims,
    /// And only once they are bound.
    UnusedOnceBound,
    /// `spec.workloadRef` of pods.
    WorkloadRef,
    /// `spec.schedulingGroup` of pods.
    SchedulingGroup,
    /// Kubelet events name no container.
    NamelessContainerEvents,
    /// Untolerated taints are counted by the scheduler without their keys.
    NamelessTaints,
    /// The status of a pod with several containers shows the one that failed, not the one that completed.
    FailureBeforeCompletion,
    /// `get serviceaccounts` has no column for secrets.
    NoSecretsColumn,
    /// `rollout undo` warns that apply will not know of it.
    UndoWarning,
    /// `get nodes -o wide` shows the architecture with the kernel.
    KernelArchitecture,
    /// `describe node` has no line for kube-proxy.
    NoKubeProxyLine,
    /// `describe sts` shows service, pod management and retention.
    SetDescription,
    /// Probes are described with the names of their fields.
    ProbeFieldNames,
    /// `describe` writes before an event which part of the object it is about.
    EventPartIsShown,
    /// `describe` of several objects leaves their events out unless asked.
    FewEvents,
    /// What `attach` says at its end names the namespace, whatever the pod's restart policy is.
    NamespaceOfWayBack,
    /// Who asks for a container that a pod does not have is told which it has.
    ContainersAreListed,
    /// Labels that came and went in one command were modified, not labeled.
    LabelsAreModified,
    /// `drain` says once, not twice, that it cannot delete pods without a controller.
    UnmanagedSaidOnce,
    /// `debug` takes the profile general where nobody names one, not the legacy one.
    DebugIsGeneral,
    /// `describe service` has a line for the application protocol of a port.
    AppProtocolLine,
    /// `describe cronjob` has a line for the time zone where none is set.
    TimeZoneLine,
    /// `wait` takes several conditions, one after the other.
    WaitsForSeveral,
    /// What `run` refuses ends without the pointer to its help.
    RunRefusesBriefly,
    /// A pod template's volume of an image has to name the image, as a pod's always had to.
    TemplatesNameImages,
    /// The statuses of Deployments and ReplicaSets count the pods that are going.
    TerminatingReplicas,
    /// What breaks a rule of a custom kind is told with its value, not with its type.
    RulesShowValues,
    /// Who gives a service external addresses is warned.
    ExternalAddressesWarning,
}

/// What sort of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// What a controller or the API server does.
    Rule,
    /// What an object can hold.
    Field,
    /// What is printed.
    Text,
}

impl Area {
    /// A word for it: `rule`, `field` or `text`.
    pub fn word(self) -> &'static str {
        match self {
            Area::Rule => "rule",
            Area::Field => "field",
            Area::Text => "text",
        }
    }
}

/// A row of the table.
pub struct Row {
    /// What differs.
    pub difference: Difference,
    /// What sort of thing it is.
    pub area: Area,
    /// Its name in the catalogue `versions`, which has the words.
    pub key: &'static str,
    /// The first version in which it can be so.
    pub since: Version,
    /// The first version in which it no longer is.
    pub until: Option<Version>,
    /// The gate that has to be on as well.
    pub gate: Option<Gate>,
}

const V34: Version = Version::new(34, 0);
/// The patch of 1.34 that took over what was mended while 1.35 was made (pull requests 135023 and 135087).
const V34_2: Version = Version::new(34, 2);
const V35: Version = Version::new(35, 0);
const V36: Version = Version::new(36, 0);
const V37: Version = Version::new(37, 0);

const fn rule(difference: Difference, key: &'static str, since: Version, gate: Option<Gate>) -> Row {
    Row { difference, area: Area::Rule, key, since, until: None, gate }
}

const fn text(difference: Difference, key: &'static str, since: Version) -> Row {
    Row { difference, area: Area::Text, key, since, until: None, gate: None }
}

const fn field(difference: Difference, key: &'static str, since: Version, until: Option<Version>) -> Row {
    Row { difference, area: Area::Field, key, since, until, gate: None }
}

/// All differences, in the order of [`Difference`].
pub const DIFFERENCES: [Row; 36] = [
    rule(Difference::MaxUnavailable, "max-unavailable", V34, Some(Gate::MaxUnavailableStatefulSet)),
    rule(Difference::UnavailableCostNothing, "unavailable-free", V37, Some(Gate::MaxUnavailableStatefulSet)),
    rule(Difference::Recreate, "recreate", V37, Some(Gate::StatefulSetRecreateStrategy)),
    rule(Difference::OnDeleteCompletes, "on-delete-completes", V37, None),
    rule(Difference::ConditionsAreKept, "conditions-kept", V37, None),
    rule(
        Difference::RevisionsByMeaning,
        "revisions-by-meaning",
        V34_2,
        Some(Gate::StatefulSetSemanticRevisionComparison),
    ),
    rule(Difference::LooksAgainInTime, "looks-again-in-time", V35, None),
    text(Difference::CapitalEvents, "capital-events", V35),
    rule(Difference::UnusedClaims, "unused-claims", V36, Some(Gate::PersistentVolumeClaimUnusedSinceTime)),
    rule(Difference::UnusedOnceBound, "unused-once-bound", V37, Some(Gate::PersistentVolumeClaimUnusedSinceTime)),
    field(Difference::WorkloadRef, "workload-ref", V35, Some(V36)),
    field(Difference::SchedulingGroup, "scheduling-group", V36, None),
    text(Difference::NamelessContainerEvents, "nameless-container-events", V35),
    text(Difference::NamelessTaints, "nameless-taints", V34_2),
    text(Difference::FailureBeforeCompletion, "failure-before-completion", V35),
    text(Difference::NoSecretsColumn, "no-secrets-column", V35),
    text(Difference::UndoWarning, "undo-warning", V36),
    text(Difference::KernelArchitecture, "kernel-architecture", V36),
    text(Difference::NoKubeProxyLine, "no-kube-proxy-line", V36),
    text(Difference::SetDescription, "set-description", V37),
    text(Difference::ProbeFieldNames, "probe-field-names", V37),
    text(Difference::EventPartIsShown, "event-part-shown", V35),
    text(Difference::FewEvents, "few-events", V36),
    text(Difference::NamespaceOfWayBack, "namespace-of-way-back", V36),
    text(Difference::ContainersAreListed, "containers-listed", V36),
    text(Difference::LabelsAreModified, "labels-modified", V36),
    text(Difference::UnmanagedSaidOnce, "unmanaged-said-once", V36),
    rule(Difference::DebugIsGeneral, "debug-is-general", V36, None),
    text(Difference::AppProtocolLine, "app-protocol-line", V36),
    text(Difference::TimeZoneLine, "time-zone-line", V36),
    rule(Difference::WaitsForSeveral, "waits-for-several", V36, None),
    text(Difference::RunRefusesBriefly, "run-refuses-briefly", V37),
    rule(Difference::TemplatesNameImages, "templates-name-images", V37, None),
    rule(
        Difference::TerminatingReplicas,
        "terminating-replicas",
        V34,
        Some(Gate::DeploymentReplicaSetTerminatingReplicas),
    ),
    text(Difference::RulesShowValues, "rules-show-values", V35),
    text(Difference::ExternalAddressesWarning, "external-addresses-warning", V36),
];

impl Row {
    /// Whether it can be so in a version, whatever the gates say.
    pub fn covers(&self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|until| version < until)
    }
}

/// Whether switching a gate changes anything in the lab.
pub fn has_effect(gate: Gate) -> bool {
    DIFFERENCES.iter().any(|row| row.gate == Some(gate))
}

impl Difference {
    /// Its row in the table.
    pub fn row(self) -> &'static Row {
        &DIFFERENCES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_places() {
        for (at, row) in DIFFERENCES.iter().enumerate() {
            assert_eq!(row.difference as usize, at, "{}", row.key);
        }
    }
}
