package io.k3j.ha;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The page on embedded etcd, command for command; then parts die under traffic.
class EmbeddedEtcdItest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String VARIANT = "cluster";
    private static final long SOME = 1000;
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @BeforeEach
    void needs() {
        assumeTrue(Machine.obstacle().isEmpty(), Machine.obstacle());
    }

    @Test
    void joinsThreeServersWhoseWritesGoOnWhenTheLeaderOfEtcdIsKilled() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            servers(cluster, page);
            Trial.sameNodesFromEverywhere(cluster, "");
            try (Trial trial = Trial.on(cluster)) {
                trial.progress(SOME);
                trial.killEtcdLeader();
                trial.progress(SOME);
                trial.judge(kept);
            }
        }
    }

    @Test
    @Tag("full")
    void servesThroughTheEndOfAProcessOfAMemberAndOfANode() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            servers(cluster, page);
            cluster.agent(Cluster.page(page, VARIANT));
            Trial.sameNodesFromEverywhere(cluster, "");
            Workload workload = Workload.on(cluster.servers().getFirst(), 4);
            workload.answers();
            try (Trial trial = Trial.on(cluster)) {
                trial.progress(Trial.OPERATIONS / 4);
                trial.killProcess(cluster.servers().get(1), Cluster.page(page, VARIANT));
                trial.progress(Trial.OPERATIONS / 4);
                trial.killEtcdLeader();
                trial.progress(Trial.OPERATIONS / 4);
                trial.loseNode(ManagedEtcd.leader(cluster), Cluster.page(page, VARIANT));
                trial.progress(Trial.OPERATIONS / 4);
                trial.judge(kept);
            }
        }
    }

    private static void servers(Cluster cluster, Page page) throws IOException, InterruptedException {
        for (int n = 1; n <= 3; n++) {
            cluster.server(Cluster.page(page, VARIANT));
        }
        Host last = cluster.servers().getLast();
        cluster.servers().getFirst().follow(page, VARIANT, "run");
        Waiting.until("role etcd of every server", LIMIT, () -> last.must("k3s kubectl get nodes").lines()
                .filter(l -> l.contains("control-plane,etcd")).count() == 3, cluster::story);
        ManagedEtcd.votes(last, 3);
    }
}
