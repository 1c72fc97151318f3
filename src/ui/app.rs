//! The root component: owns the playground, carries out actions, lets time go on.

use super::inspector::Inspector;
use super::picture::Picture;
use super::stand_in::Playground;
use super::store::{Action, Frames, Lab, Pace, PartProps};
use super::timeline::Timeline;
use crate::i18n::Lang;
use crate::model::Key;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// The page's root component.
pub struct App {
    playground: Rc<RefCell<Playground>>,
    frames: Frames,
    act: Callback<Action>,
    lang: Lang,
    pace: Pace,
    selected: Option<Key>,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        App {
            playground: Rc::default(),
            frames: Frames::default(),
            act: ctx.link().callback(|action| action),
            lang: Lang::En,
            pace: Pace { is_playing: true, speed: 2, is_still: false },
            selected: None,
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, action: Action) -> bool {
        match action {
            Action::TogglePlay => self.pace.is_playing = !self.pace.is_playing,
            Action::Speed(speed) => self.pace.speed = speed,
            Action::Select(selected) => self.selected = selected,
            Action::Language(lang) => self.lang = lang,
            _ => return false,
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let part = PartProps {
            lab: Lab::new(&self.playground, &self.frames),
            lang: self.lang,
            selected: self.selected.clone(),
            pace: self.pace,
            act: self.act.clone(),
        };
        let inspector = self.selected.is_some().then(|| html! { <Inspector ..part.clone() /> });
        html! {
            <main class="app">
                <h1>{ "StatefulSet Lab" }</h1>
                <Picture ..part.clone() />
                <Timeline ..part.clone() />
                { inspector }
            </main>
        }
    }
}
