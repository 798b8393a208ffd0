package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownwardProblemsTest {
    private static final String AT = "volumes[0].downwardAPI";
    private static final String SUPPORTED = ": supported values: ";
    private static final Struct ITEM = Struct.of("path", "a/b", "mode", 0400, "fieldRef", ref("metadata.labels"));
    private static final Struct CPU = Struct.of("containerName", "c", "resource", "limits.cpu");

    private static Struct ref(String path) {
        return Struct.of("apiVersion", "v1", "fieldPath", path);
    }

    private static List<String> found(Struct source) {
        Struct volume = Struct.of("name", "v", "downwardAPI", source);
        return Case.found(p -> new VolumeProblems(false, "").check(Seq.of(volume), p));
    }

    private static List<String> ofItem(Struct item) {
        return found(Struct.of("items", Seq.of(item)));
    }

    static Stream<Case> files() {
        return Stream.of(Case.of("path", null, ".path: Required value"),
                Case.of("path", "/a", ".path: Invalid value: \"/a\": must be a relative path"),
                Case.of("path", "a/../b", ".path: Invalid value: \"a/../b\": must not contain '..'"),
                Case.of("path", "..data", ".path: Invalid value: \"..data\": must not start with '..'"),
                Case.of("mode", 01000,
                        ".mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive"),
                Case.of("fieldRef", null, ": Required value: one of fieldRef and resourceFieldRef is required"),
                Case.of("resourceFieldRef", CPU, ": Invalid value: \"resource\": fieldRef and resourceFieldRef can not"
                        + " be specified simultaneously"));
    }

    static Stream<Case> fields() {
        return Stream.of(Case.of("fieldRef", Struct.EMPTY, ".fieldRef.fieldPath: Required value"),
                Case.of("fieldRef", ref("spec.nodeName"), ".fieldRef.fieldPath: Unsupported value: \"spec.nodeName\""
                        + SUPPORTED + "\"metadata.annotations\", \"metadata.labels\", \"metadata.name\","
                        + " \"metadata.namespace\", \"metadata.uid\""),
                Case.of("fieldRef", ref("spec.host.name"), ".fieldRef.fieldPath: Invalid value: \"spec.host.name\":"
                        + " error converting fieldPath: field label not supported: spec.host.name"),
                Case.of("fieldRef", ref("metadata.labels[']"), ".fieldRef.fieldPath: Invalid value:"
                        + " \"metadata.labels[']\": error converting fieldPath: field label not supported:"
                        + " metadata.labels[']"),
                Case.of("fieldRef", ref("metadata.name['a']"), ".fieldRef.fieldPath: Invalid value:"
                        + " \"metadata.name['a']\": error converting fieldPath: field label does not support"
                        + " subscript: metadata.name['a']"),
                Case.of("fieldRef", ref("metadata.annotations['a.example/B']")),
                Case.of("fieldRef", ref("metadata.labels['a.example/B']")));
    }

    @ParameterizedTest
    @MethodSource({"files", "fields"})
    void eachItemIsRefusedInUpstreamsWords(Case c) {
        Struct item = c.value() == null ? ITEM.without(c.field()) : ITEM.with(c.field(), c.value());
        assertThat(ofItem(item)).containsExactlyElementsOf(c.expected().stream().map(e -> AT + e).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata.annotations['a b']", "metadata.labels['a/']"})
    void aKeyThatNoLabelHasIsRefused(String path) {
        assertThat(ofItem(ITEM.with("fieldRef", ref(path)))).isNotEmpty()
                .allMatch(e -> e.startsWith(AT + ".fieldRef: Invalid value: \""));
    }

    @Test
    void aVariableMayNameTheNodeByItsOldName() {
        assertThat(Case.found(p -> DownwardProblems.variable(ref("spec.host"), p))).isEmpty();
        assertThat(ofItem(ITEM.with("fieldRef", ref("spec.host")))).singleElement().asString()
                .startsWith(AT + ".fieldRef.fieldPath: Unsupported value: \"spec.nodeName\"");
    }

    @Test
    void aResourceIsOneOfAContainer() {
        Struct item = ITEM.without("fieldRef");
        assertThat(ofItem(item.with("resourceFieldRef", CPU))).isEmpty();
        assertThat(ofItem(item.with("resourceFieldRef", CPU.with("resource", "requests.hugepages-2Mi")))).isEmpty();
        assertThat(ofItem(item.with("resourceFieldRef", CPU.without("containerName"))))
                .containsExactly(AT + ".resourceFieldRef.containerName: Required value");
        assertThat(ofItem(item.with("resourceFieldRef", CPU.without("resource"))))
                .containsExactly(AT + ".resourceFieldRef.resource: Required value");
        assertThat(ofItem(item.with("resourceFieldRef", CPU.with("resource", "limits.disk")))).singleElement()
                .asString()
                .startsWith(AT + ".resourceFieldRef.resource: Unsupported value: \"limits.disk\"" + SUPPORTED);
    }

    @Test
    void theVolumesModeAndTheFilesOfProjectedVolumesAreLookedAtToo() {
        assertThat(found(Struct.of("defaultMode", -1))).singleElement().asString()
                .startsWith(AT + ".defaultMode: Invalid value: -1");
        Struct source = Struct.of("downwardAPI", Struct.of("items", Seq.of(ITEM.with("path", "../a"))));
        Struct volume = Struct.of("name", "v", "projected", Struct.of("sources", Seq.of(source)));
        assertThat(Case.found(p -> new VolumeProblems(false, "").check(Seq.of(volume), p))).containsExactly(
                "volumes[0].projected.sources[0].downwardAPI.path: Invalid value: \"../a\": must not contain '..'");
    }
}
