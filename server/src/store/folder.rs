//! The folder of a state, for its owner alone.

use std::path::Path;

/// Makes the folder and those above it; one that is there is left as it is.
pub(super) fn made(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
