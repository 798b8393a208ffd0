package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastoreetcd.EtcdStore;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens when members die, hang or lose their majority, and beside other users of the cluster.
@NeedsPackages({"etcd-server", "etcd-client"})
class EtcdFaultsTest {
    private static final Duration FOREVER = Duration.ZERO;
    private static final Duration LOOK = Duration.ofMillis(100);
    /// So many raises of a counter between two cuts.
    private static final int CALM = 20;
    /// So many of 400 raises, most of which lose an answer, may be late on a busy machine.
    private static final int UNKNOWN = Boolean.getBoolean("k3j.full") ? 0 : 100;
    /// A cluster begins, and the first store of the process loads the client.
    private static final Duration START = Duration.ofSeconds(60);
    /// Two seconds are promised, and asserted where nothing else runs.
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 2 : 30);
    @TempDir
    Path directory;
    private EtcdServers servers;
    private EtcdStore store;

    private void start(int members) {
        servers = EtcdServers.start(directory, members);
        store = open(servers.endpoints());
    }

    private static EtcdStore open(String endpoints) {
        return eventually(() -> EtcdStore.open(EtcdEndpoints.parse(endpoints, Optional.empty()), trouble -> {
        }), START);
    }

    /// Writes a value, whose answer may be late where the machine is busy; a conflict is an earlier try that was
    /// given up.
    private void write(String key, byte[] value) {
        eventually(() -> store.commit(key, 0, value, FOREVER));
    }

    /// Creates a key, whose answer may be late; only a try of unknown outcome may have been made.
    private long created(String key) {
        AtomicBoolean unknown = new AtomicBoolean();
        return eventually(() -> {
            try {
                CommitResult result = store.commit(key, 0, bytes("1"), FOREVER);
                return unknown.get() && result instanceof CommitResult.Conflict conflict
                        ? conflict.current().orElseThrow().revision() : committed(result);
            } catch (DatastoreUnavailable e) {
                unknown.compareAndSet(false, e.outcomeUnknown());
                throw e;
            }
        });
    }

    /// The store, for what is about its answers, not how soon they come.
    private PatientStore patient() {
        return new PatientStore(store);
    }

    @AfterEach
    void stop() {
        store.close();
        servers.close();
    }

    @Test
    void withoutAMajorityWritesFailAndGoOnByThemselves() throws InterruptedException {
        start(3);
        created("/a");
        Watch watch = patient().watch("/", patient().revision());
        servers.kill(0);
        servers.kill(1);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> store.commit("/b", 0, bytes("1"), FOREVER)).isInstanceOf(DatastoreUnavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        begin = System.nanoTime();
        assertThatThrownBy(() -> store.commit("/c", 0, bytes("1"), FOREVER)).isInstanceOf(DatastoreUnavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        begin = System.nanoTime();
        assertThatThrownBy(store::revision).isInstanceOf(DatastoreUnavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        assertThat(watch.next(Duration.ofMillis(20)).changes()).isEmpty();
        servers.restart(0);
        long revision = created("/d");
        List<Change> told = new ArrayList<>();
        while (told.stream().noneMatch(c -> c.revision() == revision)) {
            told.addAll(watch.next(Conformance.PATIENCE).changes());
        }
        watch.close();
    }

    @Test
    void aLeadersDeathLosesNoAcknowledgedWriteAndWatchesGoOn() throws InterruptedException {
        start(3);
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean go = new AtomicBoolean(true);
        long start = patient().revision();
        Thread writers = Thread.ofVirtual().start(() -> Load.parallel(8, 8, i -> {
            for (int k = 0; go.get(); k++) {
                String key = "/k/" + i + "/" + k;
                try {
                    if (store.commit(key, 0, bytes(key), FOREVER) instanceof CommitResult.Committed(long at)) {
                        acknowledged.put(key, at);
                    } else {
                        throw new AssertionError("nobody else creates " + key);
                    }
                } catch (DatastoreUnavailable e) {
                    // unknown or refused: not acknowledged
                }
            }
        }));
        for (int round = 0; round < 3; round++) {
            await(acknowledged, acknowledged.size() + 200);
            servers.kill(round);
            await(acknowledged, acknowledged.size() + 200);
            servers.restart(round);
        }
        go.set(false);
        writers.join();
        Map<String, Long> told = new ConcurrentHashMap<>();
        try (Watch watch = patient().watch("/k/", start)) {
            while (!told.keySet().containsAll(acknowledged.keySet())) {
                List<Change> changes = watch.next(Conformance.PATIENCE).changes();
                assertThat(changes).isNotEmpty();
                for (Change change : changes) {
                    assertThat(told.put(change.key(), change.revision())).isNull();
                }
            }
        }
        assertThat(told).containsAllEntriesOf(acknowledged);
    }

    private static void await(Map<String, Long> acknowledged, int count) {
        long deadline = System.nanoTime() + 2 * Conformance.PATIENCE.toNanos();
        while (acknowledged.size() < count) {
            assertThat(System.nanoTime()).as("writes go on").isLessThan(deadline);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /// Several that wish the same change find it in the log when their answers are lost; it is only one's.
    @Test
    void aCounterRaisedByManyLosesNoStepWhenAnswersAreLost() throws InterruptedException {
        servers = EtcdServers.start(directory, 1);
        try (CuttingProxy proxy = new CuttingProxy(URI.create(servers.endpoint(0)).getPort())) {
            store = open("http://127.0.0.1:" + proxy.port());
            write("/counter", bytes("0"));
            AtomicInteger ended = new AtomicInteger();
            AtomicInteger unknown = new AtomicInteger();
            Load.parallel(16, 400, i -> {
                if (!raised()) {
                    unknown.incrementAndGet();
                }
                int n = ended.incrementAndGet();
                if (n % CALM == 0 && n < 400) {
                    proxy.trap("/counter", 1 + n / CALM % 3, () -> {
                    });
                }
            });
            assertThat(proxy.cuts()).isPositive();
            assertThat(unknown).hasValueLessThanOrEqualTo(UNKNOWN);
            int counted = ConcurrencyGuarantees.counted(patient().get("/counter").orElseThrow());
            assertThat(counted).isBetween(400 - unknown.get(), 400);
        }
    }

    /// @return whether one was added; what is not read back in time nobody knows
    private boolean raised() {
        return eventually(() -> {
            try {
                ConcurrencyGuarantees.raise(store, "");
                return true;
            } catch (DatastoreUnavailable e) {
                if (e.outcomeUnknown()) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Test
    void aMemberThatHangsIsLeftForAnother() throws IOException, InterruptedException {
        start(3);
        created("/a");
        // the client is connected to the first one
        servers.freeze(0, true);
        try {
            write("/b", bytes("1"));
            try (Watch watch = patient().watch("/", patient().revision())) {
                created("/c");
                assertThat(Conformance.take(watch, 1).getFirst().key()).isEqualTo("/c");
            }
        } finally {
            servers.freeze(0, false);
        }
    }

    @Test
    void anotherOnesCompactionIsNoticed() {
        start(1);
        try (EtcdStore other = open(servers.endpoints())) {
            PatientStore here = patient();
            long first = committed(here.commit("/a", 0, bytes("1"), FOREVER));
            long second = committed(here.commit("/a", first, bytes("2"), FOREVER));
            new PatientStore(other).compact(second);
            assertThat(here.compactRevision()).isEqualTo(second);
            assertThatThrownBy(() -> here.get("/a", first)).isInstanceOfSatisfying(Compacted.class,
                    e -> assertThat(e.revision()).isEqualTo(second));
        }
    }

    @Test
    void whatAStockServerKeepsForItselfIsNotShown() throws IOException, InterruptedException {
        start(1);
        PatientStore here = patient();
        long before = here.revision();
        Launch.of("etcdctl", "--endpoints", servers.endpoint(0), "put", "compact_rev_key", "1").text(START);
        long made = created("/a");
        assertThat(made).isGreaterThanOrEqualTo(before + 2);
        assertThat(here.get("compact_rev_key")).isEmpty();
        assertThat(here.count("")).isEqualTo(new Count(1, made));
        assertThat(here.range("", "", 0, 0).entries()).hasSize(1);
        try (Watch watch = here.watch("", before)) {
            assertThat(Conformance.take(watch, 1).getFirst().key()).isEqualTo("/a");
        }
    }

    @Test
    void aLongRangeIsReadInPiecesAndAsOne() {
        start(1);
        byte[] value = new byte[100_000];
        Load.parallel(16, 1_000, i -> write("/r/" + i, value));
        assertThat(patient().range("/r/", "", 0, 0).entries()).hasSize(1_000);
        assertThat(patient().count("/r/").keys()).isEqualTo(1_000);
    }

    @Test
    void aValueBeyondTheClustersBoundIsRefusedWithItsWords() {
        start(1);
        assertThatThrownBy(() -> patient().commit("/big", 0, new byte[9 << 20], FOREVER))
                .isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("larger than max");
        created("/a");
    }

    /// The answer is lost, somebody deletes what was created, and only then the loss is noticed.
    @Test
    void whatWasCreatedAndDeletedBeforeTheAnswerCameIsNotCreatedAgain() {
        servers = EtcdServers.start(directory, 1);
        try (CuttingProxy proxy = new CuttingProxy(URI.create(servers.endpoint(0)).getPort());
                EtcdStore other = open(servers.endpoints())) {
            store = open("http://127.0.0.1:" + proxy.port());
            PatientStore there = new PatientStore(other);
            AtomicInteger tries = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                // a key of its own each time: what is not read back in time nobody knows
                eventually(() -> onceOnly(tries.incrementAndGet(), proxy, there));
            }
        }
    }

    private boolean onceOnly(int number, CuttingProxy proxy, PatientStore there) {
        // what a try before has left to do is not counted below
        created("/calm/" + number);
        String key = "/once/" + number;
        long before = there.revision();
        proxy.trap(key, 1, () -> {
            Entry made = eventually(() -> there.get(key)
                    .orElseThrow(() -> new DatastoreUnavailable("not yet", new IOException(), false)));
            committed(there.delete(key, made.revision()));
        });
        assertThat(committed(store.commit(key, 0, bytes("1"), FOREVER))).isEqualTo(before + 1);
        assertThat(there.get(key)).isEmpty();
        return true;
    }

    /// The answer is lost, and what was there before is compacted: the log still tells whose change it was.
    @Test
    void aReplacementIsFoundInALogThatBeginsWithIt() {
        servers = EtcdServers.start(directory, 1);
        try (CuttingProxy proxy = new CuttingProxy(URI.create(servers.endpoint(0)).getPort());
                EtcdStore other = open(servers.endpoints())) {
            store = open("http://127.0.0.1:" + proxy.port());
            write("/kept", bytes("0"));
            for (int i = 1; i <= 3; i++) {
                String value = CuttingProxy.WRITING + i;
                assertThat(eventually(() -> replaced(value, proxy, other))).isOne();
            }
        }
    }

    /// @return how many revisions later
    /// @throws DatastoreUnavailable when etcd does not answer in time
    private long replaced(String value, CuttingProxy proxy, EtcdStore other) {
        long before = other.get("/kept").orElseThrow().revision();
        proxy.trap(value, 1, () -> {
            Entry made = eventually(() -> other.get("/kept").filter(entry -> entry.revision() > before)
                    .orElseThrow(() -> new DatastoreUnavailable("not yet", new IOException(), false)));
            other.compact(made.revision());
        });
        try {
            if (store.commit("/kept", before, bytes(value), FOREVER) instanceof CommitResult.Committed(long at)) {
                return at - before;
            }
            throw new DatastoreUnavailable("a try before came later", new EtcdFailure(EtcdFailure.Kind.UNREACHABLE,
                    "late"), false);
        } catch (DatastoreUnavailable e) {
            assertThat(e).hasCauseInstanceOf(EtcdFailure.class);
            throw e;
        }
    }

    /// The request lies in a member that stands still, whose place another one takes.
    @Test
    void aCreationThatAMemberHeldBackDoesNotTakePlaceOnceItIsResolved() throws IOException, InterruptedException {
        start(3);
        created("/warm");
        servers.freeze(0, true);
        try {
            List<CommitResult> results = new CopyOnWriteArrayList<>();
            Load.parallel(16, 16, i -> {
                String key = "/held/" + i;
                long revision = created(key);
                results.add(eventually(() -> store.delete(key, revision)));
            });
            assertThat(results).hasSize(16);
        } finally {
            servers.freeze(0, false);
        }
        try (EtcdStore opened = open(servers.endpoint(0))) {
            PatientStore thawed = new PatientStore(opened);
            assertThat(Conformance.take(thawed.watch("/", thawed.revision() - 1), 1)).isNotEmpty();
            for (int i = 0; i < 20; i++) {
                assertThat(thawed.count("/held/").keys()).isZero();
            }
        }
    }

    /// A request for as many as there were small ones before has a longer answer than is taken.
    @Test
    void aLongRangeOfLargeValuesBehindSmallOnesIsRead() {
        start(1);
        Load.parallel(16, 80, i -> write("/s/a" + i, bytes("small")));
        Load.parallel(16, 500, i -> write("/s/b" + i, new byte[200_000]));
        for (int i = 0; i < 2; i++) {
            assertThat(patient().range("/s/", "", 500, 0).entries()).hasSizeGreaterThan(80);
        }
    }

    /// It may lie in a member that stands still; what its client does next must not be overtaken by it.
    @Test
    void aCreationThatWasGivenUpIsShutOutBeforeTheNextOne() throws IOException, InterruptedException {
        servers = EtcdServers.start(directory, 1);
        int port = URI.create(servers.endpoint(0)).getPort();
        try (CuttingProxy proxy = new CuttingProxy(port)) {
            store = open("http://127.0.0.1:" + proxy.port());
            created("/before");
            proxy.trap("/doubtful", 1, () -> proxy.lead(1));
            assertThatThrownBy(() -> store.commit("/doubtful", 0, bytes("1"), FOREVER)).isInstanceOfSatisfying(
                    DatastoreUnavailable.class, e -> assertThat(e.outcomeUnknown()).isTrue());
            assertThat(keys()).doesNotContain("era");
            proxy.lead(port);
            created("/next");
            assertThat(keys()).contains("era");
        }
    }

    private String keys() throws IOException, InterruptedException {
        return Launch.of("etcdctl", "--endpoints", servers.endpoint(0), "get", "--prefix", "--keys-only", "")
                .text(START);
    }

    @Test
    void aPageIsCutBeforeItFillsTheMemory() {
        start(1);
        Load.parallel(8, 40, i -> write("/big/" + i, new byte[1 << 20]));
        Page page = patient().range("/big/", "", 500, 0);
        assertThat(page.more()).isTrue();
        assertThat(page.entries()).hasSizeBetween(4, 20);
        int found = 0;
        for (; page.more(); found += page.entries().size()) {
            page = patient().range("/big/", page.entries().getLast().key() + "\0", 500, page.revision());
        }
        assertThat(found).isBetween(20, 40);
    }

    @Test
    void aClusterThatWasRestoredToAnOlderStateIsNoticed() throws IOException, InterruptedException {
        start(1);
        created("/a");
        servers.save(directory.resolve("saved"));
        for (int i = 0; i < 20; i++) {
            created("/lost/" + i);
        }
        PatientStore here = patient();
        long newest = here.revision();
        BlockingQueue<String> ending = new LinkedBlockingQueue<>();
        EtcdStore.Events events = new EtcdStore.Events(trouble -> {
        }, Optional.of(ending::add));
        EtcdEndpoints endpoints = EtcdEndpoints.parse(servers.endpoints(), Optional.empty());
        try (Watch watch = here.watch("/", newest);
                EtcdStore heeding = eventually(() -> EtcdStore.open(endpoints, events, Health.none()))) {
            assertThat(new PatientStore(heeding).revision()).isEqualTo(newest);
            servers.restore(0, directory.resolve("saved"));
            assertThatThrownBy(() -> everything(watch)).isInstanceOf(Compacted.class);
            assertThat(ending.poll(Conformance.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .contains("the datastore went back", "up to revision " + newest, "start it again");
            assertThatThrownBy(heeding::revision).hasMessageContaining("the datastore went back");
            assertThatThrownBy(() -> heeding.commit("/c", 0, bytes("1"), FOREVER))
                    .isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("the datastore went back");
        }
        assertThat(eventually(store::revision)).isLessThan(newest);
        assertThatThrownBy(() -> here.watch("/", newest)).isInstanceOf(Compacted.class);
        assertThat(here.count("/lost/").keys()).isZero();
        try (Watch watch = here.watch("/", here.revision())) {
            created("/b");
            assertThat(Conformance.take(watch, 1).getFirst().key()).isEqualTo("/b");
        }
    }

    /// By the time it is there again, others have written more than was lost.
    @Test
    void aRestoredClusterThatHasGoneOnIsNoticed() throws IOException, InterruptedException {
        servers = EtcdServers.start(directory, 1);
        int port = URI.create(servers.endpoint(0)).getPort();
        try (CuttingProxy proxy = new CuttingProxy(port)) {
            store = open("http://127.0.0.1:" + proxy.port());
            created("/a");
            servers.save(directory.resolve("saved"));
            created("/lost");
            try (Watch watch = patient().watch("/", patient().revision())) {
                proxy.lead(1);
                proxy.cut();
                servers.restore(0, directory.resolve("saved"));
                try (EtcdStore other = open(servers.endpoints())) {
                    for (int i = 0; i < 20; i++) {
                        committed(new PatientStore(other).commit("/other/" + i, 0, bytes("1"), FOREVER));
                    }
                }
                proxy.lead(port);
                assertThatThrownBy(() -> everything(watch)).isInstanceOf(Compacted.class);
            }
            assertThat(eventually(() -> store.get("/lost"))).isEmpty();
        }
    }

    private static void everything(Watch watch) throws InterruptedException {
        long end = System.nanoTime() + Conformance.PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            watch.next(Duration.ofMillis(100));
        }
    }
}
