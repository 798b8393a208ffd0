package io.k3j.parity;

import io.k3j.codec.Json;
import io.k3j.datastoreconformance.DatabaseServer;
import io.k3j.datastoreconformance.EtcdServers;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Bounded;
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
    Duration LIMIT = Duration.ofSeconds(60);

    /// The newest row of every key, all of its columns; deleted ones too where they are kept. Without what a running
    /// server writes by itself all the time.
    Map<String, String> rows() throws IOException, InterruptedException;

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
    static Store sql(DatabaseServer database, String select) {
        return new Store() {
            @Override
            public Map<String, String> rows() {
                Map<String, String> rows = new TreeMap<>();
                for (String line : database.sql("kubernetes", select).lines().toList()) {
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
                Process process = new ProcessBuilder(where.apply(command))
                        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
                String answer = Bounded.output(process, "etcdctl", LIMIT);
                if (process.exitValue() != 0) {
                    throw new AssertionError(command + " failed");
                }
                return answer;
            }

            @Override
            public Map<String, String> rows() throws IOException, InterruptedException {
                Map<String, String> rows = new TreeMap<>();
                byte[] all = unsigned(ask("-w", "json", "get", "", "--from-key")).getBytes(StandardCharsets.UTF_8);
                for (Struct row : Json.object(all).seq("kvs").structs()) {
                    String key = new String(Base64.getDecoder().decode(row.text("key")), StandardCharsets.UTF_8);
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
