package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityConfiguration;
import io.k3j.podsecurity.PodSecurityLevel;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Pods that are there when the level of their namespace changes.
class ExistingPodsTest {
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct namespace(String level) {
        return Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", Struct.of(PodSecurityLevel.ENFORCE, level)));
    }

    @Test
    void areToldOfWhenTheyViolateTheNewOne() {
        PodSecurity plugin = new PodSecurity(stage.world, PodSecurityConfiguration.NONE);
        stage.seed(Listers.NAMESPACES, namespace("privileged"));
        stage.seed(Listers.PODS, Stage.pod(Struct.of("hostNetwork", true)));
        Write write = stage.write(Operation.UPDATE, Listers.NAMESPACES, "Namespace", Caller.ANONYMOUS);
        Write update = new Write(Operation.UPDATE, write.kind(), "", Key.of("default"),
                Optional.of(namespace("privileged")), Caller.ANONYMOUS, false, Struct.EMPTY);
        assertThat(plugin.handles(update)).isTrue();
        assertThat(plugin.warnings(update, namespace("baseline"))).containsExactly("existing pods in namespace"
                + " \"default\" violate the new PodSecurity enforce level \"baseline:latest\"", "p: host namespaces");
        assertThat(plugin.warnings(stage.creates(Listers.NAMESPACES, "Namespace"), namespace("baseline")))
                .as("a namespace that is new").isEmpty();
    }
}
