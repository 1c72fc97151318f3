//! The terminal: a log of lines and one real input; asks the root to run what is typed.

mod completion;
mod entries;
mod keys;
mod paste;
mod waiting;

use super::animation_frames::FrameLoop;
use super::candidate_list::{Choice, Popup};
use super::icons::{Glyph, icon};
use super::observed_size::SizeWatch;
use super::page::{Page, page_of};
use super::props::Lab;
use super::terminal_tabs::TerminalTabs;
use super::utf16_offsets::utf16_offset;
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use crate::kubectl::{Completions, Prompt, Waiting};
use crate::playground::Entry;
use crate::state::{Action, TerminalAction};
use entries::{EntryView, Shared, entry_text};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use waiting::{view_jobs, view_queued, view_waiting};
use web_sys::{ClipboardEvent, Element, HtmlInputElement};
use yew::prelude::*;

/// The lines of the terminal; equal when nothing was added.
#[derive(Clone)]
pub struct Entries(pub Rc<Vec<Rc<Entry>>>);

impl PartialEq for Entries {
    fn eq(&self, other: &Entries) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Props of [`Terminal`].
#[derive(Clone, PartialEq, Properties)]
pub struct TerminalProps {
    /// For completion; never changes.
    pub lab: Lab,
    /// What was typed and said.
    pub entries: Entries,
    /// What stands before the cursor.
    pub prompt: Prompt,
    /// The command in the foreground that takes no lines.
    pub waiting: Option<Waiting>,
    /// The lines that were typed while it waits.
    pub queued: Rc<VecDeque<String>>,
    /// The commands in the background: number and line.
    pub jobs: Vec<(u32, String)>,
    /// The command that waits in each terminal, if one does.
    pub terminals: Vec<Option<String>>,
    /// The number of the terminal that is shown.
    pub terminal: usize,
    /// Whether it stands beside others, and whether it is the one that is typed in.
    pub beside: Option<bool>,
    /// The lines that were begun, by terminal.
    pub drafts: Drafts,
    /// Whether time goes on.
    pub is_playing: bool,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// Lines that were begun in terminals that are not shown, by their numbers; they outlive what shows them.
#[derive(Clone, Default)]
pub struct Drafts(Rc<RefCell<Vec<String>>>);

impl PartialEq for Drafts {
    fn eq(&self, _: &Drafts) -> bool {
        true
    }
}

impl Drafts {
    fn put(&self, number: usize, line: String) {
        let mut all = self.0.borrow_mut();
        let length = all.len().max(number + 1);
        all.resize(length, String::new());
        if let Some(draft) = all.get_mut(number) {
            *draft = line;
        }
    }

    fn take(&self, number: usize) -> String {
        self.0.borrow_mut().get_mut(number).map(std::mem::take).unwrap_or_default()
    }
}

/// The most entries that are shown; the rest is a scroll away in no terminal either.
const SHOWN_MAX: usize = 400;

/// What happens in the terminal.
pub enum Msg {
    /// A key in the input.
    Key(KeyboardEvent),
    /// The input's text changed.
    Input,
    /// Something was pasted.
    Paste(ClipboardEvent),
    /// A candidate was chosen.
    Choose(usize),
    /// Everything that stands there is hidden.
    Clear,
    /// What stands there goes to the clipboard.
    Copy,
    /// Whether it did.
    Copied(bool),
    /// The input wants the focus.
    Focus,
    /// The log was scrolled.
    Scrolled,
    /// The log's place has another size.
    Resized,
}

/// The terminal.
pub struct Terminal {
    page: Page,
    input: NodeRef,
    scroll: NodeRef,
    /// How far back in what was typed, and the line that was begun before.
    recall: Option<(usize, String)>,
    choices: Option<(Completions, usize)>,
    /// The last entry that is hidden.
    hidden: Option<Rc<Entry>>,
    is_at_end: bool,
    /// Scrolls to the end in the next frame, when the browser lays the page out anyway.
    to_end: FrameLoop,
    size_watch: Option<SizeWatch>,
    is_copied: bool,
}

impl Component for Terminal {
    type Message = Msg;
    type Properties = TerminalProps;

