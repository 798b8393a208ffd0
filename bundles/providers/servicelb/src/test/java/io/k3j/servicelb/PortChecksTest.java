package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node whose kernel is a directory.
class PortChecksTest {
    private static final String TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
            + "  timeout inode\n";
    private static final String REST = " 00000000:00000000 00:00000000 00000000     0        0 ";
    @TempDir
    Path proc;
    private final ManualClock clock = new ManualClock();
    private PortChecks checks;

    @BeforeEach
    void boot() throws IOException {
        Files.createDirectories(proc.resolve("net/sctp"));
        process(812, "nginx", 501);
        process(4711, "java", 502);
        checks = new PortChecks(new HostSockets(proc), new SocketOwners(proc, 4711), clock.monotonic());
    }

    private void process(int number, String name, int inode) throws IOException {
        Path fd = Files.createDirectories(proc.resolve(number + "/fd"));
        Files.writeString(proc.resolve(number + "/comm"), name + "\n");
        Files.createSymbolicLink(fd.resolve("7"), Path.of("socket:[" + inode + "]"));
    }

    private void list(String file, String... lines) throws IOException {
        Files.writeString(proc.resolve("net").resolve(file), TCP + String.join("\n", lines));
    }

    private static String line(String local, String state, int inode) {
        return "   0: " + local + " 00000000:0000 " + state + REST + inode + " 1 0 100 0 0 10 0";
    }

    private String look() throws IOException {
        Set<BalancedPort> wanted = new TreeSet<>();
        IntStream.of(80, 443, 8080)
                .forEach(n -> BalancedPort.PROTOCOLS.forEach(p -> wanted.add(new BalancedPort(p, n))));
        return checks.look(wanted, Set.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("fd00::1")))
                .toString();
    }

    @Test
    void findsWhoListensOnAllAddressesOrOnTheNodes() throws IOException {
        list("tcp", line("00000000:0050", "0A", 501), line("010200C0:01BB", "0A", 502),
                line("00000000:1F90", "01", 501));
        assertThat(look()).contains("tcp/80=nginx", "tcp/443=k3s", "tcp/8080").doesNotContain("8080=");
    }

    @Test
    void findsListenersOfIpv6() throws IOException {
        list("tcp6", line("00000000000000000000000000000000:0050", "0A", 501),
                line("000000FD000000000000000001000000:01BB", "0A", 9));
        assertThat(look()).contains("tcp/80=nginx tcp/443= ");
    }

    @Test
    void isNotConcernedByTheLoopbackNorByAddressesOfPods() throws IOException {
        list("tcp", line("0100007F:0050", "0A", 501), line("01002A0A:01BB", "0A", 501));
        list("tcp6", line("0000000000000000FFFF00000100007F:1F90", "0A", 501));
        assertThat(look()).doesNotContain("=");
    }

    @Test
    void findsUnconnectedUdpSocketsTheKernelsToo() throws IOException {
        list("udp", line("00000000:0050", "07", 0), line("00000000:01BB", "01", 501));
        assertThat(look()).contains("udp/80=kernel", "udp/443").doesNotContain("443=");
    }

    @Test
    void findsSctpEndpoints() throws IOException {
        Files.writeString(proc.resolve("net/sctp/eps"), " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
                + "ffff880017e0a0c0 ffff880017e0c000 2   10  12   443     0 501 192.0.2.1 127.0.0.1\n");
        assertThat(look()).contains("sctp/443=nginx");
    }

    @Test
    void aPortStaysTakenWhileItsProcessIsBeingRestarted() throws IOException {
        list("tcp", line("00000000:0050", "0A", 501));
        look();
        list("tcp");
        clock.advance(PortChecks.RESTART);
        assertThat(look()).contains("tcp/80=nginx");
        clock.advance(PortChecks.RESTART.plusMillis(1));
        assertThat(look()).doesNotContain("=");
    }

    @Test
    void saysNothingWhenTheListIsNotUnderstood() throws IOException {
        list("udp", "something else");
        assertThatThrownBy(this::look).isInstanceOf(IOException.class).hasMessageContaining("net/udp");
    }
}
