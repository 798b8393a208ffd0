package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page on upgrades, on three servers with embedded etcd and an agent that joins through their load balancers: all
/// of them get another release and go back to the one before, in the order of the page.
@Tag("full")
@Tag("ha")
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client", "haproxy", "keepalived"})
class UpgradeItest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PAGE = "upgrades.md";
    private static final String BALANCED = "haproxy";
    private static final Promise AGENTS = Promise.of(2_500);
    private static final int SOME = 50;
    /// What a pod's container is and since when, and how often it was begun again.
    private static final String CONTAINERS = "k3s kubectl get pods -l app=web --sort-by=.metadata.name -o jsonpath='"
            + "{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].containerID} "
            + "{.status.containerStatuses[0].state.running.startedAt} "
            + "{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}'";
    @TempDir
    private Path directory;

    @Test
    @Follows(page = PAGE, blocks = {"run on server-1 server-2 server-3 agent-1 for upgrade",
            "run on agent-1 server-1 server-2 server-3 for rollback", "run on server-1"})
    void everyMachineIsUpgradedAndGoesBackWithoutAFailedRequestOrAPodThatNotices() throws Exception {
        TwoReleases releases = TwoReleases.in(directory);
        try (Cluster cluster = Cluster.on()) {
            begin(cluster, releases);
            Host first = cluster.servers().getFirst();
            Workload workload = Workload.on(first, 4);
            workload.answers();
            String containers = first.must(CONTAINERS);
            assertThat(containers.lines()).hasSize(4);
            Pings pings = Pings.on(cluster.agents().getFirst());
            try (Ordinals load = Ordinals.begin(cluster.apis())) {
                servers(cluster, "upgrade", load, pings);
                inTurn(cluster, cluster.agents(), "upgrade", load);
                assertThat(first.must(CONTAINERS)).as("pods after the upgrade").isEqualTo(containers);
                inTurn(cluster, cluster.agents(), "rollback", load);
                servers(cluster, "rollback", load, pings);
                load.judge();
            }
            assertThat(first.must(CONTAINERS)).as("pods after the rollback").isEqualTo(containers);
            workload.answers();
        }
    }

    /// Three servers with the first release, its load balancers, and an agent that has joined through them.
    private static void begin(Cluster cluster, TwoReleases releases) throws IOException, InterruptedException {
        Page balancers = Page.of("cluster-load-balancer.md");
        Cluster.Step files = server -> server.follow(balancers, BALANCED, "file");
        Cluster.Step start = server -> server.start("exec k3s-service run server "
                + (server.name().equals("server-1") ? "--cluster-init" : "--server https://10.10.10.50:6443"));
        for (int n = 1; n <= 3; n++) {
            cluster.server(server -> releases.install(server, "server"), files, start);
        }
        ManagedEtcd.votes(cluster.servers().getLast(), 3);
        cluster.balancer(BALANCED);
        cluster.balancer(BALANCED);
        cluster.virtual();
        cluster.agent(agent -> releases.install(agent, "agent"), agent -> agent.start("export K3S_TOKEN=lb-cluster-gd;"
                + " exec k3s-service run agent --server https://10.10.10.100:6443"));
    }

    /// The agent's load balancer goes on with the servers that are there.
    private static void servers(Cluster cluster, String what, Ordinals load, Pings pings)
            throws IOException, InterruptedException {
        Instant begin = Instant.now();
        inTurn(cluster, cluster.servers(), what, load);
        AGENTS.holds("without an answer through the agent's load balancer, " + what, pings.longestPause(begin));
    }

    private static void inTurn(Cluster cluster, List<Host> hosts, String what, Ordinals load)
            throws IOException, InterruptedException {
        for (Host host : hosts) {
            long start = System.nanoTime();
            host.follow(Page.of(PAGE), what, "run");
            Cluster.report(what + " of " + host.name(), start);
            assertThat(load.failed()).as("requests that failed twice, after the %s of %s", what, host.name())
                    .isEmpty();
            assertThat(TwoReleases.isNext(host)).as("next release on %s", host.name())
                    .isEqualTo(what.equals("upgrade"));
            assertThat(TwoReleases.running(host)).isEqualTo(TwoReleases.releases(host).current().orElseThrow());
            int before = load.count();
            Waiting.until("requests through all servers", LIMIT, () -> load.count() > before + SOME, cluster::story);
        }
    }
}
