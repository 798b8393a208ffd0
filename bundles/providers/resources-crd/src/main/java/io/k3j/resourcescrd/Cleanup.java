package io.k3j.resourcescrd;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.resourcescrd.DefinitionStatus.Condition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Deletes the objects of definitions that go, then removes the finalizer of these: upstream's `CRDFinalizer`, with its
/// conditions. Nobody is asked whether the objects may go ([CustomHooks#unasked]). Each server does so; what one has
/// done the others find done.
///
/// ```
///   InProgress ─► delete what is not on its way ─► look: none, and all servers know that it goes ─► finished
///       ▲               └─ Failed: later and later   └─ some: each 5 s, after a minute more rarely
///       └───────────────────────┴────────────────────────────┘
/// ```
final class Cleanup implements Reconciler {
    private static final Logger LOG = System.getLogger("io.k3j.resourcescrd");
    private static final String FAILED = "InstanceDeletionFailed";
    private static final Condition IN_PROGRESS = terminating(true, "InstanceDeletionInProgress",
            "CustomResource deletion is in progress");
    private static final Condition LATE = terminating(true, "InstanceDeletionCheck",
            "could not confirm zero CustomResources remaining: context deadline exceeded");
    private static final Condition NEVER_ESTABLISHED = terminating(false, "NeverEstablished",
            "resource was never established");
    private static final Condition OVERLAPPING = terminating(false, "OverlappingBuiltInResource",
            "instances overlap with built-in resources in storage");
    private static final Condition COMPLETED = terminating(false, "InstanceDeletionCompleted",
            "removed all instances");
    /// How often upstream looks whether what finalizers hold has gone, and how many times before it says so.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final int LOOKS = 12;
    private static final Duration RAREST = Duration.ofSeconds(30);
    /// Another server may take a new object until it sees that the definition goes; as long as upstream's servers give
    /// each other to see that one was established.
    private static final Duration SEEN = Duration.ofSeconds(2);
    /// More reasons are not told.
    private static final int MOST_TOLD = 10;
    private final Definitions definitions;
    private final TimeSource time;
    /// By name of the definition.
    private final Map<String, Progress> progress = new ConcurrentHashMap<>();

    /// @param uid of the definition
    /// @param begun by the monotonic clock
    /// @param looks after which objects were left
    private record Progress(String uid, Instant begun, int looks) {
        Progress looked() {
            return new Progress(uid, begun, looks + 1);
        }

        Duration pause() {
            Duration pause = LOOK_AGAIN.multipliedBy(1L << Math.clamp(looks - LOOKS, 0, 3));
            return pause.compareTo(RAREST) < 0 ? pause : RAREST;
        }
    }

    Cleanup(Definitions definitions, TimeSource time) {
        this.definitions = definitions;
        this.time = time;
    }

    private static Condition terminating(boolean holds, String reason, String message) {
        return new Condition(Definition.TERMINATING, holds, reason, message);
    }

    /// Whether a change of a definition is one that [#reconcile] has to look at: a condition that is written here is
    /// none.
    static boolean concerns(@Nullable Obj before, Obj after) {
        return due(after) && (before == null || !rest(before).equals(rest(after)));
    }

    private static boolean due(Obj definition) {
        return definition.terminating() && definition.finalizers().contains(Definition.FINALIZER);
    }

    private static Struct rest(Obj definition) {
        Seq conditions = Seq.copyOf(definition.status().seq("conditions").structs().stream()
                .filter(c -> !c.text("type").equals(Definition.TERMINATING)).toList());
        return Struct.of("due", due(definition), "spec", definition.spec(), "status",
                definition.status().with("conditions", conditions));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Definition known = definitions.named(key.name()).orElse(null);
        Obj newest = writer.api().find(Definition.RESOURCE, key).filter(Cleanup::due).orElse(null);
        if (known == null || newest == null) {
            progress.remove(key.name());
            return Requeue.NEVER;
        }
        Progress begun = begun(newest);
        Obj definition = begun.looks < LOOKS ? told(writer, newest, IN_PROGRESS) : newest;
        ResourceKind row = known.storedRow().orElse(null);
        return row == null
                ? finished(writer, definition, known.builtIn() ? OVERLAPPING : NEVER_ESTABLISHED)
                : cleaned(writer, definition, row.gvr(), begun);
    }

