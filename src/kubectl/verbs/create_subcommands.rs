//! The subcommands of `kubectl create`: one row each, with names, flags, help and what it makes.
//!
//! Follows pkg/cmd/create of kubectl.

use super::create_flags::{self, COMMON};
use super::requests::tree;
use super::{
    create_access, create_data, create_ingress, create_policy, create_service, create_token, create_workloads,
    data_sources,
};
use crate::kubectl::output_formats;
use crate::kubectl::subcommand::Makes::{Answer, Object};
use crate::kubectl::subcommand::Subcommand;
use crate::model::Kind;
use crate::obj;

/// Their rows, in the order of their names.
pub(super) const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "clusterrole",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::ROLE, create_flags::WIDE_ROLE],
        required: &[],
        summary: "Create a cluster role.",
        form: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename]",
        makes: Object(create_access::cluster_role),
        asks_for_name: true,
        saves_config: true,
        failed: None,
    },
    Subcommand {
        name: "clusterrolebinding",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::SUBJECTS],
        required: &["clusterrole"],
        summary: "Create a cluster role binding for a particular cluster role.",
        form: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]",
        makes: Object(create_access::cluster_role_binding),
        asks_for_name: false,
        saves_config: true,
        failed: Some("clusterrolebinding:"),
    },
    Subcommand {
        name: "configmap",
        aliases: &["cm"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::APPEND_HASH, data_sources::LITERALS, data_sources::FILES],
        required: &[],
        summary: "Create a config map from files, directories, or values on the line.",
        form: "NAME [--from-file=[key=]source] [--from-literal=key1=value1]",
        makes: Object(create_data::config_map),
        asks_for_name: true,
        saves_config: true,
        failed: Some("configmap:"),
    },
    Subcommand {
        name: "cronjob",
        aliases: &["cj"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::ONE_IMAGE, create_flags::CRON_JOB],
        required: &["image", "schedule"],
        summary: "Create a cron job with the specified name.",
        form: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
        makes: Object(create_workloads::cron_job),
        asks_for_name: false,
        saves_config: true,
        failed: Some("cronjob:"),
    },
    Subcommand {
        name: "deployment",
        aliases: &["deploy"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::DEPLOYMENT],
        required: &["image"],
        summary: "Create a deployment with the specified name.",
        form: "NAME --image=image -- [COMMAND] [args...]",
        makes: Object(create_workloads::deployment),
        asks_for_name: false,
        saves_config: true,
        failed: Some("deployment:"),
    },
    Subcommand {
        name: "ingress",
        aliases: &["ing"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::INGRESS],
        required: &[],
        summary: "Create an ingress with the specified name.",
        form: "NAME --rule=host/path=service:port[,tls[=secret]]",
        makes: Object(create_ingress::ingress),
        asks_for_name: false,
        saves_config: true,
        failed: Some("ingress:"),
    },
    Subcommand {
        name: "job",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::ONE_IMAGE, create_flags::JOB],
        required: &[],
        summary: "Create a job with the specified name.",
        form: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
        makes: Object(create_workloads::job),
        asks_for_name: false,
        saves_config: true,
        failed: Some("job:"),
    },
    Subcommand {
        name: "namespace",
        aliases: &["ns"],
        flags: &[output_formats::FLAGS, COMMON],
        required: &[],
        summary: "Create a namespace with the specified name.",
        form: "NAME",
        makes: Object(|name, _, _| Ok(tree(Kind::Namespace, name, obj! {}))),
        asks_for_name: true,
        saves_config: true,
        failed: None,
    },
    Subcommand {
        name: "poddisruptionbudget",
        aliases: &["pdb"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::OWN_SELECTOR, create_flags::BUDGET],
        required: &[],
        summary: "Create a pod disruption budget with a selector and how many pods have to stay.",
        form: "NAME --selector=SELECTOR --min-available=N",
        makes: Object(create_policy::budget),
        asks_for_name: true,
        saves_config: true,
        failed: Some("poddisruptionbudgets:"),
    },
    Subcommand {
        name: "priorityclass",
        aliases: &["pc"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::PRIORITY],
        required: &[],
        summary: "Create a priority class with a value, a description and whether it is the default.",
        form: "NAME --value=VALUE --global-default=BOOL",
        makes: Object(create_policy::priority_class),
        asks_for_name: false,
        saves_config: true,
        failed: Some("priorityclass:"),
    },
    Subcommand {
        name: "quota",
        aliases: &["resourcequota"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::QUOTA],
        required: &[],
        summary: "Create a resource quota with hard limits, and what they are for.",
        form: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]",
        makes: Object(create_policy::quota),
        asks_for_name: true,
        saves_config: true,
        failed: Some("quota:"),
    },
    Subcommand {
        name: "role",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::ROLE],
        required: &[],
        summary: "Create a role with a single rule.",
        form: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename]",
        makes: Object(create_access::role),
        asks_for_name: true,
        saves_config: true,
        failed: None,
    },
    Subcommand {
        name: "rolebinding",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::SUBJECTS, create_flags::NARROW_BINDING],
        required: &[],
        summary: "Create a role binding for a particular role or cluster role.",
        form: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]",
        makes: Object(create_access::role_binding),
        asks_for_name: true,
        saves_config: true,
        failed: Some("rolebinding:"),
    },
    Subcommand {
        name: "secret docker-registry",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::APPEND_HASH, create_data::REGISTRY, data_sources::FILES],
        required: &[],
        summary: "Create a secret for use with container registries.",
        form: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]",
        makes: Object(create_data::docker_registry),
        asks_for_name: true,
        saves_config: true,
        failed: Some("secret"),
    },
    Subcommand {
        name: "secret generic",
        aliases: &[],
        flags: &[
            output_formats::FLAGS,
            COMMON,
            create_flags::APPEND_HASH,
            create_flags::SECRET_TYPE,
            data_sources::LITERALS,
            data_sources::FILES,
        ],
        required: &[],
        summary: "Create a secret from files, directories, or values on the line.",
        form: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]",
        makes: Object(create_data::generic),
        asks_for_name: true,
        saves_config: true,
        failed: Some("secret"),
    },
    Subcommand {
        name: "secret tls",
        aliases: &[],
        flags: &[output_formats::FLAGS, COMMON, create_flags::APPEND_HASH, create_data::CERTIFICATE],
        required: &[],
        summary: "Create a TLS secret from a pair of keys.",
        form: "NAME --cert=path/to/cert/file --key=path/to/key/file",
        makes: Object(create_data::tls),
        asks_for_name: false,
        saves_config: true,
        failed: Some("secret"),
    },
    Subcommand {
        name: "service clusterip",
        aliases: &["svc"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::TCP, create_flags::CLUSTER_IP],
        required: &[],
        summary: "Create a ClusterIP service with the specified name.",
        form: "NAME [--tcp=<port>:<targetPort>]",
        makes: Object(create_service::cluster_ip),
        asks_for_name: false,
        saves_config: false,
        failed: Some("ClusterIP service:"),
    },
    Subcommand {
        name: "service externalname",
        aliases: &["svc"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::TCP, create_flags::EXTERNAL_NAME],
        required: &["external-name"],
        summary: "Create an ExternalName service with the specified name.",
        form: "NAME --external-name external.name",
        makes: Object(create_service::external_name),
        asks_for_name: false,
        saves_config: false,
        failed: Some("ExternalName service:"),
    },
    Subcommand {
        name: "service loadbalancer",
        aliases: &["svc"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::TCP],
        required: &[],
        summary: "Create a LoadBalancer service with the specified name.",
        form: "NAME [--tcp=port:targetPort]",
        makes: Object(create_service::load_balancer),
        asks_for_name: false,
        saves_config: false,
        failed: Some("LoadBalancer service:"),
    },
    Subcommand {
        name: "service nodeport",
        aliases: &["svc"],
        flags: &[output_formats::FLAGS, COMMON, create_flags::TCP, create_flags::NODE_PORT],
        required: &[],
        summary: "Create a NodePort service with the specified name.",
        form: "NAME [--tcp=port:targetPort]",
        makes: Object(create_service::node_port),
        asks_for_name: false,
        saves_config: false,
        failed: Some("NodePort service:"),
    },
    Subcommand {
        name: "serviceaccount",
        aliases: &["sa"],
        flags: &[output_formats::FLAGS, COMMON],
        required: &[],
        summary: "Create a service account with the specified name.",
        form: "NAME",
        makes: Object(|name, _, _| Ok(tree(Kind::ServiceAccount, name, obj! {}))),
        asks_for_name: true,
        saves_config: true,
        failed: Some("serviceaccount:"),
    },
    Subcommand {
        name: "token",
        aliases: &[],
        flags: &[output_formats::FLAGS, create_token::FLAGS],
        required: &[],
        summary: "Request a service account token.",
        form: "SERVICE_ACCOUNT_NAME",
        makes: Answer(create_token::token),
        asks_for_name: true,
        saves_config: true,
        failed: None,
    },
];

