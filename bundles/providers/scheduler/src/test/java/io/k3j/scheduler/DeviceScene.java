package io.k3j.scheduler;

import io.k3j.cel.CelService;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/// Two nodes, a class of devices, and a scheduler.
abstract class DeviceScene {
    final SchedulerBed bed = new SchedulerBed();

    @BeforeEach
    void nodes() {
        bed.watching.devices().engine(new CelService());
        bed.node("a", "4");
        bed.node("b", "4");
        seed(BuiltinResources.DEVICE_CLASSES, "DeviceClass", "gpu", Struct.of("selectors", Seq.of(
                Struct.of("cel", Struct.of("expression", "device.driver == 'gpu.example.com'")))));
    }

    Obj seed(Gvr resource, String kind, String name, Struct spec) {
        Struct meta = kind.equals("ResourceClaim") ? Struct.of("name", name, "namespace", "default")
                : Struct.of("name", name);
        return bed.api.create(resource, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", kind, "metadata",
                meta, "spec", spec)), WriteOptions.PLAIN);
    }

    void devices(String node, int count) {
        Seq devices = Seq.EMPTY;
        for (int i = 0; i < count; i++) {
            devices = devices.plus(Struct.of("name", "d" + i));
        }
        seed(BuiltinResources.RESOURCE_SLICES, "ResourceSlice", node + "-gpu", Struct.of("driver", "gpu.example.com",
                "nodeName", node, "pool", Struct.of("name", node, "generation", 1L, "resourceSliceCount", 1L),
                "devices", devices));
    }

    void claim(String name) {
        seed(BuiltinResources.RESOURCE_CLAIMS, "ResourceClaim", name, Struct.of("devices", Struct.of("requests",
                Seq.of(Struct.of("name", "r", "exactly", Struct.of("deviceClassName", "gpu", "count", 1L))))));
    }

    /// Without an attempt.
    void waiting(String name, String claim) {
        bed.pod(name, SchedulerBed.cpu("1").with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", claim))));
    }

    void pod(String name, String claim) {
        waiting(name, claim);
        bed.settle();
    }

    Struct status(String claim) {
        return bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", claim)).status();
    }

    void named(String resource) {
        Obj gpu = bed.api.get(BuiltinResources.DEVICE_CLASSES, Key.of("gpu"));
        bed.api.update(BuiltinResources.DEVICE_CLASSES, gpu.with(resource, "spec", "extendedResourceName"),
                WriteOptions.PLAIN);
    }

    static Struct asking(String resource, String count) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", "1", resource, count)))));
    }

    List<Obj> claims() {
        return bed.api.list(BuiltinResources.RESOURCE_CLAIMS, Query.ALL).items();
    }

    /// One that becomes ready when it is given.
    void lateDevice() {
        devices("b", 1);
        Obj slice = bed.api.get(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"));
        bed.api.update(BuiltinResources.RESOURCE_SLICES, slice.with(Seq.of(Struct.of("name", "d0",
                "bindsToNode", true, "bindingConditions", Seq.of("example.com/attached"), "bindingFailureConditions",
                Seq.of("example.com/broken"))), "spec", "devices"), WriteOptions.PLAIN);
    }

    void tell(String claim, String condition) {
        Obj now = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", claim));
        Struct told = Struct.of("driver", "gpu.example.com", "pool", "b", "device", "d0", "conditions",
                Seq.of(Struct.of("type", condition, "status", "True")));
        bed.api.update(BuiltinResources.RESOURCE_CLAIMS, now.with(Seq.of(told), "status", "devices"),
                WriteOptions.STATUS);
        bed.settle();
    }
}
