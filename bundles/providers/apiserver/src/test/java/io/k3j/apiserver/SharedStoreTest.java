package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two servers on one datastore.
class SharedStoreTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Core.Policy STALE = new Core.Policy(Set.of(), Set.of(), Set.of(), AnonymousAuth.NOWHERE, true);
    /// Two seconds are promised, and asserted where nothing else runs; elsewhere only a server that hangs fails.
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 2 : 30);
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final GatedDatastore gate = new GatedDatastore(store);
    private final TestServer here = new TestServer(gate);
    private final TestServer there = new TestServer(store);

    @AfterEach
    void stop() {
        gate.release();
        here.close();
        there.close();
        store.close();
    }

    private static String map(String name, String value) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"" + value + "\"}}";
    }

    private CompletableFuture<TestExchange> later(String method, String target, String body) {
        return later(new TestExchange(method, target, body.getBytes(StandardCharsets.UTF_8)).with("content-type",
                method.equals("PATCH") ? "application/merge-patch+json" : "application/json"));
    }

    private CompletableFuture<TestExchange> later(TestExchange exchange) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return here.serve(exchange);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }, task -> Thread.ofVirtual().start(task));
    }

    private static TestExchange answer(CompletableFuture<TestExchange> call) throws Exception {
        return call.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aReadWaitsForWritesAcknowledgedByAnotherServer() throws Exception {
        gate.hold();
        there.call("POST", MAPS, map("one", "1"));
        CompletableFuture<TestExchange> get = later("GET", MAPS + "/one", "");
        CompletableFuture<TestExchange> list = later("GET", MAPS, "");
        assertThat(get).isNotDone();
        gate.release();
        assertThat(answer(get).status()).isEqualTo(200);
        assertThat(answer(get).answered("warning")).isEmpty();
        assertThat(answer(list).text()).contains("\"name\":\"one\"");
    }

    @Test
    void aReadIsFreshAfterAPauseOfTheProcess() throws Exception {
        there.call("POST", MAPS, map("one", "1"));
        assertThat(here.get(MAPS + "/one").status()).isEqualTo(200);
        for (Runnable late : List.<Runnable>of(gate::hold, gate::mute)) {
            late.run();
            String value = "v" + System.nanoTime();
            there.call("PUT", MAPS + "/one", map("one", value));
            CompletableFuture<TestExchange> before = later("GET", MAPS + "/one", "");
            standStill();
            CompletableFuture<TestExchange> after = later("GET", MAPS + "/one", "");
            gate.release();
            for (CompletableFuture<TestExchange> get : List.of(before, after)) {
                assertThat(answer(get).answered("warning")).isEmpty();
                assertThat(answer(get).text()).contains(value);
            }
        }
    }

    /// Stops this process for two seconds.
    private static void standStill() throws IOException, InterruptedException {
        long pid = ProcessHandle.current().pid();
        String line = "kill -STOP " + pid + "; sleep 2; kill -CONT " + pid;
        assertThat(new ProcessBuilder("sh", "-c", line).start().waitFor()).isZero();
    }

    @Test
    void aWriteIsNotValidatedAgainstAStaleSnapshot() throws Exception {
        there.call("POST", MAPS, map("one", "1"));
        assertThat(here.get(MAPS + "/one").status()).isEqualTo(200);
        gate.hold();
        there.call("POST", MAPS, map("two", "1"));
        there.call("PUT", MAPS + "/one", map("one", "2"));
        CompletableFuture<TestExchange> patch = later("PATCH", MAPS + "/two", "{\"data\":{\"k\":\"3\"}}");
        CompletableFuture<TestExchange> back = later("PUT", MAPS + "/one", map("one", "1"));
        gate.release();
        assertThat(answer(patch).status()).isEqualTo(200);
        assertThat(answer(back).status()).isEqualTo(200);
        assertThat(there.get(MAPS + "/one").text()).contains("\"k\":\"1\"");
        assertThat(there.call("DELETE", MAPS + "/two", "").status()).isEqualTo(200);
        assertThat(here.get(MAPS + "/two").status()).isEqualTo(404);
    }

    /// Refuses what is to be new, as somebody outside does.
    private record Refusing(AtomicInteger asked) implements Admission {
        @Override
        public String name() {
            return "Refusing";
        }

        @Override
        public boolean handles(Write write) {
            return write.key().name().equals("refused");
        }

        @Override
        public boolean remote() {
            return true;
        }

        @Override
        public void validate(Write write, Struct object) {
            asked.incrementAndGet();
            throw ApiFault.forbidden(CONFIG_MAPS, "refused", "not here");
        }
    }

    /// This server does not hear of the other one's writes meanwhile: a second look would have to wait for them.
    @Test
    void aRefusalThatIsCertainTakesNoSecondLook() throws Exception {
        there.call("POST", MAPS, map("one", "1"));
        String old = here.get(MAPS + "/one").text().replaceFirst("(?s).*\"resourceVersion\":\"(\\d+)\".*", "$1");
        assertThat(here.call("PUT", MAPS + "/one", map("one", "2")).status()).isEqualTo(200);
        AtomicInteger asked = new AtomicInteger();
        here.contributions.admissions().add(new Refusing(asked), Map.of(Admission.ORDER, 1));
        // its own write it has to know
        assertThat(here.get(MAPS + "/one").text()).contains("\"2\"");
        gate.hold();
        there.call("POST", MAPS, map("two", "1"));
        int before = gate.commits();
        TestExchange taken = here.call("POST", MAPS, map("one", "3"));
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text()).contains("\"reason\":\"AlreadyExists\"");
        assertThat(gate.commits() - before).as("the store has compared once").isEqualTo(1);
        TestExchange late = here.call("PUT", MAPS + "/one", map("one", "4").replace("{\"name\"",
                "{\"resourceVersion\":\"" + old + "\",\"name\""));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text()).contains("the object has been modified");
        assertThat(here.call("POST", MAPS, map("refused", "1")).status()).isEqualTo(403);
        assertThat(asked).as("somebody outside is asked once").hasValue(1);
    }

    private static TestExchange apply(String name, String value) {
        String wanted = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"mine\":\"" + value + "\"}}";
        return new TestExchange("PATCH", MAPS + "/" + name + "?fieldManager=me",
                wanted.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/apply-patch+yaml");
    }

    /// This server does not hear of the other one's write meanwhile: whoever asked for the revision would have to wait.
    @Test
    void anApplyThatCreatesAsksTheStoreOnce() throws Exception {
        there.call("POST", MAPS, map("one", "1"));
        assertThat(here.get(MAPS + "/one").status()).isEqualTo(200);
        gate.hold();
        there.call("POST", MAPS, map("two", "1"));
        int before = gate.commits();
        assertThat(here.serve(apply("three", "1")).status()).isEqualTo(201);
        assertThat(gate.commits() - before).isEqualTo(1);
    }

    @Test
    void anApplyChangesWhatAnotherServerHasCreatedMeanwhile() throws Exception {
        assertThat(here.get(MAPS).status()).isEqualTo(200);
        gate.hold();
        there.call("POST", MAPS, map("one", "1"));
        int before = gate.commits();
        CompletableFuture<TestExchange> applied = later(apply("one", "1"));
        Waiting.until("creation", () -> gate.commits() > before);
        gate.release();
        assertThat(answer(applied).status()).isEqualTo(200);
        assertThat(there.get(MAPS + "/one").text()).contains("\"k\":\"1\"", "\"mine\":\"1\"");
    }

    /// Lets things be changed, and nothing be created.
    private record NothingNew(AtomicInteger asked, ApiFault refusal) implements Admission {
        @Override
        public String name() {
            return "NothingNew";
        }

        @Override
        public boolean handles(Write write) {
            return write.operation() == Write.Operation.CREATE && write.kind().gvr().equals(CONFIG_MAPS);
        }

        @Override
        public boolean remote() {
            return true;
        }

        @Override
        public void validate(Write write, Struct object) {
            asked.incrementAndGet();
            throw refusal;
        }
    }

    @Test
    void whatMayNotBeCreatedIsChangedWhereItIsThereAfterAll() throws Exception {
        refusedUnlessItIsThere(ApiFault.forbidden(CONFIG_MAPS, "two", "nothing new here"));
    }

    @Test
    void whatCannotBeCreatedIsChangedWhereItIsThereAfterAll() throws Exception {
        refusedUnlessItIsThere(ApiFault.internal("failed calling webhook: nothing new here"));
    }

    private void refusedUnlessItIsThere(ApiFault refusal) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        here.contributions.admissions().add(new NothingNew(asked, refusal), Map.of(Admission.ORDER, 1));
        assertThat(here.get(MAPS).status()).isEqualTo(200);
        gate.hold();
        there.call("POST", MAPS, map("one", "1"));
        CompletableFuture<TestExchange> applied = later(apply("one", "1"));
        Waiting.until("question about a creation", () -> asked.get() > 0);
        gate.release();
        assertThat(answer(applied).status()).isEqualTo(200);
        TestExchange refused = here.serve(apply("two", "1"));
        assertThat(refused.status()).isEqualTo(refusal.code());
        assertThat(refused.text()).contains("nothing new here");
        assertThat(asked).as("each is asked for once").hasValue(2);
    }

    /// The store's answer to a refused write tells what was in the way, so nobody asks it for that.
    @Test
    void whoWasRefusedFindsWhatWasInTheWay() throws Exception {
        there.call("POST", MAPS, map("one", "1"));
        ApiClient client = client(here);
        Key key = new Key("a", "one");
        try (View view = client.view(CONFIG_MAPS, Query.ALL)) {
            Obj old = client.get(CONFIG_MAPS, key);
            gate.hold();
            there.call("PUT", MAPS + "/one", map("one", "2"));
            assertThatThrownBy(() -> client.update(CONFIG_MAPS, old.with("3", "data", "k"), WriteOptions.PLAIN))
                    .hasMessageContaining("the object has been modified");
            CompletableFuture<Long> seen = new CompletableFuture<>();
            Thread reader = Thread.ofVirtual().start(() -> seen.complete(view.get(key).orElseThrow().revision()));
            Set<Thread.State> waits = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
            while (reader.isAlive() && !waits.contains(reader.getState())) {
                LockSupport.parkNanos(1_000_000);
            }
            gate.release();
            assertThat(seen.get(60, TimeUnit.SECONDS)).isGreaterThan(old.revision());
        }
    }

    @Test
    void aReadThatCannotBeFreshFails() throws Exception {
        here.call("POST", MAPS, map("one", "1"));
        gate.away(true);
        for (String path : List.of(MAPS + "/one", MAPS, MAPS + "?watch=1")) {
            TestExchange get = here.get(path);
            assertThat(get.status()).isEqualTo(503);
            assertThat(get.text()).contains("no route to 10.0.0.9:3306");
        }
        assertThat(here.get(MAPS + "?resourceVersion=0").status()).isEqualTo(200);
        assertThat(here.get("/livez").status()).isEqualTo(500);
        assertThat(here.get("/metrics").text()).contains("k3j_consistent_read_failures_total 3\n",
                "k3j_stale_reads_total 0\n");
    }

    @Test
    void aReadFailsWhileTheLogHangs() throws Exception {
        gate.hold();
        there.call("POST", MAPS, map("one", "1"));
        TestExchange get = here.get(MAPS + "/one");
        assertThat(get.status()).isEqualTo(504);
        assertThat(get.text()).contains("\"reason\":\"Timeout\"", "up to revision");
    }

    @Test
    void inProcessCallersGetAFaultEvenWithStaleReads() throws Exception {
        try (TestServer stale = new TestServer(gate, STALE)) {
            stale.call("POST", MAPS, map("one", "1"));
            gate.away(true);
            assertThatThrownBy(() -> client(stale).get(CONFIG_MAPS, new Key("a", "one"))).isInstanceOf(ApiFault.class)
                    .hasMessageContaining("no route to 10.0.0.9:3306");
        }
    }

    @Test
    void staleReadsAreServedWithTheirAgeDuringAnOutageAndWritesFailWithTheReason() throws Exception {
        try (TestServer stale = new TestServer(gate, STALE)) {
            stale.call("POST", MAPS, map("one", "1"));
            assertThat(stale.get(MAPS + "/one").answered("warning")).isEmpty();
            gate.away(true);
            long begin = System.nanoTime();
            TestExchange get = stale.get(MAPS + "/one");
            assertThat(get.status()).isEqualTo(200);
            assertThat(get.answered("warning")).isEqualTo(
                    "299 - \"the datastore does not answer: data as of 2026-01-02T03:04:05Z\"");
            assertThat(stale.get(MAPS).answered("warning")).contains("data as of");
            assertThat(stale.get(MAPS + "?resourceVersion=0").answered("warning")).isEmpty();
            TestExchange post = stale.call("POST", MAPS, map("two", "1"));
            assertThat(post.status()).isEqualTo(503);
            assertThat(post.text()).contains("no route to 10.0.0.9:3306");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
            assertThat(stale.get("/metrics").text()).contains("k3j_stale_reads_total 2\n");
        }
    }

    @Test
    void writesFailFastWhileTheStoreIsKnownToBeAway() throws Exception {
        gate.away(true);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        int asked;
        do {
            asked = gate.commits();
            TestExchange post = here.call("POST", MAPS, map("one", "1"));
            assertThat(post.status()).isEqualTo(503);
            assertThat(post.text()).contains("no route to 10.0.0.9:3306");
        } while (gate.commits() > asked && System.nanoTime() < end);
        assertThat(gate.commits()).isEqualTo(asked);
    }

    /// Concurrent writes of many users, five times as many as there are seats: those that wait for a seat time out
    /// meanwhile.
    @Test
    void queuedWritesFailWithTheOthersDuringAnOutage() throws Exception {
        here.everybody();
        int seats = new TakenSeats(here).all();
        int before = gate.commits();
        gate.swallow();
        List<CompletableFuture<TestExchange>> posts = new ArrayList<>();
        for (int i = 0; i < 5 * seats; i++) {
            posts.add(later(new TestExchange("POST", MAPS, map("map-" + i, "1").getBytes(StandardCharsets.UTF_8))
                    .with("authorization", "Bearer user-" + i)));
        }
        Waiting.until("all at their places", () -> gate.commits() - before >= seats
                && here.server.limits().flows().waiting()[1] >= 4 * seats);
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < Duration.ofMillis(800).toNanos()) {
            LockSupport.parkNanos(1_000_000);
        }
        gate.release();
        for (CompletableFuture<TestExchange> post : posts) {
            assertThat(answer(post).status()).isEqualTo(503);
            assertThat(answer(post).text()).contains("no answer from 10.0.0.9:3306");
        }
        assertThat(gate.commits() - before).isEqualTo(seats);
        gate.accept();
        assertThat(here.call("POST", MAPS, map("map-0", "1")).status()).isEqualTo(201);
    }

    @Test
    void everythingResumesAfterAnOutage() throws Exception {
        TestExchange watch = here.get(MAPS + "?watch=1");
        gate.away(true);
        assertThat(here.get(MAPS).status()).isEqualTo(503);
        there.call("POST", MAPS, map("one", "1"));
        gate.away(false);
        long begin = System.nanoTime();
        while (here.get(MAPS).status() != 200) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        }
        assertThat(here.get(MAPS + "/one").status()).isEqualTo(200);
        assertThat(watch.line()).contains("\"name\":\"one\"");
        assertThat(here.call("POST", MAPS, map("two", "1")).status()).isEqualTo(201);
    }

    @Test
    void listenersAreNotifiedOfOutagesAndRecovery() throws Exception {
        BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
        here.server.storage().fence().listen(heard::add);
        gate.away(true);
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isFalse();
        gate.away(false);
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isTrue();
        assertThat(heard).isEmpty();
    }

    private static ApiClient client(TestServer server) {
        Caller caller = Caller.of("system:kube-controller-manager", List.of("system:masters"));
        return new LocalClient(server.server.local(), user -> caller, caller, new ViewKeeper());
    }
}
