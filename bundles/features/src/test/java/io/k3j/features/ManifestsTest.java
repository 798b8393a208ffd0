package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
    @TempDir
    Path dir;

    @Test
    void fillsPlaceholdersFromSettings() {
        Manifests manifests = new Manifests(dir,
                Map.of("clusterDns", new String[] {"10.43.0.10"}, "clusterDomain", "cluster.local"));
        assertThat(manifests.filled("ip: %{CLUSTER_DNS}%\ndomain: %{CLUSTER_DOMAIN}%, %{NOTHING}%."))
                .isEqualTo("ip: 10.43.0.10\ndomain: cluster.local, .");
        assertThat(manifests.filled("100%{ of it")).isEqualTo("100%{ of it");
    }

    @Test
    void placesAndRemovesTheFilesOfAFeature() throws IOException {
        Path source = Files.createDirectories(dir.resolve("source"));
        Files.writeString(source.resolve("coredns.yaml"), "ip: %{CLUSTER_DNS}%\n");
        Feature feature = new Feature("coredns", Set.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(),
                Map.of(),
                Optional.of(source));
        Manifests manifests = new Manifests(dir, Map.of("clusterDns", "10.43.0.10"));
        manifests.place(feature);
        assertThat(dir.resolve("server/manifests/coredns.yaml")).hasContent("ip: 10.43.0.10\n");
        manifests.remove(feature);
        assertThat(dir.resolve("server/manifests")).isEmptyDirectory();
    }
}
