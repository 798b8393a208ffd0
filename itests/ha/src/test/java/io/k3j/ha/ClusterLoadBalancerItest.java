package io.k3j.ha;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The page on the cluster load balancer with everything on it: three servers with embedded etcd and the page's
/// configuration file, its load balancers, three agents that join through them.
@Tag("full")
@Tag("ha")
@NeedsMachine
@NeedsPackages({"etcd-server", "haproxy", "keepalived", "nginx", "libnginx-mod-stream"})
class ClusterLoadBalancerItest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    @Follows(page = "cluster-load-balancer.md",
            blocks = {"file /etc/rancher/k3s/config.yaml on server-1 server-2 server-3",
                    "file /etc/rancher/k3s/config.yaml.d/nginx.yaml on server-1 server-2 server-3 for nginx",
                    "start on agent-1 agent-2 agent-3 for haproxy",
                    "start on agent-1 agent-2 agent-3 for nginx",
                    "run on server-1"})
    void joinsAgentsThroughTheLoadBalancerAndServesWhenServersAndBalancersDie(String variant) throws Exception {
        Page page = Page.of("cluster-load-balancer.md");
        Cluster.Step files = server -> server.follow(page, variant, "file");
        Cluster.Step start = server -> server.start(server.name().equals("server-1") ? "k3s server --cluster-init"
                : "k3s server --server https://10.10.10.50:6443");
        try (Cluster cluster = Cluster.on()) {
            for (int n = 1; n <= 3; n++) {
                cluster.server(files, start);
            }
            cluster.balancer(variant);
            if (variant.equals("haproxy")) {
                cluster.balancer(variant);
            }
            for (int n = 1; n <= 3; n++) {
                cluster.agent(Cluster.page(page, variant));
            }
            cluster.servers().getFirst().follow(page, variant, "run");
            ClusterWorkload.sameNodesFromEverywhere(cluster, "control-plane,etcd",
                    variant.equals("haproxy") ? "10.10.10.100" : "10.10.10.98");
            Workload workload = Workload.on(cluster.servers().getFirst(), 6);
            workload.answers();
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.killProcess(cluster.servers().get(1), start);
                if (variant.equals("haproxy")) {
                    trial.loseBalancer();
                }
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.killEtcdLeader();
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.loseNode(ManagedEtcd.leader(cluster), start);
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.judge(kept);
            }
            workload.answers();
        }
    }
}
