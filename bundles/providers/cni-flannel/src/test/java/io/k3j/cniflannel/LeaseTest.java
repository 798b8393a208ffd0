package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static Obj node(String... annotations) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n2", "annotations", Struct.of((Object[]) annotations)), "spec",
                Struct.of("podCIDRs", Seq.of("10.42.1.0/24"))));
    }

    private static Obj told(String mac, String address) {
        return node("flannel.alpha.coreos.com/kube-subnet-manager", "true", "flannel.alpha.coreos.com/backend-type",
                "vxlan", "flannel.alpha.coreos.com/backend-data", "{\"VNI\":1,\"VtepMAC\":\"" + mac + "\"}",
                "flannel.alpha.coreos.com/public-ip", address);
    }

    @Test
    void parsesAnnotationsOfStockFlannel() {
        Lease lease = Lease.of(told("AA:bb:cc:00:11:33", "10.10.10.51")).orElseThrow();
        assertThat(lease.type()).isEqualTo("vxlan");
        assertThat(lease.reaches()).containsExactly(
                new PeerAddress(Cidr.parse("10.42.1.0/24"), "10.10.10.51", "aa:bb:cc:00:11:33", 0));
    }

    @Test
    void writesAnnotationsForStockFlannelAndKeepsUnboundOnesAway() {
        PeerAddress reach = new PeerAddress(Cidr.parse("10.42.1.0/24"), "10.10.10.51", "aa:bb:cc:00:11:33", 1);
        assertThat(new Lease("n2", "vxlan", List.of(reach)).annotations()).isEqualTo(Map.of(
                "flannel.alpha.coreos.com/kube-subnet-manager", "true", "flannel.alpha.coreos.com/backend-type",
                "vxlan",
                "flannel.alpha.coreos.com/backend-data", "{\"VNI\":1,\"VtepMAC\":\"aa:bb:cc:00:11:33\"}",
                "flannel.alpha.coreos.com/public-ip", "10.10.10.51", "k3j.io/network", "bound"));
        assertThat(new Lease("n2", "host-gw", List.of(reach)).annotations())
                .containsEntry("flannel.alpha.coreos.com/backend-data", "null");
    }

    @Test
    void tellsThePortOfWireGuardAndReadsThatOfOthers() {
        PeerAddress reach = new PeerAddress(Cidr.parse("10.42.1.0/24"), "10.10.10.51", "A".repeat(43) + "=", 51820);
        Map<String, String> told = new Lease("n2", "wireguard", List.of(reach)).annotations();
        assertThat(told).containsEntry("flannel.alpha.coreos.com/backend-data",
                "{\"PublicKey\":\"" + reach.token() + "\",\"Port\":51820}");
        String[] pairs = told.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                .toArray(String[]::new);
        assertThat(Lease.of(node(pairs)).orElseThrow().reaches()).containsExactly(reach);
    }

    private static Obj keyed(String key) {
        return node("flannel.alpha.coreos.com/kube-subnet-manager", "true", "flannel.alpha.coreos.com/backend-type",
                "wireguard", "flannel.alpha.coreos.com/backend-data", "{\"PublicKey\":\"" + key + "\",\"Port\":1}",
                "flannel.alpha.coreos.com/public-ip", "10.10.10.51");
    }

    @Test
    void rejectsKeysThatWgWouldRefuse() {
        assertThat(Lease.of(keyed("A".repeat(43) + "="))).isPresent();
        assertThat(Lease.of(keyed("A".repeat(44)))).as("33 bytes").isEmpty();
        assertThat(Lease.of(keyed("A".repeat(42) + "=="))).as("31 bytes").isEmpty();
        assertThat(Lease.of(keyed("A".repeat(42) + "B="))).as("bits beyond the last byte").isEmpty();
        assertThat(Lease.of(keyed("A".repeat(42) + "-="))).as("another alphabet").isEmpty();
    }

    @Test
    void rejectsWhatIsNoSingleMachine() {
        assertThat(Lease.of(told("aa:bb:cc:00:11:33", "0.0.0.0"))).isEmpty();
        assertThat(Lease.of(told("aa:bb:cc:00:11:33", "224.0.0.1"))).isEmpty();
        assertThat(Lease.of(told("00:00:00:00:00:00", "10.10.10.51"))).isEmpty();
        assertThat(Lease.of(told("01:00:5e:00:00:01", "10.10.10.51"))).isEmpty();
    }

    @Test
    void rejectsValuesThatAreNoAddresses() {
        assertThat(Lease.of(told("aa:bb:cc:00:11:33; reboot", "10.10.10.51"))).isEmpty();
        assertThat(Lease.of(told("aa:bb:cc:00:11:33", "10.10.10.51\nroute del default"))).isEmpty();
        assertThat(Lease.of(told("aa:bb:cc:00:11", "10.10.10.51"))).isEmpty();
        assertThat(Lease.of(told("aa:bb:cc:00:11:33", "fd00::1"))).isEmpty();
    }

    @Test
    void ignoresANodeThatFlannelDoesNotManage() {
        assertThat(Lease.of(node("flannel.alpha.coreos.com/public-ip", "10.10.10.51"))).isEmpty();
    }
}
