package com.example.namespaceuse;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// Shows an object for each Namespace, with its name and labels. Asked by many threads at once; answers from memory.
final class UseLister implements Lister {
    private final Supplier<? extends Collection<Obj>> namespaces;
    private final Function<String, ? extends Collection<Obj>> pods;

    /// @param namespaces all there are; throws an [ApiFault] while they are not known
    /// @param pods those of a Namespace
    UseLister(Supplier<? extends Collection<Obj>> namespaces, Function<String, ? extends Collection<Obj>> pods) {
        this.namespaces = namespaces;
        this.pods = pods;
    }

    @Override
    public Gvr resource() {
        return UseKinds.RESOURCE;
    }

    @Override
    public Struct get(Key key) {
        return namespaces.get().stream().filter(namespace -> namespace.key().equals(key)).findFirst().map(this::use)
                .orElseThrow(() -> ApiFault.notFound(UseKinds.RESOURCE, key.name()));
    }

    @Override
    public List<Struct> list(Query query) {
        return namespaces.get().stream().filter(namespace -> selects(query, namespace))
                .sorted(Comparator.comparing(Obj::name)).map(this::use).toList();
    }

    private static boolean selects(Query query, Obj namespace) {
        return query.labels().matches(namespace.labels())
                && query.fields().matches(field -> field.equals("metadata.name") ? namespace.name() : "");
    }

    private Struct use(Obj namespace) {
        Collection<Obj> all = pods.apply(namespace.name());
        long running = all.stream().filter(pod -> pod.status().text("phase").equals("Running")).count();
        return Struct.of("apiVersion", UseKinds.RESOURCE.apiVersion(), "kind", UseKinds.KIND.kind(), "metadata",
                Struct.builder().put("name", namespace.name())
                        .putUnlessEmpty("labels", namespace.metadata().struct("labels")).build(),
                UseKinds.PODS, (long) all.size(), UseKinds.RUNNING, running);
    }
}
