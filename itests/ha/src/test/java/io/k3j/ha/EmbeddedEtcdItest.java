package io.k3j.ha;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The page on embedded etcd, command for command; then servers die under traffic.
@Tag("full")
class EmbeddedEtcdItest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @BeforeEach
    void needs() {
        assumeTrue(Machine.obstacle().isEmpty(), Machine.obstacle());
    }

    @Test
    void servesThroughTheEndOfAProcessAndOfANode() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            for (int n = 1; n <= 3; n++) {
                cluster.server(Cluster.page(page, ""));
            }
            cluster.agent(Cluster.page(page, ""));
            Waiting.until("role etcd of every server", Duration.ofSeconds(60), () -> cluster.servers().getLast()
                    .must("k3s kubectl get nodes").lines().filter(l -> l.contains("control-plane,etcd")).count() == 3,
                    cluster::story);
            Trial.sameNodesFromEverywhere(cluster, "");
            Workload workload = Workload.on(cluster.servers().getFirst(), 4);
            workload.answers();
            try (Trial trial = Trial.on(cluster)) {
                trial.progress(Trial.OPERATIONS / 4);
                trial.killProcess(cluster.servers().get(1), Cluster.page(page, ""));
                trial.progress(Trial.OPERATIONS / 4);
                trial.loseNode(cluster.servers().get(2), Cluster.page(page, ""));
                trial.progress(Trial.OPERATIONS / 2);
                trial.judge(kept);
            }
        }
    }
}
