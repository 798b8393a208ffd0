package io.k3j.datastoremysql;

import io.k3j.sqllog.SafeSetting;
import java.util.List;

/// The settings MariaDB and MySQL need for durable commits:
/// <https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables>. With a binary
/// log, a commit missing in it is rolled back after a crash.
final class MysqlDurability {
    static final List<SafeSetting> SETTINGS = List.of(
            new SafeSetting("innodb_flush_log_at_trx_commit", "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit",
                    List.of("1", "3"), "SET GLOBAL innodb_flush_log_at_trx_commit = 1"),
            new SafeSetting("sync_binlog", "SELECT @@GLOBAL.sync_binlog FROM DUAL WHERE @@GLOBAL.log_bin = 1",
                    List.of("1"), "SET GLOBAL sync_binlog = 1"),
            new SafeSetting("binlog_format", "SELECT @@GLOBAL.binlog_format FROM DUAL WHERE @@GLOBAL.log_bin = 1",
                    List.of("row", "mixed"), "SET GLOBAL binlog_format = 'ROW'"));

    private MysqlDurability() {
    }
}
