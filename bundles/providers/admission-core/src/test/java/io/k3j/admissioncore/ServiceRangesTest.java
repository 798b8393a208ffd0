package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.AddressRegistry;
import io.k3j.serviceaddresses.ServiceRanges;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Addresses of Services by the ServiceCIDRs there are.
class ServiceRangesTest {
    private static final Struct CLUSTER_IP = Struct.of("type", "ClusterIP");
    private final Stage stage = new Stage();
    private final Allocator allocator = new Allocator(List.of("10.43.0.0/28", "fd00::/108"), "30000-30100", stage.api,
            new MemoryRecords(), new Random(7));
    private final ServiceAllocation plugin = new ServiceAllocation(allocator);

    @AfterEach
    void close() {
        allocator.stop();
        stage.close();
    }

    private void cidr(String name, String ready, String... cidrs) {
        Struct status = ready.isEmpty() ? Struct.EMPTY
                : Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", ready)));
        stage.seed(ServiceRanges.RESOURCE, Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "ServiceCIDR",
                "metadata",
                Struct.of("name", name, "finalizers", Seq.of("networking.k8s.io/service-cidr-finalizer")), "spec",
                Struct.of("cidrs", Seq.of((Object[]) cidrs)), "status", status));
    }

    private String address(String name, Struct spec) {
        Struct service = Stage.object("Service", name, spec);
        return stage.admitted(plugin, Listers.SERVICES, service).struct("spec").text("clusterIP");
    }

    private String chosen(String name, String address) {
        return address(name, CLUSTER_IP.with("clusterIP", address));
    }

    private void refused(String address) {
        assertThatThrownBy(() -> chosen("refused", address)).as(address).hasMessage("Service \"refused\" is invalid:"
                + " spec.clusterIPs: Invalid value: [\"" + address + "\"]: failed to allocate IP " + address
                + ": the provided network does not match the current range");
    }

    private static boolean in(String network, String address) {
        return Cidr.parse(network).contains(InetAddress.ofLiteral(address));
    }

    @Test
    void everyAddressOfEveryReadyRangeIsGivenOnce() {
        cidr("more", "True", "203.0.113.0/28");
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 28; i++) {
            all.add(address("s" + i, CLUSTER_IP));
        }
        assertThat(all).hasSize(28).doesNotContain("10.43.0.0", "10.43.0.15", "203.0.113.0", "203.0.113.15")
                .allMatch(a -> in("10.43.0.0/28", a) || in("203.0.113.0/28", a));
        assertThatThrownBy(() -> address("late", CLUSTER_IP)).hasMessage(
                "Internal error occurred: failed to allocate a serviceIP: range is full");
        cidr("yet-more", "True", "198.51.100.0/24");
        assertThat(address("late", CLUSTER_IP)).startsWith("198.51.100.");
    }

    @Test
    void rangesThatOverlapGiveNoAddressTwice() {
        cidr(ServiceRanges.DEFAULT, "True", "203.0.113.0/28");
        cidr("same", "True", "203.0.113.0/28");
        cidr("inner", "True", "203.0.113.0/29");
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 14; i++) {
            all.add(address("s" + i, CLUSTER_IP));
        }
        assertThat(all).hasSize(14);
        assertThatThrownBy(() -> address("late", CLUSTER_IP)).hasMessageContaining("range is full");
    }

    @Test
    void aChosenAddressHasToLieInAReadyRange() {
        refused("203.0.113.10");
        cidr("more", "", "203.0.113.0/24", "2001:db8::/64");
        assertThat(chosen("a", "203.0.113.10")).isEqualTo("203.0.113.10");
        assertThat(chosen("b", "2001:db8::ffff:ffff:ffff:fff0")).isEqualTo("2001:db8::ffff:ffff:ffff:fff0");
        for (String edge : List.of("203.0.113.0", "203.0.113.255", "2001:db8::", "2001:db8:0:1::1")) {
            refused(edge);
        }
    }

    @Test
    void oneThatIsNotReadyOrBeingDeletedGivesNone() {
        cidr(ServiceRanges.DEFAULT, "False", "10.43.0.0/28");
        cidr("ending", "True", "203.0.113.0/24");
        stage.api.delete(ServiceRanges.RESOURCE, Key.of("ending"), DeleteOptions.PLAIN);
        refused("10.43.0.10");
        refused("203.0.113.10");
        assertThatThrownBy(() -> address("any", CLUSTER_IP)).hasMessageContaining("range is full");
        cidr("covering", "True", "203.0.0.0/16");
        assertThat(chosen("b", "203.0.113.10")).as("another one holds it").isEqualTo("203.0.113.10");
    }

    /// As upstream's earlier releases stored one with leading zeros.
    @Test
    void oneThatCannotBeReadKeepsNobodyFromTheOthers() {
        cidr("odd", "True", "010.96.0.0/16");
        cidr("more", "True", "203.0.113.0/24");
        assertThat(chosen("a", "203.0.113.10")).isEqualTo("203.0.113.10");
        assertThat(chosen("b", "10.43.0.10")).isEqualTo("10.43.0.10");
    }

    @Test
    void theFlagStandsForTheDefaultOneUntilItIsThere() {
        assertThat(chosen("kubernetes", "10.43.0.1")).isEqualTo("10.43.0.1");
        cidr(ServiceRanges.DEFAULT, "True", "198.51.100.0/24");
        refused("10.43.0.2");
        assertThat(address("a", CLUSTER_IP)).startsWith("198.51.100.");
    }

    private void ofOthers(String address) {
        stage.seed(Listers.ADDRESSES, Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "IPAddress", "metadata",
                Struct.of("name", address, "creationTimestamp", "2020-01-01T00:00:00Z"), "spec",
                Struct.of("parentRef", Struct.of("group", "gateway.networking.k8s.io", "resource", "gateways",
                        "namespace", "default", "name", "a"))));
    }

    @Test
    void theAddressOfAServiceThatNamesOthersIsMendedAtAStart() {
        ofOthers("10.43.0.10");
        stage.seed(Listers.SERVICES, Stage.object("Service", "a",
                CLUSTER_IP.with("clusterIP", "10.43.0.10").with("clusterIPs", Seq.of("10.43.0.10"))));
        ClaimRecords records = new ClaimRecords(stage.world, allocator);
        stage.api.deliver();
        assertThat(AddressRegistry.isOf(stage.api.get(Listers.ADDRESSES, Key.of("10.43.0.10")),
                new Key("default", "a"))).isTrue();
        records.stop();
    }

    @Test
    void anAddressThatOthersHaveReservedIsKeptForThem() {
        ofOthers("10.43.0.10");
        assertThatThrownBy(() -> chosen("a", "10.43.0.10")).hasMessageContaining("provided IP is already allocated");
        for (int i = 0; i < 13; i++) {
            assertThat(address("s" + i, CLUSTER_IP)).isNotEqualTo("10.43.0.10");
        }
    }

    @Test
    void theAddressOfAServiceIsWrittenAnewWhenSomebodyDeletesOrChangesIt() {
        AddressRepair repair = new AddressRepair(stage.world, allocator);
        Key address = Key.of("10.43.0.10");
        stage.seed(Listers.SERVICES, stage.admitted(plugin, Listers.SERVICES,
                Stage.object("Service", "a", CLUSTER_IP.with("clusterIP", address.name()))));
        stage.api.delete(Listers.ADDRESSES, address, DeleteOptions.PLAIN);
        stage.api.deliver();
        assertThat(AddressRegistry.isOf(stage.api.get(Listers.ADDRESSES, address), new Key("default", "a"))).isTrue();
        stage.seed(Listers.ADDRESSES,
                stage.api.get(Listers.ADDRESSES, address).without("metadata", "labels").tree());
        stage.api.deliver();
        assertThat(AddressRegistry.isOf(stage.api.get(Listers.ADDRESSES, address), new Key("default", "a"))).isTrue();
        stage.api.vanish(Listers.SERVICES, new Key("default", "a"));
        stage.api.delete(Listers.ADDRESSES, address, DeleteOptions.PLAIN);
        stage.api.deliver();
        assertThat(stage.api.find(Listers.ADDRESSES, address)).as("nobody's any more").isEmpty();
        repair.stop();
    }
}
