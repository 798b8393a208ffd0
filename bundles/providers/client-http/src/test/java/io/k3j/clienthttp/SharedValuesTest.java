package io.k3j.clienthttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class SharedValuesTest {
    private final SharedValues shared = new SharedValues();

    private static Obj pod(String name) {
        return Obj.stored(Struct.of("kind", "Pod", "metadata",
                Struct.of("name", name, "labels", Struct.of("app", "web", "pod-template-hash", "7d9c")), "spec",
                Struct.of("hostNetwork", true, "ports", Seq.of(Struct.of("name", "web", "port", 80000)))),
                7);
    }

    @Test
    void equalValuesOfTwoObjectsAreOne() {
        Obj one = shared.of(pod("a"));
        Obj other = shared.of(pod("b"));
        assertThat(one).isEqualTo(pod("a"));
        assertThat(other).isEqualTo(pod("b"));
        assertThat(other.metadata().get("labels")).isSameAs(one.metadata().get("labels"));
        assertThat(other.tree().get("spec")).isSameAs(one.tree().get("spec"));
    }

    @Test
    void anyNumberOfOthersChangesNothing() {
        for (int i = 0; i < 20_000; i++) {
            assertThat(shared.of(pod("p" + i))).isEqualTo(pod("p" + i));
        }
    }
}
