package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An in-memory API and writes to it, for one test.
final class Stage implements AutoCloseable {
    final FakeApi api = FakeApi.stepped(InstantSource.system());
    final Listers world = new Listers(api);
    private final Schemas schemas = new Schemas();

    static Struct object(String kind, String name, Struct spec) {
        return Struct.of("apiVersion", "v1", "kind", kind, "metadata", Struct.of("name", name, "namespace", "default"),
                "spec", spec);
    }

    static Struct pod(Struct spec) {
        return object("Pod", "p", spec.with("containers", List.of(Struct.of("name", "c", "image", "x"))));
    }

    void seed(Gvr resource, Struct object) {
        api.seed(resource, Obj.of(object));
        api.deliver();
    }

    Write write(Operation operation, Gvr resource, String kind, Caller caller) {
        Gvk gvk = Gvk.of(resource.apiVersion(), kind);
        boolean namespaced = !List.of("nodes", "namespaces").contains(resource.resource());
        ResourceKind row = new ResourceKind(resource, gvk, new ResourceKind.Names("", List.of(), List.of()), namespaced,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/x/", gvk), schemas.shape(gvk).orElseThrow(),
                List.of(), new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, row, "", new Key(namespaced ? "default" : "", "p"), Optional.empty(), caller, false,
                Struct.EMPTY);
    }

    Write creates(Gvr resource, String kind) {
        return write(Operation.CREATE, resource, kind, Caller.ANONYMOUS);
    }

    Struct admitted(Admission plugin, Gvr resource, Struct object) {
        Write write = creates(resource, object.text("kind"));
        if (!plugin.handles(write)) {
            return object;
        }
        Struct admitted = plugin.admit(write, object);
        plugin.validate(write, admitted);
        return admitted;
    }

    @Override
    public void close() {
        world.stop();
        api.close();
    }
}
