//! Simple commands: assignments, then a function, a command of the shell itself, or a program.

use super::builtins;
use super::expand::{Expanded, Expander, Halt, quoted, set_message};
use super::limits::LIMITS;
use super::pipes::{Input, Target};
use super::redirect::Routes;
use super::state::{Event, Program, Role, Shell, ShellKind, Task};
use super::streams::Io;
use super::syntax::{Assigned, Assignment, Command, Redirect, Stage};
use super::variables::{Array, Key};
use super::world::{Invocation, Outcome};
use crate::model::Millis;
use crate::shell::waiting::FOREVER;
use crate::sorted::SharedMap;
use std::rc::Rc;

/// A simple command that is ready to run.
struct Ready {
    words: Vec<String>,
    routes: Routes,
    /// The assignments as `set -x` shows them.
    shown: Vec<String>,
}

impl Shell {
    pub(super) fn simple(&mut self, stage: &Rc<Stage>, captured: Vec<(String, i64)>, io: &mut Io<'_>) {
        let Command::Simple { assignments, words, arrays } = &stage.command else { return };
        if let Some(stage) = self.named_stream(stage, io) {
            return self.simple(&stage, captured, io);
        }
        let prepare = |expander: &mut Expander<'_>| {
            let words = expander.words(words)?;
            let routes = expander.routes(&stage.redirects)?;
            if !words.is_empty() && !assignments.is_empty() {
                expander.shell.variables.enter();
            }
            let mut shown = Vec::new();
            for assignment in assignments {
                shown.push(expander.assign_value(assignment, !words.is_empty())?);
            }
            for array in arrays {
                if words.first().is_some_and(|word| word == "local") {
                    expander.shell.variables.make_local(&array.name);
                }
                if words.iter().any(|word| word == "-A") {
                    // An empty map, for the keys that follow.
                    _ = expander.shell.variables.set_array(&array.name, Array::Map(SharedMap::new()));
                }
                expander.assign_value(array, false)?;
            }
            Ok(Ready { words, routes, shown })
        };
        let Some(ready) = self.expanding(stage, captured, io, prepare) else { return };
        if self.options.xtrace {
            self.trace_ready(&ready, io);
        }
        if !self.outlets.is_empty() {
            let paths = self.outlets.iter().map(|outlet| outlet.0.clone()).collect();
            self.start_outlets();
            if ready.words.len() != 1 || ready.words.first().is_none_or(|word| word != "exec") {
                self.tasks.push(Task::Outlets(paths));
            }
        }
        if !assignments.is_empty() && !ready.words.is_empty() {
            self.tasks.push(Task::Scope);
        }
        if ready.words.is_empty() {
            self.status = self.capture_status.take().unwrap_or(0);
            if let Err(message) = ready.routes {
                self.refuse(&message, io);
            }
            return;
        }
        // `exec > file` keeps the streams.
        if let ([word], Ok((fds, inputs))) = (ready.words.as_slice(), &ready.routes)
            && word == "exec"
        {
            self.fds = fds.clone();
            self.inputs.extend(inputs.iter().cloned());
            self.status = 0;
            return;
        }
        if !stage.redirects.is_empty() && !self.take_routes(ready.routes, io) {
            // A special command of the shell that cannot have its streams ends a script.
            return;
        }
        self.dispatch(ready.words, io);
    }

    /// `exec {name}> file`: the same with a number for the stream, which the variable holds from then on.
    fn named_stream(&mut self, stage: &Rc<Stage>, io: &Io<'_>) -> Option<Rc<Stage>> {
        let Command::Simple { assignments, words, arrays } = &stage.command else { return None };
        let [exec, name] = words.as_slice() else { return None };
        let name = name.literal().and_then(|word| word.strip_prefix('{')?.strip_suffix('}')).map(str::to_string)?;
        if self.kind != ShellKind::Bash
            || exec.literal() != Some("exec")
            || stage.redirects.is_empty()
            || name.contains(',')
        {
            return None;
        }
        let closes = |redirect: &Redirect| matches!(redirect, Redirect::Join(_, word) if word.literal() == Some("-"));
        let number = match stage.redirects.iter().any(closes) {
            true => self.parameter(&name, io.world.now())?.parse().ok()?,
            false => (10..=u8::MAX).find(|number| *self.fds.target(*number) == Target::Closed)?,
        };
        self.set(&name, number.to_string());
        let mut redirects = stage.redirects.clone();
        match redirects.first_mut() {
            Some(Redirect::Join(stream, _) | Redirect::In(stream, _) | Redirect::Out { stream, .. }) => {
                *stream = number
            }
            _ => return None,
        }
        let command =
            Command::Simple { assignments: assignments.clone(), words: vec![exec.clone()], arrays: arrays.clone() };
        Some(Rc::new(Stage { command, redirects, line: stage.line }))
    }

    fn refuse(&mut self, message: &str, io: &mut Io<'_>) {
        let message = self.complain(message);
        self.emit(2, &message, io);
        self.status = if self.kind == ShellKind::Dash { 2 } else { 1 };
    }

    fn trace_ready(&mut self, ready: &Ready, io: &mut Io<'_>) {
        let word = |word: &String| match self.kind {
            ShellKind::Dash => word.clone(),
            _ if needs_quotes(word) => quoted(word),
            _ => word.clone(),
        };
        let words: Vec<String> = ready.words.iter().map(word).collect();
        if self.kind == ShellKind::Bash {
            for assignment in &ready.shown {
                self.trace(assignment, io);
            }
            if !words.is_empty() {
                self.trace(&words.join(" "), io);
            }
        } else {
            let all = [ready.shown.as_slice(), words.as_slice()].concat();
            self.trace(&all.join(" "), io);
        }
    }

    /// Runs a command whose words are known.
    pub(super) fn dispatch(&mut self, words: Vec<String>, io: &mut Io<'_>) {
        let name = words.first().cloned().unwrap_or_default();
        if let Some(body) = self.functions.get(&name).cloned() {
            return self.call(body, words, io);
        }
        if builtins::is_builtin(self.kind, &name) && !io.world.replaces(&words) {
            return builtins::run(self, words, io);
        }
        self.tasks.push(Task::Invoke(Rc::new(words)));
    }

    fn call(&mut self, body: Rc<Stage>, words: Vec<String>, io: &mut Io<'_>) {
        let calls = self.tasks.iter().filter(|task| matches!(task, Task::Call(_))).count();
        if calls >= LIMITS.calls {
            let text =
                format!("{}: functions call each other {} deep at most in this lab", words.concat(), LIMITS.calls);
            return self.fail(&text, 1, io);
        }
        if let Some(name) = words.first() {
            let source = self.sources.get(name).cloned().unwrap_or_else(|| "environment".to_string());
            let name = name.clone();
            self.enter_call(&name, source);
        }
        let mut arguments = words;
        let own = self.arguments.first().cloned().unwrap_or_default();
        if let Some(first) = arguments.first_mut() {
            *first = own;
        }
        let before = std::mem::replace(&mut self.arguments, arguments);
        self.variables.enter();
        self.tasks.push(Task::Call(before));
        self.tasks.push(Task::Stage(body, Vec::new()));
    }

    /// What a program that is run now would read: `None` if it is the terminal; an event if it has to wait.
    fn input_for(&mut self, words: &[String]) -> Result<Option<String>, Event> {
        if !reads_input(words) {
            return Ok(None);
        }
        let Some(input) = self.inputs.get_mut(self.fds.input) else { return Ok(Some(String::new())) };
        let Some((rest, is_open)) = input.rest() else { return Ok(None) };
        let is_enough = !is_open || rest.len() >= LIMITS.pipe || has_enough(words, rest);
        if !is_enough {
            return Err(Event::Blocked);
        }
        let text = rest.to_string();
        input.skip(text.len());
        Ok(Some(text))
    }

    /// Runs a program, once what it reads is there.
    pub(super) fn invoke(&mut self, words: Rc<Vec<String>>, io: &mut Io<'_>) -> Option<Event> {
        let stdin = match self.input_for(&words) {
            Ok(stdin) => stdin,
            Err(event) => {
                self.passes_on(&words, io);
                self.tasks.push(Task::Invoke(words));
                return Some(event);
            }
        };
        self.running = Rc::clone(&words);
        let destination = self.fds.out_file();
        let mut call = Invocation { words: words.to_vec(), stdin, destination, ..Invocation::default() };
        let outcome = io.world.run(self, &mut call);
        io.fuel = io.fuel.saturating_sub(call.cost_in_all());
        self.emit_call(call, io);
        let at_end = self.is_at_end();
        match outcome {
            Outcome::Exit(status) => self.status = status,
            Outcome::Sleep(until) => self.tasks.push(Task::Program(Box::new(Program::Wait(until)))),
            Outcome::Launch(program) => self.tasks.push(Task::Program(program)),
            Outcome::Shell(shell) => self.start_shell(*shell),
            Outcome::Serves => {
                self.serves = true;
                self.tasks.push(Task::Program(Box::new(Program::Wait(FOREVER))));
            }
            Outcome::ServesBehind => {
                self.serves = true;
                self.status = 0;
            }
            Outcome::Assumed => self.take_program_for_granted(&words, true, at_end, io),
            Outcome::AssumedOver => self.take_program_for_granted(&words, false, at_end, io),
        }
        None
    }

    /// A program that this lab does not have: it takes a moment, or runs on if it may be the container's server.
    fn take_program_for_granted(&mut self, words: &[String], may_run_on: bool, at_end: bool, io: &Io<'_>) {
        self.take_for_granted(words.first().map_or("", String::as_str), may_run_on);
        self.status = 0;
        let until = match self.role {
            // What a container's own script ends with is its server.
            Role::Main if at_end && may_run_on => {
                self.serves = true;
                Some(FOREVER)
            }
            Role::Main | Role::Init | Role::Task => Some(io.world.now() + Millis(1000)),
            Role::Other | Role::Console => None,
        };
        self.tasks.extend(until.map(|until| Task::Program(Box::new(Program::Wait(until)))));
    }

    /// Programs that write what they read as it comes, line by line.
    fn passes_on(&mut self, words: &[String], io: &mut Io<'_>) {
        let is_plain = match words.first().map(String::as_str) {
            Some("cat") => words.len() == 1,
            Some("tee") => words.iter().skip(1).all(|word| word == "-a" || !word.starts_with('-')),
            Some("grep") => words.iter().skip(1).all(|word| !word.starts_with('-') || word == "--line-buffered"),
            Some("sed" | "awk" | "cut" | "tr") => false,
            _ => false,
        };
        let at = self.fds.input;
        let Some(Some((rest, _))) = self.inputs.get(at).map(Input::rest) else { return };
        let Some(end) = rest.rfind('\n').filter(|_| is_plain) else { return };
        let text = rest.get(..=end).unwrap_or("").to_string();
        if let Some(input) = self.inputs.get_mut(at) {
            input.skip(text.len());
        }
        let mut call = Invocation { words: words.to_vec(), stdin: Some(text), ..Invocation::default() };
        if call.words.first().is_some_and(|word| word == "tee") && !call.words.iter().any(|word| word == "-a") {
            call.words.insert(1, "-a".to_string());
        }
        io.world.run(self, &mut call);
        self.emit_call(call, io);
    }

    /// `read`, once a line is there.
    pub(super) fn read(&mut self, words: Rc<Vec<String>>, _: &mut Io<'_>) -> Option<Event> {
        let stream = words.iter().position(|word| word == "-u").and_then(|at| words.get(at + 1)?.parse().ok());
        let at = match stream.map(|stream: u8| self.fds.target(stream)) {
            Some(Target::Input(at)) => *at,
            _ => self.fds.input,
        };
        let Some(input) = self.inputs.get_mut(at) else {
            self.status = 1;
            return None;
        };
        let Some((rest, is_open)) = input.rest() else {
            self.tasks.push(Task::Program(Box::new(Program::Read(words))));
            return None;
        };
        let end_of_line = delimiter(&words);
        let is_raw = words.iter().any(|word| word.starts_with('-') && word.contains('r'));
        let end = line_end(rest, end_of_line, is_raw);
        if end.is_none() && is_open {
            self.tasks.push(Task::Read(words));
            return Some(Event::Blocked);
        }
        let most = most_characters(&words).and_then(|count| rest.char_indices().nth(count));
        if let Some((cut, _)) = most.filter(|(cut, _)| end.is_none_or(|end| *cut < end)) {
            let line = rest.get(..cut).unwrap_or("").to_string();
            input.skip(cut);
            self.status = self.assign_line(&words, &line, true);
            return None;
        }
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or("").to_string();
        input.skip(line.len() + end_of_line.len_utf8());
        let status = self.assign_line(&words, &line, end.is_some());
        self.status = status;
        None
    }

    /// Puts a line into the variables of `read`. Gives its exit code.
    pub(super) fn assign_line(&mut self, words: &[String], line: &str, has_end: bool) -> i64 {
        let (mut names, mut is_raw, mut array) = (Vec::new(), false, None);
        let mut rest = words.iter().skip(1);
        while let Some(word) = rest.next() {
            match word.strip_prefix('-') {
                Some(flags) if names.is_empty() && !flags.is_empty() => {
                    is_raw |= flags.contains('r');
                    match flags.chars().last() {
                        Some('a') => array = rest.next().cloned(),
                        Some('d' | 'p' | 't' | 'n' | 'N' | 'u' | 'i') => _ = rest.next(),
                        _ => {}
                    }
                }
                _ => names.push(word.clone()),
            }
        }
        let line = if is_raw { line.to_string() } else { line.replace("\\\n", "") };
        let separators = self.variable("IFS").unwrap_or_else(|| " \t\n".to_string());
        if let Some(name) = array {
            let fields = split_line(&line, &separators, usize::MAX, is_raw).into_iter().enumerate();
            let list = fields.map(|(at, field)| (i64::try_from(at).unwrap_or(0), field)).collect();
            _ = self.variables.set_array(&name, Array::List(list));
            return i64::from(!has_end);
        }
        if names.is_empty() {
            self.set("REPLY", if is_raw { line } else { unslashed(&line) });
            return i64::from(!has_end);
        }
        let mut fields = split_line(&line, &separators, names.len(), is_raw).into_iter();
        for name in names {
            let value = fields.next().unwrap_or_default();
            if let Err(error) = self.variables.set(&name, value) {
                _ = error;
                return 1;
            }
        }
        i64::from(!has_end)
    }
}

