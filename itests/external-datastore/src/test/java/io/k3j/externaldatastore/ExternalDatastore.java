package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What two servers at one database do for whoever types kubectl.
abstract class ExternalDatastore {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(5);
    private static final String READY = "API server ready";
    private static final int STOPS = 3;
    @TempDir
    Path directory;
    private DatabaseServer database;
    private final List<K3sProcess> servers = new ArrayList<>();

    abstract DatabaseServer newDatabase();

    /// The driver's symbolic name.
    abstract String driver();

    @BeforeEach
    void serve() {
        database = newDatabase();
    }

    @AfterEach
    void end() {
        servers.reversed().forEach(K3sProcess::close);
        database.close();
    }

    private K3sProcess server(String name, String endpoint) throws IOException {
        K3sProcess server = K3sProcess.server(Files.createDirectories(directory.resolve(name)), "--disable-agent",
                "--bind-address", "127.0.0.1", "--token", "the-token", "--datastore-endpoint", endpoint);
        servers.add(server);
        return server;
    }

    @Test
    void twoServersServeTheSameObjectsAndOutliveTheDatabase() throws Exception {
        K3sProcess a = server("a", database.endpoint("kubernetes"));
        a.awaitOutput(READY, LIMIT);
        K3sProcess b = server("b", database.endpoint("kubernetes"));
        b.awaitOutput(READY, LIMIT);
        a.await("a write", LIMIT, () -> apply("a", "first"));
        b.await("the first's object", LIMIT, () -> there("b", "first"));
        b.await("a write", LIMIT, () -> apply("b", "second"));
        a.await("the second's object", LIMIT, () -> there("a", "second"));
        database.kill();
        try (ConfigMaps here = new ConfigMaps(directory.resolve("a"))) {
            assertThat(here.list("?resourceVersion=0").body()).contains("second");
        }
        a.await("the refusal of reads that cannot be fresh", LIMIT, () -> !there("a", "second"));
        database.start();
        a.await("writes again", LIMIT, () -> apply("a", "third"));
        b.await("sees them", LIMIT, () -> there("b", "third"));
        try (ConfigMaps here = new ConfigMaps(directory.resolve("a"));
                ConfigMaps watching = new ConfigMaps(directory.resolve("b"))) {
            watching.watch();
            trouble("frozen", here, watching, on -> database.signal(on ? "-STOP" : "-CONT"));
            trouble("read-only", here, watching, database::readOnly);
            trouble("full", here, watching, database::refuseConnections);
            assertThat(watching.ended()).isFalse();
        }
        assertThat(a.output() + b.output()).contains("Datastore is unavailable")
                .contains("Datastore is available again")
                .doesNotContain(DatabaseServer.PASSWORD);
        stopsInOrder("b", b);
        a.await("a write of the last one", LIMIT, () -> apply("a", "fourth"));
        stopsInOrder("a", a);
    }

    /// What leaves word in the datastore stops before it, which takes less than the 5 s that a stop may take. A machine
    /// that stalls makes one late, not several.
    private void stopsInOrder(String name, K3sProcess running) throws IOException, InterruptedException {
        K3sProcess server = running;
        for (int stops = 1;; stops++) {
            assertThat(server.stop()).as(server::tail).isZero();
            boolean late = server.output().contains("not all bundles stopped in time");
            if (!late || stops == STOPS) {
                assertThat(late).as(server::tail).isFalse();
                return;
            }
            server = server(name, database.endpoint("kubernetes"));
            server.awaitOutput(READY, LIMIT);
        }
    }

