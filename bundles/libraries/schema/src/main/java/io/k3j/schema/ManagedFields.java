package io.k3j.schema;

import io.k3j.apimachinery.Rfc3339;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who owns which field, and server-side apply on top of it: upstream's `FieldManager`. Pure functions; any thread. See
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/>.
///
/// Objects are trees with their `metadata.managedFields`, in one version: ownership of fields in other versions is kept
/// as it is and compared by the same paths. The time comes from the caller, so that one write has one time.
///
/// ```
/// plain write   before ──► after      what changed ──► the writer's Update entry
///                                     what changed or went ──► out of all other entries
/// apply         live + wanted         what is wanted ──► the applier's Apply entry, in place of what it had
///                                     what it had and does not want ──► out of the object, unless others own it
///                                     what changed and is another's ──► ApplyConflict, or out of its entry by force
/// ```
@SuppressWarnings("checkstyle:ParameterNumber") // a change has a before, an after, a shape, an author and a time
public final class ManagedFields {
    /// More plain writers than this are folded into one entry, as upstream does: else every client with a name of its
    /// own would make each object larger.
    static final int MOST_UPDATERS = 10;
    /// The manager of that entry; upstream's name.
    private static final String ANCIENT = "ancient-changes";
    /// The manager of what was there before the first apply to an object without ownership; upstream's name.
    private static final String BEFORE_APPLY = "before-first-apply";
    private static final String FIELD = "managedFields";
    private static final List<String> OPERATIONS = List.of("Apply", "Update");
    /// Appliers first, then the oldest first; the rest only makes equal sets equal lists.
    private static final Comparator<ManagerEntry> ORDER = Comparator.comparing((ManagerEntry e) -> !e.apply())
            .thenComparing(ManagerEntry::time).thenComparing(ManagerEntry::name)
            .thenComparing(ManagerEntry::apiVersion).thenComparing(ManagerEntry::subresource);
    /// Fields the server owns or that tell which object it is: upstream's `stripMeta`.
    private static final String[][] NOBODYS = {{"f:apiVersion"}, {"f:kind"}, {"f:metadata", "f:name"},
            {"f:metadata", "f:namespace"}, {"f:metadata", "f:creationTimestamp"}, {"f:metadata", "f:selfLink"},
            {"f:metadata", "f:uid"}, {"f:metadata", "f:generation"}, {"f:metadata", "f:managedFields"},
            {"f:metadata", "f:resourceVersion"}};

    private ManagedFields() {
    }

    /// `after` with the ownership that follows from a plain write of `before` (empty on create) to it: what the writer
    /// changed is its own and nobody else's, what went is nobody's. Sending an empty `managedFields` list clears all
    /// ownership (the page's "Clearing managedFields"), and an object whose ownership was cleared gets none by plain
    /// writes.
    ///
    /// @param shape that of the kind in the version written
    /// @param after as it will be stored, filled in and defaulted; its `managedFields`, where it has any, stand for
    ///     those of `before`
    /// @param now cut to seconds
    /// @throws io.k3j.apimachinery.PatchFailure when an element of a keyed list has no key
    public static Struct updated(Shape shape, Struct before, Struct after, Manager manager, Instant now) {
        if (cleared(after)) {
            return after.withoutAt("metadata", FIELD);
        }
        List<ManagerEntry> live = entries(after);
        live = live.isEmpty() ? entries(before) : live;
        if (!before.isEmpty() && live.isEmpty()) {
            return after.withoutAt("metadata", FIELD);
        }
        // what is written for every object that was never filled in is nobody's
        Struct old = before.isEmpty() ? shape.table().zero() : bare(before);
        Struct next = bare(after);
        Step step = Step.of(shape, old, next);
        List<ManagerEntry> entries = settled(step, live, manager, false, true);
        FieldSet changed = owned(step.changed);
        if (!changed.isEmpty()) {
            entries = written(entries, manager, false, changed, now, true);
        }
        return next.withAt(encoded(entries), "metadata", FIELD);
    }

