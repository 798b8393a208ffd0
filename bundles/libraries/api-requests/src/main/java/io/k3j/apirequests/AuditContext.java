package io.k3j.apirequests;

import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is recorded of one request, and at which stages: upstream's audit.AuditContext. Everything that happens to the
/// request is told here; what the policy does not ask for is dropped at once, and of a request that nobody records
/// nothing is kept at all ([#NONE]). Any thread; blocks as long as the [Sink] does.
///
/// ```
/// received ─► [ started, of long-running ones ] ─► completed
///                                              └─► panicked
/// ```
public final class AuditContext {
    /// Of a request that is not recorded.
    public static final AuditContext NONE = new AuditContext(AuditEvents.NOBODY, Rule.NONE, event -> Taken.TAKEN,
            InstantSource.system());
    private final AuditEvents.Facts facts;
    private final Rule rule;
    private final Sink sink;
    private final InstantSource clock;
    private final Map<String, String> annotations = new TreeMap<>();
    private final RequestLatencies latencies = new RequestLatencies();
    private @Nullable Caller impersonated;
    private String constraint = "";
    private Struct reference = Struct.EMPTY;
    private @Nullable Object requestObject;
    private @Nullable Struct responseObject;
    private @Nullable Struct status;
    private boolean started;
    private boolean over;
    private boolean unauthenticated;

    /// Takes events, see `Audit.take`.
    public interface Sink {
        /// Records one.
        Taken take(Struct event);
    }

    /// @param facts what is known of the request from its beginning
    /// @param rule how much is recorded
    /// @param clock of the stages
    public AuditContext(AuditEvents.Facts facts, Rule rule, Sink sink, InstantSource clock) {
        this.facts = facts;
        this.rule = rule;
        this.sink = sink;
        this.clock = clock;
    }

    /// Whether anything is recorded.
    public boolean enabled() {
        return rule.level() != Level.NONE;
    }

    private boolean records(Level level) {
        return rule.level().compareTo(level) >= 0;
    }

    /// Adds an annotation; the first value of a key stays, as upstream.
    public void annotate(String key, String value) {
        if (enabled()) {
            synchronized (this) {
                annotations.putIfAbsent(key, value);
            }
        }
    }

    /// When a part of the request begins, for [#since]; nothing is measured where nobody records.
    public long begin() {
        return enabled() ? System.nanoTime() : 0;
    }

    /// A part of the request has ended.
    /// @param begun what [#begin] has said
    public void since(Latency part, long begun) {
        if (enabled()) {
            took(part, System.nanoTime() - begun);
        }
    }

    /// A part of the request took so many nanoseconds.
    public void took(Latency part, long nanos) {
        if (enabled()) {
            synchronized (this) {
                latencies.add(part, nanos);
            }
        }
    }

    /// Notes as whom the caller acts.
    /// @param by the constrained mode that allowed it, as `impersonate:user-info`; empty for plain impersonation
    public void impersonated(Caller as, String by) {
        if (enabled()) {
            synchronized (this) {
                impersonated = as;
                constraint = by;
            }
        }
    }

    /// The object in the body, as it was sent; says what the path does not of the object meant.
    public void request(Struct object) {
        if (!enabled()) {
            return;
        }
        Struct meta = object.struct("metadata");
        synchronized (this) {
            reference = Struct.builder().putUnlessEmpty("namespace", meta.text("namespace"))
                    .putUnlessEmpty("name", meta.text("name")).putUnlessEmpty("uid", meta.text("uid"))
                    .putUnlessEmpty("resourceVersion", meta.text("resourceVersion")).build();
            if (records(Level.REQUEST)) {
                requestObject = recorded(object);
            }
        }
    }

    /// What was sent and is no object of a kind: a patch (an object, or a list of operations), or options, whose fields
    /// say nothing of the object meant.
    public void sent(Object body) {
        if (records(Level.REQUEST)) {
            synchronized (this) {
                requestObject = body;
            }
        }
    }

