//! The native program: plays lines and pages, and draws pictures, without a browser. Its first argument is the command.

#[path = "lab/usage.rs"]
mod usage;

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
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;
use usage::{known, no_command, parted, usage, version};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).flat_map(|word| parted(&word)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["help" | "--help" | "-h"] => say(&usage(None)),
        ["help" | "--help" | "-h", name] if known(name).is_some() => say(&usage(known(name))),
        ["help" | "--help" | "-h", name, ..] => Err(Failure::Usage(no_command(name))),
        [name, options @ ..] if known(name).is_some() && options.iter().any(|it| matches!(*it, "--help" | "-h")) => {
            say(&usage(known(name)))
        }
        ["version" | "--version" | "-V"] => say(&version()),
        ["run", options @ ..] => run(options),
        ["check", options @ ..] => check(options),
        ["svg", options @ ..] => svg(options),
        ["page", folder] => page(Path::new(folder)).map_err(Failure::Files),
        ["page" | "version" | "--version" | "-V", ..] => {
            Err(Failure::Usage("there are too few or too many words".into()))
        }
        [name, ..] => Err(Failure::Usage(no_command(name))),
        [] => Err(Failure::Usage("a command is missing".into())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Files(why)) => {
            eprintln!("lab: {why}");
            ExitCode::from(1)
        }
        Err(Failure::Said) => ExitCode::from(1),
        Err(Failure::Usage(why)) => {
            eprint!(
                "lab: {why}\n\n{}",
                usage(words.first().filter(|name| **name != "help").and_then(|name| known(name)))
            );
            ExitCode::from(2)
        }
    }
}

/// Prints a text. Who has stopped reading, as `head` does, is told nothing more.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Err(Failure::Said),
        Err(why) => Err(Failure::Files(format!("standard output: {why}"))),
    }
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
    /// The options that say what the cluster of a page begins with.
    asked: Vec<&'a str>,
}

