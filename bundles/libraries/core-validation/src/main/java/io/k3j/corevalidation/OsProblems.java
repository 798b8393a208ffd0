package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.function.Predicate;

/// What can be wrong with the operating system a pod names, as upstream's `validateOS`, `validateWindows` and
/// `validateLinux`. Pure. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/#pod-os>.
///
/// Pod Security leaves out the rules about Linux for pods of Windows, so such a pod must not have the fields these
/// rules are about, and no kubelet on Linux runs it.
final class OsProblems {
    private static final List<String> NAMES = List.of("linux", "windows");
    private static final String FORBIDDEN = "cannot be set for a windows pod";
    private static final String CONTEXT = "securityContext";
    /// Of a pod's security context.
    private static final List<String> POD_CONTEXT = List.of("appArmorProfile", "seLinuxOptions", "seccompProfile",
            "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup", "supplementalGroups",
            "supplementalGroupsPolicy", "seLinuxChangePolicy");
    private static final List<String> CONTAINER_CONTEXT = List.of("appArmorProfile", "seLinuxOptions",
            "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation",
            "procMount", "runAsUser", "runAsGroup");
    /// In the order in which upstream visits containers.
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    private OsProblems() {
    }

    /// Checks `os` and what it forbids.
    /// @param p the place of the pod spec
    static void check(Struct spec, Problems p) {
        if (!spec.has("os")) {
            return;
        }
        String name = spec.struct("os").text("name");
        if (name.isEmpty()) {
            p.at("os").at("name").required("");
        } else if (!NAMES.contains(name)) {
            // upstream reports it at the struct
            p.oneOf(Struct.of("os", name), "os", NAMES);
        } else if (name.equals("windows")) {
            windows(spec, p);
        } else {
            linux(spec, p);
        }
    }

    private static void windows(Struct spec, Problems p) {
        Struct context = spec.struct(CONTEXT);
        POD_CONTEXT.stream().filter(f -> f.equals("sysctls") ? !context.seq(f).isEmpty() : context.has(f))
                .forEach(f -> p.at(CONTEXT).at(f).forbidden(FORBIDDEN));
        for (String field : List.of("hostUsers", "shareProcessNamespace")) {
            forbidden(spec, field, spec::has, p);
        }
        for (String field : List.of("hostPID", "hostIPC")) {
            forbidden(spec, field, spec::flag, p);
        }
        each(spec, p, (container, at) -> CONTAINER_CONTEXT.stream().filter(container::has)
                .forEach(f -> at.at(f).forbidden(FORBIDDEN)));
    }

    private static void forbidden(Struct spec, String field, Predicate<String> set, Problems p) {
        if (spec.has(field) && set.test(field)) {
            p.at(field).forbidden(FORBIDDEN);
        }
    }

    private static void linux(Struct spec, Problems p) {
        windowsOptions(spec.struct(CONTEXT), p.at(CONTEXT));
        each(spec, p, OsProblems::windowsOptions);
    }

    private static void windowsOptions(Struct context, Problems p) {
        if (context.has("windowsOptions")) {
            p.at("windowsOptions").forbidden("windows options cannot be set for a linux pod");
        }
    }

    private interface Rule {
        /// @param context a container's security context
        void check(Struct context, Problems p);
    }

    private static void each(Struct spec, Problems p, Rule rule) {
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                rule.check(containers.struct(i).struct(CONTEXT), p.at(list, i).at(CONTEXT));
            }
        }
    }
}
