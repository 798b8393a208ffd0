package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolversTest {
    @TempDir
    Path directory;

    private List<String> found(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("resolv.conf"), text);
        return Resolvers.of(List.of(file), Set.of("10.43.0.10"), List.of()).stream()
                .map(a -> a.getAddress().getHostAddress()).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"nameserver\t192.0.2.1|192.0.2.1", "nameserver 192.0.2.1 # office|192.0.2.1",
            "  nameserver   192.0.2.1|192.0.2.1", "nameserver office;nameserver 192.0.2.2|192.0.2.2",
            "nameserver 127.0.0.1;nameserver 192.0.2.2|192.0.2.2", "nameserver 10.43.0.10|", "# nameserver 192.0.2.1|",
            "nameserver|", "nameserver fe80::1%nowhere;nameserver 192.0.2.2|192.0.2.2"})
    void readsWhatResolvConfSays(String lines, String addresses) throws Exception {
        assertThat(String.join(",", found(lines.replace("\\t", "\t").replace(';', '\n'))))
                .isEqualTo(addresses == null ? "" : addresses);
    }

    @Test
    void whereNobodyNamesOneThereIsTheLastResort() throws Exception {
        Path file = Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        InetSocketAddress last = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.53"), 53);
        assertThat(Resolvers.of(List.of(directory.resolve("absent"), file), Set.of(), List.of(last)))
                .containsExactly(last);
    }
}
