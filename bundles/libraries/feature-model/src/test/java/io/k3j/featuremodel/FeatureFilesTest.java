package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureFilesTest {
    @TempDir
    Path root;

    @Test
    void readsAFeatureWithAllItsParts() throws IOException {
        write("kube-proxy", """
                {"name": "kube-proxy", "words": ["agent"], "needs": ["apiserver"], "critical": ["clusterCidr"],
                 "bundles": [{"name": "io.k3j.kubeproxy", "swap": "PARALLEL", "stop": "NEVER",
                              "identities": [{"user": "system:kube-proxy", "groups": ["system:node-proxier"]}]},
                             {"name": "io.k3j.other"}],
                 "settings": {"io.k3j.kubeproxy": ["dataDir"]}, "manifests": "yaml"}
                """);
        Feature feature = new FeatureFiles(root).all().get("kube-proxy");
        assertThat(feature.words()).containsExactly("agent");
        assertThat(feature.bundles()).extracting(Feature.Part::swap).containsExactly(SwapPolicy.PARALLEL,
                SwapPolicy.REPLACE);
        assertThat(feature.bundles()).extracting(Feature.Part::stays).containsExactly(true, false);
        assertThat(feature.bundles().getFirst().identities().getFirst().groups())
                .containsExactly("system:node-proxier");
        assertThat(feature.settings()).containsOnlyKeys("io.k3j.kubeproxy", "io.k3j.other");
        assertThat(feature.manifests()).contains(root.resolve("kube-proxy/yaml"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"name": "other"}                                                | is not the directory's
            {"name": "x", "bundle": []}                                      | unknown key bundle
            {"name": "x", "bundles": [{"name": "b", "swap": "LATER"}]}       | not LATER
            {"name": "x", "bundles": [{"name": "b", "stop": "LATER"}]}       | stop is NEVER
            {"name": "x", "bundles": "b"}                                    | bundles is not a list
            {"name": "x", "words": [{}]}                                     | words is not a list of texts
            {"bundles": []}                                                  | name is missing
            [1]                                                              | not a JSON object
            {"name": "x", "name": "x"}                                       | Duplicate field
            {"name": "x"                                                     | feature.json
            """)
    void reportsTheInvalidFileAndTheReason(String text, String complaint) throws IOException {
        write("x", text);
        assertThatThrownBy(() -> new FeatureFiles(root).all()).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("x/feature.json").hasMessageContaining(complaint);
    }

    private void write(String name, String text) throws IOException {
        Path directory = Files.createDirectories(root.resolve(name));
        Files.writeString(directory.resolve("feature.json"), text);
    }
}
