package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.FilterRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// The loop with a real kernel: what happens at starts, faults and ends.
@EnabledIf(value = "io.k3j.networkpolicy.Namespaces#possible",
        disabledReason = "needs root, nftables, IPv6 and br_netfilter")
class KernelTest {
    private static final Struct DENY = Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress"));
    private static final List<String> CIDRS = List.of("10.42.0.0/16", "fd42::/48");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final AtomicBoolean complete = new AtomicBoolean(true);
    private Namespaces kernel;
    private PolicyLoop loop;
    private Thread worker;
    private final Counters counters = new Counters();

    @BeforeEach
    void start() throws IOException {
        kernel = new Namespaces();
        begin(World.picture());
    }

    private PolicyLoop.PolicyReports reports() {
        return new PolicyLoop.PolicyReports(Health.none().scope("x"), counters, World.untold());
    }

    private void begin(Picture picture) {
        Namespaces real = kernel;
        loop = new PolicyLoop(picture, new Reluctant(real, refusing), complete::get, reports(), CIDRS);
        worker = Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        loop.stop();
        worker.join();
        kernel.close();
    }

    /// Waits for the table: until it stands nothing is tracked and nothing is dropped.
    private void stands() throws InterruptedException {
        loop.decide(World.pod("a/x"), World.ADDRESSES.get("a/x"), LIMIT);
    }

    private void policy(String name, Struct spec) {
        Obj policy = World.policy(name, spec);
        loop.change(p -> p.policy(policy.key(), policy));
    }

    private String tried(String flow) throws IOException {
        return kernel.tried(World.Flow.of(flow), 0);
    }

