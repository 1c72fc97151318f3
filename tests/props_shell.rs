//! Random lines typed into containers: nothing panics, and the same lines give the same text.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use statefulset_lab::cluster::Cluster;
use statefulset_lab::model::{Kind, Millis, Object, Text};
use statefulset_lab::shell::{FOREVER, Session, Step, Streams, Target};
use statefulset_lab::{list, obj};

/// One database pod and one client pod.
fn cluster(image: &'static str) -> Cluster {
    let mut cluster = Cluster::new(7);
    for (name, image, args) in [("db-0", "mariadb:11.3.2", list![]), ("client", image, list!["sleep", "infinity"])] {
        let mut pod = Object::new(Kind::Pod, "default", name);
        let env = list![obj! { "name" => "MARIADB_ROOT_PASSWORD", "value" => "x" }];
        let container = obj! { "name" => "c", "image" => image, "args" => args, "env" => env };
        pod.set_at(&["spec"], obj! { "containers" => list![container] });
        let running = obj! { "running" => obj! { "startedAt" => "2026-01-01T00:00:00Z" } };
        let status = obj! { "name" => "c", "restartCount" => 0, "state" => running };
        let ip = if name == "db-0" { "10.0.0.1" } else { "10.0.0.2" };
        pod.set_at(&["status"], obj! { "phase" => "Running", "podIP" => ip, "containerStatuses" => list![status] });
        cluster.insert(pod).expect("the store is empty");
    }
    cluster
}

/// Types the lines and gives everything that was shown.
fn play(image: &'static str, argv: &[&str], lines: &[String]) -> String {
    let mut cluster = cluster(image);
    let target = Target { namespace: "default".into(), pod: Text::from("client"), container: "c".into() };
    let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
    let mut out = String::new();
    let streams = Streams { stdin: true, tty: true };
    let (mut session, mut step) = Session::start(target, &argv, streams, &mut cluster, &mut out);
    for line in lines {
        step = match step {
            Step::Done { .. } => break,
            Step::Sleeping { until } if until == FOREVER || until > cluster.now() + Millis::seconds(5) => {
                session.interrupt(&mut cluster, &mut out)
            }
            Step::Sleeping { until } => {
                cluster.set_now(until);
                session.wake(&mut cluster, &mut out)
            }
            Step::Prompt(_) => session.line(line, &mut cluster, &mut out),
        };
    }
    session.end_of_input(&mut cluster, &mut out);
    out
}

/// Words of the shell and of its commands, joined at random.
fn shell_line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "ls",
        "-la",
        "cat",
        "echo",
        "hi",
        ">",
        ">>",
        "/tmp/a",
        "/tmp",
        "|",
        "&&",
        "||",
        ";",
        "&",
        "$HOSTNAME",
        "$(hostname)",
        "${X:-y}",
        "${X##*-}",
        "'a b'",
        "\"a $X\"",
        "for",
        "i",
        "in",
        "1",
        "2",
        "do",
        "done",
        "while",
        "true",
        "false",
        "if",
        "then",
        "else",
        "fi",
        "{",
        "}",
        "(",
        ")",
        "sleep",
        "0.5",
        "sh",
        "-c",
        "bash",
        "exit",
        "cd",
        "..",
        "mkdir",
        "-p",
        "a/b",
        "rm",
        "-rf",
        "/",
        "*",
        "grep",
        "x",
        "head",
        "-n",
        "tail",
        "wc",
        "-l",
        "sort",
        "cut",
        "-d",
        ",",
        "-f",
        "tr",
        "a-z",
        "A-Z",
        "sed",
        "s/a/b/",
        "awk",
        "{print $1}",
        "seq",
        "10",
        "printf",
        "%s\\n",
        "nslookup",
        "db-0",
        "10.0.0.1",
        "dig",
        "+short",
        "-x",
        "curl",
        "wget",
        "-qO-",
        "http://db-0/",
        "ping",
        "hostname",
        "-f",
        "date",
        "+%F",
        "ps",
        "aux",
        "env",
        "export",
        "X=1",
        "unset",
        "X",
        "test",
        "-f",
        "[",
        "]",
        "=",
        "!",
        "<<",
        "EOF",
        "<",
        "2>&1",
        "$((1 + 2))",
        "$((",
        "`date`",
        "`",
        "'",
        "\"",
        "\\",
        "#",
        "find",
        "-name",
        "cp",
        "mv",
        "df",
        "-h",
        "du",
        "read",
        "set",
        "--",
        "shift",
        "eval",
        "exec",
        "source",
        "type",
        "which",
        "help",
        "break",
        "continue",
        "mariadb",
        "-h",
        "-px",
        "-p",
        "--password",
        "-e",
        "show databases",
        "日本",
        "é",
        "\u{0}",
        "\t",
    ]);
    prop::collection::vec(words, 0..12).prop_map(|words| words.join(" "))
}

fn sql_line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "create",
        "database",
        "table",
        "drop",
        "show",
        "databases",
        "tables",
        "use",
        "select",
        "*",
        "from",
        "where",
        "a",
        "t",
        "(",
        ")",
        ",",
        ";",
        "int",
        "varchar(5)",
        "primary key",
        "not null",
        "default",
        "auto_increment",
        "insert",
        "into",
        "values",
        "(1,'x')",
        "(1)",
        "'x'",
        "\"y\"",
        "`z`",
        "1",
        "2.5",
        "-",
        "+",
        "/",
        "0",
        "%",
        "=",
        "<",
        ">=",
        "and",
        "or",
        "not",
        "in",
        "like",
        "'%a'",
        "is null",
        "between",
        "order by",
        "desc",
        "limit",
        "1,2",
        "group by",
        "count(*)",
        "sum(a)",
        "max(a)",
        "avg(a)",
        "concat(a,'q')",
        "@@hostname",
        "@@nothing",
        "now()",
        "update",
        "set",
        "delete",
        "describe",
        "truncate",
        "if not exists",
        "if exists",
        "\\G",
        "\\c",
        "--",
        "/*",
        "*/",
        "#",
        "'",
        "exit",
        "status",
        "help",
        "日本",
        "é",
        ".",
        "a.t",
        "mysql.user",
        "create database a;",
        "use a;",
        "create table t (a int, b varchar(5));",
        "insert into t values (1,'x'),(2,null);",
        "select * from t;",
    ]);
    prop::collection::vec(words, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_shell_takes_any_words(lines in prop::collection::vec(shell_line(), 1..20)) {
        let shown = play("mariadb:11", &["bash"], &lines);
        prop_assert_eq!(shown, play("mariadb:11", &["bash"], &lines));
    }

    #[test]
    fn busybox_takes_any_characters(lines in prop::collection::vec("\\PC{0,60}", 1..10)) {
        play("busybox:1.28", &["sh"], &lines);
    }

    #[test]
    fn a_database_takes_any_words(lines in prop::collection::vec(sql_line(), 1..20)) {
        let argv = ["mariadb", "-h", "10.0.0.1", "-px"];
        let shown = play("mariadb:11", &argv, &lines);
        prop_assert_eq!(shown, play("mariadb:11", &argv, &lines));
    }

    #[test]
    fn a_database_takes_any_characters(lines in prop::collection::vec("\\PC{0,60};", 1..10)) {
        play("mysql:8.0", &["mysql", "-h10.0.0.1", "-px"], &lines);
    }
}
