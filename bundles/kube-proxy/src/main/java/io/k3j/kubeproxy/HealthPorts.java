package io.k3j.kubeproxy;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// The `healthCheckNodePort` of Services with `externalTrafficPolicy: Local`: it tells load balancers outside whether
/// this node has an endpoint, in upstream's form: 200 with at least one, else 503. [#keep] is called by one thread.
final class HealthPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private static final int AT_ONCE = 64;
    private static final int PATIENCE_MILLIS = 5000;
    private static final int MOST_LINES = 100;
    private static final long AGAIN_NANOS = 100_000_000;
    private final Map<Integer, Listener> open = new HashMap<>();
    private final Map<Integer, Subject> subjects = new ConcurrentHashMap<>();
    private final Health health;
    private final Semaphore seats = new Semaphore(AT_ONCE);

    /// What a port tells.
    record Subject(String namespace, String name, int localEndpoints) {
        String body() {
            return "{\"service\":{\"namespace\":\"" + namespace + "\",\"name\":\"" + name + "\"},\"localEndpoints\":"
                    + localEndpoints + ",\"serviceProxyHealthy\":true}";
        }
    }

    private record Listener(ServerSocket socket, SupervisedLoop loop) {
    }

    /// @param health where the threads report
    HealthPorts(Health health) {
        this.health = health;
    }

    /// Listens on exactly these ports. A port that cannot be had is tried again the next time.
    void keep(Map<Integer, Subject> wanted) {
        subjects.keySet().retainAll(wanted.keySet());
        subjects.putAll(wanted);
        open.entrySet().removeIf(e -> !wanted.containsKey(e.getKey()) && close(e.getValue()));
        for (int port : wanted.keySet()) {
            if (!open.containsKey(port)) {
                listen(port);
            }
        }
    }

    private void listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            open.put(port, new Listener(socket,
                    SupervisedLoop.virtual(health, "kube-proxy-health-" + port, () -> accept(socket, port)).start()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no health check port={0}: {1}", Integer.toString(port),
                    e.getMessage());
        }
    }

    private void accept(ServerSocket socket, int port) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (seats.tryAcquire()) {
                    Thread.ofVirtual().name("health-check").start(() -> answer(client, port));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "health check: {0}", e.getMessage());
                // for want of a descriptor it would fail again at once
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    private void answer(Socket client, int port) {
        try (client) {
            client.setSoTimeout(PATIENCE_MILLIS);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            for (int n = 0; n < MOST_LINES && line != null && !line.isEmpty(); n++) {
                line = in.readLine();
            }
            Subject subject = subjects.getOrDefault(port, new Subject("", "", 0));
            String status = subject.localEndpoints() > 0 ? "200 OK" : "503 Service Unavailable";
            String head = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + subject.body().length() + "\r\nX-Content-Type-Options: nosniff\r\n"
                    + "X-Load-Balancing-Endpoint-Weight: " + subject.localEndpoints() + "\r\nConnection: close\r\n\r\n";
            client.getOutputStream().write((head + subject.body()).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "health check: {0}", e.getMessage());
        } finally {
            seats.release();
        }
    }

    private static boolean close(Listener listener) {
        listener.loop().close();
        try {
            listener.socket().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "health check port: {0}", e.getMessage());
        }
        return true;
    }

    /// Ends all of them; the successor opens them again.
    @Override
    public void close() {
        open.values().forEach(HealthPorts::close);
        open.clear();
    }
}
