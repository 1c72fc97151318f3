//! The methods of a mounted lab, as a host page calls them: lines typed, texts applied, time, its code blocks played, objects,
//! decisions, plans, the picture, its state. How it begins and ends stands in `mount`.

use super::mount::{Handle, Options};
use crate::model::{Millis, Value, to_json};
use crate::obj;
use crate::playground::{Playground, SCENARIOS};
use crate::report;
use crate::script::{blocks, error, shown};
use crate::state::{Action, only_reads};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

impl Handle {
    /// Dispatches actions; returns what was said to them.
    pub(super) fn said(&self, actions: &[Action]) -> Result<JsValue, JsValue> {
        let lab = self.lab()?;
        let before = self.read(|playground| playground.entries().last().cloned())?;
        actions.iter().for_each(|action| lab.dispatch(action.clone()));
        self.read(|playground| shown(&report::said(playground, before.as_ref())))
    }

    fn answered(&self, action: Action) -> Result<JsValue, JsValue> {
        self.lab()?.dispatch(action);
        Ok(self.lab()?.state().answered.as_ref().map_or(JsValue::NULL, |answer| shown(&report::answer(answer))))
    }

    fn read<T>(&self, read: impl FnOnce(&Playground) -> T) -> Result<T, JsValue> {
        let state = self.lab()?.state();
        let playground = state.playground.borrow();
        Ok(read(&playground))
    }
}

#[wasm_bindgen]
impl Handle {
    /// Changes what may change while it runs: scenario, lang, theme, speed, paused, guide.
    pub fn set(&self, options: &JsValue) -> Result<(), JsValue> {
        let lab = self.lab()?;
        Options::read(options).actions().into_iter().for_each(|action| lab.dispatch(action));
        Ok(())
    }

    /// Types a line at the console. Returns what was said at once, see [`crate::report::said`]; a command that waits
    /// goes on saying more.
    /// A lab that is read-only refuses a line that changes something, with `read-only`.
    pub fn run(&self, line: String) -> Result<JsValue, JsValue> {
        self.may(only_reads(&line))?;
        self.said(&[Action::Run(line)])
    }

    /// Ctrl-C at the console.
    pub fn interrupt(&self) -> Result<(), JsValue> {
        self.act(Action::Interrupt)
    }

    /// Puts a text into the editor and applies it. Returns what `kubectl apply` said, see [`crate::report::said`].
    pub fn apply(&self, text: String) -> Result<JsValue, JsValue> {
        self.may(false)?;
        self.said(&[Action::File(0), Action::Open(text), Action::Apply])
    }

    /// Lets so many milliseconds of virtual time go by at once, a day at most.
    pub fn advance(&self, ms: f64) -> Result<(), JsValue> {
        self.act(Action::Advance(Millis(ms as i64)))
    }

    /// Lets time go on.
    pub fn play(&self) -> Result<(), JsValue> {
        self.act(Action::Play)
    }

    /// Stops time.
    pub fn pause(&self) -> Result<(), JsValue> {
        self.act(Action::Pause)
    }

    /// On to the next change.
    pub fn step(&self) -> Result<(), JsValue> {
        self.act(Action::Step)
    }

    /// Back to the change before.
    #[wasm_bindgen(js_name = stepBack)]
    pub fn step_back(&self) -> Result<(), JsValue> {
        self.act(Action::StepBack)
    }

    /// Looks at a moment, in milliseconds of virtual time since the start.
    pub fn seek(&self, ms: f64) -> Result<(), JsValue> {
        self.act(Action::Seek(Millis(ms as i64)))
    }

    /// The state as JSON: `now` and `end` in milliseconds, `version`, which rises with every visible change, `isPlaying`,
    /// `isSettled`, `isBusy`, `speed`, `lang`, `theme`, `scenario`, `kubernetes` and `gates`, those that are not as the
    /// version has them, `branch`, `manifest`, the editor's text, `notice`, what the reader is told at present, and `unread`, the
    /// names of the options that mean nothing.
    pub fn state(&self) -> Result<String, JsValue> {
        let state = self.lab()?.state();
        let playground = state.playground.borrow();
        Ok(to_json(&obj! {
            "now" => playground.now().0,
            "end" => playground.end().0,
            "version" => state.version as i64,
            "isPlaying" => state.pace.is_playing,
            "isSettled" => state.is_settled(),
            "isBusy" => playground.is_busy(),
            "speed" => i64::from(state.pace.permille()),
            "lang" => state.view.lang.tag(),
            "theme" => state.view.theme.name(),
            "scenario" => SCENARIOS.get(state.scenario).map_or("", |it| it.id),
            "kubernetes" => playground.cluster().kubernetes().version().to_string(),
            "gates" => playground.cluster().kubernetes().gates_text(),
            "branch" => playground.current_branch() as i64,
            "manifest" => playground.editor().to_string(),
            "notice" => state.notice.as_deref().unwrap_or_default().to_string(),
            "unread" => state.unread.iter().map(|name| Value::text(name)).collect::<Vec<_>>(),
        }))
    }

