package com.example.addresspool;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AddressReconcilerTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final ControllerContext context = new ControllerContext(api, clock);

    @BeforeEach
    void begin() {
        api.serve(new ApiResource(AddressReconciler.POOLS, "AddressPool", false, List.of("list", "watch")), false);
        AddressReconciler.add(context);
        context.attach();
        api.seed(AddressReconciler.POOLS, Obj.of(Struct.of("apiVersion", "network.example.com/v1", "kind",
                "AddressPool", "metadata", Struct.of("name", "lab"), "spec",
                Struct.of("addresses", List.of("192.0.2.10", "192.0.2.11")))));
    }

    @AfterEach
    void end() {
        context.close();
        api.close();
    }

    private void settle() {
        boolean busy = true;
        while (busy) {
            busy = api.deliver() | context.step();
        }
    }

    private void service(String name, String type) {
        api.seed(AddressReconciler.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", Struct.of("type", type))));
        settle();
    }

    private String address(String name) {
        Struct status = api.get(AddressReconciler.SERVICES, new Key("default", name)).status();
        return status.struct("loadBalancer").seq("ingress").find("ipMode", "VIP").text("ip");
    }

    @Test
    void eachServiceHasAnAddressOfItsOwnAsLongAsThereAreSome() {
        service("a", "LoadBalancer");
        service("b", "LoadBalancer");
        service("c", "LoadBalancer");
        service("d", "ClusterIP");
        assertThat(List.of(address("a"), address("b"), address("c"), address("d")))
                .containsExactly("192.0.2.10", "192.0.2.11", "", "");
        api.vanish(AddressReconciler.SERVICES, new Key("default", "a"));
        settle();
        assertThat(List.of(address("b"), address("c"))).containsExactly("192.0.2.11", "192.0.2.10");
    }
}
