package io.k3j.admissioncel;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import java.util.List;
import java.util.function.Supplier;

/// All authorizers as one: the first with an opinion decides. Members of `system:masters` may do everything, as the
/// server has it. Any thread.
/// @param authorizers in the order of their services, lowest ranking first
public record UnionAuthorizer(Supplier<List<Authorizer>> authorizers) implements Authorizer {
    private static final Decision MASTER = new Decision(Verdict.ALLOW, "");

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (caller.in("system:masters")) {
            return MASTER;
        }
        for (Authorizer authorizer : authorizers.get().reversed()) {
            Decision decision = authorizer.decide(caller, what);
            if (decision.verdict() != Verdict.NO_OPINION || authorizer.decidesAlone()) {
                return decision;
            }
        }
        return Decision.NO_OPINION;
    }
}
