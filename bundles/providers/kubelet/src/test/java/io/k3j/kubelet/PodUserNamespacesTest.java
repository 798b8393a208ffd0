package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From a pod to what the runtime is told, and to what is on the disk.
class PodUserNamespacesTest extends PodScene {
    private static final Struct SPEC = spec(container("c")).with("hostUsers", false);

    private static Struct users(Struct config) {
        return config.struct("linux").struct("securityContext").struct("namespaceOptions").struct("usernsOptions");
    }

    @Test
    void sandboxContainerAndMountsHaveTheIdsOfThePod() throws Exception {
        runtime.handlers = List.of(new ContainerRuntime.Handler("", false, true));
        Obj pod = pod("p", SPEC);
        until(() -> ready(pod));
        Struct container = runtime.configs.getFirst();
        Struct given = users(runtime.sandboxConfigs.getFirst());
        assertThat(given.text("mode")).isEqualTo("POD");
        assertThat(given.seq("uids").struct(0).whole("length", 0)).isEqualTo(65_536);
        assertThat(users(container)).isEqualTo(given);
        assertThat(container.seq("mounts").structs()).isNotEmpty()
                .allMatch(mount -> mount.seq("uidMappings").equals(given.seq("uids")));
        assertThat(tools.options().podDir(pod.uid()).resolve("userns")).exists();
    }

    @Test
    void whatAPodHadIsTakenBackOnceItIsGone() throws Exception {
        runtime.handlers = List.of(new ContainerRuntime.Handler("", false, true));
        Obj pod = pod("p", SPEC);
        until(() -> ready(pod));
        terminate(pod, 1);
        until(() -> !Files.exists(tools.options().podDir(pod.uid())));
        until(() -> !has(pod));
    }

    private boolean told(String beginning) {
        tools.events().step();
        return List.of(new Gvr("events.k8s.io", "v1", "events"), Gvr.of("v1", "events")).stream()
                .flatMap(r -> api.list(r, Query.ALL).items().stream())
                .anyMatch(e -> (e.tree().text("message") + e.tree().text("note")).startsWith(beginning));
    }

    private boolean has(Obj pod) {
        try {
            return !tools.userNamespaces().sandbox(pod, Struct.EMPTY).isEmpty();
        } catch (RuntimeException none) {
            return false;
        }
    }

    @Test
    void aPodWaitsForARuntimeWithUserNamespaces() throws Exception {
        Obj pod = pod("p", SPEC);
        until(() -> told("Failed to create pod sandbox: can't set `spec.hostUsers: false`, "
                + "runtime does not support user namespaces"));
        assertThat(runtime.configs).isEmpty();
        assertThat(now(pod).status().text("phase")).isEqualTo("Pending");
    }
}
