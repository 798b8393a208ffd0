package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.Command;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Pods of a node whose systemd does not answer.
class UnlimitedTest extends PodScene {
    @Override
    CgroupDriver driver() {
        return new SystemdDriver(Hierarchies.at(directory.resolve("cgroup")), List.of("false"),
                new Command(SystemdDriver.LIMIT));
    }

    @Test
    void aPodThatCannotHaveItsLimitsIsNotStartedAndSaysWhy() throws Exception {
        pod("a", spec(container("c")));
        until(() -> {
            tools.events().step();
            return told().contains("Failed to create pod sandbox: systemd keeps the cgroups of this node and refused");
        });
        assertThat(runtime.sandboxes(Map.of())).isEmpty();
    }

    private String told() {
        return api.list(Resources.EVENTS, Query.ALL).items().stream().map(e -> e.tree().text("message")).toList()
                .toString();
    }
}
