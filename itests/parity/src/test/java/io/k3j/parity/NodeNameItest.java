package io.k3j.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two servers with nodes at one PostgreSQL, Secrets encrypted: the name of a node is one machine's as long as that
/// lives, and that machine gets it again, whether it has its password or not.
@NeedsMachine
@Tag("full")
@Tag("ha")
@NeedsPackages("postgresql")
class NodeNameItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String LOOKS = "looking whether another machine runs the node";
    private static final String PASSWORD = "etc/rancher/node/password";
    private final List<Machine> machines = new ArrayList<>();
    private PostgresServer database;

    @BeforeEach
    void serve() throws IOException, InterruptedException {
        database = PostgresServer.started("listen_addresses=*");
        Files.writeString(database.directory().resolve("data/pg_hba.conf"),
                "host all all 10.213.0.0/16 scram-sha-256\n",
                StandardOpenOption.APPEND);
        database.sql("postgres", "SELECT pg_reload_conf()");
        machines.add(Machine.on());
        machines.add(Machine.on());
    }

    @AfterEach
    void end() {
        machines.forEach(Machine::close);
        database.close();
    }

    private Server start(Machine machine, String... more) throws IOException {
        String gateway = machine.address().substring(0, machine.address().lastIndexOf('.')) + ".1";
        List<String> flags = new ArrayList<>(List.of("--token=" + ParityMatrix.TOKEN, "--secrets-encryption",
                "--datastore-endpoint='" + database.endpoint("kubernetes").replace("127.0.0.1", gateway) + "'"));
        flags.addAll(List.of(more));
        return Server.start(machine, flags.toArray(String[]::new));
    }

    private Store store() {
        return Store.sql(database, Store.POSTGRES_HOLDS);
    }

    private Map<String, String> rows() throws IOException, InterruptedException {
        return store().rows();
    }

    /// Waits until the server has written what it writes on starting: the same rows ten times running.
    private Map<String, String> settled(Server server) throws IOException, InterruptedException {
        AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());
        AtomicInteger same = new AtomicInteger();
        Waiting.until("settled rows", LIMIT, () -> {
            Map<String, String> now = rows();
            return now.equals(last.getAndSet(now)) ? same.incrementAndGet() >= 10 : same.getAndSet(0) < 0;
        }, server::tail);
        return last.get();
    }

    private static Map<String, String> disk(Machine machine) throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (String directory : List.of("etc", "rancher", "kubelet", "cni", "var/lib", "var/log")) {
            Tree.of(machine.dir().resolve(directory)).forEach((name, what) -> all.put(directory + "/" + name, what));
        }
        return all;
    }

    private static String log(Machine machine) throws IOException {
        return Files.readString(machine.dir().resolve("server.txt"));
    }

    /// The log begins anew.
    private static void forget(Machine machine) throws IOException {
        Files.delete(machine.dir().resolve("server.txt"));
    }

    @Test
    void theNameOfANodeIsOneMachinesAsLongAsItLives() throws Exception {
        Machine one = machines.getFirst();
        Machine two = machines.get(1);
        Server first = start(one).ready();
        Path proof = one.dir().resolve("rancher/k3s/server/cred/node-password-proof");
        Waiting.until("proof of the password", LIMIT, () -> Files.exists(proof), first::tail);
        Map<String, String> rows = settled(first);
        assertThat(rows.get("/registry/secrets/kube-system/" + one.name() + ".node-password.k3s")).isNotNull();
        assertThat(database.sql("kubernetes", "SELECT DISTINCT substr(encode(value, 'escape'), 1, 8) FROM kine"
                + " WHERE name LIKE '%.node-password.k3s'")).isEqualTo("k8s:enc:");

        refused(one, two);
        assertThat(two.run(LIMIT, "install -D <(echo 00112233445566778899aabbccddeeff) /" + PASSWORD).code()).isZero();
        refused(one, two);
        assertThat(store().naming(one.address())).anyMatch(key -> key.contains("masterleases"));
        assertThat(store().naming(two.address())).isEmpty();

        Server again = again(one, first, "true");
        assertThat(log(one)).as("the password is looked at first").doesNotContain(LOOKS);
        Server lone = again(one, again, "rm /" + PASSWORD);
        lone.await("Event", "kubectl get events -A", "NodePasswordValidationFailed");
        assertThat(log(one)).contains(LOOKS);
    }

    /// Killed, and started again after a line was run on the machine.
    private Server again(Machine machine, Server running, String line) throws IOException, InterruptedException {
        running.signal("KILL");
        running.ended(LIMIT);
        forget(machine);
        assertThat(machine.run(LIMIT, line).code()).isZero();
        long begin = System.nanoTime();
        Server next = start(machine).ready();
        System.out.println("[parity] again after " + line + ": " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        return next;
    }

    /// Refused, with nothing left on the machine or in the database, nor anything that runs.
    private void refused(Machine one, Machine two) throws Exception {
        Map<String, String> rows = rows();
        Map<String, String> disk = disk(two);
        Server second = start(two, "--node-name=" + one.name());
        int code = second.ended(LIMIT);
        new Refused(code, log(two)).says("k3s: Node password rejected, duplicate hostname or contents of '/" + PASSWORD
                + "' may not match server node-passwd entry, try enabling a unique node name with the"
                + " --with-node-id flag: another machine runs the node " + one.name() + " of this cluster",
                "start with another --node-name");
        forget(two);
        assertThat(Tree.changes(disk, disk(two))).isEmpty();
        assertThat(Tree.changes(rows, rows())).isEmpty();
        assertThat(two.run(LIMIT, "pgrep -x containerd").text()).as("containerd").isEmpty();
    }
}
