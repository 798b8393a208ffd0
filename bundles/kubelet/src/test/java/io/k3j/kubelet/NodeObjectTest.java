package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeReadiness;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeObjectTest {
    private final Settings settings = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(),
            new Class<?>[] {Settings.class}, (proxy, method, arguments) -> method.getDefaultValue());
    private final Options options = new Options("n1", Path.of("/k3s"), Path.of("/kubelet"), Path.of("/log"), "/",
            List.of(), "cluster.local", Map.of());
    private final NodeObject object = new NodeObject(options, settings,
            new NodeFacts(2, 4L << 30, List.of("10.0.0.1"), Struct.of("architecture", "amd64")));

    @Test
    void keepsTheResourcesOthersHaveGivenTheNode() {
        Struct old = Struct.of("capacity", Struct.of("example.com/dongle", "4", "cpu", "99"), "allocatable",
                Struct.of("example.com/gone", "1"));
        Struct status = object.status(old, now());
        assertThat(status.struct("capacity").text("example.com/dongle")).isEqualTo("4");
        assertThat(status.struct("allocatable").text("example.com/dongle")).isEqualTo("4");
        assertThat(status.struct("allocatable").has("example.com/gone")).isFalse();
        assertThat(status.struct("capacity").text("cpu")).isEqualTo("2");
        assertThat(status.struct("allocatable").text("ephemeral-storage")).isEqualTo("950");
    }

    private static NodeObject.Now now() {
        return new NodeObject.Now(Instant.parse("2026-11-20T06:00:00Z"), new RuntimeReadiness(true, true, ""), "",
                List.of(), 1000, Set.of());
    }
}
