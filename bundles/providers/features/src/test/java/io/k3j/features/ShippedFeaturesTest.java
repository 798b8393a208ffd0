package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.featuremodel.DesiredFeatures;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
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

    /// A setting that is no flag would be told with the name of one that there is not.
    @Test
    void asksForFlagsAndWhatFollowsFromThem() throws IOException {
        Path flags = Path.of("../../../distribution/cli/src/main/resources/io/k3j/cli/flags.tsv");
        Set<String> known = Files.readAllLines(flags).stream().filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.substring(0, line.indexOf('\t')))
                .map(name -> (name.length() == 1 ? "-" : "--") + name).collect(Collectors.toSet());
        Set<String> asked = files.all().values().stream().flatMap(feature -> feature.settings().values().stream())
                .flatMap(List::stream).filter(key -> !DeclaredSettings.DERIVED.contains(key))
                .map(DeclaredSettings::flagOf).collect(Collectors.toSet());
        assertThat(asked).isNotEmpty().isSubsetOf(known);
    }
}
