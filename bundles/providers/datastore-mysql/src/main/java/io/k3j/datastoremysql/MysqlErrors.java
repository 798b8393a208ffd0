package io.k3j.datastoremysql;

import io.k3j.sqllog.SafeSetting;
import io.k3j.sqllog.ServerDialect;
import io.k3j.sqllog.Trouble;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;

/// The meaning of MariaDB's and MySQL's error codes
/// (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).
final class MysqlErrors implements ServerDialect.ErrorCodes {
    private static final int DUPLICATE = 1062;
    private static final int DEADLOCK = 1213;
    private static final int LOCK_WAIT = 1205;
    /// Own code: the log's lock was not acquired in time.
    static final int NO_LOCK = 60_001;
    /// Own code: rows that the unique index forbids.
    static final int CONTRADICTION = 60_002;
    /// Own code: a table that has to be changed while others use it.
    static final int IN_USE = 60_003;
    /// Own code: as [#IN_USE], but this user cannot see whether others use it.
    static final int UNSEEN = 60_004;
    private static final int NO_COLUMN = 1054;

    @Override
    public Trouble trouble(SQLException error) {
        if (SafeSetting.UNSAFE.equals(error.getSQLState())) {
            return Trouble.REFUSED;
        }
        return switch (error.getErrorCode()) {
            case DUPLICATE, DEADLOCK -> Trouble.TAKEN;
            case LOCK_WAIT, NO_LOCK, IN_USE, UNSEEN -> Trouble.HELD;
            // too many connections; read-only: the server was demoted, and its name may resolve to another one
            // by now
            case 1040, 1203, 1226, 1290, 1792, 1836 -> Trouble.AWAY;
            // login, database, shutdown, killed, connection lost
            case 1044, 1045, 1698, 1049, 1053, 1317, 1927, 1129, 1130, 1152, 1159, 1161, 4031 -> Trouble.AWAY;
            // full disk, too large a packet: a retry cannot help, even when the connection was lost as well
            case 1021, 1114, 1153, 3 -> Trouble.REFUSED;
            default -> connectionLost(error) ? Trouble.AWAY : Trouble.REFUSED;
        };
    }

    private static boolean connectionLost(SQLException error) {
        String state = error.getSQLState();
        return state == null || state.isEmpty() || state.startsWith("08") || "70100".equals(state);
    }

    /// Whether a retry cannot help: login, permissions, TLS.
    @Override
    public boolean hopeless(SQLException error) {
        if (SafeSetting.UNSAFE.equals(error.getSQLState())) {
            return true;
        }
        return switch (error.getErrorCode()) {
            case 1044, 1045, 1142, 1227, 1698, 1251, 3159, NO_COLUMN, CONTRADICTION -> true;
            default -> untrusted(error);
        };
    }

    @Override
    public String advice(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1045, 1698 -> "check user and password in --datastore-endpoint";
            case 1044, 1142, 1227 ->
                "give the user the rights: GRANT ALL ON `database`.* (to make the database as well, grant CREATE)";
            case 1049 -> "the database does not exist: create it";
            case 1040, 1203, 1226 -> "the server has no connection left: raise max_connections, each server needs up"
                    + " to 8";
            case 1290, 1792, 1836 -> "the server only reads: it is a replica, or was made read-only";
            case 1021, 1114, 3 -> "the server's disk is full: free space there; nothing was lost";
            case NO_COLUMN -> "the table kine there is not kine's: name another database in --datastore-endpoint";
            case IN_USE -> "stop stock K3s servers and other programs there until this server runs";
            case UNSEEN ->
                "stop stock K3s servers and other programs there until this server runs, and let it see that:"
                        + " GRANT PROCESS ON *.* TO the user of --datastore-endpoint";
            case CONTRADICTION -> "put back a backup, or delete one of the rows";
            case 1146 -> "somebody has dropped the table kine: put it back from a backup, restart this server";
            case LOCK_WAIT, NO_LOCK ->
                "another session holds the table kine or the lock of the log: end its transaction";
            case 1153 -> "the value is larger than the server takes: raise max_allowed_packet";
            default -> untrusted(error)
                    ? "check --datastore-cafile, -certfile, -keyfile and whether the server has TLS"
                    : "";
        };
    }

    private static boolean untrusted(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException
                    || message.contains("SSL") || message.contains("sslMode") || message.contains("ertificate")) {
                return true;
            }
        }
        return false;
    }
}
