package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletserver.NodeLogAccess;
import io.k3j.kubeletserver.PortOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServedOptionsTest {
    private static PortOptions options(Map<String, String> arguments) {
        return ServedOptions.of(new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/",
                List.of(), "cluster.local", arguments,
                new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of())));
    }

    private static NodeLogAccess access(Map<String, String> arguments) {
        return options(arguments).logs();
    }

    @Test
    void containersAreReachedIntoUnlessAnAdministratorSaysNo() {
        assertThat(options(Map.of())).isEqualTo(PortOptions.UPSTREAM);
        assertThat(options(Map.of("enable-debugging-handlers", "false")).debugging()).isFalse();
    }

    @Test
    void servicesAreAskedWhereAnAdministratorSaysSo() {
        assertThat(access(Map.of())).isEqualTo(NodeLogAccess.FILES);
        assertThat(access(Map.of("enable-system-log-query", "true"))).isEqualTo(NodeLogAccess.QUERIES);
        assertThat(access(Map.of("enable-system-log-handler", "false"))).isEqualTo(NodeLogAccess.NONE);
        assertThatThrownBy(
                () -> access(Map.of("enable-system-log-handler", "false", "enable-system-log-query", "true")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid configuration: enableSystemLogHandler is required for enableSystemLogQuery");
    }
}
