//! What src/ARCHITECTURE.md says of the tree is true, and nothing of the tree is missing there.

use super::ORDER;
use super::source::{assert_none, files_below, read, root};

#[test]
fn the_architecture_names_what_is_there() {
    let text = read("src/ARCHITECTURE.md").expect("a text");
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            let is_path = word.ends_with(".rs") || word.ends_with(".txt") || word.ends_with('/');
            let is_there = ["", "src/", "src/api/"].iter().any(|folder| root().join(folder).join(word).exists());
            if is_path && !word.contains(['*', ' ']) && !is_there {
                findings.push(format!("src/ARCHITECTURE.md:{}: there is no `{word}`", number + 1));
            }
        }
    }
    assert_none("the architecture names what is there", &findings);
}

#[test]
fn the_architecture_has_the_order_of_the_folders() {
    let text = read("src/ARCHITECTURE.md").expect("a text");
    let order = format!("`{}`.", ORDER.join(" ← "));
    assert!(text.lines().any(|line| line == order), "src/ARCHITECTURE.md, Code map: the order is now\n{order}");
}

/// Who looks for something finds its folder in the map, and whoever adds one says there what it is.
#[test]
fn the_architecture_names_every_folder() {
    let text = read("src/ARCHITECTURE.md").expect("a text");
    let named: Vec<&str> = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
    let is_named = |place: &str| named.iter().any(|word| *word == place || word.starts_with(&format!("{place}/")));
    let mut findings = Vec::new();
    let mut places: Vec<String> = Vec::new();
    for path in files_below("src") {
        let below = path.trim_start_matches("src/");
        places.extend(below.match_indices('/').map(|(at, _)| below[..at].to_owned()));
    }
    for path in files_below("script").into_iter().chain(files_below("www")).chain(files_below("tests")) {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["www", file] if file.ends_with(".js") || file.ends_with(".css") => places.push(path),
            ["script", ..] | ["tests" | "www", _, _, ..] => places.push(parts[..2].join("/")),
            _ => {}
        }
    }
    places.sort_unstable();
    places.dedup();
    for place in places.iter().filter(|place| !is_named(place) && !place.ends_with("_support")) {
        findings.push(format!("{place}: say in src/ARCHITECTURE.md, with a clause, what is in it"));
    }
    assert_none("the architecture names every folder", &findings);
}
