package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.launcher.LaunchPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdTest {
    @TempDir
    private Path directory;

    private String name(Map<String, Object> settings) {
        LaunchPlan plan = new LaunchPlan("agent", directory, settings, Set.of(), Map.of());
        return NodeId.named(plan, directory.resolve("node/id")).text("nodeName", "");
    }

    @Test
    void givesTheMachineOneSuffixForEver() throws Exception {
        String first = name(Map.of("nodeName", "node-1", "withNodeId", true));
        assertThat(first).matches("node-1-[0-9a-f]{8}");
        assertThat(name(Map.of("nodeName", "node-1", "withNodeId", true))).isEqualTo(first);
        assertThat(Files.readString(directory.resolve("node/id"))).isEqualTo(first.substring(7) + "\n");
    }

    @Test
    void anEmptyFileHoldsNone() throws Exception {
        Files.createDirectories(directory.resolve("node"));
        Files.writeString(directory.resolve("node/id"), "");
        String first = name(Map.of("nodeName", "node-1", "withNodeId", true));
        assertThat(first).matches("node-1-[0-9a-f]{8}");
        assertThat(name(Map.of("nodeName", "node-1", "withNodeId", true))).isEqualTo(first);
    }

    @Test
    void leavesTheNameAloneWithoutTheFlag() {
        assertThat(name(Map.of("nodeName", "node-1"))).isEqualTo("node-1");
        assertThat(directory.resolve("node")).doesNotExist();
    }
}
