//! What differs between any two runs of a recorded session, made the same on both sides; plays nothing.

/// The lines of a command as they are compared: masked, tables laid out anew, and what may differ brought into order.
pub fn comparable(command: &str, lines: &[String]) -> Vec<String> {
    let is = |word: &str| command.split_whitespace().any(|it| it == word);
    let is_table = (is("get") || is("events")) && !command.contains("-o yaml") && !command.contains("-o json");
    // Columns are found before their cells are masked, since masked text has another length.
    let mut lines = match command {
        _ if is("describe") => describe(command, lines),
        _ if is_table => tables(command, lines),
        _ if is("explain") => explanation(lines),
        _ => lines.iter().map(|line| mask(line)).collect(),
    };
    if command.contains("watch") || is("-w") || is("status") {
        lines.dedup();
    }
    if is("drain") {
        // Several pods leave beside each other; what is said of the node frames them.
        let is_pod = |line: &String| line.starts_with("evicting pod ") || line.starts_with("pod/");
        let mut pods: Vec<String> = lines.iter().filter(|line| is_pod(line)).cloned().collect();
        pods.sort();
        let mut pods = pods.into_iter();
        lines.iter_mut().filter(|line| is_pod(line)).for_each(|line| *line = pods.next().unwrap_or_default());
    }
    if is("events") {
        merge_attempts(&mut lines);
    }
    if command.contains("--sort-by") && command.contains("nodeName") && lines.len() > 1 {
        // Which of several equal nodes a pod came to is chance.
        lines[1..].sort();
    }
    if is_by_time(command) && lines.len() > 1 {
        // kubectl's sort is not stable within a second.
        lines[1..].sort();
    }
    if command.contains(".managedFields[*]") {
        // They are in the order of their seconds, and two requests of one command may fall into two of them.
        let is_applied = |line: &&String| line.split(' ').nth(1) == Some("Apply");
        let count = lines.iter().take_while(is_applied).count();
        lines[..count].sort();
    }
    lines
}

/// Whether the command lists events in the order of their times.
fn is_by_time(command: &str) -> bool {
    command.starts_with("kubectl events") || command.contains("events") && command.contains("Timestamp")
}

/// The scheduler tries as often as it gets to it: equal events of its attempts count once.
fn merge_attempts(lines: &mut Vec<String>) {
    let mut known: Vec<String> = Vec::new();
    lines.retain(|line| {
        let is_new = !line.contains("FailedScheduling") || !known.contains(line);
        known.push(line.clone());
        is_new
    });
}

/// The events of a list by time that the recording has the other way round although seconds lie between them here.
/// `seen` is not masked yet.
pub fn out_of_time(command: &str, recorded: &[String], seen: &[String]) -> Vec<String> {
    let Some(header) = seen.first().filter(|header| is_by_time(command) && header.starts_with("LAST SEEN")) else {
        return Vec::new();
    };
    let text = |line: &String| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    let place = |wanted: &str| {
        let mut found = recorded.iter().enumerate().filter(|(_, line)| text(line) == wanted);
        // What is said twice has no place of its own.
        found.next().filter(|_| found.next().is_none()).map(|(place, _)| place)
    };
    let starts = starts(header);
    let ages: Vec<i64> = seen.iter().skip(1).map(|line| seconds(&cells(line, &starts)[0])).collect();
    let texts: Vec<String> = seen.iter().skip(1).map(|line| text(&mask(line))).collect();
    let mut found = Vec::new();
    for (number, (age, earlier)) in ages.iter().zip(&texts).enumerate() {
        for (later_age, later) in ages.iter().zip(&texts).skip(number + 1) {
            if let (Some(one), Some(other)) = (place(earlier), place(later))
                && age - later_age >= 2
                && other < one
            {
                found.push(format!("{later}  before  {earlier}"));
            }
        }
    }
    found
}

/// The seconds of `90s`, `2m5s` and `40s (x3 over 2m)`.
fn seconds(age: &str) -> i64 {
    let (mut all, mut number) = (0, 0);
    for c in age.split(' ').next().unwrap_or("").chars() {
        match c.to_digit(10) {
            Some(digit) => number = number * 10 + i64::from(digit),
            None => {
                all += number * if c == 'm' { 60 } else { 1 };
                number = 0;
            }
        }
    }
    all
}

