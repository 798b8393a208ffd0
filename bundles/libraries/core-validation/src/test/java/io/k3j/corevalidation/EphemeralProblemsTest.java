package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EphemeralProblemsTest {
    private static final Struct VALID = Struct.of("name", "a", "image", "i");

    private static List<String> found(Struct container) {
        return Case.found(p -> EphemeralProblems.check(container, p));
    }

    static Stream<Case> ephemeral() {
        String forbidden = ": Forbidden: cannot be set for an Ephemeral Container";
        Struct probe = Struct.of("tcpSocket", Struct.of("port", 80));
        return Stream.of(Case.of("restartPolicy", "Always", "restartPolicy" + forbidden),
                Case.of("ports", Seq.of(Struct.of("containerPort", 80, "protocol", "TCP")), "ports" + forbidden),
                Case.of("resources", Struct.EMPTY),
                Case.of("resources", Struct.of("limits", Struct.of("cpu", "1")), "resources" + forbidden),
                Case.of("livenessProbe", probe, "livenessProbe" + forbidden),
                Case.of("lifecycle", Struct.of("preStop", probe), "lifecycle" + forbidden),
                Case.of("image", "i ", "image: Invalid value: \"i \": must not have leading or trailing whitespace"),
                mount(Struct.of("subPath", "a"), "volumeMounts[0].subPath" + forbidden),
                mount(Struct.of("subPathExpr", "$(A)"), "volumeMounts[0].subPathExpr" + forbidden));
    }

    private static Case mount(Struct mount, String expected) {
        return Case.of("volumeMounts", Seq.of(mount), expected);
    }

    @ParameterizedTest
    @MethodSource("ephemeral")
    void nothingThatAPodReliesOnIsInAnEphemeralContainer(Case c) {
        assertThat(found(VALID.with(c.field(), c.value()))).containsExactlyElementsOf(c.expected());
    }

    @Test
    void anEphemeralContainerIsForOneThatThePodHas() {
        Struct spec = Struct.of("ephemeralContainers", Seq.of(VALID, VALID.with("targetContainerName", "x")));
        assertThat(Case.found(p -> EphemeralProblems.targets(spec, p)))
                .containsExactly("ephemeralContainers[1].targetContainerName: Not found: \"x\"");
        Struct init = spec.with("initContainers", Seq.of(VALID.with("name", "x")));
        assertThat(Case.found(p -> EphemeralProblems.targets(init, p))).isEmpty();
    }
}
