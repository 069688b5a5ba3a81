//! The playground: one message to a route, or to two models side by side, sent as an app sends it. The requests are real
//! ones: they count, they cost, and they stand in the log.

mod answer;
mod ask;
mod key;
mod lane;

use leptos::prelude::*;
use maig_api::Action;

use self::answer::Answer;
use self::ask::Ask;
use self::lane::Lane;
use crate::query::use_query;
use crate::session::use_project;
use crate::ui::{Empty, Icon, PageHead, Panel};

#[component]
pub fn Playground() -> impl IntoView {
    let may = use_project().may(Action::Try);
    view! {
        <PageHead title="Playground" text="Send what an app would send, and see who answers."/>
        {match may {
            true => view! { <Table/> }.into_any(),
            false => view! {
                <Panel><Empty icon=Icon::Playground title="Editors try routes out here"
                    text="A request from here is a real one: it costs money at a provider. Ask an admin of this project for the role of an editor."/></Panel>
            }
            .into_any(),
        }}
    }
}

/// The question above, its answers below.
#[component]
fn Table() -> impl IntoView {
    let query = use_query().get_untracked();
    let asked = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let lanes = [Lane::new(asked("model")), Lane::new(asked("with"))];
    view! {
        <div class="stack">
            <Ask lanes/>
            <div class="playground-lanes">
                {lanes.map(|lane| view! { <Answer lane/> })}
            </div>
        </div>
    }
}
