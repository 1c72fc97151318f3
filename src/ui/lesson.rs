//! The lesson that is taken: a step at a time, its lines as buttons, its goals, hints and answers; holds no truth but
//! which step is looked at.

use super::icons::{Glyph, icon};
use super::props::PartProps;
use crate::i18n::Lang;
use crate::i18n::ui::{t, tf};
use crate::playground::{Attempt, LessonStep, Question, Words};
use crate::scene::labels::moment;
use crate::state::{Action, LessonAction};
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Props of [`LessonPane`].
#[derive(Clone, PartialEq, Properties)]
pub struct LessonPaneProps {
    /// The lab.
    pub part: PartProps,
    /// The lesson; `None` while it is on its way.
    pub attempt: Option<Rc<Attempt>>,
    /// The lesson that comes next: its name and its title.
    pub following: Option<(Rc<str>, Words)>,
}

/// What stays in sight above an answer, in pixels.
const GAP: i32 = 8;

/// What happens to the pane.
pub enum Msg {
    /// Look at another step; behind the last one is the end.
    Go(usize),
    /// One more hint.
    Hint,
    /// Show the solution.
    Show,
    /// Choose another answer.
    Reconsider,
    /// An answer was chosen.
    Predicted,
}

/// The pane of the lesson.
pub struct LessonPane {
    step: usize,
    hints: usize,
    shows_solution: bool,
    /// The answer that was given is to be chosen anew.
    reconsiders: bool,
    title: NodeRef,
    answer: NodeRef,
    /// What has taken the place of a button that had the focus, and whether the focus is to go there.
    follower: NodeRef,
    is_following: bool,
    /// What holds the hints, and whether one was asked for.
    hint: NodeRef,
    is_hinting: bool,
    /// Whether the step that is looked at was done when it was drawn last.
    was_done: bool,
    has_turned: bool,
}

/// The lesson's name and the playground's number, by which another attempt is told apart.
fn attempted(props: &LessonPaneProps) -> Option<(&Rc<str>, u32)> {
    props.attempt.as_ref().map(|it| (&it.name, props.part.lab.epoch()))
}

impl Component for LessonPane {
    type Message = Msg;
    type Properties = LessonPaneProps;

