package io.k3j.kubeletclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KubeletAddressTest {
    private static Obj node(String... typesAndAddresses) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < typesAndAddresses.length; i += 2) {
            all.add(Struct.of("type", typesAndAddresses[i], "address", typesAndAddresses[i + 1]));
        }
        return Obj.of(Struct.of("status", Struct.of("addresses", Seq.copyOf(all))));
    }

    @Test
    void theOrderOfTypesMayBeGiven() {
        Obj node = node("Hostname", "n1", "InternalIP", "10.0.0.5", "ExternalDNS", "n1.example.com");
        assertThat(KubeletAddress.of(node, List.of("ExternalDNS", "InternalIP")))
                .contains(new KubeletAddress("n1.example.com", 10_250));
        assertThat(KubeletAddress.of(node, List.of("ExternalIP", "Hostname")))
                .contains(new KubeletAddress("n1", 10_250));
        assertThat(KubeletAddress.of(node, List.of("ExternalIP"))).isEmpty();
    }

    @Test
    void externalAddressesComeFirstOnlyWithFlannelExternalIp() {
        Obj node = node("Hostname", "n1", "InternalIP", "10.0.0.5", "InternalIP", "fd00::5", "ExternalIP",
                "2001:db8::5");
        assertThat(KubeletAddress.of(node, false)).contains(new KubeletAddress("10.0.0.5", 10_250));
        assertThat(KubeletAddress.of(node, true).orElseThrow().authority()).isEqualTo("[2001:db8::5]:10250");
        assertThat(KubeletAddress.of(node("Hostname", "n1"), true)).contains(new KubeletAddress("n1", 10_250));
        assertThat(KubeletAddress.of(node(), true)).isEmpty();
    }
}
