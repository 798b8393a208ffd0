package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitprocess.ChildProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What people and programs do to the database besides the servers: hold it, fill it, write and delete in it.
@Tag("data")
abstract class ForeignSessions extends OnDatabase {
    private static final int STORMS = 4;

    /// Statements that hold the table against everybody until the end of their session.
    abstract String held();

    /// Statements by which a stock writer inserts `rows` rows below `prefix`, without a lock, and gives three of four
    /// up.
    abstract String storm(String prefix, int rows);

    /// A question for how many sessions the servers have.
    abstract String sessions();

    /// Has no connection for new sessions, and leaves those that are in; or has some again.
    abstract void full(boolean full);

    @Test
    void aTableThatSomebodyHoldsIsWaitedForWithinBoundsAndNothingPilesUp() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            int before = Integer.parseInt(sql(sessions()));
            try (ChildProcess holder = server().session(database(), held())) {
                books.awaitRefusals("another session holds the table kine");
                books.awaitRefusals();
                Waiting.until("two sessions more than " + before + " at most",
                        () -> Integer.parseInt(sql(sessions())) <= before + 2);
                assertThat(holder.running()).isTrue();
            }
            back(books);
            assertThat(books.slowest()).isLessThan(Duration.ofSeconds(30));
            books.audit();
        }
    }

    @Tag("full")
    @Test
    void aDatabaseThatIsFullServesThoseThatAreIn() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            full(true);
            try {
                books.awaitAcknowledged(300);
            } finally {
                full(false);
            }
            assertThat(books.reasons()).isEmpty();
            books.audit();
        }
    }

    /// Whatever was under way on a connection that was cut: others write on, nothing is told wrongly, nothing is lost.
    @Test
    void connectionsCutAtAnyMomentLoseNothingWhileOthersWrite() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore there = store();
            try (Accounting books = new Accounting(store(endpoint(proxy)), there, store(endpoint(proxy)))) {
                for (int i = 0; i < 60; i++) {
                    books.awaitAcknowledged(7);
                    proxy.cut();
                }
                back(books);
                books.audit();
            }
        }
    }

    /// Each of those who wish to create the same key is told whether it was his doing, also when answers are lost.
    @Test
    void onlyOneIsToldThatTheKeyIsHis() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            List<Datastore> stores = List.of(store(endpoint(proxy)), store(endpoint(proxy)),
                    store(endpoint(proxy)));
            committed(new PatientStore(stores.get(0)).commit("/first", 0, bytes("1"), Duration.ZERO));
            for (int round = 0; round < 12; round++) {
                String key = "/same-" + round;
                proxy.trap(CuttingProxy.WRITING + key, round % 3, () -> {
                });
                ConcurrentHashMap<String, Long> winners = new ConcurrentHashMap<>();
                List<Thread> writers = new ArrayList<>();
                for (Datastore store : stores) {
                    String value = CuttingProxy.WRITING + key + " by " + stores.indexOf(store);
                    writers.add(Thread.ofVirtual().start(() -> create(store, key, value, winners)));
                }
                for (Thread writer : writers) {
                    writer.join();
                }
                assertThat(winners).hasSizeLessThanOrEqualTo(1);
                winners.forEach((value, revision) -> {
                    Entry entry = answered(() -> stores.get(0).get(key)).orElseThrow();
                    assertThat(Conformance.text(entry)).isEqualTo(value);
                    assertThat(entry.revision()).isEqualTo(revision);
                });
            }
            assertThat(proxy.cuts()).isPositive();
        }
    }

    private static void create(Datastore store, String key, String value, ConcurrentHashMap<String, Long> winners) {
        try {
            if (store.commit(key, 0, bytes(value), Duration.ZERO) instanceof CommitResult.Committed(long revision)) {
                winners.put(value, revision);
            }
        } catch (DatastoreUnavailable e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    /// kine #489: neither compaction nor times to live came back after the database had been away.
    @Test
    void whatFellDueWhileTheDatabaseWasAwayIsDoneAfterwards() {
        Datastore here = store();
        Datastore there = store();
        Datastore patient = new PatientStore(here);
        long old = committed(patient.commit("/a", 0, bytes("1"), Duration.ZERO));
        long now = committed(patient.commit("/a", old, bytes("2"), Duration.ZERO));
        committed(patient.commit("/short", 0, bytes("1"), Duration.ofSeconds(1)));
        long due = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        server().kill();
        assertThatThrownBy(() -> here.compact(now)).isInstanceOf(DatastoreUnavailable.class);
        while (System.nanoTime() - due < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        server().start();
        long back = System.nanoTime();
        while (answered(() -> there.get("/short").isPresent())) {
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(LIMIT);
        }
        // no further than this process knows, which it learns in its own time
        while (answered(() -> there.compact(now)) < now) {
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(LIMIT);
        }
        System.out.println("expired and compacted after " + (System.nanoTime() - back) / 1_000_000 + " ms");
        assertThatThrownBy(() -> answered(() -> here.get("/a", old))).isInstanceOf(Compacted.class);
    }

    /// kine #82, #676, e0ae664: numbers burnt, left out, taken twice, and filled while their row was still to come.
    @Tag("full")
    @Test
    void aStormOfForeignRowsThatComeOrAreGivenUpLosesNothing() throws InterruptedException {
        Datastore here = patient();
        Datastore there = patient();
        try (Accounting books = new Accounting(here, there);
                Watch one = here.watch("/foreign/", here.revision());
                Watch other = there.watch("/foreign/", there.revision())) {
            for (int i = 0; i < STORMS; i++) {
                sql(storm("/foreign/" + i + "/", 300));
            }
            back(books);
            books.audit();
            int rows = Integer.parseInt(sql("SELECT COUNT(*) FROM kine WHERE name LIKE '/foreign/%'"));
            assertThat(rows).isPositive();
            System.out.println("foreign rows " + rows + ", fillers "
                    + sql("SELECT COUNT(*) FROM kine WHERE name LIKE 'gap-%'"));
            for (Watch watch : List.of(one, other)) {
                List<Change> told = take(watch, rows);
                assertThat(told).extracting(Change::revision).isSorted().doesNotHaveDuplicates();
                assertThat(told).extracting(Change::key).doesNotHaveDuplicates().hasSize(rows);
            }
        }
    }

    @Test
    void aRowThatSomebodyChangesOrDeletesInTheMiddleStopsNobody() throws Exception {
        Datastore here = patient();
        long a = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        long b = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        committed(here.commit("/c", 0, bytes("1"), Duration.ZERO));
        try (Watch watch = here.watch("/", here.revision())) {
            sql("DELETE FROM kine WHERE name = '/a'");
            sql("UPDATE kine SET value = 'by hand' WHERE name = '/b'");
            committed(here.commit("/b", b, bytes("2"), Duration.ZERO));
            committed(here.commit("/d", 0, bytes("1"), Duration.ZERO));
            assertThat(take(watch, 2)).extracting(Change::key).containsExactly("/b", "/d");
        }
        Datastore anew = patient();
        assertThat(anew.get("/a")).isEmpty();
        assertThat(anew.commit("/a", a, bytes("2"), Duration.ZERO)).isInstanceOf(CommitResult.Conflict.class);
        assertThat(anew.range("/", "", 0, 0).entries()).extracting(Entry::key).containsExactly("/b", "/c", "/d");
        assertThat(here.range("/", "", 0, 0).entries()).hasSize(3);
    }

    @Test
    void aTableThatSomebodyEmptiesIsReadAnewByEverybody() {
        Datastore here = patient();
        Datastore there = patient();
        Watch watch = there.watch("/", there.revision());
        long told = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        assertThat(take(watch, 1)).hasSize(1);
        sql("TRUNCATE TABLE kine");
        assertThatThrownBy(() -> {
            for (long start = System.nanoTime(); System.nanoTime() - start < LIMIT.toNanos();) {
                watch.next(Duration.ofMillis(200));
            }
        }).isInstanceOf(Compacted.class);
        long next = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        assertThat(next).isGreaterThan(told);
        assertThat(answered(() -> there.range("/", "", 0, 0).entries())).extracting(Entry::key).containsExactly("/b");
        assertThat(sql("SELECT COUNT(*) FROM kine WHERE name = 'compact_rev_key'")).isEqualTo("1");
        assertThat(patient().range("/", "", 0, 0).entries()).hasSize(1);
    }

    @Tag("full")
    @Test
    void aTableThatSomebodyTakesAwayIsMissedUntilItIsBack() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            sql("ALTER TABLE kine RENAME TO away");
            books.awaitRefusals("somebody has dropped the table kine");
            sql("ALTER TABLE away RENAME TO kine");
            back(books);
            books.audit();
        }
    }
}
