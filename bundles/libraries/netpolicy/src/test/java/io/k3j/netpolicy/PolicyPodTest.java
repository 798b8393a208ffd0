package io.k3j.netpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyPodTest {
    /// A rule with a zone is refused by the kernel, and with it all that is written in the same transaction.
    @Test
    void anAddressWithAZoneIsNoAddress() {
        assertThat(PolicyPod.canonical(List.of("10.42.0.7", "fe80::1%1", "x", "fd42::7")))
                .containsExactly("10.42.0.7", "fd42:0:0:0:0:0:0:7");
    }
}
