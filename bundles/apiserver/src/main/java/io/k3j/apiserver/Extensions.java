package io.k3j.apiserver;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.Term;
import io.k3j.model.Gvr;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Everything other bundles contribute to the server, as it comes and goes.
final class Extensions {
    private final Signal signal = new Signal();
    private final Kinds kinds = new Kinds();
    private final Ranked<Authenticator> authenticators = Ranked.highestFirst();
    private final Ranked<Authorizer> authorizers = Ranked.highestFirst();
    private final Ranked<Admission> admissions = Ranked.lowestFirst(Admission.ORDER);
    private final Map<Path, Action> actions = new ConcurrentHashMap<>();
    private final Map<Path, Connect> connects = new ConcurrentHashMap<>();
    private final Map<String, Term> terms = new ConcurrentHashMap<>();

    /// A resource, in any version, and one of its subresources.
    private record Path(String group, String resource, String subresource) {
        static Path of(Gvr gvr, String subresource) {
            return new Path(gvr.group(), gvr.resource(), subresource);
        }
    }

    /// Raised whenever something has come.
    Signal signal() {
        return signal;
    }

    Kinds kinds() {
        return kinds;
    }

    Ranked<Authenticator> authenticators() {
        return authenticators;
    }

    Ranked<Authorizer> authorizers() {
        return authorizers;
    }

    Ranked<Admission> admissions() {
        return admissions;
    }

    /// The term of this server as the holder of a lease, null when it is not or nobody is elected.
    @Nullable
    Term term(String lease) {
        return terms.get(lease);
    }

    void begin(Term present) {
        terms.put(present.lease().name(), present);
    }

    void end(Term past) {
        terms.remove(past.lease().name(), past);
    }

    void add(Action action) {
        actions.put(Path.of(action.resource(), action.subresource()), action);
    }

    void remove(Action action) {
        actions.remove(Path.of(action.resource(), action.subresource()), action);
    }

    void add(Connect connect) {
        connects.put(Path.of(connect.resource(), connect.subresource()), connect);
    }

    void remove(Connect connect) {
        connects.remove(Path.of(connect.resource(), connect.subresource()), connect);
    }

    /// Who carries out a POST there.
    Optional<Action> action(Gvr resource, String subresource) {
        return Optional.ofNullable(actions.get(Path.of(resource, subresource)));
    }

    /// Who serves connections there.
    Optional<Connect> connect(Gvr resource, String subresource) {
        return Optional.ofNullable(connects.get(Path.of(resource, subresource)));
    }
}
