package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.ListeningSockets;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The ports that a server may have beside its own.
@Timeout(120)
class FurtherPortTest {
    private static final class Hello implements Endpoint {
        @Override
        public Set<String> prefixes() {
            return Set.of("/hello");
        }

        @Override
        public void serve(Exchange exchange) throws IOException {
            exchange.respond(200, Map.of(), "hello".getBytes(UTF_8));
        }
    }

    private record Lent(String name, ServerSocketChannel socket) implements ListeningSockets {
        @Override
        public ServerSocketChannel lend(String port) {
            return socket;
        }

        @Override
        public boolean has(String port) {
            return port.equals(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ListeningSockets.SUPERVISOR, ListeningSockets.API, ListeningSockets.LOOPBACK,
            ListeningSockets.LOOPBACK_IPV6})
    void answersWhatIsOfferedForTheServers(String name) throws Exception {
        try (TestPort identity = TestPort.start(); ServerSocketChannel socket = ServerSocketChannel.open()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket.configureBlocking(false);
            try (Ports ports = new Ports(new Lent(name, socket), identity.reports(),
                    Map.of(name, TlsRules.of("test")),
                    new Ports.Surroundings(true, Patience.defaults(), Instant::now, Limits.LEAST_CONNECTIONS));
                    HttpClient client = TestPort.client(Version.HTTP_2, identity.anonymous())) {
                ports.addIdentity(ListeningSockets.SERVER, identity);
                ports.addEndpoint(ListeningSockets.SERVER, new Hello(),
                        new Routes.Offer("io.k3j.test", 0, 1, () -> true));
                URI url = URI.create("https://localhost:" + socket.socket().getLocalPort() + "/hello");
                assertThat(client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body())
                        .isEqualTo("hello");
            }
        }
    }
}
