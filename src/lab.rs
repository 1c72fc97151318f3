//! The native program: draws pictures of a lab without a browser. Its first argument is the command.

use statefulset_lab::i18n::Lang;
use statefulset_lab::ui::drawing::Mode;
use statefulset_lab::ui::svg_file::{Moment, first_pictures, svg_of};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
lab svg [--scenario ID | --manifest FILE | --session FILE] [--at SECONDS] [--run LINE]...
        [--view identity|node] [--size WIDTHxHEIGHT] [--lang en|ja] [--output FILE]
    Writes the picture at a moment as an SVG file that needs nothing else. The session is a text
    that the page has stored. Lines are typed one after the other at the start.
lab page FOLDER
    Puts the first pictures into the index.html of a built page, and the names of its files into its
    lab.js. The build calls it.

The exit status is 0 if that was done, 1 if a file cannot be read, written or understood, 2 if the
command line is not understood.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["svg", options @ ..] => svg(options),
        ["page", folder] => page(Path::new(folder)).map_err(Failure::Files),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::Usage("there is no such command".into())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Files(why)) => {
            eprintln!("lab: {why}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(why)) => {
            eprint!("lab: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Why nothing was done.
enum Failure {
    Usage(String),
    Files(String),
}

fn svg(words: &[&str]) -> Result<(), Failure> {
    let mut moment = Moment::default();
    let mut output = None;
    for pair in words.chunks(2) {
        let [name, value] = pair else { return Err(Failure::Usage(format!("{} needs a value", pair[0]))) };
        let wrong = || Failure::Usage(format!("{name} does not take {value}"));
        match *name {
            "--scenario" => moment.opening.scenario = Some((*value).into()),
            "--manifest" => moment.opening.manifest = Some(read(value)?),
            "--session" => moment.opening.session = Some(read(value)?),
            "--run" => moment.opening.lines.push((*value).into()),
            "--at" => moment.at = Some(value.parse().map_err(|_| wrong())?),
            "--lang" => moment.lang = Lang::from_tag(value).ok_or_else(wrong)?,
            "--view" if *value == "identity" => moment.mode = Mode::Identity,
            "--view" if *value == "node" => moment.mode = Mode::Nodes,
            "--size" => moment.size = size(value).ok_or_else(wrong)?,
            "--output" => output = Some(*value),
            _ => return Err(wrong()),
        }
    }
    let text = svg_of(&moment).map_err(Failure::Files)?;
    match output {
        Some(path) => std::fs::write(path, text).map_err(|why| Failure::Files(format!("{path}: {why}"))),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}

fn size(text: &str) -> Option<(i32, i32)> {
    let (width, height) = text.split_once('x')?;
    let within = |it: &str| it.parse().ok().filter(|it| (160..=10_000).contains(it));
    Some((within(width)?, within(height)?))
}

fn read(path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|why| Failure::Files(format!("{path}: {why}")))
}

/// Completes a built page.
fn page(folder: &Path) -> Result<(), String> {
    let names = std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let names: Vec<String> = names.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect();
    let index = folder.join("index.html");
    change(&index, |html| with_pictures(&html))?;
    change(&folder.join("lab.js"), |script| with_names(&script, &names))
}

/// The page with the first pictures in the element that waits for them.
fn with_pictures(html: &str) -> String {
    let place = ["id=\"pictures\"", "id=pictures"].iter().find_map(|id| html.find(id));
    let inside = place.and_then(|at| Some(at + html.get(at..)?.find('>')? + 1)).unwrap_or(0);
    let (before, after) = html.split_at(inside);
    format!("{before}{}{after}", first_pictures())
}

fn change(path: &Path, by: impl FnOnce(String) -> String) -> Result<(), String> {
    let fails = |why: std::io::Error| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(fails)?;
    std::fs::write(path, by(text)).map_err(fails)
}

/// The script with the names that the build gave to its files: `./app.js` is `./app-0123456789abcdef.js` there.
fn with_names(script: &str, names: &[String]) -> String {
    let mut out = script.to_string();
    for (stem, end) in [("app", "_bg.wasm"), ("app", ".js"), ("style", ".css"), ("picture", ".css"), ("panels", ".css")]
    {
        let is_built = |name: &&String| {
            let hash = name.strip_prefix(stem).and_then(|it| it.strip_prefix('-')).and_then(|it| it.strip_suffix(end));
            hash.is_some_and(|hash| hash.bytes().all(|it| it.is_ascii_hexdigit()))
        };
        if let Some(name) = names.iter().find(is_built) {
            out = out.replace(&format!("'./{stem}{end}'"), &format!("'./{name}'"));
        }
    }
    out
}
