package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tolerations of what is there already.
class PodTolerationsTest {
    private static final Struct KEPT = Struct.of("key", "a", "operator", "Exists");
    /// As a datastore may have it that another release wrote.
    private static final Struct FOREIGN = Struct.of("key", "b", "operator", "Gt", "value", "1");
    private final Kit kit = new Kit();

    private static Struct spec(Struct... tolerations) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i")), "tolerations",
                Seq.copyOf(List.of(tolerations)));
    }

    private Struct pod(Struct... tolerations) {
        return created(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "d"), "spec", spec(tolerations)));
    }

    private Struct deployment(long replicas, Struct... tolerations) {
        Struct labels = Struct.of("a", "b");
        return created(Struct.of("apiVersion", "apps/v1", "kind", "Deployment", "metadata",
                Struct.of("name", "d", "namespace", "d"), "spec",
                Struct.of("replicas", replicas, "selector", Struct.of("matchLabels", labels), "template",
                        Struct.of("metadata", Struct.of("labels", labels), "spec", spec(tolerations)))));
    }

    private Struct created(Struct given) {
        Struct o = kit.hooks(given).defaulted(kit.kind(given).gvk(), given);
        return kit.hooks(o).prepared(kit.write(Operation.CREATE, o, Optional.empty(), ""), o);
    }

    private List<String> problems(Struct before, Struct after) {
        return problems(before, after, "");
    }

    private List<String> problems(Struct before, Struct after, String subresource) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        Struct prepared = kit.hooks(after).prepared(write, after);
        return kit.hooks(after).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void thoseItGetsAreValid() {
        assertThat(problems(pod(KEPT), pod(KEPT, Struct.of("key", "b", "operator", "Equal", "value", "v")))).isEmpty();
        assertThat(problems(pod(KEPT), pod(KEPT, FOREIGN))).containsExactly("spec.tolerations[1].operator: Unsupported"
                + " value: \"Gt\": supported values: \"Equal\", \"Exists\", \"Lt\", \"Gt\"");
    }

    @Test
    void thoseItHadStay() {
        assertThat(problems(pod(KEPT), pod())).containsExactly("spec.tolerations: Forbidden: existing toleration can"
                + " not be modified except its tolerationSeconds");
        assertThat(problems(pod(FOREIGN), pod(FOREIGN))).isEmpty();
    }

    @Test
    void thoseItHadDoNotKeepItFromBeingResized() {
        assertThat(problems(pod(FOREIGN), pod(FOREIGN), "resize")).isEmpty();
    }

    @Test
    void aTemplateThatStaysDoesNotKeepTheRestFromBeingWritten() {
        Struct stored = deployment(1, FOREIGN);
        assertThat(problems(stored, deployment(2, FOREIGN))).isEmpty();
        assertThat(problems(stored, deployment(1, FOREIGN, KEPT))).containsExactly(
                "spec.template.spec.tolerations[0].operator: Unsupported value: \"Gt\": supported values: \"Equal\","
                        + " \"Exists\", \"Lt\", \"Gt\"");
    }
}