/// `explain` without its sentences: headings, fields, types, marks and values stay, each run of prose is one line.
/// The sentences of the real thing are upstream's, the lab's are its own.
fn explanation(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut heading = "";
    for line in lines {
        if !line.is_empty() && !line.starts_with(' ') {
            heading = line.split(':').next().unwrap_or("");
        }
        let is_prose = line.starts_with("    ")
            && heading != "ENUM"
            && !line.contains("\t<")
            && !line.trim_start().starts_with("enum: ");
        if !is_prose {
            out.push(line.clone());
        } else if out.last().is_none_or(|last| last != "    <prose>") {
            out.push("    <prose>".into());
        }
    }
    out
}

fn is_duration(word: &str) -> bool {
    matches!(word, "<age>" | "<invalid>" | "<unknown>")
        || word.ends_with(['s', 'm', 'h', 'd', 'y'])
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, 's' | 'm' | 'h' | 'd' | 'y'))
}

/// Masks that need no table.
pub fn mask(line: &str) -> String {
    let line = match log_prefix(line) {
        Some(length) => format!("W<time> <id> {}", &line[length..]),
        None => line.to_string(),
    };
    let line = line.replace("/home/lab", "<dir>");
    let line = line.as_str();
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let before = out.chars().last().unwrap_or(' ');
        let is_start = !before.is_ascii_alphanumeric();
        let found = if is_start { known(rest, &out) } else { None };
        match found {
            Some((length, text)) => {
                out.push_str(&text);
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The length of klog's prefix: `W0102 03:04:05.678901   27182 `.
fn log_prefix(line: &str) -> Option<usize> {
    let digits = line.strip_prefix('W')?;
    let is_day = digits.len() > 22 && digits.is_char_boundary(22) && digits[..4].bytes().all(|c| c.is_ascii_digit());
    let time = digits.get(5..20)?;
    if !is_day || !time.bytes().all(|c| c.is_ascii_digit() || matches!(c, b':' | b'.')) {
        return None;
    }
    let behind = digits.get(20..)?.trim_start();
    let id = run(behind, |c| c.is_ascii_digit());
    Some(line.len() - behind[id..].trim_start().len())
}

fn run(text: &str, takes: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !takes(c)).unwrap_or(text.len())
}

/// Something at the start of `text` that is masked: its length and what stands for it.
fn known(text: &str, before: &str) -> Option<(usize, String)> {
    // A node port, whether somebody chose it or the server did.
    let digits = run(text, |c| c.is_ascii_digit());
    if digits == 5 && (30_000..=32_767).contains(&text[..5].parse().unwrap_or(0)) {
        return Some((5, "<prt>".into()));
    }
    let hex = |c: char| c.is_ascii_hexdigit() || c == '-';
    let length = run(text, hex);
    if length == 36 && text[..36].split('-').map(str::len).eq([8, 4, 4, 4, 12]) {
        return Some((36, "<uid>".into()));
    }
    let rest =
        |takes: fn(char) -> bool, text_of: &str| Some((run(text, takes), text_of.to_string())).filter(|it| it.0 > 0);
    if before.ends_with("kube-api-access-") {
        return rest(|c| c.is_ascii_alphanumeric(), "<id>");
    }
    if before.ends_with("containerd://") || before.ends_with("@sha256:") {
        return rest(|c| c.is_ascii_hexdigit(), "<id>");
    }
    if before.ends_with("kubectl-edit-") {
        return rest(|c| c.is_ascii_digit(), "<id>");
    }
    if let Some(pointer) = text.strip_prefix("0x") {
        let digits = run(pointer, |c| c.is_ascii_hexdigit());
        return (digits > 4).then(|| (digits + 2, "0x<id>".into()));
    }
    if before.contains("Expected resource version to be") && before.ends_with("was ") {
        return rest(|c| c.is_ascii_digit(), "<rv>");
    }
    if before.ends_with("/tmp/LIVE-") || before.ends_with("/tmp/MERGED-") {
        return rest(|c| c.is_ascii_digit(), "<id>");
    }
    if before.ends_with("resourceVersion: \"") || before.ends_with("resourceVersion\": \"") {
        return rest(|c| c.is_ascii_digit(), "<rv>");
    }
    if before.trim_end().ends_with("Resource Version:") {
        return rest(|c| c.is_ascii_digit(), "<rv>");
    }
    if before.ends_with('.') && length == 16 && text[..16].chars().all(|c| c.is_ascii_hexdigit()) {
        return Some((16, "<id>".into()));
    }
    if before.ends_with("lasts ") || before.ends_with("over ") {
        let word = run(text, |c| !matches!(c, ')' | ' '));
        return is_duration(&text[..word]).then(|| (word, "<age>".into()));
    }
    if before.ends_with('(') {
        let word = run(text, |c| c != ' ');
        if text[word..].starts_with(" ago)") && is_duration(&text[..word]) {
            return Some((word, "<age>".into()));
        }
        if let Some(count) = text.strip_prefix('x') {
            let digits = run(count, |c| c.is_ascii_digit());
            if digits > 0 && count[digits..].starts_with(" over ") {
                return Some((digits + 1, "x<n>".into()));
            }
        }
    }
    if let Some(length) = service_ip(text) {
        return Some((length, "<ip>".into()));
    }
    time(text).map(|length| (length, "<time>".into()))
}

/// An address of the range of services: 10.96.0.0/12.
fn service_ip(text: &str) -> Option<usize> {
    let length = run(text, |c| c.is_ascii_digit() || c == '.');
    let numbers: Vec<Option<u8>> = text[..length].split('.').map(|part| part.parse().ok()).collect();
    matches!(numbers.as_slice(), [Some(10), Some(96..=111), Some(_), Some(_)]).then_some(length)
}

fn time(text: &str) -> Option<usize> {
    let fits = |form: &str| {
        text.len() >= form.len()
            && form.bytes().zip(text.bytes()).all(|(wanted, found)| match wanted {
                b'0' => found.is_ascii_digit(),
                b'a' => found.is_ascii_alphabetic(),
                wanted => wanted == found,
            })
    };
    let forms = [
        "0000-00-00 00:00:00.000000000 +0000",
        "0000-00-00 00:00:00 +0000 aaa",
        "0000-00-00T00:00:00.000000Z",
        "0000-00-00T00:00:00Z",
        "aaa, 00 aaa 0000 00:00:00 +0000",
    ];
    forms.into_iter().find(|form| fits(form)).map(str::len)
}

/// Where columns begin: each word of the header that stands behind two blanks or more.
fn starts(header: &str) -> Vec<usize> {
    let chars: Vec<char> = header.chars().collect();
    let is_blank = |at: usize| chars.get(at).is_none_or(|c| *c == ' ');
    (0..chars.len())
        .filter(|at| !is_blank(*at) && (*at == 0 || *at >= 2 && is_blank(at - 1) && is_blank(at - 2)))
        .collect()
}

fn cells(line: &str, starts: &[usize]) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let mut cells = Vec::new();
    for (number, from) in starts.iter().enumerate() {
        let to = starts.get(number + 1).copied().unwrap_or(chars.len()).min(chars.len());
        let cell: String = chars.get((*from).min(to)..to).unwrap_or(&[]).iter().collect();
        cells.push(cell.trim_end().to_string());
    }
    cells
}

fn layout(rows: &[Vec<String>], least: usize, padding: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count() + padding).max().unwrap_or(0).max(least)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut out = String::new();
        for (column, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if column + 1 < row.len() {
                out.extend(std::iter::repeat_n(' ', widths[column].saturating_sub(cell.chars().count())));
            }
        }
        out
    };
    rows.iter().map(line).collect()
}

