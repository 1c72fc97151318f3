//! Sessions as text: what one began with and everything that was done in it; reading it plays it again.

use super::{Input, Lab, Options, Playground};
use crate::i18n::Lang;
use crate::kubernetes::{Kubernetes, Version};
use crate::model::{Millis, Value, parse_json, to_json};
use crate::sim::{Branch, Timed};
use crate::world::Environment;
use crate::{list, obj};

/// The longest stored session that is read, in bytes.
pub const SAVED_MAX: usize = 4 << 20;

/// What a session may have at most: branches, inputs of one, virtual time, pieces of work of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub branches: usize,
    pub inputs: usize,
    pub time: Millis,
    pub work: usize,
}

impl Bounds {
    /// One's own.
    pub const NONE: Bounds = Bounds { branches: usize::MAX, inputs: usize::MAX, time: REPLAY_MAX, work: usize::MAX };
    /// One from a link.
    pub const SHARED: Bounds =
        Bounds { branches: 20, inputs: 1000, time: Millis::seconds(7 * 24 * 3600), work: 200_000 };
    /// One from a file that the reader chose.
    pub const FILE: Bounds = Bounds { branches: 200, inputs: 20_000, time: REPLAY_MAX, work: 2_000_000 };
}

/// The form of stored sessions.
const SAVED_VERSION: i64 = 1;

impl Input {
    fn to_value(&self) -> Value {
        match self {
            Input::Line(text) => list!["line", text.clone()],
            Input::Ask(text) => list!["ask", text.clone()],
            Input::Interrupt => list!["interrupt"],
            Input::Background => list!["background"],
            Input::End(number) => list!["end", i64::from(*number)],
            Input::Forget => list!["forget"],
            Input::Editor(text) => list!["editor", text.to_string()],
            Input::Lang(lang) => list!["lang", lang.tag()],
            Input::Answer(Some(text)) => list!["answer", text.to_string()],
            Input::Answer(None) => list!["answer"],
            Input::File(name, text) => list!["file", name.to_string(), text.to_string()],
            Input::Terminal(number) => list!["terminal", *number as i64],
            Input::Close(number) => list!["close", *number as i64],
        }
    }

    fn from_value(value: &Value) -> Option<Input> {
        let parts = value.as_list()?;
        let text = parts.get(1).and_then(Value::as_str);
        Some(match parts.first()?.as_str()? {
            "line" => Input::Line(text?.to_string()),
            "ask" => Input::Ask(text?.to_string()),
            "interrupt" => Input::Interrupt,
            "background" => Input::Background,
            "end" => Input::End(u32::try_from(parts.get(1)?.as_i64()?).ok()?),
            "forget" => Input::Forget,
            "editor" => Input::Editor(text?.into()),
            "lang" => Input::Lang(Lang::from_tag(text?)?),
            "answer" => Input::Answer(text.map(Into::into)),
            "file" => Input::File(text?.into(), parts.get(2).and_then(Value::as_str)?.into()),
            "terminal" => Input::Terminal(usize::try_from(parts.get(1)?.as_i64()?).ok()?),
            "close" => Input::Close(usize::try_from(parts.get(1)?.as_i64()?).ok()?),
            _ => return None,
        })
    }
}

impl Playground {
    /// The session as text: what it began with and everything that was done.
    pub fn save(&self) -> String {
        let branches: Vec<Value> = self.history.branches().iter().map(branch_to_value).collect();
        let mut saved = obj! {
            "version" => SAVED_VERSION,
            "seed" => self.options.seed.to_string(),
            "environment" => &self.options.environment.name,
            "kubernetes" => self.options.environment.kubernetes.version().to_string(),
            "gates" => self.options.environment.kubernetes.gates_text(),
            "manifest" => self.options.manifest.clone(),
            "lines" => self.options.lines.iter().map(|line| Value::text(line)).collect::<Vec<_>>(),
            "editor" => self.editor.to_string(),
            "branches" => branches,
            "current" => self.history.current() as i64,
            "at" => self.now().0,
        };
        if self.are_beside {
            saved.set_at(&["beside"], true);
        }
        // What was undone and what follows at the same moment are told apart by the number of inputs alone.
        let next = self.inputs().get(self.history.seen());
        if next.is_some_and(|timed| timed.at <= self.now()) {
            saved.set_at(&["seen"], Value::from(self.history.seen() as i64));
        }
        if let Some(attempt) = &self.attempt {
            saved.set_at(&["lesson"], attempt.to_value());
        }
        to_json(&saved)
    }
}

