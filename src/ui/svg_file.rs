//! A picture as a file of its own: markup and style sheet become one SVG that needs nothing else; knows no browser.
//!
//! Both themes are in it: where the style sheet says `light-dark(a, b)`, the file says `a`, and `b` under
//! `prefers-color-scheme: dark`, which more programs understand.

use std::fmt::Write as _;

#[cfg(feature = "render")]
pub use rendering::{Moment, first_pictures, lesson_picture, svg_of};

/// The rules of the picture; the page has them from the same file.
const STYLE: &str = include_str!("../../www/picture.css");

/// What only the page needs: the file neither moves nor can be touched.
const LEFT_OUT: &[&str] = &["animation", "transition", "cursor", "user-select", "-webkit-user-select", "outline"];

/// Attributes for the keyboard and for screen readers that make no sense in a still picture.
const ATTRIBUTES: &[&str] = &["tabindex", "role", "aria-pressed", "aria-hidden", "data-key"];

/// The file: `markup` is the picture's `svg` element as a browser or Yew writes it.
pub fn svg_file(markup: &str, title: &str, description: &str) -> String {
    let (open, content) = markup.split_once('>').unwrap_or((markup, ""));
    let open =
        without_attributes(open, &["aria-label"]).replacen("<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"", 1);
    let mut out = format!("{open} role=\"img\" aria-labelledby=\"title description\">\n");
    _ = writeln!(out, "<title id=\"title\">{}</title>", escape(title));
    _ = writeln!(out, "<desc id=\"description\">{}</desc>", escape(description));
    _ = writeln!(out, "<style>\n{}</style>", style());
    out.push_str("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
    out.push_str(&without_attributes(content, &[]).replace("&nbsp;", "&#160;"));
    out.push('\n');
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The markup without the attributes that only a page needs.
fn without_attributes(markup: &str, more: &[&str]) -> String {
    let mut out = markup.to_string();
    for name in ATTRIBUTES.iter().chain(more) {
        let start = format!(" {name}=\"");
        let mut kept = String::with_capacity(out.len());
        let mut pieces = out.split(&start);
        kept.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            // What follows the attribute's value.
            kept.push_str(piece.split_once('"').map_or("", |it| it.1));
        }
        out = kept;
    }
    out
}

/// The style sheet of a file, light and dark.
fn style() -> String {
    let rules = rules(STYLE);
    let mut out = String::from(".paper { fill: var(--paper); }\n");
    for rule in &rules {
        rule.write(&mut out, false);
    }
    out.push_str("@media (prefers-color-scheme: dark) {\n");
    for rule in &rules {
        rule.write(&mut out, true);
    }
    out.push_str("}\n");
    out
}

struct Rule<'a> {
    selector: String,
    declarations: Vec<(&'a str, &'a str)>,
}

impl Rule<'_> {
    /// Writes the rule for one theme; for the dark one only what differs.
    fn write(&self, out: &mut String, is_dark: bool) {
        let differs = |value: &str| value.contains("light-dark(");
        let mut declarations = self.declarations.iter().filter(|(_, value)| !is_dark || differs(value)).peekable();
        if declarations.peek().is_none() {
            return;
        }
        _ = write!(out, "{} {{", self.selector);
        for (name, value) in declarations {
            _ = write!(out, " {name}: {};", in_theme(value, is_dark));
        }
        out.push_str(" }\n");
    }
}

/// A value with one side of each `light-dark()`.
fn in_theme(value: &str, is_dark: bool) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, from)) = rest.split_once("light-dark(") {
        out.push_str(before);
        let mut depth = 0;
        let mut comma = None;
        let mut end = from.len();
        for (at, c) in from.char_indices() {
            match c {
                '(' => depth += 1,
                ',' if depth == 0 && comma.is_none() => comma = Some(at),
                ')' if depth == 0 => {
                    end = at;
                    break;
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        let sides = from.get(..end).unwrap_or_default().split_at(comma.unwrap_or(end));
        out.push_str(if is_dark { sides.1.trim_start_matches(',') } else { sides.0 }.trim());
        rest = from.get(end + 1..).unwrap_or_default();
    }
    out + rest
}

/// The rules below `.lab` that a scene needs.
fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let Some(inside) = blocks(sheet).into_iter().find(|(prelude, _)| *prelude == ".lab").map(|it| it.1) else {
        return Vec::new();
    };
    blocks(inside).into_iter().filter_map(|(prelude, body)| rule(prelude, body)).collect()
}

fn rule<'a>(prelude: &str, body: &'a str) -> Option<Rule<'a>> {
    let of_page = ["@", ".picture-", ".light", ".skeleton"].iter().any(|start| prelude.starts_with(start));
    let is_page = of_page || prelude.contains(":hover");
    if is_page || prelude.contains(":focus") {
        return None;
    }
    // The colours' own rule names the page's picture among others.
    let is_frame = prelude.split(',').any(|it| it.trim() == ".picture");
    let selector =
        if is_frame { ".scene".to_string() } else { prelude.split_whitespace().collect::<Vec<_>>().join(" ") };
    let wanted =
        |name: &str| if is_frame { name.starts_with("--") } else { !LEFT_OUT.iter().any(|it| name.starts_with(it)) };
    let declarations =
        body.split(';').filter_map(|it| it.split_once(':')).map(|(name, value)| (name.trim(), value.trim()));
    Some(Rule { selector, declarations: declarations.filter(|(name, _)| wanted(name)).collect() })
}

