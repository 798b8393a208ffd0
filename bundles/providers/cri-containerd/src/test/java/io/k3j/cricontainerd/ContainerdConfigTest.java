package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdConfigTest {
    private static final ContainerdLayout PLACES = new ContainerdLayout(Path.of("/data"),
            Path.of("/run/k3s/containerd"));

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
    void givesTheDevicesThatPlugInsNameByCdi() {
        assertThat(text(machine(false, true), Map.of())).contains("\n  enable_cdi = true\n");
    }

    @Test
    void importsFilesBeforeAnyTableBegins() {
        String text = text(machine(false, true), Map.of());
        assertThat(text).contains("\nimports = [\"/data/a.toml\", \"/data/b.toml\"]\n").doesNotContain("tmpl");
        assertThat(text.indexOf("imports")).isLessThan(text.indexOf("\n["));
    }

    @Test
    void usesThePathsOfK3s() {
        assertThat(text(machine(false, true), Map.of())).contains("address = \"/run/k3s/containerd/containerd.sock\"")
                .contains("root = \"/data/agent/containerd\"").contains("conf_dir = \"/data/agent/etc/cni/net.d\"");
    }

    @Test
    void leavesTheNetworkToWhoeverIsWhereContainerdLooksByItself() {
        assertThat(text(machine(false, true), Map.of("flannelBackend", "none")))
                .contains("bin_dir = \"/opt/cni/bin\"", "conf_dir = \"/etc/cni/net.d\"");
    }

    @Test
    void replacesK3sPauseImageByTheShippedOne() {
        assertThat(text(machine(false, true), Map.of("pauseImage", "rancher/mirrored-pause:3.10.2")))
                .contains("sandbox_image = \"k3j.io/pause:1\"");
        assertThat(text(machine(false, true), Map.of("pauseImage", "mine.io/pause:2")))
                .contains("sandbox_image = \"mine.io/pause:2\"");
        assertThat(
                text(machine(false, true), Map.of("pauseImage", "mine/pause:2", "systemDefaultRegistry", "r.io:5000")))
                .contains("sandbox_image = \"r.io:5000/mine/pause:2\"");
        assertThat(text(machine(false, true), Map.of("systemDefaultRegistry", "r.io:5000")))
                .as("what is shipped needs no registry").contains("sandbox_image = \"k3j.io/pause:1\"");
    }

    @Test
    void quotesUserInput() {
        assertThat(ContainerdConfig.quoted("a\"b\\c\n")).isEqualTo("\"a\\\"b\\\\c\\u000a\"");
    }

    @Test
    void namesTheRuntimesThatAreInstalled(@TempDir Path bin) throws IOException {
        for (String program : new String[] {"crun", "nvidia-container-runtime", "containerd-shim-spin-v2"}) {
            assertThat(Files.createFile(bin.resolve(program)).toFile().setExecutable(true)).isTrue();
        }
        Files.createFile(bin.resolve("containerd-shim-wasmtime-v1"));
        String text = text(new HostCapabilities(false, true, Path.of("/usr/lib/cni"), List.of(bin)), Map.of());
        assertThat(text).contains("runtimes.\"crun\"]\n  runtime_type = \"io.containerd.runc.v2\"",
                "BinaryName = \"" + bin + "/nvidia-container-runtime\"",
                "runtimes.\"spin\"]\n  runtime_type = \"io.containerd.spin.v2\"",
                "default_runtime_name = \"runc\"");
        assertThat(text).as("is not executable").doesNotContain("wasmtime");
        assertThat(text).as("is not installed").doesNotContain("lunatic");
    }

    @Test
    void namesTheDefaultRuntimeOnce(@TempDir Path bin) throws IOException {
        assertThat(Files.createFile(bin.resolve("crun")).toFile().setExecutable(true)).isTrue();
        HostCapabilities machine = new HostCapabilities(false, true, Path.of("/usr/lib/cni"), List.of(bin));
        assertThat(text(machine, Map.of("defaultRuntime", "crun"))).containsOnlyOnce("runtimes.\"crun\"]\n")
                .contains("default_runtime_name = \"crun\"");
        assertThat(text(machine, Map.of("defaultRuntime", "kata"))).contains("BinaryName = \"kata\"");
    }

    private static HostCapabilities machine(boolean systemd, boolean capable) {
        return new HostCapabilities(systemd, capable, Path.of("/usr/lib/cni"), List.of());
    }

    private static String text(HostCapabilities machine, Map<String, Object> given) {
        ContainerdSettings settings = (ContainerdSettings) Proxy.newProxyInstance(
                ContainerdSettings.class.getClassLoader(),
                new Class<?>[] {ContainerdSettings.class},
                (p, m, a) -> given.getOrDefault(m.getName(), m.getDefaultValue()));
        return new ContainerdConfig(PLACES, machine, settings)
                .text(List.of(Path.of("/data/a.toml"), Path.of("/data/b.toml")));
    }
}
