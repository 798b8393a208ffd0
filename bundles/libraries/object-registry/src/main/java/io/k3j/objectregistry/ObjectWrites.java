package io.k3j.objectregistry;

import io.k3j.apimachinery.JsonSize;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Shaping.Shaped;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Creates and changes objects: what is between a decoded tree and the commit of its bytes.
///
/// ```
/// decoded tree (Wish) ─► Shaping ─► bytes ─► commit at the revision that was read ─► answer
///         ▲                                     └─ somebody was faster: again with the newer one, five times
///         └── change.apply(newest) ─────────────┘
/// ```
///
/// Upstream's `Store.Create` and `Store.Update` over `GuaranteedUpdate`. Any thread; blocks on the store and on
/// what admission asks. What admission has reserved for a write that is certainly not stored is given back.
public final class ObjectWrites {
    /// How often a change is tried again when somebody else was faster.
    public static final int RETRIES = 5;
    /// How many generated names are tried, as upstream.
    static final int NAMES = 8;
    /// The largest object that is stored: etcd's `--max-request-bytes`.
    static final int MAX_STORED_BYTES = 3 << 19;
    /// How deep an object that is stored may nest: as deep as JSON is read, with room for the lists and events that
    /// answers put it into, so that everybody can read it again.
    public static final int MAX_LEVELS = Json.MAX_DEPTH - 10;
    /// The code of an [ApiFault] after which the change may have happened.
    private static final int UNKNOWN_OUTCOME = 504;
    private final StoreCommits commits;
    private final EventLog log;
    private final Fence fence;
    private final Shaping shaping;
    private final Metadata metadata;

    ObjectWrites(StoreCommits commits, Storage storage, Shaping shaping, Metadata metadata) {
        this.commits = commits;
        this.log = storage.log();
        this.fence = storage.fence();
        this.shaping = shaping;
        this.metadata = metadata;
    }

    /// A new object. Its name is the body's, which is that of the path where it has one, or made from `generateName`.
    ///
    /// @param wish typed already
    /// @return CREATED, with the stored object; of a dry run with revision 0
    /// @throws ApiFault 400 when body and path name different objects; 409 when the name is taken; 422 for what is
    /// invalid; 403 and others by admission; 503 and 504 as the store says
    public WriteResult create(Intent intent, Wish wish) {
        return fence.fresh(() -> named(intent, wish), intent.certainty()::certain);
    }

