package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three servers with managed etcd whose network is parted or loses packets, under recorded traffic through all of them:
/// whoever has a majority serves, the others refuse and say why, and controllers act once.
@NeedsMachine
@Tag("full")
@Tag("ha")
@NeedsPackages({"etcd-server", "etcd-client", "mariadb-server", "postgresql"})
class PartitionItest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String VARIANT = "cluster";
    private static final long SOME = 1000;
    private static final Duration WHILE = Duration.ofSeconds(20);
    /// What issue 3 allows, in milliseconds.
    private static final long PAUSE = 3_000;
    private static final long ELECTIONS = 2;
    private static final int PART = 30;
    /// Percent of the usual calls that the fault matrix wants while packets are lost on the links of one.
    private static final int LEAST = 10;
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    // not where the traffic is recorded
    private static final String MAPS = "/api/v1/namespaces/kube-public/configmaps";
    private static final String MAP = "{\"metadata\":{\"generateName\":\"apart-\"}}";
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path kept;
    private Cluster cluster;
    private Faults faults;
    private ClusterWorkload trial;
    private Replicas counted;

    /// Something done to the network.
    private interface Fault {
        void strikes() throws IOException, InterruptedException;
    }

    @BeforeEach
    void threeServersUnderTraffic() throws IOException, InterruptedException {
        cluster = Cluster.on();
        faults = Faults.on();
        Page page = Page.of("ha-embedded-etcd.md");
        for (int n = 1; n <= 3; n++) {
            cluster.server(Cluster.page(page, VARIANT));
        }
        ManagedEtcd.votes(cluster.servers().getLast(), 3);
        counted = Replicas.on(cluster.apis().getFirst(), "counted", 0);
        counted.more(cluster.apis().getFirst());
        trial = ClusterWorkload.on(cluster);
        trial.progress(SOME);
    }

    @AfterEach
    void remove() {
        try (Cluster _ = cluster; Faults _ = faults; ClusterWorkload _ = trial) {
            // each is closed, the last first
        }
    }

    @Test
    void whoeverIsCutOffRefusesWhileTheOthersServe() throws Exception {
        cutOff(leader(), "leader cut off");
        cutOff(follower(), "follower cut off");
        judged();
    }

    @Test
    void whoeverHearsNobodyRefusesWhileTheOthersServe() throws Exception {
        deaf(follower(), "deaf follower");
        deaf(leader(), "deaf leader");
        judged();
    }

    @Test
    void allServeWhenTwoDoNotReachEachOther() throws Exception {
        Host leader = leader();
        Host follower = follower();
        long term = ManagedEtcd.term(leader);
        long since = System.nanoTime();
        faults.cut(leader, follower);
        writes(follower);
        ClusterWorkload.WRITES.since("leader and a follower parted: first write through that follower", since);
        for (Host other : others(follower)) {
            writes(other);
        }
        counted.more(api(follower));
        trial.progress(SOME);
        long pause = trial.pause("leader and a follower parted", since);
        healed("leader and a follower parted", term);
        refusals("leader and a follower parted", since);
        assertThat(pause).isLessThanOrEqualTo(PAUSE);
        judged();
    }

    @Test
    void keepsItsPromisesWhilePacketsAreLost() throws Exception {
        Host leader = leader();
        long usual = trial.fresh(WHILE);
        System.out.println("[ha] usual: " + usual + " calls");
        losing("leader's links", LEAST * usual / 100 / Promise.SLOW, () -> {
            for (Host other : others(leader)) {
                faults.lose(PART, leader, other);
            }
        });
        // how many of them is etcd's own affair: a put by its own client takes seconds then
        losing("all links", 1, () -> {
            for (Host server : cluster.servers()) {
                for (Host other : others(server)) {
                    faults.loseOneWay(PART, server, other);
                }
            }
        });
        judged();
    }

    private void cutOff(Host hit, String what) throws IOException, InterruptedException {
        without(hit, what, () -> {
            for (Host other : others(hit)) {
                faults.cut(hit, other);
            }
        });
    }

    private void deaf(Host hit, String what) throws IOException, InterruptedException {
        without(hit, what, () -> {
            for (Host other : others(hit)) {
                faults.cutOneWay(other, hit);
            }
        });
    }

    private void losing(String where, long least, Fault fault) throws IOException, InterruptedException {
        long term = ManagedEtcd.term(cluster.servers().getFirst());
        long since = System.nanoTime();
        fault.strikes();
        long calls = trial.fresh(WHILE);
        String what = PART + " % lost on " + where;
        System.out.println("[ha] " + what + ": " + calls + " calls");
        assertThat(calls).as("calls done, " + what).isGreaterThanOrEqualTo(least);
        trial.pause(what, since);
        refusals(what, since);
        faults.heal();
        long healed = System.nanoTime();
        for (Host server : cluster.servers()) {
            writes(server);
        }
        ClusterWorkload.WRITES.since(what + ": all write again", healed);
        System.out.println("[ha] " + what + ": elections " + (ManagedEtcd.term(cluster.servers().getFirst()) - term));
        counted.more(cluster.apis().getFirst());
        trial.progress(SOME);
    }

    /// One is struck and cannot serve; the others can.
    private void without(Host hit, String what, Fault fault) throws IOException, InterruptedException {
        long term = ManagedEtcd.term(hit);
        List<Host> others = others(hit);
        long since = System.nanoTime();
        fault.strikes();
        for (Host other : others) {
            writes(other);
        }
        refuses(hit, what, since);
        long settled = System.nanoTime();
        counted.more(api(others.getFirst()));
        trial.progress(SOME);
        long pause = trial.pause(what, since);
        long end = System.nanoTime();
        healed(what, term);
        refusals(what, since);
        assertThat(pause).isLessThanOrEqualTo(PAUSE);
        assertThat(trial.refusals().of(hit, settled, end)).as(what).isNotEmpty()
                .allMatch(r -> r.code() == UNAVAILABLE && r.text().contains("the datastore is away: "));
    }

    /// What is newest is not told by a server that cannot know it, nor is anything changed.
    private void refuses(Host hit, String what, long since) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        Waiting.until("refused write at " + hit.name(), LIMIT, () -> {
            HttpResponse<String> answer = api(hit).send("POST", MAPS, "application/json", bytes());
            answers.add(answer.statusCode() + " " + answer.body());
            return answer.statusCode() == UNAVAILABLE && answer.body().contains("the datastore is away: ");
        }, () -> String.join("\n", answers) + cluster.story());
        Cluster.report(what + ": refused with the reason", since);
        HttpResponse<String> read = api(hit).get(MAPS, "application/json");
        assertThat(read.statusCode()).as(read.body()).isEqualTo(UNAVAILABLE);
    }

    private void healed(String what, long term) throws IOException, InterruptedException {
        long healed = System.nanoTime();
        faults.heal();
        for (Host server : cluster.servers()) {
            writes(server);
        }
        ClusterWorkload.WRITES.since(what + ": all write again", healed);
        for (Api api : cluster.apis()) {
            counted.more(api);
        }
        trial.progress(SOME);
        long elections = ManagedEtcd.term(cluster.servers().getFirst()) - term;
        System.out.println("[ha] " + what + ": elections " + elections);
        assertThat(elections).as(what).isLessThanOrEqualTo(ELECTIONS);
    }

    /// Writes through this server go on.
    private void writes(Host server) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        Waiting.until("write through " + server.name(), LIMIT, () -> {
            try {
                HttpResponse<String> answer = api(server).send("POST", MAPS, "application/json", bytes());
                answers.add(answer.statusCode() + " " + answer.body());
                return answer.statusCode() == CREATED;
            } catch (IOException unanswered) {
                answers.add(unanswered.toString());
                return false;
            }
        }, () -> String.join("\n", answers) + cluster.story());
    }

    private void refusals(String what, long since) {
        for (Host server : cluster.servers()) {
            System.out.println("[ha] " + what + ": refused by " + server.name() + ": "
                    + Refusals.summary(trial.refusals().of(server, since, System.nanoTime())));
        }
    }

    private void judged() throws IOException, InterruptedException {
        trial.judge(kept);
        for (Api api : cluster.apis()) {
            counted.once(api);
        }
    }

    private Host leader() throws IOException, InterruptedException {
        return ManagedEtcd.leader(cluster);
    }

    private Host follower() throws IOException, InterruptedException {
        return others(leader()).getLast();
    }

    private List<Host> others(Host host) {
        return cluster.servers().stream().filter(s -> s != host).toList();
    }

    private Api api(Host host) {
        return cluster.apis().get(cluster.servers().indexOf(host));
    }

    private static byte[] bytes() {
        return MAP.getBytes(StandardCharsets.UTF_8);
    }
}
