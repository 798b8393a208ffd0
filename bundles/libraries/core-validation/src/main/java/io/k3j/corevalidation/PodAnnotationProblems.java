package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What can be wrong with annotations of pods that mean something to the API, as upstream's
/// `ValidatePodSpecificAnnotations`, and whether they say the same as the fields that have taken their place. Pure.
///
/// | annotation | what must be so |
/// |---|---|
/// | `kubernetes.io/config.mirror` | the pod is on a node |
/// | `controller.kubernetes.io/pod-deletion-cost` | a whole number of 32 bits |
/// | `seccomp.security.alpha.kubernetes.io/pod`, `container.seccomp.security.alpha.kubernetes.io/…` | a profile |
/// | `container.apparmor.security.beta.kubernetes.io/…` | a container of the pod; a profile |
final class PodAnnotationProblems {
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final String SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String APP_ARMOR_OF = "container.apparmor.security.beta.kubernetes.io/";
    private static final String LOCALHOST = "localhost/";
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");
    /// Types of profiles, as annotations spell them.
    private static final Map<String, List<String>> SPELLINGS = Map.of("Unconfined", List.of("unconfined"),
            "RuntimeDefault", List.of("runtime/default", "docker/default"));

    private PodAnnotationProblems() {
    }

    /// Whether a pod stands for one that a node runs by itself.
    static boolean mirror(Struct metadata) {
        return metadata.struct("annotations").has(MIRROR);
    }

    /// Checks annotations. Those that stay as they were stay allowed.
    ///
    /// @param before the annotations before the write, empty for what is new
    /// @param p the place of the annotations
    static void check(Struct annotations, Struct before, Struct spec, Problems p) {
        if (annotations.isEmpty()) {
            return;
        }
        Set<String> containers = new HashSet<>();
        if (annotations.names().stream().anyMatch(name -> name.startsWith(APP_ARMOR_OF))) {
            LISTS.forEach(list -> spec.seq(list).structs().forEach(c -> containers.add(c.text("name"))));
        }
        annotations.texts().forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                one(name, value, spec, containers, p);
            }
        });
    }

    private static void one(String name, String value, Struct spec, Set<String> containers, Problems p) {
        if (name.equals(MIRROR)) {
            if (spec.text("nodeName").isEmpty()) {
                p.key(name).invalid(value, "must set spec.nodeName if mirror pod annotation is set");
            }
        } else if (name.equals(COST)) {
            if (!cost(value)) {
                p.key(name).invalid(value, "must be a 32bit integer");
            }
        } else if (name.equals(SECCOMP) || name.startsWith(SECCOMP_OF)) {
            seccomp(value, p.at(name));
        } else if (name.startsWith(APP_ARMOR_OF)) {
            String container = name.substring(APP_ARMOR_OF.length());
            if (!containers.contains(container)) {
                p.key(name).invalid(container, "container not found");
            }
            if (!value.isEmpty() && !value.equals("runtime/default") && !value.equals("unconfined")
                    && !value.startsWith(LOCALHOST)) {
                p.key(name).invalid(value, "invalid AppArmor profile name: \"" + value + "\"");
            }
        }
    }

    /// Without a plus sign and leading zeros, but for those behind a minus sign, as upstream reads it.
    private static boolean cost(String value) {
        try {
            Integer.parseInt(value);
        } catch (NumberFormatException e) {
            return false;
        }
        char first = value.charAt(0);
        return value.equals("0") || first != '0' && first != '+';
    }

    private static void seccomp(String value, Problems p) {
        if (value.startsWith(LOCALHOST)) {
            VolumeProblems.below(value.substring(LOCALHOST.length()), p);
        } else if (SPELLINGS.values().stream().noneMatch(all -> all.contains(value))) {
            p.invalid(value, "must be a valid seccomp profile");
        }
    }

    /// Checks that annotations and fields of a new pod or template say the same.
    ///
    /// @param p the place of the spec
    static void match(Struct metadata, Struct spec, Problems p) {
        Struct annotations = metadata.struct("annotations");
        if (annotations.isEmpty()) {
            return;
        }
        Struct context = spec.struct("securityContext");
        same(annotations, SECCOMP, context.struct("seccompProfile"), "seccomp",
                p.at("securityContext").at("seccompProfile"));
        boolean windows = spec.struct("os").text("name").equals("windows");
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                Struct own = containers.struct(i).struct("securityContext");
                String name = containers.struct(i).text("name");
                Problems at = p.at(list, i).at("securityContext");
                same(annotations, SECCOMP_OF + name, own.struct("seccompProfile"), "seccomp", at.at("seccompProfile"));
                Struct confined = own.has("appArmorProfile") ? own : context;
                if (!windows) {
                    same(annotations, APP_ARMOR_OF + name, confined.struct("appArmorProfile"), "apparmor",
                            at.at("appArmorProfile"));
                }
            }
        }
    }

    private static void same(Struct annotations, String name, Struct profile, String what, Problems p) {
        String type = profile.text("type");
        String value = annotations.text(name);
        if (!annotations.has(name) || profile.isEmpty()) {
            return;
        }
        boolean fits = type.equals("Localhost") ? value.startsWith(LOCALHOST)
                : SPELLINGS.getOrDefault(type, List.of(value)).contains(value)
                        && (what.equals("seccomp") || !value.equals("docker/default"));
        if (!fits) {
            p.at("type").forbidden(what + " type in annotation and field must match");
        } else if (type.equals("Localhost") && !(LOCALHOST + profile.text("localhostProfile")).equals(value)) {
            p.at("localhostProfile").forbidden(what + " profile in annotation and field must match");
        }
    }
}
