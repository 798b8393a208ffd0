package io.k3j.objectregistry;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The admission plug-ins in upstream's order, first all that change the object, then all that only look
/// ("Admission Control in Kubernetes"). While a wanted one is away nothing is written: what nobody has looked at is
/// not let pass.
///
/// What a plug-in has reserved for a write (an address, a share of a quota) is given back by `abandoned` when the
/// write does not happen. Any thread; blocks as long as the plug-ins do.
public final class Admissions {
    private static final System.Logger LOG = System.getLogger("io.k3j.objectregistry");
    /// Those whose waiting is told apart, as upstream's: each in the step in which it asks somebody.
    private static final String MUTATING = "MutatingAdmissionWebhook";
    private static final String VALIDATING = "ValidatingAdmissionWebhook";
    private final Slot<Admission> plugins;
    private final Runnable patience;
    private final Consumer<Runnable> unseated;
    private final Observer observer;

    /// Hears how long plug-ins take. Called on the writing thread; must not block.
    @FunctionalInterface
    public interface Observer {
        /// Nobody listens.
        Observer NONE = (plugin, operation, validating, refused, nanos) -> {
        };

        /// A plug-in has had its turn.
        ///
        /// @param plugin what it is called; empty when it does not tell
        /// @param validating whether it only looked
        /// @param refused whether it threw
        void took(String plugin, Operation operation, boolean validating, boolean refused, long nanos);

        /// All of a step have had their turn, or one of them has refused. By itself it hears nothing of it.
        ///
        /// @param validating whether it was the step of those that only look
        default void stepped(Operation operation, boolean validating, boolean refused, long nanos) {
        }
    }

    /// @param plugins in the order in which they are asked
    /// @param patience waits a moment for plug-ins that are being replaced; called at most once for each pass
    /// @param unseated runs what waits for somebody outside, on this thread, while the request takes nobody's place
    /// @param observer hears of every plug-in's turn
    public Admissions(Slot<Admission> plugins, Runnable patience, Consumer<Runnable> unseated, Observer observer) {
        this.plugins = plugins;
        this.patience = patience;
        this.unseated = unseated;
        this.observer = observer;
    }

    /// The object as the mutating plug-ins leave it. When one wants a second round ([Write.Context#reinvoke]), those up
    /// to it are asked again before the others. When one refuses, those that had their turn are told that the
    /// write is abandoned.
    /// @return the same object when none has changed it
    /// @throws io.k3j.clientapi.ApiFault a refusal, or 503 while a wanted plug-in is away
    public Struct admit(Write write, Struct object) {
        List<Slot.Entry<Admission>> all = asked(write);
        Struct now = object;
        long begun = System.nanoTime();
        boolean refused = true;
        try {
            for (int i = 0; i < all.size(); i++) {
                now = admitted(all.get(i), write, now);
                if (write.context() instanceof WriteContext context && context.again()) {
                    for (int k = 0; k <= i; k++) {
                        now = admitted(all.get(k), write, now);
                    }
                }
            }
            refused = false;
            return now;
        } catch (RuntimeException e) {
            abandoned(write, now);
            throw e;
        } finally {
            observer.stepped(write.operation(), false, refused, System.nanoTime() - begun);
        }
    }

    private Struct admitted(Slot.Entry<Admission> entry, Write write, Struct object) {
        Admission plugin = entry.service();
        if (!plugin.handles(write)) {
            return object;
        }
        long begun = System.nanoTime();
        boolean refused = true;
        try {
            Struct changed = plugin.remote() ? awaited(entry, write, object) : plugin.admit(write, object);
            refused = false;
            return changed;
        } finally {
            took(entry, write, false, refused, begun);
        }
    }

    private Struct awaited(Slot.Entry<Admission> entry, Write write, Struct object) {
        Struct[] changed = {object};
        outside(entry, write, false, () -> changed[0] = entry.service().admit(write, object));
        return changed[0];
    }

