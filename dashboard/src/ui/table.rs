//! Tables: a head that stays, figures on the right, a whole row as a link, and rows that become cards where it is narrow.

use leptos::prelude::*;

use super::Link;

/// `label` says what is listed; `heads` go into the first row, the children are `Row`s.
#[component]
pub fn Table(
    #[prop(into)] label: String,
    heads: Vec<Head>,
    /// Something newer is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="table" tabindex="0" role="region" aria-label=label.clone() aria-busy=move || busy.get().to_string()>
            <table>
                <caption class="unseen">{label.clone()}</caption>
                <thead>
                    <tr>
                        {heads
                            .into_iter()
                            .map(|head| view! {
                                <th scope="col" class=head.num.then_some("table-num")>
                                    <span class=head.unseen.then_some("unseen")>{head.name}</span>
                                </th>
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    name: &'static str,
    num: bool,
    unseen: bool,
}

impl Head {
    pub fn text(name: &'static str) -> Self {
        Self { name, num: false, unseen: false }
    }

    /// Its cells stand on the right and their digits under each other.
    pub fn num(name: &'static str) -> Self {
        Self { name, num: true, unseen: false }
    }

    /// The column of what can be done with a row. Only who listens is told so.
    pub fn actions() -> Self {
        Self { name: "Actions", num: false, unseen: true }
    }
}

/// A row. Its first cell should hold the link; a click anywhere else in the row follows it.
#[component]
pub fn Row(children: Children) -> impl IntoView {
    view! { <tr class="table-row">{children()}</tr> }
}

/// A cell. `head` is the column's name, shown where the table is a row of cards.
#[component]
pub fn Cell(
    #[prop(optional)] head: &'static str,
    #[prop(optional)] num: bool,
    /// Makes the cell's content the link of the whole row.
    #[prop(optional, into)]
    href: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = if num { "table-cell table-num" } else { "table-cell" };
    view! {
        <td class=class data-head=head>
            {match href {
                Some(href) => view! { <Link href=href class="table-link">{children()}</Link> }.into_any(),
                None => children().into_any(),
            }}
        </td>
    }
}
