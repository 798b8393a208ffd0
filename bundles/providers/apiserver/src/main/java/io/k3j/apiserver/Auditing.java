package io.k3j.apiserver;

import io.k3j.apirequests.AuditContext;
import io.k3j.apirequests.AuditEvents;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Slot;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Has requests recorded by whoever contributes an [Audit]. Without one that flags ask for it costs a look. While the
/// one that is wanted is being replaced, requests and events wait for its successor. Any thread; blocks as long as the
/// recording does.
final class Auditing {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Slot<Audit> audits;
    private final Signal signal;
    private final InstantSource clock;

    /// @param signal is raised when a service comes
    Auditing(Slot<Audit> audits, Signal signal, InstantSource clock) {
        this.audits = audits;
        this.signal = signal;
        this.clock = clock;
    }

    /// Whether requests may have to be recorded.
    boolean wanted() {
        Slot.State<Audit> now = audits.state();
        return !now.all().isEmpty() || !now.complete();
    }

    /// Begins to record a request of a caller who is known but does not act as somebody else yet.
    /// @throws ApiFault 500 when it must be recorded and cannot be, 503 while nobody says whether
    void begin(Request request, Caller caller) {
        if (wanted()) {
            request.audit(context(request, caller));
            request.audit().received();
        }
    }

    /// Records that a request was refused because its caller is not known.
    void unauthenticated(Request request) {
        if (wanted()) {
            AuditContext audit = context(request, null);
            audit.unauthenticated();
            request.audit(audit);
        }
    }

    private AuditContext context(Request request, @Nullable Caller caller) {
        Rule rule = rule(caller, request.attributes());
        return rule.level() == Audit.Level.NONE ? AuditContext.NONE
                : new AuditContext(AuditEvents.Facts.of(request, caller, clock.instant()), rule, this::take, clock);
    }

    /// Begins to record a call of a component of this process.
    /// @param uri what the call would be over HTTP
    /// @throws ApiFault 500, 503 as for requests
    AuditContext begin(Caller caller, Attributes what, String uri) {
        Rule rule = rule(caller, what);
        if (rule.level() == Audit.Level.NONE) {
            return AuditContext.NONE;
        }
        AuditContext audit = new AuditContext(
                AuditEvents.Facts.inProcess(caller, what, uri, clock.instant()), rule, this::take, clock);
        audit.received();
        return audit;
    }

    private Rule rule(@Nullable Caller caller, Attributes what) {
        Slot.State<Audit> now = audits.state();
        if (now.all().isEmpty()) {
            signal.await(() -> !audits.state().all().isEmpty(), Contributions.PATIENCE_MILLIS);
            now = audits.state();
        }
        if (now.all().isEmpty()) {
            throw ApiFault.unavailable("auditing is being replaced");
        }
        return now.all().getFirst().service().rule(caller, what);
    }

    /// Gives an event to the first that takes it: one that is stopping does not.
    Taken take(Struct event) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Contributions.PATIENCE_MILLIS);
        for (long left = 1; left > 0 && !Thread.currentThread().isInterrupted();) {
            Slot.State<Audit> now = audits.state();
            for (Slot.Entry<Audit> e : now.all()) {
                Taken taken = taken(e.service(), event);
                if (taken != Taken.CLOSED) {
                    return taken;
                }
            }
            left = end - System.nanoTime();
            signal.await(() -> audits.state() != now, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        }
        LOG.log(System.Logger.Level.WARNING, "Audit event lost, nobody takes it stage={0}", event.text("stage"));
        return Taken.FAILED;
    }

    private static Taken taken(Audit audit, Struct event) {
        try {
            return audit.take(event);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot record audit event", e);
            return Taken.FAILED;
        }
    }
}
