package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tolerations that a pod gets when it is there already.
class PodTolerationsTest {
    private static final Struct KEPT = Struct.of("key", "a", "operator", "Exists");
    /// As a datastore may have it that another release wrote.
    private static final Struct FOREIGN = Struct.of("key", "b", "operator", "Gt", "value", "1");
    private final Kit kit = new Kit();

    private Struct pod(Struct... tolerations) {
        Struct given = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "d"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i")), "tolerations",
                        Seq.copyOf(List.of(tolerations))));
        Struct o = kit.hooks(given).defaulted(kit.kind(given).gvk(), given);
        return kit.hooks(o).prepared(kit.write(Operation.CREATE, o, Optional.empty(), ""), o);
    }

    private List<String> problems(Struct before, Struct after) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "");
        Struct prepared = kit.hooks(after).prepared(write, after);
        return kit.hooks(after).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void thoseItGetsAreValid() {
        assertThat(problems(pod(KEPT), pod(KEPT, Struct.of("key", "b", "operator", "Equal", "value", "v")))).isEmpty();
        assertThat(problems(pod(KEPT), pod(KEPT, FOREIGN))).containsExactly("spec.tolerations[1].operator: Unsupported"
                + " value: \"Gt\": supported values: \"Equal\", \"Exists\"");
    }

    @Test
    void thoseItHadStay() {
        assertThat(problems(pod(KEPT), pod())).containsExactly("spec.tolerations: Forbidden: existing toleration can"
                + " not be modified except its tolerationSeconds");
        assertThat(problems(pod(FOREIGN), pod(FOREIGN))).isEmpty();
    }
}
