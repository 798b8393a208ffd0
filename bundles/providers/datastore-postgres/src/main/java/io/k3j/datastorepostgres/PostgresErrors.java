package io.k3j.datastorepostgres;

import io.k3j.sqllog.SafeSetting;
import io.k3j.sqllog.ServerDialect;
import io.k3j.sqllog.Trouble;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;

/// The meaning of PostgreSQL's error codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
final class PostgresErrors implements ServerDialect.ErrorCodes {
    /// Own code: rows that the unique index forbids.
    static final String CONTRADICTION = "23000";
    /// Own code: a table that has to be changed while others use it.
    static final String IN_USE = "55006";
    /// Own code: a primary that was replaced by another one.
    static final String SUPERSEDED = "08P02";

    @Override
    public Trouble trouble(SQLException error) {
        return switch (state(error)) {
            case "23505", "40001", "40P01" -> Trouble.TAKEN;
            case "55P03", IN_USE -> Trouble.HELD;
            // read-only: the server was demoted, and its name may resolve to another one by now
            case "25006", "25P03", "25P04", "53300", "3D000", "28000", "28P01" -> Trouble.AWAY;
            case String s when s.isEmpty() || s.startsWith("08") || s.startsWith("57P") -> Trouble.AWAY;
            default -> Trouble.REFUSED;
        };
    }

    /// Whether a retry cannot help: login, permissions, TLS.
    @Override
    public boolean hopeless(SQLException error) {
        return switch (state(error)) {
            case "28000", "28P01", "42501", "0A000", "42P07", "42703", CONTRADICTION, SafeSetting.UNSAFE -> true;
            default -> untrusted(error);
        };
    }

    @Override
    public String advice(SQLException error) {
        return switch (state(error)) {
            case "28P01", "28000" -> "check user and password in --datastore-endpoint, and pg_hba.conf of the server";
            case "42501" -> "give the user the rights: make it the owner of the database, or let it create one";
            case "3D000" -> "the database does not exist: create it";
            case "25006" -> "the server only reads: it is a standby, or was made read-only";
            case "53300" -> "the server has no connection left: raise max_connections, each server needs up to 9";
            case "53100" -> "the server's disk is full: free space there; nothing was lost";
            case "42703" -> "the table kine there is not kine's: name another database in --datastore-endpoint";
            case SUPERSEDED -> "make it a standby, or restart all servers to go back to it";
            case IN_USE -> "stop stock K3s servers and other programs there until this server runs";
            case CONTRADICTION -> "put back a backup, or delete one of the rows";
            case "42P01" -> "somebody has dropped the table kine: put it back from a backup, restart this server";
            case "55P03" -> "another session holds the table kine or the lock of the log: end its transaction";
            default -> untrusted(error) ? "check --datastore-cafile, -certfile, -keyfile and sslmode" : "";
        };
    }

    private static boolean untrusted(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLHandshakeException
                    || cause instanceof GeneralSecurityException) {
                return true;
            }
        }
        String message = String.valueOf(error.getMessage());
        return message.contains("does not support SSL") || message.contains("hostname verifier")
                || message.contains("SSL error");
    }

    private static String state(SQLException error) {
        String state = error.getSQLState();
        return state == null ? "" : state;
    }
}
