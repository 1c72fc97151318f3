//! What stands on the stage: the drawn scene, what fades, and how much may move at once.

use crate::model::Text;
use crate::playground::{Playground, Record};
use crate::scene::style::PodStyle;
use crate::scene::{Cursors, Groups, Item, Level, Memory, Part, Scene, Source, groups};
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// With more movers than this, everything takes its place at once.
const MOVERS_MAX: usize = 300;
/// More new items than this are drawn over several frames.
const FRESH_MAX: usize = 200;
/// More leaving items than this do not fade.
const LEAVING_MAX: usize = 60;

/// What was learned from the records so far.
#[derive(Default)]
pub struct Known {
    /// The sets that were ever seen.
    pub memory: Memory,
    /// Where the controllers stand.
    pub cursors: Cursors,
    /// What stands where; `None` if it has to be sorted anew.
    groups: Option<Groups>,
    epoch: u32,
    branch: usize,
    count: usize,
}

impl Known {
    /// Learns what happened since the last time; going back begins anew.
    pub fn follow(&mut self, playground: &Playground, epoch: u32) {
        if epoch != self.epoch {
            *self = Known { epoch, ..Known::default() };
        }
        let (branch, count) = (playground.current_branch(), playground.record_count());
        let mut before = None;
        if branch != self.branch || count < self.count {
            self.cursors = Cursors::default();
            before = self.groups.take();
            (self.branch, self.count) = (branch, 0);
        }
        for record in playground.records().get(self.count..count).unwrap_or(&[]) {
            match record {
                Record::Change(change) => {
                    self.memory.note(change);
                    if self.groups.as_mut().is_some_and(|groups| !groups.apply(change, &self.memory)) {
                        self.groups = None;
                    }
                }
                Record::Decision(decision) => self.cursors.note(decision),
            }
        }
        self.count = count;
        if self.groups.is_none() {
            let mut found = groups(playground.cluster(), &self.memory);
            if let Some(before) = before {
                found.learn_from(before);
            }
            self.groups = Some(found);
        }
    }

    /// What a picture is made from, after [`Known::follow`]. `None` before the first time.
    pub fn source<'a>(&'a self, playground: &'a Playground) -> Option<Source<'a>> {
        Some(Source {
            cluster: playground.cluster(),
            timers: &playground.sim().timers,
            groups: self.groups.as_ref()?,
            cursors: &self.cursors,
        })
    }
}

/// Which motions an item may make: those of what happened while time went on before the reader's eyes. What came
/// otherwise (by a seek, by scrolling) stands still, also later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Motion {
    /// It came.
    pub enters: bool,
    /// It looks different than before.
    pub changes: bool,
}

impl Motion {
    /// The motions after `old` became `new`.
    fn after(self, old: &Item, new: &Item, is_still: bool) -> Motion {
        match (&old.part, &new.part) {
            (Part::Pod(old), Part::Pod(new)) if old.style != new.style => {
                // Where the whole card has a motion of its own, its coming is over: it must not come again after that.
                let is_whole = matches!(new.style, PodStyle::Failing | PodStyle::Terminating | PodStyle::Lost);
                Motion { enters: self.enters && !is_whole, changes: !is_still }
            }
            _ => self,
        }
    }
}

/// The items that stand in the document.
pub struct Stage {
    /// The scene as it should be.
    pub scene: Scene,
    /// What is drawn of it.
    pub drawn: Vec<Rc<Item>>,
    /// How each of `drawn` may move.
    motions: Vec<Motion>,
    /// What is gone and fades.
    pub leaving: Vec<Rc<Item>>,
    /// Whether nothing moves: too much would.
    pub is_still: bool,
}

impl Default for Stage {
    fn default() -> Stage {
        let scene = Scene { width: 0, height: 0, level: Level::Card, items: Vec::new(), pods: 0 };
        Stage { scene, drawn: Vec::new(), motions: Vec::new(), leaving: Vec::new(), is_still: true }
    }
}

