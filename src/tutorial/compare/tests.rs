//! Which lines of two outputs differ, by examples.

use super::*;

fn texts(text: &str) -> Vec<String> {
    text.lines().map(str::to_string).collect()
}

fn differ(printed: &str, said: &str) -> Vec<(usize, Option<usize>)> {
    let (printed, said) = (texts(printed), texts(said));
    let found = differences(&printed, &said);
    assert_eq!(found.is_empty(), is_said(&printed, &said));
    found.into_iter().filter_map(|it| Some((it.printed?, it.said))).collect()
}

#[test]
fn ages_names_and_addresses_are_no_difference() {
    for (printed, said) in [
        ("NAME    READY   AGE\nweb     3/3     2m3s", "NAME   READY   AGE\nweb    3/3     9s"),
        (
            "NAME           STATUS   VOLUME                                     CAPACITY   AGE\ndbvl-web-0   Bound    pvc-0b7a1a0e-5f5f-4a3a-9d0c-0b7a1a0e5f5f   20Mi       2m",
            "NAME         STATUS   VOLUME                                     CAPACITY   VOLUMEATTRIBUTESCLASS   AGE\ndbvl-web-0   Bound    pvc-aaaaaaaa-bbbb-4a3a-9d0c-0b7a1a0e5f50   20Mi       <unset>                 1s",
        ),
        (
            "NAME        READY   STATUS    RESTARTS      AGE\nmy-client   1/1     Running   1 (21s ago)   3m",
            "NAME        READY   STATUS    RESTARTS     AGE\nmy-client   1/1     Running   1 (3s ago)   1m",
        ),
        (
            "NAME   REASON   AGE\npv-1            60s",
            "NAME   VOLUMEATTRIBUTESCLASS   REASON   AGE\npv-1   <unset>                          4s",
        ),
        ("Address: 10.244.0.16#53", "Address:\t10.244.0.3#53"),
        ("16.0.244.10.in-addr.arpa\tname = a.svc.", "4.0.244.10.in-addr.arpa\tname = a.svc."),
        ("pod/web-7d4b9c6f5-x2x4z created", "pod/web-5c8d7b6f4-bbbbb created"),
        ("first\n...\nlast", "first\nsecond\nthird\nlast"),
        ("Your MariaDB connection id is 3", "Your MariaDB connection id is 12"),
        ("5 rows in set (0.001 sec)", "5 rows in set (0.000 sec)"),
        ("  resourceVersion: \"812\"", "  resourceVersion: \"9\""),
        ("creationTimestamp: \"2024-05-01T10:00:00Z\"", "creationTimestamp: \"2026-01-01T00:00:00Z\""),
        ("# a remark of the author\npod/web-0 deleted", "pod/web-0 deleted"),
    ] {
        assert_eq!(differ(printed, said), [], "{printed}\n---\n{said}");
    }
}

#[test]
fn a_line_that_is_missing_or_other_is_told() {
    let table = "NAME    READY   AGE\nweb     3/3     2m";
    assert_eq!(differ(table, "NAME    READY   AGE\nweb     2/3     2m"), [(1, Some(1))]);
    assert_eq!(differ(table, ""), [(0, None), (1, None)]);
    assert_eq!(differ("a\nb\nc", "a\nc"), [(1, None)]);
    assert_eq!(
        differ("NAME   RESTARTS   AGE\nweb-0   1 (2s ago)   1m", "NAME   RESTARTS   AGE\nweb-0   2 (2s ago)   1m"),
        [(1, Some(1))]
    );
    assert_eq!(differ("web-0", "web-1"), [(0, Some(0))]);
    assert_eq!(differ("NAME   NODE   AGE\nx   y   1s", "NAME   AGE\nx   1s"), [(0, Some(0)), (1, Some(1))]);
    assert_eq!(differ("mariadb-svc   ClusterIP   None", "mariadb-svc   ClusterIP   10.0.0.1"), [(0, Some(0))]);
}

#[test]
fn what_the_author_left_out_is_no_difference() {
    assert_eq!(differ("NAME   AGE\nb   1s", "NAME   AGE\na   1s\nb   1s\nc   1s"), []);
}

const ROWS: &str = "NAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          9s\nweb-1   1/1     Running   1 (2s ago)   8s\nweb-2   0/1     Pending   0          1s";

