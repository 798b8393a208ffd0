package io.k3j.objectregistry;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Defaulting;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import io.k3j.watchcache.Item;

/// A kind with its hooks: what nearly all work on objects needs together. The hooks are looked up again each time,
/// so a long watch or view follows their bundle when it is replaced.
///
/// @param kind in the version a client asked for
/// @param kinds for its hooks, and for its newest schema
public record Target(ResourceKind kind, Kinds kinds) {
    /// The hooks there are now.
    /// @throws ApiFault 503 while their bundle is away
    public KindHooks hooks() {
        return kinds.hooks(kind);
    }

    /// Group, version and plural.
    public Gvr gvr() {
        return kind.gvr();
    }

    /// A stored object in this kind's version.
    ///
    /// @param revision what it shows as its `resourceVersion`: in the event of a deletion that of the deletion
    /// @throws ApiFault 500 for a row that cannot be read, 503 while its bundle is away
    public Obj object(Item item, long revision) {
        Obj stored = item.object();
        return shown(stored.revision() == revision ? stored : stored.withRevision(revision));
    }

    /// A stored object in this kind's version, for who looks at it once. Nothing that is decoded for it is kept
    /// with the item.
    public Obj fresh(Item item) {
        return shown(item.fresh());
    }

    /// What is stored may be of another version of the same kind: hooks convert.
    private Obj shown(Obj stored) {
        Gvk wanted = kind.gvk();
        Obj converted = stored.gvk().equals(wanted) ? stored
                : stored.withTree(hooks().converted(stored.tree(), wanted));
        return custom() ? conforming(converted) : converted;
    }

    /// Whether a stored object is shown as it is stored, but for its version: always for built-in kinds. Then its
    /// bytes can be sent without being decoded.
    public boolean conforms(Item item) {
        if (!custom()) {
            return true;
        }
        Obj stored = item.fresh();
        return conforming(stored) == stored;
    }

    /// Custom resources were stored under the schema of their day and are shown under today's, as
    /// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting>
    /// has it: with its defaults and without what it does not know.
    private Obj conforming(Obj object) {
        Shape shape = kinds.newest(kind).shape();
        Struct tree = object.tree();
        Struct now = Defaulting.apply(shape, Pruning.prune(shape, tree).object());
        return now == tree ? object : object.withTree(now);
    }

    /// Built-in kinds have a shape of upstream's schema, which has a name there.
    private boolean custom() {
        return kind.shape().definition().isEmpty();
    }

    /// A stored object in this kind's version, at its own revision.
    ///
    /// @throws ApiFault as [#object(Item, long)]
    public Obj object(Item item) {
        return object(item, item.revision());
    }

    /// 404 for one object of this kind.
    public ApiFault notFound(String name) {
        return ApiFault.notFound(gvr(), name);
    }
}
