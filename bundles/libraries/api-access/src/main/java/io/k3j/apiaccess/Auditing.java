package io.k3j.apiaccess;

import io.k3j.apicontributions.Contributions;
import io.k3j.apicontributions.ReplacementWait;
import io.k3j.apirequests.AuditContext;
import io.k3j.apirequests.AuditEvents;
import io.k3j.apirequests.AuditedExchange;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.Signal;
import io.k3j.edgeapi.Exchange;
import io.k3j.flowcontrol.AuthFailureLimiter;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Slot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Has requests recorded by whoever contributes an [Audit], where flags ask for that; where they do not it costs a look
/// at a constant. While the one that is wanted is being replaced, requests and events wait for its successor, and what
/// is recorded of requests that were done meanwhile is kept for it ([AuditBacklog]). Any thread; blocks as long as the
/// recording does.
public final class Auditing {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final boolean wanted;
    private final Slot<Audit> audits;
    private final Signal signal;
    private final InstantSource clock;
    private final AuditBacklog backlog;
    /// Those without credentials, or with wrong ones: they must not be able to push everything else out of the log.
    private final AuthFailureLimiter strangers;

    /// @param contributions say whether requests are recorded, and by whom
    /// @param clock of the time of day, which events bear
    /// @param nanos a clock that only goes forward
    public Auditing(Contributions contributions, InstantSource clock, LongSupplier nanos) {
        this.wanted = contributions.audited();
        this.audits = contributions.audits();
        this.signal = contributions.signal();
        this.clock = clock;
        this.backlog = new AuditBacklog(nanos);
        this.strangers = new AuthFailureLimiter(nanos);
    }

    /// Whether requests may have to be recorded.
    public boolean wanted() {
        return wanted;
    }

    /// A request that comes now: the exchange itself where nobody records, else one that notes when it came and what
    /// was answered.
    public Exchange seen(Exchange exchange) {
        return wanted ? new AuditedExchange(exchange, clock.instant()) : exchange;
    }

    /// Events that nobody has taken.
    public long lost() {
        return backlog.lost();
    }

    /// Refusals of unknown callers that were too many from one address to be recorded.
    public long passedOver() {
        return strangers.slowed();
    }

    /// Begins to record a request of a caller who is known but does not act as somebody else yet. Nothing where nobody
    /// records.
    ///
    /// @throws ApiFault 500 when it must be recorded and cannot be, 503 while nobody says whether
    public void begin(Request request, Caller caller) {
        if (wanted) {
            request.audit(context(request, caller));
            request.audit().received();
        }
    }

    /// Records that a request was refused because its caller is not known: as often for each address as wrong
    /// credentials are answered without a wait.
    ///
    /// @throws ApiFault 500, 503 as for other requests
    public void unauthenticated(Request request) {
        if (wanted && !strangers.tooMany(request.exchange().remote().getHostString())) {
            AuditContext audit = context(request, null);
            audit.unauthenticated();
            request.audit(audit);
        }
    }

    private AuditContext context(Request request, @Nullable Caller caller) {
        Rule rule = rule(caller, request.attributes());
        if (rule.level() == Audit.Level.NONE) {
            return AuditContext.NONE;
        }
        Instant received = request.exchange() instanceof AuditedExchange seen ? seen.received() : clock.instant();
        return new AuditContext(AuditEvents.Facts.of(request, caller, received), rule, this::take, clock);
    }

    /// Begins to record a call of a component of this process. The caller asks [#wanted] before.
    ///
    /// @param uri what the call would be over HTTP
    /// @throws ApiFault 500, 503 as for requests
    public AuditContext begin(Caller caller, Attributes what, String uri) {
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
            signal.await(() -> !audits.state().all().isEmpty(), ReplacementWait.MILLIS);
            now = audits.state();
        }
        if (now.all().isEmpty()) {
            throw ApiFault.unavailable("requests are to be recorded (--kube-apiserver-arg=audit-policy-file) and the"
                    + " bundle io.k3j.audit does not run, or is being replaced: k3s bundle start audit");
        }
        return now.all().getFirst().service().rule(caller, what);
    }

    /// Gives an event to the first that takes it: one that is stopping does not. Each is asked once also when the
    /// thread was told to end: what a component does last is recorded like everything else. Waits up to 2 s for
    /// somebody who takes it; then what is done already is kept for whoever comes, 16 MiB of it, and counts as taken.
    ///
    /// @return FAILED for what could not be recorded; of a request that only begins also when nobody was there
    public Taken take(Struct event) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ReplacementWait.MILLIS);
        long left;
        do {
            Slot.State<Audit> now = audits.state();
            Taken taken = taken(now, event);
            if (taken != Taken.CLOSED) {
                return taken;
            }
            left = end - System.nanoTime();
            signal.await(() -> audits.state() != now, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        } while (left > 0 && !Thread.currentThread().isInterrupted());
        if (event.text("stage").equals("RequestReceived")) {
            // nothing is done, so there is nothing to record
            return Taken.FAILED;
        }
        backlog.keep(event);
        return Taken.TAKEN;
    }

    private Taken taken(Slot.State<Audit> now, Struct event) {
        for (Slot.Entry<Audit> e : now.all()) {
            Taken taken = taken(e.service(), event);
            if (taken != Taken.CLOSED) {
                backlog.deliver(kept -> taken(e.service(), kept));
                return taken;
            }
        }
        return Taken.CLOSED;
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
