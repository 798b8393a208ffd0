package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `k3s component enable|disable NAME --cluster` records, how a server follows, and when it is refused.
class ClusterChangesTest {
    private static final Map<String, Boolean> OFF = Map.of("metrics", false);
    @TempDir
    private Path dir;
    private Roster roster = roster(Set.of(), Decisions.NONE);

    private static Feature feature(String name, boolean stays, String... needs) {
        return new Feature(name, Set.of(), List.of(needs), List.of(), Map.of(), Map.of(),
                List.of(new Feature.Part("io.k3j." + name, SwapPolicy.REPLACE, stays, List.of())), Map.of(),
                Optional.empty(), Set.of(), Map.of());
    }

    private static Roster roster(Set<String> flags, Decisions decisions) {
        Map<String, Feature> all = new LinkedHashMap<>();
        for (Feature feature : List.of(feature("console", true), feature("datastore-sqlite", false),
                feature("auth", false), feature("apiserver", false, "auth"), feature("metrics", false, "apiserver"),
                feature("graphs", false, "metrics"))) {
            all.put(feature.name(), feature);
        }
        return new Roster(List.copyOf(all.keySet()), all, flags, Map.of(), decisions);
    }

    private ClusterChanges changes() {
        return new ClusterChanges(roster, new FeatureChanges(roster, Handle::shipped));
    }

    private FeatureChanges here() {
        return new FeatureChanges(roster, Handle::shipped);
    }

    @Test
    void aDecisionAgainstTheFlagsIsRecordedAndOneLikeThemIsNotKept() {
        assertThat(changes().decided(Map.of(), "graphs", false)).isEqualTo(Map.of("graphs", false));
        roster = roster(Set.of(), Decisions.NONE.following("graphs", Optional.of(false)));
        assertThat(changes().decided(Map.of("graphs", false), "graphs", true)).isEmpty();
        roster = roster(Set.of("graphs"), Decisions.NONE);
        assertThat(changes().decided(Map.of(), "graphs", true)).isEqualTo(Map.of("graphs", true));
    }

    @Test
    void followsAsIfItHadBeenDecidedHere() {
        roster = roster(Set.of("graphs"), Decisions.NONE);
        assertThat(changes().follow(OFF, Set.of("metrics")).lines()).containsExactly(
                "1. remember that metrics is disabled for the cluster", "2. stop io.k3j.metrics (shipped)",
                "3. clean up after metrics", "4. deploy or withdraw the packaged objects of metrics");
        roster = roster(Set.of("graphs"), Decisions.NONE.following("metrics", Optional.of(false)));
        assertThat(changes().follow(Map.of(), Set.of("metrics")).lines()).contains("1. configure metrics",
                "6. remember that nothing is decided any more");
    }

    @Test
    void theClustersDecisionPrevailsOverThatOfOneServerWhichRestsUntilItIsTakenBack() {
        Decisions here = Decisions.NONE.with("graphs", true);
        roster = roster(Set.of("graphs"), here);
        assertThat(roster.with(here).names()).contains("graphs");
        Decisions both = here.following("graphs", Optional.of(false));
        assertThat(roster.with(both).names()).doesNotContain("graphs");
        assertThat(roster.with(both).left().get("graphs").reason()).contains("k3s component enable graphs --cluster");
        assertThat(roster.with(both.following("graphs", Optional.empty())).names()).contains("graphs");
    }

    @Test
    void whatTheClusterHasDecidedIsNotDecidedForOneServer() {
        roster = roster(Set.of(), Decisions.NONE.following("graphs", Optional.of(false)));
        assertThatThrownBy(() -> here().of("graphs", true)).hasMessage("graphs is decided for the cluster, which"
                + " prevails over a decision for one server; on all servers: k3s component enable graphs --cluster");
    }

    @Test
    void nothingIsTakenAwayWithoutWhichNobodyWouldHearThatItIsToComeBack() {
        for (String name : List.of("console", "datastore-sqlite", "auth", "apiserver")) {
            assertThatThrownBy(() -> changes().decided(Map.of(), name, false)).as(name)
                    .hasMessageContaining("cannot be disabled");
            assertThatThrownBy(() -> changes().follow(Map.of(name, false), Set.of(name))).as("a record of " + name)
                    .hasMessageContaining("cannot be disabled");
        }
    }

    @Test
    void refusesWhatOthersNeedWhatChangesNothingAndWhatCannotRun() {
        assertThatThrownBy(() -> changes().decided(Map.of(), "metrics", false)).hasMessage("metrics is needed by"
                + " graphs; disable those first: k3s component disable graphs --cluster");
        assertThatThrownBy(() -> changes().decided(Map.of(), "graphs", true))
                .hasMessageContaining("already, by its flags");
        assertThatThrownBy(() -> changes().decided(Map.of(), "nothing", true))
                .hasMessageContaining("k3s component ls");
        roster = roster(Set.of("metrics", "graphs"), Decisions.NONE);
        assertThatThrownBy(() -> changes().decided(Map.of(), "graphs", true))
                .hasMessageContaining("graphs cannot run here: needs metrics");
    }

    @Test
    void onlyPartsOfThisServerAreFollowed() {
        assertThat(changes().pending(Map.of("metrics", false, "a-newer-one", false))).containsExactly("metrics");
        roster = roster(Set.of(), Decisions.NONE.following("metrics", Optional.of(false)));
        assertThat(changes().pending(OFF)).isEmpty();
        assertThat(changes().pending(Map.of())).containsExactly("metrics");
    }

    @Test
    void whatIsFollowedSurvivesARestartAndIsNotInFilesThatSayNothingOfIt() throws Exception {
        Decisions.NONE.with("auth", false).write(dir, StateFiles.DURABLE);
        assertThat(Files.readString(dir.resolve("bundles/components.json"))).doesNotContain("cluster");
        Decisions decisions = Decisions.NONE.with("auth", false).following("metrics", Optional.of(false))
                .following("graphs", Optional.of(true));
        decisions.write(dir, StateFiles.DURABLE);
        assertThat(Decisions.read(dir)).isEqualTo(decisions);
        assertThat(Decisions.read(dir).allDisabled()).containsExactlyInAnyOrder("auth", "metrics");
        assertThat(Decisions.read(dir).allEnabled()).containsExactly("graphs");
    }
}
