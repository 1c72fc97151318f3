//! What a server answers to statements about replication, and what a replica refuses to write.

use super::connection::{Answer, Heading, Reply, Server};
use super::error::SqlError;
use super::replication::{FOLLOWS, POSITION, Request, catch_up, followed, is_on, primary_of};
use super::statement::Statement;

impl Statement {
    /// Whether it changes what the server holds.
    pub(super) fn writes(&self) -> bool {
        use Statement::{
            Alter, CreateDatabase, CreateTable, Delete, DropDatabase, DropTable, Insert, Rollback, Truncate, Update,
            User,
        };
        matches!(
            self,
            CreateDatabase { .. }
                | DropDatabase { .. }
                | CreateTable { .. }
                | DropTable { .. }
                | Insert { .. }
                | Update { .. }
                | Delete { .. }
                | Truncate(_)
                | Alter { .. }
                | User(_)
                | Rollback
        )
    }
}

impl Server<'_> {
    /// Refuses to write where the settings say so.
    pub(super) fn may_write(&self, user: &str) -> Answer<()> {
        let option = if is_on(self.container, self.cluster, "super_read_only") {
            "--super-read-only"
        } else if is_on(self.container, self.cluster, "read_only") && user != "root" {
            "--read-only"
        } else {
            return Ok(());
        };
        let product = self.product();
        let text =
            format!("The {product} server is running with the {option} option so it cannot execute this statement");
        Err(SqlError::new(1290, text))
    }

    /// Does what a statement about replication asks for.
    pub(super) fn replicate(&mut self, request: Request) -> Answer<Reply> {
        let trusted = self.container.trusted();
        let known = followed(self.container, self.cluster);
        let mut keep = |host: &str, user: &str, follows: bool| {
            let text = format!("{host}\n{user}\n{}\n", i32::from(follows));
            _ = trusted.write(self.cluster, FOLLOWS, &text, false);
        };
        match request {
            Request::Follow(host, user) => {
                let (old_host, old_user, follows) = known.unwrap_or_default();
                keep(&host.unwrap_or(old_host), &user.unwrap_or(old_user), follows);
            }
            Request::Go(follows) => {
                let Some((host, user, _)) = known.filter(|known| !known.0.is_empty()) else {
                    // Only what is to begin needs to know whom to follow.
                    if !follows {
                        return Ok(Reply::noted("1255 Slave already has been stopped"));
                    }
                    let text = "The server is not configured as slave; fix in config file or with CHANGE MASTER TO";
                    return Err(SqlError::new(1200, text));
                };
                keep(&host, &user, follows);
                catch_up(self.container, self.cluster);
            }
            Request::Forget => _ = trusted.remove(self.cluster, FOLLOWS, false),
            Request::ReplicaStatus => return Ok(self.replica_status(known)),
            Request::PrimaryStatus => {
                let file = format!("{}-bin.000001", self.container.hostname());
                let columns = ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", "Executed_Gtid_Set"];
                let columns = columns.map(|name| Heading::new(name, name == "Position")).to_vec();
                let row = [file.as_str(), POSITION, "", "", ""].map(|cell| Some(cell.to_string())).to_vec();
                let logs = is_on(self.container, self.cluster, "log_bin");
                return Ok(Reply::Rows { columns, rows: if logs { vec![row] } else { Vec::new() } });
            }
        }
        Ok(Reply::done(0))
    }

    fn replica_status(&self, known: Option<(String, String, bool)>) -> Reply {
        let Some((host, user, follows)) = known else { return Reply::Rows { columns: Vec::new(), rows: Vec::new() } };
        let is_up = primary_of(self.container, self.cluster).is_some();
        let state = match (follows, is_up) {
            (true, true) => "Waiting for master to send event",
            (true, false) => "Connecting to master",
            (false, _) => "",
        };
        let yes = |is: bool| if is { "Yes" } else { "No" };
        let reads = if follows && !is_up { "Connecting" } else { yes(follows) };
        let file = format!("{}-bin.000001", host.split('.').next().unwrap_or(&host));
        let cells = [
            ("Slave_IO_State", state),
            ("Master_Host", &host),
            ("Master_User", &user),
            ("Master_Port", "3306"),
            ("Connect_Retry", "10"),
            ("Master_Log_File", &file),
            ("Read_Master_Log_Pos", POSITION),
            ("Slave_IO_Running", reads),
            ("Slave_SQL_Running", yes(follows)),
            ("Last_Error", ""),
            ("Seconds_Behind_Master", if is_up { "0" } else { "NULL" }),
        ];
        let columns = cells.iter().map(|(name, _)| Heading::new(name, false)).collect();
        Reply::Rows { columns, rows: vec![cells.iter().map(|(_, cell)| Some(cell.to_string())).collect()] }
    }
}
