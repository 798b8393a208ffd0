package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What happens to a server: it is stopped, killed, its container runtime is killed, another is started beside it.
@NeedsMachine
@Tag("kill")
class FaultsItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final boolean FULL = Boolean.getBoolean("k3j.full");
    /// What is promised on a quiet machine.
    private static final Duration STOP = FULL ? Duration.ofSeconds(5) : LIMIT;
    private static final int MOST_WRITES = 500;
    private static final int MOST_MILLIS = 100;
    private static final int KILLS = FULL ? 200 : 5;
    /// Below this the writer does not do its work: it did 71 on one core that it shared with a whole build.
    private static final long FEWEST_PER_SECOND = 10;
    private static final int PARTS_OF_A_START = 3;
    private static final String READY = "API server ready";
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"stays"},"spec":{"containers":[{"name":"a",\
            "image":"k3j.io/busybox:1","command":["sleep","3600"]}]}}""";

    private Machine machine;
    private Server server;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine).ready();
    }

    @AfterEach
    void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void stopsInOrderAndLetsPodsRun() throws IOException, InterruptedException {
        String container = runningPod();
        for (String signal : new String[] {"INT", "TERM"}) {
            long from = System.nanoTime();
            server.signal(signal);
            assertThat(server.ended(STOP)).as(server::tail).isZero();
            System.out.println("SIG" + signal + ": ended after " + (System.nanoTime() - from) / 1_000_000 + " ms");
            assertThat(alive()).as("its process").isTrue();
            server = Server.start(machine).ready();
            sameContainer(container);
        }
    }

    @Test
    void killedItComesBackWithEveryAcknowledgedWrite() throws IOException, InterruptedException {
        String container = runningPod();
        long seed = Long.getLong("k3j.seed", Long.getLong("k3j.series", System.nanoTime()));
        Random random = new Random(seed);
        System.out.println(KILLS + " kills, -Dk3j.seed=" + seed);
        try (Api api = machine.api(); Writer writer = Writer.on(machine)) {
            long start = Long.MAX_VALUE;
            int early = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                long enough = writer.acknowledged() + 1 + random.nextInt(MOST_WRITES);
                writer.served(true);
                Waiting.until("more writes", LIMIT, () -> writer.acknowledged() >= enough, server::story);
                pause(random.nextInt(MOST_MILLIS));
                writer.served(false);
                kill();
                if (kill > 0) {
                    // one in each part of a start; the first part is over long before anything can be ready
                    early += killedAsItStarts(
                            (long) (start * ((kill - 1) % PARTS_OF_A_START + random.nextDouble()) / PARTS_OF_A_START));
                }
                long from = System.nanoTime();
                server = Server.start(machine);
                Waiting.until("ready API", LIMIT, () -> server.running() && served(api), server::story);
                start = Math.min(start, System.nanoTime() - from);
            }
            writer.check();
            System.out.println(early + " more before they were ready, " + writer.perSecond() + " writes per second");
            assertThat(early).as("kills before a server was ready").isPositive();
            assertThat(writer.perSecond()).as("writes per second").isGreaterThanOrEqualTo(FULL ? FEWEST_PER_SECOND : 1);
        }
        server.ready();
        sameContainer(container);
        assertThat(alive()).as("its process").isTrue();
    }

    private void kill() throws IOException, InterruptedException {
        server.signal("KILL");
        assertThat(server.ended(LIMIT)).isNotZero();
    }

    /// @return 1 when it was not ready yet
    private int killedAsItStarts(long nanos) throws IOException, InterruptedException {
        long before = timesReady();
        server = Server.start(machine);
        Path pid = machine.dir().resolve("server.pid");
        Waiting.until("process", LIMIT, () -> Files.exists(pid) && Files.size(pid) > 0, server::tail);
        pause(TimeUnit.NANOSECONDS.toMillis(nanos));
        kill();
        return timesReady() == before ? 1 : 0;
    }

    private long timesReady() throws IOException {
        return Files.readString(machine.dir().resolve("server.txt")).lines().filter(l -> l.contains(READY)).count();
    }

    private static void pause(long millis) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void containerdKilledIsStartedAgainAndItsPodsAreAdopted() throws IOException, InterruptedException {
        String container = runningPod();
        Outcome killed = machine.run(LIMIT, "pid=$(pgrep -x containerd); kill -9 $pid; echo $pid");
        server.await("new containerd", "bundle ls", "cri-containerd");
        Waiting.until("new containerd", LIMIT, () -> {
            String now = machine.run(LIMIT, "pgrep -x containerd").text();
            return !now.isBlank() && !now.equals(killed.text());
        }, server::story);
        server.await("exec", "kubectl exec stays -- echo here", "here");
        sameContainer(container);
        assertThat(server.running()).isTrue();
    }

    @Test
    void refusesASecondServerOnItsDataDirectory() throws IOException, InterruptedException {
        // the first server stands still meanwhile: what it writes is not the second's
        server.signal("STOP");
        try {
            Set<String> before = Tree.of(machine).keySet();
            Outcome second = machine.run(LIMIT, Server.command() + " server --https-listen-port=7443");
            assertThat(second.code()).isNotZero();
            assertThat(second.text()).contains("another k3s already runs on the data directory /var/lib/rancher/k3s");
            // its containerd goes on, and writes beside a file for a moment
            Set<String> more = new TreeSet<>();
            Waiting.until("end of what was not there before", LIMIT, () -> {
                more.clear();
                more.addAll(Tree.of(machine).keySet());
                more.removeAll(before);
                return more.isEmpty();
            }, () -> more + "\n" + server.tail());
            // it also takes away what no image needs, whenever it comes to it
            assertThat(Tree.of(machine).keySet())
                    .containsAll(before.stream().filter(path -> !path.contains("/containerd/")).toList());
        } finally {
            server.signal("CONT");
        }
        server.await("still served", "kubectl get --raw /readyz", "ok");
    }

    private static boolean served(Api api) throws InterruptedException {
        try {
            return api.get("/readyz", "text/plain").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String runningPod() throws IOException, InterruptedException {
        assertThat(machine.run(LIMIT, "echo '" + POD + "' | KUBECONFIG=" + Server.KUBECONFIG + " " + Server.command()
                + " kubectl apply -f -").text()).contains("created");
        server.await("running pod", "kubectl get pod stays --no-headers", "Running");
        return id();
    }

    private String id() throws IOException, InterruptedException {
        return server.k3s("kubectl get pod stays -o jsonpath='{.status.containerStatuses[0].containerID} "
                + "{.status.containerStatuses[0].restartCount}'").text();
    }

    private void sameContainer(String before) throws IOException, InterruptedException {
        server.await("running pod", "kubectl get pod stays --no-headers", "Running");
        assertThat(id()).isEqualTo(before).startsWith("containerd://").endsWith(" 0");
    }

    private boolean alive() throws IOException, InterruptedException {
        return machine.run(LIMIT, "pgrep -f '^sleep 3600$'").code() == 0;
    }
}
