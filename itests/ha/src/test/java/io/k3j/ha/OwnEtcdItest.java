package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three servers of which one loses its own etcd, but not the others': it goes on with those.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client"})
@Tag("ha")
class OwnEtcdItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String VARIANT = "cluster";
    private static final long SOME = 1000;
    private static final String PROGRAM = "$(readlink -f $(command -v etcd))";
    private static final String AWAY = "goes on with that at";
    private static final String HOME = "Using the local etcd member again";
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;

    @Test
    @Tag("full")
    void goesOnWithTheOthersEtcdWhileItsOwnIsDeadOrHangs() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            Host server = follower(cluster, page);
            tellsHowLongSnapshotsTook(server);
            try (ClusterWorkload trial = ClusterWorkload.on(cluster)) {
                trial.progress(SOME);
                // it dies and cannot be started
                server.must("mount --bind /bin/false " + PROGRAM + " && pkill -KILL -x etcd");
                writes(server, "own etcd killed");
                trial.progress(SOME);
                says(server, AWAY, 1);
                assertThat(server.run("pidof etcd").text()).isEmpty();
                server.must("umount " + PROGRAM);
                goesHome(cluster, server, 1);
                trial.progress(SOME);

                // it hangs
                server.must("pkill -STOP -x etcd");
                writes(server, "own etcd hanging");
                trial.progress(SOME);
                says(server, AWAY, 2);
                server.must("pkill -CONT -x etcd");
                goesHome(cluster, server, 2);
                trial.progress(SOME);
                trial.judge(kept);
            }
            adoptsIt(cluster, server, page);
        }
    }

    @Test
    @Tag("full")
    void saysWhyWhenItStartsWithoutAndComesBackWhenItCan() throws Exception {
        Page page = Page.of("ha-embedded-etcd.md");
        try (Cluster cluster = Cluster.on()) {
            Host server = follower(cluster, page);
            Host other = cluster.servers().stream().filter(s -> s != server).findFirst().orElseThrow();
            server.stop();
            server.must("mount --bind /bin/false " + PROGRAM);
            Cluster.page(page, VARIANT).on(server);
            Waiting.until("end of " + server.name(), LIMIT,
                    () -> server.story().contains("k3s: the managed etcd ends as soon as it is started: ")
                            && !server.running(),
                    server::story);
            other.must("k3s kubectl create configmap meanwhile");
            server.must("umount " + PROGRAM);
            Cluster.page(page, VARIANT).on(server);
            Waiting.until("kubectl on " + server.name(), LIMIT,
                    () -> server.run("k3s kubectl get configmap meanwhile").code() == 0, server::story);
            ManagedEtcd.votes(server, 3);
        }
    }

    /// Three servers, and one of them whose member does not lead.
    private static Host follower(Cluster cluster, Page page) throws IOException, InterruptedException {
        for (int n = 1; n <= 3; n++) {
            cluster.server(Cluster.page(page, VARIANT));
        }
        ManagedEtcd.votes(cluster.servers().getLast(), 3);
        Host leader = ManagedEtcd.leader(cluster);
        return cluster.servers().reversed().stream().filter(s -> s != leader).findFirst().orElseThrow();
    }

    private static void tellsHowLongSnapshotsTook(Host server) throws IOException, InterruptedException {
        server.must("k3s etcd-snapshot save");
        assertThat(server.must("k3s kubectl get --raw /api/v1/nodes/" + server.name() + "/proxy/metrics").lines())
                .contains("k3s_etcd_snapshot_save_duration_seconds_count{status=\"success\"} 1",
                        "k3s_etcd_snapshot_save_local_duration_seconds_count{status=\"success\"} 1")
                .anyMatch(l -> l.startsWith("k3s_etcd_snapshot_reconcile_duration_seconds_sum{status=\"success\"} "));
    }

    /// Writes through this server go on.
    private static void writes(Host server, String what) throws IOException, InterruptedException {
        long start = System.nanoTime();
        String write = "k3s kubectl label namespace default state='" + what.replace(' ', '-') + "' --overwrite";
        List<String> answers = new ArrayList<>();
        Waiting.until("a write through " + server.name(), LIMIT, () -> {
            Outcome tried = server.run(write);
            answers.add(tried.text());
            return tried.code() == 0;
        }, () -> String.join("", answers) + server.story());
        Cluster.report(what + ": first write through that server", start);
    }

    private static void goesHome(Cluster cluster, Host server, int times) throws IOException, InterruptedException {
        long start = System.nanoTime();
        says(server, HOME, times);
        Cluster.report("at its own etcd again", start);
        ManagedEtcd.votes(server, cluster.servers().size());
    }

    /// Waits until it has printed that so many times.
    private static void says(Host server, String words, int times) throws IOException, InterruptedException {
        Path log = server.machine().dir().resolve("k3s.txt");
        Waiting.until(words + " on " + server.name(), LIMIT,
                () -> Files.readAllLines(log).stream().filter(line -> line.contains(words)).count() == times,
                server::story);
    }

    /// The process that was started again is the one the next start finds.
    private static void adoptsIt(Cluster cluster, Host server, Page page) throws IOException, InterruptedException {
        String pid = server.must("pidof etcd").strip();
        server.killProcess();
        Cluster.page(page, VARIANT).on(server);
        Waiting.until(server.name() + " with etcd " + pid, LIMIT,
                () -> server.story().contains("Adopted etcd pid=" + pid), server::story);
        Waiting.until("kubectl on " + server.name(), LIMIT,
                () -> server.run("k3s kubectl get --raw /readyz").text().contains("ok"), cluster::story);
        assertThat(server.must("pidof etcd").strip()).isEqualTo(pid);
    }
}
