package io.k3j.etcdmember;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;

/// What etcd measures, in the text format of Prometheus.
final class EtcdMetrics {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MAX_METRICS = 8 << 20;

    private EtcdMetrics() {
    }

    /// All of it. Blocks up to two seconds for each of connection and answer.
    ///
    /// @param url where etcd listens for those who ask for metrics
    static String read(String url) throws IOException {
        URLConnection connection = URI.create(url).resolve("/metrics").toURL().openConnection(Proxy.NO_PROXY);
        // asked seldom: keeping the connection is of no use
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readNBytes(MAX_METRICS), StandardCharsets.UTF_8);
        }
    }
}
