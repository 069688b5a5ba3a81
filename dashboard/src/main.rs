//! What the browser runs.

fn main() {
    maig_dashboard::start();
}
