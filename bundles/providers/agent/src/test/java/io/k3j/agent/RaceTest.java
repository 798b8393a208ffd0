package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Which server a connection goes to when others are down.
class RaceTest {
    private final CountDownLatch switchedOn = new CountDownLatch(1);

    /// A connection that records its close.
    private static final class Connection extends Socket {
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void doesNotWaitForASilentServer() throws InterruptedException {
        Connection late = new Connection();
        Connection good = new Connection();
        Race race = new Race(address -> {
            if (address.equals("silent")) {
                await();
                return Optional.of(late);
            }
            return address.equals("dead") ? Optional.empty() : Optional.of(good);
        });
        Race.Outcome winner = race.run(List.of("silent", "dead", "good", "never asked")).orElseThrow();
        assertThat(winner.address()).isEqualTo("good");
        assertThat(winner.connection()).contains(good);
        switchedOn.countDown();
        assertThat(late.closed.await(60, TimeUnit.SECONDS)).as("a connection nobody needs is closed").isTrue();
        assertThat(good.closed.getCount()).isOne();
    }

    @Test
    void waitsForASlowServerWhenThereIsNoOther() throws InterruptedException {
        Race race = new Race(address -> {
            if (address.equals("dead")) {
                switchedOn.countDown();
                return Optional.empty();
            }
            await();
            return Optional.of(new Connection());
        });
        assertThat(race.run(List.of("slow", "dead")))
                .hasValueSatisfying(w -> assertThat(w.address()).isEqualTo("slow"));
    }

    @Test
    void isEmptyWhenNoServerAccepts() throws InterruptedException {
        assertThat(new Race(address -> Optional.empty()).run(List.of("a", "b"))).isEmpty();
        assertThat(new Race(address -> Optional.empty()).run(List.of())).isEmpty();
    }

    @Test
    void isEmptyWhenAnAddressCannotBeRead() throws InterruptedException {
        assertThat(new Race(address -> {
            throw new IllegalArgumentException("no address, as the test has it");
        }).run(List.of("a"))).isEmpty();
    }

    private void await() {
        try {
            assertThat(switchedOn.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
