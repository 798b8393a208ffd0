package io.k3j.packetfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.childprocess.Command;
import io.k3j.componentapi.Health;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Runs the real nft in a network namespace of this test, which ends with the process that holds it.
@EnabledIf(value = "possible", disabledReason = "needs root and the package nftables")
class NftFilterTest {
    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/sbin/nft"))
                && System.getProperty("user.name").equals("root");
    }

    /// Runs one script with all commands of a test behind `unshare`, in one namespace.
    private static Command.Outcome inNamespace(String script) {
        return new NftFilter(Health.none()).run(List.of("unshare", "--net", "sh", "-e", "-c", script), "");
    }

    @Test
    void listsTheObjectsOfATable() {
        Command.Outcome listed = inNamespace(
                "printf 'add table ip t\\nadd chain ip t a\\nadd set ip t s { type ipv4_addr; }\\n"
                        + "add map ip t m { type ipv4_addr : verdict; }\\n"
                        + "add chain ip t b { type filter hook input priority 0; }\\nadd rule ip t b jump a\\n"
                        + "add rule ip t a ip saddr { 10.0.0.1, 10.0.0.2 } counter accept\\n' | nft -f -; nft -t list table ip t");
        assertThat(listed.code()).as(listed.complaint()).isZero();
        assertThat(NftFilter.objects(listed.output())).containsExactlyInAnyOrder("chain a", "chain b", "set s", "map m",
                "rules 2");
    }

    @Test
    void readsTheCountersOfATable() {
        Command.Outcome listed = inNamespace("printf 'add table ip t\\nadd counter ip t x { packets 7 bytes 420 }\\n"
                + "add counter ip t y\\n' | nft -f -; nft list counters table ip t");
        assertThat(listed.code()).as(listed.complaint()).isZero();
        assertThat(NftFilter.counters(listed.output())).containsOnly(Map.entry("x", 7L), Map.entry("y", 0L));
    }

    static boolean tracking() {
        return possible() && Files.isExecutable(Path.of("/usr/sbin/conntrack"));
    }

    @Test
    @EnabledIf(value = "tracking", disabledReason = "needs root and the package conntrack")
    void deletesFlowsByAddressOrByPort() {
        for (String address : List.of("10.43.0.1", "fd00::1", "0.0.0.0", "::")) {
            String line = "conntrack " + String.join(" ", TrackedFlows.to(address, 30053));
            assertThat(line.contains(address)).isEqualTo(!Set.of("0.0.0.0", "::").contains(address));
            // conntrack exits with 1 when no entry matches
            assertThat(inNamespace(line + " || true").complaint()).contains("0 flow entries have been deleted");
        }
    }

    @Test
    @EnabledIf(value = "tracking", disabledReason = "needs root and the package conntrack")
    void deletesFlowsToTwoEndpointsAtOnce() {
        String entry = "conntrack -I -p udp -s 10.0.0.1 -d 10.43.0.1 --sport 99%1$d --dport 53 -t 100 -r 10.42.0.%1$d"
                + " -q 10.0.0.1 --reply-port-src 5353 --reply-port-dst 99%1$d; ";
        Command.Outcome left = inNamespace(entry.formatted(2) + entry.formatted(3) + entry.formatted(4) + "printf %b '"
                + line("10.42.0.2") + line("10.42.0.9") + line("10.42.0.3") + "' | conntrack -R -; "
                + "conntrack -L -f ipv4 -p udp");
        assertThat(left.code()).as(left.complaint()).isZero();
        assertThat(new TrackedFlows((line, input) -> new Command.Outcome(0, left.output().lines().toList().getLast(),
                ""), Set::of).list(false).orElseThrow())
                .containsExactly(new PacketFilter.UdpFlow("10.43.0.1", 53, false, "10.42.0.4", 5353));
        assertThat(left.complaint()).contains("1 flow entries have been shown");
    }

    private static String line(String endpoint) {
        return String.join(" ", TrackedFlows.led(new PacketFilter.UdpFlow("10.43.0.1", 53, false, endpoint, 5353)))
                + "\\n";
    }

    /// What the component leaves to a default would be what nobody asked for.
    @Test
    void theComponentDoesAllThatTheContractHas() {
        assertThat(PacketFilterComponent.class.getDeclaredMethods())
                .extracting(m -> m.getName() + Arrays.toString(m.getParameterTypes()))
                .containsAll(Stream.of(PacketFilter.class.getMethods())
                        .map(m -> m.getName() + Arrays.toString(m.getParameterTypes())).toList());
    }

    @Test
    void aRefusedTransactionReportsWhyAndChangesNothing() {
        NftFilter filter = new NftFilter(Health.none());
        assertThatExceptionOfType(FilterRefused.class)
                .isThrownBy(() -> filter.apply("add table ip k3jtest\nadd rule ip k3jtest nowhere accept\n"))
                .withMessageContaining("nft: ");
        assertThat(filter.objects("ip", "k3jtest")).isEmpty();
    }

    @Test
    void aMissingProgramIsNamedWithItsPackage() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> new NftFilter(Health.none()).run(List.of("/no/such/nft"), ""))
                .withMessageContaining("is the package nftables installed?");
    }

    @Test
    @Timeout(120)
    void aHangingCommandIsKilledAfterItsTimeout(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("nobody-writes");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        NftFilter filter = new NftFilter(new Command(Duration.ofSeconds(1)), Health.none());
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(FilterRefused.class).isThrownBy(() -> filter.apply("include \"" + pipe + "\"\n"))
                    .withMessage("nft: no answer within 1 seconds");
        }
    }
}
