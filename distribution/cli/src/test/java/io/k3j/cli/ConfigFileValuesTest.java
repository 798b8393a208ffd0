package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.launcher.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What values of `config.yaml` mean to K3s, whose reader is one of YAML 1.1, and of the names of nodes.
class ConfigFileValuesTest {
    @TempDir
    Path directory;

    private Host host(String file) throws IOException {
        Path config = Files.writeString(directory.resolve("config.yaml"), file);
        return new Host("Node-1", true, "/root", List.of("192.0.2.7"), List.of(),
                Instant.parse("2026-01-01T00:00:00Z"), Map.of("K3S_CONFIG_FILE", config.toString()), directory,
                line -> {
                    throw new IOException(line.getFirst());
                });
    }

    private LaunchPlan plan(String file, String... arguments) throws IOException {
        return PlanBuilder.build("server", List.of(arguments), host(file), new ArrayList<>());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "Null", "NULL", "~", "", "''"})
    void aKeyWithoutAValueIsNotSet(String none) throws IOException {
        LaunchPlan plan = plan("token: " + none + "\ndata-dir: " + none + "\nwrite-kubeconfig: " + none
                + "\nnode-name: " + none + "\ntls-san:\n- a\n- " + none + "\n");
        assertThat(plan.settings()).doesNotContainKey("token").containsEntry("dataDir", "/var/lib/rancher/k3s")
                .containsEntry("writeKubeconfig", "/etc/rancher/k3s/k3s.yaml").containsEntry("nodeName", "node-1");
        assertThat((String[]) plan.settings().get("tlsSan")).containsExactly("a");
        assertThat(EarlyKeys.of(host("data-dir: " + none), directory).dataDir()).isEqualTo("/var/lib/rancher/k3s");
    }

    @Test
    void aFileOfNothingButNullIsEmpty() throws IOException {
        assertThat(plan("~\n").settings()).containsEntry("nodeName", "node-1");
    }

    @Test
    void wordsInQuotesAreText() throws IOException {
        assertThat(plan("token: \"null\"\n").settings()).containsEntry("token", "null");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("debug: \"yes\"\n"))
                .withMessageContaining("must be true or false");
    }

    @ParameterizedTest
    @CsvSource({"yes, true", "On, true", "Y, true", "True, true", "no, false", "OFF, false", "n, false"})
    void switchesTakeTheWordsOfYaml11(String word, boolean on) throws IOException {
        assertThat(plan("debug: " + word + "\n").flag("debug")).isEqualTo(on);
        assertThat(EtcdSnapshotFlags.words("save", List.of(), host("etcd-s3: " + word + "\n")).on("s3"))
                .isEqualTo(on);
    }

    /// As upstream wants them, see <https://github.com/kubernetes/kubernetes/issues/71140>.
    @Test
    void namesOfNodesLoseTheirCapitals() throws IOException {
        assertThat(plan("", "--node-name=Web.Example").settings()).containsEntry("nodeName", "web.example");
        assertThat(plan("node-name: Web-2\n").settings()).containsEntry("nodeName", "web-2");
    }
}
