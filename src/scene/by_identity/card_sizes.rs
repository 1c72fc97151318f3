//! How large things are drawn, so that all of them fit.

use crate::model::stateful_set::claim_templates;
use crate::scene::item::{Level, View};
use crate::scene::labels::SET_FACTS;
use crate::scene::set_members::{Groups, SetRow};
use crate::scene::workloads::Workload;

/// The sizes of a level.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub level: Level,
    pub column: i32,
    pub gap: i32,
    /// The DNS name's height with the space below; 0 without.
    pub name: i32,
    pub pod: i32,
    /// Between a pod and its claims.
    pub link: i32,
    pub claim: i32,
    pub claim_gap: i32,
    pub row_gap: i32,
}

const CARD: Sizes = Sizes {
    level: Level::Card,
    column: 176,
    gap: 24,
    name: 32,
    pod: 100,
    link: 16,
    claim: 76,
    claim_gap: 8,
    row_gap: 24,
};

const COMPACT: Sizes = Sizes {
    level: Level::Compact,
    column: 96,
    gap: 8,
    name: 0,
    pod: 66,
    link: 8,
    claim: 34,
    claim_gap: 4,
    row_gap: 14,
};

const CELL: Sizes =
    Sizes { level: Level::Cell, column: 36, gap: 6, name: 0, pod: 28, link: 2, claim: 8, claim_gap: 1, row_gap: 8 };

const GRID: Sizes =
    Sizes { level: Level::Grid, column: 14, gap: 3, name: 0, pod: 12, link: 1, claim: 4, claim_gap: 1, row_gap: 5 };

const LEVELS: [Sizes; 4] = [CARD, COMPACT, CELL, GRID];

/// As many sets of a row of pods each are drawn with whole columns, however high that gets.
const FEW_SETS: usize = 12;

/// The smallest squares whose glyph can still be told.
const SQUARE_MIN: i32 = 8;

/// Around a set's area, and inside it.
pub(super) const MARGIN: i32 = 10;
pub(super) const PADDING: i32 = 14;

/// A set's header, the Service below it on narrow pages, and the controller's words.
pub(super) const HEADER: i32 = 72;
pub(super) const SERVICE: i32 = 50;
const RAIL: i32 = 64;

/// The Service's room beside a set's header.
pub(super) const BESIDE: i32 = 236;

/// Where there is less, a set's numbers take two lines.
const FACTS: i32 = 520;

/// The widest that the controller's words get.
pub(super) const WORDS: i32 = 740;

/// A heading over things without a set.
pub(super) const HEADING: i32 = 34;

/// The height of a chip.
pub(super) const CHIP: i32 = 18;

/// Pages narrower than this put the Service below the header.
const NARROW: i32 = 560;

/// Places lower than this show the pods first: a set's counts, which the pods tell as well, and the Service's card go.
const LOW: i32 = 340;
/// The same for narrow places, where what is said takes more lines.
const LOW_NARROW: i32 = 420;

/// The same for one of several pictures side by side, which have words below.
const LOW_BESIDE: i32 = 560;

pub(super) fn pods_of(set_row: &SetRow) -> usize {
    set_row.columns.values().filter(|column| column.pod.is_some()).count()
}

/// The most detailed level whose picture is not much higher than what is seen, moved by what the reader asked for.
pub(super) fn fit(groups: &Groups, view: &View) -> Sizes {
    let limit = if is_low(view) { view.height.max(240) } else { view.height * 5 / 4 };
    if let Some(sizes) = LEVELS.iter().find(|sizes| view.level == Some(sizes.level)) {
        return stretch(groups, view, *sizes);
    }
    let fits = LEVELS.iter().position(|sizes| height(groups, view, *sizes) <= limit).unwrap_or(LEVELS.len() - 1);
    // A few pods stay whole, each set in its row, or on a phone in two: a picture that is scrolled says more than squares.
    let most = per_row(view.width, COMPACT) * if is_narrow(view.width) { 2 } else { 1 };
    let are_few =
        groups.set_rows.len() <= FEW_SETS && groups.set_rows.iter().all(|set_row| set_row.columns.len() <= most);
    let fits = if are_few { fits.min(1) } else { fits };
    let wished = fits as i32 - view.detail;
    stretch(groups, view, LEVELS[wished.clamp(0, LEVELS.len() as i32 - 1) as usize])
}

