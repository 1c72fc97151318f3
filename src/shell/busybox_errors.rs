//! How BusyBox says what went wrong with a file. The GNU tools' words are those that programs here are written with.

/// The commands that say that they cannot open what they read; others only name the file.
const OPENERS: &[&str] = &["cat", "tail", "uniq", "md5sum", "sha1sum", "sha256sum", "dd", "tar"];

/// A message of the GNU tools as BusyBox has it.
///
/// ```
/// use statefulset_lab::shell::commands::busybox_words;
/// assert_eq!(busybox_words("cat", "/x: No such file or directory"), "can't open '/x': No such file or directory");
/// assert_eq!(busybox_words("touch", "cannot touch '/x': Permission denied"), "/x: Permission denied");
/// ```
pub fn busybox_words(program: &str, message: &str) -> String {
    let rest_of = |start: &str| message.strip_prefix(start);
    // `'FILE': why` without its quotes.
    let plain = |rest: &str| rest.strip_prefix('\'').unwrap_or(rest).replacen("': ", ": ", 1);
    if let Some(rest) = rest_of("cannot stat ") {
        return format!("can't {} {rest}", if program == "mv" { "rename" } else { "stat" });
    }
    if let Some(rest) = rest_of("cannot create regular file ") {
        return format!("can't create {rest}");
    }
    if let Some(rest) = rest_of("cannot touch ").or_else(|| rest_of("cannot access ")) {
        return plain(rest);
    }
    if let Some(rest) = rest_of("failed to remove ") {
        return rest.to_string();
    }
    if let Some(rest) = rest_of("cannot open ") {
        let rest = rest.replacen(" for reading", "", 1);
        return if OPENERS.contains(&program) { format!("can't open {rest}") } else { plain(&rest) };
    }
    if let Some(rest) = rest_of("cannot remove ").and_then(|rest| rest.strip_suffix(": Is a directory")) {
        return format!("{rest} is a directory");
    }
    if let Some(rest) = rest_of("-r not specified; ") {
        return rest.to_string();
    }
    if let Some(rest) = rest_of("cannot ") {
        return format!("can't {rest}");
    }
    match message.split_once(": ") {
        Some((_, "Is a directory")) if program == "cat" => "read error: Is a directory".to_string(),
        Some((file, why)) if OPENERS.contains(&program) && !file.contains([' ', '\'']) => {
            format!("can't open '{file}': {why}")
        }
        _ => message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::busybox_words;

    #[test]
    fn busybox_has_its_own_words() {
        for (program, gnu, busybox) in [
            (
                "mkdir",
                "cannot create directory '/a/b': No such file or directory",
                "can't create directory '/a/b': No such file or directory",
            ),
            ("cp", "cannot stat '/a': No such file or directory", "can't stat '/a': No such file or directory"),
            ("mv", "cannot stat '/a': No such file or directory", "can't rename '/a': No such file or directory"),
            ("rm", "cannot remove '/a': No such file or directory", "can't remove '/a': No such file or directory"),
            ("head", "cannot open '/a' for reading: No such file or directory", "/a: No such file or directory"),
            (
                "tail",
                "cannot open '/a' for reading: No such file or directory",
                "can't open '/a': No such file or directory",
            ),
            ("grep", "/a: No such file or directory", "/a: No such file or directory"),
            ("cat", "/tmp: Is a directory", "read error: Is a directory"),
            ("rmdir", "failed to remove '/a': Directory not empty", "'/a': Directory not empty"),
        ] {
            assert_eq!(busybox_words(program, gnu), busybox, "{program}");
        }
    }
}
