//! `find`: an expression over everything below directories, and what is done with what fits.

use super::{Call, Outcome};
use crate::model::Millis;
use crate::regex::Pattern;
use crate::shell::container::{FileError, Found, normalize};
use crate::shell::language::{matches_glob, run_each};
use crate::shell::ownership::{Access, changed_mode};

/// The most files and directories that one call looks at.
const ENTRIES_MAX: usize = 2000;

/// A part of the expression.
enum Test {
    Name(String, bool),
    Path(String, bool),
    Regex(Box<Pattern>),
    Kind(String),
    Size(Count, u64),
    Empty,
    /// Written later than this moment.
    Newer(Millis),
    /// Its age, in units of so many milliseconds.
    Age(Count, i64),
    /// The permissions, and whether all, some or exactly these are wanted.
    Mode(u16, char),
    User(i64),
    Group(i64),
    /// Whether the user may read, write or run it.
    May(String),
    Constant(bool),
    Prune,
    Print(char),
    Format(String),
    Delete,
    Exec(Vec<String>, bool),
    Quit,
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
}

/// `+N`, `-N` and `N`.
#[derive(Clone, Copy)]
struct Count {
    sign: char,
    number: i64,
}

impl Count {
    fn of(text: &str) -> Option<Count> {
        let sign = text.chars().next().filter(|c| matches!(c, '+' | '-')).unwrap_or('=');
        Some(Count { sign, number: text.trim_start_matches(['+', '-']).parse().ok()? })
    }

    fn fits(self, value: i64) -> bool {
        match self.sign {
            '+' => value > self.number,
            '-' => value < self.number,
            _ => value == self.number,
        }
    }
}

/// How far it goes down, and in which order.
#[derive(Default)]
struct Walk {
    least: usize,
    most: Option<usize>,
    is_inside_out: bool,
    follows: bool,
    acts: bool,
    /// Whether regular expressions are the extended ones.
    is_extended: bool,
}

/// Tests and actions that `find` has and this lab does not.
const UNKNOWN: &[&str] = &[
    "-context",
    "-files0-from",
    "-fls",
    "-fprint",
    "-fprint0",
    "-fprintf",
    "-fstype",
    "-ilname",
    "-inum",
    "-links",
    "-lname",
    "-ls",
    "-newerat",
    "-newerct",
    "-newermt",
    "-okdir",
    "-samefile",
    "-used",
];

