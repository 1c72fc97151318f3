//! A picture of one moment, for the page before its code is there and for files.

use super::stage::{Known, Stage};
use super::{Drawing, Mode, Touch, view_of};
use crate::i18n::Lang;
use crate::ui::props::Lab;
use yew::prelude::*;

/// Which picture.
#[derive(Clone, PartialEq, Properties)]
pub struct StillProps {
    /// What is looked at.
    pub lab: Lab,
    /// The language.
    pub lang: Lang,
    /// Which kind.
    pub mode: Mode,
    /// The size of its place, in pixels.
    pub size: (i32, i32),
}

/// The picture as it is drawn first in a place of this size.
#[component]
pub fn Still(props: &StillProps) -> Html {
    let playground = props.lab.read();
    let mut known = Known::default();
    known.follow(&playground, props.lab.epoch());
    let view = view_of(props.lang, props.size, 0, 100, 0);
    let mut stage = Stage::default();
    while let Some(source) = known.source(&playground) {
        if stage.show(props.mode.scene(source, &view), true) {
            break;
        }
    }
    let stop = stage.stop_near(None);
    let drawing = Drawing {
        stage: &stage,
        lab: &props.lab,
        lang: props.lang,
        scale: 100,
        is_still: false,
        selected: None,
        stop: stop.as_ref(),
        different: &[],
    };
    drawing.svg(Touch::default())
}
