package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// K3s' `server/cred/passwd`: who may ask the supervisor, one row `password,user,user,group` each. Upstream's
/// `passwordfile` of Kubernetes before 1.19, which K3s kept. Safe for use by several threads; nothing blocks, and
/// nothing is read or written here: [PemFiles] does that.
public final class PasswordFile {
    /// Members of this group may read what agents need.
    public static final String AGENT_GROUP = "k3s:agent";
    /// Members of this group may do what servers do.
    public static final String SERVER_GROUP = "k3s:server";

    /// Columns. The third one is the user again: upstream's uid.
    private static final int PASSWORD = 0;
    private static final int USER = 1;
    private static final int GROUPS = 3;

    /// By user, in the order of the file.
    private final Map<String, Row> rows = Collections.synchronizedMap(new LinkedHashMap<>());

    /// One user. Immutable.
    ///
    /// @param user `node`, `server`, or one an operator added
    /// @param password in clear, as the file has it
    /// @param groups what the user may do, as `k3s:agent`
    public record Row(String user, String password, List<String> groups) {
        /// Copies the list.
        public Row {
            groups = List.copyOf(groups);
        }

        /// Never the secret.
        @Override
        public String toString() {
            return user + " " + groups;
        }
    }

    /// No rows.
    public PasswordFile() {
    }

    /// Reads a file's text as Go reads CSV; rows with fewer than three fields are an error, as in K3s, and the groups
    /// may be missing. Of two rows with one user the last one counts.
    /// @throws IllegalArgumentException on such a row, or quotes that are not in pairs, without what the text holds
    public static PasswordFile parse(String text) {
        PasswordFile file = new PasswordFile();
        for (List<String> fields : CsvRecords.of(text)) {
            if (fields.size() < GROUPS) {
                throw new IllegalArgumentException("password file must have at least 3 columns");
            }
            List<String> groups = fields.size() > GROUPS && !fields.get(GROUPS).isEmpty()
                    ? List.of(fields.get(GROUPS).split(","))
                    : List.of();
            file.put(new Row(fields.get(USER), fields.get(PASSWORD), groups));
        }
        return file;
    }

    /// Adds or replaces a user.
    public void put(Row row) {
        rows.put(row.user(), row);
    }

    /// A user's row.
    public Optional<Row> row(String user) {
        return Optional.ofNullable(rows.get(user));
    }

    /// The user with this name and password; compares in constant time. An empty password fits nobody, whatever the row
    /// says.
    public Optional<Row> authenticate(String user, String password) {
        Row row = rows.get(user);
        byte[] expected = (row == null ? "" : row.password()).getBytes(StandardCharsets.UTF_8);
        boolean same = MessageDigest.isEqual(expected, password.getBytes(StandardCharsets.UTF_8));
        return same && row != null && !row.password().isEmpty() ? Optional.of(row) : Optional.empty();
    }

    /// The file's text, to be written as a secret.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Row row : List.copyOf(rows.values())) {
            text.append(CsvRecords
                    .text(List.of(row.password(), row.user(), row.user(), String.join(",", row.groups()))));
        }
        return text.toString();
    }
}
