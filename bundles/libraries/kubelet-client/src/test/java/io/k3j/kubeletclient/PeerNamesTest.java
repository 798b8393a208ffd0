package io.k3j.kubeletclient;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names in certificates, as Go's `VerifyHostname` compares them with that of a host.
class PeerNamesTest {
    @ParameterizedTest
    @CsvSource({"my_host,my_host", "My_Host,mY_hOST", "my_host,my_host.", "*.my_zone,a.my_zone", "*.a.b,my_x.a.b.",
            "*.b,a_b.b", "a b,A b", "a_b$,a_b$", "a*.b_c,a*.b_c"})
    void areForAHost(String name, String host) {
        assertThat(PeerNames.isFor(name, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"my_host,other", "my_host.,my_host", "*.a,a", "*.a,x.y.a", "*.a,x.a_", "*,my_host", "*.,my_host.",
            "**.a,x_y.a", "a.*.b_c,a.x.b_c", "a*.b_c,ax.b_c", "x*,x_y", "*.b_c,-a.b_c", "*.b_c,.b_c", "*.b_c,a$.b_c",
            "*.b_c,a..b_c", "*.b_c,*.b_c.", "'',''", "'',.", ".,.", "k_y,\u212a_y", "s_y,\u017f_y",
            "fe80::1%25eth_0,fe80::1"})
    void areForNoOtherHost(String name, String host) {
        assertThat(PeerNames.isFor(name, host)).isFalse();
    }
}
