//! One's own login, the same in every project: the password, the second factor, and where one is signed in.

mod codes;
mod enrol;
mod factor;
mod password;
mod sessions;

use leptos::prelude::*;

use self::factor::Factor;
use self::password::Password;
use self::sessions::Sessions;
use crate::api::{remote, use_api};

#[component]
pub(super) fn Account() -> impl IntoView {
    let api = use_api();
    let sessions = remote(move || api.sessions());
    view! {
        <Password sessions/>
        <Factor/>
        <Sessions sessions/>
    }
}