/// The tables of `get` and `events`, laid out anew.
fn tables(command: &str, lines: &[String]) -> Vec<String> {
    if command.contains("--no-headers") {
        let mask_last = |line: &String| match line.rsplit_once(' ') {
            Some((before, last)) if is_duration(last) => format!("{before} <age>"),
            _ => line.clone(),
        };
        return lines.iter().map(|line| mask(&mask_last(line))).collect();
    }
    if command.contains("-o name") || command.contains("custom-columns") || command.contains("jsonpath") {
        return lines.iter().map(|line| mask(line)).collect();
    }
    let is_watch = command.contains("watch") || command.contains(" -w");
    let mut out = Vec::new();
    for block in lines.split(|line| line.is_empty()) {
        if !out.is_empty() {
            out.push(String::new());
        }
        let Some(header) = block.first() else { continue };
        let is_table = header.chars().all(|c| c.is_ascii_uppercase() || matches!(c, ' ' | '-' | '(' | ')'));
        if is_watch {
            out.extend(block.iter().map(|line| mask_watch_row(&mask(line))));
        } else if is_table && header.contains("  ") {
            out.extend(table(block));
        } else {
            out.extend(block.iter().map(|line| mask(line)));
        }
    }
    out
}

/// In a watch the blanks stay as they were; only the age, the last word, is masked.
fn mask_watch_row(line: &str) -> String {
    match line.rsplit_once(' ') {
        Some((before, last)) if is_duration(last) => {
            // Behind masked words the blanks of the real ones are gone; compare the words.
            let words: Vec<&str> = before.split_whitespace().collect();
            if before.contains("<uid>") { format!("{} <age>", words.join(" ")) } else { format!("{before} <age>") }
        }
        _ => line.to_string(),
    }
}

