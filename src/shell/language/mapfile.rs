//! `mapfile` and `readarray`: lines become the elements of an array.

use super::file_descriptors::Target;
use super::quoting::quoted;
use super::state::Shell;
use super::variables::Array;

/// After how many lines a function is called, if nobody says it.
const CALLED_AFTER: usize = 5000;

pub(super) fn mapfile(shell: &mut Shell, arguments: &[&str]) {
    let (mut strips, mut end, mut most, mut skipped, mut from) = (false, "\n", usize::MAX, 0_usize, 0_i64);
    let (mut name, mut stream) = ("MAPFILE", shell.fds.input);
    let (mut callback, mut quantum) = (None, CALLED_AFTER);
    let mut rest = arguments.iter().copied();
    while let Some(word) = rest.next() {
        let Some(flags) = word.strip_prefix('-') else {
            name = word;
            continue;
        };
        // `-t` may stand before a flag with a value.
        let own = flags.trim_start_matches('t');
        strips |= own.len() < flags.len();
        let Some(letter) = own.chars().next() else { continue };
        let attached = own.get(1..).unwrap_or("");
        let value = if attached.is_empty() { rest.next().unwrap_or("") } else { attached };
        match letter {
            'd' => end = if value.is_empty() { "\0" } else { value },
            'n' => most = value.parse().ok().filter(|count| *count > 0).unwrap_or(usize::MAX),
            'C' => callback = Some(value.to_string()),
            'c' => quantum = value.parse().ok().filter(|count| *count > 0).unwrap_or(CALLED_AFTER),
            's' => skipped = value.parse().unwrap_or(0),
            'O' => from = value.parse().unwrap_or(0),
            'u' => {
                if let Some(Target::Input(at) | Target::Both(_, at)) =
                    value.parse().ok().map(|number| shell.fds.target(number))
                {
                    stream = *at;
                }
            }
            _ => {}
        }
    }
    let name = name.to_string();
    shell.note_peer(stream);
    let Some(input) = shell.inputs.get_mut(stream) else { return };
    let text = input.pieces().map_or(String::new(), |rest| rest.0.text());
    let lines = text.split_inclusive(end).take(skipped.saturating_add(most));
    let read: usize = lines.clone().map(str::len).sum();
    let lines = lines.skip(skipped).map(|line| if strips { line.strip_suffix(end).unwrap_or(line) } else { line });
    // A function is told of every so many lines.
    let at = |at: usize| i64::try_from(at).unwrap_or(0).saturating_add(from);
    let told = lines.clone().enumerate().skip(quantum - 1).step_by(quantum);
    let calls: Option<String> = callback
        .map(|callback| told.map(|(number, line)| format!("{callback} {} {}\n", at(number), quoted(line))).collect());
    let list = lines.enumerate().map(|(at, line)| (i64::try_from(at).unwrap_or(0) + from, line.to_string())).collect();
    input.skip(read);
    _ = shell.variables.set_array(&name, Array::List(list));
    calls.into_iter().for_each(|calls| shell.load(&calls));
}
