package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;

/// A stop waits for what writes, and for nothing else.
class TerminationTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SHORT = Duration.ofMillis(50);
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);

    /// Writes once more when it is let go, however often it is interrupted before.
    private void writeLate() {
        begun.countDown();
        while (letGo.getCount() > 0) {
            try {
                letGo.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
        told.add("written");
    }

    /// Lets go what a stop waits for, after a moment in which the stop could have returned.
    private void stoppedWhileItWrites(Runnable stop) throws InterruptedException {
        assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Thread stopping = Thread.ofVirtual().start(() -> {
            stop.run();
            told.add("stopped");
        });
        assertThat(interrupted.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        stopping.join(SHORT);
        letGo.countDown();
        assertThat(stopping.join(PATIENCE)).isTrue();
        assertThat(told).containsExactly("written", "stopped");
    }

    @Test
    void aStoppedLoopWritesNoMore() throws InterruptedException {
        SupervisedLoop loop = SupervisedLoop.virtual(Health.none(), "writer", this::writeLate).start();
        stoppedWhileItWrites(() -> loop.stop(PATIENCE));
    }

    @Test
    void aStoppedThreadWritesNoMore() throws InterruptedException {
        Thread thread = Thread.ofVirtual().start(this::writeLate);
        stoppedWhileItWrites(() -> Termination.of(thread, PATIENCE));
    }

    @Test
    void tasksOfAStoppedExecutorWriteNoMore() throws InterruptedException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        threads.execute(this::writeLate);
        stoppedWhileItWrites(() -> Termination.of(threads, "writers", PATIENCE));
    }

    @Test
    void waitsAlsoWhereItIsInterruptedItself() throws InterruptedException {
        Thread thread = Thread.ofVirtual().start(this::writeLate);
        stoppedWhileItWrites(() -> {
            Thread.currentThread().interrupt();
            Termination.of(thread, PATIENCE);
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    @Test
    void namesWhatGoesOnBeyondTheLimitAndGoesOnItself() throws InterruptedException {
        BlockingQueue<String> logged = new LinkedBlockingQueue<>();
        Handler ear = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().equals(Level.WARNING)) {
                    logged.add(new SimpleFormatter().formatMessage(line));
                }
            }
        };
        Logger logger = Logger.getLogger("io.k3j.componentbase");
        logger.addHandler(ear);
        try {
            SupervisedLoop loop = SupervisedLoop.virtual(Health.none(), "hangs", this::writeLate).start();
            assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            loop.stop(SHORT);
            assertThat(logged).singleElement().asString().contains("thread=hangs");
        } finally {
            letGo.countDown();
            logger.removeHandler(ear);
        }
    }

    @Test
    void workThatStopsItselfDoesNotWaitForItself() throws InterruptedException {
        BlockingQueue<SupervisedLoop> self = new LinkedBlockingQueue<>();
        SupervisedLoop loop = SupervisedLoop.virtual(Health.none(), "stops-itself", () -> {
            self.take().stop(Duration.ofDays(1));
            told.add("goes on");
        }).start();
        self.add(loop);
        assertThat(loop.join(PATIENCE.toMillis())).isTrue();
        assertThat(told).containsExactly("goes on");
    }

    @Test
    void whatNeverBeganHasEnded() {
        SupervisedLoop.virtual(Health.none(), "new", this::writeLate).stop(Duration.ofDays(1));
        assertThat(told).isEmpty();
    }
}
