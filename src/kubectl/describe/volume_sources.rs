//! The rarer sources of volumes, of pods and of PersistentVolumes, as `kubectl describe` shows them: one table.

use super::Page;
use crate::cluster::patch::go_dump;
use crate::model::Value;

/// A line: what stands before the tab, the field, and what is shown without it.
type Line = (&'static str, &'static str, &'static str);

/// A source: its field, its type and its lines.
type Source = (&'static str, &'static str, &'static [Line]);

const FS: Line = ("FSType:", "fsType", "");
const READ_ONLY: Line = ("ReadOnly:", "readOnly", "false");
const SECRET: Line = ("SecretRef:", "secretRef", "nil");
const VOLUME_ID: Line = ("VolumeID:", "volumeID", "");
const PARTITION: Line = ("Partition:", "partition", "0");

/// Follows the functions `print…VolumeSource` of kubectl's `describe.go`; what a PersistentVolume alone has is left out
/// where it has no such field.
const SOURCES: &[Source] = &[
    (
        "gcePersistentDisk",
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        &[("PDName:", "pdName", ""), FS, PARTITION, READ_ONLY],
    ),
    (
        "awsElasticBlockStore",
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        &[VOLUME_ID, FS, PARTITION, READ_ONLY],
    ),
    (
        "gitRepo",
        "GitRepo (a volume that is pulled from git when the pod is created)",
        &[("Repository:", "repository", ""), ("Revision:", "revision", "")],
    ),
    (
        "iscsi",
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        &[
            ("TargetPortal:", "targetPortal", ""),
            ("IQN:", "iqn", ""),
            ("Lun:", "lun", "0"),
            ("ISCSIInterface", "iscsiInterface", ""),
            FS,
            READ_ONLY,
            ("Portals:", "portals", "[]"),
            ("DiscoveryCHAPAuth:", "chapAuthDiscovery", "false"),
            ("SessionCHAPAuth:", "chapAuthSession", "false"),
            SECRET,
            ("InitiatorName:", "initiatorName", "<none>"),
        ],
    ),
    (
        "glusterfs",
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        &[
            ("EndpointsName:", "endpoints", ""),
            ("EndpointsNamespace:", "endpointsNamespace", "<unset>"),
            ("Path:", "path", ""),
            READ_ONLY,
        ],
    ),
    (
        "rbd",
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        &[
            ("CephMonitors:", "monitors", "[]"),
            ("RBDImage:", "image", ""),
            FS,
            ("RBDPool:", "pool", ""),
            ("RadosUser:", "user", ""),
            ("Keyring:", "keyring", ""),
            SECRET,
            READ_ONLY,
        ],
    ),
    (
        "quobyte",
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        &[("Registry:", "registry", ""), ("Volume:", "volume", ""), READ_ONLY],
    ),
    (
        "azureDisk",
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        &[
            ("DiskName:", "diskName", ""),
            ("DiskURI:", "diskURI", ""),
            ("Kind: ", "kind", ""),
            FS,
            ("CachingMode:", "cachingMode", ""),
            READ_ONLY,
        ],
    ),
    (
        "vsphereVolume",
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        &[("VolumePath:", "volumePath", ""), FS, ("StoragePolicyName:", "storagePolicyName", "")],
    ),
    ("cinder", "Cinder (a Persistent Disk resource in OpenStack)", &[VOLUME_ID, FS, READ_ONLY, SECRET]),
    (
        "photonPersistentDisk",
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        &[("PdID:", "pdID", ""), FS],
    ),
    ("portworxVolume", "PortworxVolume (a Portworx Volume resource)", &[VOLUME_ID]),
    (
        "scaleIO",
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        &[
            ("Gateway:", "gateway", ""),
            ("System:", "system", ""),
            ("Protection Domain:", "protectionDomain", ""),
            ("Storage Pool:", "storagePool", ""),
            ("Storage Mode:", "storageMode", ""),
            ("VolumeName:", "volumeName", ""),
            FS,
            READ_ONLY,
        ],
    ),
    (
        "cephfs",
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        &[
            ("Monitors:", "monitors", "[]"),
            ("Path:", "path", ""),
            ("User:", "user", ""),
            ("SecretFile:", "secretFile", ""),
            SECRET,
            READ_ONLY,
        ],
    ),
    (
        "storageos",
        "StorageOS (a StorageOS Persistent Disk resource)",
        &[("VolumeName:", "volumeName", ""), ("VolumeNamespace:", "volumeNamespace", ""), FS, READ_ONLY],
    ),
    ("fc", "FC (a Fibre Channel disk)", &[("TargetWWNs:", "targetWWNs", ""), ("LUN:", "lun", "<none>"), FS, READ_ONLY]),
    (
        "azureFile",
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        &[
            ("SecretName:", "secretName", ""),
            ("SecretNamespace:", "secretNamespace", ""),
            ("ShareName:", "shareName", ""),
            READ_ONLY,
        ],
    ),
    (
        "flexVolume",
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        &[("Driver:", "driver", ""), FS, SECRET, READ_ONLY, ("Options:", "options", "map[]")],
    ),
    (
        "flocker",
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        &[("DatasetName:", "datasetName", ""), ("DatasetUUID:", "datasetUUID", "")],
    ),
];

/// The fields that only the volumes of a cluster have.
const OF_THE_CLUSTER: [&str; 2] = ["endpointsNamespace", "secretNamespace"];

/// Writes the source that `holder` names, a pod's volume or the spec of a PersistentVolume; `<unknown>` for any other.
pub(super) fn rare_source(page: &mut Page<'_>, holder: &Value, is_of_pod: bool) {
    let Some((source, (_, kind, lines))) = SOURCES.iter().find_map(|row| holder.get(row.0).map(|source| (source, row)))
    else {
        return page.line(if is_of_pod { 1 } else { 2 }, "<unknown>");
    };
    page.field(2, "Type", kind);
    for (label, field, none) in lines.iter().filter(|line| !is_of_pod || !OF_THE_CLUSTER.contains(&line.1)) {
        let shown = source.get(field).map_or_else(|| (*none).to_string(), |value| shown(field, value, is_of_pod));
        page.line(2, format_args!("{label}\t{shown}"));
    }
}

fn shown(field: &str, value: &Value, is_of_pod: bool) -> String {
    let name = value.str_at(&["name"]);
    match field {
        "secretRef" if is_of_pod => format!("&LocalObjectReference{{Name:{name},}}"),
        "secretRef" => format!("&SecretReference{{Name:{name},Namespace:{},}}", value.str_at(&["namespace"])),
        "targetWWNs" => super::joined(value.as_list().unwrap_or(&[]), ", "),
        _ => go_dump(value),
    }
}
