//! What to try in each scenario, step by step: the lines to type; the words are in the catalogue (`i18n::guide`).

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// `<scenario>.<step>`, the key of its words.
    pub key: &'static str,
    /// The lines, in order. A line that waits for something has to end before the next one.
    pub lines: &'static [&'static str],
}

/// The steps of the scenario called `id`; none for an unknown one.
pub fn guide(id: &str) -> &'static [Step] {
    GUIDES.iter().find(|(scenario, _)| *scenario == id).map_or(&[], |(_, steps)| steps)
}

const fn step(key: &'static str, lines: &'static [&'static str]) -> Step {
    Step { key, lines }
}

/// All guides, by scenario.
pub const GUIDES: &[(&str, &[Step])] = &[
    (
        "web",
        &[
            step("web.create", &["kubectl get sts,pods,pvc"]),
            step("web.delete", &["kubectl delete pod web-1", "kubectl get pods"]),
            step("web.up", &["kubectl scale sts web --replicas=5", "kubectl get pods -w"]),
            step("web.down", &["kubectl scale sts web --replicas=2", "kubectl get pvc"]),
            step("web.again", &["kubectl scale sts web --replicas=3", "kubectl get pods,pvc"]),
            step(
                "web.update",
                &[
                    "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25",
                    "kubectl rollout status sts/web",
                    "kubectl rollout history sts/web",
                ],
            ),
            step(
                "web.canary",
                &[
                    r#"kubectl patch sts web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'"#,
                    "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.26",
                    "kubectl get pods -L controller-revision-hash",
                ],
            ),
            step(
                "web.rest",
                &[
                    r#"kubectl patch sts web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'"#,
                    "kubectl rollout status sts/web",
                ],
            ),
            step(
                "web.stuck",
                &[
                    "kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:bad",
                    "kubectl get pods",
                    "kubectl rollout undo sts/web",
                ],
            ),
            step("web.unstick", &["kubectl delete pod web-2", "kubectl rollout status sts/web"]),
            step("web.node", &["lab stop node-b", "kubectl get nodes", "kubectl get pods -o wide"]),
            step("web.node-back", &["lab start node-b", "kubectl get nodes,pods"]),
        ],
    ),
    (
        "mariadb",
        &[
            step("mariadb.apply", &["kubectl get sts,pods,pvc"]),
            step("mariadb.up", &["kubectl scale sts/sts-mariadb --replicas 2 # one more", "kubectl get sts,pods,pvc"]),
            step("mariadb.down", &["kubectl scale sts/sts-mariadb --replicas 1", "kubectl get sts,pods,pvc"]),
            step("mariadb.again", &["kubectl scale sts/sts-mariadb --replicas 2", "kubectl get sts,pods,pvc"]),
            step("mariadb.delete", &["kubectl delete -f manifest.yaml", "kubectl get sts,pods,pvc"]),
        ],
    ),
    (
        "mariadb-svc",
        &[
            step("mariadb-svc.class", &["kubectl get sc"]),
            step("mariadb-svc.apply", &["kubectl get sts", "kubectl get po", "kubectl get pvc", "kubectl get pv"]),
            step("mariadb-svc.service", &["kubectl get svc mariadb-svc", "kubectl get pod -o wide"]),
            step(
                "mariadb-svc.names",
                &[
                    "kubectl run -it my-pod --image=ghcr.io/takara9/my-ubuntu:0.3 -- bash",
                    "nslookup mariadb-svc",
                    "nslookup 10.244.0.16",
                    "nslookup mariadb-sts-0.mariadb-svc.default.svc.cluster.local",
                    "exit",
                ],
            ),
            step(
                "mariadb-svc.write",
                &[
                    "kubectl run -it my-client --image=mariadb:11.3.2-jammy -- bash",
                    "mariadb --host mariadb-svc --password",
                    "secret",
                    "create database test1;",
                    "show databases;",
                    "exit",
                    "exit",
                ],
            ),
            step("mariadb-svc.delete", &["kubectl get pod", "kubectl delete pod mariadb-sts-0", "kubectl get pod"]),
            step(
                "mariadb-svc.read",
                &[
                    "kubectl exec -it my-client -- bash",
                    "mariadb --host mariadb-svc --password",
                    "secret",
                    "show databases;",
                    "exit",
                    "exit",
                ],
            ),
            step("mariadb-svc.yaml", &["kubectl get sts mariadb-sts -o yaml"]),
        ],
    ),
];
