package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissioncel.MatchConditions.Verdict;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionpolicies.ValidatingProgram.Outcome;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// `ValidatingAdmissionPolicy`: policies that have the last word before the webhooks. All are asked, also behind a
/// refusal, for their warnings; the first refusal is told.
final class ValidatingPolicies extends PolicyPlugin<ValidatingProgram> {
    static final String NAME = "ValidatingAdmissionPolicy";
    /// Right before `ValidatingAdmissionWebhook`.
    static final int PLACE = 940;
    private static final Map<String, Integer> CODES = Map.of("Forbidden", 403, "Unauthorized", 401,
            "RequestEntityTooLarge", 413);
    private static final int INVALID = 422;
    private final PolicyMetrics metrics;
    private final LongSupplier nanos;

    /// @param nanos a clock that only goes forward
    ValidatingPolicies(PolicySource<ValidatingProgram> source, Surroundings around, PolicyMetrics metrics,
            LongSupplier nanos) {
        super(source, around);
        this.metrics = metrics;
        this.nanos = nanos;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void validate(Write write, Struct object) {
        Round round = new Round(write, object);
        invocations(write, object).forEach(round::apply);
        if (round.refusal != null) {
            throw round.refusal;
        }
    }

    /// The policies of one request. For its thread.
    private final class Round {
        private final Write write;
        private final Struct object;
        /// Converted once for each version somebody wants to see.
        private final Map<ResourceKind, AdmissionObjects> objects = new HashMap<>();
        private @Nullable ApiFault refusal;

        Round(Write write, Struct object) {
            this.write = write;
            this.object = object;
        }

        void apply(PolicyInvocation<ValidatingProgram> invocation) {
            if (!invocation.fault().isEmpty()) {
                unusable(invocation, invocation.fault());
                return;
            }
            AdmissionObjects shown;
            try {
                shown = objects.computeIfAbsent(invocation.request().resource(),
                        _ -> AdmissionObjects.of(invocation.request(), write, object));
            } catch (ApiFault f) {
                unusable(invocation, "failed to configure policy: failed to convert object version: " + f.getMessage());
                return;
            }
            ValidatingProgram program = program(invocation.policy());
            for (Struct params : invocation.params()) {
                Outcome outcome = outcome(invocation, program, shown, params);
                outcome.decisions().forEach(d -> enforce(invocation, d));
                outcome.annotationFailures().stream().filter(PolicyDecision::denied).forEach(d -> {
                    refuse(invocation, d.message(), "");
                    metrics.decided(invocation, d.errorType(), "deny", d.nanos());
                });
            }
        }

        private Outcome outcome(PolicyInvocation<ValidatingProgram> invocation, ValidatingProgram program,
                AdmissionObjects shown, Struct params) {
            boolean ignores = invocation.policy().ignoresFailure();
            Struct given = params == PolicyParams.NONE ? null : params;
            Match match = program.conditions().conditions().isEmpty() ? new Match(Verdict.MATCHES, "")
                    : program.conditions().match(input(new MatchedRequest(write.kind(), invocation.request().kind()),
                            write, shown).params(given), ignores);
            return switch (match.verdict()) {
                case EXCLUDED -> Outcome.NOTHING;
                case FAILED -> Outcome.failed(PolicyDecision.failed(ignores, match.error(), 0));
                case MATCHES -> {
                    AdmissionInput input = input(invocation.request(), write, shown).params(given)
                            .namespace(namespace(write));
                    yield program.evaluate(input, ignores, nanos);
                }
            };
        }

        private void unusable(PolicyInvocation<ValidatingProgram> invocation, String why) {
            if (!invocation.policy().ignoresFailure()) {
                refuse(invocation, why, "");
            }
        }

        private void enforce(PolicyInvocation<ValidatingProgram> invocation, PolicyDecision decision) {
            if (!decision.denied()) {
                if (decision.failed()) {
                    metrics.decided(invocation, decision.errorType(), "allow", decision.nanos());
                }
                return;
            }
            Binding binding = invocation.binding();
            for (String action : binding == null ? List.<String>of() : binding.actions()) {
                switch (action) {
                    case "Deny" -> refuse(invocation, decision.message(), decision.reason());
                    case "Warn" -> write.context().warn("Validation failed for ValidatingAdmissionPolicy '"
                            + invocation.policy().name() + "' with binding '" + invocation.bindingName() + "': "
                            + decision.message());
                    default -> {
                        // Audit: there is no audit log
                    }
                }
                metrics.decided(invocation, decision.errorType(), action.toLowerCase(Locale.ROOT),
                        decision.nanos());
            }
        }

        private void refuse(PolicyInvocation<ValidatingProgram> invocation, String why, String reason) {
            if (refusal == null) {
                String by = invocation.binding() == null ? "" : " with binding '" + invocation.bindingName() + "'";
                refusal = denied(write, "ValidatingAdmissionPolicy '" + invocation.policy().name() + "'" + by
                        + " denied request: " + why, reason.isEmpty() ? "Invalid" : reason);
            }
        }
    }

    /// A Forbidden in words, with reason and code of its own, as upstream.
    private static ApiFault denied(Write write, String message, String reason) {
        ApiFault forbidden = ApiFault.forbidden(write.kind().gvr(), write.key().name(), message);
        return new ApiFault(CODES.getOrDefault(reason, INVALID), reason, String.valueOf(forbidden.getMessage()),
                forbidden.details().with("causes", Seq.of(Struct.of("message", message))));
    }
}
