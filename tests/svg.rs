//! Pictures without a browser: what `lab svg` writes, and what stands in the built page. Needs the feature `render`.

use statefulset_lab::i18n::Lang;
use statefulset_lab::state::Opening;
use statefulset_lab::ui::drawing::Mode;
use statefulset_lab::ui::svg_file::{Moment, first_pictures, svg_of};

fn of(scenario: &str, at: u32) -> Moment {
    let opening = Opening { scenario: Some(scenario.into()), seed: 1, ..Opening::default() };
    Moment { opening, at: Some(at), ..Moment::default() }
}

/// Fails unless every element that is opened is closed in order, and no attribute stands twice.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("a tag has no end: {tag}"));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "an element is closed out of order");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        let mut names: Vec<&str> = tag.split("=\"").filter_map(|it| it.rsplit(' ').next()).collect();
        names.pop();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "an attribute stands twice in <{tag}>");
    }
    assert_eq!(open, Vec::<&str>::new(), "elements are not closed");
}

#[test]
fn a_file_needs_nothing_else() {
    let svg = svg_of(&of("web", 60)).expect("the scenario exists");
    assert_well_formed(&svg);
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{}", &svg[..120]);
    for part in
        ["<title id=\"title\">StatefulSet Lab at 01:00", "<desc ", "prefers-color-scheme: dark", "web-2", "www-web-0"]
    {
        assert!(svg.contains(part), "{part} is missing");
    }
    for part in ["<script", "light-dark(", "tabindex", "http://127", "@keyframes", "animation", " on", "&nbsp;"] {
        assert!(!svg.contains(part), "{part} has no place in a file");
    }
    // Every colour that a rule names is set where the drawing finds it: at the root.
    let root: String = svg.lines().filter(|line| line.starts_with(".scene {")).collect();
    for name in svg.split("var(").skip(1).filter_map(|it| it.split_once(')')).map(|it| it.0) {
        // The tone of a pod or claim is set at its own group.
        assert!(name == "--tone" || root.contains(&format!("{name}:")), "{name} is not set at the root");
    }
    assert_eq!(svg, svg_of(&of("web", 60)).expect("as before"), "the same moment is drawn the same");
}

#[test]
fn a_file_says_what_its_colours_are() {
    let svg = svg_of(&of("web", 60)).expect("the scenario exists");
    let style = svg.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("there is a style");
    let rules: Vec<(&str, &str)> = style.split('}').filter_map(|rule| rule.split_once('{')).collect();
    // What is asked for stands on the scene, or on what a part of it is.
    let of_scene: Vec<&str> =
        rules.iter().filter(|(selector, _)| selector.trim() == ".scene").map(|(_, body)| *body).collect();
    for name in ["--paper", "--card", "--ink", "--ready", "--rev-update", "--volume"] {
        assert!(of_scene.iter().any(|body| body.contains(&format!("{name}:"))), "nothing says what {name} is");
    }
    assert!(!style.contains(".light"), "what belongs to the page alone has no place in a file");
}

#[test]
fn a_moment_is_what_was_there_then() {
    let at = |seconds| svg_of(&of("web", seconds)).expect("the scenario exists");
    assert!(at(0).contains("0 of 3 ready"), "nothing is ready at once");
    assert!(at(90).contains("3 of 3 ready"));
    let opening = Opening {
        scenario: Some("web".into()),
        lines: vec!["kubectl scale sts web --replicas=5".into()],
        seed: 1,
        ..Opening::default()
    };
    let scaled = svg_of(&Moment { opening, at: Some(120), lang: Lang::Ja, mode: Mode::Nodes, ..Moment::default() });
    let scaled = scaled.expect("the scenario exists");
    assert!(scaled.contains("web-4") && scaled.contains("node-a") && scaled.contains("時点"));
}

#[test]
fn own_manifests_and_sessions_are_drawn() {
    let manifest =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: alone\nspec:\n  containers:\n  - name: c\n    image: nginx\n";
    let opening = Opening { manifest: Some(manifest.into()), seed: 1, ..Opening::default() };
    let svg = svg_of(&Moment { opening, at: Some(20), ..Moment::default() }).expect("the manifest is applied");
    assert!(svg.contains("alone"));
    assert_well_formed(&svg);
    let broken = Opening { session: Some("no session".into()), seed: 1, ..Opening::default() };
    let why = svg_of(&Moment { opening: broken, ..Moment::default() }).expect_err("it is none");
    assert!(!why.is_empty());
}

#[test]
fn the_page_holds_the_first_picture_for_every_width() {
    let pictures = first_pictures();
    assert_well_formed(&pictures);
    for part in
        ["first-390", "first-1035", "first-1515", "class=\"scene card is-still\"", "data-key=\"set/default/web\""]
    {
        assert!(pictures.contains(part), "{part} is missing");
    }
    assert!(!pictures.contains("style="), "the policy allows no inline styles");
}
