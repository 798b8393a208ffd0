package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The built-in kinds without OSGi: objects as YAML in, results of the hooks out.
final class Kit {
    static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
    private final KindTable table;
    private final List<GroupHooks> hooks;

    Kit() {
        this(true);
    }

    /// @param networkPolicies whether the cluster enforces them
    Kit(boolean networkPolicies) {
        this(networkPolicies, null);
    }

    private Kit(boolean networkPolicies, @Nullable Cel cel) {
        this(networkPolicies, cel, ApiEnablement.DEFAULT);
    }

    private Kit(boolean networkPolicies, @Nullable Cel cel, ApiEnablement enablement) {
        Schemas schemas = new Schemas();
        table = KindTable.builtIn(k -> schemas.shape(k).orElseThrow(), enablement);
        hooks = BuiltinKinds.hooks(table, networkPolicies, () -> cel, enablement.gates());
    }

    /// One with arguments of the API server.
    static Kit with(String... arguments) {
        return new Kit(true, null, ApiEnablement.of(arguments));
    }

    /// One that can tell what compiles.
    static Kit withCel() {
        return new Kit(true, new CelService());
    }

    KindTable table() {
        return table;
    }

    static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    ResourceKind kind(Struct object) {
        Gvk gvk = Gvk.of(object.text("apiVersion"), object.text("kind"));
        return table.kinds().stream().filter(k -> k.gvk().equals(gvk)).findFirst().orElseThrow();
    }

    KindHooks hooks(Struct object) {
        String group = kind(object).gvk().group();
        return hooks.stream().filter(h -> h.group().equals(group)).findFirst().orElseThrow();
    }

    Struct defaulted(String text) {
        return defaulted(yaml(text));
    }

    private Struct defaulted(Struct o) {
        return hooks(o).defaulted(kind(o).gvk(), o);
    }

    Write write(Operation operation, Struct object, Optional<Struct> before, String subresource) {
        return new Write(operation, kind(object), subresource, Obj.of(object).key(), before, Caller.ANONYMOUS, false,
                Struct.EMPTY);
    }

    Struct created(String text) {
        return created(yaml(text));
    }

    /// An update as it would be stored.
    Struct updated(String before, String after) {
        Struct o = defaulted(after);
        return hooks(o).prepared(write(Operation.UPDATE, o, Optional.of(yaml(before)), ""), o);
    }

    private Struct created(Struct object) {
        Struct o = defaulted(object);
        return hooks(o).prepared(write(Operation.CREATE, o, Optional.empty(), ""), o);
    }

    List<String> createProblems(String text) {
        return createProblems(yaml(text));
    }

    List<String> createProblems(Struct object) {
        Struct o = created(object);
        return texts(hooks(o).problems(write(Operation.CREATE, o, Optional.empty(), ""), o));
    }

    List<String> updateProblems(String before, String after) {
        Struct old = created(before);
        Struct o = defaulted(after);
        Write write = write(Operation.UPDATE, o, Optional.of(old), "");
        return texts(hooks(o).problems(write, hooks(o).prepared(write, o)));
    }

    private static List<String> texts(List<FieldProblem> problems) {
        return problems.stream().map(FieldProblem::toString).toList();
    }

    List<Object> row(String text) {
        Struct o = yaml(text);
        return hooks(o).cells(kind(o).gvk(), Obj.of(o), NOW);
    }

}
