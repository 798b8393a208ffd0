package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether this node can run a pod as it says; one it cannot fails for good, with upstream's reasons, instead of
/// running with less protection than it asks for. Pure. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/> and
/// <https://kubernetes.io/docs/tutorials/security/apparmor/>.
final class Admission {
    private static final Set<String> SAFE = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem");
    private static final List<String> OF_IPC = List.of("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.");
    private static final String APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private final List<String> unsafe;
    private final boolean appArmor;
    private final HostPorts ports = new HostPorts();

    /// @param unsafe sysctls and beginnings of such with `*`, as `--allowed-unsafe-sysctls` has them
    /// @param appArmor whether this host has it
    Admission(List<String> unsafe, boolean appArmor) {
        this.unsafe = unsafe;
        this.appArmor = appArmor;
    }

    /// Why a pod is refused, with the reason first; empty when it is not, and then its ports of the node are its own
    /// until [#ended].
    Optional<PodStatus.Waiting> refusal(Obj pod) {
        Optional<PodStatus.Waiting> unable = protection(pod);
        return unable.isPresent() || ports.take(pod) ? unable
                : Optional.of(new PodStatus.Waiting("NodePorts", "Predicate NodePorts failed: node(s) didn't have free"
                        + " ports for the requested pod ports"));
    }

    /// A pod runs already: it keeps what it has.
    void adopted(Obj pod) {
        ports.keep(pod);
    }

    /// Nothing of a pod runs any more.
    void ended(String uid) {
        ports.free(uid);
    }

    private Optional<PodStatus.Waiting> protection(Obj pod) {
        Optional<String> sysctl = pod.spec().struct("securityContext").seq("sysctls").structs().stream()
                .map(s -> sysctl(pod, name(s))).flatMap(Optional::stream).findFirst();
        if (sysctl.isPresent()) {
            return Optional.of(new PodStatus.Waiting("SysctlForbidden", sysctl.get()));
        }
        if (!appArmor && confined(pod)) {
            return Optional.of(new PodStatus.Waiting("AppArmor",
                    "Cannot enforce AppArmor: AppArmor is not enabled on the host"));
        }
        if (pod.spec().struct("securityContext").text("supplementalGroupsPolicy").equals("Strict")) {
            return Optional.of(new PodStatus.Waiting("SupplementalGroupsPolicyNotSupported",
                    "SupplementalGroupsPolicy=Strict is not supported in this node"));
        }
        if (!pod.spec().flag("hostUsers", true)) {
            return Optional.of(new PodStatus.Waiting("UserNamespacesNotSupported",
                    "hostUsers: false is not supported in this node: leave it out, or run the pod elsewhere"));
        }
        return Optional.empty();
    }

    /// A sysctl's name with dots, however it is written.
    static String name(Struct sysctl) {
        String name = sysctl.text("name");
        int slash = name.indexOf('/');
        int dot = name.indexOf('.');
        if (slash < 0 || dot >= 0 && dot < slash) {
            return name;
        }
        StringBuilder b = new StringBuilder(name);
        for (int i = 0; i < b.length(); i++) {
            char c = b.charAt(i);
            b.setCharAt(i, c == '/' ? '.' : c == '.' ? '/' : c);
        }
        return b.toString();
    }

    private Optional<String> sysctl(Obj pod, String name) {
        if (!SAFE.contains(name) && unsafe.stream().noneMatch(p -> matches(p, name))) {
            return Optional.of("forbidden sysctl: \"" + name + "\" not allowlisted");
        }
        if (name.startsWith("net.") && Pods.hostNetwork(pod)) {
            return Optional.of("forbidden sysctl: \"" + name + "\" not allowed with host net enabled");
        }
        if (OF_IPC.stream().anyMatch(name::startsWith) && pod.spec().flag("hostIPC")) {
            return Optional.of("forbidden sysctl: \"" + name + "\" not allowed with host ipc enabled");
        }
        boolean namespaced = name.startsWith("net.") || OF_IPC.stream().anyMatch(name::startsWith);
        return namespaced ? Optional.empty() : Optional.of("forbidden sysctl: \"" + name + "\" not allowlisted");
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*") ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    private static boolean confined(Obj pod) {
        return Pods.all(pod).stream().anyMatch(c -> {
            String type = appArmor(pod, c).text("type", "Unconfined");
            return !type.equals("Unconfined");
        });
    }

    /// The AppArmor profile of a container: its own, the pod's, or what the old annotation says; the empty struct when
    /// nothing is said.
    static Struct appArmor(Obj pod, Struct container) {
        for (Struct context : List.of(container.struct("securityContext"), pod.spec().struct("securityContext"))) {
            if (context.has("appArmorProfile")) {
                return context.struct("appArmorProfile");
            }
        }
        String old = pod.annotations().getOrDefault(APPARMOR + container.text("name"), "");
        return switch (old) {
            case "" -> Struct.EMPTY;
            case "unconfined" -> Struct.of("type", "Unconfined");
            case "runtime/default" -> Struct.of("type", "RuntimeDefault");
            default -> Struct.of("type", "Localhost", "localhostProfile",
                    old.startsWith("localhost/") ? old.substring("localhost/".length()) : old);
        };
    }

    /// From `--kubelet-arg allowed-unsafe-sysctls=a,b*`.
    static List<String> patterns(String list) {
        List<String> all = new ArrayList<>(List.of(list.split(",")));
        all.removeIf(String::isBlank);
        return List.copyOf(all);
    }
}