    /// Reads a page's code blocks, see [`blocks`], and puts its files into the working directory.
    #[wasm_bindgen(js_name = openPage)]
    pub fn open_page(&self, given: &JsValue) -> Result<JsValue, JsValue> {
        let page = blocks(given);
        let files: Vec<_> = page.files().map(|(name, text)| (name.to_string(), text.to_string())).collect();
        let read = page.blocks.iter().map(report::block).collect::<Vec<_>>();
        self.blocks.replace(page.blocks);
        let first = files.first().map(|(name, _)| name.clone());
        self.lab()?.dispatch(Action::PutFiles(files));
        // The editor has something to show before the first block is run.
        if let Some(first) = first {
            self.lab()?.dispatch(Action::ShowFile(first));
        }
        Ok(shown(&read.into()))
    }

    /// Plays a line of a block, at the moment that fits what its author printed. Fails with `not-found`.
    #[wasm_bindgen(js_name = playTurn)]
    pub fn play_turn(&self, block: usize, turn: usize) -> Result<JsValue, JsValue> {
        let block = self.blocks.borrow().get(block).filter(|block| turn < block.turns().len()).cloned();
        let block = Rc::new(block.ok_or_else(|| error("not-found", "the page has no such line"))?);
        self.may(block.turns().get(turn).is_some_and(|turn| only_reads(&turn.typed)))?;
        self.answered(Action::Turn(block, turn))
    }

    /// Applies the manifest of a block, as the file that it shows.
    #[wasm_bindgen(js_name = applyBlock)]
    pub fn apply_block(&self, block: usize) -> Result<JsValue, JsValue> {
        let block = self.blocks.borrow().get(block).cloned();
        let block = Rc::new(block.ok_or_else(|| error("not-found", "the page has no such block"))?);
        self.may(false)?;
        self.answered(Action::ApplyBlock(block))
    }

    /// Puts a file into the console's working directory, where `kubectl apply -f NAME` finds it.
    #[wasm_bindgen(js_name = putFile)]
    pub fn put_file(&self, name: String, text: String) -> Result<(), JsValue> {
        self.lab()?.dispatch(Action::PutFiles(vec![(name, text)]));
        Ok(())
    }

    /// Lets virtual time go on until nothing more happens by itself, ten minutes at most.
    pub fn settle(&self) -> Result<(), JsValue> {
        self.lab()?.dispatch(Action::Settle);
        Ok(())
    }

    /// The session as text: what it began with and all inputs.
    pub fn session(&self) -> Result<String, JsValue> {
        self.read(Playground::save)
    }

    /// Tells the reader what became of sharing: `copied`, `address`, `manual`, `large`, `broken` or `newer`.
    pub fn notify(&self, what: &str) -> Result<(), JsValue> {
        let keys = ["share.copied", "share.address", "share.manual", "share.large", "share.broken", "share.newer"];
        if let Some(key) = keys.into_iter().find(|key| key.ends_with(what)) {
            self.lab()?.dispatch(Action::Notify(key));
        }
        Ok(())
    }

    /// What `kubectl get KIND [NAME] -o json` gives. Fails with `bad-kind` or `not-found`.
    pub fn objects(&self, kind: &str, name: Option<String>) -> Result<JsValue, JsValue> {
        let found = self.read(|playground| report::objects(playground, kind, name.as_deref()))?;
        Ok(shown(&found?))
    }

    /// The decisions so far, from the one with number `from` on.
    pub fn decisions(&self, from: Option<u32>) -> Result<JsValue, JsValue> {
        let lang = self.lab()?.state().view.lang;
        self.read(|playground| shown(&report::decisions_since(playground, lang, from.unwrap_or(0) as usize)))
    }

    /// How many things have happened: changes and decisions.
    #[wasm_bindgen(js_name = recordCount)]
    pub fn record_count(&self) -> Result<usize, JsValue> {
        self.read(Playground::record_count)
    }

    /// Why an object is not as asked, see [`crate::report::why`]. Fails with `bad-kind` or `not-found`.
    pub fn why(&self, kind: &str, name: &str) -> Result<JsValue, JsValue> {
        let lang = self.lab()?.state().view.lang;
        let found = self.read(|playground| report::why(playground, lang, kind, name))?;
        Ok(shown(&found?))
    }

    /// What applying a manifest would lead to.
    pub fn plan(&self, yaml: &str) -> Result<JsValue, JsValue> {
        self.read(|playground| shown(&report::plan(playground, yaml)))
    }

    /// The picture as an SVG file that needs nothing else; empty where no picture is shown.
    #[wasm_bindgen(js_name = toSVG)]
    pub fn to_svg(&self) -> Result<String, JsValue> {
        let lab = self.lab()?;
        let svg = lab.page().root().query_selector(".picture svg.scene").ok().flatten();
        let now = self.read(|playground| playground.now().to_string())?;
        let lang = lab.state().view.lang;
        Ok(svg.map_or_else(String::new, |svg| super::picture::file_of(&svg, lang, &now)))
    }
}
