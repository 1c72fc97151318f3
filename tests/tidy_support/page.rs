//! Rules of the page: its styles, its policy, what it asks of the document.

use super::source::{assert_none, code_of, files_below, read, rust_files, words};

/// Style sheets of whole pages of ours: there is no host in them.
const PAGES: &[&str] = &["www/page.css", "www/embed.css"];

#[test]
fn styles_stand_in_the_style_sheet() {
    let mut findings = Vec::new();
    let pages = files_below("www").into_iter().filter(|path| path.ends_with(".html") || path.ends_with(".js"));
    // A picture that is saved as a file brings its style sheet along.
    let drawn = rust_files("src/ui").into_iter().filter(|path| path != "src/ui/svg_file.rs");
    for path in drawn.chain(pages).chain(["index.html".to_owned()]) {
        for (number, line) in read(&path).expect("a text").lines().enumerate() {
            let inline =
                [" style=\"", " style={", "set_attribute(\"style\"", "<style"].iter().any(|it| line.contains(it));
            if inline && !line.trim_start().starts_with("//") {
                findings.push(format!(
                    "{path}:{}: the policy blocks inline styles; use a class, an SVG attribute, or the element's `style()` object",
                    number + 1
                ));
            }
        }
    }
    assert_none("styles stand in the style sheet", &findings);
}

#[test]
fn one_file_knows_the_page() {
    const ASKED: &[&str] = &[
        "window",
        "document",
        "owner_document",
        "local_storage",
        "session_storage",
        "location",
        "history",
        "Window",
        "Document",
        "Storage",
        "Location",
        "History",
        "get_element_by_id",
        "body",
    ];
    let mut findings = Vec::new();
    for path in
        rust_files("src/ui").into_iter().filter(|path| path != "src/ui/page.rs" && !path.starts_with("src/ui/page/"))
    {
        for (number, line) in code_of(&read(&path).expect("a text")).lines().enumerate() {
            let is_web = |word: &str| {
                line.contains(&format!(".{word}()")) || line.contains(&format!("web_sys::{word}")) || {
                    line.trim_start().starts_with("use web_sys") && words(line).iter().any(|it| it.0 == word)
                }
            };
            for word in ASKED.iter().filter(|word| is_web(word)) {
                findings
                    .push(format!("{path}:{}: `{word}`: a lab shares its page; ask `Page` in ui/page.rs", number + 1));
            }
        }
    }
    assert_none("one file knows the page", &findings);
}

#[test]
fn styles_stay_inside_a_lab() {
    let mut findings = Vec::new();
    let sheets =
        files_below("www").into_iter().filter(|path| path.ends_with(".css") && !PAGES.contains(&path.as_str()));
    for path in sheets {
        let mut depth = 0;
        for (number, line) in read(&path).expect("a text").lines().enumerate() {
            let code = line.split("/*").next().unwrap_or_default();
            if depth == 0 && code.contains('{') && !code.starts_with(".lab {") && !code.starts_with("@keyframes lab-") {
                findings.push(format!(
                    "{path}:{}: write the rule inside `.lab {{ }}`: the host has elements, too",
                    number + 1
                ));
            }
            let is_unit =
                |unit: &str| code.match_indices(unit).any(|(at, _)| code[..at].ends_with(|c: char| c.is_ascii_digit()));
            let window = [("vw", "cqw"), ("vh", "cqh")].into_iter().find(|(unit, _)| is_unit(unit));
            if let Some((unit, instead)) = window {
                findings.push(format!("{path}:{}: `{unit}` asks the window; use `{instead}`", number + 1));
            }
            if code.contains("position: fixed") || code.contains("@media (max-") || code.contains("@media (min-") {
                findings.push(format!("{path}:{}: asks the window; use the lab's root (`@container lab`)", number + 1));
            }
            depth += code.matches('{').count() as i32 - code.matches('}').count() as i32;
        }
    }
    assert_none("styles stay inside a lab", &findings);
}

#[test]
fn tests_stand_where_they_run() {
    let mut findings = Vec::new();
    for path in rust_files("src/ui") {
        for (number, line) in read(&path).expect("a text").lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                findings
                    .push(format!("{path}:{}: no host builds it; test it in tests/web.rs or tests/e2e", number + 1));
            }
        }
    }
    assert_none("tests stand where they run", &findings);
}

#[test]
fn the_page_asks_nobody_else() {
    const ALLOWED: &[&str] = &["http://www.w3.org/", "http://127.0.0.1"];
    let mut findings = Vec::new();
    let loaded = |path: &String| [".html", ".css", ".js", ".svg", ".json"].iter().any(|end| path.ends_with(end));
    for path in files_below("www").into_iter().filter(loaded).chain(["index.html".to_owned()]) {
        for (number, line) in read(&path).expect("a text").lines().enumerate() {
            for (at, _) in line
                .match_indices("http")
                .filter(|(at, _)| line[*at..].starts_with("https://") || line[*at..].starts_with("http://"))
            {
                let is_link = line[..at].ends_with("href=\"") && line[..at].contains("<a ");
                if !is_link && !ALLOWED.iter().any(|allowed| line[at..].starts_with(allowed)) {
                    findings
                        .push(format!("{path}:{}: put the file into www/ and name it by a relative path", number + 1));
                }
            }
        }
    }
    assert_none("the page asks nobody else", &findings);
}

#[test]
fn the_policy_is_the_same_everywhere() {
    let policy_in = |path: &str, before: &str| {
        let text = read(path).expect("a text");
        text.split_once(before).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("none").to_owned()
    };
    assert_eq!(
        policy_in("index.html", "http-equiv=\"Content-Security-Policy\" content=\""),
        policy_in("Trunk.toml", "Content-Security-Policy = \""),
        "index.html and Trunk.toml name different policies; make them equal"
    );
}
