package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `k3s component enable|disable NAME --plan` prints, and when it is refused.
class FeatureChangesTest {
    @TempDir
    private Path dir;

    private static Feature feature(String name, boolean stays, String... needs) {
        return new Feature(name, Set.of(), List.of(needs), List.of(), Map.of(), Map.of(),
                List.of(new Feature.Part("io.k3j." + name, SwapPolicy.REPLACE, stays, List.of())), Map.of(),
                Optional.empty(), Set.of(), Map.of());
    }

    private static Roster roster(Set<String> flags, Decisions decisions) {
        Map<String, Feature> all = new LinkedHashMap<>();
        for (Feature feature : List.of(feature("console", true), feature("apiserver", false),
                feature("metrics", false, "apiserver"))) {
            all.put(feature.name(), feature);
        }
        return new Roster(List.copyOf(all.keySet()), all, flags, Map.of(), decisions);
    }

    private static FeatureChanges changes(Set<String> flags, Decisions decisions) {
        return new FeatureChanges(roster(flags, decisions), Handle::shipped);
    }

    @Test
    void plansWhatIsDoneToDisable() {
        assertThat(changes(Set.of(), Decisions.NONE).of("metrics", false).lines()).containsExactly(
                "1. remember that metrics is disabled", "2. stop io.k3j.metrics (shipped)", "3. clean up after metrics",
                "4. deploy or withdraw the packaged objects of metrics");
    }

    @Test
    void plansWhatIsDoneToEnableAgain() {
        Decisions disabled = Decisions.NONE.with("metrics", false);
        assertThat(changes(Set.of(), disabled).of("metrics", true).lines()).containsExactly("1. configure metrics",
                "2. install io.k3j.metrics (shipped)", "3. resolve io.k3j.metrics (shipped)",
                "4. start io.k3j.metrics (shipped)", "5. wait until io.k3j.metrics (shipped) is healthy, 30 s at most",
                "6. remember that nothing is decided any more",
                "7. deploy or withdraw the packaged objects of metrics");
    }

    @Test
    void remembersADecisionAgainstAFlag() {
        assertThat(changes(Set.of("metrics"), Decisions.NONE).of("metrics", true).lines())
                .contains("6. remember that metrics is enabled");
    }

    @Test
    void refusesToTakeAwayWhatOthersNeed() {
        assertThatThrownBy(() -> changes(Set.of(), Decisions.NONE).of("apiserver", false))
                .isInstanceOf(SwapRefused.class)
                .hasMessage("apiserver is needed by metrics; nothing was changed; disable"
                        + " those first: k3s component disable metrics");
    }

    @Test
    void refusesToBringWhatNeedsSomethingThatDoesNotRun() {
        assertThatThrownBy(() -> changes(Set.of("metrics", "apiserver"), Decisions.NONE).of("metrics", true))
                .isInstanceOf(SwapRefused.class).hasMessageContaining("needs apiserver, which does not run here");
    }

    @Test
    void refusesWhatChangesNothingAndWhatMustRun() {
        FeatureChanges changes = changes(Set.of(), Decisions.NONE);
        assertThatThrownBy(() -> changes.of("metrics", true)).hasMessageContaining("is enabled already");
        assertThatThrownBy(() -> changes.of("console", false)).hasMessageContaining("cannot be disabled");
        assertThatThrownBy(() -> changes.of("nothing", false)).hasMessageContaining("k3s component ls");
        assertThatThrownBy(() -> changes(Set.of("metrics"), Decisions.NONE).of("metrics", false))
                .hasMessageContaining("does not run");
    }

    @Test
    void decisionsSurviveARestart() {
        Decisions.NONE.with("metrics", false).with("apiserver", true).write(dir, StateFiles.DURABLE);
        assertThat(Decisions.read(dir)).isEqualTo(new Decisions(Set.of("apiserver"), Set.of("metrics")));
        assertThat(Decisions.read(dir).without("metrics").with("apiserver", false))
                .isEqualTo(new Decisions(Set.of(), Set.of("apiserver")));
    }
}
