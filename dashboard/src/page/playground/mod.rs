//! The playground: a conversation with a route, or with two models side by side, sent as an app sends it. The requests are
//! real ones: they count, they cost, and they stand in the log.

mod ask;
mod key;
mod lane;
mod talk;
mod turn;

use leptos::prelude::*;
use maig_api::Action;

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

/// Whom to ask, what was said, and below it what is said next.
#[component]
fn Table() -> impl IntoView {
    let query = use_query().get_untracked();
    let asked = |name: &str| query.get(name).unwrap_or_default().to_owned();
    view! { <Ask lanes=[Lane::new(asked("model")), Lane::new(asked("with"))]/> }
}