#[test]
fn each_of_several_tables_is_held_against_the_whole_one() {
    let sts = "NAME                   READY   AGE\nstatefulset.apps/web   2/2     9s\n";
    let pods = "NAME        READY   STATUS    RESTARTS   AGE\npod/web-0   1/1     Running   0          9s\npod/web-1   1/1     Running   0          8s\n";
    let said = texts(&format!("{sts}\n{pods}"));
    let beyond = |printed: &str| {
        let found = differences(&texts(printed), &said);
        assert_eq!(found.is_empty(), is_said(&texts(printed), &said), "{printed}");
        found.into_iter().filter(|it| it.printed.is_none()).filter_map(|it| it.said).collect::<Vec<_>>()
    };
    assert_eq!(beyond(&format!("{sts}\n{pods}")), [0_usize; 0]);
    let without = |text: &str, line: usize| {
        text.lines().enumerate().filter(|it| it.0 != line).map(|it| format!("{}\n", it.1)).collect::<String>()
    };
    assert_eq!(beyond(&format!("{sts}\n{}", without(pods, 2))), [5], "a pod");
    assert_eq!(beyond(&format!("{}\n{pods}", without(sts, 1))), [1], "the only set");
    assert_eq!(beyond(pods), [0_usize; 0], "a table that is not printed at all");
    assert_eq!(beyond("NAME        READY   STATUS    RESTARTS   AGE\n...\n"), [0_usize; 0]);
}

#[test]
fn what_a_watch_finds_first_is_a_state_on_the_way() {
    let said = texts(
        "NAME    READY   STATUS              RESTARTS   AGE\nweb-0   0/1     ContainerCreating   0          0s\nweb-0   1/1     Running             0          2s",
    );
    let is_told = |first: &str| {
        let printed =
            format!("NAME    READY   STATUS    RESTARTS   AGE\n{first}\nweb-0   1/1     Running   0          2s");
        watched_differences(&texts(&printed), &said).is_empty()
    };
    assert!(is_told("web-0   0/1     Pending   0          0s"));
    for first in [
        "web-0   XYZ     Pending   0          0s",
        "web-0   0/2     Pending   0          0s",
        "web-0   1/1     Pending   0          0s",
        "web-0   0/1     Pending   3          0s",
        "web-0   0/1     Terminating   0          0s",
    ] {
        assert!(!is_told(first), "{first}");
    }
}

#[test]
fn dots_stand_for_anything() {
    for printed in [
        "...",
        "...\nweb-2   0/1   Pending   0   3s",
        "...\nweb-0   1/1     Running   0          1m\n...\nweb-2   0/1     Pending   0   3s\n...",
        "NAME    READY   STATUS    RESTARTS   AGE\n...\nweb-2   0/1     Pending   0   3s",
        "NAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          9s\n...",
    ] {
        assert_eq!(differ(printed, ROWS), [], "{printed}");
    }
    assert_eq!(differ("...\nweb-2   1/1   Running   0   3s", ROWS), [(1, Some(3))]);
    assert_eq!(differ("...\nweb-3   0/1   Pending   0   3s\n...", ROWS).len(), 1);
}

#[test]
fn an_older_kubectl_has_other_headings() {
    let said = "NAME   CAPACITY   ACCESS MODES   AGE\na   1Gi   RWO   1s\nb   1Gi   RWO   1s";
    assert_eq!(differ("NAME   CAPACITY   ACCESSMODES   AGE\na   1Gi   RWO   13h", said), []);
    assert_eq!(differ("NAME   AGE\na   13h\nNAME   AGE\nb   13h", said), []);
}

#[test]
fn rows_in_the_order_of_generated_names_are_in_any_order() {
    let heading = "NAME                                       CLAIM       AGE";
    let pv = |digit: char, claim: &str| {
        format!("pvc-{0}{0}{0}{0}{0}{0}{0}{0}-0000-4000-8000-00000000000{0}   {claim}   1m", digit)
    };
    let said = format!("{heading}\n{}\n{}", pv('1', "default/a"), pv('2', "default/b"));
    assert_eq!(differ(&format!("{heading}\n{}\n{}", pv('1', "default/b"), pv('2', "default/a")), &said), []);
    let printed = format!("{heading}\n{}\n{}", pv('1', "default/b"), pv('2', "default/c"));
    assert_eq!(differ(&printed, &said).len(), 1);
}

