package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.cgroups.CgroupDriver;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Pods of a node whose systemd does not respond.
class UnlimitedTest extends PodScene {
    @Override
    CgroupDriver driver() {
        return CgroupDriver.systemd(directory.resolve("cgroup"), List.of("false"));
    }

    @Test
    void aPodWhoseLimitsCannotBeSetIsNotStartedAndReportsTheReason() throws Exception {
        pod("a", spec(container("c")));
        until(() -> {
            tools.events().step();
            return told().contains("Failed to create pod sandbox: systemd keeps the cgroups of this node and refused");
        });
        assertThat(runtime.sandboxes(Map.of())).isEmpty();
    }

    private String told() {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream().map(e -> e.tree().text("message")).toList()
                .toString();
    }
}
