//! `sh` and programs that run what stands behind their own words (the work of `env`, `xargs`, `timeout` and the like is done in
//! `shell/language/xargs_env_timeout.rs`); `test`, `which` and `help`.

use super::{Arguments, Call, Found, NAMES, Outcome, find, find_on_path, is_program, user_switch};
use crate::shell::container_world::ContainerWorld;
use crate::shell::language::{Invocation, answer_of_test, run_wrapper};

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
