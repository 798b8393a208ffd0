package io.k3j.admissioncore;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The rules of the pod security standards, with upstream's words. Pure. See
/// <https://kubernetes.io/docs/concepts/security/pod-security-standards/>.
final class PodSecurityChecks {
    private static final Set<String> CAPABILITIES = Set.of("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID",
            "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");
    private static final Set<String> VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
            "image", "persistentVolumeClaim", "projected", "secret");
    private static final Set<String> SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
    private final Struct spec;
    private final Struct podContext;
    private final List<Struct> containers = new ArrayList<>();
    private final List<String> found = new ArrayList<>();

    private PodSecurityChecks(Struct spec) {
        this.spec = spec;
        this.podContext = spec.struct("securityContext");
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            containers.addAll(spec.seq(list).structs());
        }
    }

    /// What a pod's spec violates: the rules of `baseline`, and of `restricted` if wanted.
    static List<String> violations(Struct spec, boolean restricted) {
        PodSecurityChecks c = new PodSecurityChecks(spec);
        c.baseline();
        if (restricted) {
            c.restricted();
        }
        return c.found;
    }

    private static Struct context(Struct container) {
        return container.struct("securityContext");
    }

    private void baseline() {
        List<String> host = new ArrayList<>();
        for (String field : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (spec.flag(field)) {
                host.add(field + "=true");
            }
        }
        if (!host.isEmpty()) {
            found.add("host namespaces (" + String.join(", ", host) + ")");
        }
        each("privileged", "must not set securityContext.privileged=true", c -> context(c).flag("privileged"));
        each("non-default capabilities", "must not include other than the default capabilities in"
                + " securityContext.capabilities.add",
                c -> !CAPABILITIES.containsAll(context(c).struct("capabilities").seq("add").texts()));
        named("hostPath volumes", spec.seq("volumes").structs().stream().filter(v -> v.has("hostPath")).toList());
        each("hostPort", "must not use hostPorts",
                c -> c.seq("ports").structs().stream().anyMatch(p -> p.whole("hostPort", 0) != 0));
        each("procMount", "must not set securityContext.procMount to \"Unmasked\"",
                c -> context(c).text("procMount").equals("Unmasked"));
        if (profile(podContext).equals("Unconfined")) {
            found.add("seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")");
        }
        each("seccompProfile", "must not set securityContext.seccompProfile.type to \"Unconfined\"",
                c -> profile(context(c)).equals("Unconfined"));
        List<String> sysctls = podContext.seq("sysctls").structs().stream().map(s -> s.text("name"))
                .filter(n -> !SYSCTLS.contains(n)).toList();
        if (!sysctls.isEmpty()) {
            found.add("forbidden sysctls (" + String.join(", ", sysctls) + ")");
        }
    }

    private void restricted() {
        each("allowPrivilegeEscalation != false", "must set securityContext.allowPrivilegeEscalation=false",
                c -> context(c).flag("allowPrivilegeEscalation", true));
        each("unrestricted capabilities", "must set securityContext.capabilities.drop=[\"ALL\"]",
                c -> !context(c).struct("capabilities").seq("drop").contains("ALL"));
        volumes();
        boolean pod = podContext.flag("runAsNonRoot");
        eachOrPod("runAsNonRoot != true", "must set securityContext.runAsNonRoot=true",
                c -> !context(c).flag("runAsNonRoot", pod));
        if (podContext.has("runAsUser") && podContext.whole("runAsUser", 1) == 0) {
            found.add("runAsUser=0 (pod must not set runAsUser=0)");
        }
        each("runAsUser=0", "must not set runAsUser=0",
                c -> context(c).has("runAsUser") && context(c).whole("runAsUser", 1) == 0);
        eachOrPod("seccompProfile", "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or"
                + " \"Localhost\"", c -> profile(context(c)).isEmpty() && profile(podContext).isEmpty());
    }

    private void volumes() {
        List<String> wrong = new ArrayList<>();
        for (Struct volume : spec.seq("volumes").structs()) {
            for (String type : volume.names()) {
                if (!type.equals("name") && !VOLUMES.contains(type)) {
                    wrong.add("volume \"" + volume.text("name") + "\" uses restricted volume type \"" + type + "\"");
                }
            }
        }
        if (!wrong.isEmpty()) {
            found.add("restricted volume types (" + String.join("; ", wrong) + ")");
        }
    }

    private static String profile(Struct context) {
        return context.struct("seccompProfile").text("type");
    }

    private void each(String rule, String must, Predicate<Struct> wrong) {
        named(rule, "container", " " + must, containers.stream().filter(wrong).toList());
    }

    private void eachOrPod(String rule, String must, Predicate<Struct> wrong) {
        named(rule, "pod or container", " " + must, containers.stream().filter(wrong).toList());
    }

    private void named(String rule, List<Struct> volumes) {
        named(rule, "volume", "", volumes);
    }

    private void named(String rule, String what, String must, List<Struct> which) {
        if (!which.isEmpty()) {
            String names = String.join(", ", which.stream().map(c -> "\"" + c.text("name") + "\"").toList());
            found.add(rule + " (" + what + (which.size() > 1 ? "s " : " ") + names + must + ")");
        }
    }
}
