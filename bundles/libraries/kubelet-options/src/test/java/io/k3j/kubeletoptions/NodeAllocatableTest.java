package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.CgroupDriver;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeleteviction.EvictionConfig;
import io.k3j.model.Struct;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What pods may have of a node with two processors and four gibibytes.
class NodeAllocatableTest {
    private static final Struct CAPACITY = Struct.of("cpu", "2", "ephemeral-storage", "1000Ki", "hugepages-2Mi", "0",
            "memory", "4194304Ki", "pods", "110", "example.com/dongle", "4");

    private static NodeAllocatable of(Map<String, String> arguments) {
        return new NodeAllocatable(ReservedResources.of(arguments, 2), EvictionConfig.of(arguments), Quantity.of(2),
                Quantity.bytes(4L << 30), Quantity.ZERO);
    }

    @Test
    void withoutArgumentsATwentiethOfTheDiskIsKept() {
        assertThat(of(Map.of()).of(CAPACITY)).isEqualTo(CAPACITY.with("ephemeral-storage", "950Ki"));
    }

    @Test
    void whatIsReservedAndWhatEvictionsKeepFreeIsNotPromised() {
        NodeAllocatable node = of(Map.of("kube-reserved", "cpu=250m,memory=512Mi", "system-reserved",
                "cpu=250m,memory=400Mi,ephemeral-storage=100Ki", "eviction-hard",
                "memory.available<100Mi,nodefs.available<10%"));
        assertThat(node.of(CAPACITY)).isEqualTo(CAPACITY.with("cpu", "1500m")
                .with("memory", "3084Mi").with("ephemeral-storage", "800Ki"));
        assertThat(node.milliCpu()).isEqualTo(1500);
        assertThat(node.bytes()).isEqualTo(3084L << 20);
        assertThat(node.disk(1_024_000)).isEqualTo(800 * 1024);
    }

    @Test
    void aDiskOfWhichMoreIsReservedThanThereIsHasNothing() {
        assertThat(of(Map.of("system-reserved", "ephemeral-storage=1Gi")).of(CAPACITY).text("ephemeral-storage"))
                .isEqualTo("0");
    }

    @Test
    void memoryOfHugePagesIsNoPodsToUseOtherwise() {
        Map<String, String> arguments = Map.of("system-reserved", "memory=1Gi");
        Struct capacity = CAPACITY.with("hugepages-2Mi", "512Mi").with("hugepages-1Gi", "1Gi");
        assertThat(of(arguments).of(capacity)).isEqualTo(
                capacity.with("memory", "1536Mi").with("ephemeral-storage", "950Ki"));
        assertThat(of(arguments).of(CAPACITY.with("hugepages-1Gi", "8Gi")).text("memory")).isEqualTo("0");
        NodeAllocatable node = new NodeAllocatable(ReservedResources.of(arguments, 2), EvictionConfig.of(arguments),
                Quantity.of(2), Quantity.bytes(4L << 30), Quantity.bytes(1L << 30));
        assertThat(node.bytes()).isEqualTo(2L << 30);
        assertThat(node.limits(0).memory()).as("of all pods, whose huge pages have limits of their own")
                .isEqualTo(3L << 30);
    }

    @Test
    void theGroupOfAllPodsIsHeldToWhatIsNotReserved() {
        Map<String, String> arguments = Map.of("system-reserved", "cpu=500m,memory=1Gi,pid=1000", "eviction-hard",
                "memory.available<100Mi");
        assertThat(of(arguments).limits(32_768)).isEqualTo(new CgroupDriver.Limits(1500, 0, 3L << 30, 31_768));
        assertThat(of(arguments).limits(0).pids()).isZero();
    }

    @Test
    void orToTheNodeWhereThatIsNotEnforced() {
        assertThat(of(Map.of("system-reserved", "cpu=500m,memory=1Gi", "enforce-node-allocatable", "none"))
                .limits(32_768)).isEqualTo(new CgroupDriver.Limits(2000, 0, 4L << 30, 32_768));
    }

    @Test
    void moreThanThereIsCannotBeReserved() {
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of("kube-reserved", "memory=5Gi")))
                .withMessageStartingWith("invalid Node Allocatable configuration. Resource \"memory\" has a "
                        + "reservation of 5Gi but capacity of 4Gi. Expected capacity >= reservation; reserve less by");
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of("system-reserved", "cpu=2500m")))
                .withMessageContaining("Resource \"cpu\" has a reservation of 2500m but capacity of 2. ");
    }
}
