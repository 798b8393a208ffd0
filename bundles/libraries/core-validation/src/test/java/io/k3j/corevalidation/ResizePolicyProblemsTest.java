package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResizePolicyProblemsTest {
    private static List<String> found(String list, String policy, Struct container) {
        return Case.found(p -> ResizePolicyProblems.check(container, Struct.of("restartPolicy", policy), list, p));
    }

    static Stream<Case> resizes() {
        Struct valid = Struct.of("resourceName", "cpu", "restartPolicy", "NotRequired");
        return Stream.of(Case.of("resizePolicy", Seq.of(valid, valid.with("resourceName", "memory"))),
                Case.of("resizePolicy", Seq.of(valid, valid), "resizePolicy[1]: Duplicate value: \"cpu\""),
                Case.of("resizePolicy", Seq.of(Struct.EMPTY), "resizePolicy: Required value",
                        "resizePolicy: Required value"),
                Case.of("resizePolicy", Seq.of(valid.with("resourceName", "gpu").with("restartPolicy", "Now")),
                        "resizePolicy: Unsupported value: \"gpu\": supported values: \"cpu\", \"memory\"",
                        "resizePolicy: Unsupported value: \"Now\": supported values: \"NotRequired\","
                                + " \"RestartContainer\""));
    }

    @ParameterizedTest
    @MethodSource("resizes")
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(found("containers", "Always", Struct.of(c.field(), c.value())))
                .containsExactlyElementsOf(c.expected());
    }

    @Test
    void whatIsNotRestartedIsResizedWithoutIt() {
        Struct container = Struct.of("resizePolicy",
                Seq.of(Struct.of("resourceName", "cpu", "restartPolicy", "RestartContainer")));
        assertThat(found("containers", "Never", container)).containsExactly("resizePolicy: Invalid value:"
                + " \"RestartContainer\": must be 'NotRequired' when pod `restartPolicy` is 'Never'");
        assertThat(found("initContainers", "Always", container)).containsExactly("resizePolicy[0].restartPolicy:"
                + " Invalid value: \"RestartContainer\": must not be set to 'RestartContainer' for non-sidecar"
                + " initContainers");
        assertThat(found("initContainers", "Always", container.with("restartPolicy", "Always"))).isEmpty();
    }
}
