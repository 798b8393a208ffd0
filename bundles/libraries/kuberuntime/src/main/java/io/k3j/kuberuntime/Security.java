package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import java.util.ArrayList;
import java.util.List;

/// Security contexts of pod and container as CRI's; pure. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>.
///
/// The container's own context wins over the pod's, field by field.
public final class Security {
    private static final Struct RUNTIME_DEFAULT = Struct.of("profileType", "RuntimeDefault");
    private static final Struct UNCONFINED = Struct.of("profileType", "Unconfined");
    /// What of `/proc` and `/sys` containers do not see, and below it what they cannot change: upstream's default
    /// `procMount`.
    private static final List<String> MASKED = List.of("/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore",
            "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
            "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
            "/proc/sysrq-trigger");

    /// Prefix of the annotation that was there before the field; the container's name follows.
    private static final String APPARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private Security() {
    }

    /// The namespaces a pod's containers live in. CRI's `NamespaceOption`: `NODE` is the host's, `POD` shared in the
    /// pod, `CONTAINER` its own, `TARGET` another container's.
    /// @param targetId id of the container whose processes it sees, empty for none
    static Struct namespaces(Obj pod, String targetId) {
        Struct spec = pod.spec();
        String pid = spec.flag("hostPID") ? "NODE" : spec.flag("shareProcessNamespace") ? "POD" : "CONTAINER";
        Struct.Builder b = Struct.builder().put("network", spec.flag("hostNetwork") ? "NODE" : "POD")
                .put("ipc", spec.flag("hostIPC") ? "NODE" : "POD");
        return targetId.isEmpty() ? b.put("pid", pid).build()
                : b.put("pid", "TARGET").put("targetId", targetId).build();
    }

    /// A sandbox's `LinuxSandboxSecurityContext`. Privileged as soon as one container is: a runtime refuses a
    /// privileged container in a sandbox that is not.
    static Struct sandbox(Obj pod) {
        boolean privileged = PodSpecs.all(pod).stream().anyMatch(c -> c.struct("securityContext").flag("privileged"));
        Struct own = pod.spec().struct("securityContext");
        Struct.Builder b = Struct.builder().put("namespaceOptions", namespaces(pod, "")).put("privileged", privileged)
                .put("seccomp", RUNTIME_DEFAULT);
        b.putUnlessEmpty("selinuxOptions", own.struct("seLinuxOptions"));
        whole(b, "runAsUser", own, own);
        whole(b, "runAsGroup", own, own);
        strict(b, own);
        return b.putUnlessEmpty("supplementalGroups", groups(own)).build();
    }

    /// Without a word the runtime merges, as the API's default.
    private static void strict(Struct.Builder b, Struct pod) {
        if (pod.text("supplementalGroupsPolicy").equals("Strict")) {
            b.put("supplementalGroupsPolicy", "Strict");
        }
    }

    /// What a node does about seccomp.
    ///
    /// @param root its directory of profiles
    /// @param runtimeDefault whether a container that names no profile has the runtime's (`SeccompDefault`), else none
    public record Seccomp(String root, boolean runtimeDefault) {
    }

    /// A container's `LinuxContainerSecurityContext`.
    /// @param targetId id of the container whose processes it sees, empty for its own
    /// @param node what the node does about seccomp
    /// @throws ConfigError for a profile that lies elsewhere
    public static Struct container(Obj pod, Struct container, String targetId, Seccomp node) {
        Struct own = container.struct("securityContext");
        Struct common = pod.spec().struct("securityContext");
        boolean privileged = own.flag("privileged");
        Struct.Builder b = Struct.builder().put("namespaceOptions", namespaces(pod, targetId));
        if (privileged) {
            b.put("privileged", true);
        }
        whole(b, "runAsUser", own, common);
        whole(b, "runAsGroup", own, common);
        b.putUnlessEmpty("supplementalGroups", groups(common));
        strict(b, common);
        if (own.flag("readOnlyRootFilesystem")) {
            b.put("readonlyRootfs", true);
        }
        Struct capabilities = own.struct("capabilities");
        b.putUnlessEmpty("capabilities", Struct.builder().putUnlessEmpty("addCapabilities", capabilities.seq("add"))
                .putUnlessEmpty("dropCapabilities", capabilities.seq("drop")).build());
        if (!own.flag("allowPrivilegeEscalation", true)) {
            b.put("noNewPrivs", true);
        }
        if (!privileged && !own.text("procMount").equals("Unmasked")) {
            b.put("maskedPaths", MASKED).put("readonlyPaths", READ_ONLY);
        }
        Struct seccomp = own.has("seccompProfile") ? own.struct("seccompProfile") : common.struct("seccompProfile");
        b.put("seccomp", privileged ? UNCONFINED : profile(seccomp, node));
        b.putUnlessEmpty("selinuxOptions",
                (own.has("seLinuxOptions") ? own : common).struct("seLinuxOptions"));
        b.putUnlessEmpty("apparmor", appArmor(appArmorProfile(pod, container)));
        return b.build();
    }

