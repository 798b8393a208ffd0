package io.k3j.ha;

import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The page on external datastores with the load balancer page, command for command; then parts die under traffic.
@NeedsMachine
@NeedsPackages({"etcd-server", "mariadb-server", "postgresql", "haproxy", "keepalived", "openssl"})
@Tag("ha")
class ExternalDatastoreItest {
    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("k3j.ha.away", 20));
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @ParameterizedTest
    @MethodSource("variants")
    @Follows(page = "ha-external-datastore.md", blocks = {"run on db-1 for mariadb",
            "run on db-1 for postgresql",
            "start on server-1 server-2 for mariadb",
            "start on server-1 server-2 for postgresql",
            "start on server-1 server-2 for etcd",
            "run on server-1",
            "start on agent-1 agent-2 agent-3"})
    void servesThroughTheEndOfAServerALoadBalancerAndTheDatabase(String variant) throws Exception {
        Page page = Page.of("ha-external-datastore.md");
        try (Cluster cluster = Cluster.on()) {
            Database database = Database.on(cluster, variant);
            database.host().follow(page, variant, "run");
            cluster.server(database::equip, Cluster.page(page, variant));
            cluster.server(database::equip, Cluster.page(page, variant));
            cluster.servers().getFirst().follow(page, variant, "run");
            cluster.balancer("haproxy");
            cluster.balancer("haproxy");
            cluster.virtual();
            cluster.agent(Cluster.page(page, variant));
            ClusterWorkload.sameNodesFromEverywhere(cluster, "control-plane", MachineNet.VIRTUAL);
            Workload workload = Workload.on(cluster.servers().getFirst(), 3);
            workload.answers();
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.killProcess(cluster.servers().get(1), Cluster.page(page, variant));
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.loseBalancer();
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                if (variant.equals("etcd")) {
                    trial.loseMember(database);
                }
                trial.loseDatabase(database, AWAY);
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.judge(kept);
            }
            workload.answers();
        }
    }

    /// Those of `-Dk3j.ha.variant`; under `-Pfull` all.
    static List<String> variants() {
        return List.of(System.getProperty("k3j.ha.variant", "mariadb").split(","));
    }
}
