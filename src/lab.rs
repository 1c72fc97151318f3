//! The native program: plays lines and pages, and draws pictures, without a browser. Its first argument is the command.

use statefulset_lab::i18n::console::find;
use statefulset_lab::i18n::{Lang, fill};
use statefulset_lab::kubectl::minikube;
use statefulset_lab::model::{Millis, Value, to_json};
use statefulset_lab::playground::{Attempt, Options, Playground, Record, SCENARIOS, is_lesson, lesson_cards};
use statefulset_lab::report;
use statefulset_lab::state::Opening;
use statefulset_lab::tutorial::{self, Page};
use statefulset_lab::ui::drawing::Mode;
use statefulset_lab::ui::svg_file::{Moment, first_pictures, lesson_picture, svg_of};
use statefulset_lab::world::Environment;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
lab run FILE [--environment NAME] [--version VERSION] [--gates NAME=true,...] [--seed NUMBER]
        [--lang en|ja] [--trace]
    Types the lines of a file, or of standard input where it is `-`, and prints what is seen. A line
    `wait 30s` lets virtual time go by. With --trace, prints lines of JSON instead: what was typed and
    said, and every change and decision with its moment in milliseconds.
lab check PAGE.md... [--environment NAME] [--version VERSION] [--gates NAME=true,...]
        [--seed NUMBER] [--lang en|ja]
    Plays the code blocks of Markdown pages from top to bottom, and names each line that is printed
    there and that the cluster does not say. Ages, addresses and generated names are no difference.
lab check LESSON.md...
    Plays the solution of each lesson. Says which step it does not solve, or what is wrong with the text.
lab svg [--scenario ID | --manifest FILE | --session FILE] [--at SECONDS] [--run LINE]...
        [--view identity|node|owner] [--size WIDTHxHEIGHT] [--lang en|ja] [--output FILE]
    Writes the picture at a moment as an SVG file that needs nothing else. The session is a text
    that the page has stored. Lines are typed one after the other at the start.
lab page FOLDER
    Puts the first pictures into the index.html of a built page, and the names of its files into its
    lab.js. The build calls it.

