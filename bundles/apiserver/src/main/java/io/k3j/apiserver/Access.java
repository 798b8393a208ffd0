package io.k3j.apiserver;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who asks, and may they? Fails closed: what cannot be decided is not allowed.
final class Access {
    /// May do everything, whatever authorizers say.
    static final String MASTERS = "system:masters";
    private static final String AUTHENTICATED = "system:authenticated";
    private final Ranked<Authenticator> authenticators;
    private final Ranked<Authorizer> authorizers;
    private final Set<String> modes;
    private final boolean anonymous;
    private final Runnable patience;
    private final Failures failures = new Failures(System::nanoTime);
    private volatile long known = -1;

    /// @param modes the authorizers that must be there for a no to be final
    /// @param patience waits a moment for those that are being replaced
    Access(Ranked<Authenticator> authenticators, Ranked<Authorizer> authorizers, Set<String> modes, boolean anonymous,
            Runnable patience) {
        this.authenticators = authenticators;
        this.authorizers = authorizers;
        this.modes = modes;
        this.anonymous = anonymous;
        this.patience = patience;
    }

    /// Who sent a request, impersonation included.
    /// @throws ApiFault 401, 403
    Caller caller(Request request) {
        List<Ranked.Entry<Authenticator>> asked = authenticators.all();
        Caller real;
        try {
            real = authenticated(request);
        } catch (ApiFault no) {
            if (asked == authenticators.all() && authenticators.complete()) {
                throw no;
            }
            // one of them was replaced meanwhile: only the others' no counts
            patience.run();
            real = authenticated(request);
        }
        String wanted = request.exchange().header("impersonate-user").orElse("");
        if (wanted.isEmpty()) {
            refuseNobody(request);
            return real;
        }
        return impersonated(request, real, wanted);
    }

    /// Whoever asks to act with other groups but names no user must not act as himself.
    private static void refuseNobody(Request request) {
        for (String name : request.exchange().headers().keySet()) {
            if (name.equals("impersonate-group") || name.equals("impersonate-uid")
                    || name.startsWith("impersonate-extra-")) {
                throw new ApiFault(500, "InternalError", "Internal Server Error: \"" + request.path()
                        + "\": requested header " + name + " without impersonating a user: set Impersonate-User",
                        Struct.EMPTY);
            }
        }
    }

