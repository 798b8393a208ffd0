package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The process of the server whose controllers act stands still for a while, or is killed by the kernel, under traffic.
@NeedsMachine
@Tag("full")
@Tag("kill")
@NeedsPackages({"etcd-server", "etcd-client", "mariadb-server", "postgresql"})
class ProcessFaultsItest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final long SOME = 1000;
    private static final int LEASE_SECONDS = 3;
    private static final Promise TAKEN_OVER = Promise.of(Duration.ofSeconds(LEASE_SECONDS), 3_000);
    /// After the pause of its service manager.
    private static final Promise RESTARTED = Promise.of(Duration.ofSeconds(5), 15_000);
    private static final int MANY = 40;
    private static final String SQL = "postgresql";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final String RENEWED = "k3s kubectl get lease --namespace kube-node-lease %s -o"
            + " jsonpath='{.spec.renewTime}'";
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @Test
    void aFrozenLeaderOnADatabaseIsReplacedAndDoesNothingWhenItThaws() throws Exception {
        Page page = Page.of("ha-external-datastore.md");
        try (Cluster cluster = Cluster.on()) {
            database(cluster, page);
            cluster.server(Cluster.page(page, SQL));
            cluster.server(Cluster.page(page, SQL));
            frozen(cluster, 1, 5, 30);
        }
    }

    @Test
    void aFrozenLeaderOnEmbeddedEtcdIsReplacedAndDoesNothingWhenItThaws() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            for (int n = 1; n <= 3; n++) {
                cluster.server(Cluster.page(page, "cluster"));
            }
            ManagedEtcd.votes(cluster.servers().getLast(), 3);
            frozen(cluster, 1, 5, 30);
        }
    }

    @Test
    void aLeaderThatTheKernelKillsForItsMemoryIsReplacedAndComesBack() throws Exception {
        assumeTrue(Limited.obstacle().isEmpty(), Limited.obstacle());
        Page page = Page.of("ha-external-datastore.md");
        try (Cluster cluster = Cluster.on()) {
            database(cluster, page);
            Host host = cluster.server(first -> new Limited(first).start(page, SQL));
            Limited limited = new Limited(host);
            Host other = cluster.server(Cluster.page(page, SQL));
            assertThat(Leadership.of(cluster)).isZero();
            limited.tighten();
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                limited.killed();
                long moment = System.nanoTime();
                String killed = other.must("date -u +%FT%T").strip();
                Replicas later = Replicas.on(cluster.apis().getLast(), "later", 3);
                later.made(cluster.apis().getLast());
                TAKEN_OVER.since("controllers act again after a kill for memory was seen", moment);
                trial.progress(SOME);
                trial.promised("a kill for memory", moment);
                ClusterWorkload.answers(host);
                RESTARTED.since("the killed server answers", moment);
                Waiting.until(host.name() + " Ready again", LIMIT,
                        () -> other.must(RENEWED.formatted(host.name())).strip().compareTo(killed) > 0
                                && Cluster.ready(other, host.name()),
                        cluster::story);
                RESTARTED.since("the killed server is Ready", moment);
                later.once(cluster.apis().getLast());
                trial.progress(SOME);
                trial.judge(kept);
            }
        }
    }

    private static void database(Cluster cluster, Page page) throws IOException, InterruptedException {
        Database.on(cluster, SQL).host().follow(page, SQL, "run");
    }

    private void frozen(Cluster cluster, int... seconds) throws Exception {
        try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
            trial.progress(SOME);
            for (int each : seconds) {
                freeze(cluster, trial, each);
            }
            trial.judge(kept);
        }
    }

    private static void freeze(Cluster cluster, ClusterWorkload trial, int seconds) throws Exception {
        int leader = Leadership.of(cluster);
        Host host = cluster.servers().get(leader);
        Api old = cluster.apis().get(leader);
        Api young = cluster.apis().get((leader + 1) % cluster.apis().size());
        String told = "frozen " + seconds + " s";
        turn(old, "before");
        // it is in the middle of this one
        Replicas begun = Replicas.on(young, "begun-" + seconds, MANY);
        long moment = System.nanoTime();
        host.must("kill -STOP $(pgrep -f [k]3s-base.jar | head -1)");
        Replicas later = Replicas.on(young, "later-" + seconds, 3);
        turn(young, told);
        CompletableFuture<HttpResponse<String>> read = old.client().sendAsync(
                HttpRequest.newBuilder(old.at(MAPS + "/turn")).build(), HttpResponse.BodyHandlers.ofString());
        if (seconds > LEASE_SECONDS) {
            later.made(young);
            begun.made(young);
            TAKEN_OVER.since("controllers act again, leader " + told, moment);
        }
        long end = moment + TimeUnit.SECONDS.toNanos(seconds);
        Waiting.until("end of the freeze", LIMIT, () -> System.nanoTime() > end, () -> "");
        assertThat(read).isNotDone();
        host.must("kill -CONT $(pgrep -f [k]3s-base.jar | head -1)");
        assertThat(read.get(LIMIT.toSeconds(), TimeUnit.SECONDS).body()).contains(told);
        trial.progress(SOME);
        trial.promised("leader " + told, moment);
        if (seconds > LEASE_SECONDS) {
            Waiting.until("end of its reign", LIMIT, () -> steppedDown(host), host::story);
            assertThat(Leadership.holder(old)).isNotEqualTo(host.name());
        }
        begun.made(young);
        later.made(young);
        begun.once(young);
        later.once(young);
    }

    /// The last word of its log on who leads is that it does not.
    private static boolean steppedDown(Host host) throws IOException {
        List<String> words = Files.readAllLines(host.machine().dir().resolve("k3s.txt")).stream()
                .filter(line -> line.contains("Acquired lease ") || line.contains("Lost lease ")).toList();
        return words.getLast().contains("Lost lease ");
    }

    private static void turn(Api api, String value) throws Exception {
        byte[] map = ("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"turn\"},\"data\":{\"v\":\""
                + value + "\"}}").getBytes(StandardCharsets.UTF_8);
        Waiting.until("write of " + value, LIMIT,
                () -> api.send("PUT", MAPS + "/turn", JSON, map).statusCode() == 200
                        || api.send("POST", MAPS, JSON, map).statusCode() == 201,
                () -> "");
    }
}
