//! Which model a target asks: searched for in the catalogue, or another route, or a name that only its provider knows.

use leptos::prelude::*;
use maig_core::model::ModelRef;
use maig_core::route::spec::nested_route;

use super::TargetField;
use crate::api::segment;
use crate::page::routes::draft::Uid;
use crate::page::routes::editor::model_facts::ModelFacts;
use crate::page::routes::editor::models::use_choices;
use crate::page::routes::editor::state::Editor;
use crate::ui::{Combobox, Link};

pub const FIELD: TargetField = TargetField { path: "model", name: "Model", view, told: |_| None };

fn view(editor: Editor, uid: Uid) -> AnyView {
    let value = RwSignal::new(
        editor
            .draft
            .with_untracked(|draft| draft.target(uid).map(|target| target.model.clone()))
            .unwrap_or_default(),
    );
    Effect::new(move |before: Option<String>| {
        let model = value.get().trim().to_owned();
        if before.as_ref().is_some_and(|before| *before != model) {
            editor.edit_target(uid, |target| target.model.clone_from(&model));
        }
        model
    });
    let facts = Memo::new(move |_| {
        let target = editor.target(uid)?;
        editor.around.with(|around| {
            let key = target.provider_key.as_ref();
            let key =
                key.and_then(|name| around.keys.iter().find(|key| key.name == *name)).map(|key| key.provider);
            let written = ModelRef::parse(&target.model);
            let provider = around.catalog.provider_of(&written, key)?;
            around.catalog.find(provider, written.id).map(|card| (provider, card, around.today))
        })
    });
    let nested = Memo::new(move |_| {
        editor.target(uid).and_then(|target| nested_route(&target.model).map(str::to_owned))
    });
    view! {
        <div class="route-model">
            <Combobox
                name="model"
                label="Model"
                value
                choices=use_choices()
                free=true
                placeholder="Search models, or write provider/model"
                check=editor.check(Some(uid), "model")
            />
            {move || facts.get().map(|(provider, card, today)| view! { <ModelFacts provider card today/> })}
            {move || nested.get().map(|name| view! {
                <p class="small soft">
                    "Goes through the route "
                    <Link href=format!("/routes/{}", segment(&name)) class="link">{name}</Link>
                    ", with that route's own rules, clocks and Force Fallback."
                </p>
            })}
        </div>
    }
    .into_any()
}
