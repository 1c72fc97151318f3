//! `cmp` and `diff` in a container: whether files are the same, and the lines that are not.

use super::{Arguments, Call, Outcome};

/// `cmp` and `diff`: whether files are the same, and the lines that are not.
pub fn compare(call: &mut Call<'_>) -> Outcome {
    let operands = call.words.operands();
    let [one, other] = operands.as_slice() else { return call.fail("missing operand") };
    let mut texts = Vec::new();
    for name in [one, other] {
        match call.read(name) {
            Ok(text) => texts.push(text),
            Err(error) => {
                let text = format!("{name}: {error}");
                call.fail(&text);
                return Outcome::Exit(2);
            }
        }
    }
    if texts.first() == texts.last() {
        return Outcome::Exit(0);
    }
    let is_brief = call.words.has_flag('q') || call.words.has_flag('s');
    match call.words.name() {
        "cmp" if !is_brief => call.out.push_str(&format!("{one} {other} differ\n")),
        "diff" if is_brief => call.out.push_str(&format!("Files {one} and {other} differ\n")),
        "diff" => {
            let lines =
                |at: usize| texts.get(at).map_or(Vec::new(), |text| text.split_terminator('\n').collect::<Vec<_>>());
            call.out.push_str(&normal_diff(&lines(0), &lines(1)));
        }
        _ => {}
    }
    Outcome::Exit(1)
}

/// The most comparisons of lines for one difference; beyond that the rest is taken to differ as a whole.
const COMPARED_MAX: usize = 1_000_000;

/// What `diff` says without options: for each stretch that differs its lines' numbers, `< ` and `> `.
fn normal_diff(left: &[&str], right: &[&str]) -> String {
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (a, b) = (left.get(same..).unwrap_or(&[]), right.get(same..).unwrap_or(&[]));
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - tail).unwrap_or(&[]), b.get(..b.len() - tail).unwrap_or(&[]));
    let width = b.len() + 1;
    let is_small = (a.len() + 1).saturating_mul(width) <= COMPARED_MAX;
    // How many lines the rests have in common, by where they begin.
    let mut common = vec![0_u32; if is_small { (a.len() + 1) * width } else { 0 }];
    if is_small {
        for at in (0..a.len()).rev() {
            for other in (0..b.len()).rev() {
                let (down, beside) = (common[(at + 1) * width + other], common[at * width + other + 1]);
                let met = common[(at + 1) * width + other + 1] + 1;
                common[at * width + other] = if a[at] == b[other] { met } else { down.max(beside) };
            }
        }
    }
    let (mut at, mut other, mut out) = (0, 0, String::new());
    while at < a.len() || other < b.len() {
        let (from, to) = (at, other);
        while is_small && at < a.len() && other < b.len() && a[at] != b[other] {
            match common[(at + 1) * width + other] >= common[at * width + other + 1] {
                true => at += 1,
                false => other += 1,
            }
        }
        if !is_small || at == a.len() || other == b.len() {
            (at, other) = (a.len(), b.len());
        }
        if (from, to) != (at, other) {
            out += &hunk(&a[from..at], &b[to..other], same + from, same + to);
        }
        at += 1;
        other += 1;
    }
    out
}

/// One stretch that differs: `2,3c2`, `4d3`, `5a6` and the lines.
fn hunk(gone: &[&str], new: &[&str], before: usize, after: usize) -> String {
    let place = |first: usize, count: usize| match count {
        0 => first.to_string(),
        1 => (first + 1).to_string(),
        count => format!("{},{}", first + 1, first + count),
    };
    let what = match (gone.is_empty(), new.is_empty()) {
        (true, _) => 'a',
        (_, true) => 'd',
        _ => 'c',
    };
    let mut text = format!("{}{what}{}\n", place(before, gone.len()), place(after, new.len()));
    gone.iter().for_each(|line| text += &format!("< {line}\n"));
    if what == 'c' {
        text += "---\n";
    }
    new.iter().for_each(|line| text += &format!("> {line}\n"));
    text
}