impl<'a> Begin<'a> {
    fn read(words: &[&'a str], takes_trace: bool) -> Result<Begin<'a>, Failure> {
        let mut begin = Begin {
            files: Vec::new(),
            environment: "minikube",
            version: None,
            gates: None,
            seed: 1,
            lang: Lang::En,
            is_trace: false,
            asked: Vec::new(),
        };
        let mut rest = words.iter().copied();
        while let Some(word) = rest.next() {
            let mut value = || rest.next().ok_or_else(|| Failure::Usage(format!("{word} needs a value")));
            let wrong = |value: &str| Failure::Usage(format!("{word} does not take {value}"));
            if ["--environment", "--version", "--gates", "--seed"].contains(&word) {
                begin.asked.push(word);
            }
            match word {
                "--environment" => begin.environment = value()?,
                "--version" => begin.version = Some(value()?),
                "--gates" => begin.gates = Some(value()?),
                "--seed" => begin.seed = value().and_then(|it| it.parse().map_err(|_| wrong(it)))?,
                "--lang" => begin.lang = value().and_then(|it| Lang::from_tag(it).ok_or_else(|| wrong(it)))?,
                "--trace" if takes_trace => begin.is_trace = true,
                word if word.starts_with('-') && word != "-" => {
                    return Err(Failure::Usage(format!("there is no {word}")));
                }
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
    let begin = Begin::read(words, true)?;
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
            let Some(said) = play_line(&mut playground, line, &begin)? else { continue };
            has_failed = said.i64_at(&["exit"]).is_some_and(|exit| exit != 0);
        }
    }
    if begin.is_trace {
        print_trace(&playground, begin.lang)?;
    }
    if has_failed { Err(Failure::Said) } else { Ok(()) }
}

/// Types a line, or lets time go by; prints what is seen.
fn play_line(playground: &mut Playground, line: &str, begin: &Begin<'_>) -> Result<Option<Value>, Failure> {
    if let Some(ms) = line.strip_prefix("wait ").and_then(duration).flatten() {
        let (at, before) = (playground.now(), playground.entries().last().cloned());
        playground.advance(ms);
        let said = report::said(playground, before.as_ref());
        if begin.is_trace && !said.list_at(&["lines"]).is_empty() {
            print_line(&said, at, line)?;
        } else if !begin.is_trace {
            say(&report::seen(playground, before.as_ref()))?;
        }
        return Ok(None);
    }
    let (at, prompt) = (playground.now(), playground.prompt().text);
    let before = playground.entries().last().cloned();
    let said = report::play(playground, line);
    if begin.is_trace {
        print_line(&said, at, line)?;
    } else {
        say(&format!("{prompt}{line}\n"))?;
        print_seen(&report::seen(playground, before.as_ref()), &said)?;
    }
    Ok(Some(said))
}

/// What was seen, and the hints that came of the run itself.
fn print_seen(seen: &str, said: &Value) -> Result<(), Failure> {
    let hints = said.list_at(&["hints"]).iter().filter_map(Value::as_str);
    let hints: String =
        hints.filter(|hint| !seen.lines().any(|line| line == *hint)).map(|hint| format!("{hint}\n")).collect();
    say(&format!("{seen}{hints}"))
}

/// What was typed and seen, as a line of JSON.
fn print_line(said: &Value, at: Millis, typed: &str) -> Result<(), Failure> {
    let mut value = said.clone();
    value.set_at(&["at"], Value::Int(at.0));
    value.set_at(&["typed"], Value::text(typed));
    say(&format!("{}\n", to_json(&value)))
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
fn print_trace(playground: &Playground, lang: Lang) -> Result<(), Failure> {
    let changes = playground.records().iter().filter_map(|record| match record {
        Record::Change(change) => Some(report::change(change)),
        Record::Decision(_) => None,
    });
    let decisions = report::decisions_since(playground, lang, 0);
    let mut all = changes.chain(decisions.as_list().unwrap_or_default().iter().cloned());
    all.try_for_each(|value| say(&format!("{}\n", to_json(&value))))
}

/// Plays pages and lessons, and prints what they say and the cluster does not.
fn check(words: &[&str]) -> Result<(), Failure> {
    let begin = Begin::read(words, false)?;
    let mut is_fine = true;
    for file in &begin.files {
        let text = read(file)?;
        is_fine &= if is_lesson(&text) { check_lesson(file, &text, &begin)? } else { check_page(file, &text, &begin)? };
    }
    if is_fine { Ok(()) } else { Err(Failure::Said) }
}

/// Plays the solution of a lesson. Returns whether it holds.
fn check_lesson(file: &str, text: &str, begin: &Begin<'_>) -> Result<bool, Failure> {
    if let Some(option) = begin.asked.first() {
        let why = format!("{file} is a lesson, which says itself what it begins with: {option} is for pages");
        return Err(Failure::Usage(why));
    }
    match Attempt::play(file, text, usize::MAX) {
        Ok(playground) => {
            let lesson = playground.attempt().map(|it| (it.lesson.title.en.clone(), it.lesson.steps.len()));
            let (title, steps) = lesson.unwrap_or_default();
            say(&format!("ok {file}: {title} ({steps} steps)\n"))?;
            Ok(true)
        }
        Err(why) => {
            eprintln!("lab: {file}: {why}");
            Ok(false)
        }
    }
}

/// Plays a page. Returns whether every block is answered as printed.
fn check_page(file: &str, text: &str, begin: &Begin<'_>) -> Result<bool, Failure> {
    let page = Page::read(text).map_err(|why| Failure::Files(format!("{file}: {why}")))?;
    let live = page.blocks.iter().filter(|block| block.is_live()).count();
    let findings = tutorial::check(&mut begin.playground()?, &page);
    let text = |key: &str, values: &[(&str, &str)]| fill(find(begin.lang, key).unwrap_or(key), values);
    let nothing = text("check.nothing", &[]);
    for finding in &findings {
        let typed = finding.typed.lines().next().unwrap_or_default();
        let block = finding.block.to_string();
        let after = text("check.after", &[("block", &block), ("line", typed)]);
        let printed = text("check.printed", &[("text", finding.printed.as_deref().unwrap_or(&nothing))]);
        let here = text("check.here", &[("text", finding.said.as_deref().unwrap_or(&nothing))]);
        say(&format!("{file}:{}: {after}\n  {printed}\n  {here}\n", finding.line))?;
    }
    let (blocks, differing) = (live.to_string(), findings.len().to_string());
    say(&format!("{file}: {}\n", text("check.sum", &[("blocks", &blocks), ("count", &differing)])))?;
    Ok(findings.is_empty())
}

fn svg(words: &[&str]) -> Result<(), Failure> {
    let mut moment = Moment::default();
    let mut output = None;
    let mut rest = words.iter().copied();
    while let Some(name) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| Failure::Usage(format!("{name} needs a value")));
        let wrong = |value: &str| Failure::Usage(format!("{name} does not take {value}"));
        match name {
            "--scenario" => moment.opening.scenario = Some(value()?.into()),
            "--manifest" => moment.opening.manifest = Some(read(value()?)?),
            "--session" => moment.opening.session = Some(read(value()?)?),
            "--run" => moment.opening.lines.push(value()?.into()),
            "--at" => moment.at = Some(value().and_then(|it| it.parse().map_err(|_| wrong(it)))?),
            "--lang" => moment.lang = value().and_then(|it| Lang::from_tag(it).ok_or_else(|| wrong(it)))?,
            "--view" => moment.mode = value().and_then(|it| Mode::named(it).ok_or_else(|| wrong(it)))?,
            "--size" => moment.size = value().and_then(|it| size(it).ok_or_else(|| wrong(it)))?,
            "--output" => output = Some(value()?),
            _ => return Err(Failure::Usage(format!("there is no {name}"))),
        }
    }
    let text = svg_of(&moment).map_err(Failure::Files)?;
    match output {
        Some(path) => std::fs::write(path, text).map_err(|why| Failure::Files(format!("{path}: {why}"))),
        None => say(&text),
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
        ("layout", ".css"),
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