impl Stage {
    /// Shows another scene. Returns whether all of it is drawn; if not, show it again in the next frame.
    pub fn show(&mut self, scene: Scene, is_jump: bool) -> bool {
        // Mostly the same things stand in the same order, and only some of them look different.
        let is_same = |(old, item): (&Rc<Item>, &Rc<Item>)| Rc::ptr_eq(old, item) || old.key == item.key;
        if self.drawn.len() == scene.items.len() && self.drawn.iter().zip(&scene.items).all(is_same) {
            let moved = self.drawn.iter().zip(&scene.items).filter(|(old, item)| old.place != item.place).count();
            self.is_still = is_jump || moved > MOVERS_MAX;
            for ((old, item), motion) in self.drawn.iter_mut().zip(&scene.items).zip(&mut self.motions) {
                if !Rc::ptr_eq(old, item) && **old != **item {
                    *motion = motion.after(old, item, self.is_still);
                    *old = Rc::clone(item);
                }
            }
            self.scene = scene;
            return true;
        }
        let known = self.drawn.iter().zip(self.motions.iter().copied());
        let before: SharedMap<&Text, (&Rc<Item>, Motion)> = known.map(|it| (&it.0.key, it)).collect();
        let (mut fresh, mut moved) = (0, 0);
        let mut drawn: Vec<Rc<Item>> = Vec::with_capacity(scene.items.len());
        let mut old_ones: Vec<Option<(&Rc<Item>, Motion)>> = Vec::with_capacity(scene.items.len());
        let mut is_complete = true;
        for item in &scene.items {
            match before.get(&item.key) {
                Some((old, motion)) => {
                    moved += usize::from(old.place != item.place);
                    // The same allocation makes the comparison of the next frame a comparison of pointers.
                    drawn.push(if ***old == **item { Rc::clone(old) } else { Rc::clone(item) });
                    old_ones.push(Some((old, *motion)));
                }
                None if fresh >= FRESH_MAX => is_complete = false,
                None => {
                    fresh += 1;
                    drawn.push(Rc::clone(item));
                    old_ones.push(None);
                }
            }
        }
        let now: SharedSet<&Text> = scene.items.iter().map(|item| &item.key).collect();
        let gone: Vec<Rc<Item>> = self.drawn.iter().filter(|item| !now.contains(&item.key)).map(Rc::clone).collect();
        self.is_still = is_jump || !is_complete || fresh + moved + gone.len() > MOVERS_MAX;
        let is_still = self.is_still;
        let is_new_level = scene.level != self.scene.level;
        let motion = |(item, old): (&Rc<Item>, &Option<(&Rc<Item>, Motion)>)| match old {
            _ if is_still && is_new_level => Motion::default(),
            Some((old, motion)) => motion.after(old, item, is_still),
            None => Motion { enters: !is_still, changes: !is_still },
        };
        self.motions = drawn.iter().zip(&old_ones).map(motion).collect();
        self.leaving.retain(|item| !now.contains(&item.key));
        let fades = scene.level == self.scene.level && scene.level != Level::Grid;
        if !self.is_still && fades && gone.len() <= LEAVING_MAX {
            self.leaving.extend(gone);
        } else if self.is_still {
            self.leaving.clear();
        }
        self.drawn = drawn;
        self.scene = scene;
        is_complete
    }

    /// What is drawn in its order, how it may move, and whether it is leaving. What leaves lies above the areas and
    /// below the rest.
    pub fn in_order(&self) -> impl Iterator<Item = (&Rc<Item>, Motion, bool)> {
        let is_ground = |item: &Item| matches!(item.part, Part::Area { .. } | Part::Zone { .. } | Part::Node(_));
        let drawn = || self.drawn.iter().zip(self.motions.iter().copied()).map(|(item, motion)| (item, motion, false));
        let ground = drawn().filter(move |(item, ..)| is_ground(item));
        let leaving = self.leaving.iter().map(|item| (item, Motion::default(), true));
        let rest = drawn().filter(move |(item, ..)| !is_ground(item));
        ground.chain(leaving).chain(rest)
    }

    /// The key of the item at which Tab stops first: the one that is nearest to what was there before, if anything was.
    pub fn stop_near(&self, before: Option<&Item>) -> Option<Text> {
        let far =
            |item: &Item| before.map_or(0, |it| (it.place.x - item.place.x).abs() + (it.place.y - item.place.y).abs());
        let stops = self.drawn.iter().filter(|item| item.target.is_some());
        stops.min_by_key(|item| far(item)).map(|item| item.key.clone())
    }

    /// Takes out what has faded. Returns whether there was anything.
    pub fn sweep(&mut self) -> bool {
        let had = !self.leaving.is_empty();
        self.leaving.clear();
        had
    }
}
