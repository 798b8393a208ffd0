package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with `resizePolicy` of a container, as upstream's `validateResizePolicy`; told at the list, as
/// upstream does. Pure.
final class ResizePolicyProblems {
    private static final List<String> RESOURCES = List.of("cpu", "memory");
    private static final List<String> POLICIES = List.of("NotRequired", "RestartContainer");
    private static final String FIELD = "resizePolicy";
    private static final String POLICY = "restartPolicy";

    private ResizePolicyProblems() {
    }

    /// Checks a container's policies.
    ///
    /// @param spec the pod's
    /// @param list where the container stands: an init container that is no sidecar ends, and is not restarted
    /// @param p the container's place
    static void check(Struct container, Struct spec, String list, Problems p) {
        Seq policies = container.seq(FIELD);
        if (policies.isEmpty()) {
            return;
        }
        Set<String> seen = new HashSet<>();
        boolean never = spec.text(POLICY).equals("Never");
        Problems at = p.at(FIELD);
        for (int i = 0; i < policies.size() && !p.full(); i++) {
            String resource = policies.struct(i).text("resourceName");
            String policy = policies.struct(i).text(POLICY);
            if (!seen.add(resource)) {
                p.at(FIELD, i).duplicate(resource);
            }
            known(resource, RESOURCES, at);
            known(policy, POLICIES, at);
            if (never && !policy.equals("NotRequired")) {
                at.invalid(policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
            }
        }
        if (list.equals("initContainers") && !container.text(POLICY).equals("Always")) {
            ending(policies, p);
        }
    }

    private static void known(String value, List<String> all, Problems p) {
        if (value.isEmpty()) {
            p.required("");
        } else if (!all.contains(value)) {
            p.unsupported(value, all);
        }
    }

    private static void ending(Seq policies, Problems p) {
        for (int i = 0; i < policies.size() && !p.full(); i++) {
            if (policies.struct(i).text(POLICY).equals("RestartContainer")) {
                p.at(FIELD, i).at(POLICY).invalid("RestartContainer",
                        "must not be set to 'RestartContainer' for non-sidecar initContainers");
            }
        }
    }
}
