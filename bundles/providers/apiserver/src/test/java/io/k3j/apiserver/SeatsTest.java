package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.flowcontrol.RequestLimits;
import io.k3j.flowcontrol.RequestFlow;
import io.k3j.flowcontrol.RequestDigest;
import io.k3j.apiserverapi.Unseated;
import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.flowcontrol.Pool;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.ArrayList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A client that tries to exhaust the seats.
class SeatsTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private final TestServer server = new TestServer();
    private final TakenSeats seats = new TakenSeats(server);

    @AfterEach
    void close() throws InterruptedException {
        seats.close();
        server.close();
    }

    private int creates(String who, String name) throws IOException {
        return creates(who, name, "");
    }

    /// One that finds no seat waits for half a second, a quarter of what it may take, instead of a quarter of a minute.
    private int createsSoon(String who, String name) throws IOException {
        return creates(who, name, "?timeout=2s");
    }

    private int creates(String who, String name, String query) throws IOException {
        String body = "{\"metadata\":{\"name\":\"" + name + "\"}}";
        return server.serve(new TestExchange("POST", "/api/v1/namespaces/a/configmaps" + query,
                body.getBytes(StandardCharsets.UTF_8)).with("authorization", "Bearer " + who)).status();
    }

    @Test
    void aSlowSenderTakesNoSeat() throws IOException, InterruptedException {
        server.everybody();
        CountDownLatch reading = new CountDownLatch(Seats.WRITES);
        for (int i = 0; i < Seats.WRITES; i++) {
            TestExchange slow = new TestExchange("POST", "/api/v1/namespaces/a/configmaps", new byte[0]) {
                @Override
                public byte[] body(int maxBytes) {
                    reading.countDown();
                    seats.waited();
                    return "{}".getBytes(StandardCharsets.UTF_8);
                }
            };
            seats.beside(() -> {
                try {
                    server.serve(slow.with("content-length", "2").with("authorization", "Bearer mallory"));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(server.server.limits().flows().taken()[1]).isZero();
        assertThat(creates("alice", "x")).isEqualTo(201);
    }

    /// An authorizer that is asked by a review, say, waits for a webhook; it may be asked by who has no seat already.
    @Test
    void whoWaitsUnseatedHasNoSeatOnceAndThenHasItAgain() {
        RequestLimits limits = server.server.limits();
        RequestFlow flow = limits.flows().classify(new RequestDigest(Caller.of("alice", List.of()), true, "get",
                CONFIG_MAPS, "", "a", "", ""));
        List<int[]> taken = new ArrayList<>();
        limits.seats().in(flow, false, 1, () -> {
            taken.add(limits.flows().taken());
            Unseated.run(() -> {
                taken.add(limits.flows().taken());
                Unseated.run(() -> taken.add(limits.flows().taken()));
            });
            return taken.add(limits.flows().taken());
        });
        assertThat(taken).extracting(each -> Arrays.stream(each).sum()).containsExactly(1, 0, 0, 1);
        assertThat(limits.flows().taken()).containsOnly(0);
    }

    @Test
    void anUnsentBodyTakesNoBudget() throws IOException {
        server.everybody();
        for (String announced : List.of("3145728", "")) {
            TestExchange slow = new TestExchange("POST", "/api/v1/namespaces/a/configmaps", new byte[0]) {
                @Override
                public byte[] body(int maxBytes) {
                    assertThat(server.server.limits().bodies().taken()).isZero();
                    return "{}".getBytes(StandardCharsets.UTF_8);
                }

                @Override
                public InputStream bodyStream() {
                    throw new AssertionError("has no bound on the time for the whole body");
                }
            };
            slow = announced.isEmpty() ? slow : slow.with("content-length", announced);
            assertThat(server.serve(slow.with("authorization", "Bearer mallory")).status()).isEqualTo(422);
        }
    }

    /// As mallory, reads or creates an object too large to be sent without waiting for the client.
    private TestExchange large(String method, String path) {
        byte[] body = ("{\"metadata\":{\"name\":\"large\"},\"data\":{\"k\":\"" + "x".repeat(100_000) + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        return new TestExchange(method, "/api/v1/namespaces/a/configmaps" + path, body) {
            @Override
            public void respond(int code, Map<String, String> with, byte[]... parts) throws IOException {
                assertThat(server.server.limits().flows().taken()).containsOnly(0);
                super.respond(code, with, parts);
            }
        }.with("authorization", "Bearer mallory");
    }

    @Test
    void aSlowReaderTakesNoSeat() throws IOException {
        server.everybody();
        assertThat(server.serve(large("POST", "")).status()).isEqualTo(201);
        assertThat(server.serve(large("GET", "/large")).status()).isEqualTo(200);
        assertThat(server.serve(large("GET", "/missing")).status()).isEqualTo(404);
    }

    @Test
    void aSlowReaderOfManyLargeResponsesIsRefusedFurtherOnes() throws IOException {
        server.everybody();
        try (Pool.Room slow = server.server.limits().answers()
                .room(Caller.of("mallory", List.of()), () -> {
                })) {
            slow.more(Long.MAX_VALUE);
            TestExchange made = server.serve(large("POST", ""));
            assertThat(made.status()).isEqualTo(504);
            assertThat(made.text()).contains("was carried out");
            assertThat(server.serve(large("GET", "/large")).status()).isEqualTo(429);
        }
        assertThat(server.serve(large("GET", "/large")).status()).isEqualTo(200);
    }

    @Test
    void nodesAndComponentsHaveReservedSeats() throws IOException, InterruptedException {
        server.everybody();
        seats.take(true, seats.all(), i -> "user-" + i);
        assertThat(createsSoon("mallory", "x")).isEqualTo(429);
        assertThat(creates("system:node:n", "y")).isEqualTo(201);
        Caller component = Caller.of("system:kube-controller-manager", List.of());
        ApiClient local = new LocalClient(server.server.local(), user -> component, component, new ViewKeeper());
        local.create(CONFIG_MAPS, map("z"), WriteOptions.PLAIN);
    }

    @Test
    void oneUserLeavesSeatsForOthers() throws IOException, InterruptedException {
        server.everybody();
        int all = seats.all();
        seats.take(true, all - all / 4, i -> "mallory");
        assertThat(createsSoon("mallory", "x")).isEqualTo(429);
        assertThat(creates("alice", "y")).isEqualTo(201);
    }

    private static Obj map(String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "a")));
    }

    @Test
    void aNestedRequestUsesTheSeatOfTheOuterOne() throws InterruptedException {
        Caller component = Caller.of("system:apiserver", List.of("system:masters"));
        ApiClient local = new LocalClient(server.server.local(), user -> component, component, new ViewKeeper());
        int all = Seats.WRITES;
        CyclicBarrier seated = new CyclicBarrier(all);
        AtomicInteger names = new AtomicInteger();
        server.contributions.actions().add(new Action() {
            @Override
            public Gvr resource() {
                return PODS;
            }

            @Override
            public String subresource() {
                return "eviction";
            }

            @Override
            public Struct perform(Call call) {
                try {
                    seated.await(60, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                local.create(CONFIG_MAPS, map("m" + names.incrementAndGet()), WriteOptions.PLAIN);
                return Struct.of("kind", "Status", "apiVersion", "v1");
            }
        }, Map.of());
        AtomicInteger good = new AtomicInteger();
        for (int i = 0; i < all; i++) {
            seats.beside(() -> {
                try {
                    int status = server.call("POST", "/api/v1/namespaces/a/pods/p/eviction", "{}").status();
                    good.addAndGet(status == 201 ? 1 : 0);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        seats.close();
        assertThat(good).hasValue(all);
    }
}
