package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose balancer's ports a node answers at all its addresses.
class ServicePortsTest {
    @ParameterizedTest
    @CsvSource({"10.43.0.5, 192.0.2.7, 192.0.2.7, true", "10.43.0.5, 192.0.2.7, 192.0.2.8, false",
            "fd43::5, fd00::7, fd00::7, true", "fd43::5, fd00:0:0:0::7, fd00::7, true",
            "fd43::5, fd00::7, fd00::8, false"})
    void aNodeCarriesWhatShowsOneOfItsAddresses(String cluster, String shown, String own, boolean carried) {
        Obj service = Obj.of(Struct.of("metadata",
                Struct.of("name", "web", "namespace", "a", "finalizers",
                        Seq.of("service.kubernetes.io/load-balancer-cleanup")),
                "spec",
                Struct.of("type", "LoadBalancer", "clusterIP", cluster, "ports", Seq.of(Struct.of("port", 80))),
                "status", Struct.of("loadBalancer", Struct.of("ingress", Seq.of(Struct.of("ip", shown))))));
        Family family = cluster.contains(":") ? Family.SIX : Family.FOUR;
        ThisNode node = new ThisNode("here", "", List.of(own), Set.of(own));
        assertThat(ServicePorts.of(service, List.of(), family, node)).singleElement()
                .matches(port -> port.carried() == carried);
    }
}
