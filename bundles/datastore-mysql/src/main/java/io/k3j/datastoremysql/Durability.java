package io.k3j.datastoremysql;

import io.k3j.sqllog.SafeSetting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What makes a commit of MariaDB and MySQL last:
/// <https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables>. Where there is a
/// binary log, what it has not got is rolled back after a crash.
final class Durability {
    private static final List<SafeSetting> SETTINGS = List.of(
            new SafeSetting("innodb_flush_log_at_trx_commit", "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit",
                    List.of("1", "3"), "SET GLOBAL innodb_flush_log_at_trx_commit = 1"),
            new SafeSetting("sync_binlog", "SELECT @@GLOBAL.sync_binlog FROM DUAL WHERE @@GLOBAL.log_bin = 1",
                    List.of("1"), "SET GLOBAL sync_binlog = 1"),
            new SafeSetting("binlog_format", "SELECT @@GLOBAL.binlog_format FROM DUAL WHERE @@GLOBAL.log_bin = 1",
                    List.of("row", "mixed"), "SET GLOBAL binlog_format = 'ROW'"));

    private Durability() {
    }

    /// @throws SQLException when a setting would lose acknowledged writes
    static void check(Connection connection) throws SQLException {
        SafeSetting.check(connection, SETTINGS);
    }
}
