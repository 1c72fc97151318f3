//! The glyph of every phase, so that none is told by colour alone; draws them around a centre.

use crate::scene::phase::{ClaimStyle, PodStyle};
use yew::prelude::*;

/// The strokes of a pod's glyph in a square from -5 to 5.
pub fn strokes(style: PodStyle) -> &'static str {
    match style {
        PodStyle::Absent => "",
        PodStyle::Pending => "M-3.4 0h.1M0 0h.1M3.4 0h.1",
        PodStyle::Starting => "M-2 -3.6L3.6 0L-2 3.6Z",
        PodStyle::NotReady => "M0 -4V.8M0 3.8v.1",
        PodStyle::Ready => "M-4 .4L-1.2 3.2L4 -2.8",
        PodStyle::Terminating => "M-4 0H4",
        PodStyle::Failing => "M-3 -3L3 3M3 -3L-3 3",
        PodStyle::Lost => "M-2.4 -2.2C-2 -4.6 2.6 -4.6 2.4 -1.8C2.2 0 0 0 0 1.6M0 4.2v.1",
        PodStyle::Done => "M-2.6 -2.6H2.6V2.6H-2.6Z",
    }
}

fn claim_strokes(style: ClaimStyle) -> &'static str {
    match style {
        ClaimStyle::Pending => "M-3.4 0h.1M0 0h.1M3.4 0h.1",
        ClaimStyle::Bound => "M-3.6 -1H3.6M-3.6 2H3.6",
        ClaimStyle::Terminating => "M-4 0H4",
        ClaimStyle::Lost => "M-3 -3L3 3M3 -3L-3 3",
    }
}

fn glyph(d: &'static str, x: i32, y: i32, radius: i32) -> Html {
    // Tenths without floats: the strokes fill a radius of 8.
    let scale = format!("{}.{:03}", radius / 8, radius % 8 * 125);
    html! {
        <g class="glyph" transform={format!("translate({x} {y}) scale({scale})")}>
            <circle r="8" />
            <path {d} />
        </g>
    }
}

/// A pod's glyph.
pub fn pod_glyph(style: PodStyle, x: i32, y: i32, radius: i32) -> Html {
    glyph(strokes(style), x, y, radius)
}

/// A claim's glyph.
pub fn claim_glyph(style: ClaimStyle, x: i32, y: i32, radius: i32) -> Html {
    glyph(claim_strokes(style), x, y, radius)
}
