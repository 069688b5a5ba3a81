//! What an editor holds: the draft, what it began as, and what is to be said about it, each fault at its place. Fields
//! read and write it here and know nothing of each other.

use std::collections::BTreeMap;

use leptos::prelude::*;
use maig_api::Route;
use maig_core::route::{RouteSpec, TargetSpec, lint};

use crate::api::{ApiError, FormState};
use crate::page::routes::around::Around;
use crate::page::routes::draft::{Draft, Uid, at};
use crate::page::routes::words::sentence;

/// What is said about a place: its path, and the words.
type Said = Vec<(String, String)>;

/// What the browser knows of the draft, by the gateway's own code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub faults: Said,
    pub warnings: Said,
}

/// Copy it freely.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Whether who looks may change it; the gateway decides in any case.
    pub may: bool,
    pub around: Signal<Around>,
    pub draft: RwSignal<Draft>,
    /// The route that was loaded; `None`: it is a new one.
    pub base: RwSignal<Option<Route>>,
    pub judged: Memo<Judged>,
    /// Counts up when all fields are to be made anew from the draft.
    pub generation: RwSignal<u32>,
    /// What the server said about a route, and which.
    said: RwSignal<Option<(RouteSpec, Said)>>,
    /// Texts that are no value, by target and field.
    unreadable: RwSignal<BTreeMap<(Option<Uid>, &'static str), String>>,
    pub form: FormState,
    /// What a screen reader is told.
    pub news: RwSignal<String>,
}

impl Editor {
    pub fn new(may: bool, around: Signal<Around>, base: Option<Route>, spec: RouteSpec) -> Self {
        let draft = RwSignal::new(Draft::new(spec, 1));
        let judged = Memo::new(move |_| {
            let spec = draft.with(Draft::spec);
            around.with(|around| judge(&spec, around))
        });
        Self {
            may,
            around,
            draft,
            base: RwSignal::new(base),
            judged,
            generation: RwSignal::new(0),
            said: RwSignal::new(None),
            unreadable: RwSignal::new(BTreeMap::new()),
            form: FormState::new(),
            news: RwSignal::new(String::new()),
        }
    }

    /// Makes `spec` the draft; every field shows it.
    pub fn load(self, spec: RouteSpec) {
        self.unreadable.update(BTreeMap::clear);
        self.draft.update(|draft| *draft = Draft::new(spec, draft.next_uid()));
        self.generation.update(|number| *number += 1);
    }

    /// `route` is what is stored now, and what the draft is compared with.
    pub fn rebase(self, route: Route) {
        self.said.set(None);
        self.form.tried.set(false);
        self.form.error.set(None);
        self.base.set(Some(route));
    }

    /// Whether it has never been saved.
    pub fn is_new(self) -> bool {
        self.base.with_untracked(Option::is_none)
    }

    /// Whether there is anything to save.
    pub fn is_dirty(self) -> bool {
        let untouched = self.base.with(|base| base.as_ref().map(|route| route.spec.clone()));
        let spec = self.draft.with(Draft::spec);
        self.unreadable.with(|texts| !texts.is_empty())
            || untouched.map_or(!spec.targets.is_empty() || !spec.name.is_empty(), |base| base != spec)
    }

    /// Notes a text that is no value, or that it is one now.
    pub fn unreadable(self, uid: Option<Uid>, field: &'static str, fault: Option<&str>) {
        let known = self.unreadable.with_untracked(|texts| texts.get(&(uid, field)).cloned());
        if known.as_deref() != fault {
            self.unreadable.update(|texts| match fault {
                Some(fault) => drop(texts.insert((uid, field), fault.to_owned())),
                None => drop(texts.remove(&(uid, field))),
            });
        }
    }

    /// Forgets what was typed at a target that is gone.
    pub fn forget(self, uid: Uid) {
        self.unreadable.update(|texts| texts.retain(|(owner, _), _| *owner != Some(uid)));
    }

