package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FieldMaskTest {
    private static final FieldMask PORTS = FieldMask.IDENTITY.with("spec", "containers", "ports", "name")
            .with("metadata", "annotations", "example.com/a.b");
    private static final Obj POD = Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
            Struct.of("name", "a", "namespace", "n", "uid", "u", "resourceVersion", "7", "annotations",
                    Struct.of("example.com/a.b", "x", "other", "y")),
            "spec", Struct.of("nodeName", "here", "containers",
                    Seq.of(Struct.of("image", "i", "ports", Seq.of(Struct.of("name", "web", "containerPort", 80))),
                            Struct.of("image", "j"))),
            "status", Struct.of("phase", "Running")));

    @Test
    void keepsWhatNamesAnObjectAndWhatWasAskedForOfEachElement() {
        Obj kept = PORTS.of(POD);
        assertThat(kept.tree()).isEqualTo(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "a", "namespace", "n", "uid", "u", "annotations",
                        Struct.of("example.com/a.b", "x")),
                "spec", Struct.of("containers",
                        Seq.of(Struct.of("ports", Seq.of(Struct.of("name", "web"))), Struct.EMPTY))));
        assertThat(kept.revision()).isEqualTo(7);
    }

    @Test
    void whatHasNothingElseIsTheSameObject() {
        Obj kept = PORTS.of(POD);
        assertThat(PORTS.of(kept)).isSameAs(kept);
        assertThat(FieldMask.ALL.of(POD)).isSameAs(POD);
    }

    @Test
    void aFieldOfAnotherTypeStays() {
        Obj strange = POD.with("none", "spec", "containers");
        assertThat(PORTS.of(strange).spec().text("containers")).isEqualTo("none");
    }

    @Test
    void listsWithinListsAreMaskedToo() {
        FieldMask names = FieldMask.IDENTITY.with("spec", "rows", "name");
        Struct named = Struct.of("name", "a");
        Obj nested = POD.with(Seq.of(Seq.of(named.with("size", 1), "text"), Seq.of(Seq.of(named.with("size", 2)))),
                "spec", "rows");
        Obj kept = names.of(nested);
        assertThat(kept.spec()).isEqualTo(
                Struct.of("rows", Seq.of(Seq.of(named, "text"), Seq.of(Seq.of(named)))));
        assertThat(names.of(kept)).isSameAs(kept);
        assertThat(FieldMask.IDENTITY.with("spec").of(nested).spec()).isSameAs(nested.spec());
    }

    @Test
    void coversWhatKeepsNoMore() {
        FieldMask spec = FieldMask.IDENTITY.with("spec");
        assertThat(spec.with("spec", "containers")).as("more of what is kept already").isEqualTo(spec);
        assertThat(PORTS.covers(FieldMask.IDENTITY)).isTrue();
        assertThat(FieldMask.IDENTITY.covers(PORTS)).isFalse();
        assertThat(spec.with("metadata", "annotations").covers(PORTS)).isTrue();
        assertThat(PORTS.covers(spec)).isFalse();
        assertThat(FieldMask.ALL.covers(PORTS)).isTrue();
        assertThat(PORTS.covers(FieldMask.ALL)).isFalse();
        assertThat(FieldMask.ALL.covers(FieldMask.ALL)).isTrue();
    }

    @Test
    void equalOnesKeepTheSame() {
        FieldMask one = FieldMask.IDENTITY.with("spec", "a").with("spec", "b");
        FieldMask other = FieldMask.IDENTITY.with("spec", "b").with("spec", "a");
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo(FieldMask.IDENTITY.with("spec"));
    }

    @Test
    void isPutUnderAField() {
        FieldMask event = PORTS.under("object").with("type");
        assertThat(event.of(Struct.of("type", "ADDED", "object", POD.document(), "x", 1)))
                .isEqualTo(Struct.of("type", "ADDED", "object", PORTS.of(POD).document()));
        assertThat(event.at("x")).isNull();
        assertThat(event.at("object")).isEqualTo(PORTS);
    }
}