/// How many characters `read -n` takes at most.
fn most_characters(words: &[String]) -> Option<usize> {
    let at = words
        .iter()
        .position(|word| word.starts_with('-') && word.trim_end_matches(char::is_numeric).ends_with(['n', 'N']))?;
    let digits = words.get(at)?.trim_start_matches(|c: char| !c.is_ascii_digit());
    if digits.is_empty() { words.get(at + 1)?.parse().ok() } else { digits.parse().ok() }
}

/// The character that ends what `read` reads.
fn delimiter(words: &[String]) -> char {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if let Some(flags) = word.strip_prefix('-') {
            match flags.split_once('d') {
                Some((_, "")) => return rest.next().and_then(|word| word.chars().next()).unwrap_or('\0'),
                Some((_, text)) => return text.chars().next().unwrap_or('\0'),
                None => {}
            }
        }
    }
    '\n'
}

/// Where a line ends; a backslash before the end goes on with the next line.
fn line_end(text: &str, end: char, is_raw: bool) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c == end && !is_escaped {
            return Some(at);
        }
        is_escaped = !is_raw && c == '\\' && !is_escaped;
    }
    None
}

fn unslashed(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// A line in at most so many fields.
fn split_line(line: &str, separators: &str, most: usize, is_raw: bool) -> Vec<String> {
    let is_blank = |c: char| c.is_ascii_whitespace() && separators.contains(c);
    let mut fields: Vec<String> = Vec::new();
    let mut rest = line.trim_matches(is_blank);
    while !rest.is_empty() {
        if fields.len() + 1 >= most {
            let last = rest.trim_end_matches(is_blank);
            // One mark at the end belongs to the field only if there are more.
            let mark = |c: char| separators.contains(c) && !is_blank(c);
            let last = match last.strip_suffix(mark) {
                Some(inner) if !inner.contains(|c| separators.contains(c)) => inner,
                _ => last,
            };
            fields.push(last.to_string());
            break;
        }
        let mut is_escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let ends = !is_escaped && separators.contains(*c);
            is_escaped = !is_raw && *c == '\\' && !is_escaped;
            ends
        });
        let Some((at, c)) = end else {
            fields.push(rest.to_string());
            break;
        };
        fields.push(rest.get(..at).unwrap_or("").to_string());
        rest = rest.get(at..).unwrap_or("").trim_start_matches(is_blank);
        if !is_blank(c) || rest.starts_with(|c: char| separators.contains(c) && !is_blank(c)) {
            rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or("").trim_start_matches(is_blank);
        }
    }
    if is_raw { fields } else { fields.iter().map(|field| unslashed(field)).collect() }
}