/// Preludes and bodies of the blocks of a sheet, without comments.
fn blocks(sheet: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = sheet;
    while let Some(open) = rest.find('{') {
        let (head, from) = rest.split_at(open);
        let prelude = head.rsplit("*/").next().unwrap_or(head).trim();
        let mut depth = 0;
        let close = from.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        });
        let end = close.map_or(from.len(), |it| it.0);
        out.push((prelude, from.get(1..end).unwrap_or_default()));
        rest = from.get(end + 1..).unwrap_or_default();
    }
    out
}

/// Pictures without a browser: Yew writes their markup as a server would.
#[cfg(feature = "render")]
mod rendering {
    use super::svg_file;
    use crate::i18n::Lang;
    use crate::i18n::scene::{say, word};
    use crate::model::Millis;
    use crate::playground::{Attempt, Playground};
    use crate::state::{Action, MediaFeatures, Micros, Opening, State, View};
    use crate::ui::drawing::Mode;
    use crate::ui::drawing::still::{Still, StillProps};
    use crate::ui::props::{Frames, Lab};
    use std::cell::RefCell;
    use std::fmt::Write as _;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::{Context, Poll, Waker};

    /// Which picture to draw.
    #[derive(Clone, Debug)]
    pub struct Moment {
        /// What the lab begins with.
        pub opening: Opening,
        /// The moment in seconds; without, the one that the lab begins or the session stands at.
        pub at: Option<u32>,
        /// The language.
        pub lang: Lang,
        /// Which kind of picture.
        pub mode: Mode,
        /// The size of its place, in pixels.
        pub size: (i32, i32),
    }

    impl Default for Moment {
        fn default() -> Moment {
            let opening = Opening { seed: 1, ..Opening::default() };
            Moment { opening, at: None, lang: Lang::En, mode: Mode::Identity, size: (1035, 560) }
        }
    }

    /// The widths and heights of the picture's place in windows that readers have: from a phone to a large desk.
    const PLACES: [(i32, i32); 7] =
        [(390, 330), (619, 375), (875, 309), (961, 347), (1035, 451), (1131, 422), (1515, 598)];

    /// The playground of a lab that begins so, at the moment that is asked for.
    fn playground(moment: &Moment) -> Result<Rc<RefCell<Playground>>, String> {
        let (mut state, _) =
            State::new(&moment.opening, View::new(moment.lang, moment.size.1), MediaFeatures::default());
        // A long session is played to its end first.
        state.reduce(Action::Load, &Micros::default);
        if let Some(why) = state.notice {
            return Err(why.to_string());
        }
        if let Some(seconds) = moment.at {
            let at = Millis::seconds(i64::from(seconds));
            let mut playground = state.playground.borrow_mut();
            let missing = at.0 - playground.end().0;
            if missing > 0 {
                let end = playground.end();
                playground.seek(end);
                playground.advance(missing);
            }
            playground.seek(at);
        }
        Ok(Rc::clone(&state.playground))
    }

    /// The picture as a file of its own. Fails with a sentence where the lab cannot begin so.
    pub fn svg_of(moment: &Moment) -> Result<String, String> {
        let playground = playground(moment)?;
        let now = playground.borrow().now().to_string();
        let title = say(moment.lang, "file-title", &[("time", now.split('.').next().unwrap_or(&now))]);
        Ok(svg_file(&markup(&playground, moment), &title, word(moment.lang, "file-description")))
    }

    fn markup(playground: &Rc<RefCell<Playground>>, moment: &Moment) -> String {
        let lab = Lab::new(playground, &Frames::default(), 1, 0);
        let props = StillProps { lab, lang: moment.lang, mode: moment.mode, size: moment.size };
        done(yew::LocalServerRenderer::<Still>::with_props(props).hydratable(false).render())
    }

    /// A lesson's picture, at the moment that it names. Fails with a sentence where its solution
    /// does not get there.
    pub fn lesson_picture(name: &str, source: &str, size: (i32, i32), lang: Lang) -> Result<String, String> {
        let (playground, mode) = Attempt::play_to_picture(name, source)?;
        let playground = Rc::new(RefCell::new(playground));
        let attempt = playground.borrow().attempt().map(Rc::clone);
        let words = |it: Rc<Attempt>| (it.lesson.title.say(lang).to_string(), it.lesson.about.say(lang).to_string());
        let words = attempt.map(words).unwrap_or_default();
        let moment = Moment { mode, size, lang, ..Moment::default() };
        Ok(svg_file(&markup(&playground, &moment), &words.0, &words.1))
    }

    /// The first pictures of the first scenario, each in a box of its own that shows in the windows that it fits.
    pub fn first_pictures() -> String {
        let mut out = String::new();
        for size in PLACES {
            let moment = Moment { size, ..Moment::default() };
            let picture = playground(&moment).map(|it| markup(&it, &moment)).unwrap_or_default();
            _ = write!(out, "<div class=\"first-picture first-{}\">{picture}</div>", size.0);
        }
        out
    }

    /// Waits for something that waits for nobody.
    fn done<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
        }
    }
}
