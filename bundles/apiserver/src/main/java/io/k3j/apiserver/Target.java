package io.k3j.apiserver;

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

/// A kind with its hooks: what nearly all work on objects needs together. The hooks are looked up anew
/// each time, so a long watch or view follows their bundle when it is replaced.
record Target(ResourceKind kind, Kinds kinds) {
    /// The hooks there are now.
    /// @throws ApiFault 503 while their bundle is away
    KindHooks hooks() {
        return kinds.hooks(kind);
    }

    /// Group, version and plural.
    Gvr gvr() {
        return kind.gvr();
    }

    /// A stored object in this kind's version, at a revision.
    Obj object(Item item, long revision) {
        Obj stored = item.object();
        return shown(stored.revision() == revision ? stored : stored.withRevision(revision));
    }

    /// A stored object in this kind's version, for who looks at it once.
    Obj fresh(Item item) {
        return shown(item.fresh());
    }

    private Obj shown(Obj stored) {
        Gvk wanted = kind.gvk();
        Obj converted = stored.gvk().equals(wanted) ? stored
                : stored.withTree(hooks().converted(stored.tree(), wanted));
        return custom() ? conforming(converted) : converted;
    }

    /// Whether a stored object is shown as it is stored, but for its version: always for built-in kinds.
    boolean conforms(Item item) {
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

    private boolean custom() {
        return kind.shape().definition().isEmpty();
    }

    /// A stored object in this kind's version.
    Obj object(Item item) {
        return object(item, item.revision());
    }

    /// 404 for one object of this kind.
    ApiFault notFound(String name) {
        return ApiFault.notFound(gvr(), name);
    }
}
