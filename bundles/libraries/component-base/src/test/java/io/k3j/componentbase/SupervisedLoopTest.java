package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.testkitbase.Waiting;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;

class SupervisedLoopTest {
    private static final long PAUSE_MILLIS = 20;
    /// Enough to fail again before the failure before it is taken back.
    private static final long LONGER_PAUSE_MILLIS = 300;
    private static final long PATIENCE_SECONDS = 60;
    private final Notes notes = new Notes();
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    /// What was reported, in order; the empty text when a report is withdrawn.
    private static final class Notes implements Health {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final Map<String, String> now = new ConcurrentHashMap<>();

        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    now.put(component, message);
                    told.add(component + " " + level + " " + message);
                }

                @Override
                public void close() {
                    now.remove(component);
                    told.add("");
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            throw new UnsupportedOperationException();
        }

        String next() throws InterruptedException {
            return String.valueOf(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    private SupervisedLoop loop(SupervisedLoop.Work work) {
        return loop(work, PAUSE_MILLIS);
    }

    private SupervisedLoop loop(SupervisedLoop.Work work, long pauseMillis) {
        return new SupervisedLoop(notes, "log", Thread.ofVirtual(), work, pauseMillis).start();
    }

    @Test
    void logsUnderTheNameOfItsBundle() throws Exception {
        BlockingQueue<String> logged = new LinkedBlockingQueue<>();
        Handler ear = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                // loops of tests before this one may still have something to say
                if (line.getThrown() != null) {
                    logged.add(line.getMessage());
                }
            }
        };
        Logger logger = Logger.getLogger("io.k3j.componentbase");
        logger.addHandler(ear);
        try {
            SupervisedLoop loop = loop(() -> {
                throw new IllegalStateException("planted");
            });
            assertThat(logged.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).contains("worker=log");
            loop.interrupt();
        } finally {
            logger.removeHandler(ear);
        }
    }

    @Test
    void saysWhyItStoppedAndTakesItBackWhenItGoesOnAgain() throws Exception {
        SupervisedLoop loop = loop(() -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("a secret");
            }
            end.await();
        });
        assertThat(notes.next()).startsWith("log STOPPED ended by java.lang.IllegalStateException, begins anew in")
                .doesNotContain("secret");
        assertThat(notes.next()).isEmpty();
        // the report goes when the time is over, however far the thread of the work has come
        Waiting.until("the work goes on", () -> runs.get() == 2);
        end.countDown();
        assertThat(loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))).isTrue();
    }

    @Test
    void beginsAnewAlsoWhenItsFailureCannotBeReported() throws Exception {
        Health away = new Health() {
            @Override
            public HealthScope scope(String component) {
                throw new IllegalStateException("the bundle has stopped");
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        };
        CountDownLatch again = new CountDownLatch(3);
        SupervisedLoop loop = new SupervisedLoop(away, "log", Thread.ofVirtual(), () -> {
            again.countDown();
            throw new IllegalStateException("planted");
        }, PAUSE_MILLIS).start();
        assertThat(again.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.interrupt();
        assertThat(loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))).isTrue();
    }

    @Test
    void isStoppedAllTheTimeWhileItFailsAgainAndAgain() throws Exception {
        SupervisedLoop loop = loop(() -> {
            if (runs.incrementAndGet() < 4) {
                throw new StackOverflowError();
            }
            end.await();
        }, LONGER_PAUSE_MILLIS);
        for (int failure = 1; failure < 4; failure++) {
            assertThat(notes.next()).contains("StackOverflowError");
        }
        assertThat(notes.next()).isEmpty();
        loop.interrupt();
        assertThat(loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))).isTrue();
    }

    @Test
    void whatFailsBecauseItIsClosedIsNoFailure() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        SupervisedLoop loop = loop(() -> {
            begun.countDown();
            end.await();
            throw new IllegalStateException("its connection is closed");
        });
        assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.close();
        end.countDown();
        assertThat(loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))).isTrue();
        assertThat(notes.told).isEmpty();
    }

    @Test
    void leavesNoReportWhenItIsClosedWhileItIsStopped() throws Exception {
        SupervisedLoop loop = new SupervisedLoop(notes, "log", Thread.ofVirtual(), () -> {
            throw new IllegalStateException("always");
        }, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)).start();
        assertThat(notes.next()).contains("STOPPED");
        loop.close();
        assertThat(loop.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))).isTrue();
        assertThat(notes.now).isEmpty();
    }
}