    /// Only for a generated name another one is tried when it is taken.
    private WriteResult named(Intent intent, Wish wish) {
        Struct given = Metadata.placed(intent, wish.object()).struct("metadata");
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

    private WriteResult created(Intent intent, Wish wish) {
        intent.certainty().begin();
        Shaped shaped = shaping.created(intent, wish);
        if (intent.key().name().isEmpty()) {
            throw Shaping.invalid(intent,
                    List.of(FieldProblem.required("metadata.name", "name or generateName is required")));
        }
        unversioned(shaped, wish);
        byte[] bytes = storable(shaped, Shaping.stored(intent.target(), shaped.object()), 0);
        if (intent.dryRun()) {
            shaping.abandoned(shaped);
            if (present(intent)) {
                throw taken(intent, wish);
            }
            return new WriteResult(new Item(intent.storeKey(), bytes, 0, 0), 0, WriteResult.Kind.CREATED);
        }
        CommitResult result = committed(shaped,
                () -> commits.put(intent, 0, bytes, Shaping.lifetime(intent, shaped)));
        if (result instanceof CommitResult.Committed c) {
            return new WriteResult(new Item(intent.storeKey(), bytes, c.revision(), c.revision()), c.revision(),
                    WriteResult.Kind.CREATED);
        }
        shaping.abandoned(shaped);
        intent.certainty().refused();
        throw taken(intent, wish);
    }

    /// As upstream, also where a name was given beside `generateName`.
    private static ApiFault taken(Intent intent, Wish wish) {
        ApiFault taken = ApiFault.alreadyExists(intent.target().gvr(), intent.key().name());
        return wish.object().struct("metadata").text("generateName").isEmpty() ? taken
                : new ApiFault(taken.code(), taken.reason(), taken.getMessage() + ", the server was not able to"
                        + " generate a unique name for the object", taken.details().with("retryAfterSeconds", 1));
    }

    /// What is to be new cannot have been read at a version. Asked after admission and validation, with the status of
    /// upstream's store, so that clients hear of a policy first.
    private void unversioned(Shaped shaped, Wish wish) {
        if (Metadata.versioned(wish.object())) {
            shaping.abandoned(shaped);
            throw new ApiFault(500, "", "resourceVersion should not be set on objects to be created", Struct.EMPTY);
        }
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

    /// What the store says. What admission reserved is given back only when it is certain that nothing was stored:
    /// after an unknown outcome (504) the object may hold it, and somebody else would get the same address or port.
    private CommitResult committed(Shaped shaped, Supplier<CommitResult> commit) {
        try {
            return commit.get();
        } catch (ApiFault f) {
            if (f.code() != UNKNOWN_OUTCOME) {
                shaping.abandoned(shaped);
            }
            throw f;
        }
    }

    /// Changes an object. `change` gets it as it is and says how it should be; it is asked again when somebody else
    /// was faster, so it has no effects of its own. A `resourceVersion` in the wish must be that of the object
    /// (optimistic concurrency); without one the newest is changed.
    ///
    /// @return PRESENT, be it unchanged, or GONE when this was what the deletion waited for
    /// @throws ApiFault 404; 409 for another `resourceVersion` or uid, or when others were faster five times; 422,
    /// 403, 503, 504 as [#create]
    public WriteResult change(Intent intent, Function<Obj, Wish> change) {
        return fence.fresh(() -> changed(intent, change), intent.certainty()::certain);
    }

    /// Whether the object is there, as far as this server knows: with all it has acknowledged, perhaps without what
    /// another server has written just now.
    public boolean present(Intent intent) {
        return log.mostRecent().tree().get(intent.storeKey()) != null;
    }

    /// Whether the object is there, with all that any server has written so far.
    /// @throws ApiFault 503, 504 when the store does not say
    public boolean confirmed(Intent intent) {
        return fence.confirmed().tree().get(intent.storeKey()) != null;
    }

    private WriteResult changed(Intent intent, Function<Obj, Wish> change) {
        intent.certainty().begin();
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
    private record Attempt(@Nullable WriteResult outcome, @Nullable Item newer) {
    }

    /// A write that changes nothing is not stored, so that it wakes nobody, unless the row is to be encrypted anew.
    private Attempt attempt(Intent intent, Item current, Function<Obj, Wish> change) {
        Obj before = intent.target().object(current);
        Wish wish = change.apply(before);
        Struct given = Metadata.placed(intent, wish.object()).struct("metadata");
        sameVersion(intent, before, given);
        Shaped shaped = shaping.changed(intent, before, wish);
        byte[] bytes = storable(shaped, Shaping.stored(intent.target(), shaped.object()), current.bytes().length);
        Obj after = Obj.stored(shaped.object(), before.revision());
        boolean going = ObjectDeletes.complete(intent.target(), after);
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
                    ? new WriteResult(new Item(current.storeKey(), bytes, current.createRevision(), c.revision()),
                            c.revision(), WriteResult.Kind.GONE)
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

    private static WriteResult present(Item before, byte[] bytes, long revision) {
        return new WriteResult(new Item(before.storeKey(), bytes, before.createRevision(), revision), revision,
                WriteResult.Kind.PRESENT);
    }

    /// `0` stands for any, as upstream takes it. Revisions only grow: an older one does not come back.
    private static void sameVersion(Intent intent, Obj before, Struct given) {
        Metadata.sameUid(intent.target().gvr(), intent.key().name(), given.text("uid"), before.uid());
        long wanted = Metadata.version(given);
        if (wanted != 0 && wanted != before.revision()) {
            if (Long.compareUnsigned(wanted, before.revision()) < 0) {
                intent.certainty().refused();
            }
            throw intent.outdated();
        }
    }
}
