package io.k3j.servercredentials;

import io.k3j.pki.KubeConfig;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The kubeconfig files: one per component, and the administrator's. Components name the files of their certificates,
/// so a renewal needs no new kubeconfig; the administrator's holds them, so that it can be copied to another machine.
/// Blocks for the disk. Owner only, but for what `--write-kubeconfig-mode` and `--write-kubeconfig-group` open.
final class KubeConfigs {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int OCTAL = 8;
    private static final int HIGHEST_MODE = 0777;

    private final ServerLayout layout;
    private final SupervisorSettings settings;
    private final String server;
    /// The server for whoever administers it.
    private final String bound;

    /// Writes nothing yet.
    KubeConfigs(ServerLayout layout, SupervisorSettings settings) {
        this.layout = layout;
        this.settings = settings;
        // without an API server here the way is the node's load balancer, as in K3s
        boolean elsewhere = settings.disableApiserver() && !settings.disableAgent();
        boolean ipv6 = List.of(settings.serviceCidr()).getFirst().contains(":");
        this.server = elsewhere ? "https://127.0.0.1:" + settings.lbServerPort()
                : "https://" + (ipv6 ? "[::1]" : "127.0.0.1") + ":" + settings.httpsListenPort();
        InetAddress bound = AlternativeNames.address(settings.bindAddress());
        this.bound = elsewhere || bound == null || bound.isAnyLocalAddress() ? server
                : "https://" + (bound instanceof Inet6Address ? "[" + bound.getHostAddress() + "]"
                        : bound.getHostAddress()) + ":" + settings.httpsListenPort();
    }

    /// Those of the control plane's components.
    void ofServer() throws IOException {
        component("admin", "client-admin");
        component("supervisor", "client-supervisor");
        component("controller", "client-controller");
        component("scheduler", "client-scheduler");
        component("api-server", "client-kube-apiserver");
        component("cloud-controller", "client-k3s-cloud-controller");
    }

    /// Those of the node's components.
    void ofNode() throws IOException {
        node("kubelet", "client-kubelet");
        node("kubeproxy", "client-kube-proxy");
        node("k3scontroller", "client-k3s-controller");
    }

    private void component(String name, String leaf) throws IOException {
        keep(layout.cred(name + ".kubeconfig"), KubeConfig.ofFiles(server, layout.tls("server-ca.crt"),
                layout.tls(leaf + ".crt"), layout.tls(leaf + ".key")));
    }

    private void node(String name, String leaf) throws IOException {
        keep(layout.agent(name + ".kubeconfig"), KubeConfig.ofFiles(server, layout.agent("server-ca.crt"),
                layout.agent(leaf + ".crt"), layout.agent(leaf + ".key")));
    }

    /// The same text is not written again, so a restart leaves the file alone.
    private static void keep(Path file, String text) throws IOException {
        if (!PemFiles.read(file).equals(Optional.of(text))) {
            PemFiles.write(file, text, PemFiles.SECRET);
        }
    }

    /// The administrator's, where `--write-kubeconfig` wants it; with everything inside.
    /// @throws IllegalArgumentException when the mode is none
    /// @throws IOException when a file cannot be read or written, or there is no such group
    void ofAdministrator() throws IOException {
        Path file = Path.of(settings.writeKubeconfig());
        String text = KubeConfig.embedded(bound, settings.writeKubeconfigName(),
                Files.readString(layout.tls("server-ca.crt")), Files.readString(layout.tls("client-admin.crt")),
                Files.readString(layout.tls("client-admin.key")));
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        String permissions = PosixFilePermissions.toString(mode(settings.writeKubeconfigMode()));
        if (!PemFiles.read(file).equals(Optional.of(text)) || !permissions.equals(permissions(file))) {
            PemFiles.write(file, text, permissions);
        }
        group(file);
        // in the words of K3s, which scripts look for
        LOG.log(Level.INFO, "Wrote kubeconfig {0}", file);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /// `0644` as a set.
    /// @param octal as chmod(1) takes it; set-user-id and its like are refused
    static Set<PosixFilePermission> mode(String octal) {
        int bits;
        try {
            bits = Integer.parseInt(octal, OCTAL);
        } catch (NumberFormatException noNumber) {
            bits = -1;
        }
        if (bits < 0 || bits > HIGHEST_MODE) {
            throw new IllegalArgumentException(
                    "--write-kubeconfig-mode " + octal + " is no file mode; use for instance 0644");
        }
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] order = PosixFilePermission.values();
        for (int i = 0; i < order.length; i++) {
            if ((bits >> order.length - 1 - i & 1) == 1) {
                mode.add(order[i]);
            }
        }
        return mode;
    }

    /// By name; a number is none unless a group is called so.
    private void group(Path file) throws IOException {
        if (!settings.writeKubeconfigGroup().isEmpty()) {
            GroupPrincipal group = file.getFileSystem().getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(settings.writeKubeconfigGroup());
            Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(group);
        }
    }
}
