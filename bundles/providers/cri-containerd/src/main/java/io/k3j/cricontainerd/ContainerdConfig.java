package io.k3j.cricontainerd;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Renders containerd's configuration, format version 2; a pure function of settings and machine.
final class ContainerdConfig {
    /// The pause image of our own build, so that a node needs no registry.
    static final String OUR_PAUSE = "k3j.io/pause:1";
    private static final String CRI = "plugins.\"io.containerd.grpc.v1.cri\"";
    private final ContainerdLayout places;
    private final HostCapabilities machine;
    private final ContainerdSettings settings;

    ContainerdConfig(ContainerdLayout places, HostCapabilities machine, ContainerdSettings settings) {
        this.places = places;
        this.machine = machine;
        this.settings = settings;
    }

    /// The sandbox image. K3s' default value selects the shipped image; another one is of the system's registry.
    static String pauseImage(ContainerdSettings settings) {
        String asked = settings.pauseImage();
        String registry = settings.systemDefaultRegistry();
        if (asked.isEmpty() || asked.startsWith("rancher/mirrored-pause:")) {
            return OUR_PAUSE;
        }
        return registry.isEmpty() || asked.startsWith(registry) ? asked : registry + "/" + asked;
    }

    /// @param imports files that containerd reads after this one
    String text(List<Path> imports) {
        StringBuilder b = new StringBuilder(2048);
        b.append("# written at every start; files of config.toml.d beside it add to it\nversion = 2\n");
        b.append("imports = [").append(imports.stream().map(file -> quoted(file.toString()))
                .collect(Collectors.joining(", "))).append("]\n");
        line(b, "root", places.root().toString());
        line(b, "state", places.runtimeDir().resolve("state").toString());
        b.append("oom_score = 0\n");
        // missing on most machines; probing for it would delay the start
        b.append("disabled_plugins = [\"io.containerd.snapshotter.v1.aufs\", ")
                .append("\"io.containerd.snapshotter.v1.devmapper\", \"io.containerd.internal.v1.tracing\", ")
                .append("\"io.containerd.tracing.processor.v1.otlp\"]\n\n");
        b.append("[grpc]\n");
        line(b, "address", places.socket().toString());
        b.append("\n[plugins.\"io.containerd.internal.v1.opt\"]\n");
        line(b, "path", places.root().resolve("opt").toString());
        cri(b);
        registries(b);
        return b.toString();
    }

    private void cri(StringBuilder b) {
        b.append("\n[").append(CRI).append("]\n");
        line(b, "stream_server_address", "127.0.0.1");
        line(b, "stream_server_port", "0");
        line(b, "sandbox_image", pauseImage(settings));
        line(b, "enable_selinux", settings.selinux());
        line(b, "enable_unprivileged_ports", true);
        line(b, "enable_unprivileged_icmp", true);
        line(b, "device_ownership_from_security_context", settings.nonrootDevices());
        // what plug-ins name as CDI devices; on by itself from containerd 2.0 on, unknown and left alone before 1.7
        line(b, "enable_cdi", true);
        line(b, "netns_mounts_under_state_dir", true);
        // without the capability every sandbox would fail, since the pause process has a negative score
        line(b, "restrict_oom_score_adj", !machine.mayLowerOomScore());
        b.append("\n[").append(CRI).append(".cni]\n");
        boolean foreign = settings.flannelBackend().equals("none");
        line(b, "bin_dir", foreign ? "/opt/cni/bin" : machine.cniDirectory().toString());
        line(b, "conf_dir", foreign ? "/etc/cni/net.d" : places.cni().toString());
        b.append("\n[").append(CRI).append(".containerd]\n");
        line(b, "snapshotter", settings.snapshotter());
        line(b, "default_runtime_name", settings.defaultRuntime());
        line(b, "disable_snapshot_annotations", true);
        Map<String, OciRuntimes.Installed> all = new LinkedHashMap<>();
        all.put("runc", OciRuntimes.named("runc", machine));
        OciRuntimes.installed(machine).forEach(r -> all.put(r.name(), r));
        all.computeIfAbsent(settings.defaultRuntime(), name -> OciRuntimes.named(name, machine));
        all.values().forEach(r -> runtime(b, r));
    }

    private void runtime(StringBuilder b, OciRuntimes.Installed runtime) {
        String name = runtime.name();
        String table = CRI + ".containerd.runtimes." + quoted(name);
        b.append("\n[").append(table).append("]\n");
        line(b, "runtime_type", runtime.type());
        b.append("\n[").append(table).append(".options]\n");
        line(b, "SystemdCgroup", machine.systemd());
        line(b, "BinaryName", runtime.binary());
        line(b, "Root", places.runtimeDir().resolve(name).toString());
    }

    /// No credentials: they would count from the next start only, and every other process could read them.
    private void registries(StringBuilder b) {
        b.append("\n[").append(CRI).append(".registry]\n");
        line(b, "config_path", places.certs().toString());
    }

    private static void line(StringBuilder b, String key, String value) {
        b.append("  ").append(key).append(" = ").append(quoted(value)).append('\n');
    }

    private static void line(StringBuilder b, String key, boolean value) {
        b.append("  ").append(key).append(" = ").append(value).append('\n');
    }

    /// A TOML basic string.
    static String quoted(String text) {
        StringBuilder b = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                b.append('\\').append(c);
            } else if (c < ' ') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append('"').toString();
    }
}
