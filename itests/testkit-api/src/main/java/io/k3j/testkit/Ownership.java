package io.k3j.testkit;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyConflict;
import io.k3j.schema.ManagedFields;
import io.k3j.schema.Manager;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.StrategicMerge;
import java.time.InstantSource;

/// What kinds' schemas say of writes: how lists are merged, and who owns which field
/// (<https://kubernetes.io/docs/reference/using-api/server-side-apply/>). Custom resources have no schema here: their
/// lists are replaced as a whole.
final class Ownership {
    /// Who writes without saying who.
    private static final String ANYBODY = "k3s";
    private final Schemas schemas = new Schemas();
    private final BuiltinResources resources;
    private final InstantSource clock;

    Ownership(BuiltinResources resources, InstantSource clock) {
        this.resources = resources;
        this.clock = clock;
    }

    /// A strategic merge patch on an object.
    Struct merged(Gvr resource, Struct object, Struct changes) {
        try {
            return StrategicMerge.apply(shape(resource), object, changes);
        } catch (PatchFailure e) {
            throw new ApiFault(422, "Invalid", String.valueOf(e.getMessage()), Struct.EMPTY);
        }
    }

    /// The object after a plain write, with who owns its fields; `before` is empty on create.
    Struct updated(Gvr resource, Struct before, Struct after, WriteOptions options) {
        boolean status = options.subresource().equals("status");
        Struct now = ManagedFields.updated(shape(resource), kept(resource, before, status),
                kept(resource, after, status),
                manager(resource, options), clock.instant());
        Object owners = now.at("metadata", "managedFields");
        return owners == null ? after.withoutAt("metadata", "managedFields")
                : after.withAt(owners, "metadata", "managedFields");
    }

    /// The object (empty: none yet) after an apply, with who owns its fields.
    Struct applied(Gvr resource, Struct live, Struct wanted, WriteOptions options) {
        try {
            return ManagedFields.applied(shape(resource), live,
                    kept(resource, wanted, options.subresource().equals("status")), manager(resource, options),
                    options.force(), clock.instant());
        } catch (ApplyConflict e) {
            throw new ApiFault(409, "Conflict", String.valueOf(e.getMessage()), Struct.of("causes", e.causes()));
        }
    }

    private Struct kept(Gvr resource, Struct object, boolean status) {
        if (!status) {
            return resources.hasStatus(resource) ? object.without("status") : object;
        }
        Struct.Builder kept = Struct.builder();
        object.forEach((name, value) -> {
            if (name.equals("apiVersion") || name.equals("kind") || name.equals("metadata") || name.equals("status")) {
                kept.put(name, value);
            }
        });
        return kept.build();
    }

    private Manager manager(Gvr resource, WriteOptions options) {
        return new Manager(options.fieldManager().isEmpty() ? ANYBODY : options.fieldManager(),
                gvk(resource).apiVersion(),
                options.subresource());
    }

    private Shape shape(Gvr resource) {
        return schemas.shape(gvk(resource)).orElse(Shape.ANY);
    }

    private Gvk gvk(Gvr resource) {
        return new Gvk(resource.group(), resource.version(), resources.of(resource).kind());
    }
}
