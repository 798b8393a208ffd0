package io.k3j.ingress;

import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.Endpoints;
import io.k3j.ingressrouting.BackendPort;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.HostTable;
import io.k3j.ingressrouting.PathTable;
import io.k3j.ingressrouting.Route;
import io.k3j.ingressrouting.RoutingTable;
import io.k3j.model.Key;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/// The ingress' sockets, proxy and protocols in a process of their own, with two hosts instead of a cluster: `web` and
/// `ws`. One event loop, as its peers have one worker.
///
/// `BareIngress PORT WEB WS`: all on loopback; prints `ready` and goes on until it is ended.
public final class BareIngress {
    private BareIngress() {
    }

    /// Runs it.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int web = Integer.parseInt(arguments[1]);
        int ws = Integer.parseInt(arguments[2]);
        IngressMetrics metrics = new IngressMetrics();
        Map<BackendPort, Endpoints> endpoints = Map.of(backend("web"), at(web), backend("ws"), at(ws));
        Proxy proxy = new Proxy("bench", endpoints::get, metrics, new AccessLog());
        RoutingTable table = new RoutingTable(HostTable.of(Map.of("web.test", paths("web"), "ws.test", paths("ws"))),
                RoutingTable.empty().others());
        proxy.use(Map.of(EntryPoint.WEB, table));
        IngressTls tls = new IngressTls(new Certificates(InstantSource.system()),
                Executors.newVirtualThreadPerTaskExecutor());
        IngressListeners listeners = new IngressListeners(1, proxy, tls, metrics, new SocketHandover(sockets -> () -> {
        }, List::of));
        listeners.listen(EntryPoint.WEB,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])));
        System.out.println("ready");
        Thread.currentThread().join();
    }

    private static BackendPort backend(String name) {
        return new BackendPort(new Key("bench", name), "80");
    }

    private static Endpoints at(int port) {
        return Endpoints.of(Endpoints.Scheme.HTTP,
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private static RoutingTable.Paths paths(String name) {
        PathTable.Builder paths = new PathTable.Builder();
        paths.add("Prefix", "/", new Route(new Key("bench", name), backend(name), Set.of(EntryPoint.values())));
        return new RoutingTable.Paths(paths.build(), null);
    }
}
