package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodResourceProblemsTest {
    private static final Struct TWO = Struct.of("cpu", "1", "memory", "1Gi", "hugepages-2Mi", "4Mi");

    private static Struct container(Struct limits, Struct requests) {
        return Struct.of("name", "c", "resources", Struct.of("limits", limits, "requests", requests));
    }

    private static List<String> found(Struct limits, Struct requests, Struct... containers) {
        Struct spec = Struct.of("resources", Struct.of("limits", limits, "requests", requests), "containers",
                Seq.of((Object[]) containers));
        return Case.found(p -> PodResourceProblems.check(spec, p));
    }

    @Test
    void aPodAsAWholeHasProcessorsMemoryAndHugePages() {
        assertThat(found(TWO, TWO)).isEmpty();
        assertThat(found(TWO.with("ephemeral-storage", "1Gi"), TWO)).containsExactly(
                "resources.limits[ephemeral-storage]: Unsupported value: \"ephemeral-storage\": supported values:"
                        + " \"cpu\", \"hugepages-\", \"memory\"");
        assertThat(found(TWO.with("gpu", 1), TWO)).containsExactly(
                "resources.limits[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified");
        assertThat(found(TWO, TWO.with("cpu", "2"))).containsExactly(
                "resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1");
        assertThat(found(TWO.with("hugepages-2Mi", "3Mi"), Struct.EMPTY)).containsExactly(
                "resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of"
                        + " hugepages-2Mi");
        assertThat(found(Struct.of("hugepages-2Mi", "4Mi"), Struct.EMPTY))
                .containsExactly("resources: Forbidden: HugePages require cpu or memory");
    }

    @Test
    void itHasEnoughForItsContainersTogether() {
        Struct half = Struct.of("cpu", "500m", "hugepages-2Mi", "2Mi");
        assertThat(found(TWO, TWO, container(half, half), container(half, half))).isEmpty();
        assertThat(found(TWO, TWO, container(half, half), container(half, half), container(half, half)))
                .containsExactly(
                        "resources.requests[cpu]: Invalid value: \"1\": must be greater than or equal to aggregate"
                                + " container requests of 1500m",
                        "resources.requests[hugepages-2Mi]: Invalid value: \"4Mi\": must be greater than or equal to"
                                + " aggregate container requests of 6Mi",
                        "resources.limits[hugepages-2Mi]: Invalid value: \"4Mi\": must be greater than or equal to"
                                + " aggregate container limits of 6Mi");
    }

    @Test
    void noContainerMayUseMoreThanItsPod() {
        assertThat(found(TWO, Struct.EMPTY, container(Struct.of("cpu", "2", "memory", "1Gi"), Struct.EMPTY)))
                .containsExactly("resources.containers[0][cpu].limits: Invalid value: \"2\": must be less than or equal"
                        + " to pod limits of 1");
    }

    @Test
    void aPodThatSaysNothingOfItselfIsNotCompared() {
        assertThat(Case.found(p -> PodResourceProblems.check(
                Struct.of("containers", Seq.of(container(TWO, TWO))), p))).isEmpty();
    }
}
