//! What each level forbids, in its words.

use super::*;
use crate::model::parse_json;

fn said_of(level: Level, minor: u8, annotations: &[(&str, &str)], spec: &str) -> Vec<String> {
    let spec = parse_json(spec).unwrap();
    let annotations = annotations.iter().map(|(key, value)| (Text::new(key), Text::new(value))).collect();
    let found = violations(level, minor, &Subject { annotations, spec: &spec });
    found.into_iter().map(|it| format!("{} ({})", it.reason, it.detail)).collect()
}

fn said(level: Level, spec: &str) -> String {
    said_of(level, 37, &[], spec).join(", ")
}

#[test]
fn what_a_level_does_not_allow_is_said_as_recorded() {
    let host = r#"{"hostNetwork":true,"hostPID":true,"volumes":[{"name":"h","hostPath":{"path":"/etc"}}],
            "containers":[{"name":"c","ports":[{"containerPort":80,"hostPort":80}],
            "securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}]}"#;
    assert_eq!(said(Level::Privileged, host), "");
    assert_eq!(
        said(Level::Baseline, host),
        "non-default capabilities (container \"c\" must not include \"NET_ADMIN\" in \
             securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes \
             (volume \"h\"), hostPort (container \"c\" uses hostPort 80)"
    );
    assert!(
        said(Level::Restricted, host)
            .contains("restricted volume types (volume \"h\" uses restricted volume type \"hostPath\")")
    );
}

#[test]
fn what_the_pod_says_counts_for_its_containers() {
    let tight = r#"{"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},
            "containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}"#;
    assert_eq!(said(Level::Restricted, tight), "");
    let two = r#"{"containers":[{"name":"a"},{"name":"b"}]}"#;
    assert!(said(Level::Restricted, two).ends_with(
        "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to \
             \"RuntimeDefault\" or \"Localhost\")"
    ));
}

#[test]
fn profiles_of_the_kernel_are_looked_at() {
    let pod = |context: &str| format!(r#"{{"securityContext":{context},"containers":[{{"name":"c"}}]}}"#);
    let own = |context: &str| format!(r#"{{"containers":[{{"name":"c","securityContext":{context}}}]}}"#);
    let armor = r#"{"appArmorProfile":{"type":"Unconfined"}}"#;
    let says = "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")";
    assert_eq!(said(Level::Baseline, &pod(armor)), says);
    assert_eq!(said(Level::Baseline, &own(armor)), says.replace("(pod", "(container \"c\""));
    let key = "container.apparmor.security.beta.kubernetes.io/c";
    assert_eq!(
        said_of(Level::Baseline, 37, &[(key, "unconfined")], &own(armor)),
        ["forbidden AppArmor profiles (container \"c\" and annotation must not set AppArmor profile type to \
              \"Unconfined\", \"container.apparmor.security.beta.kubernetes.io/c=\"unconfined\"\")"]
    );
    assert!(said_of(Level::Baseline, 37, &[(key, "localhost/x")], &own("{}")).is_empty());
    let linux = r#"{"seLinuxOptions":{"user":"foo","type":"bar_t"}}"#;
    let says = "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"bar_t\"; user may not be set)";
    assert_eq!(said(Level::Baseline, &pod(linux)), says);
    let engine = own(r#"{"seLinuxOptions":{"type":"container_engine_t"}}"#);
    assert_eq!([30, 31].map(|minor| said_of(Level::Baseline, minor, &[], &engine).len()), [1, 0]);
    let windows = r#"{"windowsOptions":{"hostProcess":true}}"#;
    let says = "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)";
    assert_eq!(said(Level::Baseline, &pod(windows)), says);
}

#[test]
fn probes_and_hooks_may_ask_nobody_else() {
    let probed = r#"{"containers":[{"name":"c","livenessProbe":{"httpGet":{"host":"1.2.3.4","port":80}},
            "lifecycle":{"preStop":{"tcpSocket":{"host":"a.b","port":1}}}}]}"#;
    let says = "probe or lifecycle host (container \"c\" uses probe or lifecycle hosts \"1.2.3.4\", \"a.b\")";
    assert_eq!(said(Level::Baseline, probed), says);
    assert!(said_of(Level::Baseline, 33, &[], probed).is_empty());
}

#[test]
fn the_rules_of_a_version_are_those_of_its_time() {
    let plain = r#"{"containers":[{"name":"c","securityContext":{"runAsNonRoot":true,"runAsUser":0,
            "allowPrivilegeEscalation":false}}]}"#;
    let reasons = |minor| said_of(Level::Restricted, minor, &[], plain).len();
    assert_eq!([18, 19, 22, 23].map(reasons), [0, 1, 2, 3], "seccompProfile, capabilities, runAsUser");
    let own_users = r#"{"hostUsers":false,"containers":[{"name":"c","securityContext":{"procMount":"Unmasked"}}]}"#;
    assert_eq!([34, 35].map(|minor| said_of(Level::Baseline, minor, &[], own_users).len()), [1, 0]);
    assert!(said(Level::Restricted, own_users).contains("must not set securityContext.procMount to \"Unmasked\""));
    assert!(!said(Level::Restricted, own_users).contains("runAsNonRoot"));
    let windows = r#"{"os":{"name":"windows"},"securityContext":{"runAsNonRoot":true},"containers":[{"name":"c"}]}"#;
    assert_eq!([24, 25].map(|minor| said_of(Level::Restricted, minor, &[], windows).len()), [3, 0]);
    let sysctl =
        r#"{"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_notsent_lowat","value":"1"}]},"containers":[]}"#;
    assert_eq!([36, 37].map(|minor| said_of(Level::Baseline, minor, &[], sysctl).len()), [1, 0]);
    let annotated = [("seccomp.security.alpha.kubernetes.io/pod", "unconfined")];
    assert_eq!(
        said_of(Level::Baseline, 18, &annotated, plain),
        ["seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")"]
    );
}
