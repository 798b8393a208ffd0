package io.k3j.objectregistry;

import io.k3j.apimachinery.OwnerReferences;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.ManagedFields;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tree to tree: what becomes of an object between its decoding and its encoding, in upstream's order.
///
/// ```
/// metadata, fields out of reach ─► defaults ─► ownership ─► prepared by hooks ─► admission ─► defaults ─► generation
///          ─► validation by hooks ─► validating admission ─► warnings
/// ```
///
/// A writer owns what it wished, defaults included, and nothing of what the server adds behind that: else a later apply
/// that does not name it would take it away again.
///
/// Any thread; blocks as long as hooks and admission do. Keeps nothing.
public final class Shaping {
    private final Admissions admissions;
    private final Metadata metadata;
    private final FieldManagement fields;

    Shaping(Admissions admissions, Metadata metadata, FieldManagement fields) {
        this.admissions = admissions;
        this.metadata = metadata;
        this.fields = fields;
    }

    /// A wish for how an object should be.
    ///
    /// @param object typed, in the version of the path
    /// @param applied its managedFields are already what they should be
    public record Wish(Struct object, boolean applied) {
        /// A plain write.
        public static Wish plain(Struct object) {
            return new Wish(object, false);
        }
    }

    /// An object ready for the store, in the version of the path, and the write it came from.
    record Shaped(Write write, Struct object) {
    }

    /// A new object. A status is taken only from kinds without `/status`, or those whose row says so.
    ///
    /// @throws ApiFault as hooks and admission refuse
    Shaped created(Intent intent, Wish wish) {
        Write write = intent.write(Operation.CREATE, null);
        ResourceKind.Strategy strategy = intent.target().kind().strategy();
        Struct given = strategy.status() && !strategy.statusOnCreate() ? unset(intent, wish.object) : wish.object;
        Struct wished = defaulted(intent, metadata.created(intent, given));
        Struct owned = wish.applied ? withOwnership(wished, wish.object)
                : fields.updated(intent, Struct.EMPTY, wished);
        return checked(intent, write, admitted(intent, write, null, owned));
    }

    /// A changed object; what the path may not touch is as before.
    ///
    /// @throws ApiFault as hooks and admission refuse
    Shaped changed(Intent intent, Obj before, Wish wish) {
        Write write = intent.write(Operation.UPDATE, before);
        Struct wished = reached(intent, write, defaulted(intent,
                metadata.changed(intent, before.tree(), split(intent, before.tree(), wish.object))));
        Struct owned = ownership(intent, before, wish, wished);
        Struct admitted = admitted(intent, write, before, owned);
        // a write to the status is no new wish
        if (intent.target().kind().strategy().generation() && intent.scope().generation()) {
            admitted = metadata.generation(intent, before.tree(), admitted);
        }
        return checked(intent, write, wish.applied || owned == wished ? admitted
                : undone(before, wished, admitted));
    }

    /// Through a subresource nobody comes to own what it does not reach, as upstream's reset fields say; the hooks,
    /// which put that back, add at most times there.
    private static Struct reached(Intent intent, Write write, Struct wished) {
        return intent.subresource().isEmpty() ? wished : intent.target().hooks().prepared(write, wished);
    }

    /// What the hooks and admission put back as it was is no change, and nobody gets another time for it.
    private static Struct undone(Obj before, Struct wished, Struct admitted) {
        return FieldManagement.sameButOwnership(before, admitted) ? withOwnership(admitted, wished) : admitted;
    }

    /// An empty list of managers is not stored.
    private Shaped checked(Intent intent, Write write, Struct owned) {
        Struct object = owned.struct("metadata").seq("managedFields").isEmpty()
                ? owned.withoutAt("metadata", "managedFields") : owned;
        Shaped shaped = new Shaped(write, object);
        try {
            check(intent, write, object);
            return shaped;
        } catch (RuntimeException e) {
            abandoned(shaped);
            throw e;
        }
    }

    /// One who clears the list (`managedFields: [{}]` or `[]`) wants nobody to own anything.
    private Struct ownership(Intent intent, Obj before, Wish wish, Struct wished) {
        if (wish.applied) {
            return withOwnership(wished, wish.object);
        }
        if (intent.subresource().isEmpty() && ManagedFields.cleared(wish.object)) {
            return wished.withoutAt("metadata", "managedFields");
        }
        return FieldManagement.sameButOwnership(before, wished) ? wished
                : fields.updated(intent, before.tree(), wished);
    }

