//! Tests of what names of images tell, and of the table behind them.

use super::table::rows;
use super::*;

#[test]
fn an_image_is_known_by_its_name() {
    let image = Image::of("mariadb:11.3.2-jammy");
    assert_eq!((image.family, image.full_version().as_str()), (Family::Mariadb, "11.3.2"));
    assert_eq!(Image::of("registry.k8s.io/nginx-slim:0.24").family, Family::Nginx);
    assert!(Image::of("localhost:5000/nginx:1.25-alpine").is_busybox);
    assert!(!Image::of("ghcr.io/takara9/my-ubuntu:0.3").is_known());
    assert!(Image::of("registry.k8s.io/e2e-test-images/busybox:1.29").is_plain());
    assert_eq!(Image::of("").family, Family::Other);
    assert_eq!(Image::of("gcr.io/google-samples/cassandra:v13").ports(), [7000, 7199, 9042]);
    assert_eq!(Image::of("bitnami/postgresql:16").ports(), [5432]);
    assert!(!Image::of("example.com/my-app:1").is_known());
}

#[test]
fn a_name_that_contains_a_servers_is_another_programs() {
    for (name, family) in [
        ("docker.io/bitnami/redis-cluster:7.2", Family::Redis),
        ("mcr.microsoft.com/oss/mirror/docker.io/library/nginx:1.25", Family::Nginx),
        ("rancher/mirrored-library-busybox:1.36.1", Family::Busybox),
        ("bitnami/postgresql-repmgr:16", Family::Postgres),
        ("mysql/mysql-server:8.0", Family::Mysql),
        ("redis/redis-stack-server:7.2.0-v10", Family::Redis),
    ] {
        assert_eq!(Image::of(name).family, family, "{name}");
    }
    let others = [
        "app-debian",
        "ubuntu-desktop",
        "python-flask",
        "alpine-nginx-php",
        "hello-world-api",
        "redis-consumer",
        "postgres-api",
        "kafka-consumer",
        "httpd-auth",
        "opensearch-dashboards",
        "mirrored-library-busybox-app",
        "mongodb-install",
        "mysql-backup",
        "vault-k8s",
        "grafana-loki",
        "cockroach-self-signer-cert",
        "etcd-20-centos7",
        "redis-exporter",
        "my-app",
        "server",
        "nginx-ingress-controller",
    ];
    for name in others {
        assert!(!Image::of(&format!("mycorp/{name}:1")).is_known(), "{name}");
    }
}

#[test]
fn what_others_call_as_a_known_image_is_theirs() {
    let known = [
        "curlimages/curl:8",
        "harbor.local/coreos/etcd:3",
        "etcd:3",
        "docker.io/grafana/grafana:12",
        "bitnami/kubectl",
    ];
    assert!(known.iter().all(|name| Image::of(name).is_known()));
    let others = ["acme/curl:1", "acme/etcd:1", "ghcr.io/acme/kubectl:1", "acme/notgrafana/grafana:1"];
    assert!(others.iter().all(|name| !Image::of(name).is_known()));
}

#[test]
fn the_table_of_images_is_well_formed() {
    let keys = [
        "base-has",
        "missing",
        "sets",
        "image",
        "match",
        "official",
        "makers",
        "base",
        "version",
        "ports",
        "like",
        "port-settings",
        "repackaged-port-settings",
        "closes",
        "repackaged-ports",
        "user",
        "requires",
        "spoiled-by",
        "in-use",
        "raw",
        "package",
        "process",
        "server",
        "entrypoint",
        "starts",
        "asks",
        "folders",
        "file",
        "published",
        "deaf",
        "names",
        "log",
        "log-of",
        "log-every",
        "empty",
        "lacks",
        "writes",
        "data",
        "data-text",
        "pid",
        "socket",
        "keeper",
        "log-file",
        "reads",
        "behind",
        "behind-setting",
        "launches",
        "service",
        "no-http",
        "needs",
        "opens",
        "not-root",
        "scripts",
        "puts",
        "shares",
        "gets",
        "misses",
        "ends",
        "foreground",
        "ports-of",
        "breaks",
        "programs",
        "directory",
        "bound",
        "bound-inside",
        "bound-usually",
        "root",
        "ready",
        "stops",
        "env",
        "page",
        "says",
        "fails",
    ];
    for line in include_str!("../images.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let key = line.split(' ').next().unwrap();
        assert!(keys.contains(&key), "{line}");
        assert!(!matches!(key, "says" | "fails") || line.contains("=>"), "{line}");
        // A line that went into the one before it.
        assert!(
            !keys.iter().any(|key| line.contains(&format!("\\n{key} ")) && line.matches(" => ").count() > 1),
            "{line}"
        );
    }
    for row in rows() {
        assert!(["debian", "alpine", "busybox", "java", "none"].contains(&row.base), "{}", row.name);
        assert!(!row.version.is_empty(), "{}", row.name);
        assert!(row.servers.is_empty() || !row.process.is_empty(), "{}", row.name);
    }
}
