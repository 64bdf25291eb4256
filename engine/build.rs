//! Rebuilds the engine when the embedded tables or rules change, new files included.
fn main() {
    for folder in ["../datasets", "../rules"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
