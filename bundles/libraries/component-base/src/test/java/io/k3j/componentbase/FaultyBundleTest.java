package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.testkitbase.Waiting;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class FaultyBundleTest {
    private static final long ID = 7;
    private static final Runnable NOTHING = () -> {
    };
    private final Board board = new Board();
    private final Bundle bundle = only(Bundle.class, Map.of("getBundleId", ID, "getSymbolicName", "com.acme",
            "getBundleContext", only(BundleContext.class, Map.of("getServiceReference",
                    only(ServiceReference.class, Map.of()), "getService", board))));

    /// Answers these methods always the same.
    private static <T> T only(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, _) -> answers.get(method.getName())));
    }

    /// Keeps the last report.
    private static final class Board implements Health {
        private final List<HealthReport> last = new CopyOnWriteArrayList<>();
        /// What happens when somebody has looked for the first time.
        private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(NOTHING);

        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    last.clear();
                    last.add(new HealthReport(component, ID, level, message, Instant.EPOCH));
                }

                @Override
                public void close() {
                    last.clear();
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            List<HealthReport> now = List.copyOf(last);
            meanwhile.getAndSet(NOTHING).run();
            return now;
        }
    }

    /// Waits until this thread waits for a lock or has ended.
    private static void awaitBlocked(Thread thread) {
        try {
            Waiting.until("the other thread waits or has ended", () -> thread.getState() == Thread.State.BLOCKED
                    || thread.getState() == Thread.State.TERMINATED);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatStopsABundleIsNotOverwrittenByAWarningThatBeganBefore() throws InterruptedException {
        Thread other = Thread.ofPlatform()
                .unstarted(() -> FaultyBundle.tell(bundle, FaultyBundle.CALL, "has not come back"));
        board.meanwhile.set(() -> {
            other.start();
            awaitBlocked(other);
        });
        FaultyBundle.warn(bundle, FaultyBundle.CALL, "has thrown");
        other.join();
        assertThat(board.last).singleElement()
                .satisfies(report -> assertThat(report.level()).isEqualTo(HealthLevel.STOPPED));
    }

    @Test
    void aWarningChangesNothingOfWhatStopsABundle() {
        FaultyBundle.warn(bundle, FaultyBundle.CALL, "has thrown");
        assertThat(board.last.getFirst().level()).isEqualTo(HealthLevel.DEGRADED);
        FaultyBundle.tell(bundle, FaultyBundle.CALL, "has not come back");
        FaultyBundle.warn(bundle, FaultyBundle.CALL, "");
        assertThat(board.last.getFirst().message()).isEqualTo("has not come back");
    }
}
