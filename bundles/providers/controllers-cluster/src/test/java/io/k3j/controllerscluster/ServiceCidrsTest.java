package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServiceCidrsTest {
    private static final Struct MANAGED = Struct.of("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
    private static final Duration GRACE = ServiceCidrs.GRACE.plusSeconds(1);
    private final Stage stage = new Stage(ServiceCidrs::add);

    private void cidr(String name, String... cidrs) {
        stage.api.create(ServiceCidrs.CIDRS, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind",
                "ServiceCIDR", "metadata", Struct.of("name", name), "spec",
                Struct.of("cidrs", Seq.of((Object[]) cidrs)))), WriteOptions.PLAIN);
        stage.settle();
    }

    private void address(String address, Struct labels) {
        stage.api.create(ServiceCidrs.ADDRESSES, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind",
                "IPAddress", "metadata", Struct.of("name", address, "labels", labels), "spec", Struct.of("parentRef",
                        Struct.of("resource", "services", "namespace", "default", "name", "s")))),
                WriteOptions.PLAIN);
    }

    private void service(String address) {
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "s",
                Struct.of("clusterIP", address, "clusterIPs", Seq.of(address))), WriteOptions.PLAIN);
        address(address, MANAGED);
    }

    private void delete(String name) {
        stage.api.delete(ServiceCidrs.CIDRS, Key.of(name), DeleteOptions.PLAIN);
        stage.settle();
    }

    private boolean there(String name) {
        return stage.api.find(ServiceCidrs.CIDRS, Key.of(name)).isPresent();
    }

    private Struct ready(String name) {
        return stage.one(ServiceCidrs.CIDRS, name).status().seq("conditions").find("type", "Ready");
    }

    @Test
    void aNewOneIsProtectedAndReady() {
        cidr("more", "203.0.113.0/24");
        assertThat(stage.one(ServiceCidrs.CIDRS, "more").finalizers()).containsExactly(ServiceCidrs.FINALIZER);
        assertThat(ready("more").text("status")).isEqualTo("True");
        assertThat(ready("more").text("message")).isEqualTo("Kubernetes Service CIDR is ready");
        int calls = stage.api.calls().size();
        stage.pass(Duration.ofMinutes(1));
        assertThat(stage.api.calls()).as("nothing is written twice").hasSize(calls);
    }

    @Test
    void oneWithoutAddressesGoesWhenEveryServerHasSeenIt() {
        cidr("more", "203.0.113.0/24");
        service("10.43.0.10");
        delete("more");
        stage.pass(ServiceCidrs.GRACE.minusSeconds(2));
        assertThat(there("more")).isTrue();
        stage.pass(Duration.ofSeconds(3));
        assertThat(there("more")).isFalse();
    }

    @Test
    void oneWithAnAddressStaysUntilItIsGone() {
        cidr("more", "203.0.113.0/24");
        service("203.0.113.10");
        delete("more");
        stage.pass(GRACE);
        assertThat(ready("more").text("status")).isEqualTo("False");
        assertThat(ready("more").text("reason")).isEqualTo("Terminating");
        assertThat(ready("more").text("message")).isEqualTo("There are still IPAddresses referencing the ServiceCIDR,"
                + " please remove them or create a new ServiceCIDR");
        stage.api.vanish(ServiceCidrs.ADDRESSES, Key.of("203.0.113.10"));
        stage.api.vanish(BuiltinResources.SERVICES, new Key("default", "s"));
        stage.settle();
        assertThat(there("more")).isFalse();
    }

    /// A Service may be stored after its IPAddress; one of others is none of the allocator's.
    @Test
    void anAddressWithoutItsServiceKeepsItAsWell() {
        cidr("more", "203.0.113.0/24");
        address("203.0.113.10", MANAGED);
        address("203.0.113.11", Struct.EMPTY);
        delete("more");
        stage.pass(GRACE);
        assertThat(there("more")).isTrue();
        stage.api.vanish(ServiceCidrs.ADDRESSES, Key.of("203.0.113.10"));
        stage.pass(GRACE);
        assertThat(there("more")).isFalse();
    }

    @Test
    void oneWhoseAddressesAnotherHoldsGoes() {
        cidr("inner", "203.0.113.0/24");
        service("203.0.113.10");
        delete("inner");
        stage.pass(GRACE);
        assertThat(there("inner")).isTrue();
        cidr("outer", "203.0.0.0/16");
        assertThat(there("inner")).isFalse();
        delete("outer");
        stage.pass(GRACE);
        assertThat(there("outer")).isTrue();
    }

    @Test
    void ofTwoThatHoldTheSameAddressOneStays() {
        cidr("one", "203.0.113.0/24");
        cidr("two", "203.0.113.0/24");
        service("203.0.113.10");
        stage.api.delete(ServiceCidrs.CIDRS, Key.of("one"), DeleteOptions.PLAIN);
        stage.api.delete(ServiceCidrs.CIDRS, Key.of("two"), DeleteOptions.PLAIN);
        stage.pass(GRACE);
        stage.pass(GRACE);
        assertThat(there("one") ^ there("two")).isTrue();
    }
}
