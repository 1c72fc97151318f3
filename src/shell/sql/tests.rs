//! Dialogues with a database server in the cluster of the shell's tests.

use crate::cluster::Cluster;
use crate::model::{Key, Kind};
use crate::shell::tests::{add_pod, cluster, dialogue, exec};

const CLIENT: [&str; 3] = ["mariadb", "--host=mariadb-svc", "-psecret"];

/// What statements show in the client of `my-client`, without the greeting.
fn shown(cluster: &mut Cluster, lines: &[&str]) -> String {
    let text = dialogue(cluster, "my-client", &CLIENT, lines);
    text.split_once("current input statement.\n\n").map_or(text.clone(), |pair| pair.1.to_string())
}

#[test]
fn the_tutorials_database_is_made_and_seen() {
    let mut cluster = cluster();
    let lines = [
        "mariadb --host mariadb-svc --password",
        "secret",
        "create database test1;",
        "show databases;",
        "exit",
        "exit",
    ];
    assert_eq!(
        dialogue(&mut cluster, "my-client", &["bash"], &lines),
        "root@my-client:/# mariadb --host mariadb-svc --password
Enter password: 
Welcome to the MariaDB monitor.  Commands end with ; or \\g.
Your MariaDB connection id is 3
Server version: 11.3.2-MariaDB-1:11.3.2+maria~ubu2204 mariadb.org binary distribution

Copyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.

Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.

MariaDB [(none)]> create database test1;
Query OK, 1 row affected (0.006 sec)

MariaDB [(none)]> show databases;
+--------------------+
| Database           |
+--------------------+
| information_schema |
| mysql              |
| performance_schema |
| sys                |
| test1              |
+--------------------+
5 rows in set (0.001 sec)

MariaDB [(none)]> exit
Bye
root@my-client:/# exit
exit
exit 0|"
    );
}

#[test]
fn data_lives_in_the_volume() {
    let mut cluster = cluster();
    shown(
        &mut cluster,
        &[
            "create database test1; use test1;",
            "create table t (id int, name varchar(20));",
            "insert into t values (1,'a');",
        ],
    );
    cluster.remove(&Key::new(Kind::Pod, "default", "mariadb-sts-0"));
    let (text, code) =
        exec(&mut cluster, "my-client", &["mariadb", "-hmariadb-svc", "-psecret", "-e", "select * from test1.t"]);
    assert_eq!((text.as_str(), code), ("ERROR 2002 (HY000): Can't connect to server on 'mariadb-svc' (115)\n", 1));
    add_pod(&mut cluster, "mariadb-sts-0", "mariadb:11.3.2-jammy", "10.244.0.16", "dbvl-mariadb-sts-0");
    let (text, _) =
        exec(&mut cluster, "my-client", &["mariadb", "-hmariadb-svc", "-psecret", "-e", "select * from test1.t"]);
    assert_eq!(text, "id\tname\n1\ta\n");
    cluster.remove(&Key::new(Kind::PersistentVolume, "", "pvc-1"));
    let (text, _) = exec(&mut cluster, "my-client", &["mariadb", "-hmariadb-svc", "-psecret", "-e", "use test1"]);
    assert_eq!(text, "ERROR 1049 (42000) at line 1: Unknown database 'test1'\n");
}

#[test]
fn who_may_not_come_in_is_told_so() {
    let mut cluster = cluster();
    for (argv, text) in [
        (
            vec!["mariadb", "-h", "mariadb-svc", "-pwrong"],
            "ERROR 1045 (28000): Access denied for user 'root'@'10.244.0.18' (using password: YES)\n",
        ),
        (
            vec!["mariadb", "-h", "mariadb-svc"],
            "ERROR 1045 (28000): Access denied for user 'root'@'10.244.0.18' (using password: NO)\n",
        ),
        (vec!["mariadb", "-h", "nobody"], "ERROR 2005 (HY000): Unknown server host 'nobody' (-2)\n"),
        (
            vec!["mariadb"],
            "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)\n",
        ),
        (vec!["mariadb", "-h", "10.244.0.20"], "ERROR 2002 (HY000): Can't connect to server on '10.244.0.20' (115)\n"),
        (vec!["mariadb", "--nonsense"], "mariadb: unknown option '--nonsense'\n"),
    ] {
        assert_eq!(exec(&mut cluster, "my-client", &argv).0, text);
    }
    let lines = ["wrong"];
    let text = dialogue(&mut cluster, "my-client", &["mariadb", "-hmariadb-svc", "-p"], &lines);
    assert!(text.ends_with("(using password: YES)\nexit 1|"), "{text}");
}

