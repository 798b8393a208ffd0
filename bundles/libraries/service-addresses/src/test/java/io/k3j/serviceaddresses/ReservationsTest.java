package io.k3j.serviceaddresses;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReservationsTest {
    private static final String ADDRESS = "10.43.0.10";
    private static final Key ONE = new Key("default", "one");
    private static final Key TWO = new Key("default", "two");
    private Instant now = Instant.EPOCH;
    private final Reservations reservations = new Reservations(() -> now);

    @Test
    void aWriteOfUnknownOutcomeDoesNotHoldItsValueForEver() {
        assertThat(reservations.take(ADDRESS, ONE)).isTrue();
        assertThat(reservations.take(ADDRESS, TWO)).isFalse();
        assertThat(reservations.free(ADDRESS)).isFalse();
        now = now.plus(Reservations.PENDING).plusMillis(1);
        assertThat(reservations.free(ADDRESS)).isTrue();
        assertThat(reservations.take(ADDRESS, TWO)).isTrue();
        reservations.release(Set.of(ADDRESS), ONE);
        assertThat(reservations.take(ADDRESS, ONE)).isFalse();
    }

    @Test
    void aStoredServiceHoldsItsValueHoweverOldItIs() {
        assertThat(reservations.take(ADDRESS, ONE)).isTrue();
        reservations.observe(ONE, Set.of(), Set.of(ADDRESS));
        now = now.plus(Duration.ofDays(1));
        assertThat(reservations.free(ADDRESS)).isFalse();
        assertThat(reservations.take(ADDRESS, TWO)).isFalse();
    }

    @Test
    void severalAreTakenTogetherOrNotAtAll() {
        assertThat(reservations.take(ADDRESS, ONE)).isTrue();
        assertThat(reservations.takeAll(List.of("10.43.0.9", ADDRESS), TWO)).contains(ADDRESS);
        assertThat(reservations.free("10.43.0.9")).isTrue();
        assertThat(reservations.takeAll(List.of("10.43.0.9", ADDRESS), ONE)).isEmpty();
        assertThat(reservations.free("10.43.0.9")).isFalse();
    }

    @Test
    void aReservationEndsBeforeItsClaimMayBeTakenOver() {
        assertThat(Reservations.PENDING).isLessThan(ServiceClaims.ABANDONED);
    }
}
