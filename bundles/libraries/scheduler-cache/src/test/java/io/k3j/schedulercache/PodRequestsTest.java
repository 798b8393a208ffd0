package io.k3j.schedulercache;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class PodRequestsTest {
    @Test
    void hugePagesOfThePodAsAWholeCountForThoseOfItsContainers() {
        Struct container = Struct.of("name", "c", "resources", Struct.of("requests",
                Struct.of("cpu", "1", "hugepages-2Mi", "4Mi", "hugepages-1Gi", "1Gi", "example.com/gpu", 1)));
        Struct whole = Struct.of("requests", Struct.of("hugepages-2Mi", "16Mi", "memory", "1Gi"));
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec",
                Struct.of("containers", Seq.of(container, container), "resources", whole)));
        ResourceAmounts requests = PodRequests.of(pod);
        assertThat(requests.amount("hugepages-2Mi")).isEqualTo(16L << 20);
        assertThat(requests.amount("hugepages-1Gi")).as("which the pod does not name").isEqualTo(2L << 30);
        assertThat(requests.amount("memory")).isEqualTo(1L << 30);
        assertThat(requests.amount("cpu")).isEqualTo(2000);
        assertThat(requests.amount("example.com/gpu")).isEqualTo(2);
    }
}
