package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Configurations that are laid over objects without owners.
class ApplyMergeTest {
    private final Shape deployment = new Schemas().shape(Gvk.of("apps/v1", "Deployment")).orElseThrow();

    private static Struct containers(Struct... all) {
        return Struct.of("spec", Struct.of("template", Struct.of("spec", Struct.of("containers",
                Seq.of((Object[]) all)))));
    }

    @Test
    void elementsAreFoundByTheirKeysAndNothingIsTakenOut() {
        Struct merged = ApplyMerge.merged(deployment,
                containers(Struct.of("name", "a", "image", "x"), Struct.of("name", "b", "image", "y")),
                containers(Struct.of("name", "b", "tty", true), Struct.of("name", "c")));
        assertThat(merged).isEqualTo(containers(Struct.of("name", "a", "image", "x"),
                Struct.of("name", "b", "image", "y", "tty", true), Struct.of("name", "c")));
    }

    @Test
    void whatWouldBeReplacedAsAWholeIsFound() {
        assertThat(ApplyMerge.atomics(deployment, containers(Struct.of("name", "a")))).isEmpty();
        assertThat(ApplyMerge.atomics(deployment, Struct.of("spec", Struct.of("selector", Struct.of("matchLabels",
                Struct.of("a", "b")), "replicas", 3)))).containsExactly(".spec.selector");
        assertThat(ApplyMerge.atomics(deployment, containers(Struct.of("name", "a", "args", Seq.of("x")))))
                .containsExactly(".spec.template.spec.containers[0].args");
    }
}