    fn create(ctx: &Context<Self>) -> Self {
        let LessonPaneProps { attempt, part, .. } = ctx.props();
        let step = attempt.as_ref().map_or(0, |it| it.shown());
        if attempt.is_some() {
            part.act.emit(Action::Lesson(LessonAction::Look(step)));
        }
        LessonPane {
            step,
            hints: 0,
            shows_solution: false,
            reconsiders: false,
            title: NodeRef::default(),
            answer: NodeRef::default(),
            follower: NodeRef::default(),
            is_following: false,
            hint: NodeRef::default(),
            is_hinting: false,
            was_done: false,
            has_turned: false,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &LessonPaneProps) -> bool {
        if attempted(ctx.props()) != attempted(old) {
            *self = <LessonPane as Component>::create(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Go(step) => {
                ctx.props().part.act.emit(Action::Lesson(LessonAction::Look(step)));
                (self.step, self.hints, self.shows_solution) = (step, 0, false);
                (self.was_done, self.has_turned, self.reconsiders) = (true, true, false);
            }
            Msg::Hint => (self.hints, self.is_hinting) = (self.hints + 1, true),
            Msg::Show => (self.shows_solution, self.is_following) = (true, true),
            Msg::Reconsider => (self.reconsiders, self.is_following) = (true, true),
            Msg::Predicted => (self.reconsiders, self.is_following) = (false, true),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().part.lang;
        let Some(attempt) = &ctx.props().attempt else {
            return html! { <div role="group" class="guide" aria-label={t(lang, "guide.title")} aria-busy="true"></div> };
        };
        let body = match attempt.lesson.steps.get(self.step) {
            Some(step) => self.step(ctx, attempt, step),
            None => self.end(ctx, attempt),
        };
        html! {
            <div role="group" class="guide" aria-label={t(lang, "guide.title")}>
                { self.head(ctx, attempt) }
                { body }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        let focus = |node: &NodeRef| {
            if let Some(element) = node.cast::<HtmlElement>() {
                let _ = element.focus();
            }
        };
        if std::mem::take(&mut self.has_turned) {
            focus(&self.title);
        }
        // The button goes with the last hint, and the reader's place with it.
        if std::mem::take(&mut self.is_hinting) {
            focus(&self.hint);
        }
        let follower = [&self.follower, &self.answer].into_iter().find(|it| it.get().is_some());
        if self.is_following
            && let Some(follower) = follower
        {
            self.is_following = false;
            focus(follower);
        }
        let is_done = ctx.props().attempt.as_ref().is_some_and(|it| it.progress.step > self.step);
        if is_done
            && !std::mem::replace(&mut self.was_done, is_done)
            && let Some(answer) = self.answer.cast::<HtmlElement>()
        {
            // Only the step's own text moves.
            if let Some(scroll) = answer.offset_parent() {
                scroll.set_scroll_top(answer.offset_top() - GAP);
            }
        }
        self.was_done = is_done;
    }
}

impl LessonPane {
    fn head(&self, ctx: &Context<Self>, attempt: &Attempt) -> Html {
        let PartProps { lang, act, .. } = &ctx.props().part;
        let tool = |glyph, name, action: Action| {
            html! {
                <button type="button" class="tool" title={t(*lang, name)} aria-label={t(*lang, name)}
                    onclick={act.reform(move |_: MouseEvent| action.clone())}>{ icon(glyph) }</button>
            }
        };
        let all = attempt.lesson.steps.len();
        let marks = (0..all).map(|step| {
            let is_done = step < attempt.progress.step;
            html! { <i class={classes!(is_done.then_some("is-done"), (step == self.step).then_some("is-here"))}></i> }
        });
        html! {
            <>
                <div class="panel-head guide-head">
                    <h2 lang={lang.tag()}>{ attempt.lesson.title.say(*lang) }</h2>
                    <span class="grow"></span>
                    { tool(Glyph::Reset, "guide.again", Action::Lesson(LessonAction::Again)) }
                    { tool(Glyph::Guide, "keys.lessons", Action::Lesson(LessonAction::Gallery(true))) }
                    { tool(Glyph::Close, "guide.close", Action::Guide(false)) }
                </div>
                <div class="guide-marks" aria-hidden="true">{ for marks }</div>
            </>
        }
    }

    fn step(&self, ctx: &Context<Self>, attempt: &Attempt, step: &LessonStep) -> Html {
        let lang = ctx.props().part.lang;
        let is_done = attempt.progress.step > self.step;
        let (number, all) = ((self.step + 1).to_string(), attempt.lesson.steps.len().to_string());
        let waits_for_answer = step.question.is_some() && attempt.answer(self.step).is_none() && !is_done;
        html! {
            <>
                <div class="guide-scroll" key={self.step}>
                    <p class="guide-count">{ tf(lang, "guide.step", &[("n", &number), ("all", &all)]) }</p>
                    <h3 class="guide-title" tabindex="-1" ref={self.title.clone()}>{ step.title.say(lang) }</h3>
                    { paragraphs(step.text.say(lang)) }
                    { step.question.as_ref().map(|it| self.question(ctx, attempt, it, is_done)).unwrap_or_default() }
                    if !waits_for_answer {
                        { self.lines(ctx, &step.lines, step.offered(attempt.reached(self.step)).len()) }
                        { self.goals(lang, attempt, step) }
                        { self.help(ctx, step, is_done) }
                    }
                </div>
                { self.nav(ctx, attempt, is_done) }
            </>
        }
    }

    /// What was answered, what is right, and why.
    fn verdict(&self, part: &PartProps, question: &Question, given: Option<usize>) -> Html {
        let PartProps { lang, lab, .. } = part;
        let word = |answer: usize| question.answers.get(answer).map_or("", |it| it.0.say(*lang));
        let right = question.answers.iter().position(|it| it.1).unwrap_or(0);
        let playground = lab.read();
        let reasons: Vec<(String, String)> =
            playground.reasons(self.step).iter().map(|it| (moment(it.at()), it.say(*lang))).collect();
        let (key, class) = match given {
            None => ("guide.answer", "guide-verdict"),
            Some(given) if given == right => ("guide.right", "guide-verdict is-right"),
            Some(_) => ("guide.wrong", "guide-verdict is-wrong"),
        };
        let verdict = tf(*lang, key, &[("answer", word(right)), ("given", given.map_or("", word))]);
        html! {
            <div class="guide-asked" tabindex="-1" ref={self.answer.clone()}>
                <p class="guide-question">{ question.text.say(*lang) }</p>
                <p {class} role="status">{ verdict }</p>
                if !reasons.is_empty() {
                    <p>{ t(*lang, "guide.because") }</p>
                    <ul class="guide-reasons">
                        { for reasons.into_iter().map(|(at, words)| html! { <li><time>{ at }</time>{ words }</li> }) }
                    </ul>
                }
            </div>
        }
    }

    fn question(&self, ctx: &Context<Self>, attempt: &Attempt, question: &Question, is_done: bool) -> Html {
        let PartProps { lang, act, .. } = &ctx.props().part;
        let given = attempt.answer(self.step);
        let word = |answer: usize| question.answers.get(answer).map_or("", |it| it.0.say(*lang));
        if is_done {
            return self.verdict(&ctx.props().part, question, given);
        }
        if let Some(given) = given.filter(|_| !self.reconsiders) {
            let change = ctx.link().callback(|_: MouseEvent| Msg::Reconsider);
            return html! {
                <div class="guide-asked guide-given" tabindex="-1" ref={self.follower.clone()}>
                    <p role="status">{ tf(*lang, "guide.predicted", &[("answer", word(given))]) }</p>
                    <button type="button" class="button" onclick={change}>{ t(*lang, "guide.change") }</button>
                </div>
            };
        }
        let answers = question.answers.iter().enumerate().map(|(number, (words, _))| {
            let step = self.step;
            let (act, link) = (act.clone(), ctx.link().clone());
            let onclick = Callback::from(move |_: MouseEvent| {
                act.emit(Action::Lesson(LessonAction::Predict(step, number)));
                link.send_message(Msg::Predicted);
            });
            let is_given = given == Some(number);
            html! {
                <button type="button" class={classes!("guide-choice", is_given.then_some("is-given"))}
                    aria-pressed={is_given.to_string()} {onclick}>{ words.say(*lang) }</button>
            }
        });
        html! {
            <div class="guide-asked" role="group" aria-label={t(*lang, "guide.question")} tabindex="-1"
                ref={if self.reconsiders { self.follower.clone() } else { NodeRef::default() }}>
                <p class="guide-question">{ question.text.say(*lang) }</p>
                <div class="guide-choices">{ for answers }</div>

            </div>
        }
    }

    /// Lines as buttons; those behind the first `offered` come when more goals are reached.
    fn lines(&self, ctx: &Context<Self>, lines: &[String], offered: usize) -> Html {
        if lines.is_empty() {
            return Html::default();
        }
        let PartProps { lang, act, lab, .. } = &ctx.props().part;
        let run = lab.read().lines_run(self.step, lines);
        let next = run.iter().position(|is_run| !is_run);
        let buttons = lines.iter().zip(&run).enumerate().map(|(number, (line, is_run))| {
            let is_later = number >= offered;
            let is_next = Some(number) == next && !is_later;
            let class = classes!("guide-line", is_run.then_some("is-done"), is_next.then_some("is-next"));
            let (asked, act) = (line.clone(), act.clone());
            let onclick = Callback::from(move |_: MouseEvent| {
                if !is_later {
                    act.emit(Action::Run(asked.clone()));
                }
            });
            let title = t(
                *lang,
                match (is_later, *is_run) {
                    (true, _) => "guide.later",
                    (false, true) => "guide.ran",
                    (false, false) => "guide.run",
                },
            );
            html! {
                <button type="button" {class} {onclick} {title} aria-disabled={is_later.to_string()}>
                    { icon(if *is_run { Glyph::Done } else { Glyph::Play }) }<code>{ line }</code>
                </button>
            }
        });
        html! { <div class="guide-lines">{ for buttons }</div> }
    }

    fn goals(&self, lang: Lang, attempt: &Attempt, step: &LessonStep) -> Html {
        let reached = attempt.reached(self.step);
        let goals = step.goals.iter().enumerate().map(|(number, goal)| {
            let is_reached = number < reached;
            let state = t(lang, if is_reached { "guide.reached" } else { "guide.open" });
            html! {
                <li class={classes!("guide-goal", is_reached.then_some("is-done"))}>
                    <span class="guide-box" aria-hidden="true">if is_reached { { icon(Glyph::Done) } }</span>
                    <span>{ goal.say(lang) }<span class="visually-hidden">{ format!(" ({state})") }</span></span>
                </li>
            }
        });
        html! {
            <>
                <p class="guide-label">{ t(lang, "guide.goals") }</p>
                <ul class="guide-goals">{ for goals }</ul>
            </>
        }
    }

    fn help(&self, ctx: &Context<Self>, step: &LessonStep, is_done: bool) -> Html {
        let lang = ctx.props().part.lang;
        let hints =
            step.hints.iter().take(self.hints).map(|hint| html! { <p class="guide-hint">{ code(hint.say(lang)) }</p> });
        let has_more = self.hints < step.hints.len() && !is_done;
        let has_solution = step.solution != step.lines && !self.shows_solution && !is_done;
        let more = if self.hints == 0 { "guide.hint" } else { "guide.hint.more" };
        html! {
            <>
                <div aria-live="polite" tabindex="-1" ref={self.hint.clone()}>{ for hints }</div>
                if self.shows_solution {
                    <div tabindex="-1" ref={self.follower.clone()}>
                        <p class="guide-label">{ t(lang, "guide.solution") }</p>
                        { self.lines(ctx, &step.solution, step.solution.len()) }
                    </div>
                }
                if has_more || has_solution {
                    <div class="guide-help">
                        if has_more {
                            <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Msg::Hint)}>{ t(lang, more) }</button>
                        }
                        if has_solution {
                            <button type="button" class="button" onclick={ctx.link().callback(|_: MouseEvent| Msg::Show)}>{ t(lang, "guide.show") }</button>
                        }
                    </div>
                }
            </>
        }
    }

    fn nav(&self, ctx: &Context<Self>, attempt: &Attempt, is_done: bool) -> Html {
        let PartProps { lang, act, lab, .. } = &ctx.props().part;
        let (step, is_last) = (self.step, self.step + 1 == attempt.lesson.steps.len());
        let is_underway = !is_done && attempt.progress.step == step && lab.read().is_underway();
        let next = ctx.link().batch_callback(move |_: MouseEvent| is_done.then_some(Msg::Go(step + 1)));
        let wait = act.reform(|_: MouseEvent| Action::Lesson(LessonAction::UntilGoal));
        html! {
            <div class="guide-nav">
                if let Some(before) = self.step.checked_sub(1) {
                    <button type="button" class="button" onclick={ctx.link().callback(move |_: MouseEvent| Msg::Go(before))}>{ t(*lang, "guide.before") }</button>
                }
                <span class="guide-status" role="status">{ if is_done { t(*lang, "guide.done") } else { "" } }</span>
                if is_underway {
                    <button type="button" class="button guide-wait" onclick={wait} title={t(*lang, "guide.wait.title")}>{ icon(Glyph::Skip) }{ t(*lang, "guide.wait") }</button>
                }
                <button type="button" class={classes!("button", "guide-next", is_done.then_some("button-main"))} aria-disabled={(!is_done).to_string()}
                    onclick={next}>{ t(*lang, if is_last { "guide.finish" } else { "guide.next" }) }</button>
            </div>
        }
    }

    fn end(&self, ctx: &Context<Self>, attempt: &Attempt) -> Html {
        let PartProps { lang, act, .. } = &ctx.props().part;
        let steps = &attempt.lesson.steps;
        let learned: Vec<&Words> = match attempt.lesson.learned.is_empty() {
            true => steps.iter().map(|step| &step.title).collect(),
            false => attempt.lesson.learned.iter().collect(),
        };
        let following = ctx.props().following.as_ref().map(|(name, title)| {
            let name = Rc::clone(name);
            let onclick = act.reform(move |_: MouseEvent| Action::Lesson(LessonAction::Fetch(Rc::clone(&name))));
            html! {
                <>
                    <p class="guide-label">{ t(*lang, "guide.following") }</p>
                    <button type="button" class="button button-main guide-following" {onclick}>{ title.say(*lang) }{ icon(Glyph::After) }</button>
                </>
            }
        });
        let before = steps.len().saturating_sub(1);
        let gallery = act.reform(|_: MouseEvent| Action::Lesson(LessonAction::Gallery(true)));
        html! {
            <>
                <div class="guide-scroll" key="end">
                    <h3 class="guide-title" tabindex="-1" ref={self.title.clone()}>{ t(*lang, "guide.ended") }</h3>
                    <p class="guide-label">{ t(*lang, "guide.learned") }</p>
                    <ul class="guide-learned">{ for learned.iter().map(|it| html! { <li>{ icon(Glyph::Done) }<span>{ code(it.say(*lang)) }</span></li> }) }</ul>
                    { following }
                </div>
                <div class="guide-nav">
                    <button type="button" class="button" onclick={ctx.link().callback(move |_: MouseEvent| Msg::Go(before))}>{ t(*lang, "guide.before") }</button>
                    <span class="guide-status"></span>
                    <button type="button" class="button" onclick={gallery}>{ t(*lang, "keys.lessons") }</button>
                </div>
            </>
        }
    }
}

/// A text's paragraphs.
fn paragraphs(text: &str) -> Html {
    text.split("\n\n").map(|it| html! { <p>{ code(it) }</p> }).collect()
}

/// A text with what stands between backticks as code.
fn code(text: &str) -> Html {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(at, piece)| {
            if at % 2 == 1 {
                html! { <code>{ piece }</code> }
            } else {
                html! { piece }
            }
        })
        .collect()
}
