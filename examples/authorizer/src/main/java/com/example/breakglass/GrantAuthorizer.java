package com.example.breakglass;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/// Allows what a grant allows, and has no opinion about anything else, so that roles count as before. Called by many
/// threads at once; answers from memory, and keeps nothing.
final class GrantAuthorizer implements Authorizer {
    private final Supplier<? extends Collection<Obj>> grants;
    private final InstantSource clock;

    /// @param grants all there are at the moment
    GrantAuthorizer(Supplier<? extends Collection<Obj>> grants, InstantSource clock) {
        this.grants = grants;
        this.clock = clock;
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        Instant now = clock.instant();
        return grants.get().stream().map(AccessGrant::of).filter(grant -> grant.allows(caller, what, now))
                .map(AccessGrant::name).sorted().findFirst()
                .map(name -> new Decision(Verdict.ALLOW, "allowed by AccessGrant " + name))
                .orElse(Decision.NO_OPINION);
    }

    @Override
    public List<Struct> resourceRules(Caller caller, String namespace) {
        Instant now = clock.instant();
        return grants.get().stream().map(AccessGrant::of).filter(grant -> grant.holds(caller, namespace, now))
                .flatMap(grant -> grant.rules().stream()).toList();
    }
}
