package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import java.util.List;

/// All authorizers there are, asked as the API server asks them.
final class RankedAuthorizers {
    private RankedAuthorizers() {
    }

    /// What the first says that has an opinion.
    /// @param all in the order of their services, lowest ranking first
    static Decision decide(List<Authorizer> all, Caller caller, Attributes what) {
        for (Authorizer a : all.reversed()) {
            Decision d = a.decide(caller, what);
            if (d.verdict() != Verdict.NO_OPINION || a.decidesAlone()) {
                return d;
            }
        }
        return Decision.NO_OPINION;
    }
}
