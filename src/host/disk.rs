//! Room on a disk.

use std::path::Path;

use super::HostError;

/// Bytes that must be free before anything large is begun: one browser profile (about 50 MB), evidence of a day, and
/// the write-ahead log of the store beside its file.
pub const DISK_MINIMUM: u64 = 500_000_000;

/// Bytes that an ordinary user may still write at `path`, which must exist.
pub fn free_bytes(path: &Path) -> Result<u64, HostError> {
    match rustix::fs::statvfs(path) {
        Ok(room) => Ok(room.f_bavail.saturating_mul(room.f_frsize)),
        Err(errno) => Err(HostError::ReadDisk { path: path.to_owned(), source: errno.into() }),
    }
}

/// Fails with [`HostError::DiskNearlyFull`] when fewer than `minimum` bytes are free at `path`.
pub fn require_free(path: &Path, minimum: u64) -> Result<(), HostError> {
    let free = free_bytes(path)?;
    if free < minimum {
        return Err(HostError::DiskNearlyFull { path: path.to_owned(), free, minimum });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_room_for_nothing_and_none_for_everything() {
        let place = std::env::temp_dir();
        assert!(require_free(&place, 0).is_ok());
        let error = require_free(&place, u64::MAX).expect_err("no disk is that large");
        assert!(error.to_string().contains("nearly full"), "{error}");
    }

    #[test]
    fn a_place_that_is_not_there_is_named() {
        let error = free_bytes(Path::new("/no/such/place")).expect_err("it is not there");
        assert!(error.to_string().contains("/no/such/place"), "{error}");
    }
}
