package io.k3j.objectregistry;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Deletes objects, or marks them while finalizers or a grace period hold them. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/>.
///
/// ```
///                        ┌ nothing holds it ──► deleted
/// delete ─► marked for ──┤
///           deletion     └ finalizers, grace ─► stored, marked; who takes the last of them deletes
/// ```
///
/// Upstream's `Store.Delete` with `BeforeDelete` and `updateForGracefulDeletionAndFinalizers`. Any thread; blocks
/// on the store.
public final class ObjectDeletes {
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";
    private final StoreCommits commits;
    private final EventLog log;
    private final Fence fence;
    private final Admissions admissions;
    private final Metadata metadata;

    ObjectDeletes(StoreCommits commits, Storage storage, Admissions admissions, Metadata metadata) {
        this.commits = commits;
        this.log = storage.log();
        this.fence = storage.fence();
        this.admissions = admissions;
        this.metadata = metadata;
    }

    /// Whether nothing holds an object any more that is marked for deletion. Asked here and after each change of an
    /// object: the write that removes the last finalizer is the one that deletes.
    static boolean complete(Target target, Obj object) {
        return object.terminating() && !held(target, object)
                && object.metadata().whole("deletionGracePeriodSeconds", 0) == 0;
    }

    /// Namespaces have finalizers in their spec, too, which only `/finalize` changes.
    private static boolean held(Target target, Obj object) {
        return !object.finalizers().isEmpty()
                || target.kind().subresource("finalize").isPresent() && !object.spec().seq("finalizers").isEmpty();
    }

    /// Deletes one object.
    ///
    /// @param options preconditions, grace and what becomes of dependents
    /// @return GONE with the last version, or PRESENT with the marked one
    /// @throws ApiFault 404; 409 when a precondition does not hold or others were faster five times; 403 and others
    /// by admission; 503 and 504 as the store says
    public WriteResult delete(Intent intent, DeleteOptions options) {
        return fence.fresh(() -> deleted(intent, options), intent.certainty()::certain);
    }

    /// Each try looks at the preconditions and asks admission again, of the version that is there now.
    private WriteResult deleted(Intent intent, DeleteOptions options) {
        intent.certainty().begin();
        Item current = log.mostRecent().tree().get(intent.storeKey());
        for (int left = ObjectWrites.RETRIES; left > 0; left--) {
            if (current == null) {
                throw intent.target().notFound(intent.key().name());
            }
            Obj before = intent.target().object(current);
            preconditions(intent, options, before);
            Write write = intent.write(Operation.DELETE, before);
            if (!unasked(intent, write)) {
                admissions.admit(write, before.tree());
                admissions.validate(write, before.tree());
            }
            CommitResult.Conflict[] lost = new CommitResult.Conflict[1];
            WriteResult done = step(intent, write, new Going(current, before, wanted(intent, before, options)), lost);
            if (done != null) {
                return done;
            }
            current = commits.newer(lost[0]);
        }
        throw intent.outdated();
    }

    /// What goes with its kind the server itself deletes, whatever anybody says.
    private static boolean unasked(Intent intent, Write write) {
        return intent.caller().in("system:masters") && intent.caller().user().equals("system:apiserver")
                && intent.target().hooks().unasked(write);
    }

    /// An empty text that somebody has sent is the uid of no object, as where Go has a pointer to it; components have
    /// no other word for none.
    private static void preconditions(Intent intent, DeleteOptions options, Obj before) {
        boolean sent = intent.options().struct("preconditions").get("uid") instanceof String;
        if ((sent || !options.uid().isEmpty()) && !options.uid().equals(before.uid())) {
            throw unmet(intent, "the UID in the precondition (" + options.uid() + ") does not match the UID in record ("
                    + before.uid() + "). The object might have been deleted and then recreated");
        }
        if (options.revision() != 0 && options.revision() != before.revision()) {
            String wanted = intent.options().struct("preconditions").text("resourceVersion",
                    Long.toString(options.revision()));
            throw unmet(intent, "the ResourceVersion in the precondition (" + wanted + ") does not match the"
                    + " ResourceVersion in record (" + before.revision() + "). The object might have been modified");
        }
    }

