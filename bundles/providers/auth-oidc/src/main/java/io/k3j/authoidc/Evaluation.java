package io.k3j.authoidc;

import io.k3j.apiserverapi.Caller;
import io.k3j.celapi.CelBudget;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// What the expressions of one token see, made when the first of them looks, and what they may cost together. One
/// thread.
final class Evaluation {
    private final CelBudget budget = CelBudget.of(CelBudget.SHARED);
    private final Variable claims;

    /// A variable with its value, without and with second names of what is in it.
    static final class Variable {
        private final CelBudget budget;
        private final Function<Boolean, Map<String, Object>> make;
        private final Map<Boolean, Map<String, Object>> made = new HashMap<>();

        Variable(CelBudget budget, Function<Boolean, Map<String, Object>> make) {
            this.budget = budget;
            this.make = make;
        }

        /// As an evaluation takes it.
        /// @param escaped whether there are second names
        Map<String, Object> values(boolean escaped) {
            return made.computeIfAbsent(escaped, make);
        }

        /// Shared by all expressions of a token.
        CelBudget budget() {
            return budget;
        }
    }

    Evaluation(Struct token) {
        this.claims = new Variable(budget, escaped -> Map.of("claims", ClaimValues.of(token, escaped)));
    }

    /// The claims.
    Variable claims() {
        return claims;
    }

    /// The user made of them.
    Variable user(Caller caller) {
        return new Variable(budget, escaped -> Map.of("user", fields(caller, escaped)));
    }

    private static Map<String, Object> fields(Caller caller, boolean escaped) {
        return Map.of("username", caller.user(), "uid", caller.uid(), "groups", Seq.copyOf(caller.groups()), "extra",
                ClaimValues.of(Struct.copyOf(caller.extra()), escaped));
    }
}