#[test]
fn tables_are_written_and_read() {
    let mut cluster = cluster();
    let text = shown(
        &mut cluster,
        &[
            "create database shop; use shop;",
            "create table item (id int auto_increment primary key, name varchar(10) not null, price int default 5);",
            "insert into item (name, price) values ('apple', 3), ('いちご', 8), ('plum', NULL);",
            "select * from item",
            "where price > 1 or price is null order by price desc;",
            "select count(*), sum(price), avg(price), max(name) from item;",
            "update item set price = price + 1 where name like 'p%' or id = 1;",
            "delete from item where id in (2);",
            "select name, price from item limit 1\\G",
            "select @@hostname;",
            "describe item;",
            "show tables;",
        ],
    );
    assert_eq!(
        text,
        "MariaDB [(none)]> create database shop; use shop;
Query OK, 1 row affected (0.006 sec)

Database changed
MariaDB [shop]> create table item (id int auto_increment primary key, name varchar(10) not null, price int default 5);
Query OK, 0 rows affected (0.006 sec)

MariaDB [shop]> insert into item (name, price) values ('apple', 3), ('いちご', 8), ('plum', NULL);
Query OK, 3 rows affected (0.003 sec)
Records: 3  Duplicates: 0  Warnings: 0

MariaDB [shop]> select * from item
    -> where price > 1 or price is null order by price desc;
+----+--------+-------+
| id | name   | price |
+----+--------+-------+
|  2 | いちご |     8 |
|  1 | apple  |     3 |
|  3 | plum   |  NULL |
+----+--------+-------+
3 rows in set (0.001 sec)

MariaDB [shop]> select count(*), sum(price), avg(price), max(name) from item;
+----------+------------+------------+-----------+
| count(*) | sum(price) | avg(price) | max(name) |
+----------+------------+------------+-----------+
|        3 |         11 |     5.5000 | いちご    |
+----------+------------+------------+-----------+
1 row in set (0.001 sec)

MariaDB [shop]> update item set price = price + 1 where name like 'p%' or id = 1;
Query OK, 1 row affected (0.003 sec)
Rows matched: 2  Changed: 1  Warnings: 0

MariaDB [shop]> delete from item where id in (2);
Query OK, 1 row affected (0.003 sec)

MariaDB [shop]> select name, price from item limit 1\\G
*************************** 1. row ***************************
 name: apple
price: 4
1 row in set (0.001 sec)

MariaDB [shop]> select @@hostname;
+---------------+
| @@hostname    |
+---------------+
| mariadb-sts-0 |
+---------------+
1 row in set (0.001 sec)

MariaDB [shop]> describe item;
+-------+-------------+------+-----+---------+----------------+
| Field | Type        | Null | Key | Default | Extra          |
+-------+-------------+------+-----+---------+----------------+
| id    | int(11)     | NO   | PRI | NULL    | auto_increment |
| name  | varchar(10) | NO   |     | NULL    |                |
| price | int(11)     | YES  |     | 5       |                |
+-------+-------------+------+-----+---------+----------------+
3 rows in set (0.001 sec)

MariaDB [shop]> show tables;
+----------------+
| Tables_in_shop |
+----------------+
| item           |
+----------------+
1 row in set (0.001 sec)

MariaDB [shop]> |"
    );
}

#[test]
fn refused_statements_say_why() {
    let mut cluster = cluster();
    shown(
        &mut cluster,
        &[
            "create database a; create table a.t (id int primary key, n varchar(2) not null);",
            "insert into a.t values (1,'x');",
        ],
    );
    for (sql, error) in [
        ("create database a", "ERROR 1007 (HY000): Can't create database 'a'; database exists"),
        ("drop database b", "ERROR 1008 (HY000): Can't drop database 'b'; database doesn't exist"),
        ("show tables", "ERROR 1046 (3D000): No database selected"),
        ("use nowhere", "ERROR 1049 (42000): Unknown database 'nowhere'"),
        ("create table a.t (id int)", "ERROR 1050 (42S01): Table 't' already exists"),
        ("select * from a.nothing", "ERROR 1146 (42S02): Table 'a.nothing' doesn't exist"),
        ("select x from a.t", "ERROR 1054 (42S22): Unknown column 'x' in 'SELECT'"),
        ("insert into a.t values (1)", "ERROR 1136 (21S01): Column count doesn't match value count at row 1"),
        ("insert into a.t values (1,'y')", "ERROR 1062 (23000): Duplicate entry '1' for key 'PRIMARY'"),
        ("insert into a.t values (2,'abc')", "ERROR 1406 (22001): Data too long for column 'n' at row 1"),
        ("insert into a.t values (2,NULL)", "ERROR 1048 (23000): Column 'n' cannot be null"),
        ("insert into a.t (id) values (2)", "ERROR 1364 (HY000): Field 'n' doesn't have a default value"),
        (
            "insert into a.t values ('q','y')",
            "ERROR 1366 (22007): Incorrect integer value: 'q' for column `a`.`t`.`id` at row 1",
        ),
        ("drop table a.x", "ERROR 1051 (42S02): Unknown table 'a.x'"),
        (
            "creat database b",
            "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'creat database b' at line 1",
        ),
        (
            "select",
            "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1",
        ),
    ] {
        let text = shown(&mut cluster, &[&format!("{sql};")]);
        assert_eq!(text, format!("MariaDB [(none)]> {sql};\n{error}\nMariaDB [(none)]> |"));
    }
}

