package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.deviceallocation.ExtendedClaim;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtendedClaimTest {
    private static final String GPU = "example.com/gpu";

    private static Struct container(String name, String count) {
        return Struct.of("name", name, "resources", Struct.of("requests", Struct.of("cpu", "1", GPU, count)));
    }

    private static ExtendedClaim claim(Seq inits, Seq containers) {
        return ExtendedClaim.of(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "uid", "u"), "spec",
                Struct.of("initContainers", inits, "containers", containers))), Map.of(GPU, "gpu"));
    }

    private static List<String> requests(ExtendedClaim claim) {
        return claim.claim().spec().struct("devices").seq("requests").structs().stream()
                .map(r -> r.text("name") + " " + r.struct("exactly").whole("count", 0)).toList();
    }

    private static List<String> mappings(ExtendedClaim claim) {
        return claim.mappings().stream().map(m -> m.text("containerName") + " " + m.text("requestName")).toList();
    }

    @Test
    void eachContainerHasARequestOfItsOwn() {
        ExtendedClaim claim = claim(Seq.EMPTY, Seq.of(container("a", "1"), container("b", "2")));
        assertThat(requests(claim)).containsExactly("container-0-request-1 1", "container-1-request-1 2");
        assertThat(mappings(claim)).containsExactly("a container-0-request-1", "b container-1-request-1");
        assertThat(claim.claim().spec().struct("devices").seq("requests").struct(0).struct("exactly")
                .text("deviceClassName")).isEqualTo("gpu");
    }

    @Test
    void anInitContainerUsesWhatOthersHaveLaterAndItsLikeUseWhatItHasMore() {
        ExtendedClaim claim = claim(Seq.of(container("i", "2"), container("j", "4"), container("k", "1")),
                Seq.of(container("a", "1")));
        assertThat(requests(claim)).containsExactly("container-1-request-1 3", "container-3-request-1 1");
        assertThat(mappings(claim)).containsExactly("a container-3-request-1", "i container-3-request-1",
                "i container-1-request-1", "j container-3-request-1", "j container-1-request-1",
                "k container-3-request-1");
    }

    @Test
    void whatASidecarHasIsNobodysThatBeginsAfterIt() {
        ExtendedClaim claim = claim(Seq.of(container("s", "1").with("restartPolicy", "Always"), container("i", "1")),
                Seq.of(Struct.of("name", "a")));
        assertThat(requests(claim)).containsExactly("container-0-request-1 1", "container-1-request-1 1");
        assertThat(mappings(claim)).containsExactly("s container-0-request-1", "i container-1-request-1");
    }
}
