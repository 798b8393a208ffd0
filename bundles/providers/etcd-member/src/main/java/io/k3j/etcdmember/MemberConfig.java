package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/// The content of etcd's configuration file.
///
/// @param name this member's name
/// @param host this server's address for the other members
/// @param cluster `name=peer URL,…` of the initial cluster, this member included
/// @param existing whether that cluster existed before
/// @param metrics the listen address of the metrics port
record MemberConfig(EtcdLayout layout, String name, String host, EtcdPorts ports, String cluster, boolean existing,
        String metrics, Map<String, String> arguments) {
    /// Large enough for the largest object SQLite or an API server accepts.
    private static final int MAX_REQUEST_BYTES = 8 << 20;

    static String url(String scheme, String host, int port) {
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    String peerUrl() {
        return url("https", host, ports.peer());
    }

    String clientUrl() {
        return url("https", host, ports.client());
    }

    /// The URL of the metrics; `--etcd-arg` may have moved it.
    String metricsUrl() {
        String moved = arguments.getOrDefault("listen-metrics-urls", url("http", metrics, ports.metrics()));
        return moved.split(",")[0];
    }

    /// The file's text. `alone` forces the data on disk to become a cluster of this member only.
    String text(boolean alone) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name);
        all.put("data-dir", layout.data());
        all.put("listen-client-urls", listen(ports.client()));
        all.put("advertise-client-urls", clientUrl());
        all.put("listen-peer-urls", listen(ports.peer()));
        all.put("initial-advertise-peer-urls", peerUrl());
        all.put("listen-metrics-urls", url("http", metrics, ports.metrics()));
        all.put("initial-cluster", cluster);
        all.put("initial-cluster-state", existing ? "existing" : "new");
        all.put("heartbeat-interval", 100);
        all.put("election-timeout", 1000);
        // a member that returns after a partition must not force an election; default since etcd 3.5
        all.put("pre-vote", true);
        all.put("snapshot-count", 10_000);
        all.put("max-request-bytes", MAX_REQUEST_BYTES);
        if (!arguments.containsKey(EtcdArguments.GATES)) {
            all.put(EtcdArguments.CORRUPT_CHECK, true);
        }
        all.put("logger", "zap");
        all.put("log-level", "warn");
        all.put("log-outputs", "[stderr]");
        if (alone) {
            all.put("force-new-cluster", true);
        }
        all.putAll(arguments);
        StringBuilder text = new StringBuilder(2048);
        all.forEach((key, value) -> text.append(key).append(": ").append(scalar(key, value)).append('\n'));
        tls(text, "client-transport-security", "server-client", "server-ca.crt");
        tls(text, "peer-transport-security", "peer-server-client", "peer-ca.crt");
        return text.toString();
    }

    private String listen(int port) {
        String loopback = url("https", "127.0.0.1", port);
        String external = url("https", host, port);
        return host.equals("127.0.0.1") || host.startsWith("127.") ? external : loopback + "," + external;
    }

    private void tls(StringBuilder text, String section, String leaf, String authority) {
        text.append(section).append(":\n  cert-file: ").append(quoted(layout.tls(leaf + ".crt").toString()))
                .append("\n  key-file: ").append(quoted(layout.tls(leaf + ".key").toString()))
                .append("\n  client-cert-auth: true\n  trusted-ca-file: ")
                .append(quoted(layout.tls(authority).toString())).append('\n');
    }

    private static String scalar(String key, Object value) {
        String text = value.toString();
        boolean bare = !(value instanceof String) && !(value instanceof java.nio.file.Path)
                || key.equals("log-outputs") || text.equals("true") || text.equals("false") || number(text);
        return bare ? text : quoted(text);
    }

    private static boolean number(String text) {
        return !text.isEmpty() && text.length() < 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /// Has to equal the identity of a running process for that process to be kept. Leaves out the initial
    /// cluster, which has no effect on existing data. Includes the authorities, because etcd reads them only
    /// once, unlike its own certificate.
    String identity() {
        return new MemberConfig(layout, name, host, ports, "", false, metrics, arguments).text(false)
                + authority("server-ca.crt") + authority("peer-ca.crt");
    }

    private String authority(String name) {
        try {
            return Files.readString(layout.tls(name));
        } catch (IOException notYet) {
            return "";
        }
    }
}
