//! The page's entry: mounts the app.

fn main() {
    statefulset_lab::ui::mount();
}
