package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A cluster under recorded traffic, of which parts are taken away one after the other.
final class ClusterWorkload implements AutoCloseable {
    /// How many calls must have been answered in all; issue 3 asks for 200 000.
    static final long OPERATIONS = Long.getLong("k3j.ha.operations", 20_000);
    /// Without an acknowledged write, whatever one part has been lost.
    static final Promise WRITES = Promise.of(3_000);
    private static final Promise AGENTS = Promise.of(2_500);
    private static final Promise ANSWERS = Promise.of(7_000);
    private static final Promise READY = Promise.of(10_000);
    private static final Promise BALANCED = Promise.of(5_000);
    private static final Promise RECOVERED = Promise.of(2_000);
    private static final String NODES = "k3s kubectl get nodes --no-headers";
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration WORK_LIMIT = Duration.ofMinutes(15);
    private static final int KEYS = 50;
    private static final int CLIENTS = 8;
    private final Cluster cluster;
    private final List<Watcher> watchers = new ArrayList<>();
    private final Map<String, Pings> pings = new TreeMap<>();
    private final Traffic traffic;

    private ClusterWorkload(Cluster cluster, Traffic traffic) {
        this.cluster = cluster;
        this.traffic = traffic;
    }

    /// Lets traffic begin through every server, with a watcher at each and one that changes.
    static ClusterWorkload on(Cluster cluster) throws IOException, InterruptedException {
        ClusterWorkload trial = new ClusterWorkload(cluster, new Traffic(cluster.apis(), KEYS));
        long from = revision(cluster.apis().getFirst());
        for (int n = 1; n <= cluster.apis().size(); n++) {
            trial.watchers.add(new Watcher("watcher-" + n, List.of(cluster.apis().get(n - 1)), from));
        }
        trial.watchers.add(new Watcher("watcher-all", cluster.apis(), from));
        trial.traffic.begin(CLIENTS);
        for (Host agent : cluster.agents()) {
            trial.pings.put(agent.name(), Pings.on(agent));
        }
        return trial;
    }

    /// Every server, and the load balancer at `address`, name the same nodes: all that were made, Ready, servers with
    /// these roles and agents with none.
    static void sameNodesFromEverywhere(Cluster cluster, String roles, String address)
            throws IOException, InterruptedException {
        List<String> expected = new ArrayList<>();
        cluster.agents().forEach(agent -> expected.add(agent.name() + " Ready <none>"));
        cluster.servers().forEach(server -> expected.add(server.name() + " Ready " + roles));
        for (Host server : cluster.servers()) {
            nodes(server, NODES, expected);
        }
        if (!address.isEmpty()) {
            nodes(cluster.servers().getFirst(), "sed s/127.0.0.1/" + address
                    + "/ /etc/rancher/k3s/k3s.yaml > /root/through.yaml; KUBECONFIG=/root/through.yaml " + NODES,
                    expected);
        }
    }

    /// Waits until a host is told these names, conditions and roles.
    private static void nodes(Host host, String command, List<String> expected)
            throws IOException, InterruptedException {
        List<String> told = new ArrayList<>();
        Waiting.until("nodes " + expected + " at " + host.name(), LIMIT, () -> {
            told.clear();
            host.run(command).text().lines().map(l -> l.split(" +")).filter(words -> words.length > 2)
                    .map(words -> words[0] + " " + words[1] + " " + words[2]).forEach(told::add);
            return told.equals(expected);
        }, () -> command + ": " + told);
    }