    /// `live` (empty when it does not exist) with what `wanted` asks for in it, and without what its manager asked for
    /// before and no longer does, unless others own it too.
    ///
    /// @param wanted the configuration with the fields it names and no others: what is filled in would be owned
    /// @param force whether to take over fields of others instead of failing
    /// @return a new object; where nothing changes it has the ownership of before, times included
    /// @throws ApplyConflict when others own a field that would change, unless `force`
    /// @throws io.k3j.apimachinery.PatchFailure when an element of a keyed list has no key
    public static Struct applied(Shape shape, Struct live, Struct wanted, Manager manager, boolean force, Instant now) {
        Struct old = bare(live);
        Struct want = bare(wanted);
        List<ManagerEntry> entries = entries(live);
        if (entries.isEmpty() && !live.isEmpty()) {
            entries = List.of(new ManagerEntry(BEFORE_APPLY, false, manager.apiVersion(), "", Rfc3339.seconds(now),
                    owned(FieldDiff.everything(shape, old))));
        }
        FieldSet last = own(entries, manager);
        FieldSet set = owned(FieldDiff.fields(shape, want));
        FieldSet kept = kept(entries, manager, set);
        Struct merged = FieldMerge.merge(shape, old, want);
        Struct next = FieldMerge.remove(shape, merged, last.minus(kept), kept);
        List<ManagerEntry> settled = entries.isEmpty() ? entries
                : settled(Step.of(shape, old, next), entries, manager, true, force);
        return next.withAt(encoded(written(settled, manager, true, set, now, false)), "metadata", FIELD);
    }

    /// What is owned by anybody: what an applier wants, and what the others have. A client chooses how many there are:
    /// each is taken in once, where a union for each would copy all before it.
    private static FieldSet kept(List<ManagerEntry> entries, Manager manager, FieldSet wanted) {
        FieldSet others = FieldSet.root(Struct.EMPTY);
        for (ManagerEntry e : entries) {
            if (!e.belongsTo(manager, true)) {
                others.take(e.fields());
            }
        }
        return others.union(wanted);
    }

    /// The metadata of `live` with the ownership that a writer's object names, where that has a form that can be read:
    /// a client may hand entries to others, as upstream lets it. What the entries hold is the client's word and is not
    /// compared with the object.
    public static Struct claimed(Struct live, Struct wanted) {
        Struct metadata = live.struct("metadata");
        Seq list = wanted.struct("metadata").seq(FIELD);
        boolean sound = list.structs().stream()
                .allMatch(e -> OPERATIONS.contains(e.text("operation")) && e.text("fieldsType").equals("FieldsV1")
                        && FieldSet.wellFormed(e.struct("fieldsV1")));
        return list.isEmpty() || !sound ? metadata : metadata.with(FIELD, list);
    }

    /// The object with nothing of its metadata but what nobody owns: which object it is, and which version of it.
    public static Struct identity(Struct object) {
        Struct.Builder metadata = Struct.builder();
        for (String[] path : NOBODYS) {
            String field = FieldSet.shown(path[path.length - 1]).substring(1);
            metadata.putUnlessEmpty(field, path.length == 1 ? null : object.at("metadata", field));
        }
        return object.with("metadata", metadata.build());
    }

    /// What the manager applied last, nothing when it never did.
    private static FieldSet own(List<ManagerEntry> entries, Manager manager) {
        ManagerEntry own = found(entries, manager, true);
        return own == null ? FieldSet.root(Struct.EMPTY) : own.fields();
    }

    /// What a change takes away, and what it adds or changes; made once, for it is the dear part: it walks both
    /// objects.
    private record Step(FieldSet removed, FieldSet changed) {
        static Step of(Shape shape, Struct old, Struct next) {
            FieldSet after = FieldDiff.everything(shape, next);
            if (old.isEmpty()) {
                return new Step(FieldSet.root(Struct.EMPTY), after);
            }
            FieldSet before = FieldDiff.everything(shape, old);
            FieldSet regrouped = FieldDiff.regrouped(shape, old, next);
            return new Step(joined(before.minus(after), regrouped),
                    joined(joined(after.minus(before), FieldDiff.modified(shape, old, next)), regrouped));
        }

        /// Mostly there is nothing to join, though nodes may be there, and nothing is copied.
        private static FieldSet joined(FieldSet set, FieldSet more) {
            return more.isEmpty() ? set : set.union(more);
        }
    }

    /// The others' entries after a change: what changed or went is theirs no more. The writer's own entry loses only
    /// what went.
    ///
    /// @param apply whether the change is an apply, whose entry is another than that of plain writes
    /// @param force whether what changed is taken from others without asking
    /// @throws ApplyConflict listing every field of others that would change
    private static List<ManagerEntry> settled(Step step, List<ManagerEntry> entries, Manager manager, boolean apply,
            boolean force) {
        FieldSet removed = step.removed;
        FieldSet changed = step.changed;
        if (entries.isEmpty() || removed.isEmpty() && changed.isEmpty()) {
            return entries;
        }
        List<ManagerEntry> left = new ArrayList<>();
        ApplyConflict.Found conflicts = new ApplyConflict.Found();
        for (ManagerEntry e : entries) {
            FieldSet fields = e.fields();
            if (!e.belongsTo(manager, apply)) {
                FieldSet taken = fields.common(changed);
                if (!force) {
                    conflicts.add(e.shown(), taken);
                }
                fields = fields.minus(taken);
            }
            left.add(e.with(fields.minus(removed)));
        }
        if (!conflicts.isEmpty()) {
            throw new ApplyConflict(conflicts);
        }
        return left;
    }

