package com.example.namespaceuse;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Structural;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The one kind of the group, which is only read, and the cells of its table. Immutable.
final class UseKinds implements KindCatalog, KindHooks {
    static final Gvr RESOURCE = Gvr.of("use.example.com/v1", "namespaceuses");
    static final Gvk KIND = Gvk.of("use.example.com/v1", "NamespaceUse");
    static final String PODS = "pods";
    static final String RUNNING = "running";
    private static final List<Column> COLUMNS = List.of(
            new Column("Name", "string", "name", "Name of the Namespace", 0, ""),
            new Column("Pods", "integer", "", "How many pods there are", 0, ""),
            new Column("Running", "integer", "", "How many of them run", 0, ""));
    private final List<ResourceKind> kinds = List.of(kind());

    /// The empty prefix of its storage says that nothing of it is stored.
    private static ResourceKind kind() {
        Struct schema = Struct.of("type", "object", "description", "How a Namespace is used at the moment.",
                "properties", Struct.of(PODS, number("Pods there are."), RUNNING,
                        number("Those whose phase is Running.")));
        return new ResourceKind(RESOURCE, KIND, new ResourceKind.Names("namespaceuse", List.of("nsuse"), List.of()),
                false, Set.of("get", "list"), List.of(), new ResourceKind.Storage("", KIND),
                Structural.shape(new Schemas(), schema), COLUMNS,
                new ResourceKind.Strategy(false, false, false, false, false));
    }

    private static Struct number(String description) {
        return Struct.of("type", "integer", "format", "int64", "description", description);
    }

    @Override
    public Collection<ResourceKind> kinds() {
        return kinds;
    }

    @Override
    public String group() {
        return RESOURCE.group();
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return object;
    }

    @Override
    public List<Object> cells(Gvk kind, Obj object, Instant now) {
        return List.of(object.name(), object.tree().whole(PODS, 0), object.tree().whole(RUNNING, 0));
    }
}
