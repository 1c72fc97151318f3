//! Tests of the picture as a value, on clusters put together by hand.

use super::fixture::{self, State};
use super::item::{Item, Part};
use super::style::PodStyle;
use super::{Cursors, Level, Memory, Scene, Source, View, by_identity, by_node, groups};
use crate::cluster::Cluster;
use crate::controllers::Timers;
use crate::kubernetes::{Kubernetes, Version};
use crate::model::{Key, Kind};
use crate::obj;
use crate::sorted::SharedSet;

fn view(width: i32, height: i32) -> View {
    View {
        width,
        height,
        top: 0,
        bottom: i32::MAX / 2,
        detail: 0,
        level: None,
        is_beside: false,
        lang: crate::i18n::Lang::En,
    }
}

fn draw(cluster: &Cluster, memory: &Memory, view: &View) -> Scene {
    let (timers, cursors) = (Timers::default(), Cursors::default());
    let groups = groups(cluster, memory);
    by_identity(Source { cluster, timers: &timers, groups: &groups, cursors: &cursors }, view)
}

fn pods(scene: &Scene) -> Vec<(String, PodStyle, bool)> {
    let pods = scene.items.iter().filter_map(|item| match &item.part {
        Part::Pod(pod) => Some((pod.name.to_string(), pod.style, pod.is_wanted)),
        _ => None,
    });
    pods.collect()
}

fn item<'a>(scene: &'a Scene, kind: Kind, name: &str) -> Option<&'a Item> {
    let key = Key::new(kind, "default", crate::model::Text::new(name));
    let says = |item: &Item| matches!(item.part, Part::Cursor(_) | Part::Remedy(_));
    scene.items.iter().map(|item| &**item).find(|item| item.target.as_ref() == Some(&key) && !says(item))
}

fn three() -> Cluster {
    let mut cluster = fixture::cluster();
    fixture::set(&mut cluster, "web", 3);
    fixture::pod(&mut cluster, "web", 0, "node-1", State::Running(true));
    fixture::pod(&mut cluster, "web", 1, "node-2", State::Creating);
    for ordinal in 0..2 {
        fixture::claim(&mut cluster, "web", ordinal, ordinal == 0);
    }
    cluster
}

#[test]
fn every_ordinal_has_a_column() {
    let mut cluster = three();
    fixture::pod(&mut cluster, "web", 4, "node-1", State::Terminating);
    let scene = draw(&cluster, &Memory::default(), &view(1200, 800));
    assert_eq!(scene.level, Level::Card);
    let expected = [
        ("web-0", PodStyle::Ready, true),
        ("web-1", PodStyle::Starting, true),
        ("web-2", PodStyle::Absent, true),
        ("web-4", PodStyle::Terminating, false),
    ];
    let found = pods(&scene);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((found.0.as_str(), found.1, found.2), expected);
    }
    let (pod, claim) =
        (item(&scene, Kind::Pod, "web-1").unwrap(), item(&scene, Kind::PersistentVolumeClaim, "data-web-1").unwrap());
    assert_eq!(pod.place.x, claim.place.x, "the claim stands below its pod");
    assert!(claim.place.y > pod.place.y + pod.place.h);
}

#[test]
fn a_set_shows_the_budget_of_its_update_where_it_counts() {
    let budget = |version: Version, strategy: &'static str| {
        let mut cluster = three();
        cluster.set_kubernetes(Kubernetes::of(version));
        let key = Key::new(Kind::StatefulSet, "default", "web");
        let mut set = (**cluster.get(&key).unwrap()).clone();
        set.set_at(&["spec", "updateStrategy"], obj! { "type" => strategy });
        cluster.remove(&key);
        _ = cluster.insert(set);
        let scene = draw(&cluster, &Memory::default(), &view(1200, 800));
        scene.items.iter().find_map(|item| match &item.part {
            Part::SetRow(set_row) => {
                let budget = set_row.budget.as_ref().map(|it| (it.unavailable, it.max));
                Some((budget, set_row.strategy.to_string()))
            }
            _ => None,
        })
    };
    // One of three is not available, and an update is on its way.
    assert_eq!(budget(Version::new(37, 0), "RollingUpdate"), Some((Some((Some(1), 1)), "RollingUpdate".into())));
    assert_eq!(budget(Version::RECORDED, "RollingUpdate"), Some((None, "RollingUpdate".into())));
    assert_eq!(budget(Version::new(37, 0), "Recreate"), Some((None, "Recreate".into())));
}

