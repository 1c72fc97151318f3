//! A cluster for scripts, without a view: what Node and pages without a picture have. The border to JavaScript, and the only
//! place that knows serde.

use crate::i18n::Lang;
use crate::kubectl::minikube;
use crate::kubernetes::Kubernetes;
use crate::model::{Millis, Value};
use crate::playground::{Options, Playground};
use crate::report::{self, Refused};
use crate::tutorial::{self, Block, Page};
use crate::world::Environment;
use js_sys::{Array, Error, Reflect};
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// What the methods give and take, for TypeScript.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = r#"
/** What a line led to. */
export interface Said {
  /** Standard output and error as text. */
  output: string;
  lines: { text: string; stream: "out" | "err" }[];
  /** The lab's own remarks; kubectl says nothing of the kind. */
  hints: string[];
  /** The exit status; null while a command goes on. */
  exit: number | null;
}
/** A branch that a controller took, and the facts that decided it. */
export interface Decision {
  at: number; controller: string; object: string; namespace: string; rule: string;
  outcome: "acts" | "waits" | "skips"; facts: Record<string, string>; text: string;
}
/** Why an object is not as asked: the cause first, what follows from it after it. */
export interface Why {
  object: string; fine: boolean;
  causes: { object: string; rule: string; text: string }[];
  /** What ends it: time alone, or somebody. */
  ends: "itself" | "somebody" | null;
  /** In milliseconds of virtual time, where it is known. */
  since: number | null; until: number | null;
  remedies: { line: string; effect: string }[];
  /** The way back to what somebody did, the latest first. */
  came: { at: number; text: string }[];
}
export interface Plan { lines: string[]; errors: string[] }
/** A code block of a page, as it was understood. */
export interface Block { kind: "manifest" | "session" | "text"; name: string | null; turns: { typed: string; printed: string[]; line: number }[]; watches: boolean }
export interface Answer { prompt: string; said: string[]; hints: string[]; exit: number | null; differences: { printed: number | null; said: number | null }[] }
/** An error of the lab: `code` is stable, `message` is for people. */
export interface LabError extends Error { code: string }
export interface ClusterOptions { environment?: "minikube" | "zones" | "recorder"; version?: string; gates?: string; seed?: number | string; lang?: "en" | "ja"; session?: string }
"#;

/// A value of the core on its way out.
struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => to.serialize_unit(),
            Value::Bool(flag) => to.serialize_bool(*flag),
            Value::Int(number) => to.serialize_i64(*number),
            Value::Float(number) => to.serialize_f64(*number),
            Value::Str(text) => to.serialize_str(text.as_str()),
            Value::List(list) => {
                let mut seq = to.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|value| seq.serialize_element(&Shown(value)))?;
                seq.end()
            }
            Value::Map(map) => {
                let mut entries = to.serialize_map(Some(map.len()))?;
                map.iter().try_for_each(|(key, value)| entries.serialize_entry(key.as_str(), &Shown(value)))?;
                entries.end()
            }
        }
    }
}

/// A value as plain objects, arrays, strings and numbers.
pub fn shown(value: &Value) -> JsValue {
    let to = serde_wasm_bindgen::Serializer::json_compatible();
    // Numbers beyond 2^53 would fail; the API has none, and null is what a script can test for.
    Shown(value).serialize(&to).unwrap_or(JsValue::NULL)
}

