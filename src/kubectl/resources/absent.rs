//! Kinds of Kubernetes that the model does not keep: there are none of them.

/// A kind of Kubernetes that the model does not keep: there are none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// `deployments`.
    pub plural: &'static str,
    /// `deployment`.
    pub singular: &'static str,
    /// `Deployment`.
    pub kind: &'static str,
    /// `apps`.
    pub group: &'static str,
    /// `deploy`.
    pub short: &'static str,
    /// Whether its objects live in a namespace.
    pub is_namespaced: bool,
}

impl Absent {
    /// `apps/v1`.
    pub fn api_version(&self) -> String {
        match self.group {
            "" => "v1".into(),
            group => format!("{group}/v1"),
        }
    }
}

const fn absent(
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    group: &'static str,
    short: &'static str,
    is_namespaced: bool,
) -> Absent {
    Absent { plural, singular, kind, group, short, is_namespaced }
}

/// The kinds that the model does not keep.
pub const ABSENT: &[Absent] = &[
    absent(
        "validatingadmissionpolicies",
        "validatingadmissionpolicy",
        "ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io",
        "",
        false,
    ),
    absent(
        "validatingadmissionpolicybindings",
        "validatingadmissionpolicybinding",
        "ValidatingAdmissionPolicyBinding",
        "admissionregistration.k8s.io",
        "",
        false,
    ),
    absent("selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", "authentication.k8s.io", "", false),
    absent("tokenreviews", "tokenreview", "TokenReview", "authentication.k8s.io", "", false),
    absent(
        "localsubjectaccessreviews",
        "localsubjectaccessreview",
        "LocalSubjectAccessReview",
        "authorization.k8s.io",
        "",
        true,
    ),
    absent(
        "selfsubjectaccessreviews",
        "selfsubjectaccessreview",
        "SelfSubjectAccessReview",
        "authorization.k8s.io",
        "",
        false,
    ),
    absent(
        "selfsubjectrulesreviews",
        "selfsubjectrulesreview",
        "SelfSubjectRulesReview",
        "authorization.k8s.io",
        "",
        false,
    ),
    absent("subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview", "authorization.k8s.io", "", false),
    absent("bindings", "binding", "Binding", "", "", true),
    absent(
        "certificatesigningrequests",
        "certificatesigningrequest",
        "CertificateSigningRequest",
        "certificates.k8s.io",
        "csr",
        false,
    ),
    absent("csidrivers", "csidriver", "CSIDriver", "storage.k8s.io", "", false),
    absent("csinodes", "csinode", "CSINode", "storage.k8s.io", "", false),
    absent("csistoragecapacities", "csistoragecapacity", "CSIStorageCapacity", "storage.k8s.io", "", true),
    absent("flowschemas", "flowschema", "FlowSchema", "flowcontrol.apiserver.k8s.io", "", false),
    absent(
        "prioritylevelconfigurations",
        "prioritylevelconfiguration",
        "PriorityLevelConfiguration",
        "flowcontrol.apiserver.k8s.io",
        "",
        false,
    ),
    absent("ipaddresses", "ipaddress", "IPAddress", "networking.k8s.io", "ip", false),
    absent("servicecidrs", "servicecidr", "ServiceCIDR", "networking.k8s.io", "", false),
    absent("deviceclasses", "deviceclass", "DeviceClass", "resource.k8s.io", "", false),
    absent("resourceclaims", "resourceclaim", "ResourceClaim", "resource.k8s.io", "", true),
    absent("resourceclaimtemplates", "resourceclaimtemplate", "ResourceClaimTemplate", "resource.k8s.io", "", true),
    absent("resourceslices", "resourceslice", "ResourceSlice", "resource.k8s.io", "", false),
    absent("replicationcontrollers", "replicationcontroller", "ReplicationController", "", "rc", true),
];
