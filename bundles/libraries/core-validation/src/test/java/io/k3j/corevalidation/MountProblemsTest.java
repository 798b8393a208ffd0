package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MountProblemsTest {
    private static List<String> found(Struct container) {
        Struct spec = Struct.of("volumes", Seq.of(Struct.of("name", "v", "emptyDir", Struct.EMPTY),
                Struct.of("name", "d", "persistentVolumeClaim", Struct.EMPTY)));
        return Case.found(p -> new MountProblems(Set.of("v", "d"), MountProblems.claims(spec)).check(container, p));
    }

    static Stream<Case> mounts() {
        return Stream.of(mount(Struct.of("subPath", "a/b", "mountPropagation", "None")),
                Case.of("volumeMounts", Seq.of(Struct.of("mountPath", "/m")), "volumeMounts[0].name: Required value",
                        "volumeMounts[0].name: Not found: \"\""),
                mount(Struct.of("name", "w"), "volumeMounts[0].name: Not found: \"w\""),
                Case.of("volumeMounts", Seq.of(Struct.of("name", "v")), "volumeMounts[0].mountPath: Required value"),
                Case.of("volumeMounts",
                        Seq.of(Struct.of("name", "v", "mountPath", "/m"), Struct.of("name", "v", "mountPath", "/m")),
                        "volumeMounts[1].mountPath: Invalid value: \"/m\": must be unique"),
                mount(Struct.of("subPath", "a", "subPathExpr", "$(A)"), "volumeMounts[0].subPathExpr: Invalid value:"
                        + " \"$(A)\": subPathExpr and subPath are mutually exclusive"),
                mount(Struct.of("subPath", "../b"),
                        "volumeMounts.subPath: Invalid value: \"../b\": must not contain '..'"),
                mount(Struct.of("subPathExpr", "/b"),
                        "volumeMounts.subPathExpr: Invalid value: \"/b\": must be a relative path"),
                mount(Struct.of("mountPropagation", "Up"), "volumeMounts.mountPropagation: Unsupported value:"
                        + " \"Up\": supported values: \"Bidirectional\", \"HostToContainer\", \"None\""),
                mount(Struct.of("mountPropagation", "Bidirectional"), "volumeMounts.mountPropagation: Forbidden:"
                        + " Bidirectional mount propagation is available only to privileged containers"),
                mount(Struct.of("readOnly", true, "recursiveReadOnly", "Enabled", "mountPropagation", "None")),
                mount(Struct.of("recursiveReadOnly", "Disabled")),
                mount(Struct.of("recursiveReadOnly", "Maybe"), "volumeMounts.recursiveReadOnly: Unsupported value:"
                        + " \"Maybe\": supported values: \"Disabled\", \"Enabled\", \"IfPossible\""),
                mount(Struct.of("recursiveReadOnly", "IfPossible", "mountPropagation", "HostToContainer"),
                        "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true",
                        "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is"
                                + " None or not specified"));
    }

    private static Case mount(Struct more, String... expected) {
        Struct.Builder mount = Struct.of("name", "v", "mountPath", "/m").toBuilder();
        more.forEach(mount::put);
        return Case.of("volumeMounts", Seq.of(mount.build()), expected);
    }

    static Stream<Case> devices() {
        Struct valid = Struct.of("name", "d", "devicePath", "/dev/a");
        return Stream.of(Case.of("volumeDevices", Seq.of(valid)),
                Case.of("volumeDevices", Seq.of(valid.without("name")), "volumeDevices[0].name: Required value",
                        "volumeDevices[0].name: Not found: \"\""),
                Case.of("volumeDevices", Seq.of(valid.with("name", "w")), "volumeDevices[0].name: Not found: \"w\""),
                Case.of("volumeDevices", Seq.of(valid.with("name", "v")), "volumeDevices[0].name: Invalid value:"
                        + " \"v\": can only use volume source type of PersistentVolumeClaim or Ephemeral for block"
                        + " mode"),
                Case.of("volumeDevices", Seq.of(valid.without("devicePath")),
                        "volumeDevices[0].devicePath: Required value"),
                Case.of("volumeDevices", Seq.of(valid, valid),
                        "volumeDevices[1].name: Invalid value: \"d\": must be unique",
                        "volumeDevices[1].devicePath: Invalid value: \"/dev/a\": must be unique"),
                Case.of("volumeDevices", Seq.of(valid.with("devicePath", "/dev/../a")), "volumeDevices[0].devicePath:"
                        + " Invalid value: \"/dev/../a\": can not contain backsteps ('..')"));
    }

    @ParameterizedTest
    @MethodSource({"mounts", "devices"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(Struct.of(c.field(), c.value()))).containsExactlyElementsOf(c.expected());
    }

    @Test
    void aPathIsThereOnceInBothLists() {
        Struct both = Struct.of("volumeMounts", Seq.of(Struct.of("name", "d", "mountPath", "/a")),
                "volumeDevices", Seq.of(Struct.of("name", "d", "devicePath", "/a")));
        assertThat(found(both)).containsExactly(
                "volumeMounts[0].name: Invalid value: \"d\": must not already exist in"
                        + " volumeDevices",
                "volumeMounts[0].mountPath: Invalid value: \"/a\": must not already exist as a"
                        + " path in volumeDevices",
                "volumeDevices[0].name: Invalid value: \"d\": must not already exist in"
                        + " volumeMounts",
                "volumeDevices[0].devicePath: Invalid value: \"/a\": must not already exist as a"
                        + " path in volumeMounts");
    }
}
