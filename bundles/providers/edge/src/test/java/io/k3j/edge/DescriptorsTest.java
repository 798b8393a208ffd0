package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    /// A server with an address of its own listens on the loopback ones too.
    @Test
    void onePortOnSeveralAddressesIsSeveralSockets() throws IOException {
        try (ServerSocketChannel first = ServerSocketChannel.open()) {
            first.bind(new InetSocketAddress("127.0.0.9", 0));
            int port = first.socket().getLocalPort();
            try (ServerSocketChannel second = bound("127.0.0.8", port);
                    ServerSocketChannel third = bound("127.0.0.7", port)) {
                Set<String> sockets = new HashSet<>();
                for (ServerSocketChannel socket : List.of(first, second, third)) {
                    int descriptor = Descriptors.of(socket).orElseThrow();
                    sockets.add(Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString());
                }
                assertThat(sockets).hasSize(3);
            }
        }
    }

    @Test
    void everyAddressIsOne() throws IOException {
        // where it is missing or empty the JDK makes no socket of IPv6 either
        Path ipv6 = Path.of("/proc/net/if_inet6");
        boolean both = Files.exists(ipv6) && !Files.readString(ipv6).isEmpty();
        for (String every : both ? List.of("0.0.0.0", "::") : List.of("0.0.0.0")) {
            try (ServerSocketChannel socket = bound(every, 0)) {
                assertThat(Descriptors.of(socket)).isPresent();
            }
        }
    }

    private static ServerSocketChannel bound(String address, int port) throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(address, port));
    }
}