Environments are minikube, zones and recorder. Versions of Kubernetes are 1.34 to 1.37, also with a
patch; gates are feature gates. The exit status is 0 if that was done; 1 if a page says
something else than the cluster, if the last line of a run failed, or if a file cannot be read, written
or understood; 2 if the command line is not understood.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["run", options @ ..] => run(options),
        ["check", lessons @ ..] if are_lessons(lessons) => check_lessons(lessons).map_err(Failure::Files),
        ["check", options @ ..] => check(options),
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
        Err(Failure::Said) => ExitCode::from(1),
        Err(Failure::Usage(why)) => {
            eprint!("lab: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Whether all files are lessons: texts with goals.
fn are_lessons(paths: &[&str]) -> bool {
    !paths.is_empty() && paths.iter().all(|path| std::fs::read_to_string(path).is_ok_and(|text| is_lesson(&text)))
}

/// Plays lessons.
fn check_lessons(lessons: &[&str]) -> Result<(), String> {
    for path in lessons {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let playground = Attempt::play(path, &text, usize::MAX).map_err(|why| format!("{path}: {why}"))?;
        if let Some(lesson) = playground.attempt().map(|it| &it.lesson) {
            println!("ok {path}: {} ({} steps)", lesson.title.en, lesson.steps.len());
        }
    }
    Ok(())
}

/// Why nothing was done.
enum Failure {
    Usage(String),
    Files(String),
    /// What is wrong has been printed.
    Said,
}

/// What `run` and `check` begin with.
struct Begin<'a> {
    files: Vec<&'a str>,
    environment: &'a str,
    version: Option<&'a str>,
    gates: Option<&'a str>,
    seed: u64,
    lang: Lang,
    is_trace: bool,
}

impl<'a> Begin<'a> {
    fn read(words: &[&'a str]) -> Result<Begin<'a>, Failure> {
        let mut begin = Begin {
            files: Vec::new(),
            environment: "minikube",
            version: None,
            gates: None,
            seed: 1,
            lang: Lang::En,
            is_trace: false,
        };
        let mut rest = words.iter().copied();
        while let Some(word) = rest.next() {
            let mut value = || rest.next().ok_or_else(|| Failure::Usage(format!("{word} needs a value")));
            let wrong = |value: &str| Failure::Usage(format!("{word} does not take {value}"));
            match word {
                "--environment" => begin.environment = value()?,
                "--version" => begin.version = Some(value()?),
                "--gates" => begin.gates = Some(value()?),
                "--seed" => begin.seed = value().and_then(|it| it.parse().map_err(|_| wrong(it)))?,
                "--lang" => begin.lang = value().and_then(|it| Lang::from_tag(it).ok_or_else(|| wrong(it)))?,
                "--trace" => begin.is_trace = true,
                word if word.starts_with("--") => return Err(Failure::Usage(format!("there is no {word}"))),
                file => begin.files.push(file),
            }
        }
        if begin.files.is_empty() {
            return Err(Failure::Usage("a file is missing".into()));
        }
        Ok(begin)
    }

    fn playground(&self) -> Result<Playground, Failure> {
        let name = self.environment;
        let environment =
            Environment::named(name).ok_or_else(|| Failure::Usage(format!("there is no environment {name}")))?;
        let kubernetes = minikube::choose(self.version, self.gates, environment.kubernetes)
            .map_err(|wrong| Failure::Usage(minikube::refusal(&wrong, self.lang)))?;
        let environment = environment.with_kubernetes(kubernetes);
        let options = Options { seed: self.seed, environment, manifest: String::new(), lines: Vec::new() };
        let mut playground = Playground::new(options);
        playground.set_lang(self.lang);
        Ok(playground)
    }
}

/// Plays the lines of files.
fn run(words: &[&str]) -> Result<(), Failure> {
    let begin = Begin::read(words)?;
    let mut playground = begin.playground()?;
    let mut has_failed = false;
    for file in &begin.files {
        let text = if *file == "-" {
            std::io::read_to_string(std::io::stdin()).map_err(|why| Failure::Files(why.to_string()))?
        } else {
            read(file)?
        };
        for line in text.lines() {
            if line.strip_prefix("wait ").and_then(duration).is_some_and(|wait| wait.is_none()) {
                return Err(Failure::Files(format!(
                    "`{line}` is too long: at most {WAIT_DAYS_MAX} days go by at once"
                )));
            }
            let Some(said) = play_line(&mut playground, line, &begin) else { continue };
            has_failed = said.i64_at(&["exit"]).is_some_and(|exit| exit != 0);
        }
    }
    if begin.is_trace {
        print_trace(&playground, begin.lang);
    }
    if has_failed { Err(Failure::Said) } else { Ok(()) }
}

/// Types a line, or lets time go by; prints what is seen.
fn play_line(playground: &mut Playground, line: &str, begin: &Begin<'_>) -> Option<Value> {
    if let Some(ms) = line.strip_prefix("wait ").and_then(duration).flatten() {
        let (at, before) = (playground.now(), playground.entries().last().cloned());
        playground.advance(ms);
        let said = report::said(playground, before.as_ref());
        if begin.is_trace && !said.list_at(&["lines"]).is_empty() {
            print_line(&said, at, line);
        } else if !begin.is_trace {
            print!("{}", report::seen(playground, before.as_ref()));
        }
        return None;
    }
    let (at, prompt) = (playground.now(), playground.prompt().text);
    let before = playground.entries().last().cloned();
    let said = report::play(playground, line);
    if begin.is_trace {
        print_line(&said, at, line);
    } else {
        println!("{prompt}{line}");
        print_seen(&report::seen(playground, before.as_ref()), &said);
    }
    Some(said)
}

/// What was seen, and the hints that came of the run itself.
fn print_seen(seen: &str, said: &Value) {
    print!("{seen}");
    let hints = said.list_at(&["hints"]).iter().filter_map(Value::as_str);
    hints.filter(|hint| !seen.lines().any(|line| line == *hint)).for_each(|hint| println!("{hint}"));
}

/// What was typed and seen, as a line of JSON.
fn print_line(said: &Value, at: Millis, typed: &str) {
    let mut value = said.clone();
    value.set_at(&["at"], Value::Int(at.0));
    value.set_at(&["typed"], Value::text(typed));
    println!("{}", to_json(&value));
}

/// The longest wait of a line.
const WAIT_DAYS_MAX: i64 = 30;

/// `30s`, `5m`, `1h`, `250ms` in milliseconds; nothing inside of it for what is too long.
fn duration(text: &str) -> Option<Option<i64>> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let count = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit));
    (!number.is_empty()).then(|| count.filter(|ms| *ms <= WAIT_DAYS_MAX * 24 * 3_600_000))
}

/// Prints the changes and decisions of a run, one line of JSON each.
fn print_trace(playground: &Playground, lang: Lang) {
    for change in playground.records().iter().filter_map(|record| match record {
        Record::Change(change) => Some(change),
        Record::Decision(_) => None,
    }) {
        println!("{}", to_json(&report::change(change)));
    }
    for decision in report::decisions_since(playground, lang, 0).as_list().unwrap_or_default() {
        println!("{}", to_json(decision));
    }
}

