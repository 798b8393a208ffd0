package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProbeClientsTest {
    @Test
    void theLengthOfAServiceNameIsAVarint() {
        assertThat(ProbeClients.request("")).isEmpty();
        assertThat(ProbeClients.request("ab")).containsExactly(10, 2, 'a', 'b');
        String name = "s".repeat(300);
        assertThat(ProbeClients.request(name)).startsWith(10, 0xac, 2).endsWith(name.getBytes(StandardCharsets.UTF_8))
                .hasSize(303);
    }
}
