//! The WebAssembly module's entry: nothing happens until the page asks for a lab (`mount`).

fn main() {
    statefulset_lab::ui::mount::prepare();
}
