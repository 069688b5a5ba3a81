//! The master key in a file of mode 0600, made on the first start. A file that others may read is refused.
//! Rotation writes the new key beside the old one before the database is resealed, so that no crash loses it.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::MasterKey;
use crate::clock::new_id;
use crate::error::{Result, StoreError};

/// The key in `path`; made if the file is not there. Two processes that start together get the same key.
pub fn load_or_create(path: &Path) -> Result<MasterKey> {
    if let Some(key) = load(path)? {
        return Ok(key);
    }
    let fresh = MasterKey::generate()?;
    // Written whole under another name, then linked: whoever loses the race finds a complete file.
    let draft = beside(path, &format!("draft-{}", new_id()));
    write_private(&draft, &fresh)?;
    let linked = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(fresh),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            load(path)?.ok_or_else(|| bad(path, "it vanished while it was read"))
        }
        Err(e) => Err(bad(path, &e.to_string())),
    }
}

/// The key in `path`, or `None` without a file.
pub fn load(path: &Path) -> Result<Option<MasterKey>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(bad(path, &e.to_string())),
    };
    refuse_if_open_to_others(path)?;
    MasterKey::from_base64(&text).map(Some)
}

/// First step of a rotation: the new key in `PATH.new`, safe on disk before anything is sealed under it.
pub fn stage(path: &Path, new: &MasterKey) -> Result<()> {
    write_private(&staged_path(path), new)
}

/// The key that an unfinished rotation left, if there is one.
pub fn staged(path: &Path) -> Result<Option<MasterKey>> {
    load(&staged_path(path))
}

/// Last step of a rotation: the staged key takes the old one's place.
pub fn promote(path: &Path) -> Result<()> {
    fs::rename(staged_path(path), path).map_err(|e| bad(path, &e.to_string()))
}

fn staged_path(path: &Path) -> PathBuf {
    beside(path, "new")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn write_private(path: &Path, key: &MasterKey) -> Result<()> {
    let _ = fs::remove_file(path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|e| bad(path, &e.to_string()))?;
    file.write_all(key.to_base64().expose().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .map_err(|e| bad(path, &e.to_string()))
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(|e| bad(path, &e.to_string()))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(bad(
        path,
        &format!("others may read it (mode {:o}); run: chmod 600 {}", mode & 0o777, path.display()),
    ))
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_path: &Path) -> Result<()> {
    Ok(())
}

fn bad(path: &Path, why: &str) -> StoreError {
    StoreError::BadMasterKey(format!("the key file {}: {why}", path.display()))
}
