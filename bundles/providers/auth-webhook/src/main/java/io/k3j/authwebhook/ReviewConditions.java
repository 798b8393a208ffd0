package io.k3j.authwebhook;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelProgram;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Whom a webhook is asked about. Immutable; any thread.
record ReviewConditions(List<CelProgram> programs) {
    /// The variable they see.
    static final String REQUEST = "request";

    /// How they are answered.
    enum Verdict {
        /// All are true.
        MATCHES,
        /// One is false.
        EXCLUDED,
        /// None is false, and some have no value.
        FAILED
    }

    /// The answer.
    /// @param error of `FAILED`, else empty
    record Match(Verdict verdict, String error) {
        private static final Match MATCHES = new Match(Verdict.MATCHES, "");
        private static final Match EXCLUDED = new Match(Verdict.EXCLUDED, "");
    }

    /// Whether all hold. One that is false decides, whatever has failed before it.
    /// @param request as they see it
    Match match(Struct request) {
        if (programs.isEmpty()) {
            return Match.MATCHES;
        }
        CelBudget budget = CelBudget.of(CelBudget.MATCH_CONDITIONS);
        List<String> errors = new ArrayList<>(0);
        for (CelProgram program : programs) {
            switch (program.evaluate(Map.of(REQUEST, request), budget)) {
                case CelEvaluation.Failure(CelEvaluation.Reason _, String message) -> errors
                        .add("cel evaluation error: expression '" + program.expression() + "' resulted in error: "
                                + message);
                case CelEvaluation.Value value -> {
                    if (!value.holds()) {
                        return Match.EXCLUDED;
                    }
                }
            }
        }
        return errors.isEmpty() ? Match.MATCHES : new Match(Verdict.FAILED, String.join(", ", errors));
    }
}
