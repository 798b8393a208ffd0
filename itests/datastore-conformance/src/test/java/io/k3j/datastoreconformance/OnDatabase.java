package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.DatabaseServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/// Stores at a database of the test's own, in a server that several tests share.
abstract class OnDatabase {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    /// Patience on a busy machine; what it took is printed. The promise is 2 s for a commit to fail, and 2 s until
    /// writes go on once the database is back.
    static final Duration LIMIT = Duration.ofMinutes(5);
    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();
    private final String database = "f" + DATABASES.incrementAndGet();

    abstract DatabaseServer server();

    abstract OpenLog open(String endpoint);

    final String database() {
        return database;
    }

    final String endpoint() {
        return server().endpoint(database);
    }

    final String endpoint(CuttingProxy proxy) {
        return server().endpoint(proxy.port(), database);
    }

    final Datastore store() {
        return store(endpoint());
    }

    /// One for what is about answers, not how soon they come.
    final Datastore patient() {
        return new PatientStore(store());
    }

    final Datastore store(String endpoint) {
        OpenLog opened = PatientStore.asked(() -> open(endpoint));
        open.push(opened);
        return opened.datastore();
    }

    @AfterEach
    final void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    final String sql(String statements) {
        return server().sql(database, statements);
    }

    /// Asks again while the answer is that the database cannot be used, or was late.
    static <T> T answered(Supplier<T> question) {
        long start = System.nanoTime();
        while (true) {
            try {
                return question.get();
            } catch (DatastoreUnavailable e) {
                assertThat(Duration.ofNanos(System.nanoTime() - start)).as(e.getMessage()).isLessThan(LIMIT);
            }
        }
    }

    static void back(Accounting books) {
        System.out.println("writes go on after " + books.awaitProgress(LIMIT).toMillis() + " ms");
    }
}