    /// Upstream tells the kind here, and no resource.
    private static ApiFault unmet(Intent intent, String why) {
        Gvk kind = intent.target().kind().gvk();
        return ApiFault.conflict(new Gvr(kind.group(), kind.version(), kind.kind()), intent.key().name(), why);
    }

    /// An object on its way out: as it is stored, as it is seen, and as it stays for now (marked).
    private record Going(Item current, Obj before, Obj marked) {
    }

    /// One try; null, with the conflict in `lost`, when somebody was faster. Marking what is marked already writes
    /// nothing.
    private @Nullable WriteResult step(Intent intent, Write write, Going going, CommitResult.Conflict[] lost) {
        Item current = going.current;
        if (complete(intent.target(), going.marked)) {
            if (intent.dryRun()) {
                return new WriteResult(current, current.revision(), WriteResult.Kind.GONE);
            }
            return settled(current, current.bytes(), WriteResult.Kind.GONE,
                    commits.delete(intent, current.revision()), lost);
        }
        Struct prepared = intent.target().hooks().prepared(write, going.marked.tree());
        if (intent.dryRun() || prepared.equals(going.before.tree())) {
            byte[] bytes = Shaping.stored(intent.target(), prepared);
            return new WriteResult(new Item(current.storeKey(), bytes, current.createRevision(), current.revision()),
                    current.revision(), WriteResult.Kind.PRESENT);
        }
        byte[] bytes = Shaping.stored(intent.target(), prepared);
        return settled(current, bytes, WriteResult.Kind.PRESENT,
                commits.put(intent, current.revision(), bytes, Duration.ZERO), lost);
    }

    private @Nullable WriteResult settled(Item current, byte[] bytes, WriteResult.Kind kind, CommitResult result,
            CommitResult.Conflict[] lost) {
        return switch (result) {
            case CommitResult.Committed c -> new WriteResult(
                    new Item(current.storeKey(), bytes, current.createRevision(), c.revision()), c.revision(), kind);
            case CommitResult.Conflict c -> {
                lost[0] = c;
                yield null;
            }
        };
    }

    /// While a grace period runs, a deletion changes nothing but its length, and that only when it asks for a shorter
    /// one.
    private Obj wanted(Intent intent, Obj before, DeleteOptions options) {
        long left = before.terminating() ? before.metadata().whole("deletionGracePeriodSeconds", 0) : 0;
        long asked = options.gracePeriodSeconds();
        boolean pending = left > 0 && intent.target().kind().strategy().graceful();
        if (pending && (asked < 0 || asked >= left)) {
            return before;
        }
        Obj now = finalizers(before, propagation(intent, before, options));
        if (pending) {
            return now.withTree(metadata.hastened(now.tree(), asked));
        }
        return before.terminating() && left == 0 ? now
                : now.withTree(metadata.marked(now.tree(), grace(intent, before, options)));
    }

    /// Only objects that somebody else must stop first get a grace period.
    private static long grace(Intent intent, Obj before, DeleteOptions options) {
        if (!intent.target().kind().strategy().graceful()) {
            return 0;
        }
        return intent.target().hooks().gracePeriodSeconds(intent.target().kind().gvk(), before,
                options.gracePeriodSeconds());
    }

    /// What becomes of dependents: what is asked for, else what was asked for before, else what the kind does.
    private static String propagation(Intent intent, Obj before, DeleteOptions options) {
        boolean asked = before.finalizers().contains(FOREGROUND) || before.finalizers().contains(ORPHAN);
        return options.propagation().isEmpty() && !asked && intent.target().kind().strategy().orphans() ? "Orphan"
                : options.propagation();
    }

    /// The garbage collector acts on these two; whoever asks for the background wants neither.
    private static Obj finalizers(Obj object, String propagation) {
        if (propagation.isEmpty()) {
            return object;
        }
        List<Object> all = new ArrayList<>(object.finalizers());
        all.removeIf(f -> f.equals(FOREGROUND) || f.equals(ORPHAN));
        switch (propagation) {
            case "Foreground" -> all.add(FOREGROUND);
            case "Orphan" -> all.add(ORPHAN);
            default -> {
            }
        }
        return all.equals(object.finalizers()) ? object
                : all.isEmpty() ? object.without("metadata", "finalizers")
                        : object.with(Seq.copyOf(all), "metadata", "finalizers");
    }
}
