package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceProblemsTest {
    private static List<String> found(Struct limits, Struct requests) {
        return Case.found(p -> ResourceProblems.check(Struct.of("limits", limits, "requests", requests), p));
    }

    static Stream<Case> names() {
        return Stream.of(Case.of("cpu", "500m"), Case.of("memory", "1Gi"), Case.of("ephemeral-storage", 1),
                Case.of("hugepages-2Mi", "4Mi", ": Forbidden: HugePages require cpu or memory"),
                Case.of("example.com/gpu", 2), Case.of("cpu", 0),
                Case.of("gpu", 1, "limits[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully"
                        + " qualified",
                        "limits[gpu]: Invalid value: \"gpu\": must be a standard resource for"
                                + " containers"),
                Case.of("cpu", "-1m", "limits[cpu]: Invalid value: \"-1m\": must be greater than or equal to 0"),
                Case.of("example.com/gpu", "1500m",
                        "limits[example.com/gpu]: Invalid value: \"1500m\": must be an integer"),
                Case.of("cpu", "one", "limits[cpu]: Invalid value: \"one\": quantities must match the regular"
                        + " expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void anAmountIsOfAKnownResourceAndNotNegative(Case c) {
        assertThat(found(Struct.of(c.field(), c.value()), Struct.EMPTY)).containsExactlyElementsOf(c.expected());
    }

    @Test
    void aVendorsDomainIsADnsSubdomain() {
        String standard = "doesn't follow extended resource name standard";
        assertThat(found(Struct.of("-/gpu", 1), Struct.EMPTY)).hasSize(2)
                .contains("limits[-/gpu]: Invalid value: \"-/gpu\": " + standard).first().asString()
                .startsWith("limits[-/gpu]: Invalid value: \"-/gpu\": prefix part a lowercase RFC 1123 subdomain");
        assertThat(found(Struct.of("/gpu", 1), Struct.EMPTY)).containsExactly(
                "limits[/gpu]: Invalid value: \"/gpu\": prefix part must be non-empty",
                "limits[/gpu]: Invalid value: \"/gpu\": " + standard);
        assertThat(found(Struct.of("requests.example.com/gpu", 1), Struct.EMPTY)).containsExactly(
                "limits[requests.example.com/gpu]: Invalid value: \"requests.example.com/gpu\": " + standard);
    }

    @Test
    void requestsAreAmountsToo() {
        assertThat(found(Struct.EMPTY, Struct.of("memory", "-1")))
                .containsExactly("requests[memory]: Invalid value: \"-1\": must be greater than or equal to 0");
    }

    @Test
    void aRequestIsWithinItsLimit() {
        assertThat(found(Struct.of("cpu", "1"), Struct.of("cpu", "1000m"))).isEmpty();
        assertThat(found(Struct.of("cpu", "1"), Struct.of("cpu", "1001m"))).containsExactly(
                "requests: Invalid value: \"1001m\": must be less than or equal to cpu limit of 1");
        assertThat(found(Struct.EMPTY, Struct.of("cpu", "1"))).isEmpty();
    }

    @Test
    void whatIsNotSharedIsRequestedAsItIsLimited() {
        assertThat(found(Struct.of("example.com/gpu", 2), Struct.of("example.com/gpu", 2))).isEmpty();
        assertThat(found(Struct.of("example.com/gpu", 2), Struct.of("example.com/gpu", 1))).containsExactly(
                "requests: Invalid value: \"1\": must be equal to example.com/gpu limit of 2");
        assertThat(found(Struct.EMPTY, Struct.of("hugepages-2Mi", "4Mi", "cpu", "1")))
                .containsExactly("limits: Required value: Limit must be set for non overcommitable resources");
        assertThat(found(Struct.EMPTY, Struct.of("a.kubernetes.io/b", 1))).isEmpty();
    }

    private static boolean indivisible(String name, String amount) {
        return found(Struct.of(name, amount, "cpu", "1"), Struct.EMPTY).equals(List.of("limits[" + name
                + "]: Invalid value: \"" + amount + "\": " + amount + " is not positive integer multiple of " + name));
    }

    @Test
    void hugePagesAreWholePagesBesideOtherResources() {
        Struct two = Struct.of("hugepages-2Mi", "4Mi", "hugepages-1Gi", "0", "memory", "1Gi");
        assertThat(found(two, two)).isEmpty();
        assertThat(found(Struct.of("hugepages-2Mi", "4Mi"), Struct.of("hugepages-2Mi", "4Mi", "cpu", "1"))).isEmpty();
        assertThat(indivisible("hugepages-2Mi", "3Mi")).isTrue();
        assertThat(indivisible("hugepages-2Mi", "500m")).isTrue();
        assertThat(indivisible("hugepages-many", "2Mi")).isTrue();
        assertThat(indivisible("hugepages-0", "2Mi")).isTrue();
        assertThat(found(two, two.with("hugepages-2Mi", "2Mi"))).containsExactly(
                "requests: Invalid value: \"2Mi\": must be equal to hugepages-2Mi limit of 4Mi");
    }

    @Test
    void aLimitThatIsNoneIsReportedOnce() {
        assertThat(found(Struct.of("cpu", "one"), Struct.of("cpu", "1"))).singleElement().asString()
                .startsWith("limits[cpu]: Invalid value: \"one\"");
        assertThat(found(Struct.of("cpu", "1"), Struct.of("cpu", "one"))).singleElement().asString()
                .startsWith("requests[cpu]: Invalid value: \"one\"");
    }
}
