package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A network is read or refused, and what was read is the same after it was written.
public class CidrFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Cidr read = Cidr.parse(Fuzzing.text(input));
            Cidr network = read.network();
            assertThat(network.contains(read)).isTrue();
            Fuzzing.parse(() -> assertThat(Cidr.parse(network.toString())).isEqualTo(network));
        }, IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(CidrFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts("10.42.0.0/16", "fd42::/56", "::/0", "0.0.0.0/0", "2001:db8::1:2/128", "/24"));
    }
}
