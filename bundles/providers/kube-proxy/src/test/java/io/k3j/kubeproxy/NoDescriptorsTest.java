package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.NoDescriptors;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Health checks of a process without free file descriptors.
@Timeout(120)
class NoDescriptorsTest {
    @Test
    void pausesWithoutBusyLoopAndRecovers() throws Exception {
        int port = FreePort.next();
        try (HealthPorts ports = new HealthPorts(Health.none(), () -> true);
                SocketChannel client = SocketChannel.open()) {
            ports.keep(Map.of(port, new HealthPorts.Subject("default", "web", 1)));
            try (NoDescriptors _ = NoDescriptors.begin()) {
                client.connect(new InetSocketAddress("127.0.0.1", port));
                assertThat(NoDescriptors.percent(1000)).isLessThan(50);
            }
            client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer first = ByteBuffer.allocate(1);
            client.read(first);
            assertThat((char) first.get(0)).isEqualTo('H');
        }
    }
}
