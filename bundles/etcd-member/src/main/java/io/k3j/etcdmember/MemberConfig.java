package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/// etcd's configuration file.
///
/// @param name this member's
/// @param host this server's address for the others
/// @param cluster `name=peer URL,…` of a beginning cluster, this member included
/// @param existing whether that cluster exists already
/// @param metrics the address of the metrics port
record MemberConfig(Places places, String name, String host, Ports ports, String cluster, boolean existing,
        String metrics, Map<String, String> arguments) {
    /// The longest object SQLite or an API server takes fits.
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

    /// Where its metrics are told; `--etcd-arg` may have moved them.
    String metricsUrl() {
        String moved = arguments.getOrDefault("listen-metrics-urls", url("http", metrics, ports.metrics()));
        return moved.split(",")[0];
    }

    /// The file's text. `alone` makes whatever is on disk a cluster of this member only.
    String text(boolean alone) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name);
        all.put("data-dir", places.data());
        all.put("listen-client-urls", listen(ports.client()));
        all.put("advertise-client-urls", clientUrl());
        all.put("listen-peer-urls", listen(ports.peer()));
        all.put("initial-advertise-peer-urls", peerUrl());
        all.put("listen-metrics-urls", url("http", metrics, ports.metrics()));
        all.put("initial-cluster", cluster);
        all.put("initial-cluster-state", existing ? "existing" : "new");
        all.put("heartbeat-interval", 100);
        all.put("election-timeout", 1000);
        // a member that was cut off must not bring the others an election when it comes back; etcd's default since 3.5
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
        String here = url("https", "127.0.0.1", port);
        String there = url("https", host, port);
        return host.equals("127.0.0.1") || host.startsWith("127.") ? there : here + "," + there;
    }

    private void tls(StringBuilder text, String section, String leaf, String authority) {
        text.append(section).append(":\n  cert-file: ").append(quoted(places.tls(leaf + ".crt").toString()))
                .append("\n  key-file: ").append(quoted(places.tls(leaf + ".key").toString()))
                .append("\n  client-cert-auth: true\n  trusted-ca-file: ")
                .append(quoted(places.tls(authority).toString())).append('\n');
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

    /// What a running process must have been started with to be kept: how a cluster began does not matter later. The
    /// authorities do: unlike its own certificate, etcd reads them once.
    String identity() {
        return new MemberConfig(places, name, host, ports, "", false, metrics, arguments).text(false)
                + authority("server-ca.crt") + authority("peer-ca.crt");
    }

    private String authority(String name) {
        try {
            return Files.readString(places.tls(name));
        } catch (IOException notYet) {
            return "";
        }
    }
}
