//! The manifest's editor: a native text area over highlighted text; tells the root what was typed and holds no truth
//! but the text itself.

mod field_help;
mod problems;
mod typing;
mod visible_lines;
mod yaml_highlight;

use super::candidate_list::Popup;
use super::icons::{Glyph, icon};
use super::page::{Page, page_of};
use super::props::Lab;
use crate::i18n::Lang;
use crate::i18n::plural::plural;
use crate::i18n::ui::{t, tf};
use crate::kubernetes::Kubernetes;
use crate::manifest::Severity;
use crate::state::{Action, Standing};
use field_help::{Completion, Place};
use gloo_timers::callback::Timeout;
use problems::Mark;
use std::ops::Range;
use std::rc::Rc;
use typing::{read_first, too_long};
use visible_lines::Seen;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yaml_highlight::{LineView, PaintedLine, paint};
use yew::prelude::*;

/// The longest text that the editor takes, in UTF-16 units: an API server takes no longer request.
pub const TEXT_MAX: u32 = 1_500_000;

/// Longer texts are shown without colours.
const PAINTED_MAX: usize = 500_000;

/// Longer texts are checked when they are applied, not while somebody types.
const CHECKED_MAX: usize = 500_000;

/// How long after the last key the text is checked.
const CHECK_AFTER_MS: u32 = 150;

/// How long the pointer rests before help appears.
const HOVER_AFTER_MS: u32 = 350;

/// A text that the root puts into the editor.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Rises with each.
    pub number: u32,
    /// The text.
    pub text: Rc<str>,
}

/// Props of [`Editor`].
#[derive(Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// For checks and comparisons; never changes.
    pub lab: Lab,
    /// What to edit.
    pub given: Given,
    /// The names of the open texts.
    pub files: Rc<Vec<Rc<str>>>,
    /// The number of the one that is edited.
    pub file: usize,
    /// Whether `kubectl edit` waits for the text.
    pub is_edited: bool,
    /// Whether `kubectl edit` waits for the text at another moment than the one that is looked at.
    pub is_paused: bool,
    /// Whether the reader wants to close the text although `kubectl edit` waits for it.
    pub asks: bool,
    /// How the text stands to the cluster.
    pub standing: Standing,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// What happens in the editor.
pub enum Msg {
    /// The text changed.
    Input,
    /// A key.
    Key(KeyboardEvent),
    /// The cursor may have moved.
    Caret,
    /// The focus came or went: nothing was typed yet.
    Focus,
    /// The pointer moved over the text.
    Move(MouseEvent),
    /// The pointer has rested at a line.
    Hover(usize),
    /// The text was scrolled.
    Scroll,
    /// The pointer left.
    Leave,
    /// A candidate was chosen.
    Choose(usize),
    /// It is time to check the text.
    Check,
    /// A problem was clicked.
    GoTo(usize),
    /// Something was pasted or dropped.
    Paste(Event),
    /// Something is dragged over the editor, or no longer.
    Drag(DragEvent, bool),
    /// Something was dropped.
    Drop(DragEvent),
    /// Files were chosen.
    Files(Event),
    /// The name and the text of a file were read.
    Read(Result<(String, String), ()>),
    /// A file is too long, in bytes.
    TooLong(f64),
    /// Show or hide the differences to the cluster.
    Diff,
}

/// The editor.
pub struct Editor {
    page: Page,
    panel: NodeRef,
    area: NodeRef,
    layers: NodeRef,
    probe: NodeRef,
    paint: NodeRef,
    text: Rc<str>,
    /// What it is checked for.
    kubernetes: Kubernetes,
    marks: Rc<Vec<Mark>>,
    check: Option<Timeout>,
    hover_timer: Option<Timeout>,
    hover: Option<usize>,
    row: usize,
    completion: Option<(Completion, usize)>,
    has_typed: bool,
    leaves_on_tab: bool,
    is_dragging: bool,
    message: Option<String>,
    shows_diff: bool,
    /// A text to be put into the field after the next render.
    to_write: bool,
    /// Which lines are drawn.
    seen: Seen,
}

