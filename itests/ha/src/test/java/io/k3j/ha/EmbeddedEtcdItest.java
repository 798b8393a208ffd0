package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The page on embedded etcd, command for command; then parts die under traffic.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client"})
@Tag("ha")
class EmbeddedEtcdItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final String VARIANT = "cluster";
    private static final String ROLES = "control-plane,etcd";
    private static final long SOME = 1000;
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @Test
    @Follows(page = "ha-embedded-etcd.md", blocks = {"start on server-1 for cluster",
            "start on server-2 server-3 for cluster",
            "run on server-1"})
    void joinsThreeServersWhoseWritesGoOnWhenTheLeaderOfEtcdIsKilled() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            servers(cluster, page);
            ClusterWorkload.sameNodesFromEverywhere(cluster, ROLES, "");
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(SOME);
                trial.killEtcdLeader();
                trial.progress(SOME);
                trial.judge(kept);
            }
        }
    }

    @Test
    @Tag("full")
    @Follows(page = "ha-embedded-etcd.md", blocks = {"start on agent-1 for cluster"})
    void servesThroughTheEndOfAProcessOfAMemberAndOfANode() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            servers(cluster, page);
            cluster.agent(Cluster.page(page, VARIANT));
            ClusterWorkload.sameNodesFromEverywhere(cluster, ROLES, "");
            Workload workload = Workload.on(cluster.servers().getFirst(), 4);
            workload.answers();
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.killProcess(cluster.servers().get(1), Cluster.page(page, VARIANT));
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.killEtcdLeader();
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.loseNode(ManagedEtcd.leader(cluster), Cluster.page(page, VARIANT));
                trial.progress(ClusterWorkload.OPERATIONS / 4);
                trial.judge(kept);
            }
            workload.answers();
        }
    }

    @Test
    @Tag("full")
    void refusesWritesWithoutAMajorityAndGoesOnByItselfWhenItIsBack() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            servers(cluster, page);
            Host left = cluster.servers().getFirst();
            left.must("k3s kubectl create configmap before --from-literal=a=b");
            for (Host lost : cluster.servers().subList(1, 3)) {
                cluster.net().lose(lost.machine());
            }
            List<String> refusals = new ArrayList<>();
            Waiting.until("a refused write", LIMIT, () -> {
                Outcome tried = left.run("k3s kubectl create configmap without-" + refusals.size());
                refusals.add(tried.text());
                return tried.code() != 0;
            }, left::story);
            assertThat(refusals.getLast()).contains("datastore");
            left.must("k3s kubectl get --raw '/api/v1/namespaces/default/configmaps/before?resourceVersion=0'");
            for (Host lost : cluster.servers().subList(1, 3)) {
                cluster.net().again(lost.machine());
                Cluster.page(page, VARIANT).on(lost);
            }
            Waiting.until("a write with the majority back", LONG,
                    () -> left.run("k3s kubectl create configmap after --from-literal=a=b").code() == 0, left::story);
            ManagedEtcd.votes(left, 3);
            for (Host one : cluster.servers()) {
                Waiting.until(one.name() + " Ready again", LONG, () -> Cluster.sees(one, one.name()), cluster::story);
                one.must("k3s kubectl get configmap before after");
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
                .filter(l -> l.contains(ROLES)).count() == 3, cluster::story);
        ManagedEtcd.votes(last, 3);
    }
}
