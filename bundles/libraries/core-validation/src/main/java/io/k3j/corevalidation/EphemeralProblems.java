package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What can be wrong with an ephemeral container beside what can be with any: nothing that a pod relies on is in one,
/// as upstream's `validateEphemeralContainers`. Pure.
final class EphemeralProblems {
    private static final String FORBIDDEN = "cannot be set for an Ephemeral Container";
    private static final String LIST = "ephemeralContainers";
    private static final String TARGET = "targetContainerName";
    /// In the order of the fields upstream.
    private static final List<String> NONE = List.of("ports", "resources", "resizePolicy", "restartPolicy",
            "restartPolicyRules", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle");

    private EphemeralProblems() {
    }

    /// Checks that those that are for a container are for one that the pod has.
    ///
    /// @param p the place of the spec
    static void targets(Struct spec, Problems p) {
        Seq all = spec.seq(LIST);
        if (all.isEmpty()) {
            return;
        }
        Set<String> names = Stream.of("containers", "initContainers").flatMap(l -> spec.seq(l).structs().stream())
                .map(c -> c.text("name")).collect(Collectors.toSet());
        for (int i = 0; i < all.size() && !p.full(); i++) {
            String target = all.struct(i).text(TARGET);
            if (!target.isEmpty() && !names.contains(target)) {
                p.at(LIST, i).at(TARGET).notFound(target);
            }
        }
    }

    /// @param p the container's place
    static void check(Struct container, Problems p) {
        ContainerProblems.padded(container, p);
        NONE.stream().filter(field -> set(container.get(field))).forEach(field -> p.at(field).forbidden(FORBIDDEN));
        Seq mounts = container.seq("volumeMounts");
        for (int i = 0; i < mounts.size() && !p.full(); i++) {
            for (String field : List.of("subPath", "subPathExpr")) {
                if (!mounts.struct(i).text(field).isEmpty()) {
                    p.at("volumeMounts", i).at(field).forbidden(FORBIDDEN);
                }
            }
        }
    }

    private static boolean set(@Nullable Object value) {
        return value != null && !value.equals(Struct.EMPTY) && !value.equals(Seq.EMPTY);
    }
}
