//! Prompts that were copied along with a command.

/// Takes the prompt away that was copied along with a command.
pub(super) fn strip_prompt(line: &str) -> &str {
    let trimmed = line.trim_start();
    for prompt in ["$ ", "PS> ", "% ", "> "] {
        if let Some(rest) = trimmed.strip_prefix(prompt) {
            return rest;
        }
    }
    if trimmed.starts_with("PS ")
        && let Some((_, rest)) = trimmed.split_once("> ")
    {
        return rest;
    }
    // `user@host:~$ `, `[user@host dir]$ `, `C:\Users\me>`: no command is called so.
    let is_place = |place: &str| match place.strip_suffix('>') {
        Some(path) => path.get(1..3) == Some(":\\"),
        None => place.ends_with(['$', '#', '%']) && place.split_once('@').is_some_and(|(user, _)| !user.contains('=')),
    };
    let end = if trimmed.starts_with('[') {
        trimmed.find("]").and_then(|at| trimmed.get(at..)?.find(' ').map(|more| at + more))
    } else {
        trimmed.find(' ')
    };
    match end.and_then(|end| trimmed.split_at_checked(end)) {
        Some((place, rest)) if is_place(place) => rest.trim_start(),
        _ => trimmed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_that_were_copied_along_are_taken_away() {
        for line in ["kubectl get pods", "$ kubectl get pods", "  PS> kubectl get pods", "PS C:\\x> kubectl get pods"] {
            assert_eq!(strip_prompt(line), "kubectl get pods", "{line}");
        }
    }
}
