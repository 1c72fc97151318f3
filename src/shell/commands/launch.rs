//! Programs that start others, and those that only wait.

use super::{Arguments, Call, Found, NAMES, Outcome, find, find_on_path, is_program, user_switch};
use crate::model::Millis;
use crate::shell::container_world::ContainerWorld;
use crate::shell::language::{Invocation, Program, answer_of_test, duration, run_wrapper};
use crate::shell::waiting::FOREVER;

/// One of the programs that run what stands behind their own words.
pub fn wrapped(call: &mut Call<'_>) -> Outcome {
    let switch = match user_switch::of(call) {
        Ok(switch) => switch,
        Err(outcome) => return outcome,
    };
    let (stdin, now) = (call.stdin.take(), call.cluster.now());
    let mut invocation = Invocation { words: call.words.to_vec(), stdin, ..Invocation::default() };
    let mut outcome = run_wrapper(call.shell, &mut invocation, now).unwrap_or(Outcome::Assumed);
    if let Some(switch) = switch {
        switch.apply(&mut outcome);
    }
    call.out.push_str(&invocation.out);
    call.err.push_str(&invocation.err);
    outcome
}

/// What a program that starts others says of one that is not there.
pub fn not_wrapped(call: &Call<'_>, name: &str, word: &str) -> Option<String> {
    const WHY: &str = "No such file or directory";
    Some(match name {
        "xargs" => format!("xargs: {word}: {WHY}\n"),
        "env" | "nice" | "nohup" | "timeout" if call.container.image.is_busybox => {
            format!("{name}: can't execute '{word}': {WHY}\n")
        }
        "env" | "nice" => format!("{name}: '{word}': {WHY}\n"),
        "nohup" | "timeout" | "stdbuf" => format!("{name}: failed to run command '{word}': {WHY}\n"),
        _ => return None,
    })
}

/// `test` and `[` as programs.
pub fn test(call: &mut Call<'_>) -> Outcome {
    let world = ContainerWorld::new(call.container, call.cluster);
    let answer = answer_of_test(call.shell, &world, call.words);
    if world.unknown_file().is_some() && answer == Ok(false) {
        return Outcome::AssumedOver;
    }
    match answer {
        Ok(holds) => Outcome::Exit(i64::from(!holds)),
        Err(message) => {
            call.err.push_str(&format!("{message}\n"));
            Outcome::Exit(2)
        }
    }
}

/// A shell, as a program.
pub fn shell(call: &mut Call<'_>) -> Outcome {
    // A script that only the image has is a program of the image.
    if let Some(file) = script_of(call.words).filter(|file| call.read(file).is_err()) {
        let at = call.words.iter().position(|word| *word == file).unwrap_or(0);
        let found = find(&file, call.container, call.cluster, &call.shell.directory);
        if matches!(found, Found::Server | Found::Foreign) && file.contains('/') {
            let words = call.words.get(at..).unwrap_or(&[]).to_vec();
            let mut inner = call.with_words(&words);
            let outcome = super::run(&mut inner);
            let (out, err) = (std::mem::take(&mut inner.out), std::mem::take(&mut inner.err));
            call.out.push_str(&out);
            call.err.push_str(&err);
            return outcome;
        }
    }
    let mut invocation = Invocation { words: call.words.to_vec(), stdin: call.stdin.take(), ..Invocation::default() };
    let (container, cluster, directory) = (call.container, &*call.cluster, call.shell.directory.clone());
    // What `<(…)` says is read under its name.
    let special =
        script_of(call.words).and_then(|name| Some((call.shell.process_file(&call.shell.path(&name))?, name)));
    let mut read = |name: &str| {
        if let Some((text, _)) = special.as_ref().filter(|special| special.1 == name) {
            return Ok(text.clone());
        }
        let path = crate::shell::container::normalize(&directory, name);
        container.read(cluster, &path).map(|text| text.to_string()).map_err(|error| error.to_string())
    };
    let outcome = call.shell.start_words(&mut invocation, &mut read);
    call.out.push_str(&invocation.out);
    call.err.push_str(&invocation.err);
    outcome
}

