//! What differs from cluster to cluster in a line: ages, addresses, generated names. Knows no tables.

/// A cell without what differs: an age, an address, a generated name.
pub(super) fn cell_shape(column: &str, cell: &str) -> String {
    match column {
        "AGE" | "LAST SEEN" | "DURATION" | "LAST SCHEDULE" => "<age>".into(),
        "IP" | "CLUSTER-IP" | "INTERNAL-IP" | "EXTERNAL-IP" if cell.starts_with(|c: char| c.is_ascii_digit()) => {
            "<address>".into()
        }
        // `1 (21s ago)`: how often is the same everywhere, when is not.
        "RESTARTS" => cell.split(" (").next().unwrap_or_default().to_string(),
        // `80:31234/TCP`: the second one is the node's.
        "PORT(S)" => {
            let port = |it: &str| match (it.split_once(':'), it.split_once('/')) {
                (Some((port, _)), Some((_, protocol))) => format!("{port}:<number>/{protocol}"),
                _ => it.to_string(),
            };
            cell.split(',').map(port).collect::<Vec<_>>().join(",")
        }
        // What runs below Kubernetes is the reader's own.
        "VERSION" | "KERNEL-VERSION" | "OS-IMAGE" | "CONTAINER-RUNTIME" => "<version>".into(),
        _ => masked(cell),
    }
}

/// Letters and digits of generated names; there are no vowels among them.
fn is_generated(word: &str) -> bool {
    word.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c))
}

/// Fields whose numbers are others on each cluster.
const NUMBERS: &[&str] = &["id", "resourceVersion", "generation", "observedGeneration", "nodePort"];
/// Labels whose values a controller makes.
const HASHES: &[&str] = &["pod-template-hash", "controller-revision-hash", "pod-template-generation"];
/// Fields that name what runs below Kubernetes, to the end of the line.
const BELOW: &[&str] = &["Container ID:", "Image ID:", "containerID:", "imageID:", "\"containerID\":", "\"imageID\":"];

/// A line with one space between words, and a word for what differs from cluster to cluster.
pub(super) fn masked(line: &str) -> String {
    let line = line.trim();
    if let Some(field) = BELOW.iter().find(|field| line.trim_start_matches("- ").starts_with(**field)) {
        return format!("{field} <id>");
    }
    // On a terminal minikube's lines begin with a picture; its older versions end this one earlier.
    if without_picture(line).or_else(|| line.strip_prefix("* ")).is_some_and(|said| said.starts_with("Done! ")) {
        return "* Done!".into();
    }
    // Whose kubectl it is.
    if let Some((program, _)) =
        line.split_once(" Version: ").filter(|it| ["Client", "Kustomize", "Server"].contains(&it.0))
    {
        return format!("{program} Version: <version>");
    }
    if let Some((kind, name, done)) = done_as_once(line) {
        return format!("{kind}/{} {done}", masked_name(name));
    }
    // A service's port on the nodes, in its description.
    if let Some(rest) = line.strip_prefix("NodePort:") {
        return format!("NodePort: {} <number>", rest.split_whitespace().next().unwrap_or_default());
    }
    let line = shortened(line);
    let (mut key, mut words) = (String::new(), Vec::new());
    for word in line.split_whitespace() {
        // `connection id is 3`.
        if word == "is" && key == "id" {
            words.push(word.to_string());
            continue;
        }
        words.push(masked_word(word, &mut key));
    }
    without_dates(&words)
}

/// `service "a" created`, as kubectl said it until 1.11, and `statefulset.apps/a created`: the kind, the name and the rest.
fn done_as_once(line: &str) -> Option<(&str, &str, &str)> {
    let (object, done) = line.rsplit_once(' ')?;
    let (kind, name) = object.split_once('/').or_else(|| object.strip_suffix('"')?.split_once(" \""))?;
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || b".-".contains(&c));
    let is_done =
        ["created", "configured", "unchanged", "scaled", "patched", "labeled", "annotated", "exposed"].contains(&done);
    (is_done && is_word(kind) && is_word(name)).then(|| (kind.split('.').next().unwrap_or(kind), name, done))
}

/// A line behind the small picture that it begins with.
pub(super) fn without_picture(line: &str) -> Option<&str> {
    let is_picture = |c: char| matches!(u32::from(c), 0x25aa | 0x2600..=0x27bf | 0x2b50 | 0x1f300..=0x1faff);
    let rest = line.strip_prefix(is_picture)?.trim_start_matches('\u{fe0f}');
    rest.starts_with(' ').then(|| rest.trim_start())
}

/// A line without what one version of kubectl says and another does not, or what depends on the machine.
fn shortened(line: &str) -> &str {
    // Since 1.34 kubectl says from which namespace something was deleted.
    let line = match line.split_once("\" deleted from ") {
        Some((before, rest)) if rest.ends_with(" namespace") => {
            line.get(..before.len() + "\" deleted".len()).unwrap_or(line)
        }
        _ => line,
    };
    // How long it took, and how large it was.
    let line =
        match line.find("Successfully pulled image ").and_then(|at| Some(at + line.get(at..)?.find("\" in ")? + 1)) {
            Some(end) => line.get(..end).unwrap_or(line),
            None => line,
        };
    // In JSON the line behind may be left out, or be another.
    let is_json = line.starts_with(['"', '}', ']', '{', '[']);
    line.strip_suffix(',').filter(|_| is_json).unwrap_or(line)
}