/// An `Error` with a `code`.
pub fn error(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

impl From<Refused> for JsValue {
    fn from(refused: Refused) -> JsValue {
        error(refused.code, &refused.message)
    }
}

/// Blocks as a script gives them: an array of `{ text, language, name, output }`, where `output` is a block with a `text`
/// below it that holds what its lines print.
pub fn blocks(value: &JsValue) -> Page {
    let get = |block: &JsValue, key: &str| Reflect::get(block, &key.into()).ok().and_then(|it| it.as_string());
    let read = |block: JsValue| {
        let (text, language) = (get(&block, "text").unwrap_or_default(), get(&block, "language").unwrap_or_default());
        let mut read = Block::read(0, &language, get(&block, "name"), &text);
        if let Some(below) = Reflect::get(&block, &"output".into()).ok().filter(JsValue::is_object) {
            read.take_output(0, &get(&below, "text").unwrap_or_default());
        }
        read
    };
    Page::of(Array::from(value).iter().map(read).collect())
}

/// A cluster with a console, without a view. Time stands still but where it is told to go on.
#[wasm_bindgen(js_name = ClusterCore)]
pub struct Cluster {
    playground: Playground,
    page: Page,
    lang: Lang,
}

#[wasm_bindgen(js_class = ClusterCore)]
impl Cluster {
    /// A cluster of this environment, `ClusterOptions`; fails with `bad-environment`, `bad-version` or
    /// `bad-session`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Cluster, JsValue> {
        let get = |key: &str| Reflect::get(options, &key.into()).ok().filter(|it| !it.is_undefined() && !it.is_null());
        let text = |key: &str| get(key).and_then(|it| it.as_string());
        let name = text("environment").unwrap_or_else(|| "minikube".into());
        let environment = Environment::named(&name)
            .ok_or_else(|| error("bad-environment", &format!("there is no environment called {name:?}")))?;
        let seed = get("seed").and_then(|it| it.as_f64().or_else(|| it.as_string()?.trim().parse().ok()));
        let lang = text("lang").and_then(|tag| Lang::from_tag(&tag)).unwrap_or_default();
        let kubernetes = minikube::choose(text("version").as_deref(), text("gates").as_deref(), Kubernetes::default())
            .map_err(|wrong| error("bad-version", &minikube::refusal(&wrong, lang)))?;
        let environment = environment.with_kubernetes(kubernetes);
        let mut playground = match text("session") {
            Some(session) => Playground::restore_shared(&session).map_err(|why| error("bad-session", &why))?,
            None => Playground::new(Options {
                seed: seed.map_or(1, |it| it as u64),
                environment,
                manifest: String::new(),
                lines: Vec::new(),
            }),
        };
        playground.set_lang(lang);
        Ok(Cluster { playground, page: Page::default(), lang })
    }

    /// Types a line at the console, and waits for its end.
    #[wasm_bindgen(unchecked_return_type = "Said")]
    pub fn run(&mut self, line: &str) -> JsValue {
        shown(&report::run(&mut self.playground, line))
    }

    /// Applies a manifest.
    #[wasm_bindgen(unchecked_return_type = "Said")]
    pub fn apply(&mut self, yaml: &str) -> JsValue {
        self.playground.set_editor(yaml);
        let before = self.playground.entries().last().cloned();
        self.playground.apply_editor();
        report::wait(&mut self.playground);
        shown(&report::said(&self.playground, before.as_ref()))
    }

    /// Puts a file into the console's working directory.
    #[wasm_bindgen(js_name = putFile)]
    pub fn put_file(&mut self, name: &str, text: &str) {
        self.playground.put_file(name, text);
    }

    /// Lets so many milliseconds of virtual time go by, a day at most.
    pub fn advance(&mut self, ms: f64) {
        self.playground.advance((ms as i64).clamp(0, 24 * 3_600_000));
    }

    /// Lets virtual time go on until nothing more happens by itself, ten minutes at most.
    pub fn settle(&mut self) {
        tutorial::wait_until_settled(&mut self.playground);
    }

    /// On to the next change; false if there is none.
    pub fn step(&mut self) -> bool {
        self.playground.step()
    }

    /// Back to the change before; false if there is none.
    #[wasm_bindgen(js_name = stepBack)]
    pub fn step_back(&mut self) -> bool {
        self.playground.step_back()
    }

    /// Looks at a moment, in milliseconds since the start.
    pub fn seek(&mut self, ms: f64) {
        self.playground.seek(Millis((ms as i64).max(0)));
    }

    /// The moment that is looked at, in milliseconds.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> f64 {
        self.playground.now().0 as f64
    }

    /// What `kubectl get KIND [NAME] -o json` gives. Fails with `bad-kind` or `not-found`.
    #[wasm_bindgen(unchecked_return_type = "any")]
    pub fn state(&self, kind: &str, name: Option<String>) -> Result<JsValue, JsValue> {
        Ok(shown(&report::objects(&self.playground, kind, name.as_deref())?))
    }

    /// The decisions so far, from the one with number `from` on.
    #[wasm_bindgen(unchecked_return_type = "Decision[]")]
    pub fn decisions(&self, from: Option<u32>) -> JsValue {
        shown(&report::decisions_since(&self.playground, self.lang, from.unwrap_or(0) as usize))
    }

    /// Why an object is not as asked, what helps, and how it came; `name` is `web-0` or `namespace/web-0`. Fails with
    /// `bad-kind` or `not-found`.
    #[wasm_bindgen(unchecked_return_type = "Why")]
    pub fn why(&self, kind: &str, name: &str) -> Result<JsValue, JsValue> {
        Ok(shown(&report::why(&self.playground, self.lang, kind, name)?))
    }

    /// What applying a manifest would lead to.
    #[wasm_bindgen(unchecked_return_type = "Plan")]
    pub fn plan(&self, yaml: &str) -> JsValue {
        shown(&report::plan(&self.playground, yaml))
    }

    /// The session as text: what it began with and all inputs.
    pub fn session(&self) -> String {
        self.playground.save()
    }

    /// Another cluster that has come the same way, and goes on by itself.
    pub fn fork(&self) -> Result<Cluster, JsValue> {
        let playground = Playground::restore(&self.playground.save()).map_err(|why| error("bad-session", &why))?;
        Ok(Cluster { playground, page: Page::default(), lang: self.lang })
    }

    /// Reads a page's code blocks, see [`blocks`], and puts its files into the working directory.
    #[wasm_bindgen(js_name = openPage, unchecked_return_type = "Block[]")]
    pub fn open_page(&mut self, blocks_given: &JsValue) -> JsValue {
        self.page = blocks(blocks_given);
        for (name, text) in self.page.files() {
            self.playground.put_file(name, text);
        }
        shown(&self.page.blocks.iter().map(report::block).collect::<Vec<_>>().into())
    }

    /// Plays a line of a block. Fails with `not-found`.
    #[wasm_bindgen(js_name = playTurn, unchecked_return_type = "Answer")]
    pub fn play_turn(&mut self, block: usize, turn: usize) -> Result<JsValue, JsValue> {
        let answer = self.page.blocks.get(block).and_then(|block| tutorial::play(&mut self.playground, block, turn));
        Ok(shown(&report::answer(&answer.ok_or_else(|| error("not-found", "the page has no such line"))?)))
    }

    /// Applies the manifest of a block, as the file that it shows. Fails with `not-found`.
    #[wasm_bindgen(js_name = applyBlock, unchecked_return_type = "Answer")]
    pub fn apply_block(&mut self, block: usize) -> Result<JsValue, JsValue> {
        let block = self.page.blocks.get(block).ok_or_else(|| error("not-found", "the page has no such block"))?;
        Ok(shown(&report::answer(&tutorial::apply(&mut self.playground, block))))
    }
}