    private Caller authenticated(Request request) {
        String header = request.exchange().header("authorization").orElse("");
        String bearer = header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).strip() : "";
        Authenticator.Credentials credentials = new Authenticator.Credentials(
                request.exchange().clientCertificates(), bearer, List.of());
        try {
            for (Ranked.Entry<Authenticator> e : authenticators.all()) {
                Optional<Caller> who = e.service().authenticate(credentials);
                if (who.isPresent()) {
                    return who.get().in(AUTHENTICATED) ? who.get() : joined(who.get(), AUTHENTICATED);
                }
            }
        } catch (BadCredential e) {
            throw wrong(request);
        }
        if (!authenticators.complete()) {
            throw ApiFault.unavailable("an authenticator is being replaced");
        }
        if (anonymous && bearer.isEmpty()) {
            return Caller.ANONYMOUS;
        }
        throw bearer.isEmpty() ? unauthorized() : wrong(request);
    }

    private ApiFault wrong(Request request) {
        return failures.tooMany(request.exchange().remote().getHostString())
                ? new ApiFault(429, "TooManyRequests", "too many wrong credentials from this address, wait a second",
                        Struct.of("retryAfterSeconds", 1))
                : unauthorized();
    }

    /// Wrong credentials.
    Failures failures() {
        return failures;
    }

    private static ApiFault unauthorized() {
        return new ApiFault(401, "Unauthorized", "Unauthorized", Struct.EMPTY);
    }

    private static Caller joined(Caller who, String group) {
        List<String> groups = new ArrayList<>(who.groups());
        groups.add(group);
        return new Caller(who.user(), who.uid(), List.copyOf(groups), who.extra());
    }

    private Caller impersonated(Request request, Caller real, String user) {
        Map<String, List<String>> headers = request.exchange().headers();
        List<String> groups = new ArrayList<>(headers.getOrDefault("impersonate-group", List.of()));
        Map<String, List<String>> extra = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            if (name.startsWith("impersonate-extra-")) {
                extra.put(name.substring("impersonate-extra-".length()), values);
            }
        });
        allowed(real, subject(user));
        groups.forEach(g -> allowed(real, new Attributes("impersonate", "", "v1", "groups", "", "", g, "")));
        extra.forEach((k, values) -> values.forEach(v -> allowed(real,
                new Attributes("impersonate", "authentication.k8s.io", "v1", "userextras", k, "", v, ""))));
        List<String> uid = headers.getOrDefault("impersonate-uid", List.of());
        uid.forEach(u -> allowed(real,
                new Attributes("impersonate", "authentication.k8s.io", "v1", "uids", "", "", u, "")));
        if (groups.isEmpty() && user.startsWith("system:serviceaccount:")) {
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + serviceAccount(user)[0]);
        }
        groups.add(user.equals("system:anonymous") ? "system:unauthenticated" : AUTHENTICATED);
        return new Caller(user, uid.isEmpty() ? "" : uid.getFirst(), List.copyOf(groups), extra);
    }

    private static Attributes subject(String user) {
        if (user.startsWith("system:serviceaccount:")) {
            String[] account = serviceAccount(user);
            return new Attributes("impersonate", "", "v1", "serviceaccounts", "", account[0], account[1], "");
        }
        return new Attributes("impersonate", "", "v1", "users", "", "", user, "");
    }

    private static String[] serviceAccount(String user) {
        String rest = user.substring("system:serviceaccount:".length());
        int colon = rest.indexOf(':');
        return colon < 0 ? new String[] {"", rest} : new String[] {rest.substring(0, colon), rest.substring(colon + 1)};
    }

    /// Lets a caller do something or throws.
    /// @throws ApiFault 403, or 503 while an authorizer that might say yes is away
    void allowed(Caller caller, Attributes what) {
        if (caller.in(MASTERS)) {
            return;
        }
        List<Ranked.Entry<Authorizer>> asked = authorizers.all();
        try {
            decide(asked, caller, what);
        } catch (ApiFault no) {
            if (asked == authorizers.all() && missing(asked).isEmpty()) {
                throw no;
            }
            // one of them was replaced meanwhile: only the others' no counts
            patience.run();
            decide(authorizers.all(), caller, what);
        }
    }

    private void decide(List<Ranked.Entry<Authorizer>> asked, Caller caller, Attributes what) {
        String reason = "";
        for (Ranked.Entry<Authorizer> e : asked) {
            Decision d = e.service().decide(caller, what);
            switch (d.verdict()) {
                case ALLOW -> {
                    return;
                }
                case DENY -> throw forbidden(caller, what, d.reason());
                case NO_OPINION -> reason = d.reason().isEmpty() ? reason : d.reason();
            }
        }
        Set<String> missing = missing(asked);
        if (!missing.isEmpty()) {
            throw ApiFault.unavailable("authorizer " + missing.iterator().next() + " is being replaced");
        }
        throw forbidden(caller, what, reason);
    }

    /// Whether every authorizer that must be there is there.
    boolean complete() {
        long now = authorizers.changes();
        if (!authenticators.complete()) {
            return false;
        }
        if (known == now) {
            return true;
        }
        boolean here = missing(authorizers.all()).isEmpty();
        if (here) {
            known = now;
        }
        return here;
    }

    private Set<String> missing(List<Ranked.Entry<Authorizer>> there) {
        Set<String> missing = new TreeSet<>(modes);
        there.forEach(e -> missing.remove(e.text(Authorizer.NAME)));
        return missing;
    }

    private static ApiFault forbidden(Caller caller, Attributes what, String reason) {
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