    fn create(ctx: &Context<Self>) -> Self {
        let page = page_of(ctx);
        let scroll = NodeRef::default();
        let log = scroll.clone();
        let to_end = FrameLoop::new(&page, move || {
            if let Some(log) = log.cast::<Element>() {
                log.set_scroll_top(log.scroll_height());
            }
        });
        Terminal {
            page,
            input: NodeRef::default(),
            scroll,
            to_end,
            size_watch: None,
            recall: None,
            choices: None,
            hidden: None,
            is_at_end: true,
            is_copied: false,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &TerminalProps) -> bool {
        self.is_copied = false;
        if ctx.props().terminal != old.terminal || ctx.props().terminals.len() < old.terminals.len() {
            // Another terminal: what was begun in this one's line stays there.
            self.turn(&ctx.props().drafts, old.terminal, ctx.props().terminal);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Some(input) = self.input.cast::<HtmlInputElement>() else { return false };
        match msg {
            Msg::Key(event) => self.key(ctx, &event, &input),
            Msg::Input => {
                self.recall = None;
                self.choices.take().is_some()
            }
            Msg::Paste(event) => self.paste(ctx, &event, &input),
            Msg::Choose(index) => {
                self.choose(index, &input);
                true
            }
            Msg::Clear => {
                self.hidden = ctx.props().entries.0.last().cloned();
                let _ = input.focus();
                true
            }
            Msg::Copy => {
                let text: String = self.shown(ctx.props()).iter().map(|entry| entry_text(entry)).collect();
                self.page.copy(&text, ctx.link().callback(Msg::Copied));
                false
            }
            Msg::Copied(is_copied) => {
                self.is_copied = is_copied;
                true
            }
            Msg::Resized => {
                if self.is_at_end {
                    self.to_end.request();
                }
                false
            }
            Msg::Scrolled => {
                let log = self.scroll.cast::<Element>();
                self.is_at_end = log.is_none_or(|it| it.scroll_height() - it.scroll_top() - it.client_height() < 48);
                false
            }
            Msg::Focus => {
                // A click that selected text keeps its selection.
                if !self.page.has_selection() {
                    let _ = input.focus();
                }
                false
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let TerminalProps { lang, prompt, .. } = ctx.props().clone();
        let (terminal, beside) = (ctx.props().terminal, ctx.props().beside);
        let title = match beside {
            Some(_) => tf(lang, "console.terminal", &[("number", &(terminal + 1).to_string())]),
            None => t(lang, "panel.console").to_string(),
        };
        let id = self.id("console-title", ctx.props());
        // Whoever turns to one of several types there.
        let onfocusin = (beside == Some(false))
            .then(|| ctx.props().act.reform(move |_: FocusEvent| Action::Terminal(TerminalAction::Turn(terminal))));
        let copy = if self.is_copied { t(lang, "console.copied") } else { t(lang, "console.copy") };
        html! {
            <div role="group" class={classes!("panel", "console", (beside != Some(false)).then_some("console-here"))} part="console"
                aria-labelledby={id.clone()} {onfocusin}>
                <div class="panel-head">
                    <h2 {id}>{ title }</h2>
                    <TerminalTabs waiting={ctx.props().terminals.clone()} current={terminal} are_beside={beside.is_some()} {lang} act={ctx.props().act.clone()} />
                    <span class="grow"></span>
                    { view_jobs(ctx.props()) }
                    { view_waiting(ctx.props()) }
                    <button type="button" class="tool" onclick={ctx.link().callback(|_| Msg::Copy)} title={copy} aria-label={copy}>
                        { icon(Glyph::Copy) }
                    </button>
                    <button type="button" class="tool" onclick={ctx.link().callback(|_| Msg::Clear)} title={t(lang, "console.clear")}
                        aria-label={t(lang, "console.clear")}>{ icon(Glyph::Clear) }</button>
                </div>
                <div class="console-scroll" ref={self.scroll.clone()} onclick={ctx.link().callback(|_| Msg::Focus)}
                    onscroll={ctx.link().callback(|_| Msg::Scrolled)} tabindex="0"
                    role="group" aria-label={t(lang, "console.log")}>
                    <div class="console-log" role="log" aria-label={t(lang, "console.log")}>
                        { self.view_entries(ctx.props()) }
                    </div>
                    { view_queued(ctx.props()) }
                    { self.view_line(ctx, &prompt) }
                </div>
            </div>
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        if let Some(input) = self.input.cast::<HtmlInputElement>() {
            ctx.props().drafts.put(ctx.props().terminal, input.value());
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let draft = if first { ctx.props().drafts.take(ctx.props().terminal) } else { String::new() };
        if let Some(input) = self.input.cast::<HtmlInputElement>().filter(|_| !draft.is_empty()) {
            input.set_value(&draft);
        }
        if first && let Some(log) = self.scroll.cast::<Element>() {
            let link = ctx.link().clone();
            self.size_watch = SizeWatch::new(&self.page, &log, move || link.send_message(Msg::Resized));
        }
        if first || self.is_at_end {
            self.to_end.request();
        }
    }
}

impl Terminal {
    /// An id of this terminal's own where several stand side by side.
    fn id(&self, name: &str, props: &TerminalProps) -> String {
        match props.beside {
            Some(_) => self.page.id(&format!("{name}-{}", props.terminal)),
            None => self.page.id(name),
        }
    }

    fn turn(&mut self, drafts: &Drafts, from: usize, to: usize) {
        let Some(input) = self.input.cast::<HtmlInputElement>() else { return };
        drafts.put(from, input.value());
        input.set_value(&drafts.take(to));
        self.recall = None;
        self.choices = None;
        self.hidden = None;
        self.is_at_end = true;
    }

    fn view_entries(&self, props: &TerminalProps) -> Html {
        let shown = self.shown(props);
        if shown.is_empty() && props.entries.0.is_empty() {
            return html! {
                <p class="console-hello">{ t(props.lang, "console.hello") }{ " " }<code>{ "kubectl get sts,pods,pvc" }</code></p>
            };
        }
        let first = props.entries.0.len() - shown.len();
        shown
            .iter()
            .enumerate()
            .map(|(at, entry)| html! { <EntryView key={format!("{}-{}", props.terminal, first + at)} entry={Shared(Rc::clone(entry))} lang={props.lang} act={props.act.clone()} /> })
            .collect()
    }

    fn view_line(&self, ctx: &Context<Self>, prompt: &Prompt) -> Html {
        let TerminalProps { lang, waiting, .. } = ctx.props().clone();
        let kind = if prompt.is_hidden { "password" } else { "text" };
        let link = ctx.link();
        let popup = self.choices.as_ref().map(|(completions, active)| {
            let items = completions.items.iter().map(|(text, note)| Choice { text: text.clone(), note: note.clone() });
            html! {
                <Popup id={self.id("console-choices", ctx.props())} label={t(lang, "console.completions")} items={items.collect::<Vec<_>>()} active={*active}
                    choose={link.callback(Msg::Choose)} />
            }
        });
        let choices = self.id("console-choices", ctx.props());
        let active = self.choices.as_ref().map(|(_, active)| format!("{choices}-{active}"));
        let id = self.id("console-input", ctx.props());
        html! {
            <div class="console-line">
                { popup }
                <label class="prompt" for={id.clone()}>
                    <span class="visually-hidden">{ t(lang, "console.label") }</span>
                    { if waiting.is_some() { "" } else { prompt.text.as_str() } }
                </label>
                <input {id} ref={self.input.clone()} type={kind} class="console-input" autocapitalize="off"
                    autocorrect="off" autocomplete="off" spellcheck="false" enterkeyhint="send" role="combobox"
                    aria-autocomplete="list" aria-expanded={self.choices.is_some().to_string()}
                    aria-controls={choices} aria-activedescendant={active}
                    onkeydown={link.callback(Msg::Key)} oninput={link.callback(|_| Msg::Input)}
                    onpaste={link.callback(|event: Event| Msg::Paste(paste::pasted(event)))} />
            </div>
        }
    }

    fn shown<'a>(&self, props: &'a TerminalProps) -> &'a [Rc<Entry>] {
        let all = props.entries.0.as_slice();
        let hidden = self.hidden.as_ref().and_then(|last| all.iter().rposition(|entry| Rc::ptr_eq(entry, last)));
        let from = hidden.map_or(0, |at| at + 1).max(all.len().saturating_sub(SHOWN_MAX));
        all.get(from..).unwrap_or(&[])
    }
}

fn insert(input: &HtmlInputElement, from: usize, to: usize, text: &str) {
    let line = input.value();
    let (Some(before), Some(after)) = (line.get(..from), line.get(to..)) else { return };
    let after = if text.ends_with(' ') { after.strip_prefix(' ').unwrap_or(after) } else { after };
    input.set_value(&format!("{before}{text}{after}"));
    let at = utf16_offset(&input.value(), from + text.len());
    let _ = input.set_selection_range(at, at);
}
