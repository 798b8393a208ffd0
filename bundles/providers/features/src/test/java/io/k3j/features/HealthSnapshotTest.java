package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthSnapshotTest {
    private static HealthSnapshot of(Set<String> ok, Set<String> starting, Set<String> satisfied,
            Set<String> declared) {
        return of(new HealthSnapshot.Scopes(ok, starting, Set.of()),
                new HealthSnapshot.Parts(declared, satisfied, Set.of()));
    }

    private static HealthSnapshot of(HealthSnapshot.Scopes scopes, HealthSnapshot.Parts parts) {
        return new HealthSnapshot(true, scopes, parts, List.of());
    }

    private final HealthSnapshot before = of(Set.of("a", "b"), Set.of(), Set.of("x.Old"), Set.of("x.Old"));

    @Test
    void waitsForWhatWasHealthyBefore() {
        assertThat(of(Set.of("a"), Set.of(), Set.of("x.Old"), Set.of("x.Old")).missing(before))
                .containsExactly("health b");
    }

    @Test
    void waitsForANewScopeThatIsStarting() {
        assertThat(of(Set.of("a", "b"), Set.of("c"), Set.of("x.Old"), Set.of("x.Old")).missing(before))
                .containsExactly("health c");
    }

    @Test
    void doesNotMissAComponentOrScopeThatBearsAnotherNameNow() {
        assertThat(of(Set.of("a", "c"), Set.of(), Set.of("x.New"), Set.of("x.New")).asWellAs(before)).isTrue();
        assertThat(of(Set.of("a", "c"), Set.of(), Set.of(), Set.of("x.Old")).missing(before))
                .containsExactly("component x.Old");
    }

    private static HealthSnapshot waiting(Set<String> standby, Set<String> starting, Set<String> degraded) {
        return of(new HealthSnapshot.Scopes(Set.of("a"), starting, degraded),
                new HealthSnapshot.Parts(Set.of("x.Old"), Set.of(), standby));
    }

    @Test
    void whatLacksTheLeadAloneStandsByAndMissesItsScopes() {
        HealthSnapshot now = waiting(Set.of("x.Old"), Set.of(), Set.of());
        assertThat(now.missing(before)).containsExactly("component x.Old", "health b");
        assertThat(now.standsBy(before)).isTrue();
    }

    @Test
    void whatLacksAnythingElseDoesNotStandBy() {
        assertThat(waiting(Set.of(), Set.of(), Set.of()).standsBy(before)).as("another service").isFalse();
        assertThat(waiting(Set.of("x.Old"), Set.of("c"), Set.of()).standsBy(before)).as("it starts").isFalse();
        assertThat(waiting(Set.of("x.Old"), Set.of(), Set.of("b")).standsBy(before)).as("it is degraded").isFalse();
        assertThat(of(Set.of("a"), Set.of(), Set.of("x.Old"), Set.of("x.Old")).standsBy(before)).as("a scope alone")
                .isFalse();
    }
}