    /// The entries with the writer's own: its fields, and the time of this write if they are others than before. A
    /// write that changes nothing keeps its time, so that it need not be stored.
    ///
    /// @param added whether the fields join those of the entry, as plain writes do, or are all it has
    private static List<ManagerEntry> written(List<ManagerEntry> entries, Manager manager, boolean apply,
            FieldSet fields,
            Instant now, boolean added) {
        List<ManagerEntry> all = new ArrayList<>(entries);
        ManagerEntry old = found(all, manager, apply);
        FieldSet set = added && old != null ? old.fields().union(fields) : fields;
        boolean same = old != null && old.fields().equals(set) && old.apiVersion().equals(manager.apiVersion());
        // by identity: to compare it with each is to compare all fields of both
        all.removeIf(e -> e == old);
        all.add(same ? old : new ManagerEntry(manager.name(), apply, manager.apiVersion(), manager.subresource(),
                Rfc3339.seconds(now), set));
        return all;
    }

    private static @Nullable ManagerEntry found(List<ManagerEntry> entries, Manager manager, boolean apply) {
        for (ManagerEntry entry : entries) {
            if (entry.belongsTo(manager, apply)) {
                return entry;
            }
        }
        return null;
    }

    /// The list as it is stored. Entries without fields go.
    private static Seq encoded(List<ManagerEntry> entries) {
        List<ManagerEntry> all = new ArrayList<>(entries);
        all.removeIf(e -> e.fields().isEmpty());
        all.sort(ORDER);
        List<ManagerEntry> left = folded(all);
        List<Struct> list = new ArrayList<>(left.size());
        for (ManagerEntry entry : left) {
            list.add(entry.entry());
        }
        return Seq.copyOf(list);
    }

    /// With the oldest plain writers of each version folded into one entry while there are too many. A writer may claim
    /// any number of entries: each is looked at once.
    ///
    /// @param sorted by [#ORDER], so that the oldest come first
    private static List<ManagerEntry> folded(List<ManagerEntry> sorted) {
        if (sorted.size() <= MOST_UPDATERS) {
            return sorted;
        }
        long tooMany = sorted.stream().filter(e -> !e.apply()).count() - MOST_UPDATERS;
        if (tooMany <= 0) {
            return sorted;
        }
        Map<String, ManagerEntry> ancient = new LinkedHashMap<>();
        List<ManagerEntry> left = new ArrayList<>();
        for (ManagerEntry e : sorted) {
            if (e.apply() || tooMany <= 0 && !e.name().equals(ANCIENT)) {
                left.add(e);
            } else {
                ManagerEntry before = ancient.get(e.apiVersion());
                FieldSet fields = before == null ? FieldSet.root(Struct.EMPTY) : before.fields();
                fields.take(e.fields());
                ancient.put(e.apiVersion(), new ManagerEntry(ANCIENT, false, e.apiVersion(), "", e.time(), fields));
                tooMany -= before == null ? 0 : 1;
            }
        }
        left.addAll(ancient.values());
        left.sort(ORDER);
        return left;
    }

    /// Those of an object; empty entries, which clients send to clear the list, are none.
    private static List<ManagerEntry> entries(Struct object) {
        Seq list = object.struct("metadata").seq(FIELD);
        List<ManagerEntry> all = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            if (!list.struct(i).isEmpty()) {
                all.add(ManagerEntry.of(list.struct(i)));
            }
        }
        return all;
    }

    /// Whether a writer sent an empty list, or one of one empty entry: forget who owns what.
    public static boolean cleared(Struct object) {
        return object.at("metadata", FIELD) instanceof Seq s && (s.isEmpty() || s.size() == 1 && s.struct(0).isEmpty());
    }

    /// The object without its ownership, so that a change of that alone is no change.
    private static Struct bare(Struct object) {
        return object.isEmpty() ? object : object.withoutAt("metadata", FIELD);
    }

    /// A set just made, without the fields nobody owns.
    private static FieldSet owned(FieldSet fresh) {
        for (String[] path : NOBODYS) {
            fresh.drop(path);
        }
        return fresh;
    }
}
