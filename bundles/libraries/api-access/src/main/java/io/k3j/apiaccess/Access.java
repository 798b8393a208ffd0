package io.k3j.apiaccess;

import io.k3j.clientapi.Query;
import io.k3j.apiaccess.AuthenticationMetrics.Result;
import io.k3j.apirequests.RequestInfo;
import io.k3j.apirequests.AuditContext;
import io.k3j.apirequests.Latency;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Proxied;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.AuthFailureLimiter;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Slot;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Authenticates and authorizes requests, by all that other bundles contribute. Fails closed: what cannot be decided is
/// refused. Any thread; blocks while an authenticator or authorizer does, and for a moment while one is being replaced.
public final class Access {
    /// The group that bypasses authorization.
    public static final String MASTERS = "system:masters";
    /// The name of the authorizer that asks all others in the order that flags or a file give.
    public static final String CONFIGURED = "Configured";
    /// The group of everybody who has shown who he is.
    static final String AUTHENTICATED = "system:authenticated";
    /// The group of those who have not.
    static final String UNAUTHENTICATED = "system:unauthenticated";
    private static final int UNAUTHORIZED = 401;
    private static final Decision PRIVILEGED = new Decision(Verdict.ALLOW, "");
    private static final String REASON = "authorization.k8s.io/reason";
    private final Slot<Authenticator> authenticators;
    private final Slot<Authorizer> authorizers;
    private final AnonymousAuth anonymous;
    private final Runnable awaitReplacement;
    private final InstantSource clock;
    private final AuthFailureLimiter failures = new AuthFailureLimiter(System::nanoTime);
    private final AuthenticationMetrics metrics = new AuthenticationMetrics();
    private final Impersonation impersonation = new Impersonation(this::allowed);

    /// @param authenticators asked in their order, until one knows the caller
    /// @param authorizers asked in their order, until one has an opinion
    /// @param anonymous which requests without credentials are served as `system:anonymous`
    /// @param awaitReplacement waits briefly for authenticators and authorizers that are being replaced
    public Access(Slot<Authenticator> authenticators, Slot<Authorizer> authorizers, AnonymousAuth anonymous,
            Runnable awaitReplacement) {
        this(authenticators, authorizers, anonymous, awaitReplacement, InstantSource.system());
    }

    /// @param clock by which it is counted how long certificates of clients are still valid
    public Access(Slot<Authenticator> authenticators, Slot<Authorizer> authorizers, AnonymousAuth anonymous,
            Runnable awaitReplacement, InstantSource clock) {
        this.authenticators = authenticators;
        this.authorizers = authorizers;
        this.anonymous = anonymous;
        this.awaitReplacement = awaitReplacement;
        this.clock = clock;
    }

    /// Who sends a request.
    ///
    /// @throws ApiFault 401; 429 after too many wrong credentials from one address; 503 while an authenticator that may
    ///     know the caller is being replaced
    public Caller caller(Request request) {
        long begun = System.nanoTime();
        try {
            Caller who = known(request);
            long took = System.nanoTime() - begun;
            request.authenticated(took);
            metrics.known(who, took);
            return who;
        } catch (ApiFault nobody) {
            boolean shown = nobody.code() != UNAUTHORIZED || request.exchange().header("authorization").isPresent();
            metrics.ended(shown ? Result.ERROR : Result.FAILURE, System.nanoTime() - begun);
            throw nobody;
        }
    }

    private Caller known(Request request) {
        Slot.State<Authenticator> asked = authenticators.state();
        try {
            return authenticate(request);
        } catch (ApiFault no) {
            if (asked == authenticators.state() && asked.complete()) {
                throw no;
            }
            // a refusal counts only when no authenticator was replaced meanwhile
            awaitReplacement.run();
            return authenticate(request);
        }
    }

    /// As whom the sender of a request acts: as himself, unless headers ask for somebody else, which its audit is told.
    /// @throws ApiFault 403 when he may not; 400 for headers that name no user; 503 while an authorizer is replaced
    public Caller acting(Request request, Caller real) {
        Optional<Caller> wanted = ImpersonationHeaders.wanted(request);
        if (wanted.isEmpty()) {
            return real;
        }
        long begun = request.audit().begin();
        try {
            Impersonation.Acting acting = impersonation.acting(real, wanted.get(), request.attributes());
            request.audit().impersonated(acting.as(), acting.constraint());
            return acting.as();
        } finally {
            request.audit().since(Latency.IMPERSONATION, begun);
        }
    }

