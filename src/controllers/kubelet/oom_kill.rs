//! Whether a container's program is killed for its memory (`OOMKilled`): told from what programs like `stress` are asked
//! to take. What else a program takes is not guessed.

use crate::model::{Object, Quantity, Value};

/// Whether a program that is there to use memory (`stress --vm-bytes 250M`) is told to use more than its container or its
/// pod may.
pub(super) fn is_told_more_than_its_limit(pod: &Object, container: &Value) -> bool {
    let words: Vec<&str> =
        ["command", "args"].iter().flat_map(|list| container.list_at(&[list])).filter_map(Value::as_str).collect();
    let is_stress = container.str_at(&["image"]).contains("stress") || words.iter().any(|word| word.contains("stress"));
    let bytes = |text: &str| Some(Quantity::parse(text).ok()?.value());
    let behind = |flag: &str| {
        let at = words.iter().position(|word| *word == flag)?;
        let text = words.get(at + 1)?.trim_end_matches('B');
        // Its `M` is a thousand and twenty-four times its `K`.
        let unit = if text.ends_with(['K', 'M', 'G', 'k', 'm', 'g']) {
            format!("{}i", text.to_uppercase())
        } else {
            text.to_string()
        };
        bytes(&unit.replace("KI", "Ki").replace("MI", "Mi").replace("GI", "Gi"))
    };
    let workers = words.iter().position(|word| matches!(*word, "--vm" | "-m")).and_then(|at| words.get(at + 1));
    let workers = workers.and_then(|text| text.parse().ok()).unwrap_or(1_i64);
    let asked = behind("--vm-bytes").map(|bytes| bytes.saturating_mul(workers)).or_else(|| behind("-mem-total"));
    let own = bytes(container.str_at(&["resources", "limits", "memory"]));
    let limit = own.into_iter().chain(bytes(pod.str_at(&["spec", "resources", "limits", "memory"]))).min();
    is_stress && asked.zip(limit).is_some_and(|(asked, limit)| asked > limit)
}
