package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How sizes of huge pages are called, and which size a volume of them has.
class HugePagesTest {
    private static final long SMALL = 2L << 20;
    private static final long LARGE = 1L << 30;

    private static Struct asks(String... resources) {
        Struct.Builder amounts = Struct.builder();
        for (String resource : resources) {
            amounts.put(resource, "4Gi");
        }
        return Struct.of("requests", amounts.build(), "limits", amounts.build());
    }

    private static Obj pod(Struct container, Struct init, Struct whole) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", container)), "initContainers",
                        Seq.of(Struct.of("name", "i", "resources", init)), "resources", whole)));
    }

    @ParameterizedTest
    @CsvSource({"65536, hugepages-64Ki, 64KB", "2097152, hugepages-2Mi, 2MB", "536870912, hugepages-512Mi, 512MB",
            "1073741824, hugepages-1Gi, 1GB", "17179869184, hugepages-16Gi, 16GB"})
    void aSizeHasOneNameAmongResourcesAndAnotherInTheKernel(long pageSize, String resource, String unit) {
        assertThat(HugePages.resource(pageSize)).isEqualTo(resource);
        assertThat(HugePages.pageSize(resource)).isEqualTo(pageSize);
        assertThat(HugePages.unit(pageSize)).isEqualTo(unit);
    }

    @Test
    void amountsAreThoseOfASizeHoweverItIsWritten() {
        Struct amounts = Struct.of("hugepages-2Mi", "4Mi", "hugepages-2048Ki", "2Mi", "hugepages-1Gi", "1Gi",
                "hugepages-few", "8Mi", "memory", "1Gi");
        assertThat(HugePages.amount(amounts, SMALL)).isEqualTo(6L << 20);
        assertThat(HugePages.amount(amounts, LARGE)).isEqualTo(LARGE);
        assertThat(HugePages.amount(amounts, 65_536)).isZero();
    }

    @Test
    void aVolumeHasPagesOfTheSizeThatItsPodAsksFor() {
        assertThat(HugePageMedium.pageSize("HugePages", pod(asks("hugepages-2Mi"), Struct.EMPTY, Struct.EMPTY)))
                .isEqualTo(SMALL);
        assertThat(HugePageMedium.pageSize("HugePages", pod(Struct.EMPTY, asks("hugepages-1Gi"), Struct.EMPTY)))
                .as("of an init container").isEqualTo(LARGE);
        assertThat(HugePageMedium.pageSize("HugePages", pod(Struct.EMPTY, Struct.EMPTY, asks("hugepages-1Gi"))))
                .as("of the pod as a whole").isEqualTo(LARGE);
        Struct limits = asks("hugepages-1Gi").without("requests");
        assertThat(HugePageMedium.pageSize("HugePages", pod(limits, Struct.EMPTY, Struct.EMPTY)))
                .as("of a static pod, which has no defaults").isEqualTo(LARGE);
    }

    @Test
    void orOfTheSizeThatItNames() {
        Obj both = pod(asks("hugepages-2Mi", "hugepages-1Gi"), Struct.EMPTY, Struct.EMPTY);
        assertThat(HugePageMedium.pageSize("HugePages-1Gi", both)).isEqualTo(LARGE);
        assertThat(HugePageMedium.pageSize("HugePages-2048Ki", both)).isEqualTo(SMALL);
        assertThatThrownBy(() -> HugePageMedium.pageSize("HugePages", both)).isInstanceOf(ConfigError.class)
                .hasMessage("medium: HugePages can't be used if container requests multiple huge page sizes");
    }

    @Test
    void aVolumeOfPagesThatNobodyAsksForIsRefused() {
        Obj small = pod(asks("hugepages-2Mi", "memory"), Struct.EMPTY, Struct.EMPTY);
        assertThatThrownBy(() -> HugePageMedium.pageSize("HugePages-1Gi", small)).isInstanceOf(ConfigError.class)
                .hasMessage("medium HugePages-1Gi: hugePages storage requested,"
                        + " but there is no resource request for huge pages");
        Obj none = pod(asks("memory"), Struct.EMPTY, Struct.EMPTY);
        assertThatThrownBy(() -> HugePageMedium.pageSize("HugePages", none)).isInstanceOf(ConfigError.class)
                .hasMessageContaining("there is no resource request for huge pages");
        assertThatThrownBy(() -> HugePageMedium.pageSize("HugePages-many", small)).isInstanceOf(ConfigError.class)
                .hasMessageContaining("quantities must match the regular expression");
    }

    @Test
    void otherMediaAreNone() {
        assertThat(HugePageMedium.named("Memory")).isFalse();
        assertThat(HugePageMedium.named("HugePagesX")).isFalse();
        assertThat(HugePageMedium.named("HugePages-1Gi")).isTrue();
    }
}