    /// An answer whose tree is at hand. A `Status` is recorded at every level.
    public void response(Struct object) {
        if (!enabled()) {
            return;
        }
        synchronized (this) {
            if (object.text("kind").equals("Status") && object.text("apiVersion").equals("v1")) {
                status = AuditEvents.status(object);
            }
            if (keepsResponses()) {
                responseObject = recorded(object);
            }
        }
    }

    private Struct recorded(Struct object) {
        Struct safe = AuditEvents.withoutTokens(facts.what(), object);
        return rule.omitManagedFields() ? AuditEvents.withoutManagedFields(safe) : safe;
    }

    /// Whether answers are kept.
    boolean keepsResponses() {
        return records(Level.REQUEST_RESPONSE);
    }

    /// Before anything is done.
    /// @throws ApiFault 500 when it could not be recorded and must be
    public void received() {
        if (!enabled()) {
            return;
        }
        synchronized (this) {
            if (emit("RequestReceived", facts.received()) == Taken.FAILED) {
                over = true;
                throw new ApiFault(500, "InternalError", "Internal Server Error: \"" + facts.uri()
                        + "\": failed to store audit event", Struct.EMPTY);
            }
        }
    }

    /// The caller is not known: its refusal is all that is recorded, as upstream's failed-authentication audit. Told
    /// before anything else.
    public void unauthenticated() {
        if (enabled()) {
            synchronized (this) {
                unauthenticated = true;
            }
        }
    }

    /// The answer begins.
    public void started(int code) {
        if (!enabled()) {
            return;
        }
        synchronized (this) {
            if (!started && !over) {
                started = true;
                status = (status == null ? Struct.of("metadata", Struct.EMPTY) : status).with("code", code);
                if (unauthenticated || facts.longRunning()) {
                    emit("ResponseStarted", clock.instant());
                }
            }
        }
    }

    /// The answer has ended, in whatever way. Without effect after the first time.
    public void completed() {
        if (enabled()) {
            synchronized (this) {
                end();
            }
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (status == null) {
            status = Struct.of("metadata", Struct.EMPTY, "status", "Success", "message", "Connection closed early",
                    "code", 200);
            if (facts.longRunning()) {
                emit("ResponseStarted", clock.instant());
            }
        }
        if (!unauthenticated) {
            Instant now = clock.instant();
            latencies.tell(facts, now, annotations);
            emit("ResponseComplete", now);
        }
        forget();
    }

    /// Lets bodies go: their client may take its time to read the answer.
    private void forget() {
        requestObject = null;
        responseObject = null;
    }

    /// The server has failed in a way nobody thought of.
    public void panicked(Throwable why) {
        if (!enabled()) {
            return;
        }
        synchronized (this) {
            if (!over) {
                over = true;
                status = Struct.of("metadata", Struct.EMPTY, "status", "Failure", "message",
                        "APIServer panic'd: " + why, "reason", "InternalError", "code", 500);
                emit("Panic", clock.instant());
                forget();
            }
        }
    }

    private Taken emit(String stage, Instant at) {
        return rule.omittedStages().contains(stage) ? Taken.TAKEN : sink.take(AuditEvents.event(this, stage, at));
    }

    AuditEvents.Facts facts() {
        return facts;
    }

    /// How much is recorded.
    public Level level() {
        return rule.level();
    }

    @Nullable
    Caller impersonated() {
        return impersonated;
    }

    /// What allowed it; empty where nothing was asked for but `impersonate`.
    String constraint() {
        return constraint;
    }

    /// What the body says of the object meant.
    Struct reference() {
        return reference;
    }

    /// The fields behind the object's, without those that are not there.
    Struct outcome() {
        Struct.Builder b = Struct.builder();
        if (status != null) {
            b.put("responseStatus", status);
        }
        if (requestObject != null) {
            b.put("requestObject", requestObject);
        }
        if (responseObject != null) {
            b.put("responseObject", responseObject);
        }
        return b.build();
    }

    Struct annotations() {
        return Struct.copyOf(annotations);
    }
}