/// Gives cards the room that is left over in their row, and makes squares as small as it takes to see all of them.
fn stretch(groups: &Groups, view: &View, sizes: Sizes) -> Sizes {
    let widest = match sizes.level {
        Level::Card => 212,
        Level::Compact => 148,
        Level::Cell => return sizes,
        Level::Grid => {
            let squares = (SQUARE_MIN..GRID.column).rev().map(squares_of);
            let mut smaller = std::iter::once(GRID).chain(squares);
            let fits = smaller.find(|sizes| height(groups, view, *sizes) <= view.height);
            return fits.unwrap_or_else(|| squares_of(SQUARE_MIN));
        }
    };
    let most = groups.set_rows.iter().map(|set_row| set_row.columns.len()).max().unwrap_or(1);
    let count = most.clamp(1, per_row(view.width, sizes)) as i32;
    let inner = view.width - 2 * (MARGIN + PADDING);
    Sizes { column: ((inner + sizes.gap) / count - sizes.gap).clamp(sizes.column, widest), ..sizes }
}

fn squares_of(column: i32) -> Sizes {
    Sizes { column, gap: 2, pod: column, claim: 3, row_gap: 3, ..GRID }
}

pub(super) fn height(groups: &Groups, view: &View, sizes: Sizes) -> i32 {
    let width = view.width;
    let set_rows: i32 = groups.set_rows.iter().map(|set_row| set_row_height(set_row, view, sizes)).sum();
    let loose = groups.pods.len().div_ceil(per_row(width, sizes)) as i32 * (sizes.pod + sizes.row_gap)
        + (groups.claims.len() + groups.volumes.len()).div_ceil(per_row(width, sizes)) as i32
            * (sizes.claim + sizes.row_gap);
    let rows: i32 = groups.workloads.iter().map(|row| workload_height(row, width, sizes)).sum();
    set_rows + rows + if loose > 0 { loose + HEADING } else { 0 }
}

/// A quiet row: the heading, and the pods below.
fn workload_height(row: &Workload, width: i32, sizes: Sizes) -> i32 {
    let sizes = quiet(sizes);
    HEADING + row.pods.len().div_ceil(per_row(width, sizes)) as i32 * (sizes.pod + sizes.row_gap)
}

/// What stands beside the sets is drawn no larger than small cards: it does not take their place.
pub(super) fn quiet(sizes: Sizes) -> Sizes {
    if sizes.level == Level::Card { COMPACT } else { sizes }
}

pub(super) fn set_row_height(set_row: &SetRow, view: &View, sizes: Sizes) -> i32 {
    let rows = set_row.columns.len().div_ceil(per_row(view.width, sizes)) as i32;
    let has_set = set_row.set.is_some();
    let head = HEADER + rail_height(view) + if is_service_below(view) && has_set { SERVICE } else { 0 };
    let facts = (facts_lines(view, has_set) - 1) * SET_FACTS.1;
    head + facts + rows * (row_height(set_row, sizes) + sizes.row_gap) + PADDING + MARGIN
}

/// Narrow pages need more lines for the controller's words.
pub(super) fn rail_height(view: &View) -> i32 {
    match view.width {
        _ if view.is_beside => 8,
        width if is_narrow(width) => RAIL + 16,
        _ => RAIL,
    }
}

/// The room of a set's header beside its Service.
fn facts_width(width: i32, has_service: bool) -> i32 {
    let inner = width - 2 * (MARGIN + PADDING);
    if is_narrow(width) || !has_service { inner } else { inner - BESIDE }
}

/// In how many lines a set's numbers have room from the start, so that nothing moves when there are more of them.
pub(super) fn facts_lines(view: &View, has_service: bool) -> i32 {
    match facts_width(view.width, has_service) {
        _ if is_low(view) => 0,
        ..FACTS => 2,
        _ => 1,
    }
}

pub(super) fn is_low(view: &View) -> bool {
    let least = match view.is_beside {
        true => LOW_BESIDE,
        false if is_narrow(view.width) => LOW_NARROW,
        false => LOW,
    };
    view.height < least
}

/// Whether the Service stands below a set's header: not beside it for want of width, and not as a chip.
pub(super) fn is_service_below(view: &View) -> bool {
    is_narrow(view.width) && !is_low(view)
}

pub(super) fn is_narrow(width: i32) -> bool {
    width < NARROW
}

pub(super) fn row_height(set_row: &SetRow, sizes: Sizes) -> i32 {
    // Claims that are still to come have their room: the picture does not grow when the first one comes.
    let templates = set_row.set.as_ref().map_or(0, |set| claim_templates(set).len());
    let claims = set_row.columns.values().map(|column| column.claims.len()).fold(templates, usize::max) as i32;
    let below = if claims > 0 { sizes.link + claims * (sizes.claim + sizes.claim_gap) - sizes.claim_gap } else { 0 };
    sizes.name + sizes.pod + below
}

pub(super) fn per_row(width: i32, sizes: Sizes) -> usize {
    let inner = width - 2 * (MARGIN + PADDING);
    ((inner + sizes.gap) / (sizes.column + sizes.gap)).max(1) as usize
}
