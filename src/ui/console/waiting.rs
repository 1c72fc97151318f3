//! What stands below the lines: what waits, what runs behind the prompt, what was typed ahead.

use super::TerminalProps;
use crate::i18n::ui::{t, tf};
use crate::state::Action;
use crate::ui::icons::{Glyph, icon};
use yew::prelude::*;

/// The command that waits: its name, and the two ways out.
pub(super) fn view_waiting(props: &TerminalProps) -> Html {
    let Some(waiting) = &props.waiting else { return Html::default() };
    let lang = props.lang;
    let key = if props.is_playing { "console.waiting" } else { "console.waiting.paused" };
    let name = tf(lang, key, &[("line", &waiting.line)]);
    html! {
        <>
            <span class="chip chip-wait console-waits" title={name.clone()}>{ name }</span>
            <button type="button" class="button" onclick={props.act.reform(|_: MouseEvent| Action::Background)}
                title={t(lang, "console.background")}>{ "&" }</button>
            <button type="button" class="button" onclick={props.act.reform(|_: MouseEvent| Action::Interrupt)}
                title={t(lang, "console.interrupt")}>{ "Ctrl+C" }</button>
        </>
    }
}

/// The commands in the background, each with a button that ends it.
pub(super) fn view_jobs(props: &TerminalProps) -> Html {
    let jobs = props.jobs.iter().map(|(number, line)| {
        let (number, name) = (*number, tf(props.lang, "console.job.end", &[("line", line)]));
        html! {
            <button type="button" class="chip console-job" title={name.clone()} aria-label={name}
                onclick={props.act.reform(move |_: MouseEvent| Action::EndJob(number))}>
                <b>{ format!("[{number}]") }</b><code>{ line }</code>{ icon(Glyph::Close) }
            </button>
        }
    });
    html! { <>{ for jobs }</> }
}

/// The lines that run once the command in the foreground has ended.
pub(super) fn view_queued(props: &TerminalProps) -> Html {
    let (lang, queued) = (props.lang, &props.queued);
    if queued.is_empty() {
        return Html::default();
    }
    let line = props.waiting.as_ref().map_or("", |waiting| waiting.line.as_str());
    let lines = queued.iter().map(|line| html! { <li>{ line }</li> });
    html! {
        <div class="console-queue" role="status">
            <p>{ tf(lang, "console.queued", &[("line", line)]) }
                <button type="button" class="button" onclick={props.act.reform(|_: MouseEvent| Action::Background)}>{ t(lang, "console.queue.now") }</button>
                <button type="button" class="button" onclick={props.act.reform(|_: MouseEvent| Action::ForgetQueued)}>{ t(lang, "console.queue.forget") }</button>
            </p>
            <ol>{ for lines }</ol>
        </div>
    }
}