/// The script that a shell is told to run, if it is a file.
fn script_of(words: &[String]) -> Option<String> {
    let mut rest = words.arguments().iter();
    while let Some(word) = rest.next() {
        let letters = word.strip_prefix(['-', '+']).unwrap_or("");
        match () {
            () if letters.is_empty() => return Some(word.clone()),
            () if letters.starts_with('-') => {}
            () if letters.contains(['c', 's']) => return None,
            () if letters.contains(['o', 'O']) => _ = rest.next(),
            () => {}
        }
    }
    None
}

/// `sleep`.
pub fn sleep(call: &mut Call<'_>) -> Outcome {
    let is_small = call.container.image.is_busybox;
    let flag =
        call.words.arguments().iter().take_while(|word| *word != "--").find(|word| word.starts_with('-')).cloned();
    match flag.as_deref().and_then(|flag| flag.chars().nth(1)) {
        Some(_) if is_small => return call.fail(&format!("invalid number '{}'", flag.unwrap_or_default())),
        Some(letter) if letter != '-' => {
            let text = format!("invalid option -- '{letter}'\nTry 'sleep --help' for more information.");
            return call.fail(&text);
        }
        _ => {}
    }
    let operands = call.words.operands();
    if operands.is_empty() {
        return call.fail("missing operand");
    }
    let mut total = Millis::ZERO;
    for word in operands {
        match duration(&word).filter(|_| !(is_small && word.contains(['e', 'E']))) {
            Some(length) => total += length,
            None if is_small => return call.fail(&format!("invalid number '{word}'")),
            None => {
                let text = format!("invalid time interval '{word}'\nTry 'sleep --help' for more information.");
                return call.fail(&text);
            }
        }
    }
    Outcome::Sleep(if total >= FOREVER { FOREVER } else { call.cluster.now() + total })
}

/// `tail -f`: the last lines of a file, and what is added to it.
pub fn follow(call: &mut Call<'_>) -> Outcome {
    let Some(name) = super::text_filters::files_of(call.words).pop() else { return Outcome::Sleep(FOREVER) };
    if name.starts_with("/dev/") {
        return Outcome::Sleep(FOREVER);
    }
    let found = call.read(&name);
    // `-F` waits for a file that is not there yet.
    if found.is_err() && call.words.has_flag('F') {
        let message = match call.container.image.is_busybox {
            true => format!("tail: can't open '{name}': No such file or directory\n"),
            false => format!("tail: cannot open '{name}' for reading: No such file or directory\n"),
        };
        call.err.push_str(&message);
        let path = call.shell.path(&name);
        return Outcome::Launch(Box::new(Program::Follow(path.into(), 0)));
    }
    match found {
        Ok(text) => {
            let lines: Vec<&str> = text.split_terminator('\n').collect();
            let range = super::text_filters::kept_range(call.words, lines.len()).unwrap_or(0..lines.len());
            let shown: String = lines.get(range).unwrap_or(&[]).iter().map(|line| format!("{line}\n")).collect();
            call.out.push_str(&shown);
            let path = call.shell.path(&name);
            Outcome::Launch(Box::new(Program::Follow(path.into(), text.len())))
        }
        Err(error) => call.fail(&format!("cannot open '{name}' for reading: {error}")),
    }
}

/// `yes`.
pub fn yes(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments();
    let line = if words.is_empty() { "y\n".to_string() } else { words.join(" ") + "\n" };
    Outcome::Launch(Box::new(Program::Yes(line.into())))
}

/// `which`.
pub fn which(call: &mut Call<'_>) -> Outcome {
    let mut code = 0;
    for name in call.words.operands() {
        match find_on_path(call.shell, &name, call.container, call.cluster) {
            Found::Missing => code = 1,
            Found::File(path) => call.out.push_str(&format!("{path}\n")),
            _ if name.contains('/') => call.out.push_str(&format!("{name}\n")),
            _ => call.out.push_str(&format!("{}/{name}\n", call.container.image.usual_place(&name))),
        }
    }
    Outcome::Exit(code)
}

/// `help`: what this container can do.
pub fn help(call: &mut Call<'_>) -> Outcome {
    let names: Vec<&str> = NAMES.iter().copied().filter(|name| is_program(name, call.container)).collect();
    call.out.push_str("Commands of this simulated container:\n");
    for line in names.chunks(12) {
        call.out.push_str(&format!("  {}\n", line.join(" ")));
    }
    Outcome::Exit(0)
}
