package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeftThreadsTest {
    private static final String LOCATION = "plugin:acme.jar";
    private static final Instant BEGIN = Instant.EPOCH;
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> forgotten = new ArrayList<>();
    private Set<Long> started = Set.of();
    private long computed;
    private final LeftThreads left = new LeftThreads(location -> started, LeftThreads::alive, location -> computed);

    @AfterEach
    void end() {
        over.countDown();
    }

    private Thread thread(boolean listens) {
        Thread thread = Thread.ofPlatform().name("acme").daemon().start(() -> {
            while (over.getCount() > 0) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    if (listens) {
                        return;
                    }
                }
            }
        });
        started = Set.of(thread.threadId());
        return thread;
    }

    private Object look(Duration since) {
        return left.look(BEGIN.plus(since), forgotten::add);
    }

    @Test
    void oneThatListensIsInterruptedWhenItsTimeIsOver() throws InterruptedException {
        Thread thread = thread(true);
        left.stopped("acme.jar", LOCATION, BEGIN);
        assertThat(look(LeftThreads.GRACE.minusMillis(1))).hasToString("{}");
        assertThat(thread.isInterrupted()).isFalse();
        assertThat(thread.isAlive()).isTrue();
        look(LeftThreads.GRACE);
        thread.join();
        look(LeftThreads.GRACE.plusMillis(1));
        assertThat(left.any()).as("it may compute on a thread that nobody knows").isTrue();
        look(LeftThreads.LIMIT);
        assertThat(left.any()).isFalse();
        assertThat(forgotten).containsExactly(LOCATION);
    }

    @Test
    void oneThatDoesNotIsToldByNameUntilItEnds() throws InterruptedException {
        Thread thread = thread(false);
        left.stopped("acme.jar", LOCATION, BEGIN);
        look(LeftThreads.GRACE);
        assertThat(look(LeftThreads.LIMIT)).hasToString("{acme.jar=[acme]}");
        over.countDown();
        thread.join();
        assertThat(look(LeftThreads.LIMIT.plusSeconds(1))).hasToString("{}");
        assertThat(left.any()).isFalse();
    }

    @Test
    void oneThatGoesOnComputingIsToldUntilItWasNotFoundForALongWhile() {
        computed = 7;
        left.stopped("acme.jar", LOCATION, BEGIN);
        computed = 8;
        look(LeftThreads.LIMIT.minusSeconds(1));
        assertThat(look(LeftThreads.LIMIT)).hasToString("{acme.jar=[goes on computing after its stop]}");
        assertThat(forgotten).isEmpty();
        assertThat(look(LeftThreads.LIMIT.multipliedBy(2).minusSeconds(1))).hasToString("{}");
        assertThat(forgotten).containsExactly(LOCATION);
    }

    @Test
    void threadsOfOneThatRunsAgainAreItsOwn() {
        Thread thread = thread(true);
        left.stopped("acme.jar", LOCATION, BEGIN);
        left.again(LOCATION);
        look(LeftThreads.LIMIT);
        assertThat(thread.isInterrupted()).isFalse();
        assertThat(thread.isAlive()).isTrue();
    }
}
