package io.k3j.cricontainerd;

import java.util.Map;
import java.util.TreeMap;

/// containerd's configuration as text, version 2 of its format; a pure function of settings and machine.
final class ContainerdConfig {
    /// Made by our own build, so that a node needs no registry.
    static final String OUR_PAUSE = "k3j.io/pause:1";
    private static final String CRI = "plugins.\"io.containerd.grpc.v1.cri\"";
    private final Places places;
    private final Machine machine;
    private final Settings settings;
    private final Map<String, Map<String, String>> auth;

    ContainerdConfig(Places places, Machine machine, Settings settings, Map<String, Map<String, String>> auth) {
        this.places = places;
        this.machine = machine;
        this.settings = settings;
        this.auth = new TreeMap<>(auth);
    }

    /// The image of the process that holds a sandbox's namespaces. K3s' default means ours.
    static String pauseImage(Settings settings) {
        String asked = settings.pauseImage();
        return asked.isEmpty() || asked.startsWith("rancher/mirrored-pause:") ? OUR_PAUSE : asked;
    }

    String text() {
        StringBuilder b = new StringBuilder(2048);
        b.append("# written at every start; use config.toml.tmpl to change it\nversion = 2\n");
        line(b, "root", places.root().toString());
        line(b, "state", places.runtimeDir().resolve("state").toString());
        b.append("oom_score = 0\n");
        // not there on most machines, and slow to find that out
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
        line(b, "netns_mounts_under_state_dir", true);
        // without the capability every sandbox would fail on the pause process' negative score
        line(b, "restrict_oom_score_adj", !machine.mayLowerOomScore());
        b.append("\n[").append(CRI).append(".cni]\n");
        line(b, "bin_dir", machine.cniDirectory().toString());
        line(b, "conf_dir", places.cni().toString());
        b.append("\n[").append(CRI).append(".containerd]\n");
        line(b, "snapshotter", settings.snapshotter());
        line(b, "default_runtime_name", settings.defaultRuntime());
        line(b, "disable_snapshot_annotations", true);
        runtime(b, "runc");
        if (!settings.defaultRuntime().equals("runc")) {
            runtime(b, settings.defaultRuntime());
        }
    }

    private void runtime(StringBuilder b, String name) {
        String table = CRI + ".containerd.runtimes." + quoted(name);
        b.append("\n[").append(table).append("]\n");
        line(b, "runtime_type", "io.containerd.runc.v2");
        b.append("\n[").append(table).append(".options]\n");
        line(b, "SystemdCgroup", machine.systemd());
        line(b, "BinaryName", machine.find(name).map(Object::toString).orElse(name));
        line(b, "Root", places.runtimeDir().resolve(name).toString());
    }

    private void registries(StringBuilder b) {
        b.append("\n[").append(CRI).append(".registry]\n");
        line(b, "config_path", places.certs().toString());
        auth.forEach((host, words) -> {
            b.append("\n[").append(CRI).append(".registry.configs.").append(quoted(host)).append(".auth]\n");
            words.forEach((k, v) -> line(b, k, v));
        });
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