/// What a stored session says, and what it began with.
pub(super) fn read_options(text: &str) -> Result<(Value, Options), String> {
    if text.len() > SAVED_MAX {
        return Err(format!("stored session is too long: {} of at most {SAVED_MAX} bytes", text.len()));
    }
    let saved = parse_json(text).map_err(|error| format!("stored session is not JSON: {}", error.message))?;
    if saved.i64_at(&["version"]) != Some(SAVED_VERSION) {
        return Err("stored session is of another version".into());
    }
    let name = saved.str_at(&["environment"]);
    let environment = Environment::named(name).ok_or_else(|| format!("unknown environment {name:?}"))?;
    let environment = environment.with_kubernetes(saved_kubernetes(&saved)?);
    let seed = saved.str_at(&["seed"]).parse().map_err(|_| "stored session has no seed".to_string())?;
    let texts = |key| saved.list_at(&[key]).iter().filter_map(Value::as_str).map(str::to_string).collect();
    let options =
        Options { seed, environment, manifest: saved.str_at(&["manifest"]).to_string(), lines: texts("lines") };
    Ok((saved, options))
}

/// The Kubernetes of a stored session; one that names none is older than the choice.
fn saved_kubernetes(saved: &Value) -> Result<Kubernetes, String> {
    match saved.get("kubernetes").and_then(Value::as_str) {
        None => Ok(Kubernetes::of(Version::RECORDED)),
        Some(version) => Kubernetes::read(version, saved.str_at(&["gates"]))
            .map_err(|what| format!("stored session is of a Kubernetes that the lab does not know: {what:?}")),
    }
}

/// The longest stretch of virtual time that a stored branch may cover.
const REPLAY_MAX: Millis = Millis::seconds(30 * 24 * 3600);

fn branch_to_value(branch: &Branch<Lab>) -> Value {
    let inputs: Vec<Value> = branch.inputs().iter().map(|timed| list![timed.at.0, timed.input.to_value()]).collect();
    let mut value = obj! { "name" => branch.name.clone(), "inputs" => inputs, "end" => branch.end().0 };
    if let Some((parent, at)) = branch.parent {
        value.set_at(&["parent"], list![parent as i64, at.0]);
    }
    value
}

/// A branch as it was stored.
pub(super) struct ReadBranch {
    pub name: String,
    pub parent: Option<(usize, Millis)>,
    pub inputs: Vec<Timed<Input>>,
    pub end: Millis,
}

