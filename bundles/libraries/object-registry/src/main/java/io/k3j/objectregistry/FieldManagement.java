package io.k3j.objectregistry;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyConflict;
import io.k3j.schema.ManagedFields;
import io.k3j.schema.Manager;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps `metadata.managedFields` and does server-side apply, in the name of the intent's manager ("Server-Side
/// Apply"; upstream's `FieldManager`). Pure but for the clock; any thread.
public final class FieldManagement {
    private final Metadata metadata;

    FieldManagement(Metadata metadata) {
        this.metadata = metadata;
    }

    /// The object with the ownership that follows from a plain write: what the manager has changed is its own from
    /// then on, and nobody else's. With that of before where elements of a list lack what tells them apart, which
    /// the rules of its kind refuse in words of their own.
    ///
    /// @param before empty for a creation
    Struct updated(Intent intent, Struct before, Struct after) {
        Object list = owners(intent, before, after);
        return list == null ? after.withoutAt("metadata", "managedFields")
                : after.withAt(list, "metadata", "managedFields");
    }

    private @Nullable Object owners(Intent intent, Struct before, Struct after) {
        try {
            return ManagedFields.updated(intent.target().kind().shape(), kept(intent, before), kept(intent, after),
                    manager(intent), metadata.now()).at("metadata", "managedFields");
        } catch (PatchFailure e) {
            return before.at("metadata", "managedFields");
        }
    }

    /// What applying `wanted` makes of an object, ownership included: fields that this manager applied before and
    /// no longer names go, unless somebody else owns them.
    ///
    /// @param live the object as it is, empty: of nothing
    /// @throws ApiFault 409 with every conflict, unless the intent says `force`
    Struct applied(Intent intent, Struct live, Struct wanted) {
        Struct mine = kept(intent, wanted);
        try {
            return ManagedFields.applied(intent.target().kind().shape(), live,
                    intent.scope().metadata() ? mine : ManagedFields.identity(mine), manager(intent), intent.force(),
                    metadata.now());
        } catch (ApplyConflict e) {
            Gvr gvr = intent.target().gvr();
            throw new ApiFault(409, "Conflict", String.valueOf(e.getMessage()),
                    Struct.builder().put("name", intent.key().name()).putUnlessEmpty("group", gvr.group())
                            .put("kind", gvr.resource()).put("causes", e.causes()).build());
        }
    }

    /// An object without what a write to this path cannot change. Nobody comes to own that by naming it: upstream's
    /// `GetResetFields`.
    private static Struct kept(Intent intent, Struct object) {
        List<List<String>> takes = intent.scope().takes();
        if (takes.isEmpty()) {
            return intent.subresource().isEmpty() && intent.target().kind().strategy().status()
                    ? object.without("status") : object;
        }
        Struct kept = Struct.builder().putUnlessEmpty("apiVersion", object.get("apiVersion"))
                .putUnlessEmpty("kind", object.get("kind")).putUnlessEmpty("metadata", object.get("metadata")).build();
        for (List<String> field : takes) {
            Object value = object.at(field.toArray(String[]::new));
            kept = value == null ? kept : kept.withAt(value, field.toArray(String[]::new));
        }
        return kept;
    }

    private static Manager manager(Intent intent) {
        return new Manager(intent.manager(), intent.target().kind().gvk().apiVersion(), intent.subresource());
    }

    /// The manager a client is when it names none: the first part of its user agent, as `kubectl` of
    /// `kubectl/v1.34`, at most 128 characters.
    public static String byUserAgent(String userAgent) {
        int slash = userAgent.indexOf('/');
        String name = slash < 0 ? userAgent : userAgent.substring(0, slash);
        return name.length() > 128 ? name.substring(0, 128) : name;
    }

    /// Whether two objects are the same but for who owns what. Such a write must not give a new time to the manager
    /// either, or each would be a change.
    static boolean sameButOwnership(Obj before, Struct after) {
        return before.tree().withoutAt("metadata", "managedFields")
                .equals(after.withoutAt("metadata", "managedFields"));
    }
}