struct Reader<'w> {
    words: &'w [String],
    at: usize,
    walk: Walk,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn value(&mut self, name: &str) -> Result<String, String> {
        self.at += 1;
        self.words.get(self.at - 1).cloned().ok_or_else(|| format!("missing argument to `{name}'"))
    }

    fn any(&mut self, call: &Call<'_>) -> Result<Test, String> {
        let mut all = vec![self.all(call)?];
        while matches!(self.peek(), Some("-o" | "-or")) {
            self.at += 1;
            all.push(self.all(call)?);
        }
        Ok(Test::Any(all))
    }

    fn all(&mut self, call: &Call<'_>) -> Result<Test, String> {
        let mut all = Vec::new();
        while let Some(word) = self.peek() {
            match word {
                "-o" | "-or" | ")" => break,
                "-a" | "-and" | "," => self.at += 1,
                _ => all.push(self.one(call)?),
            }
        }
        Ok(Test::All(all))
    }

    fn one(&mut self, call: &Call<'_>) -> Result<Test, String> {
        let name = self.value("")?;
        let bad = |value: &str| format!("invalid argument `{value}' to `{name}'");
        Ok(match name.as_str() {
            "!" | "-not" => Test::Not(Box::new(self.one(call)?)),
            "(" => {
                let inside = self.any(call)?;
                if self.peek() != Some(")") {
                    return Err(
                        "invalid expression; I was expecting to find a ')' somewhere but did not see one.".to_string()
                    );
                }
                self.at += 1;
                inside
            }
            "-name" | "-iname" => Test::Name(self.value(&name)?, name == "-iname"),
            "-path" | "-wholename" | "-ipath" => Test::Path(self.value(&name)?, name == "-ipath"),
            "-regextype" => {
                let kind = self.value(&name)?;
                self.walk.is_extended = kind.contains("extended") || kind.contains("egrep") || kind.contains("awk");
                Test::Constant(true)
            }
            "-regex" | "-iregex" => {
                let text = self.value(&name)?;
                let whole = if self.walk.is_extended { format!("^({text})$") } else { format!("^\\({text}\\)$") };
                Test::Regex(Box::new(Pattern::new(&whole, self.walk.is_extended, name == "-iregex")))
            }
            "-readable" | "-writable" | "-executable" => Test::May(name.clone()),
            "-type" | "-xtype" => Test::Kind(self.value(&name)?),
            "-empty" => Test::Empty,
            "-size" => {
                let value = self.value(&name)?;
                size(&value).ok_or_else(|| bad(&value))?
            }
            "-mtime" | "-mmin" | "-ctime" | "-cmin" | "-atime" | "-amin" => {
                let value = self.value(&name)?;
                let unit = if name.ends_with("min") { 60_000 } else { 86_400_000 };
                Test::Age(Count::of(&value).ok_or_else(|| bad(&value))?, unit)
            }
            "-newer" | "-anewer" | "-cnewer" => {
                let value = self.value(&name)?;
                let found = call.container.lookup(call.cluster, &call.shell.path(&value));
                Test::Newer(found.ok_or_else(|| format!("'{value}': No such file or directory"))?.modified)
            }
            "-perm" => {
                let value = self.value(&name)?;
                let sign = value.chars().next().filter(|c| matches!(c, '-' | '/')).unwrap_or('=');
                let text = value.trim_start_matches(['-', '/']);
                Test::Mode(changed_mode(0, text, false).ok_or_else(|| format!("invalid mode '{value}'"))?, sign)
            }
            "-user" | "-uid" => {
                let value = self.value(&name)?;
                let number = call.container.user_number(call.cluster, &value);
                Test::User(number.ok_or_else(|| format!("'{value}' is not the name of a known user"))?)
            }
            "-group" | "-gid" => {
                let value = self.value(&name)?;
                let number = call.container.group_number(call.cluster, &value);
                Test::Group(number.ok_or_else(|| format!("'{value}' is not the name of an existing group"))?)
            }
            "-true" => Test::Constant(true),
            "-false" | "-nouser" | "-nogroup" => Test::Constant(false),
            "-prune" => Test::Prune,
            "-depth" | "-d" => {
                self.walk.is_inside_out = true;
                Test::Constant(true)
            }
            "-maxdepth" | "-mindepth" => self.depth(&name)?,
            "-mount" | "-xdev" | "-noleaf" | "-warn" | "-nowarn" | "-daystart" | "-ignore_readdir_race" => {
                Test::Constant(true)
            }
            "-follow" => {
                self.walk.follows = true;
                Test::Constant(true)
            }
            name => return self.action(name),
        })
    }

    /// `-maxdepth` and `-mindepth`.
    fn depth(&mut self, name: &str) -> Result<Test, String> {
        let value = self.value(name)?;
        let depth = value
            .parse()
            .map_err(|_| format!("Expected a positive decimal integer argument to {name}, but got '{value}'"))?;
        if name == "-maxdepth" {
            self.walk.most = Some(depth)
        } else {
            self.walk.least = depth
        }
        Ok(Test::Constant(true))
    }

    fn action(&mut self, name: &str) -> Result<Test, String> {
        self.walk.acts = true;
        Ok(match name {
            "-print" => Test::Print('\n'),
            "-print0" => Test::Print('\0'),
            "-printf" => Test::Format(self.value(name)?),
            "-quit" => Test::Quit,
            "-delete" => {
                self.walk.is_inside_out = true;
                Test::Delete
            }
            "-exec" | "-execdir" | "-ok" => {
                let mut words = Vec::new();
                loop {
                    let word = self.value(name)?;
                    match word.as_str() {
                        ";" => break Test::Exec(words, false),
                        "+" if words.last().is_some_and(|last| last == "{}") => break Test::Exec(words, true),
                        _ => words.push(word),
                    }
                }
            }
            name => return Err(format!("unknown predicate `{name}'")),
        })
    }
}

/// One thing that is looked at.
struct Seen<'s> {
    shown: &'s str,
    path: &'s str,
    found: &'s Found,
    depth: usize,
    start: &'s str,
}

/// What kind of thing it is, in one letter.
fn letter(seen: &Seen<'_>, follows: bool) -> char {
    match seen.found.letter() {
        _ if seen.found.link.is_some() && !follows => 'l',
        _ if crate::shell::path_kind::is_device(seen.path) => 'c',
        '-' => 'f',
        letter => letter,
    }
}

/// What comes of it all.
#[derive(Default)]
struct Done {
    out: String,
    commands: Vec<Vec<String>>,
    /// The commands that take many files, by their own words.
    gathered: Vec<(Vec<String>, Vec<String>)>,
    has_exec: bool,
    is_over: bool,
    code: i64,
}

impl Done {
    fn print(&mut self, text: &str) {
        match self.has_exec {
            // In turn with what the commands write.
            true => self.commands.push(vec!["printf".to_string(), "%s".to_string(), text.to_string()]),
            false => self.out.push_str(text),
        }
    }
}

