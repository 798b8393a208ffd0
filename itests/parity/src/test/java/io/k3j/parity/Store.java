package io.k3j.parity;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What lies in a datastore, read past K3j by the datastore's own tools.
interface Store {
    /// For an answer of `etcdctl`.
    Duration LIMIT = Duration.ofMinutes(5);
    /// Every row, its key first.
    String EVERY_ROW = "SELECT concat_ws(' ', name, id, created, deleted, create_revision, prev_revision,"
            + " lease, md5(value), md5(old_value)) FROM kine ORDER BY id";
    /// Whether a row of PostgreSQL holds a word.
    String POSTGRES_HOLDS = "position('%1$s'::bytea IN value) > 0 OR position('%1$s' IN name) > 0";
    /// Whether a row of MariaDB holds a word.
    String MARIADB_HOLDS = "locate('%1$s', value) > 0 OR locate('%1$s', name) > 0";

    /// The newest row of every key, all of its columns; deleted ones too where they are kept. Without what a running
    /// server writes by itself all the time.
    Map<String, String> rows() throws IOException, InterruptedException;

    /// The keys that hold a word, or whose rows do: newest, older and deleted ones, as far as they are kept. Nothing is
    /// left out here.
    List<String> naming(String word) throws IOException, InterruptedException;

    /// The members of the datastore's cluster, empty when that is not the server's business.
    String members() throws IOException, InterruptedException;

    /// Heartbeats and addresses of servers that run.
    static boolean heartbeat(String key) {
        return key.startsWith("/registry/leases/") || key.startsWith("/registry/masterleases/")
                || key.startsWith("/registry/events/")
                || key.equals("/registry/services/endpoints/default/kubernetes")
                || key.startsWith("/registry/endpointslices/default/kubernetes")
                || key.startsWith("k3s/servers/server-")
                || key.equals("compact_rev_key");
    }

    /// kine's table.
    ///
    /// @param holds whether a row holds the word `%1$s`, as its SQL says that
    static Store sql(DatabaseServer database, String holds) {
        return new Store() {
            @Override
            public List<String> naming(String word) {
                return database.sql("kubernetes", "SELECT DISTINCT name FROM kine WHERE " + holds.formatted(word))
                        .lines().toList();
            }

            @Override
            public Map<String, String> rows() {
                Map<String, String> rows = new TreeMap<>();
                for (String line : database.sql("kubernetes", EVERY_ROW).lines().toList()) {
                    String key = line.substring(0, line.indexOf(' '));
                    if (!heartbeat(key)) {
                        // ordered by id: the newest wins
                        rows.put(key, line);
                    }
                }
                return rows;
            }

            @Override
            public String members() {
                return "";
            }
        };
    }

    /// The keys of etcd, asked with these words of `etcdctl`.
    static Store etcd(UnaryOperator<List<String>> where, List<String> access) {
        return new Store() {
            private String ask(String... words) throws IOException, InterruptedException {
                List<String> command = new ArrayList<>(List.of("env", "ETCDCTL_API=3", "etcdctl"));
                command.addAll(access);
                command.addAll(List.of(words));
                return Launch.of(where.apply(command)).errorsApart().text(LIMIT);
            }

            private List<Struct> all() throws IOException, InterruptedException {
                byte[] all = unsigned(ask("-w", "json", "get", "", "--from-key")).getBytes(StandardCharsets.UTF_8);
                return Json.object(all).seq("kvs").structs();
            }

            private static String text(Struct row, String column) {
                return new String(Base64.getDecoder().decode(row.text(column)), StandardCharsets.UTF_8);
            }

            @Override
            public List<String> naming(String word) throws IOException, InterruptedException {
                return all().stream().filter(row -> text(row, "key").contains(word)
                        || text(row, "value").contains(word)).map(row -> text(row, "key")).toList();
            }

            @Override
            public Map<String, String> rows() throws IOException, InterruptedException {
                Map<String, String> rows = new TreeMap<>();
                for (Struct row : all()) {
                    String key = text(row, "key");
                    if (!heartbeat(key)) {
                        rows.put(key, Json.text(row));
                    }
                }
                return rows;
            }

            @Override
            public String members() throws IOException, InterruptedException {
                return ask("member", "list");
            }
        };
    }

    /// Every number in quotes: ids have 64 bits without a sign, which no number of ours holds. The texts are base64.
    private static String unsigned(String json) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == ':' && i + 1 < json.length() && Character.isDigit(json.charAt(i + 1))) {
                int end = i + 1;
                while (Character.isDigit(json.charAt(end))) {
                    end++;
                }
                quoted.append(":\"").append(json, i + 1, end).append('"');
                i = end - 1;
            } else {
                quoted.append(c);
            }
        }
        return quoted.toString();
    }
}
