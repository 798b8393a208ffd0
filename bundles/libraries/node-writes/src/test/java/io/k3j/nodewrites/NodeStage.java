package io.k3j.nodewrites;

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

/// The objects of a cluster and writes to them, for one test.
final class NodeStage implements AutoCloseable {
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    final NodeWrites.Lookup world = (resource, namespace, name) -> api.find(resource, new Key(namespace, name));
    private final Schemas schemas = new Schemas();

    static Struct object(String kind, String name, Struct spec) {
        return Struct.of("apiVersion", "v1", "kind", kind, "metadata", Struct.of("name", name, "namespace", "default"),
                "spec", spec);
    }

    void seed(Gvr resource, Struct object) {
        api.seed(resource, Obj.of(object));
    }

    Write write(Operation operation, Gvr resource, String kind, Caller caller) {
        Gvk gvk = Gvk.of(resource.apiVersion(), kind);
        boolean namespaced = !resource.resource().equals("nodes");
        ResourceKind row = new ResourceKind(resource, gvk, new ResourceKind.Names("", List.of(), List.of()), namespaced,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/x/", gvk), schemas.shape(gvk).orElseThrow(),
                List.of(), new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, row, "", new Key(namespaced ? "default" : "", "p"), Optional.empty(), caller, false,
                Struct.EMPTY);
    }

    @Override
    public void close() {
        api.close();
    }
}
