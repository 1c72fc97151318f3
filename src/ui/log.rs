//! What the animation shows, in sentences: one at most a second for screen readers, all of them in a list; holds no truth.

use super::drawing::labels::moment;
use super::inspector::causes::chain;
use super::props::PartProps;
use crate::explain::origin::Step;
use crate::i18n::scene::{say, word};
use crate::i18n::{Lang, causes};
use crate::model::{Key, Millis, Text};
use crate::playground::{Playground, Record};
use crate::scene::log_sentences::{Sentence, Story};
use crate::sorted::SharedMap;
use crate::state::Action;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// Older sentences are forgotten.
const SENTENCES_MAX: usize = 1500;
/// So many of the latest are listed.
const LISTED_MAX: usize = 200;
/// More news than this at once are counted, not read.
const READ_MAX: usize = 3;
/// More records than this at once are told later, when nothing moves.
const RECORDS_MAX: usize = 300;
/// How long after them, in milliseconds.
const LATER_MS: u32 = 250;
/// Faster than this, in thousandths of real time, nothing is read out.
const PACE_MAX: u32 = 4000;

/// The props of the log.
#[derive(Clone, PartialEq, Properties)]
pub struct LogProps {
    /// What is looked at.
    pub part: PartProps,
    /// Whether the list is shown.
    pub is_open: bool,
}

/// What happens to the log.
pub enum Msg {
    /// A second has gone by.
    Speak,
    /// A line of the list was clicked: why it happened is shown, or no more.
    Open(Key, Millis),
}

/// The log.
#[derive(Default)]
pub struct Log {
    story: Story,
    sentences: Vec<Sentence>,
    epoch: u32,
    branch: usize,
    seen: usize,
    /// How many of the latest sentences were not read out.
    unread: usize,
    /// The line whose way back is shown: the object, the moment, the steps.
    opened: Option<(Key, Millis, Vec<Step>)>,
    /// The lines behind what happened, as far as they were known when it was told.
    lines: SharedMap<(Key, Millis), Text>,
    spoken: String,
    /// Whether records wait to be told, and whether in silence.
    behind: Option<bool>,
    timer: Option<Timeout>,
}

impl Component for Log {
    type Message = Msg;
    type Properties = LogProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut live = Log::default();
        live.follow(ctx);
        live
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &LogProps) -> bool {
        let is_opened = ctx.props().is_open && self.behind.is_some();
        if ctx.props().part.lab != old.part.lab || is_opened {
            self.follow(ctx);
        }
        ctx.props().is_open || ctx.props().part.lang != old.part.lang || old.is_open
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if let Msg::Open(key, at) = msg {
            let is_same = self.opened.as_ref().is_some_and(|it| it.0 == key && it.1 == at);
            let steps = || ctx.props().part.lab.read().came(&key, at);
            self.opened = (!is_same).then(|| (key.clone(), at, steps()));
            return true;
        }
        self.timer = None;
        let mut is_longer = false;
        if let Some(is_silent) = self.behind.take() {
            let news = self.tell(&ctx.props().part.lab.read());
            self.unread += if is_silent { 0 } else { news };
            is_longer = ctx.props().is_open;
        }
        let news = std::mem::take(&mut self.unread);
        if news == 0 {
            return is_longer;
        }
        let lang = ctx.props().part.lang;
        let from = self.sentences.len().saturating_sub(news);
        let latest = self.sentences.get(from..).unwrap_or(&[]);
        let read = latest.get(latest.len().saturating_sub(READ_MAX)..).unwrap_or(&[]);
        let mut text: Vec<String> = read.iter().map(|sentence| sentence_in(lang, sentence)).collect();
        if news > read.len() {
            text.insert(0, say(lang, "say-more", &[("n", &(news - read.len()).to_string())]));
        }
        self.spoken = text.join(if lang == Lang::Ja { "" } else { " " });
        self.wait(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().part.lang;
        html! { <>
            <div class="visually-hidden" aria-live="polite">{ &self.spoken }</div>
            if ctx.props().is_open {
                <div class="live" role="group" aria-label={word(lang, "log")} tabindex="0">
                    { self.list(ctx) }
                </div>
            }
        </> }
    }
}

