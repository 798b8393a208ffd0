package io.k3j.celvalues;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IpAddressTest {
    private static String shown(String text) {
        return String.valueOf(IpAddress.parse(text));
    }

    @Test
    void addressesAreShownInTheirCanonicalForm() {
        assertThat(shown("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(shown("2001:DB8:0:0:1:0:0:1")).isEqualTo("2001:db8::1:0:0:1");
        assertThat(shown("0:0:0:0:0:0:0:0")).isEqualTo("::");
        assertThat(shown("2001:db8:0:1:1:1:1:1")).as("one group of zeros").isEqualTo("2001:db8:0:1:1:1:1:1");
    }

    @Test
    void whatGoDoesNotReadIsNone() {
        for (String text : List.of("", "192.0.2", "192.0.2.07", "192.0.2.256", "::1%eth0", "1::2::3", "g::")) {
            assertThat(IpAddress.parse(text)).as(text).isNull();
        }
    }
}
