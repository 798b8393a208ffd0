package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Servers between which the network carries little, or carries it late.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client"})
@Tag("ha")
class SlowNetworkItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String VARIANT = "cluster";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String RATE = " root tbf rate 1mbit burst 16kb latency 400ms";
    private static final String SINCE = "k3s kubectl get node %s -o jsonpath='"
            + "{.status.conditions[?(@.type==\"Ready\")].status} "
            + "{.status.conditions[?(@.type==\"Ready\")].lastTransitionTime}' 2>/dev/null";
    private static final String RENEWED = "k3s kubectl -n kube-node-lease get lease %s -o jsonpath='{.spec.renewTime}'"
            + " 2>/dev/null";
    /// Of these 2 MB the link takes 16 s, in one direction.
    private static final Promise WRITTEN = Promise.of(Duration.ofSeconds(16), 24_000);
    private static final Promise LATE = Promise.of(80_000);
    private static final long ELECTIONS = 2;
    private static final int LARGE = 40;
    private static final int LARGE_BYTES = 50_000;
    private static final int FIRST = 50;
    private static final int SERVERS = 3;
    private static final long SOME = 1000;
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @Test
    @Tag("full")
    void joinsOverAMegabitASecondAndKeepsItsNodeWhileThatIsUsedUp() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            Host first = cluster.server(Cluster.page(page, VARIANT));
            Host second = cluster.server(SlowNetworkItest::slow, Cluster.page(page, VARIANT));
            ManagedEtcd.votes(second, 2);
            long term = ManagedEtcd.term(first);
            String since = first.must(SINCE.formatted(second.name()));
            assertThat(since).startsWith("True");
            String renewed = first.must(RENEWED.formatted(second.name()));
            long start = System.nanoTime();
            int written = large(cluster.apis().getFirst());
            long millis = Cluster.report("2 MB written over 1 Mbit/s, " + written + " of " + LARGE, start);
            assertThat(millis).as("the link was used up").isGreaterThan(10_000);
            WRITTEN.holds("2 MB written over 1 Mbit/s", millis);
            Waiting.until("renewed Lease", LIMIT, () -> !first.must(RENEWED.formatted(second.name())).equals(renewed),
                    cluster::story);
            assertThat(first.must(SINCE.formatted(second.name()))).as("Ready all the time").isEqualTo(since);
            assertThat(ManagedEtcd.term(first) - term).as("elections over 1 Mbit/s").isLessThanOrEqualTo(ELECTIONS);
            Waiting.until("the same at both", LIMIT, () -> second
                    .must("k3s kubectl get configmaps -o name").lines().filter(l -> l.contains("large"))
                    .count() == LARGE,
                    cluster::story);
        }
    }

    /// What goes to a machine and what comes from it.
    private static void slow(Host host) throws IOException, InterruptedException {
        Launch.of("bash", "-c", "tc qdisc add dev " + host.machine().outer() + RATE).text(LIMIT);
        host.must("tc qdisc add dev eth1" + RATE);
    }

    /// @return how many were written at the first attempt
    private static int large(Api api) throws IOException, InterruptedException {
        int atOnce = 0;
        for (int n = 0; n < LARGE; n++) {
            byte[] map = ("{\"metadata\":{\"name\":\"large-" + n + "\"},\"data\":{\"a\":\"" + "x".repeat(LARGE_BYTES)
                    + "\"}}").getBytes(StandardCharsets.UTF_8);
            int code = api.send("POST", MAPS, "application/json", map).statusCode();
            atOnce += code == 201 ? 1 : 0;
            if (code != 201) {
                Waiting.until("a write", LIMIT, () -> List.of(201, 409)
                        .contains(api.send("POST", MAPS, "application/json", map).statusCode()), () -> "");
            }
        }
        return atOnce;
    }

    @Test
    @Tag("full")
    void electsNobodyWhilePacketsBetweenMembersAreLate() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            for (int n = 0; n < SERVERS; n++) {
                int own = FIRST + n;
                int[] others = IntStream.range(FIRST, FIRST + SERVERS).filter(octet -> octet != own).toArray();
                cluster.server(host -> Late.on(host, others), Cluster.page(page, VARIANT));
            }
            Host last = cluster.servers().getLast();
            ManagedEtcd.votes(last, SERVERS);
            long term = ManagedEtcd.term(last);
            List<String> since = List.of(last.must(SINCE.formatted("server-1")), last.must(SINCE.formatted("server-2")),
                    last.must(SINCE.formatted("server-3")));
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                long millis = trial.progress(SOME);
                System.out.println("[ha] 1000 calls with 75±50 ms between members: " + millis + " ms");
                LATE.holds("1000 calls with 75±50 ms between members", millis);
                trial.judge(kept);
            }
            assertThat(ManagedEtcd.term(last)).as("elections").isEqualTo(term);
            assertThat(List.of(last.must(SINCE.formatted("server-1")), last.must(SINCE.formatted("server-2")),
                    last.must(SINCE.formatted("server-3")))).as("nodes Ready all the time").isEqualTo(since);
        }
    }
}