fn is_folder(found: &Found, follows: bool) -> bool {
    found.is_directory() && (follows || found.link.is_none())
}

fn holds(call: &mut Call<'_>, test: &Test, seen: &Seen<'_>, walk: &Walk, done: &mut Done, prunes: &mut bool) -> bool {
    let found = seen.found;
    let glob = |pattern: &str, text: &str, ignores_case: bool| match ignores_case {
        true => matches_glob(&pattern.to_lowercase(), &text.to_lowercase()),
        false => matches_glob(pattern, text),
    };
    match test {
        Test::Name(pattern, ignores_case) => {
            let last = seen.shown.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            glob(pattern, if last.is_empty() { seen.shown } else { last }, *ignores_case)
        }
        Test::Path(pattern, ignores_case) => glob(pattern, seen.shown, *ignores_case),
        Test::Regex(pattern) => pattern.is_in(seen.shown),
        Test::May(what) => match what.as_str() {
            "-readable" => call.container.user().may(found.owner, Access::Read),
            "-writable" => call.container.user().may(found.owner, Access::Write),
            _ => call.container.user().may_run(found.owner),
        },
        Test::Kind(kinds) => {
            let own = letter(seen, walk.follows);
            kinds.split(',').any(|kind| kind.len() == 1 && kind.starts_with(own))
        }
        Test::Size(count, unit) => {
            let size = if found.is_directory() { 4096 } else { found.size() as u64 };
            count.fits(i64::try_from(size.div_ceil(*unit)).unwrap_or(i64::MAX))
        }
        Test::Empty => match is_folder(found, walk.follows) {
            true => call.container.list(call.cluster, seen.path).is_ok_and(|entries| entries.is_empty()),
            false => found.link.is_none() && found.size() == 0,
        },
        Test::Newer(moment) => found.modified > *moment,
        Test::Age(count, unit) => count.fits((call.cluster.now() - found.modified).0.max(0) / unit),
        Test::Mode(mode, sign) => match sign {
            '-' => found.owner.mode & mode == *mode,
            '/' => *mode == 0 || found.owner.mode & mode != 0,
            _ => found.owner.mode & 0o7777 == *mode,
        },
        Test::User(user) => found.owner.user == *user,
        Test::Group(group) => found.owner.group == *group,
        Test::Constant(holds) => *holds,
        Test::Prune => {
            *prunes = true;
            true
        }
        Test::Not(test) => !holds(call, test, seen, walk, done, prunes),
        Test::All(all) => all.iter().all(|test| holds(call, test, seen, walk, done, prunes)),
        Test::Any(all) => all.iter().any(|test| holds(call, test, seen, walk, done, prunes)),
        action => act(call, action, seen, done),
    }
}

fn act(call: &mut Call<'_>, action: &Test, seen: &Seen<'_>, done: &mut Done) -> bool {
    match action {
        Test::Print(end) => done.print(&format!("{}{end}", seen.shown)),
        Test::Format(format) => done.print(&formatted(format, seen)),
        Test::Quit => done.is_over = true,
        Test::Delete => {
            let is_empty = call.container.list(call.cluster, seen.path).map_or(true, |entries| entries.is_empty());
            let removed = match seen.found.is_directory() && seen.found.link.is_none() && !is_empty {
                true => Err(FileError::NotEmpty),
                false => call.container.remove(call.cluster, seen.path, true),
            };
            if let Err(error) = removed {
                call.fail(&format!("cannot delete '{}': {error}", seen.shown));
                done.code = 1;
                return false;
            }
        }
        Test::Exec(words, false) => {
            done.commands.push(words.iter().map(|word| word.replace("{}", seen.shown)).collect());
        }
        Test::Exec(words, true) => match done.gathered.iter_mut().find(|own| own.0 == *words) {
            Some((_, files)) => files.push(seen.shown.to_string()),
            None => done.gathered.push((words.clone(), vec![seen.shown.to_string()])),
        },
        _ => {}
    }
    true
}

/// `-printf`.
fn formatted(format: &str, seen: &Seen<'_>) -> String {
    let mut out = String::new();
    let text = crate::shell::language::unescape(format);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let last = seen.shown.rsplit('/').next().unwrap_or("").to_string();
        let found = seen.found;
        out.push_str(&match chars.next() {
            Some('p') => seen.shown.to_string(),
            Some('f') => last,
            Some('h') => seen.shown.rsplit_once('/').map_or(".", |parts| parts.0).to_string(),
            Some('P') => seen.shown.strip_prefix(seen.start).unwrap_or("").trim_start_matches('/').to_string(),
            Some('s') => found.size().to_string(),
            Some('m') => format!("{:o}", found.owner.mode),
            Some('d') => seen.depth.to_string(),
            Some('U') => found.owner.user.to_string(),
            Some('G') => found.owner.group.to_string(),
            Some('l') => found.link.clone().unwrap_or_default().to_string(),
            Some('y') => letter(seen, false).to_string(),
            Some('%') | None => "%".to_string(),
            Some(c) => format!("%{c}"),
        });
    }
    out
}

