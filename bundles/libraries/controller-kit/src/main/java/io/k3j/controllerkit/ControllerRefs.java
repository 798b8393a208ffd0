package io.k3j.controllerkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Makes what an owner selects its own and lets go of what it no longer selects, as upstream's controllers do with
/// pods and replica sets (`ControllerRefManager`). For one pass of one owner.
///
/// @param writer whom to write by
/// @param resource what is claimed
/// @param owners what kind of resource the owner is
/// @param owner the controller-to-be, as the view shows it
/// @param selector what it selects
/// @param finalizer what is adopted gets it and what is released loses it; empty for none
public record ControllerRefs(ExpectingWriter writer, Gvr resource, Gvr owners, Obj owner, Selector selector,
        String finalizer) {
    /// Without a finalizer.
    public ControllerRefs(ExpectingWriter writer, Gvr resource, Gvr owners, Obj owner, Selector selector) {
        this(writer, resource, owners, owner, selector, "");
    }

    /// The objects of a view, made by [Owners#indexed], that the owner controls after this. Blocks for a write for
    /// each object that is adopted or released, and for one look at the owner before the first adoption. An owner
    /// that is being deleted adopts and releases nothing.
    ///
    /// @throws ApiFault 409 when an object has been changed meanwhile, and others but 404; the next pass goes on
    /// from there
    public List<Obj> of(LiveView view) {
        List<Obj> mine = new ArrayList<>();
        for (Obj object : Owners.controlled(view, owner)) {
            if (selector.matches(object.labels())) {
                mine.add(object);
            } else if (!owner.terminating()) {
                release(object);
            }
        }
        if (!owner.terminating()) {
            List<Obj> free = Owners.orphans(view, owner.namespace()).stream()
                    .filter(object -> !object.terminating() && selector.matches(object.labels())).toList();
            if (!free.isEmpty() && lives()) {
                free.forEach(object -> adopt(object, mine));
            }
        }
        return mine;
    }

    /// Whether the owner is still to stay. What a view shows of it may be older than what it shows of the others: they
    /// may be free because the owner was deleted and was to leave them behind.
    private boolean lives() {
        return writer.api().find(owners, owner.key())
                .filter(now -> now.uid().equals(owner.uid()) && !now.terminating()).isPresent();
    }

    /// One that has gone meanwhile is not ours.
    private void adopt(Obj object, List<Obj> mine) {
        try {
            mine.add(patched(object, Owners.adopted(object, owner), true));
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }

    /// One that has gone meanwhile needs no release.
    private void release(Obj object) {
        try {
            patched(object, Owners.released(object, owner.uid()), false);
        } catch (ApiFault fault) {
            if (fault.code() != 404) {
                throw fault;
            }
        }
    }

    /// Uid and revision in the patch are preconditions: no other object of that name, and nothing somebody has
    /// changed since.
    private Obj patched(Obj object, Obj wanted, boolean held) {
        Object references = wanted.at("metadata", "ownerReferences");
        Struct metadata = Struct.of("uid", object.uid(), "resourceVersion", Long.toString(object.revision()),
                "ownerReferences", references == null ? Null.NULL : references);
        metadata = finalizer.isEmpty() ? metadata : metadata.with("finalizers", finalizers(object, held));
        return writer.patch(resource, object.key(), new Patch.Merge(Struct.of("metadata", metadata)),
                WriteOptions.PLAIN);
    }

    private Object finalizers(Obj object, boolean held) {
        List<String> all = new ArrayList<>(object.finalizers());
        all.removeIf(finalizer::equals);
        if (held) {
            all.add(finalizer);
        }
        return all.isEmpty() ? Null.NULL : all;
    }
}
