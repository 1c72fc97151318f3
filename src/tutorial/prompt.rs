//! Prompts as they stand in recorded sessions: of shells at home and in containers, and of databases.

/// Where a prompt was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A shell of the reader's own: `$ `, `PS> `, `C:\>`.
    Home,
    /// A program inside a container: `root@my-pod:/# `, `MariaDB [(none)]> `.
    Inside,
    /// The rest of what was begun before: `> `, `    -> `.
    More,
}

/// The prompt that a line begins with, where it was seen, and what was typed behind it.
pub fn prompt_of(line: &str) -> Option<(&str, Place, &str)> {
    let line = line.trim_end();
    let start = line.len() - line.trim_start().len();
    let text = line.get(start..)?;
    let (end, place) = end_of_prompt(text)?;
    let (prompt, typed) = line.split_at_checked(start + end)?;
    Some((prompt, place, typed.trim_start()))
}

/// Where a prompt ends.
fn end_of_prompt(text: &str) -> Option<(usize, Place)> {
    let is_word = |word: &str| text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    for (word, place) in [("$", Place::Home), ("PS>", Place::Home), ("->", Place::More), (">", Place::More)] {
        if is_word(word) {
            return Some((word.len(), place));
        }
    }
    powershell(text).or_else(|| database(text)).or_else(|| shell(text))
}

/// `PS C:\Users\me> ` and `C:\Users\me>`.
fn powershell(text: &str) -> Option<(usize, Place)> {
    let path = text.strip_prefix("PS ").unwrap_or(text);
    let is_path = path.get(1..3) == Some(":\\") || (path.len() < text.len() && path.starts_with(['/', '~']));
    let end = text.find('>').filter(|_| is_path)?;
    Some((end + 1, Place::Home))
}

/// `MariaDB [(none)]> `, `mysql> `, `postgres=# `, `127.0.0.1:6379> `.
fn database(text: &str) -> Option<(usize, Place)> {
    if let Some(at) = text.find("]>").filter(|_| text.starts_with("MariaDB [") || text.starts_with("MySQL ")) {
        return Some((at + 2, Place::Inside));
    }
    let (word, _) = text.split_once(' ').unwrap_or((text, ""));
    let is_address = |name: &str| name.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_database =
        word.strip_suffix('>').is_some_and(|name| matches!(name, "mysql" | "MariaDB") || is_address(name))
            || word.strip_suffix("=#").or_else(|| word.strip_suffix("=>")).is_some_and(|name| !name.is_empty());
    is_database.then_some((word.len(), Place::Inside))
}

/// `user@host:~$ `, `[user@host dir]$ `, `/ # `, `bash-5.1# `.
fn shell(text: &str) -> Option<(usize, Place)> {
    let end = ["$ ", "# ", "% "].iter().filter_map(|mark| text.find(mark)).min();
    let end = end.or_else(|| text.ends_with(['$', '#']).then(|| text.len() - 1))?;
    let before = text.get(..end)?;
    let is_user = before.contains('@') && (before.starts_with('[') || !before.contains(' ')) && !before.contains('=');
    let is_path = before.starts_with('/')
        && before.split(' ').count() <= 2
        && (end == before.trim_end().len() || before.ends_with(' '));
    let is_named = ["bash-", "sh-", "ash-"].iter().any(|name| before.starts_with(name)) && !before.contains(' ');
    let place = if before.contains("root@") || !before.contains('@') { Place::Inside } else { Place::Home };
    (is_user || is_path || is_named).then_some((end + 1, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_told_from_what_is_printed() {
        for (line, place, typed) in [
            ("$ kubectl get sts", Place::Home, "kubectl get sts"),
            ("  $ kubectl get sts", Place::Home, "kubectl get sts"),
            ("$", Place::Home, ""),
            ("PS> kubectl get sts", Place::Home, "kubectl get sts"),
            ("PS C:\\Users\\me> kubectl get po", Place::Home, "kubectl get po"),
            ("PS /home/me> ls", Place::Home, "ls"),
            ("C:\\work>kubectl get po", Place::Home, "kubectl get po"),
            ("me@laptop:~$ minikube start", Place::Home, "minikube start"),
            ("[me@laptop ~]$ minikube start", Place::Home, "minikube start"),
            ("root@my-pod:/# nslookup mariadb-svc", Place::Inside, "nslookup mariadb-svc"),
            ("/ # ls", Place::Inside, "ls"),
            ("bash-5.1# ls", Place::Inside, "ls"),
            ("MariaDB [(none)]> show databases;", Place::Inside, "show databases;"),
            ("mysql> show databases;", Place::Inside, "show databases;"),
            ("postgres=# \\l", Place::Inside, "\\l"),
            ("127.0.0.1:6379> get a", Place::Inside, "get a"),
            ("    -> from t;", Place::More, "from t;"),
            ("> EOF", Place::More, "EOF"),
        ] {
            let (_, seen, rest) = prompt_of(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((seen, rest), (place, typed), "{line}");
        }
        for line in [
            "NAME   READY   STATUS",
            "# a comment",
            "pod/web-0   1/1   Running   0   12s",
            "| mysql              |",
            "Server:\t\t10.96.0.10",
            "Session ended, resume using 'kubectl attach my-pod -c my-pod -i -t' command",
            "kubectl get pods # all of them",
            "10.244.0.1 web-0 # x",
        ] {
            assert_eq!(prompt_of(line), None, "{line}");
        }
    }
}