impl Component for Editor {
    type Message = Msg;
    type Properties = EditorProps;

    fn create(ctx: &Context<Self>) -> Self {
        Editor {
            page: page_of(ctx),
            panel: NodeRef::default(),
            area: NodeRef::default(),
            layers: NodeRef::default(),
            probe: NodeRef::default(),
            paint: NodeRef::default(),
            text: Rc::clone(&ctx.props().given.text),
            kubernetes: ctx.props().lab.kubernetes(),
            marks: Rc::default(),
            check: None,
            hover_timer: None,
            hover: None,
            row: 0,
            completion: None,
            has_typed: false,
            leaves_on_tab: false,
            is_dragging: false,
            message: None,
            shows_diff: false,
            to_write: true,
            seen: Seen::default(),
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &EditorProps) -> bool {
        if ctx.props().given.number != old.given.number {
            self.text = Rc::clone(&ctx.props().given.text);
            self.to_write = true;
            self.completion = None;
            self.message = None;
            self.marks = Rc::default();
            self.check_soon(ctx);
        } else if ctx.props().standing != old.standing && !self.marks.is_empty() {
            // What the cluster refused it may take now.
            self.check_soon(ctx);
        }
        // Another version, or a gate, makes other texts right.
        if ctx.props().lab.kubernetes() != self.kubernetes {
            self.kubernetes = ctx.props().lab.kubernetes();
            self.completion = None;
            self.check_soon(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Some(area) = self.area.cast::<HtmlTextAreaElement>() else { return false };
        match msg {
            Msg::Input => self.input(ctx, &area),
            Msg::Key(event) => return self.key(ctx, &event, &area),
            Msg::Caret => return self.caret(&area),
            Msg::Focus => {
                self.has_typed = false;
                self.leaves_on_tab = false;
                return self.completion.take().is_some();
            }
            Msg::Move(event) => return self.pointer(ctx, &event),
            Msg::Hover(row) => self.hover = Some(row),
            Msg::Leave => {
                self.hover_timer = None;
                return self.hover.take().is_some();
            }
            Msg::Scroll => {
                let has_float = self.hover.take().is_some() | self.completion.take().is_some();
                return self.scrolled() | has_float;
            }
            Msg::Choose(index) => self.choose(index, &area),
            Msg::Check if self.text.len() > CHECKED_MAX => return !std::mem::take(&mut self.marks).is_empty(),
            Msg::Check => {
                let marks = problems::check(&self.text, &ctx.props().lab.read());
                let same = *self.marks == marks;
                self.marks = Rc::new(marks);
                return !same;
            }
            Msg::GoTo(index) => self.go_to(index, &area),
            Msg::Paste(event) => return self.paste(ctx, &event),
            Msg::Drag(event, is_over) => {
                event.prevent_default();
                let changed = self.is_dragging != is_over;
                self.is_dragging = is_over;
                return changed;
            }
            Msg::Drop(event) => {
                self.is_dragging = false;
                self.drop(ctx, &event);
            }
            Msg::Files(event) => {
                if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                    read_first(ctx, input.files());
                    input.set_value("");
                }
            }
            Msg::Read(Ok((name, text))) => ctx.props().act.emit(Action::OpenFile(name, text)),
            Msg::Read(Err(())) => self.message = Some(t(ctx.props().lang, "editor.unreadable").to_string()),
            Msg::TooLong(bytes) => self.message = Some(too_long(ctx.props().lang, bytes)),
            Msg::Diff => self.shows_diff = !self.shows_diff,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        html! {
            <div role="group" class={classes!("panel", "editor", self.is_dragging.then_some("editor-drop"))} aria-labelledby={self.page.id("editor-title")}
                part="editor" ref={self.panel.clone()}
                ondragover={link.callback(|event| Msg::Drag(event, true))}
                ondragleave={link.callback(|event| Msg::Drag(event, false))} ondrop={link.callback(Msg::Drop)}>
                { self.view_head(ctx) }
                { self.view_message(ctx) }
                { self.view_text(ctx) }
                if self.shows_diff {
                    <super::manifest_diff::Diff lab={ctx.props().lab.clone()} text={AttrValue::from(Rc::clone(&self.text))} lang={ctx.props().lang} />
                }
                { self.view_problems(ctx) }
                { self.view_doc(ctx) }
                { self.view_floats(ctx) }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.check_soon(ctx);
        }
        if std::mem::take(&mut self.to_write)
            && let Some(area) = self.area.cast::<HtmlTextAreaElement>()
        {
            area.set_value(&self.text);
            let _ = area.set_selection_range(0, 0);
        }
        self.place_paint();
        self.place_floats();
    }
}

impl Editor {
    fn view_head(&self, ctx: &Context<Self>) -> Html {
        let EditorProps { lang, act, files, file, is_edited, .. } = ctx.props().clone();
        let standing = ctx.props().standing;
        let is_applied = standing == Standing::Applied;
        let differs = |class: &'static str, key: &'static str| {
            let class = classes!("chip", "chip-button", class);
            html! {
                <button type="button" {class} title={t(lang, "editor.diff.title")} onclick={ctx.link().callback(|_| Msg::Diff)}>{ t(lang, key) }</button>
            }
        };
        let errors = self.marks.iter().filter(|mark| mark.severity == Severity::Error).count();
        let state = match (errors, self.marks.len()) {
            _ if ctx.props().is_paused => html! {
                <span class="chip" title={t(lang, "editor.paused.title")}>{ t(lang, "editor.paused") }</span>
            },
            (0, _) if is_edited => Html::default(),
            (0, 0) if !is_applied && self.text.len() > CHECKED_MAX => html! {
                <span class="chip chip-wait" title={t(lang, "editor.unchecked.title")}>{ t(lang, "editor.unchecked") }</span>
            },
            (0, 0) if is_applied => html! { <span class="chip chip-good">{ t(lang, "editor.applied") }</span> },
            (0, 0) if standing == Standing::Differs => differs("chip-wait", "editor.differs"),
            (0, 0) if standing == Standing::Deleted => differs("chip-bad", "editor.deleted"),
            (0, 0) if standing == Standing::Empty => Html::default(),
            (0, 0) => html! { <span class="chip chip-wait">{ t(lang, "editor.edited") }</span> },
            (0, count) => html! {
                <span class="chip chip-wait">{ plural(lang, "editor.note.one", "editor.note.many", count) }</span>
            },
            (count, _) => html! {
                <span class="chip chip-bad">{ plural(lang, "editor.problem.one", "editor.problem.many", count) }</span>
            },
        };
        let tabs = files.iter().enumerate().map(|(index, name)| {
            let open = act.reform(move |_: MouseEvent| Action::File(index));
            let close = act.reform(move |_: MouseEvent| Action::CloseFile(index));
            html! {
                <span class={classes!("file", (index == file).then_some("file-active"))}>
                    <button type="button" class="file-name" title={name.to_string()} onclick={open} aria-pressed={(index == file).to_string()}>{ &**name }</button>
                    if index > 0 {
                        <button type="button" class="tool tool-small" onclick={close} aria-label={format!("{} {name}", t(lang, "app.close"))}>
                            { icon(Glyph::Close) }
                        </button>
                    }
                </span>
            }
        });
        html! {
            <div class="panel-head">
                <h2 id={self.page.id("editor-title")} class={(files.len() > 1).then_some("visually-hidden")}>{ t(lang, "panel.editor") }</h2>
                if files.len() > 1 { <span class="files">{ for tabs }</span> }
                <span aria-live="polite" class="state">{ state }</span>
                <span class="grow"></span>
                <label class="tool" title={t(lang, "editor.open")}>
                    { icon(Glyph::Open) }
                    <input type="file" class="visually-hidden" accept=".yaml,.yml,.json,text/*" aria-label={t(lang, "editor.open")}
                        onchange={ctx.link().callback(Msg::Files)} />
                </label>
                <button type="button" class={classes!("tool", self.shows_diff.then_some("tool-on"))} aria-pressed={self.shows_diff.to_string()}
                    onclick={ctx.link().callback(|_| Msg::Diff)} title={t(lang, "editor.diff.title")} aria-label={t(lang, "editor.diff")}>
                    { icon(Glyph::Diff) }
                </button>
                if !is_edited && !ctx.props().is_paused {
                    <button type="button" class="button" title={t(lang, "editor.plan.title")}
                        onclick={act.reform(|_: MouseEvent| Action::Plan(None))}>{ t(lang, "editor.plan") }</button>
                }
                if !ctx.props().is_paused {
                    <button type="button" class={classes!("button", "apply", (standing == Standing::Edited || is_edited).then_some("button-main"))}
                        onclick={act.reform(|_: MouseEvent| Action::Apply)}
                        title={t(lang, if is_edited { "editor.save.title" } else { "editor.apply.title" })}>
                        { t(lang, if is_edited { "editor.save" } else { "editor.apply" }) }
                    </button>
                }
            </div>
        }
    }

    fn view_message(&self, ctx: &Context<Self>) -> Html {
        let (lang, file) = (ctx.props().lang, ctx.props().file);
        html! {
            <div role="alert">
                if let Some(message) = &self.message { <p class="editor-message">{ message }</p> }
                if ctx.props().asks {
                    <p class="editor-message editor-question">
                        <span>{ t(lang, "editor.close.ask") }</span>
                        <button type="button" class="button button-main" onclick={ctx.props().act.reform(|_: MouseEvent| Action::Apply)}>{ t(lang, "editor.save") }</button>
                        <button type="button" class="button" onclick={ctx.props().act.reform(move |_: MouseEvent| Action::CloseFile(file))}>{ t(lang, "editor.close.drop") }</button>
                        <button type="button" class="button" onclick={ctx.props().act.reform(move |_: MouseEvent| Action::File(file))}>{ t(lang, "editor.close.stay") }</button>
                    </p>
                }
                if self.is_dragging { <p class="editor-message">{ t(lang, "editor.drop") }</p> }
            </div>
        }
    }

    fn view_text(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().lang;
        let link = ctx.link();
        let is_painted = self.text.len() <= PAINTED_MAX;
        let count = self.text.matches('\n').count() + 1;
        let rows = self.seen.rows(count);
        let lines = if is_painted { self.painted(rows.clone()) } else { Vec::new() };
        let digits = count.max(99).to_string().len();
        let lines = rows.zip(lines).map(|(at, line)| html! { <LineView key={at} number={at + 1} {line} /> });
        let has_problems = self.marks.iter().any(|mark| mark.severity == Severity::Error);
        html! {
            <div class="editor-scroll" onscroll={link.callback(|_| Msg::Scroll)}>
                <div class={classes!("layers", format!("digits-{digits}"), (!is_painted).then_some("layers-plain"))} ref={self.layers.clone()}>
                    <span class="probe" ref={self.probe.clone()} aria-hidden="true">{ "0000000000" }</span>
                    <div class="paint" ref={self.paint.clone()} aria-hidden="true">{ for lines }</div>
                    <textarea ref={self.area.clone()} class="area" wrap="off" spellcheck="false" autocapitalize="off"
                        autocomplete="off" aria-label={t(lang, "editor.label")} aria-describedby={self.page.id("editor-describe")}
                        aria-invalid={has_problems.to_string()}
                        oninput={link.callback(|_| Msg::Input)} onkeydown={link.callback(Msg::Key)}
                        onkeyup={link.callback(|_| Msg::Caret)} onclick={link.callback(|_| Msg::Caret)}
                        onfocus={link.callback(|_| Msg::Focus)} onblur={link.callback(|_| Msg::Focus)}
                        onmousemove={link.callback(Msg::Move)} onmouseleave={link.callback(|_| Msg::Leave)}
                        onpaste={link.callback(|event: Event| Msg::Paste(event))} />
                </div>
                <p id={self.page.id("editor-describe")} class="visually-hidden">{ t(lang, "editor.describe") }</p>
            </div>
        }
    }

    fn view_floats(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().lang;
        let popup = self.completion.as_ref().map(|(completion, active)| {
            html! {
                <div class="float float-popup">
                    <Popup id={self.page.id("editor-choices")} label={t(lang, "editor.completions")} items={completion.items.clone()} active={*active}
                        choose={ctx.link().callback(Msg::Choose)} />
                </div>
            }
        });
        let tip = self.hover.filter(|_| self.completion.is_none()).and_then(|row| {
            let marks = self.marks.iter().filter(|mark| mark.row == row).map(|mark| html! { <p class="s-bad">{ mark.text(lang) }</p> });
            let marks: Vec<Html> = marks.collect();
            let place = Place::at(&self.text, row);
            let doc = place.as_ref().and_then(|it| Some((it.path(), it.field()?.kind.explain_type(), it.doc(lang).unwrap_or_default())));
            if marks.is_empty() && doc.is_none() {
                return None;
            }
            let doc = doc.map(|(path, kind, doc)| html! { <><p><code>{ path }</code>{ " " }<span class="s-dim">{ kind }</span></p><p>{ doc }</p></> });
            Some(html! { <div class="float float-tip" role="tooltip">{ for marks }{ doc }</div> })
        });
        html! { <>{ popup }{ tip }</> }
    }

    /// What the field in the cursor's line means: the same help for the keyboard as for the pointer.
    fn view_doc(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().lang;
        let place = Place::at(&self.text, self.row);
        let field = place
            .as_ref()
            .and_then(|it| Some((it.path(), it.field()?.kind.explain_type(), it.doc(lang).unwrap_or_default())));
        html! {
            <div class="editor-doc">
                if let Some((path, kind, doc)) = field {
                    <p><code>{ path }</code>{ " " }<span class="s-dim">{ kind }</span></p>
                    <p class="editor-doc-text">{ doc }</p>
                } else {
                    <p class="s-dim">{ tf(lang, "editor.line", &[("line", &(self.row + 1).to_string())]) }</p>
                }
            </div>
        }
    }

    fn view_problems(&self, ctx: &Context<Self>) -> Html {
        if self.marks.is_empty() {
            return html! {};
        }
        let lang = ctx.props().lang;
        let items = self.marks.iter().enumerate().take(50).map(|(index, mark)| {
            let hint = mark.hint(lang);
            let class = if mark.severity == Severity::Error { "problem" } else { "problem problem-note" };
            let place = [("line", (mark.row + 1).to_string()), ("column", (mark.column + 1).to_string())];
            let place = tf(lang, "editor.place", &[(place[0].0, &place[0].1), (place[1].0, &place[1].1)]);
            html! {
                <li>
                    <button type="button" {class} onclick={ctx.link().callback(move |_| Msg::GoTo(index))}>
                        <span class="problem-place">{ place }</span>
                        <span>{ mark.text(lang) }</span>
                        if !hint.is_empty() {
                            <span class="problem-hint">{ tf(lang, "editor.hint", &[("hint", &hint)]) }</span>
                        }
                    </button>
                </li>
            }
        });
        html! { <ul class="problems" aria-label={t(lang, "editor.problems")}>{ for items }</ul> }
    }

    fn painted(&self, rows: Range<usize>) -> Vec<PaintedLine> {
        let places: Vec<_> = self.marks.iter().map(|mark| (mark.row, mark.range.clone())).collect();
        paint(&self.text, rows, &places)
    }

    fn check_soon(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.check = Some(Timeout::new(CHECK_AFTER_MS, move || link.send_message(Msg::Check)));
    }
}
