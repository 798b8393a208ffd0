package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clients.Client.Patch;
import io.k3j.clients.Client.Seen;
import io.k3j.testkitprocess.ConsoleAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The Java clients do their daily work, and their informers miss nothing through the death of the server and the
/// swap of its API server.
class ClientsItest {
    private static final Duration EVENT_LIMIT = Duration.ofSeconds(120);
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(300);
    private static final int CREATES = 1_000;
    private static final int CHANGES = 50;
    private static final int KILL_AT = 300;
    private static final int SWAP_AT = 700;

    @TempDir
    static Path dir;

    private static Control server;
    private static final List<Client> CLIENTS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = new Control(dir);
        CLIENTS.add(new Fabric8(server.kubeconfig()));
        CLIENTS.add(new Official(server.kubeconfig()));
        CLIENTS.getFirst().createNamespace();
    }

    @AfterAll
    static void stop() throws Exception {
        for (Client client : CLIENTS) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    static List<Client> clients() {
        return CLIENTS;
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("clients")
    void createsReadsReplacesPatchesAppliesAndDeletes(Client client) throws Exception {
        String name = "daily-" + client;
        Recorder recorder = new Recorder(name);
        List<String> expected = new ArrayList<>();
        try (AutoCloseable _ = client.watch(recorder)) {
            assertThat(client.get(name)).isNull();
            Seen created = client.create(name, Map.of("a", "1"));
            expected.add("ADDED " + created.resourceVersion());
            assertThat(client.get(name)).isEqualTo(created);
            assertThat(client.list()).contains(name);
            for (Seen changed : changes(client, name)) {
                expected.add("MODIFIED " + changed.resourceVersion());
            }
            client.delete(name);
            assertThat(client.get(name)).isNull();
            assertThat(recorder.await(EVENT_LIMIT, events -> events.size() > expected.size())).as(server::tail)
                    .isTrue();
        }
        List<String> events = recorder.sequences().get(name);
        assertThat(events.subList(0, events.size() - 1)).isEqualTo(expected);
        assertThat(events.getLast()).startsWith("DELETED ");
    }

    private static List<Seen> changes(Client client, String name) throws Exception {
        Seen replaced = client.replace(name, Map.of("a", "2"));
        assertThat(replaced.data()).isEqualTo(Map.of("a", "2"));
        Seen json = client.patch(name, Patch.JSON, "[{\"op\":\"add\",\"path\":\"/data/b\",\"value\":\"3\"}]");
        assertThat(json.data()).isEqualTo(Map.of("a", "2", "b", "3"));
        Seen merge = client.patch(name, Patch.MERGE, "{\"data\":{\"b\":null,\"c\":\"4\"}}");
        assertThat(merge.data()).isEqualTo(Map.of("a", "2", "c", "4"));
        Seen strategic = client.patch(name, Patch.STRATEGIC, "{\"metadata\":{\"labels\":{\"l\":\"5\"}}}");
        assertThat(strategic.labels()).isEqualTo(Map.of("l", "5"));
        Seen applied = client.apply(name, Map.of("d", "6"));
        assertThat(applied.data()).isEqualTo(Map.of("a", "2", "c", "4", "d", "6"));
        return List.of(replaced, json, merge, strategic, applied);
    }

    @Test
    void informersSeeEveryCreateOnceThroughKillAndSwap() throws Exception {
        Map<String, List<String>> written = new TreeMap<>();
        List<Recorder> recorders = new ArrayList<>();
        List<AutoCloseable> informers = new ArrayList<>();
        for (Client client : CLIENTS) {
            Recorder recorder = new Recorder("many-");
            recorders.add(recorder);
            informers.add(client.inform(recorder));
        }
        try {
            write(written);
            compare(recorders, written, CREATES);
            for (int i = 0; i < CHANGES; i++) {
                String name = "many-%04d".formatted(i * (CREATES / CHANGES));
                Seen changed = CLIENTS.getLast().patch(name, Patch.MERGE, "{\"data\":{\"changed\":\"yes\"}}");
                written.get(name).add("MODIFIED " + changed.resourceVersion());
            }
            compare(recorders, written, CREATES + CHANGES);
        } finally {
            for (AutoCloseable informer : informers) {
                informer.close();
            }
        }
    }

    private static void compare(List<Recorder> recorders, Map<String, List<String>> written, int events)
            throws InterruptedException {
        for (int i = 0; i < recorders.size(); i++) {
            recorders.get(i).await(CATCH_UP_LIMIT, all -> all.size() >= events);
            assertThat(recorders.get(i).sequences()).as("what the informer of %s saw\n%s", CLIENTS.get(i),
                    server.tail()).isEqualTo(written);
        }
    }

    /// Creates one after the other, and meanwhile kills the server once and swaps the API server once.
    private static void write(Map<String, List<String>> written) throws Exception {
        Semaphore reached = new Semaphore(0);
        CompletableFuture<Void> faults = new CompletableFuture<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> {
                try {
                    faults(reached);
                    faults.complete(null);
                } catch (IOException | InterruptedException | AssertionError e) {
                    faults.completeExceptionally(e);
                }
            });
            Client client = CLIENTS.getFirst();
            for (int i = 0; i < CREATES; i++) {
                if (i == KILL_AT || i == SWAP_AT) {
                    reached.release();
                }
                String name = "many-%04d".formatted(i);
                written.put(name, new ArrayList<>(List.of("ADDED " + created(client, name, faults))));
            }
            faults.get(CATCH_UP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void faults(Semaphore reached) throws IOException, InterruptedException {
        reached.acquire();
        server.killAndStart();
        reached.acquire();
        ConsoleAnswer swap = server.swapApiServer();
        assertThat(swap.code()).as(() -> swap.lines() + "\n" + server.tail()).isZero();
    }

    /// Creates one object, however often the connection breaks: whether an unanswered create happened is asked.
    private static String created(Client client, String name, CompletableFuture<Void> faults) throws Exception {
        long end = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        Exception last = new IllegalStateException("never tried");
        while (System.nanoTime() < end && !faults.isCompletedExceptionally()) {
            try {
                Seen there = last instanceof IllegalStateException ? null : client.get(name);
                return (there == null ? client.create(name, Map.of("n", name)) : there).resourceVersion();
            } catch (Exception e) {
                last = e instanceof IllegalStateException ? new IOException(e) : e;
                pause();
            }
        }
        throw new ExecutionException("could not create " + name, last);
    }

    private static void pause() throws InterruptedException {
        new Semaphore(0).tryAcquire(100, TimeUnit.MILLISECONDS);
    }
}
