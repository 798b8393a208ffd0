package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StrategicMergeTest {
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 5 : 30);
    private final Shape pod = new Schemas().shape(Gvk.of("v1", "Pod")).orElseThrow();

    private static Struct pod(Object... spec) {
        return Struct.of("spec", Struct.of(spec));
    }

    private static Struct container(String name, Object... more) {
        Struct s = Struct.of("name", name);
        for (int i = 0; i < more.length; i += 2) {
            s = s.with((String) more[i], more[i + 1]);
        }
        return s;
    }

    private Struct apply(Struct object, Struct changes) {
        return StrategicMerge.apply(pod, object, changes);
    }

    @Test
    void mergesContainersByNameAndKeepsTheOthers() {
        Struct before = pod("containers", Seq.of(container("a", "image", "a:1"), container("b", "image", "b:1")));
        Struct after = apply(before,
                pod("containers", Seq.of(container("b", "image", "b:2"), container("c", "image", "c:1"))));
        assertThat(after).isEqualTo(pod("containers", Seq.of(container("a", "image", "a:1"),
                container("b", "image", "b:2"), container("c", "image", "c:1"))));
    }

    @Test
    void putsANewElementBeforeThoseThePatchDoesNotName() {
        Struct before = pod("containers", Seq.of(container("a"), container("b")));
        assertThat(apply(before, pod("containers", Seq.of(container("c")))))
                .isEqualTo(pod("containers", Seq.of(container("c"), container("a"), container("b"))));
    }

    @Test
    void takesTimeAsTheListsAreLongNotAsTheirProduct() {
        Struct[] elements = IntStream.range(0, 60_000).mapToObj(i -> container("c" + i)).toArray(Struct[]::new);
        Object[] finalizers = IntStream.range(0, 60_000).mapToObj(i -> "f" + i).toArray();
        Struct before = pod("containers", Seq.of((Object[]) elements)).with("metadata",
                Struct.of("finalizers", Seq.of(finalizers)));
        Struct changes = pod("containers", Seq.of((Object[]) elements)).with("metadata",
                Struct.of("finalizers", Seq.of(finalizers), "$setElementOrder/finalizers", Seq.of(finalizers)));
        assertThat(assertTimeoutPreemptively(SOON, () -> apply(before, changes))).isEqualTo(before);
        Struct none = Struct.of("metadata", Struct.of("$deleteFromPrimitiveList/finalizers", Seq.of(finalizers)));
        assertThat(assertTimeoutPreemptively(SOON, () -> apply(before, none)).struct("metadata")
                .seq("finalizers").isEmpty()).isTrue();
    }

    private static Seq containers(int many, Struct one) {
        return Seq.copyOf(Collections.nCopies(many, one));
    }

    @Test
    void doesNotCopyALargeElementForEachTimeItIsNamed() {
        Object[] variables = IntStream.range(0, 20_000).mapToObj(i -> container("E" + i)).toArray();
        Struct before = pod("containers", Seq.of(container("c", "env", Seq.of(variables))));
        Struct again = container("c", "env", Seq.of(container("a")));
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> apply(before, pod("containers", containers(30_000, again))))
                .withMessageContaining("name each element once").matches(PatchFailure::malformed);
        assertThat(apply(before, pod("containers", containers(100, again))).struct("spec").seq("containers").structs()
                .getFirst().seq("env")).hasSize(20_001);
    }

    @Test
    void aSmallElementMayBeNamedOften() {
        Struct again = container("c", "env", Seq.of(container("a")));
        assertThat(apply(pod("containers", Seq.of(container("c"))), pod("containers", containers(30_000, again))))
                .isEqualTo(pod("containers", Seq.of(again)));
    }

    @Test
    void deletesAnElementAndReplacesAList() {
        Struct before = pod("containers", Seq.of(container("a"), container("b")));
        assertThat(apply(before, pod("containers", Seq.of(container("a", "$patch", "delete")))))
                .isEqualTo(pod("containers", Seq.of(container("b"))));
        assertThat(apply(before, pod("containers",
                Seq.of(container("z"), container("b", "$patch", "replace")))))
                .isEqualTo(pod("containers", Seq.of(container("z"))));
    }

    @Test
    void replacesListsThatAreNotMerged() {
        Struct before = pod("containers", Seq.of(container("a", "args", Seq.of("1", "2"))));
        assertThat(apply(before, pod("containers", Seq.of(container("a", "args", Seq.of("3"))))))
                .isEqualTo(pod("containers", Seq.of(container("a", "args", Seq.of("3")))));
    }

    @Test
    void removesWithNullAlsoBelowWhatIsNew() {
        Struct before = pod("nodeName", "n", "nodeSelector", Struct.of("a", "1"));
        assertThat(apply(before,
                pod("nodeName", null, "nodeSelector", Struct.of("a", null, "b", "2"), "securityContext",
                        Struct.of("runAsUser", null, "fsGroup", 7))))
                .isEqualTo(pod("nodeSelector", Struct.of("b", "2"), "securityContext", Struct.of("fsGroup", 7)));
    }

    @Test
    void replacesAStructOnDemandAndKeepsOnlyRetainedKeys() {
        Struct before = pod("nodeSelector", Struct.of("a", "1"), "volumes",
                Seq.of(container("v", "emptyDir", Struct.EMPTY)));
        assertThat(apply(before, pod("nodeSelector", Struct.of("$patch", "replace", "b", "2"))).struct("spec")
                .struct("nodeSelector")).isEqualTo(Struct.of("b", "2"));
        assertThat(apply(before,
                pod("volumes", Seq.of(container("v", "$retainKeys", Seq.of("name", "hostPath"), "hostPath",
                        Struct.of("path", "/x")))))
                .struct("spec").seq("volumes"))
                .isEqualTo(Seq.of(container("v", "hostPath", Struct.of("path", "/x"))));
    }

    @Test
    void setsTheOrderOfElements() {
        Struct before = pod("containers", Seq.of(container("a"), container("b"), container("server")));
        Struct order = Struct.of("$setElementOrder/containers", Seq.of(container("c"), container("b"), container("a")),
                "containers", Seq.of(container("c", "image", "c:1")));
        assertThat(apply(before, Struct.of("spec", order)).struct("spec").seq("containers").structs())
                .extracting(s -> s.text("name")).containsExactly("c", "b", "a", "server");
    }

    @Test
    void mergesAndDeletesFromListsOfScalars() {
        Struct before = Struct.of("metadata", Struct.of("finalizers", Seq.of("x", "y")));
        assertThat(apply(before, Struct.of("metadata", Struct.of("$deleteFromPrimitiveList/finalizers", Seq.of("x"),
                "finalizers", Seq.of("z")))).struct("metadata").seq("finalizers")).isEqualTo(Seq.of("z", "y"));
    }

    @Test
    void refusesAnElementWithoutItsKeyAndAnUnknownDirective() {
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> apply(pod("containers", Seq.of(container("a"))),
                        pod("containers", Seq.of(Struct.of("image", "x")))))
                .withMessage("map: map[image:x] does not contain declared merge key: name")
                .matches(f -> f.code() == 500);
        for (String directive : List.of("explode", "merge")) {
            assertThatExceptionOfType(PatchFailure.class)
                    .isThrownBy(() -> apply(pod("nodeName", "n"), pod("$patch", directive, "hostPID", true)))
                    .withMessage("unknown patch type: " + directive + " in map: map[$patch:" + directive
                            + " hostPID:true]");
        }
    }

    /// A client chooses how many directives there are, and how many fields they stand beside.
    @Test
    @Timeout(60)
    void manyDirectivesBesideManyFieldsTakeLittleTime() {
        Struct.Builder lists = Struct.builder();
        Struct.Builder orders = Struct.builder();
        for (int i = 0; i < 200_000; i++) {
            lists.put("k" + i, Seq.of("a", "b"));
            orders.put("$setElementOrder/k" + i, Seq.of("b", "a"));
        }
        Shape review = new Schemas().shape(Gvk.of("authorization.k8s.io/v1", "SubjectAccessReview")).orElseThrow();
        Struct ordered = StrategicMerge.apply(review, Struct.of("spec", Struct.of("extra", lists.build())),
                Struct.of("spec", Struct.of("extra", orders.build())));
        assertThat(ordered.struct("spec").struct("extra").seq("k199999")).isEqualTo(Seq.of("b", "a"));
        assertThatExceptionOfType(PatchFailure.class).isThrownBy(() -> apply(pod("nodeName", "n"),
                pod("$setElementOrder/nodeName", Seq.of("n"))))
                .withMessage("expected a []interface {}, but received a string");
    }

    /// As upstream, which takes a list as it is where there is none: two ports may have the same number.
    @Test
    void whatIsNewIsNotMergedWithinItself() {
        Struct tcp = Struct.of("containerPort", 53, "protocol", "TCP");
        Struct udp = Struct.of("containerPort", 53, "protocol", "UDP");
        Struct before = pod("containers", Seq.of(container("a")));
        assertThat(apply(before, pod("containers", Seq.of(container("a", "ports", Seq.of(tcp, udp))))))
                .isEqualTo(pod("containers", Seq.of(container("a", "ports", Seq.of(tcp, udp)))));
        assertThat(apply(before, pod("securityContext", Struct.of("seLinuxOptions", Struct.of("$patch", "delete")),
                "tolerations", Seq.of(Struct.of("$patch", "replace"), Struct.of("key", "k", "value", null)))))
                .isEqualTo(before.withAt(Struct.EMPTY, "spec", "securityContext")
                        .withAt(Seq.of(Struct.of("key", "k")), "spec", "tolerations"));
    }

    @Test
    void deletingAStructLeavesAnEmptyOne() {
        assertThat(apply(pod("securityContext", Struct.of("runAsUser", 1)),
                pod("securityContext", Struct.of("$patch", "delete"))))
                .isEqualTo(pod("securityContext", Struct.EMPTY));
    }

    @Test
    void refusesFieldsBesideThoseToRetainAndAnOrderOfOthers() {
        Struct before = pod("containers", Seq.of(container("a"), container("b")));
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> apply(before, pod("$retainKeys", Seq.of("hostPID"), "hostIPC", true)))
                .withMessage("invalid patch format of retainKeys").matches(PatchFailure::malformed);
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> apply(before, pod("$setElementOrder", Seq.EMPTY)))
                .withMessage("invalid patch format of setElementOrder list").matches(PatchFailure::malformed);
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> apply(before, pod("$setElementOrder/containers", Seq.of(container("a")),
                        "containers", Seq.of(container("b", "image", "x")))))
                .withMessage("The order in patch list:\n[map[image:x name:b]]\n doesn't match $setElementOrder list:\n"
                        + "[map[name:a]]\n")
                .matches(f -> f.code() == 500);
    }

    /// Structs of any number may have one hash, and texts, too.
    @Test
    @Timeout(60)
    void valuesOfOneHashAreFoundAsFastAsOthers() {
        List<Object> structs = new ArrayList<>();
        List<Object> texts = new ArrayList<>();
        for (int i = 0; i < 1 << 16; i++) {
            structs.add(Struct.of("name", Struct.of("k" + i, "k" + i)));
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            texts.add(text.toString());
        }
        Struct before = Struct.of("metadata", Struct.of("finalizers", Seq.copyOf(texts)), "spec",
                Struct.of("containers", Seq.copyOf(structs)));
        Struct deleted = apply(before,
                Struct.of("metadata", Struct.of("$deleteFromPrimitiveList/finalizers", Seq.copyOf(texts))));
        assertThat(deleted.struct("metadata").seq("finalizers").size()).isZero();
        Struct kept = apply(before,
                Struct.of("spec",
                        Struct.of("containers", Seq.of(container("x")), "$setElementOrder/containers",
                                Seq.copyOf(structs).plus(container("x")))));
        assertThat(kept.struct("spec").seq("containers").size()).isEqualTo(structs.size() + 1);
        assertThat(apply(Struct.of("spec", Struct.of("nodeSelector", names(texts))), Struct.of("spec",
                Struct.of("nodeSelector", Struct.of("$retainKeys", Seq.copyOf(texts))))).struct("spec")
                .struct("nodeSelector").size()).isEqualTo(texts.size());
    }

    private static Struct names(List<Object> names) {
        Struct.Builder b = Struct.builder();
        names.forEach(n -> b.put((String) n, ""));
        return b.build();
    }
}