/// Whether a word is shown in quotes by `set -x`.
pub(super) fn needs_quotes(word: &str) -> bool {
    word.is_empty()
        || word.contains(|c: char| !(c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c) || !c.is_ascii()))
}

/// Whether a program reads what comes in, seen from its words.
fn reads_input(words: &[String]) -> bool {
    let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    // The flags that have a value, and how many operands stand before the files.
    let (valued, mut before) = match name {
        "cat" | "tac" | "rev" | "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" | "wc" | "nl" | "more" | "less"
        | "cksum" | "strings" | "zcat" => ("", 0),
        "head" | "tail" => ("nc", 0),
        "grep" | "egrep" | "fgrep" | "findstr" | "sls" | "Select-String" => ("eABCmf", 1),
        "sed" => ("ef", 1),
        "awk" | "gawk" | "mawk" => ("Ffv", 1),
        "jq" => ("", 1),
        "sort" => ("kto", 0),
        "cut" => ("dfcb", 0),
        "uniq" => ("fsw", 0),
        "base64" => ("w", 0),
        "xbstream" => ("Cp", 0),
        "od" | "hexdump" | "xxd" => ("AtNjcls", 0),
        "fold" | "fmt" | "column" | "expand" => ("wsto", 0),
        "split" => ("lbnaC", 0),
        "sh" | "bash" | "dash" | "ash" => ("oO", 0),
        "tr" | "tee" | "xargs" | "nc" | "ncat" | "mysql" | "mariadb" | "psql" | "dd" | "paste" | "comm" | "join"
        | "redis-cli" | "mongosh" | "mongo" | "cqlsh" | "gzip" | "gunzip" | "openssl" => return true,
        "tar" => return words.iter().skip(1).any(|word| word == "-"),
        "kubectl" | "k" | "lab" => return kubectl_reads_input(words),
        _ => return false,
    };
    let (mut operands, mut rest) = (0, words.iter().skip(1));
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            Some("") => return true,
            Some(flags) if !flags.starts_with('-') => {
                if matches!(name, "sh" | "bash" | "dash" | "ash") && flags.contains(['c', 's']) {
                    return flags.contains('s');
                }
                if matches!(name, "grep" | "egrep" | "fgrep" | "sed" | "awk") && flags.contains(['e', 'f']) {
                    // What is looked for stands behind the flag.
                    before = 0;
                }
                if flags.chars().last().is_some_and(|c| valued.contains(c)) {
                    rest.next();
                }
            }
            Some(_) => {}
            None => operands += 1,
        }
    }
    operands <= before
}

