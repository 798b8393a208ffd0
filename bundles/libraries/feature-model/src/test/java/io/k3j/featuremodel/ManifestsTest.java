package io.k3j.featuremodel;

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
    void replacesVariablesAsK3sDoes() {
        TemplateVariables single = new TemplateVariables(Map.of("clusterDns", new String[] {"10.43.0.10"},
                "clusterDomain", "cluster.local", "defaultLocalStoragePath", "/var/lib/storage"));
        assertThat(single.substitute("ip: %{CLUSTER_DNS}%\ndomain: %{CLUSTER_DOMAIN}%, %{NOTHING}%."))
                .isEqualTo("ip: 10.43.0.10\ndomain: cluster.local, .");
        assertThat(single.substitute("100%{ of it")).isEqualTo("100%{ of it");
        assertThat(single.substitute("%{CLUSTER_DNS_LIST}% %{CLUSTER_DNS_IPFAMILYPOLICY}% "
                + "%{DEFAULT_LOCAL_STORAGE_PATH}% %{SYSTEM_DEFAULT_REGISTRY}%coredns %{PREFERRED_ADDRESS_TYPES}%"))
                .isEqualTo("[10.43.0.10] SingleStack /var/lib/storage coredns InternalIP,ExternalIP,Hostname");
        TemplateVariables dual = new TemplateVariables(Map.of("clusterDns", new String[] {"10.43.0.10", "fd00::a"},
                "systemDefaultRegistry", "registry.local", "flannelExternalIp", true));
        assertThat(dual.substitute("%{CLUSTER_DNS}% %{CLUSTER_DNS_LIST}% %{CLUSTER_DNS_IPFAMILYPOLICY}% "
                + "%{SYSTEM_DEFAULT_REGISTRY}%coredns %{SYSTEM_DEFAULT_REGISTRY_RAW}% %{PREFERRED_ADDRESS_TYPES}%"))
                .isEqualTo("10.43.0.10 [10.43.0.10,fd00::a] RequireDualStack registry.local/coredns registry.local "
                        + "ExternalIP,InternalIP,Hostname");
    }

    @Test
    void placesTheFilesOfAFeatureButThoseThatAreToBeSkipped() throws IOException {
        Path source = Files.createDirectories(dir.resolve("source/metrics-server"));
        Files.writeString(source.getParent().resolve("coredns.yaml"), "ip: %{CLUSTER_DNS}%\n");
        Files.writeString(source.getParent().resolve("traefik.yaml"), "chart\n");
        Files.writeString(source.resolve("service.yaml"), "service\n");
        Path target = Files.createDirectories(dir.resolve("server/manifests"));
        Files.createFile(target.resolve("traefik.yaml.skip"));
        Feature feature = feature(source.getParent());
        new Manifests(dir, new TemplateVariables(Map.of("clusterDns", "10.43.0.10"))).write(feature);
        assertThat(target.resolve("coredns.yaml")).hasContent("ip: 10.43.0.10\n");
        assertThat(target.resolve("metrics-server/service.yaml")).hasContent("service\n");
        assertThat(target.resolve("traefik.yaml")).doesNotExist();
    }

    @Test
    void tellsTheDeployerWhichManifestsAreNotWanted() {
        Feature feature = feature(dir);
        Map<String, Feature> all = Map.of("coredns", feature);
        assertThat(DesiredFeatures.of(List.of("coredns"), all, Set.of("coredns"), Map.of())
                .withManifests(all, Map.of("nodeName", "a")))
                .containsEntry("withdrawnManifests", new String[] {"coredns"}).containsEntry("nodeName", "a");
        assertThat(DesiredFeatures.of(List.of("coredns"), all, Set.of(), Map.of()).withManifests(all, Map.of()))
                .containsEntry("withdrawnManifests", new String[0])
                .containsEntry("packagedManifests", new String[] {"coredns"});
    }

    private static Feature feature(Path manifests) {
        return new Feature("coredns", Set.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(), Map.of(),
                Optional.of(manifests), Set.of(), Map.of());
    }
}