/// The pieces of a word, each either a name (letters, digits, `-`, `.`, `:`) or what stands between. `key` is the field
/// before, and then the one that this word ends with.
fn masked_word(word: &str, key: &mut String) -> String {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':');
    let mut out = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let (name, more) = rest.split_at(end);
        let has_digit = name.contains(|c: char| c.is_ascii_digit());
        let is_key = |names: &[&str]| names.iter().any(|it| key.eq_ignore_ascii_case(it));
        let masked = if is_key(NUMBERS) && has_digit {
            "<number>".to_string()
        } else if is_key(HASHES) && !name.is_empty() && name != ":" {
            "<generated>".to_string()
        } else {
            masked_name(name)
        };
        if !matches!(name, "" | ":") {
            name.trim_end_matches(':').clone_into(key);
        }
        out.push_str(&masked);
        let next = more.find(is_inside).unwrap_or(more.len());
        out.push_str(&more[..next]);
        rest = &more[next..];
    }
    out
}

const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
const DAYS: &str = "Mon Tue Wed Thu Fri Sat Sun";

/// Words in a row, where a date of several words is one: `Thu, 01 Jan 2026 00:00:00 +0000`, `Thu Jan  1 00:00:00 UTC 2026`.
fn without_dates(words: &[String]) -> String {
    let is_month = |word: &str| MONTHS.split(' ').any(|it| it == word);
    let is_number = |word: &str| {
        word.trim_start_matches(['+', '-']).bytes().all(|it| it.is_ascii_digit()) && (1..=5).contains(&word.len())
    };
    let is_part = |word: &String| {
        let word = word.trim_end_matches(',');
        word == "<time>"
            || is_month(word)
            || is_number(word)
            || DAYS.split(' ').any(|it| it == word)
            || ["UTC", "GMT", "JST"].contains(&word)
    };
    let mut out: Vec<&str> = Vec::new();
    for run in words.chunk_by(|a, b| is_part(a) && is_part(b)) {
        let is_date = run.iter().any(|it| it == "<time>")
            && (run.iter().any(|it| is_month(it)) || run.iter().all(|it| it == "<time>"));
        if is_date { out.push("<time>") } else { out.extend(run.iter().map(String::as_str)) }
    }
    // How often an event was seen: `5s (x3 over 2m)`.
    let seen = out.windows(3).position(|it| it[0].starts_with("(x") && it[1] == "over" && it[2].ends_with(')'));
    if let Some(at) = seen {
        out.drain(at..at + 3);
    }
    out.join(" ")
}

fn masked_name(name: &str) -> String {
    let body = name.trim_end_matches([':', '.']);
    let end = name.strip_prefix(body).unwrap_or_default();
    format!(
        "{}{end}",
        if is_age(body) {
            "<age>".into()
        } else if is_time(body) {
            "<time>".into()
        } else {
            parts_masked(body)
        }
    )
}

/// `22s`, `3m12s`, `5d`, `0.001`.
fn is_age(text: &str) -> bool {
    let is_fraction = text.split_once('.').is_some_and(|(a, b)| {
        !b.is_empty() && [a, b].iter().all(|it| it.bytes().all(|c| c.is_ascii_digit())) && b.len() == 3
    });
    let units = text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|unit| !unit.is_empty());
    let has_units = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_lowercase());
    is_fraction || has_units && units.clone().all(|unit| ["ms", "s", "m", "h", "d", "y"].contains(&unit))
}

/// `2026-11-28T10:00:00Z`, `2026-11-28`, `10:00:00`.
fn is_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_day = digits == 8
        && text.len() == 10
        && text.bytes().enumerate().all(|(at, it)| (it == b'-') == (at == 4 || at == 7));
    is_day || digits >= 6 && text.contains(':') && text.bytes().all(|c| c.is_ascii_digit() || b":-.TZ".contains(&c))
}