    /// Writes and most-recent reads are refused with the reason, cached reads and watches go on, and all comes back by
    /// itself. How long a write and the way back took is printed; the promise is 2 s for each.
    private static void trouble(String name, ConfigMaps here, ConfigMaps watching, Consumer<Boolean> make)
            throws IOException, InterruptedException {
        make.accept(true);
        try {
            HttpResponse<String> refused = written(here, name, 503);
            assertThat(refused.body()).contains("ServiceUnavailable").contains("://k3s@")
                    .doesNotContain(DatabaseServer.PASSWORD);
            assertThat(here.list("?resourceVersion=0").statusCode()).isEqualTo(200);
            HttpResponse<String> recent = name.equals("read-only") ? awaitFresh(here) : here.list("");
            assertThat(recent.headers().allValues("Warning")).isEmpty();
            assertThat(recent.statusCode()).isEqualTo(name.equals("read-only") ? 200 : 503);
        } finally {
            make.accept(false);
        }
        long back = System.nanoTime();
        String made = written(here, name, 201).body();
        System.out.println(name + ": written again after " + (System.nanoTime() - back) / 1_000_000 + " ms");
        awaitTold(watching, made);
        awaitFresh(here);
    }

    /// Reads until they are the newest again: they come back on a connection of their own.
    private static HttpResponse<String> awaitFresh(ConfigMaps api) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        HttpResponse<String> read = api.list("");
        for (; read.statusCode() != 200; read = api.list("")) {
            assertThat(System.nanoTime() - begin).as(read.body()).isLessThan(LIMIT.toNanos());
        }
        System.out.println("  reads after " + (System.nanoTime() - begin) / 1_000_000 + " ms more");
        return read;
    }

    /// Creates until that is the answer.
    private static HttpResponse<String> written(ConfigMaps api, String name, int wanted)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (int i = 0;; i++) {
            long start = System.nanoTime();
            HttpResponse<String> answer = api.create(name + "-" + wanted + "-" + i);
            if (answer.statusCode() == wanted) {
                System.out.println(name + ": " + wanted + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
                return answer;
            }
            assertThat(System.nanoTime() - begin).as("%s", answer.body()).isLessThan(LIMIT.toNanos());
        }
    }

    private static void awaitTold(ConfigMaps watching, String made) {
        int at = made.indexOf("\"name\":\"") + 8;
        String name = made.substring(at, made.indexOf('"', at));
        for (long begin = System.nanoTime(); !watching.told(name);) {
            assertThat(System.nanoTime() - begin).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void theDriverIsSwappedInTheRunningProcess() throws Exception {
        RebuiltJars jars = new RebuiltJars(Files.createDirectories(directory.resolve("rebuilt")));
        K3sProcess server = server("a", database.endpoint("kubernetes"));
        server.awaitOutput(READY, LIMIT);
        server.awaitOutput("Component healthy component=apiserver", LIMIT);
        server.await("a write", LIMIT, () -> apply("a", "before"));
        for (String[] words : new String[][] {{"swap", jars.rebuilt(driver()).toString()},
                {"back", driver().replace("io.k3j.datastore", "datastore-")}}) {
            ConsoleAnswer answer = server.console(words);
            assertThat(answer.code()).as("%s %s", answer.lines(), server.tail()).isZero();
            server.await("what was there before", LIMIT, () -> there("a", "before"));
            server.await("writes", LIMIT, () -> apply("a", words[0]));
        }
    }

    @Test
    void aWrongPasswordEndsTheProcessWithASentence() throws Exception {
        String wrong = database.endpoint("kubernetes").replace("s3cr", "wrong");
        try (K3sProcess server = server("a", wrong)) {
            server.awaitEnd(Waiting.LIMIT);
            assertThat(server.output()).contains("cannot open the datastore ").contains("check user and password")
                    .doesNotContain("wrong/et");
        }
    }

    private boolean apply(String server, String name) {
        try {
            Path manifest = directory.resolve(name + ".yaml");
            Files.writeString(manifest,
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: default}\n");
            return kubectl(server, "apply", "-f", manifest.toString()).contains(name);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean there(String server, String name) {
        return kubectl(server, "get", "configmaps", "-n", "default").contains(name);
    }

    /// The output of a command that went well, else nothing.
    private String kubectl(String server, String... words) {
        List<String> line = new ArrayList<>(
                List.of("kubectl", "--kubeconfig", directory.resolve(server).resolve("k3s.yaml").toString()));
        line.addAll(List.of(words));
        try {
            Outcome outcome = K3sProcess.k3s(line).run(COMMAND_LIMIT);
            return outcome.code() == 0 ? outcome.text() : "";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
