package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The pages of `prometheus`, `health` and `ready` over HTTP. One thread calls [#keep].
final class MonitoringPorts implements AutoCloseable {
    /// Where `health` and `ready` are without an address of their own: beside the metrics. CoreDNS' 8080 and 8181 are
    /// those of a pod; here they would be taken from everybody else on the node.
    static final String SHARED = ":9153";
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final int AT_ONCE = 32;
    private static final int PATIENCE_MILLIS = 5000;
    private static final int MOST_LINES = 100;
    private static final int LONGEST_LINE = 8192;
    private static final long AGAIN_NANOS = 100_000_000;
    private final Health health;
    private final Function<String, Page> pages;
    private final Map<InetSocketAddress, Listener> open = new HashMap<>();
    private final Map<InetSocketAddress, Set<String>> paths = new ConcurrentHashMap<>();
    private final Semaphore seats = new Semaphore(AT_ONCE);

    /// A page: its status and text.
    record Page(String status, String type, String body) {
    }

    private record Listener(ServerSocket socket, SupervisedLoop loop) {
    }

    /// @param health where the threads report
    /// @param pages path to page
    MonitoringPorts(Health health, Function<String, Page> pages) {
        this.health = health;
        this.pages = pages;
    }

    /// The sockets for an address of the Corefile: those of this node's DNS, or loopback when it says so.
    static List<InetSocketAddress> sockets(String written, ServingAddresses serving) {
        int colon = written.lastIndexOf(':');
        int port = Integer.parseInt(written.substring(colon + 1));
        String host = written.substring(0, colon);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        return serving.addresses().stream().map(a -> new InetSocketAddress(InetAddress.ofLiteral(a), port)).toList();
    }

    /// Serves exactly these. An address that is not available is tried again at the next call.
    void keep(Map<InetSocketAddress, Set<String>> wanted) {
        paths.keySet().retainAll(wanted.keySet());
        paths.putAll(wanted);
        open.entrySet().removeIf(e -> !wanted.containsKey(e.getKey()) && close(e.getValue()));
        wanted.keySet().stream().filter(a -> !open.containsKey(a)).forEach(this::listen);
    }

    private void listen(InetSocketAddress at) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(at);
            open.put(at, new Listener(socket,
                    SupervisedLoop.virtual(health, "dns-pages-" + at.getAddress().getHostAddress() + "-" + at.getPort(),
                            () -> accept(socket, at)).start()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot open page port={0} error={1}", Integer.toString(at.getPort()),
                    e.getMessage());
        }
    }

    private void accept(ServerSocket socket, InetSocketAddress at) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (seats.tryAcquire()) {
                    Thread.ofVirtual().name("dns-page").start(() -> answer(client, at));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Page: {0}", e.getMessage());
                // without a free descriptor it would fail again at once
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    private void answer(Socket client, InetSocketAddress at) {
        try (client) {
            client.setSoTimeout(PATIENCE_MILLIS);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            String[] request = line(in).split(" ");
            for (int n = 0; n < MOST_LINES && !line(in).isEmpty(); n++) {
                LOG.log(System.Logger.Level.TRACE, "Header");
            }
            String path = request.length > 1 ? request[1].split("\\?", 2)[0] : "";
            @Nullable
            Page page = paths.getOrDefault(at, Set.of()).contains(path) && request[0].equals("GET")
                    ? pages.apply(path) : null;
            Page told = page == null ? new Page("404 Not Found", "text/plain; charset=utf-8", "404 page not found\n")
                    : page;
            byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
            client.getOutputStream().write(("HTTP/1.1 " + told.status() + "\r\nContent-Type: " + told.type()
                    + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            client.getOutputStream().write(body);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Page: {0}", e.getMessage());
        } finally {
            seats.release();
        }
    }

    /// A line without its end; empty at the end of the stream.
    private static String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (line.length() >= LONGEST_LINE) {
                throw new IOException("a line beyond " + LONGEST_LINE + " characters");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static boolean close(Listener listener) {
        listener.loop().close();
        try {
            listener.socket().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Page port: {0}", e.getMessage());
        }
        return true;
    }

    /// Closes all ports; the successor opens them again.
    @Override
    public void close() {
        open.values().forEach(MonitoringPorts::close);
        open.clear();
    }
}