    /// Lets so many more calls be answered.
    /// @return how long it took, in milliseconds
    long progress(long calls) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long until = traffic.done() + calls;
        Waiting.until(calls + " answers more", WORK_LIMIT, () -> traffic.done() >= until, cluster::story);
        return (System.nanoTime() - start) / 1_000_000;
    }

    /// Lets some time pass.
    /// @return how many calls were done with what is newest meanwhile
    long fresh(Duration time) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        Waiting.until("end of that time", time.plusSeconds(5), () -> System.nanoTime() > end, () -> "");
        return traffic.fresh(start);
    }

    /// Process loss: the JVM of a server is killed, and started again as the page does.
    void killProcess(Host server, Cluster.Step start) throws IOException, InterruptedException {
        Instant killed = Instant.now();
        long moment = System.nanoTime();
        server.killProcess();
        progress(1000);
        promised("kill -9 of " + server.name(), moment);
        moment = System.nanoTime();
        start.on(server);
        answers(server);
        ANSWERS.since(server.name() + " answers after kill -9 and start", moment);
        agents(killed);
    }

    /// The member of etcd that leads is killed alone; its server starts it again by itself.
    void killEtcdLeader() throws IOException, InterruptedException {
        Host server = ManagedEtcd.leader(cluster);
        long moment = System.nanoTime();
        server.must("pkill -KILL -x etcd");
        progress(1000);
        promised("kill -9 of etcd's leader on " + server.name(), moment);
        ManagedEtcd.votes(server, cluster.servers().size());
    }

    /// Node loss: the machine goes with all its processes, and comes back with its disk.
    void loseNode(Host server, Cluster.Step start) throws IOException, InterruptedException {
        Instant lost = Instant.now();
        long moment = System.nanoTime();
        cluster.net().lose(server.machine());
        progress(1000);
        promised("loss of " + server.name(), moment);
        cluster.net().again(server.machine());
        moment = System.nanoTime();
        start.on(server);
        Host other = cluster.servers().stream().filter(s -> s != server).findFirst().orElseThrow();
        answers(server);
        Waiting.until(server.name() + " Ready again", LIMIT, () -> Cluster.sees(other, server.name()), server::story);
        READY.since(server.name() + " Ready after its loss and start", moment);
        agents(lost);
    }

    /// Waits until a server says that it is ready.
    static void answers(Host server) throws IOException, InterruptedException {
        try (Api api = server.machine().api()) {
            Waiting.until(server.name() + " answering", LIMIT, () -> ready(api), server::story);
        }
    }

    private static boolean ready(Api api) throws InterruptedException {
        try {
            return api.get("/readyz", "*/*").statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException away) {
            return false;
        }
    }

    /// The longest time in which no write was acknowledged by anybody since a moment, in milliseconds.
    long pause(String what, long since) {
        long millis = traffic.longestPause(since);
        System.out.println("[ha] longest time without an acknowledged write after " + what + ": " + millis + " ms");
        return millis;
    }

    /// That time, which may be as long as is promised and no longer.
    void promised(String what, long since) {
        WRITES.holds("without an acknowledged write after " + what, pause(what, since));
    }

    /// What calls that were not done heard.
    Refusals refusals() {
        return traffic.refusals();
    }

    private void agents(Instant moment) throws IOException {
        for (Map.Entry<String, Pings> agent : pings.entrySet()) {
            String what = "longest time without an answer through the load balancer of " + agent.getKey();
            long millis = agent.getValue().longestPause(moment);
            System.out.println("[ha] " + what + ": " + millis + " ms");
            AGENTS.holds(what, millis);
        }
    }

    /// The load balancer that holds the virtual address is lost.
    void loseBalancer() throws IOException, InterruptedException {
        long start = System.nanoTime();
        cluster.net().lose(cluster.balancers().getFirst().machine());
        Waiting.until("virtual address at lb-2", LIMIT, () -> cluster.servers().getFirst()
                .run("KUBECONFIG=/root/through.yaml k3s kubectl get --raw /readyz --request-timeout=2s").code() == 0,
                cluster::story);
        BALANCED.since("API through the virtual address after its load balancer was lost", start);
        progress(100);
    }

    /// The member that leads the external etcd is killed, and started again later.
    void loseMember(Database database) throws IOException, InterruptedException {
        Host leader = database.leader();
        long moment = System.nanoTime();
        database.kill(leader);
        progress(1000);
        promised("kill -9 of etcd's leader on " + leader.name(), moment);
        database.start();
    }

    /// The database is away for a while: what servers have in memory can be read by whoever takes it as it is, and a
    /// read that has to be fresh says why it cannot be.
    void loseDatabase(Database database, Duration away) throws IOException, InterruptedException {
        database.kill();
        long end = System.nanoTime() + away.toNanos();
        Waiting.until("end of the outage", away.plusSeconds(5), () -> System.nanoTime() > end, () -> "");
        Host first = cluster.servers().getFirst();
        first.must("k3s kubectl get --raw '/api/v1/nodes?resourceVersion=0'");
        assertThat(first.run("k3s kubectl get nodes").code()).as("fresh reads without a database").isNotZero();
        database.start();
        long start = System.nanoTime();
        progress(100);
        RECOVERED.since("100 answers more after the database came back", start);
    }

    /// Ends the traffic and judges what was recorded; a record that is not good is kept in `directory`.
    void judge(Path directory) throws IOException, InterruptedException {
        Collection<Operation> history = traffic.end();
        System.out.println("[ha] " + Traffic.summary(history));
        Files.write(directory.resolve("history.txt"), Traffic.text(history));
        long last = history.stream().mapToLong(Operation::revision).max().orElseThrow();
        List<Watched> heard = new ArrayList<>();
        for (Watcher watcher : watchers) {
            Waiting.until("last change at a watcher", LIMIT, () -> watcher.heard() >= last,
                    () -> watcher.heard() + " of " + last + ": " + watcher.trouble());
            heard.addAll(watcher.end());
        }
        assertThat(Verdict.violations(heard, history)).as("history in " + directory).isEmpty();
    }

    /// The newest revision of a server's ConfigMaps.
    static long revision(Api api) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.at("/api/v1/namespaces/default/configmaps?limit=1")).build();
        String list = api.client().send(request, HttpResponse.BodyHandlers.ofString()).body();
        int at = list.indexOf("\"resourceVersion\":\"") + "\"resourceVersion\":\"".length();
        return Long.parseLong(list.substring(at, list.indexOf('"', at)));
    }

    @Override
    public void close() {
        traffic.close();
        watchers.forEach(Watcher::close);
    }
}
