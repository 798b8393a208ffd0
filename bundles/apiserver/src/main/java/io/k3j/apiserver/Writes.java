package io.k3j.apiserver;

import io.k3j.apiserver.Shaping.Shaped;
import io.k3j.apiserver.Shaping.Wish;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.model.JsonSize;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Creates and changes objects: what is between a decoded tree and the commit of its bytes.
final class Writes {
    /// How often a change is tried again when somebody else was faster.
    static final int RETRIES = 5;
    /// How many generated names are tried.
    static final int NAMES = 8;
    /// The largest object that is stored: etcd's `--max-request-bytes`.
    static final int MAX_STORED_BYTES = 3 << 19;
    /// How deep an object that is stored may nest: as deep as JSON is read, with room for the lists and events that
    /// answers put it into, so that everybody can read it again.
    static final int MAX_LEVELS = Json.MAX_DEPTH - 10;
    private final Commits commits;
    private final EventLog log;
    private final Fence fence;
    private final Shaping shaping;
    private final Metadata metadata;

    Writes(Commits commits, Core.Data data, Shaping shaping, Metadata metadata) {
        this.commits = commits;
        this.log = data.log();
        this.fence = data.fence();
        this.shaping = shaping;
        this.metadata = metadata;
    }

    /// A new object.
    /// @throws ApiFault 409, 422, 403 …
    Outcome create(Intent intent, Wish wish) {
        return fence.fresh(() -> named(intent, wish));
    }

    private Outcome named(Intent intent, Wish wish) {
        Struct given = Metadata.placed(intent, wish.object(), true).struct("metadata");
        String base = given.text("generateName");
        boolean generate = given.text("name").isEmpty() && !base.isEmpty();
        for (int left = generate ? NAMES : 1;; left--) {
            String name = generate ? metadata.generated(base) : given.text("name");
            try {
                return created(intent.at(new Key(intent.key().namespace(), name)), wish);
            } catch (ApiFault f) {
                if (left == 1 || !f.reason().equals("AlreadyExists")) {
                    throw f;
                }
            }
        }
    }

    private Outcome created(Intent intent, Wish wish) {
        Shaped shaped = shaping.created(intent, wish);
        if (intent.key().name().isEmpty()) {
            throw Shaping.invalid(intent,
                    List.of(FieldProblem.required("metadata.name", "name or generateName is required")));
        }
        byte[] bytes = storable(shaped, Shaping.stored(intent.target(), shaped.object()), 0);
        if (intent.dryRun()) {
            shaping.abandoned(shaped);
            if (present(intent)) {
                throw ApiFault.alreadyExists(intent.target().gvr(), intent.key().name());
            }
            return new Outcome(new Item(intent.storeKey(), bytes, 0, 0), 0, Outcome.Kind.CREATED);
        }
        CommitResult result = committed(shaped,
                () -> commits.put(intent, 0, bytes, Shaping.lifetime(intent, shaped)));
        if (result instanceof CommitResult.Committed c) {
            return new Outcome(new Item(intent.storeKey(), bytes, c.revision(), c.revision()), c.revision(),
                    Outcome.Kind.CREATED);
        }
        shaping.abandoned(shaped);
        throw ApiFault.alreadyExists(intent.target().gvr(), intent.key().name());
    }

    /// Refuses what upstream's store would not take, and what could not be read again. What is larger already, from a
    /// store that took it, may shrink.
    private byte[] storable(Shaped shaped, byte[] bytes, int before) {
        if (JsonSize.deeper(shaped.object(), MAX_LEVELS)) {
            shaping.abandoned(shaped);
            throw ApiFault.badRequest("the object would nest values deeper than " + MAX_LEVELS + " levels");
        }
        if (bytes.length > MAX_STORED_BYTES && bytes.length > before) {
            shaping.abandoned(shaped);
            throw new ApiFault(500, "", "etcdserver: request is too large", Struct.EMPTY);
        }
        return bytes;
    }

    /// What the store says; what admission reserved is given back when it says nothing.
    private CommitResult committed(Shaped shaped, Supplier<CommitResult> commit) {
        try {
            return commit.get();
        } catch (RuntimeException e) {
            shaping.abandoned(shaped);
            throw e;
        }
    }

