package io.k3j.resourcequota;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Quotas in an API made for tests, and writes that the plug-in is asked about.
final class Kit implements AutoCloseable {
    static final Gvr CUSTOM = new Gvr("example.com", "v1", "widgets");
    static final Instant NOW = Instant.parse("2026-07-01T00:00:00Z");
    final FakeApi api;
    final ResourceQuotaAdmission plugin;
    private final Behind quotas;
    private final Schemas schemas = new Schemas();

    Kit(FakeApi api) {
        this(api, LimitedResources.NONE);
    }

    Kit(FakeApi api, LimitedResources limited) {
        this.api = api;
        quotas = new Behind(api.view(BuiltinResources.RESOURCE_QUOTAS, Query.ALL));
        plugin = new ResourceQuotaAdmission(new QuotaReservations(api, quotas), limited, () -> NOW);
    }

    Kit() {
        this(FakeApi.stepped(InstantSource.fixed(NOW)));
    }

    /// From now on the plug-in's view does not show what others write, until it is asked for an object.
    void fallBehind() {
        quotas.shown = quotas.list("default");
    }

    /// As the server's own view: when it is asked for an object it has waited for what was in the way of a write.
    private static final class Behind implements View {
        private final View view;
        private volatile @Nullable Collection<Obj> shown;

        Behind(View view) {
            this.view = view;
        }

        @Override
        public long revision() {
            return view.revision();
        }

        @Override
        public Optional<Obj> get(Key key) {
            shown = null;
            return view.get(key);
        }

        @Override
        public Collection<Obj> list() {
            return view.list();
        }

        @Override
        public Collection<Obj> list(String namespace) {
            Collection<Obj> old = shown;
            return old == null ? view.list(namespace) : old;
        }

        @Override
        public void listen(Listener listener) {
            view.listen(listener);
        }

        @Override
        public void close() {
            view.close();
        }
    }

    /// A quota as its controller has counted it.
    void quota(String name, Struct spec, Struct used) {
        api.seed(BuiltinResources.RESOURCE_QUOTAS,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "ResourceQuota", "metadata",
                        Struct.of("name", name, "namespace", "default"), "spec", spec, "status",
                        Struct.of("hard", spec.struct("hard"), "used", used))));
        api.deliver();
    }

    /// What a quota says is used.
    Struct used(String name) {
        return api.get(BuiltinResources.RESOURCE_QUOTAS, new Key("default", name)).status().struct("used");
    }

    Write write(Operation operation, Gvr resource, String subresource, @Nullable Struct before, boolean dryRun) {
        Gvk gvk = Gvk.of("v1", "Pod");
        ResourceKind kind = new ResourceKind(resource, gvk, new ResourceKind.Names("", List.of(), List.of()), true,
                Set.of(), List.of(), new ResourceKind.Storage("/registry/x/", gvk), schemas.shape(gvk).orElseThrow(),
                List.of(), new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, kind, subresource, new Key("default", "x"), Optional.ofNullable(before),
                Caller.ANONYMOUS, dryRun, Struct.EMPTY);
    }

    /// Asks the plug-in about a new object, as the server does.
    Write creates(Gvr resource, Struct object) {
        return asked(write(Operation.CREATE, resource, "", null, false), object);
    }

    Write updates(Gvr resource, String subresource, Struct before, Struct after) {
        return asked(write(Operation.UPDATE, resource, subresource, before, false), after);
    }

    Write asked(Write write, Struct object) {
        if (plugin.handles(write)) {
            plugin.validate(write, object);
            api.deliver();
        }
        return write;
    }

    static Struct pod(Struct spec) {
        return Struct.of("metadata", Struct.of("name", "x", "namespace", "default"), "spec", spec);
    }

    static Struct container(String name, Struct requests, Struct limits) {
        return Struct.of("name", name, "resources", Struct.of("requests", requests, "limits", limits));
    }

    static Struct service(String type, int ports) {
        return Struct.of("spec", Struct.of("type", type, "ports",
                java.util.Collections.nCopies(ports, Struct.of("port", 80L))));
    }

    static Struct claim(String storage) {
        return Struct.of("spec", Struct.of("storageClassName", "gold", "resources",
                Struct.of("requests", Struct.of("storage", storage))));
    }

    @Override
    public void close() {
        quotas.close();
        api.close();
    }
}
