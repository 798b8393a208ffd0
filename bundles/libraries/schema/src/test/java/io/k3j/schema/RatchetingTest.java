package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What was wrong before and has not changed is not refused.
class RatchetingTest {
    private static final Struct SHORT = Struct.of("type", "string", "maxLength", 2L);
    private static final Struct ELEMENT = Struct.of("type", "object", "required", Seq.of("k"), "properties",
            Struct.of("k", Struct.of("type", "string"), "v", SHORT));
    private static final Shape SHAPE = Structural.shape(new Schemas(), Struct.of("type", "object", "properties",
            Struct.of("a", SHORT, "b", SHORT, "kind", Struct.of("type", "string", "maxLength", 2L), "metadata",
                    Struct.of("type", "object", "properties", Struct.of("name", SHORT)),
                    "map", Struct.of("type", "array", "x-kubernetes-list-type", "map", "x-kubernetes-list-map-keys",
                            Seq.of("k"), "items", ELEMENT),
                    "atomic", Struct.of("type", "array", "items", ELEMENT),
                    "set", Struct.of("type", "array", "x-kubernetes-list-type", "set", "items", SHORT))));
    private static final Struct LONG_A = Struct.of("k", "a", "v", "long");
    private static final Struct LONG_B = Struct.of("k", "b", "v", "long");

    private static List<String> fields(Struct before, Struct now) {
        return Validation.update(SHAPE, before, now, "").stream().map(Violation::field).toList();
    }

    @Test
    void aFieldIsTheOneOfItsName() {
        Struct before = Struct.of("a", "long", "b", "ok");
        assertThat(fields(before, before.with("b", "no"))).isEmpty();
        assertThat(fields(before, before.with("b", "also long"))).containsExactly("b");
        assertThat(fields(before, before.with("a", "longer"))).containsExactly("a");
    }

    @Test
    void anElementIsTheOneOfItsKeys() {
        Struct before = Struct.of("map", Seq.of(LONG_A, LONG_B));
        assertThat(fields(before, Struct.of("map", Seq.of(LONG_B)))).isEmpty();
        assertThat(fields(before, Struct.of("map", Seq.of(Struct.of("k", "c"), LONG_A, LONG_B.with("v", "longer")))))
                .containsExactly("map[2].v");
    }

    @Test
    void elementsOfOtherListsAreNotCompared() {
        Struct before = Struct.of("atomic", Seq.of(LONG_A, LONG_B), "b", "x");
        assertThat(fields(before, before.with("b", "y"))).isEmpty();
        assertThat(fields(before, Struct.of("atomic", Seq.of(LONG_A)))).containsExactly("atomic[0].v");
    }

    @Test
    void elementsThatAreThereTwiceAreToldWhenTheyWereNot() {
        Struct twice = Struct.of("set", Seq.of("x", "x"));
        assertThat(fields(Struct.of("set", Seq.of("x")), twice)).containsExactly("set[1]");
        assertThat(fields(twice, Struct.of("set", Seq.of("x", "x", "y")))).isEmpty();
    }

    @Test
    void namesAndTypesAreRestrictedBySchemas() {
        Struct named = Struct.of("metadata", Struct.of("name", "long"));
        assertThat(Validation.check(SHAPE, named)).extracting(Violation::field).containsExactly("metadata.name");
        Struct kind = Struct.of("kind", "Long");
        assertThat(fields(kind, kind)).as("all is as it was").isEmpty();
        assertThat(fields(kind, kind.with("a", "x"))).as("but a type is never").containsExactly("kind");
    }

    @Test
    void anObjectWithinAnObjectNeedsItsTypeWhateverHasChanged() {
        Struct object = Struct.of("type", "object", "x-kubernetes-embedded-resource", true,
                "x-kubernetes-preserve-unknown-fields", true);
        Shape shape = Structural.shape(new Schemas(), Struct.of("type", "object", "properties",
                Struct.of("inner", object, "a", SHORT, "status", Struct.of("type", "object", "properties",
                        Struct.of("inner", object, "b", SHORT)))));
        Struct wrong = Struct.of("inner", Struct.of("kind", "Pod"), "a", "x");
        assertThat(Validation.update(shape, wrong, wrong, "")).extracting(Violation::text)
                .containsExactly("inner.apiVersion: Required value: must not be empty");
        Shape status = java.util.Objects.requireNonNull(shape.child("status"));
        Struct now = Struct.of("inner", Struct.EMPTY, "b", "long");
        assertThat(Validation.check(status, now, "status")).as("as upstream, when a status is written")
                .extracting(Violation::field).containsExactly("status.b");
        assertThat(Validation.update(status, Struct.EMPTY, now, "status")).extracting(Violation::field)
                .containsExactly("status.b");
        assertThat(Validation.check(shape, Struct.of("status", now))).extracting(Violation::field)
                .containsExactly("status.b", "status.inner.apiVersion", "status.inner.kind");
    }

    @Test
    void anElementWithoutAKeyOrWithOneThatIsNoScalarBelongsToNone() {
        Struct none = Struct.of("v", "long");
        Struct odd = Struct.of("k", Struct.of("x", 1L), "v", "long");
        Shape shape = Structural.shape(new Schemas(), Struct.of("type", "object", "properties", Struct.of("map",
                Struct.of("type", "array", "x-kubernetes-list-type", "map", "x-kubernetes-list-map-keys", Seq.of("k"),
                        "items", ELEMENT.without("required")))));
        for (Struct element : List.of(none, odd)) {
            Correlation list = Correlation.of(java.util.Objects.requireNonNull(shape.child("map")), Seq.of(element),
                    Seq.of(element));
            assertThat(list.element(element)).isNull();
        }
        assertThat(Correlation.of(java.util.Objects.requireNonNull(shape.child("map")), Seq.of(LONG_A), Seq.of(LONG_A))
                .element(LONG_A)).isNotNull();
    }
}
