package io.k3j.controllerkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The `ControllerRevision` objects of one owner: its numbered template versions, to which pods refer (upstream's
/// `controller/history`). For one pass; writes block for the API and throw what it refuses as an `ApiFault`.
public final class ControllerRevisions {
    /// The label of revisions and pods with the hash of the template.
    public static final String LABEL = "controller-revision-hash";
    /// In one pass.
    private static final int MOST_COLLISIONS = 10;
    private static final Comparator<Obj> ORDER = Comparator.<Obj>comparingLong(r -> r.tree().whole("revision", 0))
            .thenComparing(Obj::name);

    private final ExpectingWriter writer;
    private final Obj owner;
    private final List<Obj> all;
    private long collisions;

    /// Those of an owner that was deleted and left them behind become its successor's, as its pods do: they have the
    /// names that the successor would give.
    /// @param refs finds what the owner controls or may adopt
    public ControllerRevisions(LiveView view, ControllerRefs refs) {
        this.writer = refs.writer();
        this.owner = refs.owner();
        this.all = refs.of(view).stream().sorted(ORDER).toList();
        this.collisions = owner.status().whole("collisionCount", 0);
    }

    /// All revisions, the oldest first.
    public List<Obj> all() {
        return all;
    }

    /// The owner with the number of names that were taken by other templates, as its status has to tell it.
    public Obj counted() {
        return collisions == owner.status().whole("collisionCount", 0) ? owner
                : owner.with(collisions, "status", "collisionCount");
    }

    /// The revision of the current template, created or renumbered if needed.
    public Obj current() {
        Struct data = data();
        long newest = all.isEmpty() ? 0 : all.getLast().tree().whole("revision", 0);
        Optional<Obj> same = all.stream().filter(r -> plain(r.tree().struct("data")).equals(data)).reduce((a, b) -> b);
        if (same.isPresent()) {
            Obj revision = same.get();
            return revision.tree().whole("revision", 0) == newest
                    ? revision
                    : writer.update(BuiltinResources.CONTROLLER_REVISIONS, revision.with(newest + 1, "revision"));
        }
        return create(data, newest + 1);
    }

    /// The patch that restores the template.
    private Struct data() {
        Struct template = owner.spec().struct("template").with("$patch", "replace");
        return plain(Struct.of("spec", Struct.of("template", template)));
    }

    private static Struct plain(Struct data) {
        return (Struct) form(data);
    }

    /// With members sorted as Go marshals a map, since clients and other controllers find the current revision by its
    /// bytes; without nulls, for Go up to 1.33 wrote `creationTimestamp: null`, which is no other template.
    private static Object form(Object value) {
        return switch (value) {
            case Struct s -> {
                TreeMap<String, Object> members = new TreeMap<>();
                s.forEach((name, member) -> members.put(name, form(member)));
                members.values().removeIf(Null.NULL::equals);
                yield Struct.copyOf(members);
            }
            case Seq s -> Seq.copyOf(s.stream().map(ControllerRevisions::form).toList());
            default -> value;
        };
    }

    /// A name that another template has is told by its data: the next hash is another one.
    private Obj create(Struct data, long number) {
        for (int left = MOST_COLLISIONS;; left--) {
            Obj revision = revision(data, number);
            try {
                return writer.create(BuiltinResources.CONTROLLER_REVISIONS, revision);
            } catch (ApiFault fault) {
                if (!fault.reason().equals("AlreadyExists") || left == 0) {
                    throw fault;
                }
                Obj there = writer.api().get(BuiltinResources.CONTROLLER_REVISIONS, revision.key());
                if (plain(there.tree().struct("data")).equals(data)) {
                    return there;
                }
                collisions++;
            }
        }
    }

    private Obj revision(Struct data, long number) {
        String hash = TemplateHash.of(owner.spec().struct("template"), collisions);
        Struct labels = owner.spec().struct("template").struct("metadata").struct("labels").with(LABEL, hash);
        Struct metadata = Struct.of("name", owner.name() + "-" + hash, "namespace", owner.namespace(), "labels", labels,
                "ownerReferences", Seq.of(owner.ownerReference()));
        return Obj.of(Struct.of("apiVersion", "apps/v1", "kind", "ControllerRevision", "metadata", metadata, "data",
                data, "revision", number));
    }

    /// The hash that a revision has as its label; empty without one.
    public static String hash(Obj revision) {
        return revision.labels().getOrDefault(LABEL, "");
    }

    /// Deletes the oldest revisions without pods, down to the limit.
    ///
    /// @param keep names or hashes of those that stay in any case
    public void trim(long limit, List<Obj> pods, Set<String> keep) {
        Set<String> live = new HashSet<>(keep);
        pods.forEach(p -> live.add(p.labels().getOrDefault(LABEL, "")));
        List<Obj> idle = all().stream().filter(r -> !live.contains(hash(r)) && !live.contains(r.name())).toList();
        idle.stream().limit(Math.max(0, idle.size() - limit))
                .forEach(r -> writer.delete(BuiltinResources.CONTROLLER_REVISIONS, r));
    }
}
