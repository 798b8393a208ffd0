package io.k3j.datastoremysql;

import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.OpenLog;
import io.k3j.sqllog.SqlDialect;
import java.util.List;

/// Opens the log in one database.
public final class MysqlStore {
    private MysqlStore() {
    }

    /// Opens the database of an endpoint, as [OpenLog#of] does.
    /// @throws IllegalArgumentException when the endpoint is wrong
    public static OpenLog open(String endpoint) {
        return open(endpoint, List.of("", "", ""));
    }

    /// The same with the files of [#start].
    static OpenLog open(String endpoint, List<String> files) {
        return OpenLog.of(dialect(endpoint, files, false));
    }

    /// Begins to open the database of an endpoint in the background. `files` are those of the flags
    /// `--datastore-cafile`, `-certfile` and `-keyfile`, in that order, empty when not given.
    /// @throws IllegalArgumentException when the endpoint or a file is wrong
    public static LogStart start(String endpoint, List<String> files, boolean keepSecondaryIndexes,
            LogStart.Events events) {
        return LogStart.of(dialect(endpoint, files, keepSecondaryIndexes), events);
    }

    private static SqlDialect dialect(String endpoint, List<String> files, boolean keepSecondaryIndexes) {
        return new MysqlDialect(Connections.of(endpoint, files.get(0), files.get(1), files.get(2)),
                keepSecondaryIndexes);
    }
}