#[test]
fn a_watch_may_tell_of_two_objects_in_another_order() {
    let watched = |printed: &str, said: &str| watched_differences(&texts(printed), &texts(said)).len();
    let said = "NAME   READY   STATUS   AGE\na   0/1   Pending   0s\nb   0/1   Pending   0s\na   1/1   Running   1s\nb   1/1   Running   2s";
    let heading = "NAME   READY   STATUS   AGE";
    assert_eq!(
        watched(
            &format!(
                "{heading}\nb   0/1   Pending   0s\nb   0/1   Pending   0s\na   0/1   Pending   0s\nb   1/1   Running   0s"
            ),
            said
        ),
        0
    );
    assert_eq!(watched("b   0/1   Pending   0s\nb   0/1   Pending   0s\na   1/1   Running   0s", said), 0);
    assert_eq!(watched(&format!("{heading}\na   1/1   Running   0s\na   0/1   Pending   0s"), said), 1);
    assert_eq!(watched(&format!("{heading}\nc   1/1   Running   0s"), said), 1);
    // Where it was when the watch began, and how its end is called.
    assert_eq!(watched(&format!("{heading}\na   0/1   ContainerCreating   0s\na   1/1   Running   0s"), said), 0);
    assert_eq!(watched(&format!("{heading}\na   0/1   ContainerCreating   0s"), said), 1);
    let (heading, said) = ("NAME   STATUS   RESTARTS   AGE", "NAME   STATUS   RESTARTS   AGE\na   Running   0   1s");
    assert_eq!(watched(&format!("{heading}\na   Pending   0   0s\na   Running   0   0s"), said), 0);
    assert_eq!(watched(&format!("{heading}\na   Pending   7   0s\na   Running   0   0s"), said), 1);
    let (heading, said) = (
        "NAME   READY   STATUS   AGE",
        "NAME   READY   STATUS   AGE\na   1/1   Terminating   1m\na   0/1   Completed   1m",
    );
    assert_eq!(watched("a   1/1   Terminating   1m\na   0/1   Terminating   1m", said), 0);
    // What is no difference by itself is none beside one.
    assert_eq!(watched("a   1/1   Terminating   1m\na   0/1   Terminating   1m\nb   1/1   Running   1m", said), 1);
    assert_eq!(watched(&format!("{heading}\na   1/1   Terminating   1m\na   0/1   Terminating   1m"), said), 0);
}

#[test]
fn a_whole_table_has_no_row_more() {
    let said = "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   1/1     Running";
    let beyond = |printed: &str, said: &str| -> Vec<usize> {
        let found = differences(&texts(printed), &texts(said));
        found.into_iter().filter(|it| it.printed.is_none()).filter_map(|it| it.said).collect()
    };
    assert_eq!(beyond("NAME    READY   STATUS\nweb-0   1/1     Running", said), [2]);
    assert_eq!(beyond("NAME    READY   STATUS\nweb-1   1/1     Running", said), [1]);
    // Shortened, without its heading, and of what every cluster has in its own way.
    assert!(beyond("NAME    READY   STATUS\n...\nweb-1   1/1     Running", said).is_empty());
    assert!(beyond("web-0   1/1     Running", said).is_empty());
    let nodes = "NAME     STATUS   ROLES\nnode-a   Ready    <none>\nnode-b   Ready    <none>";
    assert!(beyond("NAME     STATUS   ROLES\nnode-a   Ready    <none>", nodes).is_empty());
}

#[test]
fn lines_stand_beside_those_about_the_same_thing() {
    let printed = "NAME    READY   STATUS\nweb-0   0/1     Pending\nweb-0   0/1     ContainerCreating\nweb-0   1/1     Running\nweb-1   0/1     Pending\nweb-1   1/1     Running";
    let said = "NAME    READY   STATUS\nweb-0   1/1     Running\nweb-1   1/1     Running\n^C";
    assert_eq!(differ(printed, said), [(1, None), (2, None), (4, None)]);
    let printed = "NAME    READY   STATUS\nweb-0   2/2     Running\nweb-1   2/2     Running\nweb-2   2/2     Running";
    assert_eq!(differ(printed, said), [(1, Some(1)), (2, Some(2)), (3, None)]);
    let said = "service/nginx unchanged\nstatefulset.apps/web configured";
    assert_eq!(differ("statefulset.apps/web created", said), [(0, Some(1))]);
    assert_eq!(differ("a\nb", "a\n^C"), [(1, None)]);
}
