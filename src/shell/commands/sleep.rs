//! `sleep` and `yes`: programs that only wait, or never end.

use super::{Arguments, Call, Outcome};
use crate::model::Millis;
use crate::shell::language::{Program, duration};
use crate::shell::waiting::FOREVER;

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

/// `yes`.
pub fn yes(call: &mut Call<'_>) -> Outcome {
    let words = call.words.arguments();
    let line = if words.is_empty() { "y\n".to_string() } else { words.join(" ") + "\n" };
    Outcome::Launch(Box::new(Program::Yes(line.into())))
}
