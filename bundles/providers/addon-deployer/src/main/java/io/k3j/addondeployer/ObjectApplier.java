package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Pruning;
import java.util.Optional;

/// Makes one object as a file has it. Writes nothing when it is so. Blocks for the API.
final class ObjectApplier {
    /// How often somebody else may be faster.
    private static final int TRIES = 5;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private final ApiClient api;
    private final WriteOptions options;

    /// @param manager as whom fields are owned
    ObjectApplier(ApiClient api, String manager) {
        this.api = api;
        this.options = WriteOptions.PLAIN.by(manager);
    }

    /// Applies an object.
    /// @return whether something was written
    /// @throws ApiFault as the API refuses it; 400 when a value does not fit its field
    boolean apply(DeployableKinds.Kind kind, Obj object, OwnerMarks marks) {
        Struct wanted = typed(kind, marks.marked(object.tree()));
        Key key = object.key();
        for (int left = TRIES;; left--) {
            try {
                Optional<Obj> current = api.find(kind.resource(), key);
                return current.isEmpty() ? created(kind, wanted) : changed(kind, wanted, current.get());
            } catch (ApiFault fault) {
                if (left == 1 || fault.code() != CONFLICT && !vanished(fault, key)) {
                    throw fault;
                }
            }
        }
    }

    private static boolean vanished(ApiFault fault, Key key) {
        return fault.code() == NOT_FOUND && key.name().equals(fault.details().text("name"));
    }

    private boolean created(DeployableKinds.Kind kind, Struct wanted) {
        api.create(kind.resource(), Obj.of(wanted), options);
        return true;
    }

    private boolean changed(DeployableKinds.Kind kind, Struct wanted, Obj current) {
        if (current.terminating()) {
            throw ApiFault.unavailable("it is being deleted and is made anew when it has gone");
        }
        Struct original = OwnerMarks.applied(current);
        Struct same = original.equals(OwnerMarks.applied(Obj.of(wanted))) ? OwnerMarks.noted(wanted, current) : wanted;
        Struct merged = ThreeWay.merge(kind.shape(), original, same, current.tree());
        if (merged.equals(current.tree())) {
            return false;
        }
        Struct next = typed(kind, merged);
        if (next.equals(current.tree())) {
            return false;
        }
        api.update(kind.resource(), current.withTree(next), options);
        return true;
    }

    /// As a request's body is taken: clients of this process hand over trees as they are.
    private static Struct typed(DeployableKinds.Kind kind, Struct document) {
        try {
            return kind.builtIn() ? Decoding.decode(kind.shape(), document).object()
                    : Pruning.prune(kind.shape(), document).object();
        } catch (DecodeFailure e) {
            throw ApiFault.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