    /// Changes an object. `change` gets it as it is and says how it shall be; it is asked again when
    /// somebody else was faster. A `resourceVersion` in the wish must be that of the object.
    /// @throws ApiFault 404, 409, 422, 403 …
    Outcome change(Intent intent, Function<Obj, Wish> change) {
        return fence.fresh(() -> changed(intent, change));
    }

    /// Whether the object is there, as far as this server knows.
    boolean present(Intent intent) {
        return log.mostRecent().tree().get(intent.storeKey()) != null;
    }

    private Outcome changed(Intent intent, Function<Obj, Wish> change) {
        Item current = log.mostRecent().tree().get(intent.storeKey());
        for (int left = RETRIES; current != null && left > 0; left--) {
            Attempt attempt = attempt(intent, current, change);
            if (attempt.outcome != null) {
                return attempt.outcome;
            }
            current = attempt.newer;
        }
        if (current == null) {
            throw intent.target().notFound(intent.key().name());
        }
        throw intent.outdated();
    }

    /// What came of one try: an outcome, or the newer version that was in the way (null: it has gone).
    private record Attempt(@Nullable Outcome outcome, @Nullable Item newer) {
    }

    private Attempt attempt(Intent intent, Item current, Function<Obj, Wish> change) {
        Obj before = intent.target().object(current);
        Wish wish = change.apply(before);
        Struct given = Metadata.placed(intent, wish.object(), false).struct("metadata");
        sameVersion(intent, before, given);
        Shaped shaped = shaping.changed(intent, before, wish);
        byte[] bytes = storable(shaped, Shaping.stored(intent.target(), shaped.object()), current.bytes().length);
        Obj after = Obj.stored(shaped.object(), before.revision());
        boolean going = Deletes.complete(intent.target(), after);
        if (intent.dryRun() || !going && same(before, shaped.object(), bytes, current.bytes())
                && !commits.outdated(intent)) {
            shaping.abandoned(shaped);
            return intent.dryRun() ? new Attempt(present(current, bytes, current.revision()), null)
                    : unchanged(current, bytes);
        }
        CommitResult result = committed(shaped, () -> going ? commits.delete(intent, current.revision())
                : commits.put(intent, current.revision(), bytes, Shaping.lifetime(intent, shaped)));
        if (result instanceof CommitResult.Committed c) {
            return new Attempt(going
                    ? new Outcome(new Item(current.storeKey(), bytes, current.createRevision(), c.revision()),
                            c.revision(), Outcome.Kind.GONE)
                    : present(current, bytes, c.revision()), null);
        }
        shaping.abandoned(shaped);
        return new Attempt(null, commits.newer((CommitResult.Conflict) result));
    }

    /// Whether a write changes nothing, however the members of the document are ordered.
    private static boolean same(Obj before, Struct after, byte[] bytes, byte[] stored) {
        return Arrays.equals(bytes, stored) || bytes.length == stored.length
                && after.withoutAt("metadata", "resourceVersion")
                        .equals(before.tree().withoutAt("metadata", "resourceVersion"));
    }

    /// A write that changes nothing is one only if the object is still so.
    private Attempt unchanged(Item current, byte[] bytes) {
        Item now = fence.confirmed().tree().get(current.storeKey());
        return now != null && now.revision() <= current.revision()
                ? new Attempt(present(current, bytes, current.revision()), null) : new Attempt(null, now);
    }

    private static Outcome present(Item before, byte[] bytes, long revision) {
        return new Outcome(new Item(before.storeKey(), bytes, before.createRevision(), revision), revision,
                Outcome.Kind.PRESENT);
    }

    private static void sameVersion(Intent intent, Obj before, Struct given) {
        String wanted = given.text("resourceVersion");
        if (!wanted.isEmpty() && !wanted.equals("0") && !wanted.equals(Long.toString(before.revision()))) {
            throw intent.outdated();
        }
        Metadata.sameUid(intent.target().gvr(), intent.key().name(), given.text("uid"), before.uid());
    }
}