    private void outside(Slot.Entry<Admission> entry, Write write, boolean validating, Runnable asked) {
        if (!(write.context() instanceof WriteContext context)) {
            unseated.accept(asked);
            return;
        }
        boolean webhooks = entry.name().equals(validating ? VALIDATING : MUTATING);
        long begun = webhooks ? System.nanoTime() : 0;
        try {
            unseated.accept(asked);
        } catch (ApiFault refused) {
            context.refused();
            throw refused;
        } finally {
            if (webhooks) {
                context.waited(validating, System.nanoTime() - begun);
            }
        }
    }

    private void validated(Slot.Entry<Admission> entry, Write write, Struct object) {
        Admission plugin = entry.service();
        if (!plugin.handles(write)) {
            return;
        }
        long begun = System.nanoTime();
        boolean refused = true;
        try {
            if (plugin.remote()) {
                outside(entry, write, true, () -> plugin.validate(write, object));
            } else {
                plugin.validate(write, object);
            }
            refused = false;
        } finally {
            took(entry, write, true, refused, begun);
        }
    }

    /// Under the name that it told when it came: one that tells none must not fail here.
    private void took(Slot.Entry<Admission> entry, Write write, boolean validating, boolean refused, long begun) {
        observer.took(entry.name(), write.operation(), validating, refused, System.nanoTime() - begun);
    }

    /// The validating plug-ins' last word. The caller abandons the write when one refuses: it knows what else was
    /// reserved.
    /// @throws io.k3j.clientapi.ApiFault a refusal, or 503 while a wanted plug-in is away
    public void validate(Write write, Struct object) {
        List<Slot.Entry<Admission>> all = asked(write);
        long begun = System.nanoTime();
        boolean refused = true;
        try {
            all.forEach(e -> validated(e, write, object));
            refused = false;
        } finally {
            observer.stepped(write.operation(), true, refused, System.nanoTime() - begun);
        }
    }

    /// What plug-ins warn of, of an object they all let pass. Their texts, for the header `Warning` of the answer;
    /// none refuses any more.
    List<String> warnings(Write write, Struct object) {
        List<String> all = new ArrayList<>(0);
        for (Slot.Entry<Admission> e : plugins.state().all()) {
            if (e.service().handles(write)) {
                all.addAll(e.service().warnings(write, object));
            }
        }
        return all;
    }

    /// The write did not happen after all. Told to every plug-in that handles such a write, whether it had its turn
    /// or not: to give back nothing does no harm; and to one that had its turn and was replaced since: its successor
    /// does not know what it has reserved. One that fails here keeps nobody else from hearing it, and the client from
    /// hearing why the write did not happen.
    public void abandoned(Write write, Struct object) {
        List<Slot.Entry<Admission>> now = plugins.state().all();
        now.forEach(e -> abandoned(e, write, object));
        if (write.context() instanceof WriteContext context) {
            context.gone(now).forEach(e -> abandoned(e, write, object));
        }
    }

    /// Of a bundle that has gone a class may be missing.
    private static void abandoned(Slot.Entry<Admission> entry, Write write, Struct object) {
        try {
            if (entry.service().handles(write)) {
                entry.service().abandoned(write, object);
            }
        } catch (RuntimeException | LinkageError failure) {
            LOG.log(System.Logger.Level.WARNING, "Admission plug-in does not take that a write is abandoned name="
                    + entry.name(), failure);
        }
    }

    private List<Slot.Entry<Admission>> asked(Write write) {
        List<Slot.Entry<Admission>> all = present();
        if (write.context() instanceof WriteContext context) {
            context.asks(all);
        }
        return all;
    }

    /// All of them; none is away. A request that has begun waits for those that are replaced meanwhile.
    private List<Slot.Entry<Admission>> present() {
        Slot.State<Admission> now = plugins.state();
        if (!now.complete()) {
            patience.run();
            now = plugins.state();
        }
        if (!now.complete()) {
            throw now.away("admission plug-in");
        }
        return now.all();
    }
}