/// Whether kubectl reads what comes in: a file that is `-`, or a process that gets it.
fn kubectl_reads_input(words: &[String]) -> bool {
    let own = words.iter().take_while(|word| *word != "--");
    let talks = words.iter().any(|word| matches!(word.as_str(), "exec" | "run" | "attach" | "debug"));
    let is_stdin = |word: &str| {
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')).unwrap_or("");
        flags.contains('i') && flags.len() <= 3 || word == "--stdin" || word == "--stdin=true"
    };
    own.into_iter().any(|word| {
        word == "-" || word == "-f-" || word.ends_with("=-") || word.contains("/dev/stdin") || talks && is_stdin(word)
    })
}

/// Whether a program needs no more than this to be done.
fn has_enough(words: &[String], text: &str) -> bool {
    match words.first().map(String::as_str) {
        Some("head") => {
            let number =
                words.iter().skip(1).find_map(|word| word.trim_start_matches(['-', 'n']).parse::<usize>().ok());
            !words.iter().any(|word| word.contains('c')) && text.matches('\n').count() >= number.unwrap_or(10)
        }
        Some("grep") if words.iter().any(|word| word == "-q") => {
            let mut patterns = words.iter().skip(1).filter(|word| !word.starts_with('-'));
            patterns.next().is_some_and(|pattern| {
                let pattern = crate::regex::Pattern::new(pattern, words.iter().any(|word| word.contains('E')), false);
                text.lines().any(|line| pattern.is_in(line))
            })
        }
        _ => false,
    }
}

