package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
    private static final String LOUD = "cat; yes complaint | head -c 200000 >&2; exit ";
    private final Host host = new Host();

    @Test
    void returnsTheOutputOfACommand() throws IOException {
        assertThat(host.feed(List.of("sh", "-c", LOUD + 0), "link\n")).asString().isEqualTo("link\n");
    }

    @Test
    void reportsTheErrorOutputOfACommand() {
        assertThatThrownBy(() -> host.feed(List.of("sh", "-c", LOUD + 3), "")).isInstanceOf(IOException.class)
                .hasMessageEndingWith(": complaint");
    }

    @Test
    void reportsAMissingCommand() {
        assertThatThrownBy(() -> host.ip(List.of("/no/such/ip", "link"))).isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/ip");
    }

    @Test
    void doesNotOpenTheLoopbackNetworkToTheLink() {
        assertThat(Host.SYSCTLS.keySet()).isNotEmpty().noneMatch(name -> name.endsWith("/route_localnet"));
    }
}