    private static Struct withOwnership(Struct object, Struct from) {
        return object.withAt(from.struct("metadata").seq("managedFields"), "metadata", "managedFields");
    }

    /// What of a wanted object a write may touch, as the row of its kind or subresource says. The main resource
    /// leaves the status as it is; a subresource takes only its own fields.
    private static Struct split(Intent intent, Struct before, Struct wanted) {
        if (!intent.subresource().isEmpty()) {
            return taken(intent, before, wanted);
        }
        if (!intent.target().kind().strategy().status()) {
            return wanted;
        }
        Object status = before.get("status");
        return status == null ? unset(intent, wanted) : wanted.with("status", status);
    }

    /// What is not in the wish is taken away from the object.
    private static Struct taken(Intent intent, Struct before, Struct wanted) {
        ResourceKind.Scope scope = intent.scope();
        if (scope.takes().isEmpty()) {
            return wanted;
        }
        Struct now = scope.metadata() ? before.with("metadata", wanted.struct("metadata")) : before;
        for (List<String> field : scope.takes()) {
            String[] path = field.toArray(String[]::new);
            Object value = wanted.at(path);
            now = value != null ? now.withAt(value, path)
                    : path.length == 1 ? unset(intent, now, path[0]) : now.withoutAt(path);
        }
        return now;
    }

    private static Struct unset(Intent intent, Struct object) {
        return unset(intent, object, "status");
    }

    /// Without a field, or with what upstream writes for none.
    private static Struct unset(Intent intent, Struct object, String field) {
        return Decoding.unset(intent.target().kind().shape(), object, field);
    }

    private static Struct defaulted(Intent intent, Struct object) {
        return intent.target().hooks().defaulted(intent.target().kind().gvk(), object);
    }

    /// Defaults once more behind admission: a plug-in may have added a container. Who owns what is settled by then.
    private Struct admitted(Intent intent, Write write, @Nullable Obj before, Struct object) {
        Struct ready = intent.target().hooks().prepared(write, object);
        if (write.context() instanceof WriteContext context) {
            context.bound(changed -> bound(intent, write, before, ready, changed));
        }
        return withOwnership(OwnerReferences.unique(defaulted(intent, admissions.admit(write, ready)), true,
                intent.warnings()), object);
    }

    /// What somebody outside has made of an object (`ready`): identity, and what is out of the path's reach, as it was.
    private Struct bound(Intent intent, Write write, @Nullable Obj before, Struct ready, Struct changed) {
        if (intent.subresource().equals("scale")) {
            return ScaleObjects.scaled(ready, changed,
                    intent.target().hooks().scalePaths(intent.target().kind().gvk()));
        }
        Struct kept = metadata.kept(intent, write, ready, changed);
        ResourceKind.Strategy strategy = intent.target().kind().strategy();
        Struct reached = before != null ? split(intent, before.tree(), kept)
                : strategy.status() && !strategy.statusOnCreate() ? unset(intent, kept) : kept;
        return intent.target().hooks().prepared(write, reached);
    }

    private void check(Intent intent, Write write, Struct object) {
        List<FieldProblem> problems = intent.target().hooks().problems(write, object);
        if (!problems.isEmpty()) {
            throw invalid(intent, problems);
        }
        admissions.validate(write, object);
        intent.target().hooks().warnings(write, object).forEach(intent.warnings());
        admissions.warnings(write, object).forEach(intent.warnings());
    }

    /// Gives back what admission has reserved for a write that does not happen.
    void abandoned(Shaped shaped) {
        admissions.abandoned(shaped.write, shaped.object);
    }

    /// 422 with everything that is wrong.
    public static ApiFault invalid(Intent intent, List<FieldProblem> problems) {
        return FieldProblem.fault(intent.target().kind().gvk(), intent.key().name(), problems);
    }

    /// An object's bytes in the store, in the storage version of its kind; the hole for the revision is in them.
    static byte[] stored(Target target, Struct object) {
        Struct tree = object.with("apiVersion", target.kind().gvk().apiVersion()).with("kind",
                target.kind().gvk().kind());
        return Json.stored(target.stored(tree));
    }

    /// How long a shaped object may live, zero for ever: `--event-ttl` for Events.
    static Duration lifetime(Intent intent, Shaped shaped) {
        return intent.target().hooks().timeToLive(shaped.write, shaped.object);
    }
}