    private static Struct profile(Struct profile, Seccomp node) {
        return switch (profile.text("type")) {
            case "RuntimeDefault" -> RUNTIME_DEFAULT;
            case "Localhost" -> Struct.of("profileType", "Localhost", "localhostRef",
                    node.root + "/" + descending(profile.text("localhostProfile")));
            case "Unconfined" -> UNCONFINED;
            default -> node.runtimeDefault ? RUNTIME_DEFAULT : UNCONFINED;
        };
    }

    /// The AppArmor profile of a container: its own, the pod's, or what the old annotation says; the empty struct when
    /// nothing is said. In the field's form, `type` and `localhostProfile`, whichever way it was said.
    public static Struct appArmorProfile(Obj pod, Struct container) {
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

    /// The runtime is given a local profile's name after the prefix `localhost/`.
    private static Struct appArmor(Struct profile) {
        return switch (profile.text("type")) {
            case "" -> Struct.EMPTY;
            case "Localhost" -> Struct.of("profileType", "Localhost", "localhostRef",
                    "localhost/" + profile.text("localhostProfile"));
            default -> Struct.of("profileType", profile.text("type"));
        };
    }

    /// @throws ConfigError for a path that leads out of the directory of profiles
    private static String descending(String path) {
        if (path.isEmpty() || path.startsWith("/") || List.of(path.split("/")).contains("..")) {
            throw ConfigError.config("localhostProfile \"" + path
                    + "\" must be a path below the node's directory of profiles, without '..'");
        }
        return path;
    }

    /// `fsGroup` is one of the groups of every process, since the files of volumes are its.
    private static List<Object> groups(Struct pod) {
        List<Object> all = new ArrayList<>();
        if (pod.has("fsGroup")) {
            all.add(pod.whole("fsGroup", 0));
        }
        pod.seq("supplementalGroups").forEach(all::add);
        return all;
    }

    /// CRI's `Int64Value`: one that is left out is the image's to say, which is not the same as 0.
    private static void whole(Struct.Builder b, String field, Struct first, Struct second) {
        Struct from = first.has(field) ? first : second;
        if (from.has(field)) {
            b.put(field, Struct.of("value", from.whole(field, 0)));
        }
    }

    /// Why `runAsNonRoot` forbids a container, empty when it does not. A number in the pod decides alone; without one
    /// the image's user does. A user that is a name cannot be looked up from here: a file of the image says who it is.
    /// @param image what the container is to be made from
    /// @return upstream's words, for the waiting container
    public static String refusal(Obj pod, Struct container, Image image) {
        Struct own = container.struct("securityContext");
        Struct common = pod.spec().struct("securityContext");
        boolean wanted = own.has("runAsNonRoot") ? own.flag("runAsNonRoot") : common.flag("runAsNonRoot");
        Struct user = own.has("runAsUser") ? own : common;
        if (!wanted) {
            return "";
        }
        String about = " (pod: \"" + PodSpecs.text(pod) + "\", container: " + container.text("name") + ")";
        if (user.has("runAsUser")) {
            return user.whole("runAsUser", 0) == 0 ? "container's runAsUser breaks non-root policy" + about : "";
        }
        if (!image.username().isEmpty()) {
            return "container has runAsNonRoot and image has non-numeric user (" + image.username()
                    + "), cannot verify user is non-root" + about;
        }
        return image.uid().orElse(0) == 0
                ? "container has runAsNonRoot and image will run as root" + about : "";
    }
}
