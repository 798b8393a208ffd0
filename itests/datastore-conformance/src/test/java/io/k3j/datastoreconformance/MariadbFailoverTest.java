package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A MariaDB primary with a replica, which takes over together with the address.
@Tag("full")
@Tag("data")
@NeedsPackages("mariadb-server")
class MariadbFailoverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DATABASE = "kubernetes";
    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();
    private MariadbServer primary;
    private MariadbServer replica;
    private CuttingProxy address;

    @BeforeEach
    void serve() {
        primary = MariadbServer.primary();
        open.push(primary);
        replica = primary.replica();
        open.push(replica);
        address = new CuttingProxy(primary.port());
        open.push(address);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private Datastore store() {
        OpenLog store = PatientStore.asked(() -> new MysqlOpener().open(primary.endpoint(address.port(), DATABASE)));
        open.push(store);
        return store.datastore();
    }

    private void takeOver() {
        replica.cutOff();
        replica.promote();
        address.lead(replica.port());
        address.cut();
    }

    @Test
    void writesGoOnAtTheReplicaAndNoWatchNotices() throws InterruptedException {
        primary.waitForReplica();
        try (Accounting books = new Accounting(store(), store())) {
            primary.kill();
            books.awaitRefusals();
            takeOver();
            System.out.println("first write " + books.awaitProgress(LIMIT).toMillis() + " ms past promotion");
            books.audit();
        }
    }

    @Test
    void aReplicaThatWasBehindIsNoticed() {
        Datastore here = PatientStore.untilBack(store());
        long kept = committed(here.commit("/a", 0, bytes("1"), Duration.ZERO));
        replicated();
        replica.cutOff();
        Watch watch = here.watch("/", kept);
        long lost = committed(here.commit("/a", kept, bytes("lost"), Duration.ZERO));
        assertThat(take(watch, 1)).hasSize(1);
        primary.kill();
        replica.promote();
        address.lead(replica.port());
        address.cut();
        assertThat(here.get("/a")).map(Conformance::text).hasValue("1");
        long next = committed(here.commit("/a", kept, bytes("2"), Duration.ZERO));
        assertThat(next).isGreaterThan(lost);
        awaitCompacted(watch);
        assertThatThrownBy(() -> here.watch("/", lost)).isInstanceOf(Compacted.class);
    }

    /// Waits until the replica has what was written.
    private void replicated() {
        Conformance.eventually(() -> {
            if (!replica.sql(DATABASE, "SELECT COUNT(*) FROM kine WHERE name = '/a'").equals("1")) {
                throw new DatastoreUnavailable("not yet", new IllegalStateException("behind"), false);
            }
            return true;
        });
    }

    private static void awaitCompacted(Watch watch) {
        assertThatThrownBy(() -> {
            for (long start = System.nanoTime(); System.nanoTime() - start < LIMIT.toNanos();) {
                Conformance.next(watch, Duration.ofMillis(200));
            }
        }).isInstanceOf(Compacted.class);
    }
}
