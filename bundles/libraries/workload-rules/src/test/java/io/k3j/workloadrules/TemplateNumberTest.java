package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The number of a DaemonSet's template, by which controllers know the pods of the templates before.
class TemplateNumberTest {
    private static final String NUMBER = "deprecated.daemonset.template.generation";
    private static final String FIRST = "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: w, namespace: d},"
            + " spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers:"
            + " [{name: c, image: first}]}}}}";
    private static final String SECOND = FIRST.replace("first", "second");
    private final Kit kit = new Kit();

    private Struct updated(Struct before, Struct after) {
        Struct o = kit.hooks(after).defaulted(kit.kind(after).gvk(), after);
        return kit.hooks(o).prepared(kit.write(Operation.UPDATE, o, Optional.of(before), ""), o);
    }

    private static String number(Struct set) {
        return set.struct("metadata").struct("annotations").text(NUMBER);
    }

    private static Struct numbered(Struct set, String number) {
        return set.withAt(number, "metadata", "annotations", NUMBER);
    }

    @Test
    void everyTemplateHasTheNextNumber() {
        Struct first = kit.created(FIRST);
        assertThat(number(first)).isEqualTo("1");
        Struct second = updated(first, Kit.yaml(SECOND));
        assertThat(number(second)).isEqualTo("2");
        assertThat(number(updated(second, Kit.yaml(FIRST)))).as("also one of before").isEqualTo("3");
    }

    @Test
    void nobodyElseHasASayInItOnceThereIsOne() {
        assertThat(number(kit.created(FIRST.replace("name: w,", "name: w, annotations: {" + NUMBER + ": '7'},"))))
                .isEqualTo("7");
        Struct known = numbered(kit.created(FIRST), "7");
        assertThat(number(updated(known, Kit.yaml(FIRST)))).as("left out").isEqualTo("7");
        assertThat(number(updated(known, numbered(Kit.yaml(FIRST), "9")))).isEqualTo("7");
        assertThat(number(updated(known, numbered(Kit.yaml(SECOND), "9")))).isEqualTo("8");
    }

    /// Its pods are labelled with generations up to its own.
    @Test
    void oneWithoutANumberBeginsWithItsNextGeneration() {
        Struct old = Kit.yaml(FIRST).withAt(4L, "metadata", "generation");
        assertThat(number(updated(old, numbered(Kit.yaml(FIRST), "1")))).isEmpty();
        assertThat(number(updated(old, Kit.yaml(SECOND)))).isEqualTo("5");
    }
}
