package io.k3j.metricsserver;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The two kinds of the group, which are computed and only read, and the cells of their Tables.
final class MetricsKinds implements KindCatalog, KindHooks {
    static final Gvr NODES = Gvr.of("metrics.k8s.io/v1beta1", "nodes");
    static final Gvr PODS = Gvr.of("metrics.k8s.io/v1beta1", "pods");
    private static final Gvk NODE = Gvk.of("metrics.k8s.io/v1beta1", "NodeMetrics");
    private static final Gvk POD = Gvk.of("metrics.k8s.io/v1beta1", "PodMetrics");
    private static final List<Column> COLUMNS = List.of(
            new Column("Name", "string", "name", "Name of the resource", 0, ""),
            new Column("cpu", "string", "quantity", "", 0, ""), new Column("memory", "string", "quantity", "", 0, ""),
            new Column("Window", "string", "duration", "", 0, ""));
    private final List<ResourceKind> kinds;

    MetricsKinds(Schemas schemas) {
        kinds = List.of(row(schemas, NODES, NODE, false), row(schemas, PODS, POD, true));
    }

    private static ResourceKind row(Schemas schemas, Gvr gvr, Gvk kind, boolean namespaced) {
        return new ResourceKind(gvr, kind, new ResourceKind.Names("", List.of(), List.of()), namespaced,
                Set.of("get", "list"), List.of(), new ResourceKind.Storage("", kind),
                schemas.shape(kind).orElseThrow(() -> new IllegalStateException("no schema for " + kind)), COLUMNS,
                new ResourceKind.Strategy(false, false, false, false, false));
    }

    @Override
    public Collection<ResourceKind> kinds() {
        return kinds;
    }

    @Override
    public String group() {
        return NODES.group();
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return object;
    }

    @Override
    public List<Object> cells(Gvk kind, Obj object, Instant now) {
        Struct usage = kind.equals(NODE) ? object.tree().struct("usage")
                : MetricsObjects.sum(object.tree().seq("containers").structs());
        return List.of(object.name(), usage.text("cpu"), usage.text("memory"), object.tree().text("window"));
    }
}
