package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.next;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A primary with a streaming standby, which takes over.
@NeedsPackages("postgresql")
@Tag("data")
class PostgresFailoverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DATABASE = "kubernetes";
    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();
    private PostgresServer primary;
    private PostgresServer standby;

    @BeforeEach
    void serve() {
        primary = PostgresServer.started();
        open.push(primary);
        standby = primary.standby();
        open.push(standby);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private Datastore store(String endpoint) {
        var store = PatientStore.asked(() -> new PostgresOpener().open(endpoint));
        open.push(store);
        return store.datastore();
    }

    /// One for what is about answers, not how soon they come.
    private Datastore patient(String endpoint) {
        return PatientStore.untilBack(store(endpoint));
    }

    private CuttingProxy address() {
        CuttingProxy address = new CuttingProxy(primary.port());
        open.push(address);
        return address;
    }

    @Test
    void writesGoOnAtThePromotedStandbyAndNoWatchNotices() throws InterruptedException {
        primary.waitForStandby();
        String both = primary.endpoint(standby, DATABASE);
        try (Accounting books = new Accounting(store(both), store(both))) {
            primary.kill();
            books.awaitRefusals();
            standby.promote();
            System.out.println("first write " + books.awaitProgress(LIMIT).toMillis() + " ms past promotion");
            books.audit();
        }
    }

    /// The table may end above what was told before, because somebody was faster: that is no reason to believe it.
    @Test
    void aStandbyThatWasBehindIsNoticedAlsoWhenOthersHaveWrittenSince() {
        CuttingProxy address = address();
        Datastore here = patient(primary.endpoint(address.port(), DATABASE));
        long kept = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        primary.cutOff(standby);
        Watch watch = here.watch("/", kept);
        long lost = committed(here.commit("/a", kept, bytes("lost"), Duration.ZERO));
        assertThat(take(watch, 1)).hasSize(1);
        primary.kill();
        standby.promote();
        Datastore there = patient(standby.endpoint(DATABASE));
        long told = 0;
        for (int i = 0; i < 5; i++) {
            told = committed(there.commit("/b" + i, 0, bytes("1"), Duration.ZERO));
        }
        assertThat(told).isGreaterThan(lost);
        Watch other = there.watch("/", kept);
        assertThat(take(other, 5)).hasSize(5);
        address.lead(standby.port());
        address.cut();
        awaitCompacted(watch);
        awaitCompacted(other);
        assertThatThrownBy(() -> there.get("/a", lost)).isInstanceOf(Compacted.class);
        assertThatThrownBy(() -> here.watch("/", lost)).isInstanceOf(Compacted.class);
        assertThat(here.get("/a")).map(Conformance::text).hasValue("1");
        assertThat(here.range("/", "", 0, 0).entries()).hasSize(6);
        long now = here.revision();
        assertThat(now).isGreaterThan(told);
        try (Watch anew = there.watch("/", there.revision())) {
            long next = committed(here.commit("/a", kept, bytes("2"), Duration.ZERO));
            assertThat(next).isGreaterThan(now);
            assertThat(take(anew, 1).getFirst().revision()).isEqualTo(next);
        }
    }

    /// Nothing cuts the connections to a server that was demoted and whose address was taken from it; it keeps
    /// answering whoever only reads.
    @Test
    void aDemotedPrimaryIsNoLongerReadOnceAWriteHasFoundOut() {
        primary.waitForStandby();
        CuttingProxy address = address();
        Datastore here = patient(primary.endpoint(address.port(), DATABASE));
        long first = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        assertThat(here.get("/a")).isPresent();
        assertThat(here.revision()).isEqualTo(first);
        Watch watch = here.watch("/", first);
        primary.readOnly(true);
        standby.promote();
        address.lead(standby.port());
        Datastore there = patient(standby.endpoint(DATABASE));
        long second = committed(there.commit("/b", 0, bytes("1"), Duration.ZERO));
        long third = committed(here.commit("/c", 0, bytes("1"), Duration.ZERO));
        assertThat(third).isGreaterThan(second);
        assertThat(here.get("/b")).isPresent();
        assertThat(here.range("/", "", 0, 0).entries()).hasSize(3);
        long fourth = committed(there.commit("/d", 0, bytes("1"), Duration.ZERO));
        assertThat(here.revision()).isGreaterThanOrEqualTo(fourth);
        assertThat(take(watch, 3)).extracting(change -> change.key()).containsExactly("/b", "/c", "/d");
    }

    /// Whoever restarts a dead primary without making it a standby has two; endpoints name it first.
    @Test
    void aPrimaryThatComesBackAsOneIsNotBelieved() {
        Datastore here = patient(primary.endpoint(standby, DATABASE));
        committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        primary.cutOff(standby);
        primary.kill();
        standby.promote();
        long kept = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        Watch watch = here.watch("/", kept);
        primary.start();
        standby.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                + DatabaseServer.USER + "'");
        long next = committed(here.commit("/c", 0, bytes("1"), Duration.ZERO));
        assertThat(next).isEqualTo(kept + 1);
        assertThat(take(watch, 1).getFirst().revision()).isEqualTo(next);
        assertThat(here.range("/", "", 0, 0).entries()).hasSize(3);
        Datastore anew = patient(primary.endpoint(standby, DATABASE));
        assertThat(anew.get("/c")).isPresent();
        assertThat(primary.sql(DATABASE, "SELECT COUNT(*) FROM kine WHERE name <> 'compact_rev_key'")).isEqualTo("1");
    }

    /// The same where the address has moved back to it.
    @Tag("full")
    @Test
    void aSupersededPrimaryAtTheAddressIsRefusedWithASentence() {
        CuttingProxy address = address();
        Datastore impatient = store(primary.endpoint(address.port(), DATABASE));
        Datastore here = PatientStore.untilBack(impatient);
        committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        primary.cutOff(standby);
        standby.promote();
        address.lead(standby.port());
        address.cut();
        long kept = committed(here.commit("/b", 0, bytes("1"), Duration.ZERO));
        address.lead(primary.port());
        address.cut();
        assertThatThrownBy(() -> impatient.commit("/c", 0, bytes("1"), Duration.ZERO))
                .isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("another server has taken its place");
        address.lead(standby.port());
        address.cut();
        assertThat(committed(here.commit("/d", 0, bytes("1"), Duration.ZERO))).isEqualTo(kept + 1);
        assertThat(primary.sql(DATABASE, "SELECT COUNT(*) FROM kine WHERE name <> 'compact_rev_key'")).isEqualTo("1");
    }

    /// Nothing tells a server that its primary is cut off while it answers; what waits for the standby is not
    /// acknowledged.
    @Tag("full")
    @Test
    void aPrimaryThatIsCutOffFromItsSynchronousStandbyAcknowledgesNothing() {
        primary.waitForStandby();
        CuttingProxy address = address();
        Datastore impatient = store(primary.endpoint(address.port(), DATABASE));
        Datastore here = PatientStore.untilBack(impatient);
        long first = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        primary.cutOff(standby);
        standby.promote();
        Datastore there = patient(standby.endpoint(DATABASE));
        long start = System.nanoTime();
        assertThatThrownBy(() -> impatient.commit("/old", 0, bytes("1"), Duration.ZERO))
                .isInstanceOfSatisfying(DatastoreUnavailable.class, e -> assertThat(e.outcomeUnknown()).isTrue());
        System.out.println("outcome unknown after " + (System.nanoTime() - start) / 1_000_000 + " ms");
        long second = committed(there.commit("/b", 0, bytes("1"), Duration.ZERO));
        assertThat(second).isEqualTo(first + 1);
        address.lead(standby.port());
        address.cut();
        long third = committed(here.commit("/c", 0, bytes("1"), Duration.ZERO));
        assertThat(third).isEqualTo(second + 1);
        assertThat(here.get("/old")).isEmpty();
        assertThat(here.get("/b")).isPresent();
    }

    private static void awaitCompacted(Watch watch) {
        assertThatThrownBy(() -> {
            for (long start = System.nanoTime(); System.nanoTime() - start < LIMIT.toNanos();) {
                assertThat(next(watch, Duration.ofMillis(200)).changes()).isEmpty();
            }
        }).isInstanceOf(Compacted.class);
    }
}
