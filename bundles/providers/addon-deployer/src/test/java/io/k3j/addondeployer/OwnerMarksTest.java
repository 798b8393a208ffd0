package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class OwnerMarksTest {
    private final OwnerMarks coredns = new OwnerMarks(new Key("kube-system", "coredns"));
    private final Struct object = Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
            Struct.of("name", "a"), "data", Struct.of("long", "x".repeat(100)), "list",
            Seq.of(Struct.of("name", "n".repeat(100), "value", "v".repeat(100))));

    /// The label that stock K3s gives to the objects of its `coredns.yaml`.
    @Test
    void marksObjectsAsStockK3sDoes() {
        Obj marked = Obj.of(coredns.marked(object));
        assertThat(marked.labels()).containsEntry("objectset.rio.cattle.io/hash",
                "bce283298811743a0386ab510f2f67ef74240c57");
        assertThat(marked.annotations()).containsEntry("objectset.rio.cattle.io/id", "")
                .containsEntry("objectset.rio.cattle.io/owner-gvk", "k3s.cattle.io/v1, Kind=Addon")
                .containsEntry("objectset.rio.cattle.io/owner-name", "coredns")
                .containsEntry("objectset.rio.cattle.io/owner-namespace", "kube-system");
    }

    @Test
    void remembersWhatWasAppliedWithLongTextsCutButNotWhatTellsElementsApart() {
        Struct applied = OwnerMarks.applied(Obj.of(coredns.marked(object)));
        assertThat(applied.struct("data").text("long")).isEqualTo("x".repeat(64));
        assertThat(applied.seq("list").struct(0).text("name")).isEqualTo("n".repeat(100));
        assertThat(applied.seq("list").struct(0).text("value")).isEqualTo("v".repeat(64));
        assertThat(applied.at("metadata", "annotations", OwnerMarks.APPLIED)).isNull();
    }

    @Test
    void readsWhatOlderVersionsAppliedAndNothingFromGarbage() {
        assertThat(OwnerMarks.applied(noted("{\"data\":{\"a\":\"1\"}}")).struct("data").text("a")).isEqualTo("1");
        assertThat(OwnerMarks.applied(noted("H4sIAAAA"))).isEqualTo(Struct.EMPTY);
        assertThat(OwnerMarks.applied(noted("no base 64!"))).isEqualTo(Struct.EMPTY);
        assertThat(OwnerMarks.applied(noted("{"))).isEqualTo(Struct.EMPTY);
    }

    private static Obj noted(String applied) {
        return Obj.of(Struct.of("metadata", Struct.of("annotations", Struct.of(OwnerMarks.APPLIED, applied))));
    }

    @Test
    void ownsWhatBearsAllMarksAndNotWhatHasTheLabelOnly() {
        Obj marked = Obj.of(coredns.marked(object));
        assertThat(coredns.own(marked)).isTrue();
        assertThat(coredns.own(marked.without("metadata", "annotations"))).isFalse();
        assertThat(new OwnerMarks(new Key("kube-system", "other")).own(marked)).isFalse();
    }
}
