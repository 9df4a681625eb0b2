//! What a database and its disk look like from outside, to find out whether they are sound.

use std::path::Path;

use diesel::{
    QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt, sql_types::Nullable, sql_types::Text,
};
use thunderbird_domain::time::Timestamp;

use super::{
    migrate::MigrateError,
    pragma::{self, Role},
};

/// What kind of disk a folder is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// One of this machine's.
    Local,
    /// Another machine's: locks and the write-ahead log's shared memory do not work there.
    Network(&'static str),
    /// A program's (FUSE): it may be either.
    Program,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<BigInt>)]
    at: Option<i64>,
}

/// What SQLite finds wrong with the file; empty when nothing is. Reads all of it.
///
/// # Errors
///
/// When the file cannot be opened or read.
pub fn damage(database: &Path) -> Result<Vec<String>, MigrateError> {
    let mut connection = pragma::open(database, Role::Reader)?;
    let said: Vec<Said> = sql_query("PRAGMA quick_check(20)").load(&mut connection)?;
    let lines = said.into_iter().map(|row| row.quick_check);
    Ok(lines.filter(|line| line != "ok").collect())
}

/// The newest instant that anything was written at, if there is anything.
///
/// # Errors
///
/// When the file cannot be opened or read.
pub fn newest(database: &Path) -> Result<Option<Timestamp>, MigrateError> {
    let mut connection = pragma::open(database, Role::Reader)?;
    let query = "SELECT max(at) AS at FROM (SELECT at FROM audit_log ORDER BY id DESC LIMIT 1) \
                 UNION ALL SELECT max(created_at) FROM (SELECT created_at FROM messages ORDER BY id DESC LIMIT 1)";
    let rows: Vec<Newest> = sql_query(query).load(&mut connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.at)
        .max()
        .map(Timestamp::from_micros))
}

/// What kind of disk `path` is, or would be, on.
///
/// # Errors
///
/// When its folder is not there.
pub fn disk(path: &Path) -> std::io::Result<Disk> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let kind = rustix::fs::statfs(folder.unwrap_or(Path::new(".")))?.f_type;
    Ok(disk_of(kind.cast_unsigned()))
}

/// The numbers are statfs(2)'s; the upper half of a 32-bit number may be filled with its sign.
fn disk_of(kind: u64) -> Disk {
    match kind & 0xffff_ffff {
        0x6969 => Disk::Network("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Disk::Network("SMB"),
        0x0102_1997 => Disk::Network("9P"),
        0x00c3_6400 => Disk::Network("Ceph"),
        0x5346_414f | 0x6b41_4653 => Disk::Network("AFS"),
        0x0bd0_0bd0 => Disk::Network("Lustre"),
        0x7461_636f => Disk::Network("OCFS2"),
        0x0116_1970 => Disk::Network("GFS2"),
        0x6573_5546 => Disk::Program,
        _ => Disk::Local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    #[test]
    fn network_disks_are_known_by_their_numbers() {
        assert_eq!(disk_of(0x6969), Disk::Network("NFS"));
        assert_eq!(disk_of(0xffff_ffff_ff53_4d42), Disk::Network("SMB"));
        assert_eq!(disk_of(0x6573_5546), Disk::Program);
        for local in [
            0xef53,
            0x9123_683e,
            0x5846_5342,
            0x0102_1994,
            0x794c_7630,
            0x2fc1_2fc1,
        ] {
            assert_eq!(disk_of(local), Disk::Local, "{local:x}");
        }
    }

    #[test]
    fn a_fresh_database_is_whole_and_a_scribbled_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tb.db");
        migrate::up(&path).unwrap();
        assert_eq!(damage(&path).unwrap(), Vec::<String>::new());
        assert_eq!(newest(&path).unwrap(), None);
        let mut bytes = std::fs::read(&path).unwrap();
        let end = bytes.len();
        bytes[4096..end].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        assert!(damage(&path).map_or(true, |lines| !lines.is_empty()));
    }
}