pub(super) fn branch_from_value(value: &Value, number: usize) -> Option<ReadBranch> {
    let mut inputs: Vec<Timed<Input>> = Vec::new();
    for pair in value.list_at(&["inputs"]) {
        let [at, input] = pair.as_list()? else { return None };
        let at = Millis(at.as_i64()?);
        if at < inputs.last().map_or(Millis::ZERO, |last| last.at) {
            return None;
        }
        inputs.push(Timed { at, input: Input::from_value(input)? });
    }
    let parent = match value.list_at(&["parent"]) {
        [parent, at] => Some((usize::try_from(parent.as_i64()?).ok()?, Millis(at.as_i64()?))),
        _ => None,
    };
    let end = Millis(value.i64_at(&["end"])?);
    let last = inputs.last().map_or(Millis::ZERO, |last| last.at);
    let is_sound = end >= last && end <= REPLAY_MAX && parent.is_none_or(|(parent, _)| parent < number);
    is_sound.then(|| ReadBranch { name: value.str_at(&["name"]).to_string(), parent, inputs, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playground() -> Playground {
        let environment = Environment::named("minikube").unwrap();
        Playground::new(Options { seed: 1, environment, manifest: "kind: Pod\n".into(), lines: Vec::new() })
    }

    #[test]
    fn a_shared_session_has_bounds() {
        let mut playground = playground();
        playground.enter("kubectl get nodes");
        let saved = playground.save();
        assert_eq!(Playground::restore_shared(&saved).unwrap().save(), saved);
        let many = vec![r#"[0,["line","true"]]"#; Bounds::SHARED.inputs + 1].join(",");
        let text = format!(
            r#"{{"version":1,"seed":"1","environment":"minikube","branches":[{{"name":"a","inputs":[{many}],"end":9}}]}}"#
        );
        assert!(Playground::restore_shared(&text).is_err());
        assert!(Playground::restore(&text).is_ok());
        playground.set_editor("kind: Namespace\napiVersion: v1\nmetadata: {name: more}\n");
        playground.apply_editor();
        playground.advance(600_000);
        let saved = playground.save();
        assert!(Playground::restore_within(&saved, Bounds { work: 1, ..Bounds::SHARED }).is_err());
        assert!(Playground::restore_within(&saved, Bounds { work: 100_000, ..Bounds::SHARED }).is_ok());
    }

    #[test]
    fn a_session_is_stored_and_read_again() {
        let mut playground = playground();
        playground.advance(1500);
        playground.enter("kubectl get pods");
        playground.advance(500);
        playground.undo();
        playground.enter("kubectl get nodes");
        playground.set_editor("kind: Service\n");
        let saved = playground.save();
        let again = Playground::restore(&saved).unwrap();
        assert_eq!(again.save(), saved);
        assert_eq!(again.branch_count(), 2);
        assert_eq!(again.entries(), playground.entries());
    }

    #[test]
    fn a_session_that_comes_back_in_slices_is_the_same() {
        let mut playground = playground();
        playground.enter("kubectl create deployment d --image=nginx --replicas=3");
        playground.advance(30_000);
        playground.enter("for i in {1..300}; do echo $i; done; kubectl delete pod -l app=d --wait=false");
        playground.advance(30_000);
        playground.undo();
        playground.enter("kubectl get pods");
        playground.advance(20_000);
        let saved = playground.save();
        let mut restoring = Playground::restoring(&saved).unwrap();
        let (mut slices, mut progress) = (0, 0);
        while !restoring.go_on(50).unwrap() {
            slices += 1;
            assert!(restoring.progress() >= progress, "it never goes back");
            progress = restoring.progress();
        }
        assert!(slices > 5, "{slices}");
        assert_eq!(restoring.progress(), 1000);
        let again = restoring.finish();
        assert_eq!(again.save(), saved);
        assert_eq!(again.entries(), playground.entries());
        assert_eq!(again.record_count(), playground.record_count());
    }

    #[test]
    fn what_was_undone_is_still_undone_when_the_session_is_read_again() {
        let mut playground = playground();
        playground.enter("kubectl create namespace a");
        playground.enter("kubectl create namespace b");
        playground.enter("kubectl create namespace c");
        playground.undo();
        let again = Playground::restore(&playground.save()).unwrap();
        assert_eq!(again.entries(), playground.entries());
        assert_eq!(again.record_count(), playground.record_count());
        assert_eq!(again.save(), playground.save());
        // A number from anybody that does not fit the moment changes nothing else.
        let text = playground.save().replace(r#""seen":3"#, r#""seen":77"#);
        assert!(text.contains("77"), "{text}");
        assert_eq!(Playground::restore(&text).unwrap().inputs().len(), 4);
    }

    #[test]
    fn a_session_that_stops_at_an_input_is_the_same_when_it_is_played_again() {
        let mut playground = playground();
        for line in
            ["kubectl create deployment d --image=nginx --replicas=2", "kubectl delete pod -l app=d --wait=false"]
        {
            playground.enter(line);
            let again = Playground::restore(&playground.save()).unwrap();
            assert_eq!(again.record_count(), playground.record_count(), "{line}");
            assert_eq!(again.entries(), playground.entries(), "{line}");
            playground.advance(10_000);
        }
    }

    #[test]
    fn a_broken_store_is_refused_with_a_reason() {
        for text in ["", "{", "{}", r#"{"version":1}"#, r#"{"version":1,"environment":"minikube","seed":"x"}"#] {
            assert!(Playground::restore(text).is_err(), "{text}");
        }
    }
}
