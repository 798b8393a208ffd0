package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimTemplateProblemsTest {
    private static final Struct VALID = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
            Struct.of("requests", Struct.of("storage", "1Gi")));

    private static Case size(Object size, String... expected) {
        return Case.of("resources", Struct.of("requests", Struct.of("storage", size)), expected);
    }

    static Stream<Case> fields() {
        Struct claim = Struct.of("kind", "PersistentVolumeClaim", "name", "c");
        return Stream.of(Case.of("volumeMode", "Block"),
                Case.of("accessModes", null, "accessModes: Required value: at least 1 access mode is required"),
                Case.of("accessModes", Seq.of("Once"), "accessModes: Unsupported value: \"Once\": supported values:"
                        + " \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\""),
                Case.of("accessModes", Seq.of("ReadWriteOncePod", "ReadWriteMany"),
                        "accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"),
                Case.of("resources", null, "resources[storage]: Required value"),
                size(0, "resources[storage]: Invalid value: \"0\": must be greater than zero"),
                size("-1", "resources[storage]: Invalid value: \"-1\": must be greater than zero"),
                Case.of("storageClassName", ""), Case.of("volumeAttributesClassName", "fast"),
                Case.of("volumeMode", "Tape",
                        "volumeMode: Unsupported value: \"Tape\": supported values: \"Block\", \"Filesystem\""),
                Case.of("dataSource", claim),
                Case.of("dataSource", claim.with("kind", "Other"), "dataSource: Invalid value: \"Other\": must be"
                        + " 'PersistentVolumeClaim' when referencing the default apiGroup"),
                Case.of("dataSourceRef", claim.without("name"), "dataSourceRef.name: Required value"),
                Case.of("selector", Struct.of("matchExpressions",
                        Seq.of(Struct.of("key", "k", "operator", "In"))),
                        "selector.matchExpressions[0].values: Required value: must be specified when `operator` is"
                                + " 'In' or 'NotIn'"));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        Struct spec = c.value() == null ? VALID.without(c.field()) : VALID.with(c.field(), c.value());
        assertThat(Case.found(p -> ClaimTemplateProblems.spec(spec, p))).containsExactlyElementsOf(c.expected());
    }

    @Test
    void bothSourcesAreTheSame() {
        Struct claim = Struct.of("kind", "PersistentVolumeClaim", "name", "c");
        Struct both = VALID.with("dataSource", claim).with("dataSourceRef", claim);
        assertThat(Case.found(p -> ClaimTemplateProblems.spec(both, p))).isEmpty();
        assertThat(Case.found(p -> ClaimTemplateProblems.spec(both.with("dataSourceRef", claim.with("name", "d")),
                p.at("spec")))).containsExactly("spec: Invalid value: {}: must match dataSourceRef");
        assertThat(Case.found(p -> ClaimTemplateProblems.spec(
                both.with("dataSourceRef", claim.with("namespace", "n")), p.at("spec")))).containsExactly(
                        "spec: Invalid value: {}: may not be specified when dataSourceRef.namespace is specified");
    }

    @Test
    void aTemplateHasLabelsAndAnnotationsOnly() {
        Struct metadata = Struct.of("labels", Struct.of("a", "b"), "annotations", Struct.of("c", "d"));
        assertThat(Case.found(p -> ClaimTemplateProblems.check(Struct.of("metadata", metadata, "spec", VALID), p)))
                .isEmpty();
        assertThat(Case.found(p -> ClaimTemplateProblems.check(
                Struct.of("metadata", metadata.with("creationTimestamp", Null.NULL), "spec", VALID), p))).isEmpty();
        assertThat(Case.found(p -> ClaimTemplateProblems.check(
                Struct.of("metadata", metadata.with("name", "n"), "spec", VALID), p)))
                .containsExactly("metadata.name: Forbidden: cannot be set");
    }
}
