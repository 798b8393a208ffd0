package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthSnapshotTest {
    private static HealthSnapshot of(Set<String> ok, Set<String> starting, Set<String> satisfied,
            Set<String> declared) {
        return new HealthSnapshot(true, new HealthSnapshot.Scopes(ok, starting, Set.of()), satisfied, declared,
                List.of());
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
}
