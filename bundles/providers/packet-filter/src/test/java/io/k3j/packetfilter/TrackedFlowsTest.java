package io.k3j.packetfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.Command;
import io.k3j.nodeapi.PacketFilter.UdpFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the program `conntrack` is asked, and how its answers are read.
class TrackedFlowsTest {
    private static final Command.Outcome GOOD = new Command.Outcome(0, "", "");
    private final List<String> asked = new ArrayList<>();

    private TrackedFlows flows(boolean batches, String listing) {
        return new TrackedFlows((line, input) -> {
            asked.add(String.join(" ", line));
            return line.contains("-R") && !batches ? new Command.Outcome(2, "", "unknown option `R'")
                    : new Command.Outcome(0, listing, "");
        }, () -> Set.of("192.0.2.1", "fd00:0:0:0:0:0:0:1"));
    }

    @Test
    void readsWhereFlowsAreSentAndWhoAnswers() {
        assertThat(flows(true,
                """
                        udp      17 29 src=10.0.0.1 dst=10.43.0.10 sport=999 dport=53 [UNREPLIED] src=10.42.0.2 dst=10.0.0.1 \
                        sport=5353 dport=999 mark=0 use=1
                        udp      17 3 src=10.0.0.1 dst=10.43.0.10 sport=998 dport=53 packets=1 bytes=60 src=10.42.0.2 \
                        dst=10.0.0.1 sport=5353 dport=998 packets=1 bytes=60 [ASSURED] mark=0 zone=1 use=1
                        udp      17 29 src=10.0.0.1 dst=192.0.2.1 sport=999 dport=30053 src=192.0.2.1 dst=10.0.0.1 sport=30053 \
                        dport=999 mark=0 use=1
                        udp      17 29 src=fd00::9 dst=fd00::1 sport=999 dport=53 src=fd42::2 dst=fd00::9 sport=53 dport=999 use=1
                        udp      17 29 src=10.0.0.1 dst=10.43.0.11 sport=999 dport=53 src=10.4""")
                .list(false).orElseThrow())
                .containsExactlyInAnyOrder(new UdpFlow("10.43.0.10", 53, false, "10.42.0.2", 5353),
                        new UdpFlow("192.0.2.1", 30_053, true, "192.0.2.1", 30_053),
                        new UdpFlow("fd00:0:0:0:0:0:0:1", 53, true, "fd42:0:0:0:0:0:0:2", 53));
        assertThat(asked).containsExactly("conntrack -L -f ipv4 -p udp");
    }

    @Test
    void aListingThatFailedIsNone() {
        TrackedFlows broken = new TrackedFlows((line, input) -> new Command.Outcome(Command.KILLED,
                "udp 17 29 src=10.0.0.1 dst=10.43.0.10 sport=9 dport=53 src=10.42.0.2 dst=10.0.0.1 sport=5353 dport=9\n",
                "no answer within 30 seconds"), Set::of);
        assertThat(broken.list(false)).isEmpty();
    }

    private static List<UdpFlow> some(int count) {
        return IntStream.range(0, count).mapToObj(i -> new UdpFlow("10.43.0.10", 53, false, "10.42.0.2", 1 + i))
                .toList();
    }

    @Test
    void oneProcessForgetsMany() {
        assertThat(flows(true, "").forget(some(500))).isTrue();
        assertThat(asked).containsExactly("conntrack -R -");
        assertThat(flows(true, "").forget(List.of())).isTrue();
        assertThat(flows(true, "").forget(some(TrackedFlows.MOST_AT_ONCE + 1))).isFalse();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aProgramThatReadsNoBatchIsRunABoundedNumberOfTimes() {
        assertThat(flows(false, "").forget(some(500))).isFalse();
        assertThat(asked).hasSize(1 + TrackedFlows.MOST_PROCESSES).contains("conntrack -D -f ipv4 -p udp "
                + "--orig-port-dst 53 --orig-dst 10.43.0.10 --reply-src 10.42.0.2 --reply-port-src 1");
        assertThat(flows(false, "").forget(some(1))).isTrue();
    }

    @Test
    void whatWasCutShortIsAskedForAgain() {
        TrackedFlows slow = new TrackedFlows(
                (line, input) -> new Command.Outcome(Command.KILLED, "", "no answer within 30 seconds"), Set::of);
        assertThat(slow.forget(some(1))).isFalse();
        assertThat(new TrackedFlows((line, input) -> GOOD, Set::of).forget(some(1))).isTrue();
    }
}