impl Expander<'_> {
    /// Makes an assignment, into the environment if it is for one command. Gives it as `set -x` shows it.
    fn assign_value(&mut self, assignment: &Assignment, is_temporary: bool) -> Expanded<String> {
        let name = &assignment.name;
        let kind = self.shell.kind;
        let failed = |name: &str, error| Halt::Fail(set_message(kind, name, error));
        let word = match &assignment.value {
            Assigned::Array(values) => {
                self.assign_array(assignment, values)?;
                return Ok(format!("{name}=(…)"));
            }
            Assigned::Word(word) => word,
        };
        let mut value = self.text(word)?;
        let shown = if needs_quotes(&value) && !value.is_empty() { quoted(&value) } else { value.clone() };
        let shown = match self.shell.kind {
            ShellKind::Dash => format!("{name}={value}"),
            _ => format!("{name}{}={shown}", if assignment.appends { "+" } else { "" }),
        };
        let key = assignment.index.as_ref().map(|index| self.key(name, index)).transpose()?;
        let is_list = key.is_none() && assignment.appends && self.shell.variables.array(name).is_some();
        let key = if is_list { Some(Key::Number(0)) } else { key };
        if self.shell.variables.is_integer(name) {
            let before = if assignment.appends { self.shell.variable(name) } else { None };
            value = self.sum(&format!("{}+({value})", before.as_deref().unwrap_or("0")))?.to_string();
        } else if assignment.appends {
            let before = match &key {
                Some(key) => self.shell.variables.element(name, key),
                None => self.shell.variable(name),
            };
            value = before.unwrap_or_default() + &value;
        }
        let variables = &mut self.shell.variables;
        match key {
            Some(key) => variables.set_element(name, &key, value),
            None if is_temporary => {
                if variables.is_read_only(name) {
                    return Err(failed(name, super::variables::SetError::ReadOnly));
                }
                variables.make_local(name);
                variables.export(name, Some(value))
            }
            None if self.shell.options.allexport => variables.export(name, Some(value)),
            None => variables.set(name, value),
        }
        .map_err(|error| failed(name, error))?;
        Ok(shown)
    }

    fn assign_array(
        &mut self,
        assignment: &Assignment,
        values: &[(Option<super::syntax::Word>, super::syntax::Word)],
    ) -> Expanded<()> {
        let name = &assignment.name;
        let is_map = matches!(self.shell.variables.array(name), Some(Array::Map(_)));
        let mut next = match (assignment.appends, self.shell.variables.elements(name).last()) {
            (true, Some((key, _))) => key.parse::<i64>().map_or(0, |key| key + 1),
            _ => 0,
        };
        if !assignment.appends {
            let empty = if is_map { Array::Map(SharedMap::new()) } else { Array::List(SharedMap::new()) };
            let cleared = self.shell.variables.set_array(name, empty);
            cleared.map_err(|error| Halt::Fail(set_message(self.shell.kind, name, error)))?;
        }
        for (key, word) in values {
            let entries = match key {
                Some(index) => {
                    let key = self.key(name, index)?;
                    vec![(key, self.text(word)?)]
                }
                None => {
                    let words = self.words(std::slice::from_ref(word))?.into_iter().enumerate();
                    words.map(|(at, word)| (Key::Number(next + i64::try_from(at).unwrap_or(0)), word)).collect()
                }
            };
            for (key, value) in entries {
                if let Key::Number(at) = key {
                    next = at + 1;
                }
                let set = self.shell.variables.set_element(name, &key, value);
                set.map_err(|error| Halt::Fail(set_message(self.shell.kind, name, error)))?;
            }
        }
        Ok(())
    }
}