#[test]
fn a_client_notices_that_its_server_went_away() {
    let mut cluster = cluster();
    let argv: Vec<String> = CLIENT.iter().map(ToString::to_string).collect();
    let mut out = String::new();
    let terminal = crate::shell::Streams { stdin: true, tty: true };
    let target = crate::shell::tests::target("my-client");
    let (mut session, _) = crate::shell::Session::start(target, &argv, terminal, &mut cluster, &mut out);
    cluster.remove(&Key::new(Kind::Pod, "default", "mariadb-sts-0"));
    out.clear();
    session.line("select 1;", &mut cluster, &mut out);
    assert_eq!(
        out,
        "ERROR 2006 (HY000): Server has gone away\nNo connection. Trying to reconnect...\nERROR 2002 (HY000): Can't connect to server on 'mariadb-svc' (115)\nERROR: \nCan't connect to the server\n\n"
    );
    add_pod(&mut cluster, "mariadb-sts-0", "mariadb:11.3.2-jammy", "10.244.0.16", "dbvl-mariadb-sts-0");
    out.clear();
    session.line("select 1 + 1 as two;", &mut cluster, &mut out);
    assert!(
        out.contains("Trying to reconnect...\nConnection id:    3\nCurrent database: *** NONE ***\n\n+-----+\n| two |"),
        "{out}"
    );
}

#[test]
fn a_transaction_can_be_taken_back() {
    let mut cluster = cluster();
    let lines = [
        "create database a;",
        "use a",
        "create table t (id int auto_increment primary key, n int);",
        "insert into t (n) values (1);",
        "begin;",
        "insert into t (n) values (2), (3);",
        "update t set n = 9;",
        "select count(*), max(n) from t;",
        "rollback;",
        "insert into t (n) values (4);",
        "select * from t;",
        "start transaction;",
        "delete from t;",
        "commit;",
        "rollback;",
        "select count(*) from t;",
        "begin;",
        "insert into t (n) values (7);",
        "exit",
    ];
    let text = shown(&mut cluster, &lines);
    assert!(text.contains("|        3 |      9 |"), "{text}");
    // The numbers of the rows that were taken back are not given again.
    assert!(text.contains("|  1 |    1 |\n|  4 |    4 |\n"), "{text}");
    assert!(text.contains("|        0 |\n"), "{text}");
    let left = shown(&mut cluster, &["use a", "select n from t;"]);
    assert!(left.contains("Empty set"), "what was not committed is gone: {left}");
}

#[test]
fn users_are_made_and_dropped() {
    let mut cluster = cluster();
    shown(&mut cluster, &["create user bob@'%' identified by 'pw';", "grant all on *.* to bob@'%';"]);
    let bob = ["mariadb", "--host=mariadb-svc", "-ubob", "-ppw", "-e", "select user()"];
    assert!(exec(&mut cluster, "my-client", &bob).0.contains("bob@"));
    let text = shown(
        &mut cluster,
        &[
            "create user bob identified by 'x';",
            "create user if not exists bob identified by 'x';",
            "alter user bob identified by 'new';",
            "drop user carol;",
        ],
    );
    assert!(text.contains("ERROR 1396 (HY000): Operation CREATE USER failed for 'bob'@'%'"), "{text}");
    assert!(text.contains("Query OK, 0 rows affected, 1 warning"), "{text}");
    assert!(text.contains("ERROR 1396 (HY000): Operation DROP USER failed for 'carol'@'%'"), "{text}");
    assert!(exec(&mut cluster, "my-client", &bob).0.contains("ERROR 1045 (28000)"), "the old password");
    shown(&mut cluster, &["drop user bob;"]);
    let new = ["mariadb", "--host=mariadb-svc", "-ubob", "-pnew", "-e", "select 1"];
    assert!(exec(&mut cluster, "my-client", &new).0.contains("ERROR 1045 (28000)"), "no such user");
}

#[test]
fn tables_are_altered() {
    let mut cluster = cluster();
    let lines = [
        "create database a;",
        "use a",
        "create table t (id int);",
        "create table if not exists t (id int);",
        "show warnings;",
        "insert into t values (1);",
        "alter table t add column name varchar(10) default 'x', add n int not null;",
        "alter table t change n m bigint, rename column id to no;",
        "select * from t;",
        "alter table t drop column m;",
        "alter table t drop column m;",
        "alter table t rename to u;",
        "desc u;",
        "select * from t;",
        "select * from nowhere.t;",
        "insert into nowhere.t values (1);",
        "create table nowhere.t (id int);",
        "source missing.sql",
        "show grants;",
    ];
    let text = shown(&mut cluster, &lines);
    for part in [
        "Query OK, 0 rows affected, 1 warning (0.006 sec)",
        "| Note  | 1050 | Table 't' already exists |",
        "| no   | name | m    |\n",
        "|    1 | x    |    0 |\n",
        "ERROR 1091 (42000): Can't DROP COLUMN `m`; check that it exists",
        "| name  | varchar(10) | YES  |     | x       |       |",
        "ERROR 1146 (42S02): Table 'a.t' doesn't exist",
        "ERROR 1146 (42S02): Table 'nowhere.t' doesn't exist",
        "ERROR 1049 (42000): Unknown database 'nowhere'",
        "ERROR: Failed to open file 'missing.sql', error: 2",
        "GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}
