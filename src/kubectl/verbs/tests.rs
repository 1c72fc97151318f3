//! The table of verbs is whole.

use super::*;
use crate::kubectl::help::{family, members};
use crate::kubectl::verb::Group;

#[test]
fn every_listed_command_has_help() {
    for (_, name) in listed() {
        assert!(help_of(name).is_some() || family(name).is_some(), "{name}");
        assert!(!summary(name).is_empty(), "{name}");
    }
    for verb in all() {
        assert!(!verb.help.summary.is_empty() && !verb.help.usage.is_empty(), "{}", verb.name);
    }
}

/// Subcommands that kubectl knows as other words for listed ones.
const ALIASES: &[&str] = &["config use", "set sa", "top nodes", "top pods"];

#[test]
fn a_family_lists_its_verbs() {
    for (_, name) in listed().into_iter().filter(|(_, name)| family(name).is_some()) {
        let is_listed = |member: &&str| !ALIASES.contains(&format!("{name} {member}").as_str());
        let rows: Vec<&str> = subcommands(name).into_iter().filter(is_listed).collect();
        let mut listed = members(name);
        listed.order();
        assert_eq!(listed, rows, "{name} in FAMILIES of help.rs");
    }
}

/// What the overview leaves out, as kubectl's does.
const NOT_LISTED: &[&str] = &["alpha", "help", "kuberc", "options"];

#[test]
fn every_verb_stands_in_the_overview_once() {
    let listed = listed();
    for name in names().filter(|name| !NOT_LISTED.contains(name)) {
        assert_eq!(listed.iter().filter(|(_, own)| *own == name).count(), 1, "`listed` of {name}");
    }
    for group in Group::ALL {
        let places = listed.iter().filter(|(place, _)| place.group == group).map(|(place, _)| place.place);
        assert!(places.zip(1..).all(|(place, at)| place == at), "two at one place, or a gap: {}", group.title());
    }
}

#[test]
fn the_layout_is_kubectls() {
    let text = help_of("cordon").map(Help::text).unwrap_or_default();
    assert!(text.starts_with("Mark node as unschedulable.\n\nExamples:\n  # No new pods on this node\n"), "{text}");
    assert!(text.contains("\nUsage:\n  kubectl cordon NODE [options]\n\nUse \"kubectl options\""), "{text}");
}
