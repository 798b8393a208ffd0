package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The features of this repository.
class ShippedFeaturesTest {
    private final FeatureFiles files = new FeatureFiles(Path.of("../../../features"));

    @ParameterizedTest
    @ValueSource(strings = {"server", "agent", "etcd"})
    void runsTheNeedsOfEachFeature(String role) {
        Map<String, Feature> all = files.all();
        DesiredFeatures wanted = DesiredFeatures.of(files.role(role), all, Set.of(),
                Map.of("etcd", role.equals("etcd")));
        assertThat(wanted.left().values()).noneMatch(left -> left.decided().equals("needs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "agent"})
    void namesEveryBundleOnce(String role) {
        DesiredFeatures wanted = DesiredFeatures.of(files.role(role), files.all(), Set.of(), Map.of());
        assertThat(wanted.features().stream().flatMap(feature -> feature.bundles().stream())
                .map(Feature.Part::symbolicName)).doesNotHaveDuplicates();
    }
}