/// Plays pages, and prints what they say and the cluster does not.
fn check(words: &[&str]) -> Result<(), Failure> {
    let begin = Begin::read(words)?;
    let mut count = 0;
    for file in &begin.files {
        let page = Page::read(&read(file)?).map_err(|why| Failure::Files(format!("{file}: {why}")))?;
        let live = page.blocks.iter().filter(|block| block.is_live()).count();
        let findings = tutorial::check(&mut begin.playground()?, &page);
        let text = |key: &str, values: &[(&str, &str)]| fill(find(begin.lang, key).unwrap_or(key), values);
        let nothing = text("check.nothing", &[]);
        for finding in &findings {
            let typed = finding.typed.lines().next().unwrap_or_default();
            let block = finding.block.to_string();
            let after = text("check.after", &[("block", &block), ("line", typed)]);
            println!("{file}:{}: {after}", finding.line);
            println!("  {}", text("check.printed", &[("text", finding.printed.as_deref().unwrap_or(&nothing))]));
            println!("  {}", text("check.here", &[("text", finding.said.as_deref().unwrap_or(&nothing))]));
        }
        count += findings.len();
        let (blocks, differing) = (live.to_string(), findings.len().to_string());
        println!("{file}: {}", text("check.sum", &[("blocks", &blocks), ("count", &differing)]));
    }
    if count == 0 { Ok(()) } else { Err(Failure::Said) }
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
            "--view" if let Some(mode) = Mode::named(value) => moment.mode = mode,
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

/// The text of a file, without the byte order mark that some editors put before it.
fn read(path: &str) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|why| Failure::Files(format!("{path}: {why}")))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}

/// When a scenario's poster is drawn, in seconds, and its size: everything has started by then.
const POSTER_AT: u32 = 30;
const POSTER_SIZE: (i32, i32) = (900, 480);

/// Completes a built page.
fn page(folder: &Path) -> Result<(), String> {
    let names = std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let names: Vec<String> = names.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect();
    for scenario in SCENARIOS {
        for (lang, name) in
            [(Lang::En, format!("poster-{}.svg", scenario.id)), (Lang::Ja, format!("poster-{}.ja.svg", scenario.id))]
        {
            let opening = Opening { scenario: Some(scenario.id.into()), seed: 1, ..Opening::default() };
            let moment = Moment { opening, at: Some(POSTER_AT), size: POSTER_SIZE, lang, ..Moment::default() };
            let path = folder.join(name);
            std::fs::write(&path, svg_of(&moment)?).map_err(|why| format!("{}: {why}", path.display()))?;
        }
    }
    gallery(&folder.join("lessons"))?;
    let index = folder.join("index.html");
    change(&index, |html| with_pictures(&without_vain_integrity(&html)))?;
    change(&folder.join("lab.js"), |script| with_names(&script, &names))
}

/// The size of a lesson's picture.
const LESSON_SIZE: (i32, i32) = (480, 300);

/// Completes the folder with the lessons of a built page: a list of them, and a picture of each. Published lessons are
/// called `.txt`: site generators would make pages of Markdown that lies in the folder of the lab.
fn gallery(folder: &Path) -> Result<(), String> {
    let text = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))
    };
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).map_err(|why| why.to_string());
    let mut lessons = Vec::new();
    for line in text("order.txt")?.lines() {
        let (topic, names) = line.split_once(": ").unwrap_or(("", line));
        for name in names.split_whitespace() {
            lessons.push((topic.to_string(), name.to_string(), text(&format!("{name}.md"))?));
        }
    }
    for (_, name, source) in &lessons {
        for (lang, ending) in [(Lang::En, "svg"), (Lang::Ja, "ja.svg")] {
            let picture = lesson_picture(name, source, LESSON_SIZE, lang).map_err(|why| format!("{name}: {why}"))?;
            write(&format!("{name}.{ending}"), picture)?;
        }
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        std::fs::rename(path("md"), path("txt")).map_err(|why| format!("{name}: {why}"))?;
    }
    write("index.txt", lesson_cards(&lessons)?)
}

/// The page without the hash at what is loaded ahead by `as="fetch"`: browsers do not look at it there, and warn.
fn without_vain_integrity(html: &str) -> String {
    let plain = |tag: &str| {
        let (before, rest) = tag.split_once(" integrity=")?;
        let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
        let end = quote.map_or_else(|| rest.find([' ', '>']), |quote| Some(rest.get(1..)?.find(quote)? + 2))?;
        Some(format!("{before}{}", rest.get(end..)?))
    };
    let pieces = html.split_inclusive('>').map(|piece| {
        let is_fetched = piece.contains("<link") && piece.contains("preload") && piece.contains("fetch");
        if is_fetched { plain(piece).unwrap_or_else(|| piece.to_string()) } else { piece.to_string() }
    });
    pieces.collect()
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
    for (stem, end) in [
        ("app", "_bg.wasm"),
        ("app", ".js"),
        ("style", ".css"),
        ("picture", ".css"),
        ("panels", ".css"),
        ("lessons", ".css"),
    ] {
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
