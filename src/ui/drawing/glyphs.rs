//! The glyph of every phase, so that none is told by colour alone; draws them around a centre.

use crate::scene::style::{ClaimStyle, PodStyle};
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

/// The strokes of a pod's glyph in a small square, relative to its centre: without a transform of its own, as there
/// may be thousands.
pub fn small_strokes(style: PodStyle) -> &'static str {
    match style {
        PodStyle::Absent => "",
        PodStyle::Pending => "m-2.2 0h.1m2 0h.1m2 0h.1",
        PodStyle::Starting => "m-1.2 -2l3 2l-3 2z",
        PodStyle::NotReady => "m0 -2.4v2.8m0 1.8v.1",
        PodStyle::Ready => "m-2.2 .2l1.5 1.5l2.9 -3.2",
        PodStyle::Terminating => "m-2.2 0h4.4",
        PodStyle::Failing => "m-1.7 -1.7l3.4 3.4m0 -3.4l-3.4 3.4",
        PodStyle::Lost => "m-1.3 -1.2c.2 -1.3 2.6 -1.3 2.5 .2c-.1 .9 -1.2 .9 -1.2 1.8m0 1.4v.1",
        PodStyle::Done => "m-1.5 -1.5h3v3h-3z",
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
