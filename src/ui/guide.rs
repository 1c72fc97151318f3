//! The guide: what to try in the scenario, a step at a time, with the lines to type as buttons; holds no truth.

use super::icons::{Glyph, icon};
use crate::i18n::Lang;
use crate::i18n::guide::say;
use crate::i18n::ui::{t, tf};
use crate::playground::{SCENARIOS, Step, guide};
use crate::state::Action;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// Props of [`Guide`].
#[derive(Clone, PartialEq, Properties)]
pub struct GuideProps {
    /// The number of the scenario.
    pub scenario: usize,
    /// The page's language.
    pub lang: Lang,
    /// Where to ask for something.
    pub act: Callback<Action>,
}

/// What happens to the guide.
pub enum Msg {
    /// On to another step.
    Go(usize),
    /// A line was clicked.
    Run(usize),
}

/// The guide of a scenario.
pub struct Guide {
    steps: &'static [Step],
    step: usize,
    /// How many lines of each step were run: they are meant to be run in order.
    done: Vec<usize>,
    next: NodeRef,
}

impl Component for Guide {
    type Message = Msg;
    type Properties = GuideProps;

    fn create(ctx: &Context<Self>) -> Self {
        let steps = SCENARIOS.get(ctx.props().scenario).map_or(&[][..], |scenario| guide(scenario.id));
        Guide { steps, step: 0, done: vec![0; steps.len()], next: NodeRef::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &GuideProps) -> bool {
        if ctx.props().scenario != old.scenario {
            *self = <Guide as Component>::create(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Go(step) => self.step = step.min(self.steps.len().saturating_sub(1)),
            Msg::Run(number) => {
                let Some(line) = self.steps.get(self.step).and_then(|step| step.lines.get(number)) else {
                    return false;
                };
                self.done[self.step] = self.done[self.step].max(number + 1);
                ctx.props().act.emit(Action::Run((*line).to_string()));
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let GuideProps { lang, act, .. } = ctx.props().clone();
        let Some(step) = self.steps.get(self.step) else { return Html::default() };
        let done = self.done.get(self.step).copied().unwrap_or(0);
        let (number, count) = ((self.step + 1).to_string(), self.steps.len().to_string());
        let lines = step.lines.iter().enumerate().map(|(number, line)| {
            let class =
                classes!("guide-line", (number < done).then_some("is-done"), (number == done).then_some("is-next"),);
            let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Run(number));
            let node = if number == done { self.next.clone() } else { NodeRef::default() };
            html! {
                <button type="button" {class} {onclick} ref={node} title={t(lang, "guide.run")}>
                    { if number < done { icon(Glyph::Done) } else { icon(Glyph::Play) } }<code>{ *line }</code>
                </button>
            }
        });
        let is_done = done == step.lines.len();
        let go = |to: Option<usize>, glyph, name, is_main: bool| {
            let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Go(to.unwrap_or(0)));
            html! {
                <button type="button" class={classes!("tool", is_main.then_some("tool-main"))} {onclick} disabled={to.is_none()}
                    title={t(lang, name)} aria-label={t(lang, name)}>{ icon(glyph) }</button>
            }
        };
        let following = Some(self.step + 1).filter(|next| *next < self.steps.len());
        html! {
            <div role="group" class="guide" aria-label={t(lang, "guide.title")}>
                <div class="guide-body">
                    <p class="guide-text" aria-live="polite">
                        <span class="guide-count">{ tf(lang, "guide.step", &[("n", &number), ("all", &count)]) }</span>{ say(lang, step.key) }
                    </p>
                    <div class="guide-lines">{ for lines }</div>
                </div>
                <div class="guide-nav">
                    { go(self.step.checked_sub(1), Glyph::Before, "guide.before", false) }
                    { go(following, Glyph::After, "guide.next", is_done) }
                    <button type="button" class="tool" onclick={act.reform(|_: MouseEvent| Action::Guide(false))}
                        title={t(lang, "guide.close")} aria-label={t(lang, "guide.close")}>{ icon(Glyph::Close) }</button>
                </div>
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if first || self.done.iter().all(|done| *done == 0) {
            return;
        }
        if let Some(next) = self.next.cast::<Element>() {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            options.set_inline(ScrollLogicalPosition::Nearest);
            next.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }
}
