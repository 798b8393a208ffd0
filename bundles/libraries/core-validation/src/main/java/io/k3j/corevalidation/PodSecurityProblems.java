package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with the security context of a pod or template, as upstream's `validatePodSpecSecurityContext`:
/// as for a container, with what only pods have. Which kernel parameters are safe is the kubelet's question
/// (`--allowed-unsafe-sysctls`), not the API's. Pure.
final class PodSecurityProblems {
    private static final List<String> GROUP_CHANGES = List.of("Always", "OnRootMismatch");
    private static final List<String> SUPPLEMENTAL = List.of("Merge", "Strict");
    private static final List<String> LABELLING = List.of("MountOption", "Recursive");

    private PodSecurityProblems() {
    }

    /// @param p the place of the spec
    static void check(Struct spec, Problems p) {
        Struct context = spec.struct("securityContext");
        Problems at = p.at("securityContext");
        if (spec.flag("shareProcessNamespace") && spec.flag("hostPID")) {
            // upstream keeps the field in the security context
            at.at("shareProcessNamespace").invalid(true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        if (context.isEmpty()) {
            return;
        }
        for (String field : List.of("fsGroup", "runAsUser", "runAsGroup")) {
            id(context.whole(field, 0), at.at(field));
        }
        Seq groups = context.seq("supplementalGroups");
        for (int i = 0; i < groups.size() && !at.full(); i++) {
            id(groups.get(i) instanceof Long l ? l : 0, at.at("supplementalGroups", i));
        }
        sysctls(context.seq("sysctls"), spec, at);
        known(context, "fsGroupChangePolicy", GROUP_CHANGES, at);
        ProfileProblems.seccomp(context.struct("seccompProfile"), at.at("seccompProfile"));
        WindowsProblems.options(context, at.at("windowsOptions"));
        ProfileProblems.appArmor(context.struct("appArmorProfile"), at.at("appArmorProfile"));
        known(context, "supplementalGroupsPolicy", SUPPLEMENTAL, at);
        known(context, "seLinuxChangePolicy", LABELLING, at);
    }

    /// A user or group of the kernel.
    static void id(long id, Problems p) {
        if (id < 0 || id > Integer.MAX_VALUE) {
            p.invalid(id, "must be between 0 and 2147483647, inclusive");
        }
    }

    private static void known(Struct context, String field, List<String> all, Problems p) {
        if (context.has(field) && !all.contains(context.text(field))) {
            p.at(field).unsupported(context.text(field), all);
        }
    }

    private static void sysctls(Seq sysctls, Struct spec, Problems p) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < sysctls.size() && !p.full(); i++) {
            String name = sysctls.struct(i).text("name");
            Problems at = p.at("sysctls", i).at("name");
            if (name.isEmpty()) {
                at.required("");
            } else if (!sysctl(name)) {
                at.invalid(name, "must have at most 253 characters and match regex ^([a-z0-9]"
                        + "([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            } else if (!names.add(name)) {
                at.duplicate(name);
            }
            ofHost(dotted(name), name, spec, at);
        }
    }

    /// What a pod shares with the host is the host's to set.
    private static void ofHost(String dotted, String name, Struct spec, Problems p) {
        if (spec.flag("hostNetwork") && dotted.startsWith("net.")) {
            p.invalid(name, "may not be specified when 'hostNetwork' is true");
        } else if (spec.flag("hostIPC") && (dotted.equals("kernel.sem") || dotted.startsWith("kernel.shm")
                || dotted.startsWith("kernel.msg") || dotted.startsWith("fs.mqueue."))) {
            p.invalid(name, "may not be specified when 'hostIPC' is true");
        }
    }

    /// With dots between the parts: where a slash is the first separator, dots are part of a name.
    private static String dotted(String name) {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        boolean slashes = slash >= 0 && (dot < 0 || slash < dot);
        return slashes ? name.replace('.', '\0').replace('/', '.').replace('\0', '/') : name;
    }

    /// A subdomain with underscores, joined by dots or slashes: the kernel takes `net/ipv4` as well as `net.ipv4`.
    private static boolean sysctl(String name) {
        return Names.subdomain(name.replace('/', '.').replace('_', '-')).isEmpty();
    }
}
