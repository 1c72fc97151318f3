//! `tr` and `wc`: single characters changed, and counted.

use super::Arguments;
use super::filter::Filter;
use crate::regex::named_class;
use crate::shell::language::ShellKind;

/// `tr [-cdst] SET [SET]`.
pub fn tr(filter: &mut Filter<'_>) -> i64 {
    let (mut flags, mut operands) = (String::new(), Vec::new());
    for word in filter.words.arguments() {
        match word.as_str() {
            "--complement" => flags.push('c'),
            "--delete" => flags.push('d'),
            "--squeeze-repeats" => flags.push('s'),
            "--truncate-set1" => flags.push('t'),
            "--" => {}
            word if operands.is_empty() && word.len() > 1 && word.starts_with('-') => flags.push_str(word),
            word => operands.push(word),
        }
    }
    let (deletes, squeezes) = (flags.contains('d'), flags.contains('s'));
    let is_outside = flags.contains(['c', 'C']);
    let Some(first) = operands.first() else {
        return filter.fail("missing operand\nTry 'tr --help' for more information.");
    };
    let second = operands.get(1);
    if second.is_none() && !deletes && !squeezes {
        let what = format!("missing operand after '{first}'\nTwo strings must be given when translating.");
        return filter.fail(&format!("{what}\nTry 'tr --help' for more information."));
    }
    let mut from = characters(first, None);
    let to = second.map(|set| characters(set, Some(from.len())));
    if let Some(to) = to.as_ref().filter(|_| flags.contains('t') && !is_outside) {
        from.truncate(to.len());
    }
    let is_meant = |c: char| from.contains(&c) != is_outside;
    let translated = |c: char| match (to.as_ref().filter(|_| !deletes), is_meant(c)) {
        (Some(to), true) => {
            let at = if is_outside { None } else { from.iter().rposition(|own| *own == c) };
            at.and_then(|at| to.get(at)).or(to.last()).copied().unwrap_or(c)
        }
        _ => c,
    };
    // What is squeezed is the last set.
    let squeezed = |c: char| match &to {
        Some(to) => to.contains(&c),
        None => is_meant(c),
    };
    let mut out = String::new();
    for c in filter.stdin.chars().filter(|c| !deletes || !is_meant(*c)) {
        let c = translated(c);
        if !(squeezes && squeezed(c) && out.ends_with(c)) {
            out.push(c);
        }
    }
    filter.out.push_str(&out);
    0
}

/// The characters of a set; `[x*]` fills up to so many.
fn characters(set: &str, length: Option<usize>) -> Vec<char> {
    let chars: Vec<char> = set.chars().collect();
    let (mut all, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or(&[]);
        if let ['[', ':', class @ ..] = rest
            && let Some(end) = class.iter().position(|c| *c == ':')
            && class.get(end + 1) == Some(&']')
        {
            let name: String = class.get(..end).unwrap_or(&[]).iter().collect();
            all.extend(named_class(&name).iter().flat_map(|(from, to)| *from..=*to));
            at += end + 4;
            continue;
        }
        if let Some(length) = length
            && let ['[', filling @ ..] = rest
        {
            let (c, taken) = one(filling);
            let count = filling.get(taken + 1..).unwrap_or(&[]);
            let end = count.iter().position(|c| *c == ']');
            if let (Some('*'), Some(end)) = (filling.get(taken), end) {
                let number: String = count.get(..end).unwrap_or(&[]).iter().collect();
                let number = number.parse().ok().filter(|number| *number > 0);
                let missing = length.saturating_sub(all.len());
                all.extend(std::iter::repeat_n(c, number.unwrap_or(missing).min(1000)));
                at += taken + end + 3;
                continue;
            }
        }
        let (from, taken) = one(rest);
        at += taken;
        if let (Some('-'), Some(_)) = (chars.get(at), chars.get(at + 1)) {
            let (to, length) = one(chars.get(at + 1..).unwrap_or(&[]));
            if from <= to && u32::from(to) - u32::from(from) < 0x1000 {
                all.extend(from..=to);
                at += length + 1;
                continue;
            }
        }
        all.push(from);
    }
    all
}

/// The first character of a set, a sign such as `\n` or `\012` included, and how long it is.
fn one(chars: &[char]) -> (char, usize) {
    let Some('\\') = chars.first() else { return (chars.first().copied().unwrap_or('\0'), 1) };
    let digits: String = chars.iter().skip(1).take(3).take_while(|c| ('0'..='7').contains(*c)).collect();
    if let Some(c) = u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32) {
        return (c, digits.len() + 1);
    }
    let c = match chars.get(1) {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('a') => '\u{7}',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('v') => '\u{b}',
        Some(c) => *c,
        None => return ('\\', 1),
    };
    (c, 2)
}

/// `wc [-lwcmL] [FILE…]`.
pub fn wc(filter: &mut Filter<'_>) -> i64 {
    let long = [("--lines", 'l'), ("--words", 'w'), ("--bytes", 'c'), ("--chars", 'm'), ("--max-line-length", 'L')];
    let has = |flag: char| {
        filter.words.has_flag(flag)
            || long.iter().any(|(name, own)| *own == flag && filter.words.iter().any(|it| it == name))
    };
    let mut wanted: Vec<char> = ['l', 'w', 'm', 'c', 'L'].into_iter().filter(|flag| has(*flag)).collect();
    if wanted.is_empty() {
        wanted = vec!['l', 'w', 'c'];
    }
    let count = |text: &str, flag: &char| match flag {
        'l' => text.matches('\n').count(),
        'w' => text.split_whitespace().count(),
        'm' => text.chars().count(),
        'L' => text.split_terminator('\n').map(|line| line.chars().count()).max().unwrap_or(0),
        _ => text.len(),
    };
    let operands = filter.words.operands();
    let (mut rows, mut code) = (Vec::new(), 0);
    let named: Vec<Option<String>> =
        if operands.is_empty() { vec![None] } else { operands.into_iter().map(Some).collect() };
    let mut total = vec![0; wanted.len()];
    let mut bytes = 0;
    for name in &named {
        let text = match name.as_deref() {
            None | Some("-") => Ok(filter.stdin.clone()),
            Some(name) => (filter.read)(name),
        };
        match text {
            Ok(text) => {
                let counts: Vec<usize> = wanted.iter().map(|flag| count(&text, flag)).collect();
                total.iter_mut().zip(&counts).for_each(|(total, own)| *total += own);
                bytes += text.len();
                rows.push((counts, name.clone()));
            }
            Err(error) => {
                let name = filter.shown(name.as_deref().unwrap_or("-"));
                code = filter.fail(&format!("{name}: {error}"));
            }
        }
    }
    // Numbers are as wide as the largest may be; what comes in may be anything.
    let width = match (named.as_slice(), wanted.len()) {
        (_, 1) if filter.kind == ShellKind::Ash => 1,
        _ if filter.kind == ShellKind::Ash => 9,
        ([_], 1) => 1,
        ([None], _) => 7,
        _ => bytes.to_string().len(),
    };
    if named.len() > 1 {
        rows.push((total, Some("total".to_string())));
    }
    for (counts, name) in rows {
        let numbers: Vec<String> = counts.iter().map(|count| format!("{count:>width$}")).collect();
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        filter.out.push_str(&format!("{}{name}\n", numbers.join(" ")));
    }
    code
}