    private Progress begun(Obj definition) {
        Progress known = progress.get(definition.name());
        Progress begun = known != null && known.uid.equals(definition.uid()) ? known
                : new Progress(definition.uid(), time.monotonic().instant(), 0);
        progress.put(definition.name(), begun);
        return begun;
    }

    private Obj told(ExpectingWriter writer, Obj definition, Condition condition) {
        Obj marked = DefinitionStatus.condition(definition, condition, time.instant());
        return marked.equals(definition) ? definition : writer.updateStatus(Definition.RESOURCE, marked);
    }

    private Requeue finished(ExpectingWriter writer, Obj definition, Condition why) {
        List<String> left = new ArrayList<>(definition.finalizers());
        left.remove(Definition.FINALIZER);
        // with the status, so that a definition may go that was stored against a rule for definitions
        writer.updateStatus(Definition.RESOURCE, DefinitionStatus.condition(definition, why, time.instant())
                .with(left, "metadata", "finalizers"));
        progress.remove(definition.name());
        return Requeue.NEVER;
    }

    private Requeue cleaned(ExpectingWriter writer, Obj definition, Gvr resource, Progress begun) {
        Duration unseen = Duration.between(time.monotonic().instant(), begun.begun.plus(SEEN));
        List<Obj> left = listed(writer, definition, resource);
        if (deleted(writer, definition, resource, left)) {
            left = listed(writer, definition, resource);
        }
        if (left.isEmpty()) {
            // once more where a server may have taken one since
            return unseen.isPositive() ? Requeue.after(unseen) : finished(writer, definition, COMPLETED);
        }
        Progress now = begun.looked();
        progress.put(definition.name(), now);
        LOG.log(Level.DEBUG, "Waiting for items to be removed resource={0} count={1}", resource.qualified(),
                left.size());
        if (now.looks == LOOKS) {
            told(writer, definition, LATE);
        }
        return Requeue.after(now.pause());
    }

    private List<Obj> listed(ExpectingWriter writer, Obj definition, Gvr resource) {
        try {
            return writer.api().list(resource, Query.ALL).items();
        } catch (ApiFault e) {
            throw failed(writer, definition, "could not list instances: " + e.getMessage(), e);
        }
    }

    /// Deletes what is not on its way. As upstream, a refusal ends with the namespace of the object, and no other.
    /// @return whether there was any
    private boolean deleted(ExpectingWriter writer, Obj definition, Gvr resource, List<Obj> objects) {
        List<Obj> due = objects.stream().filter(o -> !o.terminating()).toList();
        Set<String> refused = new HashSet<>();
        List<ApiFault> faults = new ArrayList<>();
        for (Obj o : due) {
            if (!refused.contains(o.namespace())) {
                try {
                    writer.api().delete(resource, o.key(), DeleteOptions.PLAIN.ifUid(o.uid()));
                } catch (ApiFault e) {
                    // whoever was faster has deleted it, or it is looked for again
                    if (e.code() != 404 && e.code() != 409) {
                        refused.add(o.namespace());
                        faults.add(e);
                    }
                }
            }
        }
        if (!faults.isEmpty()) {
            throw failed(writer, definition, "could not issue all deletes: " + all(faults), faults.getFirst());
        }
        return !due.isEmpty();
    }

    /// As upstream's `utilerrors.NewAggregate`.
    private static String all(List<ApiFault> faults) {
        Set<String> told = new LinkedHashSet<>();
        faults.stream().map(f -> String.valueOf(f.getMessage())).forEach(told::add);
        List<String> some = told.stream().limit(MOST_TOLD).toList();
        return told.size() == 1 ? some.getFirst() : "[" + String.join(", ", some) + "]";
    }

    /// What is to be thrown, once the definition tells of it.
    private ApiFault failed(ExpectingWriter writer, Obj definition, String message, ApiFault why) {
        try {
            told(writer, definition, terminating(true, FAILED, message));
        } catch (ApiFault untold) {
            LOG.log(Level.DEBUG, "Cleanup name={0} reason={1}", definition.name(), untold.getMessage());
        }
        return why;
    }
}
