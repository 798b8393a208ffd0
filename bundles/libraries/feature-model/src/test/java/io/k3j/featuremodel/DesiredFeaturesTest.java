package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DesiredFeaturesTest {
    private final Map<String, Feature> all = Map.of("edge", feature("edge", Set.of(), Map.of()), "kubelet",
            feature("kubelet", Set.of("agent"), Map.of()), "cni-flannel",
            feature("cni-flannel", Set.of("agent"), Map.of("flannelBackend", "none")), "datastore-sqlite",
            feature("datastore-sqlite", Set.of(), Map.of("datastoreEndpoint", "*")));
    private final List<String> role = List.of("datastore-sqlite", "edge", "kubelet", "cni-flannel");

    @Test
    void keepsTheOrderOfTheRole() {
        assertThat(wanted(Set.of(), Map.of()).names()).containsExactlyElementsOf(role);
    }

    @Test
    void omitsFeaturesDisabledByNameOrWord() {
        assertThat(wanted(Set.of("edge"), Map.of()).names()).doesNotContain("edge");
        assertThat(wanted(Set.of("agent"), Map.of()).names()).containsExactly("datastore-sqlite", "edge");
    }

    @Test
    void omitsFeaturesExcludedByASetting() {
        assertThat(wanted(Set.of(), Map.of("flannelBackend", "none")).names()).doesNotContain("cni-flannel");
        assertThat(wanted(Set.of(), Map.of("flannelBackend", "vxlan")).names()).contains("cni-flannel");
        assertThat(wanted(Set.of(), Map.of("datastoreEndpoint", "mysql://…")).names())
                .doesNotContain("datastore-sqlite");
        assertThat(wanted(Set.of(), Map.of("datastoreEndpoint", "")).names()).contains("datastore-sqlite");
    }

    @Test
    void runsAFeatureOnlyWithTheSettingItRequires() {
        Map<String, Feature> two = Map.of("datastore-postgres",
                when("datastore-postgres", "postgres://*|postgresql://*"),
                "datastore-mysql", when("datastore-mysql", "mysql://*"));
        List<String> both = List.of("datastore-postgres", "datastore-mysql");
        assertThat(DesiredFeatures.of(both, two, Set.of(), Map.of()).names()).isEmpty();
        assertThat(DesiredFeatures.of(both, two, Set.of(), Map.of("datastoreEndpoint", "postgresql://h/d")).names())
                .containsExactly("datastore-postgres");
        assertThat(DesiredFeatures.of(both, two, Set.of(), Map.of("datastoreEndpoint", "mysql://")).names())
                .containsExactly("datastore-mysql");
        assertThat(DesiredFeatures.of(both, two, Set.of(), Map.of("datastoreEndpoint", "https://h:2379")).names())
                .isEmpty();
    }

    @Test
    void oneValueOfAListIsEnough() {
        Map<String, Feature> audit = Map.of("audit", new Feature("audit", Set.of(), List.of(), List.of(),
                Map.of("kubeApiserverArg", "audit-log-path=*"), Map.of(), List.of(), Map.of(), Optional.empty(),
                Set.of(), Map.of()));
        assertThat(DesiredFeatures.of(List.of("audit"), audit, Set.of(), Map.of("kubeApiserverArg",
                new String[] {"anonymous-auth=true", "audit-log-path=-"})).names()).containsExactly("audit");
        assertThat(DesiredFeatures.of(List.of("audit"), audit, Set.of(), Map.of("kubeApiserverArg",
                new String[] {"anonymous-auth=true"})).names()).isEmpty();
    }

    private static Feature when(String name, String endpoints) {
        return new Feature(name, Set.of(), List.of(), List.of(), Map.of("datastoreEndpoint", endpoints), Map.of(),
                List.of(), Map.of(), Optional.empty(), Set.of(), Map.of());
    }

    @Test
    void leavesOutWhatNeedsSomethingThatDoesNotRun() {
        Map<String, Feature> three = Map.of("a", needing("a"), "b", needing("b", "a"), "c", needing("c", "b"));
        DesiredFeatures wanted = DesiredFeatures.of(List.of("c", "b", "a"), three, Set.of("a"), Map.of());
        assertThat(wanted.names()).isEmpty();
        assertThat(wanted.left().get("b").reason()).isEqualTo(
                "needs a, which does not run here; see: k3s component status a");
        assertThat(wanted.left().get("c").decided()).isEqualTo("needs");
        assertThat(wanted.left().get("a").decided()).isEqualTo("--disable");
    }

    @Test
    void letsOneFeatureStandForAnother() {
        Feature remote = new Feature("client-http", Set.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(),
                Map.of(), Optional.empty(), Set.of("apiserver"), Map.of());
        Map<String, Feature> two = Map.of("client-http", remote, "kubelet", needing("kubelet", "apiserver"));
        assertThat(DesiredFeatures.of(List.of("kubelet", "client-http"), two, Set.of(), Map.of()).names())
                .containsExactly("kubelet", "client-http");
    }

    @Test
    void anOperatorsDecisionPrevailsOverAFlag() {
        assertThat(decided(Decisions.NONE.with("edge", true), Set.of("edge")).names()).contains("edge");
        DesiredFeatures without = decided(Decisions.NONE.with("edge", false), Set.of());
        assertThat(without.names()).doesNotContain("edge");
        assertThat(without.left().get("edge").reason()).contains("k3s component enable edge");
    }

    @Test
    void noDecisionBringsAPartOfANodeToAServerThatIsNone() {
        assertThat(decided(Decisions.NONE.with("kubelet", true), Set.of("agent")).names())
                .doesNotContain("kubelet");
    }

    private DesiredFeatures decided(Decisions decisions, Set<String> disabled) {
        return DesiredFeatures.of(new DesiredFeatures.Wishes(role, all, disabled, Map.of(), decisions));
    }

    private static Feature needing(String name, String... needs) {
        return new Feature(name, Set.of(), List.of(needs), List.of(), Map.of(), Map.of(), List.of(), Map.of(),
                Optional.empty(), Set.of(), Map.of());
    }

    @Test
    void reportsUnknownWords() {
        assertThat(wanted(Set.of("my-manifest", "agent"), Map.of()).unknown()).containsExactly("my-manifest");
    }

    @Test
    void knowsComponentsOfK3sThatThisDistributionLacks() {
        Set<String> words = Set.of("traefik", "servicelb", "local-storage", "metrics-server");
        assertThat(wanted(words, Map.of()).unknown()).isEqualTo(words)
                .allMatch(DesiredFeatures.PACKAGED_BY_K3S::contains);
    }

    @Test
    void refusesARoleThatNamesAMissingFeature() {
        assertThatThrownBy(() -> DesiredFeatures.of(List.of("nothing"), all, Set.of(), Map.of()))
                .isInstanceOf(FeatureProblem.class).hasMessageContaining("nothing");
    }

    private DesiredFeatures wanted(Set<String> disabled, Map<String, Object> settings) {
        return DesiredFeatures.of(role, all, disabled, settings);
    }

    private static Feature feature(String name, Set<String> words, Map<String, String> unless) {
        return new Feature(name, words, List.of(), List.of(), Map.of(), unless, List.of(), Map.of(),
                Optional.empty(), Set.of(), Map.of());
    }
}