impl Log {
    fn list(&self, ctx: &Context<Self>) -> Html {
        let lang = ctx.props().part.lang;
        if self.sentences.is_empty() {
            return html! { <p>{ word(lang, "log-empty") }</p> };
        }
        let listed = self.sentences.iter().rev().take(LISTED_MAX).map(|sentence| {
            let (key, at) = (sentence.object.clone(), sentence.at);
            let opened = self.opened.as_ref().filter(|it| it.0 == key && it.1 == at);
            let line = self.lines.get(&(key.clone(), at)).filter(|_| opened.is_none());
            let deed = line.map(|line| causes::said(lang, "why.deed", &[("line", line)]));
            let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Open(key.clone(), at));
            html! {
                <li>
                    <time>{ moment(sentence.at) }</time>
                    <button type="button" {onclick} aria-expanded={opened.is_some().to_string()}>{ sentence_in(lang, sentence) }if let Some(deed) = deed { <small>{ "← " }{ deed }</small> }</button>
                    { opened.map(|(key, at, steps)| self.way_back(ctx, key, *at, steps)) }
                </li>
            }
        });
        html! { <ol>{ for listed }</ol> }
    }

    /// How it came, and the ways to look at it.
    fn way_back(&self, ctx: &Context<Self>, key: &Key, at: Millis, steps: &[Step]) -> Html {
        let PartProps { lang, act, .. } = &ctx.props().part;
        let (lang, key) = (*lang, key.clone());
        html! {
            <div class="live-why">
                { chain(steps, lang) }
                <button type="button" class="button" onclick={act.reform(move |_: MouseEvent| Action::Seek(at))}>{ word(lang, "log-go") }</button>
                <button type="button" class="button" onclick={act.reform(move |_: MouseEvent| Action::Select(Some(key.clone())))}>{ word(lang, "log-open") }</button>
            </div>
        }
    }

    /// Learns what has happened; after going back the story is told anew, in silence.
    fn follow(&mut self, ctx: &Context<Self>) {
        let part = &ctx.props().part;
        let playground = part.lab.read();
        let (branch, count) = (playground.current_branch(), playground.record_count());
        let epoch = part.lab.epoch();
        let is_silent = epoch != self.epoch || branch != self.branch || count < self.seen;
        let is_fast = part.pace.permille() > PACE_MAX;
        if is_silent {
            let timer = self.timer.take();
            // What is told anew was known before.
            let lines = if epoch == self.epoch && branch == self.branch {
                std::mem::take(&mut self.lines)
            } else {
                SharedMap::new()
            };
            *self = Log { epoch, branch, timer, lines, ..Log::default() };
        }
        if !ctx.props().is_open && (count - self.seen > RECORDS_MAX || self.behind.is_some()) {
            self.behind = Some(is_silent || is_fast || self.behind == Some(true));
            let link = ctx.link().clone();
            self.timer = Some(Timeout::new(LATER_MS, move || link.send_message(Msg::Speak)));
            return;
        }
        let is_silent = is_silent || self.behind.take() == Some(true);
        let news = self.tell(&playground);
        if !is_silent && !is_fast && news > 0 {
            self.unread += news;
            if self.timer.is_none() {
                let link = ctx.link().clone();
                self.timer = Some(Timeout::new(150, move || link.send_message(Msg::Speak)));
            }
        }
    }

    fn tell(&mut self, playground: &Playground) -> usize {
        let count = playground.record_count();
        let mut news = 0;
        for record in playground.records().get(self.seen..count).unwrap_or(&[]) {
            if let Record::Change(change) = record
                && let Some(sentence) = self.story.note(change)
            {
                let place = (sentence.object.clone(), sentence.at);
                if let Some(line) = playground.origins().line_behind(&place.0, place.1) {
                    self.lines.insert(place, line);
                }
                self.sentences.push(sentence);
                news += 1;
            }
        }
        if self.sentences.len() > SENTENCES_MAX {
            self.sentences.drain(..self.sentences.len() - SENTENCES_MAX);
            let first = self.sentences.first().map_or(Millis::ZERO, |sentence| sentence.at);
            self.lines.retain(|(_, at), _| *at >= first);
        }
        self.seen = count;
        news
    }

    /// The next words come in a second at the earliest.
    fn wait(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.timer = Some(Timeout::new(1000, move || link.send_message(Msg::Speak)));
    }
}

fn sentence_in(lang: Lang, sentence: &Sentence) -> String {
    let facts: Vec<(&str, &str)> = sentence.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say(lang, sentence.key, &facts)
}
