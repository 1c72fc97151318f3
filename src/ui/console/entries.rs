//! The console's lines: what was typed and what was said.

use crate::i18n::Lang;
use crate::i18n::plural::number;
use crate::i18n::ui::{t, tf};
use crate::kubectl::{Line, Output, Stream, Style};
use crate::model::Key;
use crate::playground::Entry;
use crate::state::Action;
use std::rc::Rc;
use yew::prelude::*;

pub(super) fn entry_text(entry: &Entry) -> String {
    match entry {
        Entry::Typed { prompt, text, .. } => format!("{prompt}{text}\n"),
        Entry::Said { output, .. } => output.lines.iter().map(|line| line.marked() + "\n").collect(),
    }
}

#[derive(Clone)]
pub(super) struct Shared(pub(super) Rc<Entry>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct EntryProps {
    pub(super) entry: Shared,
    pub(super) lang: Lang,
    pub(super) act: Callback<Action>,
}

#[component]
pub(super) fn EntryView(props: &EntryProps) -> Html {
    let is_open = use_state(|| false);
    match &*props.entry.0 {
        Entry::Typed { at, prompt, text } => html! {
            <div class="typed" title={at.to_string()}><span class="prompt">{ prompt }</span>{ text }</div>
        },
        Entry::Said { output, .. } if output.lines.len() > FOLDED_FROM && !*is_open => {
            let hidden = number((output.lines.len() - FOLDED_TO) as i64);
            html! { <>
                { view_output(output, FOLDED_TO, &props.act) }
                { fold(&is_open, tf(props.lang, "console.all", &[("count", &hidden)])) }
            </> }
        }
        Entry::Said { output, .. } => html! { <>
            { view_output(output, usize::MAX, &props.act) }
            if output.lines.len() > FOLDED_FROM { { fold(&is_open, t(props.lang, "console.less").to_string()) } }
        </> },
    }
}

/// The button below a long output that shows all of it, or less again.
fn fold(is_open: &UseStateHandle<bool>, text: String) -> Html {
    let is_open = is_open.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        is_open.set(!*is_open);
    });
    html! { <button type="button" class="button fold" {onclick}>{ text }</button> }
}

/// Output of more lines than the first is folded to the second.
const FOLDED_FROM: usize = 60;
const FOLDED_TO: usize = 40;

/// So many lines are drawn together; in a long output each block is laid out only while it is seen.
const BLOCK: usize = 100;

fn view_output(output: &Output, most: usize, act: &Callback<Action>) -> Html {
    let lines = output.lines.get(..most).unwrap_or(&output.lines);
    // By the whole output's length: what is seen stays where it is when the rest is shown.
    if output.lines.len() <= 2 * BLOCK {
        return html! { <div class="said">{ for lines.iter().map(|line| view_said(line, act)) }</div> };
    }
    let blocks = lines.chunks(BLOCK).map(|lines| html! { <div class="lines">{ view_block(lines, act) }</div> });
    html! { <div class="said">{ for blocks }</div> }
}

/// Lines that mean nothing special are one text: a long output is a few elements.
fn view_block(lines: &[Line], act: &Callback<Action>) -> Html {
    let is_plain = |line: &Line| line.job == 0 && line.spans.iter().all(|span| span.style == Style::Plain);
    let runs = lines.chunk_by(|a, b| is_plain(a) && is_plain(b) && a.stream == b.stream);
    let view = |run: &[Line]| match run {
        [line] => view_said(line, act),
        run => {
            let text = |line: &Line| if line.spans.is_empty() { "\u{200b}".to_string() } else { line.text() };
            let text = run.iter().map(text).collect::<Vec<_>>().join("\n");
            html! { <div class={class_of(run.first().map_or(Stream::Out, |line| line.stream))}>{ text }</div> }
        }
    };
    runs.map(view).collect()
}

fn class_of(stream: Stream) -> &'static str {
    match stream {
        Stream::Out => "line",
        Stream::Err => "line line-err",
        Stream::Hint => "line line-hint",
    }
}

fn view_said(line: &Line, act: &Callback<Action>) -> Html {
    let spans = line.spans.iter().map(|span| view_span(&span.text, &span.style, act));
    let job = (line.job > 0).then(|| html! { <span class="console-mark">{ format!("[{}] ", line.job) }</span> });
    html! {
        <div class={class_of(line.stream)}>{ job }{ for spans }{ if line.spans.is_empty() { "\u{200b}" } else { "" } }</div>
    }
}

fn view_span(text: &str, style: &Style, act: &Callback<Action>) -> Html {
    let class = match style {
        Style::Plain => return html! { { text } },
        Style::Name { kind, namespace, name } => {
            let key = Key::new(*kind, namespace.clone(), name.clone());
            let act = act.clone();
            let onclick = Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                act.emit(Action::Select(Some(key.clone())));
            });
            return html! { <button type="button" class="name" tabindex="-1" {onclick}>{ text }</button> };
        }
        Style::Header => "s-header",
        Style::Good => "s-good",
        Style::Warn => "s-warn",
        Style::Bad => "s-bad",
        Style::Dim => "s-dim",
    };
    html! { <span {class}>{ text }</span> }
}