    private void until(String flow, String expected) throws IOException {
        until(() -> {
            try {
                return tried(flow).equals(expected);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void until(BooleanSupplier holds) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void nothingPassesBeforeAnythingIsKnownAndKnownFlowsDoAfterwards() throws Exception {
        loop.stop();
        worker.join();
        complete.set(false);
        begin(World.picture());
        kernel.apply(NftTable.removal(PolicyTable.FAMILY, PolicyTable.NAME));
        loop.closeUnlessDecided();
        assertThat(tried("a/x a/y tcp/80")).isEqualTo("lost");
        assertThat(tried("outside a/y tcp/80")).isEqualTo("lost");
        assertThat(tried("node a/y tcp/80")).isEqualTo("passed");
        assertThat(kernel.tried(World.Flow.of("a/x a/y tcp/80"), 1)).isEqualTo("lost");
        complete.set(true);
        loop.change(p -> assertThat(p.ranges()).hasSize(2));
        until("a/x a/y tcp/80", "passed");
    }

    @Test
    void anAddressNobodyHasDecidedAboutIsClosedAndOpensWithTheGate() throws Exception {
        stands();
        kernel.inPod("a/y", "ip addr add 10.42.0.77/24 dev eth0");
        assertThat(kernel.tried("a/x", "10.42.0.11", "10.42.0.77", "tcp", 80)).isEqualTo("lost");
        assertThat(kernel.tried("a/y", "10.42.0.77", "10.42.0.11", "tcp", 80)).isEqualTo("lost");
        Obj fresh = World.pod("a", "fresh", "here", Map.of(), Seq.EMPTY);
        long from = System.nanoTime();
        loop.decide(fresh, List.of("10.42.0.77"), LIMIT);
        System.out.println("rules of a new pod after " + (System.nanoTime() - from) / 1_000 + " us");
        assertThat(kernel.tried("a/x", "10.42.0.11", "10.42.0.77", "tcp", 80)).isEqualTo("passed");
        loop.change(p -> p.pod(fresh.with("Failed", "status", "phase")));
        until(() -> lost("10.42.0.77"));
        assertThat(kernel.counters(PolicyTable.FAMILY, PolicyTable.NAME).get(PolicyTable.UNDECIDED)).isPositive();
    }

    private boolean lost(String target) {
        try {
            return kernel.tried("a/x", "10.42.0.11", target, "tcp", 80).equals("lost");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPodOfAnIsolatedNamespaceIsNeverOpen() throws Exception {
        policy("a/deny", DENY);
        until("b/x a/y tcp/80", "refused");
        kernel.inPod("a/y", "ip addr add 10.42.0.77/24 dev eth0");
        assertThat(kernel.tried("b/x", "10.42.0.21", "10.42.0.77", "tcp", 80)).isEqualTo("lost");
        loop.decide(World.pod("a", "fresh", "here", Map.of(), Seq.EMPTY), List.of("10.42.0.77"), LIMIT);
        assertThat(kernel.tried("b/x", "10.42.0.21", "10.42.0.77", "tcp", 80)).isEqualTo("refused");
        assertThat(kernel.tried("node", "10.42.0.1", "10.42.0.77", "tcp", 80)).as("a probe").isEqualTo("passed");
    }

    @Test
    void aPodReachesItselfThroughItsServiceAndOthersByTheirRealAddress() throws IOException {
        kernel.apply("""
                add table ip nat
                add chain ip nat pre { type nat hook prerouting priority dstnat; }
                add chain ip nat post { type nat hook postrouting priority srcnat; }
                add rule ip nat pre ip daddr 10.43.0.1 tcp dport 443 dnat to 10.42.0.11:80
                add rule ip nat pre ip daddr 10.43.0.2 tcp dport 443 dnat to 10.42.0.22:80
                add rule ip nat post ip saddr 10.42.0.11 ip daddr 10.42.0.11 masquerade
                """);
        policy("a/deny", Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress", "Egress"), "egress",
                Seq.of(Struct.of("to", Seq.of(Struct.of("namespaceSelector", Struct.of("matchLabels",
                        Struct.of("team", "blue")))), "ports", Seq.of(Struct.of("port", 80))))));
        until("a/x a/y tcp/80", "refused");
        assertThat(kernel.tried("a/x", "10.42.0.11", "10.43.0.1", "tcp", 443)).as("itself").isEqualTo("passed");
        assertThat(kernel.tried("a/x", "10.42.0.11", "10.43.0.2", "tcp", 443)).as("the pod's port counts")
                .isEqualTo("passed");
        assertThat(kernel.tried("a/y", "10.42.0.12", "10.43.0.1", "tcp", 443)).isEqualTo("refused");
    }

    @Test
    void linkLocalAddressesAndForeignSourcesAreNoWayRound() throws IOException {
        policy("a/deny", Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress", "Egress")));
        until("a/x b/x tcp/80", "refused");
        String local = kernel.inPod("a/y", "ip -6 -o addr show dev eth0 scope link | awk '{print $4}' | cut -d/ -f1")
                .strip();
        assertThat(local).startsWith("fe80:");
        assertThat(kernel.tried("b/x", "::", local + "%eth0", "tcp", 80)).isNotEqualTo("passed");
        kernel.inPod("a/x", "ip addr add 198.18.0.1/32 dev eth0");
        kernel.onNode("", "ip", "route", "add", "198.18.0.1/32", "dev", "cni0");
        assertThat(kernel.unanswered("a/x", "198.18.0.1", "198.51.100.7", "udp", 53)).isEqualTo("lost");
        assertThat(kernel.unanswered("a/x", "198.18.0.1", "10.42.0.1", "udp", 53)).isEqualTo("lost");
    }

    @Test
    void rulesThatWereFlushedComeBackAndForeignOnesStay() throws IOException {
        kernel.apply("add table inet mine\nadd chain inet mine c\n");
        policy("a/deny", DENY);
        until("b/x a/x tcp/80", "refused");
        kernel.onNode("", "nft", "delete", "table", PolicyTable.FAMILY, PolicyTable.NAME);
        assertThat(tried("b/x a/x tcp/80")).isEqualTo("passed");
        loop.suspect();
        until("b/x a/x tcp/80", "refused");
        new Retirement(kernel).retire();
        assertThat(kernel.objects(PolicyTable.FAMILY, PolicyTable.NAME)).isEmpty();
        assertThat(kernel.objects("inet", "mine")).containsExactly("chain c");
        assertThat(tried("b/x a/x tcp/80")).isEqualTo("passed");
    }

    @Test
    void whatTheKernelRefusesLeavesWhatWasThere() throws Exception {
        policy("a/deny", DENY);
        until("b/x a/x tcp/80", "refused");
        refusing.set(true);
        policy("b/deny", DENY);
        until(() -> counters.text().contains("refused_writes_total 1") || counters.text().contains("writes_total 2"));
        assertThat(tried("b/x a/x tcp/80")).isEqualTo("refused");
        assertThat(tried("a/x b/x tcp/80")).isEqualTo("passed");
        Obj fresh = World.pod("a", "fresh", "here", Map.of(), Seq.EMPTY);
        assertThatThrownBy(() -> loop.decide(fresh, List.of("10.42.0.77"), Duration.ofMillis(50)))
                .hasMessageContaining("a/fresh").hasMessageContaining("refuses");
        refusing.set(false);
        until("a/x b/x tcp/80", "refused");
    }

    @Test
    void flowsThatStandGoOnWhenAPolicyComes() throws Exception {
        stands();
        assertThat(kernel.begun("b/x", "10.42.0.21", "10.42.0.11", 8081)).isEqualTo("passed");
        policy("a/deny", DENY);
        until("b/x a/x tcp/80", "refused");
        assertThat(kernel.goesOn("b/x")).isEqualTo("passed");
    }

    @Test
    void countsForEachPolicy() throws IOException {
        policy("a/web", Struct.of("podSelector", Struct.EMPTY, "ingress",
                Seq.of(Struct.of("ports", Seq.of(Struct.of("port", 80))))));
        until("b/x a/x tcp/81", "refused");
        assertThat(tried("b/x a/x tcp/80")).isEqualTo("passed");
        String labels = "{namespace=\"a\",policy=\"web\",direction=\"ingress\"} ";
        until(() -> {
            String text = loop.metrics();
            return text.contains("allowed_packets_total" + labels)
                    && !text.contains("allowed_packets_total" + labels + "0\n");
        });
        assertThat(loop.metrics()).doesNotContain("denied_packets_total" + labels + "0\n");
        assertThat(loop.metrics()).contains("k3s_network_policy_undecided_packets_total 0\n");
    }

    @Test
    void swappingNeverLetsAForbiddenPacketThrough() throws Exception {
        policy("a/deny", DENY);
        until("b/x a/x tcp/80", "refused");
        AtomicBoolean over = new AtomicBoolean();
        Thread swaps = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 10; i++) {
                Picture next = World.picture();
                Obj deny = World.policy("a/deny", DENY);
                next.policy(deny.key(), deny);
                loop.stop();
                PolicyLoop successor = new PolicyLoop(next, kernel, complete::get, reports(), CIDRS);
                successor.closeUnlessDecided();
                Thread one = Thread.ofVirtual().start(() -> {
                    try {
                        successor.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                try {
                    successor.decide(World.pod("a", "s" + i, "here", Map.of(), Seq.EMPTY), List.of("10.42.0.77"),
                            LIMIT);
                    successor.stop();
                    one.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            over.set(true);
        });
        int tries = 0;
        while (!over.get()) {
            assertThat(tried("b/x a/x tcp/80")).isEqualTo("refused");
            assertThat(tried("b/x b/db tcp/80")).isEqualTo("passed");
            tries++;
        }
        swaps.join();
        assertThat(tries).isPositive();
    }

    /// A filter that refuses on request.
    private static final class Reluctant extends Passing {
        private final AtomicBoolean refusing;

        Reluctant(Namespaces kernel, AtomicBoolean refusing) {
            super(kernel);
            this.refusing = refusing;
        }

        @Override
        public void apply(String script) {
            if (refusing.get()) {
                super.apply("# " + script.length() + "\nadd rule inet no such table\n");
            }
            super.apply(script);
        }

        @Override
        public Set<String> objects(String family, String table) {
            if (refusing.get()) {
                throw new FilterRefused("no");
            }
            return super.objects(family, table);
        }
    }
}
