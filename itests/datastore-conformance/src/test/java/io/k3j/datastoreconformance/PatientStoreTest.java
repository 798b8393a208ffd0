package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastorememory.MemoryDatastore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of a change whose answer is lost.
class PatientStoreTest {
    private static final Set<String> CHANGES = Set.of("commit", "delete");
    private final MemoryDatastore memory = new MemoryDatastore();

    @AfterEach
    void close() {
        memory.close();
    }

    /// One whose first change from now on has an unknown outcome: it has happened, or has not.
    private PatientStore losing(boolean happens, Runnable meanwhile) {
        return losing(happens, meanwhile, () -> {
        });
    }

    private PatientStore losing(boolean happens, Runnable meanwhile, Runnable doubted) {
        AtomicBoolean loses = new AtomicBoolean(true);
        return new PatientStore((Datastore) Proxy.newProxyInstance(Datastore.class.getClassLoader(),
                new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    boolean lost = CHANGES.contains(method.getName()) && loses.getAndSet(false);
                    if (!lost) {
                        return asked(method, arguments);
                    }
                    if (happens) {
                        method.invoke(memory, arguments);
                    }
                    meanwhile.run();
                    throw new DatastoreUnavailable("no answer", new IllegalStateException("lost"), true);
                }), doubted);
    }

    private Object asked(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(memory, arguments);
        } catch (InvocationTargetException refused) {
            throw refused.getCause();
        }
    }

    private static CommitResult commit(Datastore store, long expected, String value) {
        return store.commit("/a", expected, bytes(value), Duration.ZERO);
    }

    @Test
    void whatHasHappenedIsFound() {
        PatientStore store = losing(true, () -> {
        });
        assertThat(commit(store, 0, "mine")).isEqualTo(new CommitResult.Committed(2));
        assertThat(memory.revision()).isEqualTo(2);
    }

    @Test
    void creationsOfUnknownOutcomeAreCounted() {
        AtomicInteger doubted = new AtomicInteger();
        PatientStore store = losing(true, () -> {
        }, doubted::incrementAndGet);
        long first = Conformance.committed(commit(store, 0, "mine"));
        assertThat(doubted).hasValue(1);
        commit(store, first, "next");
        store.commit("/b", 0, bytes("1"), Duration.ZERO);
        assertThat(doubted).as("those that are known").hasValue(1);
        PatientStore replacing = losing(false, () -> {
        }, doubted::incrementAndGet);
        commit(replacing, Conformance.committed(commit(memory, first + 1, "third")), "fourth");
        assertThat(doubted).as("a replacement").hasValue(1);
    }

    @Test
    void whatHasNotHappenedIsDone() {
        PatientStore store = losing(false, () -> commit(memory, 0, "before"));
        assertThat(store.commit("/b", 0, bytes("mine"), Duration.ZERO)).isEqualTo(new CommitResult.Committed(3));
    }

    @Test
    void whatSomebodyHasReplacedSinceIsFound() {
        PatientStore store = losing(true, () -> {
            commit(memory, 2, "other");
            commit(memory, 3, "third");
        });
        assertThat(commit(store, 0, "mine")).isEqualTo(new CommitResult.Committed(2));
        assertThat(memory.revision()).isEqualTo(4);
    }

    @Test
    void whatARivalWasFasterWithIsAConflict() {
        long first = Conformance.committed(commit(memory, 0, "first"));
        PatientStore store = losing(false, () -> commit(memory, first, "other"));
        assertThat(commit(store, first, "mine")).isInstanceOf(CommitResult.Conflict.class);
        PatientStore creating = losing(false, () -> memory.commit("/b", 0, bytes("other"), Duration.ZERO));
        assertThat(creating.commit("/b", 0, bytes("mine"), Duration.ZERO)).isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void aDeletionThatHasHappenedIsFound() {
        long first = Conformance.committed(commit(memory, 0, "first"));
        PatientStore store = losing(true, () -> memory.commit("/a/b", 0, bytes("1"), Duration.ZERO));
        assertThat(store.delete("/a", first)).isEqualTo(new CommitResult.Committed(first + 1));
    }

    @Test
    void aDeletionThatWasCompactedBeforeItsAnswerCameIsFound() {
        long first = Conformance.committed(commit(memory, 0, "first"));
        PatientStore store = losing(true, () -> {
            memory.commit("/b", 0, bytes("1"), Duration.ZERO);
            memory.compact(first + 2);
        });
        assertThat(store.delete("/a", first)).isEqualTo(new CommitResult.Committed(first + 2));
        assertThat(memory.get("/a")).isEmpty();
    }
}