/// The word of a group of subcommands: `service` for `svc`. `None` for a word that has no second one behind it.
pub(super) fn family_of(word: &str) -> Option<&'static str> {
    SUBCOMMANDS.iter().find_map(|row| {
        let (first, _) = row.name.split_once(' ')?;
        (first == word || row.aliases.contains(&word)).then_some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{create_flags::ALL, create_help};
    use super::*;

    #[test]
    fn a_row_says_all_of_a_subcommand() {
        let knows = |long: &str| ALL.iter().copied().flatten().any(|flag| flag.long == long);
        let mut last = "";
        for row in SUBCOMMANDS {
            assert!(last < row.name, "{} stands behind {last}", row.name);
            last = row.name;
            let own = |long: &str| row.flags.iter().copied().flatten().any(|flag| flag.long == long);
            assert!(
                row.flags.iter().copied().flatten().all(|flag| knows(flag.long)),
                "create_flags::ALL: {}",
                row.name
            );
            assert!(row.required.iter().all(|flag| own(flag)), "{}", row.name);
            let text = create_help::text(row);
            assert!(!row.summary.is_empty() && text.contains(&format!("kubectl create {} {}", row.name, row.form)));
            assert!(!text.contains(":\n\t\n"), "a flag of create {} has no text:\n{text}", row.name);
        }
    }

    #[test]
    fn a_group_of_subcommands_is_known_by_its_rows() {
        assert_eq!(["secret", "svc", "namespace"].map(family_of), [Some("secret"), Some("service"), None]);
    }
}
