package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The `ControllerRevision` objects of one owner: its numbered template versions, to which pods refer.
record ControllerRevisions(ExpectingWriter writer, LiveView view, Obj owner) {
    static final String LABEL = "controller-revision-hash";
    private static final Comparator<Obj> ORDER = Comparator.<Obj>comparingLong(r -> r.tree().whole("revision", 0))
            .thenComparing(Obj::name);

    /// All revisions, the oldest first.
    List<Obj> all() {
        return Owners.controlled(view, owner).stream().sorted(ORDER).toList();
    }

    /// The revision of the current template, created or renumbered if needed.
    Obj current(long collisions) {
        List<Obj> all = all();
        Struct data = data();
        long newest = all.isEmpty() ? 0 : all.getLast().tree().whole("revision", 0);
        Optional<Obj> same = all.stream().filter(r -> r.tree().struct("data").equals(data)).reduce((a, b) -> b);
        if (same.isPresent()) {
            Obj revision = same.get();
            return revision.tree().whole("revision", 0) == newest
                    ? revision
                    : writer.update(BuiltinResources.CONTROLLER_REVISIONS, revision.with(newest + 1, "revision"));
        }
        return create(data, newest + 1, collisions);
    }

    /// The patch that restores the template, its members sorted as Go marshals a map: clients and other controllers
    /// find the current revision by its bytes.
    private Struct data() {
        Struct template = owner.spec().struct("template").with("$patch", "replace");
        return Struct.of("spec", Struct.of("template", sorted(template)));
    }

    private static Object sorted(Object value) {
        return switch (value) {
            case Struct s -> {
                TreeMap<String, Object> members = new TreeMap<>();
                s.forEach((name, member) -> members.put(name, sorted(member)));
                Struct.Builder b = Struct.builder();
                members.forEach(b::put);
                yield b.build();
            }
            case Seq s -> Seq.copyOf(s.stream().map(ControllerRevisions::sorted).toList());
            default -> value;
        };
    }

    private Obj create(Struct data, long number, long collisions) {
        String hash = TemplateHash.of(owner.spec().struct("template"), collisions);
        Struct labels = owner.spec().struct("template").struct("metadata").struct("labels").with(LABEL, hash);
        Struct metadata = Struct.of("name", owner.name() + "-" + hash, "namespace", owner.namespace(), "labels", labels,
                "ownerReferences", Seq.of(owner.ownerReference()));
        Obj revision = Obj
                .of(Struct.of("apiVersion", "apps/v1", "kind", "ControllerRevision", "metadata", metadata, "data",
                        data, "revision", number));
        try {
            return writer.create(BuiltinResources.CONTROLLER_REVISIONS, revision);
        } catch (ApiFault fault) {
            if (!fault.reason().equals("AlreadyExists")) {
                throw fault;
            }
            Obj there = writer.api().get(BuiltinResources.CONTROLLER_REVISIONS, revision.key());
            if (Owners.controls(owner, there) && there.tree().struct("data").equals(data)) {
                return there;
            }
            throw fault;
        }
    }

    static String hash(Obj revision) {
        return revision.labels().getOrDefault(LABEL, "");
    }

    /// Deletes the oldest revisions without pods, down to the limit.
    void trim(long limit, List<Obj> pods, Set<String> keep) {
        Set<String> live = new HashSet<>(keep);
        pods.forEach(p -> live.add(p.labels().getOrDefault(LABEL, "")));
        List<Obj> idle = all().stream().filter(r -> !live.contains(hash(r)) && !live.contains(r.name())).toList();
        idle.stream().limit(Math.max(0, idle.size() - limit))
                .forEach(r -> writer.delete(BuiltinResources.CONTROLLER_REVISIONS, r));
    }
}