#[test]
fn claims_stay_in_their_column_when_pod_and_set_are_gone() {
    let mut cluster = three();
    let before = draw(&cluster, &Memory::default(), &view(1200, 800));
    let place = item(&before, Kind::PersistentVolumeClaim, "data-web-0").unwrap().place;
    let mut memory = Memory::default();
    for change in cluster.take_changes() {
        memory.note(&change);
    }
    for (kind, name) in [(Kind::StatefulSet, "web"), (Kind::Pod, "web-0"), (Kind::Pod, "web-1")] {
        cluster.remove(&Key::new(kind, "default", name));
    }
    let scene = draw(&cluster, &memory, &view(1200, 800));
    let claim = item(&scene, Kind::PersistentVolumeClaim, "data-web-0").unwrap();
    assert_eq!(claim.place.x, place.x);
    assert!(matches!(&claim.part, Part::Claim(claim) if claim.is_retained));
    assert!(pods(&scene).iter().all(|pod| pod.1 == PodStyle::Absent && !pod.2));
    assert!(scene.items.iter().any(|item| matches!(&item.part, Part::SetRow(set_row) if !set_row.exists)));
}

#[test]
fn keys_are_unique_and_follow_the_object() {
    let mut cluster = three();
    let first = draw(&cluster, &Memory::default(), &view(1200, 800));
    let keys: SharedSet<_> = first.items.iter().map(|item| &item.key).collect();
    assert_eq!(keys.len(), first.items.len());
    let uid = item(&first, Kind::Pod, "web-0").unwrap().key.clone();
    cluster.remove(&Key::new(Kind::Pod, "default", "web-0"));
    fixture::pod(&mut cluster, "web", 0, "node-1", State::Pending);
    let second = draw(&cluster, &Memory::default(), &view(1200, 800));
    assert_ne!(item(&second, Kind::Pod, "web-0").unwrap().key, uid, "another pod of the same name is another thing");
    let (timers, cursors, groups) = (Timers::default(), Cursors::default(), groups(&cluster, &Memory::default()));
    let source = Source { cluster: &cluster, timers: &timers, groups: &groups, cursors: &cursors };
    let nodes = by_node(source, &view(800, 600));
    assert_eq!(item(&nodes, Kind::Pod, "web-1").unwrap().key, item(&second, Kind::Pod, "web-1").unwrap().key);
    let keys: SharedSet<_> = nodes.items.iter().map(|item| &item.key).collect();
    assert_eq!(keys.len(), nodes.items.len());
}

#[test]
fn many_pods_are_shown_in_less_detail_and_only_where_one_looks() {
    let mut cluster = fixture::cluster();
    fixture::set(&mut cluster, "web", 1000);
    for ordinal in 0..1000 {
        fixture::pod(&mut cluster, "web", ordinal, "node-1", State::Running(true));
    }
    let grid = draw(&cluster, &Memory::default(), &view(900, 500));
    assert_eq!((grid.level, pods(&grid).len()), (Level::Grid, 1000));
    assert!(grid.height < 700, "all of it is seen at once: {}", grid.height);
    let close = View { detail: 3, bottom: 800, ..view(900, 500) };
    let cards = draw(&cluster, &Memory::default(), &close);
    assert_eq!(cards.level, Level::Card);
    assert!(pods(&cards).len() < 40, "{}", pods(&cards).len());
}

#[test]
fn a_phone_sees_three_pods_at_once() {
    let scene = draw(&three(), &Memory::default(), &view(375, 480));
    assert_eq!(scene.level, Level::Compact);
    let right = scene.items.iter().map(|item| item.place.x + item.place.w).max();
    assert!(right <= Some(375));
}

/// The groups that follow each stored write are those that are sorted anew.
#[test]
fn groups_follow_what_is_written() {
    let mut cluster = three();
    let mut memory = Memory::default();
    cluster.take_changes().iter().for_each(|change| memory.note(change));
    let mut followed = groups(&cluster, &memory);
    let pod = |name| Key::new(Kind::Pod, "default", name);
    let claim = Key::new(Kind::PersistentVolumeClaim, "default", "data-web-1");
    let steps: [&dyn Fn(&mut Cluster); 7] = [
        &|cluster| _ = cluster.modify(&pod("web-1"), |pod| pod.set_at(&["status", "phase"], "Running")),
        &|cluster| _ = cluster.modify(&claim, |claim| claim.set_at(&["status", "phase"], "Bound")),
        &|cluster| _ = cluster.remove(&pod("web-0")),
        &|cluster| fixture::pod(cluster, "web", 0, "node-2", State::Pending),
        &|cluster| fixture::pod(cluster, "web", 7, "node-2", State::Running(true)),
        &|cluster| _ = cluster.remove(&pod("web-7")),
        &|cluster| {
            let set = Key::new(Kind::StatefulSet, "default", "web");
            _ = cluster.modify(&set, |set| set.set_at(&["status", "readyReplicas"], 3));
        },
    ];
    for (number, step) in steps.into_iter().enumerate() {
        step(&mut cluster);
        for change in cluster.take_changes() {
            memory.note(&change);
            assert!(followed.apply(&change, &memory), "step {number}");
        }
        let anew = groups(&cluster, &memory);
        let outline = |groups: &super::Groups| {
            let set_rows = groups.set_rows.iter().flat_map(|set_row| {
                let set = set_row.set.as_ref().map_or(0, |set| set.meta.resource_version);
                set_row.columns.iter().map(move |(ordinal, column)| {
                    let versions = column.pod.iter().chain(&column.claims).map(|it| it.meta.resource_version);
                    (set, *ordinal, versions.collect::<Vec<_>>(), column.is_wanted, column.look().cloned())
                })
            });
            set_rows.collect::<Vec<_>>()
        };
        assert_eq!(outline(&followed), outline(&anew), "step {number}");
    }
    fixture::set(&mut cluster, "other", 1);
    let news = cluster.take_changes();
    assert!(!news.iter().all(|change| followed.apply(change, &memory)), "a new set is sorted in anew");
}