impl Shell {
    /// What `sh`, `bash` and the like come to as programs: a shell that runs a script, or one that asks for lines.
    /// `kind_of` says which shell a name means.
    pub fn start_words(
        &mut self,
        call: &mut Invocation,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Outcome {
        let words = std::mem::take(&mut call.words);
        let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        let kind = match (name, self.kind) {
            ("bash", _) => ShellKind::Bash,
            (_, ShellKind::Ash) => ShellKind::Ash,
            _ => ShellKind::Dash,
        };
        let Some(mut child) = self.program(kind) else {
            call.err.push_str(&self.complain("fork: retry: Resource temporarily unavailable"));
            return Outcome::Exit(254);
        };
        child.arguments = vec![name.to_string()];
        child.role = self.role_of_last();
        let mut rest = words.iter().skip(1).peekable();
        let (mut is_command, mut from_input) = (false, false);
        while let Some(word) = rest.next_if(|word| word.len() > 1 && word.starts_with(['-', '+'])) {
            if word == "--" {
                break;
            }
            if word.starts_with("--") {
                if matches!(word.as_str(), "--rcfile" | "--init-file") {
                    rest.next();
                }
                if word == "--version" {
                    call.out.push_str("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n");
                    return Outcome::Exit(0);
                }
                continue;
            }
            let letters = word.get(1..).unwrap_or("");
            is_command |= letters.contains('c');
            from_input |= letters.contains('s');
            let option = if letters.contains('o') { rest.next().map(String::as_str) } else { None };
            if letters.contains('O') {
                rest.next();
            }
            let plain: String = letters.chars().filter(|c| !"coOsil".contains(*c)).collect();
            if !child.switch(&plain, option, word.starts_with('-')) {
                call.err.push_str(&format!("{name}: {word}: invalid option\n"));
                return Outcome::Exit(2);
            }
        }
        let operands: Vec<String> = rest.cloned().collect();
        if is_command {
            let Some((script, behind)) = operands.split_first() else {
                call.err.push_str(&format!("{name}: -c: option requires an argument\n"));
                return Outcome::Exit(2);
            };
            if !behind.is_empty() {
                child.arguments = behind.to_vec();
            }
            let own = child.arguments.first().cloned().unwrap_or_default();
            child.is_command = true;
            child.load_script(script, &own);
            return Outcome::Shell(Box::new(child));
        }
        if let Some(file) = operands.first().filter(|_| !from_input) {
            return match read(file) {
                Ok(text) => {
                    child.arguments = operands.clone();
                    child.script = Some(file.clone());
                    child.note_calls();
                    child.load_script(&text, file);
                    Outcome::Shell(Box::new(child))
                }
                Err(error) => {
                    call.err.push_str(&format!("{name}: {file}: {error}\n"));
                    Outcome::Exit(127)
                }
            };
        }
        child.arguments.extend(operands);
        match call.stdin.take() {
            Some(text) => {
                child.load_script(&text, name);
                child.set_input("");
            }
            None => child.is_interactive = true,
        }
        Outcome::Shell(Box::new(child))
    }
}
