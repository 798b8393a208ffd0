package io.k3j.kubelet;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.Security;
import io.k3j.model.Obj;
import io.k3j.podallocation.AdmissionRejections;
import io.k3j.podallocation.NodeFit;
import io.k3j.podallocation.NodeResources;
import io.k3j.podstatus.PodStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/// Checks whether this node can run a pod as specified. A pod that it cannot run fails with upstream's reason,
/// instead of running with less protection than it requests. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/> and
/// <https://kubernetes.io/docs/tutorials/security/apparmor/>.
final class PodAdmission {
    private static final Set<String> SAFE = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem");
    private static final List<String> OF_IPC = List.of("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.");
    private final List<String> unsafe;
    private final boolean appArmor;
    private final NodeFit node;
    private final Function<Obj, Optional<PodStatus.Waiting>> pressure;
    private final NodeResources resources;
    private final AdmissionRejections rejections = new AdmissionRejections();

    /// A node that gives nothing to containers for themselves.
    PodAdmission(List<String> unsafe, boolean appArmor, NodeFit node,
            Function<Obj, Optional<PodStatus.Waiting>> pressure) {
        this(unsafe, appArmor, node, pressure, NodeResources.none());
    }

    /// @param pressure why a pod is not taken while the node is short of something, or has nothing to run it with
    /// @param unsafe the value of `--allowed-unsafe-sysctls`: names, or prefixes that end with `*`
    /// @param appArmor whether AppArmor is enabled on this host
    /// @param node what the node has room for
    /// @param resources what containers may have for themselves
    PodAdmission(List<String> unsafe, boolean appArmor, NodeFit node,
            Function<Obj, Optional<PodStatus.Waiting>> pressure, NodeResources resources) {
        this.pressure = pressure;
        this.resources = resources;
        this.unsafe = unsafe;
        this.appArmor = appArmor;
        this.node = node;
    }

    /// The reason and message of a refusal; empty when the pod is admitted, whose host ports and requests are then
    /// reserved until [#ended], its devices and CPUs until [NodeResources#ended]. What room on the node would not help
    /// is looked at first; devices and CPUs before the rest, as upstream does: a pod that has them fits, whatever the
    /// Node says of its plug-ins.
    Optional<PodStatus.Waiting> refusal(Obj pod) {
        return pressure.apply(pod).or(() -> system(pod)).or(() -> protection(pod)).or(() -> resources.refusal(pod))
                .or(() -> fit(pod)).map(rejections::count);
    }

    /// How many pods were refused, by reason.
    SortedMap<String, Long> rejections() {
        return rejections.counts();
    }

    private Optional<PodStatus.Waiting> fit(Obj pod) {
        Optional<PodStatus.Waiting> refusal = node.refusal(pod);
        if (refusal.isPresent()) {
            resources.ended(pod.uid());
        }
        return refusal;
    }

    /// What containers have for themselves.
    NodeResources resources() {
        return resources;
    }

    /// Records the host ports of a pod that already runs.
    void adopted(Obj pod) {
        node.adopted(pod);
    }

    /// Releases the host ports of a pod. What its containers have for themselves is theirs while they run.
    void ended(String uid) {
        node.ended(uid);
    }

    /// A pod of another system is checked for that system's settings, so it must not run here.
    private static Optional<PodStatus.Waiting> system(Obj pod) {
        if (!pod.labels().getOrDefault("kubernetes.io/os", "linux").equals("linux")) {
            return Optional.of(new PodStatus.Waiting("PodOSSelectorNodeLabelDoesNotMatch",
                    "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"));
        }
        return pod.spec().struct("os").text("name", "linux").equals("linux") ? Optional.empty()
                : Optional.of(new PodStatus.Waiting("PodOSNotSupported",
                        "Failed to admit pod as the OS field doesn't match node OS"));
    }

    private Optional<PodStatus.Waiting> protection(Obj pod) {
        Optional<String> sysctl = pod.spec().struct("securityContext").seq("sysctls").structs().stream()
                .map(s -> sysctl(pod, PodSpecs.sysctl(s))).flatMap(Optional::stream).findFirst();
        if (sysctl.isPresent()) {
            return Optional.of(new PodStatus.Waiting("SysctlForbidden", sysctl.get()));
        }
        if (!appArmor && confined(pod)) {
            return Optional.of(new PodStatus.Waiting("AppArmor",
                    "Cannot enforce AppArmor: AppArmor is not enabled on the host"));
        }
        return Optional.empty();
    }

    private Optional<String> sysctl(Obj pod, String name) {
        if (!SAFE.contains(name) && unsafe.stream().noneMatch(p -> matches(p, name))) {
            return Optional.of("forbidden sysctl: \"" + name + "\" not allowlisted");
        }
        if (name.startsWith("net.") && PodSpecs.hostNetwork(pod)) {
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
        return PodSpecs.all(pod).stream().anyMatch(c -> {
            String type = Security.appArmorProfile(pod, c).text("type", "Unconfined");
            return !type.equals("Unconfined");
        });
    }

    /// Parses `--kubelet-arg allowed-unsafe-sysctls=a,b*`.
    static List<String> patterns(String list) {
        List<String> all = new ArrayList<>(List.of(list.split(",")));
        all.removeIf(String::isBlank);
        return List.copyOf(all);
    }
}
