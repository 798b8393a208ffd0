package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Phases;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/// Who hears that ports are open, or cannot be opened.
@Timeout(120)
class PortOpeningTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final List<String> withdrawn = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Integer> numbers = new HashMap<>();

    private record Lent(Map<String, ServerSocketChannel> sockets) implements ListeningSockets {
        @Override
        public ServerSocketChannel lend(String port) {
            return sockets.get(port);
        }

        @Override
        public boolean has(String port) {
            return sockets.containsKey(port);
        }
    }

    private static <T> T made(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private static ServerSocketChannel bound() throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    private static ServerSocketChannel broken() throws IOException {
        ServerSocketChannel socket = bound();
        socket.close();
        return socket;
    }

    /// @param conditions that are there when it starts
    private BundleContext context(List<String> conditions) {
        return made(BundleContext.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getServiceReferences" -> conditions.stream().filter(String.valueOf(arguments[1])::contains).toList();
            case "registerService" -> {
                String id = (String) ((Dictionary<?, ?>) arguments[2]).get(Phases.ID);
                told.add(id);
                yield made(ServiceRegistration.class, (registration, called, none) -> {
                    withdrawn.add(id);
                    return null;
                });
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    @SuppressWarnings("unchecked")
    private Edge edge(TestPort identity, List<String> conditions, Map<String, ServerSocketChannel> sockets,
            String port) {
        Edge.Settings settings = made(Edge.Settings.class, (proxy, method, arguments) -> {
            Object number = numbers.getOrDefault(method.getName(), 0);
            return method.getReturnType() == int.class ? number : new String[0];
        });
        Edge edge = new Edge(context(conditions), settings, new Lent(sockets), Health.none(),
                why -> told.add("ended: " + why));
        edge.addIdentity(identity, Map.of("port", port),
                made(ServiceReference.class, (proxy, method, arguments) -> null));
        return edge;
    }

    private String heard() throws InterruptedException {
        return String.valueOf(told.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void openPortsOfAServerAreACondition() throws Exception {
        try (TestPort identity = TestPort.start();
                ServerSocketChannel own = bound();
                ServerSocketChannel further = bound()) {
            Edge edge = edge(identity, List.of(), Map.of("server", own, "supervisor", further), "server");
            assertThat(heard()).isEqualTo(Phases.SERVER_PORTS_OPEN);
            edge.stop();
            assertThat(told).isEmpty();
            assertThat(withdrawn).containsExactly(Phases.SERVER_PORTS_OPEN);
        }
    }

    @Test
    void aStartEndsWithoutThePortThatWasAskedFor() throws Exception {
        try (TestPort identity = TestPort.start();
                ServerSocketChannel own = bound();
                ServerSocketChannel further = broken()) {
            Edge edge = edge(identity, List.of(), Map.of("server", own, "supervisor", further), "server");
            assertThat(heard()).startsWith("ended: cannot accept connections on 127.0.0.1:")
                    .contains(" (--supervisor-port): ");
            edge.stop();
            assertThat(told).as("what is not open is not told to be").isEmpty();
        }
    }

    /// Without an API server the supervisor's port is the server's own.
    @Test
    void aStartNamesTheFlagThatSaysWhereTheServersPortIs() throws Exception {
        for (String flag : List.of("--https-listen-port", "--supervisor-port")) {
            try (TestPort identity = TestPort.start(); ServerSocketChannel own = broken()) {
                numbers.put("httpsListenPort", 9345);
                numbers.put("supervisorPort", flag.equals("--supervisor-port") ? 9345 : 0);
                Edge edge = edge(identity, List.of(), Map.of("server", own), "server");
                assertThat(heard()).contains(" (" + flag + "): ");
                edge.stop();
            }
        }
    }

    @Test
    void anAgentsStartEndsWithoutTheKubeletsPort() throws Exception {
        try (TestPort identity = TestPort.start(); ServerSocketChannel kubelet = broken()) {
            Edge edge = edge(identity, List.of(), Map.of("kubelet", kubelet), "kubelet");
            assertThat(heard()).contains(" (--kubelet-arg=port): ");
            edge.stop();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aLoopbackAddressIsNoReason() throws Exception {
        try (TestPort identity = TestPort.start();
                ServerSocketChannel own = bound();
                ServerSocketChannel loopback = broken()) {
            Edge edge = edge(identity, List.of(), Map.of("server", own, "loopback", loopback), "server");
            assertThat(heard()).isEqualTo(Phases.SERVER_PORTS_OPEN);
            edge.stop();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aSwapEndsNothing() throws Exception {
        for (String over : List.of(Phases.APISERVER_READY, Phases.NODE_READY, Phases.SERVER_PORTS_OPEN)) {
            try (TestPort identity = TestPort.start(); ServerSocketChannel own = broken()) {
                edge(identity, List.of(over), Map.of("server", own), "server").stop();
                assertThat(told).isEmpty();
            }
        }
    }
}
