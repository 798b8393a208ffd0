package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeAddressTypesTest {
    @Test
    void theyAreTriedInTheOrderTheyAreGiven() {
        assertThat(NodeAddressTypes.of(List.of())).isEmpty();
        assertThat(NodeAddressTypes.of(List.of("ExternalIP, InternalIP", "Hostname")))
                .containsExactly("ExternalIP", "InternalIP", "Hostname");
    }

    @Test
    void whatIsNoTypeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeAddressTypes.of(List.of("InternalIp")))
                .withMessage("--kube-apiserver-arg=kubelet-preferred-address-types=InternalIp: InternalIp is no type of"
                        + " address; write some of InternalIP,ExternalIP,Hostname,InternalDNS,ExternalDNS");
    }
}
