package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Lister;
import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of requests when a plug-in does not come back from a call.
class PluginCallsTest {
    private static final Credentials NOBODY = new Credentials(List.of(), "", List.of());
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(5);
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger away = new AtomicInteger();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private Authenticator authenticator(Authenticator service, Duration seated, Duration call) {
        return (Authenticator) PluginCalls.of(service, List.of(Authenticator.class), "com.acme.auth",
                new PluginCalls.Limits(seated, call, LONG), faults::add);
    }

    private Optional<Caller> block(Credentials credentials) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return Optional.empty();
    }

    private void leaveSeats(Runnable waiting) {
        away.incrementAndGet();
        waiting.run();
    }

    @Test
    void oneThatBlocksCostsItselfAndAnAnswer() throws Exception {
        Authenticator blocks = authenticator(this::block, Duration.ZERO, MOMENT);
        assertThatThrownBy(() -> Unseated.in(this::leaveSeats, () -> blocks.authenticate(NOBODY)))
                .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(503))
                .hasMessageContaining("com.acme.auth has not answered Authenticator.authenticate");
        assertThat(faults).containsExactly("has not come back from Authenticator.authenticate after 0 s");
        assertThat(away).as("others have had its seats").hasValue(1);
        assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("its interrupt").isTrue();
    }

    @Test
    void oneThatComesBackIsAskedAsAnyOther() throws Exception {
        Authenticator answers = authenticator(_ -> Optional.empty(), LONG, LONG);
        assertThat(Unseated.in(this::leaveSeats, () -> answers.authenticate(NOBODY))).isEmpty();
        Authenticator refuses = authenticator(_ -> {
            throw new BadCredential("no");
        }, LONG, LONG);
        assertThatThrownBy(() -> refuses.authenticate(NOBODY)).isInstanceOf(BadCredential.class).hasMessage("no");
        assertThat(away).hasValue(0);
        assertThat(faults).isEmpty();
        assertThat(answers).isNotEqualTo(refuses).hasToString("plug-in com.acme.auth");
    }

    @Test
    void nobodyWaitsAgainForOneThatHasNotComeBack() {
        Authenticator blocks = authenticator(this::block, Duration.ZERO, MOMENT);
        assertThatThrownBy(() -> blocks.authenticate(NOBODY)).hasMessageContaining("has not answered");
        assertThatThrownBy(() -> blocks.authenticate(NOBODY)).hasMessageContaining("is being stopped");
        assertThat(faults).hasSize(1);
    }

    @Test
    void noMoreThanSoManyCallsAreUnderWay() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Semaphore asked = new Semaphore(0);
        Authenticator slow = authenticator(_ -> {
            asked.release();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        }, LONG, LONG);
        for (int i = 0; i < PluginCalls.MOST; i++) {
            Thread.startVirtualThread(() -> {
                try {
                    slow.authenticate(NOBODY);
                } catch (BadCredential e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        assertThat(asked.tryAcquire(PluginCalls.MOST, LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> slow.authenticate(NOBODY)).hasMessageContaining("512 calls under way");
        over.countDown();
    }

    @Test
    void oneThatThrowsAgainAndAgainIsStoppedAndNoErrorOfItEndsARequestsThread() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Authenticator throwing = authenticator(_ -> {
            if (asked.incrementAndGet() == 3) {
                return Optional.empty();
            }
            throw new AssertionError("broken on purpose");
        }, LONG, LONG);
        for (int i = 1; i <= 3 + PluginCalls.MOST_THROWN; i++) {
            assertThat(faults).isEmpty();
            if (i == 3) {
                assertThat(throwing.authenticate(NOBODY)).as("which counts from anew").isEmpty();
            } else {
                assertThatThrownBy(() -> throwing.authenticate(NOBODY)).isInstanceOf(ApiFault.class)
                        .hasMessageContaining("com.acme.auth failed in Authenticator.authenticate");
            }
        }
        assertThat(faults).singleElement().asString().startsWith("has thrown 10 times in a row")
                .contains("broken on purpose");
    }

    @Test
    void figuresOfOneThatThrowsAreLeftOut() {
        Metrics throwing = (Metrics) PluginCalls.of((Metrics) () -> {
            throw new IllegalStateException("broken on purpose");
        }, List.of(Metrics.class), "com.acme.counts", PluginCalls.Limits.DEFAULT, faults::add);
        assertThat(throwing.text()).isEmpty();
    }

    @Test
    void whatMayBeASessionIsNotBounded() {
        Object service = new Object();
        assertThat(PluginCalls.of(service, List.of(Action.class, Lister.class), "com.acme", PluginCalls.Limits.DEFAULT,
                faults::add)).isSameAs(service);
    }
}
