package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// K3s' `server/cred/passwd`: who may ask the supervisor, one row `password,user,user,group` each. Safe for use by
/// several threads.
public final class PasswordFile {
    private static final int PASSWORD = 0;
    private static final int USER = 1;
    private static final int GROUPS = 3;

    private final Map<String, Row> rows = Collections.synchronizedMap(new LinkedHashMap<>());

    /// One user.
    ///
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

    /// Reads a file's text; rows with fewer than three fields are an error, as in K3s.
    /// @throws IllegalArgumentException on such a row
    public static PasswordFile parse(String text) {
        PasswordFile file = new PasswordFile();
        for (String line : text.split("\n")) {
            if (!line.isBlank()) {
                List<String> fields = fields(line.strip());
                if (fields.size() < GROUPS) {
                    throw new IllegalArgumentException("password file must have at least 3 columns");
                }
                List<String> groups = fields.size() > GROUPS && !fields.get(GROUPS).isEmpty()
                        ? List.of(fields.get(GROUPS).split(","))
                        : List.of();
                file.put(new Row(fields.get(USER), fields.get(PASSWORD), groups));
            }
        }
        return file;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    /// Adds or replaces a user.
    public void put(Row row) {
        rows.put(row.user(), row);
    }

    /// A user's row.
    public Optional<Row> row(String user) {
        return Optional.ofNullable(rows.get(user));
    }

    /// The user with this name and password; compares in constant time.
    public Optional<Row> authenticate(String user, String password) {
        Row row = rows.get(user);
        byte[] expected = (row == null ? "" : row.password()).getBytes(StandardCharsets.UTF_8);
        boolean same = MessageDigest.isEqual(expected, password.getBytes(StandardCharsets.UTF_8));
        return same && row != null && !row.password().isEmpty() ? Optional.of(row) : Optional.empty();
    }

    /// The file's text.
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Row row : List.copyOf(rows.values())) {
            text.append(quoted(row.password())).append(',').append(quoted(row.user())).append(',')
                    .append(quoted(row.user())).append(',').append(quoted(String.join(",", row.groups()))).append('\n');
        }
        return text.toString();
    }

    private static String quoted(String field) {
        boolean plain = field.indexOf(',') < 0 && field.indexOf('"') < 0 && field.indexOf('\n') < 0;
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
