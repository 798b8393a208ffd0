package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Defaults of a CRD with fields that their own schemas do not know.
class UnprunedDefaultsTest {
    private static final Struct B = Struct.of("type", "object", "properties",
            Struct.of("b", Struct.of("type", "string")));
    private static final Struct ODD = B.with("default", Struct.of("b", "x", "c", 1));

    private static Shape shape(Struct property) {
        return Structural.shape(new Schemas(),
                Struct.of("type", "object", "properties", Struct.of("a", property)));
    }

    @Test
    void areFoundWhereverTheyStand() {
        assertThat(Pruning.knowsDefaults(shape(B.with("default", Struct.of("b", "x"))))).isTrue();
        assertThat(Pruning.knowsDefaults(shape(ODD))).isFalse();
        assertThat(Pruning.knowsDefaults(shape(Struct.of("type", "array", "items", ODD)))).isFalse();
        assertThat(Pruning.knowsDefaults(shape(Struct.of("type", "object", "additionalProperties", ODD)))).isFalse();
        assertThat(Pruning.knowsDefaults(shape(Struct.of("type", "object", "properties", Struct.of("d", ODD)))))
                .isFalse();
        assertThat(Pruning.knowsDefaults(shape(ODD.with("x-kubernetes-preserve-unknown-fields", true)))).isTrue();
        Struct embedded = ODD.with("x-kubernetes-embedded-resource", true);
        assertThat(Pruning.knowsDefaults(shape(embedded.with("default",
                Struct.of("kind", "K", "metadata", Struct.of("name", "n")))))).isTrue();
        assertThat(Pruning.knowsDefaults(shape(embedded.with("default",
                Struct.of("metadata", Struct.of("odd", "n")))))).isFalse();
    }

    @Test
    void areFilledInWithoutWhatIsUnknown() {
        assertThat(Defaulting.apply(shape(ODD), Struct.EMPTY)).isEqualTo(Struct.of("a", Struct.of("b", "x")));
        Struct list = Struct.of("type", "array", "items", B, "default", Seq.of(Struct.of("c", 1), Struct.of("b", "x")));
        assertThat(Defaulting.apply(shape(list), Struct.EMPTY))
                .isEqualTo(Struct.of("a", Seq.of(Struct.EMPTY, Struct.of("b", "x"))));
        Struct inner = Struct.of("type", "object", "properties", Struct.of("d", ODD), "default",
                Struct.of("d", Struct.of("c", 1), "e", 2));
        assertThat(Defaulting.apply(shape(inner), Struct.EMPTY))
                .isEqualTo(Struct.of("a", Struct.of("d", Struct.EMPTY)));
    }
}