    private Caller authenticate(Request request) {
        String header = request.exchange().header("authorization").orElse("");
        String bearer = header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).strip() : "";
        Proxied proxied = proxied(request);
        List<X509Certificate> shown = request.exchange().clientCertificates();
        if (!shown.isEmpty()) {
            metrics.shown(shown.getFirst(), clock.millis());
        }
        Authenticator.Credentials credentials = new Authenticator.Credentials(shown, bearer, List.of(), proxied,
                bearer.isEmpty() ? "" : request.exchange().remote().getHostString());
        try {
            for (Slot.Entry<Authenticator> e : authenticators.state().all()) {
                Optional<Caller> who = e.service().authenticate(credentials);
                if (who.isPresent()) {
                    return authenticated(who.get());
                }
            }
        } catch (BadCredential e) {
            throw badCredentials(request);
        }
        if (!authenticators.state().complete()) {
            throw ApiFault.unavailable("an authenticator is being replaced");
        }
        if (bearer.isEmpty() && proxied.certificates().isEmpty() && anonymous.admits(request.path())) {
            return Caller.ANONYMOUS;
        }
        throw bearer.isEmpty() ? unauthorized() : badCredentials(request);
    }

    /// Nobody else's headers name anybody.
    private static Proxied proxied(Request request) {
        List<X509Certificate> shown = request.exchange().frontProxyCertificates();
        return shown.isEmpty() ? Proxied.NONE : new Proxied(shown, request.exchange().headers());
    }

    private ApiFault badCredentials(Request request) {
        return failures.tooMany(request.exchange().remote().getHostString())
                ? new ApiFault(429, "TooManyRequests", "too many wrong credentials from this address, wait a second",
                        Struct.of("retryAfterSeconds", 1))
                : unauthorized();
    }

    /// The counters of failed authentications.
    public AuthFailureLimiter failures() {
        return failures;
    }

    /// How authentications ended.
    public AuthenticationMetrics metrics() {
        return metrics;
    }

    private static ApiFault unauthorized() {
        return new ApiFault(UNAUTHORIZED, "Unauthorized", "Unauthorized", Struct.EMPTY);
    }

    /// Adds a caller to all those who are authenticated, unless the authenticator has said that he is, or that he is
    /// not, as a front proxy says of requests that it took without credentials.
    private static Caller authenticated(Caller who) {
        if (who.user().equals(Caller.ANONYMOUS.user()) || who.in(AUTHENTICATED) || who.in(UNAUTHENTICATED)) {
            return who;
        }
        List<String> groups = new ArrayList<>(who.groups());
        groups.add(AUTHENTICATED);
        return new Caller(who.user(), who.uid(), List.copyOf(groups), who.extra());
    }

    /// A query as authorization sees it: one of one object when the selector fixes its name, but for the deletion of a
    /// collection, which upstream asks for without one.
    public static Attributes attributes(String verb, Gvr r, Query query) {
        String name = verb.equals("deletecollection") ? "" : RequestInfo.fixedName(query.fields());
        return new Attributes(verb, r.group(), r.version(), r.resource(), "", query.namespace(), name, "",
                query.fields(), query.labels());
    }

    /// Returns when the caller may perform an action, else throws. Nobody is asked about the group [#MASTERS].
    /// @throws ApiFault 403, or 503 while an authorizer that might allow it is being replaced
    public void allowed(Caller caller, Attributes what) {
        Decision decision = decision(caller, what);
        if (decision.verdict() != Verdict.ALLOW) {
            throw forbidden(caller, what, decision.reason());
        }
    }

    /// The same for what a request is about, which is told to its audit and to who counts requests.
    /// @throws ApiFault 403, 503
    public void allowed(Request request, Attributes what) {
        allowed(request.caller(), what, request.audit());
        request.labels().allowed();
    }

    /// The same for anybody.
    /// @param audit is told the decision and its reason
    /// @throws ApiFault 403, 503
    public void allowed(Caller caller, Attributes what, AuditContext audit) {
        Decision decision;
        long begun = audit.begin();
        try {
            decision = decision(caller, what);
        } catch (RuntimeException e) {
            audit.annotate(REASON, "internal error");
            throw e;
        } finally {
            audit.since(Latency.AUTHORIZATION, begun);
        }
        boolean allowed = decision.verdict() == Verdict.ALLOW;
        audit.annotate("authorization.k8s.io/decision", allowed ? "allow" : "forbid");
        audit.annotate(REASON, decision.reason());
        if (!allowed) {
            throw forbidden(caller, what, decision.reason());
        }
    }

    /// Yes or no.
    private Decision decision(Caller caller, Attributes what) {
        if (caller.in(MASTERS)) {
            return PRIVILEGED;
        }
        Slot.State<Authorizer> asked = authorizers.state();
        Decision decision = decide(asked, caller, what);
        if (settled(asked, decision) || asked == authorizers.state() && asked.complete()) {
            return decision;
        }
        // a refusal counts only when no authorizer was replaced meanwhile
        awaitReplacement.run();
        Slot.State<Authorizer> now = authorizers.state();
        Decision again = decide(now, caller, what);
        if (again.verdict() != Verdict.DENY && !settled(now, again) && !now.complete()) {
            throw now.away("authorizer");
        }
        return again;
    }

    /// Whether a permission stands, whoever is missed: Kubernetes' own authorizers never deny, those of a configured
    /// order may, and a plug-in's, which no flag names, and which is missed beside one that a flag names.
    private static boolean settled(Slot.State<Authorizer> asked, Decision decision) {
        return decision.verdict() == Verdict.ALLOW && !CONFIGURED.equals(asked.name())
                && asked.owner() == null;
    }

    private static Decision decide(Slot.State<Authorizer> asked, Caller caller, Attributes what) {
        String reason = "";
        for (Slot.Entry<Authorizer> e : asked.all()) {
            Decision d = e.service().decide(caller, what);
            if (d.verdict() != Verdict.NO_OPINION || e.service().decidesAlone()) {
                return d;
            }
            reason = d.reason().isEmpty() ? reason : d.reason();
        }
        return new Decision(Verdict.NO_OPINION, reason);
    }

    /// The refusal of an action.
    static ApiFault forbidden(Caller caller, Attributes what, String reason) {
        String who = "User \"" + caller.user() + "\" cannot " + what.verb();
        String why = reason.isEmpty() ? "" : ": " + reason;
        if (!what.path().isEmpty()) {
            return new ApiFault(403, "Forbidden", "forbidden: " + who + " path \"" + what.path() + "\"" + why,
                    Struct.EMPTY);
        }
        String resource = what.subresource().isEmpty() ? what.resource() : what.resource() + "/" + what.subresource();
        String where = what.namespace().isEmpty() ? " at the cluster scope"
                : " in the namespace \"" + what.namespace() + "\"";
        Gvr gvr = new Gvr(what.group(), what.version(), what.resource());
        return ApiFault.forbidden(gvr, what.name(),
                who + " resource \"" + resource + "\" in API group \"" + what.group() + "\"" + where + why);
    }
}