/// `find [-L] [PLACE…] [EXPRESSION]`.
pub fn find(call: &mut Call<'_>) -> Outcome {
    let words = call.words.get(1..).unwrap_or(&[]).to_vec();
    let flags = words.iter().take_while(|word| matches!(word.as_str(), "-L" | "-H" | "-P")).count();
    let rest = words.get(flags..).unwrap_or(&[]);
    let is_place = |word: &&String| !word.starts_with('-') && !matches!(word.as_str(), "!" | "(");
    let mut places: Vec<String> = rest.iter().take_while(is_place).cloned().collect();
    let expression = rest.get(places.len()..).unwrap_or(&[]);
    if places.is_empty() {
        places.push(".".to_string());
    }
    if expression.iter().any(|word| UNKNOWN.contains(&word.as_str())) {
        return Outcome::Assumed;
    }
    let follows = words.iter().take(flags).any(|word| word == "-L");
    let mut reader = Reader { words: expression, at: 0, walk: Walk { follows, ..Walk::default() } };
    let test = match reader.any(call) {
        Ok(test) if reader.at >= expression.len() => test,
        Ok(_) => return call.fail("invalid expression; you have too many ')'"),
        Err(why) => return call.fail(&why),
    };
    let walk = reader.walk;
    let test = if walk.acts { test } else { Test::All(vec![test, Test::Print('\n')]) };
    let has_exec = expression.iter().any(|word| matches!(word.as_str(), "-exec" | "-execdir" | "-ok"));
    let mut done = Done { has_exec, ..Done::default() };
    for place in &places {
        walk_from(call, place, &test, &walk, &mut done);
    }
    call.out.push_str(&done.out);
    for (words, files) in done.gathered {
        let own = words.get(..words.len().saturating_sub(1)).unwrap_or(&[]);
        done.commands.push([own, files.as_slice()].concat());
    }
    if done.commands.is_empty() { Outcome::Exit(done.code) } else { run_each(call.shell, done.commands, done.code) }
}

fn walk_from(call: &mut Call<'_>, place: &str, test: &Test, walk: &Walk, done: &mut Done) {
    let path = call.shell.path(place);
    let Some(found) = call.container.lookup_itself(call.cluster, &path) else {
        let quoted = if call.container.image.is_busybox { place.to_string() } else { format!("'{place}'") };
        call.fail(&format!("{quoted}: No such file or directory"));
        done.code = 1;
        return;
    };
    // Something is looked at when it is met, or once everything below it has been.
    let mut pending = vec![(place.to_string(), path, found, 0, false)];
    let mut count = 0;
    while let Some((shown, path, found, depth, is_left)) = pending.pop() {
        count += 1;
        if count > ENTRIES_MAX || done.is_over {
            return;
        }
        let mut prunes = false;
        if is_left || !walk.is_inside_out {
            if depth >= walk.least {
                let seen = Seen { shown: &shown, path: &path, found: &found, depth, start: place };
                holds(call, test, &seen, walk, done, &mut prunes);
            }
            if is_left {
                continue;
            }
        }
        let follows = walk.follows || place.ends_with('/') && depth == 0;
        let goes_down = is_folder(&found, follows) && walk.most.is_none_or(|most| depth < most) && !prunes;
        let entries = if goes_down { call.container.list(call.cluster, &path).unwrap_or_default() } else { Vec::new() };
        if walk.is_inside_out {
            pending.push((shown.clone(), path.clone(), found, depth, true));
        }
        for (name, found) in entries.into_iter().rev() {
            let inner = format!("{}/{name}", shown.trim_end_matches('/'));
            pending.push((inner, normalize(&path, &name), found, depth + 1, false));
        }
    }
}

/// What `-size` asks: a number and its unit, blocks of 512 bytes without one.
fn size(value: &str) -> Option<Test> {
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match value.get(digits.len()..) {
        Some("c") => 1,
        Some("w") => 2,
        Some("k") => 1 << 10,
        Some("M") => 1 << 20,
        Some("G") => 1 << 30,
        _ => 512,
    };
    Some(Test::Size(Count::of(digits)?, unit))
}
