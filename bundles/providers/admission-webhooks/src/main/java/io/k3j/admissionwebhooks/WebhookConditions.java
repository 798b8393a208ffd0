package io.k3j.admissionwebhooks;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.BoundEngine;
import io.k3j.admissioncel.ExpressionCompiler;
import io.k3j.admissioncel.MatchConditions;
import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissioncel.PerEngine;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The `matchConditions` of a webhook, compiled when they are first looked at. Two are equal when they are written
/// alike. Any thread.
final class WebhookConditions {
    private final Seq written;
    private final PerEngine<MatchConditions> compiled;

    /// By what they are evaluated.
    /// @param cel null while there is none
    record Evaluation(Supplier<@Nullable BoundEngine> cel, Authorizer authorizer) {
    }

    /// @param written as they stand in the webhook
    WebhookConditions(Seq written) {
        this.written = written;
        this.compiled = new PerEngine<>(cel -> MatchConditions.of(written, new ExpressionCompiler(cel, false)));
    }

    /// What they say of a request that a webhook's rules and selectors match.
    /// @param ignoresFailure its failure policy
    /// @throws ApiFault 503 while nobody can evaluate them
    Match match(MatchedRequest matched, Write write, Struct object, boolean ignoresFailure, Evaluation by) {
        if (written.isEmpty()) {
            return Match.MATCHES;
        }
        BoundEngine cel = by.cel().get();
        if (cel == null) {
            throw ApiFault
                    .unavailable("match conditions of webhooks cannot be evaluated: the bundle io.k3j.cel is being"
                            + " replaced");
        }
        AdmissionInput input = AdmissionInput.of(new MatchedRequest(write.kind(), matched.kind()), write,
                AdmissionObjects.of(matched, write, object), by.authorizer());
        return compiled.by(cel).match(input, ignoresFailure);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WebhookConditions c && c.written.equals(written);
    }

    @Override
    public int hashCode() {
        return written.hashCode();
    }
}
