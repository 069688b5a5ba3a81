//! A route while somebody works on it: the order of its targets, each with an identity that survives being moved. Pure:
//! the editor keeps one in a signal.

use maig_core::route::{RouteSpec, TargetSpec};

/// A target's identity on the page, whatever its place.
pub type Uid = u32;

#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub uid: Uid,
    pub spec: TargetSpec,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub slots: Vec<Slot>,
    /// The route; its targets are `slots`, and none are in here.
    pub rest: RouteSpec,
    next: Uid,
}

impl Draft {
    /// `first` is the first identity to give; a later draft must not use an earlier one's.
    pub fn new(mut spec: RouteSpec, first: Uid) -> Self {
        let targets = std::mem::take(&mut spec.targets);
        let mut draft = Self { slots: Vec::new(), rest: spec, next: first };
        for target in targets {
            draft.add(target);
        }
        draft
    }

    /// The first identity that is still free.
    pub fn next_uid(&self) -> Uid {
        self.next
    }

    pub fn spec(&self) -> RouteSpec {
        let targets = self.slots.iter().map(|slot| slot.spec.clone()).collect();
        RouteSpec { targets, ..self.rest.clone() }
    }

    pub fn add(&mut self, spec: TargetSpec) -> Uid {
        let uid = self.next;
        self.next += 1;
        self.slots.push(Slot { uid, spec });
        uid
    }

    /// Takes it out; gives the one to go on at: its successor, else its predecessor.
    pub fn remove(&mut self, uid: Uid) -> Option<Uid> {
        let at = self.index(uid)?;
        self.slots.remove(at);
        self.slots.get(at).or_else(|| self.slots.last()).map(|slot| slot.uid)
    }

    pub fn index(&self, uid: Uid) -> Option<usize> {
        self.slots.iter().position(|slot| slot.uid == uid)
    }

    /// Moves a target to the place that the one at `to` has now. Whether anything moved.
    pub fn move_to(&mut self, uid: Uid, to: usize) -> bool {
        let Some(from) = self.index(uid) else { return false };
        let to = to.min(self.slots.len() - 1);
        let slot = self.slots.remove(from);
        self.slots.insert(to, slot);
        from != to
    }

    /// One place up (-1) or down (1).
    pub fn step(&mut self, uid: Uid, by: isize) -> bool {
        let to = self.index(uid).and_then(|from| from.checked_add_signed(by));
        to.is_some_and(|to| to < self.slots.len() && self.move_to(uid, to))
    }

    pub fn target(&self, uid: Uid) -> Option<&TargetSpec> {
        self.slots.iter().find(|slot| slot.uid == uid).map(|slot| &slot.spec)
    }

    pub fn target_mut(&mut self, uid: Uid) -> Option<&mut TargetSpec> {
        self.slots.iter_mut().find(|slot| slot.uid == uid).map(|slot| &mut slot.spec)
    }
}

/// The fault or warning that a field shows: of the path itself, or of anything below it.
pub fn at<'a>(said: &'a [(String, String)], path: &str) -> impl Iterator<Item = &'a str> {
    let below = [format!("{path}."), format!("{path}[")];
    said.iter()
        .filter(move |(own, _)| *own == *path || below.iter().any(|start| own.starts_with(start.as_str())))
        .map(|(_, message)| message.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(models: &[&str]) -> Draft {
        let targets: Vec<_> = models.iter().map(|model| serde_json::json!({"model": model})).collect();
        Draft::new(serde_json::from_value(serde_json::json!({"name": "r", "targets": targets})).unwrap(), 1)
    }

    fn order(draft: &Draft) -> String {
        draft.spec().targets.into_iter().map(|target| target.model).collect()
    }

    #[test]
    fn targets_move_and_keep_who_they_are() {
        for (uid, by, moved, expect) in [
            (1, 1, true, "bac"),
            (3, -1, true, "acb"),
            (1, -1, false, "abc"),
            (3, 1, false, "abc"),
            (9, 1, false, "abc"),
        ] {
            let mut draft = draft(&["a", "b", "c"]);
            assert_eq!((draft.step(uid, by), order(&draft).as_str()), (moved, expect));
        }
        for (uid, to, expect) in [(1, 2, "bca"), (3, 0, "cab"), (2, 99, "acb"), (2, 1, "abc")] {
            let mut draft = draft(&["a", "b", "c"]);
            draft.move_to(uid, to);
            assert_eq!(order(&draft), expect);
            assert_eq!(draft.target(uid).unwrap().model, ["a", "b", "c"][uid as usize - 1]);
        }
    }

    #[test]
    fn what_is_removed_hands_on_to_its_neighbour_and_no_identity_is_used_twice() {
        let mut draft = draft(&["a", "b"]);
        assert_eq!(draft.remove(1), Some(2));
        assert_eq!(draft.add(TargetSpec::default()), 3);
        assert_eq!(draft.remove(3), Some(2));
        assert_eq!(draft.remove(2), None);
        assert_eq!(order(&draft), "");
    }

    #[test]
    fn a_field_shows_what_is_said_of_it_and_of_what_is_in_it() {
        let said = [
            ("targets[1].timeouts.idle_ms".to_owned(), "x".to_owned()),
            ("targets[1]".to_owned(), "y".to_owned()),
        ];
        assert_eq!(at(&said, "targets[1]").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(at(&said, "targets[1].timeouts").collect::<Vec<_>>(), ["x"]);
        assert_eq!(at(&said, "targets[10]").count(), 0);
    }
}
