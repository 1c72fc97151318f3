//! The page's icons: one path each on a grid of 16; always beside or behind a name in words.

use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named by what it is for")]
pub enum Glyph {
    Play,
    Pause,
    Step,
    Back,
    Skip,
    Undo,
    Reset,
    Sun,
    Moon,
    System,
    Help,
    Share,
    Close,
    Copy,
    Clear,
    Open,
    Diff,
    Pencil,
    Picture,
    Editor,
    Console,
    Inspector,
    Guide,
    Done,
    After,
    Add,
    Save,
    Sessions,
    Menu,
    Beside,
    Gates,
}

/// An icon; hidden from screen readers.
pub fn icon(glyph: Glyph) -> Html {
    let path = match glyph {
        Glyph::Play => "M5 3.2v9.6L12.6 8z",
        Glyph::Pause => "M4.5 3.5h2.4v9H4.5zM9.1 3.5h2.4v9H9.1z",
        Glyph::Step => "M3.6 3.6v8.8L10 8zM11 3.6h1.7v8.8H11z",
        Glyph::Back => "M12.4 3.6v8.8L6 8zM3.3 3.6H5v8.8H3.3z",
        Glyph::Skip => "M1.8 3.8v8.4L7 8zM7.2 3.8v8.4L12.4 8zM12.6 3.8h1.6v8.4h-1.6z",
        Glyph::Undo => "M6.2 2.4 2.6 6l3.6 3.6V7.1h3.1a2.6 2.6 0 0 1 0 5.2H5.2v1.5h4.1a4.1 4.1 0 0 0 0-8.2H6.2z",
        Glyph::Share => {
            "M11.5 1.5a2.5 2.5 0 1 1-2 4L6.4 7.2a2.5 2.5 0 0 1 0 1.6l3.1 1.7a2.5 2.5 0 1 1-.7 1.3L5.7 10.1a2.5 2.5 0 1 1 0-4.2l3.1-1.7a2.5 2.5 0 0 1 2.7-2.7z"
        }
        Glyph::Reset => "M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.4.5A4 4 0 1 0 8 4v2L4.9 3.2 8 .5z",
        Glyph::Sun => {
            "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM7.3 1h1.4v2.2H7.3zM7.3 12.8h1.4V15H7.3zM1 7.3h2.2v1.4H1zM12.8 7.3H15v1.4h-2.2zM2.6 3.6l1-1 1.5 1.6-1 1zM10.9 11.8l1-1 1.5 1.6-1 1zM3.6 13.4l-1-1 1.5-1.6 1 1zM11.9 5.2l-1-1 1.5-1.6 1 1z"
        }
        Glyph::Moon => "M6.6 2a5.3 5.3 0 0 0 7.3 7.2A6.2 6.2 0 1 1 6.6 2z",
        Glyph::System => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zm0 1.5v9.4a4.7 4.7 0 0 1 0-9.4z",
        Glyph::Help => {
            "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3zm-.1 1.6c-1.4 0-2.3.8-2.4 2h1.4c.1-.5.4-.8 1-.8.5 0 .9.3.9.8 0 .4-.2.6-.7.9-.7.4-1 .8-1 1.6v.2h1.4v-.2c0-.4.1-.6.7-.9.7-.4 1.1-.9 1.1-1.7 0-1.1-1-1.9-2.4-1.9zM7.8 10a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6z"
        }
        Glyph::Close => "m4.2 3.2 3.8 3.7 3.8-3.7 1 1L9 8l3.8 3.8-1 1L8 9l-3.8 3.8-1-1L6.9 8 3.2 4.2z",
        Glyph::Copy => {
            "M5.5 1.8h7.2c.6 0 1 .4 1 1V10h-1.5V3.3H5.5zM3.3 4.8h6.9c.6 0 1 .4 1 1v7.4c0 .6-.4 1-1 1H3.3c-.6 0-1-.4-1-1V5.8c0-.6.4-1 1-1zm.5 1.5v6.4h5.9V6.3z"
        }
        Glyph::Clear => {
            "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zm0 1.5c1 0 2 .3 2.8.9l-6.6 6.6A4.7 4.7 0 0 1 8 3.3zm3.8 1.9a4.7 4.7 0 0 1-6.6 6.6z"
        }
        Glyph::Open => "M1.8 3.2h4.4l1.4 1.6h6.6v8H1.8zm1.5 1.5v6.6h9.4V6.3H7L5.6 4.7z",
        Glyph::Diff => "M7.2 2h1.5v3h3v1.5h-3v3H7.2v-3h-3V5h3zM4.2 12h7.5v1.5H4.2z",
        Glyph::Pencil => "M11.2 1.9 14 4.7 5.6 13.2l-3.6.8.8-3.6zm0 2.1-7 7-.3 1.1 1.1-.3 7-7z",
        Glyph::Picture => {
            "M2 2.5h3.4v11H2zM6.3 2.5h3.4v11H6.3zM10.6 2.5H14v11h-3.4zM3.2 4v2h1V4zm4.3 0v2h1V4zm4.3 0v2h1V4z"
        }
        Glyph::Editor => "M2.5 3h11v1.5h-11zM4.5 6.1h9v1.5h-9zM4.5 9.2h7v1.5h-7zM2.5 12.3h8v1.5h-8z",
        Glyph::Console => {
            "M1.8 2.8h12.4v10.4H1.8zm1.5 1.5v7.4h9.4V4.3zm1.2 1.5 1-1 2.8 2.7-2.8 2.7-1-1 1.7-1.7zM8.4 9.6h3.1V11H8.4z"
        }
        Glyph::Inspector => {
            "M6.8 1.8a5 5 0 0 1 4 8l3.4 3.4-1 1-3.4-3.3a5 5 0 1 1-3-9.1zm0 1.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z"
        }
        Glyph::Guide => {
            "M2 2.8h4.2c.7 0 1.4.3 1.8.8.4-.5 1.1-.8 1.8-.8H14v9.8H9.8c-.7 0-1.2.3-1.8.9-.6-.6-1.1-.9-1.8-.9H2zm1.5 1.5v6.8h2.7c.4 0 .7.1 1.1.2V5c0-.4-.4-.7-1.1-.7zm9 0H9.8c-.7 0-1.1.3-1.1.7v6.3c.4-.1.7-.2 1.1-.2h2.7z"
        }
        Glyph::Done => "m2.6 8.6 1.1-1.1 2.7 2.7 6-6.1 1.1 1.1-7.1 7.2z",
        Glyph::Add => "M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z",
        Glyph::Save => "M7.2 1.8h1.6v6.1l2-2 1.1 1.1L8 10.9 4.1 7l1.1-1.1 2 2zM2.5 11.2H4v1.8h8v-1.8h1.5v3.3h-11z",
        Glyph::Sessions => {
            "M8 1.8a6.2 6.2 0 1 1-6 7.8l1.5-.4A4.7 4.7 0 1 0 4.4 5H6.2v1.5H1.8V2h1.5v1.8A6.2 6.2 0 0 1 8 1.8zM7.3 4.6h1.5v3.2l2.2 1.3-.8 1.3-2.9-1.8z"
        }
        Glyph::Menu => {
            "M3 6.6a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8z"
        }
        Glyph::Gates => {
            "M4.5 3h7a2.5 2.5 0 0 1 0 5h-7a2.5 2.5 0 0 1 0-5zm7 1.2a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zM4.5 9h7a2.5 2.5 0 0 1 0 5h-7a2.5 2.5 0 0 1 0-5zm0 1.2a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z"
        }
        Glyph::Beside => "M1.8 2.8h12.4v10.4H1.8zm1.5 1.5v7.4h4V4.3zm5.5 0v7.4h3.9V4.3z",
        Glyph::After => "M5.7 2.9 4.6 4l4 4-4 4 1.1 1.1L10.8 8z",
    };
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={path} fill-rule="evenodd" />
        </svg>
    }
}
