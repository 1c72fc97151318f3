//! `xbstream` and `xtrabackup`: backups of a database's files, as the tutorial of a replicated MySQL takes them.

use super::{Arguments, Call, Outcome};

/// `xbstream -x`: the files of a database's backup.
pub fn unpack_backup(call: &mut Call<'_>) -> Outcome {
    let directory = call.words.option("-C").or_else(|| call.words.option("--directory")).unwrap_or_else(|| ".".into());
    let (directory, stream) = (call.shell.path(&directory), call.stdin.take().unwrap_or_default());
    match crate::shell::sql::unpack(call.container, call.cluster, &stream, &directory) {
        Some(()) => Outcome::Exit(0),
        None => Outcome::Assumed,
    }
}

/// `xtrabackup --prepare`: a backup is ready to be used as it is.
pub fn prepare_backup(call: &mut Call<'_>) -> Outcome {
    let directory = call.words.option("--target-dir").unwrap_or_else(|| ".".into());
    let path = format!("{}/xtrabackup_checkpoints", call.shell.path(&directory));
    if call.container.lookup(call.cluster, &path).is_none() {
        return Outcome::Assumed;
    }
    let stamp = super::format_time(call.cluster.now(), "%y%m%d %T");
    call.err.push_str(&format!("{stamp} completed OK!\n"));
    Outcome::Exit(0)
}
