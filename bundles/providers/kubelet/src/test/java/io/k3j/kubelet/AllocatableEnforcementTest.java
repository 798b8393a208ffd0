package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.Query;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeleteviction.EvictionConfig;
import io.k3j.kubeletoptions.NodeAllocatable;
import io.k3j.model.Gvr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// All pods together on a node with two processors, a gibibyte of whose memory is reserved.
class AllocatableEnforcementTest extends PodScene {
    private final Map<String, String> arguments = Map.of("system-reserved", "memory=1Gi");

    private boolean enforced() {
        return new AllocatableEnforcement(tools, new NodeAllocatable(ReservedResources.of(arguments, 2),
                EvictionConfig.of(arguments), Quantity.of(2), Quantity.bytes(4L << 30), Quantity.ZERO)).enforced();
    }

    private boolean told(String reason, String message) {
        tools.events().step();
        return api.list(Gvr.of("v1", "events"), Query.ALL).items().stream().map(e -> e.tree())
                .anyMatch(e -> e.text("reason").equals(reason) && e.text("message").startsWith(message));
    }

    @Test
    void theLimitsAreSetAndTold() throws Exception {
        assertThat(enforced()).isTrue();
        Path group = directory.resolve("cgroup");
        assertThat(group.resolve("memory/kubepods/memory.limit_in_bytes")).hasContent("3221225472");
        assertThat(group.resolve("cpu/kubepods/cpu.shares")).hasContent("2048");
        until(() -> told("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods"));
    }

    @Test
    void limitsThatAreNotTakenAreTold() throws Exception {
        Files.createDirectories(directory.resolve("cgroup/memory/kubepods/memory.limit_in_bytes"));
        assertThat(enforced()).isFalse();
        until(() -> told("FailedNodeAllocatableEnforcement",
                "Failed to update Node Allocatable Limits \"/kubepods\": "));
    }
}
