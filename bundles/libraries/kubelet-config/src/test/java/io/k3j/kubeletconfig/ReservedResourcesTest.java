package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.apimachinery.Quantity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What arguments keep from pods, in upstream's words where they are wrong.
class ReservedResourcesTest {
    private static ReservedResources of(Map<String, String> arguments) {
        return ReservedResources.of(arguments, 4);
    }

    @Test
    void nothingIsKeptUnlessItIsSaid() {
        assertThat(of(Map.of("max-pods", "50"))).isEqualTo(ReservedResources.NONE);
    }

    @Test
    void whatIsForKubernetesAndForTheSystemAddsUp() {
        ReservedResources reserved = of(Map.of("kube-reserved", "cpu=250m, memory=256Mi,pid=1000", "system-reserved",
                "cpu=1,memory=100M,ephemeral-storage=1Gi"));
        assertThat(reserved.amount("cpu")).isEqualTo(Quantity.parse("1250m"));
        assertThat(reserved.amount("memory").value()).isEqualTo((256L << 20) + 100_000_000);
        assertThat(reserved.amount("ephemeral-storage")).isEqualTo(Quantity.parse("1Gi"));
        assertThat(reserved.amount("pid")).isEqualTo(Quantity.of(1000));
        assertThat(reserved.amount("hugepages-2Mi")).isEqualTo(Quantity.ZERO);
    }

    @Test
    void processorsThatAreNamedReplaceAmounts() {
        ReservedResources reserved = of(Map.of("kube-reserved", "cpu=250m,memory=1Gi", "reserved-cpus", "0-1,1,3"));
        assertThat(reserved.amount("cpu")).isEqualTo(Quantity.of(3));
        assertThat(reserved.amount("memory")).isEqualTo(Quantity.parse("1Gi"));
    }

    @Test
    void podsAreHeldToTheRestUnlessNobodyIs() {
        assertThat(of(Map.of("enforce-node-allocatable", "pods")).enforced()).isTrue();
        assertThat(of(Map.of("enforce-node-allocatable", "none")).enforced()).isFalse();
        assertThat(of(Map.of("enforce-node-allocatable", "")).enforced()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kube-reserved|gpu=1|cannot reserve \"gpu\" resource; write for example kube-",
            "system-reserved|cpu|malformed pair, expect string=string",
            "system-reserved|cpu=-1|resource quantity for \"cpu\" cannot be negative: -1",
            "system-reserved|cpu=much|failed to parse quantity \"much\" for \"cpu\" resource: quantities must match",
            "reserved-cpus|0-4|there is no CPU 4 on this machine", "reserved-cpus|3-1|3-1 ends before it begins",
            "reserved-cpus|all|\"all\" is no number of a CPU; write numbers and ranges such as 0-1,8",
            "enforce-node-allocatable|pods,kube-reserved|are not supported by K3j; write pods or none",
            "enforce-node-allocatable|none,pods|may not contain additional enforcements when \"none\" is specified"})
    void whatIsWrongIsNamed(String name, String value, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> of(Map.of(name, value)))
                .withMessageStartingWith("--kubelet-arg " + name + "=" + value + ": ").withMessageContaining(why);
    }
}