/// Addresses, identifiers and generated ends inside a name.
fn parts_masked(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let is_octet = |part: &&str| part.parse::<u8>().is_ok();
    if parts.len() >= 4 && parts.iter().take(4).all(is_octet) {
        let rest = parts.get(4..).unwrap_or_default().join(".");
        return if rest.is_empty() { "<address>".into() } else { format!("<address>.{rest}") };
    }
    if let Some((before, _)) =
        name.split_once(':').filter(|(before, _)| before.split('.').filter(is_octet).count() == 4)
    {
        return parts_masked(before);
    }
    let words: Vec<&str> = name.split('-').collect();
    let is_hex = |word: &&str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_hexdigit());
    if words.len() >= 5 {
        let tail = &words[words.len() - 5..];
        let lengths: Vec<usize> = tail.iter().map(|word| word.len()).collect();
        if lengths == [8, 4, 4, 4, 12] && tail.iter().all(is_hex) {
            let before = words[..words.len() - 5].join("-");
            return if before.is_empty() { "<uid>".into() } else { format!("{before}-<uid>") };
        }
    }
    let is_end = |at: usize, word: &str| at > 0 && (5..=10).contains(&word.len()) && is_generated(word);
    let words = words.iter().enumerate().map(|(at, word)| if is_end(at, word) { "<generated>" } else { word });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_cluster_to_cluster_is_masked_in_every_format() {
        for (a, b) in [
            ("    resourceVersion: \"991\"", "resourceVersion: \"12\""),
            ("    \"resourceVersion\": \"991\",", "    \"resourceVersion\": \"12\""),
            (
                "{\"resourceVersion\":\"991\",\"uid\":\"bc730140-5014-4d01-96bf-5d405151ec53\"}",
                "{\"resourceVersion\":\"1\",\"uid\":\"ac730140-5014-4d01-96bf-5d405151ec53\"}",
            ),
            ("\"observedGeneration\": 3,", "\"observedGeneration\": 1"),
            ("  nodePort: 31234", "  nodePort: 30001"),
            ("\"nodePort\": 31234,", "\"nodePort\": 30001,"),
            ("NodePort: http 31234/TCP", "NodePort: http 30001/TCP"),
            ("\"creationTimestamp\": \"2024-01-01T00:00:00Z\",", "\"creationTimestamp\": \"2026-02-03T04:05:06Z\","),
            ("Start Time:   Thu, 01 Jan 2026 00:00:00 +0000", "Start Time:  Mon, 17 Feb 2025 10:11:12 +0900"),
            ("Thu Jan  1 00:00:00 UTC 2026", "Mon Feb 17 10:11:12 UTC 2025"),
            ("2026-01-01 00:00:00 starting", "2025-02-17 10:11:12 starting"),
            ("pod-template-hash: 674b8bbfcf", "pod-template-hash: 5c8d7b6f4"),
            ("\"pod-template-hash\": \"674b8bbfcf\"", "\"pod-template-hash\": \"5c8d7b6f4\""),
            ("app=a,pod-template-hash=674b8bbfcf,x=y", "app=a,pod-template-hash=5c8d7b6f4,x=y"),
            ("controller-revision-hash=web-5c8d7b6f4", "controller-revision-hash=web-abc"),
            ("Container ID:  containerd://44c4", "Container ID:  docker://77"),
            ("\"imageID\": \"docker-pullable://nginx@sha256:1\",", "\"imageID\": \"nginx@sha256:2\","),
            ("hostIP: 192.168.49.2", "hostIP: 10.0.0.1"),
            ("\"podIP\": \"10.244.0.2\",", "\"podIP\": \"10.244.1.7\","),
            ("Normal  Pulled  5s (x3 over 2m)  kubelet  x", "Normal  Pulled  5s  kubelet  x"),
            (
                "Normal Pulled 5s kubelet Successfully pulled image \"a\" in 1.2s (1.2s including waiting). Image size: 7 bytes.",
                "Normal Pulled 5s kubelet Successfully pulled image \"a\" in 3s",
            ),
            ("Your MariaDB connection id is 3", "Your MariaDB connection id is 12"),
            ("\"uid\": \"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee\"", "\"uid\": \"bc730140-5014-4d01-96bf-5d405151ec53\""),
            ("Client Version: v1.30.0", "Client Version: v1.37.0"),
            ("service \"a\" created", "service/a created"),
            ("statefulset \"a\" scaled", "statefulset.apps/a scaled"),
            ("3 pods at revision zk-5db4499664...", "3 pods at revision zk-588cbb4f65..."),
        ] {
            assert_eq!(masked(a), masked(b));
        }
        for (a, b) in [
            ("\"replicas\": 3,", "\"replicas\": 2,"),
            ("\"name\": \"a\",", "\"name\": \"b\","),
            ("resourceVersion: \"1\" x", "resourceVersion: \"1\" y"),
            ("app=a,pod-template-hash=674b8bbfcf,x=y", "app=a,pod-template-hash=674b8bbfcf,x=z"),
            ("port: 80", "port: 81"),
            ("May 3", "May 4"),
            ("service \"a\" created", "service/b created"),
            ("service/a created", "service/a unchanged"),
            ("Replicas: 3 desired", "Replicas: 2 desired"),
        ] {
            assert_ne!(masked(a), masked(b));
        }
        assert_eq!(cell_shape("PORT(S)", "80:31234/TCP,443:30001/TCP"), cell_shape("PORT(S)", "80:1/TCP,443:2/TCP"));
        assert_ne!(cell_shape("PORT(S)", "80:31234/TCP"), cell_shape("PORT(S)", "81:31234/TCP"));
        assert_ne!(cell_shape("PORT(S)", "80/TCP"), cell_shape("PORT(S)", "81/TCP"));
    }
}