    /// Keeps what the server said about this very route.
    pub fn refuse(self, sent: RouteSpec, error: &ApiError) {
        if let ApiError::Refused { detail, .. } = error {
            let mut said: Said =
                detail.faults.iter().map(|fault| (fault.path.clone(), fault.message.clone())).collect();
            if let (true, Some(param)) = (said.is_empty(), &detail.param) {
                said.push((param.trim_start_matches("spec.").to_owned(), detail.message.clone()));
            }
            self.said.set(Some((sent, said)));
        }
    }

    /// Whether the server said it at a place that is on the page.
    pub fn is_said_at_a_field(self) -> bool {
        self.said.with(|said| said.as_ref().is_some_and(|(_, said)| !said.is_empty()))
    }

    /// All that keeps the draft from being saved.
    pub fn is_at_fault(self) -> bool {
        self.unreadable.with(|texts| !texts.is_empty())
            || self.judged.with(|judged| !judged.faults.is_empty())
    }

    /// Where a target's field is now: `targets[1].retries`; of the route itself just its name.
    pub fn path(self, uid: Option<Uid>, field: &str) -> Option<String> {
        let Some(uid) = uid else { return Some(field.to_owned()) };
        let index = self.draft.with(|draft| draft.index(uid))?;
        Some(if field.is_empty() { format!("targets[{index}]") } else { format!("targets[{index}].{field}") })
    }

    /// What is wrong at a field: the text, else the server's words, else our own.
    pub fn fault(self, uid: Option<Uid>, field: &'static str) -> Option<String> {
        if let Some(fault) = self.unreadable.with(|texts| texts.get(&(uid, field)).cloned()) {
            return Some(fault);
        }
        let path = self.path(uid, field)?;
        let first = |said: &Said| at(said, &path).next().map(sentence);
        let servers = self.said.with(|said| {
            let (spec, said) = said.as_ref()?;
            (*spec == self.draft.with(Draft::spec)).then(|| first(said))?
        });
        servers.or_else(|| self.judged.with(|judged| first(&judged.faults)))
    }

    /// The same as an input takes it.
    pub fn check(self, uid: Option<Uid>, field: &'static str) -> Callback<(String,), Option<String>> {
        Callback::new(move |(_typed,)| self.fault(uid, field))
    }

    /// What should be known of a place.
    pub fn warnings(self, uid: Option<Uid>, field: &str) -> Vec<String> {
        let Some(path) = self.path(uid, field) else { return Vec::new() };
        self.judged.with(|judged| at(&judged.warnings, &path).map(sentence).collect())
    }

    /// Takes over what somebody else has stored if it differs from what was loaded in nothing but the switch.
    pub fn take_switch(self, theirs: &Route) -> bool {
        let switched = self.base.with_untracked(|base| {
            base.as_ref().map(|base| RouteSpec {
                force_fallback: theirs.spec.force_fallback,
                force_fallback_until: theirs.spec.force_fallback_until,
                ..base.spec.clone()
            })
        });
        let is_all = switched.as_ref() == Some(&theirs.spec);
        if is_all {
            self.force_of(&theirs.spec);
            self.rebase(theirs.clone());
        }
        is_all
    }

    /// Takes over the switch alone; whatever else somebody is changing stays.
    pub fn force_of(self, theirs: &RouteSpec) {
        self.edit(|spec| {
            spec.force_fallback = theirs.force_fallback;
            spec.force_fallback_until = theirs.force_fallback_until;
        });
    }

    pub fn target(self, uid: Uid) -> Option<TargetSpec> {
        self.draft.with(|draft| draft.target(uid).cloned())
    }

    /// Changes the route itself.
    pub fn edit(self, change: impl FnOnce(&mut RouteSpec)) {
        self.draft.update(|draft| change(&mut draft.rest));
    }

    /// Changes one target, if it is still there.
    pub fn edit_target(self, uid: Uid, change: impl FnOnce(&mut TargetSpec)) {
        self.draft.update(|draft| {
            if let Some(target) = draft.target_mut(uid) {
                change(target);
            }
        });
    }
}

fn judge(spec: &RouteSpec, around: &Around) -> Judged {
    let context = around.context();
    let faults = spec.validate(&context).into_iter().map(|fault| (fault.path, fault.message)).collect();
    let warnings =
        lint(spec, &context, around.today).into_iter().map(|one| (one.path, one.message)).collect();
    Judged { faults, warnings }
}
