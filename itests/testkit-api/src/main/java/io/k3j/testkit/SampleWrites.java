package io.k3j.testkit;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes as an API server hands them to admission plug-ins, by a user who has no name. Their kinds have any fields.
public final class SampleWrites {
    private SampleWrites() {
    }

    /// An object is created.
    public static Write creates(Gvr resource, Struct object) {
        return of(Operation.CREATE, resource, "", object, Optional.empty());
    }

    /// An object takes the place of another one.
    public static Write updates(Gvr resource, Struct before, Struct after) {
        return of(Operation.UPDATE, resource, "", after, Optional.of(before));
    }

    /// An object is deleted.
    public static Write deletes(Gvr resource, Struct object) {
        return of(Operation.DELETE, resource, "", object, Optional.of(object));
    }

    /// Any write.
    /// @param subresource empty for the object itself
    public static Write of(Operation operation, Gvr resource, String subresource, Struct object,
            Optional<Struct> before) {
        Gvk kind = Obj.of(object).gvk();
        boolean namespaced = !Obj.of(object).namespace().isEmpty();
        ResourceKind row = new ResourceKind(resource, kind, new ResourceKind.Names("", List.of(), List.of()),
                namespaced, Set.of(), List.of(), new ResourceKind.Storage("/registry/x/", kind), Shape.ANY, List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, row, subresource, Obj.of(object).key(), before, Caller.ANONYMOUS, false,
                Struct.EMPTY);
    }
}
