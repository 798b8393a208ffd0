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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

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
        Obj stored = shown(item).object();
        return inForm(stored.revision() == revision ? stored : stored.withRevision(revision));
    }

    /// A stored object in this kind's version, for who looks at it once. Nothing that is decoded for it is kept
    /// with the item.
    public Obj fresh(Item item) {
        return inForm(shown(item).fresh());
    }

    /// Whether somebody outside of the process converts the objects of this kind.
    /// @throws ApiFault 503 while its bundle is away
    public boolean remote() {
        return custom() && hooks().remote(kind.gvk());
    }

    /// Whether that is so since the kind is another than it was at the beginning: for who must not block and looks at
    /// each event.
    public boolean becameRemote() {
        return custom() && kinds.newest(kind) != kind && remote();
    }

    /// A stored object in this kind's version, where somebody outside has to convert it; any other as it is. For a
    /// request; blocks.
    ///
    /// @throws ApiFault 500 when it cannot be converted, 429 when too many wait, 503 while its bundle is away
    public Item shown(Item item) {
        return inVersion(item) || !remote() ? item : kinds.conversions().shown(this, List.of(item)).getFirst();
    }

    /// The same of several, which takes one call where they are few; of one that is all of them at once.
    /// @throws ApiFault as [#shown(Item)]
    public List<Item> shown(List<Item> items) {
        return !custom() || items.stream().allMatch(this::inVersion) || !remote() ? items
                : kinds.conversions().shown(this, items);
    }

    /// By the first bytes of a custom resource, as all stored forms have them; built-in kinds are converted by this
    /// process in any case.
    boolean inVersion(Item item) {
        if (!custom()) {
            return true;
        }
        byte[] head = ("{\"apiVersion\":\"" + kind.gvk().apiVersion() + "\",").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = item.bytes();
        return bytes.length > head.length && Arrays.equals(bytes, 0, head.length, head, 0, head.length);
    }

    /// An object of this kind as the one that is stored.
    /// @throws ApiFault as [#shown(Item)]
    Struct stored(Struct object) {
        Gvk version = kind.storage().version();
        if (version.equals(kind.gvk())) {
            return object;
        }
        return remote() ? kinds.conversions().stored(this, object) : hooks().converted(object, version);
    }

    /// What is stored may be of another version of the same kind: hooks convert.
    private Obj inForm(Obj stored) {
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
