package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ExpirationsTest {
    private static final long PATIENCE_MILLIS = 20_000;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Expirations expirations = new Expirations();

    private Health health() {
        return new Health() {
            @Override
            public HealthScope scope(String component) {
                return new HealthScope() {
                    @Override
                    public void report(HealthLevel level, String message) {
                        told.add(component + " " + level);
                    }

                    @Override
                    public void close() {
                        told.add(component + " goes on");
                    }
                };
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        };
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void anUnexpectedExceptionIsToldAndLosesNoKey() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        expirations.start(due -> {
            if (first.getAndSet(false)) {
                throw new IllegalStateException("planted");
            }
            due.forEach(one -> told.add("deleted " + one.key()));
        }, health());
        expirations.add("/registry/events/a", 1, 0);
        assertThat(next()).isEqualTo("datastore-expirations STOPPED");
        assertThat(List.of(next(), next())).containsExactlyInAnyOrder("deleted /registry/events/a",
                "datastore-expirations goes on");
        expirations.close(PATIENCE_MILLIS);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closingWaitsForADeletionThatHangsOnlyAsLongAsItIsTold() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        expirations.start(due -> {
            told.add("deleting");
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            told.add("deleted");
        }, health());
        expirations.add("/registry/events/a", 1, 0);
        assertThat(next()).isEqualTo("deleting");
        expirations.close(1);
        assertThat(told).isEmpty();
        release.countDown();
        assertThat(next()).isEqualTo("deleted");
    }
}
