package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with what a RuntimeClass gives to pods, as upstream's `validateOverhead` and `validateScheduling`
/// of `pkg/apis/node`. Pure; any thread.
public final class RuntimeClassProblems {
    private static final String SCHEDULING = "scheduling";
    private static final String TOLERATIONS = "tolerations";

    private RuntimeClassProblems() {
    }

    /// Checks `overhead` and `scheduling`.
    ///
    /// @param p the place of the RuntimeClass
    public static void check(Struct runtimeClass, Problems p) {
        if (runtimeClass.has("overhead")) {
            ResourceProblems.check(Struct.of("limits", runtimeClass.struct("overhead").struct("podFixed")),
                    p.at("overhead"));
        }
        Struct scheduling = runtimeClass.struct(SCHEDULING);
        MetadataRules.labels(scheduling.struct("nodeSelector"), p.at(SCHEDULING).at("nodeSelector"));
        Seq tolerations = scheduling.seq(TOLERATIONS);
        SchedulingProblems.tolerations(tolerations, p.at(SCHEDULING));
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < tolerations.size() && !p.full(); i++) {
            Struct t = tolerations.struct(i);
            if (!seen.add(List.of(t.text("key"), t.text("operator"), t.text("value"), t.text("effect")))) {
                p.at(SCHEDULING).at(TOLERATIONS, i).duplicate(t);
            }
        }
    }
}