fn table(block: &[String]) -> Vec<String> {
    let starts = starts(&block[0]);
    let names = cells(&block[0], &starts);
    let is_events = names.iter().any(|name| name == "LAST SEEN");
    let is_endpoints = names.iter().any(|name| name == "ENDPOINTS") && names.len() == 3;
    if is_endpoints {
        return block.iter().map(|line| endpoints_row(line)).collect();
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in &block[1..] {
        let row = cells(line, &starts);
        rows.push(row.iter().zip(&names).map(|(cell, name)| mask_cell(cell, name)).collect());
    }
    if names.iter().any(|name| name == "RECLAIM POLICY") {
        let claim = names.iter().position(|name| name == "CLAIM").unwrap_or(0);
        rows.sort_by_key(|row| (row.get(claim).cloned(), row.clone()));
    }
    if is_events {
        for row in &mut rows {
            if let Some(seen) = row.first_mut() {
                *seen = "<age>".into();
            }
        }
    }
    sort_generated(&mut rows);
    rows.insert(0, names);
    layout(&rows, 6, 3)
}

/// Neighbouring rows of generated names stand in the order of their text.
fn sort_generated(rows: &mut [Vec<String>]) {
    let is_generated = |row: &Vec<String>| row.iter().any(|cell| cell.ends_with("<rnd>"));
    let mut from = 0;
    while from < rows.len() {
        let count = rows[from..].iter().take_while(|row| is_generated(row)).count();
        rows[from..from + count].sort();
        from += count.max(1);
    }
}

fn endpoints_row(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [name, _, _] if name.ends_with("kubernetes") => format!("{name} <ip>:<port> <age>"),
        [name, addresses @ .., age] if is_duration(age) => format!("{name} {} <age>", addresses.join(" ")),
        words => words.join(" "),
    }
}

fn mask_cell(cell: &str, column: &str) -> String {
    match column {
        "AGE" | "LAST SEEN" | "FIRST SEEN" | "DURATION" if !cell.is_empty() => "<age>".into(),
        "LAST SCHEDULE" if is_duration(cell) => "<age>".into(),
        "COUNT" => "<n>".into(),
        _ => mask(cell),
    }
}

/// Describe: its events in order of their text, node tables without ages, several volumes in order of their text.
fn describe(command: &str, lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        let is_header = line.starts_with("  Type ") && lines.get(at + 1).is_some_and(|next| next.starts_with("  ----"));
        if is_header && line.contains("From") {
            let count = lines[at..].iter().take_while(|line| line.starts_with("  ")).count();
            out.extend(events(&lines[at..at + count]));
            at += count;
            continue;
        }
        let masked = match line.rsplit_once(' ') {
            Some((before, last)) if command.contains("node") && is_duration(last) => mask(&format!("{before} <age>")),
            Some((before, last)) if before.starts_with("Duration:") && is_duration(last) => format!("{before} <age>"),
            _ => mask(line),
        };
        // The blanks behind a masked time are those of the real one.
        out.push(if masked.contains("<time>") {
            masked.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            masked
        });
        at += 1;
    }
    if command.contains(" pv") {
        let mut objects: Vec<String> = out.join("\n").split("\n\n\n").map(str::to_string).collect();
        objects.sort();
        out = objects.join("\n\n\n").split('\n').map(str::to_string).collect();
    }
    out
}

fn events(block: &[String]) -> Vec<String> {
    let starts: Vec<usize> = starts(&block[0]);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in &block[2..] {
        let mut row: Vec<String> = cells(line, &starts).iter().map(|cell| mask(cell)).collect();
        if let Some(age) = row.get_mut(2) {
            *age = "<age>".into();
        }
        rows.push(row);
    }
    let mut lines: Vec<String> = rows.into_iter().map(|row| format!("  {}", row.join(" | "))).collect();
    merge_attempts(&mut lines);
    lines
}
