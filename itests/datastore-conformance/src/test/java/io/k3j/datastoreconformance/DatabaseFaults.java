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
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.DatabaseServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What two servers at one database live through.
abstract class DatabaseFaults extends OnDatabase {
    /// What ends after two seconds, and less than what ends after a minute.
    private static final Duration STEP_LIMIT = Duration.ofSeconds(40);
    /// A machine that starts some threads a second late does not do so every time.
    private static final int TRIES = 5;

    /// Lets the database give out numbers in steps of 1000 by itself, as far as it can be told to.
    abstract void numberInSteps(String name);

    @Test
    void aKilledDatabaseLosesNothingThatWasAcknowledged() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            for (int i = 0; i < 2; i++) {
                server().kill();
                books.awaitRefusals();
                server().start();
                back(books);
            }
            books.audit();
        }
    }

    @Test
    void aFrozenDatabaseIsWaitedForWithinBounds() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            server().signal("-STOP");
            try {
                books.awaitRefusals();
            } finally {
                server().signal("-CONT");
            }
            back(books);
            books.audit();
        }
    }

    @Test
    void aDatabaseWithoutConnectionsIsSaidToBe() throws InterruptedException {
        try (Accounting books = new Accounting(store(), store())) {
            server().refuseConnections(true);
            try {
                books.awaitRefusals("no connection left");
            } finally {
                server().refuseConnections(false);
            }
            back(books);
            assertThat(books.reasons()).noneMatch(reason -> reason.contains(DatabaseServer.PASSWORD));
            books.audit();
        }
    }

    @Test
    void aReadOnlyDatabaseIsSaidToBe() throws InterruptedException {
        try (Said said = new Said(); Accounting books = new Accounting(store(), store())) {
            server().readOnly(true);
            try {
                books.awaitRefusals("only reads");
                Waiting.until("trouble once by each server", () -> troubled(said) == 2);
                books.awaitRefusals();
                assertThat(troubled(said)).as("once by each server").isEqualTo(2);
            } finally {
                server().readOnly(false);
            }
            back(books);
            books.audit();
        }
    }

    /// How many servers have said that they cannot use the datastore, and not that they can again: one may have
    /// been late before as well.
    private static long troubled(Said said) {
        return said.count("Datastore is unavailable") - said.count("Datastore is available again");
    }

    /// Nothing was written, so nobody knows whether it could have been.
    @Test
    void aConflictAtAReadOnlyDatabaseDoesNotMeanThatItWrites() throws InterruptedException {
        Datastore impatient = store();
        Datastore here = new PatientStore(impatient);
        committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        try (Said said = new Said()) {
            server().readOnly(true);
            try {
                // an answer may be late
                Waiting.until("the refusal", () -> {
                    assertThatThrownBy(() -> impatient.commit("/b", 0, bytes("1"), Duration.ZERO))
                            .hasMessageContaining("only reads");
                    return true;
                });
                assertThat(here.commit("/a", 0, bytes("2"), Duration.ZERO)).isInstanceOf(CommitResult.Conflict.class);
                assertThat(said.count("Datastore is available again")).isZero();
            } finally {
                server().readOnly(false);
            }
        }
    }

    @Test
    void anAnswerLostAtAnyPointOfACommitIsReadBack() {
        Set<Boolean> happened = new HashSet<>();
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore there = patient();
            Datastore here = store(endpoint(proxy));
            for (int answer = 0; answer < 6; answer++) {
                int lost = answer;
                AtomicInteger tries = new AtomicInteger();
                // a key of its own each time: what is not read back in time nobody knows
                answered(() -> {
                    String key = "/cut-" + lost + "-" + tries.incrementAndGet() + "/";
                    try (Watch watch = there.watch(key, there.revision())) {
                        // the value, since the key alone may be asked for before
                        proxy.trap(CuttingProxy.WRITING + key, lost, () -> happened.add(there.get(key).isPresent()));
                        long revision = committed(
                                here.commit(key, 0, bytes(CuttingProxy.WRITING + key), Duration.ZERO));
                        proxy.trap("nothing", 1, () -> {
                        });
                        committed(new PatientStore(here).commit(key + "next", 0, bytes("1"), Duration.ZERO));
                        assertThat(take(watch, 2)).extracting(Change::key).containsExactly(key, key + "next");
                        assertThat(there.get(key)).map(Entry::revision).hasValue(revision);
                        return revision;
                    }
                });
            }
            assertThat(proxy.cuts()).isGreaterThanOrEqualTo(2);
            assertThat(happened).as("cut before and after the commit").containsExactlyInAnyOrder(true, false);
        }
    }

    /// One that takes the lock and looks, one that writes, tells and commits: whatever the size of the group.
    @Test
    void aGroupOfCommitsCostsTwoExchanges() {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore here = new PatientStore(store(endpoint(proxy)));
            committed(here.commit("/first", 0, bytes(CuttingProxy.WRITING + "it"), Duration.ZERO));
            int before = proxy.requests();
            for (int i = 0; i < 20; i++) {
                committed(here.commit("/k" + i, 0, bytes("1"), Duration.ZERO));
            }
            assertThat(proxy.requests() - before).as("exchanges of 20 commits, and not one of them a third")
                    .isBetween(40, 59);
        }
    }

    /// At a database that needs long for an answer each further group would cost callers most of their patience.
    @Test
    void whoeverComesWhileTheTableIsBeingLockedGoesWithTheGroup() {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore here = store(endpoint(proxy));
            for (int tries = 1; !together(proxy, here); tries++) {
                assertThat(tries).as("measurements with more than two groups").isLessThan(TRIES);
            }
        }
    }

    /// Whether 64 commits at once were one group, and one of whoever a loaded machine starts late.
    private static boolean together(CuttingProxy proxy, Datastore here) {
        Datastore patient = new PatientStore(here);
        // what is known about these keys need not be read, which would take as long
        long[] known = new long[64];
        for (int i = 0; i < known.length; i++) {
            long before = patient.get("/k" + i).map(Entry::revision).orElse(0L);
            known[i] = committed(patient.commit("/k" + i, before, bytes(CuttingProxy.WRITING + "it"), Duration.ZERO));
        }
        int before = proxy.requests();
        proxy.slow(Duration.ofMillis(500));
        try {
            Load.parallel(64, 64, i -> committed(here.commit("/k" + i, known[i], bytes("1"), Duration.ZERO)));
        } catch (AssertionError e) {
            assertThat(e).hasCauseInstanceOf(DatastoreUnavailable.class);
            return false;
        } finally {
            proxy.slow(Duration.ZERO);
        }
        int exchanges = proxy.requests() - before;
        System.out.println("exchanges of 64 commits at once: " + exchanges);
        assertThat(exchanges).isGreaterThanOrEqualTo(2);
        return exchanges <= 4;
    }

    @Test
    void revisionsHaveNoHolesWhateverTheStepOfTheDatabaseIs() {
        Datastore here = patient();
        Datastore there = patient();
        numberInSteps(database());
        long revision = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        for (int i = 0; i < 4; i++) {
            Datastore either = i % 2 == 0 ? there : here;
            assertThat(committed(either.commit("/b" + i, 0, bytes("1"), Duration.ZERO))).isEqualTo(++revision);
        }
    }

    @Test
    void holesOfAForeignWriterAreFilled() {
        Datastore here = patient();
        Datastore there = patient();
        try (Watch watch = there.watch("/", there.revision())) {
            long first = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
            sql("INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value) VALUES ("
                    + (first + 4) + ", '/foreign', 1, 0, 0, 0, 0, 'x')");
            long second = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
            assertThat(second).isGreaterThan(first + 4);
            assertThat(take(watch, 3)).extracting(Change::revision).containsExactly(first, first + 4, second);
            assertThat(here.get("/foreign")).isPresent();
            assertThat(here.range("", "", 0, 0).entries()).hasSize(3);
        }
    }

    /// kine #676, e0ae664: commits out of the order of their ids, and fillers over rows that were still to come.
    @Test
    void aForeignTransactionThatCommitsLateIsWaitedFor() throws InterruptedException {
        Datastore here = patient();
        try (Watch watch = here.watch("/", here.revision())) {
            long first = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
            Thread late = Thread.ofVirtual().start(() -> sql("BEGIN; INSERT INTO kine (id, name, created, deleted,"
                    + " create_revision, prev_revision, lease, value) VALUES (" + (first + 1)
                    + ", '/late', 1, 0, 0, 0, 0, 'x'); " + sleep() + "; COMMIT"));
            take(watch, 1);
            while (late.isAlive() && !"1".equals(sql(sleeping()))) {
                LockSupport.parkNanos(1_000_000);
            }
            sql("INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value) VALUES ("
                    + (first + 2) + ", '/early', 1, 0, 0, 0, 0, 'x')");
            assertThat(take(watch, 2)).extracting(Change::key).containsExactly("/late", "/early");
            late.join();
        }
    }

    /// A statement that takes two seconds.
    abstract String sleep();

    /// A question whose answer is 1 while it is being carried out.
    abstract String sleeping();

    @Test
    void aDatabaseThatLostRowsGoesOnAboveWhatWasTold() {
        Datastore here = patient();
        Datastore there = patient();
        Watch watch = there.watch("/", there.revision());
        long kept = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        long lost = committed(here.commit("/a", kept, bytes("2"), Duration.ZERO));
        take(watch, 3);
        sql("DELETE FROM kine WHERE id > " + kept);
        assertThatThrownBy(() -> {
            for (int i = 0; i < 300; i++) {
                watch.next(Duration.ofMillis(200));
            }
        }).isInstanceOf(Compacted.class);
        assertThat(committed(here.commit("/a", kept, bytes("3"), Duration.ZERO))).isGreaterThan(lost);
        assertThat(there.get("/b")).isEmpty();
        assertThat(there.revision()).isGreaterThan(lost);
    }

    /// As a restored copy on which somebody else has gone on: the table does not even end below what was told.
    @Test
    void rowsThatAreOthersNowAreNoticed() {
        Datastore here = patient();
        long kept = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        Watch watch = here.watch("/", kept);
        long lost = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        take(watch, 1);
        sql("BEGIN; DELETE FROM kine WHERE id > " + kept + "; INSERT INTO kine (id, name, created, deleted,"
                + " create_revision, prev_revision, lease, value) VALUES (" + lost
                + ", '/foreign', 1, 0, 0, 0, 0, 'x'),"
                + " (" + (lost + 1) + ", '/other', 1, 0, 0, 0, 0, 'x'); COMMIT");
        assertThatThrownBy(() -> {
            for (int i = 0; i < 300; i++) {
                assertThat(watch.next(Duration.ofMillis(200)).changes()).isEmpty();
            }
        }).isInstanceOf(Compacted.class);
        assertThat(committed(here.commit("/b", 0, bytes("2"), Duration.ZERO))).isGreaterThan(lost + 2);
        assertThat(here.range("/", "", 0, 0).entries()).extracting(Entry::key).containsExactly("/a", "/b", "/foreign",
                "/other");
    }

    @Test
    void aSlowDatabaseIsWaitedForWithinBounds() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            String slow = endpoint(proxy);
            try (Accounting books = new Accounting(store(slow), store(slow))) {
                proxy.slow(Duration.ofMillis(300));
                books.awaitAcknowledged(8);
                proxy.slow(Duration.ofSeconds(3));
                books.awaitRefusals();
                proxy.slow(Duration.ZERO);
                back(books);
                books.audit();
            }
        }
    }

    /// One that is frozen in the middle of a step holds the row that keeps compactions apart: the database ends its
    /// session. Without that limit the others wait for a minute and more.
    @Test
    void aServerThatIsFrozenWithinAStepOfCompactionKeepsNobodyElseFromIt() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(server().port())) {
            Datastore here = store();
            Datastore still = store(endpoint(proxy));
            Datastore patient = new PatientStore(still);
            long old = committed(patient.commit("/a", 0, bytes("1"), Duration.ZERO));
            long now = committed(patient.commit("/a", old, bytes("2"), Duration.ZERO));
            proxy.freeze("DELETE FROM kine");
            Thread frozen = Thread.ofVirtual().start(() -> {
                while (!proxy.frozen()) {
                    compacted(still, now);
                }
            });
            Waiting.until("a step that stands still", proxy::frozen);
            long start = System.nanoTime();
            while (compacted(here, now) < now) {
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(STEP_LIMIT);
            }
            System.out
                    .println("compacted " + (System.nanoTime() - start) / 1_000_000 + " ms after another stood still");
            proxy.cut();
            frozen.join();
        }
    }

    private static long compacted(Datastore store, long target) {
        try {
            return store.compact(target);
        } catch (DatastoreUnavailable e) {
            return 0;
        }
    }

    @Test
    void aClosedStoreSaysSo() throws Exception {
        OpenLog opened = PatientStore.asked(() -> open(endpoint()));
        Datastore store = new PatientStore(opened.datastore());
        Watch watch = store.watch("/", store.revision());
        opened.close();
        assertThatThrownBy(() -> watch.next(Duration.ofSeconds(1))).isInstanceOf(DatastoreUnavailable.class);
    }
}
