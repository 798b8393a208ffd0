package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerdConfigTest {
    private static final Places PLACES = new Places(Path.of("/data"), Path.of("/run/k3s/containerd"));

    @Test
    void allowsNegativeOomScoresOnlyWithTheCapability() {
        assertThat(text(machine(false, false), Map.of())).contains("restrict_oom_score_adj = true");
        assertThat(text(machine(false, true), Map.of())).contains("restrict_oom_score_adj = false");
    }

    @Test
    void leavesCgroupsToSystemdOnlyWhereItRuns() {
        assertThat(text(machine(true, true), Map.of())).contains("SystemdCgroup = true");
        assertThat(text(machine(false, true), Map.of())).contains("SystemdCgroup = false");
    }

    @Test
    void keepsItsFilesWhereK3sHasThem() {
        assertThat(text(machine(false, true), Map.of())).contains("address = \"/run/k3s/containerd/containerd.sock\"")
                .contains("root = \"/data/agent/containerd\"").contains("conf_dir = \"/data/agent/etc/cni/net.d\"");
    }

    @Test
    void takesK3sPauseImageAsOurOwn() {
        assertThat(text(machine(false, true), Map.of("pauseImage", "rancher/mirrored-pause:3.10.2")))
                .contains("sandbox_image = \"k3j.io/pause:1\"");
        assertThat(text(machine(false, true), Map.of("pauseImage", "mine.io/pause:2")))
                .contains("sandbox_image = \"mine.io/pause:2\"");
    }

    @Test
    void quotesWhatUsersWrite() {
        assertThat(ContainerdConfig.quoted("a\"b\\c\n")).isEqualTo("\"a\\\"b\\\\c\\u000a\"");
    }

    private static Machine machine(boolean systemd, boolean capable) {
        return new Machine(systemd, capable, Path.of("/usr/lib/cni"), List.of());
    }

    private static String text(Machine machine, Map<String, Object> given) {
        Settings settings = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(),
                new Class<?>[] {Settings.class}, (p, m, a) -> given.getOrDefault(m.getName(), m.getDefaultValue()));
        return new ContainerdConfig(PLACES, machine, settings, Map.of()).text();
    }
}