#[test]
fn several_sets_of_a_few_pods_keep_whole_columns() {
    let mut cluster = fixture::cluster();
    for name in ["a", "b", "c", "d", "e"] {
        fixture::set(&mut cluster, name, 3);
        for ordinal in 0..3 {
            fixture::pod(&mut cluster, name, ordinal, "node-1", State::Running(true));
        }
    }
    let scene = draw(&cluster, &Memory::default(), &view(900, 400));
    assert_eq!((scene.level, pods(&scene).len()), (Level::Compact, 15));
    // Who asks for less detail gets it.
    let less = View { detail: -1, ..view(900, 400) };
    assert_eq!(draw(&cluster, &Memory::default(), &less).level, Level::Cell);
}

#[test]
fn what_belongs_to_a_set_stands_beside_its_name() {
    let mut cluster = three();
    let set = Key::new(Kind::StatefulSet, "default", "web");
    let container = crate::obj! {
        "name" => "nginx",
        "envFrom" => crate::list![crate::obj! { "configMapRef" => crate::obj! { "name" => "settings" } }],
        "env" => crate::list![crate::obj! {
            "name" => "A",
            "valueFrom" => crate::obj! { "secretKeyRef" => crate::obj! { "name" => "gone", "key" => "a" } },
        }],
    };
    _ = cluster.modify(&set, |set| {
        set.set_at(&["spec", "template", "metadata", "labels"], crate::obj! { "app" => "web" });
        set.set_at(&["spec", "template", "spec", "containers"], crate::list![container]);
    });
    let labels = || crate::obj! { "app" => "web" };
    let mut add = |kind: Kind, name: &'static str, path: &[&'static str], value: crate::model::Value| {
        let mut object = crate::model::Object::new(kind, "default", name);
        object.set_at(path, value);
        _ = cluster.insert(object);
    };
    add(Kind::ConfigMap, "settings", &["data"], crate::model::Value::map());
    add(Kind::PodDisruptionBudget, "most", &["spec", "selector", "matchLabels"], labels());
    add(Kind::Service, "front", &["spec", "selector"], labels());
    add(Kind::Service, "other", &["spec", "selector"], crate::obj! { "app" => "other" });
    let scene = draw(&cluster, &Memory::default(), &view(1200, 800));
    let chips = scene.items.iter().filter_map(|item| match &item.part {
        Part::Chip(chip) => Some((chip.kind, chip.name.to_string(), chip.exists)),
        _ => None,
    });
    let expected = [
        (Kind::PodDisruptionBudget, "most", true),
        (Kind::Service, "front", true),
        (Kind::ConfigMap, "settings", true),
        (Kind::Secret, "gone", false),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(kind, name, there)| (kind, name.to_string(), there)).collect();
    assert_eq!(chips.collect::<Vec<_>>(), expected);
}

#[test]
fn a_low_place_shows_the_pods_first() {
    let cluster = three();
    let place = |height: i32| {
        let scene = draw(&cluster, &Memory::default(), &view(370, height));
        let pod = item(&scene, Kind::Pod, "web-0").expect("drawn").place;
        let has_card = scene.items.iter().any(|item| matches!(item.part, Part::Service(_)));
        let has_chip = scene.items.iter().any(|item| matches!(&item.part, Part::Chip(_)));
        (pod.y + pod.h, has_card, has_chip)
    };
    let ((high, high_card, _), (low, low_card, low_chip)) = (place(560), place(260));
    assert!(low + 60 < high, "{low} of {high}");
    assert!(high_card && !low_card && low_chip);
}

#[test]
fn a_volume_without_its_claim_is_called_a_volume() {
    use crate::i18n::Lang;
    let scene = draw(&three(), &Memory::default(), &view(1200, 800));
    let claim = item(&scene, Kind::PersistentVolumeClaim, "data-web-0").expect("a claim");
    let said = super::labels::label(Lang::En, claim);
    assert!(said.starts_with("PersistentVolumeClaim data-web-0, "), "{said}");
    let volume = Item { target: Some(Key::new(Kind::PersistentVolume, "", "data-web-0")), ..claim.clone() };
    let said = super::labels::label(Lang::En, &volume);
    assert!(said.starts_with("PersistentVolume data-web-0, "), "{said}");
}
