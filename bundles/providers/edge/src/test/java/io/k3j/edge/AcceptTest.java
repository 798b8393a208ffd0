package io.k3j.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.NoDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A port that has run out of file descriptors.
@Timeout(120)
class AcceptTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pausesWithoutBusyLoopAndAcceptsAgain(boolean epoll) throws Exception {
        try (TestPort port = new TestPort(epoll)) {
            port.healthy.await();
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "here".getBytes(UTF_8)));
            try (SocketChannel before = channel()) {
                connect(before, port);
                assertThat(answer(before, port)).isEqualTo('H');
            }
            try (SocketChannel idle = channel(); SocketChannel client = channel()) {
                try (NoDescriptors _ = NoDescriptors.begin()) {
                    connect(idle, port);
                    assertThat(NoDescriptors.percent(1000)).isLessThan(50);
                }
                assertThat(answer(idle, port)).isEqualTo('H');
                long relief;
                try (NoDescriptors _ = NoDescriptors.begin()) {
                    connect(client, port);
                    relief = System.nanoTime();
                }
                assertThat(answer(client, port)).isEqualTo('H');
                assertThat(Duration.ofNanos(System.nanoTime() - relief))
                        .isLessThan(Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 1 : 30));
            }
        }
    }

    private static SocketChannel channel() throws IOException {
        return SocketChannel.open();
    }

    private static void connect(SocketChannel channel, TestPort port) throws IOException {
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()));
    }

    private static char answer(SocketChannel channel, TestPort port) throws IOException {
        Socket plain = channel.socket();
        SSLSocket socket = (SSLSocket) port.anonymous().getSocketFactory().createSocket(plain, "localhost",
                port.number(), false);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        return (char) socket.getInputStream().read();
    }
}
