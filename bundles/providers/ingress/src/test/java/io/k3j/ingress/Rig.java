package io.k3j.ingress;

import io.k3j.ingressresources.BackendTls;
import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.Endpoints;
import io.k3j.ingressresources.IngressValues;
import io.k3j.ingressrouting.BackendPort;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.HostTable;
import io.k3j.ingressrouting.PathTable;
import io.k3j.ingressrouting.Route;
import io.k3j.ingressrouting.RoutingTable;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.model.Key;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/// A proxy on loopback whose one route, of hosts `a.test` and `localhost`, leads to endpoints of the test.
final class Rig {
    /// So many connections may begin at once: one that the kernel turns away is late, and may be given up.
    private static final int BACKLOG = 1_000;
    static final BackendPort BACKEND = new BackendPort(new Key("default", "web"), "80");
    final IngressMetrics metrics = new IngressMetrics();
    final Certificates certificates = new Certificates(InstantSource.system());
    /// Requests that [#echo] got, each as `METHOD target` and its header lines.
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final Map<String, Endpoints> endpoints = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Proxy proxy = new Proxy("server-1",
            b -> endpoints.getOrDefault("web", Endpoints.of(Endpoints.Scheme.HTTP, List.of())), metrics,
            new AccessLog());
    private final IngressListeners listeners;
    private final int web;
    private final int websecure;

    Rig() throws IOException {
        this(0, new SocketHandover(sockets -> () -> {
        }, List::of), List.of());
    }

    /// @param port of the entry point `web`, 0 for any
    Rig(int port, SocketHandover handover, List<Integer> ports) throws IOException {
        to(ports.stream().mapToInt(Integer::intValue).toArray());
        listeners = new IngressListeners(2, proxy, new IngressTls(certificates, threads), metrics, handover);
        proxy.use(tables());
        web = listen(EntryPoint.WEB, port);
        websecure = listen(EntryPoint.WEBSECURE, 0);
    }

    /// Everything of the two hosts to the one backend.
    static Map<EntryPoint, RoutingTable> tables() {
        PathTable.Builder paths = new PathTable.Builder();
        paths.add("Prefix", "/", new Route(new Key("default", "web"), BACKEND, Set.of(EntryPoint.values())));
        RoutingTable table = new RoutingTable(HostTable.of(Map.of("a.test", new RoutingTable.Paths(paths.build(), null),
                "localhost", new RoutingTable.Paths(paths.build(), null))),
                RoutingTable.empty().others());
        return Map.of(EntryPoint.WEB, table, EntryPoint.WEBSECURE, table);
    }

    private int listen(EntryPoint entryPoint, int port) throws IOException {
        return listeners.listen(entryPoint, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).getPort();
    }

    int web() {
        return web;
    }

    int websecure() {
        return websecure;
    }

    /// Routes to these ports of loopback from now on.
    Rig to(Endpoints.Scheme scheme, int... ports) {
        List<InetSocketAddress> all = new ArrayList<>();
        for (int port : ports) {
            all.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        endpoints.put("web", Endpoints.of(scheme, all));
        return this;
    }

    /// Routes to one port of loopback, whose certificate is verified.
    Rig to(BackendTls tls, int port) {
        endpoints.put("web", Endpoints.of(Endpoints.Scheme.HTTPS, tls,
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))));
        return this;
    }

    void use(IngressValues values) {
        proxy.use(values);
    }

    Rig to(int... ports) {
        return to(Endpoints.Scheme.HTTP, ports);
    }

    /// The same over TLS, with the certificate of `context`.
    int echo(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return echo(server);
    }

    /// An endpoint that answers with the body it gets, or `hello`, and notes what it was asked.
    int echo() throws IOException {
        return echo(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG));
    }

    private int echo(HttpServer server) {
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            StringBuilder head = new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\n");
            exchange.getRequestHeaders().forEach((name, values) -> head.append(name).append(": ")
                    .append(String.join(",", values)).append('\n'));
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(head.toString());
            byte[] answer = body.length > 0 ? body : "hello".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().add("X-Answer", "yes");
            boolean none = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, none ? -1 : answer.length);
            if (!none) {
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        });
        server.start();
        open.add(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    /// What an endpoint does with one connection.
    interface Script {
        void run(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    /// An endpoint that does with each connection what the test says; afterwards it is closed.
    int scripted(Script script) throws IOException {
        ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        open.add(server);
        threads.submit(() -> {
            while (true) {
                Socket socket = server.accept();
                threads.submit(() -> {
                    try (socket) {
                        script.run(socket.getInputStream(), socket.getOutputStream());
                    }
                    return null;
                });
            }
        });
        return server.getLocalPort();
    }

    /// A connection to the entry point `web`.
    RawHttp client() throws IOException {
        return new RawHttp(new Socket(InetAddress.getLoopbackAddress(), web));
    }

    /// The metrics once they have this: a client may see its answer before it is counted.
    /// @throws AssertionError when they never do
    String metricsWith(String text) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String told = metrics.text();
        for (; !told.contains(text); told = metrics.text()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never " + text + " but\n" + told);
            }
            LockSupport.parkNanos(1_000_000);
        }
        return told;
    }

    /// Lets the proxy look for what is too slow as if so many seconds had passed.
    void pass(long seconds) {
        long now = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        proxy.loops().forEach(loop -> loop.loop().submit(() -> loop.look(now)).syncUninterruptibly());
    }

    /// Stops the proxy, as a swap does.
    void stop() {
        listeners.close();
    }

    void close() throws Exception {
        stop();
        for (AutoCloseable some : open) {
            some.close();
        }
        threads.shutdownNow();
    }
}
