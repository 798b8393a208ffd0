package io.k3j.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/// Whatever a text is, it is an address or none, and an address is one to the JDK as well.
public class AddressesFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> {
            Addresses.isPrefix(text);
            if (Addresses.isIp(text)) {
                int bytes = InetAddress.ofLiteral(text).getAddress().length;
                assertThat(bytes).isEqualTo(Addresses.isIpv4(text) ? 4 : 16);
                Addresses.special(Struct.EMPTY, text);
            }
        });
    }

    @Test
    void isOneOrNone() throws IOException {
        Fuzzing.run(AddressesFuzzTest::fuzzerTestOneInput, Fuzzing.texts("10.9.8.7", "2001:db8::ffff", "::", "::1",
                "::ffff:10.0.0.1", "64:ff9b::1.2.3.4", "fe80::1%eth0", "10.9.8.0/24", "2001:db8::/64",
                "1.2.3.4::", "1:2:3:4:5:6:7::"));
    }
}
