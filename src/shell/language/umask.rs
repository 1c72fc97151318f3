//! `umask`: which permissions new files lack.

use super::state::{Shell, ShellKind};
use super::turn_io::Io;
use crate::shell::ownership::changed_mode;

/// The mask that a shell begins with.
pub(super) const USUAL: u32 = 0o022;

impl Shell {
    /// The mask, if it is another than shells begin with.
    pub fn own_umask(&self) -> Option<u16> {
        u16::try_from(self.umask).ok().filter(|_| self.umask != USUAL)
    }
}

/// `umask [-S] [MODE]`.
pub(super) fn umask(shell: &mut Shell, arguments: &[&str], io: &mut Io<'_>) {
    let shows = arguments.contains(&"-S");
    match arguments.iter().find(|word| !matches!(**word, "-S" | "-p")) {
        None if shows => {
            let left = !shell.umask & 0o777;
            let part = |shift: u32| {
                let bits = left >> shift;
                let letter = |bit: u32, letter: &'static str| if bits & bit != 0 { letter } else { "" };
                format!("{}{}{}", letter(4, "r"), letter(2, "w"), letter(1, "x"))
            };
            shell.emit(1, &format!("u={},g={},o={}\n", part(6), part(3), part(0)), io);
        }
        None => shell.emit(1, &format!("{:04o}\n", shell.umask), io),
        Some(word) => match u32::from_str_radix(word, 8) {
            Ok(mask) if mask <= 0o777 => shell.umask = mask,
            Ok(_) if shell.kind == ShellKind::Ash => shell.misuse("umask", &format!("illegal mode: {word}"), 2, io),
            Ok(_) => shell.misuse("umask", &format!("{word}: octal number out of range"), 1, io),
            Err(_) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                let text = match shell.kind {
                    ShellKind::Bash => format!("{word}: octal number out of range"),
                    ShellKind::Dash => format!("Illegal number: {word}"),
                    ShellKind::Ash => format!("illegal mode: {word}"),
                };
                shell.misuse("umask", &text, 1, io);
            }
            Err(_) => {
                // Letters name what is left.
                let left = u16::try_from(!shell.umask & 0o777).unwrap_or(0);
                match changed_mode(left, word, true) {
                    Some(left) => shell.umask = u32::from(!left & 0o777),
                    None => {
                        let text = match shell.kind {
                            ShellKind::Bash => format!("`{word}': invalid symbolic mode operator"),
                            ShellKind::Dash => format!("Illegal mode: {word}"),
                            ShellKind::Ash => format!("illegal mode: {word}"),
                        };
                        shell.misuse("umask", &text, 1, io);
                    }
                }
            }
        },
    }
}
